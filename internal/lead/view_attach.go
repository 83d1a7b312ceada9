package lead

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ContactView is a contact as it leaves the server.
type ContactView struct {
	ID        id.Contact `json:"id" class:"public"`
	LeadID    id.Lead    `json:"lead_id" class:"public"`
	Name      *string    `json:"name" class:"contact"`
	Title     *string    `json:"title" class:"contact"`
	Phone     *string    `json:"phone" class:"contact"`
	Email     *string    `json:"email" class:"contact"`
	Wechat    *string    `json:"wechat" class:"contact"`
	Consent   bool       `json:"consent" class:"public"`
	Version   int64      `json:"version" class:"public"`
	UnitID    *id.Unit   `json:"unit_id" class:"public"`
	CreatedAt time.Time  `json:"created_at" class:"public"`
	Can       []string   `json:"can" class:"public"`
	Masked    []string   `json:"masked" class:"public"`
}

// Revealed is a contact whose values were unmasked by a logged act.
type Revealed struct {
	ID     id.Contact `json:"id"`
	Name   string     `json:"name"`
	Title  *string    `json:"title"`
	Phone  *string    `json:"phone"`
	Email  *string    `json:"email"`
	Wechat *string    `json:"wechat"`
}

// NoteView is a note as it leaves the server.
type NoteView struct {
	ID        id.Note    `json:"id"`
	LeadID    id.Lead    `json:"lead_id"`
	Kind      NoteKind   `json:"kind"`
	UnitID    *id.Unit   `json:"unit_id"`
	By        *Person    `json:"by"`
	Text      string     `json:"text"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt *time.Time `json:"updated_at"`
	Invented  bool       `json:"invented"`
	Can       []string   `json:"can"`
	Masked    []string   `json:"masked"`
}

// FileView is a file as it leaves the server; the content has a path of its
// own.
type FileView struct {
	ID        id.File   `json:"id"`
	LeadID    id.Lead   `json:"lead_id"`
	UnitID    *id.Unit  `json:"unit_id"`
	By        *Person   `json:"by"`
	Name      string    `json:"name"`
	Mime      string    `json:"mime"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	Kind      string    `json:"kind" doc:"What it is evidence of at the gate; empty for none."`
	Version   int64     `json:"version"` // always 1: a file is not edited
	CreatedAt time.Time `json:"created_at"`
	Can       []string  `json:"can"`
	Masked    []string  `json:"masked"`
}

// HandoffView is a hand-off as it leaves the server.
type HandoffView struct {
	ID              id.Handoff   `json:"id"`
	LeadID          id.Lead      `json:"lead_id"`
	FromUnitID      id.Unit      `json:"from_unit_id"`
	ToUnitID        id.Unit      `json:"to_unit_id"`
	State           HandoffState `json:"state"`
	Reason          string       `json:"reason"`
	Ask             string       `json:"ask"`
	OfferedAt       time.Time    `json:"offered_at"`
	OfferedBy       *Person      `json:"offered_by"`
	DueAt           time.Time    `json:"due_at"`
	WorkingDaysLeft *int         `json:"working_days_left"`
	AnsweredAt      *time.Time   `json:"answered_at"`
	AnsweredBy      *Person      `json:"answered_by"`
	AnswerReason    string       `json:"answer_reason"`
	Version         int64        `json:"version"`
	Invented        bool         `json:"invented"`
	Kind            HandoffKind  `json:"kind"`
	Cause           Cause        `json:"cause" doc:"The rule that did it; empty when a person did."`
	Parts           []string     `json:"parts"`
	MemberIDs       []id.User    `json:"member_ids" doc:"Of a draft of a restricted lead."`
	EndedAt         *time.Time   `json:"ended_at"`
	ObjectedAt      *time.Time   `json:"objected_at"`
	ObjectedBy      *Person      `json:"objected_by"`
	ObjectReason    string       `json:"object_reason"`
	DecidedAt       *time.Time   `json:"decided_at"`
	DecidedBy       *Person      `json:"decided_by"`
	Decision        Decision     `json:"decision"`
	DecideReason    string       `json:"decide_reason"`
	Lead            *Preview     `json:"lead"`
	Can             []string     `json:"can"`
	Masked          []string     `json:"masked"`
}

// Preview is what a hand-off shows of its lead: no contact and no file.
type Preview struct {
	Code         string  `json:"code"`
	Title        string  `json:"title"`
	InvestorName *string `json:"investor_name"`
	PlannedCents *int64  `json:"planned_cents"`
	Currency     string  `json:"currency"`
	Chain        *string `json:"chain"`
	Stage        Stage   `json:"stage"`
	Summary      *string `json:"summary"`
	UnitID       id.Unit `json:"unit_id"`
}

// EntryView is an entry of a lead's stream.
type EntryView struct {
	ID         int64        `json:"id"`
	At         time.Time    `json:"at"`
	Kind       ActivityKind `json:"kind"`
	UnitID     *id.Unit     `json:"unit_id"`
	By         *Person      `json:"by"`
	Note       *EntryNote   `json:"note"`
	File       *EntryFile   `json:"file"`
	Handoff    *EntryOffer  `json:"handoff"`
	FromStage  *Stage       `json:"from_stage"`
	ToStage    *Stage       `json:"to_stage"`
	HappenedOn *clock.Date  `json:"happened_on"`
	Reason     string       `json:"reason"`
	Fields     []string     `json:"fields"`
	Invented   bool         `json:"invented"`
	Can        []string     `json:"can"`
	Masked     []string     `json:"masked"`
}

// EntryNote, EntryFile and EntryOffer are what an entry points at.
type (
	EntryNote struct {
		ID      id.Note  `json:"id"`
		Text    string   `json:"text"`
		Version int64    `json:"version"`
		Can     []string `json:"can"`
	}
	EntryFile struct {
		ID   id.File `json:"id"`
		Name string  `json:"name"`
		Size int64   `json:"size"`
	}
	EntryOffer struct {
		ID           id.Handoff   `json:"id"`
		FromUnitID   id.Unit      `json:"from_unit_id"`
		ToUnitID     id.Unit      `json:"to_unit_id"`
		State        HandoffState `json:"state"`
		Reason       string       `json:"reason"`
		Ask          string       `json:"ask"`
		DueAt        time.Time    `json:"due_at"`
		AnswerReason string       `json:"answer_reason"`
	}
)

// HoldingView is an interval of responsibility in the chain of custody.
type HoldingView struct {
	UnitID      id.Unit      `json:"unit_id"`
	FromAt      time.Time    `json:"from_at"`
	Until       *time.Time   `json:"until"`
	WorkingDays int          `json:"working_days"`
	HandoffID   *id.Handoff  `json:"handoff_id"`
	Kind        HandoffKind  `json:"kind" doc:"How the unit got the lead; empty for who registered it."`
	Cause       Cause        `json:"cause"`
	State       HandoffState `json:"state" doc:"What became of the hand-off that began it."`
	ReturnBy    *time.Time   `json:"return_by" doc:"Until when the present holder may give it back."`
	Why         string       `json:"why"`
	By          *Person      `json:"by"`
	Objection   *Objection   `json:"objection"`
}

// Objection is what a unit said against an assignment, and the decision.
type Objection struct {
	At           time.Time  `json:"at"`
	Reason       string     `json:"reason"`
	DecidedAt    *time.Time `json:"decided_at"`
	Decision     Decision   `json:"decision"`
	DecideReason string     `json:"decide_reason"`
}

// BranchView is an offer that did not move the lead.
type BranchView struct {
	HandoffID    id.Handoff   `json:"handoff_id"`
	FromUnitID   id.Unit      `json:"from_unit_id"`
	ToUnitID     id.Unit      `json:"to_unit_id"`
	State        HandoffState `json:"state"`
	OfferedAt    time.Time    `json:"offered_at"`
	AnsweredAt   *time.Time   `json:"answered_at"`
	DueAt        time.Time    `json:"due_at"`
	Reason       string       `json:"reason"`
	AnswerReason string       `json:"answer_reason"`
	Cause        Cause        `json:"cause"`
}

// CustodyView is a lead's chain of custody: the intervals tile its life.
type CustodyView struct {
	Items    []HoldingView `json:"items"`
	Branches []BranchView  `json:"branches"`
}

// WhyView is one reason for which the caller sees a lead.
type WhyView struct {
	Role       access.Role       `json:"role"`
	UnitID     id.Unit           `json:"unit_id"`
	Part       access.Part       `json:"part"`
	Permission access.Permission `json:"permission"`
	FromAt     *time.Time        `json:"from_at"`
	Until      *time.Time        `json:"until"`
}

// MatchView is all that a stranger learns of an earlier report.
type MatchView struct {
	Reference  string     `json:"reference"`
	UnitID     id.Unit    `json:"unit_id"`
	ReportedOn clock.Date `json:"reported_on"`
}

// CheckView is the answer of the duplicate check.
type CheckView struct {
	Result string      `json:"result"` // clear, possible or conflict
	Items  []MatchView `json:"items"`
}

// bare is a hand-off whose lead the reader does not see any more.
func bare(h Handoff) HandoffView {
	return HandoffView{
		ID: h.ID, LeadID: h.LeadID, FromUnitID: h.FromUnitID, ToUnitID: h.ToUnitID, State: h.State,
		Reason: h.Reason, Ask: h.Ask, OfferedAt: h.OfferedAt, DueAt: h.DueAt, AnsweredAt: h.AnsweredAt,
		AnswerReason: h.AnswerReason, Version: h.Version, Invented: h.Invented, Can: []string{}, Masked: []string{"lead"},
		Kind: h.Kind, Cause: h.Cause, Parts: append([]string{}, h.Parts...), MemberIDs: []id.User{}, EndedAt: h.EndedAt,
		ObjectedAt: h.ObjectedAt, ObjectReason: h.ObjectReason, DecidedAt: h.DecidedAt, Decision: h.Decision,
		DecideReason: h.DecideReason,
	}
}

// handoffChanges is how the audit keeps a hand-off's step.
func handoffChanges(h Handoff) []event.Change {
	return []event.Change{
		{Field: "state", After: string(h.State)},
		{Field: "from_unit_id", After: h.FromUnitID.String()},
		{Field: "to_unit_id", After: h.ToUnitID.String()},
	}
}
