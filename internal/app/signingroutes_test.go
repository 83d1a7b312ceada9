package app_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/signing"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// farMonth is a month in which no test plans anything.
const farMonth = "2031-03"

// colleague is an officer of the person's unit; a leader sees what a town does.
func colleague(p *kit.Person) string {
	ctx := context.Background()
	for slug, name := range map[string]string{
		"zs-ipb": "bureau-officer", "wg-shenzhen": "group-officer", "iit": "department-officer", "huangpu": "town-officer",
	} {
		if len(p.Roles) > 0 && p.Kit.Unit(ctx, slug) == p.Roles[0].Unit {
			return name
		}
	}
	return "town-officer"
}

// leadFor registers a lead that the person's unit holds.
func leadFor(t *testing.T, p *kit.Person) id.Lead {
	t.Helper()
	ctx, cents, summary := context.Background(), int64(120_000_000_00), "生产基地"
	var n int64
	if err := p.Kit.DB.Read(ctx).Raw("SELECT COALESCE(max(id), 0) FROM leads").Row().Scan(&n); err != nil {
		t.Fatal(err)
	}
	investor := fmt.Sprintf("签约路由 %d 号企业", n)
	v, err := p.Kit.App.Lead.Create(ctx, p.Kit.Actor(ctx, colleague(p), ""), lead.Draft{Facts: lead.Facts{
		Title: "签约路由", InvestorName: &investor, SourceChannel: "visit", Summary: &summary, PlannedCents: &cents,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// cardFor plans a signing of a lead that the person's unit holds.
func cardFor(t *testing.T, p *kit.Person) signing.ItemView {
	t.Helper()
	ctx := context.Background()
	m := signing.MonthOf(clock.System{}.Today()).Add(1)
	v, err := p.Kit.App.Signing.Plan(ctx, p.Kit.Actor(ctx, colleague(p), ""), m, signing.Draft{
		LeadID: leadFor(t, p), Grade: signing.Likely, Reason: "列入计划",
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// onCard asks something of a fresh card, whose month and number the path
// names.
func onCard(permission, done, method, path, body string) plainRoute {
	return plainRoute{permission: permission, done: done, request: func(t *testing.T, p *kit.Person) kit.Request {
		t.Helper()
		i := cardFor(t, p)
		return kit.Request{Method: method, Path: fmt.Sprintf(path, i.Month, i.ID), Body: body, IfMatch: fmt.Sprint(i.Version)}
	}}
}

// signingRoutes are the board 每月一签约.
func signingRoutes() map[string]plainRoute {
	plans := func(t *testing.T, p *kit.Person) kit.Request {
		t.Helper()
		m := signing.MonthOf(clock.System{}.Today()).Add(1)
		return kit.Request{
			Method: "POST", Path: fmt.Sprintf("/signing-months/%s/items", m),
			Body: fmt.Sprintf(`{"lead_id":%d,"grade":"likely","reason":"列入计划"}`, leadFor(t, p)),
		}
	}
	out := map[string]plainRoute{
		"GET /signing-months":                    gets("signing.read", "/signing-months?from=2031-01&until="+farMonth),
		"GET /signing-months/{month}":            gets("signing.read", "/signing-months/"+farMonth),
		"GET /signing-months/{month}/changes":    gets("signing.read", "/signing-months/"+farMonth+"/changes"),
		"GET /signing-months/{month}/rows":       gets("signing.read", "/signing-months/"+farMonth+"/rows?figure=frozen"),
		"POST /signing-months/{month}/freeze":    sends("signing.freeze", "200", "POST", "/signing-months/"+farMonth+"/freeze", ""),
		"GET /signing-months/{month}/export":     gets("signing.read", "/signing-months/"+farMonth+"/export"),
		"GET /signing-months/{month}/brief":      gets("signing.read", "/signing-months/"+farMonth+"/brief"),
		"GET /signing-accuracy":                  gets("signing.read", "/signing-accuracy?until="+farMonth),
		"GET /signing-cohorts":                   gets("signing.read", "/signing-cohorts?until="+farMonth),
		"POST /signing-months/{month}/items":     {permission: "signing.plan", done: "201", request: plans},
		"GET /signing-months/{month}/items/{id}": onCard("signing.read", "200", "GET", "/signing-months/%s/items/%d", ""),
		"PATCH /signing-months/{month}/items/{id}": onCard("signing.plan", "200", "PATCH", "/signing-months/%s/items/%d",
			`{"grade":"sure","text_agreed":true}`),
		"DELETE /signing-months/{month}/items/{id}": onCard("signing.plan", "204", "DELETE", "/signing-months/%s/items/%d?reason=取消", ""),
	}
	maps.Copy(out, ceremonyRoutes())
	return out
}

// ceremonyFor arranges a ceremony of this day with one fresh card on it.
func ceremonyFor(t *testing.T, p *kit.Person) (c signing.CeremonyView, item signing.ItemView) {
	t.Helper()
	ctx := context.Background()
	today := clock.System{}.Today()
	bureau := p.Kit.Actor(ctx, "bureau-officer", "")
	item, err := p.Kit.App.Signing.Plan(ctx, p.Kit.Actor(ctx, colleague(p), ""), signing.MonthOf(today), signing.Draft{
		LeadID: leadFor(t, p), Grade: signing.Likely, Reason: "列入计划",
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err = p.Kit.App.Signing.AddCeremony(ctx, bureau, item.Month, signing.CeremonyDraft{
		Name: "集中签约仪式", HeldOn: &today, Seats: []signing.Seat{{ItemID: item.ID, InvestorSigns: "董事长", CitySigns: "镇长"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, item
}

// taskFor is a leader's remark on a fresh card.
func taskFor(t *testing.T, p *kit.Person) signing.TaskView {
	t.Helper()
	ctx := context.Background()
	i := cardFor(t, p)
	v, err := p.Kit.App.Signing.Remark(ctx, p.Kit.Actor(ctx, "leader", ""), i.Month, i.ID, signing.RemarkDraft{
		Text: "抓紧落实", DueOn: clock.System{}.Today().AddDays(3),
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ceremonyRoutes() map[string]plainRoute {
	ceremony := func(permission, method, act, body string) plainRoute {
		return plainRoute{permission: permission, done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			c, _ := ceremonyFor(t, p)
			return kit.Request{Method: method, Path: fmt.Sprintf("/ceremonies/%d%s", c.ID, act), Body: body, IfMatch: fmt.Sprint(c.Version)}
		}}
	}
	task := func(permission, act string, reported bool) plainRoute {
		return plainRoute{permission: permission, done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			v := taskFor(t, p)
			if reported {
				ctx := context.Background()
				_, err := p.Kit.App.Signing.Work(ctx, p.Kit.Actor(ctx, colleague(p), ""), signing.TaskReport, v.ID, "已对接")
				if err != nil {
					t.Fatal(err)
				}
			}
			return kit.Request{Method: "POST", Path: fmt.Sprintf("/signing-tasks/%d/%s", v.ID, act), Body: `{"text":"已对接"}`}
		}}
	}
	return map[string]plainRoute{
		"GET /signing-months/{month}/ceremonies": gets("signing.read", "/signing-months/"+farMonth+"/ceremonies"),
		"POST /signing-months/{month}/ceremonies": sends("signing.ceremony", "201", "POST", "/signing-months/"+farMonth+"/ceremonies",
			`{"name":"集中签约仪式","held_on":"2031-03-28","starts_at":"15:00"}`),
		"PATCH /ceremonies/{id}":        ceremony("signing.ceremony", "PATCH", "", `{"name":"主会场签约仪式"}`),
		"POST /ceremonies/{id}/confirm": ceremony("signing.confirm", "POST", "/confirm", `{}`),
		"POST /signing-months/{month}/items/{id}/remarks": onCard("signing.remark", "201", "POST", "/signing-months/%s/items/%d/remarks",
			fmt.Sprintf(`{"text":"抓紧落实","due_on":%q}`, clock.System{}.Today().AddDays(3))),
		"GET /signing-tasks":              gets("signing.read", "/signing-tasks?box=all&state=open"),
		"POST /signing-tasks/{id}/report": task("signing.plan", "report", false),
		"POST /signing-tasks/{id}/close":  task("signing.remark", "close", false),
		"POST /signing-tasks/{id}/return": task("signing.remark", "return", true),
	}
}
