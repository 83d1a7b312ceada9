package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestNothingIsAnsweredAsDoneIntoAFileThatWasTakenAway(t *testing.T) {
	for name, takeAway := range map[string]func(path string) error{
		"deleted": os.Remove,
		"moved":   func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := testkit.Open(t, store.SQLite)
			path := fileOf(t, db)
			if err := db.InTx(t.Context(), func(tx *store.Tx) error { return addUser(t.Context(), tx, "before", time.Unix(0, 0)) }); err != nil {
				t.Fatal(err)
			}
			if err := takeAway(path); err != nil {
				t.Fatal(err)
			}
			err := db.InTx(t.Context(), func(tx *store.Tx) error { return addUser(t.Context(), tx, "after", time.Unix(0, 0)) })
			if fault.CodeOf(err) != "database.unavailable" || fault.KindOf(err) != fault.Unavailable {
				t.Errorf("a write is told %v", err)
			}
			if err := db.Ping(t.Context()); fault.CodeOf(err) != "database.unavailable" {
				t.Errorf("the database calls itself ready: %v", err)
			}
			readsAreUnavailable(t, db)
			if name == "deleted" {
				if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("a connection made an empty file in its place: %v", err)
				}
			}
		})
	}
}

// readsAreUnavailable reads with more connections than are open: the new
// ones would find no database, and the old ones what is lost.
func readsAreUnavailable(t *testing.T, db *store.DB) {
	t.Helper()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var n int
			err := db.Read(context.Background()).Raw("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000) " +
				"SELECT count(*) FROM c WHERE x < (SELECT count(*) FROM users)").Scan(&n).Error
			if fault.CodeOf(err) != "database.unavailable" || fault.KindOf(err) != fault.Unavailable {
				t.Errorf("a read is told %v", err)
			}
		})
	}
	all.Wait()
}

func fileOf(t *testing.T, db *store.DB) string {
	t.Helper()
	var path string
	if err := db.Read(t.Context()).Raw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path).Error; err != nil {
		t.Fatal(err)
	}
	return filepath.Clean(path)
}
