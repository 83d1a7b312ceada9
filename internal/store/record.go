package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
)

// Record adds the audit line to the transaction: no line, no change. The
// store gives it the number and the instant. Values marked secret are not
// kept.
//
// When the line cannot be written the transaction can no longer commit.
func (tx *Tx) Record(ctx context.Context, line event.Line) error {
	if err := tx.record(ctx, line); err != nil {
		err = fmt.Errorf("record %s: %w", line.Kind, err)
		tx.fail(err)
		return err
	}
	if line.Lead != 0 && !slices.Contains(tx.leads, line.Lead) {
		tx.leads = append(tx.leads, line.Lead)
	}
	tx.Announce(meant(line))
	return tx.failed
}

const insertEvent = `INSERT INTO audit_events (at, kind, user_id, unit_id, session_id, address, request_id, object,
	object_id, lead_id, restricted, outcome, code, reason, changes)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`

func (tx *Tx) record(ctx context.Context, l event.Line) error {
	changes, err := changesText(l.Changes)
	if err != nil {
		return err
	}
	if l.Outcome == "" {
		l.Outcome = event.Done
	}
	at := tx.Now(ctx)
	var number int64
	err = tx.DB(ctx).Raw(insertEvent,
		at, clean(l.Kind), none(l.User), none(l.Unit), none(l.Session), clean(l.Address), clean(l.RequestID), clean(l.Object),
		l.ObjectID, none(l.Lead), l.Restricted, string(l.Outcome), clean(l.Code), clean(l.Reason), changes).Scan(&number).Error
	if err != nil {
		return err
	}
	return tx.DB(ctx).Exec("INSERT INTO audit_unsealed (event_id) VALUES (?)", number).Error
}

// changesText writes the changes as JSON and drops values marked secret, in
// case a caller left them in.
func changesText(changes []event.Change) (string, error) {
	kept := make([]event.Change, 0, len(changes))
	for _, c := range changes {
		if c.Secret {
			c.Before, c.After = "", ""
		}
		c.Before, c.After = clean(c.Before), clean(c.After)
		kept = append(kept, c)
	}
	text, err := json.Marshal(kept)
	return string(text), err
}

// clean removes what PostgreSQL refuses in a text: a line about a malformed
// attempt must not fail for the attempt's own text.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// none turns the identifier 0 into NULL.
func none[T ~int64](id T) *int64 {
	if id == 0 {
		return nil
	}
	n := int64(id)
	return &n
}

// RefusalLimit bounds the lines about refused attempts of one person, so that
// nobody can fill the log: AtOnce in a row, then PerMinute.
type RefusalLimit struct{ AtOnce, PerMinute int }

// recordWithin bounds the writing of a refusal, whose request may be gone.
const recordWithin = 5 * time.Second

// RecordRefusal writes the line of a refused attempt in a transaction of its
// own, also when the caller has gone away. Beyond the person's limit the line
// is dropped; the next one that is written carries the number of those
// dropped before it as the change "dropped_before".
func (db *DB) RecordRefusal(ctx context.Context, line event.Line) error {
	allowed, dropped := db.refusals.take(line, clock.System{}.Now())
	if !allowed {
		return nil
	}
	line.Outcome = event.Refused
	if dropped > 0 {
		line.Changes = append(line.Changes[:len(line.Changes):len(line.Changes)],
			event.Change{Field: "dropped_before", After: strconv.Itoa(dropped)})
	}
	if r := repeatable(ctx); r != nil && r.open != nil {
		// The request holds SQLite's only writer: the line is written after it.
		r.atEnd = append(r.atEnd, func() { _ = db.recordAlone(ctx, line) })
		return nil
	}
	return db.recordAlone(ctx, line)
}

func (db *DB) recordAlone(ctx context.Context, line event.Line) error {
	own, cancel := context.WithTimeout(withoutOnce(context.WithoutCancel(ctx)), recordWithin)
	defer cancel()
	return db.InTx(own, func(tx *Tx) error { return tx.Record(own, line) })
}

// refusals holds one bucket per person, or per address where nobody is
// logged in.
type refusals struct {
	limit   RefusalLimit
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	*rate.Limiter
	dropped int
}

// manyBuckets is when full buckets are thrown away: they say nothing.
const manyBuckets = 10_000

func newRefusals(limit RefusalLimit) *refusals {
	if limit == (RefusalLimit{}) {
		limit = RefusalLimit{AtOnce: 30, PerMinute: 30}
	}
	return &refusals{limit: limit, buckets: map[string]*bucket{}}
}

func (r *refusals) take(line event.Line, now time.Time) (allowed bool, dropped int) {
	key := "user " + line.User.String()
	if line.User == 0 {
		key = "address " + line.Address
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.buckets[key]
	if b == nil {
		r.prune(now)
		b = &bucket{Limiter: rate.NewLimiter(rate.Limit(float64(r.limit.PerMinute)/60), r.limit.AtOnce)}
		r.buckets[key] = b
	}
	if !b.AllowN(now, 1) {
		b.dropped++
		return false, 0
	}
	dropped, b.dropped = b.dropped, 0
	return true, dropped
}

func (r *refusals) prune(now time.Time) {
	if len(r.buckets) < manyBuckets {
		return
	}
	for key, b := range r.buckets {
		if b.TokensAt(now) >= float64(r.limit.AtOnce) {
			delete(r.buckets, key)
		}
	}
}
