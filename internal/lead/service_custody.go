package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Custody returns who held the lead, from when to when and why it moved, and
// the offers that did not move it.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Custody(ctx context.Context, actor access.Actor, lead id.Lead) (CustodyView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return CustodyView{}, err
	}
	holdings, offers, err := s.store.Custody(ctx, seen)
	if err != nil {
		return CustodyView{}, err
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return CustodyView{}, fmt.Errorf("read the office calendar: %w", err)
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return CustodyView{}, err
	}
	own := ownOnly(actor, seen)
	out := CustodyView{Items: []HoldingView{}, Branches: []BranchView{}}
	for _, h := range holdings {
		out.Items = append(out.Items, holdingView(h, office, now, own))
	}
	full := rightsOf(actor).sees(seen.Standing).File
	for _, h := range offers {
		if h = h.At(now); mayKnowOffer(actor, h, own, full) {
			out.Branches = append(out.Branches, branchView(h))
		}
	}
	return out, nil
}

// mayKnowOffer hides offers that led nowhere from those who only read along,
// and later ones from a past holder.
func mayKnowOffer(actor access.Actor, h Handoff, own *OwnOnly, full bool) bool {
	if own != nil {
		return !h.OfferedAt.After(own.Until)
	}
	if full {
		return true
	}
	for _, m := range actor.Memberships {
		if m.Unit == h.ToUnitID && h.State == Offered || m.Unit == h.FromUnitID {
			return true
		}
	}
	return false
}

func holdingView(h Holding, office *clock.Office, now time.Time, own *OwnOnly) HoldingView {
	until := now
	if h.Until != nil {
		until = *h.Until
	}
	v := HoldingView{
		UnitID: h.UnitID, FromAt: h.FromAt, Until: h.Until, WorkingDays: office.WorkingDaysBetween(h.FromAt, until), By: h.By,
	}
	if h.Handoff != nil {
		v.HandoffID, v.Why = &h.Handoff.ID, h.Handoff.Reason
		v.Kind, v.Cause, v.State = h.Handoff.Kind, h.Handoff.Cause, h.Handoff.State
		v.Objection = objectionOf(*h.Handoff)
	}
	if h.Until == nil {
		v.ReturnBy = h.ReturnBy
	}
	if own != nil && h.FromAt.After(own.Until) {
		v.Why, v.By, v.Objection, v.ReturnBy = "", nil, nil, nil
	}
	return v
}

func objectionOf(h Handoff) *Objection {
	if h.ObjectedAt == nil {
		return nil
	}
	return &Objection{
		At: *h.ObjectedAt, Reason: h.ObjectReason, DecidedAt: h.DecidedAt, Decision: h.Decision, DecideReason: h.DecideReason,
	}
}

func branchView(h Handoff) BranchView {
	return BranchView{
		HandoffID: h.ID, FromUnitID: h.FromUnitID, ToUnitID: h.ToUnitID, State: h.State, OfferedAt: h.OfferedAt,
		AnsweredAt: h.AnsweredAt, DueAt: h.DueAt, Reason: h.Reason, AnswerReason: h.AnswerReason, Cause: h.Cause,
	}
}

// CustodySheet is a lead's chain of custody as it leaves the program in a
// file.
type CustodySheet struct {
	CustodyView
	Code  string
	Title string
	At    time.Time
}

// ExportCustody returns the chain of custody as Custody does, and records
// that it was taken out.
//
// Errors: NotFound "lead.unknown".
func (s *Service) ExportCustody(ctx context.Context, actor access.Actor, lead id.Lead) (CustodySheet, error) {
	v, err := s.Get(ctx, actor, lead)
	if err != nil {
		return CustodySheet{}, err
	}
	custody, err := s.Custody(ctx, actor, lead)
	if err != nil {
		return CustodySheet{}, err
	}
	out := CustodySheet{CustodyView: custody, Code: v.Code, Title: v.Title}
	err = s.store.InTx(ctx, func(tx Tx) error {
		out.At = tx.Now(ctx)
		e := line(actor, Lead{ID: lead, Restricted: v.Confidentiality == "restricted"}, "custody.exported")
		return tx.Record(ctx, e)
	})
	return out, err
}
