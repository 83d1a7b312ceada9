package target

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// MaxBatch is how many cells one batch may hold.
const MaxBatch = 500

// CellEdit is a new value of a cell over the version that the person saw.
type CellEdit struct {
	Key
	Value   *int64
	Version int64
}

// Batch is a set of edits that are accepted together or not at all. Correct
// lets the bureau change what is closed.
type Batch struct {
	Year    int
	Edits   []CellEdit
	Reason  string
	Correct bool
	DryRun  bool
}

// Clash is a cell that somebody else changed meanwhile.
type Clash struct {
	Indicator string  `json:"indicator"`
	UnitID    id.Unit `json:"unit_id"`
	Month     int     `json:"month"`
	Yours     *int64  `json:"yours"`
	Theirs    *int64  `json:"theirs"`
	Version   int64   `json:"version"`
}

// editing is one batch at work.
type editing struct {
	s       *Service
	tx      Tx
	actor   access.Actor
	batch   Batch
	now     time.Time
	year    Year
	forest  Forest
	known   []Indicator
	cells   map[Key]Cell
	closing int64
	all     bool // the person edits every row
	own     map[id.Unit]bool
	below   map[id.Unit]bool // strictly below a unit of his
}

// Edit writes a batch of cells, all or none. The bureau edits every cell; a
// unit the months of its own row and every cell of the units below it, within
// the bureau's limits. After the approval a reason is needed and the change is
// kept as a correction; a month that is closed changes by Correct alone.
//
// Errors: Conflict "target.clash" that names each cell that somebody else
// changed, with both values; Conflict "target.closed", "target.limit";
// Forbidden "forbidden"; NotFound "target.unknown" for a row that the person
// does not read; Invalid by field.
func (s *Service) Edit(ctx context.Context, actor access.Actor, b Batch) (int, error) {
	b.Reason = strings.TrimSpace(b.Reason)
	forest, err := s.forest(ctx, b.Year)
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.store.InTx(ctx, func(tx Tx) error {
		e := editing{s: s, tx: tx, actor: actor, batch: b, forest: forest}
		if err := e.begin(ctx); err != nil {
			return err
		}
		n = len(e.batch.Edits)
		return e.write(ctx)
	})
	return n, err
}

func (e *editing) begin(ctx context.Context) (err error) {
	if e.year, err = e.tx.HoldYear(ctx, e.batch.Year, false); err != nil {
		return err
	}
	e.now = e.tx.Now(ctx)
	if e.known, err = e.tx.Indicators(ctx); err != nil {
		return err
	}
	if e.closing, err = e.s.city.Rule(ctx, "target_close_day", clock.DateOf(e.now)); err != nil {
		return err
	}
	permission := access.TargetEdit
	if e.batch.Correct {
		permission = access.TargetCorrect
	}
	e.all = e.actor.ActScope(permission).Any()
	var mine []id.Unit
	if !e.batch.Correct {
		mine = e.actor.ActScope(access.TargetSplit).Only(access.Owner).Units()
	}
	e.own, e.below = map[id.Unit]bool{}, map[id.Unit]bool{}
	for _, u := range mine {
		e.own[u] = true
		for under := range e.forest.Under(u) {
			e.below[under] = e.below[under] || under != u
		}
	}
	err = e.check()
	e.batch.Edits = slices.SortedFunc(slices.Values(e.batch.Edits), func(a, b CellEdit) int { return a.compare(b.Key) })
	return err
}

// check compares the batch with everything that needs no other row: what the
// person may read comes first, so that nobody learns of rows by trying.
func (e *editing) check() error {
	reads := e.s.visible(e.actor, e.forest)
	var bad broken
	seen := map[Key]bool{}
	for n, c := range e.batch.Edits {
		if !e.forest.Has(c.UnitID) || !reads.row(c.UnitID) {
			return unknownRow()
		}
		field := "cells[" + strconv.Itoa(n) + "]."
		e.checkCell(&bad, field, c)
		if seen[c.Key] {
			bad.add(field+"month", "doubled")
		}
		seen[c.Key] = true
	}
	if e.year.State == Approved || e.batch.Correct || e.batch.Reason != "" {
		bad.line("reason", e.batch.Reason, maxText)
	}
	if err := bad.err(); err != nil {
		return err
	}
	return e.rights()
}

func (e *editing) checkCell(bad *broken, field string, c CellEdit) {
	i, known := e.indicator(c.Indicator)
	bad.oneOf(field+"indicator", known && i.ValueSource != Derived)
	bad.between(field+"month", int64(c.Month), 0, 12)
	if c.Value != nil {
		bad.between(field+"value", *c.Value, 0, maxValue)
	}
}

func (e *editing) rights() error {
	today := clock.DateOf(e.now)
	for _, c := range e.batch.Edits {
		if !e.all && !e.below[c.UnitID] && (!e.own[c.UnitID] || c.Month == 0) {
			return fault.New(fault.Forbidden, "forbidden", "The caller may read the row but not change this cell.")
		}
		if e.year.State == Submitted {
			return fault.New(fault.Conflict, "target.submitted", "The year waits for its approval.")
		}
		if c.Month > 0 && ClosedOn(e.batch.Year, c.Month, today, e.closing) && !e.batch.Correct {
			return fault.New(fault.Conflict, "target.closed", "The month is closed.").With("month", c.Month)
		}
	}
	return nil
}

func (e *editing) indicator(code string) (Indicator, bool) {
	at := slices.IndexFunc(e.known, func(i Indicator) bool { return i.Code == code && i.In(e.batch.Year) })
	if at < 0 {
		return Indicator{}, false
	}
	return e.known[at], true
}

// write holds the rows, compares the versions and writes.
func (e *editing) write(ctx context.Context) error {
	if len(e.batch.Edits) == 0 {
		return nil
	}
	if err := e.tx.HoldRows(ctx, e.batch.Year, e.rows()); err != nil {
		return err
	}
	if err := e.read(ctx); err != nil {
		return err
	}
	cells, err := e.over()
	if err != nil {
		return err
	}
	if err := e.limits(ctx); err != nil || e.batch.DryRun {
		return err
	}
	n, err := e.tx.WriteCells(ctx, e.batch.Year, cells)
	if err != nil {
		return err
	}
	if n != len(cells) {
		return e.lost(ctx)
	}
	return e.keep(ctx)
}

// over are the cells as they are to be written; one that is no longer as the
// person saw it stops the batch.
func (e *editing) over() ([]Cell, error) {
	cells := make([]Cell, 0, len(e.batch.Edits))
	var clashes []Clash
	for _, c := range e.batch.Edits {
		if now := e.cells[c.Key]; now.Version != c.Version {
			clashes = append(clashes, Clash{Indicator: c.Indicator, UnitID: c.UnitID, Month: c.Month, Yours: c.Value, Theirs: now.Value, Version: now.Version})
			continue
		}
		cells = append(cells, Cell{Key: c.Key, Value: c.Value, Version: c.Version + 1})
	}
	if len(clashes) > 0 {
		return nil, clash(clashes)
	}
	return cells, nil
}

func clash(c []Clash) error {
	return fault.New(fault.Conflict, "target.clash", "Somebody else changed some of the cells.").With("cells", c)
}

// lost tells which cells somebody else wrote between the reading and the
// writing.
func (e *editing) lost(ctx context.Context) error {
	if err := e.read(ctx); err != nil {
		return err
	}
	var clashes []Clash
	for _, c := range e.batch.Edits {
		// What this batch wrote itself is one version on, with its own value.
		now := e.cells[c.Key]
		if now.Version != c.Version+1 || !equal(now.Value, c.Value) {
			clashes = append(clashes, Clash{Indicator: c.Indicator, UnitID: c.UnitID, Month: c.Month, Yours: c.Value, Theirs: now.Value, Version: now.Version})
		}
	}
	return clash(clashes)
}

func equal(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (e *editing) read(ctx context.Context) error {
	var codes []string
	for _, c := range e.batch.Edits {
		codes = append(codes, c.Indicator)
	}
	cells, err := e.tx.Cells(ctx, e.batch.Year, slices.Compact(codes))
	if err != nil {
		return err
	}
	e.cells = make(map[Key]Cell, len(cells))
	for _, c := range cells {
		e.cells[c.Key] = c
	}
	return nil
}

// rows are the years' cells of the rows that the batch changes.
func (e *editing) rows() []Key {
	var out []Key
	for _, c := range e.batch.Edits {
		out = append(out, Key{c.Indicator, c.UnitID, 0})
	}
	return slices.Compact(out)
}

// limits compares the months of every row that a unit splits with the
// bureau's limits; the bureau itself is bound by none, and what it leaves open
// is shown.
func (e *editing) limits(ctx context.Context) error {
	if e.all {
		return nil
	}
	limits, err := e.tx.Limits(ctx, e.batch.Year)
	if err != nil {
		return err
	}
	after := map[Key]*int64{}
	for _, c := range e.batch.Edits {
		after[c.Key] = c.Value
	}
	var bad []LimitBroken
	for _, row := range e.rows() {
		if !e.own[row.UnitID] || e.below[row.UnitID] {
			continue
		}
		year, months := e.split(row, after)
		if code := limitOf(limits, row.Indicator).Breaks(year, months); code != "" {
			bad = append(bad, LimitBroken{Indicator: row.Indicator, UnitID: row.UnitID, Code: code, Year: year, Months: total(months)})
		}
	}
	if len(bad) > 0 {
		return fault.New(fault.Conflict, "target.limit", "A split is outside the bureau's limits.").With("rows", bad)
	}
	return nil
}

// LimitBroken is a row whose split is outside the limits.
type LimitBroken struct {
	Indicator string  `json:"indicator"`
	UnitID    id.Unit `json:"unit_id"`
	Code      string  `json:"code"`
	Year      int64   `json:"year"`
	Months    int64   `json:"months"`
}

// split is a row as it will be.
func (e *editing) split(row Key, after map[Key]*int64) (year int64, months [12]int64) {
	for m := range 13 {
		k := Key{row.Indicator, row.UnitID, m}
		v, changed := after[k]
		if !changed {
			v = e.cells[k].Value
		}
		if v == nil {
			continue
		}
		if m == 0 {
			year = *v
		} else {
			months[m-1] = *v
		}
	}
	return year, months
}

func total(months [12]int64) (sum int64) {
	for _, v := range months {
		sum += v
	}
	return sum
}

// keep writes the changes and the audit line of an accepted batch.
func (e *editing) keep(ctx context.Context) error {
	changes := make([]Change, 0, len(e.batch.Edits))
	l := e.actor.Line("target.edited", "target_year", int64(e.batch.Year))
	l.Reason = e.batch.Reason
	today := clock.DateOf(e.now)
	for _, c := range e.batch.Edits {
		kind := EditKind
		switch {
		case c.Month > 0 && ClosedOn(e.batch.Year, c.Month, today, e.closing):
			kind = ClosedKind
		case e.year.State == Approved:
			kind = CorrectionKind
		}
		was := e.cells[c.Key].Value
		changes = append(changes, Change{
			Year: e.batch.Year, Key: c.Key, Was: was, Value: c.Value, Version: c.Version + 1, Kind: kind,
			Reason: e.batch.Reason, UserID: e.actor.User, ActingUnitID: e.actor.Acting, At: e.now,
		})
		name := fmt.Sprintf("%s/%d/%02d", c.Indicator, c.UnitID, c.Month)
		l.Changes = append(l.Changes, event.Change{Field: name, Before: text(was), After: text(c.Value)})
		if kind != EditKind {
			l.Kind = "target.corrected"
		}
	}
	if err := e.tx.InsertChanges(ctx, changes); err != nil {
		return err
	}
	return e.tx.Record(ctx, l)
}

func text(v *int64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatInt(*v, 10)
}

// line is an audit line about a year.
func line(a access.Actor, kind string, year int, reason string) event.Line {
	l := a.Line(kind, "target_year", int64(year))
	l.Reason = cmp.Or(reason, l.Reason)
	return l
}
