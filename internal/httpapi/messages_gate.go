package httpapi

// gateProblems are the sentences of the gate, confirmations and versions of
// the life cycle.
func gateProblems() map[string]Text {
	return map[string]Text{
		"stage.gate":              {"还有材料或条件未齐,暂不能进入该阶段;缺项已逐条列出。", "Something that the stage needs is missing; every item is listed."},
		"stage.off_track":         {"该项目类型不经过这一阶段。", "The project's track leaves this stage out."},
		"stage.pass":              {"进入该阶段须由单位负责人办理。", "A head of the unit moves a lead into this stage."},
		"stage.skip":              {"跳过阶段须由单位负责人办理。", "Only a head of the unit leaves out stages."},
		"stage.back":              {"退回前一阶段须由单位负责人办理。", "Only a head of the unit moves a lead back."},
		"stage.pause":             {"您没有暂缓或恢复线索的权限。", "You may not suspend leads or take them up again."},
		"stage.lose":              {"您没有终结线索的权限。", "You may not end leads."},
		"confirmation.unknown":    {"找不到该确认事项。", "No such confirmation."},
		"confirmation.open":       {"该阶段的确认已经提出,请等待对方答复。", "A confirmation of this stage is asked already; wait for the answer."},
		"confirmation.answered":   {"该确认事项已经答复。", "The confirmation was answered already."},
		"confirmation.not_needed": {"该阶段不需要外部确认。", "This stage asks for no confirmation from outside."},
		"confirmation.own_unit":   {"责任单位人员不能确认本单位的项目阶段。", "Nobody of the responsible unit confirms its own work."},
		"confirmation.bureau":     {"该阶段由投资促进局确认。", "The bureau confirms this stage."},
		"lifecycle.unknown":       {"找不到该版本的流程配置。", "No such version of the life cycle."},
		"lifecycle.none":          {"今天没有生效的流程配置,请联系管理员。", "No version of the life cycle is in force today; ask an administrator."},
		"lifecycle.stale":         {"该版本已被他人修改,请刷新后再改。", "Somebody else has changed this version; reload and edit again."},
		"lifecycle.changed":       {"该版本刚刚发生变化,请刷新后重试。", "The version changed just now; reload and try again."},
		"lifecycle.not_draft":     {"只有草稿可以修改,请先复制为草稿。", "Only a draft is changed; copy the version to one first."},
		"lifecycle.day_taken":     {"已有其他版本在这一天生效,请另选日期。", "Another version begins on this day; choose another one."},
		"lifecycle.rules":         {"正在生效或曾经生效的版本不能作废。", "A version that rules or ruled is not given up."},
	}
}

// gateRules are the sentences of what a version of the life cycle breaks.
func gateRules() map[string]Text {
	return map[string]Text{
		"lifecycle.track_begins": {"每种项目类型都要从“线索”开始。", "Every track begins with the stage “Lead”."},
		"lifecycle.first_open":   {"“线索”阶段不能设置门槛。", "The stage “Lead” has no gate."},
		"day.past":               {"日期不能早于今天。", "The day cannot be in the past."},
	}
}
