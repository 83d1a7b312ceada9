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
	"github.com/leadrelay/leadrelay/internal/lead"
)

// theClock is the open clock of a kind as the person sees it.
func (w *world) theClock(t *testing.T, username string, v lead.View, kind lead.ClockKind) lead.ClockView {
	t.Helper()
	all, err := w.lead.Clocks(context.Background(), w.as(t, username), v.ID)
	must(t, err)
	i := slices.IndexFunc(all, func(c lead.ClockView) bool { return c.Kind == kind && c.ClosedAt == nil })
	if i < 0 {
		t.Fatalf("no open clock %s among %d", kind, len(all))
	}
	return all[i]
}

func wall(at time.Time) string { return at.In(clock.Location()).Format("2006-01-02 15:04") }

func TestAPausedClockKeepsWhatWasLeftOfItsLimit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 08:30")
		v := w.register(t, "wg-shenzhen", "丙公司")
		head := w.as(t, "wg-shenzhen-head")
		c := w.theClock(t, "wg-shenzhen-head", v, lead.ClockTriage)
		if fmt.Sprint(c.Can) != "[pause experts]" || wall(c.DueAt) != "2026-03-12 08:30" {
			t.Errorf("can %v, due %s", c.Can, wall(c.DueAt))
		}
		if officer := w.theClock(t, "wg-shenzhen", v, lead.ClockTriage); len(officer.Can) != 0 {
			t.Errorf("an officer may %v", officer.Can)
		}
		_, err := w.lead.PauseClock(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.ClockOrder{Clock: c.ID, Reason: "等待资料"})
		wantFault(t, err, fault.Forbidden, "forbidden")
		_, err = w.lead.PauseClock(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID, Reason: " "})
		wantFault(t, err, fault.Invalid, "input.invalid")
		_, err = w.lead.ResumeClock(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID})
		wantFault(t, err, fault.Conflict, "clock.not_paused")

		w.at(t, "2026-03-10 13:00") // almost one day and a half are used
		c, err = w.lead.PauseClock(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID, Reason: "等待投资方资料"})
		must(t, err)
		if c.State != lead.ClockPaused || *c.PauseReason != "等待投资方资料" || *c.DaysLeft != 1.5 || *c.Percent != 49 || fmt.Sprint(c.Can) != "[resume experts]" {
			t.Errorf("paused: %s %v %v %v %v", c.State, *c.PauseReason, *c.DaysLeft, *c.Percent, c.Can)
		}
		_, err = w.lead.PauseClock(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID, Reason: "再次"})
		wantFault(t, err, fault.Conflict, "clock.paused")
		w.at(t, "2026-03-20 16:00")
		c, err = w.lead.ResumeClock(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID})
		must(t, err)
		// Friday 16:00: half of the day and one more are left, of which 1.5 h on Friday.
		if c.State != lead.ClockRunning || wall(c.DueAt) != "2026-03-24 11:30" || c.PauseReason != nil {
			t.Errorf("resumed: %s, due %s", c.State, wall(c.DueAt))
		}
		c, err = w.lead.CallExperts(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID, Reason: "环评专家"})
		must(t, err)
		if !c.Experts || c.Days != 5 || wall(c.DueAt) != "2026-03-26 11:30" || fmt.Sprint(c.Can) != "[pause]" {
			t.Errorf("with experts: %v %d, due %s, can %v", c.Experts, c.Days, wall(c.DueAt), c.Can)
		}
		_, err = w.lead.CallExperts(ctx, head, v.ID, lead.ClockOrder{Clock: c.ID, Reason: "再加"})
		wantFault(t, err, fault.Conflict, "clock.no_experts")
	})
}

func TestTheDeadlineOfAnOfferCannotBePaused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		v := w.register(t, "wg-shenzhen", "丁公司")
		_, err := w.lead.HandOff(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "落地", Ask: "接洽"})
		must(t, err)
		c := w.theClock(t, "bureau", v, lead.ClockAnswer)
		_, err = w.lead.PauseClock(ctx, w.as(t, "bureau"), v.ID, lead.ClockOrder{Clock: c.ID, Reason: "等待"})
		wantFault(t, err, fault.Conflict, "clock.not_pausable")
		// The receiver of the offer sees the clocks of the holder and its own, others see their part.
		for who, want := range map[string]string{"huangpu": "answer feedback progress triage", "wg-shenzhen": "answer feedback progress triage"} {
			all, err := w.lead.Clocks(ctx, w.as(t, who), v.ID)
			must(t, err)
			var kinds []string
			for _, c := range all {
				kinds = append(kinds, string(c.Kind))
			}
			slices.Sort(kinds)
			if strings.Join(kinds, " ") != want {
				t.Errorf("%s sees %v", who, kinds)
			}
		}
		_, err = w.lead.Clocks(ctx, w.as(t, "cuiheng"), v.ID)
		wantFault(t, err, fault.NotFound, "lead.unknown")
	})
}

func TestEachWarningIsGivenOnceAndToThoseOfItsLevel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 08:30")
		v := w.register(t, "wg-shenzhen", "戊公司")
		warn := func(at string, want int) {
			t.Helper()
			w.at(t, at)
			if n, err := w.lead.WarnClocks(ctx); n != want || err != nil {
				t.Errorf("at %s: %d warnings, want %d (%v)", at, n, want, err)
			}
		}
		warn("2026-03-10 12:59", 0)
		warn("2026-03-10 13:01", 1) // half of three days
		warn("2026-03-10 13:02", 0)
		warn("2026-03-12 08:31", 3) // 80 and 100 percent of the assessment, half of the answer to the investor
		rows := w.texts(t, "SELECT c.kind || ' ' || w.percent FROM clock_warnings w JOIN clocks c ON c.id = w.clock_id ORDER BY c.kind, w.percent")
		if got := strings.Join(rows, ", "); got != "feedback 50, triage 50, triage 80, triage 100" {
			t.Errorf("given: %s", got)
		}
		told := w.texts(t, "SELECT n.params || ' ' || n.users FROM notice_events n JOIN clocks c ON c.id = n.object_id WHERE n.kind = 'clock.warned' AND c.kind = 'triage' ORDER BY n.id")
		ids := func(names ...string) string {
			var out []string
			for _, name := range names {
				out = append(out, w.as(t, name).User.String())
			}
			slices.Sort(out)
			return "[" + strings.Join(out, ",") + "]"
		}
		wants := []string{
			`"50"` + ids("wg-shenzhen"), `"80"` + ids("wg-shenzhen", "wg-shenzhen-head"),
			`"100"` + ids("wg-shenzhen", "wg-shenzhen-head", "bureau"),
		}
		for i, want := range wants {
			percent, users, _ := strings.Cut(want, "[")
			got := ""
			if i < len(told) {
				got = told[i]
			}
			head, tail, _ := strings.Cut(got, "} [")
			list := strings.Split(strings.TrimSuffix(tail, "]"), ",")
			slices.Sort(list)
			if !strings.Contains(head, `"percent":`+percent) || strings.Join(list, ",")+"]" != users {
				t.Errorf("told %s, want %s of %s", got, percent, users)
			}
		}
		_ = v
	})
}

func (w *world) texts(t *testing.T, query string) []string {
	t.Helper()
	var out []string
	must(t, w.db.Read(context.Background()).Raw(query).Scan(&out).Error)
	return out
}

func TestTheOnTimeRateCountsWhatEndedAndWhatRanOut(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		order := lead.Order{To: w.unit(t, "huangpu"), Reason: "落地", Ask: "接洽"}
		group, town := w.as(t, "wg-shenzhen"), w.as(t, "huangpu")
		var offers []lead.HandoffView
		for _, name := range []string{"己公司", "庚公司", "辛公司"} {
			h, err := w.lead.HandOff(ctx, group, w.register(t, "wg-shenzhen", name).ID, order)
			must(t, err)
			offers = append(offers, h)
		}
		_, err := w.lead.Answer(ctx, town, offers[0].ID, lead.Answer{State: lead.Accepted})
		must(t, err)
		w.at(t, "2026-03-12 10:00") // two offers ran out; nobody has recorded it
		figure := func(username, slug string, kind lead.ClockKind) string {
			t.Helper()
			rate, err := w.lead.OnTimeRate(ctx, w.as(t, username), clock.Date{}, clock.Date{})
			must(t, err)
			for _, i := range rate.Items {
				if i.UnitID == w.unit(t, slug) && i.Kind == kind {
					return fmt.Sprint(i.Met, i.Late, i.Overdue, i.Cancelled)
				}
			}
			return "none"
		}
		for _, c := range []struct{ who, unit, kind, want string }{
			{"bureau", "huangpu", "answer", "1 0 2 0"},
			{"huangpu", "huangpu", "answer", "1 0 2 0"},
			{"leader", "huangpu", "answer", "1 0 2 0"},
			{"wg-shenzhen", "huangpu", "answer", "none"},
			{"bureau", "wg-shenzhen", "triage", "0 0 2 1"},
			{"huangpu", "huangpu", "triage", "0 0 1 0"},
		} {
			if got := figure(c.who, c.unit, lead.ClockKind(c.kind)); got != c.want {
				t.Errorf("%s on %s of %s: %s, want %s", c.who, c.kind, c.unit, got, c.want)
			}
		}
		n, err := w.lead.ExpireOffers(ctx)
		if n != 2 || err != nil {
			t.Fatal(n, err)
		}
		if got := figure("huangpu", "huangpu", lead.ClockAnswer); got != "1 2 0 0" {
			t.Errorf("recorded: %s", got)
		}
		list, err := w.lead.ClockList(ctx, town, lead.ClockFilter{Kind: lead.ClockAnswer, Results: []lead.ClockResult{lead.ClockLate}, Limit: 1})
		must(t, err)
		if list.Total.Count != 2 || len(list.Items) != 1 || list.Items[0].Lead != nil || list.Next == nil {
			t.Errorf("the list behind it has %d, shows %+v", list.Total.Count, list.Items)
		}
		next, err := w.lead.ClockList(ctx, town, lead.ClockFilter{
			Kind: lead.ClockAnswer, Results: []lead.ClockResult{lead.ClockLate}, Limit: 1, Cursor: *list.Next,
		})
		must(t, err)
		if len(next.Items) != 1 || next.Items[0].ID >= list.Items[0].ID || next.Next != nil {
			t.Errorf("the second page is %+v", next.Items)
		}
		mine, err := w.lead.ClockList(ctx, town, lead.ClockFilter{Results: []lead.ClockResult{lead.ClockRunning, lead.ClockOverdue}, Limit: 10})
		must(t, err)
		var order2 []string
		for _, c := range mine.Items {
			order2 = append(order2, fmt.Sprint(c.Kind, " ", c.State, " ", c.Lead.Title))
		}
		if strings.Join(order2, ", ") != "triage overdue 己公司项目, feedback running 己公司项目, progress running 己公司项目" {
			t.Errorf("owed now: %v", order2)
		}
	})
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("got %v, want kind %d code %s", err, kind, code)
	}
}
