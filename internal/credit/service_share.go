package credit

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// State says what became of a proposal.
type State string

// The states of a proposal.
const (
	Open      State = "open"
	Agreed    State = "agreed"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Ruled     State = "ruled" // the bureau ruled meanwhile
)

// Proposal is a share that one of the two sides proposes to the other.
type Proposal struct {
	ID            id.Proposal
	LeadID        id.Lead
	LeadCode      string
	Class         Class
	FinderPPM     int64 `gorm:"column:finder_ppm"`
	FromMonth     Month
	UntilMonth    Month // the last; empty for no end
	FinderUnitID  id.Unit
	LandingUnitID id.Unit
	FromUnitID    id.Unit
	ToUnitID      id.Unit
	State         State
	Reason        string
	MadeBy        *id.User
	MadeAt        time.Time
	Answer        string
	AnsweredBy    *id.User
	AnsweredAt    *time.Time
	Version       int64
}

// ShareDraft is a share for a class of indicators over a period.
type ShareDraft struct {
	Class      Class
	FinderPPM  int64
	FromMonth  Month
	UntilMonth Month // empty for no end
	Reason     string
}

// check adds what is wrong with a share; first is the first month that is not
// closed.
func (d ShareDraft) check(b Book, first Month, at time.Time) error {
	var bad rules
	bad.known("class", slices.Contains(sharedClasses(b, at), d.Class))
	bad.between("finder_ppm", d.FinderPPM, 0, million)
	if d.FromMonth < first {
		bad.add("from_month", "credit.closed_month")
	}
	if d.UntilMonth != "" && d.UntilMonth < d.FromMonth {
		bad.add("until_month", "credit.ends_before")
	}
	bad.text("reason", d.Reason, true)
	return bad.err()
}

// sharedClasses are the classes of which some indicator is shared today.
func sharedClasses(b Book, at time.Time) []Class {
	today := clock.DateOf(at).String()
	var out []Class
	for _, indicator := range b.indicators() {
		if r, ok := b.on(indicator, today, at); ok && r.Basis == Shared && !slices.Contains(out, r.Class) {
			out = append(out, r.Class)
		}
	}
	return out
}

// held is a locked lead with what its shares are decided by.
type held struct {
	lead Lead
	book Book
	now  time.Time
}

// hold locks a lead whose credit the actor may see, and keeps months from
// being closed meanwhile.
func (s *Service) hold(ctx context.Context, tx Tx, actor access.Actor, lead id.Lead) (held, error) {
	var h held
	var err error
	if h.lead, err = tx.HoldLead(ctx, actor.Scope(access.CreditRead), lead); err != nil {
		return h, err
	}
	if _, err = tx.ShareGate(ctx); err != nil {
		return h, err
	}
	b, failed, err := s.book(ctx, tx)
	if err != nil {
		return h, err
	}
	h.book, h.now = b, tx.Now(ctx)
	firstOpen(b, h.now)
	return h, failed()
}

// side returns which of the two units of a lead the actor speaks for, and the
// other one.
func (l Lead) side(actor access.Actor) (mine, other id.Unit) {
	units := actor.ActScope(access.CreditAgree).Units()
	switch {
	case l.Finder == l.Landing || l.Landing == 0:
		return 0, 0
	case slices.Contains(units, l.Finder):
		return l.Finder, l.Landing
	case slices.Contains(units, l.Landing):
		return l.Landing, l.Finder
	}
	return 0, 0
}

// Propose proposes a share to the other side. It changes nothing until the
// other side agrees.
//
// Errors: NotFound "lead.unknown"; Conflict "credit.single" while there are no
// two sides, "credit.pending"; Forbidden "forbidden"; Invalid by field.
func (s *Service) Propose(ctx context.Context, actor access.Actor, lead id.Lead, d ShareDraft) (PanelView, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		h, err := s.hold(ctx, tx, actor, lead)
		if err != nil {
			return err
		}
		if h.lead.Finder == h.lead.Landing || h.lead.Landing == 0 {
			return fault.New(fault.Conflict, "credit.single", "The lead has no two sides.")
		}
		mine, other := h.lead.side(actor)
		if mine == 0 {
			return fault.New(fault.Forbidden, "forbidden", "None of the caller's units is a side.")
		}
		if err := d.check(h.book, firstOpen(h.book, h.now), h.now); err != nil {
			return err
		}
		p := Proposal{
			LeadID: lead, LeadCode: h.lead.Code, Class: d.Class, FinderPPM: d.FinderPPM, FromMonth: d.FromMonth, UntilMonth: d.UntilMonth,
			FinderUnitID: h.lead.Finder, LandingUnitID: h.lead.Landing, FromUnitID: mine, ToUnitID: other, State: Open, Reason: d.Reason,
			MadeBy: &actor.User, MadeAt: h.now, Version: 1,
		}
		if err := tx.AddProposal(ctx, &p); err != nil {
			return err
		}
		return p.tell(ctx, tx, actor, h.lead, "credit.proposed", d.Reason)
	})
	if err != nil {
		return PanelView{}, err
	}
	return s.Panel(ctx, actor, lead)
}

// tell records what was done about a proposal and tells the other side.
func (p Proposal) tell(ctx context.Context, tx Tx, actor access.Actor, l Lead, kind, reason string) error {
	to := []id.Unit{p.ToUnitID}
	if kind == "credit.agreed" || kind == "credit.refused" {
		to = []id.Unit{p.FromUnitID}
	}
	line := actor.Line(kind, "credit_proposal", int64(p.ID))
	line.Lead, line.Restricted, line.Reason = l.ID, l.Restricted, reason
	line.Changes = []event.Change{
		{Field: "class", After: string(p.Class)},
		{Field: "finder_ppm", After: strconv.FormatInt(p.FinderPPM, 10)},
		{Field: "from_month", After: string(p.FromMonth)},
		{Field: "until_month", After: string(p.UntilMonth)},
	}
	if err := tx.Record(ctx, line); err != nil {
		return err
	}
	return notify(ctx, tx, actor, l, event.Notice{Kind: kind, Units: to, Object: "credit_proposal", ObjectID: int64(p.ID)})
}

// notify tells units of their credit. A party need not read the lead, so it is
// told by its code; of a restricted lead its members alone are told.
func notify(ctx context.Context, tx Tx, actor access.Actor, l Lead, n event.Notice) error {
	n.Lead, n.By, n.Params = l.ID, actor.User, map[string]string{"reference": l.Code}
	if !l.Restricted {
		n.Apart = event.ApartAlways
	}
	return tx.Notify(ctx, n)
}

// answering finds an open proposal that a unit of the actor may answer.
func answering(ctx context.Context, tx Tx, actor access.Actor, l Lead, proposal id.Proposal, by func(Proposal) id.Unit) (Proposal, error) {
	found, err := tx.Proposals(ctx, actor.Scope(access.CreditRead), ProposalWant{Proposal: proposal, Lead: l.ID})
	if err != nil {
		return Proposal{}, err
	}
	if len(found) == 0 {
		return Proposal{}, fault.New(fault.NotFound, "credit.unknown", "No such proposal.")
	}
	p := found[0]
	if !slices.Contains(actor.ActScope(access.CreditAgree).Units(), by(p)) {
		return p, fault.New(fault.Forbidden, "forbidden", "None of the caller's units answers the proposal.")
	}
	if p.State != Open {
		return p, fault.New(fault.Conflict, "credit.answered", "The proposal was answered already.")
	}
	return p, nil
}

func receiver(p Proposal) id.Unit { return p.ToUnitID }
func proposer(p Proposal) id.Unit { return p.FromUnitID }

// end ends an open proposal; who comes second is told so.
func (p *Proposal) end(ctx context.Context, tx Tx, actor access.Actor, state State, answer string, at time.Time) error {
	p.State, p.Answer, p.AnsweredBy, p.AnsweredAt = state, answer, &actor.User, &at
	ok, err := tx.Answer(ctx, *p)
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "credit.answered", "The proposal was answered already.")
	}
	return err
}

// Agree agrees to a proposal of the other side. Months that closed meanwhile
// stay as they are.
//
// Errors: NotFound "lead.unknown", "credit.unknown"; Forbidden "forbidden";
// Conflict "credit.answered", "credit.parties" when the units are others now.
func (s *Service) Agree(ctx context.Context, actor access.Actor, lead id.Lead, proposal id.Proposal) (PanelView, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		h, err := s.hold(ctx, tx, actor, lead)
		if err != nil {
			return err
		}
		p, err := answering(ctx, tx, actor, h.lead, proposal, receiver)
		if err != nil {
			return err
		}
		if p.FinderUnitID != h.lead.Finder || p.LandingUnitID != h.lead.Landing {
			return fault.New(fault.Conflict, "credit.parties", "The two sides are other units now.")
		}
		if err := p.end(ctx, tx, actor, Agreed, "", h.now); err != nil {
			return err
		}
		step := Step{
			LeadID: lead, Kind: Divided, Class: p.Class, FinderPPM: &p.FinderPPM, FromMonth: max(p.FromMonth, firstOpen(h.book, h.now)),
			UntilMonth: p.UntilMonth, ProposalID: &p.ID, Reason: p.Reason, UserID: &actor.User, UnitID: &p.ToUnitID,
		}
		if err := s.learn(ctx, tx, step); err != nil {
			return err
		}
		return p.tell(ctx, tx, actor, h.lead, "credit.agreed", "")
	})
	if err != nil {
		return PanelView{}, err
	}
	return s.Panel(ctx, actor, lead)
}

// Refuse refuses a proposal of the other side.
//
// Errors: as of Agree; Invalid with the field reason.
func (s *Service) Refuse(ctx context.Context, actor access.Actor, lead id.Lead, proposal id.Proposal, reason string) (PanelView, error) {
	return s.drop(ctx, actor, drop{lead, proposal, reason, Refused, "credit.refused", receiver})
}

// Withdraw takes back a proposal of the actor's unit.
//
// Errors: as of Agree; Invalid with the field reason.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, lead id.Lead, proposal id.Proposal, reason string) (PanelView, error) {
	return s.drop(ctx, actor, drop{lead, proposal, reason, Withdrawn, "credit.withdrawn", proposer})
}

type drop struct {
	lead     id.Lead
	proposal id.Proposal
	reason   string
	state    State
	kind     string
	by       func(Proposal) id.Unit
}

func (s *Service) drop(ctx context.Context, actor access.Actor, d drop) (PanelView, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		h, err := s.hold(ctx, tx, actor, d.lead)
		if err != nil {
			return err
		}
		p, err := answering(ctx, tx, actor, h.lead, d.proposal, d.by)
		if err != nil {
			return err
		}
		var bad rules
		bad.text("reason", d.reason, true)
		if err := bad.err(); err != nil {
			return err
		}
		if err := p.end(ctx, tx, actor, d.state, d.reason, h.now); err != nil {
			return err
		}
		return p.tell(ctx, tx, actor, h.lead, d.kind, d.reason)
	})
	if err != nil {
		return PanelView{}, err
	}
	return s.Panel(ctx, actor, d.lead)
}

// Rule sets a share over both sides, with a reason. An open proposal for the
// same indicators ends with it.
//
// Errors: NotFound "lead.unknown"; Conflict "credit.single"; Invalid by field.
func (s *Service) Rule(ctx context.Context, actor access.Actor, lead id.Lead, d ShareDraft) (PanelView, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		h, err := s.hold(ctx, tx, actor, lead)
		if err != nil {
			return err
		}
		if h.lead.Finder == h.lead.Landing || h.lead.Landing == 0 {
			return fault.New(fault.Conflict, "credit.single", "The lead has no two sides.")
		}
		if err := d.check(h.book, firstOpen(h.book, h.now), h.now); err != nil {
			return err
		}
		if err := endOpen(ctx, tx, actor, h, d); err != nil {
			return err
		}
		step := Step{
			LeadID: lead, Kind: Divided, Class: d.Class, FinderPPM: &d.FinderPPM, FromMonth: d.FromMonth, UntilMonth: d.UntilMonth, Reason: d.Reason,
			UserID: &actor.User, UnitID: orNone(actor.Acting),
		}
		if err := s.learn(ctx, tx, step); err != nil {
			return err
		}
		line := actor.Line("credit.ruled", "lead", int64(lead))
		line.Lead, line.Restricted, line.Reason = lead, h.lead.Restricted, d.Reason
		line.Changes = []event.Change{
			{Field: "class", After: string(d.Class)},
			{Field: "finder_ppm", After: strconv.FormatInt(d.FinderPPM, 10)},
			{Field: "from_month", After: string(d.FromMonth)},
			{Field: "until_month", After: string(d.UntilMonth)},
		}
		if err := tx.Record(ctx, line); err != nil {
			return err
		}
		return notify(ctx, tx, actor, h.lead, event.Notice{Kind: "credit.ruled", Units: []id.Unit{h.lead.Finder, h.lead.Landing}, Object: "credit", ObjectID: int64(lead)})
	})
	if err != nil {
		return PanelView{}, err
	}
	return s.Panel(ctx, actor, lead)
}

func orNone(unit id.Unit) *id.Unit {
	if unit == 0 {
		return nil
	}
	return &unit
}

// endOpen ends the open proposal that a ruling is about.
func endOpen(ctx context.Context, tx Tx, actor access.Actor, h held, d ShareDraft) error {
	open, err := tx.Proposals(ctx, access.System("a ruling ends what was proposed"), ProposalWant{Lead: h.lead.ID, Open: true})
	if err != nil {
		return err
	}
	for _, p := range open {
		if p.Class != d.Class {
			continue
		}
		if err := p.end(ctx, tx, actor, Ruled, d.Reason, h.now); err != nil {
			return err
		}
	}
	return nil
}
