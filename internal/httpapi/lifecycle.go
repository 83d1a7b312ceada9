package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// lifecycles serves the versions of the life cycle.
type lifecycles struct{ service *gate.Service }

func (h lifecycles) routes(r *Router) {
	seen := Precheck(h.seen)
	route(r, http.MethodGet, "/settings/lifecycles", access.Self, h.all, Summary("Versions of the life cycle, the newest first."))
	route(r, http.MethodGet, "/settings/lifecycles/{id}", access.Self, h.one,
		Summary("One version with its steps, and what differs from another one."))
	route(r, http.MethodPost, "/settings/lifecycles", access.LifecycleManage, h.copied, Status(http.StatusCreated),
		Summary("Copy a version to a draft."))
	route(r, http.MethodPut, "/settings/lifecycles/{id}", access.LifecycleManage, h.edit, Versioned(), seen, Summary("Write a draft anew."))
	route(r, http.MethodPost, "/settings/lifecycles/{id}/force", access.LifecycleManage, h.force, Versioned(), seen,
		Summary("Let a draft rule from a day on."))
	route(r, http.MethodDelete, "/settings/lifecycles/{id}", access.LifecycleManage, h.retire, Versioned(), seen,
		Summary("Give up a draft, or a version whose day has not come."))
}

// seen checks the version of an edit before the body is read.
func (h lifecycles) seen(ctx context.Context, _ access.Actor, t Target) error {
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.Check(ctx, id.Lifecycle(t.ID("id")), version)
}

func (h lifecycles) all(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[items[gate.View]], error) {
	return listed(h.service.All(ctx, actor))
}

type oneLifecycle struct {
	ID      id.Lifecycle `path:"id"`
	Compare id.Lifecycle `query:"compare" doc:"Another version; what differs from it is told."`
}

func (h lifecycles) one(ctx context.Context, actor access.Actor, in *oneLifecycle) (*Item[gate.View], error) {
	return cycleItem(h.service.One(ctx, actor, in.ID, in.Compare))
}

func cycleItem(v gate.View, err error) (*Item[gate.View], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type copyLifecycle struct {
	Body struct {
		FromID id.Lifecycle `json:"from_id"`
		Note   string       `json:"note"`
	}
}

func (h lifecycles) copied(ctx context.Context, actor access.Actor, in *copyLifecycle) (*Item[gate.View], error) {
	return cycleItem(h.service.Copy(ctx, actor, in.Body.FromID, in.Body.Note))
}

type editLifecycle struct {
	ID id.Lifecycle `path:"id"`
	Match
	Body struct {
		Note   string          `json:"note"`
		Source string          `json:"source"`
		Steps  []gate.StepView `json:"steps" maxItems:"105"`
	}
}

func (h lifecycles) edit(ctx context.Context, actor access.Actor, in *editLifecycle) (*Item[gate.View], error) {
	to := gate.Cycle{Note: in.Body.Note, Source: in.Body.Source}
	for _, s := range in.Body.Steps {
		to.Steps = append(to.Steps, s.Step())
	}
	return cycleItem(h.service.Edit(ctx, actor, in.ID, in.Version(), to))
}

type forceLifecycle struct {
	ID id.Lifecycle `path:"id"`
	Match
	Body struct {
		FromOn *clock.Date `json:"from_on,omitempty" doc:"Today or later; left out: today."`
	}
}

func (h lifecycles) force(ctx context.Context, actor access.Actor, in *forceLifecycle) (*Item[gate.View], error) {
	return cycleItem(h.service.PutInForce(ctx, actor, in.ID, in.Version(), in.Body.FromOn))
}

type retireLifecycle struct {
	ID id.Lifecycle `path:"id"`
	Match
}

func (h lifecycles) retire(ctx context.Context, actor access.Actor, in *retireLifecycle) (*None, error) {
	return none(h.service.Retire(ctx, actor, in.ID, in.Version()))
}
