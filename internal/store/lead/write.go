package lead

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Lock reads a lead for writing; see lead.Tx. The row is read through the
// scope, locked, and read again, because its holder may have changed while
// the transaction waited.
func (t Tx) Lock(ctx context.Context, read, act access.Scope, leadID id.Lead) (lead.Seen, error) {
	seen, err := t.lockRead(ctx, read, leadID)
	if err != nil {
		return lead.Seen{}, err
	}
	if !act.Covers(seen.Standing) {
		return lead.Seen{}, fault.New(fault.Forbidden, "forbidden", "The caller may see the lead but not do this.")
	}
	return seen, nil
}

func (t Tx) lockRead(ctx context.Context, read access.Scope, leadID id.Lead) (lead.Seen, error) {
	if t.Dialect() == store.Postgres {
		if _, err := get(t.DB(ctx), read, leadID, instant(t.Now(ctx))); err != nil {
			return lead.Seen{}, err
		}
		if err := t.lockRow(ctx, leadID); err != nil {
			return lead.Seen{}, err
		}
	}
	return get(t.DB(ctx), read, leadID, instant(t.Now(ctx)))
}

// lockRow makes other writers of the lead wait. SQLite's transactions are
// alone from their start and need no such step.
func (t Tx) lockRow(ctx context.Context, leadID id.Lead) error {
	err := t.DB(ctx).Exec("UPDATE leads SET version = version WHERE id = ?", leadID).Error
	if err != nil {
		return fmt.Errorf("lock lead %s: %w", leadID, err)
	}
	return nil
}

// row is a lead as GORM writes it.
type row struct {
	Lead lead.Lead `gorm:"embedded"`
}

// TableName is the table of leads.
func (row) TableName() string { return "leads" }

// Insert writes a new lead, gives it its number and its code, and counts it.
func (t Tx) Insert(ctx context.Context, l *lead.Lead) error {
	r := row{Lead: *l}
	// The code is made from the number, which the insert gives; until then a
	// text that no code can be keeps the column unique.
	r.Lead.Code = "new-" + rand.Text()
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("insert lead: %w", err)
	}
	*l = r.Lead
	l.Code = lead.Code(clock.DateOf(l.CreatedAt).Year(), l.ID)
	if err := t.DB(ctx).Exec("UPDATE leads SET code = ? WHERE id = ?", l.Code, l.ID).Error; err != nil {
		return fmt.Errorf("give lead %s its code: %w", l.ID, err)
	}
	first := lead.Span{LeadID: l.ID, Stage: l.Stage, FromAt: l.CreatedAt, Until: clock.Forever(), Entered: lead.ByCreation}
	if err := t.begin(ctx, first); err != nil {
		return err
	}
	if err := t.count(ctx, nil, l); err != nil {
		return err
	}
	if err := t.beginFacts(ctx, l); err != nil {
		return err
	}
	if err := t.putKeys(ctx, nil, l); err != nil {
		return err
	}
	return t.putSearch(ctx, nil, l)
}

// Save writes what an act changed; see lead.Tx. A change of stage is none of
// these acts: it goes through the gate, which moves the lead.
func (t Tx) Save(ctx context.Context, before lead.Seen, after *lead.Lead, bump bool) error {
	if before.Lead.Stage != after.Stage {
		return fmt.Errorf("save lead %s: its stage changes outside the gate", before.Lead.ID)
	}
	if err := t.save(ctx, before, after, bump); err != nil {
		return err
	}
	return t.keepFacts(ctx, &before.Lead, after, clock.DateOf(after.StageSince).String())
}

func (t Tx) save(ctx context.Context, before lead.Seen, after *lead.Lead, bump bool) error {
	old := before.Lead
	after.Version = old.Version
	if bump {
		after.Version++
	}
	result := t.DB(ctx).Table("leads").Where("id = ? AND version = ?", old.ID, old.Version).
		Select("*").Omit(kept(old, *after)...).Updates(&row{Lead: *after})
	if result.Error != nil {
		return fmt.Errorf("save lead %s: %w", old.ID, result.Error)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "lead.changed", "The lead changed meanwhile.")
	}
	if err := t.mirror(ctx, old, *after); err != nil {
		return err
	}
	if err := t.count(ctx, &old, after); err != nil {
		return err
	}
	if old.Restricted != after.Restricted {
		t.countMoved(old.ID, old.Restricted)
	}
	if err := t.putKeys(ctx, &old, after); err != nil {
		return err
	}
	return t.putSearch(ctx, &old, after)
}

// kept names the columns that a change leaves alone. That a protection lapsed
// is read from the clock: it is not written on the way, so that whoever writes
// it down tells of it.
func kept(old, l lead.Lead) []string {
	out := []string{"id", "code", "created_at", "created_by"}
	if old.ProtectionState != nil && l.ProtectionState != nil && *old.ProtectionState == *l.ProtectionState {
		out = append(out, "protection_state")
	}
	return out
}

// mirror keeps the copies in lead_parts. A past holder's copy moves only with
// stage and holder, so that the order of its list tells nothing else.
func (t Tx) mirror(ctx context.Context, old, l lead.Lead) error {
	err := t.DB(ctx).Exec("UPDATE lead_parts SET activity_at = ?, stage = ?, restricted = ? WHERE lead_id = ? AND part <> 'past'",
		l.ActivityAt, l.Stage, l.Restricted, l.ID).Error
	if err != nil {
		return fmt.Errorf("copy lead %s to its parts: %w", l.ID, err)
	}
	set, args := "restricted = ?", []any{l.Restricted}
	if old.Stage != l.Stage || old.UnitID != l.UnitID {
		set, args = "restricted = ?, stage = ?, activity_at = ?", []any{l.Restricted, l.Stage, l.ActivityAt}
	}
	err = t.DB(ctx).Exec("UPDATE lead_parts SET "+set+" WHERE lead_id = ? AND part = 'past'", append(args, l.ID)...).Error
	if err != nil {
		return fmt.Errorf("copy lead %s to its past holders: %w", l.ID, err)
	}
	return nil
}

// Touch moves the lead's activity forward without a new version.
func (t Tx) Touch(ctx context.Context, seen lead.Seen, now time.Time) error {
	err := t.DB(ctx).Exec("UPDATE leads SET activity_at = ? WHERE id = ?", now, seen.Lead.ID).Error
	if err == nil {
		err = t.DB(ctx).Exec("UPDATE lead_parts SET activity_at = ? WHERE lead_id = ? AND part <> 'past'", now, seen.Lead.ID).Error
	}
	if err != nil {
		return fmt.Errorf("touch lead %s: %w", seen.Lead.ID, err)
	}
	return nil
}

// Delete takes the lead out of every list, count and check.
func (t Tx) Delete(ctx context.Context, seen lead.Seen, now time.Time) error {
	leadID := seen.Lead.ID
	result := t.DB(ctx).Exec("UPDATE leads SET deleted_at = ?, version = version + 1 WHERE id = ? AND deleted_at IS NULL", now, leadID)
	if result.Error != nil {
		return fmt.Errorf("delete lead %s: %w", leadID, result.Error)
	}
	if result.RowsAffected != 1 {
		return unknown()
	}
	for _, sql := range []string{
		"UPDATE lead_parts SET until = ? WHERE lead_id = ? AND until > ?",
		"UPDATE lead_members SET until = ? WHERE lead_id = ? AND until > ?",
	} {
		if err := t.DB(ctx).Exec(sql, now, leadID, now).Error; err != nil {
			return fmt.Errorf("end the rights to lead %s: %w", leadID, err)
		}
	}
	if err := t.count(ctx, &seen.Lead, nil); err != nil {
		return err
	}
	if err := t.dropFacts(ctx, leadID, now); err != nil {
		return err
	}
	t.countMoved(leadID, seen.Lead.Restricted)
	return t.putKeys(ctx, &seen.Lead, nil)
}

// AddPart writes one fact that gives a unit a right to the lead.
func (t Tx) AddPart(ctx context.Context, l lead.Lead, p lead.PartRow) error {
	_, err := t.addPart(ctx, l, p, "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	return err
}

// AddPartOnce writes the fact unless the unit plays the part already, and
// tells whether it did. The plus, here and wherever a lead's parts are asked
// for by unit, keeps SQLite from walking all leads of that unit.
func (t Tx) AddPartOnce(ctx context.Context, l lead.Lead, p lead.PartRow) (bool, error) {
	return t.addPart(ctx, l, p, "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "+
		"WHERE NOT EXISTS (SELECT 1 FROM lead_parts WHERE lead_id = ? AND +unit_id = ? AND part = ? AND until > ?)",
		l.ID, p.UnitID, p.Part, p.FromAt)
}

func (t Tx) addPart(ctx context.Context, l lead.Lead, p lead.PartRow, values string, more ...any) (bool, error) {
	args := append([]any{
		l.ID, p.UnitID, p.Part, p.FromAt, p.Until, p.HandoffID, l.ActivityAt, l.Stage, l.Restricted, p.ReturnBy, p.Reason, p.AddedBy,
	}, more...)
	result := t.DB(ctx).Exec("INSERT INTO lead_parts (lead_id, unit_id, part, from_at, until, handoff_id, activity_at, stage, restricted, "+
		"return_by, reason, added_by) "+values, args...)
	return result.RowsAffected == 1, wrap(result.Error, "add part %s of lead %s", p.Part, l.ID)
}

// owes is true of a unit that has something to do on a lead that it may not
// read otherwise: an admission review to decide, an opinion, a condition, a
// promise to the investor to keep.
// The bureau reads every lead.
const owes = `(EXISTS (SELECT 1 FROM admission_reviews r WHERE r.lead_id = @lead AND r.deciding_unit_id = @unit AND (r.state IN ('asked', 'open')
		OR EXISTS (SELECT 1 FROM admission_conditions c WHERE c.review_id = r.id AND c.done_at IS NULL)))
	OR EXISTS (SELECT 1 FROM admission_opinions o JOIN admission_reviews r ON r.id = o.review_id
		WHERE o.lead_id = @lead AND o.unit_id = @unit AND r.state IN ('asked', 'open'))
	OR EXISTS (SELECT 1 FROM admission_conditions c WHERE c.lead_id = @lead AND c.unit_id = @unit AND c.done_at IS NULL)
	OR EXISTS (SELECT 1 FROM commitments c WHERE c.lead_id = @lead AND c.unit_id = @unit AND c.state = 'open'))
	AND NOT EXISTS (SELECT 1 FROM units u WHERE u.id = @unit AND u.kind = 'bureau')`

// SettleGrants gives each unit the part "granted" in a lead while it owes
// something on it, and ends the parts that were given so when it does not.
func SettleGrants(ctx context.Context, tx *store.Tx, leadID id.Lead, units []id.Unit, at time.Time) error {
	for _, unit := range units {
		args := map[string]any{"lead": leadID, "unit": unit, "at": at, "ever": clock.Forever()}
		for _, query := range []string{
			"UPDATE lead_parts SET until = @at WHERE lead_id = @lead AND unit_id = @unit AND part = 'granted' AND reason = 'owes' AND until > @at AND NOT (" + owes + ")",
			"INSERT INTO lead_parts (lead_id, unit_id, part, from_at, until, activity_at, stage, restricted, reason) " +
				"SELECT l.id, @unit, 'granted', @at, @ever, l.activity_at, l.stage, l.restricted, 'owes' FROM leads l WHERE l.id = @lead AND " + owes +
				" AND NOT EXISTS (SELECT 1 FROM lead_parts p WHERE p.lead_id = @lead AND p.unit_id = @unit AND p.part = 'granted' AND p.until > @at)",
		} {
			if err := tx.DB(ctx).Exec(query, args).Error; err != nil {
				return fmt.Errorf("settle what unit %s reads of lead %s: %w", unit, leadID, err)
			}
		}
	}
	return nil
}

// UnitsWith returns the units that play one of the parts at an instant.
func (t Tx) UnitsWith(ctx context.Context, l lead.Lead, parts []access.Part, at time.Time) ([]id.Unit, error) {
	var out []id.Unit
	err := t.DB(ctx).Raw("SELECT DISTINCT unit_id FROM lead_parts WHERE lead_id = ? AND part IN ? AND from_at <= ? AND until > ? ORDER BY unit_id",
		l.ID, parts, at, at).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the units of lead %s: %w", l.ID, err)
	}
	return out, nil
}

// EndParts ends the live parts of the given kinds; no units means all.
func (t Tx) EndParts(ctx context.Context, l lead.Lead, parts []access.Part, units []id.Unit, at time.Time) error {
	where := sqlf("lead_id = ? AND part IN ? AND until > ?", l.ID, parts, at)
	if len(units) > 0 {
		where = where.and(sqlf("+unit_id IN ?", units))
	}
	args := append([]any{at}, where.args...)
	if err := t.DB(ctx).Exec("UPDATE lead_parts SET until = ? WHERE "+where.sql, args...).Error; err != nil {
		return fmt.Errorf("end parts of lead %s: %w", l.ID, err)
	}
	return nil
}

// putKeys keeps the keys of the duplicate check.
func (t Tx) putKeys(ctx context.Context, old, l *lead.Lead) error {
	var before, after []lead.MatchKey
	if old != nil {
		before = lead.MatchKeys(*old)
	}
	if l != nil {
		after = lead.MatchKeys(*l)
	}
	leadID := idOf(old, l)
	if l == nil { // nothing keeps the keys of a deleted lead, its contacts' among them
		return t.dropKeys(ctx, leadID)
	}
	if slices.Equal(before, after) {
		return nil
	}
	if len(before) > 0 {
		if err := t.DB(ctx).Exec("DELETE FROM match_keys WHERE lead_id = ? AND kind NOT IN ('phone', 'mail')", leadID).Error; err != nil {
			return fmt.Errorf("drop the keys of lead %s: %w", leadID, err)
		}
	}
	for _, k := range after {
		err := t.DB(ctx).Exec("INSERT INTO match_keys (lead_id, kind, key) VALUES (?, ?, ?)", leadID, k.Kind, k.Key).Error
		if err != nil {
			return fmt.Errorf("add a key of lead %s: %w", leadID, err)
		}
	}
	return nil
}

func (t Tx) dropKeys(ctx context.Context, leadID id.Lead) error {
	for _, sql := range []string{"DELETE FROM match_keys WHERE lead_id = ?", "DELETE FROM claims WHERE lead_id = ?"} {
		if err := t.DB(ctx).Exec(sql, leadID).Error; err != nil {
			return fmt.Errorf("drop the keys of lead %s: %w", leadID, err)
		}
	}
	return nil
}

func idOf(old, l *lead.Lead) id.Lead {
	if l != nil {
		return l.ID
	}
	return old.ID
}

// putSearch keeps the index of character pairs.
func (t Tx) putSearch(ctx context.Context, old, l *lead.Lead) error {
	texts := searchText(l)
	if old != nil && strings.Join(searchText(old), "\n") == strings.Join(texts, "\n") {
		return nil
	}
	return putSearch(t.DB(ctx), t.Dialect(), l.ID, texts)
}

func putSearch(db *gorm.DB, dialect store.Dialect, leadID id.Lead, texts []string) error {
	sql := "INSERT OR REPLACE INTO lead_search (rowid, grams) VALUES (?, ?)"
	text := strings.Join(gramsOf(texts...), " ")
	if dialect == store.Postgres {
		sql = "INSERT INTO lead_search (lead_id, grams) VALUES (?, ?::tsvector) ON CONFLICT (lead_id) DO UPDATE SET grams = excluded.grams"
	}
	if err := db.Exec(sql, leadID, text).Error; err != nil {
		return fmt.Errorf("index lead %s: %w", leadID, err)
	}
	return nil
}
