package lead_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/once"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestTheRateInTimeIsWhatTheClocksThemselvesSayAfterRandomActs(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		g := &ticking{world: w, dice: testkit.Dice(t)}
		g.head = func(unit string) access.Actor { return w.as(t, unit+"-head") }
		g.at = time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC)
		w.know(t)
		steps := testkit.Times(800, 200)
		for step := range steps {
			g.at = g.at.Add(time.Duration(g.dice.IntN(2*120*24*60/steps)) * time.Minute) // 120 days in all
			w.db.SetOffset(g.at.Sub(clock.System{}.Now()))
			err := g.act(t)
			if err != nil && fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			if step%(steps/4) == 0 {
				w.whole(t)
				g.rates(t)
			}
		}
		w.whole(t)
		g.rates(t)
		if t.Logf("%d of %d acts on %d leads succeeded", g.done, steps, len(g.leads)); g.done < steps/4 {
			t.Errorf("only %d of %d acts succeeded", g.done, steps)
		}
	})
}

// ticking plays random acts that start, stop and end clocks.
type ticking struct {
	*world
	dice  *rand.Rand
	at    time.Time
	leads []id.Lead
	head  func(unit string) access.Actor
	done  int
}

func (g *ticking) one(of ...string) string { return of[g.dice.IntN(len(of))] }

// somebody is anybody, and as often somebody of the unit that is responsible.
func (g *ticking) somebody(t *testing.T, l lead.View) access.Actor {
	t.Helper()
	for _, head := range []struct{ name, unit string }{
		{"wg-shenzhen-head", "wg-shenzhen"}, {"huangpu-head", "huangpu"}, {"bureau-head", "zs-ipb"},
	} {
		if g.dice.IntN(2) == 0 && l.UnitID == g.unit(t, head.unit) {
			return g.as(t, head.name)
		}
	}
	return g.as(t, g.one("wg-shenzhen", "huangpu", "bureau", "bureau-head", "bureau-head"))
}

// act does one act, which may well be refused.
func (g *ticking) act(t *testing.T) error {
	t.Helper()
	ctx := context.Background()
	if len(g.leads) < 4 || g.dice.IntN(12) == 0 {
		v, err := g.lead.Create(ctx, g.as(t, g.one("wg-shenzhen", "huangpu", "bureau")), draft(fmt.Sprintf("示例第%d", len(g.leads))))
		g.leads = append(g.leads, v.ID)
		return err
	}
	l, err := g.lead.Get(ctx, g.as(t, "bureau-head"), g.leads[g.dice.IntN(len(g.leads))])
	if err != nil {
		return err // deleted
	}
	who := g.somebody(t, l)
	acts := []func(context.Context, access.Actor, lead.View) error{
		g.report, g.report, g.stage, g.stop, g.stop, g.seal, g.remove, g.offer, g.offer, g.answer, g.answer, g.answer, g.seal, g.remove, g.jobs, g.refer, g.twice,
		func(context.Context, access.Actor, lead.View) error {
			d := clock.DateOf(g.at).AddDays(g.dice.IntN(9))
			g.calendar(t, []clock.Day{{Date: d, Working: g.dice.IntN(2) == 0, Name: "调整", Source: "notice"}}, d.String(), d.String())
			return nil
		},
	}
	err = acts[g.dice.IntN(len(acts))](ctx, who, l)
	if err == nil {
		g.done++
	}
	return err
}

func (g *ticking) report(ctx context.Context, who access.Actor, l lead.View) error {
	_, err := g.lead.Report(ctx, who, l.ID, lead.NoteDraft{Kind: lead.NoteKind(g.one("note", "progress", "feedback")), Text: "已联系"})
	return err
}

func (g *ticking) stage(ctx context.Context, who access.Actor, l lead.View) error {
	to := lead.Stage(g.one("qualified", "negotiating", "suspended", "lead", "lost"))
	_, err := g.lead.ChangeStage(ctx, who, l.ID, l.Version, lead.Move{To: to, Reason: "进展", LostTo: "外市"})
	return err
}

func (g *ticking) stop(ctx context.Context, who access.Actor, l lead.View) error {
	clocks, err := g.lead.Clocks(ctx, who, l.ID)
	if err != nil || len(clocks) == 0 {
		return err
	}
	o := lead.ClockOrder{Clock: clocks[g.dice.IntN(len(clocks))].ID, Reason: "等待资料"}
	switch g.dice.IntN(3) {
	case 0:
		_, err = g.lead.PauseClock(ctx, who, l.ID, o)
	case 1:
		_, err = g.lead.ResumeClock(ctx, who, l.ID, o)
	default:
		_, err = g.lead.CallExperts(ctx, who, l.ID, o)
	}
	return err
}

func (g *ticking) offer(ctx context.Context, who access.Actor, l lead.View) error {
	o := lead.Order{To: g.units[g.one("huangpu", "wg-shenzhen", "xiaolan")], Reason: "落地", Ask: "接洽"}
	_, err := g.lead.HandOff(ctx, who, l.ID, o)
	return err
}

func (g *ticking) answer(ctx context.Context, who access.Actor, l lead.View) error {
	box, err := g.lead.Handoffs(ctx, who, lead.Box{In: true, States: []lead.HandoffState{lead.Offered}, Limit: 20})
	if err != nil || len(box.Items) == 0 {
		return err
	}
	state := lead.Accepted
	if g.dice.IntN(3) == 0 {
		state = lead.Refused
	}
	_, err = g.lead.Answer(ctx, who, box.Items[g.dice.IntN(len(box.Items))].ID, lead.Answer{State: state, Reason: "没有用地"})
	return err
}

// seal makes a lead restricted, or normal again.
func (g *ticking) seal(ctx context.Context, who access.Actor, l lead.View) error {
	word := g.one("restricted", "normal")
	_, err := g.lead.Edit(ctx, who, l.ID, l.Version, lead.Edit{Confidentiality: lead.Opt[string]{Set: true, Value: &word}})
	return err
}

func (g *ticking) remove(ctx context.Context, _ access.Actor, l lead.View) error {
	if g.dice.IntN(2) > 0 {
		return nil
	}
	for slug, unit := range g.units {
		if unit == l.UnitID && (slug == "huangpu" || slug == "wg-shenzhen" || slug == "bureau") {
			return g.lead.Delete(ctx, g.head(slug), l.ID, l.Version, "重复登记")
		}
	}
	return nil
}

func (g *ticking) refer(ctx context.Context, who access.Actor, l lead.View) error {
	_, err := g.lead.Refer(ctx, who, l.ID, "本镇无法承接")
	return err
}

func (g *ticking) jobs(ctx context.Context, _ access.Actor, _ lead.View) error {
	if _, err := g.lead.ExpireOffers(ctx); err != nil {
		return err
	}
	_, err := g.lead.WarnClocks(ctx)
	return err
}

// twice does several acts under one key, of which some fail and are taken back.
func (g *ticking) twice(ctx context.Context, who access.Actor, l lead.View) error {
	key := fmt.Sprintf("key-%d", g.dice.Uint64())
	ctx = g.db.StartOnce(ctx, once.Request{User: who.User, Key: key, Route: "POST /test", Keep: time.Hour})
	defer g.db.DropOnce(ctx)
	for range 3 {
		for _, act := range []func(context.Context, access.Actor, lead.View) error{g.report, g.offer, g.stop, g.stage} {
			if err := act(ctx, who, l); err != nil && fault.KindOf(err) == fault.Internal {
				return err
			}
		}
	}
	if g.dice.IntN(3) == 0 {
		return nil // nothing of it stays
	}
	return g.db.FinishOnce(ctx, once.Answer{Status: 200})
}

// rates compares what persons read with a plain count of the rows.
func (g *ticking) rates(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	rows := g.everyClock(t)
	for _, who := range []string{"leader", "bureau", "bureau-head", "huangpu", "wg-shenzhen", "xiaolan"} {
		actor := g.as(t, who)
		member := map[id.Lead]bool{}
		for _, n := range g.numbers(t, "SELECT lead_id FROM lead_members WHERE user_id = ? AND until > ?", actor.User, g.at) {
			member[id.Lead(n)] = true
		}
		today := clock.DateOf(g.at)
		for _, days := range [][2]int{{-89, 0}, {0, 0}, {-400, 400}, {-g.dice.IntN(70), -g.dice.IntN(5)}, {-g.dice.IntN(70), g.dice.IntN(70)}, {-3, -1}, {1, 90}} {
			from, to := today.AddDays(days[0]), today.AddDays(days[1])
			if to.Before(from) {
				from, to = to, from
			}
			got, err := g.lead.OnTimeRate(ctx, actor, from, to)
			must(t, err)
			if want := plainRate(rows, actor.Scope(access.ClockRead), member, got); !slices.Equal(got.Items, want) {
				t.Errorf("%s from %s to %s: %v, its clocks say %v", who, from, to, got.Items, want)
			}
		}
	}
}

func (w *world) numbers(t *testing.T, query string, args ...any) (out []int64) {
	t.Helper()
	must(t, w.db.Read(context.Background()).Raw(query, args...).Scan(&out).Error)
	return out
}

// clockRow is a clock of a live lead.
type clockRow struct {
	Kind       lead.ClockKind
	UnitID     id.Unit
	LeadID     id.Lead
	DueAt      time.Time
	PausedAt   *time.Time
	ClosedAt   *time.Time
	How        *lead.ClockResult
	Restricted bool
}

func (w *world) everyClock(t *testing.T) (out []clockRow) {
	t.Helper()
	must(t, w.db.Read(context.Background()).Raw("SELECT c.kind, c.unit_id, c.lead_id, c.due_at, c.paused_at, c.closed_at, c.how, l.restricted "+
		"FROM clocks c JOIN leads l ON l.id = c.lead_id WHERE l.deleted_at IS NULL").Scan(&out).Error)
	return out
}

// plainRate counts clock by clock what a reader is to see of the days.
func plainRate(rows []clockRow, read access.Scope, member map[id.Lead]bool, asked lead.OnTimeView) []lead.OnTime {
	type key struct {
		unit id.Unit
		kind lead.ClockKind
	}
	sums := map[key]lead.OnTime{}
	for _, c := range rows {
		if !read.Any() && !slices.Contains(read.Units(), c.UnitID) || c.Restricted && !read.AnyRestricted() && !member[c.LeadID] {
			continue
		}
		how := (lead.Clock{DueAt: c.DueAt, PausedAt: c.PausedAt, How: c.How}).At(asked.AsOf)
		at := c.DueAt
		if c.ClosedAt != nil {
			at = *c.ClosedAt
		}
		if how == lead.ClockRunning || how == lead.ClockPaused || at.Before(asked.From.Start()) || !at.Before(asked.To.End()) {
			continue
		}
		k := key{c.UnitID, c.Kind}
		o := sums[k]
		o.UnitID, o.Kind = c.UnitID, c.Kind
		switch how {
		case lead.ClockMet:
			o.Met++
		case lead.ClockLate:
			o.Late++
		case lead.ClockOverdue:
			o.Overdue++
		default:
			o.Cancelled++
		}
		sums[k] = o
	}
	var out []lead.OnTime
	for _, o := range sums {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b lead.OnTime) int {
		if a.UnitID != b.UnitID {
			return int(a.UnitID - b.UnitID)
		}
		return slices.Index([]lead.ClockKind{"answer", "feedback", "object", "progress", "reoffer", "rule", "talk", "triage"}, a.Kind) -
			slices.Index([]lead.ClockKind{"answer", "feedback", "object", "progress", "reoffer", "rule", "talk", "triage"}, b.Kind)
	})
	return out
}

func TestTwoWritersOfTheSameCountersNeverWaitInARing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.know(t)
		towns := []string{"huangpu", "xiaolan"}
		var offers [2][]lead.HandoffView
		for range 10 {
			for i, from := range towns { // the two towns offer each other leads
				v := w.register(t, from, "示例"+from)
				h, err := w.lead.HandOff(ctx, w.as(t, from), v.ID, lead.Order{To: w.unit(t, towns[1-i]), Reason: "落地", Ask: "接洽"})
				must(t, err)
				offers[1-i] = append(offers[1-i], h)
			}
		}
		began := time.Now()
		failed := make(chan error, 2)
		for i, to := range towns {
			actor := w.as(t, to)
			go func() {
				for _, h := range offers[i] {
					if _, err := w.lead.Answer(ctx, actor, h.ID, lead.Answer{State: lead.Accepted}); err != nil {
						failed <- err
						return
					}
				}
				failed <- nil
			}()
		}
		for range towns {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		if w.db.Dialect() == store.Postgres {
			t.Logf("20 acceptances, two at a time: %s", time.Since(began).Round(time.Millisecond))
		}
		w.whole(t)
	})
}
