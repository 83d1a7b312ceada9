// Package rank scores units by a formula that is data, step by step, so that a
// unit can work its own score out by hand. It knows no database and no HTTP.
//
// All arithmetic is exact. Every step is rounded to hundredths of a point, half
// away from zero, and the score is the sum of its rounded steps: what is
// printed adds up.
package rank

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/leadrelay/leadrelay/internal/id"
)

// ItemKind says how an item of a formula gives points.
type ItemKind string

// The kinds of items (domain: completion % × weight with a cap; half number
// ratio plus half amount ratio; efficacy coefficient, Sanming 2020).
const (
	Completion ItemKind = "completion" // actual ÷ target, up to the cap, × weight
	Halves     ItemKind = "halves"     // (first ratio + second ratio) ÷ 2, up to the cap, × weight
	Efficacy   ItemKind = "efficacy"   // weight × (base + (1 − base) × (x − min) ÷ (max − min)), x = actual ÷ target
)

// Fault is what points are taken off for.
type Fault string

// The faults.
const (
	OverdueStart Fault = "overdue_start" // a signed project that did not start in time
	Falsified    Fault = "falsified"     // a project that was made up
	BandShort    Fault = "band_short"    // a project of a size band that is missing from the target
)

// Item is one line of a formula that gives points.
type Item struct {
	Kind       ItemKind `json:"kind"`
	Indicators []string `json:"indicators"`
	Weight     int64    `json:"weight"`         // hundredths of a point
	Cap        int64    `json:"cap,omitempty"`  // largest ratio, in millionths; 0 for none
	Base       int64    `json:"base,omitempty"` // of an efficacy coefficient, in millionths
}

// Deduction is one line of a formula that takes points off.
type Deduction struct {
	Fault      Fault    `json:"fault"`
	Step       int64    `json:"step"` // hundredths of a point for each
	Most       int64    `json:"most,omitempty"`
	Indicators []string `json:"indicators,omitempty"` // of a shortfall: the numbers of projects by size
}

// Rules are a formula's lines.
type Rules struct {
	Items      []Item      `json:"items"`
	Deductions []Deduction `json:"deductions"`
}

// Figure is what a unit reached of an indicator, and what it was to reach.
type Figure struct {
	Unit      id.Unit `json:"unit_id"`
	Indicator string  `json:"indicator"`
	Target    int64   `json:"target"`
	Actual    int64   `json:"actual"`
}

// Count is how often a unit is at fault.
type Count struct {
	Unit  id.Unit `json:"unit_id"`
	Fault Fault   `json:"fault"`
	Count int64   `json:"count"`
}

// Group is the units that are compared with each other.
type Group struct {
	Code   string    `json:"code"`
	NameZH string    `json:"name_zh"`
	NameEN string    `json:"name_en"`
	Units  []id.Unit `json:"unit_ids"`
}

// Inputs are everything that a score is worked out from.
type Inputs struct {
	Groups  []Group  `json:"groups"`
	Figures []Figure `json:"figures"`
	Counts  []Count  `json:"counts"`
}

// Operand is a figure that a step used.
type Operand struct {
	Indicator string `json:"indicator"`
	Actual    int64  `json:"actual"`
	Target    int64  `json:"target"`
	RatioPPM  int64  `json:"ratio_ppm" doc:"Actual by target, rounded for reading; the score uses the exact one."`
}

// Step is one line of a unit's score.
type Step struct {
	Kind     string    `json:"kind" enum:"completion,halves,efficacy,overdue_start,falsified,band_short,spread"`
	Operands []Operand `json:"operands"`
	Weight   int64     `json:"weight" doc:"Hundredths of a point; of a deduction what each one takes off."`
	CapPPM   int64     `json:"cap_ppm"`
	BasePPM  int64     `json:"base_ppm"`
	MinPPM   int64     `json:"min_ppm" doc:"Of an efficacy coefficient: the smallest ratio of the group, rounded for reading."`
	MaxPPM   int64     `json:"max_ppm"`
	Count    int64     `json:"count"`
	Points   int64     `json:"points" doc:"Hundredths of a point."`
	Left     bool      `json:"left_out" doc:"There was no target: the weight is spread over the other items."`
}

// Score is what a unit came to.
type Score struct {
	Unit  id.Unit `json:"unit_id"`
	Group string  `json:"group"`
	Place int64   `json:"place" doc:"Within the group; equal scores share a place. 0: nothing could be scored."`
	Cents int64   `json:"points" doc:"Hundredths of a point: the sum of the steps."`
	Steps []Step  `json:"steps"`
}

// key finds a figure.
type key struct {
	unit      id.Unit
	indicator string
}

// sheet is what one group is scored from.
type sheet struct {
	rules   Rules
	figures map[key]Figure
	counts  map[id.Unit]map[Fault]int64
	units   []id.Unit
}

// Group scores the units of a group by a formula, the best first; units with
// the same score in their own order.
func (r Rules) Group(g Group, in Inputs) []Score {
	s := sheet{rules: r, figures: map[key]Figure{}, counts: map[id.Unit]map[Fault]int64{}, units: slices.Clone(g.Units)}
	slices.Sort(s.units)
	s.units = slices.Compact(s.units)
	for _, f := range in.Figures {
		s.figures[key{f.Unit, f.Indicator}] = f
	}
	for _, c := range in.Counts {
		if s.counts[c.Unit] == nil {
			s.counts[c.Unit] = map[Fault]int64{}
		}
		s.counts[c.Unit][c.Fault] += c.Count
	}
	out := make([]Score, 0, len(s.units))
	for _, u := range s.units {
		out = append(out, s.score(g.Code, u))
	}
	place(out)
	return out
}

// place orders scores and gives equal ones the same place (1, 2, 2, 4). What
// could not be scored stands last without a place.
func place(scores []Score) {
	slices.SortStableFunc(scores, func(a, b Score) int {
		return cmp.Or(cmp.Compare(b.Place, a.Place), cmp.Compare(b.Cents, a.Cents), cmp.Compare(a.Unit, b.Unit))
	})
	for n := range scores {
		switch {
		case scores[n].Place == 0:
		case n > 0 && scores[n-1].Cents == scores[n].Cents:
			scores[n].Place = scores[n-1].Place
		default:
			scores[n].Place = int64(n + 1)
		}
	}
}

// score works one unit's steps out. Place is 1 when anything could be scored.
func (s sheet) score(group string, u id.Unit) Score {
	out := Score{Unit: u, Group: group, Steps: []Step{}}
	var whole, assessed, points int64
	for _, i := range s.rules.Items {
		step := s.item(i, u)
		out.Steps = append(out.Steps, step)
		whole += i.Weight
		if !step.Left {
			assessed += i.Weight
			points += step.Points
		}
	}
	if assessed > 0 && assessed < whole {
		spread := rounded(new(big.Rat).Mul(rat(points, 1), rat(whole-assessed, assessed)))
		out.Steps = append(out.Steps, Step{Kind: "spread", Operands: []Operand{}, Weight: whole - assessed, Points: spread})
	}
	for _, d := range s.rules.Deductions {
		out.Steps = append(out.Steps, s.deduction(d, u))
	}
	for _, step := range out.Steps {
		out.Cents += step.Points
	}
	if assessed > 0 {
		out.Place = 1
	}
	return out
}

// item works out what an item gives a unit.
func (s sheet) item(i Item, u id.Unit) Step {
	step := Step{Kind: string(i.Kind), Operands: []Operand{}, Weight: i.Weight, CapPPM: i.Cap, BasePPM: i.Base}
	share := new(big.Rat)
	for _, name := range i.Indicators {
		r, op := s.ratio(u, name)
		step.Operands = append(step.Operands, op)
		if r == nil {
			step.Left = true
			continue
		}
		share.Add(share, r)
	}
	if step.Left || len(i.Indicators) == 0 {
		step.Left = true
		return step
	}
	share.Quo(share, rat(int64(len(i.Indicators)), 1))
	if top := rat(i.Cap, million); i.Cap > 0 && share.Cmp(top) > 0 {
		share = top
	}
	if i.Kind == Efficacy {
		share = s.efficacy(i, u, &step)
	}
	step.Points = rounded(share.Mul(share, rat(i.Weight, 1)))
	return step
}

const million = 1_000_000

// efficacy is the coefficient of a unit within its group. Where all are equal
// nobody is behind, and everybody gets the whole.
func (s sheet) efficacy(i Item, u id.Unit, step *Step) *big.Rat {
	var low, high *big.Rat
	for _, other := range s.units {
		x, _ := s.ratio(other, i.Indicators[0])
		if x == nil {
			continue
		}
		if low == nil || x.Cmp(low) < 0 {
			low = x
		}
		if high == nil || x.Cmp(high) > 0 {
			high = x
		}
	}
	own, _ := s.ratio(u, i.Indicators[0])
	step.MinPPM, step.MaxPPM = rounded(new(big.Rat).Mul(low, rat(million, 1))), rounded(new(big.Rat).Mul(high, rat(million, 1)))
	if low.Cmp(high) == 0 {
		return rat(1, 1)
	}
	part := new(big.Rat).Quo(new(big.Rat).Sub(own, low), new(big.Rat).Sub(high, low))
	return part.Add(rat(i.Base, million), part.Mul(part, rat(million-i.Base, million)))
}

// ratio is what a unit reached of its target; nil when it has none.
func (s sheet) ratio(u id.Unit, indicator string) (*big.Rat, Operand) {
	f, known := s.figures[key{u, indicator}]
	op := Operand{Indicator: indicator, Actual: f.Actual, Target: f.Target}
	if !known || f.Target <= 0 {
		return nil, op
	}
	r := rat(f.Actual, f.Target)
	op.RatioPPM = rounded(new(big.Rat).Mul(r, rat(million, 1)))
	return r, op
}

// deduction works out what is taken off.
func (s sheet) deduction(d Deduction, u id.Unit) Step {
	step := Step{Kind: string(d.Fault), Operands: []Operand{}, Weight: d.Step, Count: s.counts[u][d.Fault]}
	for _, name := range d.Indicators {
		f, known := s.figures[key{u, name}]
		if !known || f.Target <= 0 {
			continue
		}
		_, op := s.ratio(u, name)
		step.Operands = append(step.Operands, op)
		step.Count += max(f.Target-f.Actual, 0)
	}
	step.Points = -step.Count * d.Step
	if d.Most > 0 {
		step.Points = max(step.Points, -d.Most)
	}
	return step
}

func rat(a, b int64) *big.Rat { return big.NewRat(a, b) }

// rounded is the nearest whole number, half away from zero.
func rounded(r *big.Rat) int64 {
	n, d := new(big.Int).Abs(r.Num()), r.Denom()
	n.Lsh(n, 1).Add(n, d)
	n.Quo(n, new(big.Int).Lsh(d, 1))
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return n.Int64()
}
