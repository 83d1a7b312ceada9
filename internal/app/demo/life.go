package demo

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// mark stands in the audit lines of a made world where others carry the
// number of a request.
const mark = "demo"

// life plays one invented lead through its acts. The rules are those of the
// lead module; what each act writes is compared with the use cases in a test.
type life struct {
	*scene
	leadstore.Life
}

// begin registers a lead.
func (s *scene) begin(d lead.Draft, at time.Time) (*life, error) {
	l, err := d.Lead(at, s.places)
	if err != nil {
		return nil, err
	}
	f := &life{scene: s}
	l.Invented, l.CreatedBy = true, s.actor(d.UnitID)
	l.Protect(s.terms, at)
	f.Lead, f.MovedAt = l, at
	f.Registration = &lead.Registration{
		UnitID: d.UnitID, UserID: l.CreatedBy, At: at, State: lead.RegistrationClear, Choice: d.Duplicate.Choice, Reason: d.Duplicate.Reason,
	}
	if d.Duplicate.Choice == lead.AnotherProject {
		f.Registration.State, f.Registration.DecidedAt = lead.RegistrationConfirmed, &at
	}
	f.part(d.UnitID, access.Owner, at, clock.Forever(), nil)
	f.follow(at)
	f.helped(at)
	if team, known := s.places.ChainUnit(l.ChainCode()); known {
		f.part(team, access.Chain, at, clock.Forever(), nil)
	}
	if l.Restricted && l.CreatedBy != nil {
		f.member(*l.CreatedBy, at)
	}
	if d.Contact != nil {
		f.keepContact(*d.Contact, at)
	}
	f.activity(lead.ActCreated, at)
	f.line("lead.created", at, "lead", 1)
	if !s.brief {
		f.last().Changes = lead.Differences(lead.Lead{}, l, s.shape)
	}
	return f, nil
}

func (f *life) part(unit id.Unit, part access.Part, from, until time.Time, h *id.Handoff) {
	f.Parts = append(f.Parts, lead.PartRow{UnitID: unit, Part: part, FromAt: from, Until: until, HandoffID: h})
}

// follow lets the platforms that coordinate the holder read along.
func (f *life) follow(at time.Time) {
	for _, unit := range f.places.Coordinators(f.Lead.UnitID) {
		f.part(unit, access.Coordinator, at, clock.Forever(), nil)
	}
}

// end ends the live parts that the condition picks.
func (f *life) end(at time.Time, picks func(lead.PartRow) bool) {
	for i, p := range f.Parts {
		if p.Until.After(at) && picks(p) {
			f.Parts[i].Until = at
		}
	}
}

func (f *life) member(user id.User, at time.Time) {
	for _, m := range f.Members {
		if m.User == user {
			return
		}
	}
	f.Members = append(f.Members, leadstore.Membership{User: user, FromAt: at, Until: clock.Forever(), NamedBy: f.actor(f.Lead.UnitID)})
}

// activity adds an entry of the stream, done for the holder.
func (f *life) activity(kind lead.ActivityKind, at time.Time) *lead.Activity {
	unit := f.Lead.UnitID
	f.Activities = append(f.Activities, lead.Activity{
		At: at, Kind: kind, UnitID: &unit, UserID: f.actor(unit), Invented: f.Lead.Invented,
	})
	return &f.Activities[len(f.Activities)-1]
}

// line adds an audit line, done for the holder, about the row at a place.
func (f *life) line(kind string, at time.Time, object string, place int) {
	if f.brief && object != "handoff" && kind != "lead.created" {
		return
	}
	l := event.Line{
		Kind: kind, Unit: f.Lead.UnitID, RequestID: mark, Object: object, ObjectID: int64(place),
		Restricted: f.Lead.Restricted, Outcome: event.Done,
	}
	if user := f.actor(f.Lead.UnitID); user != nil {
		l.User = *user
	}
	f.Lines = append(f.Lines, event.Stored{Line: l, At: at})
}

// last is the audit line that was just added; a spare one when lines are
// kept in brief.
func (f *life) last() *event.Stored {
	if len(f.Lines) == 0 {
		return &event.Stored{}
	}
	return &f.Lines[len(f.Lines)-1]
}

func (f *life) keepContact(d lead.ContactDraft, at time.Time) {
	unit := f.Lead.UnitID
	f.Contacts = append(f.Contacts, lead.Contact{
		Name: d.Name, Title: d.Title, Phone: d.Phone, Email: d.Email, Wechat: d.Wechat, Consent: d.Consent, Version: 1,
		UnitID: &unit, CreatedBy: f.actor(unit), CreatedAt: at,
	})
	f.line("contact.added", at, "contact", len(f.Contacts))
	if !f.brief {
		f.last().Changes = []event.Change{{Field: "name", Secret: true}}
	}
}

func (f *life) contact(d lead.ContactDraft, at time.Time) {
	f.keepContact(d, at)
	f.activity(lead.ActContact, at)
	f.Lead.ActivityAt = at
	f.Lead.Worked(f.terms, "contact", at)
}

func (f *life) note(text string, at time.Time) {
	unit, place := f.Lead.UnitID, id.Note(len(f.Notes)+1)
	f.Notes = append(f.Notes, lead.Note{
		UnitID: &unit, UserID: f.actor(unit), Text: text, Invented: true, Version: 1, CreatedAt: at,
	})
	a := f.activity(lead.ActNote, at)
	a.NoteID, a.Invented = &place, true
	f.Lead.ActivityAt = at
	f.Lead.Worked(f.terms, "note", at)
	f.line("note.added", at, "note", int(place))
	if !f.brief {
		f.last().Changes = []event.Change{{Field: "text", After: text}}
	}
}

// move changes the stage.
func (f *life) move(m lead.Move, at time.Time) error {
	before := f.Lead
	after, err := before.Moved(m, clock.DateOf(at), true)
	if err != nil {
		return err
	}
	after.FollowStage(before.Stage, f.terms, at)
	after.StageSince, after.ActivityAt = at, at
	after.Version++
	switch done := after.Stage.Done(); {
	case done && !before.Stage.Done():
		f.held(lead.Accepted, lead.CompletedHandoff, &at)
	case !done && before.Stage.Done():
		f.held(lead.CompletedHandoff, lead.Accepted, nil)
	}
	f.Lead, f.MovedAt = after, at
	a := f.activity(lead.ActStage, at)
	a.FromStage, a.ToStage, a.HappenedOn, a.Reason = &before.Stage, &after.Stage, m.HappenedOn, m.Reason
	a.Fields, a.LeadVersion = lead.Names{"stage"}, of(after.Version)
	if m.LostTo != "" {
		a.Reason = m.Reason + " → " + m.LostTo
	}
	f.line("lead.stage_changed", at, "lead", 1)
	if !f.brief {
		f.last().Reason = a.Reason
		f.last().Changes = []event.Change{{Field: "stage", Before: string(before.Stage), After: string(after.Stage)}}
	}
	return nil
}

// edit changes fields.
func (f *life) edit(e lead.Edit, at time.Time) error {
	before := f.Lead
	after, err := before.Edited(e, f.places, clock.DateOf(at))
	if err != nil {
		return err
	}
	changes := lead.Differences(before, after, f.shape)
	if len(changes) == 0 {
		return nil
	}
	after.ActivityAt = at
	after.Version++
	after.Worked(f.terms, "edit", at)
	f.Lead = after
	f.helped(at)
	a := f.activity(lead.ActEdited, at)
	a.LeadVersion = of(after.Version)
	for _, c := range changes {
		a.Fields = append(a.Fields, c.Field)
	}
	f.line("lead.edited", at, "lead", 1)
	if !f.brief {
		f.last().Changes = changes
	}
	return nil
}
