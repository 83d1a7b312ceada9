package lead_test

import (
	"testing"

	"github.com/leadrelay/leadrelay/internal/lead"
)

// TestOnlyARecordedRulingOverrulesProtection lets a protected lead be talked
// about, settled and withdrawn from without touching its protection, and then
// be ruled over.
func TestOnlyARecordedRulingOverrulesProtection(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.register(t, "huangpu", "示例光电")
		claimant, holder, bureau := w.as(t, "iit"), w.as(t, "huangpu"), w.as(t, "bureau")
		iit, huangpu := w.unit(t, "iit"), w.unit(t, "huangpu")
		overruled := func(when string, want int) {
			t.Helper()
			n := len(w.texts(t, "SELECT kind FROM activities WHERE kind = 'protection_overruled'"))
			audit := len(w.texts(t, "SELECT kind FROM audit_events WHERE kind LIKE 'protection.overruled'"))
			if n != want || audit != want {
				t.Errorf("%s protection was overruled %d times, %d audit lines; want %d", when, n, audit, want)
			}
		}
		state := func(when, want string) {
			t.Helper()
			if got := w.texts(t, "SELECT protection_state FROM leads WHERE id = "+v.ID.String()); len(got) != 1 || got[0] != want {
				t.Errorf("%s the protection is %v, want %s", when, got, want)
			}
		}
		open := func() lead.DisputeView {
			t.Helper()
			d, err := w.lead.OpenDispute(ctx, claimant, lead.DisputeOrder{Reference: v.Code, Claim: "负责", Reason: "首次接触"})
			must(t, err)
			return d
		}
		state("registered", "active")
		d := open()
		_, err := w.lead.Withdraw(ctx, claimant, d.ID, "误会")
		must(t, err)
		d = open()
		_, err = w.lead.Propose(ctx, claimant, d.ID, lead.DisputeOutcome{Outcome: lead.OutcomeSingle, HolderUnitID: &huangpu, Reason: "维持"})
		must(t, err)
		_, err = w.lead.Agree(ctx, holder, d.ID)
		must(t, err)
		state("settled", "active")
		overruled("settled", 0)
		for _, outcome := range []struct {
			unit lead.DisputeOutcome
			n    int
		}{
			{lead.DisputeOutcome{Outcome: lead.OutcomeSingle, HolderUnitID: &huangpu, Reason: "维持首报"}, 0},
			{lead.DisputeOutcome{Outcome: lead.OutcomeReassigned, HolderUnitID: &iit, Reason: "以纪要为准"}, 1},
		} {
			d = open()
			_, err = w.lead.Escalate(ctx, claimant, d.ID, "")
			must(t, err)
			_, err = w.lead.Rule(ctx, bureau, d.ID, outcome.unit)
			must(t, err)
			overruled("ruled", outcome.n)
		}
		state("ruled for another", "active")
		if got := w.texts(t, "SELECT kind FROM dispute_entries WHERE kind = 'ruled'"); len(got) != 2 {
			t.Errorf("%d rulings are recorded, want 2", len(got))
		}
	})
}
