package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// PackageView is what the sender learns before it hands a lead on: what must
// be there and what is, who may receive it, and by when it would be answered.
type PackageView struct {
	Items          []PackageItem `json:"items"`
	Missing        []string      `json:"missing"`
	Attached       Attached      `json:"attached"`
	MembersNeeded  bool          `json:"members_needed"`
	ToUnitID       *id.Unit      `json:"to_unit_id"`
	Problem        string        `json:"problem" doc:"Why the unit cannot receive it: handoff.self, handoff.unit_closed; empty."`
	AnswerBy       time.Time     `json:"answer_by"`
	Refusals       int           `json:"refusals" doc:"Since the present holder has the lead."`
	RefusalsToPool int64         `json:"refusals_to_pool" doc:"At so many the lead goes to the pool."`
	Draft          *HandoffView  `json:"draft"`
}

// Package returns the check-list of a lead before it is handed to a unit; 0
// means that none was chosen yet.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden".
func (s *Service) Package(ctx context.Context, actor access.Actor, lead id.Lead, to id.Unit) (PackageView, error) {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.LeadHandOff), lead)
	if err != nil {
		return PackageView{}, err
	}
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return PackageView{}, err
	}
	found, err := s.store.PackageOf(ctx, seen)
	if err != nil {
		return PackageView{}, fmt.Errorf("read the package of lead %s: %w", lead, err)
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return PackageView{}, err
	}
	items := seen.Lead.Package(facts.places.Rule, found.Attached, AllParts())
	v := PackageView{
		Items: items, Missing: missing(items), Attached: found.Attached, MembersNeeded: seen.Lead.Restricted,
		AnswerBy: facts.due(ruleAnswerWithin, now), Refusals: found.Refusals, RefusalsToPool: facts.number(ruleRefusals),
	}
	if to != 0 {
		v.ToUnitID = &to
		switch {
		case to == seen.Lead.UnitID:
			v.Problem = "handoff.self"
		case !facts.places.UnitOpen(to):
			v.Problem = "handoff.unit_closed"
		}
	}
	if found.Draft != 0 {
		draft, err := s.Handoff(ctx, actor, found.Draft)
		if err != nil {
			return PackageView{}, err
		}
		v.Draft = &draft
	}
	return v, nil
}

// PackageFacts is what a check-list needs beside the lead.
type PackageFacts struct {
	Attached Attached
	Refusals int
	Draft    id.Handoff // 0: none
}
