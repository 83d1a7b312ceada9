package signing

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// yearOf is how many months the accuracy and the cohorts look back.
const yearOf = 12

func (s *Service) item(ctx context.Context, actor access.Actor, item id.Signing) (ItemView, error) {
	found, err := s.store.Items(ctx, reader(actor), Want{Item: item})
	if err != nil {
		return ItemView{}, err
	}
	if len(found) == 0 {
		return ItemView{}, unknown()
	}
	views, err := s.cards(ctx, actor, found)
	if err != nil {
		return ItemView{}, err
	}
	return views[0], nil
}

// Item returns one card of a month.
//
// Errors: NotFound "signing.unknown".
func (s *Service) Item(ctx context.Context, actor access.Actor, m Month, item id.Signing) (ItemView, error) {
	if _, err := s.find(ctx, s.store.Items, actor, at{month: m, item: item}); err != nil {
		return ItemView{}, err
	}
	return s.item(ctx, actor, item)
}

// Months returns the head lines of a range of months, at most 36.
//
// Errors: Invalid with the field until.
func (s *Service) Months(ctx context.Context, actor access.Actor, from, until Month) ([]Head, error) {
	months := span(from, until)
	if len(months) == 0 || len(months) > 36 {
		return nil, fault.BadField("until", "month.range")
	}
	lines, heads, err := s.ledger(ctx, actor, months, nil)
	if err != nil {
		return nil, err
	}
	for i, h := range heads {
		heads[i].Sums = Total(lines[h.Month])
	}
	return heads, nil
}

func span(from, until Month) []Month {
	var out []Month
	for m := from; m <= until && len(out) <= 36; m = m.Add(1) {
		out = append(out, m)
	}
	return out
}

// ledger reads the lines and head lines of months.
func (s *Service) ledger(ctx context.Context, actor access.Actor, months []Month, before *time.Time) (map[Month][]Line, []Head, error) {
	books, err := s.store.Books(ctx, reader(actor), months, before)
	if err != nil {
		return nil, nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, nil, err
	}
	set(&now, before)
	lines, heads := map[Month][]Line{}, make([]Head, 0, len(months))
	for _, m := range months {
		cut, err := s.CutOff(ctx, m)
		if err != nil {
			return nil, nil, err
		}
		h := Head{Month: m, State: "open", CutOffOn: cut.Of(m), Over: m < monthAt(now)}
		row := books.Months[m]
		frozen := row.Frozen() || cut.due(m, now)
		if frozen {
			end := h.CutOffOn.End()
			h.State, h.FrozenAt = "frozen", &end
		}
		if row.Frozen() {
			h.FrozenAt = row.FrozenAt
			set(&h.CutOffOn, row.CutOffOn)
		}
		lines[m] = books.Lines(m, frozen)
		heads = append(heads, h)
	}
	return lines, heads, nil
}

// Lines returns the ledger of a month as far as the actor sees it, and whether
// its plan is frozen.
func (s *Service) Lines(ctx context.Context, actor access.Actor, m Month, before *time.Time) (lines []Line, frozen bool, err error) {
	all, heads, err := s.ledger(ctx, actor, []Month{m}, before)
	if err != nil {
		return nil, false, err
	}
	return all[m], heads[0].State == "frozen", nil
}

// Month returns the board of a month.
func (s *Service) Month(ctx context.Context, actor access.Actor, m Month) (MonthView, error) {
	all, heads, err := s.ledger(ctx, actor, []Month{m}, nil)
	if err != nil {
		return MonthView{}, err
	}
	lines := all[m]
	v := MonthView{Head: heads[0], Items: []ItemView{}, Changes: []ChangeView{}, Can: []string{}}
	v.Sums = Total(lines)
	now, err := s.store.Now(ctx)
	if err != nil {
		return MonthView{}, err
	}
	today := clock.DateOf(now)
	v.Today = &today
	var cards []Seen
	for _, l := range lines {
		switch {
		case l.Figure == FigureActual:
			cards = append(cards, l.Seen)
		case l.Change != nil && l.Figure != FigureLost && l.Figure != FigureEarly:
			v.Changes = append(v.Changes, l.Change.view(l.Seen))
		}
	}
	if v.Items, err = s.cards(ctx, actor, cards); err != nil {
		return MonthView{}, err
	}
	v.ByUnit, v.ByFirst, v.ByChain = byUnit(lines, Landing), byUnit(lines, First), byChain(lines)
	v.Can = s.can(actor, v.Head, today)
	return v, nil
}

// can lists what the actor may do with a month.
func (s *Service) can(actor access.Actor, h Head, today clock.Date) []string {
	out := []string{}
	if actor.Holds(access.SigningPlan) && h.Month >= MonthOf(today) {
		out = append(out, "plan")
	}
	if actor.Holds(access.SigningFreeze) && h.State == "open" {
		out = append(out, "freeze")
	}
	if actor.Holds(access.SigningCeremony) {
		out = append(out, "ceremony")
	}
	return out
}

func byUnit(lines []Line, key func(Line) id.Unit) []UnitSums {
	keys, sums := By(lines, key)
	out := make([]UnitSums, 0, len(keys))
	for _, k := range keys {
		out = append(out, UnitSums{UnitID: k, Sums: sums[k]})
	}
	return out
}

func byChain(lines []Line) []ChainSums {
	keys, sums := By(lines, ChainOf)
	out := make([]ChainSums, 0, len(keys))
	for _, k := range keys {
		out = append(out, ChainSums{Chain: k, Sums: sums[k]})
	}
	return out
}

// RowsQuery asks for the list behind a figure; what is nil is not narrowed.
type RowsQuery struct {
	Figure  Figure
	Landing *id.Unit
	First   *id.Unit
	Chain   *string
}

func (q RowsQuery) has(l Line) bool {
	return l.Figure == q.Figure && (q.Landing == nil || *q.Landing == l.LandingUnitID) &&
		(q.First == nil || *q.First == l.FirstUnitID) && (q.Chain == nil || *q.Chain == l.Chain)
}

// Rows returns the list behind a figure of a month.
//
// Errors: Invalid with the field figure.
func (s *Service) Rows(ctx context.Context, actor access.Actor, m Month, q RowsQuery) (RowsView, error) {
	cohort := slices.Contains(cohortFigures(), q.Figure)
	if !cohort && !slices.Contains(Figures(), q.Figure) {
		return RowsView{}, fault.BadField("figure", "unknown_value")
	}
	all, _, err := s.ledger(ctx, actor, []Month{m}, nil)
	if err != nil {
		return RowsView{}, err
	}
	out := RowsView{Figure: q.Figure, Items: []RowView{}}
	for _, l := range all[m] {
		if cohort && l.Figure == FigureSigned && reached(l.Seen.Lead, q.Figure) {
			l.Figure = q.Figure
		}
		if q.has(l) {
			out.Sum = out.Sum.plus(l)
			out.Items = append(out.Items, l.view())
		}
	}
	return out, nil
}

// Accuracy tells how much of the frozen plan was signed in its month, over
// the twelve months that end with the given one; a month that is not over is
// shown and counts in no sum.
func (s *Service) Accuracy(ctx context.Context, actor access.Actor, until Month) (AccuracyView, error) {
	months := span(until.Add(1-yearOf), until)
	lines, heads, err := s.ledger(ctx, actor, months, nil)
	if err != nil {
		return AccuracyView{}, err
	}
	out := AccuracyView{Months: months, City: accuracyRow(0, heads), Units: []AccuracyRow{}}
	units := map[id.Unit]AccuracyRow{}
	for n, m := range months {
		out.City = out.City.with(n, Total(lines[m]))
		keys, sums := By(lines[m], Landing)
		for _, k := range keys {
			if _, known := units[k]; !known {
				units[k] = accuracyRow(k, heads)
			}
			units[k] = units[k].with(n, sums[k])
		}
	}
	for _, row := range units {
		if slices.ContainsFunc(row.Cells, func(c AccuracyCell) bool { return c.Frozen.Count > 0 }) {
			out.Units = append(out.Units, row)
		}
	}
	slices.SortFunc(out.Units, func(a, b AccuracyRow) int { return int(a.UnitID - b.UnitID) })
	return out, nil
}

// accuracyRow is a row of months without figures.
func accuracyRow(unit id.Unit, heads []Head) AccuracyRow {
	r := AccuracyRow{UnitID: unit, Cells: make([]AccuracyCell, len(heads))}
	for n, h := range heads {
		r.Cells[n] = AccuracyCell{Month: h.Month, Running: !h.Over}
	}
	return r
}

// with puts the figures of the n-th month into the row.
func (r AccuracyRow) with(n int, s Sums) AccuracyRow {
	r.Cells[n].Frozen, r.Cells[n].Kept = s.Frozen, s.Kept
	if !r.Cells[n].Running {
		r.Frozen = Sum{Count: r.Frozen.Count + s.Frozen.Count, Cents: r.Frozen.Cents + s.Frozen.Cents}
		r.Kept = Sum{Count: r.Kept.Count + s.Kept.Count, Cents: r.Kept.Cents + s.Kept.Cents}
	}
	return r
}

// The figures of a cohort: what of the signed has come how far.
const (
	figureLanded    Figure = "landed"
	figureStarted   Figure = "started"
	figureProducing Figure = "producing"
)

func cohortFigures() []Figure { return []Figure{figureLanded, figureStarted, figureProducing} }

// reached tells whether a signed lead has come so far.
func reached(l Lead, f Figure) bool {
	line := []string{
		"registered", "site_secured", "permitted", "started", "invested", "completed", "producing", "full_capacity", "aftercare",
	}
	n := slices.Index(line, l.Stage)
	switch f {
	case figureLanded:
		return n >= 0
	case figureStarted:
		return n >= 3
	case figureProducing:
		return n >= 6
	}
	return false
}

// Cohorts tells what became of the signings of each of the twelve months that
// end with the given one.
func (s *Service) Cohorts(ctx context.Context, actor access.Actor, until Month) ([]CohortView, error) {
	months := span(until.Add(1-yearOf), until)
	lines, _, err := s.ledger(ctx, actor, months, nil)
	if err != nil {
		return nil, err
	}
	out := make([]CohortView, 0, len(months))
	for _, m := range months {
		c := CohortView{Month: m}
		for _, l := range lines[m] {
			if l.Figure != FigureSigned {
				continue
			}
			c.Signed = c.Signed.plus(l)
			for f, sum := range map[Figure]*Sum{figureLanded: &c.Landed, figureStarted: &c.Started, figureProducing: &c.Producing} {
				if reached(l.Seen.Lead, f) {
					*sum = sum.plus(l)
				}
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// cards are items as their reader sees them.
func (s *Service) cards(ctx context.Context, actor access.Actor, seen []Seen) ([]ItemView, error) {
	out := make([]ItemView, 0, len(seen))
	ids := make([]id.Signing, 0, len(seen))
	for _, one := range seen {
		ids = append(ids, one.Item.ID)
	}
	open, err := s.store.OpenTasks(ctx, ids)
	if err != nil {
		return nil, err
	}
	remark := actor.ActScope(access.SigningRemark)
	for _, one := range seen {
		v := viewOf(one)
		v.OpenTasks = open[one.Item.ID]
		if remark.Any() && one.Item.stands() {
			v.Can = append(v.Can, "remark")
		}
		out = append(out, v)
	}
	return out, nil
}
