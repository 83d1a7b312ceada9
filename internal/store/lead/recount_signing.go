package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// signingDiffers is the condition that the open span s of the planned signing
// i says something else than its row.
const signingDiffers = "(s.month <> i.month OR s.cents <> i.cents OR s.landing_unit_id <> i.landing_unit_id OR s.first_unit_id <> i.first_unit_id " +
	"OR s.chain <> i.chain OR s.grade <> i.grade OR s.state <> i.state OR COALESCE(s.signed_on, '') <> COALESCE(i.signed_on, ''))"

// signingRules say that the board of the months is what its ledger gives.
func signingRules() []rule {
	return []rule{
		{
			rule: "what is known of a planned signing is what stands",
			sql: "SELECT i.lead_id FROM signing_items i LEFT JOIN signing_spans s ON s.item_id = i.id AND s.until = ? " +
				"WHERE s.id IS NULL OR " + signingDiffers,
			args: []any{clock.Forever()},
		},
		{
			rule: "the frozen plan of a month and its changes give what stands",
			sql: "SELECT m.lead_id FROM (SELECT COALESCE((SELECT min(lead_id) FROM signing_items WHERE month = f.month), 0) AS lead_id, " +
				"(SELECT COALESCE(SUM(cents), 0) FROM signing_frozen WHERE month = f.month) + " +
				"(SELECT COALESCE(SUM(delta_cents), 0) FROM signing_changes WHERE month = f.month) - " +
				"(SELECT COALESCE(SUM(cents), 0) FROM signing_items WHERE month = f.month AND state IN ('planned', 'signed')) AS difference " +
				"FROM signing_months f WHERE f.frozen_at IS NOT NULL) AS m WHERE m.difference <> 0",
		},
	}
}

// repairSignings ends what is known of planned signings whose rows say
// something else, and opens what they say.
func (t Tx) repairSignings(ctx context.Context) (int, error) {
	now, forever := t.Now(ctx), clock.Forever()
	err := t.DB(ctx).Exec("UPDATE signing_spans AS s SET until = ? WHERE s.until = ? AND EXISTS (SELECT 1 FROM signing_items i WHERE i.id = s.item_id AND "+
		signingDiffers+")", now, forever).Error
	if err != nil {
		return 0, wrap(err, "end what is known of planned signings")
	}
	done := t.DB(ctx).Exec("INSERT INTO signing_spans (item_id, from_at, until, month, cents, landing_unit_id, first_unit_id, chain, grade, state, signed_on) "+
		"SELECT i.id, ?, ?, i.month, i.cents, i.landing_unit_id, i.first_unit_id, i.chain, i.grade, i.state, i.signed_on FROM signing_items i "+
		"WHERE NOT EXISTS (SELECT 1 FROM signing_spans s WHERE s.item_id = i.id AND s.until = ?)", now, forever, forever)
	return int(done.RowsAffected), wrap(done.Error, "keep what is known of planned signings")
}
