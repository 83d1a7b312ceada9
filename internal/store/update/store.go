// Package update keeps in SQL what units report of their projects. Every row
// of a project is read through the lead's own sealed scope, which the program
// hands in.
package update

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
	module "github.com/leadrelay/leadrelay/internal/update"
)

// Store is the reports of one database.
type Store struct {
	db    *store.DB
	leads store.Leads
}

// New returns the reports of an open database.
func New(db *store.DB, leads store.Leads) *Store { return &Store{db: db, leads: leads} }

// Tx is a transaction on the reports.
type Tx struct {
	*store.Tx
	leads store.Leads
}

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx, leads: s.leads}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

func (s *Store) reads(ctx context.Context) reads { return reads{s.db.Sealed(ctx, s.leads)} }

func (t Tx) reads(ctx context.Context) reads { return reads{t.Sealed(ctx, t.leads)} }

// reads are the queries that a store and a transaction share.
type reads struct{ store.Sealed }

type fieldRow struct {
	Field module.Field `gorm:"embedded"`
}

// TableName is the table of figures that are asked for.
func (fieldRow) TableName() string { return "update_fields" }

type stageRow struct {
	Rule module.StageRule `gorm:"embedded"`
}

// TableName is the table of stages that owe a report.
func (stageRow) TableName() string { return "update_stages" }

// Shape returns what is asked for on a day; see module.Store.
func (s *Store) Shape(ctx context.Context, on clock.Date) (module.Shape, error) {
	var fields []fieldRow
	var stages []stageRow
	db := s.db.Read(ctx)
	if err := db.Raw("SELECT * FROM update_fields WHERE starts_on <= ? AND ends_on >= ? ORDER BY position, code", on, on).Scan(&fields).Error; err != nil {
		return module.Shape{}, fmt.Errorf("read what is reported: %w", err)
	}
	if err := db.Raw("SELECT * FROM update_stages WHERE starts_on <= ? AND ends_on >= ? ORDER BY id", on, on).Scan(&stages).Error; err != nil {
		return module.Shape{}, fmt.Errorf("read which stages report: %w", err)
	}
	var out module.Shape
	for _, f := range fields {
		out.Fields = append(out.Fields, f.Field)
	}
	for _, r := range stages {
		out.Stages = append(out.Stages, r.Rule)
	}
	return out, nil
}

// leadRow is a lead as reports know it; of one that was handed on the title is
// not read.
type leadRow struct {
	ID         id.Lead
	Code       string
	Title      string
	Stage      string
	UnitID     id.Unit
	Restricted bool
}

const leadColumns = "l.id, l.code, l.title, l.stage, l.unit_id, l.restricted"

func (r leadRow) lead(past bool) module.Lead {
	l := module.Lead{ID: r.ID, Code: r.Code, Title: r.Title, Stage: r.Stage, UnitID: r.UnitID, Restricted: r.Restricted, Past: past}
	if past {
		l.Title = ""
	}
	return l
}

func listed(rows []leadRow, past bool) []module.Lead {
	out := make([]module.Lead, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.lead(past))
	}
	return out
}

// owed is the condition for the projects of a report, and its arguments.
func owed(w module.Want) (condition string, args []any) {
	if !w.Live {
		return "EXISTS (SELECT 1 FROM update_rows r WHERE r.lead_id = l.id AND r.period = ? AND (? = 0 OR r.unit_id = ?))",
			[]any{w.Period, w.Unit, w.Unit}
	}
	return `(? = 0 OR l.unit_id = ?) AND l.created_at < ? AND (l.stage IN ? OR EXISTS
		(SELECT 1 FROM update_rows r WHERE r.lead_id = l.id AND r.period = ?))`, []any{w.Unit, w.Unit, w.Before, w.Stages, w.Period}
}

func (q reads) list(read access.Scope, w module.Want) ([]module.Lead, error) {
	if read.Empty() {
		return nil, nil
	}
	condition, args := owed(w)
	var rows []leadRow
	if err := q.Table(read).Select(leadColumns).Where(condition, args...).Order("l.code, l.id").Limit(1000).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the projects of a report: %w", err)
	}
	return listed(rows, false), nil
}

// Leads returns the projects of a report; see module.Store.
func (s *Store) Leads(ctx context.Context, read access.Scope, w module.Want) ([]module.Lead, error) {
	return s.reads(ctx).list(read, w)
}

// Leads is Store.Leads within the transaction.
func (t Tx) Leads(ctx context.Context, read access.Scope, w module.Want) ([]module.Lead, error) {
	return t.reads(ctx).list(read, w)
}

// Inherited returns what units handed on and wrote on before.
func (s *Store) Inherited(ctx context.Context, past access.Scope, p module.Period) ([]module.Lead, error) {
	if past.Empty() {
		return nil, nil
	}
	var rows []leadRow
	err := s.reads(ctx).Table(past).Select(leadColumns).
		Where("EXISTS (SELECT 1 FROM update_cell_log g WHERE g.lead_id = l.id AND g.period = ? AND g.unit_id IN ?)", p, past.Units()).
		Order("l.code, l.id").Limit(1000).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read projects that were handed on: %w", err)
	}
	return listed(rows, true), nil
}

func (q reads) lead(read access.Scope, leadID id.Lead) (module.Lead, error) {
	var rows []leadRow
	if err := q.Table(read).Select(leadColumns).Where("l.id = ?", leadID).Scan(&rows).Error; err != nil {
		return module.Lead{}, fmt.Errorf("read lead %s: %w", leadID, err)
	}
	if read.Empty() || len(rows) == 0 {
		return module.Lead{}, fault.New(fault.NotFound, "lead.unknown", "No such lead.")
	}
	return rows[0].lead(false), nil
}

// Lead returns a lead inside the scope; see module.Store.
func (s *Store) Lead(ctx context.Context, read access.Scope, leadID id.Lead) (module.Lead, error) {
	return s.reads(ctx).lead(read, leadID)
}

// Inside returns which leads are inside the scope.
func (s *Store) Inside(ctx context.Context, scope access.Scope, leads ...id.Lead) (map[id.Lead]bool, error) {
	return s.reads(ctx).Inside(scope, leads)
}

// Inside is Store.Inside within the transaction.
func (t Tx) Inside(ctx context.Context, scope access.Scope, leads ...id.Lead) (map[id.Lead]bool, error) {
	return t.reads(ctx).Inside(scope, leads)
}

// HoldLead locks a lead inside the scope; see module.Tx. It is read again once
// it is locked: its holder may have changed meanwhile.
func (t Tx) HoldLead(ctx context.Context, read access.Scope, leadID id.Lead) (module.Lead, error) {
	if _, err := t.reads(ctx).lead(read, leadID); err != nil {
		return module.Lead{}, err
	}
	if err := t.LockLead(ctx, leadID); err != nil {
		return module.Lead{}, err
	}
	return t.reads(ctx).lead(read, leadID)
}

// People names persons.
func (s *Store) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	return s.db.People(ctx, users)
}

// progressSQL counts projects with what is known of each.
const progressSQL = `%s AS unit_id, COUNT(*) AS total,
	SUM(CASE WHEN (SELECT COUNT(*) FROM update_cells c WHERE c.lead_id = l.id AND c.period = ? AND c.field IN ?
		AND (c.number IS NOT NULL OR c.words <> '')) = ? THEN 1 ELSE 0 END) AS done,
	SUM(CASE WHEN EXISTS (SELECT 1 FROM update_rows f WHERE f.lead_id = l.id AND f.period = ? AND f.filed_at IS NOT NULL) THEN 1 ELSE 0 END) AS filed`

// Progress counts the projects of units; see module.Store.
func (s *Store) Progress(ctx context.Context, read access.Scope, w module.Want, required []string) ([]module.Progress, error) {
	if read.Empty() {
		return nil, nil
	}
	if len(required) == 0 {
		required = []string{""}
	}
	condition, args := owed(w)
	q := s.reads(ctx)
	query, unit := q.Table(read), "l.unit_id"
	if !w.Live {
		query, unit = q.DB.Table("(?) AS l JOIN update_rows r ON r.lead_id = l.id", q.Leads(read)), "r.unit_id"
		condition, args = "r.period = ? AND (? = 0 OR r.unit_id = ?)", []any{w.Period, w.Unit, w.Unit}
	}
	need := len(required)
	if required[0] == "" {
		need = 0
	}
	var out []module.Progress
	err := query.Select(fmt.Sprintf(progressSQL, unit), w.Period, required, need, w.Period).Where(condition, args...).
		Group(unit).Order(unit).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("count the projects of reports: %w", err)
	}
	return out, nil
}

// Sums returns what was filed for indicators in a year.
func (s *Store) Sums(ctx context.Context, read access.Scope, year int) ([]module.Sum, error) {
	if read.Empty() {
		return nil, nil
	}
	q := s.reads(ctx)
	var out []module.Sum
	err := q.DB.Table("(?) AS l JOIN update_figures f ON f.lead_id = l.id", q.Leads(read)).
		Select("f.indicator, f.unit_id, f.period, SUM(f.number) AS value").
		Where("f.indicator <> '' AND f.number IS NOT NULL AND f.period >= ? AND f.period <= ?", fmt.Sprintf("%04d-01", year), fmt.Sprintf("%04d-12", year)).
		Group("f.indicator, f.unit_id, f.period").Order("f.indicator, f.unit_id, f.period").Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("sum what was filed: %w", err)
	}
	return out, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
