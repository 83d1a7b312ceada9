package org

// superviseKeys say what stands in the lists of supervision, and when a slip is
// reminded of.
func superviseKeys() []RuleKey {
	return []RuleKey{
		{"supervise.slips", "签约计划调出几次列入督办清单", "How often a planned signing slips before it is listed", inTimes, 1, 12},
		{"supervise.start_months", "签约后几个月未动工列入督办清单", "Months after signing without a start before it is listed", inMonths, 1, 60},
		{"supervise.remind_days", "督办单到期前几个工作日提醒", "Working days before its day that a slip is reminded of", inWorkingDays, 0, 10},
	}
}
