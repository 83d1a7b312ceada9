package signing

import (
	"cmp"
	"slices"

	"github.com/leadrelay/leadrelay/internal/id"
)

// Figure names one number of a month.
type Figure string

// The figures of a month. Lost is a part of out, kept and signed are parts of
// actual, early is a part of in.
const (
	FigureFrozen Figure = "frozen"
	FigureOut    Figure = "out"
	FigureIn     Figure = "in"
	FigureChange Figure = "change"
	FigureActual Figure = "actual"
	FigureSigned Figure = "signed"
	FigureLost   Figure = "lost"
	FigureEarly  Figure = "early"
	FigureKept   Figure = "kept" // frozen in the month and signed in it
)

// Figures lists the figures in the order of the page.
func Figures() []Figure {
	return []Figure{
		FigureFrozen, FigureOut, FigureIn, FigureChange, FigureActual, FigureSigned, FigureLost, FigureEarly, FigureKept,
	}
}

// Line is one row of a month's ledger: what of an item counts in a figure.
type Line struct {
	Figure Figure
	Month  Month
	Seen   Seen // the item as it is now, with its lead
	Cents  int64
	Count  int
	Place
	Change *Change // of out, in and change
	Grade  Grade   // as frozen, or as it stands
}

// Books are the rows of some months that one reader sees.
type Books struct {
	Months  map[Month]MonthRow
	Items   []Seen // that stand in the months, or that a row below is about
	Frozen  []Frozen
	Changes []Change
}

// Lines returns the ledger of one month. A month that is due and not yet
// written down is frozen as it stands, since every writer freezes first.
func (b Books) Lines(m Month, frozen bool) []Line {
	items := make(map[id.Signing]Seen, len(b.Items))
	for _, s := range b.Items {
		items[s.Item.ID] = s
	}
	out := b.frozenLines(m, frozen, items)
	for i, c := range b.Changes {
		if c.Month == m {
			out = append(out, changeLines(items[c.ItemID], &b.Changes[i])...)
		}
	}
	for _, s := range b.Items {
		if s.Item.Month == m && s.Item.stands() {
			out = append(out, standingLines(s)...)
		}
	}
	return out
}

func (b Books) frozenLines(m Month, frozen bool, items map[id.Signing]Seen) []Line {
	var out []Line
	add := func(f Frozen) {
		line := Line{Figure: FigureFrozen, Month: m, Seen: items[f.ItemID], Cents: f.Cents, Count: 1, Place: f.Place, Grade: f.Grade}
		out = append(out, line)
		if s := items[f.ItemID].Item; s.State == Signed && s.Month == m {
			line.Figure, line.Cents = FigureKept, min(f.Cents, s.Cents)
			out = append(out, line)
		}
	}
	if b.Months[m].Frozen() {
		for _, f := range b.Frozen {
			if f.Month == m {
				add(f)
			}
		}
		return out
	}
	for _, s := range b.Items {
		if frozen && s.Item.Month == m && s.Item.stands() {
			add(s.Item.frozen())
		}
	}
	return out
}

func (i Item) frozen() Frozen {
	return Frozen{Month: i.Month, ItemID: i.ID, LeadID: i.LeadID, Cents: i.Cents, Place: i.place(), Grade: i.Grade}
}

func changeLines(s Seen, c *Change) []Line {
	line := Line{Month: c.Month, Seen: s, Cents: c.DeltaCents, Count: c.DeltaCount, Place: c.Place, Change: c, Grade: s.Item.Grade}
	also := line
	switch c.Kind {
	case Out:
		line.Figure, line.Cents, line.Count = FigureOut, -c.DeltaCents, -c.DeltaCount
	case Loss:
		line.Figure, line.Cents, line.Count = FigureOut, -c.DeltaCents, -c.DeltaCount
		also = line
		also.Figure = FigureLost
		return []Line{line, also}
	case In:
		line.Figure = FigureIn
	case Early:
		line.Figure, also.Figure = FigureIn, FigureEarly
		return []Line{line, also}
	case Amount, Moved:
		line.Figure = FigureChange
	}
	return []Line{line}
}

func standingLines(s Seen) []Line {
	line := Line{
		Figure: FigureActual, Month: s.Item.Month, Seen: s, Cents: s.Item.Cents, Count: 1, Place: s.Item.place(), Grade: s.Item.Grade,
	}
	if s.Item.State != Signed {
		return []Line{line}
	}
	signed := line
	signed.Figure = FigureSigned
	return []Line{line, signed}
}

// Sum is a count and an amount.
type Sum struct {
	Count int   `json:"count"`
	Cents int64 `json:"cents"`
}

func (s Sum) plus(l Line) Sum { return Sum{Count: s.Count + l.Count, Cents: s.Cents + l.Cents} }

// Sums are the figures of a month, or of a unit or chain in it.
// frozen − out + in + change = actual, to the cent and in number, always.
type Sums struct {
	Frozen Sum `json:"frozen"`
	Out    Sum `json:"out"`
	In     Sum `json:"in"`
	Change Sum `json:"change"`
	Actual Sum `json:"actual"`
	Signed Sum `json:"signed"`
	Lost   Sum `json:"lost"`
	Early  Sum `json:"early"`
	Kept   Sum `json:"kept"`
}

// of returns the sum of a figure, to read or to add to.
func (s *Sums) of(f Figure) *Sum {
	switch f {
	case FigureFrozen:
		return &s.Frozen
	case FigureOut:
		return &s.Out
	case FigureIn:
		return &s.In
	case FigureChange:
		return &s.Change
	case FigureActual:
		return &s.Actual
	case FigureSigned:
		return &s.Signed
	case FigureLost:
		return &s.Lost
	case FigureEarly:
		return &s.Early
	case FigureKept:
		return &s.Kept
	}
	return &Sum{}
}

// Adds tells whether frozen − out + in + change = actual.
func (s Sums) Adds() bool {
	return s.Frozen.Cents-s.Out.Cents+s.In.Cents+s.Change.Cents == s.Actual.Cents &&
		s.Frozen.Count-s.Out.Count+s.In.Count+s.Change.Count == s.Actual.Count
}

// Total adds lines up.
func Total(lines []Line) Sums {
	var out Sums
	for _, l := range lines {
		sum := out.of(l.Figure)
		*sum = sum.plus(l)
	}
	return out
}

// By adds lines up by a key, sorted by it.
func By[K cmp.Ordered](lines []Line, key func(Line) K) ([]K, map[K]Sums) {
	sums := map[K]Sums{}
	for _, l := range lines {
		s := sums[key(l)]
		sum := s.of(l.Figure)
		*sum = sum.plus(l)
		sums[key(l)] = s
	}
	keys := make([]K, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys, sums
}

// Landing, First and Chain are the keys that sums are told by.
func Landing(l Line) id.Unit { return l.LandingUnitID }

// First is the first-contact unit of a line.
func First(l Line) id.Unit { return l.FirstUnitID }

// ChainOf is the chain of a line, empty for none.
func ChainOf(l Line) string { return l.Chain }
