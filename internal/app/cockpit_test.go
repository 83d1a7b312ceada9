package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/report"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// wheel is the cockpit of the office, and leads to steer.
type wheel struct {
	*kit.Kit
	ctx    context.Context
	people lifekit.People
	leads  []id.Lead
	chains []string
	shift  time.Duration
	n      int
}

func newWheel(t *testing.T, k *kit.Kit) *wheel {
	t.Helper()
	ctx := context.Background()
	office, err := lifekit.NewOffice(ctx, k.DB)
	if err != nil {
		t.Fatal(err)
	}
	w := &wheel{Kit: k, ctx: ctx, people: lifekit.People{
		Owner: k.Actor(ctx, "bureau-head", ""), Outside: k.Actor(ctx, "town-head", ""), Office: office,
	}}
	d, err := k.App.Org.Directory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range d.Chains()[:3] {
		w.chains = append(w.chains, c.Code)
	}
	return w
}

// act does one random thing to the leads; what is refused changes nothing.
func (w *wheel) act(r *rapid.T) {
	owner := w.people.Owner
	if len(w.leads) < 3 || rapid.IntRange(0, 4).Draw(r, "new") == 0 {
		w.create(r)
		return
	}
	leadID := rapid.SampledFrom(w.leads).Draw(r, "lead")
	v, err := w.App.Lead.Get(w.ctx, owner, leadID)
	if err != nil {
		return
	}
	switch rapid.SampledFrom([]string{"amount", "chain", "place", "secret", "stage", "stage", "stage", "lost", "delete", "later"}).Draw(r, "what") {
	case "amount":
		w.edit(v, lead.Edit{PlannedCents: some(amount(r))})
	case "chain":
		w.edit(v, lead.Edit{Chain: some(rapid.SampledFrom(w.chains).Draw(r, "chain"))})
	case "place":
		w.edit(v, lead.Edit{LocationCode: some(rapid.SampledFrom([]string{"442000101", "442000118", "442000008"}).Draw(r, "place"))})
	case "secret":
		w.edit(v, lead.Edit{Confidentiality: some(rapid.SampledFrom([]string{"restricted", "normal"}).Draw(r, "secret"))})
	case "stage":
		to := rapid.SampledFrom([]lead.Stage{lead.Qualified, lead.Negotiating, lead.Review, lead.ToSign, lead.Signed, lead.StageLead, lead.Suspended}).Draw(r, "to")
		_, _ = lifekit.Move(w.ctx, w.App.Lead, w.people, leadID, lead.Move{To: to, Reason: "按实际情况"})
	case "lost":
		_, _ = lifekit.Move(w.ctx, w.App.Lead, w.people, leadID, lead.Move{To: lead.Lost, Reason: "落户外市", LostTo: "佛山"})
	case "delete":
		_ = w.App.Lead.Delete(w.ctx, owner, leadID, v.Version, "录入错误")
	case "later":
		w.shift += time.Duration(rapid.IntRange(1, 20).Draw(r, "days")) * 24 * time.Hour
		w.DB.SetOffset(w.shift)
	}
}

func amount(r *rapid.T) int64 {
	return rapid.SampledFrom([]int64{1_00, 99_999_999_99, 100_000_000_00, 500_000_000_00, 9_999_999_999_99, 12_000_000_000_00}).Draw(r, "cents")
}

func (w *wheel) create(r *rapid.T) {
	w.n++
	investor, summary := fmt.Sprintf("驾驶舱样例 %d 号企业", w.n), "生产基地"
	d := lead.Draft{Facts: lead.Facts{Title: investor, InvestorName: &investor, SourceChannel: "visit", Summary: &summary}}
	if rapid.Bool().Draw(r, "known") {
		cents := amount(r)
		d.PlannedCents = &cents
	}
	if rapid.IntRange(0, 3).Draw(r, "abroad") == 0 {
		d.Currency = "USD"
	}
	who := w.people.Owner
	if rapid.Bool().Draw(r, "town") {
		who = w.Actor(w.ctx, "town-officer", "")
	}
	v, err := w.App.Lead.Create(w.ctx, who, d)
	if err != nil {
		r.Fatalf("register: %v", err)
	}
	w.leads = append(w.leads, v.ID)
}

func (w *wheel) edit(v lead.View, e lead.Edit) {
	_, _ = w.App.Lead.Edit(w.ctx, w.people.Owner, v.ID, v.Version, e)
}

// readers see all, all but the restricted, and their own.
func (w *wheel) readers() map[string]access.Actor {
	out := map[string]access.Actor{}
	for _, name := range []string{"leader", "bureau-head", "town-officer"} {
		out[name] = w.Actor(w.ctx, name, "")
	}
	return out
}

// check holds every figure, as the counters have it, against the list behind
// it, which walks the leads.
func (w *wheel) check(fail func(format string, args ...any)) {
	found, err := leadstore.New(w.DB).Verify(w.ctx)
	if err != nil || len(found) > 0 {
		fail("the books: %v, %v", found, err)
	}
	for name, actor := range w.readers() {
		v, err := w.App.Report.Cockpit(w.ctx, actor, report.Query{})
		if err != nil {
			fail("%s: %v", name, err)
		}
		for about, f := range figuresOf(v) {
			got, err := w.App.Report.List(w.ctx, actor, f.query)
			if err != nil || got.Total != f.sum {
				fail("%s: %s is %+v, its list gives %+v, %v", name, about, f.sum, got.Total, err)
			}
		}
	}
}

// shown is a figure with the question for the list behind it.
type shown struct {
	query report.ListQuery
	sum   report.Sum
}

// figuresOf are all figures of a page; counts alone come without a sum.
func figuresOf(v report.View) map[string]shown {
	out := map[string]shown{}
	add := func(about string, sum report.Sum, q report.ListQuery) {
		q.Limit = 1
		out[about] = shown{query: q, sum: sum}
	}
	for _, f := range v.Figures {
		add(f.Measure, f.Sum, report.ListQuery{Measure: f.Measure})
		if f.Before != nil {
			add("before", *f.Before, report.ListQuery{Measure: report.NewBefore})
		}
	}
	for _, b := range v.Bands {
		name := report.UnknownBand
		if b.From != nil {
			name = fmt.Sprint(*b.From)
		}
		add("band "+name, b.Sum, report.ListQuery{Measure: report.InTalks, Band: &name})
	}
	for _, f := range v.Funnel {
		add("stage "+f.Stage, f.Sum, report.ListQuery{Measure: report.Stage, Stage: &f.Stage})
	}
	for _, l := range v.Losses {
		add("lost to "+l.Place, l.Sum, report.ListQuery{Measure: report.LostYear, Place: &l.Place})
	}
	for _, s := range v.Trend.Series {
		for i, m := range v.Trend.Months[9:] {
			add(s.Measure+" "+m, s.Points[9+i], report.ListQuery{Measure: s.Measure, Month: &m})
		}
	}
	groups := func(kind string, rows []report.GroupView, slice func(g report.GroupView) report.Slice) {
		for _, g := range rows {
			if g.InTalks == (report.Sum{}) && g.Fresh == (report.Sum{}) && g.Signed == (report.Sum{}) && g.Stuck == 0 {
				continue
			}
			for measure, sum := range map[string]report.Sum{report.InTalks: g.InTalks, report.New: g.Fresh, report.SignedYear: g.Signed} {
				add(kind+" "+g.Key+" "+measure, sum, report.ListQuery{Measure: measure, Query: report.Query{Slice: slice(g)}})
			}
		}
	}
	unit := func(g report.GroupView) *id.Unit {
		var u id.Unit
		if g.UnitID != nil {
			u = *g.UnitID
		}
		return &u
	}
	groups("town", v.Towns, func(g report.GroupView) report.Slice { return report.Slice{Town: unit(g)} })
	groups("department", v.Departments, func(g report.GroupView) report.Slice { return report.Slice{Unit: unit(g)} })
	groups("chain", v.Chains, func(g report.GroupView) report.Slice { return report.Slice{Chain: &g.Key} })
	return out
}

func TestEveryFigureOfTheCockpitEqualsTheListBehindItWhateverIsDone(t *testing.T) {
	rapidly(t, testkit.Times(60, 3), 25)
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		w := newWheel(t, k)
		rapid.Check(t, func(r *rapid.T) {
			r.Repeat(map[string]func(*rapid.T){"act": w.act, "": func(r *rapid.T) { w.check(r.Fatalf) }})
		})
	})
}

// pageOf is a page as it can be compared with the one of another moment.
func pageOf(t *testing.T, v report.View) string {
	t.Helper()
	v.Now, v.Present = time.Time{}, false
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAPastDayShowsThePageThatWasSavedAtItsEnd(t *testing.T) {
	rapidly(t, testkit.Times(20, 2), 20)
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		w := newWheel(t, k)
		rapid.Check(t, func(r *rapid.T) {
			saved := map[clock.Date]string{}
			for range 3 {
				for range 12 {
					w.act(r)
				}
				v, err := k.App.Report.Cockpit(w.ctx, w.people.Owner, report.Query{})
				if err != nil {
					r.Fatalf("the page: %v", err)
				}
				saved[v.AsOf] = pageOf(t, v)
				w.shift += 24 * time.Hour
				k.DB.SetOffset(w.shift)
			}
			for day, want := range saved {
				v, err := k.App.Report.Cockpit(w.ctx, w.people.Owner, report.Query{AsOf: &day})
				if err != nil {
					r.Fatalf("the page of %s: %v", day, err)
				}
				if got := pageOf(t, v); stripped(got) != stripped(want) {
					r.Fatalf("the page of %s was\n%s\nand is\n%s", day, want, got)
				}
			}
		})
	})
}

// stripped leaves out the rows of stuck leads, whose titles are those of now.
func stripped(page string) string {
	var v map[string]any
	if err := json.Unmarshal([]byte(page), &v); err != nil {
		return err.Error()
	}
	delete(v, "stuck")
	text, _ := json.Marshal(v) //nolint:errchkjson // it was JSON a moment ago
	return string(text)
}

func some[T any](v T) lead.Opt[T] { return lead.Opt[T]{Set: true, Value: &v} }
