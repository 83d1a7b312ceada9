package city

import (
	_ "embed" // the file is part of the program
	"fmt"
)

//go:embed updates.yaml
var updates []byte

// UpdateField is a figure that projects report each month, as it is written.
type UpdateField struct {
	Code      string `yaml:"code"`
	Kind      string `yaml:"kind"`
	Unit      string `yaml:"unit"`
	Indicator string `yaml:"indicator"`
	Carry     string `yaml:"carry"`
	Required  bool   `yaml:"required"`
	NameZH    string `yaml:"name_zh"`
	NameEN    string `yaml:"name_en"`
	Source    string `yaml:"source"`
}

// Updates are what projects report and the stages in which they do.
type Updates struct {
	Fields []UpdateField `yaml:"fields"`
	Stages []string      `yaml:"stages"`
}

// MonthlyUpdates returns the first content of the monthly reports.
func MonthlyUpdates() (Updates, error) {
	var out Updates
	if err := decode(updates, &out); err != nil {
		return out, fmt.Errorf("read updates.yaml: %w", err)
	}
	return out, nil
}
