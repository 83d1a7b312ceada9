package lead

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// expireBatch is how many offers one run of the job records.
const expireBatch = 100

// ExpireOffers records the offers whose deadline has passed and returns how
// many. It only writes down what the deadline has decided: nothing depends on
// when it runs, or on whether.
func (s *Service) ExpireOffers(ctx context.Context) (int, error) {
	scope := access.System("record expired offers")
	overdue, err := s.store.Overdue(ctx, scope, expireBatch)
	if err != nil {
		return 0, fmt.Errorf("look for expired offers: %w", err)
	}
	n := 0
	for _, h := range overdue {
		err := s.store.InTx(ctx, func(tx Tx) error {
			seen, err := tx.Lock(ctx, scope, scope, h.LeadID)
			if err != nil {
				return err
			}
			open, err := tx.OpenHandoff(ctx, seen)
			if err != nil || open == nil || open.ID != h.ID || open.At(tx.Now(ctx)).State != Expired {
				return err
			}
			n++
			return expire(ctx, tx, seen, *open)
		})
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return n, fmt.Errorf("record expired offer %s: %w", h.ID, err)
		}
	}
	return n, nil
}
