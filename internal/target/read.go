package target

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// TreeView is the tree of a year as far as the person reads it.
type TreeView struct {
	YearView
	Units        []UnitView      `json:"units"`
	Indicators   []IndicatorView `json:"indicators" doc:"Those in force in the year, each as it was last."`
	Limits       []LimitView     `json:"limits"`
	ClosedMonths []int           `json:"closed_months"`
	Cells        []CellView      `json:"cells"`
}

// UnitView is a row of the tree.
type UnitView struct {
	UnitID       id.Unit `json:"unit_id"`
	ParentUnitID id.Unit `json:"parent_unit_id" doc:"0: the city."`
	Kind         string  `json:"kind"`
	NameZH       string  `json:"name_zh"`
	NameEN       string  `json:"name_en"`
	// Edits is year (every cell), months or none; Why says what is read only.
	Edits string `json:"edits" enum:"year,months,none"`
	Why   string `json:"why" enum:"city,bureau,none,submitted" doc:"Why something of the row cannot be edited."`
}

// CellView is one target with what is left of it.
type CellView struct {
	UnitID         id.Unit `json:"unit_id"`
	ParentUnitID   id.Unit `json:"parent_unit_id"`
	Indicator      string  `json:"indicator"`
	Month          *int    `json:"month" doc:"None: the year."`
	Value          *int64  `json:"value"`
	Remainder      *int64  `json:"remainder" doc:"The value less those of the units below; none where the caller does not read them all."`
	MonthRemainder *int64  `json:"month_remainder,omitempty" doc:"Of a year: the value less those of the months."`
	Version        int64   `json:"version"`
}

// LimitView is a limit as it leaves the server.
type LimitView struct {
	Indicator     string    `json:"indicator" doc:"Empty: every indicator without a limit of its own."`
	SumRule       SumRule   `json:"sum_rule"`
	QuarterMinPPM int64     `json:"quarter_min_ppm"`
	QuarterMaxPPM int64     `json:"quarter_max_ppm"`
	Source        string    `json:"source"`
	MadeAt        time.Time `json:"made_at"`
}

func (l Limit) view() LimitView {
	return LimitView{Indicator: l.Indicator, SumRule: l.SumRule, QuarterMinPPM: l.QuarterMinPPM, QuarterMaxPPM: l.QuarterMaxPPM, Source: l.Source, MadeAt: l.MadeAt}
}

// Tree returns the targets of a year; with an edition those that were approved
// as it.
//
// Errors: NotFound "target.no_edition".
func (s *Service) Tree(ctx context.Context, actor access.Actor, year int, w WantTree) (TreeView, error) {
	head, err := s.Year(ctx, actor, year)
	if err != nil {
		return TreeView{}, err
	}
	forest, err := s.forest(ctx, year)
	if err != nil {
		return TreeView{}, err
	}
	known, err := s.inYear(ctx, actor, year)
	if err != nil {
		return TreeView{}, err
	}
	cells, err := s.cellsOf(ctx, year, w)
	if err != nil {
		return TreeView{}, err
	}
	reads := s.visible(actor, forest)
	v := TreeView{YearView: head, Indicators: known, Units: s.rows(actor, forest, reads, head.State), Limits: []LimitView{}}
	limits, err := s.store.Limits(ctx, year)
	if err != nil {
		return v, err
	}
	for _, l := range limits {
		v.Limits = append(v.Limits, l.view())
	}
	v.Cells = views(forest, reads, cells, w.Units)
	v.ClosedMonths, err = s.closedMonths(ctx, year)
	return v, err
}

// WantTree narrows a tree.
type WantTree struct {
	Indicators []string
	Units      []id.Unit
	Edition    int64 // 0: as it stands
}

// inYear returns the indicators in force in a year, each as it was last.
func (s *Service) inYear(ctx context.Context, actor access.Actor, year int) ([]IndicatorView, error) {
	all, err := s.store.Indicators(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	out := []IndicatorView{}
	for _, i := range lastIn(all, year) {
		out = append(out, i.view(actor, now))
	}
	return out, err
}

func lastIn(all []Indicator, year int) []Indicator {
	var out []Indicator
	for _, i := range all {
		if !i.In(year) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Code == i.Code {
			out[n-1] = i
			continue
		}
		out = append(out, i)
	}
	return out
}

func (s *Service) rows(actor access.Actor, forest Forest, reads sight, state YearState) []UnitView {
	e := editor{
		all: actor.Scope(access.TargetEdit).Any() || actor.Scope(access.TargetCorrect).Any(), waits: state == Submitted,
		own: actor.Scope(access.TargetSplit).Only(access.Owner).Units(), below: map[id.Unit]bool{},
	}
	for _, u := range e.own {
		for under := range forest.Under(u) {
			e.below[under] = e.below[under] || under != u
		}
	}
	out := []UnitView{}
	for _, u := range append([]Unit{{NameZH: "全市", NameEN: "The whole city", Kind: "city"}}, forest.units...) {
		if reads.row(u.ID) {
			out = append(out, e.view(u))
		}
	}
	return out
}

// editor is what a person may edit.
type editor struct {
	all, waits bool
	own        []id.Unit
	below      map[id.Unit]bool
}

func (e editor) view(u Unit) UnitView {
	v := UnitView{UnitID: u.ID, ParentUnitID: u.Parent, Kind: u.Kind, NameZH: u.NameZH, NameEN: u.NameEN, Edits: "none", Why: "none"}
	switch {
	case e.all || e.below[u.ID]:
		v.Edits = "year"
	case slices.Contains(e.own, u.ID):
		v.Edits, v.Why = "months", "bureau"
	case u.ID == TheCity:
		v.Why = "city"
	default:
		v.Why = "bureau"
	}
	if e.waits && v.Edits != "none" {
		v.Edits, v.Why = "none", "submitted"
	}
	return v
}

// cellsOf returns the cells as they stand, or as an edition was approved.
func (s *Service) cellsOf(ctx context.Context, year int, w WantTree) ([]Cell, error) {
	if w.Edition == 0 {
		return s.store.Cells(ctx, year, w.Indicators)
	}
	acts, err := s.store.Acts(ctx, year)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(acts, func(a Act) bool { return a.Act == "approved" && a.Edition == w.Edition })
	if at < 0 {
		return nil, noEdition()
	}
	if acts[at].LastChange == 0 {
		return nil, nil
	}
	changes, err := s.store.Changes(ctx, WantChanges{Year: year, Until: acts[at].LastChange})
	if err != nil {
		return nil, err
	}
	return w.replayed(changes), nil
}

// replayed are the cells as a row of changes leaves them.
func (w WantTree) replayed(changes []Change) []Cell {
	last := map[Key]Cell{}
	for _, c := range changes {
		if len(w.Indicators) == 0 || slices.Contains(w.Indicators, c.Indicator) {
			last[c.Key] = Cell{Key: c.Key, Value: c.Value, Version: c.Version}
		}
	}
	out := make([]Cell, 0, len(last))
	for _, c := range last {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Cell) int { return a.compare(b.Key) })
	return out
}

func views(forest Forest, reads sight, cells []Cell, only []id.Unit) []CellView {
	sums := NewSums(forest, cells)
	out := make([]CellView, 0, len(cells))
	for _, c := range cells {
		if !forest.Has(c.UnitID) || !reads.row(c.UnitID) || len(only) > 0 && !slices.Contains(only, c.UnitID) {
			continue
		}
		v := CellView{UnitID: c.UnitID, ParentUnitID: forest.byID[c.UnitID].Parent, Indicator: c.Indicator, Value: c.Value, Version: c.Version}
		if c.UnitID != TheCity || reads.all {
			left := sums.Remainder(c.Key)
			v.Remainder = &left
		}
		if c.Month > 0 {
			m := c.Month
			v.Month = &m
		} else {
			left := sums.MonthRemainder(c.Key)
			v.MonthRemainder = &left
		}
		out = append(out, v)
	}
	return out
}

func (s *Service) closedMonths(ctx context.Context, year int) ([]int, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	today := clock.DateOf(now)
	closing, err := s.city.Rule(ctx, "target_close_day", today)
	out := []int{}
	for m := 1; m <= 12; m++ {
		if ClosedOn(year, m, today, closing) {
			out = append(out, m)
		}
	}
	return out, err
}

// ChangeView is a change of a cell as it leaves the server.
type ChangeView struct {
	Was     *int64     `json:"was"`
	Value   *int64     `json:"value"`
	Version int64      `json:"version"`
	Kind    ChangeKind `json:"kind"`
	Reason  string     `json:"reason"`
	UserID  id.User    `json:"user_id"`
	Person  string     `json:"person"`
	UnitID  id.Unit    `json:"unit_id" doc:"The unit that it was done for."`
	At      time.Time  `json:"at"`
}

// History returns the changes of one cell, the oldest first.
//
// Errors: NotFound "target.unknown" for a row that the person does not read.
func (s *Service) History(ctx context.Context, actor access.Actor, year int, k Key) ([]ChangeView, error) {
	forest, err := s.forest(ctx, year)
	if err != nil {
		return nil, err
	}
	if !forest.Has(k.UnitID) || !s.visible(actor, forest).row(k.UnitID) {
		return nil, unknownRow()
	}
	changes, err := s.store.Changes(ctx, WantChanges{Year: year, Cell: &k, Limit: 500})
	if err != nil {
		return nil, err
	}
	var users []id.User
	for _, c := range changes {
		users = append(users, c.UserID)
	}
	names, err := s.store.People(ctx, users)
	out := make([]ChangeView, 0, len(changes))
	for _, c := range changes {
		out = append(out, ChangeView{
			Was: c.Was, Value: c.Value, Version: c.Version, Kind: c.Kind, Reason: c.Reason, UserID: c.UserID, Person: names[c.UserID],
			UnitID: c.ActingUnitID, At: c.At,
		})
	}
	return out, err
}

// SetLimit sets within what the units split a year from now on.
//
// Errors: Invalid by field.
func (s *Service) SetLimit(ctx context.Context, actor access.Actor, l Limit) (LimitView, error) {
	if err := l.check(); err != nil {
		return LimitView{}, err
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		known, err := tx.Indicators(ctx)
		if err != nil {
			return err
		}
		if l.Indicator != "" && !slices.ContainsFunc(known, func(i Indicator) bool { return i.Code == l.Indicator }) {
			return unknownIndicator()
		}
		l.MadeBy, l.MadeAt = actor.User, tx.Now(ctx)
		if err := tx.InsertLimit(ctx, &l); err != nil {
			return err
		}
		return tx.Record(ctx, line(actor, "target.limited", l.Year, l.Source))
	})
	return l.view(), err
}
