package lead

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/page"
)

// AddFile attaches a document that is evidence of nothing; see Attach.
func (s *Service) AddFile(
	ctx context.Context, actor access.Actor, lead id.Lead, name string, content io.Reader,
) (FileView, error) {
	return s.Attach(ctx, actor, lead, Document{Name: name, Content: content})
}

// Document is a file to be attached. Kind says what it is evidence of at the
// gate, one of gate.FileKinds; empty for none.
type Document struct {
	Name    string
	Kind    string
	Content io.Reader
}

// Attach attaches a document to a lead. The content is stored before the
// transaction and removed again when it fails.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "file.too_large", "file.type", "file.empty" or "input.invalid" on file or
// kind.
func (s *Service) Attach(ctx context.Context, actor access.Actor, lead id.Lead, d Document) (FileView, error) {
	return s.AttachWithin(ctx, actor, actor.ActScope(access.FileAdd), lead, d)
}

// AttachWithin is Attach for an act that has a scope of its own, like the
// minutes of a unit that decides about a lead which another one holds.
func (s *Service) AttachWithin(ctx context.Context, actor access.Actor, act access.Scope, lead id.Lead, d Document) (FileView, error) {
	if _, err := s.readWith(ctx, actor, act, lead); err != nil {
		return FileView{}, err
	}
	if d.Kind != "" && !slices.Contains(gate.FileKinds(), d.Kind) {
		return FileView{}, fault.BadField("kind", "unknown_value")
	}
	clean, err := fileName(d.Name)
	if err != nil {
		return FileView{}, err
	}
	stored, err := s.vault.Put(ctx, d.Content, s.maxFile)
	if err != nil {
		return FileView{}, err
	}
	f := File{LeadID: lead, UserID: &actor.User, Name: clean, StoredName: stored.Name, Size: stored.Size, SHA256: stored.SHA256, Kind: d.Kind}
	f.Mime, err = fileType(clean, stored)
	if err == nil {
		err = s.keepFile(ctx, actor, act, &f)
	}
	if err != nil {
		return FileView{}, errors.Join(err, s.unstore(ctx, stored.Name, err))
	}
	return fileView(actor, FileEntry{File: f, By: s.person(ctx, actor.User)}), nil
}

// unstore removes a content whose row was refused. After a failure that may
// hide a commit it stays, for the row may need it; TidyFiles comes by.
func (s *Service) unstore(ctx context.Context, name string, why error) error {
	if kind := fault.KindOf(why); kind == fault.Internal || kind == fault.Unavailable {
		return nil
	}
	if err := s.vault.Remove(context.WithoutCancel(ctx), name); err != nil {
		return fmt.Errorf("remove a refused file: %w", err)
	}
	return nil
}

func (s *Service) keepFile(ctx context.Context, actor access.Actor, act access.Scope, f *File) error {
	pace, err := s.Pace(ctx)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := tx.Lock(ctx, actor.Scope(access.LeadRead), act, f.LeadID)
		if err != nil {
			return err
		}
		f.CreatedAt = tx.Now(ctx)
		if actor.Acting != 0 {
			f.UnitID = &actor.Acting
		}
		if err := tx.InsertFile(ctx, seen, f); err != nil {
			return err
		}
		a := activity(actor, seen.Lead, ActFile, f.CreatedAt)
		a.FileID = &f.ID
		if err := tx.AddActivity(ctx, &a); err != nil {
			return err
		}
		if err := tx.Touch(ctx, seen, f.CreatedAt); err != nil {
			return err
		}
		if err := pace.done(ctx, tx, actor, seen, deed{"file", f.CreatedAt}); err != nil {
			return err
		}
		return tx.Record(ctx, fileLine(actor, seen.Lead, *f, "file.added"))
	})
}

func fileLine(actor access.Actor, l Lead, f File, kind string) event.Line {
	e := line(actor, l, kind)
	e.Object, e.ObjectID = "file", int64(f.ID)
	e.Changes = []event.Change{{Field: "sha256", After: f.SHA256}, {Field: "size", After: fmt.Sprint(f.Size)}}
	if f.Kind != "" {
		e.Changes = append(e.Changes, event.Change{Field: "kind", After: f.Kind})
	}
	return e
}

// Files lists a page of the documents of a lead, newest first; a past holder
// sees its own.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on cursor.
func (s *Service) Files(ctx context.Context, actor access.Actor, lead id.Lead, p StreamPage) (page.Of[FileView], error) {
	q, bound, total, err := s.attachedPage(ctx, actor, lead, p, RowFile)
	if err != nil {
		return page.Of[FileView]{}, err
	}
	rows, err := s.store.Files(ctx, q)
	if err != nil {
		return page.Of[FileView]{}, err
	}
	out := page.Of[FileView]{Items: make([]FileView, 0, len(rows)), Total: total}
	out.Next = s.nextOf(len(rows) > p.Limit, func() int64 { return int64(rows[p.Limit-1].ID) }, bound)
	for _, f := range rows[:min(len(rows), p.Limit)] {
		v := fileView(actor, f)
		if f.LeadID != lead {
			v.LeadID, v.Can = lead, []string{"read"} // a merge brought it elsewhere
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// OpenFile returns a document and its content, and logs that it was read.
//
// Errors: NotFound "lead.unknown" or "file.unknown"; Forbidden "forbidden".
func (s *Service) OpenFile(
	ctx context.Context, actor access.Actor, lead id.Lead, file id.File,
) (File, io.ReadSeekCloser, error) {
	return s.OpenWithin(ctx, actor, actor.Scope(access.FileRead), lead, file)
}

// OpenWithin is OpenFile for a reader that a further scope lets open the file.
func (s *Service) OpenWithin(
	ctx context.Context, actor access.Actor, read access.Scope, lead id.Lead, file id.File,
) (File, io.ReadSeekCloser, error) {
	q, err := s.attachments(ctx, actor, read, lead)
	if err != nil {
		return File{}, nil, err
	}
	q.After, q.Limit = int64(file)+1, 1
	rows, err := s.store.Files(ctx, q)
	if err != nil {
		return File{}, nil, err
	}
	if len(rows) == 0 || rows[0].ID != file {
		return File{}, nil, fault.New(fault.NotFound, "file.unknown", "No such file.")
	}
	f := rows[0].File
	err = s.store.InTx(ctx, func(tx Tx) error { return tx.Record(ctx, fileLine(actor, q.Seen.Lead, f, "file.read")) })
	if err != nil {
		return File{}, nil, err
	}
	content, err := s.vault.Open(ctx, f.StoredName)
	return f, content, err
}

// DeleteFile takes a document off a lead; only the person who added it may. The
// content is kept for the audit's sake until a retention run removes it.
//
// Errors: NotFound "lead.unknown" or "file.unknown"; Forbidden "forbidden" or
// "file.foreign".
func (s *Service) DeleteFile(ctx context.Context, actor access.Actor, lead id.Lead, file id.File) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.FileAdd, lead, nil)
		if err != nil {
			return err
		}
		f, err := tx.File(ctx, seen, file)
		if err != nil {
			return err
		}
		if err := ownFile(actor, f); err != nil {
			return err
		}
		now := tx.Now(ctx)
		f.DeletedAt = &now
		if err := tx.SaveFile(ctx, seen, f); err != nil {
			return err
		}
		return tx.Record(ctx, fileLine(actor, seen.Lead, f, "file.deleted"))
	})
}

func fileView(actor access.Actor, f FileEntry) FileView {
	v := FileView{
		ID: f.ID, LeadID: f.LeadID, UnitID: f.UnitID, By: f.By, Name: f.Name, Mime: f.Mime, Size: f.Size,
		SHA256: f.SHA256, Kind: f.Kind, Version: 1, CreatedAt: f.CreatedAt, Can: []string{"read"}, Masked: []string{},
	}
	if f.UserID != nil && *f.UserID == actor.User {
		v.Can = append(v.Can, "delete")
	}
	return v
}

// fileName keeps the last part of a name and refuses what is not one.
func fileName(name string) (string, error) {
	clean := strings.TrimSpace(path.Base(strings.ReplaceAll(name, `\`, "/")))
	var bad rules
	bad.line("file", clean, true, MaxShort)
	if clean == "." || clean == "/" {
		bad.add("file", "required")
	}
	return clean, fault.Broken("input.invalid", bad)
}

// fileType decides the type by content and refuses what is not a document,
// a picture or a table of the office.
func fileType(name string, s Stored) (string, error) {
	if s.Size == 0 {
		return "", fault.BadField("file", "file.empty")
	}
	ending := strings.ToLower(path.Ext(name))
	found := http.DetectContentType(s.Head)
	if i := strings.IndexByte(found, ';'); i > 0 {
		found = found[:i]
	}
	oldOffice := bytes.HasPrefix(s.Head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	for _, t := range fileTypes() {
		if t.ending != ending {
			continue
		}
		if t.content == found || t.content == "ole" && oldOffice || t.content == "text/plain" && isText(s.Head, found) {
			return t.mime, nil
		}
	}
	return "", fault.BadField("file", "file.type")
}

func isText(head []byte, found string) bool {
	return found == "text/plain" && (utf8.Valid(head) || len(head) == 512)
}

type allowedType struct{ ending, content, mime string }

// fileTypes lists what may be attached: the ending, what the content must
// look like, and the type it is served with.
func fileTypes() []allowedType {
	return []allowedType{
		{".pdf", "application/pdf", "application/pdf"},
		{".png", "image/png", "image/png"},
		{".jpg", "image/jpeg", "image/jpeg"},
		{".jpeg", "image/jpeg", "image/jpeg"},
		{".webp", "image/webp", "image/webp"},
		{".docx", "application/zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{".xlsx", "application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{".pptx", "application/zip", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
		{".ofd", "application/zip", "application/ofd"},
		{".zip", "application/zip", "application/zip"},
		{".doc", "ole", "application/msword"},
		{".xls", "ole", "application/vnd.ms-excel"},
		{".ppt", "ole", "application/vnd.ms-powerpoint"},
		{".wps", "ole", "application/vnd.ms-works"},
		{".txt", "text/plain", "text/plain"},
		{".csv", "text/plain", "text/csv"},
	}
}
