package update

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The notices of a period, each told once to the heads of a unit.
const (
	toldOpened  = "update.opened"
	toldSoon    = "update.due_soon"
	toldOverdue = "update.overdue"
)

// TellDue tells the heads of units that a period has opened, is due soon, or
// is overdue, and returns how many units were told. It may run late, twice or
// on two nodes: the row that it writes decides.
func (s *Service) TellDue(ctx context.Context) (int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	periods, err := s.recent(ctx, now, 3)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, d := range periods {
		kind := d.kind(now)
		if kind == "" {
			continue
		}
		told, err := s.tell(ctx, d, kind, now)
		n += told
		if err != nil {
			return n, fmt.Errorf("tell units of %s: %w", d.Period, err)
		}
	}
	return n, nil
}

// kind is what is to be told of a period now, or "".
func (d Dates) kind(now time.Time) string {
	today := clock.DateOf(now)
	switch d.State(now) {
	case Open:
		if !today.Before(d.SoonOn) {
			return toldSoon
		}
		return toldOpened
	case Late:
		return toldOverdue
	case Coming, Closed:
	}
	return ""
}

// tell tells the units that still owe something. Restricted projects are left
// out: a notice must not say that there is one.
func (s *Service) tell(ctx context.Context, d Dates, kind string, now time.Time) (int, error) {
	progress, _, err := s.progress(ctx, normal(), d, 0, now)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, g := range progress {
		if g.Filed >= g.Total {
			continue
		}
		told, err := s.tellUnit(ctx, d, kind, g.UnitID)
		if err != nil {
			return n, err
		}
		if told {
			n++
		}
	}
	return n, nil
}

func (s *Service) tellUnit(ctx context.Context, d Dates, kind string, unit id.Unit) (bool, error) {
	told := false
	err := s.store.InTx(ctx, func(tx Tx) error {
		told = false
		if kind == toldOverdue { // who never heard of a period is not late with it
			heard, err := tx.ToldBefore(ctx, unit, d.Period, toldOpened)
			if err != nil {
				return err
			}
			soon, err := tx.ToldBefore(ctx, unit, d.Period, toldSoon)
			if err != nil || !heard && !soon {
				return err
			}
		}
		first, err := tx.Tell(ctx, unit, d.Period, kind)
		if err != nil || !first {
			return err
		}
		told = true
		return tx.Notify(ctx, event.Notice{
			Kind: kind, Units: []id.Unit{unit}, Heads: true, Object: "update", ObjectID: int64(unit),
			Params: map[string]string{"period": string(d.Period), "due_on": d.DueOn.String()},
		})
	})
	return told, err
}
