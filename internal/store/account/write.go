package account

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// exec runs a statement and returns how many rows it changed.
func (tx Tx) exec(ctx context.Context, what, sql string, args ...any) (int, error) {
	done := tx.DB(ctx).Exec(sql, args...)
	if done.Error != nil {
		return 0, fmt.Errorf("%s: %w", what, done.Error)
	}
	return int(done.RowsAffected), nil
}

// CountFailure adds one failed login in one statement, so that two processes
// cannot both read four and both write five.
func (tx Tx) CountFailure(ctx context.Context, nameHash string, forget time.Time) (account.Guard, error) {
	now := tx.Now(ctx)
	var failures []int
	err := tx.DB(ctx).Raw(`INSERT INTO login_guards (name_hash, failures, last_at, locked_until) VALUES (?, 1, ?, NULL)
		ON CONFLICT (name_hash) DO UPDATE SET
			failures = CASE WHEN login_guards.last_at < ? THEN 1 ELSE login_guards.failures + 1 END,
			last_at = excluded.last_at, locked_until = NULL
		WHERE login_guards.locked_until IS NULL OR login_guards.locked_until <= excluded.last_at
		RETURNING failures`, nameHash, now, forget).Scan(&failures).Error
	if err != nil {
		return account.Guard{}, fmt.Errorf("count failed login: %w", err)
	}
	if len(failures) == 0 {
		return readGuard(tx.DB(ctx), nameHash, now)
	}
	return account.Guard{Now: now, Failures: failures[0]}, nil
}

// Lock keeps a name from logging in until an instant.
func (tx Tx) Lock(ctx context.Context, nameHash string, until time.Time) error {
	_, err := tx.exec(ctx, "lock login name", "UPDATE login_guards SET locked_until = ? WHERE name_hash = ?",
		clock.Cut(until), nameHash)
	return err
}

// ClearFailures forgets a name's failures unless it is locked.
func (tx Tx) ClearFailures(ctx context.Context, nameHash string) (account.Guard, error) {
	now := tx.Now(ctx)
	n, err := tx.exec(ctx, "clear failed logins",
		"DELETE FROM login_guards WHERE name_hash = ? AND (locked_until IS NULL OR locked_until <= ?)", nameHash, now)
	if err != nil || n > 0 {
		return account.Guard{Now: now}, err
	}
	return readGuard(tx.DB(ctx), nameHash, now)
}

// Unlock forgets a name's failures and its lock.
func (tx Tx) Unlock(ctx context.Context, nameHash string) error {
	_, err := tx.exec(ctx, "unlock login name", "DELETE FROM login_guards WHERE name_hash = ?", nameHash)
	return err
}

// ForgetFailures deletes the guards whose last failure is long ago.
func (tx Tx) ForgetFailures(ctx context.Context, since time.Time) error {
	_, err := tx.exec(ctx, "forget failed logins", "DELETE FROM login_guards WHERE last_at < ?", clock.Cut(since))
	return err
}

// MarkLogin notes a login of an active user whose password is still the one
// that was compared.
func (tx Tx) MarkLogin(ctx context.Context, user id.User, hash string) (bool, error) {
	n, err := tx.exec(ctx, "note login",
		"UPDATE users SET last_login_at = ? WHERE id = ? AND password_hash = ? AND active", tx.Now(ctx), user, hash)
	return n == 1, err
}

// OpenSession adds a session.
func (tx Tx) OpenSession(ctx context.Context, s account.Session) (id.Session, error) {
	var made id.Session
	err := tx.DB(ctx).Raw(`INSERT INTO sessions (user_id, created_at, seen_at, expires_at, address, agent)
		VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		s.User, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.Address, s.Agent).Scan(&made).Error
	if err != nil {
		return 0, fmt.Errorf("add session: %w", err)
	}
	return made, nil
}

// LiveSession returns a live session with its user.
func (tx Tx) LiveSession(ctx context.Context, live account.Live) (account.Session, account.User, error) {
	now := tx.Now(ctx)
	var row sessionRow
	found := tx.DB(ctx).Raw("SELECT "+sessionColumns+` FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.id = ? AND s.ended_at IS NULL AND s.expires_at > ? AND s.seen_at > ? AND u.active AND (? OR NOT u.demo)`,
		live.Session, now, now.Add(-live.Idle), live.Demo).Scan(&row)
	if found.Error != nil {
		return account.Session{}, account.User{}, fmt.Errorf("read session %s: %w", live.Session, found.Error)
	}
	if found.RowsAffected == 0 {
		return account.Session{}, account.User{}, unknownSession()
	}
	known, err := tx.ByID(ctx, row.UserID, 0)
	return row.session(), known.User, err
}

// Touch notes that a session was used, unless that was noted since.
func (tx Tx) Touch(ctx context.Context, session id.Session, since time.Time) error {
	_, err := tx.exec(ctx, "note use of session",
		"UPDATE sessions SET seen_at = ? WHERE id = ? AND ended_at IS NULL AND seen_at <= ?", tx.Now(ctx), session, since)
	return err
}

// EndSession ends one session of a person.
func (tx Tx) EndSession(ctx context.Context, user id.User, session id.Session, reason string) (bool, error) {
	n, err := tx.exec(ctx, "end session",
		"UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL",
		tx.Now(ctx), reason, session, user)
	return n == 1, err
}

// EndSessions ends a person's sessions but one.
func (tx Tx) EndSessions(ctx context.Context, user id.User, but id.Session, reason string) (int, error) {
	return tx.exec(ctx, "end sessions",
		"UPDATE sessions SET ended_at = ?, end_reason = ? WHERE user_id = ? AND id <> ? AND ended_at IS NULL",
		tx.Now(ctx), reason, user, but)
}

// AddToken adds a refresh token by its hash.
func (tx Tx) AddToken(ctx context.Context, hash string, session id.Session) error {
	_, err := tx.exec(ctx, "add refresh token",
		"INSERT INTO refresh_tokens (hash, session_id, issued_at) VALUES (?, ?, ?)", hash, session, tx.Now(ctx))
	return err
}

// UseToken marks a token as used if it was not.
func (tx Tx) UseToken(ctx context.Context, hash string) (account.UsedToken, error) {
	now := tx.Now(ctx)
	var row struct {
		SessionID id.Session
		UsedAt    time.Time
	}
	fresh := tx.DB(ctx).Raw(`UPDATE refresh_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL
		RETURNING session_id, used_at`, now, hash).Scan(&row)
	if fresh.Error != nil {
		return account.UsedToken{}, fmt.Errorf("use refresh token: %w", fresh.Error)
	}
	if fresh.RowsAffected == 0 {
		found := tx.DB(ctx).Raw("SELECT session_id, used_at FROM refresh_tokens WHERE hash = ?", hash).Scan(&row)
		if found.Error != nil {
			return account.UsedToken{}, fmt.Errorf("read refresh token: %w", found.Error)
		}
		if found.RowsAffected == 0 {
			return account.UsedToken{}, unknownSession()
		}
	}
	return account.UsedToken{Session: row.SessionID, UsedAt: clock.Cut(row.UsedAt), Fresh: fresh.RowsAffected == 1}, nil
}

// DropTokens deletes the tokens of sessions that ended before an instant.
func (tx Tx) DropTokens(ctx context.Context, before time.Time) error {
	before = clock.Cut(before)
	_, err := tx.exec(ctx, "drop refresh tokens",
		"DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE ended_at < ? OR expires_at < ?)",
		before, before)
	return err
}

// ByID returns a user with earlier passwords.
func (tx Tx) ByID(ctx context.Context, user id.User, keep int) (account.Credentials, error) {
	return credentials(tx.DB(ctx), "u.id = ?", user, keep)
}

// Insert adds a user.
//
// Errors: Conflict "user.exists" when the login name is taken.
func (tx Tx) Insert(ctx context.Context, u account.User, hash string) (id.User, error) {
	var made id.User
	err := tx.DB(ctx).Raw(`INSERT INTO users
		(username, name, password_hash, must_change, password_changed_at, active, demo, locale, version, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		u.Username, u.Name, hash, u.MustChange, u.PasswordChangedAt, u.Active, u.Demo, u.Locale, u.Version, u.CreatedAt).
		Scan(&made).Error
	if store.IsDuplicate(err) {
		return 0, fault.New(fault.Conflict, "user.exists", "The login name is taken.").Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("add user: %w", err)
	}
	return made, nil
}

// Update changes name and activity of a user of this version.
func (tx Tx) Update(ctx context.Context, u account.User, version int64) (bool, error) {
	n, err := tx.exec(ctx, "change user",
		"UPDATE users SET name = ?, active = ?, version = version + 1 WHERE id = ? AND version = ?",
		u.Name, u.Active, u.ID, version)
	return n == 1, err
}

// SetLocale changes a user's language. The version stays: it guards what an
// administrator edits.
func (tx Tx) SetLocale(ctx context.Context, user id.User, locale string) error {
	_, err := tx.exec(ctx, "change language", "UPDATE users SET locale = ? WHERE id = ?", locale, user)
	return err
}

// SetPassword replaces a hash if it is still the old one, which joins the
// earlier ones.
func (tx Tx) SetPassword(ctx context.Context, p account.NewPassword) (bool, error) {
	now := tx.Now(ctx)
	n, err := tx.exec(ctx, "change password",
		`UPDATE users SET password_hash = ?, must_change = ?, password_changed_at = ?, version = version + 1
		WHERE id = ? AND password_hash = ?`, p.New, p.MustChange, now, p.User, p.Old)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.exec(ctx, "keep earlier password",
		"INSERT INTO password_history (user_id, hash, created_at) VALUES (?, ?, ?)", p.User, p.Old, now)
	if err != nil {
		return false, err
	}
	_, err = tx.exec(ctx, "drop old passwords",
		`DELETE FROM password_history WHERE user_id = ? AND id NOT IN
		(SELECT id FROM password_history WHERE user_id = ? ORDER BY id DESC LIMIT ?)`, p.User, p.User, p.Keep)
	return true, err
}
