package signing

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

// The city's numbers that decide when a month freezes.
const (
	ruleCutOffDay    = "signing_cut_off_day"
	ruleMonthsBefore = "signing_cut_off_months_before"
)

// Service holds the use cases of the board.
type Service struct {
	store Store
	city  City
	door  Door
}

// New returns the use cases over a store.
func New(store Store, city City, door Door) *Service {
	return &Service{store: store, city: city, door: door}
}

// CutOff returns the rule by which the plan of a month freezes: the one in
// force on the month's first day.
func (s *Service) CutOff(ctx context.Context, m Month) (CutOff, error) {
	day, err := s.city.Rule(ctx, ruleCutOffDay, m.First())
	if err != nil {
		return CutOff{}, fmt.Errorf("read the cut-off day: %w", err)
	}
	before, err := s.city.Rule(ctx, ruleMonthsBefore, m.First())
	if err != nil {
		return CutOff{}, fmt.Errorf("read the month of the cut-off day: %w", err)
	}
	return CutOff{Day: int(day), MonthsBefore: int(before)}, nil
}

func (s *Service) cutOffs(ctx context.Context, months []Month) (map[Month]CutOff, error) {
	out := make(map[Month]CutOff, len(months))
	for _, m := range months {
		c, err := s.CutOff(ctx, m)
		if err != nil {
			return nil, err
		}
		out[m] = c
	}
	return out, nil
}

func reader(actor access.Actor) Reader {
	return Reader{Read: actor.Scope(access.SigningRead), Act: actor.ActScope(access.SigningPlan)}
}

func unknown() error { return fault.New(fault.NotFound, "signing.unknown", "No such planned signing.") }

// settle locks months, freezes those of them whose cut-off day has ended, and
// returns which are frozen: who writes first after the cut-off writes down the
// plan as it stood until then.
func (s *Service) settle(ctx context.Context, tx Tx, cuts map[Month]CutOff, months ...Month) (map[Month]bool, error) {
	slices.Sort(months)
	months = slices.Compact(months)
	rows, err := tx.HoldMonths(ctx, months)
	if err != nil {
		return nil, err
	}
	now := tx.Now(ctx)
	frozen := make(map[Month]bool, len(months))
	for _, m := range months {
		frozen[m] = rows[m].Frozen()
		if !frozen[m] && cuts[m].due(m, now) {
			if err := freeze(ctx, tx, m, cuts[m], access.Actor{}, now); err != nil {
				return nil, err
			}
			frozen[m] = true
		}
	}
	return frozen, nil
}

func freeze(ctx context.Context, tx Tx, m Month, c CutOff, by access.Actor, now time.Time) error {
	n, err := tx.Freeze(ctx, m, c.Of(m), by.User, now)
	if err != nil {
		return err
	}
	l := by.Line("signing.frozen", "signing_month", 0)
	l.Changes = []event.Change{{Field: "month", After: string(m)}, {Field: "items", After: fmt.Sprint(n)}}
	return tx.Record(ctx, l)
}

// Freeze keeps the plan of a month now, before its cut-off day. A month that
// is frozen stays as it was kept.
//
// Errors: Invalid with the field month.
func (s *Service) Freeze(ctx context.Context, actor access.Actor, m Month) (MonthView, error) {
	cut, err := s.CutOff(ctx, m)
	if err != nil {
		return MonthView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		frozen, err := s.settle(ctx, tx, map[Month]CutOff{m: cut}, m)
		if err != nil || frozen[m] {
			return err
		}
		return freeze(ctx, tx, m, cut, actor, tx.Now(ctx))
	})
	if err != nil {
		return MonthView{}, err
	}
	return s.Month(ctx, actor, m)
}

// FreezeDue writes down the plans whose cut-off day has ended and returns how
// many. Nothing depends on when it happens.
func (s *Service) FreezeDue(ctx context.Context) (int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	months, err := s.store.Unfrozen(ctx, monthAt(now).Add(4))
	if err != nil {
		return 0, err
	}
	done := 0
	for _, m := range months {
		cut, err := s.CutOff(ctx, m)
		if err != nil {
			return done, err
		}
		if !cut.due(m, now) {
			continue
		}
		err = s.store.InTx(ctx, func(tx Tx) error {
			_, err := s.settle(ctx, tx, map[Month]CutOff{m: cut}, m)
			return err
		})
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// write keeps an item after an edit with everything that it means for the
// months that are frozen.
func write(ctx context.Context, tx Tx, e edit) error {
	if e.before != nil {
		ok, err := tx.Save(ctx, e.after, e.before.Version)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "signing.busy", "Somebody else changed the planned signing.")
		}
	} else if err := tx.Insert(ctx, e.after); err != nil {
		return err
	}
	for _, c := range Changes(e.before, e.after) {
		if !e.frozen[c.Month] {
			continue
		}
		c.ItemID, c.At, c.Reason, c.Refusal = e.after.ID, e.at, e.reason, e.refusal
		c.UserID, c.UnitID = who(e.actor)
		if err := tx.AddChange(ctx, c); err != nil {
			return err
		}
	}
	return tx.Record(ctx, e.line())
}

// edit is one change of an item, ready to be kept.
type edit struct {
	before, after *Item
	frozen        map[Month]bool
	lead          Lead
	actor         access.Actor
	kind, reason  string
	refusal       string // the code with which the lead's door refused to sign
	at            time.Time
}

func (e edit) line() event.Line {
	l := e.actor.Line(e.kind, "signing", int64(e.after.ID))
	l.Lead, l.Restricted, l.Reason = e.lead.ID, e.lead.Restricted, e.reason
	l.Changes = Differences(e.before, *e.after)
	if e.refusal != "" {
		l.Changes = append(l.Changes, event.Change{Field: "refusal", After: e.refusal})
	}
	return l
}

func who(a access.Actor) (*id.User, *id.Unit) {
	var user *id.User
	var unit *id.Unit
	if a.User != 0 {
		user = &a.User
	}
	if a.Acting != 0 {
		unit = &a.Acting
	}
	return user, unit
}
