package credit

import (
	"context"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Replace writes down that the investor of a signed project was replaced. What
// counts anew by its rule is counted anew on that day, once: it moves, and is
// not added.
//
// Errors: NotFound "lead.unknown"; Conflict "credit.unsigned",
// "credit.replaced"; Invalid with the fields on, reason.
func (s *Service) Replace(ctx context.Context, actor access.Actor, lead id.Lead, on clock.Date, reason string) (PanelView, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		h, err := s.hold(ctx, tx, actor, lead)
		if err != nil {
			return err
		}
		if err := s.replaceable(ctx, tx, h, on, reason); err != nil {
			return err
		}
		step := Step{LeadID: lead, Kind: Replaced, OnDay: on.String(), Reason: reason, UserID: &actor.User, UnitID: orNone(actor.Acting)}
		if err := s.learn(ctx, tx, step); err != nil {
			return err
		}
		line := actor.Line("credit.investor_replaced", "lead", int64(lead))
		line.Lead, line.Restricted, line.Reason = lead, h.lead.Restricted, reason
		line.Changes = []event.Change{{Field: "on", After: on.String()}}
		if err := tx.Record(ctx, line); err != nil {
			return err
		}
		to := []id.Unit{h.lead.Finder}
		if h.lead.Landing != 0 {
			to = append(to, h.lead.Landing)
		}
		return notify(ctx, tx, actor, h.lead, event.Notice{Kind: "credit.investor_replaced", Units: to, Object: "credit", ObjectID: int64(lead)})
	})
	if err != nil {
		return PanelView{}, err
	}
	return s.Panel(ctx, actor, lead)
}

func (s *Service) replaceable(ctx context.Context, tx Tx, h held, on clock.Date, reason string) error {
	if h.lead.SignedOn == "" {
		return fault.New(fault.Conflict, "credit.unsigned", "The project is not signed by a binding agreement.")
	}
	steps, err := tx.Steps(ctx, h.lead.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(steps, func(o Step) bool { return o.Kind == Replaced }) {
		return fault.New(fault.Conflict, "credit.replaced", "A replaced investor was counted anew already.")
	}
	var bad rules
	switch {
	case on.After(clock.DateOf(h.now)):
		bad.add("on", "day.future")
	case on.String() <= h.lead.SignedOn:
		bad.add("on", "credit.before_signing")
	}
	bad.text("reason", reason, true)
	return bad.err()
}
