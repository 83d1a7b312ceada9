package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// clocks serves the limits that run for units, and what became of them.
type clocks struct{ service *lead.Service }

func (h clocks) routes(r *Router) {
	may := leads(h).may
	route(r, http.MethodGet, "/leads/{id}/clocks", access.LeadRead, h.ofLead, Summary("The clocks of a lead, the open ones first."))
	route(r, http.MethodPost, "/leads/{id}/clocks/{cid}/pause", access.ClockPause, h.pause,
		Precheck(may(access.ClockPause, false)), Summary("Let a clock stand still for a reason."))
	route(r, http.MethodPost, "/leads/{id}/clocks/{cid}/resume", access.ClockPause, h.resume,
		Precheck(may(access.ClockPause, false)), Summary("Let a paused clock go on with what was left."))
	route(r, http.MethodPost, "/leads/{id}/clocks/{cid}/experts", access.ClockPause, h.experts,
		Precheck(may(access.ClockPause, false)), Summary("Give an assessment the longer limit for experts."))
	route(r, http.MethodGet, "/clocks", access.ClockRead, h.list, Summary("Clocks of the caller's units, or of all for those who see all."))
	route(r, http.MethodGet, "/clocks/ontime", access.ClockRead, h.onTime, Summary("How clocks ended, by unit and step."))
}

func (h clocks) ofLead(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.ClockView]], error) {
	return listed(h.service.Clocks(ctx, actor, in.ID))
}

type oneClock struct {
	ID   id.Lead  `path:"id"`
	CID  id.Clock `path:"cid"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (in *oneClock) order() lead.ClockOrder {
	return lead.ClockOrder{Clock: in.CID, Reason: in.Body.Reason}
}

func (h clocks) pause(ctx context.Context, actor access.Actor, in *oneClock) (*Answer[lead.ClockView], error) {
	return answer(h.service.PauseClock(ctx, actor, in.ID, in.order()))
}

type resumeClock struct {
	ID   id.Lead  `path:"id"`
	CID  id.Clock `path:"cid"`
	Body struct{}
}

func (h clocks) resume(ctx context.Context, actor access.Actor, in *resumeClock) (*Answer[lead.ClockView], error) {
	return answer(h.service.ResumeClock(ctx, actor, in.ID, lead.ClockOrder{Clock: in.CID}))
}

func (h clocks) experts(ctx context.Context, actor access.Actor, in *oneClock) (*Answer[lead.ClockView], error) {
	return answer(h.service.CallExperts(ctx, actor, in.ID, in.order()))
}

type listClocks struct {
	UnitID id.Unit            `query:"unit_id" minimum:"1"`
	Kind   lead.ClockKind     `query:"kind"`
	Result []lead.ClockResult `query:"result,explode"`
	From   clock.Date         `query:"from" format:"date" doc:"The first day on which a clock ended or ran out."`
	To     clock.Date         `query:"to" format:"date" doc:"The last day, itself included."`
	Limit  int                `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string             `query:"cursor" maxLength:"1000"`
}

func (h clocks) list(ctx context.Context, actor access.Actor, in *listClocks) (*Answer[page.Of[lead.ClockView]], error) {
	return answer(h.service.ClockList(ctx, actor, lead.ClockFilter{
		Unit: in.UnitID, Kind: in.Kind, Results: in.Result, From: in.From, To: in.To, Limit: in.Limit, Cursor: in.Cursor,
	}))
}

type onTimeBetween struct {
	From clock.Date `query:"from" format:"date" doc:"Left out: 90 days up to the last one."`
	To   clock.Date `query:"to" format:"date" doc:"Left out: today."`
}

func (h clocks) onTime(ctx context.Context, actor access.Actor, in *onTimeBetween) (*Answer[lead.OnTimeView], error) {
	return answer(h.service.OnTimeRate(ctx, actor, in.From, in.To))
}
