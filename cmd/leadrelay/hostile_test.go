package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// secrets are texts that the hostile callers write into rows and that no log
// line may hold.
const (
	secretName  = "测试员甲壹号"
	secretPhone = "13800009999"
	secretTitle = "绝密项目标题"
)

// attacker sends what no page sends: wrong, odd and huge values, each on a
// body that would be good, and rows of others.
type attacker struct {
	t       *testing.T
	dice    *rand.Rand
	clients map[string]*client
	routes  []routeLine
	seen    map[int]int
}

// routeLine is one line of the permission table.
type routeLine struct{ Method, Path, Permission string }

func TestNothingThatACallerSendsIsAnsweredAsOurFault(t *testing.T) {
	dice := testkit.Dice(t)
	eachPlace(t, func(t *testing.T, p place) {
		s := p.serve(t, "--set", "demo=true")
		a := &attacker{t: t, dice: dice, clients: map[string]*client{}, routes: routesOf(t, p), seen: map[int]int{}}
		for _, account := range city.DemoAccounts() {
			a.clients[account.Username] = s.login(account.Username)
		}
		a.furnish()
		for range testkit.Times(20_000, 1_000) {
			a.anyRoute()
			a.nearlyGood()
		}
		t.Logf("answers by status: %v", a.seen)
		if a.seen[http.StatusOK]+a.seen[http.StatusCreated] == 0 || a.seen[http.StatusBadRequest] == 0 {
			t.Error("the attack did not get anywhere")
		}
		for _, line := range strings.Split(s.log.String(), "\n") {
			if strings.Contains(line, `"level":"ERROR"`) {
				t.Errorf("the program logged: %.500s", line)
			}
			for _, secret := range []string{secretName, secretPhone, secretTitle, city.DemoPassword, "?"} {
				if strings.Contains(line, secret) {
					t.Errorf("the log holds %q: %.500s", secret, line)
				}
			}
		}
		if code := s.stop(); code != 0 {
			t.Errorf("ended with code %d", code)
		}
		if code, out, said := p.run(t, "verify-audit", "--set", "demo=true"); code != 0 {
			t.Errorf("after the attack: %s%s", out, said)
		}
	})
}

func routesOf(t *testing.T, p place) []routeLine {
	t.Helper()
	code, out, said := p.run(t, "routes", "--json")
	var all []routeLine
	if err := json.Unmarshal([]byte(out), &all); code != 0 || err != nil || len(all) < 40 {
		t.Fatalf("routes: code %d, %d routes, %v %s", code, len(all), err, said)
	}
	return slices.DeleteFunc(all, func(r routeLine) bool { // what would end the attack
		ends := regexp.MustCompile(`logout|auth/sessions/|auth/password|end-sessions|reset-password|^PATCH.*/(users|memberships)/`)
		return ends.MatchString(r.Method + " " + r.Path)
	})
}

// furnish makes a few rows of several units to shoot at.
func (a *attacker) furnish() {
	a.t.Helper()
	investors := map[string]string{"wg-shenzhen": secretName, "huangpu": "拓新机电", "iit": "宏远纸业", "bureau": "蓝湾食品"}
	for _, who := range []string{"wg-shenzhen", "huangpu", "iit", "bureau"} { // who has the number at once comes first
		body, investor := a.good()["POST /leads"], investors[who]
		body["investor_name"] = investor
		if investor != secretName { // one number would make them one investor
			delete(body, "contact")
		}
		delete(body, "unit_id")
		for _, field := range []string{"credit_code", "chain", "location_code", "park_id", "track"} {
			delete(body, field)
		}
		r := a.clients[who].do("POST", "/leads", "", encode(body))
		if r.status != http.StatusCreated {
			a.t.Fatalf("register as %s: %d %s", who, r.status, r.body)
		}
		path := "/leads/" + rowIn(r)
		a.clients[who].do("POST", path+"/contacts", "", encode(a.good()["POST /leads/{id}/contacts"]))
		a.clients[who].do("POST", path+"/notes", "", `{"text":"`+secretTitle+`"}`)
		a.clients[who].send("POST", path+"/files", "", "multipart/form-data; boundary=cut", strings.NewReader(formOf("a.txt", "x")))
	}
}

func pick[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

// odd is a value that a field may get.
func (a *attacker) odd() any {
	return pick[any](a.dice, nil, true, false, 0, -1, 1, 2, 3.5, 1e308, 1<<53+1, int64(1)<<62, json.Number("9223372036854775808"),
		json.Number("1"+strings.Repeat("0", 40)), json.Number("-0"), "", "a", " ", strings.Repeat("x", 201), strings.Repeat("x", 6000), "\x00", "\x01",
		"<script>alert(1)</script>", "\u202eevil", "\ufeff", "\u3000", "2026-02-30", "0001-01-01", "1900-01-01", "2200-12-31", "9999-12-31",
		"2026-13-45T00:00:00Z", []any{}, []any{1}, []any{[]any{}}, map[string]any{}, map[string]any{"a": 1}, "signed", "lost", "restricted", "CNY",
		"' OR 1=1 --", "%", "_", `\`, strings.Repeat("🏭", 50), "a\r\nX-Evil: 1", strings.Repeat("中", 200), strings.Repeat("e\u0301", 90), "1", "99999999999999999999")
}

// number is a row that may be anybody's, or none's.
func (a *attacker) number() string {
	if a.dice.IntN(3) > 0 {
		return fmt.Sprint(1 + a.dice.IntN(40))
	}
	return pick(a.dice, "0", "-1", "9223372036854775807", "9223372036854775808", "1e3", "1.0", "+1", "01", "0x1", "%31", "1%00", "1%2f2", "..", "%2e%2e%2fetc", "abc", "%EF%BC%91", "%ff", "null", "")
}

var parameter = regexp.MustCompile(`\{[^}]*\}`) //nolint:gochecknoglobals // compiled once

// anyRoute calls a route as somebody, with anything.
func (a *attacker) anyRoute() {
	r := a.routes[a.dice.IntN(len(a.routes))]
	path := parameter.ReplaceAllStringFunc(r.Path, func(string) string { return a.number() })
	names := []string{
		"stage", "unit_id", "first_contact_unit_id", "chain", "part", "ended", "planned_cents.gte", "expected_sign_on.lte", "created_on.gte",
		"created_on.lte", "q", "sort", "limit", "cursor", "box", "state", "kind", "by", "user_id", "lead_id", "outcome", "from", "until", "active", "live",
	}
	var query []string
	for range a.dice.IntN(4) {
		query = append(query, pick(a.dice, names...)+"="+url.QueryEscape(fmt.Sprint(a.odd())))
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	body := ""
	if r.Method != "GET" && r.Method != "DELETE" {
		body = pick(a.dice, "", "{", "[]", "null", `{"a":1,"a":2}`, `{"title":"\ud800"}`, "{}{}", encode(a.odd()), encode(map[string]any{pick(a.dice, fieldNames()...): a.odd()}))
	}
	a.call(a.anybody(), r.Method, path, pick(a.dice, "", `"1"`, `"2"`, "*", `W/"1"`, "1", `"-1"`, `"99999999999999999999"`, `""`), body)
}

func (a *attacker) anybody() string {
	all := city.DemoAccounts()
	return all[a.dice.IntN(len(all))].Username
}

func fieldNames() []string {
	return []string{"title", "investor_name", "unit_id", "to_unit_id", "text", "name", "to", "reason", "role", "from_on", "key", "code", "username", "locale", "user_id"}
}

// good returns bodies that the routes take as they are.
func (a *attacker) good() map[string]map[string]any {
	fresh := a.dice.Uint64()
	return map[string]map[string]any{
		"POST /leads": {
			"title": secretTitle, "investor_name": secretName, "source_channel": "visit", "summary": "s", "credit_code": nil, "country": "CN",
			"introducer": secretName, "chain": "robots-ai", "track": "land", "planned_cents": 100, "fixed_assets_cents": 1, "currency": "CNY", "location_code": "442000101",
			"park_id": 1, "land_sqm": 1, "product": "p", "confidentiality": "normal", "first_contact_on": "2026-01-05", "expected_sign_on": "2026-12-05",
			"next_step": "n", "next_step_on": "2026-12-01", "contact": map[string]any{"name": secretName, "phone": secretPhone, "consent": true}, "unit_id": 1,
		},
		"POST /leads/{id}/stage":                {"to": "qualified", "reason": "r", "happened_on": "2026-01-02", "lost_to": "x"},
		"PATCH /leads/{id}":                     {"title": secretTitle, "planned_cents": 5, "expected_sign_on": "2026-12-01", "chain": nil, "next_step": "n", "confidentiality": "normal"},
		"POST /leads/{id}/notes":                {"text": secretTitle},
		"POST /leads/{id}/contacts":             {"name": secretName, "title": "t", "phone": secretPhone, "email": "a@example.org", "wechat": "w", "consent": true},
		"POST /leads/{id}/handoffs":             {"to_unit_id": 2 + a.dice.IntN(60), "reason": "r", "ask": "a", "member_ids": []int{1}},
		"POST /handoffs/{id}/accept":            {"reason": "r"},
		"POST /handoffs/{id}/refuse":            {"reason": "r"},
		"POST /duplicates/check":                {"investor_name": secretName, "credit_code": "91442000MA4UQXXX0X"},
		"POST /users":                           {"username": fmt.Sprintf("u%x", fresh), "name": secretName},
		"POST /memberships":                     {"user_id": 20 + a.dice.IntN(40), "unit_id": 1 + a.dice.IntN(60), "role": "town_officer", "from_on": "2026-01-01", "until_on": "2030-01-01"},
		"POST /units":                           {"slug": fmt.Sprintf("s%x", fresh), "name_zh": "单位", "name_en": "Unit", "short_zh": "单", "kind": "department", "parent_id": 1, "confirmed": true, "source": "s"},
		"POST /units/{id}/codes":                {"code": fmt.Sprintf("442000%03d", fresh%1000), "from_on": "2026-06-01", "source": "s"},
		"PATCH /units/{id}":                     {"name_zh": "单位", "note": "n", "parent_id": 2, "closed_on": "2090-01-01"},
		"POST /settings/rules":                  {"key": "quiet_days", "value": 30, "from_on": fmt.Sprintf("2090-12-%02d", 1+fresh%30), "source": "s", "confirmed": true},
		"PATCH /auth/me":                        {"locale": "en"},
		"POST /leads/{id}/contacts/{id}/reveal": {"reason": "r"},
		"POST /leads/{id}/members":              {"user_id": 1 + a.dice.IntN(15)},
		"POST /auth/refresh":                    {},
	}
}

// nearlyGood spoils one or two values of a good body, or none.
func (a *attacker) nearlyGood() {
	all := a.good()
	routes := make([]string, 0, len(all))
	for r := range all {
		routes = append(routes, r)
	}
	slices.Sort(routes)
	route := pick(a.dice, routes...)
	body := all[route]
	names := make([]string, 0, len(body))
	for n := range body {
		names = append(names, n)
	}
	slices.Sort(names)
	for range min(a.dice.IntN(3), len(names)) {
		name := pick(a.dice, names...)
		if inner, ok := body[name].(map[string]any); ok && a.dice.IntN(2) == 0 {
			inner["phone"] = a.odd()
			continue
		}
		body[name] = a.odd()
	}
	if route == "POST /leads" {
		delete(body, pick(a.dice, "unit_id", "unit_id", "park_id"))
		delete(body, pick(a.dice, names...))
	}
	who := a.anybody()
	switch {
	case strings.Contains(route, "/users"), strings.Contains(route, "/memberships"):
		who = "secadmin"
	case strings.Contains(route, "/units"), strings.Contains(route, "/settings"):
		who = "sysadmin"
	}
	method, path, _ := strings.Cut(route, " ")
	path = parameter.ReplaceAllStringFunc(path, func(string) string { return fmt.Sprint(1 + a.dice.IntN(30)) })
	a.call(who, method, "/api/v1"+path, fmt.Sprintf(`"%d"`, 1+a.dice.IntN(4)), encode(body))
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "{"
	}
	return string(text)
}

// call sends a request and checks that the answer is one that the contract
// knows.
func (a *attacker) call(who, method, path, match, body string) {
	c := a.clients[who]
	if before, query, _ := strings.Cut(path, "?"); strings.HasSuffix(before, "/events") {
		path = before + "?seconds=0&" + query // a stream ends by itself only when it is asked to
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		return // no client can send it
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", pick(a.dice, "application/json", "application/json", "application/json; charset=utf-8", "text/plain"))
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	if a.dice.IntN(6) == 0 {
		req.Header.Set("X-Acting-Unit", pick(a.dice, "1", "0", "-1", "abc", "99999999999999999999", fmt.Sprint(a.dice.IntN(60))))
	}
	r := c.ask(req)
	a.seen[r.status]++
	switch {
	case r.err != nil:
		a.t.Errorf("%s %s %s %.300s: %v", who, method, path, body, r.err)
	case r.status >= http.StatusInternalServerError:
		a.t.Errorf("%s %s %s %.300s: %d %s", who, method, path, body, r.status, r.body)
	case r.status >= http.StatusBadRequest && r.code() == "":
		a.t.Errorf("%s %s %s %.300s: %d without a code: %.300s", who, method, path, body, r.status, r.body)
	}
}
