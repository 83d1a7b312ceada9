package report

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// View is the cockpit as one reader sees it.
type View struct {
	AsOf         clock.Date   `json:"as_of"`
	Now          time.Time    `json:"now"`
	Present      bool         `json:"present"` // the figures of this moment, not of the end of a day
	CompleteFrom *clock.Date  `json:"complete_from" doc:"The first day of which everything is known; of days before it stages and holders are, amounts and other facts are those of later."`
	FirstOn      *clock.Date  `json:"first_on" doc:"The day of the first lead; no earlier day can be asked for."`
	WholeCity    bool         `json:"whole_city" doc:"The figures take in every lead that is not restricted, not only those of the reader's units."`
	Figures      []Figure     `json:"figures"`
	Bands        []BandView   `json:"bands"`
	Funnel       []FunnelView `json:"funnel"`
	Towns        []GroupView  `json:"towns"`
	Departments  []GroupView  `json:"departments"`
	Groups       []GroupView  `json:"groups"`
	Chains       []GroupView  `json:"chains"`
	Losses       []LossView   `json:"losses" doc:"Where the projects lost this year went, the most first."`
	Trend        TrendView    `json:"trend"`
	Signing      SigningView  `json:"signing"`
	Stuck        StuckView    `json:"stuck"`
}

// Figure is one large number.
type Figure struct {
	Measure string `json:"measure"`
	Sum
	Before *Sum `json:"before" doc:"The same days of the month before, where the measure compares."`
}

// BandView is a band of amounts; without a lower end it is of the leads whose
// amount is not known in CNY.
type BandView struct {
	From  *int64 `json:"from_cents"`
	Until *int64 `json:"until_cents"`
	Sum
}

// FunnelView is one stage of the funnel.
type FunnelView struct {
	Stage string `json:"stage"`
	Sum
	MedianDays *int  `json:"median_days"`
	Amber      int64 `json:"amber"`
	Red        int64 `json:"red"`
}

// GroupView are the figures of a town, a department, a group or a chain. The
// empty key is of leads without one.
type GroupView struct {
	Key     string   `json:"key"`
	UnitID  *id.Unit `json:"unit_id"`
	NameZH  string   `json:"name_zh"`
	NameEN  string   `json:"name_en"`
	Lat     *float64 `json:"lat"`
	Lon     *float64 `json:"lon"`
	InTalks Sum      `json:"in_talks"`
	Fresh   Sum      `json:"fresh" doc:"Registered this month."`
	Signed  Sum      `json:"signed" doc:"Signed this year."`
	Stuck   int64    `json:"stuck"`
}

// LossView is one place that projects were lost to.
type LossView struct {
	Place string `json:"place"`
	Sum
}

// TrendView are twelve months.
type TrendView struct {
	Months []string `json:"months"`
	Series []Series `json:"series"`
}

// Series is one measure over the twelve months.
type Series struct {
	Measure string `json:"measure"`
	Points  []Sum  `json:"points"`
}

// SigningView is the month's signing against its plan.
type SigningView struct {
	Month   string `json:"month"`
	Frozen  bool   `json:"frozen"`
	Plan    Sum    `json:"plan"`
	Signed  Sum    `json:"signed"`
	Open    Sum    `json:"open"`
	Slipped Sum    `json:"slipped"`
}

// StuckView are the leads over the limit of their stage, the longest first.
type StuckView struct {
	Count int64 `json:"count"`
	Items []Row `json:"items"`
}

// Row is one lead behind a figure. Contacts are never in it.
type Row struct {
	LeadID       *id.Lead    `json:"lead_id" doc:"Left out of a lead that is deleted meanwhile."`
	Code         string      `json:"code"`
	Title        *string     `json:"title"`
	InvestorName *string     `json:"investor_name"`
	UnitID       id.Unit     `json:"unit_id"`
	TownUnitID   *id.Unit    `json:"town_unit_id"`
	FirstUnitID  id.Unit     `json:"first_contact_unit_id"`
	Chain        *string     `json:"chain"`
	Track        *string     `json:"track"`
	Stage        string      `json:"stage"`
	SinceOn      *clock.Date `json:"since_on"`
	Days         int         `json:"days"`
	LimitDays    *int64      `json:"limit_days"`
	PlannedCents *int64      `json:"planned_cents"`
	Currency     string      `json:"currency"`
	CountedCents *int64      `json:"counted_cents" doc:"What the row adds to the sum; null where its amount is not known in CNY."`
	HappenedOn   *clock.Date `json:"happened_on" doc:"The day by which the measure counts it."`
	LostTo       *string     `json:"lost_to"`
	DeletedOn    *clock.Date `json:"deleted_on"`
}

// ListView is a page of the leads behind a figure with what all of them give.
type ListView struct {
	AsOf  clock.Date `json:"as_of"`
	Items []Row      `json:"items"`
	Next  *string    `json:"next"`
	Total Sum        `json:"total"`

	shown []entry
}

// MeasureView is a line of the catalogue in the reader's language.
type MeasureView struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Sentence string `json:"sentence"`
	Unit     string `json:"unit" enum:"leads,yuan,days,percent"`
	Counting string `json:"counting"`
	Source   string `json:"source"`
}
