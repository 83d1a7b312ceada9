package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// seenEvery is how often the use of a session is written down: a write for
// every request would cost more than the request.
const seenEvery = time.Minute

// keepTokens is how long the tokens of a dead session are kept, to tell a
// stolen one from noise.
const keepTokens = 24 * time.Hour

// Options are what the use cases are built from.
type Options struct {
	Store        Store
	Hasher       *Hasher
	Clock        Clock
	Random       io.Reader
	Secret       []byte // of the installation; keys for each purpose are derived from it
	Profile      Profile
	Idle         time.Duration // 0: as the profile says
	Absolute     time.Duration // a session ends so long after the login
	DemoMode     bool
	DemoPassword string // shown at login in demo mode
	Cursors      page.Cursors
}

// Service holds the use cases of logging in and of managing users.
type Service struct {
	store    Store
	hasher   *Hasher
	tokens   *Tokens
	random   io.Reader
	guardKey []byte
	profile  Profile
	idle     time.Duration
	absolute time.Duration
	demo     bool
	demoPass string
	cursors  page.Cursors
	shape    access.Shape
}

// New returns the use cases.
//
// Errors: an error at the start of the program when a view is unclassified
// or a number impossible.
func New(o Options) (*Service, error) {
	if o.Idle == 0 {
		o.Idle = o.Profile.Idle()
	}
	if o.Idle <= seenEvery || o.Absolute < o.Idle {
		return nil, fmt.Errorf("session limits: idle %s must be above %s and not above absolute %s", o.Idle, seenEvery, o.Absolute)
	}
	tokens, err := NewTokens(o.Secret, o.Clock)
	if err != nil {
		return nil, err
	}
	guardKey, err := deriveKey(o.Secret, guardPurpose)
	if err != nil {
		return nil, err
	}
	shape, err := access.ShapeOf[UserView]()
	if err != nil {
		return nil, fmt.Errorf("read the user view: %w", err)
	}
	return &Service{
		store: o.Store, hasher: o.Hasher, tokens: tokens, random: o.Random, guardKey: guardKey,
		profile: o.Profile, idle: o.Idle, absolute: o.Absolute,
		demo: o.DemoMode, demoPass: o.DemoPassword, cursors: o.Cursors, shape: shape,
	}, nil
}

// Profile returns the rules for passwords in force.
func (s *Service) Profile() Profile { return s.profile }

// Idle returns how long a session lives without a request.
func (s *Service) Idle() time.Duration { return s.idle }

// DemoMode tells whether the accounts of the demo world live.
func (s *Service) DemoMode() bool { return s.demo }

// Authenticate returns the person behind an access token, with the
// memberships that are live today, read with one query, so that a change of
// roles, a disabled account or an ended session counts at once. At most once
// a minute it notes that the session is in use.
//
// Errors: Unauthenticated "auth.required" without a token of ours;
// Unauthenticated "auth.session_ended" when the session does not live any
// more.
func (s *Service) Authenticate(ctx context.Context, accessToken string) (Caller, error) {
	user, session, err := s.tokens.Read(accessToken)
	if err != nil {
		return Caller{}, err
	}
	c, err := s.store.Caller(ctx, s.live(user, session))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return Caller{}, errSessionEnded()
	case err != nil:
		return Caller{}, fmt.Errorf("authenticate session %s: %w", session, err)
	}
	c.MustChange = s.profile.MustChange(c.User, c.Now)
	if since := c.Now.Add(-seenEvery); !c.Session.SeenAt.After(since) {
		err = s.store.InTx(ctx, func(tx Tx) error { return tx.Touch(ctx, session, since) })
		if err != nil {
			return Caller{}, fmt.Errorf("note use of session %s: %w", session, err)
		}
	}
	return c, nil
}

// Alive returns the person of a session that a request was let in with, if the
// session still lives, with the memberships of now. Unlike Authenticate it is
// no sign of use: an open page must not keep an empty chair logged in.
//
// Errors: Unauthenticated "auth.session_ended".
func (s *Service) Alive(ctx context.Context, by access.Actor) (Caller, error) {
	c, err := s.store.Caller(ctx, s.live(by.User, by.Origin.Session))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return Caller{}, errSessionEnded()
	case err != nil:
		return Caller{}, fmt.Errorf("look at session %s: %w", by.Origin.Session, err)
	}
	return c, nil
}

// Me returns the person with the memberships that are live at this request.
func (s *Service) Me(ctx context.Context, by access.Actor) (Caller, error) {
	row, err := s.store.User(ctx, by.User)
	if err != nil {
		return Caller{}, fmt.Errorf("get user %s: %w", by.User, err)
	}
	c := Caller{User: row.User, Now: row.Now, MustChange: s.profile.MustChange(row.User, row.Now)}
	for _, m := range row.Memberships {
		if slices.ContainsFunc(by.Memberships, func(live access.Membership) bool { return live.ID == m.ID }) {
			c.Memberships = append(c.Memberships, m)
		}
	}
	return c, nil
}

// SetLocale changes the language in which the person is spoken to.
//
// Errors: Invalid "input.invalid" on locale for a language that the page
// does not speak.
func (s *Service) SetLocale(ctx context.Context, by access.Actor, locale string) (User, error) {
	if err := checkLocale(locale); err != nil {
		return User{}, err
	}
	var out User
	err := s.store.InTx(ctx, func(tx Tx) error {
		c, err := tx.ByID(ctx, by.User, 0)
		if err != nil {
			return err
		}
		out = c.User
		if c.Locale == locale {
			return nil
		}
		out.Locale = locale
		if err := tx.SetLocale(ctx, by.User, locale); err != nil {
			return err
		}
		line := by.Line("user.locale", "user", int64(by.User))
		line.Changes = []event.Change{{Field: "locale", Before: c.Locale, After: locale}}
		return tx.Record(ctx, line)
	})
	if err != nil {
		return User{}, fmt.Errorf("set locale of user %s: %w", by.User, err)
	}
	return out, nil
}

// DemoLogins returns the logins of the demo world and their password; none
// and "" outside demo mode.
func (s *Service) DemoLogins(ctx context.Context) ([]DemoLogin, string, error) {
	if !s.demo {
		return nil, "", nil
	}
	logins, err := s.store.DemoLogins(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("list demo logins: %w", err)
	}
	return logins, s.demoPass, nil
}

// Tidy deletes what no answer depends on any more: guards of names without a
// failure for long, and tokens of sessions dead for a day. It is run by a
// clock; nothing depends on its having run.
func (s *Service) Tidy(ctx context.Context) error {
	err := s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		if err := tx.ForgetFailures(ctx, s.forget(now)); err != nil {
			return err
		}
		return tx.DropTokens(ctx, now.Add(-keepTokens))
	})
	if err != nil {
		return fmt.Errorf("tidy sessions: %w", err)
	}
	return nil
}

// guard names a login name in the table of failures without telling it: a
// name that was mistyped is often a password.
func (s *Service) guard(username string) string {
	h := hmac.New(sha256.New, s.guardKey)
	h.Write([]byte(foldName(username)))
	return hex.EncodeToString(h.Sum(nil))
}

func (s *Service) forget(now time.Time) time.Time {
	return now.Add(-time.Duration(s.profile.ForgetHours.Value) * time.Hour)
}

// keepPrevious is how many hashes beside the present one are compared.
func (s *Service) keepPrevious() int { return max(0, s.profile.History.Value-1) }

func (s *Service) live(user id.User, session id.Session) Live {
	return Live{User: user, Session: session, Idle: s.idle, Demo: s.demo}
}
