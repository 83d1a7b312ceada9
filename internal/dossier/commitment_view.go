package dossier

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// CommitmentView is a commitment as it leaves the server.
type CommitmentView struct {
	ID             id.Commitment         `json:"id"`
	LeadID         id.Lead               `json:"lead_id"`
	Code           string                `json:"code"`
	Title          string                `json:"title"`
	HolderID       id.Unit               `json:"holder_id" doc:"The unit that is responsible for the lead."`
	Text           string                `json:"text"`
	PromisedBy     string                `json:"promised_by"`
	PromisedUnitID *id.Unit              `json:"promised_unit_id"`
	PromisedOn     clock.Date            `json:"promised_on"`
	Occasion       string                `json:"occasion"`
	FileID         *id.File              `json:"file_id"`
	FileName       string                `json:"file_name"`
	UnitID         id.Unit               `json:"unit_id" doc:"The unit that keeps it."`
	DueOn          clock.Date            `json:"due_on"`
	Overdue        bool                  `json:"overdue"`
	State          CommitmentState       `json:"state" enum:"open,kept,broken,released"`
	Reason         string                `json:"reason"`
	History        []CommitmentEventView `json:"history"`
	Version        int64                 `json:"version"`
	Can            []string              `json:"can"`
}

// CommitmentEventView is one line of the history.
type CommitmentEventView struct {
	At         time.Time `json:"at"`
	Act        string    `json:"act" enum:"registered,changed,handed_over,kept,broken,released,reopened"`
	Who        string    `json:"who"`
	UnitID     *id.Unit  `json:"unit_id"`
	FromUnitID *id.Unit  `json:"from_unit_id"`
	ToUnitID   *id.Unit  `json:"to_unit_id"`
	Reason     string    `json:"reason"`
}

// CommitmentQuery asks for a list.
type CommitmentQuery struct {
	Mine    bool
	Lead    id.Lead
	States  []CommitmentState
	Overdue bool
}

// CommitmentList is commitments, and whether one may be registered on the
// lead that was asked for.
type CommitmentList struct {
	Items []CommitmentView `json:"items"`
	Can   []string         `json:"can"`
}

// Commitments lists commitments by due day, at most 500: of a lead, of the
// actor's units, or all on leads that he sees.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Commitments(ctx context.Context, actor access.Actor, q CommitmentQuery) (CommitmentList, error) {
	out := CommitmentList{Items: []CommitmentView{}, Can: []string{}}
	w := CommitmentWant{Lead: q.Lead, States: q.States}
	if q.Mine {
		w.Units = append([]id.Unit{}, actor.UnitsWith(access.CommitmentSettle)...)
	}
	if q.Overdue {
		now, err := s.store.Now(ctx)
		if err != nil {
			return out, err
		}
		today := clock.DateOf(now)
		w.DueBefore, w.States = &today, []CommitmentState{CommitmentOpen}
	}
	if q.Lead != 0 {
		l, err := s.store.Lead(ctx, actor.Scope(access.CommitmentRead), q.Lead)
		if err != nil {
			return out, err
		}
		may, err := s.store.Inside(ctx, actor.ActScope(access.CommitmentEdit), q.Lead)
		if err != nil {
			return out, err
		}
		if may[q.Lead] && !l.ended() {
			out.Can = append(out.Can, "add")
		}
	}
	found, err := s.store.Commitments(ctx, commitmentReader(actor), w)
	if err != nil {
		return out, err
	}
	out.Items, err = s.commitmentViews(ctx, actor, found)
	return out, err
}

// Commitment returns one commitment.
//
// Errors: NotFound "commitment.unknown".
func (s *Service) Commitment(ctx context.Context, actor access.Actor, c id.Commitment) (CommitmentView, error) {
	found, err := s.find(ctx, s.store, actor, c)
	if err != nil {
		return CommitmentView{}, err
	}
	views, err := s.commitmentViews(ctx, actor, []SeenCommitment{found})
	if err != nil {
		return CommitmentView{}, err
	}
	if len(views) == 0 {
		return CommitmentView{}, fault.New(fault.Internal, "internal", "a commitment has no view")
	}
	return views[0], nil
}

func (s *Service) commitmentViews(ctx context.Context, actor access.Actor, found []SeenCommitment) ([]CommitmentView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	var users []id.User
	for _, f := range found {
		for _, e := range f.History {
			if e.UserID != nil {
				users = append(users, *e.UserID)
			}
		}
	}
	people, err := s.store.People(ctx, users)
	if err != nil {
		return nil, err
	}
	out := make([]CommitmentView, 0, len(found))
	for _, f := range found {
		out = append(out, f.view(actor, clock.DateOf(now), people))
	}
	return out, nil
}

func (s SeenCommitment) view(actor access.Actor, today clock.Date, people map[id.User]string) CommitmentView {
	c := s.Commitment
	v := CommitmentView{
		ID: c.ID, LeadID: c.LeadID, Code: s.Lead.Code, Title: s.Lead.Title, HolderID: s.Lead.UnitID, Text: c.Text, PromisedBy: c.PromisedBy,
		PromisedUnitID: c.PromisedUnitID, PromisedOn: c.PromisedOn, Occasion: c.Occasion, FileID: c.FileID, FileName: s.FileName, UnitID: c.UnitID,
		DueOn: c.DueOn, Overdue: c.State == CommitmentOpen && c.DueOn.Before(today), State: c.State, Reason: c.Reason,
		History: []CommitmentEventView{}, Version: c.Version, Can: []string{},
	}
	for _, e := range s.History {
		h := CommitmentEventView{At: e.At, Act: e.Act, UnitID: e.UnitID, FromUnitID: e.FromUnitID, ToUnitID: e.ToUnitID, Reason: e.Reason}
		if e.UserID != nil {
			h.Who = people[*e.UserID]
		}
		v.History = append(v.History, h)
	}
	v.Can = s.can(actor)
	return v
}

// can lists what the actor may do with a commitment.
func (s SeenCommitment) can(actor access.Actor) []string {
	out := []string{}
	open := s.Commitment.State == CommitmentOpen
	if open && s.MayEdit {
		out = append(out, "edit")
	}
	if open && (s.MayEdit || s.Commitment.keeps(actor)) {
		out = append(out, "settle", "hand_over")
	}
	if !open && s.MayEdit {
		out = append(out, "reopen")
	}
	return out
}
