package update

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Figures returns the figures of a project as they were filed last, each with
// its age. A unit that handed the project on reads what it filed itself.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden" where the lead is
// seen, but not its reports.
func (s *Service) Figures(ctx context.Context, actor access.Actor, lead id.Lead) ([]FigureView, error) {
	whole, past, err := s.sight(ctx, actor, lead)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	shape, err := s.store.Shape(ctx, clock.DateOf(now))
	if err != nil {
		return nil, err
	}
	figures, err := s.store.Figures(ctx, lead)
	if err != nil {
		return nil, err
	}
	figures = slices.DeleteFunc(figures, func(g Figure) bool { return !whole && !slices.Contains(past, g.UnitID) })
	return s.figures(ctx, shape, figures, now, whole)
}

// figures are the views of what was filed, in the order of the fields; the
// totals are for who sees everything.
func (s *Service) figures(ctx context.Context, shape Shape, figures []Figure, now time.Time, whole bool) ([]FigureView, error) {
	out := []FigureView{}
	due, err := s.lastDue(ctx, now)
	if err != nil || len(figures) == 0 {
		return out, err
	}
	totals, err := s.store.Totals(ctx, figures[0].LeadID)
	if err != nil {
		return nil, err
	}
	for _, f := range shape.Fields {
		n := slices.IndexFunc(figures, func(g Figure) bool { return g.Field == f.Code })
		if n < 0 {
			continue
		}
		g := figures[n]
		v := FigureView{FieldView: f.view(), Number: g.Number, Words: g.Words, Period: g.Period, Stale: g.Period < due, UnitID: g.UnitID, FiledAt: g.FiledAt}
		if total, sums := totals[g.Field]; sums && whole && f.Carry == Zero {
			v.Total = &total
		}
		out = append(out, v)
	}
	return out, nil
}

// sight tells whether the actor sees all reports of a lead, or what units of
// his filed before they handed it on.
func (s *Service) sight(ctx context.Context, actor access.Actor, lead id.Lead) (whole bool, past []id.Unit, err error) {
	if _, err := s.store.Lead(ctx, actor.Scope(access.LeadRead), lead); err != nil {
		return false, nil, err
	}
	scope := actor.Scope(access.UpdateRead)
	in, err := s.store.Inside(ctx, scope.Without(access.Past), lead)
	if err != nil || in[lead] {
		return in[lead], nil, err
	}
	handed := scope.Only(access.Past)
	if in, err = s.store.Inside(ctx, handed, lead); err == nil && !in[lead] {
		err = forbidden()
	}
	return false, handed.Units(), err
}

// lastDue returns the newest period whose due day is over.
func (s *Service) lastDue(ctx context.Context, now time.Time) (Period, error) {
	for p := PeriodOf(clock.DateOf(now)); ; p = p.Add(-1) {
		d, err := s.Dates(ctx, p)
		if err != nil {
			return "", err
		}
		if clock.DateOf(now).After(d.DueOn) {
			return p, nil
		}
	}
}

// Actuals returns what was filed for the indicators of the target tree in a
// year, by the unit that was responsible when it was filed: of the actor's own
// units, of every unit for who reads the city, and of the whole city as unit
// 0. The city's figure counts restricted projects for those alone who read
// them.
func (s *Service) Actuals(ctx context.Context, actor access.Actor, year int) ([]Actual, error) {
	scope := actor.Scope(access.UpdateRead)
	sums, err := s.store.Sums(ctx, scope, year)
	if err != nil {
		return nil, err
	}
	whole := sums
	if !scope.Any() {
		own := actor.UnitsWith(access.UpdateRead)
		sums = slices.DeleteFunc(sums, func(g Sum) bool { return !slices.Contains(own, g.UnitID) })
		if whole, err = s.store.Sums(ctx, normal(), year); err != nil {
			return nil, err
		}
	}
	all := map[Actual]int64{}
	for _, g := range whole {
		all[Actual{Indicator: g.Indicator, Month: g.Period.Month()}] += g.Value
	}
	for _, g := range sums {
		all[Actual{Indicator: g.Indicator, Unit: g.UnitID, Month: g.Period.Month()}] += g.Value
	}
	out := make([]Actual, 0, len(all))
	for a, value := range all {
		a.Value = value
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Actual) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Month, b.Month))
	})
	return out, nil
}

// normal covers every project that is not restricted.
func normal() access.Scope { return access.NewScope(0, access.Grant{Part: access.Any}) }
