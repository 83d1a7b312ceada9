package credit

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
// Errors: Invalid with the named field.
func ParseMonth(field, text string) (Month, error) {
	t, err := time.Parse(monthLayout, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return "", fault.BadField(field, "month.unknown")
	}
	return Month(text), nil
}

// MonthOf returns the month of a day.
func MonthOf(d clock.Date) Month { return Month(d.Month()) }

// monthAt returns the city's month at an instant.
func monthAt(t time.Time) Month { return MonthOf(clock.DateOf(t)) }

// monthOfDay returns the month of a day written 2026-03-09.
func monthOfDay(day string) Month {
	if len(day) < len(monthLayout) {
		return ""
	}
	return Month(day[:len(monthLayout)])
}

// Add returns the month so many months later, or earlier when n is negative.
func (m Month) Add(n int) Month {
	t, err := time.Parse(monthLayout, string(m))
	if err != nil {
		return m
	}
	return Month(t.AddDate(0, n, 0).Format(monthLayout))
}

// First returns the first day of the month.
func (m Month) First() clock.Date {
	t, err := time.Parse(monthLayout, string(m))
	if err != nil {
		return clock.Date{}
	}
	return clock.NewDate(t.Year(), t.Month(), 1)
}

// until tells how many months later another month is.
func (m Month) until(o Month) int {
	a, b := m.First(), o.First()
	if a.IsZero() || b.IsZero() {
		return 0
	}
	months := 0
	for m < o && months < 1200 {
		m, months = m.Add(1), months+1
	}
	return months
}
