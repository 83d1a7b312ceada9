package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
)

// attachments serves the contacts, notes and files of leads.
type attachments struct {
	service   *lead.Service
	fileBytes int64
}

func (h attachments) routes(r *Router) {
	may := leads{service: h.service}.may
	editSeen, noteSeen := Precheck(h.contactAt), Precheck(h.noteAt)
	edit, note, file := Precheck(may(access.ContactEdit, false)), Precheck(may(access.NoteAdd, false)), Precheck(may(access.FileAdd, false))
	route(r, http.MethodGet, "/leads/{id}/contacts", access.ContactRead, h.contacts, Summary("The investor's persons, masked by class."))
	route(r, http.MethodPost, "/leads/{id}/contacts", access.ContactEdit, h.addContact, Status(http.StatusCreated), edit,
		Summary("Record a person on the investor's side."))
	route(r, http.MethodPatch, "/leads/{id}/contacts/{cid}", access.ContactEdit, h.editContact, Versioned(), editSeen, Summary("Change a contact."))
	route(r, http.MethodDelete, "/leads/{id}/contacts/{cid}", access.ContactEdit, h.deleteContact, Versioned(), editSeen, Summary("Remove a contact."))
	route(r, http.MethodPost, "/leads/{id}/contacts/{cid}/reveal", access.ContactReveal, h.reveal,
		Precheck(may(access.ContactReveal, false)), Summary("Unmask a contact for a reason that is logged."))
	route(r, http.MethodGet, "/leads/{id}/notes", access.FileRead, h.notes, Summary("The notes of a lead."))
	route(r, http.MethodPost, "/leads/{id}/notes", access.NoteAdd, h.addNote, Status(http.StatusCreated), note, Summary("Write a note."))
	route(r, http.MethodPatch, "/leads/{id}/notes/{nid}", access.NoteAdd, h.editNote, Versioned(), noteSeen, Summary("Change one's own note."))
	route(r, http.MethodDelete, "/leads/{id}/notes/{nid}", access.NoteAdd, h.deleteNote, Versioned(), noteSeen, Summary("Remove one's own note."))
	route(r, http.MethodGet, "/leads/{id}/files", access.FileRead, h.files, Summary("The files of a lead."))
	route(r, http.MethodPost, "/leads/{id}/files", access.FileAdd, h.addFile, Status(http.StatusCreated), ReceivesFile(h.fileBytes), file,
		Summary("Attach a file."))
	route(r, http.MethodGet, "/leads/{id}/files/{fid}/content", access.FileRead, h.openFile, Summary("A file's content, as an attachment."))
	route(r, http.MethodDelete, "/leads/{id}/files/{fid}", access.FileAdd, h.deleteFile, Versioned(), Precheck(unchanging(h.fileAt)), Summary("Take off a file that the caller added."))
}

// contactAt checks the contact of an edit before the body is read: 404, 403,
// 428, 412 in this order.
func (h attachments) contactAt(ctx context.Context, actor access.Actor, t Target) error {
	leadID, contact := id.Lead(t.ID("id")), id.Contact(t.ID("cid"))
	if err := (leads{service: h.service}).may(access.ContactEdit, false)(ctx, actor, t); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckContact(ctx, actor, leadID, contact, version)
}

// noteAt is contactAt for a note.
func (h attachments) noteAt(ctx context.Context, actor access.Actor, t Target) error {
	leadID, note := id.Lead(t.ID("id")), id.Note(t.ID("nid"))
	if err := (leads{service: h.service}).may(access.NoteAdd, false)(ctx, actor, t); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.CheckNote(ctx, actor, leadID, note, version)
}

// fileAt checks the file that is to be taken off.
func (h attachments) fileAt(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.CheckFile(ctx, actor, id.Lead(t.ID("id")), id.File(t.ID("fid")))
}

// unchanging checks a row that is made and taken away but never edited: its
// version is 1.
func unchanging(may func(context.Context, access.Actor, Target) error) func(context.Context, access.Actor, Target) error {
	return func(ctx context.Context, actor access.Actor, t Target) error {
		if err := may(ctx, actor, t); err != nil {
			return err
		}
		version, err := t.Version()
		if err == nil && version != 1 {
			err = fault.New(fault.Stale, "stale", "The row has another version.").With("version", 1).With("differs", []string{})
		}
		return err
	}
}

func (h attachments) contacts(ctx context.Context, actor access.Actor, in *oneLead) (*Answer[items[lead.ContactView]], error) {
	return listed(h.service.Contacts(ctx, actor, in.ID))
}

type contactBody struct {
	Name    string  `json:"name"`
	Title   *string `json:"title,omitempty"`
	Phone   *string `json:"phone,omitempty"`
	Email   *string `json:"email,omitempty"`
	Wechat  *string `json:"wechat,omitempty"`
	Consent bool    `json:"consent,omitempty"`
}

func (b contactBody) draft() lead.ContactDraft {
	return lead.ContactDraft{Name: b.Name, Title: b.Title, Phone: b.Phone, Email: b.Email, Wechat: b.Wechat, Consent: b.Consent}
}

type addContact struct {
	ID   id.Lead `path:"id"`
	Body contactBody
}

func (h attachments) addContact(ctx context.Context, actor access.Actor, in *addContact) (*Item[lead.ContactView], error) {
	return contactItem(h.service.AddContact(ctx, actor, in.ID, in.Body.draft()))
}

func contactItem(v lead.ContactView, err error) (*Item[lead.ContactView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type editContact struct {
	ID  id.Lead    `path:"id"`
	CID id.Contact `path:"cid"`
	Match
	Body struct {
		Name    Opt[string]  `json:"name,omitzero"`
		Title   Opt[*string] `json:"title,omitzero"`
		Phone   Opt[*string] `json:"phone,omitzero"`
		Email   Opt[*string] `json:"email,omitzero"`
		Wechat  Opt[*string] `json:"wechat,omitzero"`
		Consent Opt[bool]    `json:"consent,omitzero"`
	}
}

func (h attachments) editContact(ctx context.Context, actor access.Actor, in *editContact) (*Item[lead.ContactView], error) {
	b := in.Body
	e := lead.ContactEdit{
		Name: sure(b.Name), Title: unsure(b.Title), Phone: unsure(b.Phone), Email: unsure(b.Email),
		Wechat: unsure(b.Wechat), Consent: sure(b.Consent),
	}
	return contactItem(h.service.EditContact(ctx, actor, in.ID, in.CID, in.Version(), e))
}

type oneContact struct {
	ID  id.Lead    `path:"id"`
	CID id.Contact `path:"cid"`
	Match
}

func (h attachments) deleteContact(ctx context.Context, actor access.Actor, in *oneContact) (*None, error) {
	return none(h.service.DeleteContact(ctx, actor, in.ID, in.CID, in.Version()))
}

type revealContact struct {
	ID   id.Lead    `path:"id"`
	CID  id.Contact `path:"cid"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h attachments) reveal(ctx context.Context, actor access.Actor, in *revealContact) (*Answer[lead.Revealed], error) {
	return answer(h.service.Reveal(ctx, actor, in.ID, in.CID, in.Body.Reason))
}

type attachedOf struct {
	ID     id.Lead `path:"id"`
	Limit  int     `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string  `query:"cursor" maxLength:"1000"`
}

func (h attachments) notes(ctx context.Context, actor access.Actor, in *attachedOf) (*Answer[page.Of[lead.NoteView]], error) {
	return answer(h.service.Notes(ctx, actor, in.ID, lead.StreamPage{Limit: in.Limit, Cursor: in.Cursor}))
}

type noteBody struct {
	Text string `json:"text"`
}

type addNote struct {
	ID   id.Lead `path:"id"`
	Body struct {
		Text string `json:"text"`
		Kind string `json:"kind,omitempty" enum:"note,progress,feedback" doc:"What the note stands for; left out: a plain note."`
	}
}

func (h attachments) addNote(ctx context.Context, actor access.Actor, in *addNote) (*Item[lead.NoteView], error) {
	return noteItem(h.service.Report(ctx, actor, in.ID, lead.NoteDraft{Kind: lead.NoteKind(in.Body.Kind), Text: in.Body.Text}))
}

func noteItem(v lead.NoteView, err error) (*Item[lead.NoteView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type editNote struct {
	ID  id.Lead `path:"id"`
	NID id.Note `path:"nid"`
	Match
	Body noteBody
}

func (h attachments) editNote(ctx context.Context, actor access.Actor, in *editNote) (*Item[lead.NoteView], error) {
	return noteItem(h.service.EditNote(ctx, actor, in.ID, in.NID, in.Version(), in.Body.Text))
}

type oneNote struct {
	ID  id.Lead `path:"id"`
	NID id.Note `path:"nid"`
	Match
}

func (h attachments) deleteNote(ctx context.Context, actor access.Actor, in *oneNote) (*None, error) {
	return none(h.service.DeleteNote(ctx, actor, in.ID, in.NID, in.Version()))
}

func (h attachments) files(ctx context.Context, actor access.Actor, in *attachedOf) (*Answer[page.Of[lead.FileView]], error) {
	return answer(h.service.Files(ctx, actor, in.ID, lead.StreamPage{Limit: in.Limit, Cursor: in.Cursor}))
}

type addFile struct {
	ID   id.Lead `path:"id"`
	Kind string  `query:"kind" enum:"visit_minutes,due_diligence,review_minutes,legal_opinion,agreement,licence,land_contract,fair_competition,lease,permit,start_photo,statistics,acceptance,production_proof,audit_report,progress_photo" doc:"What the file is evidence of; left out: nothing."`
	Upload
}

func (h attachments) addFile(ctx context.Context, actor access.Actor, in *addFile) (*Answer[lead.FileView], error) {
	return answer(h.service.Attach(ctx, actor, in.ID, lead.Document{Name: in.FileName, Kind: in.Kind, Content: in.Content}))
}

type oneFile struct {
	ID  id.Lead `path:"id"`
	FID id.File `path:"fid"`
}

type deleteFile struct {
	ID  id.Lead `path:"id"`
	FID id.File `path:"fid"`
	Match
}

func (h attachments) openFile(ctx context.Context, actor access.Actor, in *oneFile) (*Download, error) {
	f, content, err := h.service.OpenFile(ctx, actor, in.ID, in.FID)
	if err != nil {
		return nil, err
	}
	return NewDownload(f.Name, f.Mime, f.Size, content), nil
}

func (h attachments) deleteFile(ctx context.Context, actor access.Actor, in *deleteFile) (*None, error) {
	return none(h.service.DeleteFile(ctx, actor, in.ID, in.FID))
}
