package demo

import (
	"errors"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// errNoOffer is a slip in a story: an answer without an offer.
var errNoOffer = errors.New("no offer to answer")

// offer offers the lead to a unit; for a restricted lead to the unit's
// officer by name.
func (f *life) offer(o lead.Order, at time.Time) error {
	receiver := f.actor(o.To)
	if f.Lead.Restricted && receiver != nil {
		o.Members = []id.User{*receiver}
	}
	giver := f.actor(f.Lead.UnitID)
	var by id.User
	if giver != nil {
		by = *giver
	}
	h, err := f.Lead.HandOff(o, f.places.UnitOpen(o.To), by, at, f.office.Due(at, f.within))
	if err != nil {
		return err
	}
	h.OfferedBy, h.Invented = giver, true
	f.Handoffs = append(f.Handoffs, h)
	for _, user := range o.Members {
		f.member(user, at)
	}
	place := f.place()
	f.part(o.To, access.Offered, at, h.DueAt, &place)
	f.told(lead.ActOffered, h, f.Lead.UnitID, at)
	return nil
}

func (f *life) place() id.Handoff { return id.Handoff(len(f.Handoffs)) }

// open is the last offer, which the next answer is about.
func (f *life) open() (*lead.Handoff, error) {
	if len(f.Handoffs) == 0 || f.Handoffs[len(f.Handoffs)-1].State != lead.Offered {
		return nil, errNoOffer
	}
	return &f.Handoffs[len(f.Handoffs)-1], nil
}

// answer accepts or refuses the open offer, or takes it back.
func (f *life) answer(answer lead.Answer, at time.Time) error {
	open, err := f.open()
	if err != nil {
		return err
	}
	side := open.ToUnitID
	if answer.State == lead.WithdrawnOffer {
		side = open.FromUnitID
	}
	h, err := open.Answered(answer, 0, at)
	if err != nil {
		return err
	}
	h.AnsweredBy = f.actor(side)
	f.end(at, func(p lead.PartRow) bool { return p.Part == access.Offered })
	kind := map[lead.HandoffState]lead.ActivityKind{
		lead.Accepted: lead.ActAccepted, lead.Refused: lead.ActRefused, lead.WithdrawnOffer: lead.ActWithdrawn,
	}[h.State]
	if h.State == lead.Accepted {
		l := f.Lead
		h.SnapTitle, h.SnapInvestorName, h.SnapPlannedCents = &l.Title, l.InvestorName, l.PlannedCents
		h.SnapCurrency, h.SnapVersion = &l.Currency, &l.Version
		f.pass(h, at)
	}
	*open = h
	f.told(kind, h, side, at)
	return nil
}

// pass moves responsibility from the giver to the receiver.
func (f *life) pass(h lead.Handoff, at time.Time) {
	f.held(lead.Accepted, lead.PassedOn, &at)
	f.end(at, func(p lead.PartRow) bool {
		switch p.Part {
		case access.Owner, access.Coordinator:
			return true
		case access.Past, access.Helper:
			return p.UnitID == h.FromUnitID || p.UnitID == h.ToUnitID
		}
		return false
	})
	f.Lead.UnitID, f.Lead.ActivityAt, f.MovedAt = h.ToUnitID, at, at
	f.Lead.Version++
	place := f.place()
	f.part(h.FromUnitID, access.Past, at, clock.Forever(), &place)
	f.part(h.ToUnitID, access.Owner, at, clock.Forever(), &place)
	days, _ := f.places.Rule("return_within_days")
	by := f.office.Due(at, int(days))
	f.Parts[len(f.Parts)-1].ReturnBy = &by
	f.follow(at)
	f.helped(at)
}

// held says of the hand-off by which the holder has the lead how that stands.
func (f *life) held(from, to lead.HandoffState, at *time.Time) {
	for _, p := range f.Parts {
		if p.Part != access.Owner || !clock.IsForever(p.Until) || p.HandoffID == nil {
			continue
		}
		if h := &f.Handoffs[*p.HandoffID-1]; h.State == from {
			h.State, h.EndedAt = to, at
			h.Version++
		}
	}
}

// helped makes the bureau a helper from the amount that the city sets.
func (f *life) helped(at time.Time) {
	const cents = 1_000_000 // of 10,000 yuan
	wan, set := f.places.Rule("bureau_helper_from_yuan10k")
	pool, l := f.places.Pool(), f.Lead
	if !set || l.PlannedCents == nil || l.Currency != "CNY" || *l.PlannedCents < wan*cents || l.UnitID == pool {
		return
	}
	for _, p := range f.Parts {
		if p.Part == access.Helper && p.UnitID == pool && clock.IsForever(p.Until) {
			return
		}
	}
	f.part(pool, access.Helper, at, clock.Forever(), nil)
}

// expire records that nobody answered in time.
func (f *life) expire() error {
	h, err := f.open()
	if err != nil {
		return err
	}
	at := h.DueAt
	h.State, h.AnsweredAt = lead.Expired, &at
	h.Version++
	f.told(lead.ActExpired, *h, h.ToUnitID, at)
	f.Activities[len(f.Activities)-1].UserID = nil // nobody did it
	f.last().User, f.last().Changes = 0, nil
	return nil
}

// told writes a hand-off's step into the stream and the audit, for the unit
// that did it.
func (f *life) told(kind lead.ActivityKind, h lead.Handoff, side id.Unit, at time.Time) {
	place, user := f.place(), f.actor(side)
	a := f.activity(kind, at)
	a.UnitID, a.UserID, a.HandoffID, a.Invented = &side, user, &place, true
	if kind == lead.ActAccepted {
		a.Fields, a.LeadVersion = lead.Names{"unit_id"}, of(f.Lead.Version)
	}
	f.line("handoff."+string(kind), at, "handoff", int(place))
	l := f.last()
	l.Unit, l.User, l.Reason = side, 0, h.AnswerReason
	if user != nil {
		l.User = *user
	}
	if kind == lead.ActOffered {
		l.Reason = h.Reason
	}
	l.Changes = []event.Change{
		{Field: "state", After: string(h.State)},
		{Field: "from_unit_id", After: h.FromUnitID.String()},
		{Field: "to_unit_id", After: h.ToUnitID.String()},
	}
}
