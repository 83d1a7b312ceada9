package lead

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Finding is one thing that should hold and does not.
type Finding struct {
	Rule  string  // what should hold
	Lead  id.Lead // the first lead where it does not; 0 for none in particular
	Count int64   // how often it does not
}

// String says the finding in one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s: broken %d times, first by lead %s", f.Rule, f.Count, f.Lead)
}

// Verify compares everything that is kept twice with what it is kept from:
// counters, the intervals of responsibility, the copies in parts, offers and
// the rights they give, keys of the duplicate check, the search index. A
// sound database gives no finding. It reads the whole database and changes
// nothing.
func (s *Store) Verify(ctx context.Context) ([]Finding, error) {
	db := s.db.Read(ctx)
	var out []Finding
	for _, r := range rules(s.db.Dialect()) {
		var rows []struct {
			N     int64
			First id.Lead
		}
		sql := "SELECT count(*) AS n, COALESCE(min(b.lead_id), 0) AS first FROM (" + r.sql + ") AS b"
		if err := db.Raw(sql, r.args...).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("check that %s: %w", r.rule, err)
		}
		if len(rows) == 1 && rows[0].N > 0 {
			out = append(out, Finding{Rule: r.rule, Lead: rows[0].First, Count: rows[0].N})
		}
	}
	for _, check := range []func(*gorm.DB) ([]Finding, error){recount, recountClocks, recountFacts, rekey} {
		found, err := check(db)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// rule is something that should hold, with the query for the leads where it
// does not.
type rule struct {
	rule string
	sql  string
	args []any
}

func rules(dialect store.Dialect) []rule {
	out := append(custodyRules(), offerRules()...)
	out = append(out, copyRules()...)
	out = append(out, registerRules()...)
	out = append(out, spanRules()...)
	out = append(out, signingRules()...)
	key := "rowid"
	if dialect == store.Postgres {
		key = "lead_id"
	}
	return append(out, rule{
		rule: "every lead is in the search index",
		sql:  "SELECT l.id AS lead_id FROM leads l WHERE l.id NOT IN (SELECT " + key + " FROM lead_search)",
	})
}

// movedStates are the states of hand-offs that moved the lead.
const movedStates = "('accepted', 'returned', 'passed_on', 'completed')"

func custodyRules() []rule {
	forever := clock.Forever()
	const owners = "SELECT lead_id, unit_id, from_at, until, lead(from_at) OVER w AS next, lag(until) OVER w AS before " +
		"FROM lead_parts WHERE part = 'owner' WINDOW w AS (PARTITION BY lead_id ORDER BY from_at, id)"
	return []rule{
		{
			rule: "a lead has one holder, the unit it names",
			sql: "SELECT l.id AS lead_id FROM leads l WHERE l.deleted_at IS NULL AND 1 <> (SELECT count(*) FROM lead_parts p " +
				"WHERE p.lead_id = l.id AND p.part = 'owner' AND p.until = ?) OR l.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM lead_parts p " +
				"WHERE p.lead_id = l.id AND p.part = 'owner' AND p.until = ? AND p.unit_id = l.unit_id)",
			args: []any{forever, forever},
		},
		{
			rule: "custody begins with the lead",
			sql: "SELECT o.lead_id FROM (" + owners + ") AS o JOIN leads l ON l.id = o.lead_id " +
				"WHERE o.before IS NULL AND o.from_at <> l.created_at",
		},
		{
			rule: "intervals of custody follow without gap or overlap",
			sql: "SELECT o.lead_id FROM (" + owners + ") AS o WHERE o.next IS NOT NULL AND o.next <> o.until " +
				"OR o.until <= o.from_at",
		},
		{
			rule: "custody lasts until a lead is deleted",
			sql: "SELECT o.lead_id FROM (" + owners + ") AS o JOIN leads l ON l.id = o.lead_id " +
				"WHERE o.next IS NULL AND o.until <> COALESCE(l.deleted_at, ?)",
			args: []any{forever},
		},
		{
			rule: "custody moves by an accepted hand-off between the two units",
			sql: "SELECT p.lead_id FROM lead_parts p LEFT JOIN handoffs h ON h.id = p.handoff_id JOIN leads l ON l.id = p.lead_id " +
				"WHERE p.part = 'owner' AND (p.handoff_id IS NULL AND p.from_at <> l.created_at OR p.handoff_id IS NOT NULL AND " +
				"(h.state NOT IN " + movedStates + " OR h.lead_id <> p.lead_id OR h.to_unit_id <> p.unit_id OR h.answered_at <> p.from_at))",
		},
	}
}

func offerRules() []rule {
	return []rule{
		{
			rule: "an offer gives its unit the part until its end",
			sql: "SELECT h.lead_id FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE l.deleted_at IS NULL " +
				"AND h.kind = 'offer' AND h.state <> 'drafted' AND 1 <> (SELECT count(*) " +
				"FROM lead_parts p WHERE p.handoff_id = h.id AND p.part = 'offered' AND p.unit_id = h.to_unit_id AND p.lead_id = h.lead_id " +
				"AND p.from_at = h.offered_at AND p.until = (CASE WHEN h.state IN ('offered', 'expired') THEN h.due_at ELSE h.answered_at END))",
		},
		{
			rule: "an open offer comes from the holder",
			sql: "SELECT h.lead_id FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE l.deleted_at IS NULL AND h.state = 'offered' " +
				"AND l.unit_id <> h.from_unit_id AND h.due_at > l.activity_at",
		},
		{
			rule: "an accepted hand-off leaves its giver the part past and what it saw",
			sql: "SELECT h.lead_id FROM handoffs h WHERE h.state IN " + movedStates + " AND (h.snap_title IS NULL OR h.snap_version IS NULL OR " +
				"1 <> (SELECT count(*) FROM lead_parts p WHERE p.lead_id = h.lead_id AND p.part = 'past' AND p.handoff_id = h.id " +
				"AND p.unit_id = h.from_unit_id AND p.from_at = h.answered_at))",
		},
		{
			rule: "the hand-off by which a unit holds a lead is accepted or completed, every earlier one is not accepted",
			sql: "SELECT h.lead_id FROM handoffs h JOIN leads l ON l.id = h.lead_id LEFT JOIN lead_parts p ON p.handoff_id = h.id " +
				"AND p.part = 'owner' AND p.until = ? WHERE l.deleted_at IS NULL AND (p.id IS NULL AND h.state = 'accepted' " +
				"OR p.id IS NOT NULL AND h.state NOT IN ('accepted', 'completed'))",
			args: []any{clock.Forever()},
		},
		{
			rule: "a unit is not past holder and holder at once",
			sql: "SELECT p.lead_id FROM lead_parts p JOIN leads l ON l.id = p.lead_id WHERE p.part = 'past' AND l.deleted_at IS NULL " +
				"AND p.until = ? AND p.unit_id = l.unit_id",
			args: []any{clock.Forever()},
		},
	}
}

func copyRules() []rule {
	return []rule{
		{
			rule: "parts carry the lead's activity, stage and confidentiality",
			sql: "SELECT p.lead_id FROM lead_parts p JOIN leads l ON l.id = p.lead_id WHERE l.deleted_at IS NULL AND (p.restricted <> l.restricted " +
				"OR p.stage <> l.stage OR p.part <> 'past' AND p.activity_at <> l.activity_at OR p.part = 'past' AND p.activity_at > l.activity_at)",
		},
		{
			rule: "a past holder knows the last change of stage or holder",
			sql: "SELECT p.lead_id FROM lead_parts p JOIN leads l ON l.id = p.lead_id WHERE l.deleted_at IS NULL AND p.part = 'past' " +
				"AND p.activity_at <> (SELECT max(a.at) FROM activities a WHERE a.lead_id = p.lead_id AND a.kind IN ('stage', 'accepted', 'returned', 'referred', 'assigned'))",
		},
		{
			rule: "the chain's team reads along",
			sql: "SELECT l.id AS lead_id FROM leads l JOIN chains c ON c.code = l.chain WHERE l.deleted_at IS NULL AND NOT EXISTS " +
				"(SELECT 1 FROM lead_parts p WHERE p.lead_id = l.id AND p.part = 'chain' AND p.unit_id = c.unit_id AND p.until = ?)",
			args: []any{clock.Forever()},
		},
		{
			rule: "a restricted lead has a member",
			sql: "SELECT l.id AS lead_id FROM leads l WHERE l.deleted_at IS NULL AND l.restricted AND NOT EXISTS " +
				"(SELECT 1 FROM lead_members m WHERE m.lead_id = l.id)",
		},
	}
}

// batch is how many leads a check in the program reads at once.
const batch = 5_000

// eachLive reads the live leads in batches, by what the checks need.
func eachLive(db *gorm.DB, check func([]lead.Lead) error) error {
	for after := id.Lead(0); ; {
		var rows []lead.Lead
		err := db.Raw("SELECT id, unit_id, stage, chain, investor_name, credit_code, parent_name, parent_credit_code, website, planned_cents, currency, restricted, signed_on, "+
			"expected_sign_on FROM leads WHERE deleted_at IS NULL AND id > ? ORDER BY id LIMIT ?", after, batch).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read the leads after %s: %w", after, err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := check(rows); err != nil {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}

// recount compares the kept counters with the leads.
func recount(db *gorm.DB) ([]Finding, error) {
	cells, err := counterDifference(db)
	if err != nil {
		return nil, err
	}
	if wrong := len(sortedCells(cells)); wrong > 0 {
		return []Finding{{Rule: "the kept counters equal a recount", Count: int64(wrong)}}, nil
	}
	return nil, nil
}

// counterDifference is what has to be added to the kept counters to make them
// those of the leads.
func counterDifference(db *gorm.DB) (map[cell]tally, error) {
	cells := map[cell]tally{}
	err := eachLive(db, func(rows []lead.Lead) error {
		for i := range rows {
			addTo(cells, &rows[i], 1)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var kept []struct {
		Dimension           string
		Restricted          bool
		UnitID              id.Unit
		Key                 string
		Leads, Known, Cents int64
	}
	if err := db.Raw("SELECT dimension, restricted, unit_id, key, leads, known, cents FROM lead_counters").Scan(&kept).Error; err != nil {
		return nil, fmt.Errorf("read the kept counters: %w", err)
	}
	for _, k := range kept {
		c := cell{dimension: k.Dimension, restricted: k.Restricted, unit: k.UnitID, key: k.Key}
		cells[c] = cells[c].plus(tally{leads: -k.Leads, known: -k.Known, cents: -k.Cents})
	}
	return cells, nil
}

// rekey compares the keys of the duplicate check with the leads.
func rekey(db *gorm.DB) ([]Finding, error) {
	f := Finding{Rule: "the keys of the duplicate check are those of the investor"}
	err := eachLive(db, func(rows []lead.Lead) error {
		var kept []struct {
			LeadID    id.Lead
			Kind, Key string
		}
		first, last := rows[0].ID, rows[len(rows)-1].ID
		err := db.Raw("SELECT lead_id, kind, key FROM match_keys WHERE lead_id BETWEEN ? AND ? AND kind NOT IN ('phone', 'mail')", first, last).Scan(&kept).Error
		if err != nil {
			return fmt.Errorf("read the match keys: %w", err)
		}
		by := map[id.Lead][]lead.MatchKey{}
		for _, k := range kept {
			by[k.LeadID] = append(by[k.LeadID], lead.MatchKey{Kind: k.Kind, Key: k.Key})
		}
		for _, l := range rows {
			if !sameKeys(by[l.ID], lead.MatchKeys(l)) {
				if f.Count++; f.Count == 1 {
					f.Lead = l.ID
				}
			}
		}
		return nil
	})
	if err != nil || f.Count == 0 {
		return nil, err
	}
	return []Finding{f}, nil
}

func sameKeys(a, b []lead.MatchKey) bool {
	if len(a) != len(b) {
		return false
	}
	for _, k := range a {
		if !slices.Contains(b, k) {
			return false
		}
	}
	return true
}
