package credit

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Service holds the use cases of counting and credit.
type Service struct {
	store Store
	city  City
}

// New returns the use cases over a store.
func New(store Store, city City) *Service { return &Service{store: store, city: city} }

// batch is how many leads are looked at at once.
const batch = 200

// book reads the rules; failed says afterwards whether a closing day could not
// be read.
func (s *Service) book(ctx context.Context, r Reads) (b Book, failed func() error, err error) {
	if b.Rules, err = r.Rules(ctx); err != nil {
		return b, nil, err
	}
	if b.Shares, err = r.ShareRules(ctx); err != nil {
		return b, nil, err
	}
	by, err := r.Closings(ctx)
	if err != nil {
		return b, nil, err
	}
	early, kept := map[Month]time.Time{}, map[Month]time.Time{}
	for _, c := range by {
		early[c.Month] = c.ClosedAt
	}
	var broken error
	b.ClosedAt = func(m Month) time.Time {
		if at, known := kept[m]; known {
			return at
		}
		at, err := s.due(ctx, m)
		if err != nil {
			broken = err
		}
		if e, known := early[m]; known && e.Before(at) {
			at = e
		}
		kept[m] = at
		return at
	}
	return b, func() error { return broken }, nil
}

// due is when a month closes by itself: at the end of a day of the month after
// it. The rule is the one in force on the first day of that month, so a later
// one closes no month earlier or later that is over.
func (s *Service) due(ctx context.Context, m Month) (time.Time, error) {
	first := m.Add(1).First()
	day, err := s.city.CloseDay(ctx, first)
	if err != nil {
		return time.Time{}, fmt.Errorf("read when month %s closes: %w", m, err)
	}
	return first.AddDays(day - 1).End(), nil
}

// Follow counts what was learned of a lead, in the transaction in which it
// changed: the journal gets what it lacks, and the ledger what follows.
//
// Before everything of before was counted the first time, changes are entered
// at the time when they were known; afterwards at the present, under a lock
// that keeps months from being closed meanwhile.
func (s *Service) Follow(ctx context.Context, tx Tx, lead id.Lead) error {
	return s.follow(ctx, tx, lead, nil)
}

// follow is Follow with the rules at hand, if they are.
func (s *Service) follow(ctx context.Context, tx Tx, lead id.Lead, b *Book) error {
	began, err := tx.ShareGate(ctx)
	if err != nil {
		return err
	}
	lacks, err := tx.Facts(ctx, lead)
	if err != nil || len(lacks) == 0 {
		return err
	}
	now := tx.Now(ctx)
	for n := range lacks {
		if began {
			lacks[n].At = now
		}
		if err := tx.AddStep(ctx, &lacks[n]); err != nil {
			return err
		}
	}
	if b != nil {
		return s.enter(ctx, tx, lead, *b)
	}
	return s.enterBy(ctx, tx, lead)
}

// enterBy is enter by the rules as they are.
func (s *Service) enterBy(ctx context.Context, tx Tx, lead id.Lead) error {
	b, failed, err := s.book(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.enter(ctx, tx, lead, b); err != nil {
		return err
	}
	return failed()
}

// enter adds to the ledger of a lead what follows from its journal.
func (s *Service) enter(ctx context.Context, tx Tx, lead id.Lead, b Book) error {
	steps, err := tx.Steps(ctx, lead)
	if err != nil {
		return err
	}
	entries := Replay(steps, b)
	there, err := tx.Entered(ctx, lead)
	if err != nil || there >= len(entries) {
		return err
	}
	return tx.AddEntries(ctx, entries[there:])
}

// learn writes what the parties or the bureau decided into the journal of a
// locked lead, and counts it.
func (s *Service) learn(ctx context.Context, tx Tx, step Step) error {
	if err := s.Follow(ctx, tx, step.LeadID); err != nil {
		return err
	}
	step.At = tx.Now(ctx)
	if err := tx.AddStep(ctx, &step); err != nil {
		return err
	}
	return s.enterBy(ctx, tx, step.LeadID)
}

// CatchUp counts leads that came in beside the acts, and everything of before
// the first time. It returns how many leads it counted.
func (s *Service) CatchUp(ctx context.Context) (int, error) {
	done := 0
	for after := id.Lead(0); ; {
		leads, err := s.store.Uncounted(ctx, after, batch)
		if err != nil {
			return done, err
		}
		if len(leads) == 0 {
			break
		}
		if err := s.store.InTx(ctx, func(tx Tx) error { return s.followAll(ctx, tx, leads) }); err != nil {
			return done, err
		}
		done, after = done+len(leads), leads[len(leads)-1]
	}
	return done, s.store.InTx(ctx, func(tx Tx) error {
		if began, err := tx.ShareGate(ctx); err != nil || began {
			return err
		}
		return tx.Begin(ctx, tx.Now(ctx))
	})
}

// followAll counts leads, in their order.
func (s *Service) followAll(ctx context.Context, tx Tx, leads []id.Lead) error {
	b, failed, err := s.book(ctx, tx)
	if err != nil {
		return err
	}
	for _, l := range leads {
		if err := tx.LockLead(ctx, l); err != nil {
			return err
		}
		if err := s.follow(ctx, tx, l, &b); err != nil {
			return fmt.Errorf("count lead %s: %w", l, err)
		}
	}
	return failed()
}

// Verify works out the ledger of every lead anew and names what differs, at
// most so many findings; a sound ledger gives none.
func (s *Service) Verify(ctx context.Context, most int) ([]string, error) {
	b, failed, err := s.book(ctx, s.store)
	if err != nil {
		return nil, err
	}
	var out []string
	for after := id.Lead(0); ; {
		leads, err := s.store.Journals(ctx, after, batch)
		if err != nil || len(leads) == 0 {
			return out, err
		}
		for _, l := range leads {
			wrong, err := s.verify(ctx, b, l)
			if err != nil {
				return out, err
			}
			if wrong != "" && len(out) < most {
				out = append(out, wrong)
			}
			after = l
		}
		if err := failed(); err != nil {
			return out, err
		}
	}
}

// verify compares the ledger of a lead with what follows from its journal.
func (s *Service) verify(ctx context.Context, b Book, lead id.Lead) (string, error) {
	steps, err := s.store.Steps(ctx, lead)
	if err != nil {
		return "", err
	}
	kept, err := s.store.Ledger(ctx, lead)
	if err != nil {
		return "", err
	}
	entries := Replay(steps, b)
	if len(kept) != len(entries) {
		return fmt.Sprintf("the ledger of lead %s has %d lines, its journal gives %d", lead, len(kept), len(entries)), nil
	}
	for n, e := range entries {
		if !kept[n].same(e) {
			return fmt.Sprintf("line %d of the ledger of lead %s is not what its journal gives", e.Seq, lead), nil
		}
		if !b.ClosedAt(e.Month).After(e.At) {
			return fmt.Sprintf("line %d of the ledger of lead %s stands in a month that was closed", e.Seq, lead), nil
		}
	}
	return "", nil
}

// same tells whether two lines say the same.
func (e Entry) same(o Entry) bool {
	if len(e.Parts) != len(o.Parts) || !e.At.Equal(o.At) {
		return false
	}
	for n := range e.Parts {
		if e.Parts[n] != o.Parts[n] {
			return false
		}
	}
	return e.words() == o.words()
}

// words are the fields of a line that can be compared at once.
func (e Entry) words() [14]any {
	return [14]any{e.StepID, e.LeadID, e.Seq, e.Indicator, e.CountNo, e.Kind, e.OnDay, e.Month, e.Corrects, e.Value, e.Total, e.Currency, e.RuleID, ""}
}

// firstOpen returns the first month that is not closed at an instant.
func firstOpen(b Book, at time.Time) Month {
	m := monthAt(at)
	for at.Before(b.ClosedAt(m.Add(-1))) {
		m = m.Add(-1)
	}
	return m
}

// MonthView tells whether a month is closed.
type MonthView struct {
	Month    Month     `json:"month"`
	Closed   bool      `json:"closed"`
	ClosesAt time.Time `json:"closes_at" doc:"When it closes, or closed, by itself or by hand."`
	ByHand   bool      `json:"by_hand"`
	ClosedBy *id.User  `json:"closed_by"`
	Reason   string    `json:"reason"`
	Can      []string  `json:"can"`
}

// Months tells which months of a year are closed.
func (s *Service) Months(ctx context.Context, actor access.Actor, year int) ([]MonthView, error) {
	b, failed, err := s.book(ctx, s.store)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	by, err := s.store.Closings(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]MonthView, 0, 12)
	for n := range 12 {
		m := Month(fmt.Sprintf("%04d-%02d", year, n+1))
		v := MonthView{Month: m, ClosesAt: b.ClosedAt(m), Can: []string{}}
		v.Closed = !now.Before(v.ClosesAt)
		v.hand(by)
		if !v.Closed && m < monthAt(now) && actor.Holds(access.CreditClose) {
			v.Can = append(v.Can, "close")
		}
		out = append(out, v)
	}
	return out, failed()
}

// hand tells who closed the month, if somebody did.
func (v *MonthView) hand(by []Closing) {
	for _, c := range by {
		if c.Month == v.Month && c.ClosedAt.Equal(v.ClosesAt) {
			v.ByHand, v.ClosedBy, v.Reason = true, c.ClosedBy, c.Reason
		}
	}
}

// Close closes a month that is over, before its day. Afterwards nothing is
// entered in it; a closed month is never opened.
//
// Errors: Conflict "credit.month_running", "credit.month_closed"; Invalid with
// the field reason.
func (s *Service) Close(ctx context.Context, actor access.Actor, m Month, reason string) (MonthView, error) {
	var bad rules
	bad.text("reason", reason, true)
	if err := bad.err(); err != nil {
		return MonthView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.HoldGate(ctx); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if m >= monthAt(now) {
			return fault.New(fault.Conflict, "credit.month_running", "The month is not over.")
		}
		due, err := s.due(ctx, m)
		if err != nil {
			return err
		}
		// What was counted at this very instant still stands in the month.
		c := Closing{Month: m, ClosedAt: now.Add(time.Microsecond), ClosedBy: &actor.User, Reason: reason}
		done := false
		if now.Before(due) {
			if done, err = tx.Close(ctx, c); err != nil {
				return err
			}
		}
		if !done {
			return fault.New(fault.Conflict, "credit.month_closed", "The month is closed already.")
		}
		l := actor.Line("credit.month_closed", "count_month", 0)
		l.Reason, l.Changes = reason, []event.Change{{Field: "month", After: string(m)}}
		return tx.Record(ctx, l)
	})
	if err != nil {
		return MonthView{}, err
	}
	year := m.First().Year()
	all, err := s.Months(ctx, actor, year)
	if err != nil {
		return MonthView{}, err
	}
	return all[Month(fmt.Sprintf("%04d-01", year)).until(m)], nil
}
