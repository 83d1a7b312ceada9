package lead_test

import (
	"testing"

	"github.com/leadrelay/leadrelay/internal/lead"
)

// TestARulingStandsInTheChainOfCustody passes a lead on by a ruling while it is
// on offer: the chain names the ruling, its intervals leave no gap, the offer
// is taken back, and the former holder keeps what any past holder keeps.
func TestARulingStandsInTheChainOfCustody(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.register(t, "huangpu", "示例光电")
		h := offer(t, w, "huangpu", v.ID, "xiaolan")
		d, err := w.lead.OpenDispute(ctx, w.as(t, "iit"), lead.DisputeOrder{Reference: v.Code, Claim: "负责", Reason: "首次接触"})
		must(t, err)
		_, err = w.lead.Escalate(ctx, w.as(t, "iit"), d.ID, "")
		must(t, err)
		iit, huangpu := w.unit(t, "iit"), w.unit(t, "huangpu")
		_, err = w.lead.Rule(ctx, w.as(t, "bureau"), d.ID, lead.DisputeOutcome{Outcome: lead.OutcomeSingle, HolderUnitID: &iit, Reason: "以纪要为准"})
		must(t, err)
		c, err := w.lead.Custody(ctx, w.as(t, "bureau"), v.ID)
		must(t, err)
		if len(c.Items) != 2 || c.Items[0].UnitID != huangpu || c.Items[1].UnitID != iit || c.Items[1].Kind != lead.KindDispute || c.Items[1].Why != "以纪要为准" {
			t.Fatalf("the chain is %+v", c.Items)
		}
		if c.Items[0].Until == nil || !c.Items[0].Until.Equal(c.Items[1].FromAt) || c.Items[1].Until != nil {
			t.Errorf("the intervals are %v to %v, then from %v", c.Items[0].FromAt, c.Items[0].Until, c.Items[1].FromAt)
		}
		if after, err := w.lead.Handoff(ctx, w.as(t, "huangpu"), h.ID); err != nil || after.State != lead.WithdrawnOffer {
			t.Errorf("the offer that was open is %s, %v", after.State, err)
		}
		if got := w.noted(t, "xiaolan", v.ID); got != "nothing" {
			t.Errorf("who had the offer still reads %q", got)
		}
		if v, err := w.lead.Get(ctx, w.as(t, "huangpu"), v.ID); err != nil || v.Part != "past" || v.UnitID != iit {
			t.Errorf("the former holder reads part %s of %d, %v", v.Part, v.UnitID, err)
		}
	})
}
