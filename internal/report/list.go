package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// ListQuery asks for the leads behind a figure.
type ListQuery struct {
	Query
	Measure string
	Stage   *string
	Band    *string // lower end in hundredths, or unknown
	Month   *string // one of the twelve that end with the day's
	Place   *string // where lost projects went
	Limit   int
	Cursor  string
}

// UnknownBand is the band of amounts that are not known in CNY.
const UnknownBand = "unknown"

// bound ties a cursor to its question.
func (l ListQuery) bound(user id.User) string {
	say := func(s *string) string {
		if s == nil {
			return "-"
		}
		return strconv.Quote(*s)
	}
	unit := func(u *id.Unit) string {
		if u == nil {
			return "-"
		}
		return u.String()
	}
	day := ""
	if l.AsOf != nil {
		day = l.AsOf.String()
	}
	return fmt.Sprintf("cockpit|%d|%s|%s|%s|%s|%s|%s|%s|%s|%s", user, l.Measure, day, unit(l.Town), unit(l.Unit), say(l.Chain), say(l.Stage),
		say(l.Band), say(l.Month), say(l.Place))
}

// entry is a lead, or a line of the signing board, in the order of the list.
type entry struct {
	value int64 // amount, or days, the largest first
	id    int64
	fact  Fact
	line  *SigningLine
}

// List returns a page of the leads behind a figure and what all of them give,
// which is the figure.
//
// Errors: Invalid with the fields measure, as_of, town, unit, chain, stage,
// band_from, month, place, cursor.
func (s *Service) List(ctx context.Context, actor access.Actor, l ListQuery) (ListView, error) {
	m, known := measure(l.Measure)
	if !known {
		return ListView{}, fault.BadField("measure", "unknown_value")
	}
	bound := l.bound(actor.User)
	var after *page.Position
	var err error
	if l.Cursor != "" {
		if after, err = s.cursors.Open(l.Cursor, bound); err != nil {
			return ListView{}, err
		}
	}
	lines, err := s.boardLines(ctx, actor, m, l)
	if err != nil {
		return ListView{}, err
	}
	var v ListView
	err = s.store.Snapshot(ctx, func(r Reader) error {
		q, err := s.ask(ctx, actor, r, l.Query)
		if err != nil {
			return err
		}
		all, err := s.entries(ctx, r, &q, m, l, lines)
		if err != nil {
			return err
		}
		if v, err = (sheet{all: all, limit: l.Limit, bound: bound, cursors: s.cursors}).cut(after); err != nil {
			return err
		}
		v.AsOf = q.Day.On
		v.Items, err = s.listed(r, q, m, v.shown)
		return err
	})
	return v, err
}

// entries are all leads behind a figure, in the order of the list.
func (s *Service) entries(ctx context.Context, r Reader, q *question, m Measure, l ListQuery, lines []SigningLine) ([]entry, error) {
	narrow, err := s.narrowing(ctx, q, m, l)
	if err != nil {
		return nil, err
	}
	a := asked{Day: q.Day}
	if l.Month != nil {
		a.month = *l.Month
	}
	var out []entry
	by := map[id.Lead]Fact{}
	err = r.Walk(q.Want, func(f Fact) {
		switch {
		case m.has == nil:
			by[f.Lead] = f
		case m.has(a, f) && narrow(f):
			out = append(out, entry{value: valueOf(a, m, f), id: int64(f.Lead), fact: f})
		}
	})
	if err != nil {
		return nil, err
	}
	for i, line := range lines {
		if line.Figure == m.figure && line.in(l.Slice) {
			f := by[line.Lead]
			f.Lead, f.Town, f.First, f.Chain = line.Lead, line.Town, line.First, line.Chain
			out = append(out, entry{value: line.Cents, id: line.Item, fact: f, line: &lines[i]})
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.id, b.id)) })
	return out, nil
}

// valueOf orders the list: by days where the measure is about days, else by
// amount, the unknown last.
func valueOf(a asked, m Measure, f Fact) int64 {
	if m.Code == Stuck || m.Code == Amber {
		return int64(a.age(f.Track, f.Stage, f.Since).Days)
	}
	if cents, known := f.counted(); known {
		return cents
	}
	return -1
}

// narrowing checks the choices of a list and returns what they leave. A month
// of "in talks at the end" is another day to look at.
func (s *Service) narrowing(ctx context.Context, q *question, m Measure, l ListQuery) (func(Fact) bool, error) {
	thresholds, err := s.city.Bands(ctx, q.Day.On)
	if err != nil {
		return nil, err
	}
	if err := fault.Broken("input.invalid", l.broken(q.Day, m, thresholds)); err != nil {
		return nil, err
	}
	if m.Code == TalksAtEnd && l.Month != nil {
		q.atEndOf(*l.Month)
	}
	band, _ := bandNamed(thresholds, l.Band)
	return func(f Fact) bool {
		return (l.Stage == nil || *l.Stage == f.Stage) && (l.Place == nil || *l.Place == f.LostTo) &&
			(l.Band == nil || bandOf(thresholds, f.yi()) == band)
	}, nil
}

// broken names the choices that the measure does not take or know.
func (l ListQuery) broken(d Day, m Measure, thresholds []int64) []fault.Field {
	_, knownBand := bandNamed(thresholds, l.Band)
	board := m.has == nil
	var bad []fault.Field
	for _, choice := range []struct {
		name  string
		given *string
		ok    func(string) bool
	}{
		{"band_from", l.Band, func(string) bool { return knownBand && !board }},
		{"stage", l.Stage, func(s string) bool { return !board && slices.Contains(append(funnel(), ended()...), s) }},
		{"month", l.Month, func(s string) bool { return m.monthly && slices.Contains(d.months(), s) }},
		{"place", l.Place, func(string) bool { return !board }},
	} {
		if choice.given != nil && !choice.ok(*choice.given) {
			bad = append(bad, fault.Field{Name: choice.name, Code: "unknown_value"})
		}
	}
	return bad
}

// atEndOf turns the question to the last day of a month before its day.
func (q *question) atEndOf(month string) {
	for i, m := range q.Day.months() {
		if end := q.Day.ends()[i]; m == month && end != q.Day.On {
			at := end.End()
			q.At, q.Day.On, q.present = &at, end, false
			return
		}
	}
}

// bandNamed is the number of the band with the lower end.
func bandNamed(thresholds []int64, name *string) (int, bool) {
	if name == nil {
		return 0, false
	}
	if *name == UnknownBand {
		return bandOf(thresholds, unknownYi), true
	}
	cents, err := strconv.ParseInt(*name, 10, 64)
	if err != nil || cents%yiCents != 0 {
		return 0, false
	}
	yi := cents / yiCents
	return bandOf(thresholds, yi), yi == 0 || slices.Contains(thresholds, yi)
}

// sheet is a whole list that pages are cut from.
type sheet struct {
	all     []entry
	limit   int
	bound   string
	cursors page.Cursors
}

// cut returns the page after a position with the sum of the whole list.
func (s sheet) cut(after *page.Position) (ListView, error) {
	var v ListView
	for _, e := range s.all {
		v.Total = v.Total.plus(e.sum())
	}
	start := 0
	if after != nil {
		value, err := strconv.ParseInt(after.Value, 10, 64)
		if err != nil {
			return v, fault.BadField("cursor", "cursor.unknown")
		}
		for start < len(s.all) && (s.all[start].value > value || s.all[start].value == value && s.all[start].id <= after.ID) {
			start++
		}
	}
	v.shown = s.all[start:min(len(s.all), start+s.limit)]
	if start+s.limit < len(s.all) {
		last := v.shown[len(v.shown)-1]
		next := s.cursors.Seal(page.Position{Value: strconv.FormatInt(last.value, 10), ID: last.id}, s.bound)
		v.Next = &next
	}
	return v, nil
}

// listed are the rows of a page; those of the signing board show its amounts.
func (s *Service) listed(r Reader, q question, m Measure, shown []entry) ([]Row, error) {
	facts := make([]Fact, 0, len(shown))
	for _, e := range shown {
		facts = append(facts, e.fact)
	}
	rows, err := s.rows(r, q, facts, m.Code)
	for i := range rows {
		if line := shown[i].line; line != nil {
			rows[i].PlannedCents, rows[i].CountedCents, rows[i].Currency = &line.Cents, &line.Cents, "CNY"
		}
	}
	return rows, err
}

func (e entry) sum() Sum {
	if e.line != nil {
		return Sum{Count: 1, Known: 1, Cents: e.line.Cents}
	}
	return e.fact.sum()
}

// boardLines reads the signing board for a measure that counts planned
// signings.
func (s *Service) boardLines(ctx context.Context, actor access.Actor, m Measure, l ListQuery) ([]SigningLine, error) {
	if m.has != nil {
		return nil, nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	month, at := dayOfInstant(&now).Month(), l.instant(now)
	if l.AsOf != nil {
		month = l.AsOf.Month()
	}
	lines, _, err := s.signings.Lines(ctx, actor, month, at)
	return lines, err
}
