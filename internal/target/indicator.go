// Package target holds what the city wants of its year: dated indicators, a
// tree of targets whose sums always add up, and how far the units have come.
// It knows no database and no HTTP.
package target

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Measure is the smallest unit in which the values of an indicator are
// written: whole numbers, always.
type Measure string

// The measures. Parts per million are for rates, which are worked out and
// never kept.
const (
	Count    Measure = "count"
	CentsCNY Measure = "cents_cny"
	CentsUSD Measure = "cents_usd"
	SquareM  Measure = "sqm"
	PPM      Measure = "ppm"
)

// Basis says which units a figure is credited to.
type Basis string

// The bases of credit. Figures of the basis Double are never added up.
const (
	Landing      Basis = "landing"
	FirstContact Basis = "first_contact"
	Shared       Basis = "shared"
	Double       Basis = "double"
)

// ValueSource says where the actual figures of an indicator come from.
type ValueSource string

// The sources of values.
const (
	Counted  ValueSource = "counted"
	Reported ValueSource = "reported"
	Derived  ValueSource = "derived"
)

// Indicator is one version of what the city counts its year by.
type Indicator struct {
	ID          int64
	Code        string
	NameZH      string
	NameEN      string
	Unit        Measure
	CreditBasis Basis
	ValueSource ValueSource
	Numerator   string // codes; of a rate only
	Denominator string
	Official    bool // an official statistical figure, else a management figure
	Position    int64
	StartsOn    clock.Date
	EndsOn      clock.Date // the last day; Forever while no end is known
	Source      string
	Assumed     bool // nobody confirmed it yet
	MadeBy      *id.User
	MadeAt      time.Time
}

// Forever is the last day of what has no end.
func Forever() clock.Date { return clock.NewDate(9999, time.December, 31) }

// On tells whether the version is in force on a day.
func (i Indicator) On(day clock.Date) bool { return !day.Before(i.StartsOn) && !i.EndsOn.Before(day) }

// In tells whether the version is in force on any day of a year.
func (i Indicator) In(year int) bool {
	return i.StartsOn.Year() <= year && i.EndsOn.Year() >= year
}

func measures() []Measure { return []Measure{Count, CentsCNY, CentsUSD, SquareM, PPM} }

func bases() []Basis { return []Basis{Landing, FirstContact, Shared, Double} }

func valueSources() []ValueSource { return []ValueSource{Counted, Reported, Derived} }

// The longest texts.
const (
	maxCode = 32
	maxName = 100
	maxText = 500
)

func codeForm() *regexp.Regexp { return regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`) }

// check adds every broken rule of a version.
func (i Indicator) check() broken {
	var bad broken
	if !codeForm().MatchString(i.Code) || len(i.Code) > maxCode {
		bad.add("code", "indicator.code")
	}
	bad.line("name_zh", i.NameZH, maxName)
	bad.line("name_en", i.NameEN, maxName)
	bad.line("source", i.Source, maxText)
	bad.oneOf("unit", slices.Contains(measures(), i.Unit))
	bad.oneOf("credit_basis", slices.Contains(bases(), i.CreditBasis))
	bad.oneOf("value_source", slices.Contains(valueSources(), i.ValueSource))
	if (i.Unit == PPM) != (i.ValueSource == Derived) {
		bad.add("unit", "indicator.rate")
	}
	if i.EndsOn.Before(i.StartsOn) {
		bad.add("ends_on", "date.before_start")
	}
	return bad
}

// rateOf adds what is wrong with the two indicators that a rate is worked out
// of: each is known and no rate itself.
func (i Indicator) rateOf(bad *broken, present []Indicator) {
	for name, code := range map[string]string{"numerator": i.Numerator, "denominator": i.Denominator} {
		if i.ValueSource != Derived {
			if code != "" {
				bad.add(name, "indicator.rate")
			}
			continue
		}
		at := slices.IndexFunc(present, func(p Indicator) bool { return p.Code == code && p.On(i.StartsOn) })
		bad.oneOf(name, at >= 0 && present[at].ValueSource != Derived && present[at].Code != i.Code)
	}
}

func (i Indicator) texts() event.Values {
	yes := map[bool]string{true: "true", false: "false"}
	return event.Values{
		{"code", i.Code},
		{"name_zh", i.NameZH},
		{"name_en", i.NameEN},
		{"unit", string(i.Unit)},
		{"credit_basis", string(i.CreditBasis)},
		{"value_source", string(i.ValueSource)},
		{"numerator", i.Numerator},
		{"denominator", i.Denominator},
		{"official", yes[i.Official]},
		{"starts_on", i.StartsOn.String()},
		{"ends_on", i.EndsOn.String()},
		{"source", i.Source},
		{"assumed", yes[i.Assumed]},
	}
}

// broken gathers broken rules by field.
type broken []fault.Field

func (b *broken) add(name, code string) { *b = append(*b, fault.Field{Name: name, Code: code}) }

func (b *broken) oneOf(name string, known bool) {
	if !known {
		b.add(name, "unknown_value")
	}
}

func (b *broken) err() error {
	slices.SortStableFunc(*b, func(a, c fault.Field) int { return strings.Compare(a.Name, c.Name) })
	return fault.Broken("input.invalid", *b)
}

// line checks a text of one line that has to be there.
func (b *broken) line(name, value string, limit int) {
	switch {
	case strings.TrimSpace(value) == "":
		b.add(name, "required")
	case !utf8.ValidString(value) || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' }):
		b.add(name, "text.control_character")
	case utf8.RuneCountInString(value) > limit:
		*b = append(*b, fault.Field{Name: name, Code: "too_long", Params: map[string]any{"max": limit}})
	case strings.ContainsAny(value, "<>"):
		b.add(name, "text.markup")
	}
}

// between checks a number.
func (b *broken) between(name string, n, low, high int64) {
	if n < low || n > high {
		*b = append(*b, fault.Field{Name: name, Code: "out_of_range", Params: map[string]any{"min": low, "max": high}})
	}
}
