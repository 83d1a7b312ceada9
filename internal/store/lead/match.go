package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// Matches finds earlier reports of an investor: equal keys first, then names
// of which one begins with the other. Every step is a look-up in the index of
// keys.
func (s *Store) Matches(ctx context.Context, keys []lead.MatchKey, limit int) ([]lead.Match, error) {
	var or []frag
	for _, k := range keys {
		or = append(or, sqlf("(SELECT lead_id, 1 AS exact FROM match_keys WHERE kind = ? AND key = ? ORDER BY lead_id LIMIT ?)", k.Kind, k.Key, limit))
		if k.Kind != "name" {
			continue
		}
		if shorter := lead.Prefixes(k.Key); len(shorter) > 0 {
			or = append(or, sqlf("(SELECT lead_id, 0 AS exact FROM match_keys WHERE kind = 'name' AND key IN ? LIMIT ?)", shorter, limit))
		}
		if lead.LongEnough(k.Key) {
			or = append(or, sqlf("(SELECT lead_id, 0 AS exact FROM match_keys WHERE kind = 'name' AND key > ? AND key < ? ORDER BY key LIMIT ?)",
				k.Key, k.Key+"\U0010FFFF", limit))
		}
	}
	if len(or) == 0 {
		return nil, nil
	}
	for i := range or {
		or[i].sql = "SELECT * FROM " + or[i].sql + fmt.Sprintf(" AS k%d", i)
	}
	all := join(or, " UNION ALL ")
	var rows []struct {
		Exact      int
		Code       string
		UnitID     id.Unit
		CreatedAt  time.Time
		Restricted bool
	}
	args := append(all.args, limit)
	err := s.db.Read(ctx).Raw("SELECT m.exact, l.code, l.unit_id, l.created_at, l.restricted FROM "+
		"(SELECT lead_id, max(exact) AS exact FROM ("+all.sql+") AS k GROUP BY lead_id) AS m "+
		"JOIN leads l ON l.id = m.lead_id WHERE l.deleted_at IS NULL ORDER BY m.exact DESC, l.id LIMIT ?", args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look up match keys: %w", err)
	}
	out := make([]lead.Match, len(rows))
	for i, r := range rows {
		out[i] = lead.Match{Exact: r.Exact == 1, Code: r.Code, UnitID: r.UnitID, ReportedAt: r.CreatedAt, Restricted: r.Restricted}
	}
	return out, nil
}
