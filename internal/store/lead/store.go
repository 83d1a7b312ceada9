package lead

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store keeps leads in one database.
type Store struct {
	db      *store.DB
	onStage Follower
	onFacts Counter
}

// Follower is told of every change of a lead's stage, in its transaction.
type Follower func(ctx context.Context, tx *store.Tx, a lead.Activity) error

// Following returns the store with what follows the stages of leads.
func (s *Store) Following(f Follower) *Store { return &Store{db: s.db, onStage: f, onFacts: s.onFacts} }

// New returns the leads of a database.
func New(db *store.DB) *Store { return &Store{db: db} }

// Tx is a transaction on leads.
type Tx struct {
	*store.Tx
	onStage Follower
	onFacts Counter
}

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(lead.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx, onStage: s.onStage, onFacts: s.onFacts}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

func unknown() error { return fault.New(fault.NotFound, "lead.unknown", "No such lead.") }

// Get returns the lead inside the scope; see lead.Store.
func (s *Store) Get(ctx context.Context, read access.Scope, leadID id.Lead) (lead.Seen, error) {
	db := s.db.Read(ctx)
	seen, err := get(db, read, leadID, s.db.Present())
	if err != nil {
		return seen, err
	}
	one := []lead.Seen{seen}
	err = s.addClocks(ctx, db, one)
	return one[0], err
}

// get reads one lead through the sealed scope, with its standing.
func get(db *gorm.DB, read access.Scope, leadID id.Lead, now clause.Expr) (lead.Seen, error) {
	fields := leadFields(now)
	rows, err := readLeads(leads(db, read, now).Select(fields.sql, fields.args...).Where("l.id = ?", leadID).Limit(1))
	if err != nil {
		return lead.Seen{}, fmt.Errorf("get lead %s: %w", leadID, err)
	}
	if len(rows) == 0 {
		return lead.Seen{}, unknown()
	}
	seen, err := standings(db, read, rows, now)
	if err != nil {
		return lead.Seen{}, err
	}
	return seen[0], nil
}

// standings adds to leads that were read through a scope what is needed to
// say which of their fields and acts the reader has: two or three queries for
// a whole page.
func standings(db *gorm.DB, read access.Scope, rows []lead.Lead, now clause.Expr) ([]lead.Seen, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]id.Lead, len(rows))
	for i, l := range rows {
		ids[i] = l.ID
	}
	facts, err := factsOf(db, read, ids, now)
	if err != nil {
		return nil, err
	}
	return standingsWith(db, read, rows, facts, now)
}

// standingsWith is standings with the facts at hand.
func standingsWith(
	db *gorm.DB, read access.Scope, rows []lead.Lead, facts map[id.Lead][]fact, now clause.Expr,
) ([]lead.Seen, error) {
	var restricted []id.Lead
	for _, l := range rows {
		if l.Restricted {
			restricted = append(restricted, l.ID)
		}
	}
	member, err := memberOf(db, restricted, read.User(), now)
	if err != nil {
		return nil, err
	}
	out := make([]lead.Seen, len(rows))
	for i, l := range rows {
		out[i] = lead.Seen{Lead: l, Wide: read.Any(), Standing: access.Standing{Restricted: l.Restricted, Member: member[l.ID]}}
		for _, f := range facts[l.ID] {
			out[i].Standing.Facts = append(out[i].Standing.Facts, access.Fact{Part: f.Part, Unit: f.UnitID})
			out[i].MayReturn = out[i].MayReturn || f.MayReturn
			if f.Part == access.Offered && f.HandoffID != nil {
				out[i].Offer = &lead.OfferMark{ID: *f.HandoffID, ToUnitID: f.UnitID, DueAt: f.Until}
			}
		}
	}
	return out, addPast(db, read, out, facts)
}

// factsOf reads the facts of leads; see factsWhere.
func factsOf(db *gorm.DB, read access.Scope, ids []id.Lead, now clause.Expr) (map[id.Lead][]fact, error) {
	where, fields := sqlf("f.lead_id IN ?", ids).and(factsWhere(read, now)), factFields(now)
	out := make(map[id.Lead][]fact, len(ids))
	var of id.Lead
	var f maybeFact
	targets := append([]any{&of}, f.targets()...)
	err := each(db.Raw("SELECT f.lead_id, "+fields.sql+" FROM lead_parts f WHERE "+where.sql+" ORDER BY f.id", append(fields.args, where.args...)...),
		func(rows *sql.Rows) error {
			err := rows.Scan(targets...)
			out[of] = append(out[of], f.of(of))
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the parts of leads: %w", err)
	}
	return out, nil
}

func memberOf(db *gorm.DB, ids []id.Lead, user id.User, now clause.Expr) (map[id.Lead]bool, error) {
	if len(ids) == 0 {
		return map[id.Lead]bool{}, nil
	}
	out := make(map[id.Lead]bool, len(ids))
	err := each(db.Raw("SELECT lead_id FROM lead_members WHERE lead_id IN ? AND user_id = ? AND from_at <= ? AND until > ?",
		ids, user, now, now), func(rows *sql.Rows) error {
		var l id.Lead
		err := rows.Scan(&l)
		out[l] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the members of leads: %w", err)
	}
	return out, nil
}

// addPast gives the leads that the reader sees only as a past holder the
// values of the moment it handed them on.
func addPast(db *gorm.DB, read access.Scope, seen []lead.Seen, facts map[id.Lead][]fact) error {
	live, past := read.Without(access.Past), read.Only(access.Past)
	wanted := map[id.Handoff]int{}
	for i := range seen {
		f := lastPast(past, facts[seen[i].Lead.ID])
		if f == nil {
			continue
		}
		seen[i].HandedAt = &f.FromAt
		if !live.Covers(seen[i].Standing) {
			seen[i].Past = &lead.Snapshot{ActivityAt: f.ActivityAt}
			wanted[*f.HandoffID] = i
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	ids := make([]id.Handoff, 0, len(wanted))
	for h := range wanted {
		ids = append(ids, h)
	}
	err := each(db.Raw("SELECT id, snap_title, snap_investor_name, snap_planned_cents, snap_currency, snap_version "+
		"FROM handoffs WHERE id IN ?", ids), func(rows *sql.Rows) error {
		var h lead.Handoff
		err := rows.Scan(&h.ID, &h.SnapTitle, &h.SnapInvestorName, &h.SnapPlannedCents, &h.SnapCurrency, &h.SnapVersion)
		if err == nil {
			fillPast(seen[wanted[h.ID]].Past, h)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read what past holders keep: %w", err)
	}
	return nil
}

// lastPast is the reader's latest handing on of a lead; nil for none.
func lastPast(past access.Scope, facts []fact) *fact {
	for i := len(facts) - 1; i >= 0; i-- {
		f := &facts[i]
		if f.Part == access.Past && f.HandoffID != nil && past.Has(access.Grant{Part: access.Past, Unit: f.UnitID}) {
			return f
		}
	}
	return nil
}

func fillPast(p *lead.Snapshot, h lead.Handoff) {
	p.InvestorName, p.PlannedCents = h.SnapInvestorName, h.SnapPlannedCents
	if h.SnapTitle != nil {
		p.Title = *h.SnapTitle
	}
	if h.SnapCurrency != nil {
		p.Currency = *h.SnapCurrency
	}
	if h.SnapVersion != nil {
		p.Version = *h.SnapVersion
	}
}

// instant is a known moment as part of a query.
func instant(t time.Time) clause.Expr { return clause.Expr{SQL: "?", Vars: []any{clock.Cut(t)}} }

// The store keeps what the module asks of it.
var (
	_ lead.Store = (*Store)(nil)
	_ lead.Tx    = Tx{}
)
