package demo

import (
	"slices"
	"sort"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// clocksSince is how far back the reports of progress of a made world are
// kept, in days: the on-time page looks at 90, and a lead of years would have
// a hundred of them.
const clocksSince = 120

// clocked lets the clocks of an invented life run as its acts would have let
// them run. What was taken over from a public report owes nothing: nobody
// here answered for it then.
func (s *scene) clocked(l leadstore.Life) leadstore.Life {
	now := s.now
	if !l.Lead.Invented {
		return l
	}
	l.Notes = slices.Clone(l.Notes)
	for i := range l.Notes {
		l.Notes[i].Kind = lead.NoteProgress
		if i == 0 {
			l.Notes[i].Kind = lead.NoteFeedback // the first talk answers who came
		}
	}
	p := &past{pace: s.pace, now: now, lead: l.Lead, open: map[lead.ClockKind]lead.Clock{}, since: now.AddDate(0, 0, -clocksSince)}
	for _, act := range actsOf(l) {
		act.do(p)
	}
	p.offers(l.Handoffs)
	for _, c := range p.open {
		p.done = append(p.done, p.pace.Warned(c, now))
	}
	sort.SliceStable(p.done, func(i, j int) bool {
		a, b := p.done[i], p.done[j]
		return a.StartedAt.Before(b.StartedAt) || a.StartedAt.Equal(b.StartedAt) && a.Kind < b.Kind
	})
	l.Clocks = p.done
	return l
}

// past walks through what happened to a lead.
type past struct {
	pace  lead.Pace
	now   time.Time
	since time.Time
	lead  lead.Lead
	unit  id.Unit
	stage lead.Stage
	open  map[lead.ClockKind]lead.Clock
	done  []lead.Clock
}

// act is one thing that happened; those of one instant keep their order.
type act struct {
	at time.Time
	do func(*past)
}

// actsOf lists what moves clocks, in time: who is responsible, the stage, and
// what was written down.
func actsOf(l leadstore.Life) []act {
	var out []act
	for _, part := range l.Parts {
		if part.Part == access.Owner {
			out = append(out, act{part.FromAt, func(p *past) { p.holds(part.UnitID, part.FromAt) }})
		}
	}
	for _, a := range l.Activities {
		if a.ToStage != nil {
			out = append(out, act{a.At, func(p *past) { p.moves(*a.ToStage, a.At) }})
		}
	}
	for _, n := range l.Notes {
		out = append(out, act{n.CreatedAt, func(p *past) { p.reports(n.Kind, n.CreatedAt) }})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at.Before(out[j].at) })
	return out
}

func (p *past) start(kind lead.ClockKind, at time.Time) {
	c := lead.ClockStart{Kind: kind, UnitID: p.unit, At: at, Pace: p.pace}.Clock(0)
	c.Invented = true
	p.open[kind] = c
}

// end ends a clock that runs; reports of progress long ago are left out.
func (p *past) end(kind lead.ClockKind, at time.Time, cancelled bool) {
	c, runs := p.open[kind]
	if !runs {
		return
	}
	delete(p.open, kind)
	if kind != lead.ClockProgress || !at.Before(p.since) {
		p.done = append(p.done, c.Ended(at, cancelled))
	}
}

func (p *past) holds(unit id.Unit, at time.Time) {
	first := p.unit == 0
	_, answer := p.open[lead.ClockFeedback]
	for _, kind := range []lead.ClockKind{lead.ClockTriage, lead.ClockFeedback, lead.ClockProgress} {
		p.end(kind, at, true)
	}
	p.unit = unit
	if first {
		p.stage = lead.StageLead
	}
	for _, kind := range p.pace.Owed(p.stage) {
		p.start(kind, at)
	}
	if first || answer {
		p.start(lead.ClockFeedback, at)
	}
}

func (p *past) moves(to lead.Stage, at time.Time) {
	from := p.stage
	p.stage = to
	if from == lead.StageLead {
		p.end(lead.ClockTriage, at, to.Ended())
		p.end(lead.ClockFeedback, at, to.Ended()) // who is taken on has been answered
	}
	owed := p.pace.Owed(to)
	p.end(lead.ClockProgress, at, to.Ended() || to == lead.Suspended)
	if to.Ended() || to == lead.Suspended {
		p.end(lead.ClockTriage, at, true)
		p.end(lead.ClockFeedback, at, true)
		return
	}
	for _, kind := range owed {
		if _, runs := p.open[kind]; !runs {
			p.start(kind, at)
		}
	}
}

// reports ends what a note stands for.
func (p *past) reports(kind lead.NoteKind, at time.Time) {
	if kind == lead.NoteFeedback {
		p.end(lead.ClockFeedback, at, false)
	}
	if _, runs := p.open[lead.ClockProgress]; runs && kind != lead.PlainNote {
		p.end(lead.ClockProgress, at, false)
		p.start(lead.ClockProgress, at)
	}
}

// offers are the clocks of the units that were to answer.
func (p *past) offers(handoffs []lead.Handoff) {
	for i, h := range handoffs {
		place := id.Handoff(i + 1)
		c := lead.ClockStart{Kind: lead.ClockAnswer, UnitID: h.ToUnitID, HandoffID: &place, At: h.OfferedAt, DueAt: h.DueAt, Pace: p.pace}.Clock(0)
		c.Invented = true
		switch {
		case h.AnsweredAt != nil:
			c = c.Ended(*h.AnsweredAt, h.State == lead.WithdrawnOffer)
		case !p.now.Before(h.DueAt):
			c = c.Ended(h.DueAt, false)
		default:
			c = p.pace.Warned(c, p.now)
		}
		p.done = append(p.done, c)
	}
}
