package httpapi

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

type editLead struct {
	ID id.Lead `path:"id"`
	Match
	Body editLeadBody
}

// editLeadBody takes only the changed fields; null makes a field unknown.
type editLeadBody struct {
	Title            Opt[string]       `json:"title,omitzero"`
	InvestorName     Opt[*string]      `json:"investor_name,omitzero"`
	CreditCode       Opt[*string]      `json:"credit_code,omitzero"`
	ParentName       Opt[*string]      `json:"parent_name,omitzero"`
	ParentCreditCode Opt[*string]      `json:"parent_credit_code,omitzero"`
	Website          Opt[*string]      `json:"website,omitzero"`
	Country          Opt[*string]      `json:"country,omitzero"`
	SourceChannel    Opt[lead.Channel] `json:"source_channel,omitzero"`
	Introducer       Opt[*string]      `json:"introducer,omitzero"`
	LocationCode     Opt[*string]      `json:"location_code,omitzero"`
	ParkID           Opt[*id.Park]     `json:"park_id,omitzero"`
	Chain            Opt[*string]      `json:"chain,omitzero"`
	Track            Opt[*lead.Track]  `json:"track,omitzero"`
	PlannedCents     Opt[*int64]       `json:"planned_cents,omitzero"`
	FixedAssetsCents Opt[*int64]       `json:"fixed_assets_cents,omitzero"`
	OutputCents      Opt[*int64]       `json:"output_cents,omitzero"`
	TaxCents         Opt[*int64]       `json:"tax_cents,omitzero"`
	Currency         Opt[string]       `json:"currency,omitzero"`
	LandSqm          Opt[*int64]       `json:"land_sqm,omitzero"`
	FloorSqm         Opt[*int64]       `json:"floor_sqm,omitzero"`
	Product          Opt[*string]      `json:"product,omitzero"`
	Summary          Opt[*string]      `json:"summary,omitzero"`
	FirstContactOn   Opt[*clock.Date]  `json:"first_contact_on,omitzero"`
	ExpectedSignOn   Opt[*clock.Date]  `json:"expected_sign_on,omitzero"`
	NextStep         Opt[*string]      `json:"next_step,omitzero"`
	NextStepOn       Opt[*clock.Date]  `json:"next_step_on,omitzero"`
	Binding          Opt[*bool]        `json:"binding,omitzero"`
	Confidentiality  Opt[string]       `json:"confidentiality,omitzero"`
	Duplicate        *choiceBody       `json:"duplicate,omitempty"`
}

func (b editLeadBody) edit() lead.Edit {
	return lead.Edit{
		Title: sure(b.Title), InvestorName: unsure(b.InvestorName), CreditCode: unsure(b.CreditCode),
		ParentName: unsure(b.ParentName), ParentCreditCode: unsure(b.ParentCreditCode), Website: unsure(b.Website),
		Country: unsure(b.Country), SourceChannel: sure(b.SourceChannel), Introducer: unsure(b.Introducer),
		LocationCode: unsure(b.LocationCode), ParkID: unsure(b.ParkID), Chain: unsure(b.Chain), Track: unsure(b.Track),
		PlannedCents: unsure(b.PlannedCents), FixedAssetsCents: unsure(b.FixedAssetsCents),
		OutputCents: unsure(b.OutputCents), TaxCents: unsure(b.TaxCents), Currency: sure(b.Currency),
		LandSqm: unsure(b.LandSqm), FloorSqm: unsure(b.FloorSqm), Product: unsure(b.Product), Summary: unsure(b.Summary),
		FirstContactOn: unsure(b.FirstContactOn), ExpectedSignOn: unsure(b.ExpectedSignOn), NextStep: unsure(b.NextStep),
		NextStepOn: unsure(b.NextStepOn), Binding: unsure(b.Binding), Confidentiality: sure(b.Confidentiality),
		Duplicate: b.Duplicate.claimed(),
	}
}

func sure[T any](o Opt[T]) lead.Opt[T] { return lead.Opt[T]{Set: o.Set, Value: optional(o)} }

func unsure[T any](o Opt[*T]) lead.Opt[T] { return lead.Opt[T]{Set: o.Set, Value: o.Value} }

func (h leads) edit(ctx context.Context, actor access.Actor, in *editLead) (*Item[lead.View], error) {
	return leadItem(h.service.Edit(ctx, actor, in.ID, in.Version(), in.Body.edit()))
}
