// Package account keeps users, sessions, refresh tokens and the guards of
// failed logins.
package account

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store is the account module's view of the database.
type Store struct {
	db     *store.DB
	caller string // the query of Caller in the words of this database
}

// Tx is one transaction of the account module.
type Tx struct{ *store.Tx }

var (
	_ account.Store = (*Store)(nil)
	_ account.Tx    = Tx{}
)

// New returns the store over an open database.
func New(db *store.DB) *Store { return &Store{db: db, caller: callerText(db)} }

// FieldsEdited names what the last edits of a user changed.
func (s *Store) FieldsEdited(ctx context.Context, e event.Edits) ([]string, error) {
	return s.db.FieldsEdited(ctx, e)
}

// InTx runs one use case in a transaction.
func (s *Store) InTx(ctx context.Context, do func(account.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return do(Tx{tx}) })
}

// RecordRefusal writes the line of a refused attempt on its own.
func (s *Store) RecordRefusal(ctx context.Context, line event.Line) error {
	return s.db.RecordRefusal(ctx, line)
}

// userRow is a row of users.
type userRow struct {
	ID                id.User
	Username          string
	Name              string
	PasswordHash      string
	MustChange        bool
	PasswordChangedAt time.Time
	Active            bool
	Demo              bool
	Locale            string
	LastLoginAt       *time.Time
	Version           int64
	CreatedAt         time.Time
}

const userColumns = `u.id, u.username, u.name, u.password_hash, u.must_change, u.password_changed_at, u.active, u.demo,
	u.locale, u.last_login_at, u.version, u.created_at`

func (r userRow) user() account.User {
	return account.User{
		ID: r.ID, Username: r.Username, Name: r.Name, Locale: r.Locale, Active: r.Active, Demo: r.Demo,
		MustChange: r.MustChange, PasswordChangedAt: clock.Cut(r.PasswordChangedAt),
		LastLoginAt: cutPtr(r.LastLoginAt), CreatedAt: clock.Cut(r.CreatedAt), Version: r.Version,
	}
}

// sessionRow is a row of sessions.
type sessionRow struct {
	ID        id.Session
	UserID    id.User
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Address   string
	Agent     string
}

const sessionColumns = `s.id, s.user_id, s.created_at, s.seen_at, s.expires_at, s.address, s.agent`

func (r sessionRow) session() account.Session {
	return account.Session{
		ID: r.ID, User: r.UserID, CreatedAt: clock.Cut(r.CreatedAt), SeenAt: clock.Cut(r.SeenAt),
		ExpiresAt: clock.Cut(r.ExpiresAt), Address: r.Address, Agent: r.Agent,
	}
}

// membershipRow is a row of memberships; ID is 0 where an outer join found
// none.
type membershipRow struct {
	ID      id.Membership
	UserID  id.User
	UnitID  id.Unit
	Role    string
	FromOn  clock.Date
	UntilOn clock.Date
}

func (r membershipRow) membership() account.Membership {
	return account.Membership{
		ID: r.ID, Unit: r.UnitID, Role: access.Role(r.Role), FromOn: r.FromOn, UntilOn: r.UntilOn,
	}
}

func unknownUser() error { return fault.New(fault.NotFound, "user.unknown", "No such user.") }

func unknownSession() error { return fault.New(fault.NotFound, "session.unknown", "No such session.") }

func cutPtr(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := clock.Cut(*t)
	return &at
}
