// Package store keeps the program's data in SQLite or PostgreSQL: opening
// with safe settings only, transactions, the audit line, the schema's steps,
// and driver errors turned into kinds. Each module has a sub-package here.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/migrations"
)

// Dialect is the kind of database.
type Dialect string

// The two databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Options says which database to open and how.
type Options struct {
	// URL is file:PATH for SQLite or postgres://… for PostgreSQL.
	URL string
	// UnsafeForTests trades durability for speed: SQLite runs without fsync,
	// a PostgreSQL server without fsync is accepted.
	UnsafeForTests bool
	// Connections bounds each of the two pools, readers and writers; 0 means
	// 8. SQLite has one writer whatever it says.
	Connections int
	// Refusals bounds the audit lines about refused attempts of one person;
	// the zero value means 30 at once and 30 a minute.
	Refusals RefusalLimit
	// Steps holds the schema's steps; nil means those of the program.
	Steps fs.FS
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect  Dialect
	writerDB *sql.DB // one connection on SQLite: writers queue here instead of failing as busy
	readerDB *sql.DB // refuses to write
	writer   *gorm.DB
	reader   *gorm.DB
	steps    fs.FS
	path     string      // of the SQLite file
	file     fs.FileInfo // which file that was; nil on PostgreSQL
	offset   atomic.Int64
	refusals *refusals
	signals  *signals
	server   *pgx.ConnConfig // nil on SQLite
}

// waitForWriter bounds how long a transaction waits for a connection before
// the caller is told that the database is busy.
const waitForWriter = 10 * time.Second

// Open opens the database and refuses one that could lose or damage data.
// It changes nothing in the schema; see Migrate.
//
// Errors, each one line that says what to change: Invalid "database.url",
// "database.too_old", "database.unsafe", "database.not_writable",
// "database.network_folder"; Unavailable "database.unavailable" when a server
// cannot be reached.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Connections <= 0 {
		o.Connections = 8
	}
	if o.Steps == nil {
		o.Steps = migrations.FS
	}
	kind, err := dialectOf(o.URL)
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: kind, steps: o.Steps, refusals: newRefusals(o.Refusals), signals: newSignals()}
	if kind == SQLite {
		err = db.openSQLite(ctx, o)
	} else {
		err = db.openPostgres(ctx, o)
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// Dialect tells which database is open.
func (db *DB) Dialect() Dialect { return db.dialect }

// Read returns a session of the reader pool, outside any transaction. Its
// connections refuse to write, so that no change can escape its audit line.
// When another file has taken the place of SQLite's, every query of the
// session is Unavailable "database.unavailable": some connections would read
// the old file and some the new one.
//
// Only while a request under a key waits for its end does it read within that
// request's transaction, so that the answer tells of the effect.
func (db *DB) Read(ctx context.Context) *gorm.DB {
	session := db.reader.WithContext(ctx)
	if r := repeatable(ctx); r != nil && r.open != nil {
		session = r.open.session.WithContext(ctx)
	}
	if err := db.inPlace(); err != nil {
		_ = session.AddError(err) // the session carries it to every query
	}
	return session
}

// Snapshot runs several reads that see one state of the database. In a request
// under a key it is the one of the request's transaction.
func (db *DB) Snapshot(ctx context.Context, read func(session *gorm.DB) error) error {
	if r := repeatable(ctx); r != nil && r.open != nil {
		return read(db.Read(ctx))
	}
	options := &sql.TxOptions{ReadOnly: true} // SQLite's reads see one state from the first on
	if db.dialect == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx := db.Read(ctx).Begin(options)
	if tx.Error != nil {
		return fmt.Errorf("begin to read: %w", translate(tx.Error))
	}
	defer tx.Rollback()
	return read(tx)
}

// Now returns the database's instant outside a transaction, in UTC to the
// microsecond, plus the offset of the tests.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	return db.now(ctx, db.Read(ctx))
}

// SetOffset moves the database's clock by d against the real one. It is for
// tests and for the demo world's past.
func (db *DB) SetOffset(d time.Duration) { db.offset.Store(int64(d)) }

// Ping asks both pools for an answer.
//
// Errors: Unavailable "database.unavailable".
func (db *DB) Ping(ctx context.Context) error {
	if err := db.inPlace(); err != nil {
		return err
	}
	for _, pool := range []*sql.DB{db.writerDB, db.readerDB} {
		var one int
		if err := pool.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
			return fmt.Errorf("ping the database: %w", translate(err))
		}
	}
	return nil
}

// Stats returns the state of the writer and the reader pool, for the metrics.
func (db *DB) Stats() (writer, reader sql.DBStats) {
	return db.writerDB.Stats(), db.readerDB.Stats()
}

// Close ends all connections. Readers go first, so that the last connection
// to an SQLite file can fold the write-ahead log back into it.
func (db *DB) Close() error {
	var errs []error
	if db.reader != nil {
		closePrepared(db.reader)
	}
	for _, pool := range []*sql.DB{db.readerDB, db.writerDB} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

func (db *DB) now(ctx context.Context, session *gorm.DB) (time.Time, error) {
	offset := time.Duration(db.offset.Load())
	if db.dialect == SQLite {
		return clock.Cut(clock.System{}.Now().Add(offset)), nil
	}
	var at time.Time
	if err := session.WithContext(ctx).Raw("SELECT clock_timestamp()").Scan(&at).Error; err != nil {
		return time.Time{}, fmt.Errorf("read the database's clock: %w", err)
	}
	return clock.Cut(at.Add(offset)), nil
}

func gormConfig(prepare bool) *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true, // every change runs inside InTx
		PrepareStmt:            prepare,
		PrepareStmtMaxSize:     512,
		PrepareStmtTTL:         time.Hour,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard, // values of rows belong in no log
		NowFunc:                clock.System{}.Now,
		Plugins:                map[string]gorm.Plugin{rowErrors{}.Name(): rowErrors{}},
	}
}

func closePrepared(session *gorm.DB) {
	if cache, ok := session.ConnPool.(*gorm.PreparedStmtDB); ok {
		cache.Close()
	}
}

func refuse(code, format string, args ...any) error {
	return fault.New(fault.Invalid, code, fmt.Sprintf(format, args...))
}
