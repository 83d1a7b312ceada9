package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Service seals, checks and shows the audit log.
type Service struct {
	store   Store
	chain   Chain
	cursors page.Cursors
	shape   access.Shape
}

// NewService returns the use cases over a store.
func NewService(store Store, chain Chain, cursors page.Cursors) (*Service, error) {
	shape, err := access.ShapeOf[View]()
	if err != nil {
		return nil, err
	}
	return &Service{store: store, chain: chain, cursors: cursors, shape: shape}, nil
}

// sealBatch bounds one sealing transaction, so that on SQLite, where it keeps
// other writers waiting, it lasts a few milliseconds.
const sealBatch = 500

// Seal links every waiting line into the chain, in batches, and returns how
// many. Any number of nodes may call it at once: one of them seals, the
// others return at once.
func (s *Service) Seal(ctx context.Context) (int, error) {
	for total := 0; ; {
		waiting, err := s.store.HasUnsealed(ctx)
		if err != nil || !waiting {
			return total, wrap("look for unsealed audit lines", err)
		}
		n, err := s.sealBatch(ctx)
		if err != nil {
			return total, fmt.Errorf("seal audit lines: %w", err)
		}
		if total += n; n < sealBatch {
			return total, nil
		}
	}
}

func (s *Service) sealBatch(ctx context.Context) (n int, err error) {
	err = s.store.InTx(ctx, func(tx Tx) error {
		n = 0
		mine, err := tx.Claim(ctx)
		if err != nil || !mine {
			return err
		}
		last, err := tx.Last(ctx)
		if err != nil {
			return err
		}
		rows, err := tx.Unsealed(ctx, sealBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := tx.Append(ctx, s.chain.seal(last, rows), tx.Now(ctx)); err != nil {
			return err
		}
		n = len(rows)
		return nil
	})
	return n, err
}

// Verify checks the whole log for a person.
//
// Errors: Forbidden "forbidden" without the permission audit.verify.
func (s *Service) Verify(ctx context.Context, actor access.Actor) (VerifyView, error) {
	if !actor.Scope(access.AuditVerify).Any() {
		return VerifyView{}, forbidden()
	}
	r, err := s.VerifyAll(ctx)
	if err != nil {
		return VerifyView{}, err
	}
	return r.view(), nil
}

// VerifyAll checks the whole log and names the first bad line: along the
// chain first, then lines outside it. It reads in pages, so its memory does
// not grow with the log, and does not stop writers or the sealer.
//
// Anchors are heads noted earlier: each must still be in the chain.
func (s *Service) VerifyAll(ctx context.Context, anchors ...Anchor) (Report, error) {
	w := &walk{chain: s.chain, store: s.store, anchors: make(map[int64]string, len(anchors))}
	for _, a := range anchors {
		w.anchors[a.Seq] = a.Hash
	}
	bad, err := w.run(ctx)
	if err != nil {
		return Report{}, err
	}
	if bad == nil {
		stray, err := s.store.Unlinked(ctx)
		if err != nil {
			return Report{}, fmt.Errorf("look for audit lines outside the chain: %w", err)
		}
		if stray != 0 {
			bad = &Bad{Event: stray, Why: Inserted}
		}
	}
	r := Report{Head: Anchor{Seq: w.last.Seq, Hash: w.last.Hash}, FirstBad: bad}
	if r.Counts, err = s.store.Count(ctx); err != nil {
		return Report{}, fmt.Errorf("count audit lines: %w", err)
	}
	r.CheckedAt, err = s.store.Now(ctx)
	return r, err
}

// peopleShown bounds the answer of People: it is for picking somebody.
const peopleShown = 20

// People returns up to 20 accounts whose name or login name holds the text,
// so that the auditor can ask for the lines of anybody; with a number, the
// one account of that number.
//
// Errors: Forbidden "forbidden" without the permission audit.read.
func (s *Service) People(ctx context.Context, actor access.Actor, text string, user id.User) ([]Account, error) {
	if !actor.Scope(access.AuditRead).Any() {
		return nil, forbidden()
	}
	found, err := s.store.People(ctx, text, user, peopleShown)
	return found, wrap("find people of the audit log", err)
}

// Query asks for one page of the log, newest first. An empty Cursor is the
// first page.
type Query struct {
	Filter Filter
	Limit  int
	Cursor string
}

// List returns a page of the log as the actor may see it: texts about
// restricted leads are masked, values of contacts are not kept at all.
//
// Errors: Forbidden "forbidden" without the permission audit.read; Invalid
// "input.invalid" on cursor, limit or from.
func (s *Service) List(ctx context.Context, actor access.Actor, q Query) (page.Of[View], error) {
	if !actor.Scope(access.AuditRead).Any() {
		return page.Of[View]{}, forbidden()
	}
	if err := q.check(); err != nil {
		return page.Of[View]{}, err
	}
	bound := q.Filter.bound(actor.User)
	var before id.Event
	if q.Cursor != "" {
		p, err := s.cursors.Open(q.Cursor, bound)
		if err != nil {
			return page.Of[View]{}, err
		}
		before = id.Event(p.ID)
	}
	entries, err := s.store.List(ctx, q.Filter, before, q.Limit+1)
	if err != nil {
		return page.Of[View]{}, fmt.Errorf("list audit lines: %w", err)
	}
	out := page.Of[View]{Items: []View{}}
	if out.Total, err = s.store.Total(ctx, q.Filter); err != nil {
		return page.Of[View]{}, fmt.Errorf("count audit lines: %w", err)
	}
	if len(entries) > q.Limit {
		entries = entries[:q.Limit]
		next := s.cursors.Seal(page.Position{ID: int64(entries[q.Limit-1].ID)}, bound)
		out.Next = &next
	}
	for _, e := range entries {
		out.Items = append(out.Items, s.view(e))
	}
	return out, nil
}

func (q Query) check() error {
	var broken []fault.Field
	switch {
	case q.Limit < 1:
		broken = append(broken, fault.Field{Name: "limit", Code: "too_small", Params: map[string]any{"min": 1}})
	case q.Limit > page.MaxLimit:
		broken = append(broken, fault.Field{Name: "limit", Code: "too_large", Params: map[string]any{"max": page.MaxLimit}})
	}
	if o := q.Filter.Outcome; o != "" && o != event.Done && o != event.Refused {
		broken = append(broken, fault.Field{Name: "outcome", Code: "not_allowed", Params: map[string]any{
			"allowed": []string{string(event.Done), string(event.Refused)},
		}})
	}
	if !q.Filter.From.IsZero() && !q.Filter.Until.IsZero() && !q.Filter.From.Before(q.Filter.Until) {
		broken = append(broken, fault.Field{Name: "until", Code: "until_before_from"})
	}
	return fault.Broken("input.invalid", broken)
}

// bound names what a cursor belongs to: the person, this list, its filter.
func (f Filter) bound(user id.User) string {
	return strings.Join([]string{
		"audit", user.String(), f.Kind, f.User.String(), f.Unit.String(), f.Lead.String(), string(f.Outcome),
		f.From.UTC().Format(time.RFC3339Nano), f.Until.UTC().Format(time.RFC3339Nano),
	}, "\x00")
}

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "No membership permits this.")
}

func wrap(verb string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", verb, err)
}
