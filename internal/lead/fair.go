package lead

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// FairConclusion is what a fair-competition review came to.
type FairConclusion string

// The conclusions. An exception of the regulation lets what is promised pass
// with its reasons (公平竞争审查条例 art. 12).
const (
	FairPassed    FairConclusion = "passed"
	FairException FairConclusion = "exception"
	FairFailed    FairConclusion = "failed"
)

// FairReview is a conclusion about what is promised to the investor. None is
// changed afterwards; the latest one counts.
type FairReview struct {
	ID         int64
	LeadID     id.Lead
	Conclusion FairConclusion
	Reviewer   string // the unit or the office that reviewed
	ReviewedOn clock.Date
	FileID     id.File // the opinion
	Note       string
	UnitID     *id.Unit
	MadeBy     *id.User
	MadeAt     time.Time
}

// FairReviewView is a conclusion as it leaves the server.
type FairReviewView struct {
	ID         int64          `json:"id"`
	LeadID     id.Lead        `json:"lead_id"`
	Conclusion FairConclusion `json:"conclusion" enum:"passed,exception,failed"`
	Reviewer   string         `json:"reviewer"`
	ReviewedOn clock.Date     `json:"reviewed_on"`
	FileID     id.File        `json:"file_id"`
	Note       string         `json:"note"`
	UnitID     *id.Unit       `json:"unit_id"`
	MadeBy     *Person        `json:"made_by"`
	MadeAt     time.Time      `json:"made_at"`
	Counts     bool           `json:"counts" doc:"Whether it is the latest, which the gate reads."`
}

func (r FairReview) broken(today clock.Date) []fault.Field {
	var bad rules
	bad.oneOf("conclusion", string(r.Conclusion), []string{string(FairPassed), string(FairException), string(FairFailed)})
	bad.text("reviewer", r.Reviewer, true, MaxShort)
	bad.text("note", r.Note, r.Conclusion == FairException, MaxReason)
	bad.day("reviewed_on", &r.ReviewedOn)
	if today.Before(r.ReviewedOn) {
		bad.add("reviewed_on", "day.future")
	}
	if r.FileID == 0 {
		bad.add("file_id", "required")
	}
	return bad
}

// AddFairReview records a fair-competition conclusion with its reviewer, day
// and opinion. Without one that lets it pass, no project is signed
// (公平竞争审查条例 art. 18).
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended"; Invalid "input.invalid" by field, file_id too when it is no
// file of the lead.
func (s *Service) AddFairReview(ctx context.Context, actor access.Actor, lead id.Lead, r FairReview) ([]FairReviewView, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.LeadEdit, lead, nil)
		if err != nil {
			return err
		}
		if seen.Lead.Ended() {
			return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
		}
		now := tx.Now(ctx)
		if err := fault.Broken("input.invalid", r.broken(clock.DateOf(now))); err != nil {
			return err
		}
		if _, err := tx.File(ctx, seen, r.FileID); err != nil {
			return fault.BadField("file_id", "unknown_value")
		}
		r.LeadID, r.MadeAt, r.MadeBy = lead, now, &actor.User
		r.Reviewer, r.Note = strings.TrimSpace(r.Reviewer), strings.TrimSpace(r.Note)
		if actor.Acting != 0 {
			r.UnitID = &actor.Acting
		}
		if err := tx.AddFairReview(ctx, seen, &r); err != nil {
			return err
		}
		if err := tx.Touch(ctx, seen, now); err != nil {
			return err
		}
		e := line(actor, seen.Lead, "lead.fair_reviewed")
		e.Reason = r.Note
		e.Changes = []event.Change{
			{Field: "conclusion", After: string(r.Conclusion)},
			{Field: "reviewer", After: r.Reviewer},
			{Field: "reviewed_on", After: r.ReviewedOn.String()},
			{Field: "file_id", After: r.FileID.String()},
		}
		return tx.Record(ctx, e)
	})
	if err != nil {
		return nil, err
	}
	return s.FairReviews(ctx, actor, lead)
}

// FairReviews lists the conclusions about a lead, newest first; none for a
// reader who does not see its open fields.
//
// Errors: NotFound "lead.unknown".
func (s *Service) FairReviews(ctx context.Context, actor access.Actor, lead id.Lead) ([]FairReviewView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil || !rightsOf(actor).sees(seen.Standing).Open {
		return []FairReviewView{}, err
	}
	rows, err := s.store.FairReviews(ctx, seen)
	if err != nil {
		return nil, err
	}
	out := make([]FairReviewView, 0, len(rows))
	for i, r := range rows {
		v := FairReviewView{
			ID: r.ID, LeadID: lead, Conclusion: r.Conclusion, Reviewer: r.Reviewer, ReviewedOn: r.ReviewedOn, FileID: r.FileID,
			Note: r.Note, UnitID: r.UnitID, MadeAt: r.MadeAt, Counts: i == 0,
		}
		if r.MadeBy != nil {
			v.MadeBy = s.person(ctx, *r.MadeBy)
		}
		out = append(out, v)
	}
	return slices.Clip(out), nil
}
