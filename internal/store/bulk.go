package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/event"
)

// How many values one statement of a Bulk carries, about: enough that the
// round trip to a server no longer counts, few enough for both databases.
const (
	bulkSQLite   = 1_000
	bulkPostgres = 8_000
)

// Bulk writes many rows of one table in statements of many rows each. Flush
// ends it.
type Bulk struct {
	tx      *Tx
	table   string
	columns []string
	rows    int    // of a full statement
	merge   string // what to do with a row that is there already
	full    *sql.Stmt
	pending []any
}

// Bulk begins to write many rows of a table. A first column called id makes
// the numbers those that Reserve gave.
func (tx *Tx) Bulk(table string, columns ...string) *Bulk {
	values := bulkSQLite
	if tx.Dialect() == Postgres {
		values = bulkPostgres
	}
	return &Bulk{tx: tx, table: table, columns: columns, rows: max(1, values/len(columns))}
}

// Merge says what to do with a row that is there already: the text of an ON
// CONFLICT clause. No row may come twice.
func (b *Bulk) Merge(clause string) *Bulk {
	b.merge = " " + clause
	return b
}

// Add writes one row, its values in the order of the columns.
func (b *Bulk) Add(ctx context.Context, values ...any) error {
	if len(values) != len(b.columns) {
		return fmt.Errorf("add a row to %s: %d values for %d columns", b.table, len(values), len(b.columns))
	}
	b.pending = append(b.pending, values...)
	if len(b.pending) < b.rows*len(b.columns) {
		return nil
	}
	if b.full == nil {
		var err error
		if b.full, err = b.tx.session.Statement.ConnPool.PrepareContext(ctx, b.sql(b.rows)); err != nil {
			return fmt.Errorf("prepare to write %s: %w", b.table, translate(err))
		}
	}
	_, err := b.full.ExecContext(ctx, b.pending...)
	b.pending = b.pending[:0]
	if err != nil {
		return fmt.Errorf("write %s: %w", b.table, translate(err))
	}
	return nil
}

// Flush writes what is left.
func (b *Bulk) Flush(ctx context.Context) error {
	if b.full != nil {
		defer func() { _ = b.full.Close() }()
	}
	if len(b.pending) == 0 {
		return nil
	}
	rows := len(b.pending) / len(b.columns)
	_, err := b.tx.session.Statement.ConnPool.ExecContext(ctx, b.sql(rows), b.pending...)
	b.pending = nil
	if err != nil {
		return fmt.Errorf("write %s: %w", b.table, translate(err))
	}
	return nil
}

func (b *Bulk) sql(rows int) string {
	var text strings.Builder
	text.WriteString("INSERT INTO " + b.table + " (" + strings.Join(b.columns, ", ") + ") ")
	if b.tx.Dialect() == Postgres && b.columns[0] == "id" {
		text.WriteString("OVERRIDING SYSTEM VALUE ")
	}
	text.WriteString("VALUES ")
	n := 0
	for row := range rows {
		if row > 0 {
			text.WriteString(", ")
		}
		text.WriteString("(")
		for column := range b.columns {
			if column > 0 {
				text.WriteString(", ")
			}
			n++
			text.WriteString(b.placeholder(n))
		}
		text.WriteString(")")
	}
	text.WriteString(b.merge)
	return text.String()
}

// placeholder names the type where PostgreSQL would not convert a text.
func (b *Bulk) placeholder(n int) string {
	if b.tx.Dialect() == SQLite {
		return "?"
	}
	mark := "$" + strconv.Itoa(n)
	if b.columns[(n-1)%len(b.columns)] == "grams" {
		return mark + "::tsvector"
	}
	return mark
}

// Reserve takes n numbers for new rows of a table, rising, so that rows which
// refer to each other can be written in any order.
func (tx *Tx) Reserve(ctx context.Context, table string, n int) ([]int64, error) {
	if n == 0 {
		return nil, nil
	}
	var out []int64
	if tx.Dialect() == Postgres {
		err := tx.DB(ctx).Raw("SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)", table, n).Scan(&out).Error
		if err != nil {
			return nil, fmt.Errorf("reserve numbers of %s: %w", table, err)
		}
		return out, nil
	}
	// Nobody else writes before this transaction ends; SQLite moves its
	// sequence on when the rows come.
	var last int64
	err := tx.DB(ctx).Raw("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)", table).Scan(&last).Error
	if err != nil {
		return nil, fmt.Errorf("reserve numbers of %s: %w", table, err)
	}
	out = make([]int64, n)
	for i := range out {
		out[i] = last + int64(i) + 1
	}
	return out, nil
}

// RecordAll adds audit lines with the instants that they carry: for a world
// that is made at once and has a past. Values marked secret are not kept.
//
// When a line cannot be written the transaction can no longer commit.
func (tx *Tx) RecordAll(ctx context.Context, lines []event.Stored) error {
	if err := tx.recordAll(ctx, lines); err != nil {
		err = fmt.Errorf("record %d lines: %w", len(lines), err)
		tx.fail(err)
		return err
	}
	return tx.failed
}

func (tx *Tx) recordAll(ctx context.Context, lines []event.Stored) error {
	numbers, err := tx.Reserve(ctx, "audit_events", len(lines))
	if err != nil {
		return err
	}
	events := tx.Bulk("audit_events", "id", "at", "kind", "user_id", "unit_id", "session_id", "address", "request_id", "object",
		"object_id", "lead_id", "restricted", "outcome", "code", "reason", "changes")
	unsealed := tx.Bulk("audit_unsealed", "event_id")
	for i, l := range lines {
		changes, err := changesText(l.Changes)
		if err != nil {
			return err
		}
		err = events.Add(ctx, numbers[i], l.At, l.Kind, none(l.User), none(l.Unit), none(l.Session), l.Address, l.RequestID, l.Object,
			l.ObjectID, none(l.Lead), l.Restricted, string(event.Done), l.Code, clean(l.Reason), changes)
		if err != nil {
			return err
		}
	}
	if err := events.Flush(ctx); err != nil {
		return err
	}
	for _, number := range numbers {
		if err := unsealed.Add(ctx, number); err != nil {
			return err
		}
	}
	return unsealed.Flush(ctx)
}

// Room lets the writing connection of SQLite keep so many MiB of pages in
// memory, 0 as many as usual: while indexes grow at many places at once, the
// usual two make it read its own writes back again and again. PostgreSQL has
// room of its own.
func (tx *Tx) Room(ctx context.Context, mib int) error {
	if tx.Dialect() == Postgres {
		return nil
	}
	kib := mib * 1024
	if kib == 0 {
		kib = 2_000
	}
	if err := tx.DB(ctx).Exec(fmt.Sprintf("PRAGMA cache_size = -%d", kib)).Error; err != nil {
		return fmt.Errorf("give the writer room: %w", err)
	}
	return nil
}
