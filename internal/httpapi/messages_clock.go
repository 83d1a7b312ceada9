package httpapi

// clockProblems are the sentences of clocks and of the office calendar.
func clockProblems() map[string]Text {
	return map[string]Text{
		"clock.unknown":      {"找不到该时限。", "No such clock."},
		"clock.running":      {"该单位已有同类时限正在计时。", "Such a clock runs already for this unit."},
		"clock.closed":       {"该时限已结束或刚被他人变更。", "The clock has ended, or somebody changed it just now."},
		"clock.paused":       {"该时限已暂停。", "The clock is paused already."},
		"clock.not_paused":   {"该时限没有暂停。", "The clock is not paused."},
		"clock.not_pausable": {"这类时限由截止时刻决定结果,不能暂停。", "The deadline of this clock decides by itself; it cannot be paused."},
		"clock.suspended":    {"线索暂缓期间时限随之暂停,恢复线索后自动继续。", "The clock stands still because the lead is suspended; it goes on with the lead."},
		"clock.no_experts":   {"只有正在计时的研判时限可以改为专家研判。", "Only a running assessment takes the longer limit for experts."},
		"calendar.plain":     {"日历中没有这一天的特别安排。", "The calendar says nothing of this day."},
	}
}

// clockRules are the sentences of the rules of their fields.
func clockRules() map[string]Text {
	return map[string]Text{
		"hours.order":         {"上班时间须早于下班时间。", "The offices have to open before they close."},
		"calendar.other_year": {"含有不属于这一年的日期。", "A day lies in another year."},
		"calendar.day_twice":  {"同一天出现了两次。", "A day is named twice."},
	}
}
