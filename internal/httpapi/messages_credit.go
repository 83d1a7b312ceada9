package httpapi

import "github.com/leadrelay/leadrelay/internal/access"

// creditProblems are the sentences of counting and credit.
func creditProblems() map[string]Text {
	return map[string]Text{
		"credit.unknown":       {"找不到该分算提议。", "No such proposal of shares."},
		"credit.answered":      {"该分算提议已有答复。", "The proposal was answered already."},
		"credit.pending":       {"该类指标已有待答复的分算提议。", "A proposal for these indicators is open already."},
		"credit.single":        {"招引单位与落地单位相同或落地单位未定，无需分算。", "The unit that found it is its place too, or no place is known: there is nothing to share."},
		"credit.parties":       {"招引单位或落地单位已变更，请重新提议。", "The two sides are other units now; propose anew."},
		"credit.unsigned":      {"项目未签订有约束力的协议。", "The project is not signed by a binding agreement."},
		"credit.replaced":      {"该项目更换投资方已重新计数一次。", "A replaced investor of the project was counted anew already."},
		"credit.month_running": {"该月尚未结束，不能结账。", "The month is not over."},
		"credit.month_closed":  {"该月已结账。", "The month is closed already."},
		"credit.busy":          {"他人刚刚新增了该指标的口径版本，请核对后重试。", "Somebody else just added a version of this rule; look at it and try again."},
	}
}

// creditRules are the sentences of the rules of their fields.
func creditRules() map[string]Text {
	return map[string]Text{
		"credit.starts_later":   {"应从明天或以后开始：此前已计数的不变。", "It begins tomorrow or later: what was counted before stays."},
		"credit.ends_before":    {"结束不能早于开始。", "The end is not before the beginning."},
		"credit.closed_month":   {"应从未结账的月份开始。", "It begins in a month that is not closed."},
		"credit.before_signing": {"应晚于签约日期。", "It is after the day of signing."},
		"credit.indicator":      {"指标代码由大写字母、数字和下划线组成，最长 32 位。", "The code of an indicator has capital letters, digits and underscores, at most 32."},
	}
}

// creditTexts name the permissions of counting and credit.
func creditTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.CreditRead:  {"查看计数与分算", "Read what was counted and its shares"},
		access.CreditAgree: {"提议和答复分算比例", "Propose and answer shares"},
		access.CreditRule:  {"维护计数口径、裁定分算比例", "Keep counting rules, rule on shares"},
		access.CreditClose: {"提前结账", "Close a month early"},
	}
}
