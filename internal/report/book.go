package report

import (
	"maps"
	"slices"
)

// Dimension is a way to tell leads apart.
type Dimension string

// The dimensions: the city as one, who made first contact, where it lands,
// which chain.
const (
	Whole   Dimension = "city"
	ByFirst Dimension = "first"
	ByTown  Dimension = "town"
	ByChain Dimension = "chain"
)

// groups are the dimensions with more than one key.
func groups() [3]Dimension { return [3]Dimension{ByFirst, ByTown, ByChain} }

// keys are the keys of a lead by dimension, in the order of groups.
func (f Fact) keys() [3]string { return [3]string{unitKey(f.First), unitKey(f.Town), f.Chain} }

// StageCell is a sum of leads in a stage, by whole hundred million yuan; Yi is
// -1 where the amount is not known in CNY. Groups tell no amounts apart.
type StageCell struct {
	Dimension Dimension
	Key       string
	Stage     string
	Yi        int64
}

// FlowCell is a sum of what happened on a day; days that no figure looks at
// closely may be put together.
type FlowCell struct {
	Dimension Dimension
	Key       string
	Kind      string
	Day       string
}

// Ages counts leads by track, stage and the day since when.
type Ages map[AgeCell]int64

// AgeCell is one group of leads that came into a stage on one day.
type AgeCell struct{ Track, Stage, Since string }

// StuckBy sums the stuck leads by dimension and key.
type StuckBy map[Dimension]map[string]Sum

// add counts a stuck lead.
func (s StuckBy) add(f Fact) {
	keys := f.keys()
	for i, d := range groups() {
		s.Put(d, keys[i], f.sum())
	}
}

// Put adds stuck leads under a key.
func (s StuckBy) Put(d Dimension, key string, more Sum) {
	if s[d] == nil {
		s[d] = map[string]Sum{}
	}
	s[d][key] = s[d][key].plus(more)
}

// all sums the stuck leads of the city.
func (s StuckBy) all() Sum {
	var out Sum
	for _, sum := range s[ByFirst] {
		out = out.plus(sum)
	}
	return out
}

// Book is everything that the figures of a day are made of. It is filled from
// kept counters or by walking leads; a test holds both equal.
type Book struct {
	Stages map[StageCell]Sum
	Flows  map[FlowCell]Sum
	Ages   Ages
	Stuck  StuckBy
	Talks  []Sum // in talks at the end of each of the twelve months
	// Losses are those of the year by where they went.
	Losses map[string]Sum
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{Stages: map[StageCell]Sum{}, Flows: map[FlowCell]Sum{}, Ages: Ages{}, Stuck: StuckBy{}}
}

// Take adds a lead that was walked.
func (b *Book) Take(d *Window, f Fact) {
	sum, keys := f.sum(), f.keys()
	city := StageCell{Dimension: Whole, Stage: f.Stage, Yi: f.yi()}
	b.Stages[city] = b.Stages[city].plus(sum)
	if inTalks(f.Stage) {
		for i, dim := range groups() {
			cell := StageCell{Dimension: dim, Key: keys[i], Stage: f.Stage}
			b.Stages[cell] = b.Stages[cell].plus(sum)
		}
	}
	for _, flow := range d.flows {
		day := flow.day(f)
		if day < d.oldest {
			continue
		}
		cell := FlowCell{Dimension: Whole, Kind: flow.kind, Day: day}
		b.Flows[cell] = b.Flows[cell].plus(sum)
		if !d.grouped(flow.kind, day) {
			continue
		}
		for i, dim := range groups() {
			cell := FlowCell{Dimension: dim, Key: keys[i], Kind: flow.kind, Day: day}
			b.Flows[cell] = b.Flows[cell].plus(sum)
		}
	}
	b.Ages[AgeCell{Track: f.Track, Stage: f.Stage, Since: f.Since}]++
	if d.stuck(f) {
		b.Stuck.add(f)
	}
}

// in sums the leads in stages that are asked for.
func (b *Book) in(has func(stage string) bool) Sum {
	var out Sum
	for c, s := range b.Stages {
		if c.Dimension == Whole && has(c.Stage) {
			out = out.plus(s)
		}
	}
	return out
}

// during sums what happened in a span.
func (b *Book) during(kind string, s span) Sum {
	var out Sum
	for c, sum := range b.Flows {
		if c.Dimension == Whole && c.Kind == kind && s.has(c.Day) {
			out = out.plus(sum)
		}
	}
	return out
}

// bands sums the leads in talks between thresholds of whole hundred million
// yuan; the last of the bands is of unknown amounts.
func (b *Book) bands(thresholds []int64) []Sum {
	out := make([]Sum, len(thresholds)+2)
	for c, s := range b.Stages {
		if c.Dimension == Whole && inTalks(c.Stage) {
			n := bandOf(thresholds, c.Yi)
			out[n] = out[n].plus(s)
		}
	}
	return out
}

// bandOf is the number of the band of an amount.
func bandOf(thresholds []int64, yi int64) int {
	if yi == unknownYi {
		return len(thresholds) + 1
	}
	n, found := slices.BinarySearch(thresholds, yi)
	if found {
		n++
	}
	return n
}

// funnelStep is how long the leads of a stage stand there.
type funnelStep struct {
	ages       map[int]int64
	amber, red int64
}

// ageing sorts the leads of each stage by how long they stand there.
func (b *Book) ageing(d Day) map[string]funnelStep {
	out := map[string]funnelStep{}
	for c, n := range b.Ages {
		step := out[c.Stage]
		if step.ages == nil {
			step.ages = map[int]int64{}
		}
		age := d.age(c.Track, c.Stage, c.Since)
		step.ages[age.Days] += n
		switch {
		case !live(c.Stage):
		case age.Red():
			step.red += n
		case age.Amber():
			step.amber += n
		}
		out[c.Stage] = step
	}
	return out
}

// median is the lower median of the days; nil without a lead.
func (s funnelStep) median() *int {
	var all int64
	days := make([]int, 0, len(s.ages))
	for d, n := range s.ages {
		if n > 0 {
			days, all = append(days, d), all+n
		}
	}
	if all == 0 {
		return nil
	}
	slices.Sort(days)
	var seen int64
	for i, d := range days {
		if seen += s.ages[d]; 2*seen >= all {
			return &days[i]
		}
	}
	return nil
}

// row are the figures of one key of a dimension.
type row struct {
	talks, fresh, signed Sum
	stuck                int64
}

// rows are the figures of every key of a dimension.
func (b *Book) rows(dim Dimension, d Day) map[string]row {
	out := map[string]row{}
	for c, s := range b.Stages {
		if c.Dimension == dim && inTalks(c.Stage) {
			r := out[c.Key]
			r.talks = r.talks.plus(s)
			out[c.Key] = r
		}
	}
	for c, s := range b.Flows {
		if r := out[c.Key]; c.Dimension == dim && r.take(c, s, d) {
			out[c.Key] = r
		}
	}
	for key, sum := range b.Stuck[dim] {
		r := out[key]
		r.stuck = sum.Count
		out[key] = r
	}
	return out
}

// take adds what happened, if the row shows it.
func (r *row) take(c FlowCell, s Sum, d Day) bool {
	switch {
	case c.Kind == New && d.soFar().has(c.Day):
		r.fresh = r.fresh.plus(s)
	case c.Kind == Signed && d.year().has(c.Day):
		r.signed = r.signed.plus(s)
	default:
		return false
	}
	return true
}

// longestStuck is the day until which the first n stuck leads came into their
// stage, so that nobody need sort the others.
func (b *Book) longestStuck(d *Window, n int64) string {
	days := map[string]int64{}
	for c, leads := range b.Ages {
		if d.stuck(Fact{Track: c.Track, Stage: c.Stage, Since: c.Since}) {
			days[c.Since] += leads
		}
	}
	last := ""
	for _, last = range slices.Sorted(maps.Keys(days)) {
		if n -= days[last]; n <= 0 {
			break
		}
	}
	return last
}
