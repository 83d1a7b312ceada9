package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
)

// retries is how often a transaction that lost to another is run again.
const retries = 2

// Tx is one transaction. It belongs to the goroutine that runs the work and
// is dead afterwards.
type Tx struct {
	db      *DB
	session *gorm.DB
	failed  error // a failure that nobody may commit over
}

// InTx runs work in one transaction: committed when work returns nil, rolled
// back when it returns an error, panics, or ctx ends.
//
// A transaction that lost to another (busy, serialization, deadlock) is run
// again up to twice, so work must not keep results of an earlier run. Inside
// it only tx may be used; another InTx would wait for itself on SQLite.
//
// Errors: those of work; Unavailable "database.busy" after the retries or ten
// seconds of waiting; Unavailable "database.unavailable".
func (db *DB) InTx(ctx context.Context, work func(tx *Tx) error) error {
	for run := 0; ; run++ {
		err := db.once(ctx, work)
		if !transient(err) {
			return err
		}
		if run == retries || pause(ctx, run) != nil {
			return busy(err)
		}
	}
}

// DB returns the transaction's session.
func (tx *Tx) DB(ctx context.Context) *gorm.DB { return tx.session.WithContext(ctx) }

// Dialect tells which database the transaction runs on.
func (tx *Tx) Dialect() Dialect { return tx.db.dialect }

// Now returns the present instant in UTC to the microsecond: PostgreSQL's own
// clock, so that many nodes agree, or the program's on SQLite, plus the offset
// of the tests. It is read anew at each call; call it after the row that the
// decision is about has been locked.
//
// When the clock cannot be read the transaction can no longer commit.
func (tx *Tx) Now(ctx context.Context) time.Time {
	at, err := tx.db.now(ctx, tx.session)
	tx.fail(err)
	return at
}

func (tx *Tx) fail(err error) {
	if tx.failed == nil {
		tx.failed = err
	}
}

func (db *DB) once(ctx context.Context, work func(tx *Tx) error) error {
	conn, err := db.writeConnection(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", translate(err))
	}
	// Also after a panic; after a commit it does nothing.
	defer func() { _ = sqlTx.Rollback() }()
	session := db.writer.Session(&gorm.Session{NewDB: true, Context: ctx})
	session.Statement.ConnPool = sqlTx
	tx := &Tx{db: db, session: session}
	if err := work(tx); err != nil {
		return translate(err)
	}
	if tx.failed != nil {
		return tx.failed
	}
	if err := db.inPlace(); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // the driver rolled back first and calls it already done
		}
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
}

// writeConnection waits for a connection, but not as long as the caller might.
func (db *DB) writeConnection(ctx context.Context) (*sql.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, waitForWriter)
	defer cancel()
	conn, err := db.writerDB.Conn(waiting)
	switch {
	case err == nil:
		return conn, nil
	case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return nil, busy(err)
	}
	return nil, fmt.Errorf("connect to the database: %w", translate(err))
}

// pause waits a little, at random, so that two that collided do not collide
// again.
func pause(ctx context.Context, run int) error {
	wait := time.Duration(5+rand.IntN(20)) * time.Millisecond << run
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
