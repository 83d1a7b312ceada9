package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/target"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// yearIn is a year with one target that stands in a state; each call takes the
// next one that nobody began.
func yearIn(t *testing.T, k *kit.Kit, state target.YearState) int {
	t.Helper()
	ctx := context.Background()
	year := max(2040, number(t, k, "SELECT COALESCE(max(year), 0) + 1 FROM target_years"))
	head, one := k.Actor(ctx, "bureau-head", ""), int64(1)
	_, err := k.App.Target.Edit(ctx, head, target.Batch{Year: year, Edits: []target.CellEdit{{Key: target.Key{Indicator: "REG_N"}, Value: &one}}})
	if err != nil {
		t.Fatal(err)
	}
	if state == target.Submitted {
		if _, err := k.App.Target.Submit(ctx, head, year, 1, ""); err != nil {
			t.Fatal(err)
		}
	}
	return year
}

// actsOnYear is a step of a year that stands in a state.
func actsOnYear(permission, act string, state target.YearState) plainRoute {
	return plainRoute{permission: permission, done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
		t.Helper()
		year, version := 2039, 1
		if p.Kit.Actor(context.Background(), p.Username, "").Holds(access.Permission(permission)) {
			year = yearIn(t, p.Kit, state)
			if state == target.Submitted {
				version = 2
			}
		}
		return kit.Request{Method: "POST", Path: fmt.Sprintf("/targets/%d/%s", year, act), Body: `{"reason":"按会议纪要"}`, IfMatch: fmt.Sprint(version)}
	}}
}

func targetRoutes() map[string]plainRoute {
	out := map[string]plainRoute{
		"GET /indicators": gets("self", "/indicators"),
		"POST /indicators": {permission: "indicator.manage", done: "201", request: func(_ *testing.T, p *kit.Person) kit.Request {
			return posts(`{"code":"`+codeOf(p)+`","name_zh":"税收","name_en":"Tax paid","unit":"cents_cny","credit_basis":"landing","value_source":"reported","source":"notice"}`, "/indicators")
		}},
		"GET /comparison-groups": gets("self", "/comparison-groups"),
		"POST /comparison-groups": {permission: "indicator.manage", done: "201", request: func(_ *testing.T, p *kit.Person) kit.Request {
			return posts(`{"code":"`+strings.ToLower(codeOf(p))+`","name_zh":"对比组","name_en":"A group","unit_ids":[],"source":"notice"}`, "/comparison-groups")
		}},
		"GET /targets/{year}":          gets("target.read", "/targets/2040"),
		"GET /targets/{year}/export":   gets("target.read", "/targets/2040/export"),
		"GET /targets/{year}/history":  gets("target.read", "/targets/2040/history?unit_id=0&indicator=REG_N"),
		"GET /targets/{year}/progress": gets("target.read", "/targets/2040/progress"),
		"GET /targets/{year}/figures":  gets("target.read", "/targets/2040/figures"),
		"PUT /targets/{year}/cells":    sends("target.split", "200", "PUT", "/targets/2031/cells", `{"cells":[]}`),
		"POST /targets/{year}/correct": sends("target.correct", "200", "POST", "/targets/2040/correct", `{"cells":[],"reason":"按会议纪要"}`),
		"POST /targets/{year}/limits":  sends("target.edit", "201", "POST", "/targets/2040/limits", `{"sum_rule":"at_most","quarter_max_ppm":1000000,"source":"notice"}`),
		"POST /targets/{year}/submit":  actsOnYear("target.edit", "submit", target.Draft),
		"POST /targets/{year}/approve": actsOnYear("target.approve", "approve", target.Submitted),
		"POST /targets/{year}/return":  actsOnYear("target.approve", "return", target.Submitted),
		"POST /targets/{year}/figures": {permission: "target.report", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			year := 2041 + number(t, p.Kit, "SELECT count(*) FROM reported_figures") // no two of one row and month
			return posts(fmt.Sprintf(`{"figures":[{"unit_id":%d,"indicator":"ISSUE_IN","month":1,"value":3,"standing":"management","evidence":"台账"}]}`, p.Roles[0].Unit),
				"/targets/%d/figures", year)
		}},
		"POST /targets/{year}/import": {permission: "target.split", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			content := "no workbook"
			if a := p.Do(t, ask("GET", "/targets/2040/export")); a.Status == 200 {
				content = string(a.Body)
			}
			return kit.Request{Method: "POST", Path: "/targets/2040/import", File: &kit.File{Name: "targets.xlsx", Content: content}}
		}},
	}
	return out
}

func codeOf(p *kit.Person) string { return strings.ToUpper(strings.ReplaceAll(p.Username, "-", "_")) }

// cell is a new value of a cell in a batch; month 0 is the year.
func cell(unit any, indicator string, month int, value, version int64) string {
	m := "null"
	if month > 0 {
		m = fmt.Sprint(month)
	}
	return fmt.Sprintf(`{"unit_id":%v,"indicator":%q,"month":%s,"value":%d,"version":%d}`, unit, indicator, m, value, version)
}

func puts(year int, reason string, cells ...string) kit.Request {
	return kit.Request{Method: "PUT", Path: fmt.Sprintf("/targets/%d/cells", year), Body: fmt.Sprintf(`{"reason":%q,"cells":[%s]}`, reason, strings.Join(cells, ","))}
}

// rowsRead is what a person reads of an indicator in a year, one cell a word:
// unit/month=value, then what the unit keeps and what the year keeps.
func rowsRead(t *testing.T, p *kit.Person, year int, indicator string) string {
	t.Helper()
	a := p.Do(t, ask("GET", "/targets/%d?indicator=%s", year, indicator))
	if a.Status != 200 {
		return a.Brief()
	}
	var v target.TreeView
	a.Into(t, &v)
	names := map[any]string{}
	for _, u := range v.Units {
		names[u.UnitID] = u.NameZH
	}
	var out []string
	show := func(n *int64) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	for _, c := range v.Cells {
		month := "year"
		if c.Month != nil {
			month = fmt.Sprint(*c.Month)
		}
		word := fmt.Sprintf("%s/%s=%s~%s", names[c.UnitID], month, show(c.Value), show(c.Remainder))
		if c.MonthRemainder != nil {
			word += "~" + show(c.MonthRemainder)
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

func TestTheBureauBreaksTheYearDownAndATownSplitsItsMonthsInsideTheLimits(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		year := clock.System{}.Today().Year() + 1
		bureau, head, town := k.As(t, "bureau-officer"), k.As(t, "bureau-head"), k.As(t, "town-officer")
		huangpu, xiaolan := k.Unit(ctx, "huangpu"), k.Unit(ctx, "xiaolan")
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		does := func(p *kit.Person, r kit.Request) string { t.Helper(); return p.Do(t, r).Brief() }
		expect("the bureau breaks down", does(bureau, puts(year, "", cell(0, "REG_N", 0, 100, 0), cell(huangpu, "REG_N", 0, 24, 0), cell(xiaolan, "REG_N", 0, 30, 0))), "200")
		expect("it reads", rowsRead(t, bureau, year, "REG_N"), "全市/year=100~46~100 黄圃/year=24~24~24 小榄/year=30~30~30")
		expect("the town reads its own row, and of the city the figure", rowsRead(t, town, year, "REG_N"), "全市/year=100~-~100 黄圃/year=24~24~24")
		foreign := town.Do(t, puts(year, "", cell(xiaolan, "REG_N", 1, 1, 0)))
		missing := town.Do(t, puts(year, "", cell(absent, "REG_N", 1, 1, 0)))
		expect("a foreign row", foreign.Brief(), "404 target.unknown")
		expect("it is like a missing one", withoutID(foreign), withoutID(missing))
		expect("its history too", does(town, ask("GET", "/targets/%d/history?unit_id=%d&indicator=REG_N", year, xiaolan)), "404 target.unknown")
		expect("its own year", does(town, puts(year, "", cell(huangpu, "REG_N", 0, 5, 1))), "403 forbidden")
		expect("the city", does(town, puts(year, "", cell(0, "REG_N", 1, 5, 0))), "403 forbidden")
		expect("limits", does(bureau, posts(`{"sum_rule":"exact","quarter_min_ppm":100000,"quarter_max_ppm":400000,"source":"会议纪要"}`, "/targets/%d/limits", year)), "201")
		expect("too much", does(town, puts(year, "", cell(huangpu, "REG_N", 1, 25, 0))), "409 target.limit")
		expect("too little", does(town, puts(year, "", cell(huangpu, "REG_N", 1, 2, 0))), "409 target.limit")
		var months []string
		for m := 1; m <= 12; m++ {
			months = append(months, cell(huangpu, "REG_N", m, 2, 0))
		}
		lopsided := append([]string{cell(huangpu, "REG_N", 1, 24, 0)}, months[:0]...)
		expect("all in one quarter", does(town, puts(year, "", lopsided...)), "409 target.limit")
		expect("even months", does(town, puts(year, "", months...)), "200")
		clash := bureau.Do(t, puts(year, "", cell(huangpu, "REG_N", 1, 4, 0), cell(huangpu, "REG_N", 0, 26, 1)))
		expect("over an older version", clash.Brief(), "409 target.clash")
		if want := `"cells":[{"indicator":"REG_N","unit_id":` + huangpu.String() + `,"month":1,"yours":4,"theirs":2,"version":1}]`; !strings.Contains(string(clash.Body), want) {
			t.Errorf("the clash: %s, want %s", clash.Body, want)
		}
		expect("nothing of it was saved", fmt.Sprint(number(t, k, "SELECT value FROM target_cells WHERE unit_id = ? AND month = 0", huangpu)), "24")

		act := func(p *kit.Person, act, version string) string {
			return does(p, kit.Request{Method: "POST", Path: fmt.Sprintf("/targets/%d/%s", year, act), Body: `{"reason":"按会议纪要"}`, IfMatch: version})
		}
		expect("submitted", act(bureau, "submit", "1"), "200")
		expect("meanwhile nobody edits", does(bureau, puts(year, "", cell(0, "REG_N", 0, 110, 1))), "409 target.submitted")
		expect("an officer does not approve", act(bureau, "approve", "2"), "403 forbidden")
		expect("returned", act(head, "return", "2"), "200")
		expect("and again", act(bureau, "submit", "3"), "200")
		expect("approved", act(head, "approve", "4"), "200")
		expect("without a reason", does(bureau, puts(year, "", cell(0, "REG_N", 0, 110, 1))), "400 input.invalid")
		expect("with one", does(bureau, puts(year, "年中调整", cell(0, "REG_N", 0, 110, 1))), "200")
		expect("the town moves a month", does(town, puts(year, "项目延期", cell(huangpu, "REG_N", 1, 1, 1), cell(huangpu, "REG_N", 2, 3, 1))), "200")
		var history struct{ Items []target.ChangeView }
		town.Do(t, ask("GET", "/targets/%d/history?unit_id=%d&indicator=REG_N&month=1", year, huangpu)).Into(t, &history)
		last := history.Items[len(history.Items)-1]
		expect("the correction names both figures", fmt.Sprintf("%d %s %d→%d %s", len(history.Items), last.Kind, *last.Was, *last.Value, last.Reason), "2 correction 2→1 项目延期")
		var approved target.TreeView
		bureau.Do(t, ask("GET", "/targets/%d?indicator=REG_N&edition=1&unit_id=0", year)).Into(t, &approved)
		expect("the edition is as it was approved", fmt.Sprint(len(approved.Cells), *approved.Cells[0].Value), "1 100")
		expect("an edition that is none", does(bureau, ask("GET", "/targets/%d?edition=2", year)), "404 target.no_edition")
		past := clock.System{}.Today().Year() - 2
		expect("a closed month", does(bureau, puts(past, "", cell(huangpu, "REG_N", 1, 4, 0))), "409 target.closed")
		correct := puts(past, "补录", cell(huangpu, "REG_N", 1, 4, 0))
		correct.Method, correct.Path = "POST", fmt.Sprintf("/targets/%d/correct", past)
		expect("an officer does not correct it", does(bureau, correct), "403 forbidden")
		expect("the head does", does(head, correct), "200")
		expect("it is kept as what it is", fmt.Sprint(number(t, k, "SELECT count(*) FROM target_changes WHERE kind = 'closed' AND reason = '补录'")), "1")
	})
}

// withoutID is the body of a problem without the number of its request.
func withoutID(a kit.Answer) string {
	before, _, _ := strings.Cut(string(a.Body), `,"request_id"`)
	return before
}

func TestProgressIsWorkedOutFromWhatWasReported(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		bureau, head, town := k.As(t, "bureau-officer"), k.As(t, "bureau-head"), k.As(t, "town-officer")
		huangpu := k.Unit(ctx, "huangpu")
		correct := puts(2025, "补录", cell(huangpu, "FDI_USED", 0, 120_000, 0), cell(huangpu, "ISSUE_DONE", 0, 9, 0), cell(huangpu, "ISSUE_IN", 0, 10, 0))
		correct.Method, correct.Path = "POST", "/targets/2025/correct"
		if a := head.Do(t, correct); a.Status != 200 {
			t.Fatal(a.Brief())
		}
		report := func(year int, monthly int64) {
			t.Helper()
			var figures []string
			for m := 1; m <= 6; m++ {
				figures = append(figures, fmt.Sprintf(`{"unit_id":%d,"indicator":"FDI_USED","month":%d,"value":%d,"standing":"official","evidence":"商务部门报表"}`, huangpu, m, monthly))
			}
			if a := bureau.Do(t, posts(`{"figures":[`+strings.Join(figures, ",")+`]}`, "/targets/%d/figures", year)); a.Status != 201 {
				t.Fatal(a.Brief())
			}
		}
		report(2024, 5_000)
		report(2025, 10_000)
		for _, p := range []*kit.Person{bureau, town} {
			var v target.ProgressView
			p.Do(t, ask("GET", "/targets/2025/progress?as_of=2025-06-30")).Into(t, &v)
			got := fmt.Sprintf("%d %d %d:", v.TimePPM, v.FullMonths, v.MonthsLeft)
			for _, i := range v.Items {
				if i.UnitID == huangpu && i.Indicator == "FDI_USED" {
					got += fmt.Sprint(" ", *i.Target, *i.Actual, *i.CompletionPPM, *i.BehindPPM, *i.YearOnYearPPM, *i.Forecast, *i.Gap, *i.GapPerMonth)
				}
				if i.UnitID == huangpu && i.Indicator == "ISSUE_CLOSE" {
					got += fmt.Sprint(" rate ", *i.Target)
				}
				if i.UnitID == target.TheCity && i.Indicator == "FDI_USED" {
					got += fmt.Sprint(" city ", *i.Actual)
				}
			}
			want := "495890 6 6: city 60000 120000 60000 500000 -4110 1000000 120994 60000 10000 rate 900000"
			if got != want {
				t.Errorf("%s: %s, want %s", p.Username, got, want)
			}
		}
		for what, r := range map[string]struct{ body, want string }{
			"an official figure of a town's own": {`"standing":"official","evidence":"x"`, "403 forbidden"},
			"without evidence":                   {`"standing":"management","evidence":" "`, "400 input.invalid"},
		} {
			year := clock.System{}.Today().Year() + 1
			body := fmt.Sprintf(`{"figures":[{"unit_id":%d,"indicator":"FDI_USED","month":1,"value":1,%s}]}`, huangpu, r.body)
			if a := town.Do(t, posts(body, "/targets/%d/figures", year)); a.Brief() != r.want {
				t.Errorf("%s: %s", what, a.Brief())
			}
		}
		if a := town.Do(t, posts(fmt.Sprintf(`{"figures":[{"unit_id":%d,"indicator":"ISSUE_IN","month":1,"value":1,"standing":"management","evidence":"台账"}]}`, huangpu), "/targets/2025/figures")); a.Brief() != "409 target.closed" {
			t.Errorf("a closed month: %s", a.Brief())
		}
	})
}
