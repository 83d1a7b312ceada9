package lead

import (
	"context"
	"errors"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/once"
)

// MaxBulk is how many leads one order may name.
const MaxBulk = 100

// BulkOrder asks to hand several leads to one unit.
type BulkOrder struct {
	Order
	Leads  []id.Lead
	DryRun bool // look only
}

// BulkItem is what became of one lead of a BulkOrder, or would become.
type BulkItem struct {
	LeadID    id.Lead
	HandoffID *id.Handoff
	Repeated  bool  // the same offer by the same person is open already
	Err       error // nil when it was, or would be, offered
}

// errOnlyLooking rolls a look back.
var errOnlyLooking = errors.New("only looking")

// HandOffAll offers each lead in a transaction of its own, so that one that
// cannot go does not hold up the others. A look does the same and takes it
// back, so that it tells exactly what would happen. Sent a second time, it
// finds the offers of the first and makes no others.
//
// Errors: Invalid "input.invalid" on lead_ids and on the words of the order;
// Forbidden "forbidden". What is wrong with one lead stands in its item.
func (s *Service) HandOffAll(ctx context.Context, actor access.Actor, b BulkOrder) ([]BulkItem, error) {
	var bad rules
	if len(b.Leads) == 0 {
		bad.add("lead_ids", "required")
	}
	seen := map[id.Lead]bool{}
	for _, l := range b.Leads {
		if seen[l] {
			bad.add("lead_ids", "doubled")
			break
		}
		seen[l] = true
	}
	bad = append(bad, b.broken(false, b.DryRun)...)
	if err := fault.Broken("input.invalid", bad); err != nil {
		return nil, err
	}
	if !actor.HasIn(access.UnitOffer, b.To) {
		return nil, fault.New(fault.Forbidden, "forbidden", "The caller may not offer to this unit.")
	}
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]BulkItem, 0, len(b.Leads))
	for _, l := range b.Leads {
		item := s.handOffOne(ctx, actor, l, b, facts)
		if aboutAll(item.Err) {
			return nil, item.Err
		}
		out = append(out, item)
	}
	return out, nil
}

// aboutAll tells whether an error is about the whole request and not about
// one lead: its key was answered before, or the program or its database
// failed.
func aboutAll(err error) bool {
	if err == nil {
		return false
	}
	kind := fault.KindOf(err)
	return errors.Is(err, once.ErrAnswered) || fault.CodeOf(err) == "idempotency.in_progress" || kind == fault.Internal || kind == fault.Unavailable
}

func (s *Service) handOffOne(
	ctx context.Context, actor access.Actor, lead id.Lead, b BulkOrder, facts cityFacts,
) BulkItem {
	item := BulkItem{LeadID: lead}
	o := b.Order
	if b.DryRun { // the words may still be missing: the other rules are looked at
		o.Reason, o.Ask = orDash(o.Reason), orDash(o.Ask)
	}
	item.Err = s.store.InTx(ctx, func(tx Tx) error {
		item.HandoffID, item.Repeated = nil, false
		seen, err := s.lock(ctx, tx, actor, access.LeadHandOff, lead, nil)
		if err != nil {
			return err
		}
		if open, err := sameOffer(ctx, tx, actor, seen, b); err != nil || open != nil {
			item.HandoffID, item.Repeated = open, open != nil
			return err
		}
		offered, err := s.offerWithMembers(ctx, tx, actor, seen, o, facts)
		item.HandoffID = offered
		if err == nil && b.DryRun {
			item.HandoffID, err = nil, errOnlyLooking
		}
		return err
	})
	if errors.Is(item.Err, errOnlyLooking) {
		item.Err = nil
	}
	return item
}

// offerWithMembers makes the offer and, of the persons named, takes those who
// are in the receiving unit when the lead is restricted.
func (s *Service) offerWithMembers(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, o Order, facts cityFacts,
) (*id.Handoff, error) {
	if seen.Lead.Restricted && len(o.Members) > 0 {
		var err error
		if o.Members, err = tx.LiveMembers(ctx, o.To, o.Members, clock.DateOf(tx.Now(ctx))); err != nil {
			return nil, err
		}
	}
	offered, err := s.offer(ctx, tx, actor, seen, o, facts)
	if err != nil {
		return nil, err
	}
	return &offered, nil
}

// sameOffer finds the open offer that the person made with the same words.
func sameOffer(ctx context.Context, tx Tx, actor access.Actor, seen Seen, b BulkOrder) (*id.Handoff, error) {
	open, err := tx.OpenHandoff(ctx, seen)
	if err != nil || open == nil || b.DryRun {
		return nil, err
	}
	same := open.At(tx.Now(ctx)).State == Offered && open.ToUnitID == b.To && open.Reason == b.Reason && open.Ask == b.Ask &&
		open.OfferedBy != nil && *open.OfferedBy == actor.User
	if !same {
		return nil, nil //nolint:nilnil // another offer is told by the order itself
	}
	return &open.ID, nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
