package httpapi

// disputeProblems are the sentences of disputes and merges.
func disputeProblems() map[string]Text {
	return map[string]Text{
		"dispute.too_often":         {"凭编号提出争议过于频繁,请稍后再试。", "Too many disputes by a reference; try again shortly."},
		"dispute.unknown":           {"找不到该争议。", "No such dispute."},
		"dispute.reference_unknown": {"没有线索使用该编号。", "No lead has this reference."},
		"dispute.holder":            {"线索已由贵单位负责,无需提出争议。", "Your unit holds the lead itself."},
		"dispute.pending":           {"该线索已有未办结的争议。", "The lead is disputed already."},
		"dispute.closed":            {"争议已经办结。", "The dispute has ended."},
		"dispute.talking":           {"双方协商期限未满,请先协商,或提请招商部门裁定。", "The units still have time to talk; bring the dispute to the bureau first."},
		"dispute.leading":           {"争议已提交领导机构。", "The dispute is before the leading body."},
		"dispute.no_proposal":       {"对方目前没有待确认的方案。", "The other party has no open proposal."},
		"dispute.holder_changed":    {"线索已不由双方负责,须由招商部门裁定。", "Neither party holds the lead any more; the bureau has to rule."},
		"merge.unknown":             {"找不到该合并记录。", "No such merge."},
		"merge.merged":              {"线索已并入另一条线索,请先撤销合并。", "The lead is merged into another; undo that merge first."},
		"merge.undoable":            {"线索的合并仍可撤销,期满前不能删除。", "A merge with this lead can still be undone; it cannot be deleted before."},
		"merge.restricted":          {"限制级线索与普通线索不能合并。", "A restricted lead and a normal one cannot be merged."},
		"merge.undone":              {"合并已被撤销。", "The merge was undone already."},
		"merge.undo_expired":        {"已超过可撤销合并的期限。", "The time to undo the merge has passed."},
		"merge.later":               {"目标线索之后又被并入其他线索,请先撤销后一次合并。", "The target was merged into another lead since; undo that merge first."},
	}
}

// disputeRules are the sentences of the rules of their fields.
func disputeRules() map[string]Text {
	return map[string]Text{
		"dispute.one_lead":       {"请填写编号,或选择一条线索,二者只能取一。", "Give a reference or a lead, and only one of them."},
		"dispute.same_lead":      {"不能与争议线索相同。", "This is the disputed lead itself."},
		"dispute.own_foreign":    {"该线索不由贵单位负责。", "Your unit does not hold this lead."},
		"dispute.shares_unasked": {"只有“共同负责”才需要填写份额。", "Shares belong to the outcome “shared” only."},
		"dispute.holder_unasked": {"按重复线索办结时不指定责任单位。", "A duplicate names no holder."},
		"dispute.closes_unasked": {"只有按重复线索办结才需要选择关闭哪一条。", "Only a duplicate says which lead is closed."},
		"dispute.no_own_lead":    {"提出方没有登记自己的线索,不能按重复线索办结。", "The claimant named no lead of its own, so none is a duplicate."},
		"dispute.third_unit":     {"双方只能在两个单位之间约定,其他单位须由裁定指定。", "The parties decide between themselves; another unit is named by a ruling."},
		"dispute.share_twice":    {"同一单位只能出现一次。", "A unit stands in the shares once."},
		"dispute.share_range":    {"每个份额须大于 0、不超过 100,最多两位小数。", "A share is above 0 and at most 100, with two decimals."},
		"dispute.share_holder":   {"至少两个单位,且须包含责任单位。", "At least two units share, the holder among them."},
		"dispute.share_sum":      {"份额合计须为 100%。", "The shares must make 100 %."},
		"merge.field":            {"合并时不能采用这个字段。", "A merge does not take this field over."},
		"merge.same_lead":        {"不能并入自己。", "A lead is not merged into itself."},
		"merge.currency":         {"两条线索币种不同,币种与全部金额须一并保留或一并采用。", "The currencies differ: keep or take the currency and all amounts together."},
	}
}
