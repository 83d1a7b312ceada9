package account

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
)

// callerQuery reads who is calling and what he may do. Rows that are over,
// and units that are closed, do not count.
const callerQuery = `SELECT u.id, u.username, u.name, u.must_change, u.password_changed_at, u.active, u.demo, u.locale,
		u.last_login_at, u.version, u.created_at, s.id, s.user_id, s.created_at, s.seen_at, s.expires_at, s.address, s.agent,
		coalesce(m.id, 0), coalesce(m.unit_id, 0), coalesce(m.role, ''), m.from_on, m.until_on, {clock}
	FROM sessions s
	JOIN users u ON u.id = s.user_id
	LEFT JOIN memberships m ON m.user_id = u.id AND m.from_on <= {today} AND (m.until_on IS NULL OR m.until_on > {today})
		AND EXISTS (SELECT 1 FROM units x WHERE x.id = m.unit_id AND x.opened_on <= {today}
			AND (x.closed_on IS NULL OR x.closed_on > {today}))
	WHERE s.id = $4 AND s.user_id = $5 AND s.ended_at IS NULL AND s.expires_at > {now} AND s.seen_at > {since}
		AND u.active AND ($6 OR NOT u.demo)
	ORDER BY m.id`

// callerText writes the query once: putting it together for every request
// cost more than running it.
func callerText(db *store.DB) string {
	now := strings.Replace(db.Instant(0).SQL, "?", "$1", 1)
	clockColumn := now
	if db.Dialect() == store.SQLite {
		clockColumn = "NULL" // a computed column has no type there; the program's clock serves
	}
	return strings.NewReplacer(
		"{now}", now,
		"{since}", strings.Replace(db.Instant(0).SQL, "?", "$2", 1),
		"{today}", strings.Replace(db.Today().SQL, "?", "$3", 1),
		"{clock}", clockColumn,
	).Replace(callerQuery)
}

// Caller returns the person of a live session, in one query that goes past
// the mapper: it runs before every request, and the mapper took longer over
// it than the database.
func (s *Store) Caller(ctx context.Context, live account.Live) (account.Caller, error) {
	session := s.db.Read(ctx)
	rows, err := session.Statement.ConnPool.QueryContext(ctx, s.caller,
		s.db.Instant(0).Vars[0], s.db.Instant(-live.Idle).Vars[0], s.db.Today().Vars[0],
		int64(live.Session), int64(live.User), live.Demo)
	if err != nil {
		return account.Caller{}, fmt.Errorf("read session %s: %w", live.Session, session.AddError(err))
	}
	c, err := scanCaller(rows)
	if err != nil {
		return account.Caller{}, fmt.Errorf("read session %s: %w", live.Session, session.AddError(err))
	}
	if c.User.ID == 0 {
		return account.Caller{}, unknownSession()
	}
	if c.Now.IsZero() {
		if c.Now, err = s.db.Now(ctx); err != nil {
			return account.Caller{}, err
		}
	}
	return c, nil
}

// scanCaller reads one row per membership; the rest repeats. No row gives
// the zero Caller.
func scanCaller(rows *sql.Rows) (c account.Caller, err error) {
	defer func() { _ = rows.Close() }() // what it could say, Err has said
	for rows.Next() {
		var u userRow
		var s sessionRow
		var m membershipRow
		var now sql.NullTime
		err := rows.Scan(&u.ID, &u.Username, &u.Name, &u.MustChange, &u.PasswordChangedAt, &u.Active, &u.Demo, &u.Locale,
			&u.LastLoginAt, &u.Version, &u.CreatedAt, &s.ID, &s.UserID, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt,
			&s.Address, &s.Agent, &m.ID, &m.UnitID, &m.Role, &m.FromOn, &m.UntilOn, &now)
		if err != nil {
			return account.Caller{}, err
		}
		c.User, c.Session = u.user(), s.session()
		if now.Valid {
			c.Now = clock.Cut(now.Time)
		}
		if m.ID != 0 {
			c.Memberships = append(c.Memberships, m.membership())
		}
	}
	return c, rows.Err()
}
