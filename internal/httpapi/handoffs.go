package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// handoffs serves offers of leads and their answers.
type handoffs struct{ service *lead.Service }

func (h handoffs) routes(r *Router) {
	may := leads(h).may
	route(r, http.MethodPost, "/leads/{id}/handoffs", access.LeadHandOff, h.handOff, Status(http.StatusCreated),
		Precheck(may(access.LeadHandOff, false)), Summary("Offer a lead to a unit."))
	route(r, http.MethodGet, "/handoffs", access.LeadRead, h.list, Summary("Offers to or from the caller's units."))
	route(r, http.MethodGet, "/handoffs/{id}", access.LeadRead, h.get, Summary("One hand-off."))
	route(r, http.MethodPost, "/handoffs/{id}/accept", access.LeadAnswer, h.accept, Summary("Accept an offer."))
	route(r, http.MethodPost, "/handoffs/{id}/refuse", access.LeadAnswer, h.refuse, Summary("Refuse an offer with a reason."))
	route(r, http.MethodPost, "/handoffs/{id}/withdraw", access.LeadWithdraw, h.withdraw, Summary("Take an offer back."))
}

type handOff struct {
	ID   id.Lead `path:"id"`
	Body struct {
		ToUnitID  id.Unit   `json:"to_unit_id"`
		Reason    string    `json:"reason"`
		Ask       string    `json:"ask"`
		MemberIDs []id.User `json:"member_ids,omitempty" maxItems:"50"`
	}
}

func (h handoffs) handOff(ctx context.Context, actor access.Actor, in *handOff) (*Item[lead.HandoffView], error) {
	b := in.Body
	return handoffItem(h.service.HandOff(ctx, actor, in.ID, lead.Order{To: b.ToUnitID, Reason: b.Reason, Ask: b.Ask, Members: b.MemberIDs}))
}

func handoffItem(v lead.HandoffView, err error) (*Item[lead.HandoffView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type listHandoffs struct {
	Box    string              `query:"box" default:"in" enum:"in,out"`
	State  []lead.HandoffState `query:"state,explode"`
	Limit  int                 `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string              `query:"cursor" maxLength:"1000"`
}

func (h handoffs) list(ctx context.Context, actor access.Actor, in *listHandoffs) (*Answer[page.Of[lead.HandoffView]], error) {
	for _, s := range in.State {
		if !knownState(s) {
			return nil, fault.BadField("state", "unknown_value")
		}
	}
	return answer(h.service.Handoffs(ctx, actor, lead.Box{In: in.Box == "in", States: in.State, Limit: in.Limit, Cursor: in.Cursor}))
}

func knownState(state lead.HandoffState) bool {
	for _, s := range lead.HandoffStates() {
		if s == state {
			return true
		}
	}
	return false
}

type oneHandoff struct {
	ID id.Handoff `path:"id"`
}

func (h handoffs) get(ctx context.Context, actor access.Actor, in *oneHandoff) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Handoff(ctx, actor, in.ID))
}

type answerHandoff struct {
	ID   id.Handoff `path:"id"`
	Body struct {
		Reason string `json:"reason,omitempty"`
	}
}

func (h handoffs) answer(ctx context.Context, actor access.Actor, in *answerHandoff, state lead.HandoffState) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Answer(ctx, actor, in.ID, lead.Answer{State: state, Reason: in.Body.Reason}))
}

func (h handoffs) accept(ctx context.Context, actor access.Actor, in *answerHandoff) (*Item[lead.HandoffView], error) {
	return h.answer(ctx, actor, in, lead.Accepted)
}

func (h handoffs) refuse(ctx context.Context, actor access.Actor, in *answerHandoff) (*Item[lead.HandoffView], error) {
	return h.answer(ctx, actor, in, lead.Refused)
}

func (h handoffs) withdraw(ctx context.Context, actor access.Actor, in *answerHandoff) (*Item[lead.HandoffView], error) {
	return h.answer(ctx, actor, in, lead.WithdrawnOffer)
}
