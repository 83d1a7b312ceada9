package lead

import (
	"fmt"
	"reflect"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Filter narrows a list of leads. The zero Filter narrows nothing; every
// field that is set must hold.
type Filter struct {
	Stages       []Stage
	Units        []id.Unit // responsible unit
	FirstContact []id.Unit
	Chains       []string // "" for leads without one
	Tracks       []Track
	Parts        []access.Part     // only leads in which the reader plays one of these parts
	Protection   []ProtectionState // as of now
	Ended        *bool
	Invented     *bool
	PlannedMin   *int64
	PlannedMax   *int64
	SignFrom     *clock.Date
	SignUntil    *clock.Date
	CreatedFrom  *clock.Date
	CreatedUntil *clock.Date
	Months       []string // YYYY-MM of signing or expected signing, "" for leads without one
	NextStepFrom *clock.Date
	NextStepTo   *clock.Date
	QuietSince   *time.Time // no activity from this instant on
	Q            string     // search over title, investor, product and code
}

// Plain tells whether the filter narrows by nothing but stage, unit and
// chain, so that kept counters give the total.
func (f Filter) Plain() bool {
	g := f
	g.Stages, g.Units = nil, nil
	return len(g.FirstContact)+len(g.Chains)+len(g.Tracks)+len(g.Parts)+len(g.Months) == 0 && g.Ended == nil &&
		g.Invented == nil && g.PlannedMin == nil && g.PlannedMax == nil && g.dateless() && g.Q == ""
}

func (f Filter) dateless() bool {
	return f.SignFrom == nil && f.SignUntil == nil && f.CreatedFrom == nil && f.CreatedUntil == nil &&
		f.NextStepFrom == nil && f.NextStepTo == nil && f.QuietSince == nil
}

// Money tells whether the filter probes a field of class money.
func (f Filter) Money() bool { return f.PlannedMin != nil || f.PlannedMax != nil }

// Query is one page of a list as a reader asks for it. Read is the rows, and
// Money those of them whose amounts the reader sees.
type Query struct {
	Read   access.Scope
	Money  access.Scope
	Filter Filter
	Page   page.Request
}

// shown is a row without the amount that the reader does not see, so that its
// place in the order, which the cursor holds, does not tell it.
func (q Query) shown(row Seen) Seen {
	if row.Past == nil && !q.Money.Covers(row.Standing) {
		row.Lead.PlannedCents = nil
	}
	return row
}

// query checks a list request against what the reader may see.
//
// An amount that the reader does not see sorts like an unknown one.
//
// Errors: Invalid "input.invalid" on sort for an order off the list.
func (s *Service) query(actor access.Actor, f Filter, p page.Request) (Query, error) {
	q := Query{Read: actor.Scope(access.LeadRead), Money: actor.Sees(access.MoneyClass), Filter: f, Page: p}
	if p.Sort.Name == "" {
		q.Page.Sort = page.Sort{Name: "activity_at", Desc: true}
		return q, nil
	}
	column, known := s.shape.Column(p.Sort.Name)
	if !known || column.Sort == "" {
		return q, &fault.Error{
			Kind: fault.Invalid, Code: "input.invalid", Message: "Unknown order.",
			Fields: []fault.Field{{Name: "sort", Code: "unknown_value", Params: map[string]any{"allowed": s.sortNames()}}},
		}
	}
	return q, nil
}

func (s *Service) sortNames() []string {
	var out []string
	for _, c := range s.shape.Columns {
		if c.Sort != "" {
			out = append(out, c.Sort)
		}
	}
	return out
}

// fingerprint is the filter as stable text, for the cursor.
func (f Filter) fingerprint() string {
	text := fmt.Sprintf("%v|%v|%v|%q|%v|%v|%q|%q|%v", f.Stages, f.Units, f.FirstContact, f.Chains, f.Tracks, f.Parts, f.Months, f.Q, f.Protection)
	for _, p := range []any{
		f.Ended, f.Invented, f.PlannedMin, f.PlannedMax, f.SignFrom, f.SignUntil, f.CreatedFrom, f.CreatedUntil,
		f.NextStepFrom, f.NextStepTo, f.QuietSince,
	} {
		v := reflect.ValueOf(p)
		if v.IsNil() {
			text += "|-"
			continue
		}
		text += "|" + fmt.Sprint(v.Elem().Interface())
	}
	return text
}
