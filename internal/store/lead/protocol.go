package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// DropDrafts removes what the holder of a locked lead had drafted.
func (t Tx) DropDrafts(ctx context.Context, seen lead.Seen) error {
	err := t.DB(ctx).Exec("DELETE FROM handoffs WHERE lead_id = ? AND state = 'drafted'", seen.Lead.ID).Error
	return wrap(err, "drop the drafts of lead %s", seen.Lead.ID)
}

// DropDraft removes one draft of a locked lead in the version that was read.
// Error: Conflict "handoff.answered" when somebody was faster.
func (t Tx) DropDraft(ctx context.Context, seen lead.Seen, h lead.Handoff) error {
	result := t.DB(ctx).Exec("DELETE FROM handoffs WHERE id = ? AND lead_id = ? AND state = 'drafted' AND version = ?",
		h.ID, seen.Lead.ID, h.Version)
	if result.Error == nil && result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "handoff.answered", "The draft is gone.")
	}
	return wrap(result.Error, "drop draft %s", h.ID)
}

// Held returns the present interval of responsibility for a locked lead.
func (t Tx) Held(ctx context.Context, seen lead.Seen) (lead.Held, error) {
	var rows []lead.PartRow
	err := t.DB(ctx).Raw("SELECT unit_id, part, from_at, until, handoff_id, return_by FROM lead_parts "+
		"WHERE lead_id = ? AND part = 'owner' AND until = ?", seen.Lead.ID, clock.Forever()).Scan(&rows).Error
	if err != nil {
		return lead.Held{}, fmt.Errorf("read the holder of lead %s: %w", seen.Lead.ID, err)
	}
	if len(rows) != 1 {
		return lead.Held{}, fmt.Errorf("lead %s has %d holders", seen.Lead.ID, len(rows))
	}
	out := lead.Held{UnitID: rows[0].UnitID, FromAt: rows[0].FromAt, ReturnBy: rows[0].ReturnBy}
	if rows[0].HandoffID == nil {
		return out, nil
	}
	h, err := t.HandoffOf(ctx, seen, *rows[0].HandoffID)
	out.Handoff = &h
	return out, err
}

// Refusals returns the reasons of the refusals since the present holder of a
// locked lead got it.
func (t Tx) Refusals(ctx context.Context, seen lead.Seen) ([]string, error) {
	return refusalsOf(t.DB(ctx), seen.Lead.ID)
}

func refusalsOf(db *gorm.DB, l id.Lead) ([]string, error) {
	var out []string
	err := db.Raw("SELECT h.answer_reason FROM handoffs h WHERE h.lead_id = ? AND h.state = 'refused' AND h.answered_at >= "+
		"(SELECT p.from_at FROM lead_parts p WHERE p.lead_id = h.lead_id AND p.part = 'owner' AND p.until = ?) ORDER BY h.id",
		l, clock.Forever()).Scan(&out).Error
	return out, wrap(err, "read the refusals of lead %s", l)
}

// Objections counts the objections of a unit to other assignments of a locked
// lead.
func (t Tx) Objections(ctx context.Context, seen lead.Seen, h lead.Handoff) (int64, error) {
	var n int64
	err := t.DB(ctx).Raw("SELECT count(*) FROM handoffs WHERE lead_id = ? AND to_unit_id = ? AND id <> ? AND objected_at IS NOT NULL",
		seen.Lead.ID, h.ToUnitID, h.ID).Scan(&n).Error
	return n, wrap(err, "count the objections to lead %s", seen.Lead.ID)
}

// Attached counts what hangs on a locked lead and its holder can hand on.
func (t Tx) Attached(ctx context.Context, seen lead.Seen) (lead.Attached, error) {
	return attachedOf(t.DB(ctx), seen)
}

// HoldBack keeps from the receiver what does not go with the lead; see
// lead.Tx.
func (t Tx) HoldBack(ctx context.Context, _ lead.Seen, h lead.Handoff) error {
	for _, table := range lead.AllParts() {
		err := t.DB(ctx).Exec("UPDATE "+table+" SET held_by = NULL WHERE lead_id = ? AND held_by = ?", h.LeadID, h.ToUnitID).Error
		if err == nil && !slices.Contains(h.Parts, table) {
			err = t.DB(ctx).Exec("UPDATE "+table+" SET held_by = ? WHERE lead_id = ? AND held_by IS NULL AND deleted_at IS NULL",
				h.FromUnitID, h.LeadID).Error
		}
		if err != nil {
			return fmt.Errorf("hold back the %s of lead %s: %w", table, h.LeadID, err)
		}
	}
	return nil
}

// UnitOpen tells whether a unit works on the day. PostgreSQL locks the unit's
// row against a change until the end; SQLite's transactions are alone.
func (t Tx) UnitOpen(ctx context.Context, unit id.Unit, day clock.Date) (bool, error) {
	sql := "SELECT count(*) FROM (SELECT 1 FROM units WHERE id = ? AND opened_on <= ? AND (closed_on IS NULL OR closed_on > ?)"
	if t.Dialect() == store.Postgres {
		sql += " FOR SHARE"
	}
	var n int
	if err := t.DB(ctx).Raw(sql+") AS u", unit, day.String(), day.String()).Scan(&n).Error; err != nil {
		return false, fmt.Errorf("look for unit %s: %w", unit, err)
	}
	return n == 1, nil
}

// handedOn leaves the rows that the reader of a lead was given: those that no
// unit keeps to itself, those that its own unit keeps, and all to who reads
// every lead.
func handedOn(alias string, seen lead.Seen) frag {
	if seen.Wide {
		return frag{}
	}
	where := sqlf(alias + "held_by IS NULL")
	var own []id.Unit
	for _, f := range seen.Standing.Facts {
		if f.Part == access.Owner || f.Part == access.Past {
			own = append(own, f.Unit)
		}
	}
	if len(own) > 0 {
		where = sqlf("("+alias+"held_by IS NULL OR "+alias+"held_by IN ?)", own)
	}
	return where
}

// attachedOf counts what hangs on a lead and goes with it when it is handed on.
func attachedOf(db *gorm.DB, seen lead.Seen) (lead.Attached, error) {
	var out lead.Attached
	where := sqlf("lead_id = ? AND deleted_at IS NULL", seen.Lead.ID).and(handedOn("", seen))
	for table, n := range map[string]*int64{"contacts": &out.Contacts, "files": &out.Files, "notes": &out.Notes} {
		if err := db.Raw("SELECT count(*) FROM "+table+" WHERE "+where.sql, where.args...).Scan(n).Error; err != nil {
			return out, fmt.Errorf("count the %s of lead %s: %w", table, seen.Lead.ID, err)
		}
	}
	return out, nil
}

const helperColumns = "SELECT id, unit_id, from_at, until, reason, added_by FROM lead_parts WHERE lead_id = ? AND part = 'helper' AND from_at <= ? AND until > ?"

// Helpers returns the live helpers of a lead that was read through a scope.
func (s *Store) Helpers(ctx context.Context, seen lead.Seen) ([]lead.HelperEntry, error) {
	db, now := s.db.Read(ctx), s.db.Present()
	var rows []lead.HelperRow
	if err := db.Raw(helperColumns+" ORDER BY id", seen.Lead.ID, now, now).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the helpers of lead %s: %w", seen.Lead.ID, err)
	}
	var users []id.User
	for _, r := range rows {
		users = append(users, some(r.AddedBy)...)
	}
	people, err := peopleOf(db, users)
	out := make([]lead.HelperEntry, 0, len(rows))
	for _, r := range rows {
		out = append(out, lead.HelperEntry{HelperRow: r, By: named(people, r.AddedBy)})
	}
	return out, err
}

// Helper returns a live helper of a locked lead.
func (t Tx) Helper(ctx context.Context, seen lead.Seen, helper int64) (lead.HelperRow, error) {
	var rows []lead.HelperRow
	now := t.Now(ctx)
	err := t.DB(ctx).Raw(helperColumns+" AND id = ?", seen.Lead.ID, now, now, helper).Scan(&rows).Error
	if err != nil {
		return lead.HelperRow{}, fmt.Errorf("get helper %d of lead %s: %w", helper, seen.Lead.ID, err)
	}
	if len(rows) == 0 {
		return lead.HelperRow{}, fault.New(fault.NotFound, "helper.unknown", "No such helper.")
	}
	return rows[0], nil
}

// PackageOf returns what a check-list needs beside the lead.
func (s *Store) PackageOf(ctx context.Context, seen lead.Seen) (lead.PackageFacts, error) {
	db := s.db.Read(ctx)
	var out lead.PackageFacts
	var err error
	if out.Attached, err = attachedOf(db, seen); err != nil {
		return out, err
	}
	refused, err := refusalsOf(db, seen.Lead.ID)
	if err != nil {
		return out, err
	}
	out.Refusals = len(refused)
	err = db.Raw("SELECT COALESCE(max(id), 0) FROM handoffs WHERE lead_id = ? AND state = 'drafted'", seen.Lead.ID).Scan(&out.Draft).Error
	return out, wrap(err, "look for a draft of lead %s", seen.Lead.ID)
}

// idleWhere are the idle leads of the pool, on the pool's part p in a lead l.
// The lead's unit is asked for by the column that the caller's index begins
// with: of p for a walk along the pool, of l for a single lead.
func idleWhere(q lead.IdleQuery, unit string) frag {
	working := []lead.Stage{lead.StageLead, lead.Qualified, lead.Negotiating, lead.Review, lead.ToSign, lead.Signed}
	where := sqlf(unit+" = ? AND p.part = 'owner' AND p.until = ? AND p.from_at <= ? AND p.activity_at <= ? AND p.stage IN ? AND l.deleted_at IS NULL "+
		"AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.lead_id = p.lead_id AND h.state = 'offered' AND h.due_at > ?)",
		q.Pool, clock.Forever(), q.Before, q.Before, working, q.Now)
	if q.Untold {
		where = where.and(sqlf("NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.lead_id = p.lead_id AND h.state <> 'drafted' AND h.offered_at > ?) "+
			"AND NOT EXISTS (SELECT 1 FROM activities a WHERE a.lead_id = p.lead_id AND a.kind = 'idle' AND a.at > ?)", q.Before, q.Before))
	}
	return where
}

// IdlePool returns the idle leads of the pool, the longest first.
func (s *Store) IdlePool(ctx context.Context, q lead.IdleQuery) ([]lead.IdleRow, error) {
	db, now := s.db.Read(ctx), instant(q.Now)
	where := idleWhere(q, "p.unit_id").and(leadWhere(q.Scope, "l", now))
	var keys []id.Lead
	err := db.Raw("SELECT l.id FROM lead_parts p JOIN leads l ON l.id = p.lead_id WHERE "+where.sql+
		fmt.Sprintf(" ORDER BY p.activity_at, p.lead_id LIMIT %d", q.Limit), where.args...).Scan(&keys).Error
	if err != nil || len(keys) == 0 {
		return nil, wrap(err, "walk the pool")
	}
	fields := leadFields(now)
	found, err := readLeads(leads(db, q.Scope, now).Select(fields.sql, fields.args...).Where("l.id IN ?", keys).Order("l.activity_at, l.id"))
	if err != nil {
		return nil, fmt.Errorf("read the idle leads of the pool: %w", err)
	}
	seen, err := standings(db, q.Scope, found, now)
	if err != nil {
		return nil, err
	}
	declined, err := declinedBy(db, seen, q.Now)
	if err != nil {
		return nil, err
	}
	out := make([]lead.IdleRow, 0, len(seen))
	for _, x := range seen {
		out = append(out, lead.IdleRow{Seen: x, Since: x.Lead.ActivityAt, Declined: declined[x.Lead.ID]})
	}
	return out, nil
}

// declinedBy lists, for each lead, the units that did not want it, or let it go.
func declinedBy(db *gorm.DB, seen []lead.Seen, now time.Time) (map[id.Lead][]id.Unit, error) {
	ids := make([]id.Lead, 0, len(seen))
	for _, x := range seen {
		ids = append(ids, x.Lead.ID)
	}
	var rows []struct {
		LeadID id.Lead
		UnitID id.Unit
	}
	err := db.Raw("SELECT lead_id, to_unit_id AS unit_id FROM handoffs WHERE lead_id IN ? AND (state IN ('refused', 'expired', 'returned') "+
		"OR objected_at IS NOT NULL OR state = 'offered' AND due_at <= ?) "+
		"UNION SELECT lead_id, from_unit_id FROM handoffs WHERE lead_id IN ? AND kind IN ('referral', 'return') ORDER BY 1, 2",
		ids, now, ids).Scan(&rows).Error
	out := map[id.Lead][]id.Unit{}
	for _, r := range rows {
		out[r.LeadID] = append(out[r.LeadID], r.UnitID)
	}
	return out, wrap(err, "read who declined the idle leads")
}

// StillIdle asks a locked lead again.
func (t Tx) StillIdle(ctx context.Context, seen lead.Seen, q lead.IdleQuery) (bool, error) {
	q.Now = t.Now(ctx)
	where := idleWhere(q, "l.unit_id")
	var n int
	err := t.DB(ctx).Raw("SELECT count(*) FROM lead_parts p JOIN leads l ON l.id = p.lead_id WHERE p.lead_id = ? AND "+where.sql,
		append([]any{seen.Lead.ID}, where.args...)...).Scan(&n).Error
	return n == 1, wrap(err, "look whether lead %s is idle", seen.Lead.ID)
}

// Lapsed counts offers by receiver.
func (s *Store) Lapsed(ctx context.Context, q lead.LapsedQuery) ([]lead.LapsedRow, error) {
	now := instant(q.Now)
	where := sqlf("h.kind = 'offer' AND h.state <> 'drafted' AND h.offered_at >= ? AND h.offered_at < ? AND l.deleted_at IS NULL", q.From, q.To)
	if q.Read.Any() {
		where = where.and(leadWhere(q.Read, "l", now))
	} else {
		// Of what a unit let lapse nothing is left to it but the number.
		where = where.and(sqlf("h.to_unit_id IN ? AND NOT l.restricted", q.Units))
	}
	var out []lead.LapsedRow
	args := append([]any{now}, where.args...)
	err := s.db.Read(ctx).Raw("SELECT h.to_unit_id AS unit_id, count(*) AS offers, "+
		"SUM(CASE WHEN h.state = 'expired' OR h.state = 'offered' AND h.due_at <= ? THEN 1 ELSE 0 END) AS lapsed, "+
		"SUM(CASE WHEN h.state = 'refused' THEN 1 ELSE 0 END) AS refused "+
		"FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE "+where.sql+" GROUP BY h.to_unit_id ORDER BY lapsed DESC, offers DESC, h.to_unit_id",
		args...).Scan(&out).Error
	return out, wrap(err, "count lapsed offers")
}
