package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Clocks lists the clocks of a lead, the open ones first. Who reads the whole
// lead sees all; who reads along those of the holder and its own; a past
// holder its own.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Clocks(ctx context.Context, actor access.Actor, lead id.Lead) ([]ClockView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return nil, err
	}
	pace, err := s.Pace(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	rows, pauses, err := s.store.ClocksOf(ctx, seen)
	if err != nil {
		return nil, err
	}
	full := rightsOf(actor).sees(seen.Standing).File && seen.Past == nil
	out := []ClockView{}
	for _, c := range rows {
		if !full && !mayKnowClock(actor, seen, c) {
			continue
		}
		v := pace.view(c, pauses[c.ID], now)
		v.Can = clockCan(actor, seen, c, pauses[c.ID])
		out = append(out, v)
	}
	return out, nil
}

func mayKnowClock(actor access.Actor, seen Seen, c Clock) bool {
	for _, m := range actor.Memberships {
		if m.Unit == c.UnitID {
			return true
		}
	}
	return seen.Past == nil && slices.Contains(holderKinds(), c.Kind)
}

// ClockOrder asks for something to be done with a clock.
type ClockOrder struct {
	Clock  id.Clock
	Reason string
}

// PauseClock lets a clock stand still for a reason.
//
// Errors: NotFound "lead.unknown" or "clock.unknown"; Forbidden "forbidden";
// Conflict "clock.closed", "clock.paused" or "clock.not_pausable"; Invalid
// "input.invalid" on reason.
func (s *Service) PauseClock(ctx context.Context, actor access.Actor, lead id.Lead, o ClockOrder) (ClockView, error) {
	return s.onClock(ctx, actor, lead, o, func(tx Tx, x clockAct) error {
		switch {
		case x.clock.PausedAt != nil:
			return fault.New(fault.Conflict, "clock.paused", "The clock is paused already.")
		case !pausable(x.clock.Kind):
			return fault.New(fault.Conflict, "clock.not_pausable", "The deadline of this clock decides by itself.")
		}
		if err := reasoned(o); err != nil {
			return err
		}
		pause := Pause{ClockID: o.Clock, FromAt: x.now, Reason: o.Reason, PausedBy: &actor.User}
		if err := tx.AddPause(ctx, x.seen, pause); err != nil {
			return err
		}
		return x.save(ctx, tx, actor, "clock.paused", append(x.pauses, pause))
	})
}

// ResumeClock lets a paused clock go on with what was left of its limit.
//
// Errors: NotFound "lead.unknown" or "clock.unknown"; Forbidden "forbidden";
// Conflict "clock.closed", "clock.not_paused" or "clock.suspended".
func (s *Service) ResumeClock(ctx context.Context, actor access.Actor, lead id.Lead, o ClockOrder) (ClockView, error) {
	return s.onClock(ctx, actor, lead, o, func(tx Tx, x clockAct) error {
		if x.clock.PausedAt == nil || len(x.pauses) == 0 {
			return fault.New(fault.Conflict, "clock.not_paused", "The clock is not paused.")
		}
		last := &x.pauses[len(x.pauses)-1]
		if last.ByStage {
			return fault.New(fault.Conflict, "clock.suspended", "The clock goes on when the lead does.")
		}
		last.Until, last.ResumedBy = &x.now, &actor.User
		if err := tx.EndPause(ctx, x.seen, *last); err != nil {
			return err
		}
		return x.save(ctx, tx, actor, "clock.resumed", x.pauses)
	})
}

// CallExperts gives an assessment the longer limit for which experts are
// needed.
//
// Errors: NotFound "lead.unknown" or "clock.unknown"; Forbidden "forbidden";
// Conflict "clock.closed" or "clock.no_experts"; Invalid "input.invalid" on
// reason.
func (s *Service) CallExperts(ctx context.Context, actor access.Actor, lead id.Lead, o ClockOrder) (ClockView, error) {
	return s.onClock(ctx, actor, lead, o, func(tx Tx, x clockAct) error {
		if x.clock.Kind != ClockTriage || x.clock.Experts {
			return fault.New(fault.Conflict, "clock.no_experts", "Only an assessment takes the longer limit, once.")
		}
		if err := reasoned(o); err != nil {
			return err
		}
		x.clock.Experts, x.clock.Days = true, max(x.clock.Days, x.pace.experts)
		return x.save(ctx, tx, actor, "clock.experts", x.pauses)
	})
}

func reasoned(o ClockOrder) error {
	var bad rules
	bad.text("reason", o.Reason, true, MaxReason)
	return fault.Broken("input.invalid", bad)
}

// clockAct is what an act on a clock knows.
type clockAct struct {
	pace   Pace
	seen   Seen
	clock  Clock
	pauses []Pause
	now    time.Time
	reason string
}

func (s *Service) onClock(
	ctx context.Context, actor access.Actor, lead id.Lead, o ClockOrder, work func(tx Tx, x clockAct) error,
) (ClockView, error) {
	pace, err := s.Pace(ctx)
	if err != nil {
		return ClockView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.ClockPause, lead, nil)
		if err != nil {
			return err
		}
		c, err := tx.Clock(ctx, seen, o.Clock)
		if err != nil {
			return err
		}
		if c.ClosedAt != nil {
			return fault.New(fault.Conflict, "clock.closed", "The clock has ended.")
		}
		pauses, err := tx.Pauses(ctx, seen, c.ID)
		if err != nil {
			return err
		}
		return work(tx, clockAct{pace: pace, seen: seen, clock: c, pauses: pauses, now: tx.Now(ctx), reason: o.Reason})
	})
	if err != nil {
		return ClockView{}, err
	}
	return s.clock(ctx, actor, lead, o.Clock)
}

// clock returns one clock of a lead as the actor sees it.
func (s *Service) clock(ctx context.Context, actor access.Actor, lead id.Lead, c id.Clock) (ClockView, error) {
	all, err := s.Clocks(ctx, actor, lead)
	if err != nil {
		return ClockView{}, err
	}
	i := slices.IndexFunc(all, func(v ClockView) bool { return v.ID == c })
	if i < 0 {
		return ClockView{}, fault.New(fault.NotFound, "clock.unknown", "No such clock.")
	}
	return all[i], nil
}

// save writes the clock as its pauses leave it, with the audit line and the
// word to the unit that owes it.
func (x clockAct) save(ctx context.Context, tx Tx, actor access.Actor, kind string, pauses []Pause) error {
	after := x.pace.replayed(x.clock, pauses)
	if err := tx.SaveClock(ctx, x.seen, after); err != nil {
		return err
	}
	l := line(actor, x.seen.Lead, kind)
	l.Object, l.ObjectID, l.Reason = "clock", int64(x.clock.ID), x.reason
	l.Changes = []event.Change{
		{Field: "kind", After: string(x.clock.Kind)},
		{Field: "due_at", Before: stamp(x.clock.DueAt), After: stamp(after.DueAt)},
	}
	if err := tx.Record(ctx, l); err != nil {
		return err
	}
	return tx.Notify(ctx, event.Notice{
		Kind: kind, Lead: x.seen.Lead.ID, Units: []id.Unit{x.clock.UnitID}, By: actor.User, Object: "clock",
		ObjectID: int64(x.clock.ID), Params: map[string]string{"clock": string(x.clock.Kind), "due_at": stamp(after.DueAt)},
	})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// clockWarnings is how many clocks one turn of the job reads at once.
const clockWarnings = 200

// WarnClocks gives the warnings that are due and returns how many. Each
// warning is given once, in one transaction with its notice: the key of its
// row decides, whatever else runs beside it. It only tells what the deadline
// has decided; nothing depends on when it runs.
func (s *Service) WarnClocks(ctx context.Context) (int, error) {
	scope := access.System("warn of clocks that run out")
	pace, err := s.Pace(ctx)
	if err != nil {
		return 0, err
	}
	given := 0
	for {
		before := given
		due, err := s.store.ClocksToWarn(ctx, scope, clockWarnings)
		if err != nil {
			return given, fmt.Errorf("look for clocks to warn of: %w", err)
		}
		for _, c := range due {
			n, err := s.warn(ctx, scope, pace, c)
			if err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Conflict {
				return given, fmt.Errorf("warn of clock %s: %w", c.ID, err)
			}
			given += n
		}
		if len(due) < clockWarnings || given == before { // what cannot be given now must not be asked for over and over
			return given, nil
		}
	}
}

// warn gives every warning of one clock that is due by now.
func (s *Service) warn(ctx context.Context, scope access.Scope, pace Pace, c Clock) (given int, err error) {
	err = s.store.InTx(ctx, func(tx Tx) error {
		given = 0
		seen, err := tx.Lock(ctx, scope, scope, c.LeadID)
		if err != nil {
			return err
		}
		c, err := tx.Clock(ctx, seen, c.ID)
		now := tx.Now(ctx)
		if err != nil || c.ClosedAt != nil || c.PausedAt != nil || c.WarnAt.After(now) {
			return err // somebody else was faster
		}
		pauses, err := tx.Pauses(ctx, seen, c.ID)
		if err != nil {
			return err
		}
		if c, given, err = pace.warnings(ctx, tx, seen, toWarn{clock: c, pauses: pauses, now: now}); err != nil {
			return err
		}
		return tx.SaveClock(ctx, seen, c)
	})
	return given, err
}

// toWarn is a clock with a warning that is due.
type toWarn struct {
	clock  Clock
	pauses []Pause
	now    time.Time
}

// warnings gives what is due and returns the clock after it.
func (p Pace) warnings(ctx context.Context, tx Tx, seen Seen, w toWarn) (c Clock, given int, err error) {
	c = p.replayed(w.clock, w.pauses)
	for !c.WarnAt.After(w.now) {
		percent := p.next(c.Warned)
		if err := p.tell(ctx, tx, seen, c, percent); err != nil {
			return c, given, err
		}
		c.Warned = percent
		c = p.replayed(c, w.pauses)
		given++
	}
	return c, given, nil
}

// tell writes one warning with its notice. The first goes to the officers who
// owe it, the second to their heads as well, the third to the bureau's
// officers, the fourth to its heads.
func (p Pace) tell(ctx context.Context, tx Tx, seen Seen, c Clock, percent int) error {
	if err := tx.AddWarning(ctx, seen, c, percent); err != nil {
		return err
	}
	told, err := tx.WarnedPersons(ctx, seen, c, slices.Index(p.percents, percent)+1)
	if err != nil {
		return err
	}
	return tx.Notify(ctx, event.Notice{
		Kind: "clock.warned", Lead: c.LeadID, Users: told, Object: "clock", ObjectID: int64(c.ID),
		Params: map[string]string{
			"clock": string(c.Kind), "percent": fmt.Sprint(percent), "due_at": stamp(c.DueAt), "unit_id": c.UnitID.String(),
		},
	})
}
