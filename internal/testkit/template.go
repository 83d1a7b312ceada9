//go:build unix

package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit/pg"
	"github.com/leadrelay/leadrelay/migrations"
)

// Template is a world that is built once and copied for every test.
type Template struct {
	name  string // with the fingerprint of what made it
	build func(ctx context.Context, db *store.DB) error
}

// NewTemplate returns the world that build makes in a database with the
// schema. It is built once for each compiled test program and kept: a second
// run of the same program finds it. The name is of lower-case letters.
func NewTemplate(name string, build func(ctx context.Context, db *store.DB) error) *Template {
	return &Template{name: name + "_" + programPrint(), build: build}
}

// base is the schema alone, shared by all test programs.
func base() *Template {
	return &Template{name: "schema_" + schemaPrint(), build: func(context.Context, *store.DB) error { return nil }}
}

// Each runs f on SQLite and on PostgreSQL, each time with a fresh copy.
func (w *Template) Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) { f(t, w.Open(t, kind)) })
	}
}

// Open returns a fresh copy on one kind of database.
func (w *Template) Open(t testing.TB, kind store.Dialect) *store.DB {
	t.Helper()
	return Reopen(t, w.url(t, kind, false))
}

// URL returns the address of a fresh copy on one kind of database. durable
// asks for a server that the program itself agrees to open.
func (w *Template) URL(t testing.TB, kind store.Dialect, durable bool) string {
	t.Helper()
	return w.url(t, kind, durable)
}

func (w *Template) url(t testing.TB, kind store.Dialect, durable bool) string {
	t.Helper()
	var url string
	var err error
	if kind == store.SQLite {
		url, err = w.copySQLite(t.TempDir())
	} else {
		url, err = w.copyPostgres(t, durable)
	}
	if err != nil {
		t.Fatalf("make the test's database: %v", err)
	}
	return url
}

// fill makes the schema and the world in an empty database.
func (w *Template) fill(ctx context.Context, url string) (err error) {
	db, err := store.Open(ctx, store.Options{URL: url, UnsafeForTests: true})
	if err != nil {
		return err
	}
	defer func() {
		if closed := db.Close(); err == nil {
			err = closed
		}
	}()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return w.build(ctx, db)
}

var plainName = regexp.MustCompile(`[^a-z0-9_]`)

func (w *Template) plain() string { return "lrt_" + plainName.ReplaceAllString(w.name, "_") }

// schemaPrint tells one schema from another, and one way of applying it.
var schemaPrint = sync.OnceValue(func() string {
	sum := sha256.New()
	_ = fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			text, _ := fs.ReadFile(migrations.FS, path)
			_, _ = fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		}
		return err
	})
	runner, _ := os.ReadFile(filepath.Join(checkout(), "internal", "store", "migrate.go"))
	_, _ = sum.Write(runner)
	return hex.EncodeToString(sum.Sum(nil)[:6])
})

// programPrint tells one compiled test program from another: a world depends
// on the code that builds it.
var programPrint = sync.OnceValue(func() string {
	sum := sha256.New()
	if path, err := os.Executable(); err == nil {
		if file, err := os.Open(path); err == nil {
			_, _ = io.Copy(sum, file)
			_ = file.Close()
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
})

var checkout = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	root, err := pg.Root(dir)
	if err != nil {
		return dir
	}
	return root
})
