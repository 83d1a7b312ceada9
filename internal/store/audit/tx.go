package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Tx is the sealer's transaction.
type Tx struct{ tx *store.Tx }

// Within returns the sealer's view of an open transaction.
func Within(tx *store.Tx) *Tx { return &Tx{tx: tx} }

// sealerLock is the number of PostgreSQL's advisory lock that the sealer
// holds: the letters LRAUDIT.
const sealerLock = 0x4c524155444954

// Claim takes the sealer's turn until the transaction ends; false when
// another node has it. SQLite has one writer, so there the turn comes with
// the transaction.
func (t *Tx) Claim(ctx context.Context) (bool, error) {
	if t.tx.Dialect() == store.SQLite {
		return true, nil
	}
	var mine bool
	if err := t.tx.DB(ctx).Raw("SELECT pg_try_advisory_xact_lock(?)", int64(sealerLock)).Scan(&mine).Error; err != nil {
		return false, fmt.Errorf("claim the sealing of the audit log: %w", err)
	}
	return mine, nil
}

// Now returns the instant.
func (t *Tx) Now(ctx context.Context) time.Time { return t.tx.Now(ctx) }

// Last returns the last link; the zero Link when there is none.
func (t *Tx) Last(ctx context.Context) (audit.Link, error) {
	var rows []linkRow
	err := t.tx.DB(ctx).Raw("SELECT seq, event_id, hash, sealed_at FROM audit_links ORDER BY seq DESC LIMIT 1").
		Scan(&rows).Error
	if err != nil {
		return audit.Link{}, fmt.Errorf("read the last audit link: %w", err)
	}
	if len(rows) == 0 {
		return audit.Link{}, nil
	}
	return rows[0].sealed().Link, nil
}

// Unsealed returns the waiting lines with the lowest numbers.
func (t *Tx) Unsealed(ctx context.Context, limit int) ([]audit.Row, error) {
	var rows []columns
	err := t.tx.DB(ctx).Raw(`SELECT e.* FROM audit_unsealed w JOIN audit_events e ON e.id = w.event_id
		ORDER BY w.event_id LIMIT ?`, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read unsealed audit lines: %w", err)
	}
	out := make([]audit.Row, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.row())
	}
	return out, nil
}

// Append adds links to the chain and takes their lines off the waiting list.
//
// Errors: Conflict "audit.place_taken".
func (t *Tx) Append(ctx context.Context, links []audit.Link, at time.Time) error {
	if len(links) == 0 {
		return nil
	}
	first, last := links[0].Seq, links[len(links)-1].Seq
	for _, size := range []int{100, 10, 1} { // few shapes, so that the statements stay prepared
		for len(links) >= size {
			if err := t.insert(ctx, links[:size], at); err != nil {
				return err
			}
			links = links[size:]
		}
	}
	// Both ends: for an open end PostgreSQL would prepare to read a third of
	// the chain.
	err := t.tx.DB(ctx).Exec(`DELETE FROM audit_unsealed
		WHERE event_id IN (SELECT k.event_id FROM audit_links k WHERE k.seq BETWEEN ? AND ?)`, first, last).Error
	if err != nil {
		return fmt.Errorf("take sealed lines off the waiting list: %w", err)
	}
	return nil
}

func (t *Tx) insert(ctx context.Context, links []audit.Link, at time.Time) error {
	args := make([]any, 0, 4*len(links))
	for _, l := range links {
		args = append(args, l.Seq, int64(l.Event), l.Hash, at)
	}
	err := t.tx.DB(ctx).Exec("INSERT INTO audit_links (seq, event_id, hash, sealed_at) VALUES (?, ?, ?, ?)"+
		strings.Repeat(", (?, ?, ?, ?)", len(links)-1), args...).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "audit.place_taken",
			"The audit chain already has a link that the sealer did not make.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("write audit links: %w", err)
	}
	return nil
}
