package target

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ProgressView tells how far the units are in a year on a day.
type ProgressView struct {
	Year         int             `json:"year"`
	AsOf         clock.Date      `json:"as_of"`
	Month        int             `json:"month" doc:"The month of the day; actual figures are of the months up to it."`
	FullMonths   int             `json:"full_months" doc:"How many months are over: those that are compared with the year before."`
	MonthsLeft   int             `json:"months_left" doc:"The present month included unless it is over."`
	TimePPM      int64           `json:"time_ppm" doc:"The share of the year that is over."`
	WorkingDays  bool            `json:"working_days" doc:"Whether the share counts working days; else calendar days."`
	State        YearState       `json:"state"`
	Indicators   []IndicatorView `json:"indicators"`
	Units        []UnitView      `json:"units"`
	Groups       []GroupView     `json:"groups"`
	Items        []ProgressItem  `json:"items"`
	CreditEvents string          `json:"credit_events" doc:"Where a counted figure opens into its events."`
}

// ProgressItem is one indicator of one unit. A rate has no sums: its actual
// and target are parts per million.
type ProgressItem struct {
	UnitID        id.Unit `json:"unit_id"`
	Indicator     string  `json:"indicator"`
	Target        *int64  `json:"target"`
	Actual        *int64  `json:"actual" doc:"None: nothing was counted or reported yet."`
	CompletionPPM *int64  `json:"completion_ppm"`
	BehindPPM     *int64  `json:"behind_ppm" doc:"Share of time less completion; below zero: ahead."`
	LastYear      *int64  `json:"last_year" doc:"Of the months that are over, a year before."`
	ThisYear      *int64  `json:"this_year" doc:"Of the months that are over."`
	YearOnYearPPM *int64  `json:"year_on_year_ppm"`
	Forecast      *int64  `json:"forecast" doc:"The year's figure if the rest goes on as until now."`
	Gap           *int64  `json:"gap"`
	GapPerMonth   *int64  `json:"gap_per_month"`
}

// Progress works out actual, target, share of time, year on year, run-rate
// forecast and gap of every row that the person reads.
//
// Errors: Invalid "input.invalid" for a day outside the year.
func (s *Service) Progress(ctx context.Context, actor access.Actor, year int, asOf clock.Date) (ProgressView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return ProgressView{}, err
	}
	day, err := within(year, asOf, clock.DateOf(now))
	if err != nil {
		return ProgressView{}, err
	}
	tree, err := s.Tree(ctx, actor, year, WantTree{})
	if err != nil {
		return ProgressView{}, err
	}
	v := ProgressView{
		Year: year, AsOf: day, State: tree.State, Indicators: tree.Indicators, Units: tree.Units, Groups: []GroupView{}, Items: []ProgressItem{},
		CreditEvents: "/credit/events?indicator={indicator}&unit_id={unit_id}&year={year}&month={month}",
	}
	v.Month, v.FullMonths, v.MonthsLeft = months(day)
	if err := errors.Join(s.timeShare(ctx, &v, day), s.compared(ctx, &v)); err != nil {
		return v, err
	}
	p := progress{view: &v, targets: yearly(tree.Cells)}
	if p.now, err = s.actual(ctx, actor, year); err != nil {
		return v, err
	}
	if p.before, err = s.actual(ctx, actor, year-1); err != nil {
		return v, err
	}
	p.all()
	return v, nil
}

// compared adds the comparison groups that hold today.
func (s *Service) compared(ctx context.Context, v *ProgressView) error {
	groups, err := s.Groups(ctx)
	for _, g := range groups {
		if g.Holds {
			v.Groups = append(v.Groups, g)
		}
	}
	return err
}

// yearly are the targets of the whole year.
func yearly(cells []CellView) map[Key]int64 {
	out := map[Key]int64{}
	for _, c := range cells {
		if c.Month == nil && c.Value != nil {
			out[Key{c.Indicator, c.UnitID, 0}] = *c.Value
		}
	}
	return out
}

// within is the day asked for: today, or the last day of a year that is over.
func within(year int, asked, today clock.Date) (clock.Date, error) {
	first, last := clock.NewDate(year, 1, 1), clock.NewDate(year, 12, 31)
	switch {
	case !asked.IsZero() && (asked.Before(first) || last.Before(asked)):
		return asked, fault.BadField("as_of", "day.out_of_range")
	case !asked.IsZero():
		return asked, nil
	case last.Before(today):
		return last, nil
	case today.Before(first):
		return first, nil
	}
	return today, nil
}

func months(day clock.Date) (month, full, left int) {
	month = int(day.Start().In(clock.Location()).Month())
	full = month - 1
	if day.AddDays(1).Month() != day.Month() {
		full = month
	}
	return month, full, 12 - full
}

func (s *Service) timeShare(ctx context.Context, v *ProgressView, day clock.Date) error {
	counted, err := s.city.Rule(ctx, "target_time_working_days", day)
	if err != nil {
		return err
	}
	first, last := clock.NewDate(v.Year, 1, 1), clock.NewDate(v.Year, 12, 31)
	v.WorkingDays = counted == 1
	if !v.WorkingDays {
		v.TimePPM = share(int64(first.DaysUntil(day)+1), int64(first.DaysUntil(last)+1))
		return nil
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return err
	}
	var over, all int64
	for d := first; !last.Before(d); d = d.AddDays(1) {
		if !office.IsWorkingDay(d) {
			continue
		}
		all++
		if !day.Before(d) {
			over++
		}
	}
	v.TimePPM = share(over, all)
	return nil
}

// share is part / all in parts per million, cut; 0 of nothing.
func share(part, all int64) int64 {
	if all == 0 {
		return 0
	}
	n := new(big.Int).Mul(big.NewInt(part), big.NewInt(whole))
	n.Quo(n, big.NewInt(all))
	if !n.IsInt64() {
		return whole * whole
	}
	return n.Int64()
}

// actual gathers the figures of all that give some, within what the person
// reads.
func (s *Service) actual(ctx context.Context, actor access.Actor, year int) ([]Actual, error) {
	forest, err := s.forest(ctx, year)
	if err != nil {
		return nil, err
	}
	reads := s.visible(actor, forest)
	out, err := s.reported(ctx, reads, forest, year)
	if err != nil {
		return nil, err
	}
	for _, by := range s.actuals {
		more, err := by.Actuals(ctx, actor, year)
		if err != nil {
			return nil, err
		}
		for _, a := range more {
			if reads.row(a.Unit) {
				out = append(out, a)
			}
		}
	}
	return out, nil
}

type progress struct {
	view    *ProgressView
	targets map[Key]int64
	now     []Actual
	before  []Actual
	counted map[string]bool // indicators of which anything is known
}

func upTo(actuals []Actual, month int) map[Key]int64 {
	out := map[Key]int64{}
	for _, a := range actuals {
		if a.Month <= month {
			out[Key{a.Indicator, a.Unit, 0}] += a.Value
		}
	}
	return out
}

func (p progress) all() {
	p.counted = map[string]bool{}
	for _, a := range p.now {
		p.counted[a.Indicator] = true
	}
	done, these, last := upTo(p.now, p.view.Month), upTo(p.now, p.view.FullMonths), upTo(p.before, p.view.FullMonths)
	for _, i := range p.view.Indicators {
		for _, u := range p.view.Units {
			item := p.item(i, u.UnitID, done)
			if i.ValueSource == Derived {
				n, d := Key{i.Numerator, u.UnitID, 0}, Key{i.Denominator, u.UnitID, 0}
				item.LastYear, item.ThisYear = rate(last, n, d), rate(these, n, d)
			} else {
				k := Key{i.Code, u.UnitID, 0}
				item.LastYear, item.ThisYear = at(last, k), at(these, k)
				p.run(&item)
			}
			if item.Target == nil && item.Actual == nil && item.LastYear == nil {
				continue
			}
			p.compare(&item)
			p.view.Items = append(p.view.Items, item)
		}
	}
}

// item is a row with its target and what was reached of it.
func (p progress) item(i IndicatorView, unit id.Unit, done map[Key]int64) ProgressItem {
	out, k := ProgressItem{UnitID: unit, Indicator: i.Code}, Key{i.Code, unit, 0}
	if i.ValueSource == Derived {
		n, d := Key{i.Numerator, unit, 0}, Key{i.Denominator, unit, 0}
		out.Target, out.Actual = rate(p.targets, n, d), rate(done, n, d)
		return out
	}
	out.Target, out.Actual = at(p.targets, k), at(done, k)
	if out.Actual == nil && out.Target != nil && p.counted[i.Code] {
		out.Actual = new(int64) // others have some: here it is none
	}
	return out
}

func at(values map[Key]int64, k Key) *int64 {
	if v, known := values[k]; known {
		return &v
	}
	return nil
}

func rate(values map[Key]int64, numerator, denominator Key) *int64 {
	n, d := values[numerator], values[denominator]
	if d == 0 {
		return nil
	}
	r := share(n, d)
	return &r
}

// run works out where the year ends if it goes on as until now, and what is
// to be done in each month that is left.
func (p progress) run(item *ProgressItem) {
	if item.Actual != nil && p.view.TimePPM > 0 {
		end := share(*item.Actual, p.view.TimePPM)
		item.Forecast = &end
	}
	if item.Target == nil {
		return
	}
	gap := *item.Target
	if item.Actual != nil {
		gap = max(0, gap-*item.Actual)
	}
	item.Gap = &gap
	if left := int64(p.view.MonthsLeft); left > 0 {
		month := (gap + left - 1) / left
		item.GapPerMonth = &month
	}
}

// compare works out the shares.
func (p progress) compare(item *ProgressItem) {
	if item.Target != nil && *item.Target > 0 && item.Actual != nil {
		done := share(*item.Actual, *item.Target)
		item.CompletionPPM = &done
		behind := p.view.TimePPM - done
		rates := slices.ContainsFunc(p.view.Indicators, func(i IndicatorView) bool { return i.Code == item.Indicator && i.ValueSource == Derived })
		if !rates { // a rate does not grow with the year
			item.BehindPPM = &behind
		}
	}
	if item.LastYear != nil && *item.LastYear > 0 && item.ThisYear != nil {
		change := share(*item.ThisYear, *item.LastYear) - whole
		item.YearOnYearPPM = &change
	}
}
