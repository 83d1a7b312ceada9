package signing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

const (
	ceremonyPlanned   = "planned"
	ceremonyConfirmed = "confirmed"
)

// Ceremonies returns the ceremonies of a month with the cards that the actor
// sees, in the order of the stage.
func (s *Service) Ceremonies(ctx context.Context, actor access.Actor, m Month) ([]CeremonyView, error) {
	all, err := s.store.Ceremonies(ctx, m)
	if err != nil {
		return nil, err
	}
	found, err := s.store.Items(ctx, reader(actor), Want{Months: []Month{m}})
	if err != nil {
		return nil, err
	}
	cards, err := s.cards(ctx, actor, onStage(found))
	if err != nil {
		return nil, err
	}
	out := make([]CeremonyView, 0, len(all))
	// A name can tell what stands on the stage: it is for who arranges, who
	// reads the whole board, and who sees a card of it.
	every := actor.Holds(access.SigningCeremony) || reader(actor).Read.Any()
	for _, c := range all {
		if v := c.view(actor, cards); every || len(v.Items) > 0 {
			out = append(out, v)
		}
	}
	return out, nil
}

func (s *Service) ceremony(ctx context.Context, actor access.Actor, c Ceremony) (CeremonyView, error) {
	found, err := s.store.Items(ctx, reader(actor), Want{Batch: c.ID})
	if err != nil {
		return CeremonyView{}, err
	}
	cards, err := s.cards(ctx, actor, onStage(found))
	return c.view(actor, cards), err
}

// onStage are the items of ceremonies in the order of the stage.
func onStage(found []Seen) []Seen {
	found = slices.DeleteFunc(found, func(s Seen) bool { return s.Item.BatchID == nil })
	slices.SortFunc(found, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(a.Item.StageOrder, b.Item.StageOrder), cmp.Compare(a.Item.ID, b.Item.ID))
	})
	return found
}

// view is the ceremony with those of the cards that are of it.
func (c Ceremony) view(actor access.Actor, cards []ItemView) CeremonyView {
	v := CeremonyView{
		ID: c.ID, Month: c.Month, Name: c.Name, Place: c.Place, HeldOn: c.HeldOn, StartsAt: c.StartsAt, Host: c.Host,
		State: c.State, ConfirmedAt: c.ConfirmedAt, Version: c.Version, Items: []ItemView{}, SentBack: []id.Signing{}, Can: []string{},
	}
	for _, i := range cards {
		if *i.BatchID == c.ID {
			v.Items, v.Sum = append(v.Items, i), Sum{Count: v.Sum.Count + 1, Cents: v.Sum.Cents + i.Cents}
		}
	}
	if c.State == ceremonyPlanned {
		if actor.Holds(access.SigningCeremony) {
			v.Can = append(v.Can, "edit")
		}
		if actor.Holds(access.SigningConfirm) && len(v.Items) > 0 {
			v.Can = append(v.Can, "confirm")
		}
	}
	return v
}

// AddCeremony arranges a ceremony in a month.
//
// Errors: Invalid by field.
func (s *Service) AddCeremony(ctx context.Context, actor access.Actor, m Month, d CeremonyDraft) (CeremonyView, error) {
	c := d.apply(Ceremony{Month: m, State: ceremonyPlanned, Version: 1, CreatedBy: actor.User})
	err := s.store.InTx(ctx, func(tx Tx) error {
		var bad rules
		d.check(m, &bad)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		c.ID, c.CreatedAt = 0, tx.Now(ctx)
		if err := tx.InsertCeremony(ctx, &c); err != nil {
			return err
		}
		if err := s.seat(ctx, tx, actor, c, d.Seats); err != nil {
			return err
		}
		return tx.Record(ctx, actor.Line("ceremony.planned", "ceremony", int64(c.ID)))
	})
	if err != nil {
		return CeremonyView{}, err
	}
	return s.ceremony(ctx, actor, c)
}

// CheckCeremony refuses an old version before the body is read.
//
// Errors: NotFound "ceremony.unknown"; Stale "ceremony.stale".
func (s *Service) CheckCeremony(ctx context.Context, ceremony id.Ceremony, version *int64) error {
	c, err := s.store.Ceremony(ctx, ceremony)
	if err != nil || version == nil {
		return err
	}
	return s.staleCeremony(ctx, c, *version)
}

func (s *Service) staleCeremony(ctx context.Context, c Ceremony, version int64) error {
	if c.Version == version {
		return nil
	}
	differs, err := s.store.FieldsEdited(ctx, event.Edits{
		Object: "ceremony", ID: int64(c.ID), Kinds: []string{"ceremony.changed", "ceremony.confirmed"}, Last: c.Version - version,
	})
	if err != nil {
		return err
	}
	return fault.New(fault.Stale, "ceremony.stale", "Somebody else changed the ceremony.").
		With("version", c.Version).With("differs", differs)
}

// EditCeremony arranges a ceremony anew: its facts, and all its seats.
//
// Errors: NotFound "ceremony.unknown"; Stale "ceremony.stale"; Conflict
// "ceremony.confirmed"; Invalid by field.
func (s *Service) EditCeremony(ctx context.Context, actor access.Actor, ceremony id.Ceremony, version int64, d CeremonyDraft) (CeremonyView, error) {
	var c Ceremony
	err := s.store.InTx(ctx, func(tx Tx) error {
		before, err := tx.HoldCeremony(ctx, ceremony)
		if err != nil {
			return err
		}
		if err := s.staleCeremony(ctx, before, version); err != nil {
			return err
		}
		if before.State != ceremonyPlanned {
			return fault.New(fault.Conflict, "ceremony.confirmed", "The ceremony is confirmed.")
		}
		var bad rules
		d.check(before.Month, &bad)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		c = d.apply(before)
		c.Version++
		if _, err := tx.SaveCeremony(ctx, &c, before.Version); err != nil {
			return err
		}
		if err := s.seat(ctx, tx, actor, c, d.Seats); err != nil {
			return err
		}
		l := actor.Line("ceremony.changed", "ceremony", int64(c.ID))
		l.Changes = before.differences(c)
		return tx.Record(ctx, l)
	})
	if err != nil {
		return CeremonyView{}, err
	}
	return s.ceremony(ctx, actor, c)
}

func (c Ceremony) differences(after Ceremony) []event.Change {
	var out []event.Change
	for _, f := range [][3]string{
		{"name", c.Name, after.Name},
		{"place", c.Place, after.Place},
		{"held_on", dayText(c.HeldOn), dayText(after.HeldOn)},
		{"starts_at", c.StartsAt, after.StartsAt},
		{"host", c.Host, after.Host},
	} {
		if f[1] != f[2] {
			out = append(out, event.Change{Field: f[0], Before: f[1], After: f[2]})
		}
	}
	return append(out, event.Change{Field: "seats"})
}

// seat puts the planned signings of the month on the stage in the given order
// and takes the others off it.
func (s *Service) seat(ctx context.Context, tx Tx, actor access.Actor, c Ceremony, seats []Seat) error {
	found, err := tx.Items(ctx, Reader{Read: actor.Scope(access.SigningRead)}, Want{Months: []Month{c.Month}})
	if err != nil {
		return err
	}
	left := len(seats)
	for _, one := range found {
		after, asked := c.place(one.Item, seats)
		if asked && !c.takes(one.Item) {
			return fault.BadField("seats", "signing.other")
		}
		if asked {
			left--
		}
		if err := reseat(ctx, tx, actor, one, after); err != nil {
			return err
		}
	}
	if left > 0 {
		return fault.BadField("seats", "signing.other")
	}
	return nil
}

// takes tells whether an item can stand on the ceremony's stage.
func (c Ceremony) takes(i Item) bool { return i.Month == c.Month && i.State == Planned }

// place returns the item as the seats have it, and whether they name it.
func (c Ceremony) place(i Item, seats []Seat) (Item, bool) {
	n := slices.IndexFunc(seats, func(s Seat) bool { return s.ItemID == i.ID })
	switch {
	case n >= 0:
		i.BatchID, i.StageOrder = &c.ID, n+1
		i.InvestorSigns, i.CitySigns = seats[n].InvestorSigns, seats[n].CitySigns
	case c.takes(i) && i.BatchID != nil && *i.BatchID == c.ID:
		i.BatchID, i.StageOrder = nil, 0
	}
	return i, n >= 0
}

func reseat(ctx context.Context, tx Tx, actor access.Actor, one Seen, after Item) error {
	before := one.Item
	if len(Differences(&before, after)) == 0 {
		return nil
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now(ctx)
	return write(ctx, tx, edit{before: &before, after: &after, lead: one.Lead, actor: actor, kind: "signing.seated", at: after.UpdatedAt})
}

// Confirm says after a ceremony what was signed: every lead of it goes to the
// stage "signed" through its own door. What was not signed, and what the door
// refuses, goes off the ceremony and to another month, with the reason.
//
// Errors: NotFound "ceremony.unknown"; Conflict "ceremony.confirmed"; Conflict
// "ceremony.early" before its day; Invalid by field.
func (s *Service) Confirm(ctx context.Context, actor access.Actor, ceremony id.Ceremony, unsigned []Unsigned) (CeremonyView, error) {
	back := map[id.Signing]Unsigned{}
	for _, u := range unsigned {
		back[u.ItemID] = u
	}
	c, seated, err := s.held(ctx, actor, ceremony, back)
	if err != nil {
		return CeremonyView{}, err
	}
	if err := s.sign(ctx, actor, c, seated, back); err != nil {
		return CeremonyView{}, err
	}
	if err := s.sendBack(ctx, actor, c, back); err != nil {
		return CeremonyView{}, err
	}
	if c, err = s.store.Ceremony(ctx, c.ID); err != nil {
		return CeremonyView{}, err
	}
	v, err := s.ceremony(ctx, actor, c)
	for _, one := range seated {
		if _, not := back[one.Item.ID]; not && one.Item.State == Planned {
			v.SentBack = append(v.SentBack, one.Item.ID)
		}
	}
	return v, err
}

// sign leads the signed through their doors, and adds those that a door
// refuses to what goes back.
func (s *Service) sign(ctx context.Context, actor access.Actor, c Ceremony, seated []Seen, back map[id.Signing]Unsigned) error {
	for _, one := range seated {
		if _, not := back[one.Item.ID]; not || one.Item.State != Planned { // signed before a confirmation that was cut off
			continue
		}
		err := s.door.Sign(ctx, actor, one.Item.LeadID, *c.HeldOn, c.Name)
		switch fault.KindOf(err) {
		case fault.Conflict, fault.Invalid, fault.Forbidden:
			back[one.Item.ID] = Unsigned{ItemID: one.Item.ID, refusal: fault.CodeOf(err)}
		default:
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// held locks a ceremony whose day has come and the leads on its stage.
func (s *Service) held(ctx context.Context, actor access.Actor, ceremony id.Ceremony, back map[id.Signing]Unsigned) (Ceremony, []Seen, error) {
	var c Ceremony
	var seated []Seen
	err := s.store.InTx(ctx, func(tx Tx) error {
		var err error
		if seated, err = tx.Items(ctx, Reader{Read: actor.ActScope(access.SigningConfirm)}, Want{Batch: ceremony}); err != nil {
			return err
		}
		slices.SortFunc(seated, func(a, b Seen) int { return cmp.Compare(a.Item.LeadID, b.Item.LeadID) })
		for _, one := range seated {
			if _, err := tx.HoldLead(ctx, actor.ActScope(access.SigningConfirm), one.Item.LeadID); err != nil {
				return err
			}
		}
		if c, err = tx.HoldCeremony(ctx, ceremony); err != nil {
			return err
		}
		// The seats may have been arranged anew while this waited.
		if seated, err = tx.Items(ctx, Reader{Read: actor.ActScope(access.SigningConfirm)}, Want{Batch: ceremony}); err != nil {
			return err
		}
		switch {
		case c.State != ceremonyPlanned:
			return fault.New(fault.Conflict, "ceremony.confirmed", "The ceremony is confirmed.")
		case c.HeldOn == nil || c.HeldOn.After(clock.DateOf(tx.Now(ctx))):
			return fault.New(fault.Conflict, "ceremony.early", "The ceremony has not been held yet.")
		}
		return fault.Broken("input.invalid", unsignedRules(c, seated, back))
	})
	return c, seated, err
}

func unsignedRules(c Ceremony, seated []Seen, back map[id.Signing]Unsigned) rules {
	var bad rules
	for _, u := range back {
		bad.text("unsigned", u.Reason, true, maxText)
		if !slices.ContainsFunc(seated, func(s Seen) bool { return s.Item.ID == u.ItemID }) || u.ToMonth != "" && u.ToMonth < c.Month {
			bad.add("unsigned", "signing.other")
		}
	}
	return bad
}

// sendBack takes off the ceremony what was not signed, and confirms it.
func (s *Service) sendBack(ctx context.Context, actor access.Actor, c Ceremony, back map[id.Signing]Unsigned) error {
	months := []Month{c.Month, c.Month.Add(1)}
	for _, u := range back {
		months = append(months, cmp.Or(u.ToMonth, c.Month))
	}
	cuts, err := s.cutOffs(ctx, months)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Tx) error {
		frozen, err := s.settle(ctx, tx, cuts, months...)
		if err != nil {
			return err
		}
		found, err := tx.Items(ctx, Reader{Read: actor.ActScope(access.SigningConfirm)}, Want{Batch: c.ID})
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		for _, one := range found {
			u, not := back[one.Item.ID]
			if !not || one.Item.State != Planned {
				continue
			}
			e := edit{before: &one.Item, frozen: frozen, lead: one.Lead, actor: actor, kind: "signing.sent_back", reason: u.Reason, refusal: u.refusal, at: now}
			e.after = one.Item.goneTo(cmp.Or(u.ToMonth, c.Month.Add(1)), now)
			if err := write(ctx, tx, e); err != nil {
				return err
			}
		}
		return confirmed(ctx, tx, actor, c, now)
	})
}

// goneTo is the item off its ceremony, in another month.
func (i Item) goneTo(m Month, now time.Time) *Item {
	i.BatchID, i.StageOrder, i.PlannedOn, i.Month = nil, 0, nil, m
	i.Version, i.UpdatedAt = i.Version+1, now
	return &i
}

// confirmed closes a ceremony. What the actor does not see waits on it for who
// does: then it stays open.
func confirmed(ctx context.Context, tx Tx, actor access.Actor, c Ceremony, now time.Time) error {
	all, err := tx.Items(ctx, Reader{Read: access.System("who else stands on the stage")}, Want{Batch: c.ID})
	if err != nil || slices.ContainsFunc(all, func(s Seen) bool { return s.Item.State == Planned }) {
		return err
	}
	version := c.Version
	c.State, c.ConfirmedAt, c.ConfirmedBy, c.Version = ceremonyConfirmed, &now, &actor.User, version+1
	if ok, err := tx.SaveCeremony(ctx, &c, version); err != nil || !ok {
		return cmp.Or(err, error(fault.New(fault.Conflict, "ceremony.confirmed", "The ceremony is confirmed.")))
	}
	l := actor.Line("ceremony.confirmed", "ceremony", int64(c.ID))
	l.Changes = []event.Change{{Field: "state", Before: ceremonyPlanned, After: ceremonyConfirmed}}
	return tx.Record(ctx, l)
}
