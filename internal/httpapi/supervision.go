package httpapi

import (
	"context"
	"net/http"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/supervise"
)

// supervision serves the lists of what was not done in time, and the slips.
type supervision struct {
	service   *supervise.Service
	fileBytes int64
}

func (h supervision) routes(r *Router) {
	there := Precheck(h.there)
	route(r, http.MethodGet, "/supervision", access.SupervisionRead, h.lists, Summary("What was not done in time, counted by list and unit."))
	route(r, http.MethodGet, "/supervision/{list}", access.SupervisionRead, h.rows, Summary("A list, the longest overdue first."))
	route(r, http.MethodGet, "/slips", access.SlipRead, h.slips, Summary("Supervision slips, the newest first."))
	route(r, http.MethodPost, "/slips", access.SlipIssue, h.issue, Status(http.StatusCreated), Summary("Issue a supervision slip."))
	route(r, http.MethodGet, "/slips/{id}", access.SlipRead, h.one, Summary("One supervision slip with its story."))
	route(r, http.MethodPatch, "/slips/{id}", access.SlipIssue, h.amend, Versioned(), Precheck(h.versioned), Summary("Correct a slip that nobody has received."))
	route(r, http.MethodPost, "/slips/{id}/receive", access.SlipAnswer, h.receive, there, Summary("Say that the slip is in hand."))
	route(r, http.MethodPost, "/slips/{id}/reply", access.SlipAnswer, h.reply, there, Summary("Answer a slip."))
	route(r, http.MethodPost, "/slips/{id}/files", access.SlipAnswer, h.attach, there, Status(http.StatusCreated), ReceivesFile(h.fileBytes),
		Summary("Add a document to the answer of a slip."))
	route(r, http.MethodGet, "/slips/{id}/files/{fid}/content", access.SlipRead, h.file, Summary("A document of a slip."))
	route(r, http.MethodPost, "/slips/{id}/close", access.SlipIssue, h.close, there, Summary("Close an answered slip."))
	route(r, http.MethodPost, "/slips/{id}/return", access.SlipIssue, h.sendBack, there, Summary("Ask for more work."))
	route(r, http.MethodPost, "/slips/{id}/withdraw", access.SlipIssue, h.withdraw, there, Summary("Take a slip back."))
}

func (h supervision) there(ctx context.Context, actor access.Actor, t Target) error {
	return h.service.Check(ctx, actor, id.Slip(t.ID("id")), nil)
}

func (h supervision) versioned(ctx context.Context, actor access.Actor, t Target) error {
	if err := h.there(ctx, actor, t); err != nil {
		return err
	}
	version, err := t.Version()
	if err != nil {
		return err
	}
	return h.service.Check(ctx, actor, id.Slip(t.ID("id")), &version)
}

func (h supervision) lists(ctx context.Context, actor access.Actor, _ *struct{}) (*Answer[supervise.ListsView], error) {
	return answer(h.service.Lists(ctx, actor))
}

type listRows struct {
	List   supervise.List `path:"list" enum:"unanswered_offers,overdue_steps,slipped_twice,not_started,broken_promises"`
	UnitID Opt[id.Unit]   `query:"unit_id" minimum:"1" doc:"Of the unit that owes it."`
	Limit  int            `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Cursor string         `query:"cursor" maxLength:"1000"`
}

func (h supervision) rows(ctx context.Context, actor access.Actor, in *listRows) (*Answer[page.Of[supervise.RowView]], error) {
	return answer(h.service.Rows(ctx, actor, supervise.RowsQuery{List: in.List, Unit: in.UnitID.Value, Cursor: in.Cursor, Limit: in.Limit}))
}

type listSlips struct {
	Box    string            `query:"box" enum:"all,to,from" default:"all" doc:"Addressed to the caller's units, or issued by them."`
	State  []supervise.State `query:"state,explode" enum:"issued,received,replied,returned,closed,withdrawn"`
	Late   bool              `query:"late"`
	Limit  int               `query:"limit" default:"20" minimum:"1" maximum:"100"`
	Cursor string            `query:"cursor" maxLength:"1000"`
}

func (h supervision) slips(ctx context.Context, actor access.Actor, in *listSlips) (*Answer[supervise.SlipPage], error) {
	return answer(h.service.Slips(ctx, actor, supervise.SlipQuery{Box: in.Box, States: in.State, Late: in.Late, Cursor: in.Cursor, Limit: in.Limit}))
}

// SlipBody is a slip as it is written.
type SlipBody struct {
	Subject     string `json:"subject"`
	Matter      string `json:"matter" doc:"What is wrong."`
	Requirement string `json:"requirement" doc:"What is to be done."`
	Days        int    `json:"days" doc:"Working days, 1 to 60."`
}

func (b SlipBody) draft() supervise.Draft {
	return supervise.Draft{Subject: b.Subject, Matter: b.Matter, Requirement: b.Requirement, Days: b.Days}
}

type issueSlip struct {
	Body struct {
		SlipBody
		UnitID id.Unit `json:"unit_id" doc:"The unit that is to answer."`
		Rows   []struct {
			List  supervise.List `json:"list"`
			RowID int64          `json:"row_id"`
		} `json:"rows,omitempty" doc:"Rows of the lists that the unit owes."`
	}
}

func (h supervision) issue(ctx context.Context, actor access.Actor, in *issueSlip) (*Item[supervise.SlipView], error) {
	o := supervise.Order{Draft: in.Body.draft(), Unit: in.Body.UnitID}
	for _, r := range in.Body.Rows {
		o.Rows = append(o.Rows, supervise.Ref{List: r.List, Row: r.RowID})
	}
	return slipItem(h.service.Issue(ctx, actor, o))
}

func slipItem(v supervise.SlipView, err error) (*Item[supervise.SlipView], error) {
	if err != nil {
		return nil, err
	}
	return NewItem(v, v.Version), nil
}

type oneSlip struct {
	ID id.Slip `path:"id"`
}

func (h supervision) one(ctx context.Context, actor access.Actor, in *oneSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Slip(ctx, actor, in.ID))
}

func (h supervision) receive(ctx context.Context, actor access.Actor, in *oneSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Receive(ctx, actor, in.ID))
}

type amendSlip struct {
	ID id.Slip `path:"id"`
	Match
	Body SlipBody
}

func (h supervision) amend(ctx context.Context, actor access.Actor, in *amendSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Amend(ctx, actor, in.ID, in.Version(), in.Body.draft()))
}

type sayOnSlip struct {
	ID   id.Slip `path:"id"`
	Body struct {
		Text string `json:"text"`
	}
}

func (h supervision) reply(ctx context.Context, actor access.Actor, in *sayOnSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Reply(ctx, actor, in.ID, in.Body.Text))
}

func (h supervision) close(ctx context.Context, actor access.Actor, in *sayOnSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Close(ctx, actor, in.ID, in.Body.Text))
}

type returnSlip struct {
	ID   id.Slip `path:"id"`
	Body struct {
		Reason string `json:"reason"`
		Days   int    `json:"days" doc:"New working days from now, 1 to 60."`
	}
}

func (h supervision) sendBack(ctx context.Context, actor access.Actor, in *returnSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.SendBack(ctx, actor, in.ID, in.Body.Reason, in.Body.Days))
}

type withdrawSlip struct {
	ID   id.Slip `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (h supervision) withdraw(ctx context.Context, actor access.Actor, in *withdrawSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Withdraw(ctx, actor, in.ID, in.Body.Reason))
}

type attachToSlip struct {
	ID id.Slip `path:"id"`
	Upload
}

func (h supervision) attach(ctx context.Context, actor access.Actor, in *attachToSlip) (*Item[supervise.SlipView], error) {
	return slipItem(h.service.Attach(ctx, actor, in.ID, in.FileName, in.Content))
}

type slipFile struct {
	ID  id.Slip     `path:"id"`
	FID id.SlipFile `path:"fid"`
}

func (h supervision) file(ctx context.Context, actor access.Actor, in *slipFile) (*Download, error) {
	f, content, err := h.service.OpenFile(ctx, actor, in.ID, in.FID)
	if err != nil {
		return nil, err
	}
	return NewDownload(f.Name, f.Mime, f.Size, content), nil
}
