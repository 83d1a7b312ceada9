package app_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// plainRoute is what the matrix expects of a route that names no lead: only
// the role decides.
type plainRoute struct {
	permission string
	done       string
	request    func(t *testing.T, p *kit.Person) kit.Request
}

func gets(permission, path string) plainRoute { return sends(permission, "200", "GET", path, "") }

func sends(permission, done, method, path, body string) plainRoute {
	return plainRoute{permission: permission, done: done, request: func(_ *testing.T, p *kit.Person) kit.Request {
		return kit.Request{Method: method, Path: path, Body: strings.ReplaceAll(body, "{me}", p.Username)}
	}}
}

// plainRoutes are the expectations of every route without a lead.
func plainRoutes() map[string]plainRoute {
	out := map[string]plainRoute{
		"GET /auth/options":        gets("public", "/auth/options"),
		"GET /auth/me":             gets("self", "/auth/me"),
		"GET /auth/sessions":       gets("self", "/auth/sessions"),
		"GET /meta":                gets("self", "/meta"),
		"GET /units":               gets("self", "/units"),
		"GET /settings/rules":      gets("self", "/settings/rules"),
		"GET /settings/rules/keys": gets("self", "/settings/rules/keys"),
		"GET /leads":               gets("lead.read", "/leads"),
		"GET /handoffs":            gets("lead.read", "/handoffs?box=out"),
		"GET /handoffs/lapsed":     gets("lead.read", "/handoffs/lapsed"),
		"GET /handoffs/pool":       gets("lead.assign", "/handoffs/pool"),
		"POST /handoffs/bulk":      sends("lead.hand_off", "200", "POST", "/handoffs/bulk", `{"lead_ids":[999999999],"to_unit_id":1,"dry_run":true}`),
		"GET /pipeline":            gets("pipeline.read", "/pipeline"),
		"GET /workbench":           gets("workbench.read", "/workbench"),
		"GET /cockpit":             gets("cockpit.read", "/cockpit"),
		"GET /cockpit/measures":    gets("cockpit.read", "/cockpit/measures"),
		"GET /cockpit/list":        gets("cockpit.read", "/cockpit/list?measure=leads.live"),
		"GET /calendar":            gets("self", "/calendar"),
		"GET /clocks":              gets("clock.read", "/clocks"),
		"GET /clocks/ontime":       gets("clock.read", "/clocks/ontime"),
		"GET /people":              gets("lead.restrict", "/people?q=测试员"),
		"GET /roles":               gets("role.read", "/roles"),
		"GET /users":               gets("user.manage", "/users"),
		"GET /memberships":         gets("membership.manage", "/memberships"),
		"GET /audit":               gets("audit.read", "/audit"),
		"GET /audit/people":        gets("audit.read", "/audit/people?q=测试员"),
		"GET /audit/verify":        gets("audit.verify", "/audit/verify"),
		"POST /auth/login":         sends("public", "200", "POST", "/auth/login", `{"username":"{me}","password":"Relay-baton-4100"}`),
		"POST /auth/refresh":       sends("public", "401 auth.session_ended", "POST", "/auth/refresh", ""),
		"PATCH /auth/me":           sends("self", "200", "PATCH", "/auth/me", `{"locale":"en"}`),
		"POST /auth/password":      sends("self", "400 input.invalid", "POST", "/auth/password", `{"current":"wrong","new":"short"}`),
		"POST /leads":              sends("lead.create", "201", "POST", "/leads", `{"title":"新项目","investor_name":"示例投资 {me}","source_channel":"visit","summary":"生产基地"}`),
		"POST /duplicates/check":   sends("duplicate.check", "200", "POST", "/duplicates/check", `{"investor_name":"示例投资"}`),
		"GET /duplicates/users":    gets("duplicate.watch", "/duplicates/users"),
		"GET /registrations":       gets("protection.confirm", "/registrations"),
		"POST /users":              sends("user.manage", "201", "POST", "/users", `{"username":"new-person","name":"测试员丁"}`),
		"POST /units": sends("unit.manage", "201", "POST", "/units",
			`{"slug":"new-unit","name_zh":"新单位","name_en":"New Unit","kind":"department","source":"notice"}`),
		"POST /settings/rules": sends("unit.manage", "201", "POST", "/settings/rules", `{"key":"quiet_days","value":45,"source":"notice"}`),
	}
	for path, done := range bareRoutes() {
		out["GET "+path] = plainRoute{permission: "public", done: done, request: func(_ *testing.T, _ *kit.Person) kit.Request {
			return kit.Request{Method: "GET", Path: path, Root: true}
		}}
	}
	maps.Copy(out, rowRoutes())
	maps.Copy(out, calendarRoutes())
	maps.Copy(out, noticeRoutes())
	maps.Copy(out, disputeRoutes())
	maps.Copy(out, lifecycleRoutes())
	maps.Copy(out, signingRoutes())
	maps.Copy(out, admissionRoutes())
	maps.Copy(out, dossierRoutes())
	maps.Copy(out, commitmentRoutes())
	maps.Copy(out, incentiveRoutes())
	maps.Copy(out, creditRoutes())
	maps.Copy(out, targetRoutes())
	maps.Copy(out, supervisionRoutes())
	maps.Copy(out, updateRoutes())
	maps.Copy(out, rankingRoutes())
	return out
}

// bareRoutes are for machines: outside the described API, without a session.
// The metrics are off unless a token is configured.
func bareRoutes() map[string]string {
	return map[string]string{"/healthz": "200", "/readyz": "200", "/metrics": "404 path.unknown", kit.Base + "/openapi.json": "200"}
}

// rowRoutes name a row of the administration.
func rowRoutes() map[string]plainRoute {
	row := func(permission, done string, request func(k *kit.Kit, t *testing.T) kit.Request) plainRoute {
		return plainRoute{permission: permission, done: done, request: func(t *testing.T, p *kit.Person) kit.Request {
			return request(p.Kit, t)
		}}
	}
	version := func(k *kit.Kit, t *testing.T, table string, id int64) string {
		t.Helper()
		var v int64
		if err := k.DB.Read(context.Background()).Raw("SELECT version FROM "+table+" WHERE id = ?", id).Row().Scan(&v); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(v)
	}
	return map[string]plainRoute{
		"PATCH /users/{id}": row("user.manage", "200", func(k *kit.Kit, t *testing.T) kit.Request {
			third := int64(k.As(t, "third").ID)
			return kit.Request{Method: "PATCH", Path: fmt.Sprintf("/users/%d", third), IfMatch: version(k, t, "users", third), Body: `{"name":"测试员戊"}`}
		}),
		"POST /users/{id}/reset-password": row("user.manage", "200", func(k *kit.Kit, t *testing.T) kit.Request {
			return ask("POST", "/users/%d/reset-password", k.As(t, "fourth").ID)
		}),
		"POST /users/{id}/end-sessions": row("user.manage", "204", func(k *kit.Kit, t *testing.T) kit.Request {
			return ask("POST", "/users/%d/end-sessions", k.As(t, "fourth").ID)
		}),
		"PATCH /units/{id}": row("unit.manage", "200", func(k *kit.Kit, t *testing.T) kit.Request {
			com := int64(k.Unit(context.Background(), "com"))
			return kit.Request{Method: "PATCH", Path: fmt.Sprintf("/units/%d", com), IfMatch: version(k, t, "units", com), Body: `{"note":"核对"}`}
		}),
		"POST /units/{id}/codes": row("unit.manage", "201", func(k *kit.Kit, _ *testing.T) kit.Request {
			r := ask("POST", "/units/%d/codes", k.Unit(context.Background(), "shiqi"))
			r.Body = fmt.Sprintf(`{"code":"442000991","from_on":"%s","source":"notice"}`, clock.System{}.Today().AddDays(1))
			return r
		}),
		"POST /memberships": row("membership.manage", "201", func(k *kit.Kit, t *testing.T) kit.Request {
			return kit.Request{Method: "POST", Path: "/memberships", Body: fmt.Sprintf(`{"user_id":%d,"unit_id":%d,"role":"department_officer"}`,
				k.As(t, "third").ID, k.Unit(context.Background(), "iit"))}
		}),
		"PATCH /memberships/{id}": row("membership.manage", "200", func(k *kit.Kit, t *testing.T) kit.Request {
			var m int64
			err := k.DB.Read(context.Background()).Raw("SELECT min(id) FROM memberships WHERE user_id = ?", k.As(t, "fourth").ID).Row().Scan(&m)
			if err != nil {
				t.Fatal(err)
			}
			return kit.Request{Method: "PATCH", Path: fmt.Sprintf("/memberships/%d", m), IfMatch: version(k, t, "memberships", m), Body: `{"until_on":"2099-01-01"}`}
		}),
		"POST /auth/logout": {permission: "self", done: "204", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "POST", Path: "/auth/logout", Body: `{}`, Header: map[string]string{"Authorization": "Bearer " + logIn(t, p)}}
		}},
		"DELETE /auth/sessions/{id}": {permission: "self", done: "204", request: func(t *testing.T, p *kit.Person) kit.Request {
			logIn(t, p)
			var list struct{ Items []struct{ ID int64 } }
			p.Get(t, "/auth/sessions", &list)
			return ask("DELETE", "/auth/sessions/%d", list.Items[0].ID)
		}},
	}
}

// calendarRoutes change the office calendar of years that nobody knows yet.
func calendarRoutes() map[string]plainRoute {
	day := func(method, date, body string) plainRoute {
		return plainRoute{permission: "calendar.manage", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			var version int64
			ctx, db := context.Background(), p.Kit.DB
			if method == "DELETE" {
				behind(t, p.Kit, "INSERT INTO calendar_days (day, working, name, source) VALUES (?, false, '元旦', 'notice') ON CONFLICT DO NOTHING", date)
			}
			err := db.Read(ctx).Raw("SELECT COALESCE(max(version), 0) FROM calendar_days WHERE day = ?", date).Row().Scan(&version)
			if err != nil {
				t.Fatal(err)
			}
			return kit.Request{Method: method, Path: "/calendar/days/" + date, Body: body, IfMatch: fmt.Sprint(version)}
		}}
	}
	hours := 0
	return map[string]plainRoute{
		"PUT /calendar/days/{date}":    day("PUT", "2031-10-01", `{"working":false,"name":"国庆节","source":"notice"}`),
		"DELETE /calendar/days/{date}": day("DELETE", "2031-01-01", ""),
		"POST /calendar/years/{year}": sends("calendar.manage", "200", "POST", "/calendar/years/2032",
			`{"source":"notice","days":[{"date":"2032-01-01","working":false,"name":"元旦"}]}`),
		"POST /calendar/hours": {permission: "calendar.manage", done: "200", request: func(_ *testing.T, _ *kit.Person) kit.Request {
			hours++ // hours of one day are set once
			from := clock.System{}.Today().AddDays(100 * hours)
			return kit.Request{Method: "POST", Path: "/calendar/hours", Body: fmt.Sprintf(
				`{"from_on":%q,"until_on":%q,"open_minute":540,"close_minute":1020,"source":"notice"}`, from, from.AddDays(30))}
		}},
	}
}

// logIn opens another session of the person and returns its token.
func logIn(t *testing.T, p *kit.Person) string {
	t.Helper()
	a := p.Kit.Anyone(t, kit.Request{Method: "POST", Path: "/auth/login", Body: `{"username":"` + p.Username + `","password":"Relay-baton-4100"}`})
	var v struct {
		AccessToken string `json:"access_token"`
	}
	a.Into(t, &v)
	return v.AccessToken
}

// TestEveryOtherRouteAnswersEveryRoleAsThePolicySays is the part of the matrix
// without leads: routes × roles, and each route without a session.
func TestEveryOtherRouteAnswersEveryRoleAsThePolicySays(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		o := readPolicy(t)
		for name, route := range plainRoutes() {
			for _, role := range access.Roles() {
				want := route.done
				if !o.holds(string(role), route.permission) {
					want = "403 forbidden"
				}
				p := k.As(t, kit.Login(role))
				if a := p.Do(t, route.request(t, p)); a.Brief() != want {
					t.Errorf("%s, %s: %s, want %s\n%.300s", name, role, a.Brief(), want, a.Body)
				}
			}
		}
	})
}

// TestNoRouteButThePublicOnesAnswersWithoutASession asks every route without
// a token and with tokens that are none.
func TestNoRouteButThePublicOnesAnswersWithoutASession(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		for _, route := range k.App.Router.Table() {
			if _, bare := bareRoutes()[route.Path]; bare {
				continue
			}
			path := strings.TrimPrefix(route.Path, kit.Base)
			for _, name := range []string{"id", "cid", "nid", "fid", "hid", "user_id", "year"} {
				path = strings.ReplaceAll(path, "{"+name+"}", "1")
			}
			good := k.As(t, "town-head").Token(t)
			for _, token := range []string{"", "Bearer ", "Bearer x.y.z", "Basic " + good, "Bearer " + good[:len(good)-4] + "AAAA"} {
				a := k.Anyone(t, kit.Request{Method: route.Method, Path: path, Body: `{}`, Header: map[string]string{"Authorization": token}})
				public := slices.Contains([]string{"/auth/options", "/auth/login", "/auth/refresh"}, path)
				if public != (route.Permission == access.Public) {
					t.Errorf("%s %s: permission %s", route.Method, path, route.Permission)
				}
				if !public && (a.Brief() != "401 auth.required" || a.Header.Get("WWW-Authenticate") != "Bearer") {
					t.Errorf("%s %s with %q: %s", route.Method, path, token, a.Brief())
				}
			}
		}
	})
}

// TestEveryPermissionOfThePolicyIsAskedSomewhere finds permissions that no
// route declares. Some are asked inside: of the other end of a hand-off, of
// who moves a lead in a way of its own, and of who rules for the leading body.
func TestEveryPermissionOfThePolicyIsAskedSomewhere(t *testing.T) {
	inside := []access.Permission{
		access.UnitOffer, access.LeadReopen, access.DisputeRecord,
		access.LeadPassGate, access.LeadSkipStage, access.LeadStepBack, access.LeadPause, access.LeadLose,
	}
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		declared := map[access.Permission]bool{}
		for _, r := range k.App.Router.Table() {
			declared[r.Permission] = true
		}
		for _, p := range access.Permissions() {
			if declared[p] == slices.Contains(inside, p) {
				t.Errorf("permission %s: declared by a route %t, asked inside %t", p, declared[p], !declared[p])
			}
		}
	})
}
