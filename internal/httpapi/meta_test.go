package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestThePageLearnsTheCityInOneAnswer(t *testing.T) {
	eachOrg(t, func(t *testing.T, e orgEdge) {
		w := e.do(ask{"GET", "/api/v1/meta", "viewer-huangpu", "", nil})
		m := bodyOf[metaView](t, w, http.StatusOK)
		testkit.ReadContract(t, e.OpenAPI()).Check(t, "GET", "/api/v1/meta", w.Code, w.Body.Bytes())
		got := fmt.Sprint(m.Product, m.Demo, m.Version, m.Today, m.Limits)
		if want := "LeadRelaytruetest2026-03-09 {1048576 20971520 120 4000 100}"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		kinds := map[string]int{}
		for _, u := range m.Units {
			kinds[string(u.Kind)]++
			if u.Pinyin == "" || u.NameEN == "" || u.Open != (u.Slug != "zs-hq") { // the command office was merged
				t.Errorf("unit %+v", u)
			}
		}
		want := "map[bureau:1 chain:10 department:17 group:9 leading:1 other:8 platform:3 town:23]"
		if got := fmt.Sprint(kinds); got != want {
			t.Errorf("units %s, want %s", got, want)
		}
		if len(m.Chains) != 10 || len(m.Stages) != 21 || len(m.Locations) < 23 {
			t.Errorf("%d chains, %d stages, %d locations", len(m.Chains), len(m.Stages), len(m.Locations))
		}
		first, last := m.Stages[0], m.Stages[20]
		if first.ZH != "线索" || first.Kind != "main" || first.LimitDays == nil || last.Kind != "side" || !last.Ended || last.LimitDays != nil {
			t.Errorf("stages %+v … %+v", first, last)
		}
		for _, d := range m.Calendar {
			if d.Day.Year() != 2026 && d.Day.Year() != 2027 {
				t.Errorf("day %s", d.Day)
			}
		}
		if len(m.Calendar) == 0 || len(m.Rules) == 0 || len(m.Parks) == 0 {
			t.Errorf("%d days, %d rules, %d parks", len(m.Calendar), len(m.Rules), len(m.Parks))
		}
	})
}
