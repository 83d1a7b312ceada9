package lead

import "github.com/leadrelay/leadrelay/internal/clock"

// spanRules say that the times in stages tile each lead's life.
func spanRules() []rule {
	forever := clock.Forever()
	const spans = "SELECT lead_id, stage, from_at, until, lag(until) OVER w AS before, lead(from_at) OVER w AS next " +
		"FROM stage_spans WINDOW w AS (PARTITION BY lead_id ORDER BY id)"
	return []rule{
		{
			rule: "a lead's last span is in its stage",
			sql: "SELECT l.id AS lead_id FROM leads l WHERE NOT EXISTS (SELECT 1 FROM stage_spans s " +
				"WHERE s.lead_id = l.id AND s.stage = l.stage AND s.until = ?)",
			args: []any{forever},
		},
		{
			rule: "the spans of a lead's stages tile its life",
			sql: "SELECT s.lead_id FROM (" + spans + ") AS s JOIN leads l ON l.id = s.lead_id " +
				"WHERE s.before IS NULL AND s.from_at <> l.created_at OR s.before IS NOT NULL AND s.before <> s.from_at " +
				"OR s.next IS NULL AND s.until <> ? OR s.until < s.from_at",
			args: []any{forever},
		},
		{
			rule: "the facts of a lead tile its life",
			sql: "SELECT s.lead_id FROM (SELECT lead_id, from_at, until, lag(until) OVER w AS before, lead(from_at) OVER w AS next " +
				"FROM lead_facts WINDOW w AS (PARTITION BY lead_id ORDER BY id)) AS s JOIN leads l ON l.id = s.lead_id " +
				"WHERE s.before IS NULL AND s.from_at <> l.created_at OR s.before IS NOT NULL AND s.before <> s.from_at " +
				"OR s.next IS NULL AND s.until <> COALESCE(l.deleted_at, ?) OR s.until < s.from_at",
			args: []any{forever},
		},
		{
			rule: "the last facts of a lead are those of its row",
			sql: "SELECT l.id AS lead_id FROM leads l LEFT JOIN lead_facts f ON f.lead_id = l.id AND f.until = ? WHERE l.deleted_at IS NULL AND " +
				"(f.id IS NULL OR " + factsDiffer + ")",
			args: []any{forever},
		},
		{
			rule: "a confirmation that counts came from outside the unit that asked",
			sql:  "SELECT lead_id FROM stage_confirmations WHERE state = 'confirmed' AND answered_unit_id = asked_unit_id",
		},
	}
}
