package lead

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ClockKind says what a unit owes by when.
type ClockKind string

// The kinds of clocks.
const (
	ClockAnswer   ClockKind = "answer"   // answer an offer
	ClockTriage   ClockKind = "triage"   // assess a new lead
	ClockFeedback ClockKind = "feedback" // tell the investor what became of it
	ClockProgress ClockKind = "progress" // report how it goes
	ClockObject   ClockKind = "object"   // object to an assignment
	ClockTalk     ClockKind = "talk"     // the units of a dispute talk
	ClockRule     ClockKind = "rule"     // the bureau rules
	ClockReoffer  ClockKind = "reoffer"  // the pool offers an idle lead again
)

// ClockKinds lists the kinds in the order of the page.
func ClockKinds() []ClockKind {
	return []ClockKind{
		ClockAnswer, ClockTriage, ClockFeedback, ClockProgress, ClockObject, ClockTalk, ClockRule, ClockReoffer,
	}
}

// ClockResult is how a clock stands, or how it ended.
type ClockResult string

// The results. Met, late and cancelled are final; the others are read from
// the deadline and the present instant.
const (
	ClockMet       ClockResult = "met"
	ClockLate      ClockResult = "late"
	ClockCancelled ClockResult = "cancelled"
	ClockRunning   ClockResult = "running"
	ClockOverdue   ClockResult = "overdue"
	ClockPaused    ClockResult = "paused"
)

// ClockResults lists the results in the order of the page.
func ClockResults() []ClockResult {
	return []ClockResult{ClockRunning, ClockOverdue, ClockPaused, ClockMet, ClockLate, ClockCancelled}
}

// Clock is a limit that runs for a unit. Limit time is working time in which
// every working day counts as clock.LimitDay.
type Clock struct {
	ID        id.Clock
	LeadID    id.Lead
	Kind      ClockKind
	UnitID    id.Unit // who owes it
	HandoffID *id.Handoff
	DisputeID *id.Dispute
	Days      int  // the limit, as it was when the clock began
	Calendar  bool // counts calendar days, not working days
	Experts   bool // a triage with the longer limit for experts
	StartedAt time.Time
	AnchorAt  time.Time     // the start, or the last time it was resumed
	Used      time.Duration // limit time before the anchor
	DueAt     time.Time
	PausedAt  *time.Time
	Warned    int       // the highest warning given, in percent
	WarnAt    time.Time // when the next is due; for ever when none is
	ClosedAt  *time.Time
	How       *ClockResult
	Revision  int64 // of the calendar that DueAt was worked out with
	Invented  bool
	Version   int64
}

// At returns how the clock stands at an instant.
func (c Clock) At(now time.Time) ClockResult {
	switch {
	case c.How != nil:
		return *c.How
	case c.PausedAt != nil:
		return ClockPaused
	case now.Before(c.DueAt):
		return ClockRunning
	}
	return ClockOverdue
}

// ClockStart begins a clock. The limit comes from Pace unless Days says
// otherwise, the deadline is worked out from it unless DueAt is given.
type ClockStart struct {
	Kind      ClockKind
	UnitID    id.Unit
	HandoffID *id.Handoff
	DisputeID *id.Dispute
	At        time.Time // now, read after the lock of the lead
	Days      int       // 0: the city's limit for the kind
	DueAt     time.Time // zero: worked out
	Pace      Pace
}

// Clock returns the clock as it begins.
func (s ClockStart) Clock(lead id.Lead) Clock {
	limit := s.Pace.Limit(s.Kind)
	if s.Days > 0 {
		limit.Days = s.Days
	}
	c := Clock{
		LeadID: lead, Kind: s.Kind, UnitID: s.UnitID, HandoffID: s.HandoffID, DisputeID: s.DisputeID, Days: limit.Days,
		Calendar: limit.Calendar, StartedAt: s.At, Version: 1,
	}
	c = s.Pace.timed(c)
	if !s.DueAt.IsZero() {
		c.DueAt = s.DueAt
	}
	return c
}

// Pause is a time in which a clock stood still, and why.
type Pause struct {
	ID        int64
	ClockID   id.Clock
	FromAt    time.Time
	Until     *time.Time // nil while it lasts
	Reason    string
	ByStage   bool // the lead itself was suspended
	PausedBy  *id.User
	ResumedBy *id.User
}

// ClockClose ends the open clocks of a lead that it names.
type ClockClose struct {
	Kinds     []ClockKind // none: all kinds
	UnitID    *id.Unit
	HandoffID *id.Handoff
	DisputeID *id.Dispute
	At        time.Time
	// Cancelled says that what was owed fell away. Else it was done: met
	// before the deadline, late from it on. What falls away after its
	// deadline was late all the same.
	Cancelled bool
}

// Limit is how long a clock of a kind runs.
type Limit struct {
	Days     int
	Calendar bool
}

// Pace is what clocks run by: the office calendar, the limits and the
// warnings that are in force. It is read before a transaction, because the
// transaction may not wait for anything else.
type Pace struct {
	terms    Terms // of protection, which progress keeps alive
	Office   *clock.Office
	limits   map[ClockKind]Limit
	experts  int   // days of a triage with experts
	percents []int // of the warnings, rising
	counts   map[string]bool
	last     int // the order of the last stage that owes progress
}

// Limit returns how long a clock of the kind runs.
func (p Pace) Limit(kind ClockKind) Limit { return p.limits[kind] }

// Due returns when a clock of the kind that begins at from runs out.
func (p Pace) Due(kind ClockKind, from time.Time) time.Time {
	return p.timed(Clock{Kind: kind, StartedAt: from, Days: p.limits[kind].Days, Calendar: p.limits[kind].Calendar}).DueAt
}

// timed works out the deadline and the next warning of a clock that was
// never paused.
func (p Pace) timed(c Clock) Clock { return p.replayed(c, nil) }

// replayed works out a clock anew from its start and its pauses: how much of
// the limit was used, when it runs out, and when the next warning is due. A
// limit that had run out before a pause stays run out.
func (p Pace) replayed(c Clock, pauses []Pause) Clock {
	c.AnchorAt, c.Used, c.PausedAt, c.DueAt, c.WarnAt = c.StartedAt, 0, nil, time.Time{}, clock.Forever()
	if p.Office != nil {
		c.Revision = p.Office.Revision()
	}
	for _, pause := range pauses {
		due := p.instant(c, 100)
		if c.DueAt.IsZero() && !due.After(pause.FromAt) {
			c.DueAt = due
		}
		if pause.Until == nil {
			c.PausedAt = &pause.FromAt
			if c.DueAt.IsZero() {
				c.DueAt = due
			}
			c.Used += p.worked(c, pause.FromAt)
			return c
		}
		c.Used += p.worked(c, pause.FromAt)
		c.AnchorAt = *pause.Until
	}
	if c.DueAt.IsZero() {
		c.DueAt = p.instant(c, 100)
	}
	if next := p.next(c.Warned); next > 0 {
		c.WarnAt = p.instant(c, next)
	}
	return c
}

// worked is the limit time since the anchor: working time, or the time itself
// for a limit of calendar days.
func (p Pace) worked(c Clock, until time.Time) time.Duration {
	if c.Calendar {
		return max(0, until.Sub(c.AnchorAt))
	}
	return p.Office.Worked(c.AnchorAt, until)
}

// instant is when percent of the limit has passed, if it is not paused again.
func (p Pace) instant(c Clock, percent int) time.Time {
	if p.Office == nil {
		return c.AnchorAt
	}
	if !c.Calendar {
		whole := time.Duration(c.Days) * clock.LimitDay
		return p.Office.After(c.AnchorAt, whole/100*time.Duration(percent)-c.Used)
	}
	start := c.AnchorAt.Add(-c.Used)
	due := p.Office.DueCalendar(start, c.Days)
	if percent == 100 {
		return due
	}
	return clock.Cut(start.Add(due.Sub(start) / 100 * time.Duration(percent)))
}

// next returns the lowest warning above one that was given; 0 for none.
func (p Pace) next(warned int) int {
	i := slices.IndexFunc(p.percents, func(percent int) bool { return percent > warned })
	if i < 0 {
		return 0
	}
	return p.percents[i]
}

// share tells how much of the limit has passed at an instant, in percent.
func (p Pace) share(c Clock, now time.Time) int {
	used, whole := c.Used, time.Duration(c.Days)*clock.LimitDay
	if c.PausedAt == nil {
		used += p.worked(c, now)
	}
	if c.Calendar {
		start := c.AnchorAt.Add(-c.Used)
		whole = p.Office.DueCalendar(start, c.Days).Sub(start)
	}
	if whole <= 0 {
		return 100
	}
	return int(used / (whole / 100))
}
