package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
)

// commitments serves the register of what was promised to investors.
type commitments struct{ service *dossier.Service }

func (h commitments) routes(r *Router) {
	there := Precheck(h.there)
	route(r, http.MethodGet, "/commitments", access.CommitmentRead, h.list, Summary("What was promised to investors, by due day."))
	route(r, http.MethodPost, "/commitments", access.CommitmentEdit, h.add, Status(http.StatusCreated), Summary("Register a commitment on a lead."))
	route(r, http.MethodGet, "/commitments/{id}", access.CommitmentRead, h.one, Summary("One commitment with its history."))
	route(r, http.MethodPatch, "/commitments/{id}", access.CommitmentEdit, h.amend, Versioned(), Precheck(h.versioned), Summary("Correct what is written of a commitment."))
	route(r, http.MethodPost, "/commitments/{id}/hand-over", access.CommitmentSettle, h.handOver, there, Summary("Give the keeping of a commitment to another unit."))
	route(r, http.MethodPost, "/commitments/{id}/settle", access.CommitmentSettle, h.settle, there, Summary("Say what became of a commitment."))
}

func (h commitments) there(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.CheckCommitment(ctx, actor, id.Commitment(t.ID("id")), nil)
}

func (h commitments) versioned(ctx context.Context, actor access.Actor, t Target) error {
	if err := h.there(ctx, actor, t); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckCommitment(ctx, actor, id.Commitment(t.ID("id")), &version)
}

type listCommitments struct {
	Box     string                    `query:"box" enum:"all,mine" default:"all"`
	LeadID  Opt[id.Lead]              `query:"lead_id" minimum:"1"`
	State   []dossier.CommitmentState `query:"state,explode" enum:"open,kept,broken,released"`
	Overdue bool                      `query:"overdue"`
}

func (h commitments) list(ctx context.Context, actor access.Actor, in *listCommitments) (*Answer[dossier.CommitmentList], error) {
	return answer(h.service.Commitments(ctx, actor, dossier.CommitmentQuery{Mine: in.Box == "mine", Lead: in.LeadID.Value, States: in.State, Overdue: in.Overdue}))
}

// CommitmentBody is a commitment as it is written down.
type CommitmentBody struct {
	Text           string     `json:"text"`
	PromisedBy     string     `json:"promised_by" doc:"The office that promised; no person's name."`
	PromisedUnitID *id.Unit   `json:"promised_unit_id,omitempty"`
	PromisedOn     clock.Date `json:"promised_on"`
	Occasion       string     `json:"occasion"`
	FileID         *id.File   `json:"file_id,omitempty" doc:"A file of the lead that holds the promise."`
	DueOn          clock.Date `json:"due_on"`
}

func (b CommitmentBody) draft() dossier.CommitmentDraft {
	return dossier.CommitmentDraft{
		Text: b.Text, PromisedBy: b.PromisedBy, PromisedUnitID: b.PromisedUnitID, PromisedOn: b.PromisedOn, Occasion: b.Occasion, FileID: b.FileID, DueOn: b.DueOn,
	}
}

type addCommitment struct {
	Body struct {
		LeadID id.Lead  `json:"lead_id"`
		UnitID *id.Unit `json:"unit_id,omitempty" doc:"The unit that keeps it; left out: the responsible one."`
		CommitmentBody
	}
}

func (h commitments) add(ctx context.Context, actor access.Actor, in *addCommitment) (*Item[dossier.CommitmentView], error) {
	d := in.Body.draft()
	if in.Body.UnitID != nil {
		d.UnitID = *in.Body.UnitID
	}
	return commitmentItem(h.service.Register(ctx, actor, in.Body.LeadID, d))
}

func commitmentItem(v dossier.CommitmentView, err error) (*Item[dossier.CommitmentView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type oneCommitment struct {
	ID id.Commitment `path:"id"`
}

func (h commitments) one(ctx context.Context, actor access.Actor, in *oneCommitment) (*Item[dossier.CommitmentView], error) {
	return commitmentItem(h.service.Commitment(ctx, actor, in.ID))
}

type amendCommitment struct {
	ID id.Commitment `path:"id"`
	Match
	Body struct {
		CommitmentBody
		Reason string `json:"reason"`
	}
}

func (h commitments) amend(ctx context.Context, actor access.Actor, in *amendCommitment) (*Item[dossier.CommitmentView], error) {
	return commitmentItem(h.service.Amend(ctx, actor, in.ID, in.Version(), in.Body.draft(), in.Body.Reason))
}

type handOverCommitment struct {
	ID   id.Commitment `path:"id"`
	Body struct {
		UnitID id.Unit `json:"unit_id"`
		Reason string  `json:"reason"`
	}
}

func (h commitments) handOver(ctx context.Context, actor access.Actor, in *handOverCommitment) (*Item[dossier.CommitmentView], error) {
	return commitmentItem(h.service.HandOver(ctx, actor, in.ID, in.Body.UnitID, in.Body.Reason))
}

type settleCommitment struct {
	ID   id.Commitment `path:"id"`
	Body struct {
		State  dossier.CommitmentState `json:"state" enum:"open,kept,broken,released" doc:"Open again: by the holder of the lead alone."`
		Reason string                  `json:"reason"`
	}
}

func (h commitments) settle(ctx context.Context, actor access.Actor, in *settleCommitment) (*Item[dossier.CommitmentView], error) {
	return commitmentItem(h.service.Settle(ctx, actor, in.ID, in.Body.State, in.Body.Reason))
}
