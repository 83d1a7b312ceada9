package update

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// page is everything that a grid is made from.
type page struct {
	term
	now    time.Time
	filing Filing
	rows   map[id.Lead]Row
	cells  map[id.Lead]map[string]Cell
	prior  map[id.Lead]map[string]Cell
	files  map[id.Lead]int64
	people map[id.User]string
	edits  map[id.Lead]bool
}

// Grid returns a unit's report of a period: its projects with the last value
// beside each cell. Unit 0 is the actor's own.
//
// Errors: Invalid with the field period; NotFound "update.unknown" for a unit
// that is not the actor's.
func (s *Service) Grid(ctx context.Context, actor access.Actor, p Period, unit id.Unit) (GridView, error) {
	unit, err := mine(actor, unit)
	if err != nil {
		return GridView{}, err
	}
	pg, err := s.page(ctx, p, unit)
	if err != nil {
		return GridView{}, err
	}
	scope := actor.Scope(access.UpdateRead)
	want := pg.shape.want(pg.dates, unit, pg.now)
	want.Live = want.Live || pg.filing.unlocked(pg.now)
	leads, err := s.store.Leads(ctx, scope.Without(access.Past), want)
	if err != nil {
		return GridView{}, err
	}
	past := scope.Only(access.Past).Filter(func(g access.Grant) bool { return g.Unit == unit })
	before, err := s.inherited(ctx, past, p, leads)
	if err != nil {
		return GridView{}, err
	}
	if err := s.fill(ctx, pg, actor, leads); err != nil {
		return GridView{}, err
	}
	if err := s.fillPast(ctx, pg, past, before); err != nil {
		return GridView{}, err
	}
	return s.grid(ctx, pg, actor, unit, append(leads, before...))
}

func (s *Service) page(ctx context.Context, p Period, unit id.Unit) (*page, error) {
	t, err := s.term(ctx, p)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	filings, err := s.store.Filings(ctx, p)
	return &page{term: t, now: now, filing: filings[unit]}, err
}

// inherited returns what the unit handed on and reported on before, but for
// the projects that it sees otherwise.
func (s *Service) inherited(ctx context.Context, past access.Scope, p Period, own []Lead) ([]Lead, error) {
	if past.Empty() {
		return nil, nil
	}
	out, err := s.store.Inherited(ctx, past, p)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(l Lead) bool {
		return slices.ContainsFunc(own, func(o Lead) bool { return o.ID == l.ID })
	}), nil
}

func numbers(leads []Lead) []id.Lead {
	out := make([]id.Lead, 0, len(leads))
	for _, l := range leads {
		out = append(out, l.ID)
	}
	return out
}

func byLead(into map[id.Lead]map[string]Cell, cells []Cell) {
	for _, c := range cells {
		if into[c.LeadID] == nil {
			into[c.LeadID] = map[string]Cell{}
		}
		into[c.LeadID][c.Field] = c
	}
}

// fill reads what belongs to projects that are seen as a whole.
func (s *Service) fill(ctx context.Context, pg *page, actor access.Actor, leads []Lead) error {
	ids := numbers(leads)
	var err error
	if pg.rows, err = s.store.Rows(ctx, ids, pg.dates.Period); err != nil {
		return err
	}
	cells, err := s.store.Cells(ctx, ids, pg.dates.Period)
	if err != nil {
		return err
	}
	prior, err := s.store.Prior(ctx, ids, pg.dates.Period)
	if err != nil {
		return err
	}
	pg.cells, pg.prior = map[id.Lead]map[string]Cell{}, map[id.Lead]map[string]Cell{}
	byLead(pg.cells, cells)
	byLead(pg.prior, prior)
	if pg.files, err = s.store.Evidence(ctx, ids, EvidenceKind, pg.dates.OpensOn.Start()); err != nil {
		return err
	}
	pg.edits, err = s.store.Inside(ctx, actor.ActScope(access.UpdateEdit), ids...)
	return err
}

// fillPast reads what a unit wrote of projects that it handed on.
func (s *Service) fillPast(ctx context.Context, pg *page, past access.Scope, leads []Lead) error {
	if len(leads) == 0 {
		return nil
	}
	written, err := s.store.Written(ctx, numbers(leads), pg.dates.Period, past.Units())
	byLead(pg.cells, written)
	return err
}

func (s *Service) grid(ctx context.Context, pg *page, actor access.Actor, unit id.Unit, leads []Lead) (GridView, error) {
	var err error
	if pg.people, err = s.store.People(ctx, pg.users()); err != nil {
		return GridView{}, err
	}
	v := GridView{
		PeriodView: pg.dates.view(pg.office, pg.now), UnitID: unit, Fields: []FieldView{}, Rows: []RowView{}, FiledAt: pg.filing.FiledAt,
		LateDays: pg.filing.LateDays, EvidenceKind: EvidenceKind, Can: []string{},
	}
	for _, f := range pg.shape.Fields {
		v.Fields = append(v.Fields, f.view())
	}
	if pg.filing.FiledBy != nil {
		v.FiledBy = pg.people[*pg.filing.FiledBy]
	}
	if pg.filing.unlocked(pg.now) {
		v.UnlockedUntil, v.Reason = &pg.filing.UnlockedUntil, pg.filing.Reason
	}
	for _, l := range leads {
		r := pg.row(l)
		v.Rows = append(v.Rows, r)
		if !l.Past {
			v.Total++
			if r.Complete {
				v.Done++
			}
		}
	}
	v.Can = pg.can(actor, unit, v)
	return v, nil
}

func (pg *page) users() []id.User {
	var out []id.User
	for _, cells := range pg.cells {
		for _, c := range cells {
			out = append(out, c.UserID)
		}
	}
	if pg.filing.FiledBy != nil {
		out = append(out, *pg.filing.FiledBy)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (pg *page) row(l Lead) RowView {
	r := RowView{
		LeadID: l.ID, Code: l.Code, Title: l.Title, Stage: l.Stage, UnitID: l.UnitID, Past: l.Past, Files: pg.files[l.ID],
		Complete: complete(pg.shape.Fields, pg.cells[l.ID]), Cells: []CellView{}, Can: []string{},
	}
	if !l.Past {
		r.FiledAt = pg.rows[l.ID].FiledAt
	}
	for _, f := range pg.shape.Fields {
		r.Cells = append(r.Cells, pg.cell(l.ID, f))
	}
	if pg.edits[l.ID] && r.FiledAt == nil && writable(pg.dates, pg.filing, pg.now) == nil {
		r.Can = append(r.Can, "edit")
	}
	return r
}

func (pg *page) cell(lead id.Lead, f Field) CellView {
	out := CellView{Field: f.Code}
	if c, written := pg.cells[lead][f.Code]; written {
		out.Number, out.Words, out.Same, out.Version, out.Who = c.Number, c.Words, c.Same, c.Version, pg.people[c.UserID]
		out.UnitID, out.At = &c.UnitID, &c.At
	}
	if c, known := pg.prior[lead][f.Code]; known {
		out.Prior = &PriorView{Period: c.Period, Number: c.Number, Words: c.Words, Stale: c.Period < pg.dates.Period.Add(-1)}
	}
	return out
}

// can lists what the actor may do with the whole report.
func (pg *page) can(actor access.Actor, unit id.Unit, v GridView) []string {
	out := []string{}
	if slices.ContainsFunc(v.Rows, func(r RowView) bool { return len(r.Can) > 0 }) {
		out = append(out, "edit", "submit")
	}
	filed := slices.ContainsFunc(v.Rows, func(r RowView) bool { return r.FiledAt != nil })
	if actor.HasIn(access.UpdateUnlock, unit) && (filed || pg.dates.State(pg.now) == Closed) {
		out = append(out, "unlock")
	}
	return out
}

// Due returns the periods that have opened lately and how far the actor's unit
// is with each: the last twelve, the newest in front. Unit 0 is the actor's
// own.
//
// Errors: NotFound "update.unknown".
func (s *Service) Due(ctx context.Context, actor access.Actor, unit id.Unit) ([]DuePeriod, error) {
	unit, err := mine(actor, unit)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	office, err := s.city.Office(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.recent(ctx, now, shownPeriods)
	if err != nil {
		return nil, err
	}
	out := []DuePeriod{}
	for _, d := range slices.Backward(all) {
		view := DuePeriod{PeriodView: d.view(office, now), UnitID: unit}
		progress, filings, err := s.progress(ctx, actor.Scope(access.UpdateRead), d, unit, now)
		if err != nil {
			return nil, err
		}
		for _, p := range progress {
			view.Done, view.Total, view.Filed = p.Done, p.Total, p.Filed
		}
		view.FiledAt = filings[unit].FiledAt
		out = append(out, view)
	}
	return out, nil
}

const shownPeriods = 12

func (s *Service) progress(ctx context.Context, scope access.Scope, d Dates, unit id.Unit, now time.Time) ([]Progress, map[id.Unit]Filing, error) {
	shape, err := s.shape(ctx, d.Period)
	if err != nil {
		return nil, nil, err
	}
	progress, err := s.store.Progress(ctx, scope.Without(access.Past), shape.want(d, unit, now), shape.required())
	if err != nil {
		return nil, nil, err
	}
	filings, err := s.store.Filings(ctx, d.Period)
	return progress, filings, err
}

// Filings returns how far units are with a period: the actor's own, or all for
// who reads the city.
func (s *Service) Filings(ctx context.Context, actor access.Actor, p Period) (FilingsView, error) {
	out := FilingsView{Items: []FilingView{}}
	now, err := s.store.Now(ctx)
	if err != nil {
		return out, err
	}
	t, err := s.term(ctx, p)
	if err != nil {
		return out, err
	}
	out.PeriodView = t.dates.view(t.office, now)
	scope := actor.Scope(access.UpdateRead)
	progress, filings, err := s.progress(ctx, scope, t.dates, 0, now)
	if err != nil {
		return out, err
	}
	own := actor.UnitsWith(access.UpdateRead)
	for _, g := range progress {
		if !scope.Any() && !slices.Contains(own, g.UnitID) {
			continue
		}
		v := g.view(filings[g.UnitID], now)
		if actor.HasIn(access.UpdateUnlock, g.UnitID) && (g.Filed > 0 || t.dates.State(now) == Closed) {
			v.Can = append(v.Can, "unlock")
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func (g Progress) view(f Filing, now time.Time) FilingView {
	return FilingView{
		UnitID: g.UnitID, Done: g.Done, Total: g.Total, Filed: g.Filed, FiledAt: f.FiledAt, LateDays: f.LateDays, Unlocked: f.unlocked(now), Can: []string{},
	}
}
