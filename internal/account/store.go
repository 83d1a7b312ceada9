package account

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Store is what the use cases need to be kept. What it returns as missing is
// a fault of kind NotFound.
type Store interface {
	// InTx runs one use case; an error undoes all of it.
	InTx(ctx context.Context, do func(Tx) error) error

	// RecordRefusal writes the line of a refused attempt in a transaction of
	// its own, within a limit per person or address.
	RecordRefusal(ctx context.Context, line event.Line) error

	// Caller returns the person of a live session with the memberships of
	// the present day, in one query: it runs before every request.
	Caller(ctx context.Context, live Live) (Caller, error)
	// Guard returns what is known of failed logins under a name.
	Guard(ctx context.Context, nameHash string) (Guard, error)
	// ByName returns a user with at most keep earlier passwords.
	ByName(ctx context.Context, username string, keep int) (Credentials, error)
	// ByID is ByName for a number.
	ByID(ctx context.Context, user id.User, keep int) (Credentials, error)
	// User returns a user with the memberships that are not over.
	User(ctx context.Context, user id.User) (Listed, error)
	// Users returns one page of users and how many there are.
	Users(ctx context.Context, q Query) ([]Listed, page.Total, error)
	// Sessions returns a person's live sessions, the newest first.
	Sessions(ctx context.Context, user id.User, idle time.Duration) ([]Session, error)
	// FieldsEdited names what the last edits of a user changed.
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	// DemoLogins returns the users of the demo world with their first
	// membership.
	DemoLogins(ctx context.Context) ([]DemoLogin, error)
}

// Tx is the inside of one use case.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, line event.Line) error

	// CountFailure adds one failed login under a name, from one on again
	// when the last was before forget. While the name is locked nothing is
	// counted.
	CountFailure(ctx context.Context, nameHash string, forget time.Time) (Guard, error)
	// Lock keeps a name from logging in until an instant.
	Lock(ctx context.Context, nameHash string, until time.Time) error
	// ClearFailures forgets a name's failures unless it is locked; then it
	// returns until when.
	ClearFailures(ctx context.Context, nameHash string) (Guard, error)
	// Unlock forgets a name's failures and its lock.
	Unlock(ctx context.Context, nameHash string) error
	// ForgetFailures deletes the guards without a failure since.
	ForgetFailures(ctx context.Context, since time.Time) error

	// MarkLogin notes a login, if the user is active and the hash is still
	// the one that the password was compared with.
	MarkLogin(ctx context.Context, user id.User, hash string) (bool, error)
	OpenSession(ctx context.Context, s Session) (id.Session, error)
	// LiveSession returns a session with its user, if it lives.
	LiveSession(ctx context.Context, live Live) (Session, User, error)
	// Touch notes that a session was used, if it was not noted since.
	Touch(ctx context.Context, session id.Session, since time.Time) error
	// EndSession ends one live session of a person.
	EndSession(ctx context.Context, user id.User, session id.Session, reason string) (bool, error)
	// EndSessions ends a person's live sessions but one, and says how many.
	EndSessions(ctx context.Context, user id.User, but id.Session, reason string) (int, error)

	AddToken(ctx context.Context, hash string, session id.Session) error
	// UseToken marks a token as used; Fresh tells whether this call was the
	// first. Of any number of calls at once exactly one is.
	UseToken(ctx context.Context, hash string) (UsedToken, error)
	// DropTokens deletes the tokens of sessions that ended before an
	// instant.
	DropTokens(ctx context.Context, before time.Time) error

	ByID(ctx context.Context, user id.User, keep int) (Credentials, error)
	Insert(ctx context.Context, u User, hash string) (id.User, error)
	// Update changes name and activity of a user of this version.
	Update(ctx context.Context, u User, version int64) (bool, error)
	// FieldsEdited names what the last edits of a user changed.
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	SetLocale(ctx context.Context, user id.User, locale string) error
	// SetPassword replaces the hash Old, and keeps it among the last Keep.
	SetPassword(ctx context.Context, p NewPassword) (bool, error)
}

// Live asks for a session that lives: not ended, not past its end, used
// within Idle, of an active user, who is of the demo world only if Demo.
type Live struct {
	User    id.User // 0: whoever it belongs to
	Session id.Session
	Idle    time.Duration
	Demo    bool
}

// Guard is what is known of failed logins under a name at the instant Now.
type Guard struct {
	Now         time.Time
	Failures    int
	LockedUntil *time.Time
}

// Locked tells whether nobody may log in under the name now.
func (g Guard) Locked() bool { return g.LockedUntil != nil && g.LockedUntil.After(g.Now) }

// UsedToken is a refresh token after it was presented.
type UsedToken struct {
	Session id.Session
	UsedAt  time.Time
	Fresh   bool
}

// NewPassword is a change of a password.
type NewPassword struct {
	User       id.User
	Old, New   string // hashes
	MustChange bool
	Keep       int // earlier hashes to keep
}

// Query asks for one page of users in the order of the sort names of
// UserView. Text is part of a name; nil and 0 mean any.
type Query struct {
	Text   string
	Active *bool
	Unit   id.Unit
	Page   page.Request
}

// Listed is a user in a list, with the memberships that are not over.
type Listed struct {
	User
	Memberships []Membership
	Now         time.Time
}

// DemoLogin is one of the logins that demo mode offers.
type DemoLogin struct {
	Username string
	Name     string
	UnitZH   string
	UnitEN   string
	Role     string
}
