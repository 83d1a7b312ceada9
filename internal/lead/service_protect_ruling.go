package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
)

// protectByRuling lets protection follow a recorded ruling: it is overruled
// where the ruling takes the project away from its first reporter and begins
// anew for whom the ruling names. What units settle among themselves moves
// responsibility, not the rank of a first report.
func (w *disputeWork) protectByRuling(ctx context.Context, tx Tx, actor access.Actor, before Seen, o DisputeOutcome) error {
	if o.State != OutcomeRuled || before.Lead.ProtectionState == nil {
		return nil
	}
	if o.Outcome != OutcomeDuplicate && *o.HolderUnitID == before.Lead.UnitID {
		return nil
	}
	reason := cut(o.Reason, MaxReason)
	if o.Outcome == OutcomeDuplicate {
		return w.awardTheOther(ctx, tx, actor, o, reason)
	}
	if err := Overrule(ctx, tx, actor, w.target, reason); err != nil {
		return err
	}
	again, err := again(ctx, tx, w.target)
	if err != nil || again.Lead.Ended() {
		return err
	}
	return w.facts.pace.terms.Award(ctx, tx, actor, again, reason)
}

// awardTheOther overrules the protection of the lead that a ruling closes as
// a duplicate; the one that stays has it from now on.
func (w *disputeWork) awardTheOther(ctx context.Context, tx Tx, actor access.Actor, o DisputeOutcome, reason string) error {
	ends, stays := *w.own, w.target
	if o.Closes == "disputed" {
		ends, stays = stays, ends
	}
	if ends, err := again(ctx, tx, ends); err != nil {
		return err
	} else if err := Overrule(ctx, tx, actor, ends, reason); err != nil {
		return err
	}
	stays, err := again(ctx, tx, stays)
	if err != nil || stays.Lead.Ended() || stays.Lead.inProtection(ProtectionActive) {
		return err
	}
	return w.facts.pace.terms.Award(ctx, tx, actor, stays, reason)
}
