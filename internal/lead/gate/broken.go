package gate

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// The bounds of a version's numbers and words.
const (
	maxLimitDays = 3650
	maxChanceBP  = 10000
	maxText      = 500
	maxSteps     = 15
	maxNeeds     = 40
)

// Broken lists every rule that a version breaks, by the place in it.
func (c Cycle) Broken() []fault.Field {
	var bad []fault.Field
	add := func(name, code string) { bad = append(bad, fault.Field{Name: name, Code: code}) }
	for name, text := range map[string]string{"note": c.Note, "source": c.Source} {
		if text == "" {
			add(name, "required")
		} else if utf8.RuneCountInString(text) > maxText {
			bad = append(bad, fault.Field{Name: name, Code: "too_long", Params: map[string]any{"max": maxText}})
		}
	}
	c.brokenSteps(add)
	for _, track := range Tracks() {
		if steps := c.tracked(track); len(steps) == 0 || len(steps) > maxSteps || c.Of(track)[0].Stage != Stages()[0] {
			add("steps", "lifecycle.track_begins")
		}
	}
	return bad
}

func (c Cycle) brokenSteps(add func(name, code string)) {
	seen := map[string]bool{}
	for i, s := range c.Steps {
		at := fmt.Sprintf("steps[%d].", i)
		s.broken(at, add)
		for _, key := range []string{s.Track + " " + s.Stage, fmt.Sprint(s.Track, " ", s.Position)} {
			if seen[key] {
				add(at+"stage", "doubled")
			}
			seen[key] = true
		}
	}
}

func (s Step) broken(at string, add func(name, code string)) {
	for _, one := range []struct {
		name string
		ok   bool
	}{
		{"track", slices.Contains(Tracks(), s.Track)},
		{"stage", slices.Contains(Stages(), s.Stage)},
		{"pass", slices.Contains(PassPermissions(), s.Pass)},
		{"confirm", slices.Contains([]Confirm{None, OtherUnit, Bureau}, s.Confirm)},
	} {
		if !one.ok {
			add(at+one.name, "unknown_value")
		}
	}
	for name, within := range map[string]bool{
		"position": s.Position >= 1 && s.Position <= maxSteps, "limit_days": between(s.LimitDays, 1, maxLimitDays),
		"chance_bp": between(s.ChanceBP, 0, maxChanceBP),
	} {
		if !within {
			add(at+name, "out_of_range")
		}
	}
	for name, text := range map[string]string{"source": s.Source, "limit_source": s.LimitSource, "chance_source": s.ChanceSource} {
		if utf8.RuneCountInString(text) > maxText {
			add(at+name, "out_of_range")
		}
	}
	s.brokenNeeds(at, add)
}

func (s Step) brokenNeeds(at string, add func(name, code string)) {
	if len(s.Needs) > maxNeeds {
		add(at+"needs", "out_of_range")
	}
	if s.Stage == Stages()[0] && (len(s.Needs) > 0 || s.Confirm != None) {
		add(at+"needs", "lifecycle.first_open")
	}
	seen := map[Need]bool{}
	for i, n := range s.Needs {
		name := fmt.Sprintf("%sneeds[%d]", at, i)
		if !slices.Contains(n.Kind.Names(), n.Name) {
			add(name+".name", "unknown_value")
		}
		if !between(n.FromCents, 0, 1<<53) {
			add(name+".from_cents", "out_of_range")
		}
		if utf8.RuneCountInString(n.Source) > maxText {
			add(name+".source", "out_of_range")
		}
		key := Need{Kind: n.Kind, Name: n.Name}
		if seen[key] {
			add(name+".name", "doubled")
		}
		seen[key] = true
	}
}

func between(n *int64, low, high int64) bool { return n == nil || *n >= low && *n <= high }
