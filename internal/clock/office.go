package clock

import (
	"slices"
	"time"
)

// Day is one day on which the office calendar differs from the plain week:
// a holiday in the week or a make-up day at the weekend. Source names the
// notice that says so.
type Day struct {
	Date    Date
	Working bool
	Name    string
	Source  string
}

// Hours are the office hours of a working day, counted from midnight in the
// city. They are data of the city, never constants of the program.
type Hours struct {
	Open, Close time.Duration
}

// WholeDay returns hours that leave every time of day as it is.
func WholeDay() Hours { return Hours{Open: 0, Close: 24*time.Hour - time.Microsecond} }

// HoursFrom are the office hours from a day on.
type HoursFrom struct {
	From Date
	Hours
}

// Office knows the working days and the office hours. Days that the calendar
// does not name follow the plain week: Monday to Friday are worked. An
// Office does not change once built and may be shared.
type Office struct {
	days     map[Date]Day
	hours    []HoursFrom // the latest first; the last entry holds for all earlier days
	revision int64
}

// NewOffice returns the office that keeps these days and hours. Of two
// entries for one day the later one counts. Hours that are not within one
// day, or close before they open, are replaced by the whole day, so that a
// wrong setting cannot shorten a limit.
func NewOffice(days []Day, hours Hours) *Office {
	return NewDatedOffice(days, []HoursFrom{{Hours: hours}}, 0)
}

// NewDatedOffice returns the office whose hours change on days, as an
// administrator has set them; revision is the number of the last change of
// the calendar. Before the first entry the hours of the first hold.
func NewDatedOffice(days []Day, hours []HoursFrom, revision int64) *Office {
	o := &Office{days: make(map[Date]Day, len(days)), hours: slices.Clone(hours), revision: revision}
	for i, h := range o.hours {
		if !h.sensible() {
			o.hours[i].Hours = WholeDay()
		}
	}
	if len(o.hours) == 0 {
		o.hours = []HoursFrom{{Hours: WholeDay()}}
	}
	slices.SortStableFunc(o.hours, func(a, b HoursFrom) int { return b.From.Compare(a.From) })
	for _, d := range days {
		o.days[d.Date] = d
	}
	return o
}

// sensible tells whether the hours lie within one day and open before they
// close.
func (h Hours) sensible() bool {
	return h.Open >= 0 && h.Close > h.Open && h.Close <= 24*time.Hour
}

// HoursOn returns the office hours of a day.
func (o *Office) HoursOn(d Date) Hours {
	for _, h := range o.hours {
		if !d.Before(h.From) {
			return h.Hours
		}
	}
	return o.hours[len(o.hours)-1].Hours
}

// Revision returns the number of the last change of the calendar.
func (o *Office) Revision() int64 { return o.revision }

// IsWorkingDay tells whether the offices are open on the day.
func (o *Office) IsWorkingDay(d Date) bool {
	if special, ok := o.days[d]; ok {
		return special.Working
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// NameOf returns what the calendar calls the day, or "" for a plain day.
func (o *Office) NameOf(d Date) string { return o.days[d].Name }

// Knows tells whether the calendar has any entry for the year. The State
// Council publishes a year's arrangement in the November before; until it is
// entered, limits in that year count plain weeks.
func (o *Office) Knows(year int) bool {
	for d := range o.days {
		if d.Year() == year {
			return true
		}
	}
	return false
}

// Due returns the instant, in UTC, at which a limit of workingDays that
// begins at from runs out.
//
// The limit begins within office hours: on a day off or after closing time
// it begins when the next working day opens, before opening time when the
// day opens. It ends at the same time of day so many working days later; the
// closing minute itself still counts as open. A number below 1 gives the
// beginning.
func (o *Office) Due(from time.Time, workingDays int) time.Time {
	return o.After(from, time.Duration(workingDays)*LimitDay)
}

// NextWorkingDay returns the first working day after d.
func (o *Office) NextWorkingDay(d Date) Date {
	for {
		d = d.AddDays(1)
		if o.IsWorkingDay(d) {
			return d
		}
	}
}

// WorkingDaysBetween returns how many working days there are after the day
// of a, up to and with the day of b; the same with a minus sign when b is
// earlier. For an instant within office hours, Due(a, n) lies n working days
// after a.
func (o *Office) WorkingDaysBetween(a, b time.Time) int {
	from, to, sign := DateOf(a), DateOf(b), 1
	if to.Before(from) {
		from, to, sign = to, from, -1
	}
	n := 0
	for from != to {
		from = from.AddDays(1)
		if o.IsWorkingDay(from) {
			n++
		}
	}
	return n * sign
}

// begin returns the working day on which a limit that begins at from starts,
// and how much of that day's limit time has passed by then.
func (o *Office) begin(from time.Time) (Date, time.Duration) {
	day := DateOf(from)
	sinceMidnight := from.Sub(day.Start())
	if !o.IsWorkingDay(day) || sinceMidnight > o.HoursOn(day).Close {
		return o.NextWorkingDay(day), 0
	}
	return day, o.position(day, sinceMidnight)
}
