package lead

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// HandoffState is where an offer stands.
type HandoffState string

// The states of a hand-off. An offer whose deadline has passed counts as
// expired even while its row still says offered.
const (
	Offered        HandoffState = "offered"
	Accepted       HandoffState = "accepted"
	Refused        HandoffState = "refused"
	Expired        HandoffState = "expired"
	WithdrawnOffer HandoffState = "withdrawn"
)

// HandoffStates lists the states in the order of a hand-off's life.
func HandoffStates() []HandoffState {
	return []HandoffState{Offered, Accepted, Refused, Expired, WithdrawnOffer}
}

// Handoff is one offer of a lead to a unit and its answer. The giver stays
// responsible until it is accepted.
type Handoff struct {
	ID               id.Handoff
	LeadID           id.Lead
	FromUnitID       id.Unit
	ToUnitID         id.Unit
	State            HandoffState
	Reason           string // why the lead is offered
	Ask              string // what the receiver is asked to do
	OfferedAt        time.Time
	OfferedBy        *id.User
	DueAt            time.Time // worked out once from the office calendar
	AnsweredAt       *time.Time
	AnsweredBy       *id.User
	AnswerReason     string
	SnapTitle        *string // the giver's view from acceptance on
	SnapInvestorName *string
	SnapPlannedCents *int64
	SnapCurrency     *string
	SnapVersion      *int64
	Invented         bool
	Version          int64
}

// At returns the hand-off as it stands at the instant: an offer past its
// deadline is expired.
func (h Handoff) At(now time.Time) Handoff {
	if h.State == Offered && !now.Before(h.DueAt) {
		h.State = Expired
	}
	return h
}

// Order asks for a hand-off.
type Order struct {
	To      id.Unit
	Reason  string
	Ask     string
	Members []id.User // the receiver's named members; needed for a restricted lead
}

// HandOff offers the lead to a unit and returns the offer.
//
// The present unit stays responsible until the offer is accepted; meanwhile
// no second offer is possible, which a unique index decides. due is an
// instant, already worked out from the office calendar.
//
// Errors: Conflict "lead.ended" after the end of the lead; Invalid
// "handoff.self" when the receiver is the present unit; Invalid
// "handoff.unit_closed" when it is not open; Invalid "input.invalid" for the
// fields reason, ask, member_ids.
func (l Lead) HandOff(o Order, open bool, by id.User, now, due time.Time) (Handoff, error) {
	if l.Ended() {
		return Handoff{}, fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	if o.To == l.UnitID {
		return Handoff{}, withField("handoff.self", "The unit holds the lead already.", "to_unit_id")
	}
	if !open {
		return Handoff{}, withField("handoff.unit_closed", "The unit is not open.", "to_unit_id")
	}
	var bad rules
	bad.text("reason", o.Reason, true, MaxReason)
	bad.text("ask", o.Ask, true, MaxReason)
	if l.Restricted && len(o.Members) == 0 {
		bad.add("member_ids", "handoff.members_required")
	}
	if err := fault.Broken("input.invalid", bad); err != nil {
		return Handoff{}, err
	}
	return Handoff{
		LeadID: l.ID, FromUnitID: l.UnitID, ToUnitID: o.To, State: Offered, Reason: o.Reason, Ask: o.Ask,
		OfferedAt: now, OfferedBy: &by, DueAt: due, Version: 1,
	}, nil
}

// Answer is what the receiver, or the giver who takes the offer back, says.
type Answer struct {
	State  HandoffState // Accepted, Refused or WithdrawnOffer
	Reason string       // obligatory for a refusal
}

// Answered returns the hand-off with its answer.
//
// Errors: Conflict "handoff.answered" (params state, to_unit_id) when it is
// no longer open; Conflict "handoff.expired" from the deadline on, to the
// microsecond; Invalid "input.invalid" on reason.
func (h Handoff) Answered(a Answer, by id.User, now time.Time) (Handoff, error) {
	switch h.At(now).State {
	case Offered:
	case Expired:
		return h, fault.New(fault.Conflict, "handoff.expired", "The time to answer has passed.").With("due_at", h.DueAt)
	default:
		return h, fault.New(fault.Conflict, "handoff.answered", "The offer was answered already.").
			With("state", string(h.State)).With("to_unit_id", h.ToUnitID)
	}
	var bad rules
	bad.text("reason", a.Reason, a.State == Refused, MaxReason)
	if err := fault.Broken("input.invalid", bad); err != nil {
		return h, err
	}
	h.State, h.AnswerReason, h.AnsweredAt, h.AnsweredBy = a.State, a.Reason, &now, &by
	h.Version++
	return h, nil
}

// withSnapshot keeps what the giver goes on seeing: the values at the moment
// of its hand-off.
func (h Handoff) withSnapshot(l Lead) Handoff {
	h.SnapTitle, h.SnapInvestorName = &l.Title, l.InvestorName
	h.SnapPlannedCents, h.SnapCurrency, h.SnapVersion = l.PlannedCents, &l.Currency, &l.Version
	return h
}

func withField(code, message, field string) *fault.Error {
	return &fault.Error{
		Kind: fault.Invalid, Code: code, Message: message,
		Fields: []fault.Field{{Name: field, Code: code}},
	}
}
