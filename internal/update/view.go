package update

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// FieldView is a figure that is asked for.
type FieldView struct {
	Code      string `json:"code"`
	Kind      Kind   `json:"kind" enum:"amount,count,text,day"`
	Unit      string `json:"unit" doc:"cents_cny for amounts; empty where there is none."`
	Indicator string `json:"indicator" doc:"The indicator that it feeds; empty for none."`
	Carry     Carry  `json:"carry" enum:"zero,last" doc:"What no change means: nothing in this period, or as it was."`
	Required  bool   `json:"required"`
	NameZH    string `json:"name_zh"`
	NameEN    string `json:"name_en"`
	Source    string `json:"source"`
	Assumed   bool   `json:"assumed"`
}

// PeriodView is a period with the days that rule it.
type PeriodView struct {
	Period   Period     `json:"period"`
	State    State      `json:"state" enum:"coming,open,late,closed"`
	OpensOn  clock.Date `json:"opens_on"`
	DueOn    clock.Date `json:"due_on"`
	ClosesOn clock.Date `json:"closes_on"`
	WorkDays int        `json:"working_days" doc:"Working days until the due day; less than 0 after it."`
}

// DuePeriod is a period and how far a unit's report of it is.
type DuePeriod struct {
	PeriodView
	UnitID  id.Unit    `json:"unit_id"`
	Done    int64      `json:"done"`
	Total   int64      `json:"total"`
	Filed   int64      `json:"filed"`
	FiledAt *time.Time `json:"filed_at"`
}

// PriorView is the last value before the period.
type PriorView struct {
	Period Period `json:"period"`
	Number *int64 `json:"number"`
	Words  string `json:"words"`
	Stale  bool   `json:"stale" doc:"Older than the period before."`
}

// CellView is one figure of a project.
type CellView struct {
	Field   string     `json:"field"`
	Number  *int64     `json:"number"`
	Words   string     `json:"words"`
	Same    bool       `json:"same" doc:"Given by no change."`
	Version int64      `json:"version" doc:"0 while nobody wrote it."`
	Who     string     `json:"who"`
	UnitID  *id.Unit   `json:"unit_id"`
	At      *time.Time `json:"at"`
	Prior   *PriorView `json:"prior"`
}

// RowView is a project in a period.
type RowView struct {
	LeadID   id.Lead    `json:"lead_id"`
	Code     string     `json:"code"`
	Title    string     `json:"title"`
	Stage    string     `json:"stage"`
	UnitID   id.Unit    `json:"unit_id"`
	Past     bool       `json:"past" doc:"Handed on: what one's own unit wrote, and nothing later."`
	Complete bool       `json:"complete"`
	FiledAt  *time.Time `json:"filed_at"`
	Files    int64      `json:"files" doc:"Evidence that came since the period opened."`
	Cells    []CellView `json:"cells"`
	Can      []string   `json:"can"`
}

// GridView is a unit's report of a period.
type GridView struct {
	PeriodView
	UnitID        id.Unit     `json:"unit_id"`
	Fields        []FieldView `json:"fields"`
	Rows          []RowView   `json:"rows"`
	Done          int         `json:"done"`
	Total         int         `json:"total"`
	FiledAt       *time.Time  `json:"filed_at"`
	FiledBy       string      `json:"filed_by"`
	LateDays      *int64      `json:"late_days" doc:"Working days after the due day; 0 in time."`
	UnlockedUntil *clock.Date `json:"unlocked_until"`
	Reason        string      `json:"reason" doc:"Why the bureau opened it again."`
	EvidenceKind  string      `json:"evidence_kind"`
	Can           []string    `json:"can"`
}

// FilingView is how far one unit is with a period.
type FilingView struct {
	UnitID   id.Unit    `json:"unit_id"`
	Done     int64      `json:"done"`
	Total    int64      `json:"total"`
	Filed    int64      `json:"filed"`
	FiledAt  *time.Time `json:"filed_at"`
	LateDays *int64     `json:"late_days"`
	Unlocked bool       `json:"unlocked"`
	Can      []string   `json:"can"`
}

// FilingsView is how far units are with a period.
type FilingsView struct {
	PeriodView
	Items []FilingView `json:"items"`
}

// FigureView is a figure of a project as it was filed last, with its age.
type FigureView struct {
	FieldView
	Number  *int64    `json:"number"`
	Words   string    `json:"words"`
	Total   *int64    `json:"total" doc:"Of all periods, for what is added up."`
	Period  Period    `json:"period"`
	Stale   bool      `json:"stale" doc:"Older than the last period that was due."`
	UnitID  id.Unit   `json:"unit_id"`
	FiledAt time.Time `json:"filed_at"`
}

// Clash is a cell that somebody else changed meanwhile.
type Clash struct {
	LeadID  id.Lead   `json:"lead_id"`
	Field   string    `json:"field"`
	Yours   ValueView `json:"yours"`
	Theirs  ValueView `json:"theirs"`
	Version int64     `json:"version"`
	Who     string    `json:"who"`
	At      time.Time `json:"at"`
}

// ValueView is a value.
type ValueView struct {
	Number *int64 `json:"number"`
	Words  string `json:"words"`
}

// Refusal is a row that could not be written as a whole.
type Refusal struct {
	LeadID id.Lead `json:"lead_id"`
	Code   string  `json:"code"`
}

// Actual is what was filed for an indicator in a month; unit 0 is the city.
type Actual struct {
	Indicator string
	Unit      id.Unit
	Month     int
	Value     int64
}

func (f Field) view() FieldView {
	return FieldView{
		Code: f.Code, Kind: f.Kind, Unit: f.Unit, Indicator: f.Indicator, Carry: f.Carry, Required: f.Required, NameZH: f.NameZH, NameEN: f.NameEN,
		Source: f.Source, Assumed: f.Assumed,
	}
}

func (v Value) view() ValueView { return ValueView(v) }

func (d Dates) view(office *clock.Office, now time.Time) PeriodView {
	return PeriodView{
		Period: d.Period, State: d.State(now), OpensOn: d.OpensOn, DueOn: d.DueOn, ClosesOn: d.ClosesOn,
		WorkDays: office.WorkingDaysBetween(now, d.DueOn.Start()),
	}
}
