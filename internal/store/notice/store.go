// Package notice keeps inboxes, choices and mail on its way in SQL. Of leads
// it holds the number alone: whether somebody may read one is asked through
// the lead's own scope.
package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store is the inboxes of one database.
type Store struct{ db *store.DB }

// New returns the inboxes of an open database.
func New(db *store.DB) *Store { return &Store{db: db} }

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// personRow is a user with the own choices, if any were made.
type personRow struct {
	ID         id.User
	Name       string
	Locale     string
	Email      *string
	Active     bool
	Mail       *string
	QuietFrom  *int
	QuietUntil *int
	DigestHour *int
	Version    *int64
}

const selectPeople = `SELECT u.id, u.name, u.locale, u.email, u.active, c.mail, c.quiet_from, c.quiet_until, c.digest_hour,
	c.version FROM users u LEFT JOIN notice_settings c ON c.user_id = u.id WHERE `

func (r personRow) person() (module.Person, error) {
	p := module.Person{ID: r.ID, Name: r.Name, Locale: r.Locale, Active: r.Active, Settings: module.DefaultSettings()}
	if r.Email != nil {
		p.Email = *r.Email
	}
	if r.Version == nil {
		return p, nil
	}
	p.Settings = module.Settings{DigestHour: *r.DigestHour, Version: *r.Version}
	if r.QuietFrom != nil && r.QuietUntil != nil {
		p.Settings.Quiet = &module.Quiet{From: *r.QuietFrom, Until: *r.QuietUntil}
	}
	if err := json.Unmarshal([]byte(*r.Mail), &p.Settings.Mail); err != nil {
		return module.Person{}, fmt.Errorf("read the settings of user %s: %w", r.ID, err)
	}
	return p, nil
}

// People returns the active ones of the persons that were named or are live
// members of the units, by identifier.
func (s *Store) People(ctx context.Context, who module.Who) ([]module.Person, error) {
	if len(who.Units)+len(who.Users) == 0 {
		return nil, nil
	}
	day := s.db.Today()
	role := ""
	if who.Heads {
		role = ` AND m.role LIKE '%\_head' ESCAPE '\'`
	}
	where := `u.active AND (u.id IN ? OR EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.unit_id IN ?` + role + `
		AND m.from_on <= ? AND (m.until_on IS NULL OR m.until_on > ?))) ORDER BY u.id`
	return people(s.db.Read(ctx), s.db, where, orNone(who.Users), orNone(who.Units), day, day)
}

// orNone keeps an empty list a list: no identifier is 0.
func orNone[T ~int64](list []T) []int64 {
	out := make([]int64, 0, len(list)+1)
	for _, n := range list {
		out = append(out, int64(n))
	}
	if len(out) == 0 {
		return []int64{0}
	}
	return out
}

func people(db *gorm.DB, on *store.DB, where string, args ...any) ([]module.Person, error) {
	var rows []personRow
	if err := db.Raw(selectPeople+where, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read persons: %w", err)
	}
	ids := make([]id.User, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	held, err := membershipsOf(db, on, ids)
	if err != nil {
		return nil, err
	}
	out := make([]module.Person, 0, len(rows))
	for _, r := range rows {
		p, err := r.person()
		if err != nil {
			return nil, err
		}
		p.Memberships = held[r.ID]
		out = append(out, p)
	}
	return out, nil
}

// membershipsOf returns the live memberships of persons in open units, which
// is what a request of theirs would have.
func membershipsOf(db *gorm.DB, on *store.DB, users []id.User) (map[id.User][]access.Membership, error) {
	var rows []struct {
		ID     id.Membership
		UserID id.User
		UnitID id.Unit
		Role   access.Role
	}
	day := on.Today()
	err := db.Raw(`SELECT m.id, m.user_id, m.unit_id, m.role FROM memberships m JOIN units x ON x.id = m.unit_id
		WHERE m.user_id IN ? AND m.from_on <= ? AND (m.until_on IS NULL OR m.until_on > ?)
		AND x.opened_on <= ? AND (x.closed_on IS NULL OR x.closed_on > ?) ORDER BY m.id`,
		orNone(users), day, day, day, day).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read memberships: %w", err)
	}
	out := map[id.User][]access.Membership{}
	for _, r := range rows {
		out[r.UserID] = append(out[r.UserID], access.Membership{ID: r.ID, Unit: r.UnitID, Role: r.Role})
	}
	return out, nil
}

// Person returns somebody, active or not.
func (s *Store) Person(ctx context.Context, user id.User) (module.Person, error) {
	return person(s.db.Read(ctx), s.db, user)
}

func person(db *gorm.DB, on *store.DB, user id.User) (module.Person, error) {
	found, err := people(db, on, "u.id = ?", user)
	if err != nil {
		return module.Person{}, err
	}
	if len(found) == 0 {
		return module.Person{}, fault.New(fault.NotFound, "user.unknown", "No such user.")
	}
	return found[0], nil
}

// happenedRow is a row of notice_events.
type happenedRow struct {
	ID        id.Happening
	At        time.Time
	Kind      string
	LeadID    *id.Lead
	HandoffID *id.Handoff
	Object    string
	ObjectID  int64
	ByUser    *id.User
	Heads     bool
	Units     string
	Users     string
	Params    string
	Apart     event.Apart
	Attempts  int
}

const happenedFields = `e.id, e.at, e.kind, e.lead_id, e.handoff_id, e.object, e.object_id, e.by_user, e.heads, e.units,
	e.users, e.params, e.apart, e.attempts`

func (r happenedRow) happened() (module.Happened, error) {
	h := module.Happened{ID: r.ID, At: clock.Cut(r.At), Attempts: r.Attempts, Notice: event.Notice{
		Kind: r.Kind, Lead: or(r.LeadID), Handoff: or(r.HandoffID), Object: r.Object, ObjectID: r.ObjectID, By: or(r.ByUser), Heads: r.Heads,
		Apart: r.Apart,
	}}
	err := errors.Join(
		json.Unmarshal([]byte(r.Units), &h.Units), json.Unmarshal([]byte(r.Users), &h.Users), json.Unmarshal([]byte(r.Params), &h.Params))
	if err != nil {
		return h, fmt.Errorf("read event %s: %w", r.ID, err)
	}
	return h, nil
}

func or[T any](p *T) (value T) {
	if p != nil {
		return *p
	}
	return value
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
