package target

import (
	"cmp"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// TheCity is the unit of the figures of the whole city.
const TheCity id.Unit = 0

// maxValue bounds a value: ten trillion yuan in 分, and exact in a spreadsheet.
const maxValue = 999_999_999_999_999

// YearState says how far the targets of a year have come.
type YearState string

// The states of a year. After the approval every change is a correction.
const (
	Draft     YearState = "draft"
	Submitted YearState = "submitted"
	Approved  YearState = "approved"
)

// Year is the targets of one year as a whole. The edition counts the
// approvals; the version grows with every act on the year.
type Year struct {
	Year    int `gorm:"primaryKey;autoIncrement:false"`
	State   YearState
	Edition int64
	Version int64
}

// Key names one cell: month 0 is the year.
type Key struct {
	Indicator string
	UnitID    id.Unit
	Month     int
}

func (k Key) compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Indicator, o.Indicator), cmp.Compare(k.UnitID, o.UnitID), cmp.Compare(k.Month, o.Month))
}

// Cell is one target; a value of nil is one that was taken back.
type Cell struct {
	Key     `gorm:"embedded"`
	Value   *int64
	Version int64
}

// ChangeKind says what sort of change a cell saw.
type ChangeKind string

// The kinds of change: before the approval, after it, and in a month that is
// closed.
const (
	EditKind       ChangeKind = "edit"
	CorrectionKind ChangeKind = "correction"
	ClosedKind     ChangeKind = "closed"
)

// Change is one change of one cell; both figures are kept for ever.
type Change struct {
	ID           int64
	Year         int
	Key          `gorm:"embedded"`
	Was          *int64
	Value        *int64
	Version      int64
	Kind         ChangeKind
	Reason       string
	UserID       id.User
	ActingUnitID id.Unit
	At           time.Time
}

// Act is a step of the year as a whole.
type Act struct {
	ID           int64
	Year         int
	Act          string
	Edition      int64
	LastChange   int64
	Reason       string
	UserID       id.User
	ActingUnitID id.Unit
	At           time.Time
}

// Unit is what the tree needs of a unit.
type Unit struct {
	ID     id.Unit
	Parent id.Unit // TheCity for the first level
	Kind   string
	NameZH string
	NameEN string
}

// Forest is the tree of the units of a year, in the order of the pages.
type Forest struct {
	units  []Unit
	byID   map[id.Unit]Unit
	childs map[id.Unit][]id.Unit
}

// NewForest returns the tree of units; a parent that is not among them is the
// city.
func NewForest(units []Unit) Forest {
	f := Forest{units: units, byID: map[id.Unit]Unit{}, childs: map[id.Unit][]id.Unit{}}
	for _, u := range units {
		f.byID[u.ID] = u
	}
	for n, u := range units {
		if _, known := f.byID[u.Parent]; !known {
			units[n].Parent = TheCity
			f.byID[u.ID] = units[n]
		}
		f.childs[units[n].Parent] = append(f.childs[units[n].Parent], u.ID)
	}
	return f
}

// Has tells whether a unit is in the tree; the city is.
func (f Forest) Has(unit id.Unit) bool {
	_, known := f.byID[unit]
	return known || unit == TheCity
}

// Under returns the units and all below them.
func (f Forest) Under(units ...id.Unit) map[id.Unit]bool {
	out := map[id.Unit]bool{}
	next := slices.Clone(units)
	for len(next) > 0 {
		unit := next[0]
		next = next[1:]
		if unit != TheCity && f.Has(unit) && !out[unit] {
			out[unit] = true
			next = append(next, f.childs[unit]...)
		}
	}
	return out
}

// Sums works out what is left of each cell: a parent's value less those of
// its children, and a year's value less those of its months. A cell without a
// value counts as nothing. The remainder is below zero when more was given
// out than there is.
type Sums struct {
	forest Forest
	values map[Key]int64
	below  map[Key]int64 // Σ of the children
	months map[Key]int64 // Σ of the months, by the year's cell
}

// NewSums adds up cells over a tree.
func NewSums(forest Forest, cells []Cell) Sums {
	s := Sums{forest: forest, values: map[Key]int64{}, below: map[Key]int64{}, months: map[Key]int64{}}
	for _, c := range cells {
		u, known := forest.byID[c.UnitID]
		if c.Value == nil || !known && c.UnitID != TheCity {
			continue
		}
		s.values[c.Key] = *c.Value
		if known {
			s.below[Key{c.Indicator, u.Parent, c.Month}] += *c.Value
		}
		if c.Month > 0 {
			s.months[Key{c.Indicator, c.UnitID, 0}] += *c.Value
		}
	}
	return s
}

// Remainder is what a cell keeps beyond the children of its unit.
func (s Sums) Remainder(k Key) int64 { return s.values[k] - s.below[k] }

// MonthRemainder is what a year keeps beyond its months.
func (s Sums) MonthRemainder(k Key) int64 { return s.values[k] - s.months[k] }

// ClosedOn tells whether a month is closed on a day: it is from the day after
// the given day of the month that follows.
func ClosedOn(year, month int, day clock.Date, dayOfMonth int64) bool {
	last := clock.NewDate(year, time.Month(month+1), int(dayOfMonth))
	return day.After(last)
}
