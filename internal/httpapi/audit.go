package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// auditLog is the auditor's log and the check of its chain.
type auditLog struct{ service *audit.Service }

func (h auditLog) routes(r *Router) {
	route(r, http.MethodGet, "/audit", access.AuditRead, h.list,
		Summary("The audit log, newest first"))
	route(r, http.MethodGet, "/audit/people", access.AuditRead, h.people,
		Summary("Up to 20 accounts by name, closed ones too, to ask for their lines in the audit log"))
	route(r, http.MethodGet, "/audit/verify", access.AuditVerify, h.verify,
		Summary("Check the whole chain of the audit log and name the first bad line"))
}

type listAudit struct {
	Kind    string       `query:"kind" maxLength:"60" pattern:"^[a-z_]+(\\.[a-z_]+)?$" doc:"A kind (lead.edited) or a family of kinds (lead)."`
	User    Opt[id.User] `query:"user_id" minimum:"1"`
	Unit    Opt[id.Unit] `query:"unit_id" minimum:"1" doc:"The unit that was acted for."`
	Lead    Opt[id.Lead] `query:"lead_id" minimum:"1"`
	Outcome string       `query:"outcome" enum:"done,refused"`
	From    clock.Date   `query:"from" format:"date" doc:"The first day."`
	Until   clock.Date   `query:"until" format:"date" doc:"The last day, itself included."`
	Limit   int          `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor  string       `query:"cursor" maxLength:"300"`
}

func (in *listAudit) query() audit.Query {
	q := audit.Query{Limit: in.Limit, Cursor: in.Cursor, Filter: audit.Filter{
		Kind: in.Kind, User: in.User.Value, Unit: in.Unit.Value, Lead: in.Lead.Value, Outcome: event.Outcome(in.Outcome),
	}}
	if !in.From.IsZero() {
		q.Filter.From = in.From.Start()
	}
	if !in.Until.IsZero() {
		q.Filter.Until = in.Until.End()
	}
	return q
}

func (h auditLog) list(ctx context.Context, actor access.Actor, in *listAudit) (*Answer[page.Of[audit.View]], error) {
	lines, err := h.service.List(ctx, actor, in.query())
	if err != nil {
		return nil, err
	}
	return NewAnswer(lines), nil
}

type findAudited struct {
	Q    string       `query:"q" maxLength:"60" doc:"Part of the name or login name."`
	User Opt[id.User] `query:"user_id" minimum:"1" doc:"The one account of this number."`
}

type auditedFound struct {
	Items []audit.Account `json:"items"`
}

func (h auditLog) people(ctx context.Context, actor access.Actor, in *findAudited) (*Answer[auditedFound], error) {
	found, err := h.service.People(ctx, actor, in.Q, in.User.Value)
	if err != nil {
		return nil, err
	}
	return NewAnswer(auditedFound{Items: found}), nil
}

func (h auditLog) verify(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[audit.VerifyView], error) {
	report, err := h.service.Verify(ctx, actor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(report), nil
}
