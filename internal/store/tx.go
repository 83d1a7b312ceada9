package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// retries is how often a transaction that lost to another is run again.
const retries = 2

// Tx is one transaction. It belongs to the goroutine that runs the work and
// is dead afterwards.
type Tx struct {
	db      *DB
	session *gorm.DB
	failed  error     // a failure that nobody may commit over
	leads   []id.Lead // those that an audit line was written about
	said    event.Signal
	last    map[string]Last
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
//
// In a request that was started under a key (StartOnce) the transaction stays
// open until FinishOnce: the answer is kept with the effect, or neither is.
func (db *DB) InTx(ctx context.Context, work func(tx *Tx) error) error {
	if r := repeatable(ctx); r != nil {
		return r.inTx(ctx, work)
	}
	return again(ctx, func() error { return db.once(ctx, work) })
}

// again runs what lost to another transaction up to twice more.
func again(ctx context.Context, attempt func() error) error {
	for run := 0; ; run++ {
		err := attempt()
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
	o, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer o.drop() // also after a panic; after a commit it does nothing
	if _, err := o.run(work); err != nil {
		return err
	}
	return o.commit(ctx)
}

// opened is a transaction that was begun and has not ended.
type opened struct {
	db      *DB
	conn    *sql.Conn
	tx      *sql.Tx
	session *gorm.DB
	said    event.Signal // by the work done in it
	last    map[string]Last
}

func (db *DB) begin(ctx context.Context) (*opened, error) {
	conn, err := db.writeConnection(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("begin a transaction: %w", translate(err))
	}
	session := db.writer.Session(&gorm.Session{NewDB: true, Context: ctx})
	session.Statement.ConnPool = tx
	return &opened{db: db, conn: conn, tx: tx, session: session}, nil
}

// run does work inside the transaction and returns the leads that it changed;
// nothing is committed yet.
func (o *opened) run(work func(tx *Tx) error) ([]id.Lead, error) {
	tx := &Tx{db: o.db, session: o.session}
	if err := work(tx); err != nil {
		return nil, translate(err)
	}
	o.said = o.said.With(tx.said)
	o.join(tx.last)
	return tx.leads, tx.failed
}

func (o *opened) commit(ctx context.Context) error {
	if err := o.writeLast(ctx); err != nil {
		return err
	}
	if err := o.db.inPlace(); err != nil {
		return err
	}
	if err := o.tx.Commit(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // the driver rolled back first and calls it already done
		}
		return fmt.Errorf("commit: %w", translate(err))
	}
	o.db.signals.add(o.said)
	return nil
}

// drop takes the work back unless it was committed, and gives the connection
// back.
func (o *opened) drop() {
	_ = o.tx.Rollback()
	_ = o.conn.Close()
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
