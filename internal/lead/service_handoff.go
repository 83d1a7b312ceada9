package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ruleAnswerWithin is the city's number of working days to answer an offer.
const ruleAnswerWithin = "answer_within_days"

// HandOff offers a lead to another unit. The present unit stays responsible
// until the offer is accepted.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "handoff.unit_unknown"; and those of Lead.HandOff; Conflict
// "handoff.pending" while an offer is open.
func (s *Service) HandOff(ctx context.Context, actor access.Actor, lead id.Lead, o Order) (HandoffView, error) {
	facts, err := s.orderFacts(ctx)
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

// orderFacts is what an offer needs to know of the city.
type orderFacts struct {
	places Places
	office *clock.Office
	within int
}

func (s *Service) orderFacts(ctx context.Context) (orderFacts, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return orderFacts{}, err
	}
	places, err := s.city.Places(ctx)
	if err != nil {
		return orderFacts{}, fmt.Errorf("read the city's places: %w", err)
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return orderFacts{}, fmt.Errorf("read the office calendar: %w", err)
	}
	days, err := s.city.Rule(ctx, ruleAnswerWithin, clock.DateOf(now))
	if err != nil {
		return orderFacts{}, fmt.Errorf("read the time to answer: %w", err)
	}
	return orderFacts{places: places, office: office, within: int(days)}, nil
}

func (s *Service) offer(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, o Order, facts orderFacts,
) (id.Handoff, error) {
	now := tx.Now(ctx)
	if err := refusePending(ctx, tx, seen, now); err != nil {
		return 0, err
	}
	h, err := seen.Lead.HandOff(o, facts.places.UnitOpen(o.To), actor.User, now, facts.office.Due(now, facts.within))
	if err != nil {
		return 0, err
	}
	if err := tx.InsertHandoff(ctx, seen, &h); err != nil {
		return 0, err
	}
	if err := nameMembers(ctx, tx, seen, h, o.Members); err != nil {
		return 0, err
	}
	part := PartRow{UnitID: o.To, Part: access.Offered, FromAt: now, Until: h.DueAt, HandoffID: &h.ID}
	if err := tx.AddPart(ctx, seen.Lead, part); err != nil {
		return 0, err
	}
	answer := ClockStart{Kind: ClockAnswer, UnitID: o.To, HandoffID: &h.ID, At: now, Pace: paceOf(facts.places)}
	if err := tx.StartClock(ctx, seen, answer); err != nil {
		return 0, err
	}
	return h.ID, note(ctx, tx, actor, seen.Lead, step{h, ActOffered, now})
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
	handoff Handoff
	kind    ActivityKind
	at      time.Time
}

// note writes a hand-off's step into the lead's stream and the audit.
func note(ctx context.Context, tx Tx, actor access.Actor, l Lead, s step) error {
	h := s.handoff
	a := activity(actor, l, s.kind, s.at)
	a.HandoffID = &h.ID
	if h.State == Accepted {
		moved := l.Version + 1
		a.Fields, a.LeadVersion = Names{"unit_id"}, &moved
	}
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	e := line(actor, l, "handoff."+string(s.kind))
	e.Object, e.ObjectID = "handoff", int64(h.ID)
	e.Reason = h.AnswerReason
	if s.kind == ActOffered {
		e.Reason = h.Reason
	}
	e.Changes = handoffChanges(h)
	if err := tx.Record(ctx, e); err != nil {
		return err
	}
	return tell(ctx, tx, h, "handoff."+string(s.kind), actor.User)
}

// tell lets the other end of a hand-off know what happened to it.
func tell(ctx context.Context, tx Tx, h Handoff, kind string, by id.User) error {
	other := h.FromUnitID
	if h.State == Offered || h.State == WithdrawnOffer {
		other = h.ToUnitID
	}
	return tx.Notify(ctx, event.Notice{
		Kind: kind, Lead: h.LeadID, Units: []id.Unit{other}, By: by, Handoff: h.ID, Object: "handoff", ObjectID: int64(h.ID),
	})
}

// Answer accepts or refuses an offer for the receiving unit, or takes it
// back for the giving one.
//
// Errors: NotFound "handoff.unknown"; Forbidden "forbidden"; Conflict
// "handoff.answered" or "handoff.expired"; Invalid "input.invalid" on reason.
func (s *Service) Answer(
	ctx context.Context, actor access.Actor, handoff id.Handoff, answer Answer,
) (HandoffView, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return HandoffView{}, fmt.Errorf("read the city's places: %w", err)
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
		return s.settle(ctx, tx, actor, seen, after, places)
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
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, h Handoff, places Places,
) error {
	now := *h.AnsweredAt
	kind := map[HandoffState]ActivityKind{Accepted: ActAccepted, Refused: ActRefused, WithdrawnOffer: ActWithdrawn}[h.State]
	l := seen.Lead
	if err := tx.EndParts(ctx, l, []access.Part{access.Offered}, []id.Unit{h.ToUnitID}, now); err != nil {
		return err
	}
	if h.State == Accepted {
		h = h.withSnapshot(l)
	}
	if err := tx.SaveHandoff(ctx, seen, h); err != nil {
		return err
	}
	if err := tx.SettleMembers(ctx, seen, h); err != nil {
		return err
	}
	if h.State == Accepted {
		if err := pass(ctx, tx, seen, h, places, now); err != nil {
			return err
		}
	}
	return note(ctx, tx, actor, l, step{h, kind, now})
}

// pass moves responsibility from the giver to the receiver at one instant.
func pass(ctx context.Context, tx Tx, seen Seen, h Handoff, places Places, now time.Time) error {
	l := seen.Lead
	held := []access.Part{access.Owner, access.Coordinator}
	if err := tx.EndParts(ctx, l, held, nil, now); err != nil {
		return err
	}
	if err := tx.EndParts(ctx, l, []access.Part{access.Past, access.Helper}, []id.Unit{h.FromUnitID, h.ToUnitID}, now); err != nil {
		return err
	}
	l.UnitID, l.ActivityAt = h.ToUnitID, now
	if err := tx.Save(ctx, seen, &l, true); err != nil {
		return err
	}
	past := PartRow{UnitID: h.FromUnitID, Part: access.Past, FromAt: now, Until: clock.Forever(), HandoffID: &h.ID}
	if err := tx.AddPart(ctx, l, past); err != nil {
		return err
	}
	owner := PartRow{UnitID: h.ToUnitID, Part: access.Owner, FromAt: now, Until: clock.Forever(), HandoffID: &h.ID}
	if err := tx.AddPart(ctx, l, owner); err != nil {
		return err
	}
	if err := paceOf(places).passed(ctx, tx, seen, l, now); err != nil {
		return err
	}
	return addCoordinators(ctx, tx, l, places, now)
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
