package app_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// found lists the numbers of the leads that a filter gives the person.
func (w *world) found(t *testing.T, p *kit.Person, filter string) []int {
	t.Helper()
	out := []int{}
	for _, lead := range p.Leads(t, filter) {
		out = append(out, w.numbers[lead])
	}
	slices.Sort(out)
	return out
}

// those lists the leads of the ledger for which something holds.
func (w *world) those(p *kit.Person, holds func(v viewer) bool) []int {
	out := []int{}
	for _, e := range w.leads {
		if v := w.before(p, e); v.can("lead.read") && holds(v) {
			out = append(out, e.plan.No)
		}
	}
	return out
}

func (w *world) same(t *testing.T, p *kit.Person, filter string, want []int) {
	t.Helper()
	if got := w.found(t, p, filter); !slices.Equal(got, want) {
		t.Errorf("%s, /leads?%s: %v, want %v", p.Username, filter, got, want)
	}
}

// TestASearchFindsWhatIsReadAndNothingElse asks for every text and for its
// beginning: the list and its total tell nobody what he may not read.
func TestASearchFindsWhatIsReadAndNothingElse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, p := range w.people(t, 0.25) {
			if !w.oracle.holds(string(p.Roles[0].Role), "lead.read") {
				continue
			}
			allowed := w.allowed(p)
			for _, e := range w.leads {
				no := []int{}
				if w.before(p, e).can("lead.read") {
					no = []int{e.plan.No}
				}
				w.same(t, p, fmt.Sprintf("q=kq%02d", e.plan.No), no)
				for token := range e.texts {
					want := []int{}
					if regexp.MustCompile(`title|investor|product`).MatchString(token) && allowed[token] {
						want = []int{e.plan.No}
					}
					if full() || w.draw.IntN(4) == 0 {
						w.same(t, p, "q="+token, want)
					}
				}
			}
			for code, n := range w.codes {
				want := []int{}
				if w.before(p, w.leads[n-1]).can("lead.read") {
					want = []int{n}
				}
				w.same(t, p, "q="+code, want)
			}
		}
	})
}

// TestAHiddenAmountCannotBeProbed asks for every amount that a lead has or had,
// by filter and by sum.
func TestAHiddenAmountCannotBeProbed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, p := range w.people(t, 0.4) {
			if !w.oracle.holds(string(p.Roles[0].Role), "lead.read") {
				continue
			}
			known, sum := 0, int64(0)
			for _, e := range w.leads {
				if cents := w.before(p, e).amount(); cents != 0 {
					known, sum = known+1, sum+cents
				}
				for n := 1; n <= e.counters["cents"]; n++ {
					cents := kit.Cents(e.plan.No, n)
					want := w.those(p, func(v viewer) bool { return v.amount() == cents })
					w.same(t, p, fmt.Sprintf("planned_cents.gte=%d&planned_cents.lte=%d", cents, cents), want)
				}
			}
			w.same(t, p, "planned_cents.gte=0", w.those(p, func(v viewer) bool { return v.amount() != 0 }))
			for _, by := range []string{"stage", "month", "unit", "chain"} {
				w.pipeline(t, p, by, known, sum)
			}
		}
	})
}

// TestASortByAmountPlacesHiddenOnesAmongTheUnknown reads the list by amount,
// both ways, in small pages: what a person does not see comes last, and no
// cursor tells it.
func TestASortByAmountPlacesHiddenOnesAmongTheUnknown(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, p := range w.people(t, 0.4) {
			if !w.oracle.holds(string(p.Roles[0].Role), "lead.read") {
				continue
			}
			for _, sign := range []string{"", "-"} {
				want := w.readable(p)
				slices.SortFunc(want, func(a, b int) int {
					x, y := w.before(p, w.leads[a-1]).amount(), w.before(p, w.leads[b-1]).amount()
					order := cmp.Or(cmp.Compare(x, y), cmp.Compare(w.ids[a], w.ids[b]))
					if sign == "-" {
						order = -order
					}
					if (x == 0) != (y == 0) { // the unknown last, both ways
						order = map[bool]int{true: 1, false: -1}[x == 0]
					}
					return order
				})
				if got := w.paged(t, p, "sort="+sign+"planned_cents&limit=2"); !slices.Equal(got, want) {
					t.Errorf("%s by %splanned_cents: %v, want %v", p.Username, sign, got, want)
				}
			}
		}
	})
}

// paged reads a list page by page, in its order; a cursor holds no amount that
// the person does not read.
func (w *world) paged(t *testing.T, p *kit.Person, filter string) []int {
	t.Helper()
	allowed := w.allowed(p)
	out := []int{}
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID id.Lead }
			Next  *string
		}
		p.Get(t, "/leads?"+filter+cursor, &page)
		for _, item := range page.Items {
			out = append(out, w.numbers[item.ID])
		}
		if page.Next == nil || len(out) > len(w.leads) {
			return out
		}
		raw, _ := base64.RawURLEncoding.DecodeString(*page.Next)
		for _, token := range tokens.FindAllString(string(raw), -1) {
			if !allowed[token] {
				t.Errorf("%s read %s in a cursor", p.Username, token)
			}
		}
		cursor = "&cursor=" + *page.Next
	}
}

type figure struct {
	Key      string `json:"key"`
	Count    int    `json:"count"`
	Known    int    `json:"known"`
	SumCents int64  `json:"sum_cents"`
}

// pipeline compares every figure of a dimension with the ledger.
func (w *world) pipeline(t *testing.T, p *kit.Person, by string, known int, sum int64) {
	t.Helper()
	var got struct {
		Items []figure
		Total figure
	}
	p.Get(t, "/pipeline?by="+by, &got)
	want := map[string]figure{}
	for _, e := range w.leads {
		v := w.before(p, e)
		if !v.can("pipeline.read") {
			continue
		}
		f := want[v.key(t, by)]
		f.Key = v.key(t, by)
		f.Count++
		if cents := v.amount(); cents != 0 {
			f.Known, f.SumCents = f.Known+1, f.SumCents+cents
		}
		want[f.Key] = f
	}
	for _, f := range got.Items {
		if want[f.Key] != f {
			t.Errorf("%s, pipeline by %s: %+v, want %+v", p.Username, by, f, want[f.Key])
		}
	}
	total := figure{Count: len(w.readable(p)), Known: known, SumCents: sum}
	if len(got.Items) != len(want) || got.Total != total {
		t.Errorf("%s, pipeline by %s: %d figures, total %+v; want %d, %+v", p.Username, by, len(got.Items), got.Total, len(want), total)
	}
}

// key is where the lead stands in a dimension; a past holder knows neither
// month nor chain, and nothing in the world is to be signed.
func (v viewer) key(t *testing.T, by string) string {
	_, past := v.onlyPast()
	switch {
	case by == "stage":
		return v.e.stage
	case by == "unit":
		return v.Kit.Unit(t.Context(), v.e.unit).String()
	case by == "month" && v.e.stage == "signed" && !past:
		return signedMonth(v)
	case by == "chain" && !past:
		return v.e.chain
	}
	return ""
}

// signedMonth is read from the lead itself: the day on which the world was
// made decides it.
func signedMonth(v viewer) string {
	var month string
	_ = v.Kit.DB.Read(context.Background()).Raw("SELECT substr(signed_on, 1, 7) FROM leads WHERE title = ?", v.e.head.title).Row().Scan(&month)
	return month
}

// TestEveryListCountsWhatItShows compares lists, filters, boxes, board and
// workbench of every person with the ledger.
func TestEveryListCountsWhatItShows(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, p := range w.people(t, 0.5) {
			if !w.oracle.holds(string(p.Roles[0].Role), "lead.read") {
				continue
			}
			w.same(t, p, "", w.readable(p))
			w.same(t, p, "ended=true", w.those(p, func(v viewer) bool { return v.e.stage == "lost" }))
			w.same(t, p, "ended=false", w.those(p, func(v viewer) bool { return v.e.stage != "lost" }))
			w.same(t, p, "stage=qualified&stage=signed", w.those(p, func(v viewer) bool { return v.e.stage == "qualified" || v.e.stage == "signed" }))
			for _, chain := range []string{"robots-ai", "biomed"} {
				w.same(t, p, "chain="+chain, w.those(p, func(v viewer) bool {
					_, past := v.onlyPast()
					return v.e.chain == chain && !past
				}))
			}
			for _, unit := range []string{"huangpu", "xiaolan", "nanlang", "wg-shenzhen"} {
				w.same(t, p, "unit_id="+w.Unit(t.Context(), unit).String(), w.those(p, func(v viewer) bool { return v.e.unit == unit }))
			}
			w.boxes(t, p)
		}
	})
}

// boxes compares the hand-offs in and out, and the counts of the workbench.
func (w *world) boxes(t *testing.T, p *kit.Person) {
	t.Helper()
	in, out, own := 0, 0, 0
	for _, e := range w.leads {
		v := w.before(p, e)
		if !v.can("lead.read") {
			continue
		}
		for _, r := range p.Roles {
			if r.Slug == e.unit && e.stage != "lost" {
				own++
			}
			for _, h := range e.offers {
				if h.state == "offered" && h.to == r.Slug {
					in++
				}
				if h.state == "offered" && h.from == r.Slug {
					out++
				}
			}
		}
	}
	var box struct {
		Items []struct{ ID int64 }
		Total struct{ Count int }
	}
	for name, want := range map[string]int{"in": in, "out": out} {
		p.Get(t, "/handoffs?limit=100&state=offered&box="+name, &box)
		if len(box.Items) != want || box.Total.Count != want {
			t.Errorf("%s: %d and %d open offers %s, want %d", p.Username, len(box.Items), box.Total.Count, name, want)
		}
	}
	var desk struct {
		Counts map[string]struct{ Count int }
	}
	p.Get(t, "/workbench", &desk)
	for name, want := range map[string]int{"offers_in": in, "offers_out": out, "own": own} {
		if desk.Counts[name].Count != want {
			t.Errorf("%s: the workbench counts %d %s, want %d", p.Username, desk.Counts[name].Count, name, want)
		}
	}
}

// TestTheDuplicateCheckTellsOfEveryReportAlikeToAll asks as one person after
// every lead: reference, holder and day, and the bureau for a restricted one.
func TestTheDuplicateCheckTellsOfEveryReportAlikeToAll(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, e := range w.leads {
			body := fmt.Sprintf(`{"investor_name":"%s"}`, e.head.investor)
			a := w.As(t, "ch-off").Do(t, kit.Request{Method: http.MethodPost, Path: "/duplicates/check", Body: body})
			var got struct {
				Result string
				Items  []struct {
					Reference string
					UnitID    id.Unit `json:"unit_id"`
				}
			}
			a.Into(t, &got)
			unit, result, n := e.unit, "possible", 1
			if e.hidden {
				unit = "zs-ipb"
			}
			if e.deleted {
				result, n = "clear", 0
			}
			if got.Result != result && got.Result != "conflict" || len(got.Items) != n ||
				n == 1 && (got.Items[0].UnitID != w.Unit(t.Context(), unit) || w.references[got.Items[0].Reference] != e.plan.No) {
				t.Errorf("lead %d: %s, want %s from %s", e.plan.No, a.Body, result, unit)
			}
		}
	})
}
