package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Tx is a transaction on inboxes.
type Tx struct{ *store.Tx }

// skipLocked lets several nodes of PostgreSQL claim beside one another.
func (t Tx) skipLocked() string {
	if t.Dialect() == store.Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// A claim that came to nothing is tried again after a while that doubles.
const (
	firstClaim = 30 * time.Second
	longClaims = 7 // doublings: about an hour
)

// Claim takes events that nobody was told of, and keeps them from others for
// a while: what a node leaves when it dies is taken up after that.
func (t Tx) Claim(ctx context.Context, limit int) ([]module.Happened, error) {
	now := t.Now(ctx)
	var rows []happenedRow
	err := t.DB(ctx).Raw("UPDATE notice_events SET attempts = attempts + 1, next_at = ? WHERE id IN (SELECT id FROM notice_events "+
		"WHERE told_at IS NULL AND next_at <= ? ORDER BY next_at, id LIMIT ?"+t.skipLocked()+") RETURNING id, at, kind, lead_id, "+
		"handoff_id, object, object_id, by_user, heads, units, users, params, apart, attempts", now.Add(firstClaim), now, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("claim events: %w", err)
	}
	slices.SortFunc(rows, func(a, b happenedRow) int { return int(a.ID - b.ID) })
	out := make([]module.Happened, 0, len(rows))
	for _, r := range rows {
		h, err := r.happened()
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// Told marks an event; false when somebody did before.
func (t Tx) Told(ctx context.Context, happened id.Happening) (bool, error) {
	done := t.DB(ctx).Exec("UPDATE notice_events SET told_at = ?, last_error = '' WHERE id = ? AND told_at IS NULL", t.Now(ctx), happened)
	if done.Error != nil {
		return false, fmt.Errorf("mark event %s as told: %w", happened, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// Failed keeps why telling an event did not work, and lets it rest longer
// each time.
func (t Tx) Failed(ctx context.Context, happened id.Happening, why string) error {
	var attempts int
	if err := t.DB(ctx).Raw("SELECT attempts FROM notice_events WHERE id = ?", happened).Scan(&attempts).Error; err != nil {
		return fmt.Errorf("read event %s: %w", happened, err)
	}
	rest := firstClaim << min(max(attempts-1, 0), longClaims)
	err := t.DB(ctx).Exec("UPDATE notice_events SET last_error = ?, next_at = ? WHERE id = ? AND told_at IS NULL",
		why, t.Now(ctx).Add(rest), happened).Error
	if err != nil {
		return fmt.Errorf("note the failure of event %s: %w", happened, err)
	}
	return nil
}

// Deliver writes one person's notice, with its mail if it has one. The row of
// the inbox is locked until the commit, so that its numbers come in the order
// of the commits.
func (t Tx) Deliver(ctx context.Context, d module.Delivered) error {
	var seq int64
	err := t.DB(ctx).Raw("INSERT INTO notice_feeds (user_id, last_seq, unread) VALUES (?, 1, 1) ON CONFLICT (user_id) "+
		"DO UPDATE SET last_seq = notice_feeds.last_seq + 1, unread = notice_feeds.unread + 1 RETURNING last_seq", d.User).Scan(&seq).Error
	if err != nil {
		return fmt.Errorf("number a notice of user %s: %w", d.User, err)
	}
	now := t.Now(ctx)
	var mail *id.Mail
	if d.Mail != nil {
		if mail, err = t.addMail(ctx, newMail{NewMail: *d.Mail, user: d.User, kind: "notice", at: now}); err != nil {
			return err
		}
	}
	var lead *id.Lead
	if d.Event.Lead != 0 {
		lead = &d.Event.Lead
	}
	err = t.DB(ctx).Exec("INSERT INTO notices (event_id, user_id, seq, lead_id, topic, created_at, mail_id, digest, apart) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		d.Event.ID, d.User, seq, lead, string(module.TopicOf(d.Event.Kind)), now, mail, d.Digest, d.Apart).Error
	if err != nil {
		return fmt.Errorf("write a notice of event %s for user %s: %w", d.Event.ID, d.User, err)
	}
	return nil
}

// Feed returns where an inbox stands.
func (t Tx) Feed(ctx context.Context, user id.User) (f module.Feed, err error) {
	if err = t.DB(ctx).Raw(selectFeed, user).Scan(&f).Error; err != nil {
		return f, fmt.Errorf("read where the inbox stands: %w", err)
	}
	return f, nil
}

// Has tells whether the notice is one of the person's.
func (t Tx) Has(ctx context.Context, user id.User, notice id.Notice) (has bool, err error) {
	err = t.DB(ctx).Raw("SELECT EXISTS (SELECT 1 FROM notices WHERE id = ? AND user_id = ?)", notice, user).Scan(&has).Error
	if err != nil {
		return false, fmt.Errorf("look for notice %s: %w", notice, err)
	}
	return has, nil
}

// Read marks unread notices as read and takes them off the count. The row of
// the inbox is locked first, as by Deliver.
func (t Tx) Read(ctx context.Context, user id.User, which module.Which) (int64, error) {
	if err := t.DB(ctx).Exec("UPDATE notice_feeds SET unread = unread WHERE user_id = ?", user).Error; err != nil {
		return 0, fmt.Errorf("lock the inbox of user %s: %w", user, err)
	}
	where, args := "user_id = ? AND read_at IS NULL", []any{t.Now(ctx), user}
	add := func(condition string, arg any) { where, args = where+" AND "+condition, append(args, arg) }
	if which.Notice != 0 {
		add("id = ?", which.Notice)
	}
	if which.Lead != 0 {
		add("lead_id = ?", which.Lead)
	}
	if which.Thread != 0 {
		where += " AND id <= ? AND (id = ? OR lead_id = (SELECT k.lead_id FROM notices k WHERE k.id = ? AND k.user_id = ?))"
		args = append(args, which.Thread, which.Thread, which.Thread, user)
	}
	if which.UpTo != 0 {
		add("id <= ?", which.UpTo)
	}
	done := t.DB(ctx).Exec("UPDATE notices SET read_at = ? WHERE "+where, args...)
	if done.Error != nil {
		return 0, fmt.Errorf("mark notices of user %s: %w", user, done.Error)
	}
	if done.RowsAffected == 0 {
		return 0, nil
	}
	err := t.DB(ctx).Exec("UPDATE notice_feeds SET unread = unread - ? WHERE user_id = ?", done.RowsAffected, user).Error
	if err != nil {
		return 0, fmt.Errorf("count the unread of user %s: %w", user, err)
	}
	return done.RowsAffected, nil
}

// LockPerson reads a person for a change of the own choices.
func (t Tx) LockPerson(ctx context.Context, user id.User) (module.Person, error) {
	// SQLite has one writer and needs no lock; the update of nothing is one on both.
	done := t.DB(ctx).Exec("UPDATE users SET email = email WHERE id = ?", user)
	if done.Error != nil {
		return module.Person{}, fmt.Errorf("lock user %s: %w", user, done.Error)
	}
	var rows []personRow
	if err := t.DB(ctx).Raw(selectPeople+"u.id = ?", user).Scan(&rows).Error; err != nil {
		return module.Person{}, fmt.Errorf("read user %s: %w", user, err)
	}
	if len(rows) == 0 {
		return module.Person{}, fault.New(fault.NotFound, "user.unknown", "No such user.")
	}
	return rows[0].person()
}

// SaveSettings writes choices of the next version; false when somebody was
// faster.
func (t Tx) SaveSettings(ctx context.Context, user id.User, s module.Settings) (bool, error) {
	mail, err := json.Marshal(s.Mail)
	if err != nil {
		return false, fmt.Errorf("write the settings of user %s: %w", user, err)
	}
	var from, until *int
	if s.Quiet != nil {
		from, until = &s.Quiet.From, &s.Quiet.Until
	}
	done := t.DB(ctx).Exec(`INSERT INTO notice_settings (user_id, mail, quiet_from, quiet_until, digest_hour, version, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET mail = excluded.mail, quiet_from = excluded.quiet_from,
		quiet_until = excluded.quiet_until, digest_hour = excluded.digest_hour, version = excluded.version, updated_at = excluded.updated_at
		WHERE notice_settings.version = excluded.version - 1`,
		user, string(mail), from, until, s.DigestHour, s.Version, t.Now(ctx))
	if done.Error != nil {
		return false, fmt.Errorf("write the settings of user %s: %w", user, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// SaveEmail writes a person's own address; empty means none.
func (t Tx) SaveEmail(ctx context.Context, user id.User, email string) error {
	var value *string
	if email != "" {
		value = &email
	}
	if err := t.DB(ctx).Exec("UPDATE users SET email = ? WHERE id = ?", value, user).Error; err != nil {
		return fmt.Errorf("write the address of user %s: %w", user, err)
	}
	return nil
}
