// Package signing keeps the board 每月一签约 in SQL. Every row about a lead is
// read through the lead's own sealed scope, which the program hands in.
package signing

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store is the board of one database.
type Store struct {
	db    *store.DB
	leads store.Leads
}

// New returns the board of an open database.
func New(db *store.DB, leads store.Leads) *Store { return &Store{db: db, leads: leads} }

// Tx is a transaction on the board.
type Tx struct {
	*store.Tx
	leads store.Leads
}

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(s.Within(tx)) })
}

// Within returns the board within a transaction that is open.
func (s *Store) Within(tx *store.Tx) module.Tx { return Tx{Tx: tx, leads: s.leads} }

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// FieldsEdited names the fields that edits changed.
func (s *Store) FieldsEdited(ctx context.Context, e event.Edits) ([]string, error) {
	return s.db.FieldsEdited(ctx, e)
}

// Items returns items through the scope; see module.Store.
func (s *Store) Items(ctx context.Context, r module.Reader, w module.Want) ([]module.Seen, error) {
	return reads{Sealed: s.db.Sealed(ctx, s.leads)}.items(r, w)
}

// Items is Store.Items within the transaction.
func (t Tx) Items(ctx context.Context, r module.Reader, w module.Want) ([]module.Seen, error) {
	return t.reads(ctx).items(r, w)
}

func (t Tx) reads(ctx context.Context) reads {
	return reads{Sealed: t.Sealed(ctx, t.leads)}
}

// reads are the queries that a store and a transaction share.
type reads struct {
	store.Sealed
	before *time.Time // what was known just before; nil for what is
}

// asTheyStood are the items with what was known of them just before an
// instant.
const asTheyStood = `SELECT i.id, i.lead_id, s.month, i.planned_on, s.cents, s.landing_unit_id, s.first_unit_id, s.chain, i.batch_id,
	i.stage_order, i.main_venue, s.grade, i.text_agreed, i.site_ready, i.incentives_reviewed, i.legal_opinion, i.fair_competition,
	i.leader, i.investor_signs, i.city_signs, s.state, s.signed_on, i.version, i.created_by, i.created_at, i.updated_at
	FROM signing_items i JOIN signing_spans s ON s.item_id = i.id AND s.from_at < ? AND s.until >= ?`

// joined joins the items to the leads inside a scope.
func (q reads) joined(read access.Scope) *gorm.DB {
	if q.before == nil {
		return q.DB.Table("(?) AS l JOIN signing_items i ON i.lead_id = l.id", q.Leads(read))
	}
	return q.DB.Table("(?) AS l JOIN ("+asTheyStood+") AS i ON i.lead_id = l.id", q.Leads(read), *q.before, *q.before)
}

const leadColumns = `l.code AS lead_code, l.title AS lead_title, l.investor_name AS lead_investor, l.stage AS lead_stage,
	l.unit_id AS lead_unit, l.first_contact_unit_id AS lead_first, l.chain AS lead_chain, l.planned_cents AS lead_cents,
	l.started_on AS lead_started, l.signed_on AS lead_signed, l.restricted AS lead_restricted, l.version AS lead_version`

// leadRow is the lead beside a row.
type leadRow struct {
	LeadCode       string
	LeadTitle      string
	LeadInvestor   *string
	LeadStage      string
	LeadUnit       id.Unit
	LeadFirst      *id.Unit
	LeadChain      *string
	LeadCents      *int64
	LeadStarted    *clock.Date
	LeadSigned     *clock.Date
	LeadRestricted bool
	LeadVersion    int64
}

func (r leadRow) lead(leadID id.Lead) module.Lead {
	return module.Lead{
		ID: leadID, Code: r.LeadCode, Title: r.LeadTitle, Investor: r.LeadInvestor, Stage: r.LeadStage, UnitID: r.LeadUnit,
		FirstUnitID: r.LeadFirst, Chain: r.LeadChain, PlannedCents: r.LeadCents, StartedOn: r.LeadStarted, SignedOn: r.LeadSigned,
		Restricted: r.LeadRestricted, Version: r.LeadVersion,
	}
}

type seenRow struct {
	Item module.Item `gorm:"embedded"`
	Lead leadRow     `gorm:"embedded"`
}

// items reads items of leads inside the scope.
func (q reads) items(r module.Reader, w module.Want) ([]module.Seen, error) {
	if r.Read.Empty() {
		return nil, nil
	}
	query := q.joined(r.Read).Select("i.*, " + leadColumns).Order("i.month, i.id")
	var rows []seenRow
	if err := narrowed(query, w).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read planned signings: %w", err)
	}
	out := make([]module.Seen, 0, len(rows))
	for _, row := range rows {
		out = append(out, module.Seen{Item: row.Item, Lead: row.Lead.lead(row.Item.LeadID)})
	}
	return out, q.addRights(r.Act, out)
}

func narrowed(query *gorm.DB, w module.Want) *gorm.DB {
	if w.Months != nil {
		query = query.Where("(i.month IN ? OR i.id IN (SELECT f.item_id FROM signing_frozen f WHERE f.month IN ?) "+
			"OR i.id IN (SELECT c.item_id FROM signing_changes c WHERE c.month IN ?))", w.Months, w.Months, w.Months)
	}
	if w.Item != 0 {
		query = query.Where("i.id = ?", w.Item)
	}
	if w.Batch != 0 {
		query = query.Where("i.batch_id = ?", w.Batch)
	}
	if w.Lead != 0 {
		query = query.Where("i.lead_id = ?", w.Lead)
	}
	if w.Signed {
		query = query.Where("i.state = 'signed'")
	}
	return query
}

// addRights marks the items of leads that are inside the act's scope too.
func (q reads) addRights(act access.Scope, seen []module.Seen) error {
	if act.Empty() || len(seen) == 0 {
		return nil
	}
	leads := make([]id.Lead, 0, len(seen))
	for _, s := range seen {
		leads = append(leads, s.Item.LeadID)
	}
	inside, err := q.Inside(act, leads)
	if err != nil {
		return err
	}
	for i := range seen {
		seen[i].MayPlan = inside[seen[i].Item.LeadID]
	}
	return nil
}

// Books returns the ledger of months; see module.Store.
func (s *Store) Books(ctx context.Context, r module.Reader, months []module.Month, before *time.Time) (module.Books, error) {
	out := module.Books{Months: map[module.Month]module.MonthRow{}}
	if r.Read.Empty() || len(months) == 0 {
		return out, nil
	}
	// One snapshot for all of it: a move between two of these queries must not
	// show an amount twice.
	err := s.db.Snapshot(ctx, func(db *gorm.DB) error {
		q := reads{Sealed: s.db.SealedIn(db, s.leads), before: before}
		var err error
		if out.Months, err = q.months(months); err != nil {
			return err
		}
		if out.Items, err = q.items(r, module.Want{Months: months}); err != nil {
			return err
		}
		if err := q.about(r.Read, "signing_frozen", months).Scan(&out.Frozen).Error; err != nil {
			return fmt.Errorf("read the frozen plan: %w", err)
		}
		out.Changes, err = q.changes(r.Read, months)
		return err
	})
	return out, err
}

// months returns what was kept of months.
func (q reads) months(months []module.Month) (map[module.Month]module.MonthRow, error) {
	out, err := monthRows(q.DB, months)
	for m, row := range out {
		if q.before != nil && row.Frozen() && !row.FrozenAt.Before(*q.before) {
			delete(out, m) // was not frozen yet
		}
	}
	return out, err
}

// changes returns the differences since the months were frozen.
func (q reads) changes(read access.Scope, months []module.Month) ([]module.Change, error) {
	query := q.about(read, "signing_changes", months)
	if q.before != nil {
		query = query.Where("x.at < ?", *q.before)
	}
	var out []module.Change
	if err := query.Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read the changes of the plan: %w", err)
	}
	return out, nil
}

// about reads rows of months about leads inside the scope.
func (q reads) about(read access.Scope, table string, months []module.Month) *gorm.DB {
	return q.DB.Table("(?) AS l JOIN "+table+" x ON x.lead_id = l.id", q.Leads(read)).Select("x.*").
		Where("x.month IN ?", months).Order("x.id")
}

type monthRow struct {
	Month    module.Month
	CutOffOn *clock.Date
	FrozenAt *time.Time
	FrozenBy *int64
}

func monthRows(db *gorm.DB, months []module.Month) (map[module.Month]module.MonthRow, error) {
	var rows []monthRow
	err := db.Raw("SELECT month, cut_off_on, frozen_at, frozen_by FROM signing_months WHERE month IN ?", months).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	out := make(map[module.Month]module.MonthRow, len(rows))
	for _, r := range rows {
		out[r.Month] = module.MonthRow(r)
	}
	return out, nil
}

// MonthRows returns what is kept of months.
func (s *Store) MonthRows(ctx context.Context, months []module.Month) (map[module.Month]module.MonthRow, error) {
	return monthRows(s.db.Read(ctx), months)
}

// Unfrozen lists months with items that are not written down as frozen.
func (s *Store) Unfrozen(ctx context.Context, upTo module.Month) ([]module.Month, error) {
	var out []module.Month
	err := s.db.Read(ctx).Raw("SELECT DISTINCT i.month FROM signing_items i WHERE i.month <= ? AND NOT EXISTS "+
		"(SELECT 1 FROM signing_months m WHERE m.month = i.month AND m.frozen_at IS NOT NULL) ORDER BY i.month", upTo).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("list months to freeze: %w", err)
	}
	return out, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
