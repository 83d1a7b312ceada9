package clock

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// The years in which a day of office work can lie.
const (
	FirstYear = 1900
	LastYear  = 2200
)

// ErrNotADate is returned for text that is not a real day between FirstYear
// and LastYear written as YYYY-MM-DD.
var ErrNotADate = errors.New("not a date written as YYYY-MM-DD")

const layout = "2006-01-02"

// Date is a day of the city (zone Asia/Shanghai), without a time of day. It
// is text YYYY-MM-DD in JSON and in both databases, and can be compared with
// ==. The zero Date means "none": NULL in the database; in JSON use *Date.
type Date struct {
	year       int16
	month, day int8
}

// DateOf returns the day on which the instant falls in the city.
func DateOf(t time.Time) Date { return fromTime(t.In(Location())) }

// NewDate returns the day with these numbers; numbers out of range roll over
// as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return fromTime(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads a day written as YYYY-MM-DD.
//
// Errors: ErrNotADate for any other form, for a day that does not exist and
// for a year before FirstYear or after LastYear.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(layout, text)
	if err != nil || len(text) != len(layout) || t.Year() < FirstYear || t.Year() > LastYear {
		return Date{}, ErrNotADate
	}
	return fromTime(t), nil
}

// IsZero tells whether d is "none".
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the year as a number.
func (d Date) Year() int { return int(d.year) }

// Month returns the month with its year, as YYYY-MM, or "" for none.
func (d Date) Month() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", d.year, d.month)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays returns the day n days later; n may be negative.
func (d Date) AddDays(n int) Date { return fromTime(d.utc().AddDate(0, 0, n)) }

// DaysUntil returns how many days later the other day is.
func (d Date) DaysUntil(other Date) int {
	return int(other.utc().Sub(d.utc()).Hours()) / 24
}

// Before tells whether d is earlier than the other day.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After tells whether d is later than the other day.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Compare returns -1, 0 or 1 as d is earlier than, equal to or later than
// the other day; none is earlier than every day.
func (d Date) Compare(other Date) int { return d.utc().Compare(other.utc()) }

// Start returns the instant, in UTC, at which the day begins in the city.
func (d Date) Start() time.Time { return d.At(0) }

// End returns the instant, in UTC, at which the next day begins: an interval
// [Start, End) is the whole day.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// At returns the instant, in UTC, at which a wall clock in the city shows
// sinceMidnight on this day.
func (d Date) At(sinceMidnight time.Duration) time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, int(sinceMidnight), Location()).UTC()
}

// String returns YYYY-MM-DD, or "" for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// MarshalText gives YYYY-MM-DD; JSON uses it too.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; JSON uses it too.
//
// Errors: ErrNotADate, for empty text too.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value gives the text that both databases keep, or NULL for none.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a column of text; NULL becomes none. A time is accepted because
// a driver may parse a column that looks like one; its own day counts, not
// the day in another zone. A year outside the bounds of ParseDate is read: it
// can be the day before one inside, and one row must not make a whole table
// unreadable.
func (d *Date) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.scanText(v)
	case []byte:
		return d.scanText(string(v))
	case time.Time:
		*d = fromTime(v)
		return nil
	}
	return fmt.Errorf("scan date from %T: %w", column, ErrNotADate)
}

func (d *Date) scanText(text string) error {
	t, err := time.Parse(layout, text)
	if err != nil {
		return fmt.Errorf("scan date: %w", ErrNotADate)
	}
	*d = fromTime(t)
	return nil
}

// GormDataType tells the mapper, without importing it, that a date is text.
func (Date) GormDataType() string { return "text" }

func (d Date) utc() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

func fromTime(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year: int16(year), month: int8(month), day: int8(day)}
}
