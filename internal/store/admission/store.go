// Package admission keeps admission reviews and the power to decide them in
// SQL. Every row about a lead is read through the lead's own sealed scope,
// which the program hands in.
package admission

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store keeps the reviews of one database.
type Store struct {
	db     *store.DB
	leads  store.Leads
	grants store.Grants
}

// New returns the reviews of an open database.
func New(db *store.DB, leads store.Leads, grants store.Grants) *Store {
	return &Store{db: db, leads: leads, grants: grants}
}

// Tx is a transaction on reviews.
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

const leadColumns = `l.code AS lead_code, l.title AS lead_title, l.stage AS lead_stage, l.unit_id AS lead_unit, l.location_code AS lead_location,
	l.restricted AS lead_restricted, l.track AS lead_track, l.planned_cents AS lead_planned, l.fixed_assets_cents AS lead_fixed,
	l.output_cents AS lead_output, l.tax_cents AS lead_tax, l.land_sqm AS lead_land, l.floor_sqm AS lead_floor, l.product AS lead_product`

// leadRow is the lead beside a row.
type leadRow struct {
	LeadCode       string
	LeadTitle      string
	LeadStage      string
	LeadUnit       id.Unit
	LeadLocation   *string
	LeadRestricted bool
	LeadTrack      *string
	LeadPlanned    *int64
	LeadFixed      *int64
	LeadOutput     *int64
	LeadTax        *int64
	LeadLand       *int64
	LeadFloor      *int64
	LeadProduct    *string
}

func (r leadRow) lead(leadID id.Lead) module.Lead {
	l := module.Lead{
		ID: leadID, Code: r.LeadCode, Title: r.LeadTitle, Stage: r.LeadStage, UnitID: r.LeadUnit, LocationCode: r.LeadLocation, Restricted: r.LeadRestricted,
		Figures: module.Figures{
			PlannedCents: r.LeadPlanned, FixedAssetsCents: r.LeadFixed, OutputCents: r.LeadOutput, TaxCents: r.LeadTax,
			LandSqm: r.LeadLand, FloorSqm: r.LeadFloor,
		},
	}
	if r.LeadTrack != nil {
		l.Figures.Track = *r.LeadTrack
	}
	if r.LeadProduct != nil {
		l.Figures.Product = *r.LeadProduct
	}
	return l
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
	return rows[0].lead(leadID), nil
}

// Lead returns a lead inside the scope; see module.Store.
func (s *Store) Lead(ctx context.Context, read access.Scope, leadID id.Lead) (module.Lead, error) {
	return s.reads(ctx).lead(read, leadID)
}

// Inside tells whether a lead is inside the scope.
func (s *Store) Inside(ctx context.Context, scope access.Scope, leadID id.Lead) (bool, error) {
	in, err := s.reads(ctx).Inside(scope, []id.Lead{leadID})
	return in[leadID], err
}

// Inside is Store.Inside within the transaction.
func (t Tx) Inside(ctx context.Context, scope access.Scope, leadID id.Lead) (bool, error) {
	in, err := t.reads(ctx).Inside(scope, []id.Lead{leadID})
	return in[leadID], err
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

// Reviews returns reviews through the scope; see module.Store.
func (s *Store) Reviews(ctx context.Context, r module.Reader, w module.Want) ([]module.Seen, error) {
	return s.reads(ctx).reviews(r, w)
}

// Reviews is Store.Reviews within the transaction.
func (t Tx) Reviews(ctx context.Context, r module.Reader, w module.Want) ([]module.Seen, error) {
	return t.reads(ctx).reviews(r, w)
}

type seenRow struct {
	Review module.Review `gorm:"embedded"`
	Lead   leadRow       `gorm:"embedded"`
	Newest bool
}

// newest is true of the result that counts: the latest one of its lead whose
// minutes are still there.
const newest = `(r.state = 'decided' AND r.minutes_file_id IN (SELECT f.id FROM files f WHERE f.lead_id = r.lead_id AND f.deleted_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM admission_reviews n WHERE n.lead_id = r.lead_id AND n.state = 'decided' AND n.id > r.id)) AS newest`

func (q reads) reviews(r module.Reader, w module.Want) ([]module.Seen, error) {
	if r.Read.Empty() {
		return nil, nil
	}
	query := q.DB.Table("(?) AS l JOIN admission_reviews r ON r.lead_id = l.id", q.Leads(r.Read)).
		Select("r.*, " + newest + ", " + leadColumns).Order("r.id DESC").Limit(200)
	var rows []seenRow
	if err := narrowed(query, w).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read admission reviews: %w", err)
	}
	out := make([]module.Seen, 0, len(rows))
	for _, row := range rows {
		out = append(out, module.Seen{Review: row.Review, Lead: row.Lead.lead(row.Review.LeadID), Counts: row.Newest})
	}
	return out, q.fill(r, out)
}

func narrowed(query *gorm.DB, w module.Want) *gorm.DB {
	if w.Review != 0 {
		query = query.Where("r.id = ?", w.Review)
	}
	if w.Lead != 0 {
		query = query.Where("r.lead_id = ?", w.Lead)
	}
	if len(w.States) > 0 {
		query = query.Where("r.state IN ?", w.States)
	}
	if w.Deciding != nil {
		query = query.Where("r.deciding_unit_id IN ? AND r.state <> 'decided' AND r.state <> 'withdrawn'", w.Deciding)
	}
	if w.Owing != nil {
		query = query.Where("r.state = 'open' AND r.id IN (SELECT o.review_id FROM admission_opinions o WHERE o.unit_id IN ? AND o.word = '')", w.Owing)
	}
	if w.Bound != nil {
		query = query.Where("r.id IN (SELECT c.review_id FROM admission_conditions c WHERE c.unit_id IN ? AND c.done_at IS NULL)", w.Bound)
	}
	return query
}

// fill adds to reviews what belongs to them, and the reader's rights.
func (q reads) fill(r module.Reader, seen []module.Seen) error {
	if len(seen) == 0 {
		return nil
	}
	reviews, leads, at := make([]id.Review, 0, len(seen)), make([]id.Lead, 0, len(seen)), map[id.Review]int{}
	for n, s := range seen {
		reviews, leads, at[s.Review.ID] = append(reviews, s.Review.ID), append(leads, s.Lead.ID), n
	}
	if err := q.belongings(seen, at, reviews); err != nil {
		return err
	}
	papers, err := q.papers(leads)
	if err != nil {
		return err
	}
	ask, err := q.Inside(r.Ask, leads)
	if err != nil {
		return err
	}
	money, err := q.Inside(r.Money, leads)
	if err != nil {
		return err
	}
	for n := range seen {
		l := seen[n].Lead.ID
		seen[n].MayAsk, seen[n].SeesMoney, seen[n].Papers = ask[l], money[l], papers[l]
	}
	return nil
}

// belongings adds to reviews their opinions and conditions.
func (q reads) belongings(seen []module.Seen, at map[id.Review]int, reviews []id.Review) error {
	var opinions []opinionRow
	if err := q.DB.Raw("SELECT * FROM admission_opinions WHERE review_id IN ? ORDER BY id", reviews).Scan(&opinions).Error; err != nil {
		return fmt.Errorf("read opinions: %w", err)
	}
	for _, o := range opinions {
		s := &seen[at[o.Opinion.ReviewID]]
		s.Opinions = append(s.Opinions, o.Opinion)
	}
	var conditions []conditionRow
	if err := q.DB.Raw("SELECT * FROM admission_conditions WHERE review_id IN ? ORDER BY id", reviews).Scan(&conditions).Error; err != nil {
		return fmt.Errorf("read conditions: %w", err)
	}
	for _, c := range conditions {
		s := &seen[at[c.Condition.ReviewID]]
		s.Conditions = append(s.Conditions, c.Condition)
	}
	return nil
}

// papers are the files of leads that reviews look at.
func (q reads) papers(leads []id.Lead) (map[id.Lead][]module.Paper, error) {
	var rows []module.Paper
	err := q.DB.Raw("SELECT id, lead_id, name, kind, size FROM files WHERE lead_id IN ? AND kind IN ? AND deleted_at IS NULL ORDER BY id",
		leads, module.PaperKinds()).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the papers of reviews: %w", err)
	}
	out := map[id.Lead][]module.Paper{}
	for _, p := range rows {
		out[p.LeadID] = append(out[p.LeadID], p)
	}
	return out, nil
}

// People names persons.
func (s *Store) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	return s.db.People(ctx, users)
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
