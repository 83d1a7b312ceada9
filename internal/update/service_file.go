package update

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Submit files the report of the unit acted for: every project of it that the
// actor may see. The rows are locked and their figures count from now on. A
// project that came later is filed by submitting again.
//
// Errors: Conflict "update.coming", "update.closed"; Conflict
// "update.incomplete" with the projects that lack a required figure; Conflict
// "update.nothing" when nothing is left to file.
func (s *Service) Submit(ctx context.Context, actor access.Actor, p Period) (GridView, error) {
	t, err := s.term(ctx, p)
	if err != nil {
		return GridView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error { return submit(ctx, tx, actor, t) })
	if err != nil {
		return GridView{}, err
	}
	return s.Grid(ctx, actor, p, actor.Acting)
}

func submit(ctx context.Context, tx Tx, actor access.Actor, t term) error {
	unit, p := actor.Acting, t.dates.Period
	f, err := tx.HoldFiling(ctx, unit, p)
	if err != nil {
		return err
	}
	now := tx.Now(ctx)
	if err := writable(t.dates, f, now); err != nil {
		return err
	}
	late := int64(max(0, t.office.WorkingDaysBetween(t.dates.DueOn.Start(), now)))
	f.FiledAt, f.FiledBy, f.UnlockedUntil, f.Reason = &now, &actor.User, clock.Date{}, ""
	if f.LateDays == nil { // what was filed in time stays so when it is filed anew
		f.LateDays = &late
	}
	n, err := fileRows(ctx, tx, filing{actor: actor, dates: t.dates, shape: t.shape, of: f})
	if err != nil {
		return err
	}
	if err := tx.SaveFiling(ctx, f); err != nil {
		return err
	}
	line := actor.Line("update.submitted", "update_filing", int64(unit))
	line.Changes = []event.Change{{Field: "period", After: string(p)}, {Field: "projects", After: strconv.Itoa(n)}, {Field: "late_days", After: strconv.FormatInt(late, 10)}}
	return tx.Record(ctx, line)
}

type filing struct {
	actor access.Actor
	dates Dates
	shape Shape
	of    Filing
}

// fileRows files the rows of a unit in the order of their numbers, in which
// every transaction locks them.
func fileRows(ctx context.Context, tx Tx, f filing) (int, error) {
	w := f.shape.want(f.dates, f.of.UnitID, tx.Now(ctx))
	w.Live = true // after the period closed, by leave of the bureau
	leads, err := tx.Leads(ctx, f.actor.ActScope(access.UpdateEdit), w)
	if err != nil {
		return 0, err
	}
	slices.SortFunc(leads, func(a, b Lead) int { return int(a.ID - b.ID) })
	var open []Lead
	for _, l := range leads {
		free, err := tx.HoldRow(ctx, l.ID, f.dates.Period, f.of.UnitID)
		if err != nil {
			return 0, err
		}
		if free {
			open = append(open, l)
		}
	}
	if len(open) == 0 {
		return 0, fault.New(fault.Conflict, "update.nothing", "Nothing is left to file.")
	}
	cells, err := tx.Cells(ctx, numbers(open), f.dates.Period)
	if err != nil {
		return 0, err
	}
	by := map[id.Lead]map[string]Cell{}
	byLead(by, cells)
	if err := f.incomplete(open, by); err != nil {
		return 0, err
	}
	for _, l := range open {
		if err := f.file(ctx, tx, l, by[l.ID]); err != nil {
			return 0, err
		}
	}
	return len(open), nil
}

func (f filing) incomplete(leads []Lead, cells map[id.Lead]map[string]Cell) error {
	missing := []id.Lead{}
	for _, l := range leads {
		if !complete(f.shape.Fields, cells[l.ID]) {
			missing = append(missing, l.ID)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "update.incomplete", "Projects lack a required figure.").With("leads", missing).With("n", len(missing))
}

func (f filing) file(ctx context.Context, tx Tx, l Lead, cells map[string]Cell) error {
	r := Row{LeadID: l.ID, Period: f.dates.Period, UnitID: f.of.UnitID, FiledAt: f.of.FiledAt, FiledBy: f.of.FiledBy, LateDays: f.of.LateDays}
	var figures []Figure
	for _, field := range f.shape.Fields {
		c := cells[field.Code]
		if c.Empty() {
			continue
		}
		figures = append(figures, Figure{
			LeadID: l.ID, Field: field.Code, Period: f.dates.Period, Indicator: field.Indicator, Value: c.Value, UnitID: f.of.UnitID, FiledAt: *f.of.FiledAt,
		})
	}
	if err := tx.File(ctx, r, figures); err != nil {
		return err
	}
	line := f.actor.Line("update.filed", "update", int64(l.ID))
	line.Lead, line.Restricted, line.Reason = l.ID, l.Restricted, string(f.dates.Period)
	return tx.Record(ctx, line)
}

// Unlock opens the report of a unit again, for as many working days as the
// city's rule says. What was filed counts until it is filed anew.
//
// Errors: NotFound "update.unknown"; Invalid with the field reason; Conflict
// "update.open" when nothing is locked.
func (s *Service) Unlock(ctx context.Context, actor access.Actor, p Period, unit id.Unit, reason string) (GridView, error) {
	if !actor.HasIn(access.UpdateUnlock, unit) {
		return GridView{}, unknownUnit()
	}
	if err := reasoned(reason); err != nil {
		return GridView{}, err
	}
	t, err := s.term(ctx, p)
	if err != nil {
		return GridView{}, err
	}
	days, err := s.city.Rule(ctx, ruleUnlock, p.Last())
	if err != nil {
		return GridView{}, err
	}
	o := opening{actor: actor, unit: unit, days: days, reason: strings.TrimSpace(reason)}
	if err = s.store.InTx(ctx, func(tx Tx) error { return o.unlock(ctx, tx, t) }); err != nil {
		return GridView{}, err
	}
	return s.Grid(ctx, actor, p, unit)
}

func reasoned(reason string) error {
	code := textRule(reason)
	if strings.TrimSpace(reason) == "" {
		code = "required"
	}
	if code == "" {
		return nil
	}
	return fault.Broken("input.invalid", []fault.Field{{Name: "reason", Code: code, Params: map[string]any{"max": maxWords}}})
}

// opening is one report that the bureau opens again.
type opening struct {
	actor  access.Actor
	unit   id.Unit
	days   int64
	reason string
}

func (o opening) unlock(ctx context.Context, tx Tx, t term) error {
	p := t.dates.Period
	f, err := tx.HoldFiling(ctx, o.unit, p)
	if err != nil {
		return err
	}
	now := tx.Now(ctx)
	n, err := tx.Unfile(ctx, o.unit, p)
	if err != nil {
		return err
	}
	if n == 0 && (t.dates.State(now) != Closed || f.unlocked(now)) {
		return fault.New(fault.Conflict, "update.open", "Nothing is locked.")
	}
	f.UnlockedUntil, f.UnlockedBy, f.Reason = workingDay(t.office, clock.DateOf(now), o.days), &o.actor.User, o.reason
	if err := tx.SaveFiling(ctx, f); err != nil {
		return err
	}
	line := o.actor.Line("update.unlocked", "update_filing", int64(o.unit))
	line.Reason = o.reason
	line.Changes = []event.Change{{Field: "period", After: string(p)}, {Field: "until", After: f.UnlockedUntil.String()}}
	if err := tx.Record(ctx, line); err != nil {
		return err
	}
	return tx.Notify(ctx, event.Notice{
		Kind: "update.unlocked", Units: []id.Unit{o.unit}, By: o.actor.User, Object: "update", ObjectID: int64(o.unit),
		Params: map[string]string{"period": string(p), "due_on": f.UnlockedUntil.String()},
	})
}
