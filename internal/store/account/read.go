package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Guard returns the failed logins under a name and the present instant.
func (s *Store) Guard(ctx context.Context, nameHash string) (account.Guard, error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return account.Guard{}, err
	}
	return readGuard(s.db.Read(ctx), nameHash, now)
}

func readGuard(db *gorm.DB, nameHash string, now time.Time) (account.Guard, error) {
	var row struct {
		Failures    int
		LockedUntil *time.Time
	}
	err := db.Raw("SELECT failures, locked_until FROM login_guards WHERE name_hash = ?", nameHash).Scan(&row).Error
	if err != nil {
		return account.Guard{}, fmt.Errorf("read login guard: %w", err)
	}
	return account.Guard{Now: now, Failures: row.Failures, LockedUntil: cutPtr(row.LockedUntil)}, nil
}

// ByName returns a user by login name with earlier passwords.
func (s *Store) ByName(ctx context.Context, username string, keep int) (account.Credentials, error) {
	return credentials(s.db.Read(ctx), "u.username = ?", username, keep)
}

// ByID returns a user by number with earlier passwords.
func (s *Store) ByID(ctx context.Context, user id.User, keep int) (account.Credentials, error) {
	return credentials(s.db.Read(ctx), "u.id = ?", user, keep)
}

func credentials(db *gorm.DB, where string, value any, keep int) (account.Credentials, error) {
	var row userRow
	found := db.Raw("SELECT "+userColumns+" FROM users u WHERE "+where, value).Scan(&row)
	if found.Error != nil {
		return account.Credentials{}, fmt.Errorf("read user: %w", found.Error)
	}
	if found.RowsAffected == 0 {
		return account.Credentials{}, unknownUser()
	}
	out := account.Credentials{User: row.user(), Hash: row.PasswordHash}
	if keep == 0 {
		return out, nil
	}
	err := db.Raw("SELECT hash FROM password_history WHERE user_id = ? ORDER BY id DESC LIMIT ?", row.ID, keep).
		Scan(&out.Previous).Error
	if err != nil {
		return account.Credentials{}, fmt.Errorf("read earlier passwords of user %s: %w", row.ID, err)
	}
	return out, nil
}

// User returns a user with the memberships that are not over.
func (s *Store) User(ctx context.Context, user id.User) (account.Listed, error) {
	c, err := s.ByID(ctx, user, 0)
	if err != nil {
		return account.Listed{}, err
	}
	list, err := s.withMemberships(ctx, []account.User{c.User})
	if err != nil {
		return account.Listed{}, err
	}
	return list[0], nil
}

// Users returns one row more than the page holds, if there is one, and the
// number of users capped.
func (s *Store) Users(ctx context.Context, q account.Query) ([]account.Listed, page.Total, error) {
	where, args := s.filter(q)
	var total page.Total
	count := "SELECT count(*) FROM (SELECT 1 FROM users u WHERE " + where + " LIMIT ?) AS counted"
	err := s.db.Read(ctx).Raw(count, append(args[:len(args):len(args)], page.CountCap+1)...).Scan(&total.Count).Error
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("count users: %w", err)
	}
	if total.Exact = total.Count <= page.CountCap; !total.Exact {
		total.Count = page.CountCap
	}
	after, args, err := afterPosition(q.Page, args)
	if err != nil {
		return nil, page.Total{}, err
	}
	var rows []userRow
	err = s.db.Read(ctx).Raw("SELECT "+userColumns+" FROM users u WHERE "+where+after+" LIMIT ?",
		append(args, q.Page.Limit+1)...).Scan(&rows).Error
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("read users: %w", err)
	}
	users := make([]account.User, 0, len(rows))
	for _, r := range rows {
		users = append(users, r.user())
	}
	list, err := s.withMemberships(ctx, users)
	return list, total, err
}

func (s *Store) filter(q account.Query) (string, []any) {
	where, args := []string{"1 = 1"}, []any{}
	if q.Text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(q.Text)) + "%"
		where = append(where, `(u.username LIKE ? ESCAPE '\' OR lower(u.name) LIKE ? ESCAPE '\')`)
		args = append(args, like, like)
	}
	if q.Active != nil {
		where = append(where, "u.active = ?")
		args = append(args, *q.Active)
	}
	if q.Unit != 0 {
		where = append(where, `EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.unit_id = ?
			AND (m.until_on IS NULL OR m.until_on > ?))`)
		args = append(args, q.Unit, s.db.Today())
	}
	return strings.Join(where, " AND "), args
}

// afterPosition returns the condition that skips earlier pages and the
// order. The sort names are those of the view, each written out here.
func afterPosition(p page.Request, args []any) (string, []any, error) {
	column := "u.username"
	if p.Sort.Name == "created_at" {
		column = "u.created_at"
	}
	than, direction := ">", ""
	if p.Sort.Desc {
		than, direction = "<", " DESC"
	}
	order := " ORDER BY " + column + direction + ", u.id" + direction
	if p.After == nil {
		return order, args, nil
	}
	var value any = p.After.Value
	if p.Sort.Name == "created_at" {
		at, err := time.Parse(time.RFC3339Nano, p.After.Value)
		if err != nil {
			return "", nil, fault.BadField("cursor", "cursor.unknown")
		}
		value = clock.Cut(at)
	}
	after := fmt.Sprintf(" AND (%[1]s %[2]s ? OR %[1]s = ? AND u.id %[2]s ?)", column, than)
	return after + order, append(args, value, value, p.After.ID), nil
}

func (s *Store) withMemberships(ctx context.Context, users []account.User) ([]account.Listed, error) {
	now, err := s.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]id.User, 0, len(users))
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	var rows []membershipRow
	err = s.db.Read(ctx).Raw(`SELECT id, user_id, unit_id, role, from_on, until_on FROM memberships
		WHERE user_id IN ? AND (until_on IS NULL OR until_on > ?) ORDER BY id`, ids, clock.DateOf(now)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	of := map[id.User][]account.Membership{}
	for _, r := range rows {
		of[r.UserID] = append(of[r.UserID], r.membership())
	}
	out := make([]account.Listed, 0, len(users))
	for _, u := range users {
		out = append(out, account.Listed{User: u, Memberships: of[u.ID], Now: now})
	}
	return out, nil
}

// Sessions returns a person's live sessions, the newest first.
func (s *Store) Sessions(ctx context.Context, user id.User, idle time.Duration) ([]account.Session, error) {
	var rows []sessionRow
	err := s.db.Read(ctx).Raw("SELECT "+sessionColumns+` FROM sessions s
		WHERE s.user_id = ? AND s.ended_at IS NULL AND s.expires_at > ? AND s.seen_at > ? ORDER BY s.id DESC`,
		user, s.db.Instant(0), s.db.Instant(-idle)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	out := make([]account.Session, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.session())
	}
	return out, nil
}

// demoLogins is how many logins the login page can show.
const demoLogins = 60

// DemoLogins returns the users of the demo world with their first live
// membership.
func (s *Store) DemoLogins(ctx context.Context) ([]account.DemoLogin, error) {
	var out []account.DemoLogin
	today := s.db.Today()
	err := s.db.Read(ctx).Raw(`SELECT u.username, u.name, coalesce(x.name_zh, '') AS unit_zh,
			coalesce(x.name_en, '') AS unit_en, coalesce(m.role, '') AS role
		FROM users u
		LEFT JOIN memberships m ON m.id = (SELECT min(f.id) FROM memberships f
			WHERE f.user_id = u.id AND f.from_on <= ? AND (f.until_on IS NULL OR f.until_on > ?))
		LEFT JOIN units x ON x.id = m.unit_id
		WHERE u.demo AND u.active ORDER BY u.id LIMIT ?`, today, today, demoLogins).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read demo logins: %w", err)
	}
	return out, nil
}

// OnlyReal tells whether there are accounts and none of them belongs to a
// demo: then the database is a city's own.
func (s *Store) OnlyReal(ctx context.Context) (bool, error) {
	var row struct{ Users, Demo int64 }
	err := s.db.Read(ctx).Raw("SELECT count(*) AS users, COALESCE(sum(CASE WHEN demo THEN 1 ELSE 0 END), 0) AS demo FROM users").Scan(&row).Error
	if err != nil {
		return false, fmt.Errorf("count accounts: %w", err)
	}
	return row.Users > 0 && row.Demo == 0, nil
}
