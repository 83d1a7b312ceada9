package httpapi

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// mayDraft checks a draft before the body is read: 404, 403, 428, 412 in this
// order.
func (h handoffs) mayDraft(ctx context.Context, actor access.Actor, t Target) error {
	handoff := id.Handoff(t.ID("id"))
	if err := h.service.CheckDraft(ctx, actor, handoff, nil); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckDraft(ctx, actor, handoff, &version)
}

type editDraft struct {
	ID id.Handoff `path:"id"`
	Match
	Body struct {
		ToUnitID  Opt[id.Unit]   `json:"to_unit_id,omitzero"`
		Reason    Opt[string]    `json:"reason,omitzero"`
		Ask       Opt[string]    `json:"ask,omitzero"`
		Parts     Opt[[]string]  `json:"parts,omitzero" maxItems:"3"`
		MemberIDs Opt[[]id.User] `json:"member_ids,omitzero" maxItems:"50"`
	}
}

func (h handoffs) editDraft(ctx context.Context, actor access.Actor, in *editDraft) (*Item[lead.HandoffView], error) {
	b := in.Body
	e := lead.DraftEdit{To: sure(b.ToUnitID), Reason: sure(b.Reason), Ask: sure(b.Ask), Members: sure(b.MemberIDs)}
	if b.Parts.Set {
		e.Parts = lead.Opt[lead.Names]{Set: true, Value: partNames(&b.Parts.Value)}
	}
	return handoffItem(h.service.EditDraft(ctx, actor, in.ID, in.Version(), e))
}

type discardDraft struct {
	ID id.Handoff `path:"id"`
	Match
}

func (h handoffs) discard(ctx context.Context, actor access.Actor, in *discardDraft) (*None, error) {
	return none(h.service.DiscardDraft(ctx, actor, in.ID, in.Version()))
}

func (h handoffs) send(ctx context.Context, actor access.Actor, in *oneHandoff) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Send(ctx, actor, in.ID))
}

type objectHandoff struct {
	ID   id.Handoff `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h handoffs) object(ctx context.Context, actor access.Actor, in *objectHandoff) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Object(ctx, actor, in.ID, in.Body.Reason))
}

type decideHandoff struct {
	ID   id.Handoff `path:"id"`
	Body struct {
		Decision string `json:"decision" doc:"uphold: the unit keeps the lead; cancel: the lead goes back to the pool."`
		Reason   string `json:"reason"`
	}
}

func (h handoffs) decide(ctx context.Context, actor access.Actor, in *decideHandoff) (*Item[lead.HandoffView], error) {
	return handoffItem(h.service.Decide(ctx, actor, in.ID, lead.Decision(in.Body.Decision), in.Body.Reason))
}

type lapsedOffers struct {
	From Opt[clock.Date] `query:"from"`
	To   Opt[clock.Date] `query:"to"`
}

func (h handoffs) lapsed(ctx context.Context, actor access.Actor, in *lapsedOffers) (*Answer[lead.LapsedView], error) {
	return answer(h.service.Lapsed(ctx, actor, optional(in.From), optional(in.To)))
}

func (h handoffs) pool(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[items[lead.IdleView]], error) {
	return listed(h.service.IdlePool(ctx, actor))
}

type bulkHandOff struct {
	Body struct {
		LeadIDs   []id.Lead `json:"lead_ids" maxItems:"100"`
		ToUnitID  id.Unit   `json:"to_unit_id"`
		Reason    string    `json:"reason,omitempty"`
		Ask       string    `json:"ask,omitempty"`
		Parts     *[]string `json:"parts,omitempty" maxItems:"3"`
		MemberIDs []id.User `json:"member_ids,omitempty" maxItems:"50"`
		DryRun    bool      `json:"dry_run,omitempty" doc:"Look what would happen, and change nothing."`
	}
}

// bulkView is what became of each lead, in the order of the request.
type bulkView struct {
	DryRun bool       `json:"dry_run"`
	Done   int        `json:"done" doc:"How many were, or would be, offered."`
	Items  []bulkItem `json:"items"`
}

type bulkItem struct {
	LeadID    id.Lead        `json:"lead_id"`
	OK        bool           `json:"ok"`
	HandoffID *id.Handoff    `json:"handoff_id"`
	Repeated  bool           `json:"repeated" doc:"This very offer was open already."`
	Code      string         `json:"code" doc:"Why not; empty when it went well."`
	Message   string         `json:"message"`
	Fields    []ProblemField `json:"fields"`
}

func (h handoffs) bulk(ctx context.Context, actor access.Actor, in *bulkHandOff) (*Answer[bulkView], error) {
	b := in.Body
	done, err := h.service.HandOffAll(ctx, actor, lead.BulkOrder{
		Order: lead.Order{To: b.ToUnitID, Reason: b.Reason, Ask: b.Ask, Members: b.MemberIDs, Parts: partNames(b.Parts)},
		Leads: b.LeadIDs, DryRun: b.DryRun,
	})
	if err != nil {
		return nil, err
	}
	out := bulkView{DryRun: b.DryRun, Items: make([]bulkItem, 0, len(done))}
	for _, d := range done {
		item := bulkItem{LeadID: d.LeadID, OK: d.Err == nil, HandoffID: d.HandoffID, Repeated: d.Repeated, Fields: []ProblemField{}}
		if d.Err == nil {
			out.Done++
		} else {
			h.explain(ctx, &item, classify(d.Err))
		}
		out.Items = append(out.Items, item)
	}
	return NewAnswer(out), nil
}

// explain says what is wrong with one item, as a problem would.
func (h handoffs) explain(ctx context.Context, item *bulkItem, e *fault.Error) {
	lang := callOf(ctx).lang
	item.Code, item.Message = e.Code, h.texts.detail(e, lang)
	if e.Kind == fault.NotFound {
		return
	}
	for _, f := range e.Fields {
		item.Fields = append(item.Fields, ProblemField{Name: f.Name, Code: f.Code, Message: h.texts.rule(f, lang)})
	}
}
