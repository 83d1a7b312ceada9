package credit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// HoldLead locks a lead; see module.Tx. It is read again under the lock: its
// parties may have changed while the transaction waited.
func (t Tx) HoldLead(ctx context.Context, read access.Scope, lead id.Lead) (module.Lead, error) {
	if _, err := t.Lead(ctx, read, lead); err != nil {
		return module.Lead{}, err
	}
	if err := t.LockLead(ctx, lead); err != nil {
		return module.Lead{}, err
	}
	return t.Lead(ctx, read, lead)
}

type factRow struct {
	FactID int64
	At     time.Time
	Gone   bool
	Known  module.Known `gorm:"embedded;embeddedPrefix:known_"`
}

// Facts returns what the journal of a lead lacks; see module.Tx. The end of
// what is known of a deleted lead is a step of its own.
func (t Tx) Facts(ctx context.Context, lead id.Lead) ([]module.Step, error) {
	const after = "COALESCE((SELECT max(s.fact_id) FROM count_steps s WHERE s.lead_id = ?), 0)"
	var rows []factRow
	err := t.DB(ctx).Raw("SELECT f.id AS fact_id, f.from_at AS at, false AS gone, "+knownColumns+" FROM lead_facts f WHERE f.lead_id = ? AND f.id > "+after+
		" ORDER BY f.id", lead, lead).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the facts of lead %s: %w", lead, err)
	}
	var gone []factRow
	err = t.DB(ctx).Raw("SELECT f.id AS fact_id, f.until AS at, true AS gone, "+knownColumns+" FROM lead_facts f JOIN leads l ON l.id = f.lead_id "+
		"WHERE f.lead_id = ? AND l.deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM count_steps s WHERE s.lead_id = f.lead_id AND s.gone) ORDER BY f.id DESC LIMIT 1",
		lead).Scan(&gone).Error
	if err != nil {
		return nil, fmt.Errorf("read the last facts of lead %s: %w", lead, err)
	}
	rows = append(rows, gone...)
	out := make([]module.Step, 0, len(rows))
	for _, r := range rows {
		s := module.Step{LeadID: lead, At: r.At, Kind: module.Learned, FactID: &r.FactID, Gone: r.Gone, Known: r.Known}
		s.Known.Gone = r.Gone
		out = append(out, s)
	}
	return out, nil
}

// ShareGate keeps months from being closed; see module.Tx. On SQLite every
// transaction is alone.
func (t Tx) ShareGate(ctx context.Context) (began bool, err error) {
	lock := ""
	if t.Dialect() == store.Postgres {
		lock = " FOR SHARE"
	}
	if err := t.DB(ctx).Raw("SELECT began_at IS NOT NULL FROM count_gate WHERE id = 1" + lock).Scan(&began).Error; err != nil {
		return false, fmt.Errorf("share the gate of counting: %w", err)
	}
	return began, nil
}

// HoldGate waits for everybody who counts; see module.Tx.
func (t Tx) HoldGate(ctx context.Context) error {
	if err := t.DB(ctx).Exec("UPDATE count_gate SET touched = touched + 1 WHERE id = 1").Error; err != nil {
		return fmt.Errorf("hold the gate of counting: %w", err)
	}
	return nil
}

// Begin notes that everything of before was counted.
func (t Tx) Begin(ctx context.Context, at time.Time) error {
	if err := t.DB(ctx).Exec("UPDATE count_gate SET began_at = ? WHERE id = 1 AND began_at IS NULL", at).Error; err != nil {
		return fmt.Errorf("begin counting: %w", err)
	}
	return nil
}

type journalRow struct {
	Step module.Step `gorm:"embedded"`
}

// TableName is the table of journals.
func (journalRow) TableName() string { return "count_steps" }

// AddStep writes a line of a journal and gives it its number.
func (t Tx) AddStep(ctx context.Context, s *module.Step) error {
	row, known := journalRow{Step: *s}, s.Known
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("write the journal of lead %s: %w", s.LeadID, err)
	}
	*s, s.Known = row.Step, known
	return nil
}

// Entered counts the lines of a lead.
func (t Tx) Entered(ctx context.Context, lead id.Lead) (int, error) {
	var n int
	if err := t.DB(ctx).Raw("SELECT COALESCE(max(seq), 0) FROM count_events WHERE lead_id = ?", lead).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count the lines of lead %s: %w", lead, err)
	}
	return n, nil
}

type entryRow struct {
	Entry module.Entry `gorm:"embedded"`
}

// TableName is the table of the ledger.
func (entryRow) TableName() string { return "count_events" }

type partRow struct {
	EventID   int64
	UnitID    id.Unit
	Role      module.Role
	LeadID    id.Lead
	Indicator string
	Month     module.Month
	PPM       int64 `gorm:"column:ppm"`
	Value     int64
}

// TableName is the table of what units have.
func (partRow) TableName() string { return "count_parts" }

// AddEntries writes lines of the ledger with their parts.
func (t Tx) AddEntries(ctx context.Context, entries []module.Entry) error {
	for _, e := range entries {
		row := entryRow{Entry: e}
		if err := t.DB(ctx).Create(&row).Error; err != nil {
			return fmt.Errorf("write line %d of lead %s: %w", e.Seq, e.LeadID, err)
		}
		parts := make([]partRow, 0, len(e.Parts))
		for _, p := range e.Parts {
			parts = append(parts, partRow{
				EventID: row.Entry.ID, UnitID: p.Unit, Role: p.Role, LeadID: e.LeadID, Indicator: e.Indicator, Month: e.Month, PPM: p.PPM, Value: p.Value,
			})
		}
		if len(parts) == 0 {
			continue
		}
		if err := t.DB(ctx).Create(&parts).Error; err != nil {
			return fmt.Errorf("write the parts of line %d of lead %s: %w", e.Seq, e.LeadID, err)
		}
	}
	return nil
}

// AddRule writes a version of a counting rule.
func (t Tx) AddRule(ctx context.Context, r *module.Rule) error {
	row := ruleRow{
		Indicator: r.Indicator, Version: r.Version, Happening: r.Happening, Measure: r.Measure, Basis: r.Basis, Class: r.Class, LowerCents: r.LowerCents,
		Tracks: strings.Join(r.Tracks, ","), Excluded: strings.Join(r.Excluded, ","), UndoneBy: strings.Join(r.UndoneBy, ","), Recount: r.Recount,
		LateMonths: r.LateMonths, StartsOn: r.StartsOn, EndsOn: r.EndsOn, Made: r.Made,
	}
	err := t.DB(ctx).Create(&row).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "credit.busy", "Somebody else wrote a version of the rule.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("write a counting rule: %w", err)
	}
	r.ID = row.ID
	return nil
}

type shareRow struct {
	Rule module.ShareRule `gorm:"embedded"`
}

// TableName is the table of default shares.
func (shareRow) TableName() string { return "share_rules" }

// AddShareRule writes a version of the default share.
func (t Tx) AddShareRule(ctx context.Context, r *module.ShareRule) error {
	row := shareRow{Rule: *r}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("write a rule of shares: %w", err)
	}
	*r = row.Rule
	return nil
}

// Close writes that a month is closed; see module.Tx.
func (t Tx) Close(ctx context.Context, c module.Closing) (bool, error) {
	done := t.DB(ctx).Exec("INSERT INTO count_months (month, closed_at, closed_by, reason) VALUES (?, ?, ?, ?) ON CONFLICT (month) DO NOTHING",
		c.Month, c.ClosedAt, c.ClosedBy, c.Reason)
	if done.Error != nil {
		return false, fmt.Errorf("close month %s: %w", c.Month, done.Error)
	}
	return done.RowsAffected == 1, nil
}

type proposalRow struct {
	Proposal module.Proposal `gorm:"embedded"`
}

// TableName is the table of proposals.
func (proposalRow) TableName() string { return "credit_proposals" }

// AddProposal writes a proposal. The unique index decides that one of a lead
// and class is open.
func (t Tx) AddProposal(ctx context.Context, p *module.Proposal) error {
	row, code := proposalRow{Proposal: *p}, p.LeadCode
	err := t.DB(ctx).Omit("LeadCode").Create(&row).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "credit.pending", "A proposal for these indicators is open already.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("write a proposal of shares: %w", err)
	}
	*p, p.LeadCode = row.Proposal, code
	return nil
}

// Answer ends an open proposal; see module.Tx.
func (t Tx) Answer(ctx context.Context, p module.Proposal) (bool, error) {
	done := t.DB(ctx).Exec("UPDATE credit_proposals SET state = ?, answer = ?, answered_by = ?, answered_at = ?, version = version + 1 WHERE id = ? AND state = 'open'",
		p.State, p.Answer, p.AnsweredBy, p.AnsweredAt, p.ID)
	if done.Error != nil {
		return false, fmt.Errorf("answer proposal %s: %w", p.ID, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// Uncounted returns leads without a journal; see module.Store.
func (s *Store) Uncounted(ctx context.Context, after id.Lead, limit int) ([]id.Lead, error) {
	return list(s.db.Read(ctx).Raw("SELECT DISTINCT f.lead_id FROM lead_facts f WHERE f.lead_id > ? AND (f.stage <> 'lead' OR f.signed_on <> '') "+
		"AND NOT EXISTS (SELECT 1 FROM count_steps s WHERE s.lead_id = f.lead_id) ORDER BY f.lead_id LIMIT ?", after, limit))
}

// Journals returns leads with a journal; see module.Store.
func (s *Store) Journals(ctx context.Context, after id.Lead, limit int) ([]id.Lead, error) {
	return list(s.db.Read(ctx).Raw("SELECT DISTINCT s.lead_id FROM count_steps s WHERE s.lead_id > ? ORDER BY s.lead_id LIMIT ?", after, limit))
}

func list(query *gorm.DB) ([]id.Lead, error) {
	var out []id.Lead
	if err := query.Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("list leads to count: %w", err)
	}
	return out, nil
}

// Ledger returns every line of a lead; see module.Store.
func (s *Store) Ledger(ctx context.Context, lead id.Lead) ([]module.Entry, error) {
	var rows []entryRow
	if err := s.db.Read(ctx).Raw("SELECT * FROM count_events WHERE lead_id = ? ORDER BY seq", lead).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the ledger of lead %s: %w", lead, err)
	}
	var parts []partRow
	err := s.db.Read(ctx).Raw("SELECT * FROM count_parts WHERE lead_id = ? ORDER BY event_id, role, unit_id", lead).Scan(&parts).Error
	if err != nil {
		return nil, fmt.Errorf("read the parts of lead %s: %w", lead, err)
	}
	of := map[int64][]module.Part{}
	for _, p := range parts {
		of[p.EventID] = append(of[p.EventID], module.Part{Unit: p.UnitID, Role: p.Role, PPM: p.PPM, Value: p.Value})
	}
	out := make([]module.Entry, 0, len(rows))
	for _, r := range rows {
		r.Entry.Parts = of[r.Entry.ID]
		out = append(out, r.Entry)
	}
	return out, nil
}
