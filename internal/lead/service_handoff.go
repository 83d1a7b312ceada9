package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// HandOff offers a lead to another unit. The present unit stays responsible
// until the offer is accepted.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "handoff.unit_unknown"; and those of Lead.HandOff; Conflict
// "handoff.pending" while an offer is open.
func (s *Service) HandOff(ctx context.Context, actor access.Actor, lead id.Lead, o Order) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	if !actor.HasIn(access.UnitOffer, o.To) {
		return HandoffView{}, fault.New(fault.Forbidden, "forbidden", "The caller may not offer to this unit.")
	}
	var offered id.Handoff
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadHandOff, lead, nil)
		if err != nil {
			return err
		}
		offered, err = s.offer(ctx, tx, actor, seen, o, facts)
		return err
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, offered)
}

// offer makes an open offer of a locked lead.
func (s *Service) offer(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, o Order, facts cityFacts,
) (id.Handoff, error) {
	h, err := orderOf(ctx, tx, actor, seen, o, facts)
	if err != nil {
		return 0, err
	}
	if err := tx.InsertHandoff(ctx, seen, &h); err != nil {
		return 0, err
	}
	return h.ID, offered(ctx, tx, actor, seen, sending{o, h, facts})
}

// orderOf checks an order against the lead and the city: nothing else is on
// offer, the receiver is another open unit, the package is whole.
func orderOf(ctx context.Context, tx Tx, actor access.Actor, seen Seen, o Order, facts cityFacts) (Handoff, error) {
	now := tx.Now(ctx)
	if err := refusePending(ctx, tx, seen, now); err != nil {
		return Handoff{}, err
	}
	h, err := seen.Lead.HandOff(o, facts.places.UnitOpen(o.To), actor.User, now, facts.due(ruleAnswerWithin, now))
	if err != nil {
		return Handoff{}, err
	}
	attached, err := tx.Attached(ctx, seen)
	if err != nil {
		return Handoff{}, err
	}
	return h, incomplete(seen.Lead.Package(facts.places.Rule, attached, o.parts()))
}

// sending is an order with the offer that was written for it.
type sending struct {
	order   Order
	handoff Handoff
	facts   cityFacts
}

// offered gives the receiver of a written offer its right to look.
func offered(ctx context.Context, tx Tx, actor access.Actor, seen Seen, s sending) error {
	o, h, facts := s.order, s.handoff, s.facts
	if err := nameMembers(ctx, tx, seen, h, o.Members); err != nil {
		return err
	}
	part := PartRow{UnitID: o.To, Part: access.Offered, FromAt: h.OfferedAt, Until: h.DueAt, HandoffID: &h.ID}
	if err := tx.AddPart(ctx, seen.Lead, part); err != nil {
		return err
	}
	answer := ClockStart{Kind: ClockAnswer, UnitID: o.To, HandoffID: &h.ID, At: h.OfferedAt, Pace: paceOf(facts.places)}
	if err := tx.StartClock(ctx, seen, answer); err != nil {
		return err
	}
	return note(ctx, tx, actor, step{seen.Lead, h, ActOffered, h.OfferedAt})
}

// nameMembers lets the receiver's named persons see a restricted lead while
// it is on offer.
func nameMembers(ctx context.Context, tx Tx, seen Seen, h Handoff, members []id.User) error {
	if !seen.Lead.Restricted {
		return nil
	}
	live, err := tx.LiveMembers(ctx, h.ToUnitID, members, clock.DateOf(h.OfferedAt))
	if err != nil {
		return err
	}
	if len(live) != len(members) {
		return fault.BadField("member_ids", "unknown_value")
	}
	for _, user := range live {
		if err := tx.AddMemberForOffer(ctx, seen, h, user); err != nil {
			return err
		}
	}
	return nil
}

// step is one thing that happened to a hand-off.
type step struct {
	lead    Lead
	handoff Handoff
	kind    ActivityKind
	at      time.Time
}

// note writes a hand-off's step into the lead's stream and the audit.
func note(ctx context.Context, tx Tx, actor access.Actor, s step) error {
	l, h := s.lead, s.handoff
	a := activity(actor, l, s.kind, s.at)
	a.HandoffID = &h.ID
	if s.kind.moves() {
		moved := l.Version + 1
		a.Fields, a.LeadVersion = Names{"unit_id"}, &moved
	}
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	e := line(actor, l, "handoff."+string(s.kind))
	e.Object, e.ObjectID = "handoff", int64(h.ID)
	e.Reason = s.reason()
	e.Changes = handoffChanges(h)
	if err := tx.Record(ctx, e); err != nil {
		return err
	}
	return tell(ctx, tx, s, actor.User)
}

// reason is what was said with the step.
func (s step) reason() string {
	switch s.kind {
	case ActOffered, ActReferred, ActAssigned, ActReturned:
		return s.handoff.Reason
	case ActObjected:
		return s.handoff.ObjectReason
	case ActDecided:
		return s.handoff.DecideReason
	}
	return s.handoff.AnswerReason
}

// tell lets the other end of a hand-off know what happened to it; of what a
// rule did, both ends.
func tell(ctx context.Context, tx Tx, s step, by id.User) error {
	h := s.handoff
	units := []id.Unit{h.FromUnitID}
	switch s.kind {
	case ActOffered, ActWithdrawn, ActReferred, ActAssigned, ActReturned, ActDecided:
		units = []id.Unit{h.ToUnitID}
	}
	if by == 0 && s.kind == ActOffered {
		if err := tellReoffered(ctx, tx, h); err != nil {
			return err
		}
	} else if by == 0 {
		units = []id.Unit{h.FromUnitID, h.ToUnitID}
	}
	kind := "handoff." + string(s.kind)
	if s.kind == ActReferred {
		kind = "pool.referred"
	}
	n := event.Notice{
		Kind: kind, Lead: h.LeadID, Units: units, By: by, Handoff: h.ID, Object: "handoff", ObjectID: int64(h.ID),
	}
	if s.kind == ActWithdrawn || s.kind == ActExpired {
		farewell(&n, s.lead)
	}
	return tx.Notify(ctx, n)
}

// tellReoffered tells the bureau that the program offered a lead of its pool.
func tellReoffered(ctx context.Context, tx Tx, h Handoff) error {
	return tx.Notify(ctx, event.Notice{
		Kind: "pool.reoffered", Lead: h.LeadID, Units: []id.Unit{h.FromUnitID}, Handoff: h.ID, Object: "handoff", ObjectID: int64(h.ID),
	})
}

// farewell lets a notice reach those whose right to the lead ends with what it
// tells. It names the lead by its code alone. The units of a restricted lead
// have people who never knew of it: of them those alone who did are told.
func farewell(n *event.Notice, l Lead) {
	n.Apart, n.Params = event.ApartUnit, map[string]string{"reference": l.Code}
	if l.Restricted || n.Handoff != 0 {
		n.Apart = event.ApartTold
	}
}

// Answer accepts or refuses an offer for the receiving unit, or takes it
// back for the giving one.
//
// Errors: NotFound "handoff.unknown"; Forbidden "forbidden"; Conflict
// "handoff.answered" or "handoff.expired"; Invalid "input.invalid" on reason.
func (s *Service) Answer(
	ctx context.Context, actor access.Actor, handoff id.Handoff, answer Answer,
) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	var after Handoff
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, h, err := tx.LockOffered(ctx, actor, handoff)
		if err != nil {
			return err
		}
		if err := mayAnswer(actor, seen, h, answer.State); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if after, err = h.Answered(answer, actor.User, now); err != nil {
			return err
		}
		return s.settle(ctx, tx, actor, seen, after, facts)
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.answered(ctx, actor, after)
}

// mayAnswer asks for the right side of the hand-off and for the right.
func mayAnswer(actor access.Actor, seen Seen, h Handoff, to HandoffState) error {
	p, unit := access.LeadAnswer, h.ToUnitID
	if to == WithdrawnOffer {
		p, unit = access.LeadWithdraw, h.FromUnitID
	}
	part := access.Offered
	if p == access.LeadWithdraw {
		part = access.Owner
	}
	scope := actor.ActScope(p)
	row := access.Standing{
		Facts:      []access.Fact{{Part: part, Unit: unit}},
		Restricted: seen.Lead.Restricted, Member: seen.Standing.Member,
	}
	if !scope.Covers(row) {
		return fault.New(fault.Forbidden, "forbidden", "The caller may not answer for this unit.")
	}
	return nil
}

// settle writes the answer and what follows from it.
func (s *Service) settle(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, h Handoff, facts cityFacts,
) error {
	now := *h.AnsweredAt
	kind := map[HandoffState]ActivityKind{Accepted: ActAccepted, Refused: ActRefused, WithdrawnOffer: ActWithdrawn}[h.State]
	if err := tx.EndParts(ctx, seen.Lead, []access.Part{access.Offered}, []id.Unit{h.ToUnitID}, now); err != nil {
		return err
	}
	if h.State == Accepted {
		h = h.withSnapshot(seen.Lead)
	}
	if err := tx.SaveHandoff(ctx, seen, h, Offered); err != nil {
		return err
	}
	if err := tx.SettleMembers(ctx, seen, h); err != nil {
		return err
	}
	if h.State == Accepted {
		if err := moveOn(ctx, tx, seen, h, PassedOn, facts); err != nil {
			return err
		}
	}
	if err := note(ctx, tx, actor, step{seen.Lead, h, kind, now}); err != nil {
		return err
	}
	if h.State == Refused {
		return s.referRefused(ctx, tx, seen, now, facts)
	}
	return nil
}

// answered returns the hand-off after an answer. The receiver of an offer
// that it refused sees nothing of the lead any more, so the answer carries
// the hand-off alone.
func (s *Service) answered(ctx context.Context, actor access.Actor, h Handoff) (HandoffView, error) {
	v, err := s.Handoff(ctx, actor, h.ID)
	if fault.KindOf(err) == fault.NotFound {
		return bare(h), nil
	}
	return v, err
}
