package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// confirmRoutes ask for confirmations and answer them.
func confirmRoutes() map[string]leadRoute {
	return map[string]leadRoute{
		"GET /leads/{id}/confirmations": reads("lead.read", "/confirmations"),
		"GET /leads/{id}/per-mu":        reads("lead.read", "/per-mu"),
		"GET /leads/{id}/fair-reviews":  reads("lead.read", "/fair-reviews"),
		"POST /leads/{id}/fair-reviews": {
			permission: "lead.edit", spends: true,
			want: func(r reader) string {
				if r.ended {
					return r.then("lead.edit", "409 lead.ended")
				}
				return r.then("lead.edit", "201")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/fair-reviews", c.Lead)
				r.Body = fmt.Sprintf(`{"conclusion":"passed","reviewer":"market regulation","reviewed_on":"2026-01-05","file_id":%d}`, c.File)
				return r
			},
		},
		"POST /leads/{id}/confirmations": {
			permission: "lead.change_stage", spends: true,
			want: func(r reader) string {
				if r.ended {
					return r.then("lead.change_stage", "409 lead.ended")
				}
				return r.then("lead.change_stage", "201")
			},
			request: func(c kit.Cell, _ state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/confirmations", c.Lead)
				r.Body = `{"stage":"signed","text":"please look"}`
				return r
			},
		},
		"POST /leads/{id}/confirmations/{cid}/answer": {
			permission: "lead.confirm",
			want:       func(r reader) string { return r.then("lead.confirm", "400 input.invalid") },
			request: func(c kit.Cell, _ state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/confirmations/999999999/answer", c.Lead)
				r.Body = `{"confirmed":false}` // a no without a reason
				return r
			},
			made: askedForConfirmation,
		},
	}
}

// askedForConfirmation is a lead of Huangpu of which a confirmation is asked,
// and the bureau, which answers.
func askedForConfirmation(t *testing.T, m *matrix) (*kit.Person, kit.Request) {
	t.Helper()
	c := own(t, m.Kit)
	a := m.As(t, "town-head").Do(t, posts(`{"stage":"signed"}`, "/leads/%d/confirmations", c.Lead))
	var v lead.ConfirmView
	a.Into(t, &v)
	return m.As(t, "bureau-officer"), posts(`{"confirmed":true}`, "/leads/%d/confirmations/%d/answer", c.Lead, v.ID)
}

// lifecycleRoutes change versions of the life cycle; each request has a draft
// of its own.
func lifecycleRoutes() map[string]plainRoute {
	drafts := 0
	draft := func(done string, request func(v gate.View) kit.Request) plainRoute {
		return plainRoute{permission: "lifecycle.manage", done: done, request: func(t *testing.T, p *kit.Person) kit.Request {
			a := p.Kit.As(t, "system-admin").Do(t, kit.Request{
				Method: "POST", Path: "/settings/lifecycles", Body: `{"from_id":1,"note":"another version"}`,
			})
			if a.Status != http.StatusCreated {
				t.Fatalf("no draft: %s %s", a.Brief(), a.Body)
			}
			var v gate.View
			a.Into(t, &v)
			drafts++
			r := request(v)
			r.IfMatch = fmt.Sprint(v.Version)
			return r
		}}
	}
	return map[string]plainRoute{
		"GET /confirmations":            gets("lead.confirm", "/confirmations"),
		"GET /settings/lifecycles":      gets("self", "/settings/lifecycles"),
		"GET /settings/lifecycles/{id}": gets("self", "/settings/lifecycles/1?compare=1"),
		"POST /settings/lifecycles":     sends("lifecycle.manage", "201", "POST", "/settings/lifecycles", `{"from_id":1,"note":"a draft"}`),
		"PUT /settings/lifecycles/{id}": draft("200", func(v gate.View) kit.Request {
			body, _ := json.Marshal(map[string]any{"note": "changed", "source": v.Source, "steps": v.Steps}) // plain values
			return kit.Request{Method: "PUT", Path: fmt.Sprintf("/settings/lifecycles/%d", v.ID), Body: string(body)}
		}),
		"POST /settings/lifecycles/{id}/force": draft("200", func(v gate.View) kit.Request {
			return kit.Request{
				Method: "POST", Path: fmt.Sprintf("/settings/lifecycles/%d/force", v.ID),
				Body: fmt.Sprintf(`{"from_on":%q}`, clock.System{}.Today().AddDays(100+drafts)),
			}
		}),
		"DELETE /settings/lifecycles/{id}": draft("204", func(v gate.View) kit.Request {
			return kit.Request{Method: "DELETE", Path: fmt.Sprintf("/settings/lifecycles/%d", v.ID)}
		}),
	}
}
