//go:build unix

// Package worldkit gives tests the whole program over a world of known
// people and leads, and clients that speak HTTP as one of them. Only tests
// import it.
package worldkit

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/app"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/config"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

const (
	password = "Relay-baton-4100"
	day      = 24 * time.Hour
	// fileBytes is the largest file that the tests' program takes.
	fileBytes = 1 << 20
)

// secret is the tests' own; equal runs seal equal cursors.
func secret() []byte { return []byte("a secret of the tests, 32 bytes!") }

// Kit is the program over one database.
type Kit struct {
	App    *app.App
	DB     *store.DB
	Log    *Log
	People map[string]*Person
	tokens *account.Tokens
	// Two people ask at once, so the description is read behind a lock.
	describe  sync.Once
	described *testkit.Contract

	investors atomic.Int64 // how many were made up
}

// Log gathers what the program logs.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write keeps a line.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// Text returns everything logged so far.
func (l *Log) Text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Each runs f on both databases side by side, each time with a fresh copy of
// the world that build makes; it is built once for each kind of database and day.
func Each(t *testing.T, name string, people []org.Account, build func(ctx context.Context, k *Kit) error, f func(t *testing.T, k *Kit)) {
	t.Helper()
	w := template(name, people, build)
	t.Run("on", func(t *testing.T) { // ends when both have ended
		for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
			t.Run(string(kind), func(t *testing.T) {
				t.Parallel()
				k := Open(t, w.URL(t, kind, false))
				started := time.Now()
				f(t, k)
				t.Logf("%s: %.1f s", kind, time.Since(started).Seconds())
			})
		}
	})
}

// template is the world as a database to copy. It belongs to one day, since
// offers run out.
func template(name string, people []org.Account, build func(ctx context.Context, k *Kit) error) *testkit.Template {
	today := clock.System{}.Today().String()
	return testkit.NewTemplate(name+"_"+today, func(ctx context.Context, db *store.DB) error {
		dir, err := os.MkdirTemp("", "leadrelay-world")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		k, err := over(ctx, db, dir)
		if err != nil {
			return err
		}
		if err := k.seat(ctx, people); err != nil {
			return err
		}
		if err := build(ctx, k); err != nil {
			return err
		}
		db.SetOffset(0)
		return k.login(ctx, people)
	})
}

// Open builds the program over a copy of a world. Its audit keeps the line of
// every refused attempt, however many a person makes.
func Open(t testing.TB, url string) *Kit {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	db, err := store.Open(ctx, store.Options{
		URL: url, UnsafeForTests: true, Refusals: store.RefusalLimit{AtOnce: 1_000_000, PerMinute: 1_000_000},
	})
	if err != nil {
		t.Fatalf("open the world: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the world: %v", err)
		}
	})
	k, err := over(ctx, db, dir)
	if err != nil {
		t.Fatalf("build the program: %v", err)
	}
	if err := k.read(ctx); err != nil {
		t.Fatalf("read the people: %v", err)
	}
	if err := k.layFiles(ctx, filepath.Join(dir, "files")); err != nil {
		t.Fatalf("lay out the files: %v", err)
	}
	return k
}

func over(ctx context.Context, db *store.DB, dir string) (*Kit, error) {
	c := &config.Config{
		Demo: true, DataDir: dir,
		Session:  config.Session{Idle: 90 * day, Absolute: 100 * day},
		Password: config.Password{Profile: "dengbao3"},
		Files:    config.Files{MaxBytes: fileBytes}, Idempotency: config.Idempotency{Keep: day},
	}
	k := &Kit{DB: db, Log: &Log{}, People: map[string]*Person{}}
	log := slog.New(slog.NewJSONHandler(k.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if k.App, err = app.OverLogging(ctx, db, c, log, secret())(app.Build{Version: "test"}); err != nil {
		return nil, err
	}
	if k.tokens, err = account.NewTokens(secret(), clock.System{}); err != nil {
		return nil, err
	}
	return k, k.countOn(ctx)
}

// countOn goes on where those who filled the database stopped making up
// investors.
func (k *Kit) countOn(ctx context.Context) error {
	var last int64
	if err := k.DB.Read(ctx).Raw("SELECT COALESCE(max(id), 0) FROM leads").Scan(&last).Error; err != nil {
		return err
	}
	k.investors.Store(last)
	return nil
}

// seat enters the people; their common password costs little to check.
func (k *Kit) seat(ctx context.Context, people []org.Account) error {
	cheap, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, AtOnce: 2, Wait: time.Second}, zeros{})
	if err != nil {
		return err
	}
	hash, err := cheap.Hash(ctx, password)
	if err != nil {
		return err
	}
	if _, err := k.App.Org.SeedAccounts(ctx, people, func() (string, error) { return hash, nil }); err != nil {
		return err
	}
	return k.read(ctx)
}

// zeros is randomness that the cheap hasher's dummy does not need.
type zeros struct{}

// Read fills with zeros.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// login opens a session for everybody, as a person does.
func (k *Kit) login(ctx context.Context, people []org.Account) error {
	for _, p := range people {
		attempt := account.Attempt{Username: p.Username, Password: password, Agent: "world"}
		if _, err := k.App.Account.Login(ctx, event.Origin{Address: "192.0.2.1"}, attempt); err != nil {
			return err
		}
	}
	return nil
}

// read fills the people from the database.
func (k *Kit) read(ctx context.Context) error {
	var rows []struct {
		ID        id.User
		Username  string
		Name      string
		SessionID id.Session
	}
	err := k.DB.Read(ctx).Raw("SELECT u.id, u.username, u.name, COALESCE((SELECT max(s.id) FROM sessions s WHERE s.user_id = u.id), 0) AS session_id FROM users u").Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, r := range rows {
		k.People[r.Username] = &Person{Kit: k, ID: r.ID, Username: r.Username, Name: r.Name, session: r.SessionID}
	}
	var held []struct {
		Username string
		UnitID   id.Unit
		Slug     string
		Role     access.Role
		ID       id.Membership
	}
	err = k.DB.Read(ctx).Raw("SELECT u.username, m.unit_id, x.slug, m.role, m.id FROM memberships m JOIN users u ON u.id = m.user_id " +
		"JOIN units x ON x.id = m.unit_id ORDER BY m.id").Scan(&held).Error
	if err != nil {
		return err
	}
	for _, m := range held {
		p := k.People[m.Username]
		p.Roles = append(p.Roles, Role{Unit: m.UnitID, Slug: m.Slug, Role: m.Role})
		p.memberships = append(p.memberships, access.Membership{ID: m.ID, Unit: m.UnitID, Role: m.Role})
	}
	return nil
}

// layFiles puts the content of every file of the world where the program
// looks for it: a copy of a database carries no files.
func (k *Kit) layFiles(ctx context.Context, dir string) error {
	var rows []struct{ StoredName, Name string }
	if err := k.DB.Read(ctx).Raw("SELECT stored_name, name FROM files").Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		path := filepath.Join(dir, r.StoredName[:2], r.StoredName)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(Content(r.Name)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Content is what a file of the world holds, by its name.
func Content(name string) string { return "content of " + name }

// Unit returns the identifier of a unit.
func (k *Kit) Unit(ctx context.Context, slug string) id.Unit {
	d, err := k.App.Org.Directory(ctx)
	if err != nil {
		return 0
	}
	u, _ := d.BySlug(slug)
	return u.ID
}

// Actor returns a person as the use cases know it, acting for one unit; an
// empty slug is its first.
func (k *Kit) Actor(ctx context.Context, username, slug string) access.Actor {
	p := k.People[username]
	a := access.NewActor(p.ID, p.memberships, k.App.Policy)
	a.Acting = p.memberships[0].Unit
	if slug != "" {
		a.Acting = k.Unit(ctx, slug)
	}
	return a
}

// Exec runs one statement of a test's own, past every use case.
func (k *Kit) Exec(ctx context.Context, sql string, args ...any) error {
	return k.DB.InTx(ctx, func(tx *store.Tx) error { return tx.DB(ctx).Exec(sql, args...).Error })
}
