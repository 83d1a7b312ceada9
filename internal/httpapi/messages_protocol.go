package httpapi

// protocolProblems are the sentences of the hand-off protocol.
func protocolProblems() map[string]Text {
	return map[string]Text{
		"handoff.drafted":            {"该线索已有一份草稿,请在草稿上继续。", "There is a draft for this lead already; go on with it."},
		"handoff.not_drafted":        {"该流转已不是草稿。", "This hand-off is not a draft any more."},
		"handoff.stale":              {"草稿已被他人修改,请刷新后再改。", "Somebody else has changed the draft; reload and edit again."},
		"handoff.receiver_closed":    {"接收单位已撤销,不能承接线索。", "The receiving unit was closed and cannot hold the lead."},
		"handoff.package_incomplete": {"移交材料不齐,补齐后才能转出。", "The package is not complete; add what is missing before the lead is handed on."},
		"handoff.not_returnable":     {"只有经转出接收的线索才能交还。", "Only a lead that was accepted from an offer can be given back."},
		"handoff.return_late":        {"已超过可交还的时限,请改为转出或转入线索池。", "The time to give it back has passed; hand it on or refer it to the pool."},
		"handoff.assigned":           {"该线索由投促局指派,请在时限内提出异议,或转给其他单位。", "The bureau assigned this lead; object in time, or hand it to another unit."},
		"handoff.not_in_pool":        {"只有线索池中的线索才能指派。", "Only a lead of the pool can be assigned."},
		"handoff.not_assigned":       {"该流转不是指派。", "This hand-off is not an assignment."},
		"handoff.objected":           {"已经提出过异议。", "The unit has objected already."},
		"handoff.object_twice":       {"同一线索再次指派给同一单位,不能再提异议。", "The unit has objected to an earlier assignment of this lead and cannot do so again."},
		"handoff.object_late":        {"已超过提出异议的时限。", "The time to object has passed."},
		"handoff.not_objected":       {"该指派没有异议需要裁定。", "There is no objection to decide."},
		"handoff.decided":            {"异议已经裁定。", "The objection was decided already."},
		"clock.running":              {"该单位的同类时限已在计时。", "A limit of this kind runs for the unit already."},
		"helper.unknown":             {"找不到该协办单位。", "No such helping unit."},
		"helper.exists":              {"该单位已在协办。", "The unit helps already."},
		"helper.by_rule":             {"按市定金额或争议结果产生的协办,不能手工结束。", "This help follows from a number of the city or from a ruling; it is not ended by hand."},
	}
}

// protocolRules are the sentences of the rules of its fields.
func protocolRules() map[string]Text {
	return map[string]Text{
		"package.missing": {"移交前必须具备。", "This must be there before the lead is handed on."},
	}
}
