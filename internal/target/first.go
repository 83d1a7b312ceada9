package target

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// firstFile is indicators.yaml as it is written.
type firstFile struct {
	FromOn     string       `yaml:"from_on"`
	Source     string       `yaml:"source"`
	Indicators []firstEntry `yaml:"indicators"`
}

type firstEntry struct {
	Code        string      `yaml:"code"`
	NameZH      string      `yaml:"name_zh"`
	NameEN      string      `yaml:"name_en"`
	Unit        Measure     `yaml:"unit"`
	Basis       Basis       `yaml:"basis"`
	From        ValueSource `yaml:"from"`
	Numerator   string      `yaml:"numerator"`
	Denominator string      `yaml:"denominator"`
	Official    bool        `yaml:"official"`
	Source      string      `yaml:"source"`
}

// assumption is the source of what nobody confirmed.
const assumption = "assumption"

// ReadIndicators reads the first indicators of a city.
func ReadIndicators(data []byte) ([]Indicator, error) {
	var f firstFile
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f); err != nil {
		return nil, fmt.Errorf("read the indicators: %w", err)
	}
	from, err := clock.ParseDate(f.FromOn)
	if err != nil {
		return nil, fmt.Errorf("read the indicators: %w", err)
	}
	out := make([]Indicator, 0, len(f.Indicators))
	for n, e := range f.Indicators {
		source := cmp.Or(e.Source, f.Source)
		out = append(out, Indicator{
			Code: e.Code, NameZH: e.NameZH, NameEN: e.NameEN, Unit: e.Unit, CreditBasis: e.Basis, ValueSource: e.From,
			Numerator: e.Numerator, Denominator: e.Denominator, Official: e.Official, Position: int64(n + 1),
			StartsOn: from, EndsOn: Forever(), Source: source, Assumed: source == assumption,
		})
	}
	for _, i := range out {
		bad := i.check()
		i.rateOf(&bad, out)
		if len(bad) > 0 {
			return nil, fmt.Errorf("read the indicators: %s: %s is %s", i.Code, bad[0].Name, bad[0].Code)
		}
	}
	return out, nil
}
