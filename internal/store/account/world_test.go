package account_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	accountstore "github.com/leadrelay/leadrelay/internal/store/account"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/rbac"
)

const (
	password = "Kx7-mq2w-first"
	agent    = "Test Browser 1"
)

// world is a database with two units, an administrator and a town officer.
type world struct {
	testing.TB
	db      *store.DB
	service *account.Service
	policy  *access.Policy
	hasher  *account.Hasher
	admin   id.User
	officer id.User
	bureau  id.Unit
	town    id.Unit
}

func onEach(t *testing.T, demo bool, f func(w *world)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		f(newWorld(t, db, demo))
	})
}

func newWorld(t testing.TB, db *store.DB, demo bool) *world {
	t.Helper()
	w := &world{TB: t, db: db}
	var err error
	if w.policy, err = access.LoadFS(rbac.FS); err != nil {
		t.Fatal(err)
	}
	w.hasher, err = account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, AtOnce: 8, Wait: time.Minute}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.service = w.serviceWith(account.Dengbao3, demo)
	w.bureau, w.town = w.unit("bureau", "bureau"), w.unit("town-a", "town")
	w.admin, w.officer = w.user("secadmin", false), w.user("officer", false)
	w.grant(w.admin, w.bureau, access.SecurityAdmin)
	w.grant(w.officer, w.town, access.TownOfficer)
	return w
}

func (w *world) serviceWith(profile string, demo bool) *account.Service {
	w.Helper()
	p, err := account.ProfileOf(profile)
	if err != nil {
		w.Fatal(err)
	}
	s, err := account.New(account.Options{
		Store: accountstore.New(w.db), Hasher: w.hasher, Clock: clock.System{}, Random: rand.Reader,
		Secret: []byte("a secret of at least thirty-two bytes"), Profile: p, Absolute: 12 * time.Hour,
		DemoMode: demo, DemoPassword: password, Cursors: page.NewCursors([]byte("cursor key")),
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	err := w.db.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.DB(context.Background()).Exec(sql, args...).Error
	})
	if err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

// texts returns the one column of a query.
func (w *world) texts(sql string, args ...any) []string {
	w.Helper()
	var out []string
	if err := w.db.Read(context.Background()).Raw(sql, args...).Scan(&out).Error; err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return out
}

func (w *world) now() time.Time {
	w.Helper()
	now, err := w.db.Now(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	return now
}

func (w *world) unit(slug, kind string) id.Unit {
	w.Helper()
	w.exec(`INSERT INTO units (slug, name_zh, name_en, short_zh, kind, pinyin, initials, confirmed, source, opened_on, created_at)
		VALUES (?, ?, ?, ?, ?, '', '', ?, 'test', '2020-01-01', ?)`, slug, slug, slug, slug, kind, true, w.now())
	var unit id.Unit
	w.read("SELECT id FROM units WHERE slug = ?", &unit, slug)
	return unit
}

func (w *world) user(username string, demo bool) id.User {
	w.Helper()
	hash, err := w.hasher.Hash(context.Background(), password)
	if err != nil {
		w.Fatal(err)
	}
	w.exec(`INSERT INTO users (username, name, password_hash, must_change, password_changed_at, active, demo, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, username, "测试员"+username, hash, false, w.now(), true, demo, w.now())
	var user id.User
	w.read("SELECT id FROM users WHERE username = ?", &user, username)
	return user
}

func (w *world) read(sql string, into any, args ...any) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw(sql, args...).Scan(into).Error; err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) grant(user id.User, unit id.Unit, role access.Role) {
	w.Helper()
	w.exec("INSERT INTO memberships (user_id, unit_id, role, from_on, created_at) VALUES (?, ?, ?, '2020-01-01', ?)",
		user, unit, string(role), w.now())
}

func origin() event.Origin { return event.Origin{Address: "192.0.2.7", RequestID: "r-1"} }

func (w *world) try(username, pass string) (account.Opened, error) {
	return w.service.Login(context.Background(), origin(), account.Attempt{Username: username, Password: pass, Agent: agent})
}

func (w *world) login(username string) account.Opened {
	w.Helper()
	return w.loginWith(username, password)
}

func (w *world) loginWith(username, pass string) account.Opened {
	w.Helper()
	o, err := w.try(username, pass)
	if err != nil {
		w.Fatalf("log in as %s: %v", username, err)
	}
	return o
}

// refuses logs in and wants a code.
func (w *world) refuses(username, pass, code string) {
	w.Helper()
	if _, err := w.try(username, pass); fault.CodeOf(err) != code || err == nil {
		w.Errorf("log in as %s: got %v, want %s", username, err, code)
	}
}

func (w *world) refresh(token string) (account.Opened, error) {
	return w.service.Refresh(context.Background(), origin(), token)
}

// dead wants an access token to be of no use any more.
func (w *world) dead(o account.Opened) {
	w.Helper()
	if _, err := w.service.Authenticate(context.Background(), o.Access); fault.CodeOf(err) != "auth.session_ended" {
		w.Errorf("session %s: got %v, want auth.session_ended", o.Session, err)
	}
}

// alive returns the caller behind a session that must live.
func (w *world) alive(o account.Opened) account.Caller {
	w.Helper()
	c, err := w.service.Authenticate(context.Background(), o.Access)
	if err != nil {
		w.Fatalf("session %s must live: %v", o.Session, err)
	}
	return c
}

// actor is the person behind a session, as the edge makes him.
func (w *world) actor(o account.Opened) access.Actor {
	w.Helper()
	a := w.alive(o).Actor(w.policy)
	a.Origin = origin()
	a.Origin.Session = o.Session
	return a
}

// later moves the database's clock on from the present.
func (w *world) later(d time.Duration) { w.db.SetOffset(d) }

// audit returns the lines as "kind outcome code object:id".
func (w *world) audit() string {
	w.Helper()
	var rows []struct {
		Kind, Outcome, Code, Object string
		ObjectID                    int64
	}
	w.read("SELECT kind, outcome, code, object, object_id FROM audit_events ORDER BY id", &rows)
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s:%d %s %s", r.Kind, r.Object, r.ObjectID, r.Outcome, r.Code)))
	}
	return strings.Join(out, "\n")
}

func want(t testing.TB, what, got, expected string) {
	t.Helper()
	if got != expected {
		t.Errorf("%s:\n got %s\nwant %s", what, got, expected)
	}
}
