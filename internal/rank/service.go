package rank

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// State says where an assessment stands.
type State string

// The states of an assessment.
const (
	Draft      State = "draft"
	Preview    State = "preview" // every unit sees its own row and may object
	Published  State = "published"
	Superseded State = "superseded" // published once; a later edition holds
)

// Formula is a version of the rules for a group of units, or for all that have
// none of their own.
type Formula struct {
	ID        id.Formula
	GroupCode string
	FromMonth string
	Rules     Rules
	Source    string
	Assumed   bool
	MadeBy    *id.User
	MadeAt    time.Time
}

// Run is the assessment of a month.
type Run struct {
	ID              id.Run
	Month           string
	Edition         int64
	State           State
	Reason          string // why there is another edition
	Formulas        map[string]Used
	Inputs          Inputs
	Scores          []Score
	ObjectionsUntil *time.Time
	MadeBy          *id.User
	MadeAt          time.Time
	WorkedAt        time.Time // when the scores were worked out
	PublishedBy     *id.User
	PublishedAt     *time.Time
	Version         int64
}

// Used is the formula that a group was scored by, as it was.
type Used struct {
	Formula id.Formula `json:"formula_id"`
	From    string     `json:"from_month"`
	Source  string     `json:"source"`
	Assumed bool       `json:"assumed"`
	Rules   Rules      `json:"rules"`
}

// units are those that a run scores.
func (r Run) units() []id.Unit {
	var out []id.Unit
	for _, s := range r.Scores {
		out = append(out, s.Unit)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// open tells whether the run can still change.
func (r Run) open() bool { return r.State == Draft || r.State == Preview }

// Blame is a fault that was entered by hand.
type Blame struct {
	ID     int64
	RunID  id.Run
	UnitID id.Unit
	Fault  Fault
	Count  int64
	Reason string
	UserID *id.User
	At     time.Time
}

// Objection is what a unit holds against its row, and the answer.
type Objection struct {
	ID         id.Objection
	RunID      id.Run
	UnitID     id.Unit
	Text       string
	UserID     *id.User
	At         time.Time
	Answer     string
	Upheld     *bool
	AnsweredBy *id.User
	AnsweredAt *time.Time
}

// Store reads assessments. They hold no rows of leads; who sees what of them
// is decided by the units of the reader.
type Store interface {
	reading
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	People(ctx context.Context, users []id.User) (map[id.User]string, error)
}

type reading interface {
	// Formulas returns every formula, by group and month.
	Formulas(ctx context.Context) ([]Formula, error)
	// Runs returns the runs without their figures, the newest month first.
	Runs(ctx context.Context, read access.Scope) ([]Run, error)
	// Run returns one run. Error: NotFound "ranking.unknown".
	Run(ctx context.Context, read access.Scope, run id.Run) (Run, error)
	Blames(ctx context.Context, run id.Run) ([]Blame, error)
	Objections(ctx context.Context, run id.Run) ([]Objection, error)
}

// Tx is a transaction on assessments.
type Tx interface {
	reading
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// Hold locks a run.
	Hold(ctx context.Context, run id.Run) error
	// InsertFormula writes a formula. Error: Conflict "ranking.formula_exists".
	InsertFormula(ctx context.Context, f *Formula) error
	// InsertRun writes a new run. Error: Conflict "ranking.unfinished".
	InsertRun(ctx context.Context, r *Run) error
	// SaveRun writes over the version before. Error: Conflict "ranking.busy".
	SaveRun(ctx context.Context, r Run) error
	// Supersede ends what is published of a month.
	Supersede(ctx context.Context, month string) error
	AddBlame(ctx context.Context, b Blame) error
	AddObjection(ctx context.Context, o *Objection) error
	// AnswerObjection answers one that has no answer yet; false when it has.
	AnswerObjection(ctx context.Context, o Objection) (bool, error)
}

// City gives the dated facts of the city.
type City interface {
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
	Office(ctx context.Context) (*clock.Office, error)
	Pool(ctx context.Context) (id.Unit, error)
}

// Source gives what units are scored from, as it is known now.
type Source interface {
	Inputs(ctx context.Context, actor access.Actor, month string) (Inputs, error)
}

// The city's numbers.
const (
	ruleOn     = "ranking.on"
	rulePublic = "ranking.public"
	ruleDays   = "ranking.objection_days"
	ruleRed    = "ranking.red_places"
	ruleBlack  = "ranking.black_places"
)

// Service holds the use cases.
type Service struct {
	store  Store
	city   City
	source Source
}

// New returns the use cases over a store.
func New(store Store, city City, source Source) *Service {
	return &Service{store: store, city: city, source: source}
}

// On tells whether the city ranks its units at all.
//
// Error: NotFound "ranking.off".
func (s *Service) On(ctx context.Context) error {
	on, err := s.rule(ctx, ruleOn)
	if err == nil && on == 0 {
		err = fault.New(fault.NotFound, "ranking.off", "The city does not rank its units.")
	}
	return err
}

func (s *Service) rule(ctx context.Context, key string) (int64, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	return s.city.Rule(ctx, key, clock.DateOf(now))
}

// scored works the scores out from what is known now.
func (s *Service) scored(ctx context.Context, actor access.Actor, from reading, r *Run) error {
	in, err := s.source.Inputs(ctx, actor, r.Month)
	if err != nil {
		return err
	}
	if r.ID != 0 {
		blames, err := from.Blames(ctx, r.ID)
		if err != nil {
			return err
		}
		for _, b := range blames {
			in.Counts = append(in.Counts, Count{Unit: b.UnitID, Fault: b.Fault, Count: b.Count})
		}
	}
	formulas, err := from.Formulas(ctx)
	if err != nil {
		return err
	}
	r.Inputs, r.Formulas, r.Scores = in, map[string]Used{}, []Score{}
	for _, g := range in.Groups {
		f, known := inForce(formulas, g.Code, r.Month)
		if !known {
			return fault.New(fault.Conflict, "ranking.no_formula", "No formula holds for the month.")
		}
		r.Formulas[g.Code] = Used{Formula: f.ID, From: f.FromMonth, Source: f.Source, Assumed: f.Assumed, Rules: f.Rules}
		r.Scores = append(r.Scores, f.Rules.Group(g, in)...)
	}
	return nil
}

// inForce is the latest formula of the group that holds in the month, or of
// all groups where it has none of its own.
func inForce(all []Formula, group, month string) (found Formula, known bool) {
	for _, code := range []string{group, ""} {
		for _, f := range all {
			if f.GroupCode == code && f.FromMonth <= month && f.FromMonth >= found.FromMonth {
				found, known = f, true
			}
		}
		if known {
			return found, true
		}
	}
	return found, known
}

// Begin works the assessment of a month out as a draft. A month that was
// published needs a reason for another edition.
//
// Errors: NotFound "ranking.off"; Conflict "ranking.unfinished" while another
// edition is not published, "ranking.no_formula"; Invalid on month, reason.
func (s *Service) Begin(ctx context.Context, actor access.Actor, month, reason string) (RunView, error) {
	var run Run
	if err := s.On(ctx); err != nil {
		return RunView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		if first, err := clock.ParseDate(month + "-01"); err != nil || clock.DateOf(now).Before(first) {
			return fault.BadField("month", "ranking.month")
		}
		run = Run{Month: month, State: Draft, Reason: reason, MadeBy: &actor.User, MadeAt: now, WorkedAt: now, Version: 1, Edition: 1}
		if err := run.edition(ctx, actor, tx); err != nil {
			return err
		}
		if err := s.scored(ctx, actor, tx, &run); err != nil {
			return err
		}
		if err := tx.InsertRun(ctx, &run); err != nil {
			return err
		}
		return tx.Record(ctx, line(actor, run, "begun", reason))
	})
	if err != nil {
		return RunView{}, err
	}
	return s.Run(ctx, actor, run.ID)
}

// edition gives a run the next number of its month, and asks for a reason where
// the month was published.
func (r *Run) edition(ctx context.Context, actor access.Actor, tx Tx) error {
	all, err := tx.Runs(ctx, actor.Scope(access.RankingRead))
	if err != nil {
		return err
	}
	published := false
	for _, one := range all {
		if one.Month == r.Month {
			r.Edition, published = max(r.Edition, one.Edition+1), published || !one.open()
		}
	}
	var bad rules
	bad.text("reason", r.Reason, published, maxText)
	return fault.Broken("input.invalid", bad)
}

func line(actor access.Actor, r Run, act, reason string) event.Line {
	l := actor.Line("ranking."+act, "ranking", int64(r.ID))
	l.Reason = reason
	l.Changes = event.Values{{"month", r.Month}, {"state", string(r.State)}}.Since(nil)
	return l
}

func tell(act string, r Run, by id.User, units []id.Unit) event.Notice {
	return event.Notice{Kind: "ranking." + act, Units: units, By: by, Object: "ranking", ObjectID: int64(r.ID), Params: map[string]string{"reference": r.Month}}
}
