package notice

import "maps"

// with puts two sets of sentences together.
func with(more, kinds map[string]string) map[string]string {
	maps.Copy(kinds, more)
	return kinds
}

// chineseYear are the sentences about reviews, signings and the towns' year, in Chinese.
func chineseYear() map[string]string {
	return map[string]string{
		"signing.remarked": "市领导对签约计划有批示,请按期落实", "signing.task_reported": "批示任务已反馈", "signing.task_returned": "批示任务被退回,请继续落实",
		"signing.task_closed": "批示任务已办结", "review.asked": "有项目申请准入评审", "review.opinion_asked": "有准入评审征求贵单位意见", "review.opinion_given": "准入评审收到部门意见",
		"review.decided": "准入评审已有结论", "review.withdrawn": "准入评审已撤回", "review.condition_met": "准入评审条件已落实", "review.condition_reopened": "准入评审条件被退回继续落实",
		"ranking.previewed": "考核得分已可预览，请在异议期内核对", "ranking.objected": "有单位对考核提出异议", "ranking.answered": "考核异议已答复", "ranking.published": "考核结果已公布",
		"slip.issued": "收到督办单，请按期办理并答复", "slip.changed": "督办单内容有更正", "slip.received": "督办单已被签收", "slip.replied": "督办单已答复", "slip.returned": "督办单被退回，请继续办理",
		"slip.closed": "督办单已办结", "slip.withdrawn": "督办单已撤回", "slip.due_soon": "督办单即将到期", "slip.overdue": "督办单已逾期", "commitment.registered": "有对投资方的承诺由贵单位承办",
		"commitment.changed": "对投资方的承诺有修改", "commitment.handed_over": "对投资方的承诺已移交承办", "commitment.kept": "对投资方的承诺已兑现", "commitment.broken": "对投资方的承诺未能兑现",
		"commitment.released": "对投资方的承诺已解除", "commitment.reopened": "对投资方的承诺重新开启", "update.opened": "本期项目月度更新开始填报", "update.due_soon": "项目月度更新即将到报送期限",
		"update.overdue": "项目月度更新已逾期未报送", "update.unlocked": "市投促局已解锁贵单位的月度更新", "credit.proposed": "有指标分算提议待贵单位答复", "credit.agreed": "指标分算提议已获同意",
		"credit.refused": "指标分算提议未获同意", "credit.withdrawn": "指标分算提议已撤回", "credit.ruled": "指标分算比例已裁定", "credit.investor_replaced": "项目更换投资方,已重新计数",
	}
}

// englishYear are the sentences about reviews, signings and the towns' year, in English.
func englishYear() map[string]string {
	return map[string]string{
		"signing.remarked": "a leader's remark on the planned signing asks your unit to act", "signing.task_reported": "the unit reported on the remark",
		"signing.task_returned": "the remark's task was given back", "signing.task_closed": "the remark's task was closed",
		"review.asked": "an admission review is asked for", "review.opinion_asked": "an admission review asks for your unit's opinion",
		"review.opinion_given": "a department gave its opinion in the admission review", "review.decided": "the admission review is decided",
		"review.withdrawn": "the admission review was withdrawn", "review.condition_met": "a condition of the admission review is met",
		"review.condition_reopened": "a condition of the admission review is not met yet",
		"ranking.previewed":         "the scores of your unit can be checked and objected to", "ranking.objected": "a unit objected to an assessment",
		"ranking.answered": "an objection to an assessment was answered", "ranking.published": "an assessment was published",
		"slip.issued": "your unit has a supervision slip to answer", "slip.changed": "a supervision slip was corrected",
		"slip.received": "a supervision slip was received", "slip.replied": "a supervision slip was answered",
		"slip.returned": "a supervision slip was sent back for more work", "slip.closed": "a supervision slip was closed",
		"slip.withdrawn": "a supervision slip was withdrawn", "slip.due_soon": "a supervision slip is due soon",
		"slip.overdue": "a supervision slip is overdue", "commitment.registered": "your unit keeps a commitment to the investor",
		"commitment.changed": "a commitment to the investor was corrected", "commitment.handed_over": "a commitment to the investor was handed over",
		"commitment.kept": "a commitment to the investor was kept", "commitment.broken": "a commitment to the investor was broken",
		"commitment.released": "the investor released a commitment", "commitment.reopened": "a commitment to the investor is open again",
		"credit.proposed": "a share of credit waits for your unit's answer", "credit.agreed": "the proposed share of credit was agreed to",
		"credit.refused": "the proposed share of credit was refused", "credit.withdrawn": "the proposed share of credit was taken back",
		"credit.ruled": "the share of credit was ruled", "credit.investor_replaced": "the investor was replaced and the project counted anew",
		"update.opened": "the monthly report of projects has opened", "update.due_soon": "the monthly report of projects is due soon",
		"update.overdue": "the monthly report of projects is overdue", "update.unlocked": "the bureau opened your unit's monthly report again",
	}
}
