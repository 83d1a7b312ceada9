package httpapi

// signingProblems are the sentences of the board 每月一签约.
func signingProblems() map[string]Text {
	return map[string]Text{
		"signing.unknown":    {"找不到该签约计划。", "No such planned signing."},
		"signing.planned":    {"该线索已在签约计划中。", "The lead is on a signing board already."},
		"signing.past":       {"该月份已经结束。", "The month is over."},
		"signing.stage":      {"线索已签约或已结束，不能列入签约计划。", "The lead is signed or has ended, so its signing cannot be planned."},
		"signing.stale":      {"他人已修改该签约计划，请核对后再提交。", "Somebody else changed the planned signing; compare before you save."},
		"signing.closed":     {"该签约计划已签约、流失或取消，不能再改。", "The planned signing is signed, lost or off the plan."},
		"signing.busy":       {"他人正在修改该签约计划，请重试。", "Somebody else is changing the planned signing; try again."},
		"ceremony.unknown":   {"找不到该签约仪式。", "No such ceremony."},
		"ceremony.stale":     {"他人已修改该签约仪式，请核对后再提交。", "Somebody else changed the ceremony; compare before you save."},
		"ceremony.confirmed": {"签约仪式已确认，不能再改。", "The ceremony is confirmed."},
		"ceremony.early":     {"签约仪式尚未举行，不能确认。", "The ceremony has not been held yet."},
		"task.unknown":       {"找不到该批示任务。", "No such task of a remark."},
		"task.stale":         {"他人已处理该批示任务，请核对后再提交。", "Somebody else worked on the task; compare before you save."},
		"task.state":         {"任务当前状态不允许此操作。", "The task's state does not allow this."},
	}
}

// signingRules are the sentences of the rules of their fields.
func signingRules() map[string]Text {
	return map[string]Text{
		"day.before_first":  {"该日期早于第一条线索的登记日。", "The day lies before the first lead."},
		"slice.one":         {"镇街、单位、产业链只能选一个。", "Choose one of town, unit and chain."},
		"month.unknown":     {"月份格式应为 2026-03。", "A month is written 2026-03."},
		"month.range":       {"月份范围应为 1 至 36 个月。", "A range has 1 to 36 months."},
		"amount.range":      {"金额应大于 0，且不超过一万亿元。", "The amount is above 0 and at most a million million yuan."},
		"day.other_month":   {"日期不在该月份内。", "The day is not in the month."},
		"task.unit_foreign": {"该单位看不到这条线索，不能承办。", "The unit cannot see the lead, so it cannot be asked."},
		"signing.other":     {"该签约计划不在本仪式的月份，或已不在计划中。", "The signing is not planned in the ceremony's month."},
		"day.past":          {"日期不能早于今天。", "The day is over already."},
		"time.of_day":       {"时间格式应为 15:00。", "A time is written 15:00."},
	}
}
