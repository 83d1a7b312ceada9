package notice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/notice"
)

// newMail is a mail to write, with its place.
type newMail struct {
	module.NewMail
	user id.User
	kind string
	day  *string
	at   time.Time
}

// addMail writes a mail; nil when the person's day has one already.
func (t Tx) addMail(ctx context.Context, m newMail) (*id.Mail, error) {
	var found []id.Mail
	err := t.DB(ctx).Raw("INSERT INTO mails (user_id, kind, day, message_id, state, next_at, created_at) VALUES (?, ?, ?, ?, 'waiting', ?, ?) "+
		"ON CONFLICT DO NOTHING RETURNING id", m.user, m.kind, m.day, m.MessageID, clock.Cut(m.Quiet.After(m.at)), m.at).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("write a mail for user %s: %w", m.user, err)
	}
	if len(found) == 0 {
		return nil, nil //nolint:nilnil // no mail is a result here
	}
	return &found[0], nil
}

// AddDigest writes the day's one mail over what waited since before an
// instant.
func (t Tx) AddDigest(ctx context.Context, user id.User, day clock.Date, before time.Time, m module.NewMail) (bool, error) {
	const waits = "user_id = ? AND digest AND mail_id IS NULL AND created_at < ?"
	var any bool
	if err := t.DB(ctx).Raw("SELECT EXISTS (SELECT 1 FROM notices WHERE "+waits+")", user, before).Scan(&any).Error; err != nil {
		return false, fmt.Errorf("look for a digest of user %s: %w", user, err)
	}
	if !any {
		return false, nil
	}
	text := day.String()
	mail, err := t.addMail(ctx, newMail{NewMail: m, user: user, kind: "digest", day: &text, at: t.Now(ctx)})
	if err != nil || mail == nil {
		return false, err
	}
	if err := t.DB(ctx).Exec("UPDATE notices SET mail_id = ? WHERE "+waits, *mail, user, before).Error; err != nil {
		return false, fmt.Errorf("fill the digest of user %s: %w", user, err)
	}
	return true, nil
}

// DigestDue returns persons with notices that wait for a digest.
func (s *Store) DigestDue(ctx context.Context) ([]id.User, error) {
	var out []id.User
	err := s.db.Read(ctx).Raw("SELECT DISTINCT user_id FROM notices WHERE digest AND mail_id IS NULL ORDER BY user_id").Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("look for digests: %w", err)
	}
	return out, nil
}

// ClaimMails takes mail that is due.
func (t Tx) ClaimMails(ctx context.Context, limit int, hold time.Duration) ([]module.Mail, error) {
	now := t.Now(ctx)
	var out []module.Mail
	err := t.DB(ctx).Raw("UPDATE mails SET attempts = attempts + 1, claimed_until = ? WHERE id IN (SELECT id FROM mails "+
		"WHERE state = 'waiting' AND next_at <= ? AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY next_at, id LIMIT ?"+
		t.skipLocked()+") RETURNING id, user_id AS \"user\", kind, message_id, attempts, created_at", now.Add(hold), now, now, limit).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("claim mail: %w", err)
	}
	for i := range out {
		out[i].At = now
	}
	slices.SortFunc(out, func(a, b module.Mail) int { return int(a.ID - b.ID) })
	return out, nil
}

// EndMail writes how an attempt ended, unless another took the mail over.
func (t Tx) EndMail(ctx context.Context, m module.Mail, end module.MailEnd) error {
	now := t.Now(ctx)
	var ended *time.Time
	next := end.NextAt
	if end.State != module.Waiting {
		ended, next = &now, now
	}
	attempts := m.Attempts
	if end.Unspent {
		attempts--
	}
	err := t.DB(ctx).Exec("UPDATE mails SET state = ?, attempts = ?, next_at = ?, claimed_until = NULL, last_error = ?, ended_at = ? "+
		"WHERE id = ? AND state = 'waiting' AND attempts = ?", string(end.State), attempts, clock.Cut(next), end.Error, ended, m.ID, m.Attempts).Error
	if err != nil {
		return fmt.Errorf("end mail %s: %w", m.ID, err)
	}
	return nil
}

// Revive puts a dead mail back.
func (t Tx) Revive(ctx context.Context, mail id.Mail) (found, done bool, err error) {
	if err = t.DB(ctx).Raw("SELECT EXISTS (SELECT 1 FROM mails WHERE id = ?)", mail).Scan(&found).Error; err != nil || !found {
		return false, false, err
	}
	back := t.DB(ctx).Exec("UPDATE mails SET state = 'waiting', attempts = 0, next_at = ?, claimed_until = NULL, ended_at = NULL "+
		"WHERE id = ? AND state = 'dead'", t.Now(ctx), mail)
	if back.Error != nil {
		return true, false, fmt.Errorf("revive mail %s: %w", mail, back.Error)
	}
	return true, back.RowsAffected == 1, nil
}

// Mails lists mail of a state, the newest first.
func (s *Store) Mails(ctx context.Context, state module.MailState, before id.Mail, limit int) ([]module.MailRow, error) {
	where, args := "m.state = ?", []any{string(state)}
	if before != 0 {
		where, args = where+" AND m.id < ?", append(args, before)
	}
	var rows []struct {
		ID        id.Mail
		UserID    id.User
		UserName  string
		Kind      string
		State     module.MailState
		MessageID string
		Attempts  int
		NextAt    time.Time
		LastError string
		CreatedAt time.Time
		EndedAt   *time.Time
	}
	err := s.db.Read(ctx).Raw("SELECT m.id, m.user_id, u.name AS user_name, m.kind, m.state, m.message_id, m.attempts, m.next_at, m.last_error, "+
		"m.created_at, m.ended_at FROM mails m JOIN users u ON u.id = m.user_id WHERE "+where+" ORDER BY m.id DESC LIMIT ?",
		append(args, limit)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	out := make([]module.MailRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.MailRow{
			Mail:     module.Mail{ID: r.ID, User: r.UserID, Kind: r.Kind, MessageID: r.MessageID, Attempts: r.Attempts, CreatedAt: r.CreatedAt},
			UserName: r.UserName, State: r.State, NextAt: r.NextAt, LastError: r.LastError, EndedAt: r.EndedAt,
		})
	}
	return out, nil
}

// CountMails counts mail by state.
func (s *Store) CountMails(ctx context.Context) (map[module.MailState]int64, error) {
	var rows []struct {
		State module.MailState
		Count int64
	}
	if err := s.db.Read(ctx).Raw("SELECT state, count(*) AS count FROM mails GROUP BY state").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count mail: %w", err)
	}
	out := map[module.MailState]int64{}
	for _, r := range rows {
		out[r.State] = r.Count
	}
	return out, nil
}
