package org

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

const (
	maxDayName = 40
	// maxYearDays is how many days of one year an import may name.
	maxYearDays = 120
)

// CalendarDay is a day on which the calendar differs from the plain week, as
// it is kept. Version is 0 for a day without an entry; it never comes twice
// for one day's entries.
type CalendarDay struct {
	clock.Day
	Version   int64
	ChangedBy id.User // 0: first content
	ChangedAt *time.Time
}

// DayEdit says what a day of the calendar is.
type DayEdit struct {
	Working bool
	Name    string
	Source  string
}

func (e DayEdit) check() error {
	var c check
	c.text("name", e.Name, maxDayName, true)
	c.text("source", e.Source, maxSource, true)
	return c.err()
}

// YearImport is the arrangement of one year, which replaces what the calendar
// had for it.
type YearImport struct {
	Year   int
	Source string
	Days   []clock.Day
}

// check returns every broken rule: days outside the year or named twice, and
// days without a name.
func (y YearImport) check() error {
	var c check
	c.text("source", y.Source, maxSource, true)
	switch {
	case len(y.Days) == 0:
		c.add("days", "required")
	case len(y.Days) > maxYearDays:
		c.fields = append(c.fields, fault.Field{Name: "days", Code: "too_long", Params: map[string]any{"max": maxYearDays}})
	}
	seen := map[clock.Date]bool{}
	for _, d := range y.Days {
		switch {
		case d.Date.Year() != y.Year:
			c.add("days", "calendar.other_year")
		case seen[d.Date]:
			c.add("days", "calendar.day_twice")
		}
		seen[d.Date] = true
		c.text("days", d.Name, maxDayName, true)
		if len(c.fields) > 0 {
			break // one line at a time: the list is one field
		}
	}
	return c.err()
}

// HoursDraft sets the office hours from a day on, and until another one when
// the present hours are to come back after it.
type HoursDraft struct {
	FromOn  clock.Date
	UntilOn clock.Date // the last day; none: until somebody changes them
	Open    int64      // minutes after midnight
	Close   int64
	Source  string
}

func (h HoursDraft) check(today clock.Date) error {
	var c check
	opens, _ := ruleKey(OfficeOpenMinute)
	closes, _ := ruleKey(OfficeCloseMinute)
	for _, v := range []struct {
		name  string
		value int64
		key   RuleKey
	}{{"open_minute", h.Open, opens}, {"close_minute", h.Close, closes}} {
		if v.value < v.key.Min || v.value > v.key.Max {
			c.fields = append(c.fields, fault.Field{
				Name: v.name, Code: "out_of_range", Params: map[string]any{"min": v.key.Min, "max": v.key.Max},
			})
		}
	}
	if len(c.fields) == 0 && h.Open >= h.Close {
		c.add("close_minute", "hours.order")
	}
	if h.FromOn.Before(today) {
		c.add("from_on", "date.past")
	}
	if !h.UntilOn.IsZero() && h.UntilOn.Before(h.FromOn) {
		c.add("until_on", "date.before_start")
	}
	c.text("source", h.Source, maxSource, true)
	return c.err()
}

// ordered refuses hours that open at or after closing time on any day from
// the given one on.
func ordered(rules []Rule, from clock.Date, field string) error {
	in := NewRules(rules)
	days := []clock.Date{from}
	for _, r := range rules {
		if isHours(r.Key) && r.FromOn.After(from) {
			days = append(days, r.FromOn)
		}
	}
	for _, d := range days {
		opens, ok1 := in.On(OfficeOpenMinute, d)
		closes, ok2 := in.On(OfficeCloseMinute, d)
		if ok1 && ok2 && opens >= closes {
			return fault.BadField(field, "hours.order")
		}
	}
	return nil
}

func isHours(key string) bool { return key == OfficeOpenMinute || key == OfficeCloseMinute }

// CalendarEdit is a change of the office calendar as the clocks follow it.
type CalendarEdit struct {
	Office *clock.Office // with the change
	Rules  Rules
	Today  clock.Date
	From   clock.Date // the first day that differs
	To     clock.Date // the last one; none: for ever
}

// CalendarDayView is a day of the calendar as it leaves the server.
type CalendarDayView struct {
	Date      clock.Date `json:"date"`
	Working   bool       `json:"working"`
	Name      string     `json:"name"`
	Source    string     `json:"source"`
	Version   int64      `json:"version"`
	ChangedAt *time.Time `json:"changed_at"`
}

// CalendarYear tells of a year whether its arrangement is known, and from
// how many days.
type CalendarYear struct {
	Year  int  `json:"year"`
	Known bool `json:"known"`
	Off   int  `json:"off"`
	Extra int  `json:"extra"`
}

// HoursView are office hours as they leave the server, in minutes after
// midnight; the last ones have no end.
type HoursView struct {
	FromOn  clock.Date  `json:"from_on"`
	UntilOn *clock.Date `json:"until_on"`
	Open    int64       `json:"open_minute"`
	Close   int64       `json:"close_minute"`
	Source  string      `json:"source"`
}

// CalendarView is the office calendar of one year.
type CalendarView struct {
	Year     int               `json:"year"`
	Known    bool              `json:"known"`
	Today    clock.Date        `json:"today"`
	Revision int64             `json:"revision"`
	Days     []CalendarDayView `json:"days"`
	Years    []CalendarYear    `json:"years"`
	Hours    []HoursView       `json:"hours"`
	Can      []string          `json:"can"`
}

// CalendarChange is what an edit came to: how many running clocks it moved.
type CalendarChange struct {
	Revision int64            `json:"revision"`
	Moved    int              `json:"moved"`
	Day      *CalendarDayView `json:"day"`
}

func dayView(d CalendarDay) CalendarDayView {
	return CalendarDayView{
		Date: d.Date, Working: d.Working, Name: d.Name, Source: d.Source, Version: d.Version, ChangedAt: d.ChangedAt,
	}
}

// years lists the years from the first that the calendar names to the one
// after the present one, known or not.
func years(days []CalendarDay, today clock.Date) []CalendarYear {
	counts := map[int]*CalendarYear{}
	first, last := today.Year(), today.Year()+1
	for _, d := range days {
		y := d.Date.Year()
		first, last = min(first, y), max(last, y)
		if counts[y] == nil {
			counts[y] = &CalendarYear{Year: y, Known: true}
		}
		if d.Working {
			counts[y].Extra++
		} else {
			counts[y].Off++
		}
	}
	out := []CalendarYear{}
	for y := first; y <= last; y++ {
		if counts[y] == nil {
			counts[y] = &CalendarYear{Year: y}
		}
		out = append(out, *counts[y])
	}
	return out
}

// hoursOf lists the office hours by the days on which they change.
func hoursOf(rules []Rule) []HoursView {
	in := NewRules(rules)
	var froms []Rule
	for _, list := range [][]Rule{in.byKey[OfficeOpenMinute], in.byKey[OfficeCloseMinute]} {
		froms = append(froms, list...)
	}
	out := []HoursView{}
	for _, d := range datesOf(froms) {
		opens, ok1 := in.InForce(OfficeOpenMinute, d)
		closes, ok2 := in.InForce(OfficeCloseMinute, d)
		if !ok1 || !ok2 {
			continue
		}
		source := closes.Source
		if opens.FromOn.After(closes.FromOn) {
			source = opens.Source
		}
		if n := len(out); n > 0 {
			if out[n-1].Open == opens.Value && out[n-1].Close == closes.Value {
				continue
			}
			end := d.AddDays(-1)
			out[n-1].UntilOn = &end
		}
		out = append(out, HoursView{FromOn: d, Open: opens.Value, Close: closes.Value, Source: source})
	}
	return out
}

func mayManage(actor access.Actor) []string { return can(actor, access.CalendarManage) }
