package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestSQLiteRunsWithTheSafeSettings(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{URL: "file:" + filepath.Join(t.TempDir(), "a %3f #商.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	pragmas := []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only"}
	read := func(ask func(query string) (string, error)) (got []string) {
		for _, name := range pragmas {
			value, err := ask("PRAGMA " + name)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, name+"="+value)
		}
		return got
	}
	reader := read(func(query string) (v string, err error) {
		err = db.Read(ctx).Raw(query).Scan(&v).Error
		return v, err
	})
	if want := []string{"journal_mode=wal", "synchronous=2", "foreign_keys=1", "busy_timeout=10000", "query_only=1"}; !slices.Equal(reader, want) {
		t.Errorf("a reader has %q, want %q", reader, want)
	}
	err = db.InTx(ctx, func(tx *store.Tx) error {
		writer := read(func(query string) (v string, err error) {
			err = tx.DB(ctx).Raw(query).Scan(&v).Error
			return v, err
		})
		if want := []string{"journal_mode=wal", "synchronous=2", "foreign_keys=1", "busy_timeout=10000", "query_only=0"}; !slices.Equal(writer, want) {
			t.Errorf("the writer has %q, want %q", writer, want)
		}
		return tx.DB(ctx).Exec(`SELECT "word"`).Error
	})
	if err == nil {
		t.Error("a double-quoted word passed as a text")
	}
}

func TestAnSQLiteFileIsReadableByItsOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new")
	db := testkit.Reopen(t, "file:"+filepath.Join(folder, "a.db"))
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %o", f.Name(), info.Mode().Perm()))
	}
	if want := []string{"a.db 600", "a.db-shm 600", "a.db-wal 600"}; !slices.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestPostgreSQLRunsWithTheSettingsTheProgramCountsOn(t *testing.T) {
	ctx := context.Background()
	db := testkit.Open(t, store.Postgres)
	names := []string{"TimeZone", "jit", "default_transaction_isolation", "default_transaction_read_only"}
	read := func(ask func(query, name string) (string, error)) (got []string) {
		for _, name := range names {
			value, err := ask("SELECT current_setting(?)", name)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, value)
		}
		return got
	}
	reader := read(func(query, name string) (v string, err error) {
		err = db.Read(ctx).Raw(query, name).Scan(&v).Error
		return v, err
	})
	if want := []string{"UTC", "off", "read committed", "on"}; !slices.Equal(reader, want) {
		t.Errorf("a reader has %q, want %q", reader, want)
	}
	err := db.InTx(ctx, func(tx *store.Tx) error {
		writer := read(func(query, name string) (v string, err error) {
			err = tx.DB(ctx).Raw(query, name).Scan(&v).Error
			return v, err
		})
		if want := []string{"UTC", "off", "read committed", "off"}; !slices.Equal(writer, want) {
			t.Errorf("the writer has %q, want %q", writer, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAReaderCannotWrite(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		err := db.Read(ctx).Exec("UPDATE units SET sort = 1").Error
		if err == nil {
			t.Fatal("the reader pool changed a table")
		}
		if fault.KindOf(err) != fault.Internal {
			t.Errorf("the error is %v, want an internal one", err)
		}
	})
}

func TestUnsafeSettingsAreRefusedWithOneLine(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, want string }{
		{"", "database.url: The database URL is empty: write file:PATH or postgres://…."},
		{"mysql://root:secret@db/x", "database.url: The database URL must begin with file: or postgres://."},
		{"leadrelay.db", "database.url: The database URL must begin with file: or postgres://."},
		{"file:", "database.url: The database URL names no file: write file:PATH."},
		{"file::memory:", "database.url: A database in memory would lose everything at the end: write file:PATH."},
		{"file:x?mode=memory", "database.url: A database in memory would lose everything at the end: write file:PATH."},
		{"file:x?_pragma=synchronous(off)", "database.url: The database URL holds a ?: its settings are fixed by the program, write file:PATH only."},
		{"file://server/share/x", "database.url: The database URL names a host: write file:PATH without //."},
		{"postgres://a:secret@h:port/x", "database.url: The database URL cannot be read: write postgres://user:password@host:port/name."},
		{
			"file:" + filepath.Join(file, "x.db"),
			"database.not_writable: The program cannot write to " + file + " (not a directory): give its user the right, or choose another folder.",
		},
		{
			"file:" + folder,
			"database.not_writable: The program cannot write to " + folder + " (is a directory): give its user the right, or choose another folder.",
		},
	} {
		db, err := store.Open(ctx, store.Options{URL: c.url})
		if err == nil {
			_ = db.Close()
			t.Errorf("%q was opened", c.url)
			continue
		}
		if err.Error() != c.want || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q is refused with\n%s, want\n%s", c.url, err, c.want)
		}
	}
}

func TestALibraryOrServerThatCanLoseDataIsRefused(t *testing.T) {
	const sqlite = "database.too_old: SQLite %s can lose a commit when it resets its log: build the program with SQLite 3.51.3 or newer."
	const off = "database.unsafe: The PostgreSQL server runs with %s = off and could lose answered changes: set %[1]s = on."
	for _, c := range []struct {
		err  error
		want string
	}{
		{store.CheckSQLiteVersion("3.51.2"), fmt.Sprintf(sqlite, "3.51.2")},
		{store.CheckSQLiteVersion("3.9.99"), fmt.Sprintf(sqlite, "3.9.99")},
		{store.CheckSQLiteVersion("?"), fmt.Sprintf(sqlite, "?")},
		{store.CheckSQLiteVersion("3.51.3"), ""},
		{store.CheckSQLiteVersion("3.52.0"), ""},
		{store.CheckServer(130014, "UTF8", "on", "on", "on", true), "database.too_old: The PostgreSQL server has version 13: 14 or newer is needed."},
		{store.CheckServer(140000, "UTF8", "on", "on", "on", false), ""},
		{store.CheckServer(150000, "SQL_ASCII", "on", "on", "on", true), "database.unsafe: The PostgreSQL database has the encoding SQL_ASCII: create it with UTF8."},
		{store.CheckServer(150000, "UTF8", "off", "on", "on", false), fmt.Sprintf(off, "fsync")},
		{store.CheckServer(150000, "UTF8", "on", "off", "on", false), fmt.Sprintf(off, "full_page_writes")},
		{store.CheckServer(150000, "UTF8", "on", "on", "off", false), fmt.Sprintf(off, "synchronous_commit")},
		{store.CheckServer(150000, "UTF8", "off", "off", "off", true), ""},
	} {
		got := ""
		if c.err != nil {
			got = c.err.Error()
		}
		if got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestTheProgramItselfOpensADurableDatabase(t *testing.T) {
	testkit.EachURLDurable(t, func(t *testing.T, url string) {
		db, err := store.Open(context.Background(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		have, want, err := db.SchemaVersion(context.Background())
		if err != nil || have != want {
			t.Errorf("the schema is %d, want %d, error %v", have, want, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestADatabaseThatIsAwayIsUnavailable(t *testing.T) {
	_, err := store.Open(context.Background(), store.Options{URL: "postgres://x@/x?host=" + t.TempDir()})
	if fault.CodeOf(err) != "database.unavailable" || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("the error is %v", err)
	}
}

func TestALostConnectionIsUnavailableAndTheNextOneWorks(t *testing.T) {
	ctx := context.Background()
	db := testkit.Open(t, store.Postgres)
	err := db.InTx(ctx, func(tx *store.Tx) error {
		return tx.DB(ctx).Exec("SELECT pg_terminate_backend(pg_backend_pid())").Error
	})
	if fault.CodeOf(err) != "database.unavailable" {
		t.Errorf("the error is %v", err)
	}
	var gone bool
	err = db.Read(ctx).Raw("SELECT pg_terminate_backend(pg_backend_pid())").Scan(&gone).Error
	if fault.CodeOf(err) != "database.unavailable" {
		t.Errorf("a reader's error is %v", err)
	}
	if err := db.Ping(ctx); err != nil {
		t.Error(err)
	}
}

func TestTheClockIsInUTCToTheMicrosecondAndMovesWithTheOffset(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		before := clock.System{}.Now()
		outside, err := db.Now(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var inside time.Time
		db.SetOffset(48 * time.Hour)
		err = db.InTx(ctx, func(tx *store.Tx) error {
			inside = tx.Now(ctx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if outside.Location() != time.UTC || inside.Location() != time.UTC || inside.Nanosecond()%1000 != 0 {
			t.Errorf("the instants are %v and %v", outside, inside)
		}
		// Server and program run on one machine here.
		if moved := inside.Sub(before); moved < 48*time.Hour || moved > 48*time.Hour+time.Minute {
			t.Errorf("the clock moved by %v", moved)
		}
	})
}

func TestAnInstantComesBackAsItWasWritten(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		instants := []time.Time{
			time.Date(2026, 3, 1, 1, 2, 3, 0, time.UTC), time.Date(2026, 3, 1, 1, 2, 3, 100_000, time.UTC),
			time.Date(2026, 3, 1, 1, 2, 3, 999_999_000, time.UTC), clock.Forever(),
		}
		err := db.InTx(ctx, func(tx *store.Tx) error {
			for i, at := range instants {
				if err := addUser(ctx, tx, fmt.Sprintf("user%d", i), at); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []time.Time
		if err := db.Read(ctx).Raw("SELECT created_at FROM users ORDER BY created_at").Scan(&got).Error; err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, instants) {
			t.Errorf("got %v, want %v", got, instants)
		}
		var later int
		if err := db.Read(ctx).Raw("SELECT count(*) FROM users WHERE created_at > ?", instants[1]).Scan(&later).Error; err != nil || later != 2 {
			t.Errorf("%d are later, error %v, want 2", later, err)
		}
	})
}

func addUser(ctx context.Context, tx *store.Tx, name string, at time.Time) error {
	return tx.DB(ctx).Exec(`INSERT INTO users (username, name, password_hash, must_change, password_changed_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?)`, name, "测试员甲", "", false, at, at).Error
}
