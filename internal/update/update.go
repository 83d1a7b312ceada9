// Package update holds what units report of their projects each month: which
// projects owe a report, its cells, its filing and the figures that were
// filed. It knows no database and no HTTP.
package update

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Period is a calendar month that is reported on, written 2026-11, so that
// periods sort as texts.
type Period string

const periodLayout = "2006-01"

// ParsePeriod reads 2026-11, of the years 2000 to 2099.
//
// Errors: Invalid with the field period.
func ParsePeriod(text string) (Period, error) {
	t, err := time.Parse(periodLayout, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return "", fault.BadField("period", "month.unknown")
	}
	return Period(text), nil
}

// PeriodOf returns the period that a day lies in.
func PeriodOf(d clock.Date) Period { return Period(d.Month()) }

// Add returns the period so many months later, or earlier when n is negative.
func (p Period) Add(n int) Period {
	t, err := time.Parse(periodLayout, string(p))
	if err != nil {
		return p
	}
	return Period(t.AddDate(0, n, 0).Format(periodLayout))
}

// Day returns a day of the period.
func (p Period) Day(n int) clock.Date {
	t, err := time.Parse(periodLayout, string(p))
	if err != nil {
		return clock.Date{}
	}
	return clock.NewDate(t.Year(), t.Month(), n)
}

// Month returns the number of the month, 1 to 12.
func (p Period) Month() int {
	t, err := time.Parse(periodLayout, string(p))
	if err != nil {
		return 0
	}
	return int(t.Month())
}

// Last returns the last day of the period.
func (p Period) Last() clock.Date { return p.Add(1).Day(1).AddDays(-1) }

// Kind says what a figure is.
type Kind string

// The kinds of figures. Amounts are integers of 分.
const (
	Amount Kind = "amount"
	Count  Kind = "count"
	Text   Kind = "text"
	Day    Kind = "day"
)

// Carry says what "no change" means for a figure: nothing was added in the
// period, or it stands as it was.
type Carry string

// The ways to carry on.
const (
	Zero Carry = "zero"
	Last Carry = "last"
)

// Field is one figure that a project reports, from a day until another.
type Field struct {
	Code      string
	Position  int64
	StartsOn  clock.Date
	EndsOn    clock.Date
	Kind      Kind
	Unit      string
	Indicator string // of the target tree that it feeds; empty for none
	Carry     Carry
	Required  bool
	NameZH    string
	NameEN    string
	Source    string
	Assumed   bool
}

// StageRule says that a project owes a report in a stage.
type StageRule struct {
	Stage    string
	StartsOn clock.Date
	EndsOn   clock.Date
	Source   string
	Assumed  bool
}

// State says where a period stands.
type State string

// The states of a period.
const (
	Coming State = "coming"
	Open   State = "open"
	Late   State = "late" // after the due day, still open
	Closed State = "closed"
)

// Dates are the days of a period by the rules of its last day.
type Dates struct {
	Period   Period
	OpensOn  clock.Date
	SoonOn   clock.Date // from which a reminder goes out
	DueOn    clock.Date
	ClosesOn clock.Date
}

// State returns where the period stands at an instant.
func (d Dates) State(now time.Time) State {
	today := clock.DateOf(now)
	switch {
	case today.Before(d.OpensOn):
		return Coming
	case today.After(d.ClosesOn):
		return Closed
	case today.After(d.DueOn):
		return Late
	}
	return Open
}

// Value is what a cell holds: a number or words; neither when it is empty.
type Value struct {
	Number *int64
	Words  string
}

// Empty tells whether there is no value.
func (v Value) Empty() bool { return v.Number == nil && v.Words == "" }

// Is tells whether two values are equal.
func (v Value) Is(o Value) bool {
	if (v.Number == nil) != (o.Number == nil) || v.Words != o.Words {
		return false
	}
	return v.Number == nil || *v.Number == *o.Number
}

// Cell is one figure of one project in one period.
type Cell struct {
	LeadID id.Lead
	Field  string
	Period Period
	Value
	Same    bool // given by "no change"
	UserID  id.User
	UnitID  id.Unit
	At      time.Time
	Version int64
}

// Row is what is kept of a project in a period.
type Row struct {
	LeadID   id.Lead
	Period   Period
	UnitID   id.Unit // that holds it, or held it when it was filed
	FiledAt  *time.Time
	FiledBy  *id.User
	LateDays *int64
	Version  int64
}

// Filing is what is kept of a unit's report of a period.
type Filing struct {
	UnitID        id.Unit
	Period        Period
	FiledAt       *time.Time
	FiledBy       *id.User
	LateDays      *int64
	UnlockedUntil clock.Date
	UnlockedBy    *id.User
	Reason        string
	Version       int64
}

// Figure is a figure as it was filed last.
type Figure struct {
	LeadID    id.Lead
	Field     string
	Period    Period
	Indicator string
	Value
	UnitID  id.Unit
	FiledAt time.Time
}

// Lead is what a report needs of a project that the reader may see.
type Lead struct {
	ID         id.Lead
	Code       string
	Title      string
	Stage      string
	UnitID     id.Unit
	Restricted bool
	Past       bool // seen only as what one's unit handed on
}

// Owes tells whether a project in the stage owes a report.
func Owes(stages []StageRule, stage string) bool {
	return slices.ContainsFunc(stages, func(r StageRule) bool { return r.Stage == stage })
}

// complete tells whether the cells give every required figure.
func complete(fields []Field, cells map[string]Cell) bool {
	for _, f := range fields {
		if f.Required && cells[f.Code].Empty() {
			return false
		}
	}
	return true
}
