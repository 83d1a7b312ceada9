package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// protocol serves what moves a lead beside an offer, and who helps with it.
type protocol struct{ service *lead.Service }

func (h protocol) routes(r *Router) {
	may := leads(h).may
	route(r, http.MethodGet, "/leads/{id}/package", access.LeadHandOff, h.checkList, Precheck(may(access.LeadHandOff, false)),
		Summary("What must be there before a lead is handed on, and what is."))
	route(r, http.MethodPost, "/leads/{id}/return", access.LeadHandOff, h.giveBack, Precheck(may(access.LeadHandOff, false)),
		Summary("Give an accepted lead back to who handed it on."))
	route(r, http.MethodPost, "/leads/{id}/refer", access.LeadRefer, h.refer, Precheck(may(access.LeadRefer, false)),
		Summary("Put a lead into the bureau's pool."))
	route(r, http.MethodPost, "/leads/{id}/assign", access.LeadAssign, h.assign, Precheck(may(access.LeadAssign, false)),
		Summary("Give a lead of the pool to a unit, at once."))
	route(r, http.MethodGet, "/leads/{id}/helpers", access.LeadRead, h.helpers, Summary("The units that help the holder."))
	route(r, http.MethodPost, "/leads/{id}/helpers", access.HelperEdit, h.addHelper, Status(http.StatusCreated),
		Precheck(may(access.HelperEdit, false)), Summary("Ask a unit to help."))
	route(r, http.MethodDelete, "/leads/{id}/helpers/{hid}", access.HelperEdit, h.endHelper,
		Versioned(), Precheck(unchanging(h.helperAt)), Summary("End a unit's help."))
}

// helperAt checks the helper whose help is to end.
func (h protocol) helperAt(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.CheckHelper(ctx, actor, id.Lead(t.ID("id")), t.ID("hid"))
}

type checkList struct {
	ID       id.Lead `path:"id"`
	ToUnitID id.Unit `query:"to_unit_id"`
}

func (h protocol) checkList(ctx context.Context, actor access.Actor, in *checkList) (*Answer[lead.PackageView], error) {
	return answer(h.service.Package(ctx, actor, in.ID, in.ToUnitID))
}

type giveUp struct {
	ID   id.Lead `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h protocol) giveBack(ctx context.Context, actor access.Actor, in *giveUp) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Return(ctx, actor, in.ID, in.Body.Reason))
}

func (h protocol) refer(ctx context.Context, actor access.Actor, in *giveUp) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Refer(ctx, actor, in.ID, in.Body.Reason))
}

type assignLead struct {
	ID   id.Lead `path:"id"`
	Body struct {
		ToUnitID  id.Unit   `json:"to_unit_id"`
		Reason    string    `json:"reason"`
		Ask       string    `json:"ask"`
		MemberIDs []id.User `json:"member_ids,omitempty" maxItems:"50"`
	}
}

func (h protocol) assign(ctx context.Context, actor access.Actor, in *assignLead) (*Item[lead.HandoffView], error) {
	b := in.Body
	return handoffItem(h.service.Assign(ctx, actor, in.ID, lead.Order{To: b.ToUnitID, Reason: b.Reason, Ask: b.Ask, Members: b.MemberIDs}))
}

func (h protocol) helpers(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.HelperView]], error) {
	return listed(h.service.Helpers(ctx, actor, in.ID))
}

type addHelper struct {
	ID   id.Lead `path:"id"`
	Body struct {
		UnitID    id.Unit     `json:"unit_id"`
		Reason    string      `json:"reason"`
		UntilOn   *clock.Date `json:"until,omitempty" doc:"The last day; left out: until somebody ends it."`
		MemberIDs []id.User   `json:"member_ids,omitempty" maxItems:"50"`
	}
}

func (h protocol) addHelper(ctx context.Context, actor access.Actor, in *addHelper) (*Answer[items[lead.HelperView]], error) {
	b := in.Body
	return listed(h.service.AddHelper(ctx, actor, in.ID, lead.HelperDraft{UnitID: b.UnitID, Reason: b.Reason, UntilOn: b.UntilOn, Members: b.MemberIDs}))
}

type oneHelper struct {
	ID  id.Lead `path:"id"`
	HID int64   `path:"hid" minimum:"1"`
	Match
}

func (h protocol) endHelper(ctx context.Context, actor access.Actor, in *oneHelper) (*None, error) {
	return none(h.service.EndHelper(ctx, actor, in.ID, in.HID))
}
