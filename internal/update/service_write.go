package update

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// CellWrite is a cell as its writer saw and wants it.
type CellWrite struct {
	Field   string
	Version int64 // 0 for a cell that nobody had written
	Value
	Same bool // no change: the value follows from the last period
}

// RowWrite is the cells of one project.
type RowWrite struct {
	LeadID id.Lead
	Cells  []CellWrite
}

// maxRows is how many projects one batch may hold.
const maxRows = 200

// Write keeps cells, each over the version that its writer saw. The cells of a
// project are kept together or not at all; projects do not wait for each
// other, so that what does not clash is kept. A cell that holds the value
// already is no clash.
//
// Errors: NotFound "lead.unknown" and Forbidden "forbidden" before anything is
// kept; Invalid by field; Conflict "update.clash" with clashes, refused and
// saved; Conflict "update.coming", "update.closed", "update.filed",
// "update.not_owed" when every row is refused for that reason.
func (s *Service) Write(ctx context.Context, actor access.Actor, p Period, rows []RowWrite) ([]RowView, error) {
	t, err := s.term(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := s.may(ctx, actor, rows); err != nil {
		return nil, err
	}
	if err := t.shape.check(rows); err != nil {
		return nil, err
	}
	w := &writing{service: s, actor: actor, dates: t.dates, shape: t.shape}
	for _, r := range rows {
		if err := w.row(ctx, r); err != nil {
			return nil, err
		}
	}
	saved, err := s.again(ctx, actor, p, w.saved)
	if err != nil {
		return nil, err
	}
	return saved, w.outcome(ctx, saved)
}

// may asks for every row before any is written: one that the actor may not
// know of makes the whole batch unknown.
func (s *Service) may(ctx context.Context, actor access.Actor, rows []RowWrite) error {
	ids := make([]id.Lead, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.LeadID)
	}
	seen, err := s.store.Inside(ctx, actor.Scope(access.UpdateRead), ids...)
	if err != nil {
		return err
	}
	edits, err := s.store.Inside(ctx, actor.ActScope(access.UpdateEdit), ids...)
	if err != nil {
		return err
	}
	for _, l := range ids {
		if !seen[l] {
			return fault.New(fault.NotFound, "lead.unknown", "No such lead.")
		}
	}
	for _, l := range ids {
		if !edits[l] {
			return forbidden()
		}
	}
	return nil
}

// check returns every broken rule of a batch.
func (sh Shape) check(rows []RowWrite) error {
	var bad []fault.Field
	add := func(name, code string) {
		bad = append(bad, fault.Field{Name: name, Code: code, Params: map[string]any{"max": maxWords}})
	}
	if len(rows) == 0 {
		add("rows", "required")
	}
	if len(rows) > maxRows {
		return fault.Broken("input.invalid", []fault.Field{{Name: "rows", Code: "too_long", Params: map[string]any{"max": maxRows}}})
	}
	seen := map[string]bool{}
	for i, r := range rows {
		for j, c := range r.Cells {
			name := fmt.Sprintf("rows[%d].cells[%d]", i, j)
			key := r.LeadID.String() + c.Field
			f, known := sh.field(c.Field)
			switch {
			case !known:
				add(name+".field", "unknown_value")
			case seen[key]:
				add(name+".field", "update.cell_twice")
			case c.Version < 0:
				add(name+".version", "out_of_range")
			case !c.Same && f.check(c.Value) != "":
				add(name+f.part(), f.check(c.Value))
			}
			seen[key] = true
		}
	}
	return fault.Broken("input.invalid", bad)
}

func (f Field) part() string {
	if f.Kind == Text || f.Kind == Day {
		return ".words"
	}
	return ".number"
}

// writing is one batch.
type writing struct {
	service *Service
	actor   access.Actor
	dates   Dates
	shape   Shape
	saved   []id.Lead
	clashes []Cell
	yours   []Value
	refused []Refusal
	first   error
}

// row keeps the cells of one project in one transaction.
func (w *writing) row(ctx context.Context, r RowWrite) error {
	var clashes []Cell
	var yours []Value
	err := w.service.store.InTx(ctx, func(tx Tx) error {
		clashes, yours = nil, nil
		l, err := w.hold(ctx, tx, r.LeadID)
		if err != nil {
			return err
		}
		clashes, yours, err = w.cells(ctx, tx, l, r)
		if err == nil && len(clashes) > 0 {
			return errClash()
		}
		return err
	})
	switch {
	case err == nil:
		w.saved = append(w.saved, r.LeadID)
		return nil
	case fault.CodeOf(err) == "update.clash":
		w.clashes, w.yours = append(w.clashes, clashes...), append(w.yours, yours...)
		return nil
	case slices.Contains(refusals(), fault.CodeOf(err)):
		w.refused = append(w.refused, Refusal{LeadID: r.LeadID, Code: fault.CodeOf(err)})
		if w.first == nil {
			w.first = err
		}
		return nil
	}
	return err
}

// refusals are the codes by which one row of a batch may be refused, of those
// the first two because it was handed on a moment ago.
func refusals() []string {
	return []string{"lead.unknown", "forbidden", "update.coming", "update.closed", "update.filed", "update.not_owed", "update.busy"}
}

func errClash() *fault.Error {
	return fault.New(fault.Conflict, "update.clash", "Somebody else changed a cell.")
}

// hold locks the project and its row.
func (w *writing) hold(ctx context.Context, tx Tx, lead id.Lead) (Lead, error) {
	l, err := tx.HoldLead(ctx, w.actor.Scope(access.UpdateRead), lead)
	if err != nil {
		return l, err
	}
	in, err := tx.Inside(ctx, w.actor.ActScope(access.UpdateEdit), lead)
	if err != nil {
		return l, err
	}
	if !in[lead] {
		return l, forbidden()
	}
	if !Owes(w.shape.Stages, l.Stage) {
		return l, fault.New(fault.Conflict, "update.not_owed", "The project owes no report in its stage.")
	}
	f, err := tx.HoldFiling(ctx, l.UnitID, w.dates.Period)
	if err != nil {
		return l, err
	}
	if err := writable(w.dates, f, tx.Now(ctx)); err != nil {
		return l, err
	}
	open, err := tx.HoldRow(ctx, lead, w.dates.Period, l.UnitID)
	if err == nil && !open {
		err = fault.New(fault.Conflict, "update.filed", "The report is filed.")
	}
	return l, err
}

// cells writes the cells of a project, or returns those that clash.
func (w *writing) cells(ctx context.Context, tx Tx, l Lead, r RowWrite) (clashes []Cell, yours []Value, err error) {
	now, prior, err := both(ctx, tx, l.ID, w.dates.Period)
	if err != nil {
		return nil, nil, err
	}
	line := w.actor.Line("update.changed", "update", int64(l.ID))
	line.Lead, line.Restricted, line.Reason = l.ID, l.Restricted, string(w.dates.Period)
	for _, c := range r.Cells {
		f, _ := w.shape.field(c.Field)
		v, was := c.wanted(f, prior[c.Field]), now[c.Field]
		if was.Is(v) && was.Same == c.Same && was.Version > 0 {
			continue // sent again, or typed by both
		}
		if was.Version != c.Version {
			clashes, yours = append(clashes, was), append(yours, v)
			continue
		}
		cell := Cell{LeadID: l.ID, Field: c.Field, Period: w.dates.Period, Value: v, Same: c.Same, UnitID: l.UnitID, Version: was.Version + 1}
		if err := w.save(ctx, tx, cell); err != nil {
			return nil, nil, err
		}
		line.Changes = append(line.Changes, event.Change{Field: c.Field, Before: was.text(), After: v.text()})
	}
	if len(clashes) > 0 || len(line.Changes) == 0 {
		return clashes, yours, nil
	}
	return nil, nil, tx.Record(ctx, line)
}

func (w *writing) save(ctx context.Context, tx Tx, c Cell) error {
	c.UserID, c.At = w.actor.User, tx.Now(ctx)
	done, err := tx.SaveCell(ctx, c)
	if err == nil && !done {
		err = fault.New(fault.Conflict, "update.busy", "Somebody else is writing.")
	}
	return err
}

func both(ctx context.Context, tx Tx, lead id.Lead, p Period) (now, prior map[string]Cell, err error) {
	cells, err := tx.Cells(ctx, []id.Lead{lead}, p)
	if err != nil {
		return nil, nil, err
	}
	before, err := tx.Prior(ctx, []id.Lead{lead}, p)
	if err != nil {
		return nil, nil, err
	}
	n, b := map[id.Lead]map[string]Cell{}, map[id.Lead]map[string]Cell{}
	byLead(n, cells)
	byLead(b, before)
	return n[lead], b[lead], nil
}

// wanted is the value that the writer wants.
func (c CellWrite) wanted(f Field, prior Cell) Value {
	if c.Same {
		return f.carried(prior)
	}
	return c.Value
}

// carried is the value that "no change" stands for.
func (f Field) carried(prior Cell) Value {
	if f.Carry == Zero {
		var none int64
		return Value{Number: &none}
	}
	return prior.Value
}

func (v Value) text() string {
	if v.Number != nil {
		return strconv.FormatInt(*v.Number, 10)
	}
	return v.Words
}

// again reads rows that were written.
func (s *Service) again(ctx context.Context, actor access.Actor, p Period, leads []id.Lead) ([]RowView, error) {
	out := []RowView{}
	seen := map[id.Unit]bool{}
	for _, l := range leads {
		if slices.ContainsFunc(out, func(r RowView) bool { return r.LeadID == l }) {
			continue
		}
		found, err := s.store.Lead(ctx, actor.Scope(access.UpdateRead), l)
		if err != nil || seen[found.UnitID] {
			continue // handed on in this very moment: the grid tells
		}
		seen[found.UnitID] = true
		g, err := s.Grid(ctx, actor, p, found.UnitID)
		if err != nil {
			return nil, err
		}
		for _, r := range g.Rows {
			if slices.Contains(leads, r.LeadID) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// outcome is the error that tells what was not kept, nil when everything was.
func (w *writing) outcome(ctx context.Context, saved []RowView) error {
	if len(w.clashes) == 0 && len(w.refused) == 0 {
		return nil
	}
	var users []id.User
	for _, c := range w.clashes {
		users = append(users, c.UserID)
	}
	people, err := w.service.store.People(ctx, users)
	if err != nil {
		return err
	}
	clashes := []Clash{}
	for n, c := range w.clashes {
		clashes = append(clashes, Clash{
			LeadID: c.LeadID, Field: c.Field, Yours: w.yours[n].view(), Theirs: c.view(), Version: c.Version, Who: people[c.UserID], At: c.At.UTC().Truncate(time.Microsecond),
		})
	}
	refused := w.refused
	if refused == nil {
		refused = []Refusal{}
	}
	out := errClash()
	if len(clashes) == 0 {
		out = fault.As(w.first)
	}
	return out.With("clashes", clashes).With("refused", refused).With("saved", saved)
}
