package gate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// View is a version as it leaves the server.
type View struct {
	ID          id.Lifecycle `json:"id"`
	Number      int64        `json:"number"`
	State       State        `json:"state" enum:"draft,in_force,retired"`
	FromOn      *clock.Date  `json:"from_on"`
	Rules       bool         `json:"rules" doc:"Whether it rules today."`
	Note        string       `json:"note"`
	Source      string       `json:"source"`
	Version     int64        `json:"version"`
	MadeAt      time.Time    `json:"made_at"`
	ChangedAt   time.Time    `json:"changed_at"`
	Steps       []StepView   `json:"steps" doc:"Read with one version, not in lists."`
	Differences []Difference `json:"differences" doc:"From the version that was asked to compare with."`
	Can         []string     `json:"can"`
}

// StepView is a stage of a track.
type StepView struct {
	Track        string            `json:"track"`
	Stage        string            `json:"stage"`
	Position     int64             `json:"position"`
	LimitDays    *int64            `json:"limit_days"`
	LimitSource  string            `json:"limit_source"`
	ChanceBP     *int64            `json:"chance_bp" doc:"Probability of production in basis points."`
	ChanceSource string            `json:"chance_source"`
	Pass         access.Permission `json:"pass"`
	Confirm      Confirm           `json:"confirm"`
	Source       string            `json:"source"`
	Needs        []NeedView        `json:"needs"`
}

// NeedView is one thing that a stage needs.
type NeedView struct {
	Kind      NeedKind `json:"kind"`
	Name      string   `json:"name"`
	FromCents *int64   `json:"from_cents"`
	Source    string   `json:"source"`
}

// Difference is one value in which two versions differ.
type Difference struct {
	Track  string `json:"track"`
	Stage  string `json:"stage"`
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func (s *Service) view(actor access.Actor, c Cycle, today clock.Date, all []Cycle) View {
	v := View{
		ID: c.ID, Number: c.Number, State: c.State, FromOn: c.FromOn, Rules: c.ID == rulingOf(all, today), Note: c.Note, Source: c.Source,
		Version: c.Version, MadeAt: c.MadeAt, ChangedAt: c.ChangedAt, Steps: []StepView{}, Differences: []Difference{}, Can: []string{},
	}
	for _, step := range c.Steps {
		v.Steps = append(v.Steps, step.view())
	}
	if !actor.Holds(access.LifecycleManage) {
		return v
	}
	v.Can = append(v.Can, "copy")
	if c.State == Draft {
		v.Can = append(v.Can, "edit", "put_in_force")
	}
	if c.State == Draft || c.State == InForce && today.Before(*c.FromOn) {
		v.Can = append(v.Can, "retire")
	}
	return v
}

// rulingOf returns the version that rules on a day; none when there is none.
func rulingOf(all []Cycle, today clock.Date) (ruling id.Lifecycle) {
	var from clock.Date
	for _, c := range all {
		if c.State == InForce && !today.Before(*c.FromOn) && (ruling == 0 || from.Before(*c.FromOn)) {
			ruling, from = c.ID, *c.FromOn
		}
	}
	return ruling
}

func (s Step) view() StepView {
	v := StepView{
		Track: s.Track, Stage: s.Stage, Position: s.Position, LimitDays: s.LimitDays, LimitSource: s.LimitSource,
		ChanceBP: s.ChanceBP, ChanceSource: s.ChanceSource, Pass: s.Pass, Confirm: s.Confirm, Source: s.Source, Needs: []NeedView{},
	}
	for _, n := range s.Needs {
		v.Needs = append(v.Needs, NeedView(n))
	}
	return v
}

// Step turns what leaves the server, and comes back edited, into a step.
func (v StepView) Step() Step {
	s := Step{
		Track: v.Track, Stage: v.Stage, Position: v.Position, LimitDays: v.LimitDays, LimitSource: v.LimitSource,
		ChanceBP: v.ChanceBP, ChanceSource: v.ChanceSource, Pass: v.Pass, Confirm: v.Confirm, Source: v.Source,
	}
	for _, n := range v.Needs {
		s.Needs = append(s.Needs, Need(n))
	}
	return s
}

// Differences lists every value in which two versions differ, in the order of
// tracks and stages.
func Differences(before, after Cycle) []Difference {
	out := []Difference{}
	add := func(track, stage, what, a, b string) {
		if a != b {
			out = append(out, Difference{track, stage, what, a, b})
		}
	}
	add("", "", "note", before.Note, after.Note)
	add("", "", "source", before.Source, after.Source)
	for _, track := range Tracks() {
		for _, stage := range Stages() {
			a, b := told(before, track, stage), told(after, track, stage)
			for _, what := range facets(a, b) {
				add(track, stage, what, a[what], b[what])
			}
		}
	}
	return out
}

// told says the values of a step by their names; none for a step that the
// track leaves out.
func told(c Cycle, track, stage string) map[string]string {
	out := map[string]string{}
	for _, s := range c.tracked(track) {
		if s.Stage != stage {
			continue
		}
		out = map[string]string{
			"position": strconv.FormatInt(s.Position, 10), "limit_days": number(s.LimitDays), "limit_source": s.LimitSource,
			"chance_bp": number(s.ChanceBP), "chance_source": s.ChanceSource, "pass": string(s.Pass), "confirm": string(s.Confirm), "source": s.Source,
		}
		for _, n := range s.Needs {
			out[fmt.Sprintf("need.%s.%s", n.Kind, n.Name)] = "✓ " + number(n.FromCents) + " " + n.Source
		}
	}
	return out
}

func facets(a, b map[string]string) []string {
	var out []string
	for _, m := range []map[string]string{a, b} {
		for name := range m {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
