package app

import (
	"context"
	"fmt"

	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// mostFindings is how many broken lines of the ledger are named.
const mostFindings = 20

// Doctor compares everything that is kept twice with what it is kept from and
// prints what is wrong; with repair it first puts right, in one transaction,
// what can be worked out again. It fails when something is wrong in the end.
func (c Console) Doctor(ctx context.Context, repair bool) error {
	return c.with(ctx, func(a *App) error {
		leads := leadstore.New(a.DB)
		if repair {
			if err := c.repair(ctx, a); err != nil {
				return err
			}
		}
		found, err := leads.Verify(ctx)
		if err != nil {
			return err
		}
		wrong, err := a.Credit.Verify(ctx, mostFindings)
		if err != nil {
			return err
		}
		for _, f := range found {
			wrong = append(wrong, f.String())
		}
		for _, w := range wrong {
			if err := c.say("%s", w); err != nil {
				return err
			}
		}
		if len(wrong) > 0 {
			return fmt.Errorf("%d rules are broken", len(wrong))
		}
		return c.say("every kept figure equals a recount")
	})
}

// repair puts right what can be worked out again.
func (c Console) repair(ctx context.Context, a *App) error {
	done, err := leadstore.New(a.DB).Repair(ctx)
	if err != nil {
		return fmt.Errorf("repair the kept figures: %w", err)
	}
	for _, r := range done {
		if err := c.say("repaired: %d %s", r.Count, r.What); err != nil {
			return err
		}
	}
	if _, err := a.Credit.CatchUp(ctx); err != nil {
		return fmt.Errorf("count what came in beside the acts: %w", err)
	}
	return nil
}
