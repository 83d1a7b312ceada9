package signing

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Month is a calendar month in the city's time, written 2026-03, so that
// months sort as texts.
type Month string

const monthLayout = "2006-01"

// ParseMonth reads 2026-03, of the years 2000 to 2099.
//
// Errors: Invalid with the field month.
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse(monthLayout, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return "", fault.BadField("month", "month.unknown")
	}
	return Month(text), nil
}

// MonthOf returns the month of a day.
func MonthOf(d clock.Date) Month { return Month(d.Month()) }

// Add returns the month so many months later, or earlier when n is negative.
func (m Month) Add(n int) Month {
	t, err := time.Parse(monthLayout, string(m))
	if err != nil {
		return m
	}
	return Month(t.AddDate(0, n, 0).Format(monthLayout))
}

// First returns the first day of the month.
func (m Month) First() clock.Date { return m.day(1) }

// Last returns the last day of the month.
func (m Month) Last() clock.Date { return m.Add(1).First().AddDays(-1) }

func (m Month) day(n int) clock.Date {
	t, err := time.Parse(monthLayout, string(m))
	if err != nil {
		return clock.Date{}
	}
	return clock.NewDate(t.Year(), t.Month(), n)
}

// has tells whether the day lies in the month.
func (m Month) has(d clock.Date) bool { return MonthOf(d) == m }

// CutOff says on which day the plan of a month freezes: the given day of the
// month that is so many months before.
type CutOff struct{ Day, MonthsBefore int }

// Of returns the cut-off day of a month.
func (c CutOff) Of(m Month) clock.Date { return m.Add(-c.MonthsBefore).day(c.Day) }

// MonthRow is what is kept of a month.
type MonthRow struct {
	Month    Month
	CutOffOn *clock.Date // as it was when the month froze
	FrozenAt *time.Time
	FrozenBy *int64
}

// Frozen tells whether the plan of the month is kept.
func (r MonthRow) Frozen() bool { return r.FrozenAt != nil }

// due tells whether a month is frozen at an instant, whether or not somebody
// wrote it down: the cut-off day has ended.
func (c CutOff) due(m Month, now time.Time) bool { return !now.Before(c.Of(m).End()) }
