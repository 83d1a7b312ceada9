package lead

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Claim takes the keys of an investor; see lead.Tx. A key that somebody holds
// is locked all the same, so that who comes second waits and then sees what
// the first has done.
func (t Tx) Claim(ctx context.Context, keys []lead.MatchKey, until, now time.Time) error {
	for _, k := range keys {
		err := t.DB(ctx).Exec("INSERT INTO claims (kind, key, until) VALUES (?, ?, ?) "+
			"ON CONFLICT (kind, key) DO UPDATE SET lead_id = NULL, until = excluded.until WHERE claims.until <= ?",
			k.Kind, k.Key, until, now).Error
		if err != nil {
			return fmt.Errorf("claim a key: %w", err)
		}
	}
	return nil
}

// HoldClaims writes the holder on keys that are claimed; see lead.Tx.
func (t Tx) HoldClaims(ctx context.Context, seen lead.Seen, keys []lead.MatchKey) error {
	l := seen.Lead
	if l.ProtectionUntil == nil {
		return nil
	}
	now := t.Now(ctx)
	for _, k := range keys {
		err := t.DB(ctx).Exec("INSERT INTO claims (kind, key, lead_id, until) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE "+
			"SET lead_id = excluded.lead_id, until = excluded.until WHERE claims.lead_id IS NULL OR claims.lead_id = excluded.lead_id OR claims.until <= ?",
			k.Kind, k.Key, l.ID, *l.ProtectionUntil, now).Error
		if err != nil {
			return fmt.Errorf("hold a key for lead %s: %w", l.ID, err)
		}
	}
	return nil
}

// Register writes a registration with the earlier reports that it met.
func (t Tx) Register(ctx context.Context, r *lead.Registration, hits []lead.Hit) error {
	err := t.DB(ctx).Raw("INSERT INTO registrations (lead_id, unit_id, user_id, at, state, choice, reason) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
		r.LeadID, r.UnitID, r.UserID, r.At, r.State, r.Choice, r.Reason).Scan(&r.ID).Error
	if err != nil {
		return fmt.Errorf("register lead %s: %w", r.LeadID, err)
	}
	for _, h := range hits {
		err := t.DB(ctx).Exec("INSERT INTO registration_hits (registration_id, lead_id, exact) VALUES (?, ?, ?)", r.ID, h.LeadID, h.Exact).Error
		if err != nil {
			return fmt.Errorf("register what lead %s met: %w", r.LeadID, err)
		}
	}
	return nil
}

// DecideRegistration ends the lead's registration that waits.
func (t Tx) DecideRegistration(ctx context.Context, seen lead.Seen, d lead.Registration) error {
	result := t.DB(ctx).Exec("UPDATE registrations SET state = ?, decided_at = ?, decided_by = ?, decision_reason = ? WHERE lead_id = ? AND state = 'pending'",
		d.State, d.DecidedAt, d.DecidedBy, d.DecisionReason, seen.Lead.ID)
	if result.Error != nil {
		return fmt.Errorf("decide the registration of lead %s: %w", seen.Lead.ID, result.Error)
	}
	if result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "protection.not_pending", "The protection does not wait for the bureau.")
	}
	return nil
}

// SaveProtection writes the protection of seen.Lead and nothing else.
func (t Tx) SaveProtection(ctx context.Context, seen lead.Seen) error {
	l := seen.Lead
	err := t.DB(ctx).Exec("UPDATE leads SET protection_reference = ?, protection_state = ?, protection_from = ?, protection_until = ?, "+
		"protection_idle_until = ?, protection_ends = ?, protection_renewals = ?, protection_warned = ? WHERE id = ?",
		l.ProtectionReference, l.ProtectionState, l.ProtectionFrom, l.ProtectionUntil, l.ProtectionIdleUntil, l.ProtectionEnds,
		l.ProtectionRenewals, l.ProtectionWarned, l.ID).Error
	if err != nil {
		return fmt.Errorf("save the protection of lead %s: %w", l.ID, err)
	}
	return nil
}

// InsertRenewal writes a renewal with its evidence.
func (t Tx) InsertRenewal(ctx context.Context, seen lead.Seen, r lead.Renewal) error {
	err := t.DB(ctx).Exec("INSERT INTO protection_renewals (lead_id, at, unit_id, user_id, reason, file_id, note_id, until_before, until_after) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		seen.Lead.ID, r.At, r.UnitID, r.UserID, r.Reason, r.FileID, r.NoteID, r.UntilBefore, r.UntilAfter).Error
	if err != nil {
		return fmt.Errorf("write the renewal of lead %s: %w", seen.Lead.ID, err)
	}
	return nil
}

// PutContactKeys writes the keys of the lead's live contacts anew.
func (t Tx) PutContactKeys(ctx context.Context, seen lead.Seen, keysOf func(lead.Contact) []lead.MatchKey) error {
	leadID := seen.Lead.ID
	var all []lead.Contact
	err := t.DB(ctx).Raw("SELECT phone, email FROM contacts WHERE lead_id = ? AND deleted_at IS NULL", leadID).Scan(&all).Error
	if err != nil {
		return fmt.Errorf("read the contacts of lead %s: %w", leadID, err)
	}
	if err := t.DB(ctx).Exec("DELETE FROM match_keys WHERE lead_id = ? AND kind IN ('phone', 'mail')", leadID).Error; err != nil {
		return fmt.Errorf("drop the contact keys of lead %s: %w", leadID, err)
	}
	for _, c := range all {
		for _, k := range keysOf(c) {
			err := t.DB(ctx).Exec("INSERT INTO match_keys (lead_id, kind, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", leadID, k.Kind, k.Key).Error
			if err != nil {
				return fmt.Errorf("add a contact key of lead %s: %w", leadID, err)
			}
		}
	}
	return nil
}

// EndingProtections returns leads whose protection needs a word; see
// lead.Store.
func (s *Store) EndingProtections(ctx context.Context, scope access.Scope, before time.Time, limit int) ([]id.Lead, error) {
	now := s.db.Present()
	inside := leadWhere(scope, "l", now)
	args := append(append([]any{clock.Cut(before), now}, inside.args...), limit)
	var out []id.Lead
	err := s.db.Read(ctx).Raw("SELECT l.id FROM leads l WHERE l.protection_state = 'active' AND l.deleted_at IS NULL AND l.protection_ends <= ? AND "+
		"(l.protection_ends <= ? OR l.protection_warned IS NULL OR l.protection_warned < l.protection_ends) AND "+inside.sql+
		" ORDER BY l.protection_ends, l.id LIMIT ?", args...).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("look for protections that end: %w", err)
	}
	return out, nil
}

// PendingRegistrations returns what waits for the bureau; see lead.Store.
func (s *Store) PendingRegistrations(ctx context.Context, read access.Scope, after int64, limit int) ([]lead.PendingEntry, error) {
	db, now := s.db.Read(ctx), s.db.Present()
	inside := leadWhere(read, "l", now)
	var found []lead.Registration
	args := append([]any{after}, inside.args...)
	err := db.Raw("SELECT r.id, r.lead_id, r.unit_id, r.user_id, r.at, r.state, r.choice, r.reason FROM registrations r JOIN leads l ON l.id = r.lead_id "+
		"WHERE r.state = 'pending' AND l.deleted_at IS NULL AND r.id > ? AND "+inside.sql+" ORDER BY r.id LIMIT ?", append(args, limit+1)...).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return s.pendingWith(ctx, read, found)
}

// hitRow is an earlier report that a registration met.
type hitRow struct {
	RegistrationID int64
	LeadID         id.Lead
	Exact          bool
}

func (s *Store) pendingWith(ctx context.Context, read access.Scope, found []lead.Registration) ([]lead.PendingEntry, error) {
	numbers, leadIDs, users := []int64{}, []id.Lead{}, []id.User{}
	for _, r := range found {
		numbers, leadIDs = append(numbers, r.ID), append(leadIDs, r.LeadID)
		if r.UserID != nil {
			users = append(users, *r.UserID)
		}
	}
	var hits []hitRow
	err := s.db.Read(ctx).Raw("SELECT registration_id, lead_id, exact FROM registration_hits WHERE registration_id IN ? ORDER BY registration_id, lead_id", numbers).
		Scan(&hits).Error
	if err != nil {
		return nil, fmt.Errorf("read what registrations met: %w", err)
	}
	for _, h := range hits {
		leadIDs = append(leadIDs, h.LeadID)
	}
	seen, err := seenByID(s.db.Read(ctx), read, leadIDs, s.db.Present())
	if err != nil {
		return nil, err
	}
	people, err := s.People(ctx, users)
	if err != nil {
		return nil, err
	}
	return joinPending(found, hits, seen, people), nil
}

func joinPending(
	found []lead.Registration, hits []hitRow, seen map[id.Lead]*lead.Seen, people map[id.User]lead.Person,
) []lead.PendingEntry {
	out := make([]lead.PendingEntry, 0, len(found))
	for _, r := range found {
		own, visible := seen[r.LeadID]
		if !visible { // it left the reader's sight meanwhile
			continue
		}
		e := lead.PendingEntry{Registration: r, Seen: *own}
		if r.UserID != nil {
			if p, known := people[*r.UserID]; known {
				e.By = &p
			}
		}
		for _, h := range hits {
			if other, visible := seen[h.LeadID]; visible && h.RegistrationID == r.ID {
				e.Hits = append(e.Hits, lead.HitEntry{Seen: *other, Exact: h.Exact})
			}
		}
		out = append(out, e)
	}
	return out
}

// CountCheck counts a question; see lead.Store. The limit stands in the
// condition of the upsert, so that nodes that count together agree. What a
// refused registration asked is counted too, so the count stands apart.
func (s *Store) CountCheck(ctx context.Context, c lead.CheckCount) (bool, error) {
	within := true
	err := s.db.InTxApart(ctx, func(tx *store.Tx) error {
		t := Tx{Tx: tx}
		var err error
		if within, err = t.countCheck(ctx, c, "unit", int64(c.Unit), c.UnitLimit); err != nil || !within {
			return err
		}
		within, err = t.countCheck(ctx, c, "person", int64(c.User), c.PersonLimit)
		return err
	})
	return within, err
}

// countsOf is the table in which a way of asking is counted.
func countsOf(asked lead.Asked) string {
	if asked == lead.AskedReference {
		return "reference_counts"
	}
	return "check_counts"
}

func (t Tx) countCheck(ctx context.Context, c lead.CheckCount, kind string, who, limit int64) (bool, error) {
	table, hit := countsOf(c.Asked), 0
	if c.Hit {
		hit = 1
	}
	result := t.DB(ctx).Exec("INSERT INTO "+table+" AS c (kind, who, slot, unit_id, checks, hits, refused) VALUES (?, ?, ?, ?, 1, ?, 0) "+
		"ON CONFLICT (kind, who, slot) DO UPDATE SET checks = c.checks + 1, hits = c.hits + excluded.hits, "+
		"unit_id = excluded.unit_id WHERE c.checks < ?", kind, who, c.Slot, c.Unit, hit, limit)
	if result.Error != nil {
		return false, fmt.Errorf("count a duplicate check: %w", result.Error)
	}
	if result.RowsAffected == 1 {
		return true, nil
	}
	err := t.DB(ctx).Exec("UPDATE "+table+" SET refused = refused + 1 WHERE kind = 'person' AND who = ? AND slot = ?", c.User, c.Slot).Error
	if err != nil {
		return false, fmt.Errorf("count a refused duplicate check: %w", err)
	}
	return false, nil
}

// asking sums up by person what was asked in both ways since an instant.
const asking = `SELECT who, max(unit_id) AS unit_id, sum(checks) AS checks, sum(hits) AS hits, sum(refused) AS refused, sum(named) AS named
	FROM (SELECT who, unit_id, checks, hits, refused, 0 AS named FROM check_counts WHERE kind = 'person' AND slot >= ?
	UNION ALL SELECT who, unit_id, 0, hits, refused, checks FROM reference_counts WHERE kind = 'person' AND slot >= ?) AS a GROUP BY who`

// CheckUsers lists who asked most; see lead.Store.
func (s *Store) CheckUsers(ctx context.Context, since time.Time, limit int) ([]lead.CheckUser, error) {
	var out []lead.CheckUser
	from := clock.Cut(since)
	query := s.db.Read(ctx).Raw("SELECT u.id, u.name, w.unit_id, w.checks, w.hits, w.refused, w.named, "+
		"(SELECT count(*) FROM registrations r WHERE r.user_id = u.id AND r.at >= ?), "+
		"(SELECT count(*) FROM disputes d WHERE d.opened_by = u.id AND d.opened_at >= ?) FROM ("+asking+") AS w "+
		"JOIN users u ON u.id = w.who ORDER BY w.checks + w.named DESC, u.id LIMIT ?", from, from, from, from, limit)
	err := each(query, func(rows *sql.Rows) error {
		var u lead.CheckUser
		err := rows.Scan(&u.User.ID, &u.User.Name, &u.UnitID, &u.Checks, &u.Hits, &u.Refused, &u.References, &u.Registered, &u.Disputes)
		out = append(out, u)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list who checks: %w", err)
	}
	return s.withLastCheck(ctx, out)
}

// withLastCheck adds when each of them asked last. An aggregate has no type
// on SQLite, a row's column has.
func (s *Store) withLastCheck(ctx context.Context, users []lead.CheckUser) ([]lead.CheckUser, error) {
	at := map[id.User]int{}
	var who []id.User
	for i, u := range users {
		at[u.User.ID], who = i, append(who, u.User.ID)
	}
	for _, asked := range []lead.Asked{lead.AskedCheck, lead.AskedReference} {
		var rows []struct {
			Who  id.User
			Slot time.Time
		}
		table := countsOf(asked)
		err := s.db.Read(ctx).Raw("SELECT c.who, c.slot FROM "+table+" c WHERE c.kind = 'person' AND c.who IN ? AND c.slot = "+
			"(SELECT max(d.slot) FROM "+table+" d WHERE d.kind = 'person' AND d.who = c.who)", who).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read when somebody checked last: %w", err)
		}
		for _, r := range rows {
			if u := &users[at[r.Who]]; r.Slot.After(u.LastAt) {
				u.LastAt = r.Slot
			}
		}
	}
	return users, nil
}

// TidyChecks drops what was counted before an instant.
func (s *Store) TidyChecks(ctx context.Context, before time.Time) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		for _, asked := range []lead.Asked{lead.AskedCheck, lead.AskedReference} {
			if err := tx.DB(ctx).Exec("DELETE FROM "+countsOf(asked)+" WHERE slot < ?", clock.Cut(before)).Error; err != nil {
				return fmt.Errorf("drop old counts of checks: %w", err)
			}
		}
		return nil
	})
}
