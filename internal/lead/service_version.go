package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// CheckContact compares the version of a contact that the caller saw with the
// present one, so that an old one is refused before the body is read.
//
// Errors: NotFound "lead.unknown" or "contact.unknown"; Forbidden
// "forbidden"; Stale "contact.stale" with the present version and the fields
// that differ.
func (s *Service) CheckContact(ctx context.Context, actor access.Actor, lead id.Lead, contact id.Contact, version int64) error {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.ContactEdit), lead)
	if err != nil {
		return err
	}
	rows, err := s.store.Contacts(ctx, seen)
	if err != nil {
		return err
	}
	for _, c := range rows {
		if c.ID == contact {
			return staleContact(ctx, s.store, c, version)
		}
	}
	return fault.New(fault.NotFound, "contact.unknown", "No such contact.")
}

// CheckNote is CheckContact for a note.
//
// Errors: NotFound "lead.unknown" or "note.unknown"; Forbidden "forbidden" or
// "note.foreign"; Stale "note.stale".
func (s *Service) CheckNote(ctx context.Context, actor access.Actor, lead id.Lead, note id.Note, version int64) error {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.NoteAdd), lead)
	if err != nil {
		return err
	}
	n, err := s.store.Note(ctx, seen, note)
	if err != nil {
		return err
	}
	if err := ownNote(actor, n); err != nil {
		return err
	}
	return staleNote(n, version)
}

// ownNote refuses somebody else's note.
func ownNote(actor access.Actor, n Note) error {
	if n.UserID == nil || *n.UserID != actor.User {
		return fault.New(fault.Forbidden, "note.foreign", "Only the author changes a note.")
	}
	return nil
}

// CheckFile tells whether the caller may take a file off, before its version
// is asked.
//
// Errors: NotFound "lead.unknown" or "file.unknown"; Forbidden "forbidden" or
// "file.foreign".
func (s *Service) CheckFile(ctx context.Context, actor access.Actor, lead id.Lead, file id.File) error {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.FileAdd), lead)
	if err != nil {
		return err
	}
	f, err := s.store.File(ctx, seen, file)
	if err != nil {
		return err
	}
	return ownFile(actor, f)
}

// ownFile refuses somebody else's file.
func ownFile(actor access.Actor, f File) error {
	if f.UserID == nil || *f.UserID != actor.User {
		return fault.New(fault.Forbidden, "file.foreign", "Only the person who added a file takes it off.")
	}
	return nil
}

// CheckMember tells whether a restricted lead has the person as a member,
// before the version is asked.
//
// Errors: NotFound "lead.unknown" or "member.unknown"; Forbidden "forbidden".
func (s *Service) CheckMember(ctx context.Context, actor access.Actor, lead id.Lead, user id.User) error {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.LeadRestrict), lead)
	if err != nil || !seen.Lead.Restricted {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	members, err := s.store.Members(ctx, seen, now)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.UserID == user {
			return nil
		}
	}
	return fault.New(fault.NotFound, "member.unknown", "No such member of the lead.")
}

// editLog names the fields that edits changed.
type editLog interface {
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
}

func staleContact(ctx context.Context, log editLog, c Contact, version int64) error {
	if c.Version == version {
		return nil
	}
	differs, err := log.FieldsEdited(ctx, event.Edits{
		Object: "contact", ID: int64(c.ID), Kinds: []string{"contact.edited"}, Last: c.Version - version,
	})
	if err != nil {
		return err
	}
	return fault.New(fault.Stale, "contact.stale", "Somebody else changed the contact.").
		With("version", c.Version).With("differs", differs)
}

// staleNote compares versions of a note, which is one text.
func staleNote(n Note, version int64) error {
	if n.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "note.stale", "The note was changed.").
		With("version", n.Version).With("differs", []string{"text"})
}
