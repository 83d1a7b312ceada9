package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
)

// Entered says what let a lead into a stage.
type Entered string

// What lets a lead in. Only by the gate was it looked at what the stage needs.
const (
	ByCreation Entered = "created"
	ByGate     Entered = "gate"
	ByReport   Entered = "reported"
	TakenOver  Entered = "taken_over"
	ByMerge    Entered = "merge"
	BeforeGate Entered = "before" // there was a gate
)

// Span is the time of a lead in one stage; the spans of a lead tile its life.
type Span struct {
	ID          int64
	LeadID      id.Lead
	Stage       Stage
	FromAt      time.Time
	Until       time.Time // for ever while it lasts
	HappenedOn  *clock.Date
	Entered     Entered
	LifecycleID *id.Lifecycle
}

// Evidence is what a lead has to show at the gate beside its own fields.
type Evidence struct {
	Files     map[string]bool
	Confirmed map[string]bool
	Fair      bool // the latest fair-competition conclusion lets it pass
	Review    bool // the newest admission review lets it pass where it lands
	Land      map[string]bool
	Main      Stage // the last stage of the main line that it was in
}

// Loss is the place that a project was lost to.
type Loss struct {
	LostOn   clock.Date
	Place    string
	Province string
	Country  string
	Reason   string
}

// passing is a change of a locked lead's stage. Every one, from whichever
// page, job or order it comes, goes through walk.
type passing struct {
	seen     Seen
	after    Lead
	at       time.Time
	reason   string
	happened *clock.Date
	entered  Entered
	cycle    *id.Lifecycle
	used     []string // stages whose confirmation it uses up
	loss     *Loss
}

// walk writes a change of stage: the lead, its spans and the entry of its
// stream, the audit line. It is the only caller of Tx.Move.
func (p passing) walk(ctx context.Context, tx Tx, actor access.Actor) (Lead, error) {
	after, before := p.after, p.seen.Lead
	span := Span{LeadID: before.ID, Stage: after.Stage, FromAt: p.at, Until: clock.Forever(), HappenedOn: p.happened, Entered: p.entered, LifecycleID: p.cycle}
	if err := tx.Move(ctx, p.seen, &after, span); err != nil {
		return after, err
	}
	if len(p.used) > 0 {
		if err := tx.UseConfirmations(ctx, p.seen, p.used, p.at); err != nil {
			return after, err
		}
	}
	if p.loss != nil {
		if err := tx.AddLoss(ctx, p.seen, *p.loss, actor); err != nil {
			return after, err
		}
	}
	if err := followDone(ctx, tx, p.seen, after, p.at); err != nil {
		return after, err
	}
	a := activity(actor, after, ActStage, after.ActivityAt)
	a.FromStage, a.ToStage, a.HappenedOn, a.Reason = &before.Stage, &after.Stage, p.happened, p.reason
	a.Fields, a.LeadVersion = Names{"stage"}, &after.Version
	if err := tx.AddActivity(ctx, &a); err != nil {
		return after, err
	}
	l := line(actor, after, "lead.stage_changed")
	l.Reason = p.reason
	l.Changes = []event.Change{{Field: "stage", Before: string(before.Stage), After: string(after.Stage)}}
	return after, tx.Record(ctx, l)
}

// facts is what the gate asks about a lead.
func (e Evidence) facts(l Lead) gate.Facts {
	f := gate.Facts{Track: gate.General, PlannedCents: l.PlannedCents, Fields: l.said(), Files: e.Files, Confirmed: e.Confirmed, Fair: e.Fair, Review: e.Review, Land: e.Land}
	if l.Track != nil {
		f.Track = string(*l.Track)
	}
	f.Register = map[string]bool{"duplicate_clear": !l.inProtection(ProtectionPending)}
	return f
}

// said tells which of the gate's fields say something.
func (l *Lead) said() map[string]bool {
	word := func(s *string) bool { return s != nil && *s != "" }
	return map[string]bool{
		"investor_name": word(l.InvestorName), "credit_code": word(l.CreditCode), "parent_name": word(l.ParentName),
		"country": word(l.Country), "introducer": word(l.Introducer), "location_code": word(l.LocationCode),
		"park_id": l.ParkID != nil, "chain": word(l.Chain), "track": l.Track != nil, "planned_cents": l.PlannedCents != nil,
		"fixed_assets_cents": l.FixedAssetsCents != nil, "output_cents": l.OutputCents != nil, "tax_cents": l.TaxCents != nil,
		"site_need": l.LandSqm != nil || l.FloorSqm != nil, "product": word(l.Product), "summary": word(l.Summary),
		"first_contact_on": l.FirstContactOn != nil, "expected_sign_on": l.ExpectedSignOn != nil,
		"binding": l.Binding != nil && *l.Binding,
	}
}

// look tells what a move of the lead to a stage needs and how it leads there.
func look(c gate.Cycle, l Lead, e Evidence, to Stage) gate.Passage {
	from, _ := l.Stage.Info()
	aim, _ := to.Info()
	switch {
	case to == l.Stage:
		return gate.Passage{To: string(to), Way: gate.Same}
	case aim.Ended:
		return gate.Passage{To: string(to), Way: gate.End, Pass: []access.Permission{access.LeadLose}}
	case aim.Side:
		return gate.Passage{To: string(to), Way: gate.Pause, Pass: []access.Permission{access.LeadPause}}
	}
	p := c.Look(e.facts(l), string(e.Main), string(to))
	switch {
	case from.Ended:
		p.Pass = append(p.Pass, access.LeadReopen)
	case from.Side:
		p.Pass = append(p.Pass, access.LeadPause)
	}
	return p
}

// wants tells whether a way asks for a reason.
func wants(w gate.Way, from Stage) bool {
	at, _ := from.Info()
	return w != gate.Forward || at.Side
}

// admit lets a locked lead pass to a stage, or says why not: first who may,
// then everything that is missing at once.
func admit(ctx context.Context, tx Tx, actor access.Actor, seen Seen, m Move) (gate.Passage, id.Lifecycle, error) {
	cycle, err := tx.Lifecycle(ctx, clock.DateOf(tx.Now(ctx)))
	if err != nil {
		return gate.Passage{}, 0, err
	}
	evidence, err := tx.Evidence(ctx, seen)
	if err != nil {
		return gate.Passage{}, 0, err
	}
	p := look(cycle, seen.Lead, evidence, m.To)
	if p.Way == gate.Off {
		return p, 0, fault.New(fault.Conflict, "stage.off_track", "The project's track leaves the stage out.")
	}
	for _, needed := range p.Pass {
		if !actor.ActScope(needed).Covers(seen.Standing) {
			return p, 0, refusedWay(needed)
		}
	}
	if wants(p.Way, seen.Lead.Stage) && m.Reason == "" {
		return p, 0, fault.BadField("reason", "required")
	}
	if missing := p.Missing(); len(missing) > 0 {
		return p, 0, fault.New(fault.Conflict, "stage.gate", "Something that the stage needs is missing.").
			With("missing", needsOf(missing)).With("lifecycle", cycle.Number)
	}
	return p, cycle.ID, nil
}

// refusedWay names what the caller may not do.
func refusedWay(p access.Permission) error {
	code := map[access.Permission]string{
		access.LeadPassGate: "stage.pass", access.LeadSkipStage: "stage.skip", access.LeadStepBack: "stage.back",
		access.LeadPause: "stage.pause", access.LeadLose: "stage.lose", access.LeadReopen: "stage.reopen",
	}[p]
	if code == "" {
		code = "forbidden"
	}
	return fault.New(fault.Forbidden, code, "The caller may not move a lead this way.")
}
