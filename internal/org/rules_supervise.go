package org

// superviseKeys say what stands in the lists of supervision, and when a slip is
// reminded of.
func superviseKeys() []RuleKey {
	return []RuleKey{
		{"ranking.on", "启用考核排名（1 是，0 否）", "Units are ranked (1) or not (0)", inNumbers, 0, 1},
		{"ranking.public", "公布的排名各单位均可查看（1 是，0 否）", "Published rankings are shown to every unit (1) or each its own row (0)", inNumbers, 0, 1},
		{"ranking.objection_days", "考核预览的异议期", "Working days to object to a previewed assessment", inWorkingDays, 1, 30},
		{"ranking.red_places", "红榜名次", "Places on the red board", inNumbers, 0, 20},
		{"ranking.black_places", "黑榜名次", "Places on the black board", inNumbers, 0, 20},
		{"supervise.slips", "签约计划调出几次列入督办清单", "How often a planned signing slips before it is listed", inTimes, 1, 12},
		{"supervise.start_months", "签约后几个月未动工列入督办清单", "Months after signing without a start before it is listed", inMonths, 1, 60},
		{"supervise.remind_days", "督办单到期前几个工作日提醒", "Working days before its day that a slip is reminded of", inWorkingDays, 0, 10},
	}
}
