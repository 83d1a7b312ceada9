package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// GateView is the gate before a stage, as a checklist.
type GateView struct {
	To           Stage      `json:"to"`
	From         Stage      `json:"from"`
	Way          gate.Way   `json:"way" enum:"forward,skip,back,off,same,pause,end"`
	May          bool       `json:"may" doc:"Whether the caller may move the lead this way."`
	Refused      string     `json:"refused" doc:"The code that says why not; empty when he may."`
	Open         bool       `json:"open" doc:"Whether nothing is missing."`
	ReasonNeeded bool       `json:"reason_needed"`
	Skipped      []Stage    `json:"skipped" doc:"Stages of the track that the move leaves out."`
	Items        []GateItem `json:"items"`
	Lifecycle    int64      `json:"lifecycle" doc:"Number of the version of the life cycle that asks."`
}

// GateItem is one thing that a stage needs.
type GateItem struct {
	Stage  Stage         `json:"stage"`
	Kind   gate.NeedKind `json:"kind"`
	Name   string        `json:"name"`
	ZH     string        `json:"zh"`
	EN     string        `json:"en"`
	Link   string        `json:"link" doc:"Where on the lead's page it is supplied: field:NAME, file:KIND, register, confirmation:STAGE."`
	Source string        `json:"source"`
	Met    bool          `json:"met"`
}

func needsOf(items []gate.Item) []GateItem {
	out := make([]GateItem, 0, len(items))
	for _, i := range items {
		text := gate.Named(i.Kind, i.Name)
		out = append(out, GateItem{
			Stage: Stage(i.Stage), Kind: i.Kind, Name: i.Name, ZH: text.ZH, EN: text.EN, Link: linkOf(i), Source: i.Source, Met: i.Met,
		})
	}
	return out
}

func linkOf(i gate.Item) string {
	switch i.Kind {
	case gate.Confirmation:
		return "confirmation:" + i.Stage
	case gate.Register:
		return "register"
	}
	return string(i.Kind) + ":" + i.Name
}

// Gate tells what a move to a stage would need and whether the actor may do
// it, without doing it.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on to; Conflict "lifecycle.none".
func (s *Service) Gate(ctx context.Context, actor access.Actor, lead id.Lead, to Stage) (GateView, error) {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.LeadChangeStage), lead)
	if err != nil {
		return GateView{}, err
	}
	if _, known := to.Info(); !known {
		return GateView{}, fault.BadField("to", "unknown_value")
	}
	cycle, _, err := s.ruling(ctx)
	if err != nil {
		return GateView{}, err
	}
	evidence, err := s.store.Evidence(ctx, seen)
	if err != nil {
		return GateView{}, err
	}
	p := look(cycle, seen.Lead, evidence, to)
	v := GateView{
		To: to, From: seen.Lead.Stage, Way: p.Way, May: p.Way != gate.Off && p.Way != gate.Same, Open: len(p.Missing()) == 0,
		ReasonNeeded: wants(p.Way, seen.Lead.Stage), Skipped: []Stage{}, Items: needsOf(p.Items), Lifecycle: cycle.Number,
	}
	for _, stage := range p.Skipped {
		v.Skipped = append(v.Skipped, Stage(stage))
	}
	v.refuse(actor, seen, p)
	return v, nil
}

// refuse says why the caller may not move the lead this way, if he may not.
func (v *GateView) refuse(actor access.Actor, seen Seen, p gate.Passage) {
	for _, needed := range p.Pass {
		if v.May && !actor.ActScope(needed).Covers(seen.Standing) {
			v.May, v.Refused = false, fault.CodeOf(refusedWay(needed))
		}
	}
	if p.Way == gate.Off {
		v.Refused = "stage.off_track"
	}
}

func (s *Service) ruling(ctx context.Context) (gate.Cycle, time.Time, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return gate.Cycle{}, now, err
	}
	cycle, err := s.store.Lifecycle(ctx, clock.DateOf(now))
	return cycle, now, err
}

// PathView is a lead's way through the stages of its track.
type PathView struct {
	Track     string     `json:"track"`
	Lifecycle int64      `json:"lifecycle"`
	Items     []PathStep `json:"items"`
	Losses    []LossView `json:"losses"`
}

// PathStep is a stage with the times that the lead was in it.
type PathStep struct {
	Stage     Stage        `json:"stage"`
	OnTrack   bool         `json:"on_track"`
	Here      bool         `json:"here"`
	Days      int          `json:"days" doc:"Calendar days in it, all visits together."`
	LimitDays *int64       `json:"limit_days"`
	ChanceBP  *int64       `json:"chance_bp"`
	Confirm   gate.Confirm `json:"confirm"`
	Visits    []Visit      `json:"visits"`
}

// Visit is one time in a stage.
type Visit struct {
	FromAt     time.Time   `json:"from_at"`
	Until      *time.Time  `json:"until"`
	HappenedOn *clock.Date `json:"happened_on"`
	Days       int         `json:"days"`
	Entered    Entered     `json:"entered" enum:"created,gate,reported,taken_over,merge,before"`
}

// LossView is where a project went.
type LossView struct {
	LostOn   clock.Date `json:"lost_on"`
	Place    string     `json:"place"`
	Province string     `json:"province"`
	Country  string     `json:"country"`
	Reason   string     `json:"reason"`
}

// Path returns the stages of a lead's track with the time that it spent in
// each, and the stages beside it that it was in. A past holder, who learns
// of changes of stage, sees it too, without where the project was lost to.
//
// Errors: NotFound "lead.unknown"; Conflict "lifecycle.none".
func (s *Service) Path(ctx context.Context, actor access.Actor, lead id.Lead) (PathView, error) {
	seen, err := s.read(ctx, actor, lead)
	if err != nil {
		return PathView{}, err
	}
	cycle, now, err := s.ruling(ctx)
	if err != nil {
		return PathView{}, err
	}
	spans, err := s.store.Spans(ctx, seen)
	if err != nil {
		return PathView{}, err
	}
	v := PathView{Track: gate.General, Lifecycle: cycle.Number, Items: pathOf(cycle, seen.Lead, spans, now), Losses: []LossView{}}
	if !rightsOf(actor).sees(seen.Standing).Open {
		return v, nil
	}
	if seen.Lead.Track != nil {
		v.Track = string(*seen.Lead.Track)
	}
	losses, err := s.store.Losses(ctx, seen)
	for _, l := range losses {
		v.Losses = append(v.Losses, LossView(l))
	}
	return v, err
}

func pathOf(c gate.Cycle, l Lead, spans []Span, now time.Time) []PathStep {
	var out []PathStep
	at := map[Stage]int{}
	add := func(step PathStep) {
		at[step.Stage] = len(out)
		out = append(out, step)
	}
	for _, s := range c.Of(Evidence{}.facts(l).Track) {
		add(PathStep{Stage: Stage(s.Stage), OnTrack: true, LimitDays: s.LimitDays, ChanceBP: s.ChanceBP, Confirm: s.Confirm, Visits: []Visit{}})
	}
	for _, span := range spans {
		if _, known := at[span.Stage]; !known {
			add(PathStep{Stage: span.Stage, Confirm: gate.None, Visits: []Visit{}})
		}
		step := &out[at[span.Stage]]
		visit := Visit{FromAt: span.FromAt, HappenedOn: span.HappenedOn, Entered: span.Entered}
		end := now
		if !clock.IsForever(span.Until) {
			end, visit.Until = span.Until, &span.Until
		}
		visit.Days = clock.DateOf(span.FromAt).DaysUntil(clock.DateOf(end))
		step.Visits, step.Days = append(step.Visits, visit), step.Days+visit.Days
		step.Here = clock.IsForever(span.Until)
	}
	return out
}
