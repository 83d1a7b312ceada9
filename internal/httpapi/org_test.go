package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	gatestore "github.com/leadrelay/leadrelay/internal/store/lead/gate"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
	"github.com/leadrelay/leadrelay/rbac"
)

// orgEdge is a router with the organisation alone; its tokens are the names
// of demo accounts.
type orgEdge struct {
	edge
	db     *store.DB
	policy *access.Policy
}

// Authenticate reads the live memberships of the named account.
func (e orgEdge) Authenticate(ctx context.Context, token string) (access.Actor, Person, error) {
	var rows []struct {
		UserID id.User
		ID     id.Membership
		UnitID id.Unit
		Role   access.Role
	}
	err := e.db.Read(ctx).Raw(`SELECT u.id AS user_id, m.id, m.unit_id, m.role FROM users u JOIN memberships m ON m.user_id = u.id
		WHERE u.username = ? AND (m.until_on IS NULL OR m.until_on > ?)`, token, "2026-03-09").Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return access.Actor{}, Person{}, fault.New(fault.Unauthenticated, "auth.required", "unknown")
	}
	var ms []access.Membership
	for _, r := range rows {
		ms = append(ms, access.Membership{ID: r.ID, Unit: r.UnitID, Role: r.Role})
	}
	return access.NewActor(rows[0].UserID, ms, e.policy), Person{}, nil
}

func eachOrg(t *testing.T, f func(t *testing.T, e orgEdge)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		db.SetOffset(clock.NewDate(2026, time.March, 9).At(9 * time.Hour).Sub(clock.System{}.Now()))
		policy, err := access.LoadFS(rbac.FS)
		if err != nil {
			t.Fatal(err)
		}
		service := org.NewService(orgstore.New(db), clock.System{}, page.NewCursors([]byte("a key of the tests, 32 bytes long")))
		content, err := city.Load()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := service.Seed(t.Context(), content); err != nil {
			t.Fatal(err)
		}
		if _, err := service.SeedAccounts(t.Context(), city.DemoAccounts(), func() (string, error) { return "x", nil }); err != nil {
			t.Fatal(err)
		}
		if err := lifekit.Seed(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		e := orgEdge{db: db, policy: policy}
		r := newRouter(Options{Auth: e})
		meta{org: service, gate: gate.NewService(gatestore.New(db)), options: Options{Product: "LeadRelay", Demo: true, Version: "test", FileBytes: 20 << 20}}.routes(r)
		units{service: service}.routes(r)
		memberships{service: service}.routes(r)
		settings{service: service}.routes(r)
		peopleSearch{service: service}.routes(r)
		built, err := r.build()
		if err != nil {
			t.Fatal(err)
		}
		e.edge = edge{Router: built, t: t}
		f(t, e)
	})
}

func (e orgEdge) unit(slug string) int64 {
	e.t.Helper()
	var unit int64
	if err := e.db.Read(e.t.Context()).Raw("SELECT id FROM units WHERE slug = ?", slug).Scan(&unit).Error; err != nil || unit == 0 {
		e.t.Fatalf("unit %s: %v", slug, err)
	}
	return unit
}

func (e orgEdge) user(name string) int64 {
	e.t.Helper()
	var user int64
	if err := e.db.Read(e.t.Context()).Raw("SELECT id FROM users WHERE username = ?", name).Scan(&user).Error; err != nil || user == 0 {
		e.t.Fatalf("user %s: %v", name, err)
	}
	return user
}

func bodyOf[T any](t *testing.T, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var out T
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return out
}

func TestEverybodySeesTheUnitsButOnlyTheSystemAdministratorMayEdit(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		for token, can := range map[string]string{"sysadmin": "[edit]", "secadmin": "[]", "viewer-huangpu": "[]"} {
			list := bodyOf[page.Of[org.UnitView]](t, e.do(ask{"GET", "/api/v1/units", token, "", nil}), 200)
			if len(list.Items) != 72 || list.Next != nil || list.Total != (page.Total{Count: 72, Exact: true}) {
				t.Errorf("%s: %d items of %+v", token, len(list.Items), list.Total)
			}
			for _, u := range list.Items {
				if fmt.Sprint(u.Can) != can || u.Masked == nil {
					t.Fatalf("%s may %v at %s", token, u.Can, u.Slug)
				}
			}
		}
		var slugs []string
		for next := ""; ; {
			list := bodyOf[page.Of[org.UnitView]](t, e.do(ask{"GET", "/api/v1/units?limit=30&cursor=" + next, "leader", "", nil}), 200)
			for _, u := range list.Items {
				slugs = append(slugs, u.Slug)
			}
			if list.Next == nil {
				break
			}
			next = *list.Next
		}
		if len(slugs) != 72 || slugs[0] != "zs-ipb" || slugs[71] != "ccpit" {
			t.Errorf("%d units from %s to %s", len(slugs), slugs[0], slugs[len(slugs)-1])
		}
	})
}

func TestAUnitIsEditedByVersionInTheContractsOrderOfChecks(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		path, body := fmt.Sprintf("/api/v1/units/%d", e.unit("wg-wuhan")), `{"name_zh":"武汉招商组","closed_on":"2026-05-01"}`
		v := func(n string) map[string]string { return map[string]string{"If-Match": n} }
		for _, c := range []struct {
			name   string
			ask    ask
			status int
			code   string
		}{
			{"security administrator", ask{"PATCH", path, "secadmin", body, v(`"1"`)}, 403, "forbidden"},
			{"no such unit", ask{"PATCH", "/api/v1/units/999", "sysadmin", body, nil}, 404, "unit.unknown"},
			{"no version", ask{"PATCH", path, "sysadmin", body, nil}, 428, "precondition.required"},
			{"old version", ask{"PATCH", path, "sysadmin", `{"nonsense":1}`, v(`"7"`)}, 412, "stale"},
			{"unknown name", ask{"PATCH", path, "sysadmin", `{"nonsense":1}`, v(`"1"`)}, 400, "input.invalid"},
			{"markup", ask{"PATCH", path, "sysadmin", `{"note":"<i>"}`, v(`"1"`)}, 400, "input.invalid"},
			{"impossible day", ask{"PATCH", path, "sysadmin", `{"closed_on":"2026-02-30"}`, v(`"1"`)}, 400, "input.invalid"},
			{"code for no unit", ask{"POST", "/api/v1/units/999/codes", "sysadmin", `{}`, nil}, 404, "unit.unknown"},
			{"unit of a fixed kind", ask{"POST", "/api/v1/units", "sysadmin", `{"slug":"x","name_zh":"甲","name_en":"x","kind":"bureau","source":"s"}`, nil}, 400, "input.invalid"},
		} {
			w := e.do(c.ask)
			if p := problemIn(t, w); w.Code != c.status || p.Code != c.code {
				t.Errorf("%s: %d %s, want %d %s: %s", c.name, w.Code, p.Code, c.status, c.code, w.Body)
			}
		}
		w := e.do(ask{"PATCH", path, "sysadmin", body, v(`"1"`)})
		u := bodyOf[org.UnitView](t, w, 200)
		if u.NameZH != "武汉招商组" || u.ShortZH != "武汉组" || u.ClosedOn.String() != "2026-05-01" || w.Header().Get("ETag") != `"2"` {
			t.Errorf("%+v, tag %s", u, w.Header().Get("ETag"))
		}
		u = bodyOf[org.UnitView](t, e.do(ask{"PATCH", path, "sysadmin", `{"closed_on":null,"parent_id":null}`, v(`"2"`)}), 200)
		if u.ClosedOn != nil || u.ParentID != nil || u.NameZH != "武汉招商组" {
			t.Errorf("%+v", u)
		}
	})
}

func TestAUnitIsFoundedAndGivenACode(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		body := fmt.Sprintf(`{"slug":"new-town","name_zh":"测试镇","name_en":"Test Town","kind":"town","parent_id":%d,"source":"中府办〔2026〕1号"}`, e.unit("zs-ipb"))
		u := bodyOf[org.UnitView](t, e.do(ask{"POST", "/api/v1/units", "sysadmin", body, nil}), http.StatusCreated)
		if u.OpenedOn.String() != "2026-03-09" || u.Confirmed || len(u.Codes) != 0 {
			t.Errorf("%+v", u)
		}
		path := fmt.Sprintf("/api/v1/units/%d/codes", u.ID)
		for _, code := range []string{
			`{"code":"442000201","from_on":"2026-04-01","source":"公告一"}`, `{"code":"442000202","from_on":"2027-01-01","source":"公告二"}`,
		} {
			u = bodyOf[org.UnitView](t, e.do(ask{"POST", path, "sysadmin", code, nil}), http.StatusCreated)
		}
		if len(u.Codes) != 2 || u.Codes[0].Code != "442000202" || u.Codes[1].UntilOn.String() != "2026-12-31" || u.Version != 3 {
			t.Errorf("%+v", u)
		}
		w := e.do(ask{"POST", "/api/v1/units", "sysadmin", body, nil})
		if p := problemIn(t, w); w.Code != 409 || p.Code != "unit.slug_taken" || p.Detail != "这个简称代码已被其他单位使用。" {
			t.Errorf("%d %+v", w.Code, p)
		}
	})
}

func TestRolesAreGrantedAndEndedOverHTTP(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		grant := func(user, unit int64, role string) string {
			return fmt.Sprintf(`{"user_id":%d,"unit_id":%d,"role":%q}`, user, unit, role)
		}
		bureau := e.unit("zs-ipb")
		for _, c := range []struct {
			name, token, body string
			status            int
			code              string
		}{
			{"not the security administrator", "sysadmin", grant(e.user("iit"), bureau, "auditor"), 403, "forbidden"},
			{"himself", "secadmin", grant(e.user("secadmin"), e.unit("huangpu"), "town_viewer"), 403, "membership.self"},
			{"two administrators", "secadmin", grant(e.user("sysadmin"), bureau, "auditor"), 409, "membership.two_administrators"},
			{"wrong kind", "secadmin", grant(e.user("iit"), bureau, "town_head"), 400, "membership.role_unit_mismatch"},
			{"unknown role", "secadmin", grant(e.user("iit"), bureau, "emperor"), 400, "input.invalid"},
			{"again", "secadmin", grant(e.user("iit"), e.unit("iit"), "department_officer"), 409, "membership.exists"},
		} {
			w := e.do(ask{"POST", "/api/v1/memberships", c.token, c.body, nil})
			if p := problemIn(t, w); w.Code != c.status || p.Code != c.code {
				t.Errorf("%s: %d %s, want %d %s", c.name, w.Code, p.Code, c.status, c.code)
			}
		}
		m := bodyOf[org.MembershipView](t, e.do(ask{"POST", "/api/v1/memberships", "secadmin", grant(e.user("xiaolan"), bureau, "bureau_head"), nil}), 201)
		if m.FromOn.String() != "2026-03-09" || m.UntilOn != nil || fmt.Sprint(m.Can) != "[end]" {
			t.Errorf("%+v", m)
		}
		path := fmt.Sprintf("/api/v1/memberships/%d", m.ID)
		w := e.do(ask{"PATCH", path, "secadmin", `{}`, map[string]string{"If-Match": `"1"`}})
		if p := problemIn(t, w); w.Code != 400 || len(p.Fields) != 1 || p.Fields[0].Code != "required" {
			t.Errorf("without a day: %d %+v", w.Code, p)
		}
		ended := bodyOf[org.MembershipView](t, e.do(ask{"PATCH", path, "secadmin", `{"until_on":"2026-03-09"}`, map[string]string{"If-Match": `"1"`}}), 200)
		if ended.UntilOn.String() != "2026-03-09" || ended.Version != 2 {
			t.Errorf("%+v", ended)
		}
		live := fmt.Sprintf("/api/v1/memberships?user_id=%d&live=true", e.user("xiaolan"))
		list := bodyOf[page.Of[org.MembershipView]](t, e.do(ask{"GET", live, "secadmin", "", nil}), 200)
		if len(list.Items) != 1 || list.Items[0].Role != access.TownOfficer || list.Items[0].UserName != "演示·小榄镇专员" {
			t.Errorf("%+v", list)
		}
	})
}

func TestTheCitysNumbersAreReadByAllAndSetByOne(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		body := `{"key":"quiet_days","value":10,"from_on":"2026-04-01","source":"局务会纪要","confirmed":true}`
		if w := e.do(ask{"POST", "/api/v1/settings/rules", "bureau-head", body, nil}); w.Code != 403 {
			t.Errorf("the bureau's head set a number: %d", w.Code)
		}
		before := bodyOf[page.Of[org.RuleView]](t, e.do(ask{"GET", "/api/v1/settings/rules", "huangpu", "", nil}), 200).Total.Count
		set := bodyOf[org.RuleView](t, e.do(ask{"POST", "/api/v1/settings/rules", "sysadmin", body, nil}), 201)
		list := bodyOf[page.Of[org.RuleView]](t, e.do(ask{"GET", "/api/v1/settings/rules", "huangpu", "", nil}), 200)
		if list.Total.Count != before+1 || list.Items[0].ID != set.ID || list.Items[0].Value != 10 || list.Items[0].ZH != "多少天无跟进即提醒" || len(list.Items[0].Can) != 0 {
			t.Errorf("%d items, first %+v", len(list.Items), list.Items[0])
		}
		w := e.do(ask{"POST", "/api/v1/settings/rules", "sysadmin", strings.Replace(body, "quiet_days", "nonsense", 1), nil})
		if p := problemIn(t, w); w.Code != 400 || len(p.Fields) != 1 || p.Fields[0].Name != "key" {
			t.Errorf("%d %+v", w.Code, p)
		}
	})
}

func TestPeopleAreFoundByThoseWhoCanNameThem(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		found := bodyOf[peopleFound](t, e.do(ask{"GET", "/api/v1/people?q=huangpu", "wg-shenzhen", "", nil}), 200)
		var names []string
		for _, p := range found.Items {
			names = append(names, p.Username)
		}
		if got := strings.Join(names, " "); got != "huangpu huangpu-head viewer-huangpu" {
			t.Errorf("got %s", got)
		}
		for _, token := range []string{"viewer-huangpu", "sysadmin", "auditor", "leader"} {
			if w := e.do(ask{"GET", "/api/v1/people", token, "", nil}); w.Code != 403 {
				t.Errorf("%s: %d", token, w.Code)
			}
		}
	})
}
