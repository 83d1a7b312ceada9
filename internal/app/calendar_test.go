package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// calendarNow is the office calendar as a client reads it.
type calendarNow struct {
	Known bool
	Today string
	Days  []struct {
		Date    string
		Working bool
		Version int64
	}
	Years []struct {
		Year  int
		Known bool
	}
	Hours []struct {
		FromOn string `json:"from_on"`
		Open   int64  `json:"open_minute"`
	}
	Can []string
}

// dues are the deadlines of the open clocks of a lead, by kind.
func dues(t *testing.T, p *kit.Person, c kit.Cell) map[string]time.Time {
	t.Helper()
	var list struct {
		Items []struct {
			Kind     string
			DueAt    time.Time  `json:"due_at"`
			ClosedAt *time.Time `json:"closed_at"`
		}
	}
	p.Get(t, fmt.Sprintf("/leads/%d/clocks", c.Lead), &list)
	out := map[string]time.Time{}
	for _, i := range list.Items {
		if i.ClosedAt == nil {
			out[i.Kind] = i.DueAt
		}
	}
	return out
}

func TestADayOffMovesWhatRunsAndComesBackWhenItIsTakenOut(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		admin, officer, c := k.As(t, "system-admin"), k.As(t, "town-officer"), own(t, k)
		before := dues(t, officer, c)
		office := clock.NewOffice(clock.PublishedDays(), clock.Hours{Open: 510 * time.Minute, Close: 1050 * time.Minute})
		due := clock.DateOf(before["triage"])
		day := "/calendar/days/" + due.String()
		edit := kit.Request{Method: http.MethodPut, Path: day, IfMatch: "0", Body: `{"working":false,"name":"防汛停工","source":"市府通知"}`}
		a := answers(t, admin, edit, "200")
		var change struct {
			Moved int
			Day   struct{ Version int64 }
		}
		a.Into(t, &change)
		after := dues(t, officer, c)
		if got, want := clock.DateOf(after["triage"]), office.NextWorkingDay(due); got != want || change.Moved < 3 {
			t.Errorf("the assessment moved from %s to %s, want %s; %d clocks moved", due, got, want, change.Moved)
		}
		answers(t, admin, edit, "412 stale")
		answers(t, officer, edit, "403 forbidden")
		answers(t, admin, kit.Request{Method: http.MethodDelete, Path: day, IfMatch: fmt.Sprint(change.Day.Version)}, "200")
		if again := dues(t, officer, c); !again["triage"].Equal(before["triage"]) || !again["progress"].Equal(before["progress"]) {
			t.Errorf("without the day off: %v, before %v", again, before)
		}
		answers(t, admin, kit.Request{Method: http.MethodDelete, Path: day, IfMatch: "0"}, "409 calendar.plain")
	})
}

func TestTheCalendarSaysWhichYearsItKnowsAndRefusesHoursThatCloseBeforeTheyOpen(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		admin, viewer := k.As(t, "system-admin"), k.As(t, "town-viewer")
		year := clock.System{}.Today().Year() + 1
		var v calendarNow
		viewer.Get(t, fmt.Sprintf("/calendar?year=%d", year), &v)
		if v.Known || len(v.Days) != 0 || len(v.Can) != 0 || v.Years[0].Year != 2024 || !v.Years[0].Known || v.Years[len(v.Years)-1].Known {
			t.Errorf("before the import: %+v", v)
		}
		body := `{"source":"国办发明电","days":[{"date":"%[1]d-01-01","working":false,"name":"元旦"},{"date":"%[1]d-01-03","working":true,"name":"元旦调休上班"}]}`
		imports := func(body string) kit.Request { return posts(body, "/calendar/years/%d", year) }
		answers(t, admin, imports(fmt.Sprintf(body, year)), "200")
		viewer.Get(t, fmt.Sprintf("/calendar?year=%d", year), &v)
		if !v.Known || len(v.Days) != 2 || !v.Days[1].Working {
			t.Errorf("after the import: %+v", v)
		}
		for _, wrong := range []string{
			`{"source":"x","days":[]}`, `{"source":"","days":[{"date":"%d-01-01","working":false,"name":"元旦"}]}`,
			`{"source":"x","days":[{"date":"2020-01-01","working":false,"name":"元旦"}]}`,
			`{"source":"x","days":[{"date":"%[1]d-01-01","working":false,"name":"元旦"},{"date":"%[1]d-01-01","working":true,"name":"元旦"}]}`,
			`{"source":"x","days":[{"date":"%d-01-01","working":false,"name":" "}]}`,
		} {
			if slices.Contains([]byte(wrong), '%') {
				wrong = fmt.Sprintf(wrong, year)
			}
			answers(t, admin, imports(wrong), "400 input.invalid")
		}
		from := clock.System{}.Today().AddDays(400)
		hours := func(from, until clock.Date, opens, closes int) kit.Request {
			return posts(fmt.Sprintf(`{"from_on":%q,"until_on":%q,"open_minute":%d,"close_minute":%d,"source":"通知"}`, from, until, opens, closes), "/calendar/hours")
		}
		answers(t, admin, hours(from, from.AddDays(9), 1050, 510), "400 input.invalid")
		answers(t, admin, hours(from, from.AddDays(-1), 540, 1020), "400 input.invalid")
		answers(t, admin, hours(from, from.AddDays(9), 540, 1020), "200")
		answers(t, admin, hours(from, from.AddDays(9), 540, 1020), "409 rule.exists")
		rule := `{"key":"office_open_minute","value":1100,"from_on":%q,"source":"通知"}`
		answers(t, admin, posts(fmt.Sprintf(rule, from.AddDays(20)), "/settings/rules"), "400 input.invalid")
		viewer.Get(t, "/calendar", &v)
		if n := len(v.Hours); n < 3 || v.Hours[n-2].Open != 540 || v.Hours[n-1].Open != 510 || v.Hours[n-1].FromOn != from.AddDays(10).String() {
			t.Errorf("hours: %+v", v.Hours)
		}
	})
}
