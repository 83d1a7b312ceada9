package lead

import (
	"context"
	"database/sql"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/lead"
)

// perKey is how many leads one key may bring into the comparison. Rare keys
// find all of their leads; of a trade name that hundreds share, the names
// that are nearer have keys of their own.
const perKey = 60

// Candidates finds the leads whose keys fit; see lead.Store.
func (s *Store) Candidates(ctx context.Context, p lead.Probe) ([]lead.Candidate, error) {
	return candidates(s.db.Read(ctx), p, s.db.Present())
}

// Candidates finds the leads whose keys fit; see lead.Tx.
func (t Tx) Candidates(ctx context.Context, p lead.Probe) ([]lead.Candidate, error) {
	return candidates(t.DB(ctx), p, instant(t.Now(ctx)))
}

// candidates is a look-up in the index for each key, and of these leads alone
// what the comparison needs.
func candidates(db *gorm.DB, p lead.Probe, now clause.Expr) ([]lead.Candidate, error) {
	looks := looksOf(p)
	if len(looks) == 0 {
		return nil, nil
	}
	all := join(looks, " UNION ALL ")
	state := protectionState(now)
	args := append(append(state.args, all.args...), p.Except)
	query := db.Raw("SELECT m.weight, l.id, l.code, l.protection_reference, l.unit_id, l.created_at, l.restricted, l.investor_name, "+
		"l.parent_name, l.stage, "+state.sql+" FROM (SELECT lead_id, max(weight) AS weight FROM ("+all.sql+") AS k GROUP BY lead_id) AS m "+
		"JOIN leads l ON l.id = m.lead_id WHERE l.deleted_at IS NULL AND l.id <> ? ORDER BY l.id", args...)
	var out []lead.Candidate
	err := each(query, func(rows *sql.Rows) error {
		var c lead.Candidate
		var weight int
		err := rows.Scan(&weight, &c.LeadID, &c.Code, &c.Reference, &c.UnitID, &c.ReportedAt, &c.Restricted, &c.InvestorName,
			&c.ParentName, &c.Stage, &c.State)
		c.Sure, c.Likely = weight == 2, weight >= 1
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up match keys: %w", err)
	}
	return out, nil
}

// looksOf are the look-ups of a probe. An equal credit code weighs two, an
// equal domain or number one, a name nothing before it is compared.
func looksOf(p lead.Probe) []frag {
	var out []frag
	look := func(weight int, where string, args ...any) {
		out = append(out, sqlf(fmt.Sprintf("SELECT * FROM (SELECT lead_id, %d AS weight FROM match_keys WHERE %s ORDER BY key, lead_id LIMIT %d) AS k%d",
			weight, where, perKey, len(out)), args...))
	}
	for _, k := range p.Equal {
		look(weightOf(k.Kind), "kind = ? AND key = ?", k.Kind, k.Key)
	}
	for _, begin := range p.Begin {
		look(0, "kind = 'name' AND key >= ? AND key < ?", begin, begin+"\U0010FFFF")
	}
	return out
}

func weightOf(kind string) int {
	switch kind {
	case "credit_code":
		return 2
	case "domain", "mail", "phone":
		return 1
	}
	return 0
}

// protectionState is a lead's protection as of an instant: one that is
// written as active has lapsed when its end has come.
func protectionState(now clause.Expr) frag {
	return sqlf("CASE WHEN l.protection_state = 'active' AND l.protection_ends <= ? THEN 'lapsed' ELSE l.protection_state END", now)
}
