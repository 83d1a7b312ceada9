package account

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Created is a new user, or one with a new password, with the password that
// is shown this once.
type Created struct {
	User     UserView
	Password string
}

// LogValue keeps the password out of every log line.
func (Created) LogValue() slog.Value { return slog.StringValue("[secret]") }

// ListUsers returns one page of users; an empty cursor is the first page.
//
// The caller needs user.manage.
//
// Errors: Invalid "input.invalid" on cursor when it is not one of this list.
func (s *Service) ListUsers(ctx context.Context, by access.Actor, q Query, cursor string) (page.Of[UserView], error) {
	if err := mayManage(by); err != nil {
		return page.Of[UserView]{}, err
	}
	bound := q.bound(by.User)
	if cursor != "" {
		after, err := s.cursors.Open(cursor, bound)
		if err != nil {
			return page.Of[UserView]{}, err
		}
		q.Page.After = after
	}
	rows, total, err := s.store.Users(ctx, q)
	if err != nil {
		return page.Of[UserView]{}, fmt.Errorf("list users: %w", err)
	}
	out := page.Of[UserView]{Items: make([]UserView, 0, len(rows)), Total: total}
	if len(rows) > q.Page.Limit {
		rows = rows[:q.Page.Limit]
		next := s.cursors.Seal(positionOf(rows[len(rows)-1].User, q.Page.Sort), bound)
		out.Next = &next
	}
	for _, r := range rows {
		out.Items = append(out.Items, s.view(r, by))
	}
	return out, nil
}

// bound names what a cursor belongs to.
func (q Query) bound(user id.User) string {
	active := "any"
	if q.Active != nil {
		active = fmt.Sprint(*q.Active)
	}
	return fmt.Sprintf("users %s %q %s %s %s", user, q.Text, active, q.Unit, q.Page.Sort)
}

// MayManage tells whether the actor may manage a user who has a version; the
// edge asks before it reads the body. Without version only the person counts.
//
// Errors: NotFound "user.unknown"; Forbidden "user.self" on oneself; Stale
// "stale" with the present version and the fields that differ.
func (s *Service) MayManage(ctx context.Context, by access.Actor, user id.User, version func() (int64, error)) error {
	known, err := s.store.ByID(ctx, user, 0)
	if err != nil {
		return fmt.Errorf("get user %s: %w", user, err)
	}
	if by.User == user {
		return errSelf()
	}
	if version == nil {
		return nil
	}
	v, err := version()
	if err != nil || v == known.Version {
		return err
	}
	return stale(ctx, s.store, known.User, v)
}

// User returns one user as the list shows it.
//
// Errors: NotFound "user.unknown".
func (s *Service) User(ctx context.Context, by access.Actor, user id.User) (UserView, error) {
	if err := mayManage(by); err != nil {
		return UserView{}, err
	}
	return s.viewOf(ctx, by, user)
}

func (s *Service) viewOf(ctx context.Context, by access.Actor, user id.User) (UserView, error) {
	row, err := s.store.User(ctx, user)
	if err != nil {
		return UserView{}, fmt.Errorf("get user %s: %w", user, err)
	}
	return s.view(row, by), nil
}

// CreateUser adds a user with a made password, which must be changed at the
// first login. The user has no role yet.
//
// The caller needs user.manage.
//
// Errors: Invalid "input.invalid" by field; Conflict "user.exists" when the
// login name is taken.
func (s *Service) CreateUser(ctx context.Context, by access.Actor, d Draft) (Created, error) {
	if err := mayManage(by); err != nil {
		return Created{}, err
	}
	return s.create(ctx, by, d)
}

// CreateAtConsole is CreateUser at the console of the server, for the first
// administrators of an installation; the line says that nobody did it.
//
// Errors: as CreateUser.
func (s *Service) CreateAtConsole(ctx context.Context, d Draft) (Created, error) {
	return s.create(ctx, access.Actor{}, d)
}

func (s *Service) create(ctx context.Context, by access.Actor, d Draft) (Created, error) {
	d, err := d.Check()
	if err != nil {
		return Created{}, err
	}
	password, hash, err := s.initial(ctx, d.Username)
	if err != nil {
		return Created{}, err
	}
	var made id.User
	err = s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		u := User{
			Username: d.Username, Name: d.Name, Locale: Chinese, Active: true, MustChange: true,
			PasswordChangedAt: now, CreatedAt: now, Version: 1,
		}
		if made, err = tx.Insert(ctx, u, hash); err != nil {
			return err
		}
		line := by.Line("user.created", "user", int64(made))
		line.Changes = []event.Change{{Field: "username", After: d.Username}, {Field: "name", After: d.Name}}
		return tx.Record(ctx, line)
	})
	if err != nil {
		return Created{}, fmt.Errorf("create user: %w", err)
	}
	return s.created(ctx, by, made, password)
}

// EditUser changes name or activity of another user; version is the one the
// caller saw. Disabling ends the user's sessions in the same transaction.
//
// The caller needs user.manage.
//
// Errors: NotFound "user.unknown"; Forbidden "user.self" on oneself; Stale
// "stale"; Invalid "input.invalid" by field.
func (s *Service) EditUser(ctx context.Context, by access.Actor, user id.User, version int64, e Edit) (UserView, error) {
	if err := mayManage(by); err != nil {
		return UserView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		before, err := other(ctx, tx, by, user)
		if err != nil {
			return err
		}
		if before.Version != version {
			return stale(ctx, tx, before.User, version)
		}
		edit, err := e.Check()
		if err != nil {
			return err
		}
		after := edit.apply(before.User)
		ok, err := tx.Update(ctx, after, version)
		if err != nil {
			return err
		}
		if !ok {
			before.Version++
			return stale(ctx, tx, before.User, version)
		}
		return s.recordEdit(ctx, tx, by, before.User, after)
	})
	if err != nil {
		return UserView{}, fmt.Errorf("edit user %s: %w", user, err)
	}
	return s.viewOf(ctx, by, user)
}

func (e Edit) apply(u User) User {
	if e.Name != nil {
		u.Name = *e.Name
	}
	if e.Active != nil {
		u.Active = *e.Active
	}
	return u
}

func (s *Service) recordEdit(ctx context.Context, tx Tx, by access.Actor, before, after User) error {
	kind := "user.edited"
	var changes []event.Change
	if before.Name != after.Name {
		changes = append(changes, event.Change{Field: "name", Before: before.Name, After: after.Name})
	}
	if before.Active != after.Active {
		kind = "user.enabled"
		if !after.Active {
			kind = "user.disabled"
		}
		changes = append(changes, event.Change{
			Field: "active", Before: fmt.Sprint(before.Active), After: fmt.Sprint(after.Active),
		})
	}
	line := by.Line(kind, "user", int64(after.ID))
	line.Changes = changes
	if err := tx.Record(ctx, line); err != nil {
		return err
	}
	if after.Active {
		return nil
	}
	return endOthers(ctx, tx, by, after.ID, endedByDisable)
}

// ResetPassword gives another user a made password, which must be changed at
// the next login; it ends the user's sessions, lifts a lock and wakes a
// dormant account.
//
// The caller needs user.manage.
//
// Errors: NotFound "user.unknown"; Forbidden "user.self" on oneself;
// Conflict "password.changed" when somebody was faster.
func (s *Service) ResetPassword(ctx context.Context, by access.Actor, user id.User) (Created, error) {
	if err := mayManage(by); err != nil {
		return Created{}, err
	}
	return s.reset(ctx, by, user)
}

// ResetAtConsole is ResetPassword at the console of the server, for the day
// on which no administrator can log in; the line says that nobody did it.
//
// Errors: NotFound "user.unknown"; Conflict "password.changed".
func (s *Service) ResetAtConsole(ctx context.Context, username string) (Created, error) {
	known, err := s.store.ByName(ctx, foldName(username), 0)
	if err != nil {
		return Created{}, fmt.Errorf("reset password: %w", err)
	}
	return s.reset(ctx, access.Actor{}, known.ID)
}

func (s *Service) reset(ctx context.Context, by access.Actor, user id.User) (Created, error) {
	known, err := s.store.ByID(ctx, user, 0)
	if err != nil {
		return Created{}, fmt.Errorf("reset password of user %s: %w", user, err)
	}
	if by.User == user {
		return Created{}, errSelf()
	}
	password, hash, err := s.initial(ctx, known.Username)
	if err != nil {
		return Created{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		p := NewPassword{
			User: user, Old: known.Hash, New: hash, MustChange: true, Keep: s.profile.History.Value,
		}
		if err := setPassword(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.Unlock(ctx, s.guard(known.Username)); err != nil {
			return err
		}
		line := by.Line("password.reset", "user", int64(user))
		line.Changes = []event.Change{{Field: "password", Secret: true}}
		if err := tx.Record(ctx, line); err != nil {
			return err
		}
		return endOthers(ctx, tx, by, user, endedByAdmin)
	})
	if err != nil {
		return Created{}, fmt.Errorf("reset password of user %s: %w", user, err)
	}
	return s.created(ctx, by, user, password)
}

// EndSessions ends all sessions of another user.
//
// The caller needs user.manage.
//
// Errors: NotFound "user.unknown"; Forbidden "user.self" on oneself.
func (s *Service) EndSessions(ctx context.Context, by access.Actor, user id.User) error {
	if err := mayManage(by); err != nil {
		return err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		if _, err := other(ctx, tx, by, user); err != nil {
			return err
		}
		return endOthers(ctx, tx, by, user, endedByAdmin)
	})
	if err != nil {
		return fmt.Errorf("end sessions of user %s: %w", user, err)
	}
	return nil
}

// initial makes a password and its hash.
func (s *Service) initial(ctx context.Context, username string) (password, hash string, err error) {
	if password, err = makePassword(s.random, s.profile, username); err != nil {
		return "", "", err
	}
	hash, err = s.hasher.Hash(ctx, password)
	return password, hash, err
}

func (s *Service) created(ctx context.Context, by access.Actor, user id.User, password string) (Created, error) {
	view, err := s.viewOf(ctx, by, user)
	if err != nil {
		return Created{}, err
	}
	return Created{User: view, Password: password}, nil
}

// other returns a user that the actor is not: nobody acts on himself with
// the rights of an administrator.
func other(ctx context.Context, tx Tx, by access.Actor, user id.User) (Credentials, error) {
	known, err := tx.ByID(ctx, user, 0)
	if err != nil {
		return Credentials{}, err
	}
	if by.User == user {
		return Credentials{}, errSelf()
	}
	return known, nil
}

func mayManage(by access.Actor) error {
	if !by.Holds(access.UserManage) {
		return fault.New(fault.Forbidden, "forbidden", "No membership permits this.")
	}
	return nil
}

func errSelf() *fault.Error {
	return fault.New(fault.Forbidden, "user.self", "Nobody manages his own account.")
}

// stale says that the caller saw an older version, which is the present one
// and which fields differ.
func stale(ctx context.Context, log editLog, present User, version int64) error {
	differs, err := log.FieldsEdited(ctx, event.Edits{
		Object: "user", ID: int64(present.ID), Last: present.Version - version,
		Kinds: []string{"user.edited", "user.enabled", "user.disabled", "password.changed", "password.reset"},
	})
	if err != nil {
		return err
	}
	return fault.New(fault.Stale, "stale", "Somebody changed this meanwhile.").
		With("version", present.Version).With("differs", differs)
}

// editLog names the fields that edits changed.
type editLog interface {
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
}
