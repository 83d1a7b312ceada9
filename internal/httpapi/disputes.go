package httpapi

import (
	"context"
	"math"
	"net/http"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// disputes serves disputes, their rulings, and merges.
type disputes struct {
	service   *lead.Service
	fileBytes int64
}

func (h disputes) routes(r *Router) {
	argue, rule := Precheck(h.may(access.DisputeArgue)), Precheck(h.may(access.DisputeRule))
	route(r, http.MethodPost, "/disputes", access.DisputeOpen, h.open, Status(http.StatusCreated), Summary("Claim a lead that another unit holds."))
	route(r, http.MethodGet, "/disputes", access.DisputeRead, h.list, Summary("Disputes that the caller may read, one page."))
	route(r, http.MethodGet, "/disputes/{id}", access.DisputeRead, h.get, Summary("One dispute with everything that was said."))
	route(r, http.MethodPost, "/disputes/{id}/statements", access.DisputeArgue, h.state, Status(http.StatusCreated), argue,
		Summary("Say something in a dispute."))
	route(r, http.MethodPost, "/disputes/{id}/files", access.DisputeArgue, h.addFile, Status(http.StatusCreated), ReceivesFile(h.fileBytes), argue,
		Summary("Lay evidence before the parties and the bureau."))
	route(r, http.MethodGet, "/disputes/{id}/files/{fid}/content", access.DisputeRead, h.openFile, Summary("Evidence, as an attachment."))
	route(r, http.MethodPost, "/disputes/{id}/propose", access.DisputeArgue, h.propose, argue, Summary("Propose an outcome to the other party."))
	route(r, http.MethodPost, "/disputes/{id}/agree", access.DisputeArgue, h.agree, argue, Summary("Agree to what the other party proposed."))
	route(r, http.MethodPost, "/disputes/{id}/escalate", access.DisputeArgue, h.escalate, argue,
		Summary("Bring a dispute to the bureau, or from the bureau to the leading body."))
	route(r, http.MethodPost, "/disputes/{id}/withdraw", access.DisputeArgue, h.withdraw, argue, Summary("Withdraw one's own dispute."))
	route(r, http.MethodPost, "/disputes/{id}/rule", access.DisputeRule, h.rule, rule, Summary("Decide a dispute."))
	merge := Precheck(leads{service: h.service}.may(access.LeadMerge, false))
	route(r, http.MethodGet, "/leads/{id}/merges", access.LeadMerge, h.merges, Summary("Merges of a lead, and how long each can be undone."))
	route(r, http.MethodPost, "/leads/{id}/merge", access.LeadMerge, h.merge, merge, Summary("Bring a lead into another."))
	route(r, http.MethodPost, "/merges/{id}/undo", access.LeadMerge, h.undo, Precheck(h.mayUndo), Summary("Undo a merge."))
}

// may checks the dispute before the body is read: 404, then 403.
func (h disputes) may(p access.Permission) func(context.Context, access.Actor, Target) error {
	return func(ctx context.Context, actor access.Actor, t Target) error {
		return h.service.CheckDispute(ctx, actor, p, id.Dispute(t.ID("id")))
	}
}

func (h disputes) mayUndo(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.CheckMerge(ctx, actor, id.Merge(t.ID("id")))
}

type openDispute struct {
	Body struct {
		Reference string  `json:"reference,omitempty"`
		LeadID    id.Lead `json:"lead_id,omitempty"`
		OwnLeadID id.Lead `json:"own_lead_id,omitempty"`
		Claim     string  `json:"claim"`
		Reason    string  `json:"reason"`
	}
}

func (h disputes) open(ctx context.Context, actor access.Actor, in *openDispute) (*Answer[lead.DisputeView], error) {
	b := in.Body
	return answer(h.service.OpenDispute(ctx, actor, lead.DisputeOrder{
		Reference: b.Reference, LeadID: b.LeadID, OwnLeadID: b.OwnLeadID, Claim: b.Claim, Reason: b.Reason,
	}))
}

type listDisputes struct {
	Box    string              `query:"box" default:"mine" enum:"mine,all"`
	LeadID id.Lead             `query:"lead_id"`
	State  []lead.DisputeState `query:"state,explode"`
	Limit  int                 `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string              `query:"cursor" maxLength:"1000"`
}

func (h disputes) list(ctx context.Context, actor access.Actor, in *listDisputes) (*Answer[page.Of[lead.DisputeView]], error) {
	for _, s := range in.State {
		if !slices.Contains(lead.DisputeStates(), s) {
			return nil, fault.BadField("state", "unknown_value")
		}
	}
	return answer(h.service.Disputes(ctx, actor, lead.DisputeBox{
		Mine: in.Box == "mine", Lead: in.LeadID, States: in.State, Limit: in.Limit, Cursor: in.Cursor,
	}))
}

type oneDispute struct {
	ID id.Dispute `path:"id"`
}

func (h disputes) get(ctx context.Context, actor access.Actor, in *oneDispute) (*Answer[lead.DisputePage], error) {
	return answer(h.service.Dispute(ctx, actor, in.ID))
}

type stateDispute struct {
	ID   id.Dispute `path:"id"`
	Body struct {
		Text string `json:"text"`
	}
}

func (h disputes) state(ctx context.Context, actor access.Actor, in *stateDispute) (*Answer[lead.DisputeView], error) {
	return answer(h.service.State(ctx, actor, in.ID, in.Body.Text))
}

type addEvidence struct {
	ID id.Dispute `path:"id"`
	Upload
}

func (h disputes) addFile(ctx context.Context, actor access.Actor, in *addEvidence) (*Answer[lead.DisputeView], error) {
	return answer(h.service.AddEvidence(ctx, actor, in.ID, in.FileName, in.Content))
}

type oneEvidence struct {
	ID  id.Dispute `path:"id"`
	FID id.File    `path:"fid"`
}

func (h disputes) openFile(ctx context.Context, actor access.Actor, in *oneEvidence) (*Download, error) {
	f, content, err := h.service.OpenEvidence(ctx, actor, in.ID, in.FID)
	if err != nil {
		return nil, err
	}
	return NewDownload(f.Name, f.Mime, f.Size, content), nil
}

// OutcomeBody is a proposed or decided outcome. Shares are in per cent with
// two decimals.
type OutcomeBody struct {
	Outcome      lead.OutcomeKind `json:"outcome"`
	HolderUnitID *id.Unit         `json:"holder_unit_id,omitempty"`
	Shares       []ShareBody      `json:"shares,omitempty" maxItems:"20"`
	Closes       string           `json:"closes,omitempty"`
	Merges       bool             `json:"merges,omitempty"`
	MemberIDs    []id.User        `json:"member_ids,omitempty" maxItems:"50"`
	Reason       string           `json:"reason"`
}

// ShareBody is one unit's share.
type ShareBody struct {
	UnitID  id.Unit `json:"unit_id"`
	Percent float64 `json:"percent"`
}

// basisPoints turns per cent into hundredths of it; 0, which is never right,
// for what has more than two decimals.
func (b ShareBody) basisPoints() int64 {
	const hundred, near = 100, 1e-6
	points := math.Round(b.Percent * hundred)
	if math.Abs(b.Percent*hundred-points) > near || points < 1 || points > hundred*hundred {
		return 0
	}
	return int64(points)
}

func (b OutcomeBody) outcome() lead.DisputeOutcome {
	o := lead.DisputeOutcome{
		Outcome: b.Outcome, HolderUnitID: b.HolderUnitID, Closes: b.Closes, Merges: b.Merges, Members: b.MemberIDs, Reason: b.Reason,
	}
	for _, s := range b.Shares {
		o.Shares = append(o.Shares, lead.Share{UnitID: s.UnitID, BasisPoints: s.basisPoints()})
	}
	return o
}

type decideDispute struct {
	ID   id.Dispute `path:"id"`
	Body OutcomeBody
}

func (h disputes) propose(ctx context.Context, actor access.Actor, in *decideDispute) (*Answer[lead.DisputeView], error) {
	return answer(h.service.Propose(ctx, actor, in.ID, in.Body.outcome()))
}

func (h disputes) rule(ctx context.Context, actor access.Actor, in *decideDispute) (*Answer[lead.DisputeView], error) {
	return answer(h.service.Rule(ctx, actor, in.ID, in.Body.outcome()))
}

type reasonDispute struct {
	ID   id.Dispute `path:"id"`
	Body struct {
		Reason string `json:"reason,omitempty"`
	}
}

func (h disputes) agree(ctx context.Context, actor access.Actor, in *reasonDispute) (*Answer[lead.DisputeView], error) {
	return answer(h.service.Agree(ctx, actor, in.ID))
}

func (h disputes) escalate(ctx context.Context, actor access.Actor, in *reasonDispute) (*Answer[lead.DisputeView], error) {
	return answer(h.service.Escalate(ctx, actor, in.ID, in.Body.Reason))
}

func (h disputes) withdraw(ctx context.Context, actor access.Actor, in *reasonDispute) (*Answer[lead.DisputeView], error) {
	return answer(h.service.Withdraw(ctx, actor, in.ID, in.Body.Reason))
}

func (h disputes) merges(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.MergeView]], error) {
	return listed(h.service.Merges(ctx, actor, in.ID))
}

type mergeLead struct {
	ID   id.Lead `path:"id"`
	Body struct {
		IntoLeadID id.Lead           `json:"into_lead_id"`
		Reason     string            `json:"reason"`
		Fields     map[string]string `json:"fields,omitempty"`
	}
}

func (h disputes) merge(ctx context.Context, actor access.Actor, in *mergeLead) (*Answer[lead.MergeView], error) {
	b := in.Body
	return answer(h.service.Merge(ctx, actor, in.ID, lead.MergeOrder{Into: b.IntoLeadID, Reason: b.Reason, Fields: b.Fields}))
}

type undoMerge struct {
	ID   id.Merge `path:"id"`
	Body struct {
		Reason string `json:"reason,omitempty"`
	}
}

func (h disputes) undo(ctx context.Context, actor access.Actor, in *undoMerge) (*Answer[lead.MergeView], error) {
	return answer(h.service.UndoMerge(ctx, actor, in.ID, in.Body.Reason))
}
