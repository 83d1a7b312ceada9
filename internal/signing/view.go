package signing

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ItemView is a card of the board as it leaves the server. Who reads the board
// of a lead sees the lead's amount, so nothing of it is masked.
type ItemView struct {
	ID            id.Signing   `json:"id"`
	LeadID        id.Lead      `json:"lead_id"`
	Code          string       `json:"code"`
	Title         string       `json:"title"`
	Investor      *string      `json:"investor_name"`
	Stage         string       `json:"stage"`
	HolderUnitID  id.Unit      `json:"unit_id"`
	Month         Month        `json:"month"`
	PlannedOn     *clock.Date  `json:"planned_on"`
	Cents         int64        `json:"cents"`
	LandingUnitID id.Unit      `json:"landing_unit_id"`
	FirstUnitID   id.Unit      `json:"first_contact_unit_id"`
	Chain         string       `json:"chain"`
	BatchID       *id.Ceremony `json:"ceremony_id"`
	StageOrder    int          `json:"stage_order"`
	MainVenue     bool         `json:"main_venue"`
	Grade         Grade        `json:"grade"`
	Ready
	Leader        string      `json:"leader"`
	InvestorSigns string      `json:"investor_signs"`
	CitySigns     string      `json:"city_signs"`
	State         State       `json:"state"`
	SignedOn      *clock.Date `json:"signed_on"`
	OpenTasks     int         `json:"open_tasks"`
	Version       int64       `json:"version"`
	UpdatedAt     time.Time   `json:"updated_at"`
	Can           []string    `json:"can"`
}

// ChangeView is a row of the ledger.
type ChangeView struct {
	ID            int64      `json:"id"`
	Month         Month      `json:"month"`
	ItemID        id.Signing `json:"item_id"`
	LeadID        id.Lead    `json:"lead_id"`
	Code          string     `json:"code"`
	Title         string     `json:"title"`
	Kind          Kind       `json:"kind"`
	DeltaCents    int64      `json:"delta_cents"`
	DeltaCount    int        `json:"delta_count"`
	LandingUnitID id.Unit    `json:"landing_unit_id"`
	FirstUnitID   id.Unit    `json:"first_contact_unit_id"`
	Chain         string     `json:"chain"`
	OtherMonth    Month      `json:"other_month"`
	Reason        string     `json:"reason"`
	Refusal       string     `json:"refusal"` // the code with which the lead's door refused to sign
	UserID        *id.User   `json:"user_id"`
	UnitID        *id.Unit   `json:"unit_id"`
	At            time.Time  `json:"at"`
}

// RowView is one row of the list behind a figure.
type RowView struct {
	ItemID        id.Signing `json:"item_id"`
	LeadID        id.Lead    `json:"lead_id"`
	Code          string     `json:"code"`
	Title         string     `json:"title"`
	Stage         string     `json:"stage"`
	Month         Month      `json:"month"`
	State         State      `json:"state"`
	Grade         Grade      `json:"grade"`
	Cents         int64      `json:"cents"`
	Count         int        `json:"count"`
	LandingUnitID id.Unit    `json:"landing_unit_id"`
	FirstUnitID   id.Unit    `json:"first_contact_unit_id"`
	Chain         string     `json:"chain"`
	Kind          Kind       `json:"kind"`
	OtherMonth    Month      `json:"other_month"`
	Reason        string     `json:"reason"`
	Refusal       string     `json:"refusal"`
}

// RowsView is the list behind a figure, whose sum is the figure.
type RowsView struct {
	Figure Figure    `json:"figure"`
	Sum    Sum       `json:"sum"`
	Items  []RowView `json:"items"`
}

// UnitSums are the figures of one unit.
type UnitSums struct {
	UnitID id.Unit `json:"unit_id"`
	Sums
}

// ChainSums are the figures of one chain; the empty one is of none.
type ChainSums struct {
	Chain string `json:"chain"`
	Sums
}

// Head is the head line of a month.
type Head struct {
	Month    Month       `json:"month"`
	State    string      `json:"state"` // open or frozen
	CutOffOn clock.Date  `json:"cut_off_on"`
	FrozenAt *time.Time  `json:"frozen_at"`
	Sums     Sums        `json:"sums"`
	Over     bool        `json:"over"` // the month has ended
	Today    *clock.Date `json:"today,omitempty"`
}

// MonthView is the board of a month as one reader sees it.
type MonthView struct {
	Head
	Items   []ItemView   `json:"items"`
	Changes []ChangeView `json:"changes"`
	ByUnit  []UnitSums   `json:"by_unit"`
	ByFirst []UnitSums   `json:"by_first_contact_unit"`
	ByChain []ChainSums  `json:"by_chain"`
	Can     []string     `json:"can"`
}

// AccuracyCell is what a unit planned for a month and kept. A month that is
// not over is running: its plan can still be kept, and no sum counts it.
type AccuracyCell struct {
	Month   Month `json:"month"`
	Frozen  Sum   `json:"frozen"`
	Kept    Sum   `json:"kept"`
	Running bool  `json:"running"`
}

// AccuracyRow are the months of one unit; unit 0 is all of them together.
type AccuracyRow struct {
	UnitID id.Unit        `json:"unit_id"`
	Frozen Sum            `json:"frozen"`
	Kept   Sum            `json:"kept"`
	Cells  []AccuracyCell `json:"cells"`
}

// AccuracyView is how well plans were kept over twelve months.
type AccuracyView struct {
	Months []Month       `json:"months"`
	City   AccuracyRow   `json:"city"`
	Units  []AccuracyRow `json:"units"`
}

// CohortView is what became of the signings of one month.
type CohortView struct {
	Month     Month `json:"month"`
	Signed    Sum   `json:"signed"`
	Landed    Sum   `json:"landed"`
	Started   Sum   `json:"started"`
	Producing Sum   `json:"producing"`
}

func viewOf(s Seen) ItemView {
	i, l := s.Item, s.Lead
	v := ItemView{
		ID: i.ID, LeadID: i.LeadID, Code: l.Code, Title: l.Title, Investor: l.Investor, Stage: l.Stage, HolderUnitID: l.UnitID,
		Month: i.Month, PlannedOn: i.PlannedOn, Cents: i.Cents, LandingUnitID: i.LandingUnitID, FirstUnitID: i.FirstUnitID,
		Chain: i.Chain, BatchID: i.BatchID, StageOrder: i.StageOrder, MainVenue: i.MainVenue, Grade: i.Grade, Ready: i.Ready,
		Leader: i.Leader, InvestorSigns: i.InvestorSigns, CitySigns: i.CitySigns, State: i.State, SignedOn: i.SignedOn,
		Version: i.Version, UpdatedAt: i.UpdatedAt, Can: []string{},
	}
	if s.MayPlan && i.State == Planned {
		v.Can = append(v.Can, "edit", "move", "drop")
	}
	return v
}

func (c Change) view(s Seen) ChangeView {
	return ChangeView{
		ID: c.ID, Month: c.Month, ItemID: c.ItemID, LeadID: c.LeadID, Code: s.Lead.Code, Title: s.Lead.Title, Kind: c.Kind,
		DeltaCents: c.DeltaCents, DeltaCount: c.DeltaCount, LandingUnitID: c.LandingUnitID, FirstUnitID: c.FirstUnitID,
		Chain: c.Chain, OtherMonth: c.OtherMonth, Reason: c.Reason, Refusal: c.Refusal, UserID: c.UserID, UnitID: c.UnitID, At: c.At,
	}
}

func (l Line) view() RowView {
	s := l.Seen
	v := RowView{
		ItemID: s.Item.ID, LeadID: s.Item.LeadID, Code: s.Lead.Code, Title: s.Lead.Title, Stage: s.Lead.Stage, Month: l.Month,
		State: s.Item.State, Grade: l.Grade, Cents: l.Cents, Count: l.Count, LandingUnitID: l.LandingUnitID,
		FirstUnitID: l.FirstUnitID, Chain: l.Chain,
	}
	if l.Change != nil {
		v.Kind, v.OtherMonth, v.Reason, v.Refusal = l.Change.Kind, l.Change.OtherMonth, l.Change.Reason, l.Change.Refusal
	}
	return v
}
