package lead

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Counter is told of every lead of which something that counts changed, just
// before the transaction of the change commits.
type Counter func(ctx context.Context, tx *store.Tx, l id.Lead) error

// Counting returns the store with what counts the lives of leads.
func (s *Store) Counting(c Counter) *Store { return &Store{db: s.db, onStage: s.onStage, onFacts: c} }

// counting collects the leads of which something measured changed in a
// transaction, with what was known of them before.
type counting struct {
	tell   Counter
	before map[id.Lead]*facts
}

const countingName = "count"

func (t Tx) countLater(l id.Lead, before *facts) {
	if t.onFacts == nil {
		return
	}
	c, _ := t.Last(countingName, func() store.Last { return &counting{tell: t.onFacts, before: map[id.Lead]*facts{}} }).(*counting)
	if _, known := c.before[l]; !known {
		c.before[l] = before
	}
}

// Join takes in what a later use case of the same transaction changed.
func (c *counting) Join(later store.Last) {
	other, _ := later.(*counting)
	for l, before := range other.before {
		if _, known := c.before[l]; !known {
			c.before[l] = before
		}
	}
}

// Write tells of the leads that count differently than before.
func (c *counting) Write(ctx context.Context, tx *store.Tx) error {
	for _, l := range slices.Sorted(maps.Keys(c.before)) {
		var now []facts
		err := tx.DB(ctx).Raw("SELECT * FROM lead_facts WHERE lead_id = ? AND until = ?", l, clock.Forever()).Scan(&now).Error
		if err != nil {
			return fmt.Errorf("read the facts of lead %s: %w", l, err)
		}
		if len(now) == 1 && now[0].countsLike(c.before[l]) {
			continue
		}
		if err := c.tell(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// countsLike tells whether two states of a lead count alike; what is new and
// has come nowhere yet counts like nothing.
func (f facts) countsLike(o *facts) bool {
	if o == nil {
		return f.Stage == lead.StageLead && f.SignedOn == ""
	}
	f.UnitID, f.Chain, f.CreatedOn, f.LostOn, f.LostTo, f.Restricted = o.UnitID, o.Chain, o.CreatedOn, o.LostOn, o.LostTo, o.Restricted
	f.InTalks = o.InTalks
	return f.same(*o)
}

// Known returns the leads that the reader may know of, deleted ones too: what
// was counted of a lead is kept whoever holds it, so only restricted leads are
// left out for whom they are none of. What is read through it is narrowed by
// its caller to the reader's own units.
func Known(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB {
	query := db.Table("leads")
	if s.Empty() {
		return query.Where(never().sql)
	}
	where := allowed(s, "leads", "leads.id", now)
	return query.Where(where.sql, where.args...)
}

// PastHeads returns the head lines that units of the reader keep of leads they
// handed on, as they were at that moment, as a sealed subquery: lead_id, title.
func PastHeads(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB {
	var units []id.Unit
	for _, p := range s.Only(access.Past).ByPart() {
		units = append(units, p.Units...)
	}
	query := db.Table("lead_parts p JOIN leads l ON l.id = p.lead_id JOIN handoffs h ON h.id = p.handoff_id").
		Select("p.id, p.lead_id, h.snap_title AS title").Where("l.deleted_at IS NULL")
	if len(units) == 0 {
		return query.Where(never().sql)
	}
	where := sqlf("p.part = 'past' AND p.unit_id IN ?", units).and(live("p", now)).and(allowed(s, "l", "l.id", now))
	return query.Where(where.sql, where.args...)
}

// Held returns the live leads that a unit of the scope holds or held.
func Held(db *gorm.DB, s access.Scope, now clause.Expr) *gorm.DB {
	query := db.Table("leads").Where("leads.deleted_at IS NULL")
	if s.Empty() || s.Any() {
		return query.Where(leadWhere(s, "leads", now).sql, leadWhere(s, "leads", now).args...)
	}
	held := sqlf("e.part = 'past' AND e.unit_id IN ?", s.Units())
	where := plays(s.Only(access.Owner), "leads.id", now, held).and(allowed(s, "leads", "leads.id", now))
	return query.Where(where.sql, where.args...)
}
