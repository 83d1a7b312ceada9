// Package report reads in SQL what the figures of the cockpit are made of.
// Every row is read through the lead's own sealed scope, which the program
// hands in.
package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/report"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Facts opens the spans of what was known of leads inside a scope as a sealed
// subquery.
type Facts func(db *gorm.DB, s access.Scope, now clause.Expr, hint string) *gorm.DB

// Store reads the figures of one database.
type Store struct {
	db    *store.DB
	facts Facts
}

// New returns the figures of an open database.
func New(db *store.DB, facts Facts) *Store { return &Store{db: db, facts: facts} }

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// Snapshot runs several reads that see one state.
func (s *Store) Snapshot(ctx context.Context, read func(module.Reader) error) error {
	return s.db.Snapshot(ctx, func(db *gorm.DB) error {
		return read(reads{db: db, facts: s.facts, now: s.db.Present(), lite: s.db.Dialect() == store.SQLite})
	})
}

type reads struct {
	db    *gorm.DB
	facts Facts
	now   clause.Expr
	lite  bool   // on SQLite
	hint  string // the index to go along; empty for the planner's choice
}

// sealed are the spans inside the scope of the question, as the table f.
func (q reads) sealed(w module.Want) *gorm.DB {
	query := q.db.Table("(?) AS f", q.facts(q.db, w.Read, q.now, q.hint))
	if w.Slice.Town != nil {
		query = query.Where("f.town_unit_id = ?", *w.Slice.Town)
	}
	if w.Slice.Unit != nil {
		query = query.Where("f.first_unit_id = ?", *w.Slice.Unit)
	}
	if w.Slice.Chain != nil {
		query = query.Where("f.chain = ?", *w.Slice.Chain)
	}
	return query
}

// along are the same reads on SQLite along an index: its planner would take
// that of all open spans and look up every row.
func (q reads) along(index string) reads {
	if q.lite {
		q.hint = "INDEXED BY " + index
	}
	return q
}

// known are of these the ones that held at the instant of the question. A
// span that began when the day was over belongs to the next.
func (q reads) known(w module.Want) *gorm.DB {
	if w.At == nil && !w.Read.Any() {
		// As a value it keeps SQLite from walking all open spans of the city.
		return q.sealed(w).Where("f.until = ?", clock.Forever())
	}
	if w.At == nil {
		// Written out: a value would not let SQLite take the index of open spans.
		return q.sealed(w).Where("f.until = " + forever)
	}
	return q.sealed(w).Where("f.from_at < ? AND f.until >= ?", *w.At, *w.At)
}

const forever = "'9999-12-31 00:00:00+00:00'"

// History says since when leads are on record.
func (q reads) History() (module.History, error) {
	var out module.History
	for _, one := range []struct {
		sql  string
		into **time.Time
	}{
		{"SELECT created_at FROM leads ORDER BY created_at LIMIT 1", &out.First},
		{"SELECT at FROM lead_fact_marks ORDER BY at DESC LIMIT 1", &out.Complete},
	} {
		var at []time.Time
		if err := q.db.Raw(one.sql).Scan(&at).Error; err != nil {
			return out, fmt.Errorf("find since when leads are known: %w", err)
		}
		if len(at) > 0 {
			*one.into = &at[0]
		}
	}
	if out.Complete == nil {
		out.Complete = out.First
	}
	return out, nil
}

// Limits are the limits of the life cycle in force on a day.
func (q reads) Limits(day clock.Date) (module.Limits, error) {
	var rows []struct {
		Track, Stage string
		LimitDays    *int64
	}
	err := q.db.Raw("SELECT track, stage, limit_days FROM lifecycle_steps WHERE lifecycle_id = "+
		"(SELECT id FROM lifecycles WHERE state = 'in_force' AND from_on <= ? ORDER BY from_on DESC LIMIT 1)", day).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the limits of stages on %s: %w", day, err)
	}
	out := module.Limits{}
	for _, r := range rows {
		if out[r.Track] == nil {
			out[r.Track] = map[string]int64{}
		}
		if r.LimitDays != nil {
			out[r.Track][r.Stage] = *r.LimitDays
		}
	}
	return out, nil
}

const factColumns = "f.lead_id, f.stage, f.track, f.unit_id, f.town_unit_id, f.first_unit_id, f.chain, f.since_on, f.planned_cents, f.currency, " +
	"f.created_on, f.signed_on, f.started_on, f.produced_on, f.lost_on, f.lost_to"

// Walk visits what was known of every lead.
func (q reads) Walk(w module.Want, visit func(module.Fact)) error {
	if w.Read.Empty() {
		return nil
	}
	return q.visit(q.known(w).Select(factColumns), visit)
}

func (q reads) visit(query *gorm.DB, visit func(module.Fact)) error {
	return each(query, func(rows *sql.Rows) error {
		var f module.Fact
		err := rows.Scan(&f.Lead, &f.Stage, &f.Track, &f.Unit, &f.Town, &f.First, &f.Chain, &f.Since, &f.Cents, &f.Currency,
			&f.CreatedOn, &f.SignedOn, &f.StartedOn, &f.ProducedOn, &f.LostOn, &f.LostTo)
		if err == nil {
			visit(f)
		}
		return err
	})
}

// each reads the rows of a query to their end.
func each(query *gorm.DB, one func(*sql.Rows) error) (err error) {
	rows, err := query.Rows()
	if err != nil {
		return fmt.Errorf("read the facts of leads: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := one(rows); err != nil {
			return fmt.Errorf("read a row of facts: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the facts of leads: %w", err)
	}
	return nil
}

const (
	knownSum = "COALESCE(CAST(sum(CASE WHEN f.planned_cents IS NOT NULL AND f.currency = 'CNY' THEN 1 ELSE 0 END) AS bigint), 0)"
	centsSum = "COALESCE(CAST(sum(CASE WHEN f.currency = 'CNY' THEN f.planned_cents END) AS bigint), 0)"
)

// Talks sums the leads in talks just before each of the instants, which
// ascend: every span is put between the first instant that it may hold at and
// the first at which it holds no more.
func (q reads) Talks(w module.Want, ends []time.Time) ([]module.Sum, error) {
	out := make([]module.Sum, len(ends))
	if w.Read.Empty() {
		return out, nil
	}
	begins, stops := place("f.from_at", ends), place("f.until", ends)
	var rows []struct {
		A, B                int
		Leads, Known, Cents int64
	}
	err := q.sealed(w).Select("("+begins.SQL+") AS a, ("+stops.SQL+") AS b, count(*) AS leads, "+knownSum+" AS known, "+centsSum+" AS cents",
		append(append([]any{}, begins.Vars...), stops.Vars...)...).
		Where("f.in_talks AND f.until >= ?", ends[0]).Group("1, 2").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("sum the leads in talks by month: %w", err)
	}
	for _, r := range rows {
		for i := r.A; i < min(r.B, len(ends)); i++ {
			out[i].Count, out[i].Known, out[i].Cents = out[i].Count+r.Leads, out[i].Known+r.Known, out[i].Cents+r.Cents
		}
	}
	return out, nil
}

// place is the number of the first instant for which the column lies before
// it, found by halves: most spans lie near the end.
func place(column string, ends []time.Time) clause.Expr {
	return placeAmong(column, ends, 0, len(ends))
}

func placeAmong(column string, ends []time.Time, from, until int) clause.Expr {
	if from == until {
		return clause.Expr{SQL: strconv.Itoa(from)}
	}
	half := (from + until) / 2
	low, high := placeAmong(column, ends, from, half), placeAmong(column, ends, half+1, until)
	return clause.Expr{
		SQL:  "CASE WHEN " + column + " < ? THEN " + low.SQL + " ELSE " + high.SQL + " END",
		Vars: append(append([]any{clock.Cut(ends[half])}, low.Vars...), high.Vars...),
	}
}

// Losses sums the leads that were lost between two days by where they went.
func (q reads) Losses(w module.Want, from, until string) (map[string]module.Sum, error) {
	out := map[string]module.Sum{}
	if w.Read.Empty() {
		return out, nil
	}
	var rows []struct {
		LostTo              string
		Leads, Known, Cents int64
	}
	err := q.along("lead_facts_lost").known(w).Select("f.lost_to, count(*) AS leads, "+knownSum+" AS known, "+centsSum+" AS cents").
		Where("f.lost_on <> '' AND f.lost_on >= ? AND f.lost_on <= ?", from, until).Group("f.lost_to").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("sum the lost leads: %w", err)
	}
	for _, r := range rows {
		out[r.LostTo] = module.Sum{Count: r.Leads, Known: r.Known, Cents: r.Cents}
	}
	return out, nil
}

// Heads returns the head lines of leads inside the scope.
func (q reads) Heads(w module.Want, leads []id.Lead) (map[id.Lead]module.Head, error) {
	out := make(map[id.Lead]module.Head, len(leads))
	if len(leads) == 0 || w.Read.Empty() {
		return out, nil
	}
	var rows []struct {
		ID           id.Lead
		Code, Title  string
		InvestorName *string
		DeletedAt    *time.Time
	}
	err := q.db.Raw("SELECT l.id, l.code, l.title, l.investor_name, l.deleted_at FROM leads l WHERE l.id IN "+
		"(SELECT f.lead_id FROM (?) AS f WHERE f.lead_id IN ?)", q.facts(q.db, w.Read, q.now, q.hint), leads).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the head lines of leads: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = module.Head{Code: r.Code, Title: r.Title, Investor: r.InvestorName, DeletedAt: r.DeletedAt}
	}
	return out, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store  = (*Store)(nil)
	_ module.Reader = reads{}
)
