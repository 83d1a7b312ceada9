package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/signing"
)

// signings serves the board 每月一签约.
type signings struct{ service *signing.Service }

func (h signings) routes(r *Router) {
	route(r, http.MethodGet, "/signing-months", access.SigningRead, h.months, Summary("Head lines of a range of months."))
	route(r, http.MethodGet, "/signing-months/{month}", access.SigningRead, h.month, Summary("The board of a month."))
	route(r, http.MethodGet, "/signing-months/{month}/changes", access.SigningRead, h.changes,
		Summary("Every difference since the plan of a month was frozen."))
	route(r, http.MethodGet, "/signing-months/{month}/rows", access.SigningRead, h.rows, Summary("The list behind a figure of a month."))
	route(r, http.MethodPost, "/signing-months/{month}/freeze", access.SigningFreeze, h.freeze, Summary("Freeze the plan of a month before its cut-off day."))
	route(r, http.MethodPost, "/signing-months/{month}/items", access.SigningPlan, h.plan, Status(http.StatusCreated),
		Summary("Put a lead on the board of a month."))
	route(r, http.MethodGet, "/signing-months/{month}/items/{id}", access.SigningRead, h.item, Summary("One card of the board."))
	route(r, http.MethodPatch, "/signing-months/{month}/items/{id}", access.SigningPlan, h.change, Versioned(), Precheck(h.may),
		Summary("Change a card, or move it to another month."))
	route(r, http.MethodDelete, "/signing-months/{month}/items/{id}", access.SigningPlan, h.drop, Versioned(), Precheck(h.may),
		Summary("Take a card off the plan."))
	route(r, http.MethodGet, "/signing-accuracy", access.SigningRead, h.accuracy, Summary("How plans were kept over twelve months, by unit."))
	route(r, http.MethodGet, "/signing-cohorts", access.SigningRead, h.cohorts, Summary("What became of the signings of twelve months."))
}

// may checks the card before the body is read: 404, 403, 428, 412.
func (h signings) may(ctx context.Context, actor access.Actor, t Target) error {
	m, err := signing.ParseMonth(t.Text("month"))
	if err != nil {
		return err
	}
	item := id.Signing(t.ID("id"))
	if err := h.service.Check(ctx, actor, m, item, nil); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.Check(ctx, actor, m, item, &version)
}

type monthRange struct {
	From  string `query:"from" doc:"The first month, 2026-03."`
	Until string `query:"until" doc:"The last month."`
}

func (h signings) months(ctx context.Context, actor access.Actor, in *monthRange) (*Answer[items[signing.Head]], error) {
	from, err := signing.ParseMonth(in.From)
	if err != nil {
		return nil, err
	}
	until, err := signing.ParseMonth(in.Until)
	if err != nil {
		return nil, err
	}
	return listed(h.service.Months(ctx, actor, from, until))
}

type oneMonth struct {
	Month string `path:"month"`
}

func (h signings) month(ctx context.Context, actor access.Actor, in *oneMonth) (*Answer[signing.MonthView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Month(ctx, actor, m))
}

func (h signings) changes(ctx context.Context, actor access.Actor, in *oneMonth) (*Answer[items[signing.ChangeView]], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	v, err := h.service.Month(ctx, actor, m)
	return listed(v.Changes, err)
}

type monthRows struct {
	Month   string       `path:"month"`
	Figure  string       `query:"figure"`
	Landing Opt[id.Unit] `query:"landing_unit_id"`
	First   Opt[id.Unit] `query:"first_contact_unit_id"`
	Chain   Opt[string]  `query:"chain" maxLength:"50" doc:"A chain; \"none\" for signings without one."`
}

func (h signings) rows(ctx context.Context, actor access.Actor, in *monthRows) (*Answer[signing.RowsView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	q := signing.RowsQuery{Figure: signing.Figure(in.Figure), Landing: optional(in.Landing), First: optional(in.First), Chain: optional(in.Chain)}
	if in.Chain.Set {
		q.Chain = &orNone([]string{in.Chain.Value})[0]
	}
	return answer(h.service.Rows(ctx, actor, m, q))
}

func (h signings) freeze(ctx context.Context, actor access.Actor, in *oneMonth) (*Answer[signing.MonthView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Freeze(ctx, actor, m))
}

type planSigning struct {
	Month string `path:"month"`
	Body  struct {
		LeadID        id.Lead       `json:"lead_id"`
		PlannedOn     *clock.Date   `json:"planned_on,omitempty"`
		Cents         *int64        `json:"cents,omitempty"`
		LandingUnitID *id.Unit      `json:"landing_unit_id,omitempty"`
		Grade         signing.Grade `json:"grade"`
		MainVenue     bool          `json:"main_venue,omitempty"`
		Leader        string        `json:"leader,omitempty"`
		Reason        string        `json:"reason,omitempty"`

		TextAgreed         bool `json:"text_agreed,omitempty"`
		SiteReady          bool `json:"site_ready,omitempty"`
		IncentivesReviewed bool `json:"incentives_reviewed,omitempty"`
		LegalOpinion       bool `json:"legal_opinion,omitempty"`
		FairCompetition    bool `json:"fair_competition,omitempty"`
	}
}

func (h signings) plan(ctx context.Context, actor access.Actor, in *planSigning) (*Item[signing.ItemView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	b := in.Body
	return signingItem(h.service.Plan(ctx, actor, m, signing.Draft{
		LeadID: b.LeadID, PlannedOn: b.PlannedOn, Cents: b.Cents, LandingUnitID: b.LandingUnitID, Grade: b.Grade,
		MainVenue: b.MainVenue, Leader: b.Leader, Reason: b.Reason,
		Ready: signing.Ready{
			TextAgreed: b.TextAgreed, SiteReady: b.SiteReady, IncentivesReviewed: b.IncentivesReviewed,
			LegalOpinion: b.LegalOpinion, FairCompetition: b.FairCompetition,
		},
	}))
}

func signingItem(v signing.ItemView, err error) (*Item[signing.ItemView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type oneSigning struct {
	Month string     `path:"month"`
	ID    id.Signing `path:"id"`
}

func (h signings) item(ctx context.Context, actor access.Actor, in *oneSigning) (*Item[signing.ItemView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	return signingItem(h.service.Item(ctx, actor, m, in.ID))
}

type changeSigning struct {
	Month string     `path:"month"`
	ID    id.Signing `path:"id"`
	Match
	Body struct {
		Month         Opt[string]        `json:"month,omitzero"`
		PlannedOn     Opt[*clock.Date]   `json:"planned_on,omitzero"`
		Cents         Opt[int64]         `json:"cents,omitzero"`
		LandingUnitID Opt[id.Unit]       `json:"landing_unit_id,omitzero"`
		Chain         Opt[string]        `json:"chain,omitzero"`
		Grade         Opt[signing.Grade] `json:"grade,omitzero"`
		MainVenue     Opt[bool]          `json:"main_venue,omitzero"`
		Leader        Opt[string]        `json:"leader,omitzero"`
		InvestorSigns Opt[string]        `json:"investor_signs,omitzero"`
		CitySigns     Opt[string]        `json:"city_signs,omitzero"`
		Reason        string             `json:"reason,omitempty"`

		TextAgreed         Opt[bool] `json:"text_agreed,omitzero"`
		SiteReady          Opt[bool] `json:"site_ready,omitzero"`
		IncentivesReviewed Opt[bool] `json:"incentives_reviewed,omitzero"`
		LegalOpinion       Opt[bool] `json:"legal_opinion,omitzero"`
		FairCompetition    Opt[bool] `json:"fair_competition,omitzero"`
	}
}

func (h signings) change(ctx context.Context, actor access.Actor, in *changeSigning) (*Item[signing.ItemView], error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	b := in.Body
	e := signing.Edit{
		PlannedOn: optional(b.PlannedOn), Cents: optional(b.Cents), LandingUnitID: optional(b.LandingUnitID), Chain: optional(b.Chain),
		Grade: optional(b.Grade), MainVenue: optional(b.MainVenue), Leader: optional(b.Leader), InvestorSigns: optional(b.InvestorSigns),
		CitySigns: optional(b.CitySigns), Reason: b.Reason,
		Ready: signing.ReadyEdit{
			TextAgreed: optional(b.TextAgreed), SiteReady: optional(b.SiteReady), IncentivesReviewed: optional(b.IncentivesReviewed),
			LegalOpinion: optional(b.LegalOpinion), FairCompetition: optional(b.FairCompetition),
		},
	}
	if b.Month.Set {
		to, err := signing.ParseMonth(b.Month.Value)
		if err != nil {
			return nil, err
		}
		e.Month = &to
	}
	return signingItem(h.service.Change(ctx, actor, signing.Target{Month: m, Item: in.ID, Version: in.Version()}, e))
}

type dropSigning struct {
	Month string     `path:"month"`
	ID    id.Signing `path:"id"`
	Match
	Reason string `query:"reason"`
}

func (h signings) drop(ctx context.Context, actor access.Actor, in *dropSigning) (*None, error) {
	m, err := signing.ParseMonth(in.Month)
	if err != nil {
		return nil, err
	}
	return none(h.service.Drop(ctx, actor, signing.Target{Month: m, Item: in.ID, Version: in.Version()}, in.Reason))
}

type untilMonth struct {
	Until string `query:"until" doc:"The last of the twelve months."`
}

func (h signings) accuracy(ctx context.Context, actor access.Actor, in *untilMonth) (*Answer[signing.AccuracyView], error) {
	until, err := signing.ParseMonth(in.Until)
	if err != nil {
		return nil, err
	}
	return answer(h.service.Accuracy(ctx, actor, until))
}

func (h signings) cohorts(ctx context.Context, actor access.Actor, in *untilMonth) (*Answer[items[signing.CohortView]], error) {
	until, err := signing.ParseMonth(in.Until)
	if err != nil {
		return nil, err
	}
	return listed(h.service.Cohorts(ctx, actor, until))
}
