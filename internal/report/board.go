package report

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// view makes the page of a book, all but the stuck leads themselves and the
// signing board.
func (s *Service) view(ctx context.Context, q question, b *Book) (View, error) {
	v := View{
		AsOf: q.Day.On, Now: q.now, Present: q.present, WholeCity: q.Read.Any(),
		Figures: b.figures(q.Day), Funnel: b.funnel(q.Day), Trend: b.trend(q.Day), Losses: []LossView{},
	}
	for place, sum := range b.Losses {
		v.Losses = append(v.Losses, LossView{Place: place, Sum: sum})
	}
	slices.SortFunc(v.Losses, func(a, b LossView) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Place, b.Place)) })
	v.CompleteFrom, v.FirstOn = dayOfInstant(q.history.Complete), dayOfInstant(q.history.First)
	v.Stuck.Count = b.Stuck.all().Count
	thresholds, err := s.city.Bands(ctx, q.Day.On)
	if err != nil {
		return v, err
	}
	v.Bands = bandViews(thresholds, b.bands(thresholds))
	return v, s.groups(ctx, q, b, &v)
}

// figures are the large numbers that leads give.
func (b *Book) figures(d Day) []Figure {
	before := b.during(New, d.before())
	out := []Figure{
		{Measure: New, Sum: b.during(New, d.soFar()), Before: &before},
		{Measure: InTalks, Sum: b.in(inTalks)},
		{Measure: Live, Sum: b.in(live)},
		{Measure: Stuck, Sum: b.Stuck.all()},
	}
	for _, e := range events() {
		out = append(out, Figure{Measure: e.year, Sum: b.during(e.kind, d.year())})
	}
	return out
}

func bandViews(thresholds []int64, sums []Sum) []BandView {
	out := make([]BandView, 0, len(sums))
	low := int64(0)
	for i, s := range sums {
		band := BandView{Sum: s}
		if i <= len(thresholds) {
			from := low
			band.From = &from
		}
		if i < len(thresholds) {
			low = thresholds[i] * yiCents
			until := low
			band.Until = &until
		}
		out = append(out, band)
	}
	return out
}

func (b *Book) funnel(d Day) []FunnelView {
	steps := b.ageing(d)
	var out []FunnelView
	for _, stage := range funnel() {
		step := steps[stage]
		out = append(out, FunnelView{
			Stage: stage, Sum: b.in(func(s string) bool { return s == stage }), MedianDays: step.median(), Amber: step.amber, Red: step.red,
		})
	}
	return out
}

func (b *Book) trend(d Day) TrendView {
	out := TrendView{Months: d.months()}
	for _, flow := range flowsOf() {
		series := Series{Measure: flow.kind}
		for _, m := range out.Months {
			series.Points = append(series.Points, b.during(flow.kind, d.inMonth(m)))
		}
		out.Series = append(out.Series, series)
	}
	talks := Series{Measure: TalksAtEnd, Points: b.Talks}
	out.Series = append(out.Series, talks)
	return out
}

// groups fills the tables by town, department, group and chain.
func (s *Service) groups(ctx context.Context, q question, b *Book, v *View) error {
	units, err := s.city.Units(ctx, q.Day.On)
	if err != nil {
		return err
	}
	chains, err := s.city.Chains(ctx)
	if err != nil {
		return err
	}
	towns, firsts := b.rows(ByTown, q.Day), b.rows(ByFirst, q.Day)
	v.Towns, v.Departments, v.Groups, v.Chains = []GroupView{}, []GroupView{}, []GroupView{}, []GroupView{}
	for _, u := range units {
		switch u.Kind {
		case "town", "platform":
			v.Towns = addGroup(v.Towns, u, towns)
		case "department":
			v.Departments = addGroup(v.Departments, u, firsts)
		case "group":
			v.Groups = addGroup(v.Groups, u, firsts)
		}
	}
	v.Towns = addGroup(v.Towns, Unit{NameZH: "未定落户地", NameEN: "No place yet"}, towns)
	byChain := b.rows(ByChain, q.Day)
	for _, c := range chains {
		v.Chains = append(v.Chains, byChain[c.Code].view(c.Code, some(c.Unit), c.NameZH, c.NameEN))
	}
	if r := byChain[""]; r != (row{}) {
		v.Chains = append(v.Chains, r.view("", nil, "未定产业链", "No chain yet"))
	}
	return nil
}

// addGroup adds the row of a unit. One that is closed, or stands for none,
// appears only with something in it.
func addGroup(to []GroupView, u Unit, rows map[string]row) []GroupView {
	key := unitKey(u.ID)
	r := rows[key]
	if !u.Open && r == (row{}) {
		return to
	}
	v := r.view(key, some(u.ID), u.NameZH, u.NameEN)
	v.Lat, v.Lon = u.Lat, u.Lon
	return append(to, v)
}

func unitKey(u id.Unit) string { return strconv.FormatInt(int64(u), 10) }

func (r row) view(key string, unit *id.Unit, zh, en string) GroupView {
	return GroupView{Key: key, UnitID: unit, NameZH: zh, NameEN: en, InTalks: r.talks, Fresh: r.fresh, Signed: r.signed, Stuck: r.stuck}
}

func dayOfInstant(t *time.Time) *clock.Date {
	if t == nil {
		return nil
	}
	on := clock.DateOf(*t)
	return &on
}
