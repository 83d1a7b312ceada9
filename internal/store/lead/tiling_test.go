package lead_test

import (
	"context"
	"flag"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// relay is a lead with the little that is needed to know who holds it.
type relay struct {
	w      *world
	t      *rapid.T
	lead   id.Lead
	holder string
	offer  *lead.HandoffView // open
	last   id.Handoff        // by which the holder got the lead
	shift  time.Duration
}

// units are the ones among which a lead wanders; the first is the pool.
func units() []string {
	return []string{"zs-ipb", "wg-shenzhen", "huangpu", "xiaolan", "cuiheng", "iit"}
}

// login is who acts for a unit.
func login(unit string) string {
	if unit == "zs-ipb" {
		return "bureau"
	}
	return unit
}

func (r *relay) as(unit string) access.Actor {
	for i, a := range r.w.accounts {
		if a.Username == login(unit) {
			m := access.Membership{Unit: r.w.units[unit], Role: a.Roles[0].Role}
			actor := access.NewActor(id.User(i+1), []access.Membership{m}, r.w.policy)
			actor.Acting = m.Unit
			return actor
		}
	}
	r.t.Fatalf("no login for %s", unit)
	return access.Actor{}
}

// act does one random thing and returns what it was, and its error.
func (r *relay) act() (string, error) {
	ctx, all := context.Background(), units()
	who := rapid.SampledFrom(all).Draw(r.t, "who")
	to := rapid.SampledFrom(all).Draw(r.t, "to")
	if rapid.IntRange(0, 3).Draw(r.t, "holder") > 0 {
		who = r.holder // mostly who may
	}
	switch what := rapid.SampledFrom([]string{
		"offer", "offer", "accept", "accept", "refuse", "withdraw", "return", "refer", "assign", "assign", "object", "decide",
		"draft", "help", "stage", "edit", "late", "expire", "idle",
	}).Draw(r.t, "what"); what {
	case "offer":
		h, err := r.w.lead.HandOff(ctx, r.as(who), r.lead, lead.Order{To: r.w.units[to], Reason: "r", Ask: "a"})
		return r.did(what, err, func() { r.offer = &h })
	case "accept", "refuse", "withdraw":
		return r.answer(what, who)
	case "return":
		h, err := r.w.lead.Return(ctx, r.as(who), r.lead, "交还")
		return r.did(what, err, func() { r.moved(h) })
	case "refer":
		h, err := r.w.lead.Refer(ctx, r.as(who), r.lead, "转入线索池")
		return r.did(what, err, func() { r.moved(h) })
	case "assign":
		h, err := r.w.lead.Assign(ctx, r.as(who), r.lead, lead.Order{To: r.w.units[to], Reason: "r", Ask: "a"})
		return r.did(what, err, func() { r.moved(h) })
	case "object":
		_, err := r.w.lead.Object(ctx, r.as(who), r.last, "没有地块")
		return what, err
	case "decide":
		h, err := r.w.lead.Decide(ctx, r.as("zs-ipb"), r.last, rapid.SampledFrom([]lead.Decision{lead.Uphold, lead.Cancel}).Draw(r.t, "how"), "裁定")
		return r.did(what, err, func() {
			if h.Decision == lead.Cancel {
				r.holder, r.last = "zs-ipb", 0
			}
		})
	}
	return r.other(who, to)
}

// other does what moves no responsibility.
func (r *relay) other(who, to string) (string, error) {
	ctx := context.Background()
	switch what := rapid.SampledFrom([]string{"draft", "help", "stage", "edit", "late", "expire", "idle"}).Draw(r.t, "other"); what {
	case "draft":
		_, err := r.w.lead.SaveDraft(ctx, r.as(who), r.lead, lead.Order{To: r.w.units[to]})
		return what, err
	case "help":
		_, err := r.w.lead.AddHelper(ctx, r.as(who), r.lead, lead.HelperDraft{UnitID: r.w.units[to], Reason: "协助"})
		return what, err
	case "stage", "edit":
		v, err := r.w.lead.Get(ctx, r.as(r.holder), r.lead)
		if err != nil {
			return what, err
		}
		if what == "edit" {
			cents := rapid.Int64Range(0, 1_000_000_000_00).Draw(r.t, "cents")
			_, err = r.w.lead.Edit(ctx, r.as(who), r.lead, v.Version, lead.Edit{PlannedCents: value(cents), NextStep: value("考察"), LandSqm: value(int64(1))})
			return what, err
		}
		to := rapid.SampledFrom([]lead.Stage{lead.StageLead, lead.Qualified, lead.Negotiating, lead.Started, lead.Suspended}).Draw(r.t, "stage")
		_, err = r.w.lead.ChangeStage(ctx, r.as(who), r.lead, v.Version, lead.Move{To: to, Reason: "变化"})
		return what, err
	case "late":
		r.shift += time.Duration(rapid.IntRange(1, 72).Draw(r.t, "hours")) * time.Hour
		r.w.later(r.shift)
		return what, nil
	case "expire":
		_, err := r.w.lead.ExpireOffers(ctx)
		return what, err
	default:
		_, err := r.w.lead.OfferPoolAgain(ctx)
		return what, err
	}
}

func (r *relay) answer(what, who string) (string, error) {
	if r.offer == nil {
		return what, fault.New(fault.Conflict, "handoff.none", "Nothing is on offer.")
	}
	state := map[string]lead.HandoffState{"accept": lead.Accepted, "refuse": lead.Refused, "withdraw": lead.WithdrawnOffer}[what]
	side := r.slug(r.offer.ToUnitID)
	if what == "withdraw" {
		side = who
	}
	h, err := r.w.lead.Answer(context.Background(), r.as(side), r.offer.ID, lead.Answer{State: state, Reason: "答复"})
	return r.did(what, err, func() {
		r.offer = nil
		if state == lead.Accepted {
			r.moved(h)
		}
	})
}

func (r *relay) did(what string, err error, then func()) (string, error) {
	if err == nil {
		then()
	}
	return what, err
}

func (r *relay) moved(h lead.HandoffView) { r.holder, r.last = r.slug(h.ToUnitID), h.ID }

func (r *relay) slug(unit id.Unit) string {
	for slug, u := range r.w.units {
		if u == unit {
			return slug
		}
	}
	return "zs-ipb"
}

// check asks that the intervals tile the lead's life, that the last is the
// holder's, and that only a refusal or the idle pool moved it unasked.
func (r *relay) check(after string) {
	var parts []lead.PartRow
	err := r.w.db.Read(context.Background()).Raw("SELECT unit_id, part, from_at, until, handoff_id FROM lead_parts WHERE lead_id = ? AND part = 'owner' ORDER BY from_at, id", r.lead).Scan(&parts).Error
	if err != nil || len(parts) == 0 {
		r.t.Fatalf("after %s: %d intervals, %v", after, len(parts), err)
	}
	for i, p := range parts {
		if i > 0 && !parts[i-1].Until.Equal(p.FromAt) || !p.FromAt.Before(p.Until) {
			r.t.Fatalf("after %s: the intervals do not tile: %+v", after, parts)
		}
	}
	last := parts[len(parts)-1]
	if !clock.IsForever(last.Until) {
		r.t.Fatalf("after %s: nobody holds the lead", after)
	}
	if after == "refuse" && r.slug(last.UnitID) == "zs-ipb" {
		r.holder = "zs-ipb" // refused too often
	}
	if r.slug(last.UnitID) != r.holder {
		r.t.Fatalf("after %s: %s holds the lead, not %s", after, r.slug(last.UnitID), r.holder)
	}
	if last.HandoffID != nil {
		r.last = *last.HandoffID
	}
	r.offer = r.openOffer()
}

func (r *relay) openOffer() *lead.HandoffView {
	p, err := r.w.lead.Handoffs(context.Background(), r.as(r.holder), lead.Box{Lead: r.lead, States: []lead.HandoffState{lead.Offered}, Limit: 10})
	if err != nil || len(p.Items) > 1 {
		r.t.Fatalf("%d open offers, %v", len(p.Items), err)
	}
	if len(p.Items) == 0 {
		return nil
	}
	return &p.Items[0]
}

// TestTheIntervalsOfResponsibilityTileALeadsLife runs 100 random histories of
// 100 actions each, and fewer of fewer in a short run.
func TestTheIntervalsOfResponsibilityTileALeadsLife(t *testing.T) {
	seed := testkit.Dice(t).Uint64() >> 1
	must(t, flag.Set("rapid.checks", strconv.Itoa(testkit.Times(100, 6))))
	must(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
	must(t, flag.Set("rapid.nofailfile", "true"))
	actions := testkit.Times(100, 40)
	eachWorld(t, func(t *testing.T, w *world) {
		w.know(t)
		done := map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			first := rapid.SampledFrom(units()[:4]).Draw(rt, "first")
			v, err := w.lead.Create(context.Background(), (&relay{w: w, t: rt}).as(first), draft("示例光电"))
			if err != nil {
				rt.Fatal(err)
			}
			r := &relay{w: w, t: rt, lead: v.ID, holder: first, shift: w.shift}
			for range actions {
				what, err := r.act()
				if k := fault.KindOf(err); err != nil && !slices.Contains([]fault.Kind{fault.Conflict, fault.Forbidden, fault.NotFound, fault.Invalid}, k) {
					rt.Fatalf("%s: %v", what, err)
				}
				if err == nil {
					done[what]++
				}
				r.check(what)
			}
			w.shift = r.shift
		})
		t.Logf("done: %v", done)
		w.whole(t)
	})
}
