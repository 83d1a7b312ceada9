package app_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/rank"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// rankingFor is an assessment in a state that scores the person's unit; each
// is of a month of its own.
func rankingFor(t *testing.T, p *kit.Person, state string, until clock.Date) int {
	t.Helper()
	n, unit := number(t, p.Kit, "SELECT count(*) FROM rank_runs"), p.Roles[0].Unit
	month := clock.NewDate(2001, 1, 1).AddDays(31 * n).Month()
	scores := fmt.Sprintf(`[{"unit_id":%d,"group":"a","place":1,"points":9000,"steps":[]},{"unit_id":%d,"group":"a","place":2,"points":8000,"steps":[]}]`,
		unit, p.Kit.Unit(context.Background(), "com"))
	inputs := fmt.Sprintf(`{"groups":[{"code":"a","name_zh":"甲组","name_en":"A","unit_ids":[%d,%d]}],"figures":[],"counts":[]}`, unit, p.Kit.Unit(context.Background(), "com"))
	behind(t, p.Kit, "INSERT INTO rank_runs (month, edition, state, unfinished, reason, formulas, inputs, scores, objections_until, made_at, worked_at) "+
		"VALUES (?, 1, ?, ?, '', ?, ?, ?, ?, ?, ?)", month, state, state == "draft" || state == "preview", `{"a":{"rules":{"items":[],"deductions":[]}}}`, inputs, scores, until.Start(), until.Start(), until.Start())
	return number(t, p.Kit, "SELECT max(id) FROM rank_runs")
}

// rankingRoutes are assessments and their formulas.
func rankingRoutes() map[string]plainRoute {
	today := clock.System{}.Today()
	on := func(permission, state, method, act, body string) plainRoute {
		return plainRoute{permission: permission, done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			until := today.AddDays(3)
			if act == "/publish" {
				until = today.AddDays(-1)
			}
			return kit.Request{Method: method, Path: fmt.Sprintf("/rankings/%d%s", rankingFor(t, p, state, until), act), Body: body}
		}}
	}
	formula := `{"from_month":"%s","source":"notice","rules":{"items":[{"kind":"completion","indicators":["SIGN_N"],"weight":10000}],"deductions":[]}}`
	return map[string]plainRoute{
		"GET /rankings": gets("ranking.read", "/rankings"),
		"POST /rankings": {permission: "ranking.prepare", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			month := clock.NewDate(2010, 1, 1).AddDays(31 * number(t, p.Kit, "SELECT count(*) FROM rank_runs")).Month()
			return kit.Request{Method: "POST", Path: "/rankings", Body: fmt.Sprintf(`{"month":%q}`, month)}
		}},
		"GET /rankings/{id}":            on("ranking.read", "published", "GET", "", ""),
		"POST /rankings/{id}/recompute": on("ranking.prepare", "draft", "POST", "/recompute", ""),
		"POST /rankings/{id}/preview":   on("ranking.prepare", "draft", "POST", "/preview", ""),
		"POST /rankings/{id}/publish":   on("ranking.publish", "preview", "POST", "/publish", ""),
		"POST /rankings/{id}/objections": on("ranking.object", "preview", "POST", "/objections",
			`{"text":"动工项目少计一个"}`),
		"POST /rankings/{id}/faults": {permission: "ranking.prepare", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{
				Method: "POST", Path: fmt.Sprintf("/rankings/%d/faults", rankingFor(t, p, "draft", today)),
				Body: fmt.Sprintf(`{"unit_id":%d,"fault":"falsified","count":1,"reason":"核查认定"}`, p.Roles[0].Unit),
			}
		}},
		"POST /rankings/{id}/objections/{oid}/answer": {permission: "ranking.prepare", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			run := rankingFor(t, p, "preview", today.AddDays(3))
			behind(t, p.Kit, "INSERT INTO rank_objections (run_id, unit_id, text, at) VALUES (?, ?, '少计', ?)", run, p.Roles[0].Unit, today.Start())
			return kit.Request{
				Method: "POST", Path: fmt.Sprintf("/rankings/%d/objections/%d/answer", run, number(t, p.Kit, "SELECT max(id) FROM rank_objections")),
				Body: `{"text":"经核，已补计","upheld":true}`,
			}
		}},
		"GET /ranking-formulas": gets("ranking.read", "/ranking-formulas"),
		"POST /ranking-formulas": {permission: "ranking.publish", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			month := clock.NewDate(2030, 1, 1).AddDays(31 * number(t, p.Kit, "SELECT count(*) FROM rank_formulas")).Month()
			return kit.Request{Method: "POST", Path: "/ranking-formulas", Body: fmt.Sprintf(formula, month)}
		}},
	}
}

// rankingLine is an assessment as a person reads it, in one line.
func rankingLine(t *testing.T, p *kit.Person, run int) string {
	t.Helper()
	a := p.Do(t, ask("GET", "/rankings/%d", run))
	if a.Status != 200 {
		return a.Brief()
	}
	var v rank.RunView
	a.Into(t, &v)
	return fmt.Sprintf("%s %d.%d whole %v, %d rows, %d objections, can %v", v.State, v.Edition, v.Version, v.Whole, len(v.Scores), len(v.Objections), v.Can)
}

func TestAnAssessmentIsPreviewedObjectedToAnsweredPublishedAndPublishedAgain(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		head, officer, town, other := k.As(t, "bureau-head"), k.As(t, "bureau-officer"), k.As(t, "town-officer"), k.As(t, "foreign")
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		month := clock.System{}.Today().Month()
		var v rank.RunView
		a := officer.Do(t, posts(fmt.Sprintf(`{"month":%q}`, month), "/rankings"))
		a.Into(t, &v)
		expect("begun", a.Brief(), "201")
		expect("begun twice", officer.Do(t, posts(fmt.Sprintf(`{"month":%q}`, month), "/rankings")).Brief(), "409 ranking.unfinished")
		if !v.Whole || len(v.Scores) < 20 || len(v.Groups) < 2 {
			t.Fatalf("a draft of %d rows in %d groups", len(v.Scores), len(v.Groups))
		}
		all, run := len(v.Scores), int(v.ID)
		expect("a draft is not the town's", rankingLine(t, town, run), "404 ranking.unknown")
		expect("previewed", officer.Do(t, posts("", "/rankings/%d/preview", run)).Brief(), "200")
		expect("the town sees its row", rankingLine(t, town, run), "preview 1.2 whole false, 1 rows, 0 objections, can [object]")
		expect("so does the other", rankingLine(t, other, run), "preview 1.2 whole false, 1 rows, 0 objections, can [object]")
		expect("an objection", town.Do(t, posts(`{"text":"动工项目少计一个"}`, "/rankings/%d/objections", run)).Brief(), "200")
		expect("which is its own", rankingLine(t, other, run), "preview 1.2 whole false, 1 rows, 0 objections, can [object]")
		expect("too early", head.Do(t, posts("", "/rankings/%d/publish", run)).Brief(), "409 ranking.objections_open")
		behind(t, k, "UPDATE rank_runs SET objections_until = ? WHERE id = ?", clock.System{}.Today().AddDays(-1).Start(), run)
		expect("unanswered", head.Do(t, posts("", "/rankings/%d/publish", run)).Brief(), "409 ranking.objections_open")
		expect("objected too late", other.Do(t, posts(`{"text":"少计"}`, "/rankings/%d/objections", run)).Brief(), "409 ranking.objections_over")
		answer := posts(`{"text":"经核，数据无误","upheld":false}`, "/rankings/%d/objections/%d/answer", run, number(t, k, "SELECT max(id) FROM rank_objections"))
		expect("answered", officer.Do(t, answer).Brief(), "200")
		expect("answered twice", officer.Do(t, answer).Brief(), "409 ranking.answered")
		fault := fmt.Sprintf(`{"unit_id":%d,"fault":"falsified","count":2,"reason":"核查认定两个项目不实"}`, town.Roles[0].Unit)
		expect("a fault", officer.Do(t, posts(fault, "/rankings/%d/faults", run)).Brief(), "200")
		expect("by who may not", officer.Do(t, posts("", "/rankings/%d/publish", run)).Brief(), "403 forbidden")
		expect("published", head.Do(t, posts("", "/rankings/%d/publish", run)).Brief(), "200")
		expect("for all", rankingLine(t, other, run), fmt.Sprintf("published 1.4 whole true, %d rows, 0 objections, can []", all))
		expect("no more faults", officer.Do(t, posts(fault, "/rankings/%d/faults", run)).Brief(), "409 ranking.state")

		expect("again without a reason", officer.Do(t, posts(fmt.Sprintf(`{"month":%q}`, month), "/rankings")).Brief(), "400 input.invalid")
		officer.Do(t, posts(fmt.Sprintf(`{"month":%q,"reason":"更正动工数"}`, month), "/rankings")).Into(t, &v)
		officer.Do(t, posts("", "/rankings/%d/preview", v.ID))
		behind(t, k, "UPDATE rank_runs SET objections_until = ? WHERE id = ?", clock.System{}.Today().AddDays(-1).Start(), v.ID)
		var won, lost sync.Map
		var all2 sync.WaitGroup
		for n := range 4 {
			all2.Go(func() {
				if a := head.Do(t, posts("", "/rankings/%d/publish", v.ID)); a.Status == 200 {
					won.Store(n, true)
				} else {
					lost.Store(a.Brief(), true)
				}
			})
		}
		all2.Wait()
		count := 0
		won.Range(func(_, _ any) bool { count++; return true })
		if count != 1 {
			t.Errorf("%d of four publishers won", count)
		}
		lost.Range(func(brief, _ any) bool {
			if brief != "409 ranking.state" && brief != "409 ranking.busy" {
				t.Errorf("a publisher was told %v", brief)
			}
			return true
		})
		expect("the first edition stays", rankingLine(t, other, run), fmt.Sprintf("superseded 1.5 whole true, %d rows, 0 objections, can []", all))
		expect("beside the second", rankingLine(t, other, int(v.ID)), fmt.Sprintf("published 2.3 whole true, %d rows, 0 objections, can []", all))
		expect("with its fault", pointsOf(t, other, run, "falsified"), "-40")

		turnOff := func(key string) {
			t.Helper()
			answers(t, k.As(t, "system-admin"), posts(fmt.Sprintf(`{"key":%q,"value":0,"source":"notice"}`, key), "/settings/rules"), "201")
		}
		turnOff("ranking.public")
		expect("not public", rankingLine(t, other, run), "superseded 1.5 whole false, 1 rows, 0 objections, can []")
		turnOff("ranking.on")
		expect("off", rankingLine(t, head, run), "404 ranking.off")
		expect("off for lists", head.Do(t, ask("GET", "/rankings")).Brief(), "404 ranking.off")
	})
}

// pointsOf is what a step gave Huangpu.
func pointsOf(t *testing.T, p *kit.Person, run int, kind string) string {
	t.Helper()
	var v rank.RunView
	p.Get(t, fmt.Sprintf("/rankings/%d", run), &v)
	for _, s := range v.Scores {
		if s.Unit != p.Kit.Unit(context.Background(), "huangpu") {
			continue
		}
		for _, step := range s.Steps {
			if step.Kind == kind {
				return fmt.Sprint(step.Points)
			}
		}
	}
	return "none"
}
