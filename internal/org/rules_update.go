package org

// updateKeys say when units report on their projects: days of a month, and
// working days after its end.
func updateKeys() []RuleKey {
	return []RuleKey{
		{"update_opens_day", "月度更新开放填报日（当月几号）", "Day of the month on which its report opens", inDayOfMonth, 1, 28},
		{"update_due_days", "月度更新报送期限（月末后）", "Report due, after the end of the month", inWorkingDays, 0, 20},
		{"update_closes_days", "月度更新截止（月末后）", "Report closes, after the end of the month", inWorkingDays, 0, 40},
		{"update_soon_days", "月度更新到期前提醒", "Reminder before the report is due", inWorkingDays, 0, 10},
		{"update_unlock_days", "解锁后可修改的期限", "Time to write after a report is opened again", inWorkingDays, 1, 20},
	}
}
