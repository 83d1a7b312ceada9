package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// PendingView is a registration that waits for the bureau.
type PendingView struct {
	ID     int64       `json:"id"`
	LeadID id.Lead     `json:"lead_id"`
	Lead   Preview     `json:"lead"`
	UnitID id.Unit     `json:"unit_id"`
	By     *Person     `json:"by"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
	Hits   []HitView   `json:"hits"`
	Can    []string    `json:"can"`
	Masked []string    `json:"masked"`
	Chosen Choice      `json:"choice"`
	Since  clock.Date  `json:"reported_on"`
	Shield *Protection `json:"protection"`
}

// HitView is an earlier report as the bureau sees it.
type HitView struct {
	LeadID     id.Lead    `json:"lead_id"`
	Reference  string     `json:"reference"`
	Lead       Preview    `json:"lead"`
	UnitID     id.Unit    `json:"unit_id"`
	ReportedOn clock.Date `json:"reported_on"`
	Exact      bool       `json:"exact"`
}

// Pending returns one page of the registrations that wait for the bureau,
// the oldest first. An earlier report that the reader may not see is left
// out.
//
// Errors: Invalid "input.invalid" on cursor.
func (s *Service) Pending(ctx context.Context, actor access.Actor, limit int, cursor string) ([]PendingView, *string, error) {
	bound := fmt.Sprintf("registrations|%d", actor.User)
	after, err := s.position(cursor, bound)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.store.PendingRegistrations(ctx, actor.Scope(access.ProtectionConfirm), after, limit)
	if err != nil {
		return nil, nil, fmt.Errorf("list pending registrations: %w", err)
	}
	next := s.nextOf(len(rows) > limit, func() int64 { return rows[limit-1].ID }, bound)
	out := make([]PendingView, 0, len(rows))
	for _, e := range rows[:min(len(rows), limit)] {
		out = append(out, s.pendingView(actor, e))
	}
	return out, next, nil
}

func (s *Service) pendingView(actor access.Actor, e PendingEntry) PendingView {
	r := rightsOf(actor)
	l := r.view(e.Seen, s.shape)
	v := PendingView{
		ID: e.ID, LeadID: e.LeadID, Lead: previewOf(l), UnitID: e.UnitID, By: e.By, At: e.At, Reason: e.Reason, Hits: []HitView{},
		Can: []string{}, Masked: l.Masked, Chosen: e.Choice, Since: clock.DateOf(e.At), Shield: l.Protection,
	}
	for _, act := range l.Can {
		if act == "confirm_protection" {
			v.Can = append(v.Can, act)
		}
	}
	for _, h := range e.Hits {
		other := h.Seen.Lead
		reference := Candidate{Code: other.Code, Reference: other.ProtectionReference}.reference()
		v.Hits = append(v.Hits, HitView{
			LeadID: other.ID, Reference: reference, Lead: previewOf(r.view(h.Seen, s.shape)), UnitID: other.UnitID,
			ReportedOn: clock.DateOf(other.CreatedAt), Exact: h.Exact,
		})
	}
	return v
}

// previewOf is a lead in one line beside something else.
func previewOf(l View) Preview {
	return Preview{
		Code: l.Code, Title: l.Title, InvestorName: l.InvestorName, PlannedCents: l.PlannedCents, Currency: l.Currency,
		Chain: l.Chain, Stage: l.Stage, Summary: l.Summary, UnitID: l.UnitID,
	}
}
