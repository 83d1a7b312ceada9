package lead

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// AddNote writes a plain note into the lead's stream; see Report.
func (s *Service) AddNote(ctx context.Context, actor access.Actor, lead id.Lead, text string) (NoteView, error) {
	return s.Report(ctx, actor, lead, NoteDraft{Text: text})
}

// NoteDraft is a note as somebody writes it; no kind means a plain note.
type NoteDraft struct {
	Kind NoteKind
	Text string
}

// Report writes a note into the lead's stream. A report of progress and an
// answer to the investor end and begin the clocks of the holder.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on text and kind.
func (s *Service) Report(ctx context.Context, actor access.Actor, lead id.Lead, d NoteDraft) (NoteView, error) {
	var out NoteView
	pace, err := s.Pace(ctx)
	if err != nil {
		return NoteView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.NoteAdd, lead, nil)
		if err != nil {
			return err
		}
		n, err := d.note(actor, lead, tx.Now(ctx))
		if err != nil {
			return err
		}
		if err := tx.InsertNote(ctx, seen, &n); err != nil {
			return err
		}
		a := activity(actor, seen.Lead, ActNote, n.CreatedAt)
		a.NoteID = &n.ID
		if err := tx.AddActivity(ctx, &a); err != nil {
			return err
		}
		if err := tx.Touch(ctx, seen, n.CreatedAt); err != nil {
			return err
		}
		if err := pace.done(ctx, tx, actor, seen, deed{string(n.Kind), n.CreatedAt}); err != nil {
			return err
		}
		out = noteView(actor, NoteEntry{Note: n})
		return tx.Record(ctx, noteLine(actor, seen.Lead, n, "note.added", n.Text))
	})
	if err != nil {
		return NoteView{}, err
	}
	out.By = s.person(ctx, actor.User)
	return out, nil
}

// note returns the note that the draft describes, written for the unit acted
// for.
func (d NoteDraft) note(actor access.Actor, lead id.Lead, now time.Time) (Note, error) {
	clean, err := noteText(d.Text)
	if err != nil {
		return Note{}, err
	}
	if d.Kind == "" {
		d.Kind = PlainNote
	}
	if !slices.Contains(NoteKinds(), d.Kind) {
		return Note{}, fault.BadField("kind", "unknown_value")
	}
	n := Note{LeadID: lead, Kind: d.Kind, UserID: &actor.User, Text: clean, Version: 1, CreatedAt: now}
	if actor.Acting != 0 {
		n.UnitID = &actor.Acting
	}
	return n, nil
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
	if err := ownNote(actor, n); err != nil {
		return Seen{}, Note{}, err
	}
	return seen, n, staleNote(n, version)
}

func noteView(actor access.Actor, e NoteEntry) NoteView {
	v := NoteView{
		ID: e.ID, LeadID: e.LeadID, Kind: e.Kind, UnitID: e.UnitID, By: e.By, Text: e.Text, Version: e.Version,
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
