package app

import (
	"context"
	"fmt"

	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// Doctor compares everything that is kept twice with what it is kept from and
// prints what is wrong; with repair it first puts right, in one transaction,
// what can be worked out again. It fails when something is wrong in the end.
func (c Console) Doctor(ctx context.Context, repair bool) error {
	return c.with(ctx, func(a *App) error {
		leads := leadstore.New(a.DB)
		if repair {
			done, err := leads.Repair(ctx)
			if err != nil {
				return fmt.Errorf("repair the kept figures: %w", err)
			}
			for _, r := range done {
				if err := c.say("repaired: %d %s", r.Count, r.What); err != nil {
					return err
				}
			}
		}
		found, err := leads.Verify(ctx)
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := c.say("%s", f); err != nil {
				return err
			}
		}
		if len(found) > 0 {
			return fmt.Errorf("%d rules are broken", len(found))
		}
		return c.say("every kept figure equals a recount")
	})
}
