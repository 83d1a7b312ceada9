package httpapi

// updateProblems are the sentences of the monthly reports.
func updateProblems() map[string]Text {
	return map[string]Text{
		"update.unknown":    {"找不到该单位的更新表。", "No such report."},
		"update.clash":      {"有单元格已被他人修改，请对照后选择。", "Somebody else changed a cell; compare and choose."},
		"update.coming":     {"本期尚未开始填报。", "The period has not opened."},
		"update.closed":     {"本期已截止，需由市投促局解锁后修改。", "The period is closed; the bureau can open it again."},
		"update.filed":      {"本期已报送并锁定，需由市投促局解锁后修改。", "The report is filed and locked; the bureau can open it again."},
		"update.not_owed":   {"该项目当前阶段不需要填报。", "The project owes no report in its stage."},
		"update.busy":       {"他人正在填写，请重试。", "Somebody else is writing; try again."},
		"update.incomplete": {"还有 {n} 个项目未填完必填项，不能报送。", "{n} projects lack a required figure."},
		"update.nothing":    {"没有待报送的项目。", "Nothing is left to file."},
		"update.open":       {"该单位本期没有锁定，无需解锁。", "Nothing is locked."},
	}
}

// updateRules are the sentences of the rules of their fields.
func updateRules() map[string]Text {
	return map[string]Text{
		"update.value_kind":  {"填写类型与该列不符。", "The value is of another kind than its column."},
		"update.value_range": {"数值应在 0 至上限之间。", "The value is below 0 or above the limit."},
		"update.value_day":   {"日期格式应为 2026-11-24。", "A day is written 2026-11-24."},
		"update.cell_twice":  {"同一单元格出现两次。", "The same cell occurs twice."},
	}
}
