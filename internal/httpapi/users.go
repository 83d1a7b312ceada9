package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// users is what the security administrator does with accounts. Roles are
// given by memberships.
type users struct{ service *account.Service }

func (h users) routes(r *Router) {
	route(r, http.MethodGet, "/users", access.UserManage, h.list,
		Summary("People who may log in"))
	route(r, http.MethodPost, "/users", access.UserManage, h.create, Status(http.StatusCreated),
		Summary("Add a person; the first password is shown this once"))
	route(r, http.MethodPatch, "/users/{id}", access.UserManage, h.edit, Versioned(), Precheck(h.mayEdit),
		Summary("Change a person's name, disable or enable the account"))
	route(r, http.MethodPost, "/users/{id}/reset-password", access.UserManage, h.resetPassword, Precheck(h.mayManage),
		Summary("Set a new password, shown this once; the person's sessions end"))
	route(r, http.MethodPost, "/users/{id}/end-sessions", access.UserManage, h.endSessions, Precheck(h.mayManage),
		Summary("End all sessions of a person"))
}

type listUsers struct {
	Q      string       `query:"q" maxLength:"60" doc:"Part of the login name or of the name."`
	Active Opt[bool]    `query:"active"`
	Unit   Opt[id.Unit] `query:"unit_id" minimum:"1" doc:"Has a membership in the unit that is not over."`
	Sort   string       `query:"sort" default:"username" enum:"username,-username,created_at,-created_at"`
	Limit  int          `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string       `query:"cursor" maxLength:"300"`
}

func (h users) list(ctx context.Context, actor access.Actor, in *listUsers) (*Answer[page.Of[account.UserView]], error) {
	name, desc := strings.CutPrefix(in.Sort, "-")
	q := account.Query{
		Text: in.Q, Unit: in.Unit.Value,
		Page: page.Request{Limit: in.Limit, Sort: page.Sort{Name: name, Desc: desc}},
	}
	if in.Active.Set {
		q.Active = &in.Active.Value
	}
	list, err := h.service.ListUsers(ctx, actor, q, in.Cursor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(list), nil
}

type createUser struct {
	Body struct {
		Username string `json:"username" maxLength:"40"`
		Name     string `json:"name" maxLength:"60"`
	}
}

type createdUser struct {
	User            account.UserView `json:"user"`
	InitialPassword string           `json:"initial_password" keep:"never"`
}

func (h users) create(ctx context.Context, actor access.Actor, in *createUser) (*Item[createdUser], error) {
	made, err := h.service.CreateUser(ctx, actor, account.Draft{Username: in.Body.Username, Name: in.Body.Name})
	if err != nil {
		return nil, err
	}
	return NewItem(createdUser{User: made.User, InitialPassword: made.Password}, made.User.Version), nil
}

type editUser struct {
	ID id.User `path:"id"`
	Match
	Body struct {
		Name   Opt[string] `json:"name,omitzero" maxLength:"60"`
		Active Opt[bool]   `json:"active,omitzero"`
	}
}

func (h users) mayManage(ctx context.Context, actor access.Actor, at Target) error {
	return h.service.MayManage(ctx, actor, id.User(at.ID("id")), nil)
}

func (h users) mayEdit(ctx context.Context, actor access.Actor, at Target) error {
	return h.service.MayManage(ctx, actor, id.User(at.ID("id")), at.Version)
}

func (h users) edit(ctx context.Context, actor access.Actor, in *editUser) (*Item[account.UserView], error) {
	var e account.Edit
	if in.Body.Name.Set {
		e.Name = &in.Body.Name.Value
	}
	if in.Body.Active.Set {
		e.Active = &in.Body.Active.Value
	}
	v, err := h.service.EditUser(ctx, actor, in.ID, in.Version(), e)
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type oneUser struct {
	ID id.User `path:"id"`
}

type newPassword struct {
	InitialPassword string `json:"initial_password" keep:"never"`
}

func (h users) resetPassword(ctx context.Context, actor access.Actor, in *oneUser) (*Answer[newPassword], error) {
	made, err := h.service.ResetPassword(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	return NewAnswer(newPassword{InitialPassword: made.Password}), nil
}

func (h users) endSessions(ctx context.Context, actor access.Actor, in *oneUser) (*None, error) {
	if err := h.service.EndSessions(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	return &None{}, nil
}
