package notice

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// TidyMails drops mail that ended well before an instant. Its notices forget
// it, and none of them is put into a digest once more.
func (t Tx) TidyMails(ctx context.Context, before time.Time, limit int) (int, error) {
	var old []id.Mail
	err := t.DB(ctx).Raw("SELECT id FROM mails WHERE ended_at IS NOT NULL AND ended_at < ? AND state IN ('sent', 'dropped') ORDER BY ended_at, id LIMIT ?"+
		t.skipLocked(), clock.Cut(before), limit).Scan(&old).Error
	if err != nil || len(old) == 0 {
		return 0, wrap(err, "look for old mail")
	}
	if err := t.DB(ctx).Exec("UPDATE notices SET mail_id = NULL, digest = false WHERE mail_id IN ?", old).Error; err != nil {
		return 0, fmt.Errorf("part notices from old mail: %w", err)
	}
	if err := t.DB(ctx).Exec("DELETE FROM mails WHERE id IN ?", old).Error; err != nil {
		return 0, fmt.Errorf("drop old mail: %w", err)
	}
	return len(old), nil
}

// TidyNotices drops notices that were read before an instant, but for those
// that a mail is about which was not tidied yet.
func (t Tx) TidyNotices(ctx context.Context, before time.Time, limit int) (int, error) {
	done := t.DB(ctx).Exec("DELETE FROM notices WHERE id IN (SELECT n.id FROM notices n WHERE n.read_at IS NOT NULL AND n.read_at < ? "+
		"AND n.mail_id IS NULL ORDER BY n.read_at, n.id LIMIT ?)", clock.Cut(before), limit)
	return int(done.RowsAffected), wrap(done.Error, "drop read notices")
}

// TidyEvents drops events that were told before an instant and that no notice
// is about any more.
func (t Tx) TidyEvents(ctx context.Context, before time.Time, limit int) (int, error) {
	done := t.DB(ctx).Exec("DELETE FROM notice_events WHERE id IN (SELECT e.id FROM notice_events e WHERE e.told_at IS NOT NULL AND e.told_at < ? "+
		"AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.event_id = e.id) ORDER BY e.told_at, e.id LIMIT ?)", clock.Cut(before), limit)
	return int(done.RowsAffected), wrap(done.Error, "drop told events")
}

func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
