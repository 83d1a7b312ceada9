package lifekit

import (
	"context"
	"fmt"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// People are who brings a lead through its gates: somebody who may work on it,
// somebody of another unit who confirms, and who reviews.
type People struct {
	Owner, Outside access.Actor
	Office         Office
}

// Fulfil supplies, through the use cases, everything that the gate of a stage
// misses: fields, files, confirmations. It asks twice, since evidence that comes
// after a confirmation undoes it.
func Fulfil(ctx context.Context, s *lead.Service, by People, leadID id.Lead, to lead.Stage) error {
	for range 2 {
		if err := fulfilOnce(ctx, s, by, leadID, to); err != nil {
			return err
		}
	}
	return nil
}

func fulfilOnce(ctx context.Context, s *lead.Service, by People, leadID id.Lead, to lead.Stage) error {
	v, err := s.Gate(ctx, by.Owner, leadID, to)
	if err != nil {
		return err
	}
	land := false // recorded at once, for all that is asked of it
	for _, item := range v.Items {
		if item.Met || item.Kind == gate.Land && land {
			continue
		}
		land = land || item.Kind == gate.Land
		if err := supply(ctx, s, by, leadID, item); err != nil {
			return fmt.Errorf("supply %s %s: %w", item.Kind, item.Name, err)
		}
	}
	return nil
}

// Move brings a lead to a stage by one move, with all that the gate asks.
func Move(ctx context.Context, s *lead.Service, by People, leadID id.Lead, m lead.Move) (lead.View, error) {
	if err := Fulfil(ctx, s, by, leadID, m.To); err != nil {
		return lead.View{}, err
	}
	v, err := s.Get(ctx, by.Owner, leadID)
	if err != nil {
		return v, err
	}
	return s.ChangeStage(ctx, by.Owner, leadID, v.Version, m)
}

func supply(ctx context.Context, s *lead.Service, by People, leadID id.Lead, item lead.GateItem) error {
	switch item.Kind {
	case gate.File:
		_, err := s.Attach(ctx, by.Owner, leadID, lead.Document{Name: item.Name + ".txt", Kind: item.Name, Content: strings.NewReader(item.ZH)})
		return err
	case gate.Confirmation:
		asked, err := s.AskConfirmation(ctx, by.Owner, leadID, item.Stage, "请确认")
		if err != nil {
			return err
		}
		_, err = s.AnswerConfirmation(ctx, by.Outside, leadID, asked.ID, lead.ConfirmAnswer{Confirmed: true})
		return err
	case gate.Review:
		return by.Office.Decide(ctx, s, by.Owner, leadID, admission.Passed)
	case gate.Land:
		return by.Office.Land(ctx, s, by.Owner, leadID)
	case gate.Fair:
		return conclude(ctx, s, by, leadID, item)
	case gate.Field:
		return enter(ctx, s, by, leadID, item)
	}
	return fault.New(fault.Internal, "internal", "no way to supply it")
}

// conclude records a fair-competition conclusion.
func conclude(ctx context.Context, s *lead.Service, by People, leadID id.Lead, item lead.GateItem) error {
	f, err := s.Attach(ctx, by.Owner, leadID, lead.Document{Name: "fair.txt", Kind: "fair_competition", Content: strings.NewReader(item.ZH)})
	if err != nil {
		return err
	}
	day, _ := clock.ParseDate("2026-01-05")
	_, err = s.AddFairReview(ctx, by.Owner, leadID, lead.FairReview{
		Conclusion: lead.FairPassed, Reviewer: "市市场监管局", ReviewedOn: day, FileID: f.ID,
	})
	return err
}

// enter gives a field a value.
func enter(ctx context.Context, s *lead.Service, by People, leadID id.Lead, item lead.GateItem) error {
	v, err := s.Get(ctx, by.Owner, leadID)
	if err != nil {
		return err
	}
	e, known := Edit(item.Name, leadID)
	if !known {
		return fault.New(fault.Internal, "internal", "no value for the field")
	}
	_, err = s.Edit(ctx, by.Owner, leadID, v.Version, e)
	return err
}

// creditCode is the code of an invented firm.
func creditCode(of id.Lead) string {
	for _, last := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if code, right := lead.CreditCode(fmt.Sprintf("91440300MA5G%05d%c", of, last)); right {
			return code
		}
	}
	return ""
}

func set[T any](v T) lead.Opt[T] { return lead.Opt[T]{Set: true, Value: &v} }

// Edit gives a field of the gate a value; the firm is the lead's own.
func Edit(field string, of id.Lead) (lead.Edit, bool) {
	day, _ := clock.ParseDate("2026-01-05")
	e, known := map[string]lead.Edit{
		"investor_name":      {InvestorName: set("示例精工有限公司"), Duplicate: lead.Claimed{Choice: lead.AnotherProject, Reason: "另一处选址"}},
		"credit_code":        {CreditCode: set(creditCode(of)), Duplicate: lead.Claimed{Choice: lead.AnotherProject, Reason: "另一处选址"}},
		"location_code":      {LocationCode: set("442000101")},
		"chain":              {Chain: set("opto")},
		"track":              {Track: set(lead.Track("land"))},
		"planned_cents":      {PlannedCents: set(int64(5_000_000_000))},
		"fixed_assets_cents": {FixedAssetsCents: set(int64(3_000_000_000))},
		"output_cents":       {OutputCents: set(int64(6_000_000_000))},
		"tax_cents":          {TaxCents: set(int64(300_000_000))},
		"site_need":          {LandSqm: set(int64(20_000))},
		"summary":            {Summary: set("生产基地")},
		"product":            {Product: set("激光器")},
		"first_contact_on":   {FirstContactOn: set(day)},
		"expected_sign_on":   {ExpectedSignOn: set(day)},
		"binding":            {Binding: set(true)},
	}[field]
	return e, known
}
