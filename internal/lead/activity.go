package lead

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ActivityKind is what sort of thing happened to a lead.
type ActivityKind string

// The kinds of activity.
const (
	ActCreated   ActivityKind = "created"
	ActReported  ActivityKind = "reported" // taken over from a public report
	ActEdited    ActivityKind = "edited"
	ActStage     ActivityKind = "stage"
	ActNote      ActivityKind = "note"
	ActFile      ActivityKind = "file"
	ActContact   ActivityKind = "contact"
	ActRevealed  ActivityKind = "revealed"
	ActOffered   ActivityKind = "offered"
	ActAccepted  ActivityKind = "accepted"
	ActRefused   ActivityKind = "refused"
	ActWithdrawn ActivityKind = "withdrawn"
	ActExpired   ActivityKind = "expired"
	ActReturned  ActivityKind = "returned"
	ActReferred  ActivityKind = "referred" // to the bureau's pool
	ActAssigned  ActivityKind = "assigned" // by the bureau
	ActObjected  ActivityKind = "objected"
	ActDecided   ActivityKind = "decided" // on an objection
	ActHelper    ActivityKind = "helper"  // a helping unit joined or left
	ActIdle      ActivityKind = "idle"    // nothing happened to it in the pool

	ActDisputed            ActivityKind = "disputed"
	ActDisputeEnded        ActivityKind = "dispute_ended"
	ActMerged              ActivityKind = "merged"
	ActUnmerged            ActivityKind = "unmerged"
	ActProtectionConfirmed ActivityKind = "protection_confirmed"
	ActProtectionRejected  ActivityKind = "protection_rejected"
	ActProtectionRenewed   ActivityKind = "protection_renewed"
	ActProtectionLapsed    ActivityKind = "protection_lapsed"
	ActProtectionOverruled ActivityKind = "protection_overruled"
)

// ActivityKinds lists the kinds in the order of the stream's filter.
func ActivityKinds() []ActivityKind {
	return []ActivityKind{
		ActCreated, ActReported, ActEdited, ActStage, ActNote, ActFile, ActContact, ActRevealed,
		ActOffered, ActAccepted, ActRefused, ActWithdrawn, ActExpired, ActReturned, ActReferred, ActAssigned,
		ActObjected, ActDecided, ActHelper, ActIdle, ActDisputed, ActDisputeEnded, ActMerged, ActUnmerged,
		ActProtectionConfirmed, ActProtectionRejected, ActProtectionRenewed, ActProtectionLapsed, ActProtectionOverruled,
	}
}

// MoveKinds lists the kinds that tell of a new holder.
func MoveKinds() []ActivityKind {
	return []ActivityKind{ActAccepted, ActReturned, ActReferred, ActAssigned}
}

func (k ActivityKind) moves() bool { return slices.Contains(MoveKinds(), k) }

// Activity is one entry of a lead's stream.
type Activity struct {
	ID         int64
	LeadID     id.Lead
	At         time.Time
	Kind       ActivityKind
	UnitID     *id.Unit
	UserID     *id.User
	NoteID     *id.Note
	FileID     *id.File
	HandoffID  *id.Handoff
	FromStage  *Stage
	ToStage    *Stage
	HappenedOn *clock.Date
	Reason     string
	Fields     Names
	// LeadVersion is the version that an edit or a move made; nil for what
	// leaves the version as it is.
	LeadVersion *int64
	Invented    bool
}

// activity starts an entry for what the actor does to the lead now.
func activity(actor access.Actor, l Lead, kind ActivityKind, at time.Time) Activity {
	a := Activity{LeadID: l.ID, At: at, Kind: kind, UserID: somebody(actor.User)}
	if actor.Acting != 0 {
		unit := actor.Acting
		a.UnitID = &unit
	}
	return a
}

// line starts an audit line about the lead.
func line(actor access.Actor, l Lead, kind string) event.Line {
	e := actor.Line(kind, "lead", int64(l.ID))
	e.Lead, e.Restricted = l.ID, l.Restricted
	return e
}

// changedNames lists the fields of an edit for the stream.
func changedNames(changes []event.Change) Names {
	out := make(Names, 0, len(changes))
	for _, c := range changes {
		out = append(out, c.Field)
	}
	return out
}
