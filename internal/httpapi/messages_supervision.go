package httpapi

// supervisionProblems are the sentences of supervision.
func supervisionProblems() map[string]Text {
	return map[string]Text{
		"slip.unknown":         {"找不到该督办单。", "No such supervision slip."},
		"slip.stale":           {"他人已修改该督办单，请核对后再提交。", "Somebody else changed the slip; compare before you save."},
		"slip.busy":            {"他人正在处理该督办单，请重试。", "Somebody else is changing the slip; try again."},
		"slip.state":           {"督办单当前的状态不允许此操作。", "The slip's state does not allow this."},
		"slip.lead_restricted": {"限定知悉的线索不能列入督办单，请在线索内部跟进。", "A slip cannot stand on a restricted lead; follow it inside the lead."},
	}
}

// supervisionRules are the sentences of the rules of its fields.
func supervisionRules() map[string]Text {
	return map[string]Text{
		"slip.days": {"办理时限为 1 至 60 个工作日。", "The limit is 1 to 60 working days."},
		"slip.self": {"不能向本单位下达督办单。", "A unit cannot issue a slip to itself."},
		"slip.row":  {"该事项已不在清单中，或不属于该单位。", "This row is no longer in the list, or another unit owes it."},
	}
}
