package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/leadrelay/leadrelay/internal/app"
	"github.com/leadrelay/leadrelay/internal/config"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

const (
	oldSecret = "the first secret of this test, long enough"
	newSecret = "the second one of this test, as long as it"
)

// started builds the program over the database as a start would.
func started(db *store.DB, dir, secret string) (*app.App, error) {
	c := &config.Config{DataDir: dir, Session: config.Session{Idle: 600e9, Absolute: 6000e9}, Password: config.Password{Profile: "dengbao3"}}
	return app.Over(context.Background(), db, c, []byte(secret), app.Build{Version: "test"})
}

// writesALine writes an audit line, seals it and expects a whole chain.
func writesALine(t *testing.T, db *store.DB, dir, secret string) {
	t.Helper()
	ctx := context.Background()
	a, err := started(db, dir, secret)
	if err != nil {
		t.Fatal(err)
	}
	line := event.Line{Kind: "settings.changed", Object: "rule", ObjectID: 1, Outcome: event.Done}
	if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Record(ctx, line) }); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Audit.Seal(ctx); err != nil || n == 0 {
		t.Fatalf("%d lines were sealed: %v", n, err)
	}
	if r, err := a.Audit.VerifyAll(ctx); err != nil || !r.OK() || r.Sealed == 0 {
		t.Errorf("the chain is %+v (%v)", r, err)
	}
}

func TestTheAuditChainOutlivesANewSigningSecret(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		writesALine(t, db, dir, oldSecret)
		writesALine(t, db, dir, newSecret)
		if about, err := os.Stat(filepath.Join(dir, "audit.key")); err != nil || about.Mode().Perm() != 0o600 {
			t.Errorf("the key's file: %v, %v", about, err)
		}
	})
}

// A data directory of a release that derived the key from the secret with
// each start has no file yet; nor has that of one more machine.
func TestAChainWithoutAKeyFileGoesOnUnderTheSecretThatBeganItAndNoOther(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		writesALine(t, db, t.TempDir(), oldSecret)
		writesALine(t, db, t.TempDir(), oldSecret)
		dir := t.TempDir()
		if _, err := started(db, dir, newSecret); fault.CodeOf(err) != "audit.key_missing" {
			t.Errorf("a start under another key: %v", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "audit.key")); err == nil {
			t.Error("the wrong key was kept")
		}
		writesALine(t, db, dir, oldSecret)
	})
}

func TestADamagedKeyOfTheAuditChainStopsTheStart(t *testing.T) {
	db, dir := testkit.Open(t, store.SQLite), t.TempDir()
	path := filepath.Join(dir, "audit.key")
	for name, text := range map[string]string{"empty": "", "short": "c2hvcnQ", "no base64": "%%%%"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := started(db, dir, oldSecret); err == nil {
			t.Errorf("%s: the program started", name)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	writesALine(t, db, dir, oldSecret)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := started(db, dir, oldSecret); err == nil {
		t.Error("the program started with a key that others can read")
	}
}
