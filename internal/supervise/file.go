package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Attach puts a document on a slip that the actor's unit still has to answer.
//
// Errors: NotFound "slip.unknown"; Forbidden "forbidden"; Conflict
// "slip.state"; Invalid on file.
func (s *Service) Attach(ctx context.Context, actor access.Actor, slip id.Slip, name string, content io.Reader) (SlipView, error) {
	was, err := s.find(ctx, s.store, actor, slip)
	if err != nil {
		return SlipView{}, err
	}
	if err := was.takes(actor); err != nil {
		return SlipView{}, err
	}
	kept, err := s.vault.Keep(ctx, name, content)
	if err != nil {
		return SlipView{}, err
	}
	v, err := s.on(ctx, actor, slip, func(tx Tx, now Slip) error {
		if err := now.takes(actor); err != nil {
			return err
		}
		f := SlipFile{SlipID: slip, UserID: &actor.User, UnitID: &now.UnitID, Name: kept.Name, StoredName: kept.Stored, Mime: kept.Mime, Size: kept.Size, SHA256: kept.SHA256, AddedAt: tx.Now(ctx)}
		if err := tx.AddFile(ctx, &f); err != nil {
			return err
		}
		if err := tx.AddEvent(ctx, SlipEvent{SlipID: slip, At: f.AddedAt, UserID: &actor.User, UnitID: &now.UnitID, Act: "file", Text: f.Name}); err != nil {
			return err
		}
		return tx.Record(ctx, fileLine(actor, f, "slip.file_added"))
	})
	if err != nil {
		return SlipView{}, errors.Join(err, s.vault.Drop(ctx, kept.Stored, err))
	}
	return v, nil
}

func (s Slip) takes(actor access.Actor) error {
	switch {
	case !works(actor, access.SlipAnswer, s.UnitID):
		return forbidden()
	case !s.open():
		return wrongState()
	}
	return nil
}

func fileLine(actor access.Actor, f SlipFile, kind string) event.Line {
	l := actor.Line(kind, "slip", int64(f.SlipID))
	l.Changes = []event.Change{{Field: "sha256", After: f.SHA256}, {Field: "size", After: fmt.Sprint(f.Size)}}
	return l
}

// OpenFile returns a document of a slip with its content, and logs that it was
// read.
//
// Errors: NotFound "slip.unknown" or "file.unknown".
func (s *Service) OpenFile(ctx context.Context, actor access.Actor, slip id.Slip, file id.SlipFile) (SlipFile, io.ReadSeekCloser, error) {
	found, err := s.find(ctx, s.store, actor, slip)
	if err != nil {
		return SlipFile{}, nil, err
	}
	stories, err := s.store.Story(ctx, []Slip{found})
	if err != nil {
		return SlipFile{}, nil, err
	}
	for _, f := range stories[slip].Files {
		if f.ID != file {
			continue
		}
		err := s.store.InTx(ctx, func(tx Tx) error { return tx.Record(ctx, fileLine(actor, f, "slip.file_read")) })
		if err != nil {
			return f, nil, err
		}
		content, err := s.vault.Open(ctx, f.StoredName)
		return f, content, err
	}
	return SlipFile{}, nil, fault.New(fault.NotFound, "file.unknown", "No such file.")
}

func reasoned(field, text string) error {
	var bad rules
	bad.text(field, text, true, maxText)
	return fault.Broken("input.invalid", bad)
}

// rules gathers broken rules by field.
type rules []fault.Field

func (r *rules) add(name, code string) { *r = append(*r, fault.Field{Name: name, Code: code}) }

func (r *rules) text(name, value string, required bool, limit int) {
	*r = append(*r, fault.Text(name, value, required, limit)...)
}

// line checks a text of one line.
func (r *rules) line(name, value string, required bool, limit int) {
	if strings.ContainsRune(value, '\n') {
		r.add(name, "text.control_character")
		return
	}
	r.text(name, value, required, limit)
}
