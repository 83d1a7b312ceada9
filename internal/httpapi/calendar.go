package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
)

// calendar is the office calendar: the days and hours of work that limits
// are counted by.
type calendar struct{ service *org.Service }

func (h calendar) routes(r *Router) {
	route(r, http.MethodGet, "/calendar", access.Self, h.year, Summary("The office calendar of a year, and the hours of all days."))
	route(r, http.MethodPut, "/calendar/days/{date}", access.CalendarManage, h.setDay, Versioned(), Precheck(h.mayEditDay),
		Summary("Say that a day is off or worked; running clocks follow at once."))
	route(r, http.MethodDelete, "/calendar/days/{date}", access.CalendarManage, h.clearDay, Versioned(), Precheck(h.mayEditDay),
		Summary("Leave a day to the plain week; running clocks follow at once."))
	route(r, http.MethodPost, "/calendar/years/{year}", access.CalendarManage, h.importYear,
		Summary("Replace the arrangement of a year by a published one."))
	route(r, http.MethodPost, "/calendar/hours", access.CalendarManage, h.setHours, Summary("Set the office hours from a day on, or for some days."))
}

type calendarYear struct {
	Year int `query:"year" minimum:"1900" maximum:"2200" doc:"Left out: the present one."`
}

func (h calendar) year(ctx context.Context, actor access.Actor, in *calendarYear) (*Answer[org.CalendarView], error) {
	return answer(h.service.Calendar(ctx, actor, in.Year))
}

func (h calendar) mayEditDay(ctx context.Context, actor access.Actor, at Target) error {
	day, err := clock.ParseDate(at.Text("date"))
	if err != nil {
		return nil //nolint:nilerr // decoding the path says so, by field
	}
	return h.service.MayEditDay(ctx, actor, day, at.Version)
}

type setDay struct {
	Date clock.Date `path:"date" format:"date"`
	Match
	Body struct {
		Working bool   `json:"working" doc:"Worked, or a day off."`
		Name    string `json:"name" doc:"The holiday, or for which one it is worked."`
		Source  string `json:"source" doc:"The notice that says so."`
	}
}

func (h calendar) setDay(ctx context.Context, actor access.Actor, in *setDay) (*Answer[org.CalendarChange], error) {
	edit := org.DayEdit{Working: in.Body.Working, Name: in.Body.Name, Source: in.Body.Source}
	return answer(h.service.SetDay(ctx, actor, in.Date, in.Version(), edit))
}

type clearDay struct {
	Date clock.Date `path:"date" format:"date"`
	Match
}

func (h calendar) clearDay(ctx context.Context, actor access.Actor, in *clearDay) (*Answer[org.CalendarChange], error) {
	return answer(h.service.ClearDay(ctx, actor, in.Date, in.Version()))
}

type importYear struct {
	Year int `path:"year" minimum:"1900" maximum:"2200"`
	Body struct {
		Source string        `json:"source" doc:"The notice that says so."`
		Days   []calendarDay `json:"days" doc:"Every day that differs from the plain week."`
	}
}

type calendarDay struct {
	Date    clock.Date `json:"date" format:"date"`
	Working bool       `json:"working"`
	Name    string     `json:"name"`
}

func (h calendar) importYear(ctx context.Context, actor access.Actor, in *importYear) (*Answer[org.CalendarChange], error) {
	y := org.YearImport{Year: in.Year, Source: in.Body.Source}
	for _, d := range in.Body.Days {
		y.Days = append(y.Days, clock.Day{Date: d.Date, Working: d.Working, Name: d.Name})
	}
	return answer(h.service.ImportYear(ctx, actor, y))
}

type setHours struct {
	Body struct {
		FromOn  clock.Date  `json:"from_on" format:"date" doc:"Today or later."`
		UntilOn *clock.Date `json:"until_on,omitempty" doc:"The last day; left out: until they are set again."`
		Open    int64       `json:"open_minute" doc:"Minutes after midnight."`
		Close   int64       `json:"close_minute" doc:"Minutes after midnight."`
		Source  string      `json:"source" doc:"The document that sets them."`
	}
}

func (h calendar) setHours(ctx context.Context, actor access.Actor, in *setHours) (*Answer[org.CalendarChange], error) {
	b := in.Body
	return answer(h.service.SetHours(ctx, actor, org.HoursDraft{
		FromOn: b.FromOn, UntilOn: dayOrNone(b.UntilOn), Open: b.Open, Close: b.Close, Source: b.Source,
	}))
}
