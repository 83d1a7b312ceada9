package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// placedFor registers a lead that the person's unit holds and that says where
// it lands.
func placedFor(t *testing.T, p *kit.Person) id.Lead {
	t.Helper()
	ctx, at := context.Background(), "442000101"
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

// reviewFor is a review that the person's unit asked for, decides, and owes an
// opinion on.
func reviewFor(t *testing.T, p *kit.Person) (review id.Review, of id.Lead) {
	t.Helper()
	ctx := context.Background()
	of = placedFor(t, p)
	actor := p.Kit.Actor(ctx, colleague(p), "")
	v, err := p.Kit.App.Admission.Ask(ctx, actor, of, "请评审")
	if err != nil {
		t.Fatal(err)
	}
	unit := actor.UnitsWith("review.ask")[0]
	behind(t, p.Kit, "UPDATE admission_reviews SET deciding_unit_id = ?, state = 'open' WHERE id = ?", unit, v.ID)
	behind(t, p.Kit, "INSERT INTO admission_opinions (review_id, lead_id, unit_id, due_on) VALUES (?, ?, ?, ?)", v.ID, of, unit, clock.System{}.Today().AddDays(3))
	return v.ID, of
}

// conditionFor is a condition that the person's unit has to see to.
func conditionFor(t *testing.T, p *kit.Person) (review id.Review, condition int64) {
	t.Helper()
	ctx := context.Background()
	review, of := reviewFor(t, p)
	unit := p.Kit.Actor(ctx, colleague(p), "").UnitsWith("review.ask")[0]
	behind(t, p.Kit, "INSERT INTO admission_conditions (review_id, lead_id, text, unit_id, due_on) VALUES (?, ?, '补充能评', ?, ?)",
		review, of, unit, clock.System{}.Today().AddDays(30))
	condition = int64(number(t, p.Kit, "SELECT max(id) FROM admission_conditions"))
	return review, condition
}

// admissionRoutes are admission reviews and the power to decide them.
func admissionRoutes() map[string]plainRoute {
	today := clock.System{}.Today()
	on := func(permission, done, method, path, body string) plainRoute {
		return plainRoute{permission: permission, done: done, request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			review, _ := reviewFor(t, p)
			return kit.Request{Method: method, Path: fmt.Sprintf("/admission-reviews/%d%s", review, path), Body: body}
		}}
	}
	return map[string]plainRoute{
		"GET /admission-reviews": gets("review.read", "/admission-reviews?box=decide&state=asked"),
		"POST /admission-reviews": {permission: "review.ask", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "POST", Path: "/admission-reviews", Body: fmt.Sprintf(`{"lead_id":%d,"text":"请评审"}`, placedFor(t, p))}
		}},
		"GET /admission-reviews/{id}":           on("review.read", "200", "GET", "", ""),
		"POST /admission-reviews/{id}/withdraw": on("review.ask", "200", "POST", "/withdraw", `{"reason":"材料需补充"}`),
		"POST /admission-reviews/{id}/opinions": {permission: "review.conduct", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			review, _ := reviewFor(t, p)
			return kit.Request{
				Method: "POST", Path: fmt.Sprintf("/admission-reviews/%d/opinions", review),
				Body: fmt.Sprintf(`{"unit_ids":[%d],"due_on":%q}`, p.Kit.Unit(context.Background(), "com"), today.AddDays(5)),
			}
		}},
		"POST /admission-reviews/{id}/opinion": on("review.opine", "200", "POST", "/opinion", `{"word":"conditions","text":"补充能评后同意"}`),
		"POST /admission-reviews/{id}/minutes": {permission: "review.conduct", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			review, _ := reviewFor(t, p)
			return kit.Request{Method: "POST", Path: fmt.Sprintf("/admission-reviews/%d/minutes", review), File: &kit.File{Name: "minutes.txt", Content: "纪要"}}
		}},
		"POST /admission-reviews/{id}/decide": on("review.decide", "200", "POST", "/decide",
			fmt.Sprintf(`{"result":"deferred","decided_on":%q,"note":"待补充环评"}`, today)),
		"PATCH /admission-reviews/{id}/conditions/{cid}": {permission: "review.opine", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			review, condition := conditionFor(t, p)
			return kit.Request{
				Method: "PATCH", Path: fmt.Sprintf("/admission-reviews/%d/conditions/%d", review, condition), IfMatch: "1", Body: `{"done":true,"note":"已取得能评批复"}`,
			}
		}},
		"GET /admission-reviews/{id}/papers/{fid}/content": {permission: "review.read", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			ctx := context.Background()
			review, of := reviewFor(t, p)
			f, err := p.Kit.App.Lead.Attach(ctx, p.Kit.Actor(ctx, colleague(p), ""), of, lead.Document{Name: "a.txt", Kind: "due_diligence", Content: strings.NewReader("尽调")})
			if err != nil {
				t.Fatal(err)
			}
			return kit.Request{Method: "GET", Path: fmt.Sprintf("/admission-reviews/%d/papers/%d/content", review, f.ID)}
		}},
		"GET /admission-decider": {permission: "review.read", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "GET", Path: fmt.Sprintf("/admission-decider?lead_id=%d", placedFor(t, p))}
		}},
		"GET /settings/admission-powers":        gets("self", "/settings/admission-powers"),
		"POST /settings/admission-powers":       {permission: "unit.manage", done: "201", request: powerOf("sanxiang")},
		"PATCH /settings/admission-powers/{id}": {permission: "unit.manage", done: "200", request: endOf},
	}
}

func powerOf(slug string) func(t *testing.T, p *kit.Person) kit.Request {
	return func(t *testing.T, p *kit.Person) kit.Request {
		t.Helper()
		return kit.Request{
			Method: "POST", Path: "/settings/admission-powers",
			Body: fmt.Sprintf(`{"unit_id":%d,"source":"notice"}`, p.Kit.Unit(context.Background(), slug)),
		}
	}
}

// endOf ends a power that was given for it.
func endOf(t *testing.T, p *kit.Person) kit.Request {
	t.Helper()
	today := clock.System{}.Today()
	day, begun := today.AddDays(10), today.AddDays(-number(t, p.Kit, "SELECT count(*) FROM admission_powers"))
	behind(t, p.Kit, "INSERT INTO admission_powers (unit_id, from_on, source, made_at) VALUES (?, ?, 'notice', ?)",
		p.Kit.Unit(context.Background(), "banfu"), begun, day.Start())
	return kit.Request{
		Method: "PATCH", Path: fmt.Sprintf("/settings/admission-powers/%d", number(t, p.Kit, "SELECT max(id) FROM admission_powers")), IfMatch: "1",
		Body: fmt.Sprintf(`{"until_on":%q,"source":"notice"}`, day),
	}
}

// landFor is a land contract of a lead that the person's unit holds.
func landFor(t *testing.T, p *kit.Person) int64 {
	t.Helper()
	behind(t, p.Kit, "INSERT INTO land_contracts (lead_id, number, made_at) VALUES (?, '442000-2026-000001', ?)", leadFor(t, p), clock.System{}.Today().Start())
	return int64(number(t, p.Kit, "SELECT max(id) FROM land_contracts"))
}

// dossierRoutes are what a project's file keeps.
func dossierRoutes() map[string]plainRoute {
	land := func(done, method, body string) plainRoute {
		return plainRoute{permission: "dossier.edit", done: done, request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			return kit.Request{Method: method, Path: fmt.Sprintf("/land-contracts/%d", landFor(t, p)), IfMatch: "1", Body: body}
		}}
	}
	return map[string]plainRoute{
		"GET /land-contracts": {permission: "dossier.read", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "GET", Path: fmt.Sprintf("/land-contracts?lead_id=%d", leadFor(t, p))}
		}},
		"POST /land-contracts": {permission: "dossier.edit", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "POST", Path: "/land-contracts", Body: fmt.Sprintf(`{"lead_id":%d,"number":"442000-2026-000001","area_sqm":20000}`, leadFor(t, p))}
		}},
		"PATCH /land-contracts/{id}":  land("200", "PATCH", `{"supervision_code":"4420002026B00012"}`),
		"DELETE /land-contracts/{id}": land("204", "DELETE", ""),
	}
}
