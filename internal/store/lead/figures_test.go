package lead_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

func TestEveryFigureOfThePipelineEqualsTheListBehindIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		day := clock.NewDate(2027, 3, 9)
		dated := draft("示例医疗")
		dated.ExpectedSignOn = &day
		d, err := w.org.Directory(ctx)
		must(t, err)
		dated.Chain = &d.Chains()[0].Code
		v, err := w.lead.Create(ctx, w.as(t, "wg-shenzhen"), dated)
		must(t, err)
		w.register(t, "wg-shenzhen", "示例光电")
		w.register(t, "huangpu", "示例家电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		for _, who := range []string{"leader", "bureau", "wg-shenzhen", "huangpu", "xiaolan"} {
			for _, by := range []lead.Dimension{lead.ByStage, lead.ByMonth, lead.ByUnit, lead.ByChain} {
				p, err := w.lead.Pipeline(ctx, w.as(t, who), by)
				must(t, err)
				for _, f := range p.Items {
					if got := len(w.titles(t, who, behind(t, by, f.Key))); int64(got) != f.Count {
						t.Errorf("%s by %s: the figure of %q is %d, its list has %d", who, by, f.Key, f.Count, got)
					}
				}
			}
		}
		if got := w.titles(t, "huangpu", lead.Filter{Months: []string{"2027-03"}}); len(got) != 1 || got[0] != "示例医疗项目" {
			t.Errorf("the month's list is %v", got)
		}
		if got := w.titles(t, "wg-shenzhen", lead.Filter{Months: []string{"2027-03"}}); len(got) != 0 {
			t.Errorf("a past holder learns the month: %v", got)
		}
	})
}

func behind(t *testing.T, by lead.Dimension, key string) lead.Filter {
	t.Helper()
	switch by {
	case lead.ByStage:
		return lead.Filter{Stages: []lead.Stage{lead.Stage(key)}}
	case lead.ByMonth:
		return lead.Filter{Months: []string{key}}
	case lead.ByUnit:
		unit, err := strconv.ParseInt(key, 10, 64)
		must(t, err)
		return lead.Filter{Units: []id.Unit{id.Unit(unit)}}
	default:
		return lead.Filter{Chains: []string{key}}
	}
}

func TestTheWorkbenchsQuietLeadsAreTheListBehindThem(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.register(t, "huangpu", "示例静置")
		w.db.SetOffset(15 * 24 * time.Hour) // the rule's 14 days and one
		fresh := w.register(t, "huangpu", "示例新近")
		desk, err := w.lead.Workbench(ctx, w.as(t, "huangpu"))
		must(t, err)
		f, err := w.lead.Quiet(ctx, lead.Filter{})
		must(t, err)
		listed := w.titles(t, "huangpu", f)
		if len(desk.Quiet) != 1 || desk.Counts.Quiet.Count != 1 || desk.Quiet[0].Title != "示例静置项目" {
			t.Errorf("the workbench shows %d of %d quiet leads", len(desk.Quiet), desk.Counts.Quiet.Count)
		}
		if len(listed) != 1 || listed[0] != "示例静置项目" {
			t.Errorf("the list behind it holds %v, beside %s", listed, fresh.Title)
		}
	})
}
