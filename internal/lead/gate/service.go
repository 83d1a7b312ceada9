package gate

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Service keeps the versions of the life cycle. Each change is one
// transaction with its audit line.
type Service struct{ store Store }

// NewService returns the use cases of life-cycle versions.
func NewService(store Store) *Service { return &Service{store: store} }

// Seed puts the city's first version in force from its first day on, unless
// there is any version; so it may run at every start.
func (s *Service) Seed(ctx context.Context, first Cycle, from clock.Date) error {
	all, err := s.store.All(ctx)
	if err != nil || len(all) > 0 {
		return err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.Lock(ctx); err != nil {
			return err
		}
		c := first
		c.State, c.FromOn, c.Version = InForce, &from, 1
		c.MadeAt = tx.Now(ctx)
		c.ChangedAt = c.MadeAt
		if err := tx.Insert(ctx, &c); err != nil {
			return err
		}
		return tx.Record(ctx, event.Line{Kind: "lifecycle.seeded", Object: "lifecycle", ObjectID: int64(c.ID)})
	})
	if fault.CodeOf(err) == "lifecycle.day_taken" { // another node was faster
		return nil
	}
	return err
}

// All lists every version, the newest first, without its steps.
func (s *Service) All(ctx context.Context, actor access.Actor) ([]View, error) {
	all, err := s.store.All(ctx)
	if err != nil {
		return nil, err
	}
	today, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(all))
	for _, c := range all {
		out = append(out, s.view(actor, c, today, all))
	}
	return out, nil
}

// One returns a version with its steps, and with against what differs in it
// from another version.
//
// Errors: NotFound "lifecycle.unknown" for either.
func (s *Service) One(ctx context.Context, actor access.Actor, cycle, against id.Lifecycle) (View, error) {
	c, err := s.store.One(ctx, cycle)
	if err != nil {
		return View{}, err
	}
	all, err := s.store.All(ctx)
	if err != nil {
		return View{}, err
	}
	today, err := s.today(ctx)
	if err != nil {
		return View{}, err
	}
	v := s.view(actor, c, today, all)
	if against != 0 {
		other, err := s.store.One(ctx, against)
		if err != nil {
			return View{}, err
		}
		v.Differences = Differences(other, c)
	}
	return v, nil
}

// Ruling returns the version that rules today.
//
// Errors: Conflict "lifecycle.none".
func (s *Service) Ruling(ctx context.Context) (Cycle, error) {
	today, err := s.today(ctx)
	if err != nil {
		return Cycle{}, err
	}
	return s.store.Ruling(ctx, today)
}

func (s *Service) today(ctx context.Context) (clock.Date, error) {
	now, err := s.store.Now(ctx)
	return clock.DateOf(now), err
}

// Copy makes a draft out of a version.
//
// Errors: Forbidden "forbidden"; NotFound "lifecycle.unknown"; Invalid
// "input.invalid" on note.
func (s *Service) Copy(ctx context.Context, actor access.Actor, from id.Lifecycle, note string) (View, error) {
	var made id.Lifecycle
	err := s.change(ctx, actor, func(tx Tx) error {
		c, err := tx.One(ctx, from)
		if err != nil {
			return err
		}
		c.Note, c.State, c.FromOn, c.Version = strings.TrimSpace(note), Draft, nil, 1
		if err := fault.Broken("input.invalid", c.Broken()); err != nil {
			return err
		}
		c.MadeAt, c.MadeBy = tx.Now(ctx), &actor.User
		c.ChangedAt = c.MadeAt
		if err := tx.Insert(ctx, &c); err != nil {
			return err
		}
		made = c.ID
		return record(ctx, tx, actor, c, event.Change{Field: "from_id", After: from.String()})
	})
	if err != nil {
		return View{}, err
	}
	return s.One(ctx, actor, made, 0)
}

// Edit writes a draft anew: its note, source and steps.
//
// Errors: Forbidden "forbidden"; NotFound "lifecycle.unknown"; Stale
// "lifecycle.stale"; Conflict "lifecycle.not_draft"; Invalid "input.invalid"
// by place.
func (s *Service) Edit(ctx context.Context, actor access.Actor, cycle id.Lifecycle, version int64, to Cycle) (View, error) {
	err := s.change(ctx, actor, func(tx Tx) error {
		c, err := draft(ctx, tx, cycle, version)
		if err != nil {
			return err
		}
		before := c
		c.Note, c.Source, c.Steps = strings.TrimSpace(to.Note), strings.TrimSpace(to.Source), to.Steps
		if err := fault.Broken("input.invalid", c.Broken()); err != nil {
			return err
		}
		c.ChangedAt = tx.Now(ctx)
		c.Version++
		if err := tx.Save(ctx, c, true); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, changes(before, c)...)
	})
	if err != nil {
		return View{}, err
	}
	return s.One(ctx, actor, cycle, 0)
}

// PutInForce lets a draft rule from a day on; without a day, from today.
// Every move from then on goes by it, without a restart.
//
// Errors: those of Edit; Conflict "lifecycle.day_taken" when another version
// begins that day; Invalid "input.invalid" on a day before today.
func (s *Service) PutInForce(ctx context.Context, actor access.Actor, cycle id.Lifecycle, version int64, from *clock.Date) (View, error) {
	err := s.change(ctx, actor, func(tx Tx) error {
		c, err := draft(ctx, tx, cycle, version)
		if err != nil {
			return err
		}
		c.ChangedAt = tx.Now(ctx)
		today := clock.DateOf(c.ChangedAt)
		if from == nil {
			from = &today
		}
		if from.Before(today) {
			return fault.BadField("from_on", "day.past")
		}
		c.State, c.FromOn = InForce, from
		c.Version++
		if err := tx.Save(ctx, c, false); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, event.Change{Field: "from_on", After: from.String()}, event.Change{Field: "state", Before: string(Draft), After: string(InForce)})
	})
	if err != nil {
		return View{}, err
	}
	return s.One(ctx, actor, cycle, 0)
}

// Retire gives up a draft, or a version whose day has not come.
//
// Errors: Forbidden "forbidden"; NotFound "lifecycle.unknown"; Stale
// "lifecycle.stale"; Conflict "lifecycle.rules" for one that rules or ruled.
func (s *Service) Retire(ctx context.Context, actor access.Actor, cycle id.Lifecycle, version int64) error {
	return s.change(ctx, actor, func(tx Tx) error {
		c, err := current(ctx, tx, cycle, version)
		if err != nil {
			return err
		}
		c.ChangedAt = tx.Now(ctx)
		if c.State == Retired || c.State == InForce && !clock.DateOf(c.ChangedAt).Before(*c.FromOn) {
			return fault.New(fault.Conflict, "lifecycle.rules", "The version rules or ruled.")
		}
		before := c.State
		c.State = Retired
		c.Version++
		if err := tx.Save(ctx, c, false); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, event.Change{Field: "state", Before: string(before), After: string(Retired)})
	})
}

func (s *Service) change(ctx context.Context, actor access.Actor, work func(Tx) error) error {
	if !actor.Holds(access.LifecycleManage) {
		return fault.New(fault.Forbidden, "forbidden", "The caller may not change the life cycle.")
	}
	return s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.Lock(ctx); err != nil {
			return err
		}
		return work(tx)
	})
}

// Check asks, before the body is read, that the version is the one the caller
// saw.
//
// Errors: NotFound "lifecycle.unknown"; Stale "lifecycle.stale".
func (s *Service) Check(ctx context.Context, cycle id.Lifecycle, version int64) error {
	c, err := s.store.One(ctx, cycle)
	if err != nil {
		return err
	}
	return c.seen(version)
}

func (c Cycle) seen(version int64) error {
	if c.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "lifecycle.stale", "Somebody else changed the version.").
		With("version", c.Version).With("differs", []string{})
}

func current(ctx context.Context, tx Tx, cycle id.Lifecycle, version int64) (Cycle, error) {
	c, err := tx.One(ctx, cycle)
	if err != nil {
		return c, err
	}
	return c, c.seen(version)
}

func draft(ctx context.Context, tx Tx, cycle id.Lifecycle, version int64) (Cycle, error) {
	c, err := current(ctx, tx, cycle, version)
	if err == nil && c.State != Draft {
		err = fault.New(fault.Conflict, "lifecycle.not_draft", "Only a draft is changed; copy the version to one.")
	}
	return c, err
}

func record(ctx context.Context, tx Tx, actor access.Actor, c Cycle, what ...event.Change) error {
	line := actor.Line("lifecycle."+map[State]string{Draft: "drafted", InForce: "put_in_force", Retired: "retired"}[c.State], "lifecycle", int64(c.ID))
	line.Changes = append([]event.Change{{Field: "number", After: strconv.FormatInt(c.Number, 10)}}, what...)
	return tx.Record(ctx, line)
}

// maxChanges bounds an audit line; the version itself keeps the rest.
const maxChanges = 60

func changes(before, after Cycle) []event.Change {
	var out []event.Change
	for _, d := range Differences(before, after) {
		out = append(out, event.Change{Field: strings.Join(slices.DeleteFunc([]string{d.Track, d.Stage, d.What}, func(s string) bool { return s == "" }), "."), Before: d.Before, After: d.After})
	}
	return out[:min(len(out), maxChanges)]
}
