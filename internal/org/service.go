package org

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Clock tells how old the kept picture of the organisation is.
type Clock interface{ Now() time.Time }

// Service holds the use cases of the organisation.
type Service struct {
	store   Store
	clock   Clock
	cursors page.Cursors
	cache   cache
}

// NewService returns the use cases over a store.
func NewService(store Store, clock Clock, cursors page.Cursors) *Service {
	return &Service{store: store, clock: clock, cursors: cursors}
}

// CreateUnit founds a unit. The caller needs access.UnitManage.
//
// Errors: Forbidden "forbidden"; Invalid "input.invalid" with every broken
// rule; Conflict "unit.slug_taken".
func (s *Service) CreateUnit(ctx context.Context, actor access.Actor, draft UnitDraft) (Unit, error) {
	if err := needs(actor, access.UnitManage); err != nil {
		return Unit{}, err
	}
	var u Unit
	err := s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		var err error
		if u, err = draft.Unit(clock.DateOf(now)); err != nil {
			return err
		}
		if err := parentOf(ctx, tx, u); err != nil {
			return err
		}
		u.CreatedAt = now
		if u.ID, err = tx.InsertUnit(ctx, u); err != nil {
			return err
		}
		line := actor.Line("unit.created", "unit", int64(u.ID))
		line.Changes = append([]event.Change{
			{Field: "slug", After: u.Slug}, {Field: "kind", After: string(u.Kind)},
		}, differences(Unit{}, u)...)
		return tx.Record(ctx, line)
	})
	s.changed(ctx)
	return u, err
}

// EditUnit changes the named fields of a unit, closing and opening it among
// them. The caller needs access.UnitManage.
//
// Errors: Forbidden "forbidden"; NotFound "unit.unknown"; Stale "stale" when
// the unit has another version; Invalid "input.invalid"; Conflict
// "unit.needed" on closing the bureau or the four bodies.
func (s *Service) EditUnit(ctx context.Context, actor access.Actor, unit id.Unit, version int64, edit UnitEdit) (Unit, error) {
	if err := needs(actor, access.UnitManage); err != nil {
		return Unit{}, err
	}
	var after Unit
	err := s.store.InTx(ctx, func(tx Tx) error {
		before, err := tx.Unit(ctx, unit)
		if err != nil {
			return err
		}
		if before.Version != version {
			return staleUnit(ctx, tx, unit, before.Version, version)
		}
		if after, err = edit.apply(before); err != nil {
			return err
		}
		if err := parentOf(ctx, tx, after); err != nil {
			return err
		}
		return saveUnit(ctx, tx, actor, before, after)
	})
	s.changed(ctx)
	after.Version = version + 1
	return after, s.refused(ctx, actor.Line("unit.edited", "unit", int64(unit)), err)
}

func saveUnit(ctx context.Context, tx Tx, actor access.Actor, before, after Unit) error {
	done, err := tx.UpdateUnit(ctx, after)
	if err != nil {
		return err
	}
	if !done {
		return staleUnit(ctx, tx, before.ID, before.Version+1, before.Version)
	}
	if after.Kind == ChainTeam && after.Confirmed != before.Confirmed {
		if err := tx.MarkChain(ctx, after.ID, after.Confirmed); err != nil {
			return err
		}
	}
	line := actor.Line("unit.edited", "unit", int64(after.ID))
	if before.ClosedOn.IsZero() && !after.ClosedOn.IsZero() {
		line.Kind = "unit.closed"
	}
	line.Changes = differences(before, after)
	return tx.Record(ctx, line)
}

// parentOf checks that the unit above exists and that no circle arises.
func parentOf(ctx context.Context, tx Tx, u Unit) error {
	for above := u.Parent; above != 0; {
		if above == u.ID {
			return fault.BadField("parent_id", "unit.circle")
		}
		p, err := tx.Unit(ctx, above)
		if fault.KindOf(err) == fault.NotFound {
			return fault.BadField("parent_id", "unit.unknown")
		}
		if err != nil {
			return fmt.Errorf("get unit %s above: %w", above, err)
		}
		above = p.Parent
	}
	return nil
}

// AddCode gives a unit a new division code; the present one ends on the day
// before. The caller needs access.UnitManage.
//
// Errors: Forbidden "forbidden"; NotFound "unit.unknown"; Invalid
// "input.invalid"; Conflict "unit.code_taken" while another unit has it.
func (s *Service) AddCode(ctx context.Context, actor access.Actor, unit id.Unit, draft CodeDraft) error {
	if err := needs(actor, access.UnitManage); err != nil {
		return err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.TouchUnit(ctx, unit); err != nil { // two successors at once would both end the same code
			return err
		}
		if err := draft.check(); err != nil {
			return err
		}
		codes, err := tx.Codes(ctx, unit)
		if err != nil {
			return err
		}
		return succeed(ctx, tx, actor, draft.code(unit), codes)
	})
	s.changed(ctx)
	return s.refused(ctx, actor.Line("unit.code_added", "unit", int64(unit)), err)
}

func succeed(ctx context.Context, tx Tx, actor access.Actor, next Code, codes []Code) error {
	ends, err := succession(next, codes)
	if err != nil {
		return err
	}
	line := actor.Line("unit.code_added", "unit", int64(next.Unit))
	change := event.Change{Field: "code", After: next.Code}
	if ends != nil {
		change.Before = ends.Code
		if err := tx.EndCode(ctx, ends.ID, ends.UntilOn); err != nil {
			return err
		}
	}
	if err := tx.InsertCode(ctx, next); err != nil {
		return err
	}
	line.Changes = []event.Change{change, {Field: "from_on", After: next.FromOn.String()}, {Field: "source", After: next.Source}}
	return tx.Record(ctx, line)
}

// SetRule sets a number of the city from a day on, today or later: what has
// been worked out with the number before stays. The caller needs
// access.UnitManage.
//
// Errors: Forbidden "forbidden"; Invalid "input.invalid", on value
// "hours.order" when the offices would open after they close; Conflict
// "rule.exists" when the key has a number from that day already.
func (s *Service) SetRule(ctx context.Context, actor access.Actor, rule Rule) (Rule, error) {
	if err := needs(actor, access.UnitManage); err != nil {
		return Rule{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		if isHours(rule.Key) {
			if err := tx.LockCalendar(ctx); err != nil {
				return err
			}
		}
		now := tx.Now(ctx)
		if rule.FromOn.IsZero() {
			rule.FromOn = clock.DateOf(now)
		}
		if err := rule.check(clock.DateOf(now)); err != nil {
			return err
		}
		rule.ChangedBy, rule.CreatedAt = actor.User, now
		var err error
		if rule.ID, err = tx.InsertRule(ctx, rule); err != nil {
			return err
		}
		line := actor.Line("rule.set", "rule", rule.ID)
		line.Changes = []event.Change{
			{Field: "key", After: rule.Key},
			{Field: "value", After: strconv.FormatInt(rule.Value, 10)},
			{Field: "from_on", After: rule.FromOn.String()},
			{Field: "source", After: rule.Source},
		}
		if err := hoursSet(ctx, tx, rule); err != nil {
			return err
		}
		return tx.Record(ctx, line)
	})
	s.changed(ctx)
	return rule, err
}

// hoursSet lets the running clocks follow a number that is one of the office
// hours; of others nothing follows, for a running clock keeps its limit.
func hoursSet(ctx context.Context, tx Tx, rule Rule) error {
	if !isHours(rule.Key) {
		return nil
	}
	content, err := tx.Calendar(ctx)
	if err != nil {
		return err
	}
	if err := ordered(content.Rules, rule.FromOn, "value"); err != nil {
		return err
	}
	if _, err := tx.AddCalendarChange(ctx, "hours from "+rule.FromOn.String(), rule.ChangedBy, rule.CreatedAt); err != nil {
		return err
	}
	_, err = follow(ctx, tx, rule.CreatedAt, rule.FromOn, clock.Date{})
	return err
}

// People returns up to limit active persons with a live business role whose
// name or login name holds the text.
func (s *Service) People(ctx context.Context, filter PeopleFilter) ([]Person, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	filter.Day = clock.DateOf(now)
	return s.store.People(ctx, filter)
}

// refused leaves an audit line about an attempt on a row that was turned
// down, and returns the reason for it.
func (s *Service) refused(ctx context.Context, line event.Line, reason error) error {
	switch fault.KindOf(reason) {
	case fault.Internal, fault.NotFound, fault.Unavailable:
		return reason // nothing was touched, or the database is away
	}
	if reason == nil {
		return nil
	}
	line.Outcome, line.Code = event.Refused, fault.CodeOf(reason)
	if err := s.store.RecordRefusal(ctx, line); err != nil {
		return fmt.Errorf("record refusal of %s: %w", line.Kind, err)
	}
	return reason
}

func needs(actor access.Actor, p access.Permission) error {
	if actor.Holds(p) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden", "No membership permits this.")
}

// editLog names the fields that edits changed.
type editLog interface {
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
}

func staleUnit(ctx context.Context, log editLog, unit id.Unit, present, version int64) error {
	differs, err := log.FieldsEdited(ctx, event.Edits{
		Object: "unit", ID: int64(unit), Kinds: []string{"unit.edited", "unit.closed", "unit.code_added"}, Last: present - version,
	})
	if err != nil {
		return err
	}
	return stale(present, differs...)
}

// stale says that the caller saw an older version, which is the present one
// and which fields differ.
func stale(version int64, fields ...string) error {
	return fault.New(fault.Stale, "stale", "Somebody changed it meanwhile.").
		With("version", version).With("differs", append([]string{}, fields...))
}
