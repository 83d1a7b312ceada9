package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
	"github.com/leadrelay/leadrelay/internal/update"
)

// reported is a project as a person reads it in a period, in one line: the
// values with their versions, and what may be done.
func reported(t *testing.T, p *kit.Person, period update.Period, lead id.Lead) string {
	t.Helper()
	var g update.GridView
	if a := p.Get(t, fmt.Sprintf("/updates/%s", period), &g); a.Status != 200 {
		return a.Brief()
	}
	for _, r := range g.Rows {
		if r.LeadID != lead {
			continue
		}
		out := []string{}
		for _, c := range r.Cells {
			if c.Version > 0 {
				value := c.Words
				if c.Number != nil {
					value = fmt.Sprint(*c.Number)
				}
				out = append(out, fmt.Sprintf("%s=%s@%d", c.Field, value, c.Version))
			}
		}
		return fmt.Sprintf("%s past %v filed %v can %v", strings.Join(out, " "), r.Past, r.FiledAt != nil, r.Can)
	}
	return "no row"
}

func updateCell(field string, version int64, value string) string {
	return fmt.Sprintf(`{"field":%q,"version":%d,%s}`, field, version, value)
}

func batch(lead id.Lead, cells ...string) string {
	return fmt.Sprintf(`{"rows":[{"lead_id":%d,"cells":[%s]}]}`, lead, strings.Join(cells, ","))
}

// expecting compares texts and says what they are about.
func expecting(t *testing.T) func(what, got, want string) {
	t.Helper()
	return func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
}

func TestAReportIsWrittenFiledLockedAndOpenedAgain(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		expect, p := expecting(t), thisPeriod()
		town, head, other := k.As(t, "town-officer"), k.As(t, "town-head"), k.As(t, "department-officer")
		l := owing(t, k, leadFor(t, town))
		alone(t, town, l)
		path := fmt.Sprintf("/updates/%s", p)
		submit := kit.Request{Method: "POST", Path: path + "/submit"}
		expect("an empty report is not filed", town.Do(t, submit).Brief(), "409 update.incomplete")
		expect("written", town.Do(t, fills(p, writes(l, 0, "厂房封顶"))).Brief(), "200")
		const written = "paid_in=120000000@1 fixed_assets=0@1 progress=厂房封顶@1 past false filed false can [edit]"
		expect("read", reported(t, town, p, l), written)
		expect("the same sent again is no clash", town.Do(t, fills(p, writes(l, 0, "厂房封顶"))).Brief(), "200")
		expect("and no second version", reported(t, head, p, l), written)

		a := head.Do(t, fills(p, batch(l, updateCell("paid_in", 0, `"number":5`), updateCell("jobs", 0, `"number":80`))))
		var clash struct {
			Clashes []update.Clash
			Saved   []update.RowView
		}
		a.Into(t, &clash)
		expect("an old version", a.Brief(), "409 update.clash")
		if len(clash.Clashes) != 1 || clash.Clashes[0].Field != "paid_in" || *clash.Clashes[0].Yours.Number != 5 || *clash.Clashes[0].Theirs.Number != 120000000 ||
			clash.Clashes[0].Version != 1 || len(clash.Saved) != 0 {
			t.Errorf("the clash names %s", a.Body)
		}
		expect("of the row nothing is kept", reported(t, town, p, l), written)
		expect("no change", head.Do(t, fills(p, batch(l, updateCell("paid_in", 1, `"same":true`)))).Brief(), "200")
		expect("means nothing more", reported(t, head, p, l), strings.Replace(written, "paid_in=120000000@1", "paid_in=0@2", 1))
		expect("emptied", head.Do(t, fills(p, batch(l, updateCell("paid_in", 2, `"number":null`)))).Brief(), "400 input.invalid")
		expect("written once more", head.Do(t, fills(p, batch(l, updateCell("paid_in", 2, `"number":7`)))).Brief(), "200")

		expect("who has nothing to do with it", other.Do(t, fills(p, writes(l, 1, "x"))).Brief(), "404 lead.unknown")
		expect("another unit's grid", other.Do(t, ask("GET", "%s?unit_id=%d", path, town.Roles[0].Unit)).Brief(), "404 update.unknown")
		expect("the leader reads", k.As(t, "leader").Do(t, ask("GET", "%s?unit_id=%d", path, town.Roles[0].Unit)).Brief(), "200")
		expect("the bureau does not write", k.As(t, "bureau-officer").Do(t, fills(p, writes(l, 1, "x"))).Brief(), "403 forbidden")

		expect("filed", town.Do(t, submit).Brief(), "200")
		const filed = "paid_in=7@3 fixed_assets=0@1 progress=厂房封顶@1 past false filed true can []"
		expect("locked", reported(t, head, p, l), filed)
		expect("a locked row", town.Do(t, fills(p, batch(l, updateCell("jobs", 0, `"number":9`)))).Brief(), "409 update.filed")
		expect("filed twice", town.Do(t, submit).Brief(), "409 update.nothing")
		unlock := posts(fmt.Sprintf(`{"unit_id":%d,"reason":"更正到资"}`, town.Roles[0].Unit), "%s/unlock", path)
		expect("the town does not unlock", head.Do(t, unlock).Brief(), "403 forbidden")
		expect("opened again", k.As(t, "bureau-officer").Do(t, unlock).Brief(), "200")
		expect("and writable", reported(t, town, p, l), strings.Replace(filed, "filed true can []", "filed false can [edit]", 1))
		figures := func(who *kit.Person) string {
			var list struct{ Items []update.FigureView }
			if a := who.Get(t, fmt.Sprintf("/leads/%d/updates", l), &list); a.Status != 200 {
				return a.Brief()
			}
			out := []string{}
			for _, f := range list.Items {
				out = append(out, fmt.Sprintf("%s %s %v", f.Code, f.Period, f.Stale))
			}
			return strings.Join(out, ", ")
		}
		expect("what was filed stands meanwhile", figures(k.As(t, "leader")), fmt.Sprintf("paid_in %[1]s false, fixed_assets %[1]s false, progress %[1]s false", p))
		actuals, err := k.App.Update.Actuals(t.Context(), k.Actor(t.Context(), "town-officer", ""), p.Day(1).Year())
		if err != nil {
			t.Fatal(err)
		}
		expect("and counts", fmt.Sprint(actuals), fmt.Sprintf("[{FAI_NEW 0 %[2]d 0} {FAI_NEW %[1]d %[2]d 0} {PAID_IN 0 %[2]d 7} {PAID_IN %[1]d %[2]d 7}]", town.Roles[0].Unit, p.Month()))
	})
}

func TestAProjectThatIsHandedOnTakesItsReportAlongAndItsWriterKeepsWhatHeWrote(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		expect, p, ctx := expecting(t), thisPeriod(), context.Background()
		group, town := k.As(t, "group-officer"), k.As(t, "town-officer")
		l := owing(t, k, leadFor(t, group))
		expect("written", group.Do(t, fills(p, writes(l, 0, "首轮洽谈"))).Brief(), "200")
		var h struct{ ID int64 }
		group.Do(t, posts(fmt.Sprintf(`{"to_unit_id":%d,"reason":"落地黄圃","ask":"请接续"}`, k.Unit(ctx, "huangpu")), "/leads/%d/handoffs", l)).Into(t, &h)
		expect("who is offered it has no row", reported(t, town, p, l), "no row")
		expect("accepted", town.Do(t, posts(`{}`, "/handoffs/%d/accept", h.ID)).Brief(), "200")
		const before = "paid_in=120000000@1 fixed_assets=0@1 progress=首轮洽谈@1"
		expect("the new holder goes on", reported(t, town, p, l), before+" past false filed false can [edit]")
		expect("written by the new holder", town.Do(t, fills(p, batch(l, updateCell("progress", 1, `"words":"黄圃续谈"`)))).Brief(), "200")
		expect("the giver reads what it wrote", reported(t, group, p, l), before+" past true filed false can []")
		expect("and writes no more", group.Do(t, fills(p, batch(l, updateCell("progress", 2, `"words":"x"`)))).Brief(), "403 forbidden")
	})
}

func TestTwoPeopleInOneGridLoseNoCellThatWasAccepted(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		p := thisPeriod()
		town := k.As(t, "town-officer")
		leads := []id.Lead{}
		for range 4 {
			leads = append(leads, owing(t, k, leadFor(t, town)))
		}
		var mu sync.Mutex
		accepted := map[string]int{} // cell: the highest version that somebody was told is kept
		var all sync.WaitGroup
		for _, name := range []string{"town-officer", "town-head"} {
			all.Go(func() {
				who := k.As(t, name)
				for n := range 24 {
					l := leads[n%len(leads)]
					v := n / len(leads)
					a := who.Do(t, fills(p, batch(l, updateCell("jobs", int64(v), fmt.Sprintf(`"number":%d`, 1000*len(name)+n)))))
					if a.Status == 200 {
						mu.Lock()
						accepted[fmt.Sprint(l, " ", v+1)]++
						mu.Unlock()
					} else if a.Brief() != "409 update.clash" {
						t.Errorf("%s writes: %s", name, a.Brief())
					}
				}
			})
		}
		all.Wait()
		for c, n := range accepted {
			if n != 1 {
				t.Errorf("version %s was given %d times", c, n)
			}
		}
		var logged int
		if err := k.DB.Read(t.Context()).Raw("SELECT COUNT(*) FROM update_cell_log WHERE field = 'jobs' AND lead_id IN ?", leads).Row().Scan(&logged); err != nil {
			t.Fatal(err)
		}
		if logged != len(accepted) {
			t.Errorf("%d values are kept, %d were accepted", logged, len(accepted))
		}
	})
}

func TestWhatIsWrittenWhileAReportIsFiledIsInItOrRefused(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		p := thisPeriod()
		town, head := k.As(t, "town-officer"), k.As(t, "town-head")
		for round := range 6 {
			l := owing(t, k, leadFor(t, town))
			alone(t, town, l)
			if a := town.Do(t, fills(p, writes(l, 0, "洽谈"))); a.Status != 200 {
				t.Fatalf("fill: %s", a.Brief())
			}
			var wrote, filed kit.Answer
			var both sync.WaitGroup
			both.Go(func() { wrote = head.Do(t, fills(p, batch(l, updateCell("paid_in", 1, `"number":99`)))) })
			both.Go(func() { filed = town.Do(t, kit.Request{Method: "POST", Path: fmt.Sprintf("/updates/%s/submit", p)}) })
			both.Wait()
			var kept, filedAs int64
			err := k.DB.Read(t.Context()).Raw(`SELECT c.number, f.number FROM update_cells c JOIN update_figures f ON f.lead_id = c.lead_id AND f.field = c.field
				WHERE c.lead_id = ? AND c.field = 'paid_in'`, l).Row().Scan(&kept, &filedAs)
			if err != nil {
				t.Fatal(err)
			}
			if filed.Status != 200 || kept != filedAs || (wrote.Status == 200) != (kept == 99) || wrote.Status != 200 && wrote.Brief() != "409 update.filed" {
				t.Errorf("round %d: wrote %s, filed %s, kept %d, filed figure %d", round, wrote.Brief(), filed.Brief(), kept, filedAs)
			}
		}
	})
}

func TestTheHeadOfAUnitIsToldOnceOverTwoProcesses(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		owing(t, k, leadFor(t, k.As(t, "town-officer")))
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := k.App.Update.TellDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		var twice int
		err := k.DB.Read(t.Context()).Raw(`SELECT COUNT(*) FROM (SELECT units, kind FROM notice_events WHERE kind LIKE 'update.%'
			GROUP BY units, kind, params HAVING COUNT(*) > 1) x`).Row().Scan(&twice)
		if err != nil {
			t.Fatal(err)
		}
		var told int
		if err := k.DB.Read(t.Context()).Raw(`SELECT COUNT(*) FROM notice_events WHERE kind IN ('update.opened', 'update.due_soon') AND units = ?`,
			fmt.Sprintf("[%d]", k.As(t, "town-head").Roles[0].Unit)).Row().Scan(&told); err != nil {
			t.Fatal(err)
		}
		if twice != 0 || told == 0 {
			t.Errorf("%d notices were written twice, %d to the town", twice, told)
		}
	})
}

func TestAWrongReportIsRefusedByField(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		p := thisPeriod()
		town := k.As(t, "town-officer")
		l := owing(t, k, leadFor(t, town))
		for name, c := range map[string]struct{ body, want string }{
			"no rows":             {`{"rows":[]}`, "rows:required"},
			"an unknown figure":   {batch(l, updateCell("profit", 0, `"number":1`)), "rows[0].cells[0].field:unknown_value"},
			"a cell twice":        {batch(l, updateCell("jobs", 0, `"number":1`), updateCell("jobs", 0, `"number":2`)), "rows[0].cells[1].field:update.cell_twice"},
			"words for a number":  {batch(l, updateCell("jobs", 0, `"words":"十人"`)), "rows[0].cells[0].number:update.value_kind"},
			"less than nothing":   {batch(l, updateCell("paid_in", 0, `"number":-1`)), "rows[0].cells[0].number:update.value_range"},
			"more than there is":  {batch(l, updateCell("paid_in", 0, `"number":1000000000000001`)), "rows[0].cells[0].number:update.value_range"},
			"no day":              {batch(l, updateCell("milestone_on", 0, `"words":"2026-02-30"`)), "rows[0].cells[0].words:update.value_day"},
			"markup":              {batch(l, updateCell("progress", 0, `"words":"<b>"`)), "rows[0].cells[0].words:text.markup"},
			"a long text":         {batch(l, updateCell("progress", 0, fmt.Sprintf(`"words":%q`, strings.Repeat("长", 501)))), "rows[0].cells[0].words:too_long"},
			"a negative version":  {batch(l, updateCell("jobs", -1, `"number":1`)), "rows[0].cells[0].version:out_of_range"},
			"an unknown name":     {`{"rows":[],"x":1}`, "x:unknown"},
			"a number as a text":  {batch(l, updateCell("jobs", 0, `"number":"1"`)), "rows[0].cells[0].number:wrong_type"},
			"a fraction of a 分":   {batch(l, updateCell("paid_in", 0, `"number":1.5`)), "rows[0].cells[0].number:not_integer"},
			"a lead that is text": {`{"rows":[{"lead_id":"1","cells":[]}]}`, "rows[0].lead_id:wrong_type"},
		} {
			a := town.Do(t, fills(p, c.body))
			var v struct{ Fields []struct{ Name, Code string } }
			a.Into(t, &v)
			got := []string{}
			for _, f := range v.Fields {
				got = append(got, f.Name+":"+f.Code)
			}
			if a.Status != 400 || strings.Join(got, " ") != c.want {
				t.Errorf("%s: %s %v, want %s", name, a.Brief(), got, c.want)
			}
		}
		for path, want := range map[string]string{"/updates/2026-13": "400 input.invalid", "/updates/2199-01": "400 input.invalid", "/updates/2098-01": "200"} {
			if got := town.Do(t, ask("GET", "%s", path)).Brief(); got != want {
				t.Errorf("GET %s: %s, want %s", path, got, want)
			}
		}
		if got := town.Do(t, fills("2098-01", writes(l, 0, "x"))).Brief(); got != "409 update.coming" {
			t.Errorf("a period to come: %s", got)
		}
		if got := town.Do(t, fills(p.Add(-6), writes(l, 0, "x"))).Brief(); got != "409 update.closed" {
			t.Errorf("a closed period: %s", got)
		}
	})
}
