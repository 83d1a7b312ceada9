package lead

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Return gives a lead back to the unit from which its holder accepted it. At
// one instant that unit is responsible again and the returner a past holder.
// If the giver is closed by now, the lead goes to the pool.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on reason; Conflict "handoff.pending"; and those of
// Lead.Return.
func (s *Service) Return(ctx context.Context, actor access.Actor, lead id.Lead, reason string) (HandoffView, error) {
	return s.giveUp(ctx, actor, access.LeadHandOff, lead, reason, func(seen Seen, held Held, now time.Time, f cityFacts) (Handoff, error) {
		h, err := seen.Lead.Return(held, reason, actor.User, now)
		if err == nil && !f.places.UnitOpen(h.ToUnitID) {
			h.ToUnitID, h.Cause = f.places.Pool(), CauseUnitClosed
		}
		return h, err
	})
}

// Refer puts a lead into the bureau's pool.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on reason; Conflict "handoff.pending"; and those of
// Lead.Refer.
func (s *Service) Refer(ctx context.Context, actor access.Actor, lead id.Lead, reason string) (HandoffView, error) {
	return s.giveUp(ctx, actor, access.LeadRefer, lead, reason, func(seen Seen, held Held, now time.Time, f cityFacts) (Handoff, error) {
		return seen.Lead.Refer(held, f.places.Pool(), reason, actor.User, now)
	})
}

// decide makes the hand-off of an act from what is held, behind the lock.
type decide func(seen Seen, held Held, now time.Time, facts cityFacts) (Handoff, error)

// giveUp lets the holder's responsibility go at once.
func (s *Service) giveUp(
	ctx context.Context, actor access.Actor, p access.Permission, lead id.Lead, reason string, how decide,
) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	var given id.Handoff
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, p, lead, nil)
		if err != nil {
			return err
		}
		if err := reasonOf(reason, true); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := refusePending(ctx, tx, seen, now); err != nil {
			return err
		}
		held, err := tx.Held(ctx, seen)
		if err != nil {
			return err
		}
		h, err := how(seen, held, now, facts)
		if err != nil {
			return err
		}
		given, err = s.atOnce(ctx, tx, actor, seen, h, facts)
		return err
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, given)
}

// Assign gives a lead of the pool to a unit, which is responsible at once and
// may object once, within the days that the city leaves for it.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" by field; Conflict "handoff.pending"; and those of
// Lead.Assign.
func (s *Service) Assign(ctx context.Context, actor access.Actor, lead id.Lead, o Order) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	var given id.Handoff
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadAssign, lead, nil)
		if err != nil {
			return err
		}
		if err := fault.Broken("input.invalid", o.broken(seen.Lead.Restricted, false)); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := refusePending(ctx, tx, seen, now); err != nil {
			return err
		}
		h, err := seen.Lead.Assign(o, facts.places.Pool(), facts.places.UnitOpen(o.To), actor.User, now, facts.due(ruleObjectWithin, now))
		if err != nil {
			return err
		}
		h.Named = o.Members
		given, err = s.atOnce(ctx, tx, actor, seen, h, facts)
		return err
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, given)
}

// Object lets the unit say, once and in time, why it should not hold a lead
// that the bureau assigned to it. The unit stays responsible until the bureau
// has decided.
//
// Errors: NotFound "handoff.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on reason; and those of Handoff.Objected.
func (s *Service) Object(ctx context.Context, actor access.Actor, handoff id.Handoff, reason string) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, h, err := tx.LockOffered(ctx, actor, handoff)
		if err != nil {
			return err
		}
		if !mayObject(actor, seen, h) {
			return fault.New(fault.Forbidden, "forbidden", "The caller may not object for this unit.")
		}
		if err := reasonOf(reason, true); err != nil {
			return err
		}
		before, err := tx.Objections(ctx, seen, h)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		if h, err = h.Objected(reason, before, actor.User, now); err != nil {
			return err
		}
		return objected(ctx, tx, actor, seen, h, facts)
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, handoff)
}

// objected writes an objection; the bureau owes a decision.
func objected(ctx context.Context, tx Tx, actor access.Actor, seen Seen, h Handoff, facts cityFacts) error {
	if err := tx.SaveHandoff(ctx, seen, h, Accepted); err != nil {
		return err
	}
	decision := ClockStart{
		Kind: ClockRule, UnitID: facts.places.Pool(), HandoffID: &h.ID, At: *h.ObjectedAt, Pace: paceOf(facts.places),
	}
	if err := tx.StartClock(ctx, seen, decision); err != nil {
		return err
	}
	return note(ctx, tx, actor, step{seen.Lead, h, ActObjected, *h.ObjectedAt})
}

// mayObject asks that the caller acts for the receiving unit with the right
// to hand on.
func mayObject(actor access.Actor, seen Seen, h Handoff) bool {
	return actor.ActScope(access.LeadHandOff).Covers(access.Standing{
		Facts:      []access.Fact{{Part: access.Owner, Unit: h.ToUnitID}},
		Restricted: seen.Lead.Restricted, Member: seen.Standing.Member,
	})
}

// Decide is the bureau's word on an objection: the unit keeps the lead, or
// the lead goes back to the pool.
//
// Errors: NotFound "handoff.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on decision and reason; Conflict "handoff.pending"; and
// those of Handoff.Decided.
func (s *Service) Decide(
	ctx context.Context, actor access.Actor, handoff id.Handoff, d Decision, reason string,
) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, h, err := tx.LockOffered(ctx, actor, handoff)
		if err != nil {
			return err
		}
		if !actor.ActScope(access.LeadDecide).Covers(seen.Standing) {
			return fault.New(fault.Forbidden, "forbidden", "The caller may not decide on objections.")
		}
		var bad rules
		bad.oneOf("decision", string(d), []string{string(Uphold), string(Cancel)})
		bad.text("reason", reason, true, MaxReason)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if h, err = h.Decided(d, reason, actor.User, now); err != nil {
			return err
		}
		return s.decided(ctx, tx, actor, seen, h, facts)
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, handoff)
}

// decided writes the decision, and takes a cancelled assignment back.
func (s *Service) decided(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, h Handoff, facts cityFacts,
) error {
	now := *h.DecidedAt
	if h.Decision == Cancel {
		if err := refusePending(ctx, tx, seen, now); err != nil {
			return err
		}
	}
	if err := tx.SaveHandoff(ctx, seen, h, Accepted); err != nil {
		return err
	}
	if err := tx.CloseClocks(ctx, seen, ClockClose{Kinds: []ClockKind{ClockRule}, HandoffID: &h.ID, At: now}); err != nil {
		return err
	}
	if err := note(ctx, tx, actor, step{seen.Lead, h, ActDecided, now}); err != nil {
		return err
	}
	if h.Decision == Uphold {
		return nil
	}
	back := seen.Lead.atOnce(KindReturn, facts.places.Pool(), actor.User, now)
	back.Reason, back.Cause = h.DecideReason, CauseObjection
	_, err := s.atOnce(ctx, tx, actor, seen, back, facts)
	return err
}

// referRefused puts a lead into the pool that was refused too often since its
// holder got it. The reasons stand in the refusals, and once more together.
func (s *Service) referRefused(ctx context.Context, tx Tx, seen Seen, now time.Time, facts cityFacts) error {
	if seen.Lead.UnitID == facts.places.Pool() {
		return nil
	}
	reasons, err := tx.Refusals(ctx, seen)
	if err != nil || int64(len(reasons)) < facts.number(ruleRefusals) {
		return err
	}
	h := seen.Lead.atOnce(KindReferral, facts.places.Pool(), 0, now)
	h.Cause, h.Reason = CauseRefusals, shortened(strings.Join(slices.Compact(reasons), "; "))
	_, err = s.atOnce(ctx, tx, access.Actor{}, seen, h, facts)
	return err
}

// shortened cuts a text that was put together to what a reason may hold.
func shortened(text string) string {
	if r := []rune(text); len(r) > MaxReason {
		return string(r[:MaxReason-1]) + "…"
	}
	return text
}
