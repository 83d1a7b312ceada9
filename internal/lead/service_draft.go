package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// DraftEdit changes fields of a drafted order.
type DraftEdit struct {
	To      Opt[id.Unit]
	Reason  Opt[string]
	Ask     Opt[string]
	Parts   Opt[Names]
	Members Opt[[]id.User]
}

// order is the order that a draft holds.
func (h Handoff) order() Order {
	parts := h.Parts
	return Order{To: h.ToUnitID, Reason: h.Reason, Ask: h.Ask, Members: h.Named, Parts: &parts}
}

// SaveDraft keeps an order that is not sent yet. Only the sending unit sees
// it; a lead has one.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" by field; Invalid "handoff.unit_closed"; Conflict
// "lead.ended"; Conflict "handoff.drafted" when there is one already.
func (s *Service) SaveDraft(ctx context.Context, actor access.Actor, lead id.Lead, o Order) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	var drafted id.Handoff
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadHandOff, lead, nil)
		if err != nil {
			return err
		}
		h, err := seen.Lead.draftOf(o, facts.places)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		h.OfferedAt, h.OfferedBy, h.DueAt, h.Version = now, &actor.User, now, 1
		if err := tx.InsertHandoff(ctx, seen, &h); err != nil {
			return err
		}
		drafted = h.ID
		return tx.Record(ctx, draftLine(actor, seen.Lead, h, "handoff.drafted"))
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, drafted)
}

// draftOf is the draft of an order. What may be missing is checked on sending.
func (l Lead) draftOf(o Order, places Places) (Handoff, error) {
	if l.Ended() {
		return Handoff{}, fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	if o.To == l.UnitID {
		return Handoff{}, withField("handoff.self", "The unit holds the lead already.", "to_unit_id")
	}
	if !places.UnitOpen(o.To) {
		return Handoff{}, withField("handoff.unit_closed", "The unit is not open.", "to_unit_id")
	}
	if err := fault.Broken("input.invalid", o.broken(l.Restricted, true)); err != nil {
		return Handoff{}, err
	}
	return Handoff{
		LeadID: l.ID, FromUnitID: l.UnitID, ToUnitID: o.To, State: Drafted, Kind: KindOffer, Reason: o.Reason, Ask: o.Ask,
		Parts: o.parts(), Named: o.Members,
	}, nil
}

func draftLine(actor access.Actor, l Lead, h Handoff, kind string) event.Line {
	e := line(actor, l, kind)
	e.Object, e.ObjectID, e.Changes = "handoff", int64(h.ID), handoffChanges(h)
	return e
}

// CheckDraft compares the version of a draft before the body is read.
//
// Errors: NotFound "handoff.unknown"; Forbidden "forbidden"; Stale
// "handoff.stale" with the present version.
func (s *Service) CheckDraft(ctx context.Context, actor access.Actor, handoff id.Handoff, version *int64) error {
	q, _, err := s.boxQuery(ctx, actor)
	if err != nil {
		return err
	}
	e, err := s.store.Handoff(ctx, q, handoff)
	if err != nil {
		return err
	}
	e.Handoff = e.At(q.Now)
	switch {
	case !mayReadHandoff(actor, e):
		return fault.New(fault.NotFound, "handoff.unknown", "No such hand-off.")
	case !maySend(actor, e.Seen, e.Handoff):
		return fault.New(fault.Forbidden, "forbidden", "The caller may not send for this unit.")
	case version != nil && *version != e.Version:
		return staleDraft(e.Handoff)
	}
	return nil
}

// staleDraft says that the caller saw an older version. A draft is one small
// form, of which no older version is kept: all its fields are to be looked at.
func staleDraft(h Handoff) error {
	return fault.New(fault.Stale, "handoff.stale", "Somebody else changed the draft.").
		With("version", h.Version).With("differs", []string{"to_unit_id", "reason", "ask", "parts", "member_ids"})
}

// maySend asks that the caller acts for the sending unit with the right to
// hand on.
func maySend(actor access.Actor, seen Seen, h Handoff) bool {
	return actor.ActScope(access.LeadHandOff).Covers(access.Standing{
		Facts:      []access.Fact{{Part: access.Owner, Unit: h.FromUnitID}},
		Restricted: seen.Lead.Restricted, Member: seen.Standing.Member,
	})
}

// withDraft runs work on a locked draft of the actor's unit.
func (s *Service) withDraft(
	ctx context.Context, actor access.Actor, handoff id.Handoff, version *int64, work func(Tx, Seen, Handoff) error,
) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, h, err := tx.LockOffered(ctx, actor, handoff)
		switch {
		case err != nil:
			return err
		case !maySend(actor, seen, h):
			return fault.New(fault.Forbidden, "forbidden", "The caller may not send for this unit.")
		case version != nil && *version != h.Version:
			return staleDraft(h)
		case h.State != Drafted:
			return fault.New(fault.Conflict, "handoff.not_drafted", "The hand-off is not a draft any more.").
				With("state", string(h.State))
		}
		return work(tx, seen, h)
	})
}

// EditDraft changes a draft. version is the one the caller saw.
//
// Errors: NotFound "handoff.unknown"; Forbidden "forbidden"; Stale
// "handoff.stale"; Conflict "handoff.not_drafted"; and those of SaveDraft.
func (s *Service) EditDraft(
	ctx context.Context, actor access.Actor, handoff id.Handoff, version int64, e DraftEdit,
) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	err = s.withDraft(ctx, actor, handoff, &version, func(tx Tx, seen Seen, h Handoff) error {
		o := h.order()
		may(&o.Parts, e.Parts)
		var bad rules
		must(&o.To, e.To, "to_unit_id", &bad)
		must(&o.Reason, e.Reason, "reason", &bad)
		must(&o.Ask, e.Ask, "ask", &bad)
		must(&o.Members, e.Members, "member_ids", &bad)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		after, err := seen.Lead.draftOf(o, facts.places)
		if err != nil {
			return err
		}
		h.ToUnitID, h.Reason, h.Ask, h.Parts, h.Named = after.ToUnitID, after.Reason, after.Ask, after.Parts, after.Named
		h.Version++
		if err := tx.SaveHandoff(ctx, seen, h, Drafted); err != nil {
			return err
		}
		return tx.Record(ctx, draftLine(actor, seen.Lead, h, "handoff.draft_edited"))
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, handoff)
}

// DiscardDraft removes a draft. version is the one the caller saw.
//
// Errors: as EditDraft.
func (s *Service) DiscardDraft(ctx context.Context, actor access.Actor, handoff id.Handoff, version int64) error {
	return s.withDraft(ctx, actor, handoff, &version, func(tx Tx, seen Seen, h Handoff) error {
		if err := tx.DropDraft(ctx, seen, h); err != nil {
			return err
		}
		return tx.Record(ctx, draftLine(actor, seen.Lead, h, "handoff.draft_discarded"))
	})
}

// Send makes a draft an offer, as HandOff does with an order.
//
// Errors: NotFound "handoff.unknown"; Conflict "handoff.not_drafted"; and
// those of HandOff.
func (s *Service) Send(ctx context.Context, actor access.Actor, handoff id.Handoff) (HandoffView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return HandoffView{}, err
	}
	err = s.withDraft(ctx, actor, handoff, nil, func(tx Tx, seen Seen, h Handoff) error {
		o := h.order()
		if !actor.HasIn(access.UnitOffer, o.To) {
			return fault.New(fault.Forbidden, "forbidden", "The caller may not offer to this unit.")
		}
		sent, err := orderOf(ctx, tx, actor, seen, o, facts)
		if err != nil {
			return err
		}
		sent.ID, sent.Version = h.ID, h.Version+1
		if err := tx.SaveHandoff(ctx, seen, sent, Drafted); err != nil {
			return err
		}
		return offered(ctx, tx, actor, seen, sending{o, sent, facts})
	})
	if err != nil {
		return HandoffView{}, err
	}
	return s.Handoff(ctx, actor, handoff)
}
