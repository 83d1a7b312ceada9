package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// CalendarChange is a change of the office calendar: what clocks run by from
// now on, and the days on which it differs.
type CalendarChange struct {
	Pace Pace
	From clock.Date
	To   clock.Date // none: for ever
}

// Bounds are the instants between which the calendar differs.
func (c CalendarChange) Bounds() (from, until time.Time) {
	if c.To.IsZero() {
		return c.From.Start(), clock.Forever()
	}
	return c.From.Start(), c.To.End()
}

// Follow works out a running clock with its pauses by the changed calendar
// and tells whether anything about it is new.
func (c CalendarChange) Follow(before Clock, pauses []Pause) (Clock, bool) {
	after := c.Pace.replayed(before, pauses)
	moved := !after.DueAt.Equal(before.DueAt) || !after.WarnAt.Equal(before.WarnAt) || after.Used != before.Used ||
		!after.AnchorAt.Equal(before.AnchorAt)
	return after, moved
}

// RuleDue is when the bureau has to rule on a dispute whose units may talk
// until the instant.
func (c CalendarChange) RuleDue(talkDue time.Time) time.Time { return c.Pace.Due(ClockRule, talkDue) }

// CatchUpClocks works out anew the clocks that began beside a change of the
// office calendar, with the calendar as it was before, and returns how many.
// An edit moves every clock that it sees; this is for those that another
// transaction was just writing.
func (s *Service) CatchUpClocks(ctx context.Context) (int, error) {
	scope := access.System("let clocks catch up with the calendar")
	pace, err := s.Pace(ctx)
	if err != nil {
		return 0, err
	}
	behind, err := s.store.ClocksBehind(ctx, scope, pace.Office.Revision(), clockWarnings)
	if err != nil {
		return 0, fmt.Errorf("look for clocks behind the calendar: %w", err)
	}
	done := 0
	for _, c := range behind {
		err := s.catchUp(ctx, scope, pace, c)
		if err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Conflict {
			return done, fmt.Errorf("let clock %s catch up: %w", c.ID, err)
		}
		done++
	}
	return done, nil
}

func (s *Service) catchUp(ctx context.Context, scope access.Scope, pace Pace, c Clock) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := tx.Lock(ctx, scope, scope, c.LeadID)
		if err != nil {
			return err
		}
		present, err := tx.Clock(ctx, seen, c.ID)
		if err != nil || present.ClosedAt != nil {
			return err
		}
		pauses, err := tx.Pauses(ctx, seen, present.ID)
		if err != nil {
			return err
		}
		return tx.SaveClock(ctx, seen, pace.replayed(present, pauses))
	})
}
