package httpapi

// dossierProblems are the sentences of what a project's file keeps.
func dossierProblems() map[string]Text {
	return map[string]Text{
		"land.unknown":        {"找不到该土地出让合同记录。", "No such record of a land contract."},
		"land.stale":          {"他人已修改该土地出让合同记录，请核对后再提交。", "Somebody else changed the record of the land contract; compare before you save."},
		"commitment.unknown":  {"找不到该承诺。", "No such commitment."},
		"commitment.stale":    {"他人已修改该承诺，请核对后再提交。", "Somebody else changed the commitment; compare before you save."},
		"commitment.settled":  {"该承诺的状态不允许此操作。", "The commitment's state does not allow this."},
		"incentive.unknown":   {"找不到该优惠事项。", "No such incentive."},
		"incentive.stale":     {"他人已修改该优惠事项，请核对后再提交。", "Somebody else changed the incentive; compare before you save."},
		"incentive.withdrawn": {"该优惠事项已撤回。", "The incentive was withdrawn."},
		"dossier.busy":        {"他人正在修改该记录，请重试。", "Somebody else is changing the record; try again."},
	}
}

// dossierRules are the sentences of the rules of their fields.
func dossierRules() map[string]Text {
	return map[string]Text{
		"land.supervision_code": {"电子监管号由 8 至 30 位数字、大写字母或连字符组成。", "A supervision code has 8 to 30 digits, capital letters or hyphens."},
		"commitment.due":        {"期限不能早于承诺日期。", "It is due on the day of the promise or later."},
		"commitment.same_unit":  {"承办单位没有变化。", "The unit keeps it already."},
		"land.area":             {"面积应大于 0。", "The area is above 0."},
		"land.price":            {"价款应在 0 与一万亿元之间。", "The price is between 0 and a million million yuan."},
		"incentive.amount":      {"金额应在 0 与一万亿元之间。", "The amount is between 0 and a million million yuan."},
	}
}
