package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// AddNote writes a note into the lead's stream.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on text.
func (s *Service) AddNote(ctx context.Context, actor access.Actor, lead id.Lead, text string) (NoteView, error) {
	var out NoteView
	err := s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.NoteAdd, lead, nil)
		if err != nil {
			return err
		}
		clean, err := noteText(text)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		n := Note{LeadID: lead, UserID: &actor.User, Text: clean, Version: 1, CreatedAt: now}
		if actor.Acting != 0 {
			n.UnitID = &actor.Acting
		}
		if err := tx.InsertNote(ctx, seen, &n); err != nil {
			return err
		}
		a := activity(actor, seen.Lead, ActNote, now)
		a.NoteID = &n.ID
		if err := tx.AddActivity(ctx, &a); err != nil {
			return err
		}
		if err := tx.Touch(ctx, seen, now); err != nil {
			return err
		}
		out = noteView(actor, NoteEntry{Note: n})
		return tx.Record(ctx, noteLine(actor, seen.Lead, n, "note.added", clean))
	})
	if err != nil {
		return NoteView{}, err
	}
	out.By = s.person(ctx, actor.User)
	return out, nil
}

func noteLine(actor access.Actor, l Lead, n Note, kind, text string) event.Line {
	e := line(actor, l, kind)
	e.Object, e.ObjectID = "note", int64(n.ID)
	e.Changes = []event.Change{{Field: "text", Before: n.before(text), After: text}}
	return e
}

func (n Note) before(text string) string {
	if n.Text == text {
		return ""
	}
	return n.Text
}

// EditNote changes the text of the caller's own note.
//
// Errors: NotFound "lead.unknown" or "note.unknown"; Forbidden "forbidden"
// for somebody else's note; Stale "note.stale"; Invalid "input.invalid".
func (s *Service) EditNote(
	ctx context.Context, actor access.Actor, lead id.Lead, note id.Note, version int64, text string,
) (NoteView, error) {
	var out NoteView
	err := s.store.InTx(ctx, func(tx Tx) error {
		seen, n, err := s.ownNote(ctx, tx, actor, lead, note, version)
		if err != nil {
			return err
		}
		clean, err := noteText(text)
		if err != nil {
			return err
		}
		e := noteLine(actor, seen.Lead, n, "note.edited", clean)
		now := tx.Now(ctx)
		n.Text, n.UpdatedAt = clean, &now
		n.Version++
		out = noteView(actor, NoteEntry{Note: n})
		if err := tx.SaveNote(ctx, seen, n); err != nil {
			return err
		}
		return tx.Record(ctx, e)
	})
	if err != nil {
		return NoteView{}, err
	}
	out.By = s.person(ctx, actor.User)
	return out, nil
}

// DeleteNote removes the caller's own note.
//
// Errors: as EditNote.
func (s *Service) DeleteNote(
	ctx context.Context, actor access.Actor, lead id.Lead, note id.Note, version int64,
) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, n, err := s.ownNote(ctx, tx, actor, lead, note, version)
		if err != nil {
			return err
		}
		e := noteLine(actor, seen.Lead, n, "note.deleted", "")
		now := tx.Now(ctx)
		n.DeletedAt = &now
		n.Version++
		if err := tx.SaveNote(ctx, seen, n); err != nil {
			return err
		}
		return tx.Record(ctx, e)
	})
}

func (s *Service) ownNote(
	ctx context.Context, tx Tx, actor access.Actor, lead id.Lead, note id.Note, version int64,
) (Seen, Note, error) {
	seen, err := s.lock(ctx, tx, actor, access.NoteAdd, lead, nil)
	if err != nil {
		return Seen{}, Note{}, err
	}
	n, err := tx.Note(ctx, seen, note)
	if err != nil {
		return Seen{}, Note{}, err
	}
	if n.UserID == nil || *n.UserID != actor.User {
		return Seen{}, Note{}, fault.New(fault.Forbidden, "note.foreign", "Only the author changes a note.")
	}
	if n.Version != version {
		return Seen{}, Note{}, fault.New(fault.Stale, "note.stale", "The note was changed.").With("version", n.Version)
	}
	return seen, n, nil
}

func noteView(actor access.Actor, e NoteEntry) NoteView {
	v := NoteView{
		ID: e.ID, LeadID: e.LeadID, UnitID: e.UnitID, By: e.By, Text: e.Text, Version: e.Version,
		CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Invented: e.Invented, Can: []string{}, Masked: []string{},
	}
	if e.UserID != nil && *e.UserID == actor.User {
		v.Can = []string{"edit", "delete"}
	}
	return v
}

// person names one person; nil when nobody is known under the number.
func (s *Service) person(ctx context.Context, user id.User) *Person {
	people, err := s.store.People(ctx, []id.User{user})
	if err != nil {
		return nil
	}
	if p, known := people[user]; known {
		return &p
	}
	return nil
}
