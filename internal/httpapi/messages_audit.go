package httpapi

// auditRules are the sentences of the rules of the audit log's query.
func auditRules() map[string]Text {
	return map[string]Text{
		"until_before_from": {"结束日期不能早于开始日期。", "The last day is before the first."},
	}
}
