package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// ClockFilter narrows the list of clocks; zero values do not. The days are
// those on which a clock ended, or ran out while it is overdue; both count.
type ClockFilter struct {
	Unit    id.Unit
	Kind    ClockKind
	Results []ClockResult
	From    clock.Date
	To      clock.Date
	Limit   int
	Cursor  string
}

// ClockQuery reads clocks of the reader's units, or of all.
type ClockQuery struct {
	Read    access.Scope // whose clocks
	Leads   access.Scope // which leads the reader sees
	Unit    id.Unit
	Kind    ClockKind
	Results []ClockResult
	From    *time.Time
	To      *time.Time
	Limit   int
	After   *page.Position
	// Running says that open clocks are asked for, in the order of their
	// deadlines; else the latest comes first.
	Running bool
}

// ClockEntry is a clock with its lead as the reader sees it.
type ClockEntry struct {
	Clock  Clock
	Pauses []Pause
	Seen   *Seen // nil where the reader does not see the lead
}

// OnTime is one figure: how the clocks of a kind ended for a unit.
type OnTime struct {
	UnitID    id.Unit   `json:"unit_id"`
	Kind      ClockKind `json:"kind"`
	Met       int64     `json:"met"`
	Late      int64     `json:"late"`
	Overdue   int64     `json:"overdue"`
	Cancelled int64     `json:"cancelled"`
}

// OnTimeView is the on-time rate by unit and step. Of what ended or ran out
// in the days, rate = met / (met + late + overdue); cancelled ones are not in
// it.
type OnTimeView struct {
	From  clock.Date `json:"from"`
	To    clock.Date `json:"to"`
	AsOf  time.Time  `json:"as_of"`
	Items []OnTime   `json:"items"`
}

// OnTimeQuery asks what the clocks of the reader's units, or of all, came to
// that ended or ran out from one day to another, both included.
type OnTimeQuery struct {
	Read     access.Scope
	From, To clock.Date
	Now      time.Time
}

// onTimeDays is how far back the rate looks when nobody says otherwise.
const onTimeDays = 90

// OnTimeRate counts what the clocks of the actor's units came to, or of all
// units for those who see all.
//
// Errors: Invalid "input.invalid" on from and to.
func (s *Service) OnTimeRate(ctx context.Context, actor access.Actor, from, to clock.Date) (OnTimeView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return OnTimeView{}, err
	}
	if to.IsZero() {
		to = clock.DateOf(now)
	}
	if from.IsZero() {
		from = to.AddDays(1 - onTimeDays)
	}
	if to.Before(from) {
		return OnTimeView{}, fault.BadField("to", "date.before_start")
	}
	items, err := s.store.OnTime(ctx, OnTimeQuery{Read: actor.Scope(access.ClockRead), From: from, To: to, Now: now})
	if err != nil {
		return OnTimeView{}, fmt.Errorf("count the clocks: %w", err)
	}
	return OnTimeView{From: from, To: to, AsOf: now, Items: items}, nil
}

// ClockList returns a page of the clocks of the actor's units, or of all
// units for those who see all: open ones by their deadline, others the latest
// first.
//
// Errors: Invalid "input.invalid" on kind, result, from, to and cursor.
func (s *Service) ClockList(ctx context.Context, actor access.Actor, f ClockFilter) (page.Of[ClockView], error) {
	q, bound, err := s.clockQuery(actor, f)
	if err != nil {
		return page.Of[ClockView]{}, err
	}
	pace, err := s.Pace(ctx)
	if err != nil {
		return page.Of[ClockView]{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return page.Of[ClockView]{}, err
	}
	rows, total, err := s.store.ClockList(ctx, q)
	if err != nil {
		return page.Of[ClockView]{}, fmt.Errorf("list clocks: %w", err)
	}
	out := page.Of[ClockView]{Items: make([]ClockView, 0, len(rows)), Total: total}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[q.Limit-1].Clock
		next := s.cursors.Seal(page.Position{Value: last.DueAt.Format(time.RFC3339Nano), ID: int64(last.ID)}, bound)
		out.Next = &next
	}
	r := rightsOf(actor)
	for _, e := range rows {
		v := pace.view(e.Clock, e.Pauses, now)
		if e.Seen != nil {
			l := r.view(*e.Seen, s.shape)
			v.Lead = &ClockLead{ID: l.ID, Code: l.Code, Title: l.Title, InvestorName: l.InvestorName, Stage: l.Stage}
			v.Can = clockCan(actor, *e.Seen, e.Clock, e.Pauses)
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func (s *Service) clockQuery(actor access.Actor, f ClockFilter) (ClockQuery, string, error) {
	if err := f.check(); err != nil {
		return ClockQuery{}, "", err
	}
	q := ClockQuery{
		Read: actor.Scope(access.ClockRead), Leads: actor.Scope(access.LeadRead), Unit: f.Unit, Kind: f.Kind, Results: f.Results,
		Limit: f.Limit, Running: f.running(),
	}
	if !f.From.IsZero() {
		start := f.From.Start()
		q.From = &start
	}
	if !f.To.IsZero() {
		end := f.To.End()
		q.To = &end
	}
	bound := fmt.Sprintf("clocks|%d|%d|%s|%v|%s|%s", actor.User, f.Unit, f.Kind, f.Results, f.From, f.To)
	if f.Cursor == "" {
		return q, bound, nil
	}
	after, err := s.cursors.Open(f.Cursor, bound)
	q.After = after
	return q, bound, err
}

func (f ClockFilter) check() error {
	var bad rules
	if f.Kind != "" && !slices.Contains(ClockKinds(), f.Kind) {
		bad.add("kind", "unknown_value")
	}
	if slices.ContainsFunc(f.Results, func(r ClockResult) bool { return !slices.Contains(ClockResults(), r) }) {
		bad.add("result", "unknown_value")
	}
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		bad.add("to", "date.before_start")
	}
	return fault.Broken("input.invalid", bad)
}

// running tells whether only clocks that have not ended are asked for.
func (f ClockFilter) running() bool {
	return len(f.Results) > 0 && !slices.ContainsFunc(f.Results, func(r ClockResult) bool {
		return r != ClockRunning && r != ClockOverdue && r != ClockPaused
	})
}
