package report

import (
	"maps"
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

// Grouped are the first day of the month and of the year, between which and
// the day the tables by town, unit and chain count new and signed leads.
func (d Day) Grouped() (month, year string) { return d.soFar().from, d.year().from }

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
// own, or with the general limit, go by the general one.
func (d Day) Late() []Late {
	var out []Late
	before := func(days int64) string { return d.On.AddDays(-int(days)).String() }
	for _, stage := range funnel() {
		usual, limited := d.Limits[general][stage]
		var others []string
		for _, track := range slices.Sorted(maps.Keys(d.Limits)) {
			days, ok := d.Limits[track][stage]
			if track == general || ok == limited && days == usual {
				continue
			}
			others = append(others, track)
			if ok {
				out = append(out, Late{Stage: stage, Before: before(days), Tracks: []string{track}})
			}
		}
		if limited {
			out = append(out, Late{Stage: stage, Before: before(usual), NotTracks: others})
		}
	}
	return out
}

// Window is a day with what a walk over many leads asks again and again.
type Window struct {
	Day
	flows       []flow
	oldest      string
	month, year string
	late        map[[2]string]string
}

// Window returns the day, ready for a walk.
func (d Day) Window() *Window {
	w := &Window{Day: d, flows: flowsOf(), month: d.soFar().from, year: d.year().from, late: map[[2]string]string{}}
	w.oldest, _ = d.Horizon()
	return w
}

// grouped tells whether the tables by town, unit and chain count the event.
func (w *Window) grouped(kind, day string) bool {
	return kind == New && day >= w.month || kind == Signed && day >= w.year
}

// stuck tells whether a lead is over the limit of its stage.
func (w *Window) stuck(f Fact) bool {
	key := [2]string{f.Track, f.Stage}
	before, known := w.late[key]
	if !known {
		if days, limited := w.Limits.Of(f.Track, f.Stage); limited && live(f.Stage) {
			before = w.On.AddDays(-int(days)).String()
		}
		w.late[key] = before
	}
	return f.Since < before
}
