package credit

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	module "github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// reads are the queries that a store and a transaction share.
type reads struct{ known, held store.Sealed }

func (s *Store) reads(ctx context.Context) reads {
	return reads{known: s.known(ctx), held: s.db.Sealed(ctx, s.leads.Held)}
}

func (t Tx) reads(ctx context.Context) reads {
	return reads{known: t.Sealed(ctx, t.leads.Known), held: t.Sealed(ctx, t.leads.Held)}
}

type ruleRow struct {
	ID         int64 `gorm:"primaryKey"`
	Indicator  string
	Version    int64
	Happening  module.Happening
	Measure    module.Measure
	Basis      module.Basis
	Class      module.Class
	LowerCents int64
	Tracks     string
	Excluded   string
	UndoneBy   string
	Recount    bool
	LateMonths int64
	StartsOn   clock.Date
	EndsOn     *clock.Date
	Made       module.Made `gorm:"embedded"`
}

// TableName is the table of counting rules.
func (ruleRow) TableName() string { return "count_rules" }

func (r ruleRow) rule() module.Rule {
	return module.Rule{
		ID: r.ID, Indicator: r.Indicator, Version: r.Version, Happening: r.Happening, Measure: r.Measure, Basis: r.Basis, Class: r.Class,
		LowerCents: r.LowerCents, Tracks: words(r.Tracks), Excluded: words(r.Excluded), UndoneBy: words(r.UndoneBy), Recount: r.Recount,
		LateMonths: r.LateMonths, StartsOn: r.StartsOn, EndsOn: r.EndsOn, Made: r.Made,
	}
}

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func rules(db *gorm.DB) ([]module.Rule, error) {
	var rows []ruleRow
	if err := db.Raw("SELECT * FROM count_rules ORDER BY id").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the counting rules: %w", err)
	}
	out := make([]module.Rule, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.rule())
	}
	return out, nil
}

// Rules returns every version of every counting rule.
func (s *Store) Rules(ctx context.Context) ([]module.Rule, error) { return rules(s.db.Read(ctx)) }

// Rules is Store.Rules within the transaction.
func (t Tx) Rules(ctx context.Context) ([]module.Rule, error) { return rules(t.DB(ctx)) }

func shareRules(db *gorm.DB) ([]module.ShareRule, error) {
	var out []module.ShareRule
	if err := db.Raw("SELECT * FROM share_rules ORDER BY id").Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read the rules of shares: %w", err)
	}
	return out, nil
}

// ShareRules returns every version of the default share.
func (s *Store) ShareRules(ctx context.Context) ([]module.ShareRule, error) {
	return shareRules(s.db.Read(ctx))
}

// ShareRules is Store.ShareRules within the transaction.
func (t Tx) ShareRules(ctx context.Context) ([]module.ShareRule, error) { return shareRules(t.DB(ctx)) }

func closings(db *gorm.DB) ([]module.Closing, error) {
	var out []module.Closing
	if err := db.Raw("SELECT month, closed_at, closed_by, reason FROM count_months ORDER BY month").Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read the closed months: %w", err)
	}
	return out, nil
}

// Closings returns the months that were closed before their day.
func (s *Store) Closings(ctx context.Context) ([]module.Closing, error) {
	return closings(s.db.Read(ctx))
}

// Closings is Store.Closings within the transaction.
func (t Tx) Closings(ctx context.Context) ([]module.Closing, error) { return closings(t.DB(ctx)) }

// Lead returns a lead whose credit the reader may see; see module.Reads.
func (s *Store) Lead(ctx context.Context, read access.Scope, lead id.Lead) (module.Lead, error) {
	return s.reads(ctx).lead(read, lead)
}

// Lead is Store.Lead within the transaction.
func (t Tx) Lead(ctx context.Context, read access.Scope, lead id.Lead) (module.Lead, error) {
	return t.reads(ctx).lead(read, lead)
}

const partyHas = "EXISTS (SELECT 1 FROM count_parts c WHERE c.lead_id = l.id AND c.unit_id IN ?)"

func (q reads) lead(read access.Scope, lead id.Lead) (module.Lead, error) {
	unknown := fault.New(fault.NotFound, "lead.unknown", "No such lead.")
	if read.Empty() {
		return module.Lead{}, unknown
	}
	query := q.known.DB.Table("(?) AS l JOIN lead_facts f ON f.lead_id = l.id AND f.until = ?", q.known.Leads(read), clock.Forever()).
		Select("l.id, l.code, l.restricted, f.first_unit_id AS finder, f.town_unit_id AS landing, f.signed_on").
		Where("l.id = ? AND l.deleted_at IS NULL", lead)
	if mine, all := units(read); !all {
		query = query.Where("("+partyHas+" OR ((f.first_unit_id IN ? OR f.town_unit_id IN ?) AND l.id IN (SELECT h.id FROM (?) AS h)))",
			mine, mine, mine, q.held.Leads(read))
	}
	var rows []module.Lead
	if err := query.Scan(&rows).Error; err != nil {
		return module.Lead{}, fmt.Errorf("read lead %s: %w", lead, err)
	}
	if len(rows) == 0 {
		return module.Lead{}, unknown
	}
	return rows[0], nil
}

// stepRow is a line of a journal with what was known.
type stepRow struct {
	Step  module.Step  `gorm:"embedded"`
	Known module.Known `gorm:"embedded;embeddedPrefix:known_"`
}

const knownColumns = `COALESCE(f.stage, '') AS known_stage, COALESCE(f.since_on, '') AS known_since_on, COALESCE(f.signed_on, '') AS known_signed_on,
	COALESCE(f.started_on, '') AS known_started_on, COALESCE(f.produced_on, '') AS known_produced_on, f.planned_cents AS known_cents,
	COALESCE(f.currency, '') AS known_currency, COALESCE(f.track, '') AS known_track, COALESCE(f.first_unit_id, 0) AS known_finder,
	COALESCE(f.town_unit_id, 0) AS known_landing`

func steps(db *gorm.DB, lead id.Lead) ([]module.Step, error) {
	var rows []stepRow
	err := db.Raw("SELECT s.*, "+knownColumns+" FROM count_steps s LEFT JOIN lead_facts f ON f.id = s.fact_id WHERE s.lead_id = ? ORDER BY s.id", lead).
		Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the journal of lead %s: %w", lead, err)
	}
	out := make([]module.Step, 0, len(rows))
	for _, r := range rows {
		r.Step.Known, r.Step.Known.Gone = r.Known, r.Step.Gone
		out = append(out, r.Step)
	}
	return out, nil
}

// Steps returns the journal of a lead.
func (s *Store) Steps(ctx context.Context, lead id.Lead) ([]module.Step, error) {
	return steps(s.db.Read(ctx), lead)
}

// Steps is Store.Steps within the transaction.
func (t Tx) Steps(ctx context.Context, lead id.Lead) ([]module.Step, error) {
	return steps(t.DB(ctx), lead)
}

// Proposals returns proposals; see module.Reads.
func (s *Store) Proposals(ctx context.Context, read access.Scope, w module.ProposalWant) ([]module.Proposal, error) {
	return s.reads(ctx).proposals(read, w)
}

// Proposals is Store.Proposals within the transaction.
func (t Tx) Proposals(ctx context.Context, read access.Scope, w module.ProposalWant) ([]module.Proposal, error) {
	return t.reads(ctx).proposals(read, w)
}

func (q reads) proposals(read access.Scope, w module.ProposalWant) ([]module.Proposal, error) {
	if read.Empty() {
		return nil, nil
	}
	query := q.known.DB.Table("(?) AS l JOIN credit_proposals p ON p.lead_id = l.id", q.known.Leads(read)).Select("p.*, l.code AS lead_code").
		Where("l.deleted_at IS NULL").Order("p.id DESC").Limit(200)
	if mine, all := units(read); !all {
		query = query.Where("(p.from_unit_id IN ? OR p.to_unit_id IN ?)", mine, mine)
	}
	if w.Proposal != 0 {
		query = query.Where("p.id = ?", w.Proposal)
	}
	if w.Lead != 0 {
		query = query.Where("p.lead_id = ?", w.Lead)
	}
	if w.Open {
		query = query.Where("p.state = 'open'")
	}
	var out []module.Proposal
	if err := query.Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read proposals of shares: %w", err)
	}
	return out, nil
}

// Titles returns the heads of leads; see module.Store.
func (s *Store) Titles(ctx context.Context, read access.Scope, leads []id.Lead) (map[id.Lead]module.Head, error) {
	found, err := s.titles(ctx, read, leads)
	out := make(map[id.Lead]module.Head, len(found))
	for l, h := range found {
		out[l] = h.with(module.Head{ID: l})
	}
	return out, err
}
