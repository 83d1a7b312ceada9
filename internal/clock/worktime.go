package clock

import (
	"math/bits"
	"time"
)

// LimitDay is what one working day counts for, whatever its office hours: a
// limit of three working days is three of them. Parts of a day count in
// proportion, so that half of a limit is half of the working time.
const LimitDay = 24 * time.Hour

// After returns the instant, in UTC, at which so much limit time has passed
// since from. Time outside office hours does not count; an amount that ends
// with the day ends at closing time, and whole days end at the same time of
// day. An amount below 0 counts as 0.
func (o *Office) After(from time.Time, amount time.Duration) time.Time {
	day, at := o.begin(from)
	amount = max(0, amount)
	at += amount % LimitDay
	for range amount / LimitDay {
		day = o.NextWorkingDay(day)
	}
	if at > LimitDay {
		day, at = o.NextWorkingDay(day), at-LimitDay
	}
	return Cut(day.At(o.timeOf(day, at)))
}

// Worked returns the limit time between two instants; 0 when the second is
// not later.
func (o *Office) Worked(from, to time.Time) time.Duration {
	first, at := o.begin(from)
	last := DateOf(to)
	if last.Before(first) {
		return 0
	}
	total := o.position(last, to.Sub(last.Start())) - at
	for d := first; d != last; d = d.AddDays(1) {
		if o.IsWorkingDay(d) {
			total += LimitDay
		}
	}
	return max(0, total)
}

// Share returns the instant, in UTC, at which percent of a limit of so many
// working days that begins at from has passed. A hundred percent is Due.
func (o *Office) Share(from time.Time, workingDays, percent int) time.Time {
	return o.After(from, time.Duration(workingDays)*LimitDay/100*time.Duration(percent))
}

// DueCalendar returns the instant, in UTC, at which a limit of calendar days
// that begins at from runs out: at closing time of the last day, or of the
// next working day when the offices are closed on it.
func (o *Office) DueCalendar(from time.Time, days int) time.Time {
	last := DateOf(from).AddDays(max(0, days))
	if !o.IsWorkingDay(last) {
		last = o.NextWorkingDay(last)
	}
	return Cut(last.At(o.HoursOn(last).Close))
}

// position returns how much of a day's limit time has passed at a time of
// day; 0 on a day off.
func (o *Office) position(d Date, sinceMidnight time.Duration) time.Duration {
	if !o.IsWorkingDay(d) {
		return 0
	}
	h := o.HoursOn(d)
	return scaled(min(max(sinceMidnight, h.Open), h.Close)-h.Open, LimitDay, h.Close-h.Open)
}

// timeOf returns the time of day at which so much of a day's limit time has
// passed.
func (o *Office) timeOf(d Date, position time.Duration) time.Duration {
	h := o.HoursOn(d)
	return h.Open + scaled(position, h.Close-h.Open, LimitDay).Round(time.Microsecond)
}

// scaled returns d × to / from, rounded: the product needs more than 64 bits.
func scaled(d, to, from time.Duration) time.Duration {
	hi, lo := bits.Mul64(uint64(d), uint64(to)) //nolint:gosec // durations within one day, never negative
	lo, carry := bits.Add64(lo, uint64(from)/2, 0)
	quotient, _ := bits.Div64(hi+carry, lo, uint64(from))
	return time.Duration(quotient) //nolint:gosec // at most one day
}
