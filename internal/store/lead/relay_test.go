package lead_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

func offer(t *testing.T, w *world, from string, l id.Lead, to string) lead.HandoffView {
	t.Helper()
	h, err := w.lead.HandOff(context.Background(), w.as(t, from), l, lead.Order{To: w.unit(t, to), Reason: "适合落户", Ask: "请安排考察"})
	must(t, err)
	return h
}

func answer(t *testing.T, w *world, who string, h id.Handoff, state lead.HandoffState) lead.HandoffView {
	t.Helper()
	v, err := w.lead.Answer(context.Background(), w.as(t, who), h, lead.Answer{State: state, Reason: "说明"})
	must(t, err)
	return v
}

func wantCode(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestALeadIsSeenByItsUnitThenOfferedThenHandedOn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		if got := w.titles(t, "huangpu", lead.Filter{}); len(got) != 0 {
			t.Errorf("a town sees %v before the offer", got)
		}
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		if got := w.titles(t, "huangpu", lead.Filter{}); !slices.Equal(got, []string{"示例光电项目"}) {
			t.Errorf("the offered town sees %v", got)
		}
		if got := w.titles(t, "xiaolan", lead.Filter{}); len(got) != 0 {
			t.Errorf("another town sees %v", got)
		}
		seen, err := w.lead.Get(ctx, w.as(t, "huangpu"), v.ID)
		must(t, err)
		if seen.UnitID != w.unit(t, "wg-shenzhen") || seen.Part != access.Offered || !slices.Equal(seen.Can, []string{"answer", "dispute"}) {
			t.Errorf("the offered town sees holder %d, part %s, can %v", seen.UnitID, seen.Part, seen.Can)
		}
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		seen, err = w.lead.Get(ctx, w.as(t, "huangpu"), v.ID)
		must(t, err)
		if seen.UnitID != w.unit(t, "huangpu") || seen.Part != access.Owner {
			t.Errorf("after acceptance holder %d, part %s", seen.UnitID, seen.Part)
		}
		past, err := w.lead.Get(ctx, w.as(t, "wg-shenzhen"), v.ID)
		must(t, err)
		if past.Part != access.Past || past.Summary != nil || !slices.Contains(past.Masked, "summary") || past.Title != "示例光电项目" {
			t.Errorf("the giver sees part %s, summary %v, masked %v", past.Part, past.Summary, past.Masked)
		}
		custody, err := w.lead.Custody(ctx, w.as(t, "huangpu"), v.ID)
		must(t, err)
		if len(custody.Items) != 2 || custody.Items[0].Until == nil || *custody.Items[0].Until != custody.Items[1].FromAt {
			t.Errorf("the intervals of custody do not tile: %+v", custody.Items)
		}
	})
}

func TestAPastHolderKeepsTheValuesOfItsHandOffAndFindsNothingLater(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		town, err := w.lead.Get(ctx, w.as(t, "huangpu"), v.ID)
		must(t, err)
		title, cents := "改名后的秘密项目", int64(5_000_000_000_00)
		_, err = w.lead.Edit(ctx, w.as(t, "huangpu"), v.ID, town.Version, lead.Edit{
			Title: lead.Opt[string]{Set: true, Value: &title}, PlannedCents: lead.Opt[int64]{Set: true, Value: &cents},
		})
		must(t, err)
		_, err = w.lead.AddNote(ctx, w.as(t, "huangpu"), v.ID, "镇里的内部意见")
		must(t, err)
		past, err := w.lead.Get(ctx, w.as(t, "wg-shenzhen"), v.ID)
		must(t, err)
		if past.Title != "示例光电项目" || past.PlannedCents != nil || past.Version != 1 {
			t.Errorf("the giver sees title %q, amount %v, version %d", past.Title, past.PlannedCents, past.Version)
		}
		if got := w.titles(t, "wg-shenzhen", lead.Filter{Q: "秘密"}); len(got) != 0 {
			t.Errorf("the giver finds %v by the new title", got)
		}
		if got := w.titles(t, "wg-shenzhen", lead.Filter{Q: "示例"}); !slices.Equal(got, []string{"示例光电项目"}) {
			t.Errorf("the giver finds %v by the old title", got)
		}
		if got := w.titles(t, "wg-shenzhen", lead.Filter{PlannedMin: &cents}); len(got) != 0 {
			t.Errorf("the giver finds %v by the new amount", got)
		}
		if got := w.titles(t, "huangpu", lead.Filter{Q: "秘密", PlannedMin: &cents}); !slices.Equal(got, []string{title}) {
			t.Errorf("the holder finds %v", got)
		}
		entries, _, err := w.lead.Timeline(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.StreamPage{Limit: 50})
		must(t, err)
		kinds := []lead.ActivityKind{}
		for _, e := range entries {
			kinds = append(kinds, e.Kind)
		}
		if !slices.Equal(kinds, []lead.ActivityKind{lead.ActAccepted, lead.ActOffered, lead.ActCreated}) {
			t.Errorf("the giver's stream is %v", kinds)
		}
	})
}

func TestRefusedWithdrawnAndExpiredOffersLeaveNothingToTheReceiver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		_, err := w.lead.HandOff(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.Order{To: w.unit(t, "xiaolan"), Reason: "r", Ask: "a"})
		wantCode(t, err, fault.Conflict, "handoff.pending")
		answer(t, w, "huangpu", h.ID, lead.Refused)
		if got := w.titles(t, "huangpu", lead.Filter{}); len(got) != 0 {
			t.Errorf("after refusing the town sees %v", got)
		}
		_, err = w.lead.Answer(ctx, w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
		wantCode(t, err, fault.Conflict, "handoff.answered")
		h = offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		answer(t, w, "wg-shenzhen", h.ID, lead.WithdrawnOffer)
		if got := w.titles(t, "huangpu", lead.Filter{}); len(got) != 0 {
			t.Errorf("after the withdrawal the town sees %v", got)
		}
		h = offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		w.later(time.Until(h.DueAt) + time.Millisecond)
		if got := w.titles(t, "huangpu", lead.Filter{}); len(got) != 0 {
			t.Errorf("after the deadline the town sees %v", got)
		}
		_, err = w.lead.Answer(ctx, w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
		wantCode(t, err, fault.Conflict, "handoff.expired")
		_, err = w.lead.Answer(ctx, w.as(t, "xiaolan"), h.ID, lead.Answer{State: lead.Accepted})
		wantCode(t, err, fault.NotFound, "handoff.unknown")
		n, err := w.lead.ExpireOffers(ctx)
		must(t, err)
		if n != 1 {
			t.Errorf("%d offers were recorded as expired", n)
		}
		offer(t, w, "wg-shenzhen", v.ID, "xiaolan")
	})
}

func TestTheLeaderSeesTheCityAndThePipelineCountsEachLeadOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		a := w.register(t, "wg-shenzhen", "示例光电")
		w.register(t, "huangpu", "示例家电")
		h := offer(t, w, "wg-shenzhen", a.ID, "huangpu")
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		for _, who := range []string{"leader", "bureau", "huangpu"} {
			if got := len(w.titles(t, who, lead.Filter{})); got != 2 {
				t.Errorf("%s sees %d leads", who, got)
			}
			for _, by := range []lead.Dimension{lead.ByStage, lead.ByMonth, lead.ByUnit, lead.ByChain} {
				p, err := w.lead.Pipeline(ctx, w.as(t, who), by)
				must(t, err)
				if p.Total.Count != 2 {
					t.Errorf("%s by %s counts %d: %+v", who, by, p.Total.Count, p.Items)
				}
			}
			_, err := w.lead.Workbench(ctx, w.as(t, who))
			must(t, err)
		}
		check, err := w.lead.CheckDuplicates(ctx, w.as(t, "wg-shenzhen"), lead.Party{Name: ptr("示例光电有限公司")})
		must(t, err)
		if check.Result != "conflict" || len(check.Items) != 1 || check.Items[0].Reference != a.Protection.Reference {
			t.Errorf("the duplicate check says %+v", check)
		}
		check, err = w.lead.CheckDuplicates(ctx, w.as(t, "wg-shenzhen"), lead.Party{Name: ptr("示例光电科技(深圳)有限公司")})
		must(t, err)
		if check.Result != "possible" {
			t.Errorf("the duplicate check says %+v", check)
		}
	})
}

func ptr[T any](v T) *T { return &v }

func TestAnOldVersionIsToldTheFieldsThatDiffer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		seen, err := w.lead.Edit(ctx, w.as(t, "wg-shenzhen"), v.ID, v.Version, lead.Edit{
			Product: lead.Opt[string]{Set: true, Value: ptr("镜头")}, Country: lead.Opt[string]{Set: true, Value: ptr("de")},
		})
		must(t, err)
		_, err = w.lead.ChangeStage(ctx, w.as(t, "wg-shenzhen"), v.ID, seen.Version, lead.Move{To: lead.Qualified})
		must(t, err)
		_, err = w.lead.Edit(ctx, w.as(t, "wg-shenzhen"), v.ID, v.Version, lead.Edit{Title: lead.Opt[string]{Set: true, Value: ptr("新名")}})
		wantCode(t, err, fault.Stale, "lead.stale")
		differs, _ := fault.As(err).Params["differs"].([]string)
		if !slices.Equal(differs, []string{"country", "product", "stage"}) || fault.As(err).Params["version"] != int64(3) {
			t.Errorf("the second editor is told %v", fault.As(err).Params)
		}
	})
}
