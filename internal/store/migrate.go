package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// step is one file of the schema.
type step struct {
	version   int64
	name, sum string
}

// Migrate brings the schema to the program's version, one transaction per
// step, one program at a time.
//
// Errors: Invalid "database.schema_newer" when the database is ahead of the
// program; Invalid "database.schema_altered" when a step that was applied is
// no longer the one in the program.
func (db *DB) Migrate(ctx context.Context) error {
	unlock, err := db.lockSchema(ctx)
	if err != nil {
		return err
	}
	err = db.migrate(ctx)
	// Another program may have been faster on SQLite, which knows no lock
	// that outlives a transaction: then its work counts.
	for run := 0; err != nil && run < retries && db.dialect == SQLite && db.stillRuns(ctx, err, run); run++ {
		err = db.migrate(ctx)
	}
	return errors.Join(err, unlock())
}

// SchemaVersion returns the version of the database's schema and the one that
// the program wants. It changes nothing.
//
// Errors: as Migrate.
func (db *DB) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	steps, err := db.loadSteps()
	if err != nil {
		return 0, 0, err
	}
	applied, err := db.appliedSteps(ctx)
	if err != nil {
		return 0, 0, err
	}
	for version := range applied {
		have = max(have, version)
	}
	want = steps[len(steps)-1].version
	return have, want, checkApplied(steps, applied)
}

func (db *DB) migrate(ctx context.Context) error {
	steps, err := db.loadSteps()
	if err != nil {
		return err
	}
	applied, err := db.appliedSteps(ctx)
	if err != nil {
		return err
	}
	if err := checkApplied(steps, applied); err != nil {
		return err
	}
	if err := db.writeSums(ctx, steps, applied); err != nil {
		return err
	}
	folder, err := fs.Sub(db.steps, string(db.dialect))
	if err != nil {
		return fmt.Errorf("find the schema's steps: %w", err)
	}
	dialect := goose.DialectPostgres
	if db.dialect == SQLite {
		dialect = goose.DialectSQLite3
	}
	provider, err := goose.NewProvider(dialect, db.writerDB, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the schema's steps: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("apply the schema's steps: %w", translate(err))
	}
	return nil
}

func (db *DB) loadSteps() ([]step, error) {
	files, err := fs.Glob(db.steps, string(db.dialect)+"/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the schema's steps: %w", err)
	}
	steps := make([]step, 0, len(files))
	for _, file := range files {
		text, err := fs.ReadFile(db.steps, file)
		if err != nil {
			return nil, fmt.Errorf("read step %s: %w", file, err)
		}
		name := path.Base(file)
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read the number of step %s: %w", file, err)
		}
		sum := sha256.Sum256(text)
		steps = append(steps, step{version: version, name: name, sum: hex.EncodeToString(sum[:])})
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("no schema steps for %s", db.dialect)
	}
	return steps, nil // sorted by name, and names begin with four digits
}

// appliedSteps returns the checksum of every applied step, empty where none
// was kept.
func (db *DB) appliedSteps(ctx context.Context) (map[int64]string, error) {
	applied := map[int64]string{}
	for _, table := range []string{"goose_db_version", "schema_sums"} {
		there, err := db.hasTable(ctx, table)
		if err != nil || !there {
			return applied, err
		}
	}
	rows, err := db.readerDB.QueryContext(ctx, `SELECT v.version_id, COALESCE(s.sum, '') FROM goose_db_version v
		LEFT JOIN schema_sums s ON s.version = v.version_id WHERE v.version_id > 0 AND v.is_applied`)
	if err != nil {
		return nil, fmt.Errorf("read the applied steps: %w", translate(err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var version int64
		var sum string
		if err := rows.Scan(&version, &sum); err != nil {
			return nil, fmt.Errorf("read an applied step: %w", err)
		}
		applied[version] = sum
	}
	return applied, rows.Err()
}

func (db *DB) hasTable(ctx context.Context, name string) (bool, error) {
	query := "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
	if db.dialect == SQLite {
		query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	}
	var found int
	if err := db.readerDB.QueryRowContext(ctx, query, name).Scan(&found); err != nil {
		return false, fmt.Errorf("look for table %s: %w", name, translate(err))
	}
	return found > 0, nil
}

func checkApplied(steps []step, applied map[int64]string) error {
	newest := steps[len(steps)-1].version
	known := map[int64]bool{}
	for _, s := range steps {
		known[s.version] = true
		if sum, done := applied[s.version]; done && sum != s.sum {
			return refuse("database.schema_altered",
				"The schema step %s is not the one that made this database: use the program it belongs to, or restore the file.", s.name)
		}
	}
	for version := range applied {
		if version > newest {
			return refuse("database.schema_newer",
				"The database has schema version %d, this program knows up to %d: start the newer program.", version, newest)
		}
		if !known[version] {
			return refuse("database.schema_altered", "The database has schema step %d, which this program does not have.", version)
		}
	}
	return nil
}

// writeSums keeps the checksums before the steps run: an applied step without
// its checksum cannot exist, also when the program dies in between.
func (db *DB) writeSums(ctx context.Context, steps []step, applied map[int64]string) error {
	return db.InTx(ctx, func(tx *Tx) error {
		session := tx.DB(ctx)
		err := session.Exec(`CREATE TABLE IF NOT EXISTS schema_sums (version bigint NOT NULL PRIMARY KEY, name text NOT NULL, sum text NOT NULL)`).Error
		if err != nil {
			return fmt.Errorf("create table schema_sums: %w", err)
		}
		for _, s := range steps {
			if _, done := applied[s.version]; done {
				continue
			}
			err := session.Exec(`INSERT INTO schema_sums (version, name, sum) VALUES (?, ?, ?)
				ON CONFLICT (version) DO UPDATE SET name = excluded.name, sum = excluded.sum`, s.version, s.name, s.sum).Error
			if err != nil {
				return fmt.Errorf("keep the checksum of step %s: %w", s.name, err)
			}
		}
		return nil
	})
}

// stillRuns tells whether a failed run may have collided with another program.
func (db *DB) stillRuns(ctx context.Context, err error, run int) bool {
	var lite interface{ Code() int }
	return errors.As(err, &lite) && pause(ctx, run+3) == nil
}

// schemaLock is the number of the advisory lock of PostgreSQL under which the
// steps run: "leadrlay" in ASCII.
const schemaLock int64 = 0x6c656164726c6179

// lockSchema keeps other programs from running the steps at the same time.
// Goose's own lock asks once a second at best, and does not cover the
// checksums.
func (db *DB) lockSchema(ctx context.Context) (unlock func() error, err error) {
	if db.dialect == SQLite {
		return func() error { return nil }, nil
	}
	conn, err := db.readerDB.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock the schema: %w", translate(err))
	}
	for {
		var locked bool
		err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", schemaLock).Scan(&locked)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock the schema: %w", translate(err)), conn.Close())
		}
		if locked {
			return func() error { return unlockSchema(ctx, conn) }, nil
		}
		if err := pause(ctx, 2); err != nil {
			return nil, errors.Join(fmt.Errorf("wait for the schema's lock: %w", err), conn.Close())
		}
	}
}

func unlockSchema(ctx context.Context, conn *sql.Conn) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := conn.ExecContext(own, "SELECT pg_advisory_unlock($1)", schemaLock)
	return errors.Join(err, conn.Close())
}
