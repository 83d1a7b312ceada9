package httpapi

// admissionProblems are the sentences of admission reviews.
func admissionProblems() map[string]Text {
	return map[string]Text{
		"review.unknown":       {"找不到该准入评审。", "No such admission review."},
		"review.open":          {"该项目已有正在进行的准入评审。", "An admission review of the project runs already."},
		"review.over":          {"该准入评审已办结或已撤回。", "The admission review is decided or withdrawn."},
		"review.stage":         {"项目已过准入评审阶段或已暂缓，不能申请评审。", "The project is past the admission review, or suspended."},
		"review.no_place":      {"项目尚未填写落地镇街，无法确定由谁评审。", "The project does not say where it lands, so nobody can be asked."},
		"review.not_asked":     {"贵单位未被征求意见。", "Your unit is not asked for an opinion."},
		"review.no_opinions":   {"尚未征求任何部门意见，不能通过评审。", "No department was asked for its opinion, so the project cannot pass."},
		"review.opinions_owed": {"仍有部门未反馈意见且未到期。", "Departments still have time to answer."},
		"review.busy":          {"他人正在办理该准入评审，请重试。", "Somebody else is working on the review; try again."},
		"condition.unknown":    {"找不到该评审条件。", "No such condition."},
		"condition.stale":      {"他人已更新该评审条件，请核对后再提交。", "Somebody else changed the condition; compare before you save."},
		"power.unknown":        {"找不到该评审权限。", "No such power of admission."},
		"power.stale":          {"他人已修改该评审权限，请核对后再提交。", "Somebody else changed the power; compare before you save."},
		"power.over":           {"该评审权限已经终止。", "The power has ended already."},
		"power.overlaps":       {"该单位在此期间已有评审权限。", "The unit has the power in that time already."},
	}
}

// admissionRules are the sentences of the rules of their fields.
func admissionRules() map[string]Text {
	return map[string]Text{
		"review.before":     {"评审日期不能早于申请日期。", "The decision cannot be earlier than the review was asked for."},
		"review.conditions": {"有条件通过须列明条件，其他结论不得附条件。", "A pass with conditions names them, and no other result does."},
		"power.before":      {"终止日期须晚于起始日期。", "The power ends after it begins."},
	}
}
