package lead_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

func TestAPackageIsRefusedWithEveryMissingItemAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		track, cents := lead.Track("land"), int64(3_500_000_000_00)
		d := draft("示例光电")
		d.PlannedCents, d.Track = &cents, &track
		v, err := w.lead.Create(ctx, w.as(t, "wg-shenzhen"), d)
		must(t, err)
		_, err = w.lead.HandOff(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "r", Ask: "a"})
		wantCode(t, err, fault.Invalid, "handoff.package_incomplete")
		var fields []string
		for _, f := range fault.As(err).Fields {
			fields = append(fields, f.Name+":"+f.Code)
		}
		want := []string{"land_sqm:package.missing", "next_step:package.missing", "contact:package.missing", "file:package.missing"}
		if !slices.Equal(fields, want) {
			t.Errorf("missing is %v, want %v", fields, want)
		}
		p, err := w.lead.Package(ctx, w.as(t, "wg-shenzhen"), v.ID, w.unit(t, "huangpu"))
		must(t, err)
		if !slices.Equal(p.Missing, []string{"land_sqm", "next_step", "contact", "file"}) || p.RefusalsToPool != 2 || p.Problem != "" {
			t.Errorf("the check-list says %+v", p)
		}
		sqm := int64(60_000)
		_, err = w.lead.Edit(ctx, w.as(t, "wg-shenzhen"), v.ID, v.Version, lead.Edit{LandSqm: value(sqm), NextStep: value("下周考察")})
		must(t, err)
		_, err = w.lead.AddContact(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.ContactDraft{Name: "陈示例"})
		must(t, err)
		_, err = w.lead.AddFile(ctx, w.as(t, "wg-shenzhen"), v.ID, "plan.txt", strings.NewReader("x"))
		must(t, err)
		parts := lead.Names{"files", "notes"}
		_, err = w.lead.HandOff(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "r", Ask: "a", Parts: &parts})
		wantCode(t, err, fault.Invalid, "handoff.package_incomplete")
		offer(t, w, "wg-shenzhen", v.ID, "huangpu")
	})
}

func TestWhatIsHeldBackIsNotHandedOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		giver := w.as(t, "wg-shenzhen")
		v := w.register(t, "wg-shenzhen", "示例光电")
		c, err := w.lead.AddContact(ctx, giver, v.ID, lead.ContactDraft{Name: "陈示例"})
		must(t, err)
		_, err = w.lead.AddNote(ctx, giver, v.ID, "内部看法")
		must(t, err)
		_, err = w.lead.AddFile(ctx, giver, v.ID, "plan.txt", strings.NewReader("x"))
		must(t, err)
		parts := lead.Names{"files"}
		h, err := w.lead.HandOff(ctx, giver, v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "r", Ask: "a", Parts: &parts})
		must(t, err)
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		count := func(who string) [4]int {
			contacts, err := w.lead.Contacts(ctx, w.as(t, who), v.ID)
			must(t, err)
			notes, err := w.lead.Notes(ctx, w.as(t, who), v.ID, lead.StreamPage{Limit: 100})
			must(t, err)
			files, err := w.lead.Files(ctx, w.as(t, who), v.ID, lead.StreamPage{Limit: 100})
			must(t, err)
			entries, _, err := w.lead.Timeline(ctx, w.as(t, who), v.ID, lead.StreamPage{Limit: 50, Kinds: []lead.ActivityKind{lead.ActNote, lead.ActFile}})
			must(t, err)
			return [4]int{len(contacts), len(notes.Items), len(files.Items), len(entries)}
		}
		if got := count("huangpu"); got != [4]int{0, 0, 1, 1} {
			t.Errorf("the receiver has %v", got)
		}
		if got := count("bureau"); got != [4]int{1, 1, 1, 2} {
			t.Errorf("the bureau has %v", got)
		}
		_, err = w.lead.EditContact(ctx, w.as(t, "huangpu"), v.ID, c.ID, c.Version, lead.ContactEdit{Title: value("经理")})
		wantCode(t, err, fault.NotFound, "contact.unknown")
		_, err = w.lead.Return(ctx, w.as(t, "huangpu"), v.ID, "交还")
		must(t, err)
		if got := count("wg-shenzhen"); got != [4]int{1, 1, 1, 2} {
			t.Errorf("who got it back has %v", got)
		}
	})
}

func TestTheBureauHelpsFromAnAmountOnAndForGood(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		cents := int64(499_999_999_99)
		d := draft("示例光电")
		d.PlannedCents = &cents
		v, err := w.lead.Create(ctx, w.as(t, "wg-shenzhen"), d)
		must(t, err)
		helpers := func(want string) {
			t.Helper()
			list, err := w.lead.Helpers(ctx, w.as(t, "bureau"), v.ID)
			must(t, err)
			got := ""
			for _, h := range list {
				got += h.UnitID.String()
				if !h.ByRule || h.UntilOn != nil || len(h.Can) != 0 {
					t.Errorf("the helper is %+v", h)
				}
			}
			if got != want {
				t.Errorf("the helpers are %q, want %q", got, want)
			}
		}
		bureau := w.unit(t, "zs-ipb").String()
		helpers("")
		v, err = w.lead.Edit(ctx, w.as(t, "wg-shenzhen"), v.ID, v.Version, lead.Edit{PlannedCents: value(int64(500_000_000_00))})
		must(t, err)
		helpers(bureau)
		v, err = w.lead.Edit(ctx, w.as(t, "wg-shenzhen"), v.ID, v.Version, lead.Edit{PlannedCents: value(int64(100_000_000_00))})
		must(t, err)
		helpers(bureau)
		_, err = w.lead.Refer(ctx, w.as(t, "wg-shenzhen"), v.ID, "转入线索池")
		must(t, err)
		helpers("")
		v, err = w.lead.Get(ctx, w.as(t, "bureau"), v.ID)
		must(t, err)
		_, err = w.lead.Edit(ctx, w.as(t, "bureau"), v.ID, v.Version, lead.Edit{PlannedCents: value(int64(600_000_000_00))})
		must(t, err)
		w.assign(t, v.ID, "cuiheng")
		helpers(bureau)
		w.whole(t)
	})
}

func TestAHelperHelpsUntilItsDayAndKeepsNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		holder := w.as(t, "wg-shenzhen")
		now, err := w.store.Now(ctx)
		must(t, err)
		today := clock.DateOf(now)
		yesterday := today.AddDays(-1)
		_, err = w.lead.AddHelper(ctx, holder, v.ID, lead.HelperDraft{UnitID: w.unit(t, "wg-shenzhen"), UntilOn: &yesterday})
		wantCode(t, err, fault.Invalid, "input.invalid")
		if len(fault.As(err).Fields) != 3 {
			t.Errorf("broken are %+v", fault.As(err).Fields)
		}
		list, err := w.lead.AddHelper(ctx, holder, v.ID, lead.HelperDraft{UnitID: w.unit(t, "iit"), Reason: "产业政策", UntilOn: &today})
		must(t, err)
		if len(list) != 1 || list[0].UntilOn == nil || *list[0].UntilOn != today || !slices.Equal(list[0].Can, []string{"end"}) {
			t.Errorf("the helpers are %+v", list)
		}
		_, err = w.lead.AddHelper(ctx, holder, v.ID, lead.HelperDraft{UnitID: w.unit(t, "iit"), Reason: "产业政策"})
		wantCode(t, err, fault.Conflict, "helper.exists")
		_, err = w.lead.AddNote(ctx, w.as(t, "iit"), v.ID, "政策意见")
		must(t, err)
		_, err = w.lead.Refer(ctx, w.as(t, "iit"), v.ID, "不归协办单位管")
		wantCode(t, err, fault.Forbidden, "forbidden")
		w.later(48 * time.Hour)
		if got := w.titles(t, "iit", lead.Filter{}); len(got) != 0 {
			t.Errorf("after its day the helper sees %v", got)
		}
		list, err = w.lead.AddHelper(ctx, holder, v.ID, lead.HelperDraft{UnitID: w.unit(t, "iit"), Reason: "再次"})
		must(t, err)
		must(t, w.lead.EndHelper(ctx, holder, v.ID, list[0].ID))
		wantCode(t, w.lead.EndHelper(ctx, holder, v.ID, list[0].ID), fault.NotFound, "helper.unknown")
		if got := w.titles(t, "iit", lead.Filter{}); len(got) != 0 {
			t.Errorf("after the end the helper sees %v", got)
		}
		w.whole(t)
	})
}

func TestAnIdleLeadOfThePoolIsOfferedAgainOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		place := "442000112" // Fusha, whose partner is Xiaolan
		d := draft("示例光电")
		d.LocationCode = &place
		fits, err := w.lead.Create(ctx, w.as(t, "bureau"), d)
		must(t, err)
		nobody := w.register(t, "bureau", "示例家电")
		busy := w.register(t, "huangpu", "示例五金")
		again := func(want int) {
			t.Helper()
			n, err := w.lead.OfferPoolAgain(ctx)
			must(t, err)
			if n != want {
				t.Errorf("%d leads were dealt with, want %d", n, want)
			}
		}
		again(0)
		w.later(31 * 24 * time.Hour)
		list, err := w.lead.IdlePool(ctx, w.as(t, "bureau"))
		must(t, err)
		if len(list) != 2 || list[0].Lead.ID != fits.ID || list[0].SuggestedID == nil || *list[0].SuggestedID != w.unit(t, "fusha") || list[1].SuggestedID != nil {
			t.Errorf("idle are %+v", list)
		}
		again(2)
		again(0)
		open, err := w.lead.Handoffs(ctx, w.as(t, "bureau"), lead.Box{States: []lead.HandoffState{lead.Offered}, Limit: 10})
		must(t, err)
		if len(open.Items) != 1 || open.Items[0].LeadID != fits.ID || open.Items[0].Cause != lead.CausePoolIdle || open.Items[0].OfferedBy != nil {
			t.Errorf("offered are %+v", open.Items)
		}
		told := w.texts(t, fmt.Sprintf("SELECT kind || ' ' || units FROM notice_events WHERE handoff_id = %d ORDER BY kind", open.Items[0].ID))
		want := []string{fmt.Sprintf("handoff.offered [%d]", w.unit(t, "fusha")), fmt.Sprintf("pool.reoffered [%d]", w.unit(t, "zs-ipb"))}
		if !slices.Equal(told, want) {
			t.Errorf("told are %q, want %q", told, want)
		}
		w.later(65 * 24 * time.Hour)
		again(2) // the town let it lapse: its partner is asked
		open, err = w.lead.Handoffs(ctx, w.as(t, "bureau"), lead.Box{States: []lead.HandoffState{lead.Offered}, Limit: 10})
		must(t, err)
		if len(open.Items) != 1 || open.Items[0].ToUnitID != w.unit(t, "xiaolan") {
			t.Errorf("offered are %+v", open.Items)
		}
		lines := strings.Join(w.lines(t, nobody.ID), ", ")
		if lines != "lead.created bureau, pool.idle , pool.idle " {
			t.Errorf("the audit of the other says %q", lines)
		}
		wantChain(t, w, busy.ID, "huangpu")
		w.whole(t)
	})
}

func TestABulkHandOffTellsOfEveryLeadAndRepeatsNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		a, b, c := w.register(t, "wg-shenzhen", "示例光电"), w.register(t, "wg-shenzhen", "示例家电"), w.register(t, "huangpu", "示例五金")
		offer(t, w, "wg-shenzhen", b.ID, "xiaolan")
		o := lead.BulkOrder{
			Order: lead.Order{To: w.unit(t, "cuiheng"), Reason: "r", Ask: "a"}, Leads: []id.Lead{a.ID, b.ID, c.ID, 999_999}, DryRun: true,
		}
		want := []string{"", "handoff.pending", "lead.unknown", "lead.unknown"}
		for round, dry := range []bool{true, false, false} {
			o.DryRun = dry
			items, err := w.lead.HandOffAll(ctx, w.as(t, "wg-shenzhen"), o)
			must(t, err)
			for i, item := range items {
				if item.Err == nil && want[i] != "" || item.Err != nil && fault.CodeOf(item.Err) != want[i] {
					t.Errorf("round %d, lead %d: %v, want %s", round, i, item.Err, want[i])
				}
			}
			if items[0].Repeated != (round == 2) || (items[0].HandoffID == nil) != dry {
				t.Errorf("round %d: the first is %+v", round, items[0])
			}
			open, err := w.lead.Handoffs(ctx, w.as(t, "wg-shenzhen"), lead.Box{Limit: 10})
			must(t, err)
			if n := len(open.Items); dry && n != 1 || !dry && n != 2 {
				t.Errorf("round %d: %d hand-offs", round, n)
			}
		}
	})
}

func TestLapsedOffersAreCountedByReceiver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		w.later(time.Until(h.DueAt) + time.Minute)
		offer(t, w, "wg-shenzhen", v.ID, "xiaolan")
		now, err := w.store.Now(ctx)
		must(t, err)
		to := clock.DateOf(now)
		report := func(who string) []lead.LapsedRow {
			r, err := w.lead.Lapsed(ctx, w.as(t, who), nil, &to)
			must(t, err)
			return r.Items
		}
		huangpu := lead.LapsedRow{UnitID: w.unit(t, "huangpu"), Offers: 1, Lapsed: 1}
		xiaolan := lead.LapsedRow{UnitID: w.unit(t, "xiaolan"), Offers: 1}
		if got := report("bureau"); !slices.Equal(got, []lead.LapsedRow{huangpu, xiaolan}) {
			t.Errorf("the bureau reads %+v", got)
		}
		if got := report("huangpu"); !slices.Equal(got, []lead.LapsedRow{huangpu}) {
			t.Errorf("the town reads %+v", got)
		}
		if got := report("cuiheng"); len(got) != 0 {
			t.Errorf("another town reads %+v", got)
		}
		list, err := w.lead.Handoffs(ctx, w.as(t, "bureau"), lead.Box{
			All: true, States: []lead.HandoffState{lead.Expired}, To: w.unit(t, "huangpu"), Limit: 10,
		})
		must(t, err)
		if len(list.Items) != 1 || list.Items[0].ID != h.ID {
			t.Errorf("behind the count stand %+v", list.Items)
		}
	})
}
