package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The city's numbers of the hand-off protocol.
const (
	ruleAnswerWithin = "answer_within_days"         // working days to answer an offer
	ruleReturnWithin = "return_within_days"         // working days in which an accepted lead may be given back
	ruleRefusals     = "refusals_to_pool"           // refusals after which a lead goes to the pool
	ruleBureauFrom   = "bureau_helper_from_yuan10k" // planned amount (万元) from which the bureau helps
)

// cityFacts is what the moves of a lead need to know of the city today.
type cityFacts struct {
	places Places
	office *clock.Office
}

func (s *Service) cityFacts(ctx context.Context) (cityFacts, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return cityFacts{}, fmt.Errorf("read the city's places: %w", err)
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return cityFacts{}, fmt.Errorf("read the office calendar: %w", err)
	}
	for _, key := range []string{
		ruleAnswerWithin, ruleReturnWithin, ruleObjectWithin, ruleRefusals, ruleBureauFrom, ruleReofferAfter,
	} {
		if _, set := places.Rule(key); !set {
			return cityFacts{}, fmt.Errorf("the city has no rule %q", key)
		}
	}
	return cityFacts{places: places, office: office}, nil
}

func (f cityFacts) number(key string) int64 {
	n, _ := f.places.Rule(key)
	return n
}

// due is the end of a limit of working days that begins now.
func (f cityFacts) due(key string, now time.Time) time.Time {
	return f.office.Due(now, int(f.number(key)))
}

// moveOn lets responsibility go from the giver of a hand-off to its receiver,
// at the one instant at which it was answered. previous is what becomes of
// the hand-off by which the giver held the lead.
func moveOn(
	ctx context.Context, tx Tx, seen Seen, h Handoff, previous HandoffState, facts cityFacts,
) error {
	now := *h.AnsweredAt
	open, err := tx.UnitOpen(ctx, h.ToUnitID, clock.DateOf(now))
	if err != nil {
		return err
	}
	if !open {
		return fault.New(fault.Conflict, "handoff.receiver_closed", "The receiving unit was closed.").With("to_unit_id", h.ToUnitID)
	}
	if err := endHolding(ctx, tx, seen, previous, now); err != nil {
		return err
	}
	if err := tx.DropDrafts(ctx, seen); err != nil {
		return err
	}
	if err := moveParts(ctx, tx, seen, h, facts); err != nil {
		return err
	}
	return tx.HoldBack(ctx, seen, h)
}

// moveParts writes who holds the lead now, who held it, and who reads along.
func moveParts(ctx context.Context, tx Tx, seen Seen, h Handoff, facts cityFacts) error {
	l, now := seen.Lead, *h.AnsweredAt
	if err := tx.EndParts(ctx, l, []access.Part{access.Owner, access.Coordinator}, nil, now); err != nil {
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
	if h.Kind == KindOffer {
		by := facts.due(ruleReturnWithin, now)
		owner.ReturnBy = &by
	}
	if err := tx.AddPart(ctx, l, owner); err != nil {
		return err
	}
	if err := addCoordinators(ctx, tx, l, facts.places, now); err != nil {
		return err
	}
	if err := moveClocks(ctx, tx, seen, l, facts); err != nil {
		return err
	}
	return joinBureau(ctx, tx, l, facts.places, now)
}

// moveClocks lets the clocks follow the holder; a lead that enters the pool
// is to be offered again before it lies idle.
func moveClocks(ctx context.Context, tx Tx, seen Seen, after Lead, facts cityFacts) error {
	pace, now := paceOf(facts.places), after.ActivityAt
	if err := pace.passed(ctx, tx, seen, after, now); err != nil {
		return err
	}
	ended := ClockClose{Kinds: []ClockKind{ClockReoffer}, At: now}
	if err := tx.CloseClocks(ctx, seen, ended); err != nil || after.UnitID != facts.places.Pool() {
		return err
	}
	return tx.StartClock(ctx, seen, ClockStart{Kind: ClockReoffer, UnitID: after.UnitID, At: now, Pace: pace})
}

// endHolding says of the hand-off by which the present unit holds the lead
// how that ended. A completed one stays completed.
func endHolding(ctx context.Context, tx Tx, seen Seen, state HandoffState, now time.Time) error {
	held, err := tx.Held(ctx, seen)
	if err != nil {
		return err
	}
	if held.Handoff == nil || held.Handoff.State != Accepted {
		return nil
	}
	h := *held.Handoff
	if h.objectionOpen() { // with the holding the objection falls away
		gone := ClockClose{Kinds: []ClockKind{ClockRule}, HandoffID: &h.ID, At: now, Cancelled: true}
		if err := tx.CloseClocks(ctx, seen, gone); err != nil {
			return err
		}
	}
	h.State, h.EndedAt = state, &now
	h.Version++
	return tx.SaveHandoff(ctx, seen, h, Accepted)
}

// followDone completes the hand-off by which the unit holds the lead when the
// lead ends or the project starts, and takes that back when the lead does.
func followDone(ctx context.Context, tx Tx, seen Seen, after Lead, now time.Time) error {
	done := after.Stage.Done()
	if done == seen.Lead.Stage.Done() {
		return nil
	}
	held, err := tx.Held(ctx, seen)
	if err != nil || held.Handoff == nil {
		return err
	}
	h, from := *held.Handoff, Accepted
	if !done {
		from = CompletedHandoff
	}
	if h.State != from {
		return nil
	}
	h.State, h.EndedAt = CompletedHandoff, &now
	if !done {
		h.State, h.EndedAt = Accepted, nil
	}
	h.Version++
	return tx.SaveHandoff(ctx, seen, h, from)
}

// joinBureau makes the bureau a helper of a lead from an amount on that the
// city sets. Nothing but the bureau's own holding ends that again.
func joinBureau(ctx context.Context, tx Tx, l Lead, places Places, now time.Time) error {
	wan, set := places.Rule(ruleBureauFrom)
	pool := places.Pool()
	if !set || l.PlannedCents == nil || l.Currency != "CNY" || *l.PlannedCents < wan*centsPerWan || l.UnitID == pool {
		return nil
	}
	part := PartRow{UnitID: pool, Part: access.Helper, FromAt: now, Until: clock.Forever()}
	_, err := tx.AddPartOnce(ctx, l, part)
	return err
}

// atOnce carries out a hand-off that needs no answer: written, moved, noted.
func (s *Service) atOnce(
	ctx context.Context, tx Tx, actor access.Actor, seen Seen, h Handoff, facts cityFacts,
) (id.Handoff, error) {
	h = h.withSnapshot(seen.Lead)
	if err := tx.InsertHandoff(ctx, seen, &h); err != nil {
		return 0, err
	}
	if len(h.Named) > 0 {
		if err := nameForGood(ctx, tx, seen, h); err != nil {
			return 0, err
		}
	}
	previous := PassedOn
	if h.Kind == KindReturn {
		previous = Returned
	}
	if err := moveOn(ctx, tx, seen, h, previous, facts); err != nil {
		return 0, err
	}
	kind := map[HandoffKind]ActivityKind{KindReferral: ActReferred, KindAssignment: ActAssigned, KindReturn: ActReturned}[h.Kind]
	return h.ID, note(ctx, tx, actor, step{seen.Lead, h, kind, *h.AnsweredAt})
}

// nameForGood names the receiver's members of a restricted lead that moves at
// once.
func nameForGood(ctx context.Context, tx Tx, seen Seen, h Handoff) error {
	if err := nameMembers(ctx, tx, seen, h, h.Named); err != nil {
		return err
	}
	return tx.SettleMembers(ctx, seen, h)
}
