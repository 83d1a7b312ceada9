package audit

// listed is where the auditor's list reads: the lines, who wrote them, and
// whether the lead is restricted today. It is the one place of this package
// that names the table of leads, and it takes nothing of a lead but that
// mark; the auditor reads no business rows.
const listed = `SELECT e.*, l.restricted AS restricted_now, u.name AS user_name,
	EXISTS (SELECT 1 FROM audit_links k WHERE k.event_id = e.id) AS sealed
	FROM audit_events e
	LEFT JOIN users u ON u.id = e.user_id
	LEFT JOIN leads l ON l.id = e.lead_id`
