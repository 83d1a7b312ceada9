package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/notice"
)

// notices are the caller's own inbox and choices.
type notices struct{ service *notice.Service }

func (h notices) routes(r *Router) {
	route(r, http.MethodGet, "/notices", access.Self, h.inbox,
		Summary("The own inbox by lead, the latest first, with the number of unread notices"))
	route(r, http.MethodPost, "/notices/{id}/read", access.Self, h.read, Status(http.StatusOK),
		Summary("Mark one notice as read"))
	route(r, http.MethodPost, "/notices/read", access.Self, h.readSome, Status(http.StatusOK),
		Summary("Mark the notices of one lead as read, or all of them"))
	route(r, http.MethodGet, "/notices/settings", access.Self, h.settings,
		Summary("The own choices: mail by topic, quiet hours, daily digest, address"))
	route(r, http.MethodPut, "/notices/settings", access.Self, h.choose, Versioned(), Precheck(h.mayChoose),
		Summary("Change the own choices, all at once"))
}

type listNotices struct {
	Unread bool         `query:"unread" doc:"Only what is unread."`
	Topic  notice.Topic `query:"topic" enum:"handoff,clock,protection,dispute,lead"`
	Limit  int          `query:"limit" default:"30" minimum:"1" maximum:"100"`
	Cursor string       `query:"cursor" maxLength:"300"`
}

func (h notices) inbox(ctx context.Context, actor access.Actor, in *listNotices) (*Answer[notice.InboxView], error) {
	v, err := h.service.Inbox(ctx, actor, notice.Ask{Unread: in.Unread, Topic: in.Topic, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return NewAnswer(v), nil
}

type oneNotice struct {
	ID id.Notice `path:"id"`
}

func (h notices) read(ctx context.Context, actor access.Actor, in *oneNotice) (*Answer[notice.UnreadView], error) {
	return h.mark(ctx, actor, notice.Which{Notice: in.ID})
}

type readNotices struct {
	Body struct {
		Lead   Opt[id.Lead]   `json:"lead_id,omitzero" minimum:"1" doc:"Those of one lead; left out: of all."`
		Thread Opt[id.Notice] `json:"thread_id,omitzero" minimum:"1" doc:"This one and the older ones of the same lead, also when that may not be read any more."`
		UpTo   Opt[id.Notice] `json:"up_to,omitzero" minimum:"1" doc:"Those up to this one, which the page showed; left out: all."`
	}
}

func (h notices) readSome(ctx context.Context, actor access.Actor, in *readNotices) (*Answer[notice.UnreadView], error) {
	return h.mark(ctx, actor, notice.Which{Thread: in.Body.Thread.Value, Lead: in.Body.Lead.Value, UpTo: in.Body.UpTo.Value})
}

func (h notices) mark(ctx context.Context, actor access.Actor, which notice.Which) (*Answer[notice.UnreadView], error) {
	left, err := h.service.Read(ctx, actor, which)
	if err != nil {
		return nil, err
	}
	return NewAnswer(left), nil
}

func (h notices) settings(ctx context.Context, actor access.Actor, _ *struct{}) (*Item[notice.SettingsView], error) {
	v, err := h.service.Settings(ctx, actor)
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type chooseNotices struct {
	Match
	Body struct {
		Mail       notice.Channels `json:"mail"`
		QuietFrom  *string         `json:"quiet_from" maxLength:"5" doc:"HH:MM in Asia/Shanghai; null for none."`
		QuietUntil *string         `json:"quiet_until" maxLength:"5"`
		DigestHour int             `json:"digest_hour" minimum:"0" maximum:"23"`
		Email      *string         `json:"email" maxLength:"254"`
	}
}

// mayChoose compares the version before the body is read.
func (h notices) mayChoose(ctx context.Context, actor access.Actor, at Target) error {
	version, err := at.Version()
	if err != nil {
		return err
	}
	return h.service.MayChoose(ctx, actor, version)
}

func (h notices) choose(ctx context.Context, actor access.Actor, in *chooseNotices) (*Item[notice.SettingsView], error) {
	v, err := h.service.Choose(ctx, actor, in.Version(), notice.Choice{
		Mail: in.Body.Mail, QuietFrom: in.Body.QuietFrom, QuietUntil: in.Body.QuietUntil,
		DigestHour: in.Body.DigestHour, Email: in.Body.Email,
	})
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

// mails are the letters on their way, for the system administrator.
type mails struct{ service *notice.Service }

func (h mails) routes(r *Router) {
	route(r, http.MethodGet, "/settings/mails", access.MailManage, h.list,
		Summary("Mail by state: on its way, sent, dropped, given up"))
	route(r, http.MethodPost, "/settings/mails/{id}/retry", access.MailManage, h.retry,
		Summary("Send mail on its way again that was given up"))
}

type listMails struct {
	State  notice.MailState `query:"state" default:"dead" enum:"waiting,sent,dropped,dead"`
	Limit  int              `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string           `query:"cursor" maxLength:"300"`
}

func (h mails) list(ctx context.Context, actor access.Actor, in *listMails) (*Answer[notice.MailsView], error) {
	v, err := h.service.Mails(ctx, actor, in.State, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	return NewAnswer(v), nil
}

type oneMail struct {
	ID id.Mail `path:"id"`
}

func (h mails) retry(ctx context.Context, actor access.Actor, in *oneMail) (*None, error) {
	if err := h.service.Revive(ctx, actor, in.ID); err != nil {
		return nil, err
	}
	return &None{}, nil
}
