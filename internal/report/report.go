// Package report counts leads for the city's leaders: what each measure is,
// and what it says on any day. It reads through the same scopes as every list
// and knows no database and no HTTP.
package report

import (
	"slices"

	"github.com/leadrelay/leadrelay/internal/id"
)

// Fact is what was known of a lead at one instant, as far as measures read
// it. Days are texts YYYY-MM-DD, which sort as days; an empty one is unknown.
type Fact struct {
	Lead       id.Lead
	Stage      string
	Track      string // empty while not known
	Unit       id.Unit
	Town       id.Unit // where it lands: of its place, else the holder if that is a town or platform; 0 for none
	First      id.Unit // who made first contact, else the holder
	Chain      string
	Since      string // day on which it came into its stage
	Cents      *int64
	Currency   string
	CreatedOn  string
	SignedOn   string // only a binding agreement, and not of a lead that was moved back
	StartedOn  string
	ProducedOn string
	LostOn     string
	LostTo     string // place; empty unless lost
}

// counted is the amount that sums take in: only one in CNY.
func (f Fact) counted() (int64, bool) {
	if f.Cents == nil || f.Currency != "CNY" {
		return 0, false
	}
	return *f.Cents, true
}

func (f Fact) sum() Sum {
	cents, known := f.counted()
	if !known {
		return Sum{Count: 1}
	}
	return Sum{Count: 1, Known: 1, Cents: cents}
}

// Sum is a number of leads and the sum of their amounts. Known says how many
// of them have an amount in CNY; the others are not in the sum.
type Sum struct {
	Count int64 `json:"count"`
	Known int64 `json:"known"`
	Cents int64 `json:"sum_cents"`
}

func (s Sum) plus(o Sum) Sum {
	return Sum{Count: s.Count + o.Count, Known: s.Known + o.Known, Cents: s.Cents + o.Cents}
}

// Times returns the sum n times.
func (s Sum) Times(n int64) Sum {
	return Sum{Count: s.Count * n, Known: s.Known * n, Cents: s.Cents * n}
}

// Hundred million yuan in hundredths, the step of amount bands; amounts from
// topYi on share the last step, above every threshold that a rule may name.
const (
	yiCents   = 100_000_000_00
	topYi     = 1000
	unknownYi = -1
)

// yi is the whole number of hundred million yuan of the amount.
func (f Fact) yi() int64 {
	cents, known := f.counted()
	if !known {
		return unknownYi
	}
	return min(cents/yiCents, topYi)
}

// talks are the stages in which a project is negotiated.
func talks() []string { return []string{"negotiating", "review", "to_sign"} }

// Talks lists the stages in which a project is negotiated.
func Talks() []string { return talks() }

// ended are the stages from which only a reopening leads back.
func ended() []string {
	return []string{"lost", "withdrawn", "duplicate", "transferred_out", "invalid"}
}

// mistaken are the stages of what was no lead of its own.
func mistaken(stage string) bool { return stage == "duplicate" || stage == "invalid" }

func inTalks(stage string) bool { return slices.Contains(talks(), stage) }

func live(stage string) bool { return !slices.Contains(ended(), stage) }

// funnel are the stages of the funnel in order.
func funnel() []string {
	return []string{
		"lead", "qualified", "negotiating", "review", "to_sign", "signed", "registered", "site_secured", "permitted", "started",
		"invested", "completed", "producing", "full_capacity", "aftercare", "suspended",
	}
}

// Limits are the days of each stage by track before a lead there counts as
// late, as a version of the life cycle has them.
type Limits map[string]map[string]int64

// general is the track of a lead whose track is not known.
const general = "general"

// Of returns the days of a stage; false when it has no limit.
func (l Limits) Of(track, stage string) (int64, bool) {
	steps, ok := l[track]
	if !ok {
		steps = l[general]
	}
	days, ok := steps[stage]
	return days, ok
}

// Age is how long a lead stands in its stage, against the limit of that.
type Age struct {
	Days  int
	Limit *int64
}

// Red tells whether the limit is passed.
func (a Age) Red() bool { return a.Limit != nil && int64(a.Days) > *a.Limit }

// Amber tells whether four fifths of the limit are over, and not all of it.
func (a Age) Amber() bool { return a.Limit != nil && !a.Red() && 5*int64(a.Days) > 4**a.Limit }
