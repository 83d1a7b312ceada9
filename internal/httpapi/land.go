package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
)

// lands serves the records of land contracts.
type lands struct{ service *dossier.Service }

func (h lands) routes(r *Router) {
	route(r, http.MethodGet, "/land-contracts", access.DossierRead, h.list, Summary("The land contracts of a lead, which are signed on paper."))
	route(r, http.MethodPost, "/land-contracts", access.DossierEdit, h.add, Status(http.StatusCreated), Summary("Record a land contract."))
	route(r, http.MethodPatch, "/land-contracts/{id}", access.DossierEdit, h.edit, Versioned(), Precheck(h.may), Summary("Change the record of a land contract."))
	route(r, http.MethodDelete, "/land-contracts/{id}", access.DossierEdit, h.drop, Versioned(), Precheck(h.may), Summary("Take the record of a land contract away."))
}

// may checks the contract before the body is read: 404, 403, 428, 412.
func (h lands) may(ctx context.Context, actor access.Actor, t Target) error {
	land := id.Land(t.ID("id"))
	if err := h.service.CheckLand(ctx, actor, land, nil); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckLand(ctx, actor, land, &version)
}

type ofLead struct {
	LeadID id.Lead `query:"lead_id" required:"true" minimum:"1"`
}

func (h lands) list(ctx context.Context, actor access.Actor, in *ofLead) (*Answer[dossier.LandList], error) {
	return answer(h.service.Lands(ctx, actor, in.LeadID))
}

type addLand struct {
	Body struct {
		LeadID          id.Lead     `json:"lead_id"`
		Number          string      `json:"number,omitempty"`
		SupervisionCode string      `json:"supervision_code,omitempty"`
		SignedOn        *clock.Date `json:"signed_on,omitempty"`
		AreaSqm         *int64      `json:"area_sqm,omitempty"`
		PriceCents      *int64      `json:"price_cents,omitempty"`
		FileID          *id.File    `json:"file_id,omitempty" doc:"The scan: a file of the lead of the kind land_contract."`
		Note            string      `json:"note,omitempty"`
	}
}

func (h lands) add(ctx context.Context, actor access.Actor, in *addLand) (*Item[dossier.LandView], error) {
	b := in.Body
	return landItem(h.service.AddLand(ctx, actor, b.LeadID, dossier.LandEdit{
		Number: &b.Number, SupervisionCode: &b.SupervisionCode, Note: &b.Note, SignedOn: &b.SignedOn, AreaSqm: &b.AreaSqm, PriceCents: &b.PriceCents, FileID: &b.FileID,
	}))
}

func landItem(v dossier.LandView, err error) (*Item[dossier.LandView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type editLand struct {
	ID id.Land `path:"id"`
	Match
	Body struct {
		Number          Opt[string]      `json:"number,omitzero"`
		SupervisionCode Opt[string]      `json:"supervision_code,omitzero"`
		SignedOn        Opt[*clock.Date] `json:"signed_on,omitzero"`
		AreaSqm         Opt[*int64]      `json:"area_sqm,omitzero"`
		PriceCents      Opt[*int64]      `json:"price_cents,omitzero"`
		FileID          Opt[*id.File]    `json:"file_id,omitzero"`
		Note            Opt[string]      `json:"note,omitzero"`
	}
}

func (h lands) edit(ctx context.Context, actor access.Actor, in *editLand) (*Item[dossier.LandView], error) {
	b := in.Body
	return landItem(h.service.EditLand(ctx, actor, in.ID, in.Version(), dossier.LandEdit{
		Number: optional(b.Number), SupervisionCode: optional(b.SupervisionCode), Note: optional(b.Note), SignedOn: optional(b.SignedOn),
		AreaSqm: optional(b.AreaSqm), PriceCents: optional(b.PriceCents), FileID: optional(b.FileID),
	}))
}

type dropLand struct {
	ID id.Land `path:"id"`
	Match
}

func (h lands) drop(ctx context.Context, actor access.Actor, in *dropLand) (*None, error) {
	return none(h.service.DropLand(ctx, actor, in.ID, in.Version()))
}
