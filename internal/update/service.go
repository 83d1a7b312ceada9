package update

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The city's numbers that decide about periods.
const (
	ruleOpens  = "update_opens_day"
	ruleDue    = "update_due_days"
	ruleCloses = "update_closes_days"
	ruleSoon   = "update_soon_days"
	ruleUnlock = "update_unlock_days"
)

// EvidenceKind is what a file of a report is evidence of.
const EvidenceKind = "progress_photo"

// Service holds the use cases of reports.
type Service struct {
	store Store
	city  City
}

// New returns the use cases over a store.
func New(store Store, city City) *Service { return &Service{store: store, city: city} }

// Seed enters the first figures and stages, unless there are any.
func (s *Service) Seed(ctx context.Context, shape Shape) error {
	return s.store.InTx(ctx, func(tx Tx) error { return tx.Seed(ctx, shape) })
}

// Dates returns the days of a period, by the rules in force on its last day.
func (s *Service) Dates(ctx context.Context, p Period) (Dates, error) {
	on := p.Last()
	var n [4]int64
	for i, key := range []string{ruleOpens, ruleDue, ruleCloses, ruleSoon} {
		value, err := s.city.Rule(ctx, key, on)
		if err != nil {
			return Dates{}, fmt.Errorf("read the rule %s: %w", key, err)
		}
		n[i] = value
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return Dates{}, err
	}
	d := Dates{Period: p, OpensOn: p.Day(int(n[0])), DueOn: workingDay(office, on, n[1]), ClosesOn: workingDay(office, on, n[2])}
	d.SoonOn = d.DueOn
	for range n[3] {
		d.SoonOn = workingDayBefore(office, d.SoonOn)
	}
	return d, nil
}

// term is everything that rules a period.
type term struct {
	dates  Dates
	shape  Shape
	office *clock.Office
}

func (s *Service) term(ctx context.Context, p Period) (term, error) {
	var t term
	var err error
	if t.dates, err = s.Dates(ctx, p); err != nil {
		return t, err
	}
	if t.shape, err = s.shape(ctx, p); err != nil {
		return t, err
	}
	t.office, err = s.city.Office(ctx)
	return t, err
}

func workingDay(office *clock.Office, after clock.Date, n int64) clock.Date {
	for range n {
		after = office.NextWorkingDay(after)
	}
	return after
}

func workingDayBefore(office *clock.Office, d clock.Date) clock.Date {
	for {
		d = d.AddDays(-1)
		if office.IsWorkingDay(d) {
			return d
		}
	}
}

// recent returns the periods that have opened at an instant, the newest last.
func (s *Service) recent(ctx context.Context, now time.Time, n int) ([]Dates, error) {
	this := PeriodOf(clock.DateOf(now))
	var out []Dates
	for p := this.Add(1 - n); p <= this; p = p.Add(1) {
		d, err := s.Dates(ctx, p)
		if err != nil {
			return nil, err
		}
		if d.State(now) != Coming {
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *Service) shape(ctx context.Context, p Period) (Shape, error) {
	sh, err := s.store.Shape(ctx, p.Last())
	if err != nil {
		return sh, err
	}
	slices.SortFunc(sh.Fields, func(a, b Field) int { return int(a.Position - b.Position) })
	return sh, nil
}

func (sh Shape) field(code string) (Field, bool) {
	n := slices.IndexFunc(sh.Fields, func(f Field) bool { return f.Code == code })
	if n < 0 {
		return Field{}, false
	}
	return sh.Fields[n], true
}

func (sh Shape) stages() []string {
	out := []string{}
	for _, r := range sh.Stages {
		out = append(out, r.Stage)
	}
	return out
}

func (sh Shape) required() []string {
	out := []string{}
	for _, f := range sh.Fields {
		if f.Required {
			out = append(out, f.Code)
		}
	}
	return out
}

// want is the question for the projects of a unit; 0 for every unit.
func (sh Shape) want(d Dates, unit id.Unit, now time.Time) Want {
	return Want{Period: d.Period, Unit: unit, Stages: sh.stages(), Before: d.Period.Last().End(), Live: d.State(now) != Closed}
}

// mine decides which unit's report an actor asks for.
//
// A unit that is not the actor's is as unknown as one that does not exist.
func mine(actor access.Actor, unit id.Unit) (id.Unit, error) {
	own := actor.UnitsWith(access.UpdateRead)
	switch {
	case unit == 0 && actor.Acting != 0:
		return actor.Acting, nil
	case unit == 0 && len(own) > 0:
		return own[0], nil
	case actor.Scope(access.UpdateRead).Any(), slices.Contains(own, unit):
		return unit, nil
	}
	return 0, unknownUnit()
}

func unknownUnit() error { return fault.New(fault.NotFound, "update.unknown", "No such report.") }

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "The caller may see the lead but not do this.")
}

// The largest values of a cell.
const (
	maxWords  = 500
	maxCount  = 10_000_000
	maxAmount = 1_000_000_000_000_000 // 10 万亿元 in 分
)

// check returns the code of the rule that a value breaks, or "".
func (f Field) check(v Value) string {
	if v.Empty() {
		return ""
	}
	if f.Kind == Amount || f.Kind == Count {
		return f.checkNumber(v)
	}
	switch {
	case v.Number != nil:
		return "update.value_kind"
	case f.Kind == Text:
		return textRule(v.Words)
	}
	if d, err := clock.ParseDate(v.Words); err != nil || d.Year() < 2000 || d.Year() > 2099 {
		return "update.value_day"
	}
	return ""
}

func (f Field) checkNumber(v Value) string {
	limit := int64(maxCount)
	if f.Kind == Amount {
		limit = maxAmount
	}
	switch {
	case v.Number == nil || v.Words != "":
		return "update.value_kind"
	case *v.Number < 0 || *v.Number > limit:
		return "update.value_range"
	}
	return ""
}

func textRule(words string) string {
	switch {
	case !utf8.ValidString(words) || strings.ContainsFunc(words, func(c rune) bool { return c < ' ' }):
		return "text.control_character"
	case utf8.RuneCountInString(words) > maxWords:
		return "too_long"
	case strings.ContainsAny(words, "<>"):
		return "text.markup"
	}
	return ""
}

// unlocked tells whether the bureau opened the unit's report again.
func (f Filing) unlocked(now time.Time) bool {
	return !f.UnlockedUntil.IsZero() && !clock.DateOf(now).After(f.UnlockedUntil)
}

// writable tells whether cells of a unit's report may be written.
//
// Errors: Conflict "update.coming", "update.closed".
func writable(d Dates, f Filing, now time.Time) error {
	switch d.State(now) {
	case Coming:
		return fault.New(fault.Conflict, "update.coming", "The period has not opened.").With("opens_on", d.OpensOn.String())
	case Closed:
		if !f.unlocked(now) {
			return fault.New(fault.Conflict, "update.closed", "The period is closed.").With("closed_on", d.ClosesOn.String())
		}
	}
	return nil
}
