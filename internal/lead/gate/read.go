package gate

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/leadrelay/leadrelay/internal/access"
)

// Assumption is the source of a value that no document gives and that the
// bureau has to confirm.
const Assumption = "assumption"

// file is the first version as the city's data has it: the steps once, with
// the tracks that leave one out.
type file struct {
	Sources map[string]string `yaml:"sources"`
	Note    string            `yaml:"note"`
	Steps   []fileStep        `yaml:"steps"`
}

type fileStep struct {
	Stage      string     `yaml:"stage"`
	Days       *int64     `yaml:"days"`
	DaysSource string     `yaml:"days_source"`
	Chance     *int64     `yaml:"chance"`
	Pass       string     `yaml:"pass"`
	Confirm    string     `yaml:"confirm"`
	Source     string     `yaml:"source"`
	Skip       []string   `yaml:"skip"`
	Needs      []fileNeed `yaml:"needs"`
}

type fileNeed struct {
	Kind      string   `yaml:"kind"`
	Name      string   `yaml:"name"`
	FromCents *int64   `yaml:"from_cents"`
	Source    string   `yaml:"source"`
	Only      []string `yaml:"only"`
}

// Read returns the life cycle that a file of the city's data describes. It
// fails on a name that the program does not know.
func Read(data []byte) (Cycle, error) {
	var f file
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f); err != nil {
		return Cycle{}, fmt.Errorf("read the life cycle: %w", err)
	}
	c := Cycle{Note: f.Note, Source: Assumption}
	for _, track := range Tracks() {
		for _, s := range f.Steps {
			if slices.Contains(s.Skip, track) {
				continue
			}
			step, err := f.step(track, s)
			if err != nil {
				return Cycle{}, err
			}
			step.Position = int64(len(c.tracked(track)) + 1)
			c.Steps = append(c.Steps, step)
		}
	}
	if broken := c.Broken(); len(broken) > 0 {
		return Cycle{}, fmt.Errorf("read the life cycle: %s is %s", broken[0].Name, broken[0].Code)
	}
	return c, nil
}

func (c Cycle) tracked(track string) []Step {
	return slices.DeleteFunc(slices.Clone(c.Steps), func(s Step) bool { return s.Track != track })
}

func (f file) step(track string, s fileStep) (Step, error) {
	step := Step{
		Track: track, Stage: s.Stage, LimitDays: s.Days, ChanceBP: s.Chance, Pass: access.LeadChangeStage, Confirm: None,
	}
	if s.Pass != "" {
		step.Pass = access.Permission(s.Pass)
	}
	if s.Confirm != "" {
		step.Confirm = Confirm(s.Confirm)
	}
	var err error
	if s.Days != nil {
		if step.LimitSource, err = f.source(s.DaysSource); err != nil {
			return step, err
		}
	}
	if s.Chance != nil {
		step.ChanceSource = Assumption
	}
	if step.Source, err = f.source(s.Source); err != nil {
		return step, err
	}
	step.Needs, err = f.needs(track, s)
	return step, err
}

// needs returns what a stage needs in a track.
func (f file) needs(track string, s fileStep) ([]Need, error) {
	var out []Need
	for _, n := range s.Needs {
		if len(n.Only) > 0 && !slices.Contains(n.Only, track) {
			continue
		}
		need := Need{Kind: NeedKind(n.Kind), Name: n.Name, FromCents: n.FromCents}
		var err error
		if need.Source, err = f.source(n.Source); err != nil {
			return nil, err
		}
		out = append(out, need)
	}
	return out, nil
}

// source returns the title that stands for a key; no key is an assumption.
func (f file) source(key string) (string, error) {
	if key == "" {
		return Assumption, nil
	}
	title, known := f.Sources[key]
	if !known {
		return "", fmt.Errorf("read the life cycle: unknown source %q", key)
	}
	return title, nil
}
