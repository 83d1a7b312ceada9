package lead

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// DisputeView is a dispute as it leaves the server. Of a lead that the reader
// may not read it holds the reference, the holding unit and the day, no more
// than the duplicate check tells.
type DisputeView struct {
	ID               id.Dispute    `json:"id"`
	Reference        string        `json:"reference"`
	ReportedOn       clock.Date    `json:"reported_on"`
	State            DisputeState  `json:"state"`
	ClaimantUnitID   id.Unit       `json:"claimant_unit_id"`
	RespondentUnitID id.Unit       `json:"respondent_unit_id"`
	LeadingUnitID    id.Unit       `json:"leading_unit_id"`
	Claim            string        `json:"claim"`
	Reason           string        `json:"reason"`
	OpenedAt         time.Time     `json:"opened_at"`
	OpenedBy         *Person       `json:"opened_by"`
	TalkDueAt        time.Time     `json:"talk_due_at"`
	RuleDueAt        time.Time     `json:"rule_due_at"`
	DueAt            *time.Time    `json:"due_at"`
	WorkingDaysLeft  *int          `json:"working_days_left"`
	RaisedAt         *time.Time    `json:"raised_at"`
	ClosedAt         *time.Time    `json:"closed_at"`
	ClosedBy         *Person       `json:"closed_by"`
	Lead             *DisputedLead `json:"lead"`
	OwnLead          *DisputedLead `json:"own_lead"`
	Proposal         *OutcomeView  `json:"proposal"`
	Outcome          *OutcomeView  `json:"outcome"`
	Version          int64         `json:"version"`
	Can              []string      `json:"can"`
	Masked           []string      `json:"masked"`
}

// DisputedLead is a lead of a dispute for who may read it.
type DisputedLead struct {
	ID           id.Lead `json:"id"`
	Code         string  `json:"code"`
	Title        string  `json:"title"`
	InvestorName *string `json:"investor_name"`
	UnitID       id.Unit `json:"unit_id"`
	Stage        Stage   `json:"stage"`
}

// OutcomeView is a proposal or a decision.
type OutcomeView struct {
	ID           int64        `json:"id"`
	State        OutcomeState `json:"state"`
	Outcome      OutcomeKind  `json:"outcome"`
	HolderUnitID *id.Unit     `json:"holder_unit_id"`
	Closes       string       `json:"closes"`
	Merges       bool         `json:"merges"`
	Shares       []ShareView  `json:"shares"`
	Reason       string       `json:"reason"`
	Body         DisputeBody  `json:"body"`
	UnitID       id.Unit      `json:"unit_id"`
	At           time.Time    `json:"at"`
}

// ShareView is a unit's share of the credit; percent is exact to two places.
type ShareView struct {
	UnitID  id.Unit `json:"unit_id"`
	Percent float64 `json:"percent"`
}

// DisputePage is a dispute with everything that was said and laid before the
// parties, in order.
type DisputePage struct {
	DisputeView
	Entries []DisputeEntryView `json:"entries"`
}

// DisputeEntryView is one step of a dispute.
type DisputeEntryView struct {
	ID      int64            `json:"id"`
	At      time.Time        `json:"at"`
	Kind    StepKind         `json:"kind"`
	UnitID  *id.Unit         `json:"unit_id"`
	By      *Person          `json:"by"`
	Text    string           `json:"text"`
	File    *DisputeFileView `json:"file"`
	Outcome *OutcomeView     `json:"outcome"`
}

// DisputeFileView is a document of a dispute.
type DisputeFileView struct {
	ID     id.File `json:"id"`
	Name   string  `json:"name"`
	Mime   string  `json:"mime"`
	Size   int64   `json:"size"`
	SHA256 string  `json:"sha256"`
}

// perPercent is how many basis points make one per cent.
const perPercent = 100

// SharesView shows shares in per cent.
func SharesView(shares []Share) []ShareView {
	out := make([]ShareView, 0, len(shares))
	for _, s := range shares {
		out = append(out, ShareView{UnitID: s.UnitID, Percent: float64(s.BasisPoints) / perPercent})
	}
	return out
}

func outcomeView(o *DisputeOutcome) *OutcomeView {
	if o == nil {
		return nil
	}
	return &OutcomeView{
		ID: o.ID, State: o.State, Outcome: o.Outcome, HolderUnitID: o.HolderUnitID, Closes: o.Closes, Merges: o.Merges,
		Shares: SharesView(o.Shares), Reason: o.Reason, Body: o.Body, UnitID: o.UnitID, At: o.At,
	}
}

// disputeViews shows disputes to one person at one instant.
type disputeViews struct {
	actor  access.Actor
	rights rights
	shape  access.Shape
	office *clock.Office
	now    time.Time
}

// view shows a dispute; found are its outcomes, oldest first.
func (v disputeViews) view(d SeenDispute, found []DisputeOutcome) DisputeView {
	d.Dispute = d.At(v.now)
	out := DisputeView{
		ID: d.ID, Reference: d.Code, ReportedOn: clock.DateOf(d.ReportedAt), State: d.State,
		ClaimantUnitID: d.ClaimantUnitID, RespondentUnitID: d.RespondentUnitID, LeadingUnitID: d.LeadingUnitID,
		Claim: d.Claim, Reason: d.Reason, OpenedAt: d.OpenedAt, OpenedBy: d.Opener, TalkDueAt: d.TalkDueAt,
		RuleDueAt: d.RuleDueAt, DueAt: d.Due(), RaisedAt: d.RaisedAt, ClosedAt: d.ClosedAt, ClosedBy: d.Closer,
		Lead: v.lead(d.Lead), OwnLead: v.lead(d.Own), Version: d.Version, Masked: []string{},
	}
	if out.DueAt != nil {
		left := begun(v.office.Worked(v.now, *out.DueAt))
		out.WorkingDaysLeft = &left
	}
	if out.Lead == nil {
		out.Masked = append(out.Masked, "lead")
	}
	if d.OwnLeadID != nil && out.OwnLead == nil {
		out.Masked = append(out.Masked, "own_lead")
	}
	proposal := proposed(found)
	out.Proposal, out.Outcome = outcomeView(proposal), outcomeView(decided(d.Dispute, found))
	out.Can = disputeActs(v.actor, d, proposal)
	return out
}

// begun counts the begun working days of limit time.
func begun(worked time.Duration) int { return int((worked + clock.LimitDay - 1) / clock.LimitDay) }

func (v disputeViews) lead(seen *Seen) *DisputedLead {
	if seen == nil {
		return nil
	}
	l := v.rights.view(*seen, v.shape)
	return &DisputedLead{ID: l.ID, Code: l.Code, Title: l.Title, InvestorName: l.InvestorName, UnitID: l.UnitID, Stage: l.Stage}
}

func proposed(found []DisputeOutcome) *DisputeOutcome {
	for i := range found {
		if found[i].State == OutcomeProposed {
			return &found[i]
		}
	}
	return nil
}

func decided(d Dispute, found []DisputeOutcome) *DisputeOutcome {
	for i := range found {
		if d.OutcomeID != nil && found[i].ID == *d.OutcomeID {
			return &found[i]
		}
	}
	return nil
}

// disputeActs lists what the actor may do with the dispute as it stands.
func disputeActs(actor access.Actor, d SeenDispute, proposal *DisputeOutcome) []string {
	out := []string{}
	if !d.State.Open() {
		return out
	}
	argues, rules := d.sides(actor.ActScope(access.DisputeArgue)), d.sides(actor.ActScope(access.DisputeRule))
	act := func(name string, may bool) {
		if may {
			out = append(out, name)
		}
	}
	act("add_statement", argues.Party() || argues.Bureau)
	act("add_file", argues.Party() || argues.Bureau)
	act("propose", argues.Party())
	act("agree", proposal != nil && argues.speaksFor(d.Dispute, d.other(proposal.UnitID)))
	act("escalate", d.State == DisputeTalking && (argues.Party() || argues.Bureau))
	act("raise", d.State == DisputeRuling && rules.Bureau)
	act("rule", mayRule(actor, d))
	act("withdraw", argues.Claimant)
	return out
}

// speaksFor tells whether these are the sides of one of the parties.
func (s Sides) speaksFor(d Dispute, unit id.Unit) bool {
	return unit == d.ClaimantUnitID && s.Claimant || unit == d.RespondentUnitID && s.Respondent
}

// mayRule tells whether the actor decides the dispute as it stands: the
// bureau while its time runs, afterwards the leading body, whose decision the
// bureau's head may write down.
func mayRule(actor access.Actor, d SeenDispute) bool {
	switch d.State {
	case DisputeRuling:
		return d.sides(actor.ActScope(access.DisputeRule)).Bureau
	case DisputeLeading:
		s := d.sides(actor.ActScope(access.DisputeRecord))
		return s.Bureau || s.Leading
	}
	return false
}
