package org

// Unit words of the numbers that clocks run by.
const (
	inPercent = "percent"
	inStages  = "stage_order"
	yesNo     = "yes_no" // 1 or 0
)

// clockKeys are the numbers that clocks run by.
func clockKeys() []RuleKey {
	keys := []RuleKey{
		{"triage_within_days", "线索研判时限", "Time to assess a new lead", inWorkingDays, 1, 60},
		{"triage_experts_days", "需专家参与的研判时限", "Time to assess a new lead with experts", inWorkingDays, 1, 60},
		{"feedback_within_days", "反馈投资方的时限", "Time to answer the investor", inWorkingDays, 1, 60},
		{"progress_within_days", "报告进展的间隔", "Time between two reports of progress", inWorkingDays, 1, 250},
		{"object_within_days", "对指派提出异议的时限", "Time to object to an assignment", inWorkingDays, 1, 30},
		{"talk_within_days", "争议双方协商的时限", "Time for the units of a dispute to talk", inWorkingDays, 1, 60},
		{"rule_within_days", "投促局裁定争议的时限", "Time for the bureau to rule on a dispute", inWorkingDays, 1, 60},
		{"reoffer_after_days", "线索在线索池闲置多久须重新推送", "Days that a lead may lie idle in the pool", inDays, 1, 365},
		{"progress_last_stage", "须报告进展的最后阶段(序号)", "Last stage that owes reports of progress (its number)", inStages, 1, 15},
		{"warn_percent_1", "第一次提醒(占时限百分比)", "First warning (percent of the limit)", inPercent, 1, 1000},
		{"warn_percent_2", "第二次提醒(占时限百分比)", "Second warning (percent of the limit)", inPercent, 1, 1000},
		{"warn_percent_3", "第三次提醒(占时限百分比)", "Third warning (percent of the limit)", inPercent, 1, 1000},
		{"warn_percent_4", "第四次提醒(占时限百分比)", "Fourth warning (percent of the limit)", inPercent, 1, 1000},
	}
	for _, act := range progressActs() {
		keys = append(keys, RuleKey{
			Key: "progress_counts." + act.code, ZH: "“" + act.zh + "”是否算作有效进展", EN: "Whether “" + act.en + "” counts as progress",
			Unit: yesNo, Min: 0, Max: 1,
		})
	}
	return keys
}

func progressActs() []named {
	return []named{
		{"progress", "进展记录", "a note of progress"},
		{"feedback", "已反馈投资方", "an answer to the investor"},
		{"note", "一般备注", "a plain note"},
		{"stage", "阶段前移", "a stage moved forward"},
		{"edit", "修改字段", "edited fields"},
		{"file", "上传文件", "a file"},
		{"contact", "联系人变更", "a contact"},
	}
}
