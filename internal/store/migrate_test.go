package store_test

import (
	"context"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/migrations"
)

func TestMigratingTwiceChangesNothing(t *testing.T) {
	testkit.EachEmptyURL(t, func(t *testing.T, url string) {
		ctx := context.Background()
		db := testkit.Reopen(t, url)
		newest := newestStep(t, migrations.FS)
		versions := func(wantHave int64) {
			t.Helper()
			have, want, err := db.SchemaVersion(ctx)
			if err != nil || have != wantHave || want != newest {
				t.Errorf("have %d, want %d, error %v", have, want, err)
			}
		}
		versions(0)
		for range 2 {
			if err := db.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			versions(newest)
		}
	})
}

func TestAStepThatWasAlteredOrIsNewerThanTheProgramIsRefused(t *testing.T) {
	testkit.EachEmptyURL(t, func(t *testing.T, url string) {
		ctx := context.Background()
		first := fstest.MapFS{}
		addStep(first, "0001_one.sql", "CREATE TABLE one (id bigint NOT NULL PRIMARY KEY)")
		altered := fstest.MapFS{}
		addStep(altered, "0001_one.sql", "CREATE TABLE one (id bigint NOT NULL PRIMARY KEY, name text)")
		both := fstest.MapFS{}
		addStep(both, "0001_one.sql", "CREATE TABLE one (id bigint NOT NULL PRIMARY KEY)")
		addStep(both, "0003_three.sql", "CREATE TABLE three (id bigint NOT NULL PRIMARY KEY)")
		filled := fstest.MapFS{}
		addStep(filled, "0001_one.sql", "CREATE TABLE one (id bigint NOT NULL PRIMARY KEY)")
		addStep(filled, "0004_four.sql", "CREATE TABLE four (id bigint NOT NULL PRIMARY KEY)")
		for _, c := range []struct {
			steps fs.FS
			want  string
		}{
			{first, ""},
			{altered, "database.schema_altered: The schema step 0001_one.sql is not the one that made this database: use the program it belongs to, or restore the file."},
			{both, ""},
			{first, "database.schema_newer: The database has schema version 3, this program knows up to 1: start the newer program."},
			{filled, "database.schema_altered: The database has schema step 3, which this program does not have."},
			{both, ""},
		} {
			db, err := store.Open(ctx, store.Options{URL: url, UnsafeForTests: true, Steps: c.steps})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := db.Migrate(ctx); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAStepThatBreaksLeavesNothingAndCanBeRepaired(t *testing.T) {
	testkit.EachEmptyURL(t, func(t *testing.T, url string) {
		ctx := context.Background()
		broken, repaired := fstest.MapFS{}, fstest.MapFS{}
		addStep(broken, "0001_one.sql", "CREATE TABLE one (id bigint NOT NULL PRIMARY KEY);\nCREATE TABLE one (id bigint NOT NULL PRIMARY KEY)")
		addStep(repaired, "0001_one.sql", "CREATE TABLE one (id bigint NOT NULL PRIMARY KEY)")
		for _, c := range []struct {
			steps fs.FS
			works bool
			have  int64
		}{{broken, false, 0}, {repaired, true, 1}} {
			db, err := store.Open(ctx, store.Options{URL: url, UnsafeForTests: true, Steps: c.steps})
			if err != nil {
				t.Fatal(err)
			}
			err = db.Migrate(ctx)
			have, _, errVersion := db.SchemaVersion(ctx)
			if (err == nil) != c.works || have != c.have || errVersion != nil {
				t.Errorf("migrate: %v, version %d, %v", err, have, errVersion)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestProgramsThatStartTogetherMigrateOnce(t *testing.T) {
	testkit.EachEmptyURL(t, func(t *testing.T, url string) {
		ctx := context.Background()
		var all sync.WaitGroup
		for range 4 {
			db := testkit.Reopen(t, url)
			all.Go(func() {
				if err := db.Migrate(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

func addStep(files fstest.MapFS, name, sql string) {
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		files[string(kind)+"/"+name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql + ";\n")}
	}
}

func newestStep(t *testing.T, files fs.FS) int64 {
	t.Helper()
	names, err := fs.Glob(files, "sqlite/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	newest, err := strconv.ParseInt(strings.TrimPrefix(names[len(names)-1], "sqlite/")[:4], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return newest
}
