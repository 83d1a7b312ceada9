package credit

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// firstFile is counting.yaml as it is written.
type firstFile struct {
	FromOn     string       `yaml:"from_on"`
	Source     string       `yaml:"source"`
	LateMonths int64        `yaml:"late_months"`
	UndoneBy   []string     `yaml:"undone_by"`
	Rules      []firstRule  `yaml:"rules"`
	Shares     []firstShare `yaml:"shares"`
}

type firstRule struct {
	Indicator string    `yaml:"indicator"`
	Happening Happening `yaml:"happening"`
	Measure   Measure   `yaml:"measure"`
	Basis     Basis     `yaml:"basis"`
	Class     Class     `yaml:"class"`
	LowerYi   int64     `yaml:"lower_yi"`
	Tracks    []string  `yaml:"tracks"`
	Excluded  []string  `yaml:"excluded"`
	Recount   bool      `yaml:"recount"`
	Source    string    `yaml:"source"`
}

type firstShare struct {
	FinderPPM int64  `yaml:"finder_ppm"`
	Months    int64  `yaml:"months"`
	Source    string `yaml:"source"`
}

const (
	assumption = "assumption"
	centsOfYi  = 100_000_000 * 100
)

// ReadFirst reads the first counting rules and shares of a city.
func ReadFirst(data []byte) ([]Rule, []ShareRule, error) {
	var f firstFile
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f); err != nil {
		return nil, nil, fmt.Errorf("read the counting rules: %w", err)
	}
	from, err := clock.ParseDate(f.FromOn)
	if err != nil {
		return nil, nil, fmt.Errorf("read the counting rules: %w", err)
	}
	made := func(source string) Made {
		source = cmp.Or(source, f.Source)
		return Made{Source: source, Assumed: source == assumption, Reason: "first content"}
	}
	list := make([]Rule, 0, len(f.Rules))
	for _, r := range f.Rules {
		rule := Rule{
			Indicator: r.Indicator, Happening: r.Happening, Measure: r.Measure, Basis: r.Basis, Class: r.Class, LowerCents: r.LowerYi * centsOfYi,
			Tracks: r.Tracks, Excluded: r.Excluded, UndoneBy: f.UndoneBy, Recount: r.Recount, LateMonths: f.LateMonths, StartsOn: from, Made: made(r.Source),
		}
		if err := rule.check(clock.Date{}); err != nil {
			return nil, nil, fmt.Errorf("read the counting rules: %s: %w", r.Indicator, err)
		}
		list = append(list, rule)
	}
	shares := make([]ShareRule, 0, len(f.Shares))
	for _, s := range f.Shares {
		shares = append(shares, ShareRule{FinderPPM: s.FinderPPM, Months: s.Months, StartsOn: from, Made: made(s.Source)})
	}
	return list, shares, nil
}
