package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/report"
)

// cockpit serves the figures of the city's leaders.
type cockpit struct{ service *report.Service }

func (h cockpit) routes(r *Router) {
	route(r, http.MethodGet, "/cockpit", access.CockpitRead, h.figures, Summary("Every figure of a day."))
	route(r, http.MethodGet, "/cockpit/measures", access.CockpitRead, h.measures, Summary("What each measure says and by which rule it counts."))
	route(r, http.MethodGet, "/cockpit/list", access.CockpitRead, h.list, Summary("The leads behind a figure; their number and sum are the figure."))
}

// CockpitDay says of which day, and of which town, unit or chain.
type CockpitDay struct {
	AsOf  Opt[clock.Date] `query:"as_of" doc:"What was known when this day ended; left out: now."`
	Town  Opt[id.Unit]    `query:"town" doc:"Leads that land there; 0 for those without a place."`
	Unit  Opt[id.Unit]    `query:"unit" doc:"Leads whose first contact the unit made."`
	Chain Opt[string]     `query:"chain" maxLength:"50" doc:"A chain; \"none\" for leads without one."`
}

func (in CockpitDay) query() report.Query {
	q := report.Query{AsOf: optional(in.AsOf), Slice: report.Slice{Town: optional(in.Town), Unit: optional(in.Unit), Chain: optional(in.Chain)}}
	if in.Chain.Set {
		q.Chain = &orNone([]string{in.Chain.Value})[0]
	}
	return q
}

func (h cockpit) figures(ctx context.Context, actor access.Actor, in *CockpitDay) (*Answer[report.View], error) {
	return answer(h.service.Cockpit(ctx, actor, in.query()))
}

func (h cockpit) measures(ctx context.Context, _ access.Actor, _ *nothing) (*Answer[items[report.MeasureView]], error) {
	return listed(h.service.Catalogue(callOf(ctx).lang == chinese), nil)
}

type cockpitList struct {
	CockpitDay
	Measure string      `query:"measure"`
	Stage   Opt[string] `query:"stage" maxLength:"30"`
	Band    Opt[string] `query:"band_from" maxLength:"20" doc:"The lower end of a band of amounts in hundredths of a yuan; \"unknown\" for those without a known amount in CNY."`
	Month   Opt[string] `query:"month" maxLength:"7" doc:"One of the twelve months that end with the day's."`
	Place   Opt[string] `query:"place" maxLength:"200" doc:"Where lost projects went; \"none\" for those of which it is not known."`
	Limit   int         `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor  string      `query:"cursor" maxLength:"300"`
}

func (h cockpit) list(ctx context.Context, actor access.Actor, in *cockpitList) (*Answer[report.ListView], error) {
	q := report.ListQuery{
		Query: in.query(), Measure: in.Measure, Stage: optional(in.Stage), Band: optional(in.Band), Month: optional(in.Month),
		Place: optional(in.Place), Limit: in.Limit, Cursor: in.Cursor,
	}
	if in.Place.Set {
		q.Place = &orNone([]string{in.Place.Value})[0]
	}
	return answer(h.service.List(ctx, actor, q))
}
