package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorm.io/gorm"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// oldestSQLite is the first library version without the defect by which a
// reset of the write-ahead log could lose a commit.
const oldestSQLite = "3.51.3"

func dialectOf(url string) (Dialect, error) {
	scheme, _, ok := strings.Cut(url, ":")
	switch {
	case ok && scheme == "file":
		return SQLite, nil
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return Postgres, nil
	case url == "":
		return "", refuse("database.url", "The database URL is empty: write file:PATH or postgres://….")
	}
	// Without the text itself: it may hold a password.
	return "", refuse("database.url", "The database URL must begin with file: or postgres://.")
}

func (db *DB) openSQLite(ctx context.Context, o Options) error {
	path, err := sqlitePath(o.URL)
	if err != nil {
		return err
	}
	if err := checkSQLiteLibrary(ctx); err != nil {
		return err
	}
	if err := prepareFile(path); err != nil {
		return err
	}
	if db.writerDB, err = sql.Open("sqlite", sqliteDSN(path, o.UnsafeForTests, false)); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	db.writerDB.SetMaxOpenConns(1)
	// The first connection makes the file a write-ahead one before any reader comes.
	if err := db.writerDB.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s: %w", path, translate(err))
	}
	if db.file, err = os.Stat(path); err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	db.path = path
	if db.readerDB, err = sql.Open("sqlite", sqliteDSN(path, o.UnsafeForTests, true)); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	db.readerDB.SetMaxOpenConns(o.Connections)
	db.readerDB.SetMaxIdleConns(o.Connections)
	if db.writer, err = gorm.Open(sqliteDialector{db.writerDB}, gormConfig(false)); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if db.reader, err = gorm.Open(sqliteDialector{db.readerDB}, gormConfig(true)); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	return nil
}

// sqlitePath returns the path within file:PATH.
func sqlitePath(url string) (string, error) {
	path := strings.TrimPrefix(url, "file:")
	if strings.HasPrefix(path, "///") {
		path = path[2:]
	}
	switch {
	case path == "" || strings.HasSuffix(path, "/"):
		return "", refuse("database.url", "The database URL names no file: write file:PATH.")
	case strings.Contains(path, ":memory:") || strings.Contains(path, "mode=memory"):
		return "", refuse("database.url", "A database in memory would lose everything at the end: write file:PATH.")
	case strings.HasPrefix(path, "//"):
		return "", refuse("database.url", "The database URL names a host: write file:PATH without //.")
	case strings.ContainsAny(path, "?\x00"):
		return "", refuse("database.url", "The database URL holds a ?: its settings are fixed by the program, write file:PATH only.")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the database file %s: %w", path, err)
	}
	return abs, nil
}

// cacheSize is the memory of one SQLite connection in KiB. The library's own
// two MiB do not hold the index that a town's list walks along.
const cacheSize = 16 << 10

// sqliteDSN is the one place of the settings. Transactions begin immediate,
// because a deferred one that turns into a writer fails as busy at once.
func sqliteDSN(path string, unsafe, reader bool) string {
	synchronous, lock := "full", "immediate"
	if unsafe {
		synchronous = "off"
	}
	pragmas := "&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(" + synchronous +
		")&_pragma=foreign_keys(on)&_pragma=cache_size(-" + strconv.Itoa(cacheSize) + ")"
	if reader {
		lock = "deferred"
		pragmas += "&_pragma=query_only(on)"
	} else {
		// What a statement of many rows would have to undo is kept in memory: in a
		// file it costs a system call for every page that the statement touches.
		pragmas += "&_pragma=temp_store(memory)"
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	// mode=rw: the file exists, and a connection that is opened later must not
	// make an empty one in the place of a file that was taken away.
	return "file:" + escaped + "?mode=rw&_txlock=" + lock + "&_time_format=sqlite&_timezone=UTC&_dqs=0" + pragmas
}

func checkSQLiteLibrary(ctx context.Context) error {
	memory, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return fmt.Errorf("load SQLite: %w", err)
	}
	var version string
	err = memory.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version)
	if err := errors.Join(err, memory.Close()); err != nil {
		return fmt.Errorf("ask SQLite for its version: %w", err)
	}
	return checkSQLiteVersion(version)
}

func checkSQLiteVersion(version string) error {
	if versionNumber(version) < versionNumber(oldestSQLite) {
		return refuse("database.too_old",
			"SQLite %s can lose a commit when it resets its log: build the program with SQLite %s or newer.", version, oldestSQLite)
	}
	return nil
}

// versionNumber reads 3.51.3 as 3051003; what it cannot read counts as 0.
func versionNumber(version string) int {
	number := 0
	parts := strings.SplitN(version, ".", 4)
	for i := range 3 {
		part := 0
		if i < len(parts) {
			part, _ = strconv.Atoi(parts[i])
		}
		number = number*1000 + part
	}
	return number
}

// prepareFile makes the folder and the file, readable by its owner only, and
// finds out whether both can be written: SQLite needs to make files beside
// its own.
func prepareFile(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return notWritable(folder, err)
	}
	if kind := networkFolder(folder); kind != "" {
		return refuse("database.network_folder",
			"The folder %s is on a network disk (%s), where SQLite's locks cannot be trusted: choose a local disk, or use PostgreSQL.", folder, kind)
	}
	probe, err := os.CreateTemp(folder, ".leadrelay-probe-*")
	if err != nil {
		return notWritable(folder, err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return notWritable(folder, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return notWritable(path, err)
	}
	return file.Close()
}

// inPlace finds out whether the SQLite file that is open is still the one
// under its name. The system lets a program write on into a file that was
// deleted or replaced, and all of that is gone at the end: so nothing is
// answered as done any more.
//
// Errors: Unavailable "database.unavailable".
func (db *DB) inPlace() error {
	if db.file == nil {
		return nil
	}
	now, err := os.Stat(db.path)
	if err == nil && !os.SameFile(now, db.file) {
		err = errors.New("another file has taken its place")
	}
	if err != nil {
		return fmt.Errorf("find the database file: %w", meaning{kind: unavailable(), cause: err})
	}
	return nil
}

func notWritable(path string, err error) error {
	var cause *fs.PathError
	reason := err.Error()
	if errors.As(err, &cause) {
		reason = cause.Err.Error()
	}
	return fault.New(fault.Invalid, "database.not_writable",
		fmt.Sprintf("The program cannot write to %s (%s): give its user the right, or choose another folder.", path, reason))
}
