package rank

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// FormulaView is a formula as it leaves the server.
type FormulaView struct {
	ID        id.Formula `json:"id"`
	GroupCode string     `json:"group_code" doc:"Empty: for every group that has none of its own."`
	FromMonth string     `json:"from_month"`
	Rules     Rules      `json:"rules"`
	Source    string     `json:"source"`
	Assumed   bool       `json:"assumed"`
}

func (f Formula) view() FormulaView {
	return FormulaView{ID: f.ID, GroupCode: f.GroupCode, FromMonth: f.FromMonth, Rules: f.Rules, Source: f.Source, Assumed: f.Assumed}
}

// BriefView is an assessment in the list.
type BriefView struct {
	ID              id.Run     `json:"id"`
	Month           string     `json:"month"`
	Edition         int64      `json:"edition"`
	State           State      `json:"state" enum:"draft,preview,published,superseded"`
	Reason          string     `json:"reason" doc:"Why there is another edition."`
	ObjectionsUntil *time.Time `json:"objections_until"`
	WorkedAt        time.Time  `json:"worked_at"`
	PublishedAt     *time.Time `json:"published_at"`
	Version         int64      `json:"version"`
}

// RunsView is the list of assessments.
type RunsView struct {
	Items []BriefView `json:"items"`
	Can   []string    `json:"can"`
}

// ScoreView is a unit's score with its steps and the board it stands on.
type ScoreView struct {
	Score
	Board string `json:"board" enum:"red,black," doc:"Red for the first of a group, black for the last, as the city has set; empty between them."`
}

// RaceView is one indicator of a group, the furthest ahead first.
type RaceView struct {
	Group     string    `json:"group"`
	Indicator string    `json:"indicator"`
	Rows      []RaceRow `json:"rows"`
}

// RaceRow is a unit in a race.
type RaceRow struct {
	UnitID id.Unit `json:"unit_id"`
	Place  int64   `json:"place"`
	Operand
}

// ObjectionView is an objection as it leaves the server.
type ObjectionView struct {
	ID         id.Objection `json:"id"`
	UnitID     id.Unit      `json:"unit_id"`
	Who        string       `json:"who"`
	Text       string       `json:"text"`
	At         time.Time    `json:"at"`
	Answer     string       `json:"answer"`
	Upheld     *bool        `json:"upheld"`
	AnsweredAt *time.Time   `json:"answered_at"`
}

// BlameView is a fault that was entered by hand.
type BlameView struct {
	UnitID id.Unit   `json:"unit_id"`
	Fault  Fault     `json:"fault" enum:"overdue_start,falsified,band_short"`
	Count  int64     `json:"count"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// GroupView is a comparison group and the formula that scored it.
type GroupView struct {
	Code    string `json:"code"`
	NameZH  string `json:"name_zh"`
	NameEN  string `json:"name_en"`
	Formula Used   `json:"formula"`
}

// RunView is an assessment as the caller may see it: all of it, or its own
// units' rows.
type RunView struct {
	BriefView
	Whole      bool            `json:"whole" doc:"Every unit's row is here; else those of the caller's units alone."`
	Groups     []GroupView     `json:"groups"`
	Scores     []ScoreView     `json:"scores"`
	Races      []RaceView      `json:"races"`
	Objections []ObjectionView `json:"objections"`
	Faults     []BlameView     `json:"faults"`
	Can        []string        `json:"can"`
}

func (r Run) brief() BriefView {
	return BriefView{
		ID: r.ID, Month: r.Month, Edition: r.Edition, State: r.State, Reason: r.Reason, ObjectionsUntil: r.ObjectionsUntil, WorkedAt: r.WorkedAt,
		PublishedAt: r.PublishedAt, Version: r.Version,
	}
}

// Formulas lists every formula.
//
// Error: NotFound "ranking.off".
func (s *Service) Formulas(ctx context.Context) ([]FormulaView, error) {
	if err := s.On(ctx); err != nil {
		return nil, err
	}
	all, err := s.store.Formulas(ctx)
	out := make([]FormulaView, 0, len(all))
	for _, f := range all {
		out = append(out, f.view())
	}
	return out, err
}

// Runs lists the assessments that the caller may open, the newest month first.
//
// Error: NotFound "ranking.off".
func (s *Service) Runs(ctx context.Context, actor access.Actor) (RunsView, error) {
	out := RunsView{Items: []BriefView{}, Can: []string{}}
	if err := s.On(ctx); err != nil {
		return out, err
	}
	all, err := s.store.Runs(ctx, actor.Scope(access.RankingRead))
	if err != nil {
		return out, err
	}
	for _, r := range all {
		out.Items = append(out.Items, r.brief())
	}
	if actor.Holds(access.RankingPrepare) {
		out.Can = append(out.Can, "prepare")
	}
	return out, nil
}

// Check tells before the body is read whether the run is there for the caller.
//
// Errors: NotFound "ranking.off", "ranking.unknown".
func (s *Service) Check(ctx context.Context, actor access.Actor, run id.Run) error {
	if err := s.On(ctx); err != nil {
		return err
	}
	_, err := s.store.Run(ctx, actor.Scope(access.RankingRead), run)
	return err
}

// Run returns an assessment: all of it for the bureau and the leaders, and
// once it is published for everybody where the city has decided so; else the
// rows of the caller's own units.
//
// Errors: NotFound "ranking.off", "ranking.unknown".
func (s *Service) Run(ctx context.Context, actor access.Actor, run id.Run) (RunView, error) {
	if err := s.On(ctx); err != nil {
		return RunView{}, err
	}
	read := actor.Scope(access.RankingRead)
	r, err := s.store.Run(ctx, read, run)
	if err != nil {
		return RunView{}, err
	}
	public, err := s.rule(ctx, rulePublic)
	if err != nil {
		return RunView{}, err
	}
	v := RunView{
		BriefView: r.brief(), Whole: read.Any() || public == 1 && !r.open(), Groups: []GroupView{}, Scores: []ScoreView{}, Races: []RaceView{},
		Objections: []ObjectionView{}, Faults: []BlameView{}, Can: []string{},
	}
	mine := func(u id.Unit) bool { return slices.Contains(read.Units(), u) }
	if err := s.table(ctx, &v, r, mine); err != nil {
		return v, err
	}
	if err := s.said(ctx, &v, run, func(u id.Unit) bool { return read.Any() || mine(u) }); err != nil {
		return v, err
	}
	now, err := s.store.Now(ctx)
	v.Can = r.can(actor, now)
	return v, err
}

// table puts groups, scores and races into the view.
func (s *Service) table(ctx context.Context, v *RunView, r Run, mine func(id.Unit) bool) error {
	red, err := s.rule(ctx, ruleRed)
	if err != nil {
		return err
	}
	black, err := s.rule(ctx, ruleBlack)
	if err != nil {
		return err
	}
	for _, g := range r.Inputs.Groups {
		of := slices.DeleteFunc(slices.Clone(r.Scores), func(one Score) bool { return one.Group != g.Code })
		shown := boarded(of, red, black)
		if !v.Whole {
			shown = slices.DeleteFunc(shown, func(one ScoreView) bool { return !mine(one.Unit) })
		}
		if len(shown) == 0 {
			continue
		}
		v.Scores = append(v.Scores, shown...)
		v.Groups = append(v.Groups, GroupView{Code: g.Code, NameZH: g.NameZH, NameEN: g.NameEN, Formula: r.Formulas[g.Code]})
		if v.Whole {
			v.Races = append(v.Races, races(g, of)...)
		}
	}
	return nil
}

// boarded marks the first of a group red and the last black; a group too small
// for both has its first alone.
func boarded(scores []Score, red, black int64) []ScoreView {
	out := make([]ScoreView, 0, len(scores))
	var ranked int64
	for _, s := range scores {
		if s.Place > 0 {
			ranked++
		}
	}
	for n, s := range scores {
		v := ScoreView{Score: s}
		switch {
		case s.Place == 0:
		case s.Place <= red && ranked > red:
			v.Board = "red"
		case int64(n) >= ranked-black && ranked > red+black:
			v.Board = "black"
		}
		out = append(out, v)
	}
	return out
}

// races orders the units of a group by how far each is with one indicator.
func races(g Group, scores []Score) []RaceView {
	by := map[string][]RaceRow{}
	var names []string
	for _, s := range scores {
		for _, op := range s.operands() {
			if by[op.Indicator] == nil {
				names = append(names, op.Indicator)
			}
			by[op.Indicator] = append(by[op.Indicator], RaceRow{UnitID: s.Unit, Operand: op})
		}
	}
	out := make([]RaceView, 0, len(names))
	for _, name := range names {
		rows := by[name]
		slices.SortFunc(rows, func(a, b RaceRow) int {
			return cmp.Or(cmp.Compare(b.RatioPPM, a.RatioPPM), cmp.Compare(a.UnitID, b.UnitID))
		})
		for n := range rows {
			rows[n].Place = int64(n + 1)
			if n > 0 && rows[n-1].RatioPPM == rows[n].RatioPPM {
				rows[n].Place = rows[n-1].Place
			}
		}
		out = append(out, RaceView{Group: g.Code, Indicator: name, Rows: rows})
	}
	return out
}

// operands are the figures with a target that a score used, each once.
func (s Score) operands() []Operand {
	var out []Operand
	for _, step := range s.Steps {
		for _, op := range step.Operands {
			if op.Target > 0 && !slices.ContainsFunc(out, func(o Operand) bool { return o.Indicator == op.Indicator }) {
				out = append(out, op)
			}
		}
	}
	return out
}

// said puts objections and faults entered by hand into the view.
func (s *Service) said(ctx context.Context, v *RunView, run id.Run, sees func(id.Unit) bool) error {
	objections, err := s.store.Objections(ctx, run)
	if err != nil {
		return err
	}
	var users []id.User
	for _, o := range objections {
		if o.UserID != nil {
			users = append(users, *o.UserID)
		}
	}
	people, err := s.store.People(ctx, users)
	if err != nil {
		return err
	}
	for _, o := range objections {
		if !sees(o.UnitID) {
			continue
		}
		one := ObjectionView{ID: o.ID, UnitID: o.UnitID, Text: o.Text, At: o.At, Answer: o.Answer, Upheld: o.Upheld, AnsweredAt: o.AnsweredAt}
		if o.UserID != nil {
			one.Who = people[*o.UserID]
		}
		v.Objections = append(v.Objections, one)
	}
	blames, err := s.store.Blames(ctx, run)
	for _, b := range blames {
		if sees(b.UnitID) {
			v.Faults = append(v.Faults, BlameView{UnitID: b.UnitID, Fault: b.Fault, Count: b.Count, Reason: b.Reason, At: b.At})
		}
	}
	return err
}

// can lists what the actor may do with a run.
func (r Run) can(actor access.Actor, now time.Time) []string {
	out := []string{}
	if !r.open() {
		return out
	}
	if actor.Holds(access.RankingPrepare) {
		out = append(out, "recompute", "charge", "answer")
		if r.State == Draft {
			out = append(out, "preview")
		}
	}
	if r.State != Preview {
		return out
	}
	over := now.After(*r.ObjectionsUntil)
	switch {
	case over && actor.Holds(access.RankingPublish):
		out = append(out, "publish")
	case !over && r.ranks(actor):
		out = append(out, "object")
	}
	return out
}

// ranks tells whether the run scores a unit that the actor may object for.
func (r Run) ranks(actor access.Actor) bool {
	units := r.units()
	return slices.ContainsFunc(actor.UnitsWith(access.RankingObject), func(u id.Unit) bool {
		return slices.Contains(units, u) && (actor.Acting == 0 || actor.Acting == u)
	})
}
