//go:build unix

// Package testkit gives tests real databases: both, always, each test its own
// fresh copy. Only tests import it.
package testkit

import (
	"context"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
)

// EachDB runs f on SQLite and on PostgreSQL, each time with a fresh database
// that has the program's schema and nothing else. Nothing is synced to disk.
func EachDB(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	base().Each(t, f)
}

// EachDBDurable is EachDB with the safe settings that the program runs with.
func EachDBDurable(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachURLDurable(t, func(t *testing.T, url string) { f(t, open(t, store.Options{URL: url})) })
}

// EachURLDurable runs f with the address of a fresh database that the program
// itself agrees to open: for tests that start it, or kill it.
func EachURLDurable(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) { f(t, base().url(t, kind, true)) })
	}
}

// EachEmptyURL runs f with the address of a fresh database without a schema.
func EachEmptyURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) { f(t, emptyURL(t, kind)) })
	}
}

// EmptyURL is the address of a fresh database of one kind without a schema.
func EmptyURL(t testing.TB, kind store.Dialect) string {
	t.Helper()
	return emptyURL(t, kind)
}

// Open returns a fresh database of one kind with the program's schema, for
// benchmarks and for tests that care about one.
func Open(t testing.TB, kind store.Dialect) *store.DB {
	t.Helper()
	return base().Open(t, kind)
}

// Reopen opens the address as a test does, without syncing, and closes it at
// the end of the test.
func Reopen(t testing.TB, url string) *store.DB {
	t.Helper()
	return open(t, store.Options{URL: url, UnsafeForTests: true})
}

func kinds() []store.Dialect { return []store.Dialect{store.SQLite, store.Postgres} }

func open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("open the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the test's database: %v", err)
		}
	})
	return db
}
