package org

import "strconv"

// Unit words of the register's numbers.
const (
	inClock      = "minutes"
	inNumbers    = "number"
	inDayOfMonth = "day_of_month"
	inMonths     = "months"
	inYi         = "yuan100m"
)

// registerKeys are the numbers of the register of first reports.
func registerKeys() []RuleKey {
	return []RuleKey{
		{"protection_days", "首报保护期", "Protection of a first report", inDays, 1, 3650},
		{"protection_large_days", "大项目首报保护期", "Protection of a large project", inDays, 1, 3650},
		{"protection_large_wan", "大项目的计划投资额起点", "Planned amount from which a project is large", inWan, 1, 100_000_000},
		{"protection_idle_days", "多久无有效进展即失去保护", "Days without progress until protection lapses", inDays, 1, 3650},
		{"protection_warn_days", "保护到期前多少天提醒", "Days ahead that the end of protection is told", inDays, 0, 365},
		{"protection_renewals", "保护可续期次数", "How often protection can be renewed", inTimes, 0, 10},
		{"duplicate_check_minutes", "查重限次的计数窗口", "Window in which duplicate checks are counted", inClock, 1, 1440},
		{"duplicate_check_person", "每人每个窗口的查重次数上限", "Duplicate checks of one person in a window", inTimes, 1, 100_000},
		{"duplicate_check_unit", "每单位每个窗口的查重次数上限", "Duplicate checks of one unit in a window", inTimes, 1, 1_000_000},
		{"duplicate_check_days", "查重次数统计的天数", "Days that duplicate checks are listed", inDays, 1, 365},
		{"dispute_reference_person", "每人每个窗口凭编号提出争议的次数上限", "Disputes by a reference that one person may try in a window", inTimes, 1, 10_000},
		{"dispute_reference_unit", "每单位每个窗口凭编号提出争议的次数上限", "Disputes by a reference that one unit may try in a window", inTimes, 1, 100_000},
		{"duplicate_check_heavy", "统计期内多少次算频繁查重", "Duplicate checks that count as many", inNumbers, 1, 1_000_000},
	}
}

// noticeKeys are how long what has been told is kept.
func noticeKeys() []RuleKey {
	return []RuleKey{
		{"read_notice_days", "已读消息保留的天数", "Days that a read notice is kept", inDays, 7, 3650},
		{"ended_mail_days", "已发出或取消的邮件记录保留的天数", "Days that the record of a sent or dropped mail is kept", inDays, 7, 3650},
	}
}

// CockpitBands is how many thresholds of amounts the cockpit knows.
const CockpitBands = 5

// CockpitBand is the key of the n-th threshold of amounts, from 1.
func CockpitBand(n int) string { return "cockpit.band." + strconv.Itoa(n) }

// cockpitKeys are the thresholds of the cockpit's bands of amounts.
func cockpitKeys() []RuleKey {
	var out []RuleKey
	for n := range CockpitBands {
		nth := strconv.Itoa(n + 1)
		out = append(out, RuleKey{
			CockpitBand(n + 1), "驾驶舱投资额分档第 " + nth + " 道线", "Threshold " + nth + " of the cockpit's bands of amounts", inYi, 1, 1000,
		})
	}
	return out
}

// signingKeys say when the plan of a month freezes: at the end of the given
// day of the month that is so many months before.
func signingKeys() []RuleKey {
	return []RuleKey{
		{"signing_cut_off_day", "每月签约计划冻结日（当月几号）", "Day of the month on which the signing plan freezes", inDayOfMonth, 1, 28},
		{"signing_cut_off_months_before", "签约计划提前几个月冻结", "Months ahead that the signing plan freezes", inMonths, 0, 3},
	}
}

// targetKeys say when a month of targets is closed, and in what the share of
// time is counted.
func targetKeys() []RuleKey {
	return []RuleKey{
		{"target_close_day", "目标月份关账日（次月几号）", "Day of the next month after which a month of targets is closed", inDayOfMonth, 1, 28},
		{"target_time_working_days", "时间进度按工作日计算（1 是，0 否）", "The share of time counts working days (1) or calendar days (0)", inNumbers, 0, 1},
	}
}

// creditKeys say when the counts of a month close by themselves.
func creditKeys() []RuleKey {
	return []RuleKey{
		{CountCloseDay, "上月计数结账日（次月几号）", "Day of the next month on which the counts of a month close", inDayOfMonth, 1, 28},
	}
}

// CountCloseDay is the key of the day on which a month's counts close.
const CountCloseDay = "count_close_day"
