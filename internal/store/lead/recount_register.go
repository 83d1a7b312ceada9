package lead

// registerRules are those of the register of first reports.
func registerRules() []rule {
	return []rule{
		{
			rule: "a lead's reference is the number of its registration",
			sql: "SELECT l.id AS lead_id FROM leads l WHERE l.protection_reference IS NOT NULL AND NOT EXISTS " +
				"(SELECT 1 FROM registrations r WHERE r.lead_id = l.id AND CAST(substr(l.protection_reference, 9) AS integer) = r.id)",
		},
		{
			rule: "a protection has a reference, and ends with its window or before",
			sql: "SELECT l.id AS lead_id FROM leads l WHERE l.protection_state IS NOT NULL AND l.protection_reference IS NULL OR " +
				"l.protection_state IN ('active', 'lapsed') AND (l.protection_ends IS NULL OR l.protection_ends > l.protection_until OR " +
				"l.protection_ends > l.protection_idle_until)",
		},
		{
			rule: "what waits for the bureau is registered as waiting",
			sql: "SELECT l.id AS lead_id FROM leads l WHERE l.protection_state = 'pending' AND NOT EXISTS " +
				"(SELECT 1 FROM registrations r WHERE r.lead_id = l.id AND r.state = 'pending')",
		},
	}
}
