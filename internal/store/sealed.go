package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Leads opens the live leads inside a scope as a sealed subquery: what other
// packages keep of leads joins it and never reads a lead in another way. The
// program hands it in from the store of leads.
type Leads func(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB

// Grants lets units read a lead as long as they owe something on it.
type Grants func(ctx context.Context, tx *Tx, lead id.Lead, units []id.Unit, at time.Time) error

// Sealed are queries that begin at the leads inside a scope, outside a
// transaction or within one.
type Sealed struct {
	DB    *gorm.DB
	Now   clause.Expr
	leads Leads
}

// Sealed returns queries over the database as it is.
func (db *DB) Sealed(ctx context.Context, leads Leads) Sealed { return db.sealed(db.Read(ctx), leads) }

// SealedIn returns queries over a snapshot of the database.
func (db *DB) SealedIn(snapshot *gorm.DB, leads Leads) Sealed { return db.sealed(snapshot, leads) }

func (db *DB) sealed(session *gorm.DB, leads Leads) Sealed {
	return Sealed{DB: session, Now: db.Present(), leads: leads}
}

// Sealed returns queries within the transaction, at its instant.
func (tx *Tx) Sealed(ctx context.Context, leads Leads) Sealed {
	return Sealed{DB: tx.DB(ctx), Now: clause.Expr{SQL: "?", Vars: []any{clock.Cut(tx.Now(ctx))}}, leads: leads}
}

// Leads are the leads inside the scope as a subquery for a FROM clause.
func (q Sealed) Leads(s access.Scope) *gorm.DB { return q.leads(q.DB, s, q.Now) }

// Table reads the leads inside the scope as l.
func (q Sealed) Table(s access.Scope) *gorm.DB { return q.DB.Table("(?) AS l", q.Leads(s)) }

// Inside returns which leads are inside the scope.
func (q Sealed) Inside(s access.Scope, leads []id.Lead) (map[id.Lead]bool, error) {
	out := map[id.Lead]bool{}
	if s.Empty() || len(leads) == 0 {
		return out, nil
	}
	var in []id.Lead
	if err := q.Table(s).Where("l.id IN ?", leads).Pluck("l.id", &in).Error; err != nil {
		return nil, fmt.Errorf("read which leads are inside a scope: %w", err)
	}
	for _, l := range in {
		out[l] = true
	}
	return out, nil
}

// LockLead keeps others from changing a lead until the transaction ends. Who
// read the lead before reads it again: its holder may have changed meanwhile.
// On SQLite every transaction is alone, and nothing is to be locked.
func (tx *Tx) LockLead(ctx context.Context, lead id.Lead) error {
	if tx.Dialect() == SQLite {
		return nil
	}
	if err := tx.DB(ctx).Exec("UPDATE leads SET version = version WHERE id = ?", lead).Error; err != nil {
		return fmt.Errorf("lock lead %s: %w", lead, err)
	}
	return nil
}

// People names persons.
func (db *DB) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	out := map[id.User]string{}
	if len(users) == 0 {
		return out, nil
	}
	var rows []struct {
		ID   id.User
		Name string
	}
	if err := db.Read(ctx).Raw("SELECT id, name FROM users WHERE id IN ?", users).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}
