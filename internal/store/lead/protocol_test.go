package lead_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
)

// whole asks that everything that is kept twice agrees.
func (w *world) whole(t *testing.T) {
	t.Helper()
	found, err := w.store.Verify(context.Background())
	must(t, err)
	for _, f := range found {
		t.Error(f)
	}
}

// chain is who held a lead and how it came to each, as the reader sees it:
// "wg-shenzhen, huangpu offer returned".
func (w *world) chain(t *testing.T, who string, l id.Lead) string {
	t.Helper()
	c, err := w.lead.Custody(context.Background(), w.as(t, who), l)
	must(t, err)
	d, err := w.org.Directory(context.Background())
	must(t, err)
	var out []string
	for i, h := range c.Items {
		u, _ := d.Unit(h.UnitID)
		text := u.Slug
		if h.Kind != "" {
			text += " " + string(h.Kind) + " " + string(h.State)
		}
		if h.Cause != "" {
			text += " " + string(h.Cause)
		}
		out = append(out, text)
		if i > 0 && (c.Items[i-1].Until == nil || !c.Items[i-1].Until.Equal(h.FromAt)) {
			t.Errorf("the intervals %d and %d do not touch", i-1, i)
		}
	}
	return strings.Join(out, ", ")
}

func wantChain(t *testing.T, w *world, l id.Lead, want string) {
	t.Helper()
	if got := w.chain(t, "bureau", l); got != want {
		t.Errorf("the chain is %q, want %q", got, want)
	}
}

func (w *world) assign(t *testing.T, l id.Lead, to string) lead.HandoffView {
	t.Helper()
	h, err := w.lead.Assign(context.Background(), w.as(t, "bureau"), l, lead.Order{To: w.unit(t, to), Reason: "靠近产业链", Ask: "请承接"})
	must(t, err)
	return h
}

func TestTwoRefusalsPutALeadIntoThePoolWithTheirReasons(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		refuse := func(who, reason string) {
			h := offer(t, w, "wg-shenzhen", v.ID, who)
			_, err := w.lead.Answer(ctx, w.as(t, who), h.ID, lead.Answer{State: lead.Refused, Reason: reason})
			must(t, err)
		}
		refuse("huangpu", "没有土地")
		wantChain(t, w, v.ID, "wg-shenzhen")
		refuse("xiaolan", "电力不足")
		wantChain(t, w, v.ID, "wg-shenzhen, zs-ipb referral accepted refusals")
		c, err := w.lead.Custody(ctx, w.as(t, "bureau"), v.ID)
		must(t, err)
		if c.Items[1].Why != "没有土地; 电力不足" || c.Items[1].By != nil || len(c.Branches) != 2 || c.Branches[0].AnswerReason != "没有土地" {
			t.Errorf("the bureau sees why %q and %+v", c.Items[1].Why, c.Branches)
		}
		past, err := w.lead.Get(ctx, w.as(t, "wg-shenzhen"), v.ID)
		must(t, err)
		if past.Part != access.Past || past.Summary != nil {
			t.Errorf("the giver is %s and sees the summary %v", past.Part, past.Summary)
		}
		w.whole(t)
	})
}

func TestTheBureauAssignsAndDecidesOnOneObjection(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		_, err := w.lead.Refer(ctx, w.as(t, "wg-shenzhen"), v.ID, "工作组无法承接")
		must(t, err)
		_, err = w.lead.Refer(ctx, w.as(t, "wg-shenzhen"), v.ID, "再次")
		wantCode(t, err, fault.Forbidden, "forbidden")
		h := w.assign(t, v.ID, "cuiheng")
		_, err = w.lead.Assign(ctx, w.as(t, "bureau"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "r", Ask: "a"})
		wantCode(t, err, fault.Forbidden, "forbidden")
		_, err = w.lead.Refer(ctx, w.as(t, "cuiheng"), v.ID, "不合适")
		wantCode(t, err, fault.Conflict, "handoff.assigned")
		_, err = w.lead.Return(ctx, w.as(t, "cuiheng"), v.ID, "不合适")
		wantCode(t, err, fault.Conflict, "handoff.not_returnable")
		_, err = w.lead.Decide(ctx, w.as(t, "bureau"), h.ID, lead.Uphold, "无")
		wantCode(t, err, fault.Conflict, "handoff.not_objected")
		if h, err = w.lead.Handoff(ctx, w.as(t, "cuiheng"), h.ID); err != nil || !slices.Equal(h.Can, []string{"object"}) {
			t.Errorf("the unit can %v, %v", h.Can, err)
		}
		_, err = w.lead.Object(ctx, w.as(t, "huangpu"), h.ID, "别家的事")
		wantCode(t, err, fault.NotFound, "handoff.unknown")
		_, err = w.lead.Object(ctx, w.as(t, "cuiheng"), h.ID, "没有地块")
		must(t, err)
		_, err = w.lead.Object(ctx, w.as(t, "cuiheng"), h.ID, "没有地块")
		wantCode(t, err, fault.Conflict, "handoff.objected")
		_, err = w.lead.Decide(ctx, w.as(t, "cuiheng"), h.ID, lead.Cancel, "自己决定")
		wantCode(t, err, fault.Forbidden, "forbidden")
		_, err = w.lead.Decide(ctx, w.as(t, "bureau"), h.ID, lead.Cancel, "理由成立")
		must(t, err)
		wantChain(t, w, v.ID, "wg-shenzhen, zs-ipb referral passed_on, cuiheng assignment returned, zs-ipb return accepted objection")
		h = w.assign(t, v.ID, "cuiheng")
		_, err = w.lead.Object(ctx, w.as(t, "cuiheng"), h.ID, "还是没有地块")
		wantCode(t, err, fault.Conflict, "handoff.object_twice")
		w.whole(t)
	})
}

func TestAnUpheldAssignmentStaysAndALateObjectionIsRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "bureau", "示例光电")
		h := w.assign(t, v.ID, "cuiheng")
		_, err := w.lead.Object(ctx, w.as(t, "cuiheng"), h.ID, "没有地块")
		must(t, err)
		h, err = w.lead.Decide(ctx, w.as(t, "bureau"), h.ID, lead.Uphold, "市里统筹用地")
		must(t, err)
		if h.Decision != lead.Uphold || h.State != lead.Accepted || h.ObjectReason != "没有地块" {
			t.Errorf("the assignment says %+v", h)
		}
		_, err = w.lead.Decide(ctx, w.as(t, "bureau"), h.ID, lead.Cancel, "改主意")
		wantCode(t, err, fault.Conflict, "handoff.decided")
		_, err = w.lead.Refer(ctx, w.as(t, "cuiheng"), v.ID, "不合适")
		wantCode(t, err, fault.Conflict, "handoff.assigned")
		other := w.register(t, "bureau", "示例家电")
		late := w.assign(t, other.ID, "huangpu")
		w.later(time.Until(late.DueAt) + time.Millisecond)
		_, err = w.lead.Object(ctx, w.as(t, "huangpu"), late.ID, "晚了")
		wantCode(t, err, fault.Conflict, "handoff.object_late")
		_, err = w.lead.Refer(ctx, w.as(t, "huangpu"), other.ID, "过了异议期，仍可转入线索池")
		must(t, err)
		w.whole(t)
	})
}

func TestAnAcceptedLeadIsGivenBackInTimeAndNotLater(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		_, err := w.lead.Return(ctx, w.as(t, "wg-shenzhen"), v.ID, "无处可还")
		wantCode(t, err, fault.Conflict, "handoff.not_returnable")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		town, err := w.lead.Get(ctx, w.as(t, "huangpu"), v.ID)
		must(t, err)
		if !slices.Contains(town.Can, "return") {
			t.Errorf("the town can %v", town.Can)
		}
		_, err = w.lead.AddNote(ctx, w.as(t, "huangpu"), v.ID, "镇里的意见")
		must(t, err)
		_, err = w.lead.Return(ctx, w.as(t, "huangpu"), v.ID, "企业改变选址")
		must(t, err)
		wantChain(t, w, v.ID, "wg-shenzhen, huangpu offer returned, wg-shenzhen return accepted")
		back, err := w.lead.Get(ctx, w.as(t, "wg-shenzhen"), v.ID)
		must(t, err)
		past, err := w.lead.Get(ctx, w.as(t, "huangpu"), v.ID)
		must(t, err)
		if back.Part != access.Owner || slices.Contains(back.Can, "return") || past.Part != access.Past || past.Summary != nil {
			t.Errorf("the giver is %s and can %v, the returner is %s", back.Part, back.Can, past.Part)
		}
		_, err = w.lead.AddNote(ctx, w.as(t, "wg-shenzhen"), v.ID, "收回之后的话")
		must(t, err)
		entries, _, err := w.lead.Timeline(ctx, w.as(t, "huangpu"), v.ID, lead.StreamPage{Limit: 50})
		must(t, err)
		for _, e := range entries {
			if e.Note != nil && e.Note.Text != "镇里的意见" {
				t.Errorf("the returner reads %q", e.Note.Text)
			}
		}
		h = offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		w.later(60 * 24 * time.Hour)
		_, err = w.lead.Return(ctx, w.as(t, "huangpu"), v.ID, "太晚")
		wantCode(t, err, fault.Conflict, "handoff.return_late")
		w.whole(t)
	})
}

func TestAHandOffSaysHowTheHoldingEnded(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		answer(t, w, "huangpu", h.ID, lead.Accepted)
		h = offer(t, w, "huangpu", v.ID, "xiaolan")
		answer(t, w, "xiaolan", h.ID, lead.Accepted)
		wantChain(t, w, v.ID, "wg-shenzhen, huangpu offer passed_on, xiaolan offer accepted")
		head := w.head(t, "xiaolan", access.TownHead)
		by := lifekit.People{Owner: head, Outside: w.as(t, "bureau"), Office: w.office(t)}
		_, err := lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.Review, Reason: "材料齐备"})
		must(t, err)
		town, err := lifekit.Move(ctx, w.lead, by, v.ID, lead.Move{To: lead.Started, Reason: "拿地即动工"})
		must(t, err)
		wantChain(t, w, v.ID, "wg-shenzhen, huangpu offer passed_on, xiaolan offer completed")
		if slices.Contains(town.Can, "return") {
			t.Error("a started project may be given back")
		}
		_, err = w.lead.Return(ctx, w.as(t, "xiaolan"), v.ID, "动工之后")
		wantCode(t, err, fault.Conflict, "handoff.not_returnable")
		_, err = w.lead.ChangeStage(ctx, head, v.ID, town.Version, lead.Move{To: lead.ToSign, Reason: "误报"})
		must(t, err)
		wantChain(t, w, v.ID, "wg-shenzhen, huangpu offer passed_on, xiaolan offer accepted")
		w.whole(t)
	})
}

func TestADraftIsTheSendersAloneUntilItIsSent(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		sender := w.as(t, "wg-shenzhen")
		h, err := w.lead.SaveDraft(ctx, sender, v.ID, lead.Order{To: w.unit(t, "huangpu")})
		must(t, err)
		_, err = w.lead.SaveDraft(ctx, sender, v.ID, lead.Order{To: w.unit(t, "xiaolan")})
		wantCode(t, err, fault.Conflict, "handoff.drafted")
		for _, who := range []string{"huangpu", "bureau", "bureau-head", "leader", "xiaolan"} {
			_, err := w.lead.Handoff(ctx, w.as(t, who), h.ID)
			wantCode(t, err, fault.NotFound, "handoff.unknown")
			_, err = w.lead.Send(ctx, w.as(t, who), h.ID)
			wantCode(t, err, fault.NotFound, "handoff.unknown")
			_, err = w.lead.Answer(ctx, w.as(t, who), h.ID, lead.Answer{State: lead.Accepted})
			wantCode(t, err, fault.NotFound, "handoff.unknown")
			for _, b := range []lead.Box{{In: true}, {All: true}, {}, {States: []lead.HandoffState{lead.Drafted}}} {
				b.Limit = 10
				p, err := w.lead.Handoffs(ctx, w.as(t, who), b)
				must(t, err)
				if len(p.Items) != 0 || p.Total.Count != 0 {
					t.Errorf("%s finds %+v", who, p.Items)
				}
			}
		}
		p, err := w.lead.Handoffs(ctx, sender, lead.Box{States: []lead.HandoffState{lead.Drafted}, Limit: 10})
		must(t, err)
		if len(p.Items) != 1 || !slices.Equal(p.Items[0].Can, []string{"send", "edit", "discard"}) {
			t.Errorf("the sender finds %+v", p.Items)
		}
		_, err = w.lead.Send(ctx, sender, h.ID)
		wantCode(t, err, fault.Invalid, "input.invalid")
		_, err = w.lead.EditDraft(ctx, sender, h.ID, 9, lead.DraftEdit{Reason: value("适合")})
		wantCode(t, err, fault.Stale, "handoff.stale")
		h, err = w.lead.EditDraft(ctx, sender, h.ID, h.Version, lead.DraftEdit{Reason: value("适合"), Ask: value("请安排"), To: value(w.unit(t, "xiaolan"))})
		must(t, err)
		h, err = w.lead.Send(ctx, sender, h.ID)
		must(t, err)
		if h.State != lead.Offered || h.ToUnitID != w.unit(t, "xiaolan") || h.Reason != "适合" || !h.DueAt.After(h.OfferedAt) {
			t.Errorf("the sent draft is %+v", h)
		}
		if got := w.titles(t, "huangpu", lead.Filter{}); len(got) != 0 {
			t.Errorf("who was only drafted to sees %v", got)
		}
		_, err = w.lead.EditDraft(ctx, sender, h.ID, h.Version, lead.DraftEdit{Reason: value("改")})
		wantCode(t, err, fault.Conflict, "handoff.not_drafted")
		answer(t, w, "xiaolan", h.ID, lead.Accepted)
		w.whole(t)
	})
}

func TestADraftIsDiscardedByHandAndWhenTheLeadMoves(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		sender := w.as(t, "wg-shenzhen")
		h, err := w.lead.SaveDraft(ctx, sender, v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "适合", Ask: "请安排"})
		must(t, err)
		must(t, w.lead.DiscardDraft(ctx, sender, h.ID, h.Version))
		wantCode(t, w.lead.DiscardDraft(ctx, sender, h.ID, h.Version), fault.NotFound, "handoff.unknown")
		h, err = w.lead.SaveDraft(ctx, sender, v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "适合", Ask: "请安排"})
		must(t, err)
		_, err = w.lead.Refer(ctx, sender, v.ID, "转入线索池")
		must(t, err)
		_, err = w.lead.Send(ctx, sender, h.ID)
		wantCode(t, err, fault.NotFound, "handoff.unknown")
		lines := strings.Join(w.lines(t, v.ID), ", ")
		if want := "lead.created wg-shenzhen, handoff.drafted wg-shenzhen, handoff.draft_discarded wg-shenzhen, handoff.drafted wg-shenzhen, handoff.referred wg-shenzhen"; lines != want {
			t.Errorf("the audit says %q, want %q", lines, want)
		}
		w.whole(t)
	})
}
