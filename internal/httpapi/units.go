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

// units are the organisations of the city with their dated codes.
type units struct{ service *org.Service }

func (h units) routes(r *Router) {
	route(r, http.MethodGet, "/units", access.Self, h.list,
		Summary("All units with their codes and links, closed ones too."))
	route(r, http.MethodPost, "/units", access.UnitManage, h.create, Status(http.StatusCreated),
		Summary("Found a unit."))
	route(r, http.MethodPatch, "/units/{id}", access.UnitManage, h.edit, Versioned(), Precheck(h.mayEdit),
		Summary("Change a unit; closed_on closes it from that day."))
	route(r, http.MethodPost, "/units/{id}/codes", access.UnitManage, h.addCode, Status(http.StatusCreated), Precheck(h.mayAddCode),
		Summary("Give a unit a new division code; the present one ends on the day before."))
}

type listUnits struct {
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"100"`
	Cursor string `query:"cursor" maxLength:"300"`
}

func (h units) list(ctx context.Context, actor access.Actor, in *listUnits) (*Answer[page.Of[org.UnitView]], error) {
	list, err := h.service.Units(ctx, actor, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(list), nil
}

type createUnit struct {
	Body createUnitBody
}

type createUnitBody struct {
	Slug      string      `json:"slug" doc:"Short name in lower-case letters, digits and hyphens; it never changes."`
	NameZH    string      `json:"name_zh"`
	NameEN    string      `json:"name_en"`
	ShortZH   string      `json:"short_zh,omitempty" doc:"Left out: the name."`
	Kind      string      `json:"kind" enum:"department,group,town,platform,other"`
	ParentID  *id.Unit    `json:"parent_id,omitempty"`
	Confirmed bool        `json:"confirmed,omitempty"`
	Source    string      `json:"source" doc:"What says that the unit exists."`
	Note      string      `json:"note,omitempty"`
	OpenedOn  *clock.Date `json:"opened_on,omitempty" doc:"Left out: today."`
}

func (h units) create(ctx context.Context, actor access.Actor, in *createUnit) (*Item[org.UnitView], error) {
	b := in.Body
	draft := org.UnitDraft{
		Slug: b.Slug, NameZH: b.NameZH, NameEN: b.NameEN, ShortZH: b.ShortZH, Kind: org.Kind(b.Kind),
		Confirmed: b.Confirmed, Source: b.Source, Note: b.Note, OpenedOn: dayOrNone(b.OpenedOn),
	}
	if b.ParentID != nil {
		draft.Parent = *b.ParentID
	}
	u, err := h.service.CreateUnit(ctx, actor, draft)
	if err != nil {
		return nil, err
	}
	return h.item(ctx, actor, u.ID)
}

type editUnit struct {
	ID id.Unit `path:"id"`
	Match
	Body editUnitBody
}

type editUnitBody struct {
	NameZH    Opt[string]      `json:"name_zh,omitzero"`
	NameEN    Opt[string]      `json:"name_en,omitzero"`
	ShortZH   Opt[string]      `json:"short_zh,omitzero"`
	ParentID  Opt[*id.Unit]    `json:"parent_id,omitzero"`
	Confirmed Opt[bool]        `json:"confirmed,omitzero"`
	Note      Opt[string]      `json:"note,omitzero"`
	ClosedOn  Opt[*clock.Date] `json:"closed_on,omitzero" doc:"The first day on which the unit is closed; null opens it again."`
}

func (b editUnitBody) edit() org.UnitEdit {
	e := org.UnitEdit{
		NameZH: sent(b.NameZH), NameEN: sent(b.NameEN), ShortZH: sent(b.ShortZH), Confirmed: sent(b.Confirmed), Note: sent(b.Note),
	}
	if b.ParentID.Set {
		e.Parent = new(id.Unit)
		if b.ParentID.Value != nil {
			*e.Parent = *b.ParentID.Value
		}
	}
	if b.ClosedOn.Set {
		day := dayOrNone(b.ClosedOn.Value)
		e.ClosedOn = &day
	}
	return e
}

func (h units) mayEdit(ctx context.Context, actor access.Actor, at Target) error {
	return h.service.MayEditUnit(ctx, actor, id.Unit(at.ID("id")), at.Version)
}

func (h units) edit(ctx context.Context, actor access.Actor, in *editUnit) (*Item[org.UnitView], error) {
	if _, err := h.service.EditUnit(ctx, actor, in.ID, in.Version(), in.Body.edit()); err != nil {
		return nil, err
	}
	return h.item(ctx, actor, in.ID)
}

type addUnitCode struct {
	ID   id.Unit `path:"id"`
	Body struct {
		Code   string     `json:"code" doc:"6, 9 or 12 digits."`
		FromOn clock.Date `json:"from_on"`
		Source string     `json:"source" doc:"The notice that says so."`
	}
}

func (h units) mayAddCode(ctx context.Context, actor access.Actor, at Target) error {
	return h.service.MayEditUnit(ctx, actor, id.Unit(at.ID("id")), nil)
}

func (h units) addCode(ctx context.Context, actor access.Actor, in *addUnitCode) (*Item[org.UnitView], error) {
	draft := org.CodeDraft{Code: in.Body.Code, FromOn: in.Body.FromOn, Source: in.Body.Source}
	if err := h.service.AddCode(ctx, actor, in.ID, draft); err != nil {
		return nil, err
	}
	return h.item(ctx, actor, in.ID)
}

func (h units) item(ctx context.Context, actor access.Actor, unit id.Unit) (*Item[org.UnitView], error) {
	v, err := h.service.Unit(ctx, actor, unit)
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

// sent returns the value that a request holds, or nil.
func sent[T any](o Opt[T]) *T {
	if !o.Set {
		return nil
	}
	return &o.Value
}

func dayOrNone(d *clock.Date) clock.Date {
	if d == nil {
		return clock.Date{}
	}
	return *d
}
