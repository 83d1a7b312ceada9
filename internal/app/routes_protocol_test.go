package app_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// protocolRoutes are the expectations of what moves a lead beside an offer,
// of drafts, and of helpers.
func protocolRoutes() map[string]leadRoute {
	out := map[string]leadRoute{
		"GET /leads/{id}/custody.xlsx": reads("lead.read", "/custody.xlsx"),
		"GET /leads/{id}/package":      reads("lead.hand_off", "/package"),
		"POST /leads/{id}/return":      gives("lead.hand_off", "return", reader.returns),
		"POST /leads/{id}/refer":       gives("lead.refer", "refer", func(r reader) string { return r.givesUp("lead.refer", "200") }),
		"POST /leads/{id}/assign":      assigns(),
	}
	for name, route := range helperRoutes() {
		out[name] = route
	}
	for name, route := range draftRoutes() {
		out[name] = route
	}
	return out
}

// gives lets the holder's responsibility go at once.
func gives(permission, act string, want func(r reader) string) leadRoute {
	return leadRoute{
		permission: permission, spends: true, want: want,
		request: func(c kit.Cell, _ state) kit.Request {
			r := ask(http.MethodPost, "/leads/%d/"+act, c.Lead)
			r.Body = `{"reason":"无法承接"}`
			return r
		},
	}
}

// givesUp is what a permitted act answers that lets the lead go: not while it
// is on offer, not after its end.
func (r reader) givesUp(permission, done string) string {
	switch {
	case r.offer.state == "offered":
		done = "409 handoff.pending"
	case r.ended:
		done = "409 lead.ended"
	}
	return r.then(permission, done)
}

// returns gives back what came by an offer that was accepted.
func (r reader) returns() string {
	if r.offer.to == "me" {
		return r.givesUp("lead.hand_off", "200")
	}
	return r.givesUp("lead.hand_off", "409 handoff.not_returnable")
}

func assigns() leadRoute {
	return leadRoute{
		permission: "lead.assign", spends: true,
		want: func(r reader) string { return r.givesUp("lead.assign", "200") },
		request: func(c kit.Cell, at state) kit.Request {
			r := ask(http.MethodPost, "/leads/%d/assign", c.Lead)
			r.Body = fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合","ask":"联系","member_ids":[%d]}`, at.thirdUnit, at.third)
			return r
		},
	}
}

func helperRoutes() map[string]leadRoute {
	return map[string]leadRoute{
		"GET /leads/{id}/helpers": {
			permission: "lead.read",
			want: func(r reader) string {
				if r.can("lead.read") && !r.shown("open") {
					return "403 forbidden"
				}
				return r.then("lead.read", "200")
			},
			request: func(c kit.Cell, _ state) kit.Request { return ask(http.MethodGet, "/leads/%d/helpers", c.Lead) },
		},
		"POST /leads/{id}/helpers": {
			permission: "helper.edit", spends: true,
			want: func(r reader) string {
				if r.ended {
					return r.then("helper.edit", "409 lead.ended")
				}
				return r.then("helper.edit", "201")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/helpers", c.Lead)
				r.Body = fmt.Sprintf(`{"unit_id":%d,"reason":"协助选址","member_ids":[%d]}`, at.thirdUnit, at.third)
				return r
			},
		},
		"DELETE /leads/{id}/helpers/{hid}": {
			permission: "helper.edit",
			want:       func(r reader) string { return r.then("helper.edit", "204") },
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodDelete, "/leads/%d/helpers/%d", c.Lead, at.helper)
				r.IfMatch = "1"
				return r
			},
		},
	}
}

// draftRoutes ask of the grid's hand-offs, none of which is a draft or an
// assignment, so that a permitted act is told so.
func draftRoutes() map[string]leadRoute {
	handed := func(method, act, body string, versioned bool, want func(r reader) string) leadRoute {
		permission := "lead.hand_off"
		if act == "/decide" {
			permission = "lead.decide"
		}
		return leadRoute{
			permission: permission, handed: true, want: want,
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(method, "/handoffs/%d"+act, c.Handoff)
				r.Body = body
				if versioned {
					r.IfMatch = fmt.Sprint(at.handoffVersion)
				}
				return r
			},
		}
	}
	drafted := func(r reader) string { return r.drafts() }
	edits, discards := handed(http.MethodPatch, "", `{"reason":"补充"}`, true, drafted), handed(http.MethodDelete, "", "", true, drafted)
	edits.made = ofADraft(http.MethodPatch, `{"reason":"补充"}`)
	discards.made = ofADraft(http.MethodDelete, "")
	out := map[string]leadRoute{"PATCH /handoffs/{id}": edits, "DELETE /handoffs/{id}": discards}
	sends := handed(http.MethodPost, "/send", `{}`, false, func(r reader) string {
		return r.answersAs("lead.hand_off", r.offer.from, "409 handoff.not_drafted")
	})
	sends.made = aDraft
	out["POST /handoffs/{id}/send"] = sends
	objects := handed(http.MethodPost, "/object", `{"reason":"不合适"}`, false, func(r reader) string {
		return r.answersAs("lead.hand_off", r.offer.to, "409 handoff.not_assigned")
	})
	objects.made = anAssignment
	out["POST /handoffs/{id}/object"] = objects
	decides := handed(http.MethodPost, "/decide", `{"decision":"uphold","reason":"维持"}`, false, reader.decides)
	decides.made = anObjection
	out["POST /handoffs/{id}/decide"] = decides
	return out
}

// aDraft is a draft of the town with its sending.
func aDraft(t *testing.T, m *matrix) (*kit.Person, kit.Request) {
	t.Helper()
	c := m.fresh(t, "huangpu", kit.Own)
	town := m.As(t, "town-officer")
	v := m.made(t, town, fmt.Sprintf("/leads/%d/handoffs", c.Lead),
		fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合","ask":"联系","draft":true}`, m.at.thirdUnit))
	return town, kit.Request{Method: http.MethodPost, Path: fmt.Sprintf("/handoffs/%d/send", v), Body: `{}`}
}

// ofADraft changes a draft of the town in its first version.
func ofADraft(method, body string) func(t *testing.T, m *matrix) (*kit.Person, kit.Request) {
	return func(t *testing.T, m *matrix) (*kit.Person, kit.Request) {
		t.Helper()
		town, sends := aDraft(t, m)
		return town, kit.Request{Method: method, Path: strings.TrimSuffix(sends.Path, "/send"), Body: body, IfMatch: "1"}
	}
}

// anAssignment is a lead that the bureau gave to the town, which may object.
func anAssignment(t *testing.T, m *matrix) (*kit.Person, kit.Request) {
	t.Helper()
	c := m.fresh(t, "zs-ipb", kit.Own)
	town := m.As(t, "town-officer")
	v := m.made(t, m.As(t, "bureau-officer"), fmt.Sprintf("/leads/%d/assign", c.Lead),
		fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合","ask":"联系"}`, town.Roles[0].Unit))
	return town, kit.Request{Method: http.MethodPost, Path: fmt.Sprintf("/handoffs/%d/object", v), Body: `{"reason":"不合适"}`}
}

// anObjection is an assignment that the town objected to.
func anObjection(t *testing.T, m *matrix) (*kit.Person, kit.Request) {
	t.Helper()
	town, request := anAssignment(t, m)
	v := m.made(t, town, request.Path, request.Body)
	return m.As(t, "bureau-officer"), kit.Request{
		Method: http.MethodPost, Path: fmt.Sprintf("/handoffs/%d/decide", v), Body: `{"decision":"uphold","reason":"维持"}`,
	}
}

func (m *matrix) fresh(t *testing.T, unit string, relation kit.Relation) kit.Cell {
	t.Helper()
	c, err := m.MakeCell(context.Background(), kit.Cell{Unit: unit, Relation: relation})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// made sends a POST and returns the number of what it made.
func (m *matrix) made(t *testing.T, p *kit.Person, path, body string) int64 {
	t.Helper()
	a := p.Do(t, kit.Request{Method: http.MethodPost, Path: path, Body: body})
	if a.Status >= 300 {
		t.Fatalf("%s: %s\n%s", path, a.Brief(), a.Body)
	}
	var v struct{ ID int64 }
	a.Into(t, &v)
	return v.ID
}

// drafts is what editing or discarding meets: the hand-off must be readable,
// then the unit must be the sender, then it must be a draft.
func (r reader) drafts() string {
	if !r.holds(r.role, "lead.hand_off") {
		return "403 forbidden"
	}
	if brief := r.readsOffer(); brief != "200" {
		return brief
	}
	if !r.sends(r.offer.from) {
		return "403 forbidden"
	}
	return "409 handoff.not_drafted"
}

// sends tells whether the caller acts for the unit with the right to hand on.
func (r reader) sends(unit string) bool {
	return unit == "me" && slices.Contains(r.may(r.role, "lead.hand_off"), "owner") && (!r.restricted || r.member)
}

// reaches tells whether the hand-off is found for an act: by who reads the
// lead, and by the addressee of the offer.
func (r reader) reaches() bool {
	addressed := r.offer.to == "me" && slices.Contains(r.may(r.role, "lead.answer"), "offered")
	open := !r.restricted || r.member || slices.Contains(r.may(r.role, "lead.read"), "any_restricted")
	return r.can("lead.read") || addressed && !r.deleted && open
}

func (r reader) answersAs(permission, unit, done string) string {
	switch {
	case !r.holds(r.role, permission):
		return "403 forbidden"
	case !r.reaches():
		return "404 handoff.unknown"
	case !r.sends(unit):
		return "403 forbidden"
	}
	return done
}

func (r reader) decides() string {
	switch {
	case !r.holds(r.role, "lead.decide"):
		return "403 forbidden"
	case !r.reaches():
		return "404 handoff.unknown"
	case !r.can("lead.decide"):
		return "403 forbidden"
	}
	return "409 handoff.not_assigned"
}
