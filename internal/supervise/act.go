package supervise

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

func noSlip() error { return fault.New(fault.NotFound, "slip.unknown", "No such slip.") }

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "The caller may see the slip but not do this.")
}

func wrongState() error {
	return fault.New(fault.Conflict, "slip.state", "The slip's state does not allow this.")
}

func (s *Service) find(ctx context.Context, from Reading, actor access.Actor, slip id.Slip) (Slip, error) {
	found, err := from.Slips(ctx, actor.Scope(access.SlipRead), SlipWant{Slip: slip, Limit: 1})
	if err != nil {
		return Slip{}, err
	}
	if len(found) == 0 {
		return Slip{}, noSlip()
	}
	return found[0], nil
}

// on locks a slip and does something with it as it stands.
func (s *Service) on(ctx context.Context, actor access.Actor, slip id.Slip, work func(Tx, Slip) error) (SlipView, error) {
	if _, err := s.find(ctx, s.store, actor, slip); err != nil {
		return SlipView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.Hold(ctx, slip); err != nil {
			return err
		}
		now, err := s.find(ctx, tx, actor, slip)
		if err != nil {
			return err
		}
		return work(tx, now)
	})
	if err != nil {
		return SlipView{}, err
	}
	return s.Slip(ctx, actor, slip)
}

func save(ctx context.Context, tx Tx, actor access.Actor, d told) error {
	d.slip.Version++
	if err := tx.SaveSlip(ctx, d.slip); err != nil {
		return err
	}
	return tell(ctx, tx, actor, d)
}

// quiet ends the reminders of a slip that owes nothing any more.
func (s *Slip) quiet() { s.Reminded, s.RemindAt = 2, clock.Forever() }

// Check tells before the body is read whether the slip is there, and with a
// version whether it is the one that the caller saw.
//
// Errors: NotFound "slip.unknown"; Stale "slip.stale".
func (s *Service) Check(ctx context.Context, actor access.Actor, slip id.Slip, version *int64) error {
	found, err := s.find(ctx, s.store, actor, slip)
	if err != nil || version == nil {
		return err
	}
	return found.seen(*version)
}

func (s Slip) seen(version int64) error {
	if s.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "slip.stale", "Somebody else changed the slip.").With("version", s.Version).With("differs", []string{})
}

// Amend corrects what is written on a slip that nobody has received yet.
//
// Errors: NotFound "slip.unknown"; Forbidden "forbidden"; Stale "slip.stale";
// Conflict "slip.state"; Invalid by field.
func (s *Service) Amend(ctx context.Context, actor access.Actor, slip id.Slip, version int64, d Draft) (SlipView, error) {
	office, err := s.city.Office(ctx)
	if err != nil {
		return SlipView{}, err
	}
	ahead, err := s.ahead(ctx)
	if err != nil {
		return SlipView{}, err
	}
	return s.on(ctx, actor, slip, func(tx Tx, was Slip) error {
		var bad rules
		d.check(&bad)
		switch {
		case !works(actor, access.SlipIssue, was.IssuerUnitID):
			return forbidden()
		case was.Version != version:
			return was.seen(version)
		case was.State != Issued:
			return wrongState()
		case len(bad) > 0:
			return fault.Broken("input.invalid", bad)
		}
		now := was
		now.Subject, now.Matter, now.Requirement = d.Subject, d.Matter, d.Requirement
		if d.Days != was.Days {
			now.until(office, was.IssuedAt, d.Days, ahead)
		}
		return save(ctx, tx, actor, told{slip: now, was: was, act: "changed", to: was.UnitID})
	})
}

// Receive says that the addressed unit has the slip in hand.
//
// Errors: NotFound "slip.unknown"; Forbidden "forbidden"; Conflict "slip.state".
func (s *Service) Receive(ctx context.Context, actor access.Actor, slip id.Slip) (SlipView, error) {
	return s.on(ctx, actor, slip, func(tx Tx, was Slip) error {
		switch {
		case !works(actor, access.SlipAnswer, was.UnitID):
			return forbidden()
		case was.State != Issued:
			return wrongState()
		}
		now, at := was, tx.Now(ctx)
		now.State, now.ReceivedAt = Received, &at
		return save(ctx, tx, actor, told{slip: now, was: was, act: "received", to: was.IssuerUnitID})
	})
}

// Reply answers for what was done. Who replies has received the slip.
//
// Errors: as Receive; Invalid on text.
func (s *Service) Reply(ctx context.Context, actor access.Actor, slip id.Slip, text string) (SlipView, error) {
	return s.on(ctx, actor, slip, func(tx Tx, was Slip) error {
		switch {
		case !works(actor, access.SlipAnswer, was.UnitID):
			return forbidden()
		case !was.open():
			return wrongState()
		}
		if err := reasoned("text", text); err != nil {
			return err
		}
		now, at := was, tx.Now(ctx)
		now.State, now.RepliedAt = Replied, &at
		if now.ReceivedAt == nil {
			now.ReceivedAt = &at
		}
		now.quiet()
		return save(ctx, tx, actor, told{slip: now, was: was, act: "replied", text: text, to: was.IssuerUnitID})
	})
}

// issuers is an act of the issuer on a slip in one of the states.
func (s *Service) issuers(ctx context.Context, actor access.Actor, slip id.Slip, ready func(Slip) bool, work func(Tx, Slip) error) (SlipView, error) {
	return s.on(ctx, actor, slip, func(tx Tx, was Slip) error {
		switch {
		case !works(actor, access.SlipIssue, was.IssuerUnitID):
			return forbidden()
		case !ready(was):
			return wrongState()
		}
		return work(tx, was)
	})
}

func (s Slip) answered() bool { return s.State == Replied }

// Close ends a slip whose answer will do.
//
// Errors: NotFound "slip.unknown"; Forbidden "forbidden"; Conflict
// "slip.state"; Invalid on text.
func (s *Service) Close(ctx context.Context, actor access.Actor, slip id.Slip, text string) (SlipView, error) {
	return s.end(ctx, actor, slip, ending{Closed, text, Slip.answered})
}

// Withdraw takes a slip back.
//
// Errors: as Close.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, slip id.Slip, reason string) (SlipView, error) {
	return s.end(ctx, actor, slip, ending{Withdrawn, reason, func(s Slip) bool { return !s.ended() }})
}

type ending struct {
	state State
	text  string
	ready func(Slip) bool
}

func (s *Service) end(ctx context.Context, actor access.Actor, slip id.Slip, e ending) (SlipView, error) {
	return s.issuers(ctx, actor, slip, e.ready, func(tx Tx, was Slip) error {
		field := "text"
		if e.state == Withdrawn {
			field = "reason"
		}
		if err := reasoned(field, e.text); err != nil {
			return err
		}
		now, at := was, tx.Now(ctx)
		now.State, now.EndedAt = e.state, &at
		now.quiet()
		return save(ctx, tx, actor, told{slip: now, was: was, act: string(e.state), text: e.text, to: was.UnitID})
	})
}

// SendBack asks for more work, with new working days from now.
//
// Errors: as Close; Invalid on days.
func (s *Service) SendBack(ctx context.Context, actor access.Actor, slip id.Slip, reason string, days int) (SlipView, error) {
	office, err := s.city.Office(ctx)
	if err != nil {
		return SlipView{}, err
	}
	ahead, err := s.ahead(ctx)
	if err != nil {
		return SlipView{}, err
	}
	return s.issuers(ctx, actor, slip, Slip.answered, func(tx Tx, was Slip) error {
		var bad rules
		bad.text("reason", reason, true, maxText)
		if days < 1 || days > maxDays {
			bad.add("days", "slip.days")
		}
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		now := was
		now.State, now.RepliedAt = Returned, nil
		now.until(office, tx.Now(ctx), days, ahead)
		return save(ctx, tx, actor, told{slip: now, was: was, act: "returned", text: reason, to: was.UnitID})
	})
}

// remindBatch is how many slips are looked at in one run.
const remindBatch = 100

// Remind tells the addressed units of slips that are due soon, and them and
// the issuers of those that are overdue: each once, whoever runs it.
func (s *Service) Remind(ctx context.Context) (int, error) {
	due, err := s.store.ToRemind(ctx, access.System("remind of supervision slips"), remindBatch)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, slip := range due {
		var done bool
		err := s.store.InTx(ctx, func(tx Tx) (err error) {
			done, err = remind(ctx, tx, slip)
			return err
		})
		if err != nil {
			return n, err
		}
		if done {
			n++
		}
	}
	return n, nil
}

func remind(ctx context.Context, tx Tx, slip Slip) (bool, error) {
	act, to, next, units := "due_soon", int64(1), slip.DueAt, []id.Unit{slip.UnitID}
	if slip.Reminded == 1 || !tx.Now(ctx).Before(slip.DueAt) {
		act, to, next = "overdue", 2, clock.Forever()
		units = append(units, slip.IssuerUnitID)
	}
	won, err := tx.Reminded(ctx, slip, to, next)
	if err != nil || !won {
		return false, err
	}
	if err := tx.AddEvent(ctx, SlipEvent{SlipID: slip.ID, At: tx.Now(ctx), Act: act}); err != nil {
		return false, err
	}
	line := access.Actor{}.Line("slip."+act, "slip", int64(slip.ID))
	if err := tx.Record(ctx, line); err != nil {
		return false, err
	}
	return true, tx.Notify(ctx, slipNotice(act, slip, units))
}

// late tells whether the answer was or is past its day.
func (s Slip) late(now time.Time) bool {
	if s.RepliedAt != nil {
		return s.RepliedAt.After(s.DueAt)
	}
	return s.open() && now.After(s.DueAt)
}
