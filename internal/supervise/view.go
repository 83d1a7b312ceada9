package supervise

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// SlipView is a slip as it leaves the server.
type SlipView struct {
	ID           id.Slip         `json:"id"`
	Code         string          `json:"code"`
	Year         int             `json:"year"`
	Number       int64           `json:"number"`
	IssuerUnitID id.Unit         `json:"issuer_unit_id"`
	UnitID       id.Unit         `json:"unit_id" doc:"The unit that answers."`
	Subject      string          `json:"subject"`
	Matter       string          `json:"matter" doc:"What is wrong."`
	Requirement  string          `json:"requirement" doc:"What is to be done."`
	Days         int             `json:"days" doc:"Working days."`
	IssuedBy     string          `json:"issued_by"`
	IssuedAt     time.Time       `json:"issued_at"`
	DueAt        time.Time       `json:"due_at"`
	DueOn        clock.Date      `json:"due_on"`
	DaysLeft     int             `json:"days_left" doc:"Working days until the day; less than 0 after it."`
	Late         bool            `json:"late" doc:"Answered after the day, or not answered and past it."`
	State        State           `json:"state" enum:"issued,received,replied,returned,closed,withdrawn"`
	Reply        string          `json:"reply" doc:"The last answer."`
	Closing      string          `json:"closing" doc:"What it was closed or withdrawn with."`
	ReceivedAt   *time.Time      `json:"received_at"`
	RepliedAt    *time.Time      `json:"replied_at"`
	EndedAt      *time.Time      `json:"ended_at"`
	Rows         []SlipRowView   `json:"rows"`
	Events       []SlipEventView `json:"events"`
	Files        []SlipFileView  `json:"files"`
	Version      int64           `json:"version"`
	Can          []string        `json:"can"`
}

// SlipRowView is a row that a slip stands on. Of a lead that the reader does
// not see the title is left out, of a restricted one the code as well.
type SlipRowView struct {
	List    string     `json:"list"`
	LeadID  *id.Lead   `json:"lead_id"`
	Code    string     `json:"code"`
	Title   string     `json:"title"`
	SinceOn clock.Date `json:"since_on"`
	Detail  string     `json:"detail"`
}

// SlipEventView is one line of a slip's story.
type SlipEventView struct {
	At     time.Time  `json:"at"`
	Act    string     `json:"act" enum:"issued,changed,received,replied,returned,closed,withdrawn,due_soon,overdue,file"`
	Who    string     `json:"who"`
	UnitID *id.Unit   `json:"unit_id"`
	Text   string     `json:"text"`
	DueAt  *time.Time `json:"due_at"`
}

// SlipFileView is a document on a slip.
type SlipFileView struct {
	ID      id.SlipFile `json:"id"`
	Name    string      `json:"name"`
	Mime    string      `json:"mime"`
	Size    int64       `json:"size"`
	UnitID  *id.Unit    `json:"unit_id"`
	AddedAt time.Time   `json:"added_at"`
}

// SlipQuery asks for a page of slips.
type SlipQuery struct {
	Box    string // to, from, all
	States []State
	Late   bool
	Cursor string
	Limit  int
}

// SlipPage is a page of slips, and whether the caller may issue one.
type SlipPage struct {
	page.Of[SlipView]
	Can []string `json:"can"`
}

func slipNotice(act string, s Slip, units []id.Unit) event.Notice {
	return event.Notice{Kind: "slip." + act, Units: units, Object: "slip", ObjectID: int64(s.ID), Params: s.words()}
}

// Slips lists slips that the caller's units issued or answer, or all of them
// for who reads all, the newest first.
//
// Error: Invalid "input.invalid" on cursor.
func (s *Service) Slips(ctx context.Context, actor access.Actor, q SlipQuery) (SlipPage, error) {
	out := SlipPage{Of: page.Of[SlipView]{Items: []SlipView{}}, Can: []string{}}
	w := SlipWant{States: q.States, Late: q.Late, Limit: q.Limit + 1}
	switch q.Box {
	case "to":
		w.To = append([]id.Unit{}, actor.UnitsWith(access.SlipRead)...)
	case "from":
		w.From = append([]id.Unit{}, actor.UnitsWith(access.SlipRead)...)
	}
	bound := "slips " + actor.User.String() + " " + q.Box
	for _, st := range q.States {
		bound += " " + string(st)
	}
	var err error
	if q.Cursor != "" {
		if w.After, err = s.cursors.Open(q.Cursor, bound); err != nil {
			return out, err
		}
	}
	read := actor.Scope(access.SlipRead)
	found, err := s.store.Slips(ctx, read, w)
	if err != nil {
		return out, err
	}
	if out.Total.Count, err = s.store.CountSlips(ctx, read, w); err != nil {
		return out, err
	}
	out.Total.Exact = true
	if len(found) > q.Limit {
		found = found[:q.Limit]
		next := s.cursors.Seal(page.Position{ID: int64(found[q.Limit-1].ID)}, bound)
		out.Next = &next
	}
	if len(actor.UnitsWith(access.SlipIssue)) > 0 {
		out.Can = append(out.Can, "issue")
	}
	out.Items, err = s.views(ctx, actor, found)
	return out, err
}

// Slip returns one slip with its story.
//
// Error: NotFound "slip.unknown".
func (s *Service) Slip(ctx context.Context, actor access.Actor, slip id.Slip) (SlipView, error) {
	found, err := s.find(ctx, s.store, actor, slip)
	if err != nil {
		return SlipView{}, err
	}
	views, err := s.views(ctx, actor, []Slip{found})
	if err != nil {
		return SlipView{}, err
	}
	return views[0], nil
}

// shown is what views are made of.
type shown struct {
	now    time.Time
	office *clock.Office
	people map[id.User]string
	names  Names
}

func (s *Service) views(ctx context.Context, actor access.Actor, slips []Slip) ([]SlipView, error) {
	stories, err := s.store.Story(ctx, slips)
	if err != nil {
		return nil, err
	}
	var users []id.User
	var leads []id.Lead
	for _, slip := range slips {
		if slip.IssuedBy != nil {
			users = append(users, *slip.IssuedBy)
		}
		for _, e := range stories[slip.ID].Events {
			if e.UserID != nil {
				users = append(users, *e.UserID)
			}
		}
		for _, r := range stories[slip.ID].Rows {
			leads = append(leads, r.LeadID)
		}
	}
	with, err := s.shown(ctx, actor, users, leads)
	if err != nil {
		return nil, err
	}
	out := make([]SlipView, 0, len(slips))
	for _, slip := range slips {
		out = append(out, slip.view(actor, stories[slip.ID], with))
	}
	return out, nil
}

func (s *Service) shown(ctx context.Context, actor access.Actor, users []id.User, leads []id.Lead) (out shown, err error) {
	if out.now, err = s.store.Now(ctx); err != nil {
		return out, err
	}
	if out.office, err = s.city.Office(ctx); err != nil {
		return out, err
	}
	if out.people, err = s.store.People(ctx, users); err != nil {
		return out, err
	}
	out.names, err = s.store.Names(ctx, actor.Scope(access.LeadRead), leads)
	return out, err
}

func (s Slip) view(actor access.Actor, story Story, with shown) SlipView {
	v := SlipView{
		ID: s.ID, Code: s.Code(), Year: s.Year, Number: s.Number, IssuerUnitID: s.IssuerUnitID, UnitID: s.UnitID, Subject: s.Subject, Matter: s.Matter,
		Requirement: s.Requirement, Days: s.Days, IssuedAt: s.IssuedAt, DueAt: s.DueAt, DueOn: clock.DateOf(s.DueAt),
		DaysLeft: with.office.WorkingDaysBetween(with.now, s.DueAt), Late: s.late(with.now), State: s.State, ReceivedAt: s.ReceivedAt,
		RepliedAt: s.RepliedAt, EndedAt: s.EndedAt, Rows: []SlipRowView{}, Events: []SlipEventView{}, Files: []SlipFileView{}, Version: s.Version,
	}
	if s.IssuedBy != nil {
		v.IssuedBy = with.people[*s.IssuedBy]
	}
	for _, r := range story.Rows {
		v.Rows = append(v.Rows, r.view(with.names))
	}
	for _, e := range story.Events {
		v.tell(e, with.people)
	}
	for _, f := range story.Files {
		v.Files = append(v.Files, SlipFileView{ID: f.ID, Name: f.Name, Mime: f.Mime, Size: f.Size, UnitID: f.UnitID, AddedAt: f.AddedAt})
	}
	v.Can = s.can(actor)
	return v
}

// tell adds a line of the story, and what it says of the answer and the end.
func (v *SlipView) tell(e SlipEvent, people map[id.User]string) {
	line := SlipEventView{At: e.At, Act: e.Act, UnitID: e.UnitID, Text: e.Text, DueAt: e.DueAt}
	if e.UserID != nil {
		line.Who = people[*e.UserID]
	}
	v.Events = append(v.Events, line)
	switch State(e.Act) {
	case Replied:
		v.Reply = e.Text
	case Closed, Withdrawn:
		v.Closing = e.Text
	}
}

func (r SlipRow) view(names Names) SlipRowView {
	v := SlipRowView{List: r.List, Code: r.Code, SinceOn: r.SinceOn, Detail: r.Detail}
	title, sees := names.Titles[r.LeadID]
	switch {
	case sees:
		v.Title, v.LeadID = title, &r.LeadID
	case names.Hidden[r.LeadID]:
		v.Code = ""
	}
	return v
}

// can lists what the actor may do with a slip.
func (s Slip) can(actor access.Actor) []string {
	out := []string{}
	if works(actor, access.SlipAnswer, s.UnitID) && s.open() {
		if s.State == Issued {
			out = append(out, "receive")
		}
		out = append(out, "reply", "attach")
	}
	if works(actor, access.SlipIssue, s.IssuerUnitID) {
		switch s.State {
		case Issued:
			out = append(out, "edit")
		case Replied:
			out = append(out, "close", "return")
		}
		if !s.ended() {
			out = append(out, "withdraw")
		}
	}
	return out
}
