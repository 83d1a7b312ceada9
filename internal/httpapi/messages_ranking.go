package httpapi

// rankingProblems are the sentences of assessments.
func rankingProblems() map[string]Text {
	return map[string]Text{
		"ranking.off":               {"本市未启用考核排名。", "The city does not rank its units."},
		"ranking.unknown":           {"找不到该考核。", "No such assessment."},
		"ranking.unfinished":        {"该月还有未公布的考核版本。", "Another edition of the month is not published yet."},
		"ranking.no_formula":        {"该月没有适用的计分办法。", "No formula holds for the month."},
		"ranking.formula_exists":    {"该组从这个月起已有计分办法。", "The group has a formula from this month on."},
		"ranking.state":             {"考核当前的状态不允许此操作。", "The assessment's state does not allow this."},
		"ranking.busy":              {"他人正在处理该考核，请重试。", "Somebody else is changing the assessment; try again."},
		"ranking.objections_over":   {"异议期已过。", "The time to object is over."},
		"ranking.objections_open":   {"异议期未满，或还有异议未答复。", "The time to object is not over, or an objection waits for its answer."},
		"ranking.objection_unknown": {"找不到该异议。", "No such objection."},
		"ranking.answered":          {"该异议已答复。", "The objection has its answer."},
	}
}

// rankingRules are the sentences of the rules of its fields.
func rankingRules() map[string]Text {
	return map[string]Text{
		"ranking.month":     {"请填写不晚于本月的月份，如 2026-03。", "A month up to the present one, such as 2026-03."},
		"ranking.count":     {"次数应在 1 至 99 之间，更正时填负数。", "The count is 1 to 99, below 0 to take back."},
		"ranking.items":     {"计分项为 1 至 20 项。", "A formula has 1 to 20 items."},
		"ranking.indicator": {"指标代码或个数不符合该计分方式。", "The indicators do not fit this kind of item."},
		"ranking.weight":    {"分值、上限或基数超出范围。", "Weight, cap or base is out of range."},
	}
}
