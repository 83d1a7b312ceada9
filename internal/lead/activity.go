package lead

import (
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

	ActDisputed     ActivityKind = "disputed"
	ActDisputeEnded ActivityKind = "dispute_ended"
	ActMerged       ActivityKind = "merged"
	ActUnmerged     ActivityKind = "unmerged"
)

// ActivityKinds lists the kinds in the order of the stream's filter.
func ActivityKinds() []ActivityKind {
	return []ActivityKind{
		ActCreated, ActReported, ActEdited, ActStage, ActNote, ActFile, ActContact, ActRevealed,
		ActOffered, ActAccepted, ActRefused, ActWithdrawn, ActExpired,
		ActDisputed, ActDisputeEnded, ActMerged, ActUnmerged,
	}
}

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
	a := Activity{LeadID: l.ID, At: at, Kind: kind, UserID: &actor.User}
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
