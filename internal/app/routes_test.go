package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// leadRoute is what the matrix expects of a route about one lead.
type leadRoute struct {
	permission string
	want       func(r reader) string
	// request asks for it; at is the lead's present state.
	request func(c kit.Cell, at state) kit.Request
	// spends tells that a done act changes what later cells rely on, so that
	// it gets a lead of its own.
	spends bool
	handed bool // the path names the hand-off, not the lead
	// made makes the hand-off of a state that the grid has not, and who may
	// act on it, for a route whose act none of the grid's rows permits.
	made func(t *testing.T, m *matrix) (*kit.Person, kit.Request)
}

// state is what a request must know of the lead now, and of the rows that the
// person made for the request.
type state struct {
	version        int64
	stage          string
	contact, note  int64
	file           int64
	contactVersion int64
	noteVersion    int64
	clock          int64 // the assessment, which is paused for a request to resume it
	handoffVersion int64
	helper         int64
	third, fourth  int64
	thirdUnit      int64
	target         int64 // a lead that others are merged into
}

func ask(method, path string, args ...any) kit.Request {
	return kit.Request{Method: method, Path: fmt.Sprintf(path, args...)}
}

func reads(permission, path string) leadRoute {
	return leadRoute{
		permission: permission,
		want:       func(r reader) string { return r.then(permission, "200") },
		request:    func(c kit.Cell, _ state) kit.Request { return ask(http.MethodGet, "/leads/%d"+path, c.Lead) },
	}
}

// leadRoutes are the expectations of every route about one lead or hand-off.
func leadRoutes() map[string]leadRoute {
	out := map[string]leadRoute{
		"GET /leads/{id}":          reads("lead.read", ""),
		"GET /leads/{id}/timeline": reads("lead.read", "/timeline"),
		"GET /leads/{id}/updates":  reads("update.read", "/updates"),
		"GET /leads/{id}/custody":  reads("lead.read", "/custody"),
		"GET /leads/{id}/why":      reads("lead.read", "/why"),
		"GET /leads/{id}/clocks":   reads("lead.read", "/clocks"),
		"GET /leads/{id}/path":     reads("lead.read", "/path"),
		"GET /leads/{id}/gate":     reads("lead.change_stage", "/gate?to=qualified"),
		"GET /leads/{id}/members":  reads("lead.restrict", "/members"),
		"GET /leads/{id}/merges":   reads("lead.merge", "/merges"),
		"GET /leads/{id}/contacts": reads("contact.read", "/contacts"),
		"GET /leads/{id}/notes":    reads("file.read", "/notes"),
		"GET /leads/{id}/files":    reads("file.read", "/files"),
		"GET /leads/{id}/files/{fid}/content": {
			permission: "file.read",
			want:       func(r reader) string { return r.then("file.read", "200") },
			request: func(c kit.Cell, _ state) kit.Request {
				return ask(http.MethodGet, "/leads/%d/files/%d/content", c.Lead, c.File)
			},
		},
	}
	for _, more := range []map[string]leadRoute{changeRoutes(), attachRoutes(), handoffRoutes(), mergeRoutes(), clockRoutes(), protocolRoutes(), protectionRoutes(), confirmRoutes()} {
		for name, route := range more {
			out[name] = route
		}
	}
	return out
}

func changeRoutes() map[string]leadRoute {
	member := func(done string) func(r reader) string {
		return func(r reader) string {
			if !r.restricted {
				done := "409 lead.not_restricted"
				return r.then("lead.restrict", done)
			}
			return r.then("lead.restrict", done)
		}
	}
	return map[string]leadRoute{
		"PATCH /leads/{id}": {
			permission: "lead.edit",
			want: func(r reader) string {
				if r.ended {
					return r.then("lead.edit", "409 lead.ended")
				}
				return r.then("lead.edit", "200")
			},
			request: func(c kit.Cell, at state) kit.Request {
				return kit.Request{
					Method: http.MethodPatch, Path: fmt.Sprintf("/leads/%d", c.Lead), IfMatch: fmt.Sprint(at.version),
					Body: fmt.Sprintf(`{"next_step":"step %d"}`, at.version),
				}
			},
		},
		"DELETE /leads/{id}": {
			permission: "lead.delete", spends: true,
			want: func(r reader) string {
				if r.offer.state == "offered" {
					return r.then("lead.delete", "409 handoff.pending")
				}
				return r.then("lead.delete", "204")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodDelete, "/leads/%d?reason=slip", c.Lead)
				r.IfMatch = fmt.Sprint(at.version)
				return r
			},
		},
		"POST /leads/{id}/stage": {
			permission: "lead.change_stage", spends: true,
			want: func(r reader) string {
				if r.ended && !r.can("lead.reopen") {
					return r.then("lead.change_stage", "403 stage.reopen")
				}
				return r.then("lead.change_stage", "200")
			},
			request: func(c kit.Cell, at state) kit.Request {
				return kit.Request{
					Method: http.MethodPost, Path: fmt.Sprintf("/leads/%d/stage", c.Lead), IfMatch: fmt.Sprint(at.version),
					Body: `{"to":"qualified","reason":"talks"}`,
				}
			},
		},
		"POST /leads/{id}/members": {
			permission: "lead.restrict", want: member("200"),
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/members", c.Lead)
				r.Body = fmt.Sprintf(`{"user_id":%d}`, at.fourth)
				return r
			},
		},
		"DELETE /leads/{id}/members/{user_id}": {
			permission: "lead.restrict", want: member("204"), spends: true,
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodDelete, "/leads/%d/members/%d", c.Lead, at.fourth)
				r.IfMatch = "1"
				return r
			},
		},
	}
}

// protectionRoutes decide about a lead's protection. The leads of the grid
// are protected, but for the ended ones.
func protectionRoutes() map[string]leadRoute {
	decide := func(how string) leadRoute {
		return leadRoute{
			permission: "protection.confirm",
			want:       func(r reader) string { return r.then("protection.confirm", "409 protection.not_pending") },
			request: func(c kit.Cell, _ state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/protection/"+how, c.Lead)
				r.Body = `{"reason":"another plant"}`
				return r
			},
		}
	}
	return map[string]leadRoute{
		"POST /leads/{id}/protection/confirm": decide("confirm"),
		"POST /leads/{id}/protection/reject":  decide("reject"),
		"POST /leads/{id}/protection/renew": {
			permission: "protection.renew", spends: true,
			want: func(r reader) string {
				if r.ended {
					return r.then("protection.renew", "409 protection.not_active")
				}
				return r.then("protection.renew", "200")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/protection/renew", c.Lead)
				r.Body = fmt.Sprintf(`{"reason":"talks go on","note_id":%d}`, at.note)
				return r
			},
		},
	}
}

func attachRoutes() map[string]leadRoute {
	does := func(permission, done, method, path, body string) leadRoute {
		return leadRoute{
			permission: permission,
			want:       func(r reader) string { return r.then(permission, done) },
			request: func(c kit.Cell, at state) kit.Request {
				r := kit.Request{Method: method, Body: body}
				r.Path = fmt.Sprintf("/leads/%d/", c.Lead) + strings.NewReplacer(
					"{cid}", fmt.Sprint(at.contact), "{nid}", fmt.Sprint(at.note), "{fid}", fmt.Sprint(at.file)).Replace(path)
				if method == http.MethodPatch || method == http.MethodDelete {
					r.IfMatch = fmt.Sprint(at.noteVersion)
					if strings.HasPrefix(path, "contacts") {
						r.IfMatch = fmt.Sprint(at.contactVersion)
					}
				}
				return r
			},
		}
	}
	upload := does("file.add", "201", http.MethodPost, "files", "")
	plain := upload.request
	upload.request = func(c kit.Cell, at state) kit.Request {
		r := plain(c, at)
		r.File = &kit.File{Name: "more.txt", Content: kit.Content("more.txt")}
		return r
	}
	return map[string]leadRoute{
		"POST /leads/{id}/contacts":              does("contact.edit", "201", http.MethodPost, "contacts", `{"name":"测试员乙","consent":true}`),
		"PATCH /leads/{id}/contacts/{cid}":       does("contact.edit", "200", http.MethodPatch, "contacts/{cid}", `{"title":"经理"}`),
		"DELETE /leads/{id}/contacts/{cid}":      does("contact.edit", "204", http.MethodDelete, "contacts/{cid}", ""),
		"POST /leads/{id}/contacts/{cid}/reveal": does("contact.reveal", "200", http.MethodPost, "contacts/{cid}/reveal", `{"reason":"安排会见"}`),
		"POST /leads/{id}/notes":                 does("note.add", "201", http.MethodPost, "notes", `{"text":"进展"}`),
		"PATCH /leads/{id}/notes/{nid}":          does("note.add", "200", http.MethodPatch, "notes/{nid}", `{"text":"更正"}`),
		"DELETE /leads/{id}/notes/{nid}":         does("note.add", "204", http.MethodDelete, "notes/{nid}", ""),
		"POST /leads/{id}/files":                 upload,
		"DELETE /leads/{id}/files/{fid}":         does("file.add", "204", http.MethodDelete, "files/{fid}", ""),
	}
}

func handoffRoutes() map[string]leadRoute {
	answer := func(permission, side, act, body string) leadRoute {
		return leadRoute{
			permission: permission, spends: true, handed: true,
			want: func(r reader) string { return r.answers(permission, side) },
			request: func(c kit.Cell, _ state) kit.Request {
				r := ask(http.MethodPost, "/handoffs/%d/%s", c.Handoff, act)
				r.Body = body
				return r
			},
		}
	}
	return map[string]leadRoute{
		"POST /leads/{id}/handoffs": {
			permission: "lead.hand_off", spends: true,
			want: func(r reader) string {
				switch {
				case r.offer.state == "offered":
					return r.then("lead.hand_off", "409 handoff.pending")
				case r.ended:
					return r.then("lead.hand_off", "409 lead.ended")
				}
				return r.then("lead.hand_off", "201")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/handoffs", c.Lead)
				r.Body = fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合","ask":"联系","member_ids":[%d]}`, at.thirdUnit, at.third)
				return r
			},
		},
		"GET /handoffs/{id}": {
			permission: "lead.read", handed: true, want: reader.readsOffer,
			request: func(c kit.Cell, _ state) kit.Request { return ask(http.MethodGet, "/handoffs/%d", c.Handoff) },
		},
		"POST /handoffs/{id}/accept":   answer("lead.answer", "offered", "accept", `{}`),
		"POST /handoffs/{id}/refuse":   answer("lead.answer", "offered", "refuse", `{"reason":"没有土地"}`),
		"POST /handoffs/{id}/withdraw": answer("lead.withdraw", "owner", "withdraw", `{}`),
	}
}

// mergeRoutes merge a lead into a normal one of the third unit.
func mergeRoutes() map[string]leadRoute {
	return map[string]leadRoute{
		"POST /leads/{id}/merge": {
			permission: "lead.merge", spends: true,
			want: func(r reader) string {
				switch {
				case r.offer.state == "offered":
					return r.then("lead.merge", "409 handoff.pending")
				case r.restricted:
					return r.then("lead.merge", "409 merge.restricted")
				}
				return r.then("lead.merge", "200")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/merge", c.Lead)
				r.Body = fmt.Sprintf(`{"into_lead_id":%d,"reason":"同一项目","fields":{"summary":"take"}}`, at.target)
				return r
			},
		},
	}
}

// clockRoutes act on the assessment that the lead's holder owes.
func clockRoutes() map[string]leadRoute {
	act := func(name, body string) leadRoute {
		return leadRoute{
			permission: "clock.pause", spends: true,
			want: func(r reader) string {
				if r.ended {
					return r.then("clock.pause", "409 clock.closed")
				}
				return r.then("clock.pause", "200")
			},
			request: func(c kit.Cell, at state) kit.Request {
				r := ask(http.MethodPost, "/leads/%d/clocks/%d/%s", c.Lead, at.clock, name)
				r.Body = body
				return r
			},
		}
	}
	return map[string]leadRoute{
		"POST /leads/{id}/clocks/{cid}/pause":   act("pause", `{"reason":"等待投资方资料"}`),
		"POST /leads/{id}/clocks/{cid}/resume":  act("resume", `{}`),
		"POST /leads/{id}/clocks/{cid}/experts": act("experts", `{"reason":"需专家论证"}`),
	}
}
