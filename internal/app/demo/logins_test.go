package demo

import (
	"testing"
	"time"
)

// loginSQL counts, for the units of the demo logins, what their people find
// on that Monday at nine.
const loginSQL = `SELECT u.slug,
	(SELECT count(*) FROM leads l WHERE l.unit_id = u.id) AS own,
	(SELECT count(*) FROM handoffs h WHERE h.to_unit_id = u.id AND h.state = 'offered' AND h.due_at > ?) AS offered_to,
	(SELECT count(*) FROM handoffs h WHERE h.from_unit_id = u.id AND h.state = 'offered' AND h.due_at > ?) AS offered_by,
	(SELECT count(*) FROM handoffs h WHERE h.from_unit_id = u.id AND h.answered_at > ?) AS answered,
	(SELECT count(*) FROM leads l WHERE l.unit_id = u.id AND l.next_step_on <= '2026-03-12') AS due,
	(SELECT count(*) FROM leads l WHERE l.unit_id = u.id AND l.activity_at < ? AND l.stage NOT IN
		('lost', 'withdrawn', 'duplicate', 'transferred_out', 'invalid')) AS quiet,
	(SELECT count(*) FROM leads l WHERE l.unit_id = u.id AND l.expected_sign_on BETWEEN '2026-03-01' AND '2026-03-31') AS signing,
	(SELECT count(*) FROM lead_parts p WHERE p.unit_id = u.id AND p.part = 'past' AND p.until > ?) AS past,
	(SELECT count(*) FROM lead_parts p WHERE p.unit_id = u.id AND p.part IN ('chain', 'coordinator') AND p.until > ?) AS along
	FROM units u WHERE u.slug IN ('wg-shenzhen', 'huangpu', 'cuiheng', 'xiaolan', 'iit', 'zs-ipb', 'chain-robots-ai') ORDER BY u.slug`

func loginArgs(t *testing.T) []any {
	now := day(t, monday).At(9 * time.Hour)
	return []any{now, now, now.AddDate(0, 0, -14), now.AddDate(0, 0, -14), now, now}
}
