package lead_test

import (
	"context"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// TestRulingsRaceWithEachOtherAndWithTheParties lets two decide at once; one
// wins and everybody else is told so.
func TestRulingsRaceWithEachOtherAndWithTheParties(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.withoutLimits(t)
		for range testkit.Times(300, 8) {
			v := w.register(t, "huangpu", "示例光电")
			claimant, holder, bureau := w.as(t, "iit"), w.as(t, "huangpu"), w.as(t, "bureau")
			iit, huangpu := w.unit(t, "iit"), w.unit(t, "huangpu")
			open := func() id.Dispute {
				d, err := w.lead.OpenDispute(t.Context(), claimant, lead.DisputeOrder{Reference: v.Code, Claim: "负责", Reason: "首次接触"})
				must(t, err)
				return d.ID
			}
			outcome := func(unit id.Unit) lead.DisputeOutcome {
				return lead.DisputeOutcome{Outcome: lead.OutcomeSingle, HolderUnitID: &unit, Reason: "依据"}
			}
			act := func(actor access.Actor, do func(ctx context.Context, actor access.Actor) error) error {
				return do(context.Background(), actor)
			}
			d := open()
			_, err := w.lead.Propose(t.Context(), claimant, d, outcome(iit))
			must(t, err)
			errs := together(2, func(i int) error {
				return act([]access.Actor{holder, claimant}[i], func(ctx context.Context, a access.Actor) error {
					if i == 0 {
						_, err := w.lead.Agree(ctx, a, d)
						return err
					}
					_, err := w.lead.Withdraw(ctx, a, d, "")
					return err
				})
			})
			if n := wins(t, errs, "dispute.closed"); n != 1 {
				t.Fatalf("%d of agree and withdraw won", n)
			}
			w.consistent(t, v.ID, d)
			if errs[0] == nil {
				continue // the claimant holds it now
			}
			d = open()
			_, err = w.lead.Escalate(t.Context(), claimant, d, "")
			must(t, err)
			errs = together(4, func(i int) error {
				return act(bureau, func(ctx context.Context, a access.Actor) error {
					_, err := w.lead.Rule(ctx, a, d, outcome([]id.Unit{iit, huangpu}[i%2]))
					return err
				})
			})
			if n := wins(t, errs, "dispute.closed"); n != 1 {
				t.Fatalf("%d of 4 rulings won", n)
			}
			w.consistent(t, v.ID, d)
		}
	})
}

// consistent asks that a lead has one holder whose right agrees with it, and
// that a dispute ended once.
func (w *world) consistent(t *testing.T, l id.Lead, d id.Dispute) {
	t.Helper()
	for what, q := range map[string]string{
		"holders": "SELECT count(*) FROM lead_parts p JOIN leads l ON l.id = p.lead_id AND l.unit_id = p.unit_id WHERE p.part = 'owner' AND p.until > '9999-01-01' AND l.id = ?",
		"rows":    "SELECT count(*) FROM leads WHERE id = ?",
	} {
		var n int
		must(t, w.db.Read(t.Context()).Raw(q, l).Row().Scan(&n))
		if n != 1 {
			t.Errorf("lead %d has %d %s", l, n, what)
		}
	}
	var n int
	must(t, w.db.Read(t.Context()).Raw("SELECT count(*) FROM dispute_entries WHERE dispute_id = ? AND kind IN ('agreed', 'ruled', 'withdrawn')", d).Row().Scan(&n))
	if n != 1 {
		t.Errorf("dispute %d ended %d times", d, n)
	}
}

// TestAMergeAndAHandOffOfTheSameLeadDoNotCross lets a receiver accept while
// the bureau merges.
func TestAMergeAndAHandOffOfTheSameLeadDoNotCross(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for range testkit.Times(300, 8) {
			a, b := w.register(t, "wg-shenzhen", "示例光电"), w.register(t, "xiaolan", "示例光电科技")
			h := offer(t, w, "wg-shenzhen", a.ID, "huangpu")
			errs := together(2, func(i int) error {
				if i == 0 {
					_, err := w.lead.Answer(context.Background(), w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
					return err
				}
				_, err := w.lead.Merge(context.Background(), w.as(t, "bureau"), a.ID, lead.MergeOrder{Into: b.ID, Reason: "同一项目"})
				return err
			})
			if errs[0] != nil {
				t.Errorf("the acceptance lost: %v", errs[0])
			}
			if errs[1] != nil && fault.CodeOf(errs[1]) != "handoff.pending" {
				t.Errorf("the merge was told %v", errs[1])
			}
			var unit id.Unit
			must(t, w.db.Read(t.Context()).Raw("SELECT unit_id FROM leads WHERE id = ?", a.ID).Row().Scan(&unit))
			if unit != w.unit(t, "huangpu") {
				t.Errorf("the merge changed the holder to %d", unit)
			}
		}
	})
}

// TestARulingAtTheDeadlineIsInTimeBeforeItAndTooLateFromItOn asks at the very
// microsecond.
func TestARulingAtTheDeadlineIsInTimeBeforeItAndTooLateFromItOn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for late, want := range map[time.Duration]string{-2 * time.Second: "", 0: "dispute.leading"} {
			v := w.register(t, "huangpu", "示例光电")
			d, err := w.lead.OpenDispute(t.Context(), w.as(t, "iit"), lead.DisputeOrder{LeadID: 0, Reference: v.Code, Claim: "负责", Reason: "首次接触"})
			must(t, err)
			w.later(time.Until(d.RuleDueAt) + late)
			unit := w.unit(t, "iit")
			_, err = w.lead.Rule(t.Context(), w.as(t, "bureau"), d.ID, lead.DisputeOutcome{Outcome: lead.OutcomeSingle, HolderUnitID: &unit, Reason: "依据"})
			if code := fault.CodeOf(err); err != nil && code != want || err == nil && want != "" {
				t.Errorf("%s from the deadline: %v, want %q", late, err, want)
			}
			w.later(0)
		}
	})
}
