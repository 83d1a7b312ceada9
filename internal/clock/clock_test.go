package clock_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/clock"
)

func date(t *testing.T, text string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(text)
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return d
}

// instant reads a wall-clock time of the city.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, clock.Location())
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return at
}

func office() *clock.Office {
	return clock.NewOffice(clock.PublishedDays(), clock.Hours{Open: 8*time.Hour + 30*time.Minute, Close: 17*time.Hour + 30*time.Minute})
}

func TestNowIsInUTCAndNoFinerThanTheDatabasesKeep(t *testing.T) {
	now := clock.System{}.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
		t.Errorf("got %v", now)
	}
	if !now.Equal(clock.Cut(now)) || !clock.IsForever(clock.Forever()) || clock.IsForever(now) {
		t.Errorf("now %v, forever %v", now, clock.Forever())
	}
}

func TestADayBeginsAtMidnightInTheCity(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 2, 13, 15, 59, 59, 999_999_000, time.UTC), "2026-02-13"},
		{time.Date(2026, 2, 13, 16, 0, 0, 0, time.UTC), "2026-02-14"},
		{time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC), "2026-01-01"},
	} {
		if got := clock.DateOf(c.at).String(); got != c.want {
			t.Errorf("%v is on %s, want %s", c.at, got, c.want)
		}
	}
	d := date(t, "2026-03-01")
	if got, want := d.Start(), time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("start %v, want %v", got, want)
	}
	if got, want := d.End(), time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("end %v, want %v", got, want)
	}
}

func TestOnlyRealDatesInOneFormAreRead(t *testing.T) {
	for _, good := range []string{"1900-01-01", "2000-02-29", "2024-02-29", "2200-12-31"} {
		if got := date(t, good).String(); got != good {
			t.Errorf("read %s as %s", good, got)
		}
	}
	for _, bad := range []string{
		"", "2026-2-3", "2026-02-30", "2100-02-29", "1899-12-31", "2201-01-01", "2026-00-10",
		"2026-13-01", "2026/02/03", " 2026-02-03", "2026-02-03 ", "2026-02-03T00:00:00Z", "+2026-02-03",
		"二〇二六-02-03", "2026-02-03\x00", "9999-12-31",
	} {
		if d, err := clock.ParseDate(bad); !errors.Is(err, clock.ErrNotADate) {
			t.Errorf("%q was read as %v, error %v", bad, d, err)
		}
	}
}

func TestADateIsTheSameTextInJSONAndInTheDatabase(t *testing.T) {
	type form struct {
		On   clock.Date  `json:"on"`
		Next *clock.Date `json:"next"`
	}
	var got form
	if err := json.Unmarshal([]byte(`{"on":"2026-10-08","next":null}`), &got); err != nil {
		t.Fatal(err)
	}
	if out, err := json.Marshal(got); err != nil || string(out) != `{"on":"2026-10-08","next":null}` {
		t.Errorf("got %s, error %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-09-31"}`), &got); !errors.Is(err, clock.ErrNotADate) {
		t.Errorf("an impossible day gave %v", err)
	}
	if v, err := date(t, "2026-10-08").Value(); v != "2026-10-08" || err != nil {
		t.Errorf("value %v, error %v", v, err)
	}
	if v, err := (clock.Date{}).Value(); v != nil || err != nil {
		t.Errorf("none gave %v, error %v", v, err)
	}
}

func TestAColumnIsScannedFromWhatDriversGive(t *testing.T) {
	for _, column := range []any{"2026-10-08", []byte("2026-10-08"), time.Date(2026, 10, 8, 0, 0, 0, 0, time.UTC)} {
		var d clock.Date
		if err := d.Scan(column); err != nil || d.String() != "2026-10-08" {
			t.Errorf("%T gave %v, error %v", column, d, err)
		}
	}
	d := date(t, "2026-10-08")
	for _, beyond := range []string{"1899-12-31", "2201-01-01"} {
		if err := d.Scan(beyond); err != nil || d.String() != beyond {
			t.Errorf("Scan(%s) = %v, %v: the day beside the last one that can be entered", beyond, d, err)
		}
	}
	if err := d.Scan(nil); err != nil || !d.IsZero() || d.String() != "" || d.Month() != "" {
		t.Errorf("NULL gave %v, error %v", d, err)
	}
	if err := d.Scan(20261008); !errors.Is(err, clock.ErrNotADate) {
		t.Errorf("a number gave %v", err)
	}
}

func TestDaysAreCountedAcrossMonthsAndLeapYears(t *testing.T) {
	d := date(t, "2024-02-28")
	if got := d.AddDays(2).String(); got != "2024-03-01" {
		t.Errorf("two days later is %s", got)
	}
	if got := date(t, "2026-01-01").AddDays(-1); got.String() != "2025-12-31" || got.Month() != "2025-12" || got.Year() != 2025 {
		t.Errorf("the day before is %s", got)
	}
	if got := d.DaysUntil(date(t, "2025-02-28")); got != 366 {
		t.Errorf("%d days", got)
	}
	if !d.Before(d.AddDays(1)) || !d.AddDays(1).After(d) || d.Before(d) || d.After(d) || !(clock.Date{}).Before(d) {
		t.Error("order is wrong")
	}
}

func TestTheWorkingDaysAreThoseOfThePublishedNotices(t *testing.T) {
	o := office()
	for _, c := range []struct {
		day     string
		working bool
		name    string
	}{
		// 2024
		{"2023-12-30", false, ""},
		{"2024-01-01", false, "元旦"},
		{"2024-01-02", true, ""},
		{"2024-02-04", true, "春节调休上班"},
		{"2024-02-09", true, ""},
		{"2024-02-10", false, "春节"},
		{"2024-02-16", false, "春节"},
		{"2024-02-17", false, "春节"},
		{"2024-02-18", true, "春节调休上班"},
		{"2024-04-04", false, "清明节"},
		{"2024-04-07", true, "清明节调休上班"},
		{"2024-04-28", true, "劳动节调休上班"},
		{"2024-05-03", false, "劳动节"},
		{"2024-05-06", true, ""},
		{"2024-05-11", true, "劳动节调休上班"},
		{"2024-06-10", false, "端午节"},
		{"2024-09-14", true, "中秋节调休上班"},
		{"2024-09-16", false, "中秋节"},
		{"2024-09-29", true, "国庆节调休上班"},
		{"2024-10-07", false, "国庆节"},
		{"2024-10-08", true, ""},
		{"2024-10-12", true, "国庆节调休上班"},
		{"2024-10-13", false, ""},
		// 2025
		{"2025-01-01", false, "元旦"},
		{"2025-01-02", true, ""},
		{"2025-01-26", true, "春节调休上班"},
		{"2025-01-27", true, ""},
		{"2025-01-28", false, "春节"},
		{"2025-02-04", false, "春节"},
		{"2025-02-05", true, ""},
		{"2025-02-08", true, "春节调休上班"},
		{"2025-02-09", false, ""},
		{"2025-04-04", false, "清明节"},
		{"2025-04-27", true, "劳动节调休上班"},
		{"2025-05-05", false, "劳动节"},
		{"2025-06-02", false, "端午节"},
		{"2025-09-28", true, "国庆节、中秋节调休上班"},
		{"2025-10-08", false, "国庆节、中秋节"},
		{"2025-10-09", true, ""},
		{"2025-10-11", true, "国庆节、中秋节调休上班"},
		// 2026
		{"2026-01-02", false, "元旦"},
		{"2026-01-04", true, "元旦调休上班"},
		{"2026-02-13", true, ""},
		{"2026-02-14", true, "春节调休上班"},
		{"2026-02-15", false, "春节"},
		{"2026-02-23", false, "春节"},
		{"2026-02-24", true, ""},
		{"2026-02-28", true, "春节调休上班"},
		{"2026-03-01", false, ""},
		{"2026-04-06", false, "清明节"},
		{"2026-05-05", false, "劳动节"},
		{"2026-05-09", true, "劳动节调休上班"},
		{"2026-06-19", false, "端午节"},
		{"2026-09-20", true, "国庆节调休上班"},
		{"2026-09-25", false, "中秋节"},
		{"2026-09-28", true, ""},
		{"2026-10-01", false, "国庆节"},
		{"2026-10-07", false, "国庆节"},
		{"2026-10-08", true, ""},
		{"2026-10-10", true, "国庆节调休上班"},
		{"2026-10-11", false, ""},
		// not yet published: the plain week
		{"2027-01-01", true, ""},
		{"2027-01-02", false, ""},
	} {
		d := date(t, c.day)
		if o.IsWorkingDay(d) != c.working || o.NameOf(d) != c.name {
			t.Errorf("%s: working %v %q, want %v %q", c.day, o.IsWorkingDay(d), o.NameOf(d), c.working, c.name)
		}
	}
	if !o.Knows(2024) || !o.Knows(2026) || o.Knows(2027) {
		t.Error("the calendar knows the wrong years")
	}
}

func TestThePublishedYearsHaveAsManyDaysOffAndMakeUpDaysAsTheNoticesSay(t *testing.T) {
	off, worked := map[int]int{}, map[int]int{}
	last := clock.Date{}
	for _, d := range clock.PublishedDays() {
		if !last.Before(d.Date) {
			t.Errorf("%s comes after %s", d.Date, last)
		}
		last = d.Date
		weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
		if d.Working && !weekend {
			t.Errorf("%s is a make-up day in the week", d.Date)
		}
		if d.Source == "" || d.Name == "" {
			t.Errorf("%s has no name or no source", d.Date)
		}
		if d.Working {
			worked[d.Date.Year()]++
		} else {
			off[d.Date.Year()]++
		}
	}
	for year, want := range map[int][2]int{2024: {28, 8}, 2025: {28, 5}, 2026: {33, 6}} {
		if off[year] != want[0] || worked[year] != want[1] {
			t.Errorf("%d: %d days off, %d make-up days, want %v", year, off[year], worked[year], want)
		}
	}
}

func TestALimitRunsOutAtTheSameTimeSoManyWorkingDaysLater(t *testing.T) {
	o := office()
	for _, c := range []struct {
		from string
		days int
		want string
	}{
		{"2026-03-02 10:15:00", 3, "2026-03-05 10:15:00"}, // a plain week
		{"2026-03-06 16:00:00", 3, "2026-03-11 16:00:00"}, // over a weekend
		{"2026-02-13 09:00:00", 1, "2026-02-14 09:00:00"}, // onto a make-up Saturday
		{"2026-02-13 09:00:00", 2, "2026-02-24 09:00:00"}, // over Spring Festival
		{"2026-02-27 15:00:00", 1, "2026-02-28 15:00:00"}, // onto the Saturday after it
		{"2026-02-27 15:00:00", 2, "2026-03-02 15:00:00"},
		{"2026-02-18 12:00:00", 1, "2026-02-25 08:30:00"}, // begun in the holiday: when the offices open
		{"2026-03-02 07:00:00", 1, "2026-03-03 08:30:00"}, // before opening
		{"2026-03-02 17:30:00", 1, "2026-03-03 17:30:00"}, // the closing minute is still open
		{"2026-03-02 17:30:01", 1, "2026-03-04 08:30:00"}, // a second later is the next morning
		{"2026-03-06 22:00:00", 3, "2026-03-12 08:30:00"},
		{"2026-09-30 10:00:00", 3, "2026-10-10 10:00:00"}, // National Day, then Thu, Fri, make-up Sat
		{"2026-09-19 10:00:00", 1, "2026-09-21 08:30:00"}, // Saturday; Sunday the 20th is worked
		{"2026-03-02 10:15:00", 0, "2026-03-02 10:15:00"},
		{"2026-03-07 10:15:00", 0, "2026-03-09 08:30:00"},
		{"2026-03-02 10:15:00", -4, "2026-03-02 10:15:00"},
	} {
		got := o.Due(instant(t, c.from), c.days)
		if want := instant(t, c.want); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s + %d: %v, want %v", c.from, c.days, got.In(clock.Location()), want)
		}
	}
}

func TestWorkingDaysBetweenCountsTheLastDayAndNotTheFirst(t *testing.T) {
	o := office()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"2026-03-02 09:00:00", "2026-03-02 17:00:00", 0},
		{"2026-03-02 09:00:00", "2026-03-03 08:00:00", 1},
		{"2026-02-13 09:00:00", "2026-02-24 09:00:00", 2},
		{"2026-02-24 09:00:00", "2026-02-13 09:00:00", -2},
		{"2026-09-30 09:00:00", "2026-10-07 23:59:59", 0},
		{"2026-09-30 09:00:00", "2026-10-11 09:00:00", 3},
	} {
		if got := o.WorkingDaysBetween(instant(t, c.a), instant(t, c.b)); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestHoursThatMakeNoSenseDoNotShortenALimit(t *testing.T) {
	from := instant(t, "2026-03-02 23:30:00")
	for _, wrong := range []clock.Hours{{}, {Open: -time.Hour, Close: time.Hour}, {Open: 9 * time.Hour, Close: 8 * time.Hour}, {Close: 25 * time.Hour}} {
		if got, want := clock.NewOffice(nil, wrong).Due(from, 1), instant(t, "2026-03-03 23:30:00"); !got.Equal(want) {
			t.Errorf("%v: %v, want %v", wrong, got, want)
		}
	}
}

func TestALimitNeverEndsOnADayOffNorBeforeAnEarlierOne(t *testing.T) {
	o := office()
	rapid.Check(t, func(rt *rapid.T) {
		from := time.Unix(rapid.Int64Range(1_704_067_200, 1_798_675_200).Draw(rt, "from"), 0)
		n := rapid.IntRange(0, 60).Draw(rt, "days")
		due := o.Due(from, n)
		if !o.IsWorkingDay(clock.DateOf(due)) {
			rt.Fatalf("%v + %d ends on %v", from, n, due)
		}
		if due.Before(from.UTC()) || !o.Due(from, n+1).After(due) || o.Due(from.Add(time.Minute), n).Before(due) {
			rt.Fatalf("%v + %d: %v is out of order", from, n, due)
		}
		if start := o.Due(from, 0); o.WorkingDaysBetween(start, due) != n {
			rt.Fatalf("%v + %d: %d working days", from, n, o.WorkingDaysBetween(start, due))
		}
	})
}
