package org

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Units returns one page of the units, closed ones too, in their order. Any
// live session may ask: the city's organisation is no secret within it.
//
// Errors: Invalid "input.invalid" on a cursor made for something else.
func (s *Service) Units(ctx context.Context, actor access.Actor, limit int, cursor string) (page.Of[UnitView], error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return page.Of[UnitView]{}, err
	}
	part, err := cut(s.cursors, d.Units(), func(u Unit) int64 { return int64(u.ID) }, wanted{limit, cursor, bound("units", actor)})
	out := page.Of[UnitView]{Items: make([]UnitView, 0, len(part.Items)), Next: part.Next, Total: part.Total}
	for _, u := range part.Items {
		out.Items = append(out.Items, d.ViewUnit(u, actor))
	}
	return out, err
}

// Unit returns one unit.
//
// Errors: NotFound "unit.unknown".
func (s *Service) Unit(ctx context.Context, actor access.Actor, unit id.Unit) (UnitView, error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return UnitView{}, err
	}
	u, ok := d.Unit(unit)
	if !ok {
		return UnitView{}, fault.New(fault.NotFound, "unit.unknown", "No such unit.")
	}
	return d.ViewUnit(u, actor), nil
}

// MayEditUnit tells whether the caller may change a unit that has a version;
// the edge asks before it reads the body. Without version only the unit's
// existence counts.
//
// Errors: Forbidden "forbidden"; NotFound "unit.unknown"; Stale "stale".
func (s *Service) MayEditUnit(ctx context.Context, actor access.Actor, unit id.Unit, version func() (int64, error)) error {
	if err := needs(actor, access.UnitManage); err != nil {
		return err
	}
	u, err := s.Unit(ctx, actor, unit)
	if err != nil || version == nil {
		return err
	}
	v, err := version()
	if err != nil {
		return err
	}
	if v != u.Version {
		return s.refused(ctx, actor.Line("unit.edited", "unit", int64(unit)), staleUnit(ctx, s.store, unit, u.Version, v))
	}
	return nil
}

// RuleList returns one page of every number ever set, the newest first. Any
// live session may ask: the numbers bind everybody.
//
// Errors: Invalid "input.invalid" on a cursor made for something else.
func (s *Service) RuleList(ctx context.Context, actor access.Actor, limit int, cursor string) (page.Of[RuleView], error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return page.Of[RuleView]{}, err
	}
	rules := d.AllRules()
	for i, j := 0, len(rules)-1; i < j; i, j = i+1, j-1 {
		rules[i], rules[j] = rules[j], rules[i]
	}
	part, err := cut(s.cursors, rules, func(r Rule) int64 { return r.ID }, wanted{limit, cursor, bound("rules", actor)})
	out := page.Of[RuleView]{Items: make([]RuleView, 0, len(part.Items)), Next: part.Next, Total: part.Total}
	for _, r := range part.Items {
		out.Items = append(out.Items, r.View(actor))
	}
	return out, err
}

// wanted is the page that a caller asks for.
type wanted struct {
	limit  int
	cursor string
	bound  string // what the cursor belongs to
}

func bound(list string, actor access.Actor) string { return fmt.Sprintf("%s|%s", list, actor.User) }

// cut takes one page out of a list that is in memory anyway. A cursor whose
// row is gone starts from the beginning: nothing is left out.
func cut[T any](cursors page.Cursors, all []T, idOf func(T) int64, want wanted) (page.Of[T], error) {
	out := page.Of[T]{Total: page.Total{Count: int64(len(all)), Exact: true}}
	start := 0
	if want.cursor != "" {
		after, err := cursors.Open(want.cursor, want.bound)
		if err != nil {
			return out, err
		}
		for i, item := range all {
			if idOf(item) == after.ID {
				start = i + 1
			}
		}
	}
	end := min(start+want.limit, len(all))
	out.Items = all[start:end]
	if end < len(all) {
		next := cursors.Seal(page.Position{ID: idOf(all[end-1])}, want.bound)
		out.Next = &next
	}
	return out, nil
}
