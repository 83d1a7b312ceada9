package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
)

// memberships say who has which role in which unit, from when to when.
type memberships struct{ service *org.Service }

func (h memberships) routes(r *Router) {
	route(r, http.MethodGet, "/memberships", access.MembershipRule, h.list,
		Summary("Roles of people in units, the newest first."))
	route(r, http.MethodPost, "/memberships", access.MembershipRule, h.grant, Status(http.StatusCreated),
		Summary("Give a person a role in a unit."))
	route(r, http.MethodPatch, "/memberships/{id}", access.MembershipRule, h.end, Versioned(), Precheck(h.mayEnd),
		Summary("Set the day from which a role no longer holds: today ends it at once, null opens it again."))
}

type listMemberships struct {
	User   Opt[id.User] `query:"user_id" minimum:"1"`
	Unit   Opt[id.Unit] `query:"unit_id" minimum:"1"`
	Live   Opt[bool]    `query:"live" doc:"Whether it holds today."`
	Limit  int          `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string       `query:"cursor" maxLength:"300"`
}

func (h memberships) list(
	ctx context.Context, actor access.Actor, in *listMemberships,
) (*Answer[page.Of[org.MembershipView]], error) {
	filter := org.MembershipFilter{User: in.User.Value, Unit: in.Unit.Value, Live: sent(in.Live)}
	rows, err := h.service.Memberships(ctx, actor, filter, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	out := page.Of[org.MembershipView]{Items: make([]org.MembershipView, 0, len(rows.Items)), Next: rows.Next, Total: rows.Total}
	for _, m := range rows.Items {
		out.Items = append(out.Items, m.View(actor))
	}
	return NewAnswer(out), nil
}

type grantMembership struct {
	Body struct {
		UserID  id.User     `json:"user_id" minimum:"1"`
		UnitID  id.Unit     `json:"unit_id" minimum:"1"`
		Role    string      `json:"role" enum:"system_admin,security_admin,auditor,leader,bureau_head,bureau_officer,group_head,group_officer,department_head,department_officer,town_head,town_officer,town_viewer"`
		FromOn  *clock.Date `json:"from_on,omitempty" doc:"The first day; left out: today."`
		UntilOn *clock.Date `json:"until_on,omitempty" doc:"The day from which it no longer holds; left out: without end."`
	}
}

func (h memberships) grant(ctx context.Context, actor access.Actor, in *grantMembership) (*Item[org.MembershipView], error) {
	m, err := h.service.Grant(ctx, actor, org.Grant{
		User: in.Body.UserID, Unit: in.Body.UnitID, Role: access.Role(in.Body.Role),
		FromOn: dayOrNone(in.Body.FromOn), UntilOn: dayOrNone(in.Body.UntilOn),
	})
	if err != nil {
		return nil, err
	}
	return NewItem(m.View(actor), m.Version), nil
}

type endMembership struct {
	ID id.Membership `path:"id"`
	Match
	Body struct {
		UntilOn *clock.Date `json:"until_on" doc:"The day from which it no longer holds; null: without end."`
	}
}

func (h memberships) mayEnd(ctx context.Context, actor access.Actor, at Target) error {
	return h.service.MayEnd(ctx, actor, id.Membership(at.ID("id")), at.Version)
}

func (h memberships) end(ctx context.Context, actor access.Actor, in *endMembership) (*Item[org.MembershipView], error) {
	m, err := h.service.End(ctx, actor, in.ID, in.Version(), dayOrNone(in.Body.UntilOn))
	if err != nil {
		return nil, err
	}
	return NewItem(m.View(actor), m.Version), nil
}
