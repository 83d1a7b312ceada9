package httpapi

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

type createLead struct {
	Body createLeadBody
}

type createLeadBody struct {
	Title            string       `json:"title"`
	InvestorName     string       `json:"investor_name"`
	SourceChannel    lead.Channel `json:"source_channel"`
	Summary          string       `json:"summary"`
	UnitID           *id.Unit     `json:"unit_id,omitempty"`
	CreditCode       *string      `json:"credit_code,omitempty"`
	ParentName       *string      `json:"parent_name,omitempty"`
	ParentCreditCode *string      `json:"parent_credit_code,omitempty"`
	Website          *string      `json:"website,omitempty"`
	Country          *string      `json:"country,omitempty"`
	Introducer       *string      `json:"introducer,omitempty"`
	Chain            *string      `json:"chain,omitempty"`
	Track            *lead.Track  `json:"track,omitempty"`
	PlannedCents     *int64       `json:"planned_cents,omitempty"`
	FixedAssetsCents *int64       `json:"fixed_assets_cents,omitempty"`
	OutputCents      *int64       `json:"output_cents,omitempty"`
	TaxCents         *int64       `json:"tax_cents,omitempty"`
	Currency         *string      `json:"currency,omitempty"`
	LocationCode     *string      `json:"location_code,omitempty"`
	ParkID           *id.Park     `json:"park_id,omitempty"`
	LandSqm          *int64       `json:"land_sqm,omitempty"`
	FloorSqm         *int64       `json:"floor_sqm,omitempty"`
	Product          *string      `json:"product,omitempty"`
	Confidentiality  *string      `json:"confidentiality,omitempty" enum:"normal,restricted"`
	FirstContactOn   *clock.Date  `json:"first_contact_on,omitempty"`
	ExpectedSignOn   *clock.Date  `json:"expected_sign_on,omitempty"`
	NextStep         *string      `json:"next_step,omitempty"`
	NextStepOn       *clock.Date  `json:"next_step_on,omitempty"`
	Contact          *contactBody `json:"contact,omitempty"`
	Duplicate        *choiceBody  `json:"duplicate,omitempty"`
}

func (b createLeadBody) draft() lead.Draft {
	d := lead.Draft{Facts: lead.Facts{
		Title: b.Title, InvestorName: &b.InvestorName, CreditCode: b.CreditCode, Country: b.Country,
		ParentName: b.ParentName, ParentCreditCode: b.ParentCreditCode, Website: b.Website,
		SourceChannel: b.SourceChannel, Introducer: b.Introducer, LocationCode: b.LocationCode, ParkID: b.ParkID,
		Chain: b.Chain, Track: b.Track, PlannedCents: b.PlannedCents, FixedAssetsCents: b.FixedAssetsCents,
		OutputCents: b.OutputCents, TaxCents: b.TaxCents, LandSqm: b.LandSqm, FloorSqm: b.FloorSqm, Product: b.Product,
		Summary: &b.Summary, FirstContactOn: b.FirstContactOn, ExpectedSignOn: b.ExpectedSignOn, NextStep: b.NextStep,
		NextStepOn: b.NextStepOn, Restricted: b.Confidentiality != nil && *b.Confidentiality == "restricted",
	}}
	if b.Currency != nil {
		d.Currency = *b.Currency
	}
	if b.UnitID != nil {
		d.UnitID = *b.UnitID
	}
	if b.Contact != nil {
		c := b.Contact.draft()
		d.Contact = &c
	}
	d.Duplicate = b.Duplicate.claimed()
	return d
}

func (h leads) create(ctx context.Context, actor access.Actor, in *createLead) (*Item[lead.View], error) {
	d := in.Body.draft()
	if d.UnitID == 0 && actor.Acting == 0 {
		acting, err := actor.ActFor(0, access.LeadCreate)
		if err != nil {
			return nil, unitRequired(err)
		}
		actor = acting
	}
	return leadItem(h.service.Create(ctx, actor, d))
}

// unitRequired names the body's field, which takes the header's place here.
func unitRequired(err error) error {
	if fault.CodeOf(err) != "actor.unit_required" {
		return err
	}
	e := *fault.As(err)
	e.Fields = []fault.Field{{Name: "unit_id", Code: "required"}}
	return &e
}
