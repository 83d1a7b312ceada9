package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Service answers for the cockpit.
type Service struct {
	store    Store
	city     City
	signings Signings
	cursors  page.Cursors
}

// NewService returns the cockpit over its store.
func NewService(store Store, city City, signings Signings, cursors page.Cursors) *Service {
	return &Service{store: store, city: city, signings: signings, cursors: cursors}
}

// Query asks for the figures of a day; no day means now.
type Query struct {
	AsOf *clock.Date
	Slice
}

// question is a query that was checked.
type question struct {
	Want
	now     time.Time
	present bool
	history History
}

// ask checks a query and reads what belongs to its day.
//
// Errors: Invalid with the fields as_of, town, unit, chain.
func (s *Service) ask(ctx context.Context, actor access.Actor, r Reader, q Query) (question, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return question{}, err
	}
	out := question{now: now, present: true, Want: Want{Read: actor.Scope(access.CockpitRead), Slice: q.Slice}}
	out.Day.On = clock.DateOf(now)
	if out.history, err = r.History(); err != nil {
		return out, err
	}
	if q.AsOf != nil && *q.AsOf != out.Day.On {
		if err := out.history.has(*q.AsOf, out.Day.On); err != nil {
			return out, err
		}
		at := q.AsOf.End()
		out.At, out.present, out.Day.On = &at, false, *q.AsOf
	}
	if err := s.known(ctx, q.Slice, out.Day.On); err != nil {
		return out, err
	}
	out.Day.Limits, err = r.Limits(out.Day.On)
	return out, err
}

// has refuses a day that is not over or lies before every lead.
func (h History) has(day, today clock.Date) error {
	if day.After(today) {
		return fault.BadField("as_of", "day.future")
	}
	if h.First == nil || day.Before(clock.DateOf(*h.First)) {
		return fault.BadField("as_of", "day.before_first")
	}
	return nil
}

// one refuses more than one slice: the page shows a town, a unit or a chain.
func (c Slice) one() error {
	n := 0
	for _, given := range []struct {
		name string
		set  bool
	}{{"town", c.Town != nil}, {"unit", c.Unit != nil}, {"chain", c.Chain != nil}} {
		if given.set {
			if n++; n > 1 {
				return fault.BadField(given.name, "slice.one")
			}
		}
	}
	return nil
}

// known refuses a slice that the city does not know.
func (s *Service) known(ctx context.Context, c Slice, on clock.Date) error {
	if c.Chain != nil && *c.Chain != "" {
		chains, err := s.city.Chains(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(chains, func(k Chain) bool { return k.Code == *c.Chain }) {
			return fault.BadField("chain", "unknown_value")
		}
	}
	if c.Town == nil && c.Unit == nil {
		return nil
	}
	return s.knownUnits(ctx, c, on)
}

func (s *Service) knownUnits(ctx context.Context, c Slice, on clock.Date) error {
	units, err := s.city.Units(ctx, on)
	if err != nil {
		return err
	}
	has := func(wanted id.Unit) bool {
		return slices.ContainsFunc(units, func(u Unit) bool { return u.ID == wanted })
	}
	if c.Town != nil && *c.Town != 0 && !has(*c.Town) {
		return fault.BadField("town", "unknown_value")
	}
	if c.Unit != nil && !has(*c.Unit) {
		return fault.BadField("unit", "unknown_value")
	}
	return nil
}

// Cockpit returns every figure of a day.
//
// Errors: Invalid with the fields as_of, town, unit, chain.
func (s *Service) Cockpit(ctx context.Context, actor access.Actor, q Query) (View, error) {
	var v View
	if err := q.one(); err != nil {
		return v, err
	}
	err := s.store.Snapshot(ctx, func(r Reader) error {
		asked, err := s.ask(ctx, actor, r, q)
		if err != nil {
			return err
		}
		book, stuck, err := s.book(r, asked)
		if err != nil {
			return err
		}
		v, err = s.view(ctx, asked, book)
		if err != nil {
			return err
		}
		return s.stuckView(r, asked, stuck, &v)
	})
	if err != nil {
		return v, err
	}
	v.Signing, err = s.signing(ctx, actor, v, q.Slice)
	v.Figures = append(v.Figures, v.Signing.figures()...)
	return v, err
}

// book fills the book of a question from the counters, where they answer it,
// and else by walking the leads; with it come the longest stuck.
func (s *Service) book(r Reader, q question) (*Book, []Fact, error) {
	b := NewBook()
	kept, err := r.Kept(q.Want, b)
	if err != nil {
		return nil, nil, err
	}
	var stuck []Fact
	if kept {
		stuck, err = r.Stuck(q.Want, b.longestStuck(q.Day.Window(), shownStuck), shownStuck)
	} else {
		window := q.Day.Window()
		err = r.Walk(q.Want, func(f Fact) {
			b.Take(window, f)
			if window.stuck(f) {
				stuck = append(stuck, f)
			}
		})
	}
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(stuck, longest)
	if len(stuck) > shownStuck {
		stuck = stuck[:shownStuck]
	}
	if b.Losses, err = r.Losses(q.Want, q.Day.year().from, q.Day.year().until); err != nil {
		return nil, nil, err
	}
	b.Talks, err = r.Talks(q.Want, q.ends())
	return b, stuck, err
}

// ends are the instants of the twelve month ends; the last is the question's
// own.
func (q question) ends() []time.Time {
	days := q.Day.ends()
	out := make([]time.Time, len(days))
	for i, d := range days {
		out[i] = d.End()
	}
	if q.present {
		out[len(out)-1] = clock.Forever()
	}
	return out
}

// shownStuck is how many stuck leads stand on the page itself.
const shownStuck = 10

func (s *Service) stuckView(r Reader, q question, stuck []Fact, v *View) error {
	rows, err := s.rows(r, q, stuck, Stuck)
	v.Stuck.Items = rows
	return err
}

// rows are leads with their head lines. One that was deleted keeps its code.
func (s *Service) rows(r Reader, q question, facts []Fact, code string) ([]Row, error) {
	ids := make([]id.Lead, 0, len(facts))
	for _, f := range facts {
		ids = append(ids, f.Lead)
	}
	heads, err := r.Heads(q.Want, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Row, 0, len(facts))
	for _, f := range facts {
		out = append(out, q.row(f, heads[f.Lead], code))
	}
	return out, nil
}

func (q question) row(f Fact, h Head, code string) Row {
	age := q.Day.age(f.Track, f.Stage, f.Since)
	out := Row{
		Code: h.Code, UnitID: f.Unit, TownUnitID: some(f.Town), FirstUnitID: f.First, Chain: told(f.Chain), Track: told(f.Track),
		Stage: f.Stage, SinceOn: day(f.Since), Days: age.Days, LimitDays: age.Limit, PlannedCents: f.Cents, Currency: f.Currency,
		HappenedOn: day(happenedOn(code, f)), LostTo: told(f.LostTo),
	}
	if cents, known := f.counted(); known {
		out.CountedCents = &cents
	}
	if h.DeletedAt != nil {
		on := clock.DateOf(*h.DeletedAt)
		out.DeletedOn = &on
		return out
	}
	lead, title := f.Lead, h.Title
	out.LeadID, out.Title, out.InvestorName = &lead, &title, h.Investor
	return out
}

// happenedOn is the day by which a measure counts a lead.
func happenedOn(code string, f Fact) string {
	for _, e := range events() {
		if e.kind == code || e.year == code {
			return dayOf(e.kind, f)
		}
	}
	if code == New || code == NewBefore {
		return f.CreatedOn
	}
	return ""
}

func some(u id.Unit) *id.Unit {
	if u == 0 {
		return nil
	}
	return &u
}

func told(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func day(text string) *clock.Date {
	d, err := clock.ParseDate(text)
	if err != nil {
		return nil
	}
	return &d
}

// longest orders leads by how long they stand in their stage.
func longest(a, b Fact) int {
	switch {
	case a.Since < b.Since:
		return -1
	case a.Since > b.Since:
		return 1
	}
	return int(a.Lead - b.Lead)
}

// Catalogue returns every measure in the reader's language.
func (s *Service) Catalogue(chinese bool) []MeasureView {
	say := func(t Text) string {
		if chinese {
			return t.ZH
		}
		return t.EN
	}
	var out []MeasureView
	for _, m := range Measures() {
		out = append(out, MeasureView{
			Code: m.Code, Name: say(m.Name), Sentence: say(m.Sentence), Unit: m.Unit, Counting: say(m.Counting), Source: say(m.Source),
		})
	}
	return out
}

// signing returns the month's signing against its plan.
func (s *Service) signing(ctx context.Context, actor access.Actor, v View, c Slice) (SigningView, error) {
	out := SigningView{Month: v.AsOf.Month()}
	var at *time.Time
	if !v.Present {
		end := v.AsOf.End()
		at = &end
	}
	lines, frozen, err := s.signings.Lines(ctx, actor, out.Month, at)
	if err != nil {
		return out, fmt.Errorf("read the signing board of %s: %w", out.Month, err)
	}
	out.Frozen = frozen
	for _, l := range lines {
		if into := out.of(l.Figure); into != nil && l.in(c) {
			*into = into.plus(Sum{Count: 1, Known: 1, Cents: l.Cents})
		}
	}
	return out, nil
}

func (v *SigningView) of(figure string) *Sum {
	switch figure {
	case "plan":
		return &v.Plan
	case "signed":
		return &v.Signed
	case "open":
		return &v.Open
	case "slipped":
		return &v.Slipped
	}
	return nil
}

func (v *SigningView) figures() []Figure {
	return []Figure{
		{Measure: PlanSigning, Sum: v.Plan},
		{Measure: DoneSigning, Sum: v.Signed},
		{Measure: OpenSigning, Sum: v.Open},
		{Measure: SlipSigning, Sum: v.Slipped},
	}
}

func (l SigningLine) in(c Slice) bool {
	return (c.Town == nil || *c.Town == l.Town) && (c.Unit == nil || *c.Unit == l.First) && (c.Chain == nil || *c.Chain == l.Chain)
}

// instant is the end of the day that is asked for; nil for today.
func (q Query) instant(now time.Time) *time.Time {
	if q.AsOf == nil || *q.AsOf == clock.DateOf(now) {
		return nil
	}
	at := q.AsOf.End()
	return &at
}
