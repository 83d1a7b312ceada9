// Package credit keeps the counting rules, the ledger that follows from them
// and the shares of it in SQL. What it keeps of leads is read through openings
// of their sealed scope, which the program hands in.
package credit

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Openings are the ways into the scope of leads: the live ones inside a scope,
// those whose counts a reader may know of, those that his units hold or held,
// and the head lines that past holders keep.
type Openings struct{ Within, Known, Held, PastHeads store.Leads }

// Store is the ledger of one database.
type Store struct {
	db    *store.DB
	leads Openings
}

// New returns the ledger of an open database.
func New(db *store.DB, leads Openings) *Store { return &Store{db: db, leads: leads} }

// Tx is a transaction on the ledger.
type Tx struct {
	*store.Tx
	leads Openings
}

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(s.Joined(tx)) })
}

// Joined returns the ledger within a transaction that is open.
func (s *Store) Joined(tx *store.Tx) module.Tx { return Tx{Tx: tx, leads: s.leads} }

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// known are queries that begin at the leads of which a reader may know.
func (s *Store) known(ctx context.Context) store.Sealed { return s.db.Sealed(ctx, s.leads.Known) }

// units are the reader's units; all tells that he reads those of every unit.
func units(s access.Scope) (mine []id.Unit, all bool) {
	for _, p := range s.ByPart() {
		mine = append(mine, p.Units...)
	}
	return mine, s.Any()
}

// own narrows parts of the ledger to the units of a reader.
func own(query *gorm.DB, s access.Scope, column string) *gorm.DB {
	mine, all := units(s)
	if all {
		return query
	}
	if len(mine) == 0 {
		return query.Where("1 = 0")
	}
	return query.Where(column+" IN ?", mine)
}

// Figures sums the parts of the reader's units and the city's values.
func (s *Store) Figures(ctx context.Context, read access.Scope, from, until module.Month) ([]module.Sum, error) {
	if read.Empty() {
		return nil, nil
	}
	q := s.known(ctx)
	var out []module.Sum
	err := own(q.DB.Table("count_parts c JOIN (?) AS l ON l.id = c.lead_id", q.Leads(read)), read, "c.unit_id").
		Select("c.indicator, c.unit_id, c.month, CAST(SUM(c.value) AS bigint) AS value").Where("c.month BETWEEN ? AND ?", from, until).
		Group("c.indicator, c.unit_id, c.month").Having("SUM(c.value) <> 0").Order("c.indicator, c.unit_id, c.month").Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("add up what units have: %w", err)
	}
	var city []module.Sum
	err = q.DB.Table("count_events c JOIN (?) AS l ON l.id = c.lead_id", q.Leads(read)).
		Select("c.indicator, c.month, CAST(SUM(c.value) AS bigint) AS value").Where("c.month BETWEEN ? AND ?", from, until).
		Group("c.indicator, c.month").Having("SUM(c.value) <> 0").Order("c.indicator, c.month").Scan(&city).Error
	if err != nil {
		return nil, fmt.Errorf("add up what the city has: %w", err)
	}
	for _, sum := range city {
		sum.City = true
		out = append(out, sum)
	}
	return out, nil
}

const eventColumns = `e.id, e.step_id, e.lead_id, e.seq, e.indicator, e.count_no, e.kind, e.on_day, e.month, e.corrects, e.value, e.total, e.currency,
	e.rule_id, e.at, l.code AS lead_code, CASE WHEN l.deleted_at IS NULL THEN 0 ELSE 1 END AS lead_gone`

type eventRow struct {
	Entry    module.Entry `gorm:"embedded"`
	LeadCode string
	LeadGone int
	PartUnit id.Unit
	PartRole module.Role
	PartPpm  int64
	PartHas  int64
}

// Events returns the lines behind figures; see module.Store.
func (s *Store) Events(ctx context.Context, r module.Reader, w module.Want) ([]module.SeenEntry, error) {
	if r.Read.Empty() {
		return nil, nil
	}
	q := s.known(ctx)
	var query *gorm.DB
	if w.City {
		query = q.DB.Table("count_events e JOIN (?) AS l ON l.id = e.lead_id", q.Leads(r.Read)).Select(eventColumns)
	} else {
		query = own(q.DB.Table("count_parts c JOIN count_events e ON e.id = c.event_id JOIN (?) AS l ON l.id = e.lead_id", q.Leads(r.Read)), r.Read, "c.unit_id").
			Select(eventColumns + ", c.unit_id AS part_unit, c.role AS part_role, c.ppm AS part_ppm, c.value AS part_has")
		if w.Unit != nil {
			query = query.Where("c.unit_id = ?", *w.Unit)
		}
	}
	var rows []eventRow
	if err := wanted(query, w).Order("e.id").Limit(w.Limit).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	out := make([]module.SeenEntry, 0, len(rows))
	for _, row := range rows {
		out = append(out, module.SeenEntry{
			Entry: row.Entry, Lead: module.Head{ID: row.Entry.LeadID, Code: row.LeadCode, Gone: row.LeadGone == 1},
			Part: module.Part{Unit: row.PartUnit, Role: row.PartRole, PPM: row.PartPpm, Value: row.PartHas},
		})
	}
	return out, s.addHeads(ctx, r.Leads, out)
}

func wanted(query *gorm.DB, w module.Want) *gorm.DB {
	table := "e"
	if !w.City {
		table = "c" // its indexes begin with what is asked for
	}
	if w.Indicator != "" {
		query = query.Where(table+".indicator = ?", w.Indicator)
	}
	if w.From != "" {
		query = query.Where(table+".month BETWEEN ? AND ?", w.From, w.Until)
	}
	if w.Lead != 0 {
		query = query.Where(table+".lead_id = ?", w.Lead)
	}
	return query
}

// addHeads gives lines the titles of their leads: as they are, to who reads
// the lead now, and as they were handed on, to who handed it on.
func (s *Store) addHeads(ctx context.Context, read access.Scope, lines []module.SeenEntry) error {
	leads := make([]id.Lead, 0, len(lines))
	for _, e := range lines {
		leads = append(leads, e.Lead.ID)
	}
	titles, err := s.titles(ctx, read, leads)
	if err != nil {
		return err
	}
	for n := range lines {
		lines[n].Lead = titles[lines[n].Lead.ID].with(lines[n].Lead)
	}
	return nil
}

// heads is what a reader may see of a lead.
type head struct {
	title *string
	past  bool
}

func (h head) with(l module.Head) module.Head {
	l.Title, l.Past = h.title, h.past
	return l
}

// titles returns the titles of leads that the reader may see.
func (s *Store) titles(ctx context.Context, read access.Scope, leads []id.Lead) (map[id.Lead]head, error) {
	out := map[id.Lead]head{}
	if len(leads) == 0 || read.Empty() {
		return out, nil
	}
	type row struct {
		ID     int64
		LeadID id.Lead
		Title  *string
	}
	var past, live []row
	p := s.db.Sealed(ctx, s.leads.PastHeads)
	err := p.DB.Table("(?) AS h", p.Leads(read)).Where("h.lead_id IN ?", leads).Order("h.id").Scan(&past).Error
	if err != nil {
		return nil, fmt.Errorf("read what past holders keep: %w", err)
	}
	for _, r := range past {
		out[r.LeadID] = head{title: r.Title, past: true}
	}
	if read = read.Without(access.Past); read.Empty() {
		return out, nil
	}
	err = s.db.Sealed(ctx, s.leads.Within).Table(read).Select("l.id AS lead_id, l.title").Where("l.id IN ?", leads).Scan(&live).Error
	if err != nil {
		return nil, fmt.Errorf("read the titles of leads: %w", err)
	}
	for _, r := range live {
		out[r.LeadID] = head{title: r.Title}
	}
	return out, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
