package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
)

// incentives serves the register of what is offered to investors. Who may
// read and keep the commitments on a lead may read and keep these.
type incentives struct{ service *dossier.Service }

func (h incentives) routes(r *Router) {
	route(r, http.MethodGet, "/incentives", access.CommitmentRead, h.list, Summary("What is offered to the investor of a lead, with the warnings of fair competition."))
	route(r, http.MethodPost, "/incentives", access.CommitmentEdit, h.add, Status(http.StatusCreated), Summary("Write down an incentive on a lead."))
	route(r, http.MethodPatch, "/incentives/{id}", access.CommitmentEdit, h.edit, Versioned(), Precheck(h.versioned), Summary("Correct what is written of an incentive."))
	route(r, http.MethodPost, "/incentives/{id}/withdraw", access.CommitmentEdit, h.withdraw, Precheck(h.there), Summary("Take an incentive back."))
}

func (h incentives) there(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.CheckIncentive(ctx, actor, id.Incentive(t.ID("id")), nil)
}

func (h incentives) versioned(ctx context.Context, actor access.Actor, t Target) error {
	if err := h.there(ctx, actor, t); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckIncentive(ctx, actor, id.Incentive(t.ID("id")), &version)
}

type listIncentives struct {
	LeadID id.Lead `query:"lead_id" required:"true" minimum:"1"`
}

func (h incentives) list(ctx context.Context, actor access.Actor, in *listIncentives) (*Answer[dossier.IncentiveList], error) {
	return answer(h.service.Incentives(ctx, actor, in.LeadID))
}

// IncentiveBody is an incentive as it is written down.
type IncentiveBody struct {
	Kind        dossier.IncentiveKind `json:"kind" enum:"land,premises,equipment,talent,finance,service,fiscal_reward,tax_refund,registration_bound,statistics_bound,other"`
	Text        string                `json:"text"`
	AmountCents *int64                `json:"amount_cents,omitempty"`
	LegalBasis  string                `json:"legal_basis,omitempty" doc:"The law, administrative regulation or approval that allows it."`
	UnitID      *id.Unit              `json:"unit_id,omitempty" doc:"The unit that offers it; left out: the responsible one, or the one before."`
	OfferedOn   clock.Date            `json:"offered_on"`
}

func (b IncentiveBody) draft() dossier.IncentiveDraft {
	d := dossier.IncentiveDraft{Kind: b.Kind, Text: b.Text, AmountCents: b.AmountCents, LegalBasis: b.LegalBasis, OfferedOn: b.OfferedOn}
	if b.UnitID != nil {
		d.UnitID = *b.UnitID
	}
	return d
}

type addIncentive struct {
	Body struct {
		LeadID id.Lead `json:"lead_id"`
		IncentiveBody
	}
}

func (h incentives) add(ctx context.Context, actor access.Actor, in *addIncentive) (*Item[dossier.IncentiveView], error) {
	return incentiveItem(h.service.Offer(ctx, actor, in.Body.LeadID, in.Body.draft()))
}

func incentiveItem(v dossier.IncentiveView, err error) (*Item[dossier.IncentiveView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type editIncentive struct {
	ID id.Incentive `path:"id"`
	Match
	Body IncentiveBody
}

func (h incentives) edit(ctx context.Context, actor access.Actor, in *editIncentive) (*Item[dossier.IncentiveView], error) {
	return incentiveItem(h.service.Reword(ctx, actor, in.ID, in.Version(), in.Body.draft()))
}

type withdrawIncentive struct {
	ID   id.Incentive `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h incentives) withdraw(ctx context.Context, actor access.Actor, in *withdrawIncentive) (*Item[dossier.IncentiveView], error) {
	return incentiveItem(h.service.Withdraw(ctx, actor, in.ID, in.Body.Reason))
}
