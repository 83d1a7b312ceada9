package lead

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Rule decides a dispute: the bureau while its time runs, afterwards the
// leading body, whose decision the bureau's head may write down. Everything
// that follows from it happens at the same instant.
//
// Errors: NotFound "dispute.unknown"; Forbidden "forbidden"; Conflict
// "dispute.closed"; Conflict "dispute.talking" while the units' time runs;
// Conflict "dispute.leading" for the bureau when its time has passed; those
// of the outcome by field; Conflict "lead.ended" when an ended lead would
// move.
func (s *Service) Rule(ctx context.Context, actor access.Actor, dispute id.Dispute, o DisputeOutcome) (DisputeView, error) {
	return s.onDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		if err := w.mayRule(actor); err != nil {
			return err
		}
		o.State, o.Body = OutcomeRuled, BodyBureau
		if w.dispute.State == DisputeLeading {
			o.Body = BodyLeading
		}
		if err := w.decide(ctx, tx, actor, &o); err != nil {
			return err
		}
		if err := w.close(ctx, tx, actor, DisputeRuled, &o.ID); err != nil {
			return err
		}
		before := w.target
		if err := s.apply(ctx, tx, actor, w, o); err != nil {
			return err
		}
		if err := w.protectByRuling(ctx, tx, actor, before, o); err != nil {
			return err
		}
		return w.tell(ctx, tx, actor, DisputeStep{Kind: StepRuled, Text: o.Reason, OutcomeID: &o.ID})
	})
}

func (w *disputeWork) mayRule(actor access.Actor) error {
	w.seen.Dispute = w.dispute
	if mayRule(actor, w.seen) {
		return nil
	}
	rules := w.sides(actor, access.DisputeRule)
	switch {
	case !rules.Bureau && !rules.Leading:
		return notASide()
	case w.dispute.State == DisputeTalking:
		return fault.New(fault.Conflict, "dispute.talking", "The units still have time to talk.").With("due_at", w.dispute.TalkDueAt)
	}
	return fault.New(fault.Conflict, "dispute.leading", "The dispute is before the leading body.")
}

// apply does what an outcome says.
func (s *Service) apply(ctx context.Context, tx Tx, actor access.Actor, w *disputeWork, o DisputeOutcome) error {
	if o.Outcome == OutcomeDuplicate {
		return s.closeDuplicate(ctx, tx, actor, w, o)
	}
	if o.Outcome == OutcomeReassigned && *o.HolderUnitID == w.target.Lead.UnitID {
		return withField("handoff.self", "The unit holds the lead already.", "holder_unit_id")
	}
	if err := w.move(ctx, tx, actor, o); err != nil {
		return err
	}
	return w.share(ctx, tx, actor, o)
}

// move passes responsibility to the unit that the outcome names, at one
// instant, as a hand-off of its own kind.
func (w *disputeWork) move(ctx context.Context, tx Tx, actor access.Actor, o DisputeOutcome) error {
	l := w.target.Lead
	if *o.HolderUnitID == l.UnitID {
		return nil
	}
	if l.Ended() {
		return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	if err := endOffer(ctx, tx, actor, w.target, w.now, o.Reason); err != nil {
		return err
	}
	if l.Restricted && len(o.Members) == 0 {
		return fault.BadField("member_ids", "handoff.members_required")
	}
	return w.passOn(ctx, tx, actor, o)
}

// passOn writes the hand-off of an outcome and what follows from it.
func (w *disputeWork) passOn(ctx context.Context, tx Tx, actor access.Actor, o DisputeOutcome) error {
	l := w.target.Lead
	h := Handoff{
		LeadID: l.ID, FromUnitID: l.UnitID, ToUnitID: *o.HolderUnitID, State: Accepted, Reason: o.Reason, OfferedAt: w.now,
		OfferedBy: &actor.User, DueAt: w.now, AnsweredAt: &w.now, AnsweredBy: &actor.User, Version: 1, Kind: KindDispute, Parts: AllParts(),
	}.withSnapshot(l)
	if err := tx.InsertHandoff(ctx, w.target, &h); err != nil {
		return err
	}
	if err := w.nameHolders(ctx, tx, actor, o); err != nil {
		return err
	}
	if err := moveOn(ctx, tx, w.target, h, PassedOn, w.facts.city); err != nil {
		return err
	}
	if err := note(ctx, tx, actor, step{l, h, ActAccepted, w.now}); err != nil {
		return err
	}
	err := tx.Notify(ctx, event.Notice{
		Kind: "handoff.assigned", Lead: l.ID, Units: []id.Unit{h.ToUnitID}, By: actor.User, Handoff: h.ID,
		Object: "handoff", ObjectID: int64(h.ID),
	})
	if err != nil {
		return err
	}
	w.target, err = again(ctx, tx, w.target)
	return err
}

// nameHolders lets the named persons of the new holder see a restricted lead.
func (w *disputeWork) nameHolders(ctx context.Context, tx Tx, actor access.Actor, o DisputeOutcome) error {
	if !w.target.Lead.Restricted {
		return nil
	}
	live, err := tx.LiveMembers(ctx, *o.HolderUnitID, o.Members, clock.DateOf(w.now))
	if err != nil {
		return err
	}
	if len(live) != len(o.Members) {
		return fault.BadField("member_ids", "unknown_value")
	}
	for _, user := range live {
		if err := tx.AddMember(ctx, w.target, user, actor.User, w.now); err != nil {
			return err
		}
	}
	return nil
}

// endOffer takes back an offer of a lead that is decided over.
func endOffer(ctx context.Context, tx Tx, actor access.Actor, seen Seen, at time.Time, reason string) error {
	open, err := tx.OpenHandoff(ctx, seen)
	if err != nil || open == nil {
		return err
	}
	if open.At(at).State == Expired {
		return expire(ctx, tx, seen, *open)
	}
	h := *open
	h.State, h.AnsweredAt, h.AnsweredBy, h.AnswerReason = WithdrawnOffer, &at, &actor.User, cut(reason, MaxReason)
	h.Version++
	if err := tx.EndParts(ctx, seen.Lead, []access.Part{access.Offered}, []id.Unit{h.ToUnitID}, at); err != nil {
		return err
	}
	if err := tx.SaveHandoff(ctx, seen, h, Offered); err != nil {
		return err
	}
	if err := tx.SettleMembers(ctx, seen, h); err != nil {
		return err
	}
	return note(ctx, tx, actor, step{seen.Lead, h, ActWithdrawn, at})
}

// cut shortens a text to so many characters.
func cut(text string, limit int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), limit)])
}

// share writes who holds which share of the credit from now on. Co-holders
// help the responsible unit; a single holder has the credit alone.
func (w *disputeWork) share(ctx context.Context, tx Tx, actor access.Actor, o DisputeOutcome) error {
	before, err := tx.SharesFor(ctx, w.target)
	if err != nil {
		return err
	}
	if err := tx.SetShares(ctx, w.target, o.ID, o.Shares, w.now); err != nil {
		return err
	}
	for _, s := range o.Shares {
		if s.UnitID == w.target.Lead.UnitID {
			continue
		}
		added, err := tx.HelpOnce(ctx, w.target, s.UnitID, w.now)
		if err != nil {
			return err
		}
		if !added || w.dispute.party(s.UnitID) { // a party learns it with the outcome
			continue
		}
		n := event.Notice{Kind: helpAdded, Lead: w.target.Lead.ID, Units: []id.Unit{s.UnitID}, By: actor.User}
		if err := tx.Notify(ctx, n); err != nil {
			return err
		}
	}
	was, became := sharesText(before), sharesText(o.Shares)
	if was == became {
		return nil
	}
	e := line(actor, w.target.Lead, "lead.shares_set")
	e.Changes = []event.Change{{Field: "shares", Before: was, After: became}}
	return tx.Record(ctx, e)
}

// sharesText is shares as the audit keeps them: unit and basis points.
func sharesText(shares []Share) string {
	out := make([]string, 0, len(shares))
	for _, s := range shares {
		out = append(out, s.UnitID.String()+":"+strconv.FormatInt(s.BasisPoints, 10))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// closeDuplicate ends one of the two leads as a duplicate of the other, and
// merges it when the outcome says so.
func (s *Service) closeDuplicate(ctx context.Context, tx Tx, actor access.Actor, w *disputeWork, o DisputeOutcome) error {
	ends, stays := *w.own, w.target
	if o.Closes == "disputed" {
		ends, stays = stays, ends
	}
	if err := endOffer(ctx, tx, actor, ends, w.now, o.Reason); err != nil {
		return err
	}
	if o.Merges {
		m := merging{from: ends, into: stays, order: MergeOrder{Reason: o.Reason}, dispute: &w.dispute.ID, now: w.now, places: w.facts.places, pace: w.facts.pace}
		_, err := s.merge(ctx, tx, actor, m)
		return err
	}
	if ends.Lead.Ended() {
		return nil
	}
	_, err := endAsDuplicate(ctx, tx, actor, ending{seen: ends, at: w.now, reason: o.Reason, pace: w.facts.pace})
	return err
}
