package lead

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// DisputeState is where a dispute stands.
type DisputeState string

// The states of a dispute. Time alone moves one on: when the units' time to
// talk has passed the bureau rules, and when the bureau's has passed the
// leading body does, whatever the row still says.
const (
	DisputeTalking   DisputeState = "talking"
	DisputeRuling    DisputeState = "ruling"
	DisputeLeading   DisputeState = "leading"
	DisputeSettled   DisputeState = "settled"
	DisputeRuled     DisputeState = "ruled"
	DisputeWithdrawn DisputeState = "withdrawn"
)

// DisputeStates lists the states in the order of a dispute's life.
func DisputeStates() []DisputeState {
	return []DisputeState{DisputeTalking, DisputeRuling, DisputeLeading, DisputeSettled, DisputeRuled, DisputeWithdrawn}
}

// Open tells whether the dispute waits for an end.
func (s DisputeState) Open() bool {
	return s == DisputeTalking || s == DisputeRuling || s == DisputeLeading
}

// OutcomeKind is how a dispute ends.
type OutcomeKind string

// The outcomes: one holder, several with shares of the credit, another
// holder, or one of the two leads closed as a duplicate.
const (
	OutcomeSingle     OutcomeKind = "single"
	OutcomeShared     OutcomeKind = "shared"
	OutcomeReassigned OutcomeKind = "reassigned"
	OutcomeDuplicate  OutcomeKind = "duplicate"
)

// OutcomeKinds lists the outcomes in the order of the form.
func OutcomeKinds() []OutcomeKind {
	return []OutcomeKind{OutcomeSingle, OutcomeShared, OutcomeReassigned, OutcomeDuplicate}
}

// fullShare is the whole credit in basis points, hundredths of a per cent.
const fullShare = 10_000

// Share is a unit's part of the credit in basis points.
type Share struct {
	UnitID      id.Unit
	BasisPoints int64
}

// Dispute is a unit's claim to a lead that another unit holds.
type Dispute struct {
	ID               id.Dispute
	LeadID           id.Lead  // the disputed lead
	OwnLeadID        *id.Lead // the claimant's lead about the same project, if any
	PairLow          *id.Lead
	PairHigh         *id.Lead
	ClaimantUnitID   id.Unit
	RespondentUnitID id.Unit // the holder when it was opened; the bureau for a restricted lead
	LeadingUnitID    id.Unit // the leading body that it may be raised to
	StandsIn         bool    // the bureau answers for the holder
	State            DisputeState
	Claim            string
	Reason           string
	OpenedBy         id.User
	OpenedAt         time.Time
	TalkDueAt        time.Time
	RuleDueAt        time.Time
	RaisedAt         *time.Time // to the leading body
	ClosedAt         *time.Time
	ClosedBy         *id.User
	OutcomeID        *int64
	Version          int64
}

// At returns the dispute as it stands at the instant.
func (d Dispute) At(now time.Time) Dispute {
	if d.State == DisputeTalking && !now.Before(d.TalkDueAt) {
		d.State = DisputeRuling
	}
	if d.State == DisputeRuling && !now.Before(d.RuleDueAt) {
		raised := d.RuleDueAt
		d.State, d.RaisedAt = DisputeLeading, &raised
	}
	return d
}

// Due is when the present stage's time runs out; nil for the leading body and
// after the end.
func (d Dispute) Due() *time.Time {
	switch d.State {
	case DisputeTalking:
		return &d.TalkDueAt
	case DisputeRuling:
		return &d.RuleDueAt
	}
	return nil
}

// closed refuses an act on a dispute that has ended.
//
// Error: Conflict "dispute.closed" with the state.
func (d Dispute) closed() error {
	if d.State.Open() {
		return nil
	}
	return fault.New(fault.Conflict, "dispute.closed", "The dispute has ended.").With("state", string(d.State))
}

// DisputeOrder opens a dispute: about a lead that the caller reads, or about
// the reference that a duplicate check gave.
type DisputeOrder struct {
	Reference string
	LeadID    id.Lead
	OwnLeadID id.Lead
	Claim     string // what the unit asks for
	Reason    string
}

func (o DisputeOrder) broken() []fault.Field {
	var bad rules
	if (o.Reference == "") == (o.LeadID == 0) {
		bad.add("reference", "dispute.one_lead")
	}
	if o.OwnLeadID != 0 && o.OwnLeadID == o.LeadID {
		bad.add("own_lead_id", "dispute.same_lead")
	}
	bad.line("reference", o.Reference, false, MaxShort)
	bad.text("claim", o.Claim, true, MaxReason)
	bad.text("reason", o.Reason, true, MaxText)
	return bad
}

// DisputeOutcome is what a party proposes or what was agreed or ruled.
type DisputeOutcome struct {
	ID           int64
	DisputeID    id.Dispute
	LeadID       id.Lead
	State        OutcomeState
	Outcome      OutcomeKind
	HolderUnitID *id.Unit
	Closes       string // for a duplicate: "own" or "disputed"
	Merges       bool   // and moves what it holds to the other lead
	Reason       string
	Body         DisputeBody
	UnitID       id.Unit
	UserID       id.User
	At           time.Time
	Shares       []Share   `gorm:"-"`
	Members      []id.User `gorm:"-"` // of a new holder of a restricted lead
}

// OutcomeState tells a proposal from a decision.
type OutcomeState string

// The states of an outcome.
const (
	OutcomeProposed OutcomeState = "proposed"
	OutcomeReplaced OutcomeState = "replaced"
	OutcomeAgreed   OutcomeState = "agreed"
	OutcomeRuled    OutcomeState = "ruled"
)

// DisputeBody is who decides.
type DisputeBody string

// The bodies.
const (
	BodyParties DisputeBody = "parties"
	BodyBureau  DisputeBody = "bureau"
	BodyLeading DisputeBody = "leading"
)

// check returns every rule that the outcome breaks. Parties decide between
// themselves only; the bureau and the leading body may name any open unit.
//
// Shares of co-holders name each unit once, the holder among them, and make
// 100.00 per cent.
func (o DisputeOutcome) check(d Dispute, places Places) error {
	var bad rules
	bad.text("reason", o.Reason, true, MaxText)
	if !slices.Contains(OutcomeKinds(), o.Outcome) {
		bad.add("outcome", "unknown_value")
	}
	if o.Outcome != OutcomeShared && len(o.Shares) > 0 {
		bad.add("shares", "dispute.shares_unasked")
	}
	switch o.Outcome {
	case OutcomeDuplicate:
		o.checkDuplicate(&bad, d)
	case OutcomeShared:
		o.checkHolder(&bad, d, places)
		o.checkShares(&bad, d, places)
	default:
		o.checkHolder(&bad, d, places)
	}
	return fault.Broken("input.invalid", bad)
}

func (o DisputeOutcome) checkDuplicate(bad *rules, d Dispute) {
	if d.OwnLeadID == nil {
		bad.add("outcome", "dispute.no_own_lead")
	}
	if o.HolderUnitID != nil {
		bad.add("holder_unit_id", "dispute.holder_unasked")
	}
	bad.oneOf("closes", o.Closes, []string{"own", "disputed"})
}

func (o DisputeOutcome) checkHolder(bad *rules, d Dispute, places Places) {
	if o.Closes != "" || o.Merges {
		bad.add("closes", "dispute.closes_unasked")
	}
	switch {
	case o.HolderUnitID == nil:
		bad.add("holder_unit_id", "required")
	case !places.UnitOpen(*o.HolderUnitID):
		bad.add("holder_unit_id", "handoff.unit_closed")
	case o.Body == BodyParties && !d.party(*o.HolderUnitID):
		bad.add("holder_unit_id", "dispute.third_unit")
	}
}

func (o DisputeOutcome) checkShares(bad *rules, d Dispute, places Places) {
	var sum int64
	units := map[id.Unit]bool{}
	for _, s := range o.Shares {
		if units[s.UnitID] {
			bad.add("shares", "dispute.share_twice")
		} else if rule := o.brokenShare(s, d, places); rule != "" {
			bad.add("shares", rule)
		}
		units[s.UnitID] = true
		sum += s.BasisPoints
	}
	if len(o.Shares) < 2 || o.HolderUnitID != nil && !units[*o.HolderUnitID] {
		bad.add("shares", "dispute.share_holder")
	}
	if sum != fullShare {
		bad.add("shares", "dispute.share_sum")
	}
}

// brokenShare is the rule that one share breaks by itself.
func (o DisputeOutcome) brokenShare(s Share, d Dispute, places Places) string {
	switch {
	case s.BasisPoints < 1 || s.BasisPoints > fullShare:
		return "dispute.share_range"
	case !places.UnitOpen(s.UnitID):
		return "handoff.unit_closed"
	case o.Body == BodyParties && !d.party(s.UnitID):
		return "dispute.third_unit"
	}
	return ""
}

func (d Dispute) party(unit id.Unit) bool {
	return unit == d.ClaimantUnitID || unit == d.RespondentUnitID
}

// other is the party opposite to a unit.
func (d Dispute) other(unit id.Unit) id.Unit {
	if unit == d.ClaimantUnitID {
		return d.RespondentUnitID
	}
	return d.ClaimantUnitID
}

// DisputeStep is one thing that happened in a dispute, in order.
type DisputeStep struct {
	ID        int64
	DisputeID id.Dispute
	At        time.Time
	Kind      StepKind
	UnitID    *id.Unit
	UserID    *id.User
	Text      string
	FileID    *id.File
	OutcomeID *int64
}

// StepKind is what sort of thing happened in a dispute.
type StepKind string

// The kinds of step. Escalated brings it to the bureau, raised to the leading
// body.
const (
	StepOpened    StepKind = "opened"
	StepStatement StepKind = "statement"
	StepFile      StepKind = "file"
	StepProposed  StepKind = "proposed"
	StepAgreed    StepKind = "agreed"
	StepEscalated StepKind = "escalated"
	StepRaised    StepKind = "raised"
	StepRuled     StepKind = "ruled"
	StepWithdrawn StepKind = "withdrawn"
)

// DisputeFile is a document that a party or the bureau laid before the
// others. Its content lies in the vault.
type DisputeFile struct {
	ID         id.File
	DisputeID  id.Dispute
	UnitID     id.Unit
	UserID     id.User
	Name       string
	StoredName string
	Mime       string
	Size       int64
	SHA256     string `gorm:"column:sha256"`
	CreatedAt  time.Time
}

// Sides says what an actor is to a dispute under one permission.
type Sides struct{ Claimant, Respondent, Bureau, Leading bool }

// Party tells whether the actor speaks for one of the two units.
func (s Sides) Party() bool { return s.Claimant || s.Respondent }

// Any tells whether the actor has any side at all.
func (s Sides) Any() bool { return s.Claimant || s.Respondent || s.Bureau || s.Leading }

// SeenDispute is a dispute as it was read for a person, with what decides
// over that person's rights. It can only be made by a store.
type SeenDispute struct {
	Dispute
	Code       string // of the disputed lead
	ReportedAt time.Time
	Restricted bool
	Member     bool  // the person is a live member of the restricted lead
	Lead       *Seen // nil for who may not read it
	Own        *Seen
	Opener     *Person
	Closer     *Person
}

// sides works out what the actor is to the dispute under a scope. A party is
// one by its unit alone, so that a claimant is one to a lead that it may not
// read; the bureau's grants cover a restricted lead only for its members and
// for who reads all of them.
func (d SeenDispute) sides(scope access.Scope) Sides {
	has := func(unit id.Unit) bool { return scope.Has(access.Grant{Part: access.Owner, Unit: unit}) }
	city := scope.Filter(func(g access.Grant) bool { return g.Part == access.Any || g.Part == access.AnyRestricted }).
		Covers(access.Standing{Restricted: d.Restricted, Member: d.Member})
	return Sides{
		Claimant:   has(d.ClaimantUnitID),
		Respondent: !d.StandsIn && has(d.RespondentUnitID) || d.StandsIn && city,
		Bureau:     city,
		Leading:    d.RaisedAt != nil && has(d.LeadingUnitID),
	}
}
