package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Delete removes a lead from every list; its audit lines stay.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Stale "lead.stale";
// Conflict "handoff.pending" while it is on offer; Conflict "dispute.pending"
// while it is disputed; Conflict "merge.undoable" while a merge with it can be
// undone; Invalid "input.invalid" on reason.
func (s *Service) Delete(ctx context.Context, actor access.Actor, lead id.Lead, version int64, reason string) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadDelete, lead, &version)
		if err != nil {
			return err
		}
		var bad rules
		bad.text("reason", reason, true, MaxReason)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := refusePending(ctx, tx, seen, now); err != nil {
			return err
		}
		if err := refuseEntangled(ctx, tx, seen, now); err != nil {
			return err
		}
		if err := tx.CloseClocks(ctx, seen, ClockClose{At: now, Cancelled: true}); err != nil {
			return err
		}
		if err := tellDeleted(ctx, tx, actor, seen.Lead, now); err != nil {
			return err
		}
		if err := tx.Delete(ctx, seen, now); err != nil {
			return err
		}
		l := line(actor, seen.Lead, "lead.deleted")
		l.Reason = reason
		return tx.Record(ctx, l)
	})
}

// tellDeleted tells who holds, helps or held a lead that it is gone.
func tellDeleted(ctx context.Context, tx Tx, actor access.Actor, l Lead, now time.Time) error {
	units, err := tx.UnitsWith(ctx, l, []access.Part{access.Owner, access.Helper, access.Past}, now)
	if err != nil {
		return err
	}
	n := event.Notice{Kind: "lead.deleted", Lead: l.ID, Units: units, By: actor.User}
	farewell(&n, l)
	return tx.Notify(ctx, n)
}
