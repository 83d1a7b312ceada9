package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Box asks for hand-offs offered to the actor's units (In), by them, or, with
// All, of every lead of which the actor knows every offer.
type Box struct {
	In, All  bool
	States   []HandoffState // none: all but drafts
	Since    *time.Time     // answered since
	Lead     id.Lead        // 0: of any
	To       id.Unit        // 0: to any
	From     *time.Time     // offered from
	Until    *time.Time     // offered before
	Kinds    []HandoffKind
	Objected bool // assignments with an objection to decide
	Limit    int
	Cursor   string
}

// bound names what a cursor of the box belongs to.
func (b Box) bound(user id.User) string {
	text := fmt.Sprintf("handoffs|%d|%t|%t|%v|%d|%d|%v|%t", user, b.In, b.All, b.States, b.Lead, b.To, b.Kinds, b.Objected)
	for _, at := range []*time.Time{b.From, b.Until} {
		if at != nil {
			text += "|" + at.Format(time.RFC3339)
		}
	}
	return text
}

// Handoff returns one hand-off. The giver, the receiver of a live or accepted
// offer, and those who see the whole lead may read it.
//
// Errors: NotFound "handoff.unknown".
func (s *Service) Handoff(ctx context.Context, actor access.Actor, handoff id.Handoff) (HandoffView, error) {
	q, office, err := s.boxQuery(ctx, actor)
	if err != nil {
		return HandoffView{}, err
	}
	e, err := s.store.Handoff(ctx, q, handoff)
	if err != nil {
		return HandoffView{}, err
	}
	if e.Handoff = e.At(q.Now); !mayReadHandoff(actor, e) {
		return HandoffView{}, fault.New(fault.NotFound, "handoff.unknown", "No such hand-off.")
	}
	return s.handoffView(actor, e, office, q.Now), nil
}

func mayReadHandoff(actor access.Actor, e HandoffEntry) bool {
	if e.State == Drafted {
		return slices.ContainsFunc(actor.Memberships, func(m access.Membership) bool { return m.Unit == e.FromUnitID })
	}
	if rightsOf(actor).sees(e.Seen.Standing).File {
		return true
	}
	for _, m := range actor.Memberships {
		if m.Unit == e.FromUnitID || m.Unit == e.ToUnitID && (e.State == Offered || e.State.Moved()) {
			return true
		}
	}
	return false
}

// Handoffs returns one page of a box, newest first.
//
// Errors: Invalid "input.invalid" on cursor.
func (s *Service) Handoffs(ctx context.Context, actor access.Actor, b Box) (page.Of[HandoffView], error) {
	q, office, err := s.boxQuery(ctx, actor)
	if err != nil {
		return page.Of[HandoffView]{}, err
	}
	bound := b.bound(actor.User)
	if q.After, err = s.position(b.Cursor, bound); err != nil {
		return page.Of[HandoffView]{}, err
	}
	q.Box = b
	rows, total, err := s.store.Handoffs(ctx, q)
	if err != nil {
		return page.Of[HandoffView]{}, fmt.Errorf("list hand-offs: %w", err)
	}
	out := page.Of[HandoffView]{Items: make([]HandoffView, 0, len(rows)), Total: total}
	out.Next = s.nextOf(len(rows) > b.Limit, func() int64 { return int64(rows[b.Limit-1].ID) }, bound)
	for _, e := range rows[:min(len(rows), b.Limit)] {
		out.Items = append(out.Items, s.handoffView(actor, e, office, q.Now))
	}
	return out, nil
}

func (s *Service) boxQuery(ctx context.Context, actor access.Actor) (HandoffQuery, *clock.Office, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return HandoffQuery{}, nil, err
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return HandoffQuery{}, nil, fmt.Errorf("read the office calendar: %w", err)
	}
	q := HandoffQuery{
		Read: actor.Scope(access.LeadRead), Full: actor.Sees(access.FileClass), Units: actor.UnitsWith(access.LeadRead), Now: now,
	}
	return q, office, nil
}

func (s *Service) handoffView(
	actor access.Actor, e HandoffEntry, office *clock.Office, now time.Time,
) HandoffView {
	v := bare(e.At(now))
	r := rightsOf(actor)
	l := r.view(e.Seen, s.shape)
	v.OfferedBy, v.AnsweredBy, v.Masked = e.OfferedBy, e.AnsweredBy, []string{}
	shown := previewOf(l)
	v.Lead = &shown
	v.ObjectedBy, v.DecidedBy = e.ObjectedBy, e.DecidedBy
	v.Can = append(v.Can, protocolActs(actor, e, now)...)
	if v.State == Drafted {
		v.MemberIDs = append(v.MemberIDs, e.Named...)
	}
	if v.State == Offered || slices.Contains(v.Can, "object") {
		left := begun(office.Worked(now, e.DueAt))
		v.WorkingDaysLeft = &left
	}
	if v.State != Offered {
		return v
	}
	if mayAnswer(actor, e.Seen, e.Handoff, Accepted) == nil {
		v.Can = append(v.Can, "accept", "refuse")
	}
	if e.Seen.Lead.UnitID == e.FromUnitID && mayAnswer(actor, e.Seen, e.Handoff, WithdrawnOffer) == nil {
		v.Can = append(v.Can, "withdraw")
	}
	return v
}

// protocolActs lists what the actor may do with a draft or an assignment.
func protocolActs(actor access.Actor, e HandoffEntry, now time.Time) []string {
	h := e.Handoff
	switch {
	case h.State == Drafted && maySend(actor, e.Seen, h):
		return []string{"send", "edit", "discard"}
	case h.objectionOpen() && actor.ActScope(access.LeadDecide).Covers(e.Seen.Standing):
		return []string{"decide"}
	case h.objectable(now) && !e.Spent && mayObject(actor, e.Seen, h):
		return []string{"object"}
	}
	return nil
}
