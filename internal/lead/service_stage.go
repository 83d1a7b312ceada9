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

// ChangeStage moves a lead to another stage. version is the one the caller
// saw.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden", "stage.reopen",
// "stage.pass", "stage.skip", "stage.back", "stage.pause" or "stage.lose";
// Stale "lead.stale"; Conflict "stage.same"; Conflict "merge.merged"; Conflict
// "handoff.pending" when a lead on offer would end; Conflict "stage.off_track"
// when the lead's track leaves the stage out; Conflict "stage.gate" with
// everything that is missing; Conflict "lifecycle.none"; Invalid
// "input.invalid" by field.
func (s *Service) ChangeStage(
	ctx context.Context, actor access.Actor, lead id.Lead, version int64, m Move,
) (View, error) {
	pace, err := s.Pace(ctx)
	if err != nil {
		return View{}, err
	}
	r, err := s.register(ctx)
	if err != nil {
		return View{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadChangeStage, lead, &version)
		if err != nil {
			return err
		}
		if err := s.move(ctx, tx, actor, seen, m, r); err != nil {
			return err
		}
		return pace.moved(ctx, tx, seen, m.To, tx.Now(ctx))
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, actor, lead)
}

func (s *Service) move(ctx context.Context, tx Tx, actor access.Actor, seen Seen, m Move, r register) error {
	now := tx.Now(ctx)
	mayReopen := actor.ActScope(access.LeadReopen).Covers(seen.Standing)
	after, err := seen.Lead.Moved(m, clock.DateOf(now), mayReopen)
	if err != nil {
		return err
	}
	if err := refuseMerged(ctx, tx, seen); err != nil {
		return err
	}
	if after.Ended() {
		if err := refusePending(ctx, tx, seen, now); err != nil {
			return err
		}
	}
	passage, cycle, err := admit(ctx, tx, actor, seen, m)
	if err != nil {
		return err
	}
	if err := r.followStage(ctx, tx, seen.Lead, &after, now); err != nil {
		return err
	}
	after.StageSince, after.ActivityAt = now, now
	_, err = passing{
		seen: seen, after: after, at: now, reason: m.said(), happened: m.HappenedOn, entered: ByGate, cycle: &cycle,
		used: passage.Confirmations(), loss: m.loss(clock.DateOf(now)),
	}.walk(ctx, tx, actor)
	return err
}

// said is the reason as the stream and the audit keep it.
func (m Move) said() string {
	if m.LostTo == "" {
		return m.Reason
	}
	return m.Reason + " → " + m.LostTo
}

// loss is where a lost project went; nil for another move.
func (m Move) loss(today clock.Date) *Loss {
	if m.To != Lost {
		return nil
	}
	l := Loss{LostOn: today, Place: m.LostTo, Province: m.LostProvince, Country: m.LostCountry, Reason: m.Reason}
	if m.HappenedOn != nil {
		l.LostOn = *m.HappenedOn
	}
	return &l
}

// refusePending refuses while the lead is on offer. An offer past its
// deadline is recorded as expired on the way.
func refusePending(ctx context.Context, tx Tx, seen Seen, now time.Time) error {
	open, err := tx.OpenHandoff(ctx, seen)
	if err != nil || open == nil {
		return err
	}
	if open.At(now).State == Offered {
		return fault.New(fault.Conflict, "handoff.pending", "The lead is on offer.").
			With("handoff_id", open.ID).With("to_unit_id", open.ToUnitID)
	}
	return expire(ctx, tx, seen, *open)
}

// expire records that nobody answered in time. Nothing depends on when it
// happens: the deadline alone decides.
func expire(ctx context.Context, tx Tx, seen Seen, h Handoff) error {
	h.State, h.AnsweredAt = Expired, &h.DueAt
	h.Version++
	if err := tx.SaveHandoff(ctx, seen, h, Offered); err != nil {
		return err
	}
	a := Activity{LeadID: h.LeadID, At: h.DueAt, Kind: ActExpired, UnitID: &h.ToUnitID, HandoffID: &h.ID}
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	err := tx.Record(ctx, event.Line{
		Kind: "handoff.expired", Unit: h.ToUnitID, Object: "handoff", ObjectID: int64(h.ID),
		Lead: h.LeadID, Restricted: seen.Lead.Restricted, Outcome: event.Done,
	})
	if err != nil {
		return err
	}
	return tell(ctx, tx, step{seen.Lead, h, ActExpired, h.DueAt}, 0)
}

// addCoordinators lets the platforms that coordinate the holder read along.
func addCoordinators(ctx context.Context, tx Tx, l Lead, places Places, now time.Time) error {
	for _, unit := range places.Coordinators(l.UnitID) {
		part := PartRow{UnitID: unit, Part: access.Coordinator, FromAt: now, Until: clock.Forever()}
		if err := tx.AddPart(ctx, l, part); err != nil {
			return err
		}
	}
	return nil
}

// addChain lets the team of the lead's chain read along.
func addChain(ctx context.Context, tx Tx, l Lead, places Places, now time.Time) error {
	unit, known := places.ChainUnit(l.ChainCode())
	if !known {
		return nil
	}
	return tx.AddPart(ctx, l, PartRow{UnitID: unit, Part: access.Chain, FromAt: now, Until: clock.Forever()})
}

// followChain moves the reading right when the chain changes.
func followChain(ctx context.Context, tx Tx, before, after Lead, places Places, now time.Time) error {
	if before.ChainCode() == after.ChainCode() {
		return nil
	}
	if err := tx.EndParts(ctx, after, []access.Part{access.Chain}, nil, now); err != nil {
		return err
	}
	return addChain(ctx, tx, after, places, now)
}
