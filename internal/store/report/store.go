// Package report reads in SQL what the figures of the cockpit are made of.
// Every row is read through the lead's own sealed scope, which the program
// hands in.
package report

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/report"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Leads opens the live leads inside a scope as a sealed subquery.
type Leads func(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB

// Store reads the figures of one database.
type Store struct {
	db    *store.DB
	leads Leads
}

// New returns the figures of an open database.
func New(db *store.DB, leads Leads) *Store { return &Store{db: db, leads: leads} }

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// Snapshot runs several reads that see one state.
func (s *Store) Snapshot(ctx context.Context, read func(module.Reader) error) error {
	return s.db.Snapshot(ctx, func(db *gorm.DB) error {
		return read(reads{db: db, leads: s.leads, now: s.db.Present()})
	})
}

type reads struct {
	db    *gorm.DB
	leads Leads
	now   clause.Expr
}

// History says since when leads are on record.
func (q reads) History() (module.History, error) {
	var first []time.Time
	if err := q.db.Raw("SELECT created_at FROM leads ORDER BY id LIMIT 1").Scan(&first).Error; err != nil {
		return module.History{}, fmt.Errorf("find the first lead: %w", err)
	}
	if len(first) == 0 {
		return module.History{}, nil
	}
	return module.History{First: &first[0], Complete: &first[0]}, nil
}

// Limits are the limits of the life cycle in force on a day.
func (q reads) Limits(day clock.Date) (module.Limits, error) {
	var rows []struct {
		Track, Stage string
		LimitDays    int64
	}
	err := q.db.Raw("SELECT track, stage, limit_days FROM lifecycle_steps WHERE limit_days IS NOT NULL AND lifecycle_id = "+
		"(SELECT id FROM lifecycles WHERE state = 'in_force' AND from_on <= ? ORDER BY from_on DESC LIMIT 1)", day).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the limits of stages on %s: %w", day, err)
	}
	out := module.Limits{}
	for _, r := range rows {
		if out[r.Track] == nil {
			out[r.Track] = map[string]int64{}
		}
		out[r.Track][r.Stage] = r.LimitDays
	}
	return out, nil
}

// Kept tells whether counters answer the question.
func (q reads) Kept(module.Want, *module.Book) (bool, error) { return false, nil }

// Walk visits every lead.
func (q reads) Walk(w module.Want, visit func(module.Fact)) error {
	if w.Read.Empty() {
		return nil
	}
	rows, err := q.db.Table("(?) AS l JOIN units u ON u.id = l.unit_id", q.leads(q.db, w.Read, q.now)).
		Select("l.id, l.stage, COALESCE(l.track, ''), l.unit_id, COALESCE((SELECT c.unit_id FROM unit_codes c WHERE c.code = l.location_code " +
			"ORDER BY c.id DESC LIMIT 1), CASE WHEN u.kind IN ('town', 'platform') THEN u.id ELSE 0 END), COALESCE(l.first_contact_unit_id, l.unit_id), " +
			"COALESCE(l.chain, ''), l.stage_since, l.planned_cents, l.currency, l.created_at, COALESCE(l.signed_on, ''), COALESCE(l.started_on, '')").
		Order("l.id").Rows()
	if err != nil {
		return fmt.Errorf("walk the leads: %w", err)
	}
	return each(rows, func() error {
		var f module.Fact
		var since, created time.Time
		err := rows.Scan(&f.Lead, &f.Stage, &f.Track, &f.Unit, &f.Town, &f.First, &f.Chain, &since, &f.Cents, &f.Currency, &created, &f.SignedOn, &f.StartedOn)
		f.Since, f.CreatedOn = clock.DateOf(since).String(), clock.DateOf(created).String()
		c := w.Slice
		if (c.Town == nil || *c.Town == f.Town) && (c.Unit == nil || *c.Unit == f.First) && (c.Chain == nil || *c.Chain == f.Chain) {
			visit(f)
		}
		return err
	})
}

// each reads rows to their end.
func each(rows *sql.Rows, one func() error) error {
	for rows.Next() {
		if err := one(); err != nil {
			_ = rows.Close()
			return fmt.Errorf("read a lead's facts: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the facts of leads: %w", err)
	}
	return rows.Close()
}

// Talks sums the leads in talks at each instant.
func (q reads) Talks(w module.Want, ends []time.Time) ([]module.Sum, error) {
	return make([]module.Sum, len(ends)), nil
}

// Stuck returns the leads over the limit of their stage.
func (q reads) Stuck(module.Want, int) ([]module.Fact, error) { return nil, nil }

// Losses sums lost leads by where they went.
func (q reads) Losses(module.Want, string, string) (map[string]module.Sum, error) { return nil, nil }

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
	}
	err := q.db.Table("(?) AS l", q.leads(q.db, w.Read, q.now)).Select("l.id, l.code, l.title, l.investor_name").Where("l.id IN ?", leads).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the head lines of leads: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = module.Head{Code: r.Code, Title: r.Title, Investor: r.InvestorName}
	}
	return out, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store  = (*Store)(nil)
	_ module.Reader = reads{}
)
