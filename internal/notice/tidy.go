package notice

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// The city's numbers of how long what was told is kept.
const (
	ruleReadNotice = "read_notice_days"
	ruleEndedMail  = "ended_mail_days"
)

// tidyBatch is how many rows one transaction drops: others write beside it.
const tidyBatch = 500

// Tidy drops what has served its time: notices that were read, mail that was
// sent or had nothing left to say, events that nobody's inbox holds any more.
// Unread notices stay, and so does mail that was given up. It returns how many
// rows it dropped.
func (s *Service) Tidy(ctx context.Context) (int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	before := func(key string) (at time.Time, err error) {
		days, err := s.rules.Rule(ctx, key, clock.DateOf(now))
		return now.AddDate(0, 0, -int(days)), err
	}
	read, err := before(ruleReadNotice)
	if err != nil {
		return 0, fmt.Errorf("read how long notices are kept: %w", err)
	}
	ended, err := before(ruleEndedMail)
	if err != nil {
		return 0, fmt.Errorf("read how long mail is kept: %w", err)
	}
	n := 0
	for _, drop := range []func(Tx) (int, error){
		func(tx Tx) (int, error) { return tx.TidyMails(ctx, ended, tidyBatch) },
		func(tx Tx) (int, error) { return tx.TidyNotices(ctx, read, tidyBatch) },
		func(tx Tx) (int, error) { return tx.TidyEvents(ctx, read, tidyBatch) },
	} {
		done, err := s.tidyAll(ctx, drop)
		if n += done; err != nil {
			return n, err
		}
	}
	return n, nil
}

func (s *Service) tidyAll(ctx context.Context, drop func(Tx) (int, error)) (n int, err error) {
	for {
		var done int
		err := s.store.InTx(ctx, func(tx Tx) (err error) {
			done, err = drop(tx)
			return err
		})
		if err != nil {
			return n, fmt.Errorf("drop what was told: %w", err)
		}
		if n += done; done < tidyBatch {
			return n, nil
		}
	}
}
