// Package audit keeps the hash chain of the audit log and reads the log.
// Lines are written by store.Tx.Record in the transaction of the change.
package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store is the audit log of one database.
type Store struct{ db *store.DB }

// New returns the audit log of an open database.
func New(db *store.DB) *Store { return &Store{db: db} }

// InTx runs work in one transaction.
func (s *Store) InTx(ctx context.Context, work func(audit.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Within(tx)) })
}

// Now returns the database's instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// HasUnsealed tells whether any line waits to be sealed.
func (s *Store) HasUnsealed(ctx context.Context) (bool, error) {
	var has bool
	err := s.db.Read(ctx).Raw("SELECT EXISTS (SELECT 1 FROM audit_unsealed)").Scan(&has).Error
	if err != nil {
		return false, fmt.Errorf("read unsealed audit lines: %w", err)
	}
	return has, nil
}

// Links returns the links after a place, with their lines, by place.
func (s *Store) Links(ctx context.Context, after int64, limit int) ([]audit.Sealed, error) {
	var rows []linkRow
	err := s.db.Read(ctx).Raw(`SELECT k.seq, k.event_id, k.hash, k.sealed_at, e.*
		FROM audit_links k LEFT JOIN audit_events e ON e.id = k.event_id
		WHERE k.seq > ? ORDER BY k.seq LIMIT ?`, after, limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read audit links: %w", err)
	}
	out := make([]audit.Sealed, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.sealed())
	}
	return out, nil
}

// Unlinked returns the first line that is neither sealed nor waiting, or 0.
// It is one statement, so that a line sealed meanwhile is not missed between
// two readings.
func (s *Store) Unlinked(ctx context.Context) (id.Event, error) {
	var found []int64
	err := s.db.Read(ctx).Raw(`SELECT e.id FROM audit_events e
		WHERE NOT EXISTS (SELECT 1 FROM audit_links k WHERE k.event_id = e.id)
		AND NOT EXISTS (SELECT 1 FROM audit_unsealed w WHERE w.event_id = e.id)
		ORDER BY e.id LIMIT 1`).Scan(&found).Error
	if err != nil {
		return 0, fmt.Errorf("read audit lines outside the chain: %w", err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	return id.Event(found[0]), nil
}

// Count counts the lines at one instant.
func (s *Store) Count(ctx context.Context) (audit.Counts, error) {
	var c audit.Counts
	err := s.db.Read(ctx).Raw(`SELECT (SELECT count(*) FROM audit_events) AS events,
		(SELECT count(*) FROM audit_links) AS sealed,
		(SELECT count(*) FROM audit_unsealed) AS unsealed`).Scan(&c).Error
	if err != nil {
		return audit.Counts{}, fmt.Errorf("count audit lines: %w", err)
	}
	return c, nil
}

// List returns up to limit lines before a number, newest first.
func (s *Store) List(ctx context.Context, f audit.Filter, before id.Event, limit int) ([]audit.Entry, error) {
	where, args := conditions(f)
	if before != 0 {
		where, args = append(where, "e.id < ?"), append(args, int64(before))
	}
	var rows []entryRow
	err := s.db.Read(ctx).Raw(listed+sqlWhere(where)+" ORDER BY e.id DESC LIMIT ?", append(args, limit)...).
		Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read audit lines: %w", err)
	}
	out := make([]audit.Entry, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.entry())
	}
	return out, nil
}

// People returns up to limit accounts that fit, by login name.
func (s *Store) People(ctx context.Context, text string, user id.User, limit int) ([]audit.Account, error) {
	pattern, out := "%"+escapeLike(strings.ToLower(text))+"%", []audit.Account{}
	err := s.db.Read(ctx).Raw(`SELECT id, name, username, active FROM users
		WHERE (CAST(? AS bigint) = 0 OR id = ?) AND (lower(name) LIKE ? ESCAPE '\' OR lower(username) LIKE ? ESCAPE '\')
		ORDER BY username LIMIT ?`, int64(user), int64(user), pattern, pattern, limit).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("find people of the audit log: %w", err)
	}
	return out, nil
}

// Total counts the lines of a filter, up to page.CountCap.
func (s *Store) Total(ctx context.Context, f audit.Filter) (page.Total, error) {
	where, args := conditions(f)
	var n int64
	err := s.db.Read(ctx).Raw("SELECT count(*) FROM (SELECT 1 FROM audit_events e"+sqlWhere(where)+" LIMIT ?) AS t",
		append(args, page.CountCap+1)...).Scan(&n).Error
	if err != nil {
		return page.Total{}, fmt.Errorf("count audit lines: %w", err)
	}
	if n > page.CountCap {
		return page.Total{Count: page.CountCap, Exact: false}, nil
	}
	return page.Total{Count: n, Exact: true}, nil
}

// conditions turns a filter into conditions over audit_events as e.
func conditions(f audit.Filter) (where []string, args []any) {
	add := func(condition string, arg any) {
		where, args = append(where, condition), append(args, arg)
	}
	switch {
	case strings.Contains(f.Kind, "."):
		add("e.kind = ?", f.Kind)
	case f.Kind != "":
		add(`e.kind LIKE ? ESCAPE '\'`, escapeLike(f.Kind)+".%")
	}
	if f.User != 0 {
		add("e.user_id = ?", int64(f.User))
	}
	if f.Unit != 0 {
		add("e.unit_id = ?", int64(f.Unit))
	}
	if f.Lead != 0 {
		add("e.lead_id = ?", int64(f.Lead))
	}
	switch f.Outcome {
	case "":
	case event.Refused:
		where = append(where, "e.outcome = 'refused'") // as their index says it, which a value in its place would not find
	default:
		add("e.outcome = ?", string(f.Outcome))
	}
	if !f.From.IsZero() {
		add("e.at >= ?", f.From.UTC())
	}
	if !f.Until.IsZero() {
		add("e.at < ?", f.Until.UTC())
	}
	return where, args
}

func sqlWhere(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}
