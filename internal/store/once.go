package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/once"
)

// onceRequest is a request under a key, from StartOnce to its end. All
// transactions of its use cases are one; it belongs to one goroutine.
type onceRequest struct {
	db       *DB
	ctx      context.Context // of the request: its transaction outlives the call that began it
	request  once.Request
	open     *opened // nil before the first work and after the end
	leads    []id.Lead
	answered bool // under the same key, by another request
	atEnd    []func()
}

type onceKey struct{}

// repeatable returns the request under a key that ctx belongs to, or nil.
func repeatable(ctx context.Context) *onceRequest {
	r, _ := ctx.Value(onceKey{}).(*onceRequest)
	return r
}

func withoutOnce(ctx context.Context) context.Context {
	if repeatable(ctx) == nil {
		return ctx
	}
	return context.WithValue(ctx, onceKey{}, (*onceRequest)(nil))
}

// StartOnce returns the context for the use case of a request under a key:
// every InTx with it works in one transaction, which begins by claiming the
// key and stays open until FinishOnce or DropOnce. One of these must follow.
//
// InTx fails with once.ErrAnswered when the key was answered before. A
// request under the same key that is still at work is waited for; Conflict
// "idempotency.in_progress" when that takes too long.
func (db *DB) StartOnce(ctx context.Context, request once.Request) context.Context {
	r := &onceRequest{db: db, ctx: ctx, request: request}
	return context.WithValue(ctx, onceKey{}, r)
}

// ChangedOnce returns the leads that the request has changed so far.
func (db *DB) ChangedOnce(ctx context.Context) []id.Lead {
	if r := repeatable(ctx); r != nil {
		return slices.Clone(r.leads)
	}
	return nil
}

// FinishOnce keeps the answer beside the effect and commits both.
//
// Errors: once.ErrAnswered when the key was answered before; Unavailable as
// InTx. After an error nothing is done.
func (db *DB) FinishOnce(ctx context.Context, answer once.Answer) error {
	r := repeatable(ctx)
	if r == nil {
		return fmt.Errorf("finish a request under a key: none was started")
	}
	defer r.end()
	if r.open == nil && !r.answered { // the use case had nothing to change
		if err := r.inTx(ctx, func(*Tx) error { return nil }); err != nil {
			return err
		}
	}
	if r.answered {
		return once.ErrAnswered
	}
	if err := r.keep(answer); err != nil {
		return fmt.Errorf("keep the answer: %w", translate(err))
	}
	return r.open.commit(ctx)
}

// DropOnce takes back what the request did, if it was not finished.
func (db *DB) DropOnce(ctx context.Context) {
	if r := repeatable(ctx); r != nil {
		r.end()
	}
}

// AtEnd runs f when the transaction that ctx is part of has ended, whether it
// was committed or not; at once when there is none. It is for what is kept in
// memory of the data: that must be read anew only after the end.
func (db *DB) AtEnd(ctx context.Context, f func()) {
	if r := repeatable(ctx); r != nil && r.open != nil {
		r.atEnd = append(r.atEnd, f)
		return
	}
	f()
}

// InTxApart is InTx for what has to stay whatever becomes of the request, as a
// count of refusals has: also under a key the work is a transaction of its
// own. While the request holds SQLite's only writer it waits for the end of
// the request; its error is lost then.
func (db *DB) InTxApart(ctx context.Context, work func(tx *Tx) error) error {
	own := withoutOnce(ctx)
	if r := repeatable(ctx); r != nil && r.open != nil {
		r.atEnd = append(r.atEnd, func() { _ = db.InTx(context.WithoutCancel(own), work) })
		return nil
	}
	return db.InTx(own, work)
}

func (r *onceRequest) end() {
	r.rollback()
	for _, f := range r.atEnd {
		f()
	}
	r.atEnd = nil
}

func (r *onceRequest) rollback() {
	if r.open != nil {
		r.open.drop()
		r.open, r.leads = nil, nil
	}
}

// inTx runs a use case in the request's transaction; what fails in it leaves
// nothing behind, whatever was done before it.
func (r *onceRequest) inTx(ctx context.Context, work func(tx *Tx) error) error {
	if r.answered {
		return once.ErrAnswered
	}
	if r.open == nil {
		return again(ctx, func() error { return r.first(work) })
	}
	return again(ctx, func() error { return r.further(ctx, work) })
}

func (r *onceRequest) first(work func(tx *Tx) error) error {
	var err error
	if r.open, err = r.db.begin(r.ctx); err != nil {
		return err
	}
	done := false
	defer func() { // also after a panic
		if !done {
			r.rollback()
		}
	}()
	if err := r.claim(); err != nil {
		return err
	}
	if r.leads, err = r.open.run(work); err != nil {
		return err
	}
	done = true
	return nil
}

func (r *onceRequest) further(ctx context.Context, work func(tx *Tx) error) error {
	session := r.open.session.WithContext(ctx)
	if err := session.Exec("SAVEPOINT use_case").Error; err != nil {
		return fmt.Errorf("begin within a transaction: %w", translate(err))
	}
	leads, err := r.open.run(work)
	if err != nil {
		for _, back := range []string{"ROLLBACK TO SAVEPOINT use_case", "RELEASE SAVEPOINT use_case"} {
			if failed := session.Exec(back).Error; failed != nil {
				return fmt.Errorf("take back within a transaction: %w", translate(failed))
			}
		}
		return err
	}
	for _, l := range leads {
		if !slices.Contains(r.leads, l) {
			r.leads = append(r.leads, l)
		}
	}
	return session.Exec("RELEASE SAVEPOINT use_case").Error
}

// An expired row is as good as none; who else holds the key is waited for.
const claimKey = `INSERT INTO idempotency_keys (user_id, key, route, unit_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
	ON CONFLICT (user_id, key) DO UPDATE SET route = excluded.route, unit_id = excluded.unit_id, sum = '', status = 0, etag = '',
	location = '', body = '', leads = '', created_at = excluded.created_at, expires_at = excluded.expires_at
	WHERE idempotency_keys.expires_at <= excluded.created_at`

func (r *onceRequest) claim() error {
	q := r.request
	done := r.open.session.Exec(claimKey, q.User, q.Key, q.Route, none(q.Unit), r.db.Instant(0), r.db.Instant(q.Keep))
	switch err := translate(done.Error); {
	case transient(err):
		return &fault.Error{
			Kind: fault.Conflict, Code: "idempotency.in_progress", Message: "The first request under this key is still at work.", RetryAfter: 1,
		}
	case err != nil:
		return fmt.Errorf("claim a key: %w", err)
	case done.RowsAffected == 0:
		r.answered = true
		return once.ErrAnswered
	}
	return nil
}

func (r *onceRequest) keep(a once.Answer) error {
	return r.open.session.Exec(
		"UPDATE idempotency_keys SET sum = ?, status = ?, etag = ?, location = ?, body = ?, leads = ? WHERE user_id = ? AND key = ?",
		a.Sum, a.Status, a.ETag, a.Location, string(a.Body), joinIDs(a.Leads), r.request.User, r.request.Key).Error
}

// KeptOnce returns the answer that is kept under a user's key, and whether
// there is one.
func (db *DB) KeptOnce(ctx context.Context, user id.User, key string) (once.Kept, bool, error) {
	var rows []struct {
		Route                            string
		UnitID                           *id.Unit
		Sum, Etag, Location, Body, Leads string
		Status                           int
	}
	err := db.Read(ctx).Raw("SELECT route, unit_id, sum, status, etag, location, body, leads FROM idempotency_keys "+
		"WHERE user_id = ? AND key = ? AND expires_at > ?", user, key, db.Present()).Scan(&rows).Error
	if err != nil {
		return once.Kept{}, false, fmt.Errorf("read what is kept under a key: %w", err)
	}
	if len(rows) == 0 {
		return once.Kept{}, false, nil
	}
	row := rows[0]
	kept := once.Kept{Route: row.Route, Answer: once.Answer{
		Sum: row.Sum, Status: row.Status, ETag: row.Etag, Location: row.Location, Body: []byte(row.Body), Leads: splitIDs(row.Leads),
	}}
	if row.UnitID != nil {
		kept.Unit = *row.UnitID
	}
	return kept, true, nil
}

// TidyOnce deletes the answers that are no longer kept.
func (db *DB) TidyOnce(ctx context.Context) error {
	return db.InTx(ctx, func(tx *Tx) error {
		return tx.DB(ctx).Exec("DELETE FROM idempotency_keys WHERE expires_at <= ?", tx.Now(ctx)).Error
	})
}

func joinIDs(leads []id.Lead) string {
	out := make([]string, len(leads))
	for i, l := range leads {
		out[i] = l.String()
	}
	return strings.Join(out, ",")
}

func splitIDs(list string) []id.Lead {
	if list == "" {
		return nil
	}
	var out []id.Lead
	for text := range strings.SplitSeq(list, ",") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			out = append(out, id.Lead(n))
		}
	}
	return out
}
