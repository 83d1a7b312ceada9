package city

import (
	"fmt"
	"strings"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// Project is one investment project as a newspaper or an office reported it.
// Nil and empty mean that the report does not say.
type Project struct {
	Name         string
	Investor     *string
	Country      *string // ISO 3166-1 alpha-2
	Town         string  // slug
	Platform     string  // slug
	Chain        *string
	Track        *string
	Product      *string
	PlannedCents *int64
	FixedCents   *int64
	OutputCents  *int64 // per year at capacity
	TaxCents     *int64 // per year at capacity
	AtLeast      []string
	LandSqm      *int64
	FloorSqm     *int64
	PerMu        PerMu
	Stage        string
	StageAssumed bool
	Binding      *bool
	SignedOn     *clock.Date
	StartedOn    *clock.Date
	SigningEvent *string
	Source       string
}

// PerMu is what the investor promised per 亩 of land.
type PerMu struct{ FixedCents, OutputCents, TaxCents *int64 }

// projectEntry is a line of public-projects.yaml.
type projectEntry struct {
	Name                string     `yaml:"name"`
	Investor            *string    `yaml:"investor"`
	Country             *string    `yaml:"country"`
	Town                string     `yaml:"town"`
	Platform            string     `yaml:"platform"`
	Chain               *string    `yaml:"chain"`
	Track               *string    `yaml:"track"`
	Product             *string    `yaml:"product"`
	Investment          *int64     `yaml:"investment"`
	InvestmentIsMinimum bool       `yaml:"investment_is_minimum"`
	FixedAssets         *int64     `yaml:"fixed_assets"`
	Output              *int64     `yaml:"output"`
	OutputIsMinimum     bool       `yaml:"output_is_minimum"`
	Tax                 *int64     `yaml:"tax"`
	TaxIsMinimum        bool       `yaml:"tax_is_minimum"`
	Land                *int64     `yaml:"land"`
	Floor               *int64     `yaml:"floor"`
	Promised            perMuEntry `yaml:"promised_per_mu"`
	Stage               string     `yaml:"stage"`
	StageIsAssumption   bool       `yaml:"stage_is_assumption"`
	Binding             *bool      `yaml:"binding"`
	SignedOn            string     `yaml:"signed_on"`
	StartedOn           string     `yaml:"started_on"`
	SigningEvent        *string    `yaml:"signing_event"`
	Source              string     `yaml:"source"`
}

type perMuEntry struct {
	FixedAssets *int64 `yaml:"fixed_assets"`
	Output      *int64 `yaml:"output"`
	Tax         *int64 `yaml:"tax"`
}

// Projects returns the 16 projects that were reported in public, in the
// order of the file: sums in hundredths of a yuan, areas in square metres.
func Projects() ([]Project, error) {
	var f struct {
		Projects []projectEntry `yaml:"projects"`
	}
	if err := decode(projects, &f); err != nil {
		return nil, fmt.Errorf("read public-projects.yaml: %w", err)
	}
	out := make([]Project, 0, len(f.Projects))
	for _, e := range f.Projects {
		p, err := e.project()
		if err != nil {
			return nil, fmt.Errorf("read public-projects.yaml: %s: %w", e.Name, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func (e projectEntry) project() (Project, error) {
	p := Project{
		Name: e.Name, Investor: e.Investor, Country: e.Country, Town: e.Town, Platform: e.Platform, Chain: e.Chain,
		Track: e.Track, Product: e.Product, PlannedCents: cents(e.Investment), FixedCents: cents(e.FixedAssets),
		OutputCents: cents(e.Output), TaxCents: cents(e.Tax), AtLeast: e.atLeast(), LandSqm: sqm(e.Land), FloorSqm: e.Floor,
		PerMu: PerMu{cents(e.Promised.FixedAssets), cents(e.Promised.Output), cents(e.Promised.Tax)},
		Stage: strings.ToLower(e.Stage), StageAssumed: e.StageIsAssumption, Binding: e.Binding,
		SigningEvent: e.SigningEvent, Source: e.Source,
	}
	var err error
	if p.SignedOn, err = optionalDay(e.SignedOn); err != nil {
		return p, err
	}
	p.StartedOn, err = optionalDay(e.StartedOn)
	return p, err
}

func (e projectEntry) atLeast() []string {
	var out []string
	for _, f := range []struct {
		name    string
		minimum bool
	}{
		{"planned_cents", e.InvestmentIsMinimum}, {"output_cents", e.OutputIsMinimum}, {"tax_cents", e.TaxIsMinimum},
	} {
		if f.minimum {
			out = append(out, f.name)
		}
	}
	return out
}

const (
	centsPerWan  = 10_000 * 100
	sqmPer15Mu   = 10_000
	muPerHectare = 15
)

func cents(wan *int64) *int64 {
	if wan == nil {
		return nil
	}
	c := *wan * centsPerWan
	return &c
}

// sqm rounds to the nearest whole square metre: 1 亩 is 10000/15 ㎡.
func sqm(mu *int64) *int64 {
	if mu == nil {
		return nil
	}
	m := (*mu*sqmPer15Mu*2 + muPerHectare) / (muPerHectare * 2)
	return &m
}

func optionalDay(text string) (*clock.Date, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // none is a value here: the report does not say
	}
	d, err := clock.ParseDate(text)
	return &d, err
}
