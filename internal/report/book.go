package report

import (
	"slices"
	"strconv"
)

// Dimension is a way to tell leads apart in kept counters. Every lead has one
// unit of first contact, so all units together are the city.
type Dimension string

// The dimensions: who made first contact, where it lands, which chain.
const (
	ByFirst Dimension = "first"
	ByTown  Dimension = "town"
	ByChain Dimension = "chain"
)

// Dimensions lists the dimensions.
func Dimensions() []Dimension { return []Dimension{ByFirst, ByTown, ByChain} }

// Keys are the keys of a lead by dimension, in the order of Dimensions.
func (f Fact) Keys() [3]string {
	return [3]string{strconv.FormatInt(int64(f.First), 10), strconv.FormatInt(int64(f.Town), 10), f.Chain}
}

// StageCell is a kept counter of leads in a stage, by whole hundred million
// yuan; Yi is -1 where the amount is not known in CNY.
type StageCell struct {
	Dimension Dimension
	Key       string
	Stage     string
	Yi        int64
}

// FlowCell is a kept counter of what happened on a day.
type FlowCell struct {
	Dimension Dimension
	Key       string
	Kind      string
	Day       string
}

// Kept is what counters are kept of: the sums over leads as they are now.
type Kept struct {
	Stages map[StageCell]Sum
	Flows  map[FlowCell]Sum
}

// NewKept returns counters of nothing.
func NewKept() Kept { return Kept{Stages: map[StageCell]Sum{}, Flows: map[FlowCell]Sum{}} }

// Add adds a lead n times.
func (k Kept) Add(f Fact, n int64) {
	sum, keys, yi := f.sum().Times(n), f.Keys(), f.yi()
	for i, d := range Dimensions() {
		cell := StageCell{Dimension: d, Key: keys[i], Stage: f.Stage, Yi: yi}
		k.Stages[cell] = k.Stages[cell].plus(sum)
	}
	for _, flow := range flowsOf() {
		day := flow.day(f)
		if day == "" {
			continue
		}
		for i, d := range Dimensions() {
			cell := FlowCell{Dimension: d, Key: keys[i], Kind: flow.kind, Day: day}
			k.Flows[cell] = k.Flows[cell].plus(sum)
		}
	}
}

// Ages counts leads by track, stage and the day since when.
type Ages map[AgeCell]int64

// AgeCell is one group of leads that came into a stage on one day.
type AgeCell struct{ Track, Stage, Since string }

// StuckBy sums the stuck leads by dimension and key.
type StuckBy map[Dimension]map[string]Sum

// add counts a stuck lead.
func (s StuckBy) add(f Fact) {
	keys := f.Keys()
	for i, d := range Dimensions() {
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
	Kept
	Ages  Ages
	Stuck StuckBy
	Talks []Sum // in talks at the end of each of the twelve months
	// Losses are those of the year by where they went.
	Losses map[string]Sum
}

// NewBook returns an empty book.
func NewBook() *Book { return &Book{Kept: NewKept(), Ages: Ages{}, Stuck: StuckBy{}} }

// Take adds a lead that was walked.
func (b *Book) Take(d Day, f Fact) {
	b.Add(f, 1)
	b.Ages[AgeCell{Track: f.Track, Stage: f.Stage, Since: f.Since}]++
	if live(f.Stage) && d.age(f.Track, f.Stage, f.Since).Red() {
		b.Stuck.add(f)
	}
}

// in sums the leads in stages that are asked for.
func (b *Book) in(has func(stage string) bool) Sum {
	var out Sum
	for c, s := range b.Stages {
		if c.Dimension == ByFirst && has(c.Stage) {
			out = out.plus(s)
		}
	}
	return out
}

// during sums what happened in a span.
func (b *Book) during(kind string, s span) Sum {
	var out Sum
	for c, sum := range b.Flows {
		if c.Dimension == ByFirst && c.Kind == kind && s.has(c.Day) {
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
		if c.Dimension == ByFirst && inTalks(c.Stage) {
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
