package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// SignAtCeremony moves a lead to the stage "signed", as whoever confirms a
// ceremony says, through the same door as every other move of its stage. A
// lead that is signed already, or beyond, stays as it is.
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
		m := Move{To: Signed, HappenedOn: &on, Reason: reason}
		if err := s.move(ctx, tx, actor, seen, m, r); err != nil {
			return err
		}
		return pace.moved(ctx, tx, seen, Signed, tx.Now(ctx))
	})
}
