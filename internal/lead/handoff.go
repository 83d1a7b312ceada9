package lead

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// HandoffState is where an offer stands.
type HandoffState string

// The states of a hand-off. An offer whose deadline has passed counts as
// expired even while its row still says offered. Of the lead that moved, the
// hand-off that moved it is accepted while the receiver holds the lead, and
// says at the end how that ended.
const (
	Drafted          HandoffState = "drafted" // private to the sending unit
	Offered          HandoffState = "offered"
	Accepted         HandoffState = "accepted"
	Refused          HandoffState = "refused"
	Expired          HandoffState = "expired"
	WithdrawnOffer   HandoffState = "withdrawn"
	Returned         HandoffState = "returned"  // the receiver gave the lead back
	PassedOn         HandoffState = "passed_on" // the receiver handed it on
	CompletedHandoff HandoffState = "completed" // the lead ended or started in the receiver's hands
)

// HandoffStates lists the states in the order of a hand-off's life.
func HandoffStates() []HandoffState {
	return []HandoffState{
		Drafted, Offered, Accepted, Refused, Expired, WithdrawnOffer, Returned, PassedOn, CompletedHandoff,
	}
}

// MovedStates lists the states of hand-offs that moved the lead.
func MovedStates() []HandoffState {
	return []HandoffState{Accepted, Returned, PassedOn, CompletedHandoff}
}

// Moved tells whether a hand-off in this state moved the lead.
func (s HandoffState) Moved() bool { return slices.Contains(MovedStates(), s) }

// HandoffKind is the way in which responsibility moves.
type HandoffKind string

// The kinds of hand-off. Only an offer waits for an answer; the others take
// effect at once.
const (
	KindOffer      HandoffKind = "offer"
	KindReferral   HandoffKind = "referral"   // to the bureau's pool
	KindAssignment HandoffKind = "assignment" // by the bureau, out of the pool
	KindReturn     HandoffKind = "return"     // back to who gave the lead
	KindDispute    HandoffKind = "dispute"    // by what ended a dispute
)

// HandoffKinds lists the kinds.
func HandoffKinds() []HandoffKind {
	return []HandoffKind{KindOffer, KindReferral, KindAssignment, KindReturn, KindDispute}
}

// Cause names the rule that moved a lead when no person did; empty when one
// did.
type Cause string

// The causes.
const (
	CauseRefusals   Cause = "refusals"    // refused too often: to the pool
	CausePoolIdle   Cause = "pool_idle"   // nothing happened to it in the pool: offered again
	CauseUnitClosed Cause = "unit_closed" // who would get it back is closed: to the pool
	CauseObjection  Cause = "objection"   // the bureau cancelled its assignment: to the pool
)

// Causes lists the causes.
func Causes() []Cause {
	return []Cause{CauseRefusals, CausePoolIdle, CauseUnitClosed, CauseObjection}
}

// Decision is what the bureau says to an objection.
type Decision string

// The decisions.
const (
	Uphold Decision = "uphold" // the unit keeps the lead
	Cancel Decision = "cancel" // the lead goes back to the pool
)

// AllParts are the kinds of attachment that can go with a lead.
func AllParts() Names { return Names{"contacts", "files", "notes"} }

// Handoff is one offer of a lead to a unit and its answer. The giver stays
// responsible until it is accepted.
type Handoff struct {
	ID         id.Handoff
	LeadID     id.Lead
	FromUnitID id.Unit
	ToUnitID   id.Unit
	State      HandoffState
	Reason     string // why the lead is offered
	Ask        string // what the receiver is asked to do
	OfferedAt  time.Time
	OfferedBy  *id.User
	// DueAt is until when an offer is answered or an assignment objected to:
	// worked out once from the office calendar.
	DueAt            time.Time
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
	Kind             HandoffKind
	Cause            Cause
	Parts            Names      // what goes with the lead
	Named            Persons    // the receiver's named members, while drafted
	EndedAt          *time.Time // returned, passed on or completed
	ObjectedAt       *time.Time
	ObjectedBy       *id.User
	ObjectReason     string
	DecidedAt        *time.Time
	DecidedBy        *id.User
	Decision         Decision
	DecideReason     string
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
	Parts   *Names    // what goes with the lead; nil means everything
}

// parts are what goes with the lead.
func (o Order) parts() Names {
	if o.Parts == nil {
		return AllParts()
	}
	return *o.Parts
}

// broken gathers the rules that an order breaks. The words of a draft may be
// missing.
func (o Order) broken(restricted, draft bool) rules {
	var bad rules
	bad.text("reason", o.Reason, !draft, MaxReason)
	bad.text("ask", o.Ask, !draft, MaxReason)
	if restricted && len(o.Members) == 0 && !draft {
		bad.add("member_ids", "handoff.members_required")
	}
	for _, p := range o.parts() {
		if !slices.Contains(AllParts(), p) {
			bad.add("parts", "unknown_value")
			break
		}
	}
	return bad
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
// fields reason, ask, member_ids, parts.
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
	if err := fault.Broken("input.invalid", o.broken(l.Restricted, false)); err != nil {
		return Handoff{}, err
	}
	return Handoff{
		LeadID: l.ID, FromUnitID: l.UnitID, ToUnitID: o.To, State: Offered, Reason: o.Reason, Ask: o.Ask,
		OfferedAt: now, OfferedBy: somebody(by), DueAt: due, Version: 1, Kind: KindOffer, Parts: o.parts(),
	}, nil
}

// somebody is the person of an act; nil when the program did it.
func somebody(by id.User) *id.User {
	if by == 0 {
		return nil
	}
	return &by
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

// Persons is a short list of persons, kept as one comma-separated text.
type Persons []id.User

// Value writes the list as text.
func (p Persons) Value() (driver.Value, error) {
	texts := make([]string, len(p))
	for i, u := range p {
		texts[i] = u.String()
	}
	return strings.Join(texts, ","), nil
}

// Scan reads the list from text.
func (p *Persons) Scan(src any) error {
	var n Names
	if err := n.Scan(src); err != nil {
		return err
	}
	*p = nil
	for _, text := range n {
		user, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("scan a person from %q: %w", text, err)
		}
		*p = append(*p, id.User(user))
	}
	return nil
}
