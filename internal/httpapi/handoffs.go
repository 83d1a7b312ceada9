package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// handoffs serves offers of leads and their answers.
type handoffs struct {
	service *lead.Service
	texts   texts
}

func (h handoffs) routes(r *Router) {
	may := leads{service: h.service}.may
	route(r, http.MethodPost, "/leads/{id}/handoffs", access.LeadHandOff, h.handOff, Status(http.StatusCreated),
		Precheck(may(access.LeadHandOff, false)), Summary("Offer a lead to a unit."))
	route(r, http.MethodGet, "/handoffs", access.LeadRead, h.list, Summary("Offers to or from the caller's units."))
	route(r, http.MethodGet, "/handoffs/lapsed", access.LeadRead, h.lapsed, Summary("Offers that nobody answered, by receiving unit."))
	route(r, http.MethodGet, "/handoffs/pool", access.LeadAssign, h.pool, Summary("Idle leads of the bureau's pool, with whom to offer them to."))
	route(r, http.MethodPost, "/handoffs/bulk", access.LeadHandOff, h.bulk, Summary("Offer several leads to one unit, or look what would happen."))
	route(r, http.MethodGet, "/handoffs/{id}", access.LeadRead, h.get, Summary("One hand-off."))
	route(r, http.MethodPatch, "/handoffs/{id}", access.LeadHandOff, h.editDraft, Versioned(), Precheck(h.mayDraft), Summary("Change a draft."))
	route(r, http.MethodDelete, "/handoffs/{id}", access.LeadHandOff, h.discard, Versioned(), Precheck(h.mayDraft), Summary("Discard a draft."))
	route(r, http.MethodPost, "/handoffs/{id}/send", access.LeadHandOff, h.send, Summary("Send a draft."))
	route(r, http.MethodPost, "/handoffs/{id}/object", access.LeadHandOff, h.object, Summary("Object to an assignment, once."))
	route(r, http.MethodPost, "/handoffs/{id}/decide", access.LeadDecide, h.decide, Summary("Decide on an objection."))
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
		Parts     *[]string `json:"parts,omitempty" maxItems:"3" doc:"What goes with the lead: contacts, files, notes. Left out: everything."`
		Draft     bool      `json:"draft,omitempty" doc:"Keep the order as a draft that only the own unit sees."`
	}
}

func (h handoffs) handOff(ctx context.Context, actor access.Actor, in *handOff) (*Item[lead.HandoffView], error) {
	b := in.Body
	order := lead.Order{To: b.ToUnitID, Reason: b.Reason, Ask: b.Ask, Members: b.MemberIDs, Parts: partNames(b.Parts)}
	if b.Draft {
		return handoffItem(h.service.SaveDraft(ctx, actor, in.ID, order))
	}
	return handoffItem(h.service.HandOff(ctx, actor, in.ID, order))
}

func partNames(names *[]string) *lead.Names {
	if names == nil {
		return nil
	}
	out := lead.Names(*names)
	return &out
}

func handoffItem(v lead.HandoffView, err error) (*Item[lead.HandoffView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type listHandoffs struct {
	Box      string              `query:"box" default:"in" enum:"in,out,all"`
	State    []lead.HandoffState `query:"state,explode"`
	Kind     []lead.HandoffKind  `query:"kind,explode"`
	LeadID   id.Lead             `query:"lead_id"`
	ToUnitID id.Unit             `query:"to_unit_id"`
	From     Opt[clock.Date]     `query:"offered_on.gte"`
	Until    Opt[clock.Date]     `query:"offered_on.lte"`
	Objected bool                `query:"objected" doc:"Only assignments with an objection to decide."`
	Limit    int                 `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor   string              `query:"cursor" maxLength:"1000"`
}

func (in *listHandoffs) box() (lead.Box, error) {
	for _, s := range in.State {
		if !knownState(s) {
			return lead.Box{}, fault.BadField("state", "unknown_value")
		}
	}
	for _, k := range in.Kind {
		if !slices.Contains(lead.HandoffKinds(), k) {
			return lead.Box{}, fault.BadField("kind", "unknown_value")
		}
	}
	b := lead.Box{
		In: in.Box == "in", All: in.Box == "all", States: in.State, Kinds: in.Kind, Lead: in.LeadID, To: in.ToUnitID,
		Objected: in.Objected, Limit: in.Limit, Cursor: in.Cursor,
	}
	if in.From.Set {
		at := in.From.Value.Start()
		b.From = &at
	}
	if in.Until.Set {
		at := in.Until.Value.End()
		b.Until = &at
	}
	return b, nil
}

func (h handoffs) list(ctx context.Context, actor access.Actor, in *listHandoffs) (*Answer[page.Of[lead.HandoffView]], error) {
	box, err := in.box()
	if err != nil {
		return nil, err
	}
	return answer(h.service.Handoffs(ctx, actor, box))
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
