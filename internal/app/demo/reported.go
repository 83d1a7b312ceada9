package demo

import (
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org/city"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// enteredBefore is how many working days before today the public reports
// were taken over; custody in the system begins then.
const enteredBefore = 30

// reported returns the projects that were reported in public as leads: every
// fact that the report gives and nothing else. Those without a town are held
// by the bureau's pool.
func (s *scene) reported() ([]leadstore.Life, error) {
	projects, err := city.Projects()
	if err != nil {
		return nil, err
	}
	out := make([]leadstore.Life, 0, len(projects))
	for i, p := range projects {
		at := s.workday(enteredBefore).At(9*time.Hour + time.Duration(i)*time.Minute)
		l, err := s.project(p, at)
		if err != nil {
			return nil, fmt.Errorf("take over %s: %w", p.Name, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func (s *scene) project(p city.Project, at time.Time) (leadstore.Life, error) {
	holder := s.city.Pool().ID
	var location *string
	if p.Town != "" {
		var err error
		if holder, err = s.unit(p.Town); err != nil {
			return leadstore.Life{}, err
		}
		location = s.location(holder)
	}
	l := facts(p)
	if _, known := l.Stage.Info(); !known {
		return leadstore.Life{}, fmt.Errorf("stage %q is not known", p.Stage)
	}
	l.UnitID, l.LocationCode = holder, location
	l.StageSince, l.CreatedAt, l.ActivityAt = at, at, at
	f := &life{scene: s}
	f.Lead, f.MovedAt = l, at
	f.part(holder, access.Owner, at, clock.Forever(), nil)
	f.follow(at)
	if team, known := s.places.ChainUnit(l.ChainCode()); known {
		f.part(team, access.Chain, at, clock.Forever(), nil)
	}
	f.activity(lead.ActReported, at).UserID = nil
	f.line("lead.created", at, "lead", 1)
	f.last().User, f.last().Reason = id.User(0), p.Source
	f.last().Changes = lead.Differences(lead.Lead{}, l, s.shape)
	return f.Life, nil
}

// facts are the fields that a report gives.
func facts(p city.Project) lead.Lead {
	l := lead.Lead{
		Version: 1, Title: p.Name, InvestorName: p.Investor, Country: p.Country, SourceChannel: "reported", Chain: p.Chain,
		PlannedCents: p.PlannedCents, FixedAssetsCents: p.FixedCents, OutputCents: p.OutputCents, TaxCents: p.TaxCents,
		Currency: "CNY", AtLeast: p.AtLeast, PromisedFixedAssetsPerMuCents: p.PerMu.FixedCents,
		PromisedOutputPerMuCents: p.PerMu.OutputCents, PromisedTaxPerMuCents: p.PerMu.TaxCents, LandSqm: p.LandSqm,
		FloorSqm: p.FloorSqm, Product: p.Product, Stage: lead.Stage(p.Stage), SignedOn: p.SignedOn, StartedOn: p.StartedOn,
		SigningEvent: p.SigningEvent, Binding: p.Binding, AsReported: true, StageAssumed: p.StageAssumed, SourceNote: &p.Source,
	}
	if p.Track != nil {
		track := lead.Track(*p.Track)
		l.Track = &track
	}
	return l
}
