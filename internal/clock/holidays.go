package clock

import (
	"slices"
	"time"
)

// The notices of the General Office of the State Council on the arrangement
// of public holidays, each for the year after it.
const (
	notice2024 = "国办发明电〔2023〕7号"
	notice2025 = "国办发明电〔2024〕12号"
	notice2026 = "国办发明电〔2025〕7号"
)

// span is one holiday of a notice, from the first day off to the last, and
// the weekend days that are worked for it.
type span struct {
	name        string
	first, last Date
	worked      []Date
}

// PublishedDays returns the days that differ from the plain week in the
// published arrangements for 2024, 2025 and 2026, by date. They are the first
// content of the calendar, which an administrator keeps thereafter.
func PublishedDays() []Day {
	var days []Day
	for _, year := range []struct {
		source string
		spans  []span
	}{
		{notice2024, holidays2024()},
		{notice2025, holidays2025()},
		{notice2026, holidays2026()},
	} {
		for _, s := range year.spans {
			days = append(days, s.days(year.source)...)
		}
	}
	slices.SortFunc(days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return days
}

func holidays2024() []span {
	on := in(2024)
	return []span{
		{"元旦", on(1, 1), on(1, 1), nil},
		{"春节", on(2, 10), on(2, 17), []Date{on(2, 4), on(2, 18)}},
		{"清明节", on(4, 4), on(4, 6), []Date{on(4, 7)}},
		{"劳动节", on(5, 1), on(5, 5), []Date{on(4, 28), on(5, 11)}},
		{"端午节", on(6, 10), on(6, 10), nil},
		{"中秋节", on(9, 15), on(9, 17), []Date{on(9, 14)}},
		{"国庆节", on(10, 1), on(10, 7), []Date{on(9, 29), on(10, 12)}},
	}
}

func holidays2025() []span {
	on := in(2025)
	return []span{
		{"元旦", on(1, 1), on(1, 1), nil},
		{"春节", on(1, 28), on(2, 4), []Date{on(1, 26), on(2, 8)}},
		{"清明节", on(4, 4), on(4, 6), nil},
		{"劳动节", on(5, 1), on(5, 5), []Date{on(4, 27)}},
		{"端午节", on(5, 31), on(6, 2), nil},
		{"国庆节、中秋节", on(10, 1), on(10, 8), []Date{on(9, 28), on(10, 11)}},
	}
}

func holidays2026() []span {
	on := in(2026)
	return []span{
		{"元旦", on(1, 1), on(1, 3), []Date{on(1, 4)}},
		{"春节", on(2, 15), on(2, 23), []Date{on(2, 14), on(2, 28)}},
		{"清明节", on(4, 4), on(4, 6), nil},
		{"劳动节", on(5, 1), on(5, 5), []Date{on(5, 9)}},
		{"端午节", on(6, 19), on(6, 21), nil},
		{"中秋节", on(9, 25), on(9, 27), nil},
		{"国庆节", on(10, 1), on(10, 7), []Date{on(9, 20), on(10, 10)}},
	}
}

func in(year int) func(month time.Month, day int) Date {
	return func(month time.Month, day int) Date { return NewDate(year, month, day) }
}

// days returns the holiday's days off with weekends, because a weekend
// within a holiday is a holiday too, and its make-up days.
func (s span) days(source string) []Day {
	var out []Day
	for d := s.first; !d.After(s.last); d = d.AddDays(1) {
		out = append(out, Day{Date: d, Name: s.name, Source: source})
	}
	for _, d := range s.worked {
		out = append(out, Day{Date: d, Working: true, Name: s.name + "调休上班", Source: source})
	}
	return out
}
