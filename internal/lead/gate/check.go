package gate

import (
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
)

// Facts is what is known of a project when it asks to pass.
type Facts struct {
	Track        string
	PlannedCents *int64
	Fields       map[string]bool // named fields that say something
	Files        map[string]bool // kinds of evidence that are there
	Register     map[string]bool
	Fair         bool            // the latest fair-competition conclusion lets it pass
	Review       bool            // the newest admission review lets it pass where it lands
	Land         map[string]bool // what the record of the land contract says
	Confirmed    map[string]bool // stages confirmed from outside and not used yet
}

// Item is one thing that a stage needs, and whether it is there.
type Item struct {
	Stage  string // the stage whose need it is
	Kind   NeedKind
	Name   string // of a confirmation: who confirms
	Source string
	Met    bool
}

// Way is how a move leads from one stage to another.
type Way string

// The ways of a move.
const (
	Forward Way = "forward"
	Skip    Way = "skip"  // over stages of the track
	Back    Way = "back"  // to an earlier stage
	Off     Way = "off"   // to a stage that the track leaves out
	Same    Way = "same"  // to where it stands
	Pause   Way = "pause" // beside the line, to come back
	End     Way = "end"   // lost, withdrawn, invalid …
)

// Passage is a move that was looked at: what it needs and who may do it.
type Passage struct {
	To      string
	Way     Way
	Skipped []string // stages of the track between, which are not entered
	Pass    []access.Permission
	Items   []Item
}

// Look says how a move leads from a stage of the main line to another one and
// everything that it needs: what the stage asks for, and what those ask for
// that are passed over, because to leave out a stage is not to leave out its
// gate.
func (c Cycle) Look(f Facts, from, to string) Passage {
	steps := c.Of(f.Track)
	at, aim := place(steps, from), place(steps, to)
	p := Passage{To: to, Way: Forward}
	switch {
	case from == to:
		p.Way = Same
	case aim < 0:
		p.Way = Off
		return p
	case rank(steps, from) > aim:
		p.Way = Back
	}
	if at < 0 {
		at = rank(steps, from) - 1
	}
	if p.Way == Forward {
		for _, s := range steps[at+1 : aim] {
			p.Skipped = append(p.Skipped, s.Stage)
			p.add(s, f)
		}
	}
	if len(p.Skipped) > 0 {
		p.Way = Skip
	}
	p.add(steps[aim], f)
	p.permissions()
	return p
}

// add takes over what a step asks for.
func (p *Passage) add(s Step, f Facts) {
	for _, n := range s.Needs {
		if n.FromCents == nil || f.PlannedCents != nil && *f.PlannedCents >= *n.FromCents {
			p.Items = append(p.Items, Item{Stage: s.Stage, Kind: n.Kind, Name: n.Name, Source: n.Source, Met: n.met(f)})
		}
	}
	if s.Confirm != None && s.Confirm != "" {
		p.Items = append(p.Items, Item{
			Stage: s.Stage, Kind: Confirmation, Name: string(s.Confirm), Source: s.Source, Met: f.Confirmed[s.Stage],
		})
	}
	if s.Pass != "" && !slices.Contains(p.Pass, s.Pass) {
		p.Pass = append(p.Pass, s.Pass)
	}
}

func (n Need) met(f Facts) bool {
	switch n.Kind {
	case Field:
		return f.Fields[n.Name]
	case File:
		return f.Files[n.Name]
	case Register:
		return f.Register[n.Name]
	case Fair:
		return f.Fair
	case Review:
		return f.Review
	case Land:
		return f.Land[n.Name]
	}
	return false
}

// permissions adds what the way asks for to what the steps ask for.
func (p *Passage) permissions() {
	switch p.Way {
	case Skip:
		p.Pass = append(p.Pass, access.LeadSkipStage)
	case Back:
		p.Pass = []access.Permission{access.LeadStepBack}
	}
}

// Missing lists what is not there.
func (p Passage) Missing() []Item {
	var out []Item
	for _, i := range p.Items {
		if !i.Met {
			out = append(out, i)
		}
	}
	return out
}

// Confirmations lists the stages whose confirmation the move uses up.
func (p Passage) Confirmations() []string {
	var out []string
	for _, i := range p.Items {
		if i.Kind == Confirmation {
			out = append(out, i.Stage)
		}
	}
	return out
}

func place(steps []Step, stage string) int {
	return slices.IndexFunc(steps, func(s Step) bool { return s.Stage == stage })
}

// rank is the place of a stage in the track; one that the track leaves out
// stands before the first that comes after it in the whole line.
func rank(steps []Step, stage string) int {
	if at := place(steps, stage); at >= 0 {
		return at
	}
	line := Stages()
	own := slices.Index(line, stage)
	for i, s := range steps {
		if slices.Index(line, s.Stage) > own {
			return i
		}
	}
	return len(steps)
}
