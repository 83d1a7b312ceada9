package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// sharedFor is a lead that the person's unit found and holds and that lands in
// Xiaolan.
func sharedFor(t *testing.T, p *kit.Person) id.Lead {
	t.Helper()
	ctx, at := context.Background(), "442000118"
	l := leadFor(t, p)
	actor := p.Kit.Actor(ctx, colleague(p), "")
	v, err := p.Kit.App.Lead.Get(ctx, actor, l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.Kit.App.Lead.Edit(ctx, actor, l, v.Version, lead.Edit{LocationCode: lead.Opt[string]{Set: true, Value: &at}}); err != nil {
		t.Fatal(err)
	}
	return l
}

// proposedFor is an open proposal between the person's unit and Xiaolan.
func proposedFor(t *testing.T, p *kit.Person, toPerson bool) (l id.Lead, proposal int) {
	t.Helper()
	ctx := context.Background()
	l = sharedFor(t, p)
	mine, other := p.Kit.Actor(ctx, colleague(p), "").UnitsWith("lead.create")[0], p.Kit.Unit(ctx, "xiaolan")
	from, to := mine, other
	if toPerson {
		from, to = other, mine
	}
	behind(t, p.Kit, "INSERT INTO credit_proposals (lead_id, class, finder_ppm, from_month, until_month, finder_unit_id, landing_unit_id, from_unit_id, to_unit_id, "+
		"state, reason, made_at, answer, version) VALUES (?, 'signing', 400000, ?, '', ?, ?, ?, ?, 'open', '招引投入较多', ?, '', 1)",
		l, credit.MonthOf(clock.System{}.Today()), mine, other, from, to, clock.System{}.Now())
	return l, number(t, p.Kit, "SELECT max(id) FROM credit_proposals")
}

// shareBody is a share from this month on.
func shareBody(ppm int) string {
	return fmt.Sprintf(`{"class":"signing","finder_ppm":%d,"from_month":%q,"reason":"招引投入较多"}`, ppm, credit.MonthOf(clock.System{}.Today()))
}

func countRule(indicator string) string {
	return fmt.Sprintf(`{"indicator":%q,"happening":"signed","measure":"project","basis":"shared","class":"signing","starts_on":%q,"source":"notice","reason":"口径调整"}`,
		indicator, clock.System{}.Today().AddDays(1))
}

// openLastMonth keeps last month open on every day of this one. The picture of
// the city is trusted for a second.
func openLastMonth(t *testing.T, k *kit.Kit) {
	t.Helper()
	if number(t, k, "SELECT count(*) FROM city_rules WHERE key = 'count_close_day'") > 1 {
		return
	}
	behind(t, k, "INSERT INTO city_rules (key, value, from_on, source, confirmed, created_at) VALUES ('count_close_day', 70, '2024-01-01', 'test', true, ?)",
		clock.System{}.Now())
	time.Sleep(1100 * time.Millisecond)
}

// creditRoutes are counting rules, what was counted, and its shares.
func creditRoutes() map[string]plainRoute {
	year := fmt.Sprint(clock.System{}.Today().Year())
	on := func(permission, done, method, path, body string) plainRoute {
		return plainRoute{permission: permission, done: done, request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			return kit.Request{Method: method, Path: fmt.Sprintf("/leads/%d/credit%s", sharedFor(t, p), path), Body: body}
		}}
	}
	answers := func(act, body string, toPerson bool) plainRoute {
		return plainRoute{permission: "credit.agree", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			l, proposal := proposedFor(t, p, toPerson)
			return kit.Request{Method: "POST", Path: fmt.Sprintf("/leads/%d/credit/proposals/%d/%s", l, proposal, act), Body: body}
		}}
	}
	return map[string]plainRoute{
		"GET /credit/rules":        gets("credit.read", "/credit/rules"),
		"GET /credit/figures":      gets("credit.read", "/credit/figures?year="+year),
		"GET /credit/events":       gets("credit.read", "/credit/events?indicator=SIGN_N&year="+year),
		"GET /credit/months":       gets("credit.read", "/credit/months?year="+year),
		"GET /credit/proposals":    gets("credit.read", "/credit/proposals"),
		"POST /credit/rules":       sends("credit.rule", "201", "POST", "/credit/rules", countRule("SIGN_N")),
		"POST /credit/share-rules": sends("credit.rule", "201", "POST", "/credit/share-rules", fmt.Sprintf(`{"finder_ppm":400000,"months":48,"starts_on":%q,"source":"notice","reason":"新办法"}`, clock.System{}.Today().AddDays(1))),
		"POST /credit/months/{month}/close": {permission: "credit.close", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			openLastMonth(t, p.Kit)
			return kit.Request{
				Method: "POST", Path: fmt.Sprintf("/credit/months/%s/close", credit.MonthOf(clock.System{}.Today()).Add(-1)), Body: `{"reason":"月报已定"}`,
			}
		}},
		"GET /leads/{id}/credit":                           on("credit.read", "200", "GET", "", ""),
		"POST /leads/{id}/credit/proposals":                on("credit.agree", "201", "POST", "/proposals", shareBody(400000)),
		"POST /leads/{id}/credit/proposals/{pid}/agree":    answers("agree", "", true),
		"POST /leads/{id}/credit/proposals/{pid}/refuse":   answers("refuse", `{"reason":"按默认比例"}`, true),
		"POST /leads/{id}/credit/proposals/{pid}/withdraw": answers("withdraw", `{"reason":"另行商议"}`, false),
		"POST /leads/{id}/credit/rulings":                  on("credit.rule", "201", "POST", "/rulings", shareBody(600000)),
		"POST /leads/{id}/credit/replacement": {permission: "credit.rule", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			l, today := sharedFor(t, p), clock.System{}.Today()
			behind(t, p.Kit, "UPDATE lead_facts SET signed_on = ? WHERE lead_id = ?", today.AddDays(-3), l)
			return kit.Request{Method: "POST", Path: fmt.Sprintf("/leads/%d/credit/replacement", l), Body: fmt.Sprintf(`{"on":%q,"reason":"投资主体变更"}`, today)}
		}},
	}
}
