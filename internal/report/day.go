package report

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// Day is the day that figures are about, with what measures ask of it.
type Day struct {
	On     clock.Date
	Limits Limits
}

const monthLayout = "2006-01"

// months lists the twelve months that end with the day's.
func (d Day) months() []string {
	out := make([]string, 12)
	first := clock.NewDate(d.On.Year(), time.Month(d.month()), 1)
	for i := range out {
		out[i] = clock.NewDate(first.Year(), time.Month(d.month()+i-11), 1).Month()
	}
	return out
}

func (d Day) month() int { return int(d.On.Start().In(clock.Location()).Month()) }

// first is the first day of a month.
func first(month string) string { return month + "-01" }

// ends are the days on which the twelve months end; the last is the day
// itself.
func (d Day) ends() []clock.Date {
	out := make([]clock.Date, 0, 12)
	for _, m := range d.months() {
		end := d.On
		if t, err := time.Parse(monthLayout, m); err == nil && m != d.On.Month() {
			end = clock.NewDate(t.Year(), t.Month()+1, 0)
		}
		out = append(out, end)
	}
	return out
}

// before is the span of the month before that has as many days as this one
// until the day.
func (d Day) before() span {
	m := clock.NewDate(d.On.Year(), time.Month(d.month()-1), 1)
	last := clock.NewDate(d.On.Year(), time.Month(d.month()), 0)
	until := m.AddDays(clock.NewDate(d.On.Year(), time.Month(d.month()), 1).DaysUntil(d.On))
	if until.After(last) {
		until = last
	}
	return span{from: m.String(), until: until.String()}
}

// soFar is this month until the day.
func (d Day) soFar() span { return span{from: first(d.On.Month()), until: d.On.String()} }

// year is this year until the day.
func (d Day) year() span {
	return span{from: clock.NewDate(d.On.Year(), time.January, 1).String(), until: d.On.String()}
}

// inMonth is a month, of the present one the part until the day.
func (d Day) inMonth(month string) span {
	s := span{from: first(month), until: month + "-31"}
	if month == d.On.Month() {
		s.until = d.On.String()
	}
	return s
}

// span is a run of days, both ends included.
type span struct{ from, until string }

func (s span) has(day string) bool { return day != "" && day >= s.from && day <= s.until }

// age is how long a lead stands in its stage on the day.
func (d Day) age(track, stage, since string) Age {
	var a Age
	if day, err := clock.ParseDate(since); err == nil {
		a.Days = max(0, day.DaysUntil(d.On))
	}
	if limit, ok := d.Limits.Of(track, stage); ok {
		a.Limit = &limit
	}
	return a
}

// Horizon are the first day of the twelve months, and the first of those that
// figures look at day by day.
func (d Day) Horizon() (oldest, daily string) {
	oldest = first(d.months()[0])
	if year := d.year().from; year < oldest {
		oldest = year
	}
	return oldest, d.before().from
}

// Late says of one stage and some tracks from which day on a lead that came
// into it before is over the limit.
type Late struct {
	Stage     string
	Before    string
	Tracks    []string // these only
	NotTracks []string // all but these
}

// Late lists what is over its limit on the day. Tracks without steps of their
// own go by the general one.
func (d Day) Late() []Late {
	var out []Late
	var own []string
	for track := range d.Limits {
		if track != general {
			own = append(own, track)
		}
	}
	slices.Sort(own)
	before := func(days int64) string { return d.On.AddDays(-int(days)).String() }
	for _, stage := range funnel() {
		if days, ok := d.Limits[general][stage]; ok {
			out = append(out, Late{Stage: stage, Before: before(days), NotTracks: own})
		}
		for _, track := range own {
			if days, ok := d.Limits[track][stage]; ok {
				out = append(out, Late{Stage: stage, Before: before(days), Tracks: []string{track}})
			}
		}
	}
	return out
}
