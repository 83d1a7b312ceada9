// Package dossier keeps in SQL what a project's file holds beside the lead.
// Every row is read through the lead's own sealed scope, which the program
// hands in.
package dossier

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store is the files of one database's projects.
type Store struct {
	db     *store.DB
	leads  store.Leads
	grants store.Grants
}

// New returns the files of an open database's projects.
func New(db *store.DB, leads store.Leads, grants store.Grants) *Store {
	return &Store{db: db, leads: leads, grants: grants}
}

// Tx is a transaction on the files.
type Tx struct {
	*store.Tx
	leads  store.Leads
	grants store.Grants
}

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx, leads: s.leads, grants: s.grants}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

func (s *Store) reads(ctx context.Context) reads { return reads{s.db.Sealed(ctx, s.leads)} }

func (t Tx) reads(ctx context.Context) reads { return reads{t.Sealed(ctx, t.leads)} }

// reads are the queries that a store and a transaction share.
type reads struct{ store.Sealed }

const leadColumns = "l.id AS of_lead, l.code AS lead_code, l.title AS lead_title, l.stage AS lead_stage, l.unit_id AS lead_unit, l.restricted AS lead_restricted"

// leadRow is the lead beside a row.
type leadRow struct {
	OfLead         id.Lead
	LeadCode       string
	LeadTitle      string
	LeadStage      string
	LeadUnit       id.Unit
	LeadRestricted bool
}

func (r leadRow) lead() module.Lead {
	return module.Lead{ID: r.OfLead, Code: r.LeadCode, Title: r.LeadTitle, Stage: r.LeadStage, UnitID: r.LeadUnit, Restricted: r.LeadRestricted}
}

func (q reads) lead(read access.Scope, leadID id.Lead) (module.Lead, error) {
	var rows []leadRow
	err := q.Table(read).Select(leadColumns).Where("l.id = ?", leadID).Scan(&rows).Error
	if err != nil {
		return module.Lead{}, fmt.Errorf("read lead %s: %w", leadID, err)
	}
	if read.Empty() || len(rows) == 0 {
		return module.Lead{}, fault.New(fault.NotFound, "lead.unknown", "No such lead.")
	}
	return rows[0].lead(), nil
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

// HoldLead locks a lead inside the scope; see module.Tx. The row is read
// through the scope, locked, and read again: its holder may have changed while
// the transaction waited.
func (t Tx) HoldLead(ctx context.Context, read access.Scope, leadID id.Lead) (module.Lead, error) {
	if _, err := t.reads(ctx).lead(read, leadID); err != nil {
		return module.Lead{}, err
	}
	if err := t.LockLead(ctx, leadID); err != nil {
		return module.Lead{}, err
	}
	return t.reads(ctx).lead(read, leadID)
}

// HasFile tells whether a file is on the lead.
func (t Tx) HasFile(ctx context.Context, lead id.Lead, file id.File, kind string) (bool, error) {
	var n int64
	err := t.DB(ctx).Raw("SELECT count(*) FROM files WHERE id = ? AND lead_id = ? AND (? = '' OR kind = ?) AND deleted_at IS NULL", file, lead, kind, kind).
		Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for file %s: %w", file, err)
	}
	return n == 1, nil
}

// People names persons.
func (s *Store) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	return s.db.People(ctx, users)
}

// save writes columns of a row over the version before the given one.
func (t Tx) save(ctx context.Context, row any, number, version int64, columns ...string) error {
	done := t.DB(ctx).Model(row).Where("id = ? AND version = ?", number, version-1).Select(columns).Updates(row)
	if done.Error != nil {
		return fmt.Errorf("save %T %d: %w", row, number, done.Error)
	}
	if done.RowsAffected != 1 {
		return fault.New(fault.Conflict, "dossier.busy", "Somebody else is changing the record.")
	}
	return nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
