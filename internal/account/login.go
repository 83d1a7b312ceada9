package account

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// maxAgent is how much of a browser's name is kept, in bytes.
const maxAgent = 200

// Attempt is a login as it is typed.
type Attempt struct {
	Username string
	Password string
	Agent    string // the browser, for the list of sessions
}

// LogValue keeps the password out of every log line.
func (Attempt) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Opened is a session as its person receives it.
type Opened struct {
	User       User
	Session    id.Session
	MustChange bool
	Access     string
	ExpiresIn  time.Duration // of the access token
	Refresh    string        // empty: the one already held, or on its way to another tab, serves
	Until      time.Time     // the session ends here whatever is done
}

// LogValue keeps the tokens out of every log line.
func (Opened) LogValue() slog.Value { return slog.StringValue("[secret]") }

// Login opens a session.
//
// A name that nobody has, a wrong password, a disabled or dormant account
// and a demo account outside demo mode get the same answer after the same
// work. Failures are counted by name, known or not, in the database; every
// fifth in a row locks the name for a while, longer each time and never for
// ever. The right password does not help while the lock lasts, or a guesser
// would learn from it.
//
// Errors: Unauthenticated "auth.refused"; TooMany "auth.locked" with the
// seconds to wait; Unavailable "auth.busy" when too many log in at once.
func (s *Service) Login(ctx context.Context, from event.Origin, a Attempt) (Opened, error) {
	guard := s.guard(a.Username)
	g, err := s.store.Guard(ctx, guard)
	if err != nil {
		return Opened{}, fmt.Errorf("log in: %w", err)
	}
	if g.Locked() {
		return Opened{}, errLocked(g)
	}
	known, err := s.store.ByName(ctx, foldName(a.Username), 0)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Opened{}, fmt.Errorf("log in: %w", err)
	}
	matches, err := s.hasher.Matches(ctx, a.Password, known.Hash)
	if err != nil {
		return Opened{}, fmt.Errorf("log in: %w", err)
	}
	if !matches || !s.admits(known.User, g.Now) {
		return Opened{}, s.refuse(ctx, from, guard, known.ID)
	}
	return s.open(ctx, from, known, a.Agent)
}

// admits tells whether the account may be used at all.
func (s *Service) admits(u User, now time.Time) bool {
	if u.Demo {
		return u.Active && s.demo
	}
	return u.Active && !s.profile.Dormant(u, now)
}

// refuse counts a failure and returns the refusal. user is 0 when nobody has
// the name; then nothing that was typed is kept, for it may be a password.
//
// The line has a transaction of its own and a limit per address: who tries
// name after name must not fill the log. Known and unknown names take the
// same two transactions, or the time taken would tell them apart.
func (s *Service) refuse(ctx context.Context, from event.Origin, guard string, user id.User) error {
	refusal := errRefused()
	line := originLine(from, "session.refused", "user", int64(user))
	line.Outcome, line.Code = event.Refused, refusal.Code
	err := s.store.InTx(ctx, func(tx Tx) error {
		refusal = errRefused()
		g, err := tx.CountFailure(ctx, guard, s.forget(tx.Now(ctx)))
		if err != nil {
			return err
		}
		if g.Locked() { // somebody faster used up the last try
			refusal = errLocked(g)
			return nil
		}
		return s.lockAfter(ctx, tx, guard, g, line)
	})
	if err == nil && refusal.Code == line.Code {
		err = s.store.RecordRefusal(ctx, line)
	}
	if err != nil {
		return fmt.Errorf("count a refused login: %w", err)
	}
	return refusal
}

// lockAfter locks the name when the number of failures says so, with a line
// of its own.
func (s *Service) lockAfter(ctx context.Context, tx Tx, guard string, g Guard, line event.Line) error {
	lock := s.profile.LockFor(g.Failures)
	if lock == 0 {
		return nil
	}
	if err := tx.Lock(ctx, guard, g.Now.Add(lock)); err != nil {
		return err
	}
	line.Kind, line.Outcome, line.Code = "session.locked", event.Done, ""
	line.Changes = []event.Change{{Field: "lock_minutes", After: fmt.Sprint(int(lock / time.Minute))}}
	return tx.Record(ctx, line)
}

func (s *Service) open(ctx context.Context, from event.Origin, known Credentials, agent string) (Opened, error) {
	token, hash, err := newRefresh(s.random)
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	var refusal error
	err = s.store.InTx(ctx, func(tx Tx) error {
		refusal = nil
		g, err := tx.ClearFailures(ctx, s.guard(known.Username))
		if err != nil {
			return err
		}
		if g.Locked() {
			refusal = errLocked(g)
			return nil
		}
		ok, err := tx.MarkLogin(ctx, known.ID, known.Hash)
		if err != nil {
			return err
		}
		if !ok { // disabled, or another password, since it was compared
			return errRefused()
		}
		out, err = s.insertSession(ctx, tx, from, known.User, cut(agent, maxAgent))
		if err != nil {
			return err
		}
		return tx.AddToken(ctx, hash, out.Session)
	})
	if err != nil {
		return Opened{}, fmt.Errorf("open session of user %s: %w", known.ID, err)
	}
	if refusal != nil {
		return Opened{}, refusal
	}
	out.Refresh = token
	return s.withAccess(out)
}

func (s *Service) insertSession(ctx context.Context, tx Tx, from event.Origin, u User, agent string) (Opened, error) {
	now := tx.Now(ctx)
	session := Session{
		User: u.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(s.absolute),
		Address: from.Address, Agent: agent,
	}
	var err error
	if session.ID, err = tx.OpenSession(ctx, session); err != nil {
		return Opened{}, err
	}
	from.Session = session.ID
	line := originLine(from, "session.opened", "session", int64(session.ID))
	line.User = u.ID
	return Opened{
		User: u, Session: session.ID, MustChange: s.profile.MustChange(u, now), Until: session.ExpiresAt,
	}, tx.Record(ctx, line)
}

func (s *Service) withAccess(o Opened) (Opened, error) {
	token, err := s.tokens.Make(o.User.ID, o.Session)
	if err != nil {
		return Opened{}, err
	}
	o.Access, o.ExpiresIn = token, AccessTTL
	return o, nil
}

func errRefused() *fault.Error {
	return fault.New(fault.Unauthenticated, "auth.refused", "Name or password is wrong, or the account may not be used.")
}

func errLocked(g Guard) *fault.Error {
	e := fault.New(fault.TooMany, "auth.locked", "Too many failed logins under this name.")
	e.RetryAfter = int((g.LockedUntil.Sub(g.Now) + time.Second - 1) / time.Second)
	return e
}

// originLine starts an audit line of somebody who is not, or not yet, logged
// in.
func originLine(from event.Origin, kind, object string, objectID int64) event.Line {
	return event.Line{
		Kind: kind, Session: from.Session, Address: from.Address, RequestID: from.RequestID,
		Object: object, ObjectID: objectID, Outcome: event.Done,
	}
}
