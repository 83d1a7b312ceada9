package app_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
	"github.com/leadrelay/leadrelay/internal/update"
)

// thisPeriod is the period that is open.
func thisPeriod() update.Period { return update.PeriodOf(clock.System{}.Today()) }

// owing moves a lead that the person's unit holds to a stage in which it owes
// a report.
func owing(t testing.TB, k *kit.Kit, lead id.Lead) id.Lead {
	t.Helper()
	ctx := context.Background()
	for _, sql := range []string{"UPDATE leads SET stage = 'negotiating' WHERE id = ?", "UPDATE lead_parts SET stage = 'negotiating' WHERE lead_id = ?"} {
		if err := k.Exec(ctx, sql, lead); err != nil {
			t.Fatal(err)
		}
	}
	return lead
}

// writes is the body of a batch that fills every required figure of a lead.
func writes(lead id.Lead, version int64, words string) string {
	return fmt.Sprintf(`{"rows":[{"lead_id":%d,"cells":[{"field":"paid_in","version":%d,"number":120000000},{"field":"fixed_assets","version":%d,"number":0},{"field":"progress","version":%d,"words":%q}]}]}`,
		lead, version, version, version, words)
}

func fills(p update.Period, body string) kit.Request {
	return kit.Request{Method: "PUT", Path: fmt.Sprintf("/updates/%s", p), Body: body}
}

// alone takes the other projects of a unit out of its report.
func alone(t testing.TB, p *kit.Person, lead id.Lead) {
	t.Helper()
	ctx := context.Background()
	unit := p.Roles[0].Unit
	if err := p.Kit.Exec(ctx, "UPDATE leads SET stage = 'lead' WHERE unit_id = ? AND id <> ? AND stage = 'negotiating'", unit, lead); err != nil {
		t.Fatal(err)
	}
}

func updateRoutes() map[string]plainRoute {
	filled := func(t *testing.T, p *kit.Person) id.Lead {
		t.Helper()
		l := owing(t, p.Kit, leadFor(t, p))
		who := p.Kit.As(t, colleague(p))
		alone(t, who, l)
		if err := p.Kit.Exec(context.Background(), "DELETE FROM update_rows"); err != nil {
			t.Fatal(err)
		}
		if a := who.Do(t, fills(thisPeriod(), writes(l, 0, "洽谈中"))); a.Status != 200 {
			t.Fatalf("fill a report: %s", a.Brief())
		}
		return l
	}
	path := fmt.Sprintf("/updates/%s", thisPeriod())
	out := map[string]plainRoute{
		"GET /updates":                  gets("update.read", "/updates"),
		"GET /updates/{period}":         gets("update.read", path),
		"GET /updates/{period}/filings": gets("update.read", path+"/filings"),
		"PUT /updates/{period}": {permission: "update.edit", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			return fills(thisPeriod(), writes(owing(t, p.Kit, leadFor(t, p)), 0, "洽谈中"))
		}},
		"POST /updates/{period}/submit": {permission: "update.edit", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			filled(t, p)
			return kit.Request{Method: "POST", Path: path + "/submit"}
		}},
		"POST /updates/{period}/unlock": {permission: "update.unlock", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			town := p.Kit.As(t, "town-officer")
			filled(t, town)
			if a := town.Do(t, kit.Request{Method: "POST", Path: path + "/submit"}); a.Status != 200 {
				t.Fatalf("file a report: %s", a.Brief())
			}
			return kit.Request{Method: "POST", Path: path + "/unlock", Body: fmt.Sprintf(`{"unit_id":%d,"reason":"更正数据"}`, town.Roles[0].Unit)}
		}},
	}
	return maps.Clone(out)
}
