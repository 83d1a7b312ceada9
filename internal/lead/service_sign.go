package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// SignAtCeremony moves a lead to the stage "signed", as whoever confirms a
// ceremony says, through the same door as every other move of its stage. A
// lead that is signed already, or beyond, stays as it is.
//
// Who confirms the ceremony stands outside the responsible unit, so that the
// act is also the confirmation that the stage asks for.
//
// Errors: as ChangeStage, with the permission "signing.confirm".
func (s *Service) SignAtCeremony(ctx context.Context, actor access.Actor, lead id.Lead, on clock.Date, reason string) error {
	pace, err := s.Pace(ctx)
	if err != nil {
		return err
	}
	r, err := s.register(ctx)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.SigningConfirm, lead, nil)
		if err != nil {
			return err
		}
		signed, _ := Signed.Info()
		if at, _ := seen.Lead.Stage.Info(); !at.Side && at.Order >= signed.Order {
			return nil
		}
		if err := attest(ctx, tx, actor, seen); err != nil {
			return err
		}
		m := Move{To: Signed, HappenedOn: &on, Reason: reason}
		if err := s.move(ctx, tx, actor, seen, m, r); err != nil {
			return err
		}
		return pace.moved(ctx, tx, seen, Signed, tx.Now(ctx))
	})
}

// attest answers an open question whether the lead is signed, or answers one
// that nobody put; what the responsible unit itself says confirms nothing.
func attest(ctx context.Context, tx Tx, actor access.Actor, seen Seen) error {
	if actor.Acting == seen.Lead.UnitID {
		return nil
	}
	all, err := tx.Confirmations(ctx, seen)
	if err != nil {
		return err
	}
	now := tx.Now(ctx)
	c := Confirmation{
		LeadID: seen.Lead.ID, Stage: Signed, ByWhom: gate.Bureau, State: ConfirmAsked, AskedBy: &actor.User,
		AskedAt: now, Version: 1, // no unit put the question
	}
	for _, one := range all {
		if one.Stage != Signed || one.UsedAt != nil {
			continue
		}
		switch one.State {
		case ConfirmConfirmed:
			return nil
		case ConfirmAsked:
			c = one
		}
	}
	if c.ID == 0 {
		if err := tx.AskConfirmation(ctx, seen, &c); err != nil {
			return err
		}
	}
	c.State, c.AnsweredBy, c.AnsweredUnitID, c.AnsweredAt = ConfirmConfirmed, &actor.User, &actor.Acting, &now
	return tx.AnswerConfirmation(ctx, seen, c)
}
