package httpapi

// leadProblems are the sentences of leads and hand-offs.
func leadProblems() map[string]Text {
	return map[string]Text{
		"lead.unknown":         {"找不到该线索。", "No such lead."},
		"lead.stale":           {"这条线索已被他人修改,请核对差异后再保存。", "Somebody else has changed this lead; look at the differences and save again."},
		"lead.changed":         {"这条线索刚刚发生变化,请刷新后重试。", "The lead changed just now; reload and try again."},
		"lead.settled":         {"进入“拟签约”后，落户地和项目类型以评审时为准；确需调整的，先退回前一阶段。", "From pre-signing on, place and track stay as they were reviewed; step the lead back first to change them."},
		"lead.ended":           {"线索已经终结,不能再办理。", "The lead has ended; nothing more can be done with it."},
		"lead.not_restricted":  {"只有限制级线索才需要指定知悉人员。", "Only a restricted lead has named members."},
		"stage.same":           {"线索已处于该阶段。", "The lead is in this stage already."},
		"stage.reopen":         {"已终结的线索只能由单位负责人重新启用。", "Only a head of the unit reopens a lead that has ended."},
		"handoff.unknown":      {"找不到该流转记录。", "No such hand-off."},
		"handoff.pending":      {"线索正在流转中,请等待对方答复或先撤回。", "The lead is on offer; wait for the answer or withdraw it first."},
		"handoff.answered":     {"该流转已经办结(当前状态:{state})。", "The offer has been dealt with already (state: {state})."},
		"handoff.expired":      {"已超过答复期限,不能再办理。", "The time to answer has passed."},
		"handoff.self":         {"线索已由该单位负责,不能流转给自己。", "The unit holds the lead already."},
		"handoff.unit_closed":  {"该单位已撤销或尚未启用,不能接收线索。", "The unit is not open and cannot receive leads."},
		"handoff.unit_unknown": {"找不到接收单位。", "No such receiving unit."},
		"contact.unknown":      {"找不到该联系人。", "No such contact."},
		"contact.stale":        {"联系人信息已被他人修改,请刷新后再改。", "Somebody else has changed this contact; reload and edit again."},
		"note.unknown":         {"找不到该备注。", "No such note."},
		"note.foreign":         {"只有作者本人可以修改或删除备注。", "Only the author changes or removes a note."},
		"note.stale":           {"备注已被修改,请刷新后再改。", "The note has been changed; reload and edit again."},
		"file.unknown":         {"找不到该文件。", "No such file."},
		"files.unavailable":    {"附件暂时无法存取,内容未保存,请稍后再试。", "Files cannot be stored or read for the moment; nothing was saved. Try again shortly."},
		"file.foreign":         {"只有上传者本人可以移除文件。", "Only the person who added a file takes it off."},
		"member.unknown":       {"该人员不在知悉名单中。", "This person is not a named member of the lead."},
		"duplicate.too_often":  {"查重过于频繁,请稍后再试。", "Too many duplicate checks; try again shortly."},
	}
}

// leadRules are the sentences of the rules of a lead's fields.
func leadRules() map[string]Text {
	return map[string]Text{
		"unknown_value":            {"取值不在可选范围内。", "This is not one of the values on the list."},
		"text.one_line":            {"只能写一行。", "This must be one line."},
		"text.control_character":   {"含有无法保存的控制字符。", "The text holds control characters."},
		"text.markup":              {"不能含有网页标签。", "The text must not hold markup."},
		"credit_code.check_digit":  {"统一社会信用代码有误(应为 18 位且校验位正确)。", "This is not a valid unified social credit code (18 characters with a check digit)."},
		"amount.negative":          {"金额不能为负数。", "An amount cannot be negative."},
		"amount.absurd":            {"金额过大,请检查单位(元、万元、亿元)。", "The amount is too large; check the unit."},
		"area.negative":            {"面积不能为负数。", "An area cannot be negative."},
		"area.absurd":              {"面积过大,请检查单位(亩、平方米)。", "The area is too large; check the unit."},
		"day.out_of_range":         {"日期超出范围(1990 年至 2100 年)。", "The day is out of range (1990 to 2100)."},
		"day.future":               {"日期不能晚于今天。", "The day cannot be in the future."},
		"phone.implausible":        {"电话号码格式不正确。", "This does not look like a phone number."},
		"email.implausible":        {"邮箱地址格式不正确。", "This does not look like an e-mail address."},
		"handoff.self":             {"不能流转给线索的现责任单位。", "This unit holds the lead already."},
		"handoff.unit_closed":      {"该单位不能接收线索。", "This unit cannot receive leads."},
		"handoff.members_required": {"限制级线索必须指定接收单位的知悉人员。", "A restricted lead needs named members of the receiving unit."},
		"file.empty":               {"文件是空的。", "The file is empty."},
		"file.type":                {"不支持该文件类型,或内容与扩展名不符。", "The file type is not supported, or the content does not match its ending."},
	}
}
