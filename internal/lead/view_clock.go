package lead

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ClockView is a clock as it leaves the server. DaysLeft counts working days
// with a part (calendar days for a limit of calendar days); it is below 0
// when the clock is overdue, and nil when it has ended.
type ClockView struct {
	ID          id.Clock    `json:"id"`
	Kind        ClockKind   `json:"kind"`
	UnitID      id.Unit     `json:"unit_id"`
	HandoffID   *id.Handoff `json:"handoff_id"`
	DisputeID   *id.Dispute `json:"dispute_id"`
	State       ClockResult `json:"state"`
	Days        int         `json:"days"`
	Calendar    bool        `json:"calendar"`
	Experts     bool        `json:"experts"`
	StartedAt   time.Time   `json:"started_at"`
	DueAt       time.Time   `json:"due_at"`
	PausedAt    *time.Time  `json:"paused_at"`
	PauseReason *string     `json:"pause_reason"`
	ClosedAt    *time.Time  `json:"closed_at"`
	Percent     *int        `json:"percent"`
	DaysLeft    *float64    `json:"days_left"`
	Warned      int         `json:"warned"`
	Invented    bool        `json:"invented"`
	Lead        *ClockLead  `json:"lead"`
	Can         []string    `json:"can"`
	Masked      []string    `json:"masked"`
}

// ClockLead is the head line of a clock's lead; nil where the reader does not
// see the lead any more.
type ClockLead struct {
	ID           id.Lead `json:"id"`
	Code         string  `json:"code"`
	Title        string  `json:"title"`
	InvestorName *string `json:"investor_name"`
	Stage        Stage   `json:"stage"`
}

// ClockMark is the open clock of a lead that runs out first.
type ClockMark struct {
	Kind     ClockKind   `json:"kind"`
	UnitID   id.Unit     `json:"unit_id"`
	State    ClockResult `json:"state"`
	DueAt    time.Time   `json:"due_at"`
	DaysLeft float64     `json:"days_left"`
}

// view shows a clock as it stands now.
func (p Pace) view(c Clock, pauses []Pause, now time.Time) ClockView {
	v := ClockView{
		ID: c.ID, Kind: c.Kind, UnitID: c.UnitID, HandoffID: c.HandoffID, DisputeID: c.DisputeID, State: c.At(now), Days: c.Days,
		Calendar: c.Calendar, Experts: c.Experts, StartedAt: c.StartedAt, DueAt: c.DueAt, PausedAt: c.PausedAt, ClosedAt: c.ClosedAt,
		Warned: c.Warned, Invented: c.Invented, Can: []string{}, Masked: []string{},
	}
	if c.PausedAt != nil && len(pauses) > 0 {
		v.PauseReason = &pauses[len(pauses)-1].Reason
	}
	if c.ClosedAt == nil {
		percent, left := p.share(c, now), p.left(c, now)
		v.Percent, v.DaysLeft = &percent, &left
	}
	return v
}

// left is how many days of the limit are left, to a tenth, rounded away from
// what would flatter.
func (p Pace) left(c Clock, now time.Time) float64 {
	if c.Calendar {
		return tenths(c.DueAt.Sub(now))
	}
	if c.PausedAt == nil && !now.Before(c.DueAt) {
		return tenths(-p.Office.Worked(c.DueAt, now))
	}
	used := c.Used
	if c.PausedAt == nil {
		used += p.worked(c, now)
	}
	return tenths(time.Duration(c.Days)*clock.LimitDay - used)
}

func tenths(d time.Duration) float64 {
	n := d / (clock.LimitDay / 10)
	if d < 0 && d%(clock.LimitDay/10) != 0 {
		n--
	}
	return float64(n) / 10
}

// mark is the clock as a list shows it.
func (p Pace) mark(c Clock, now time.Time) *ClockMark {
	return &ClockMark{Kind: c.Kind, UnitID: c.UnitID, State: c.At(now), DueAt: c.DueAt, DaysLeft: p.left(c, now)}
}

// clockCan lists what the actor may do with a clock.
func clockCan(actor access.Actor, seen Seen, c Clock, pauses []Pause) []string {
	out := []string{}
	if c.ClosedAt != nil || !actor.ActScope(access.ClockPause).Covers(seen.Standing) {
		return out
	}
	switch {
	case c.PausedAt == nil && pausable(c.Kind):
		out = append(out, "pause")
	case c.PausedAt != nil && len(pauses) > 0 && !pauses[len(pauses)-1].ByStage:
		out = append(out, "resume")
	}
	if c.Kind == ClockTriage && !c.Experts {
		out = append(out, "experts")
	}
	return out
}

// pausable tells whether a clock can stand still: not one whose deadline
// itself decides what becomes of an offer, an assignment or a dispute.
func pausable(kind ClockKind) bool {
	return kind == ClockTriage || kind == ClockFeedback || kind == ClockProgress || kind == ClockReoffer
}
