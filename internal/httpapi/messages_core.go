package httpapi

// coreProblems are the sentences of the codes that any route may answer.
func coreProblems() map[string]Text {
	return map[string]Text{
		"internal":                      {"系统内部出错,内容未保存。请把请求编号告诉管理员。", "Something went wrong inside the system; nothing was saved. Tell the administrator the request id."},
		"unavailable":                   {"服务暂时不可用,内容未保存,请稍后再试。", "The service is away for the moment; nothing was saved. Try again shortly."},
		"database.unavailable":          {"数据库暂时连接不上,内容未保存,请稍后再试。", "The database cannot be reached; nothing was saved. Try again shortly."},
		"database.busy":                 {"系统繁忙,内容未保存,请稍后再试。", "The system is busy; nothing was saved. Try again shortly."},
		"database.not_writable":         {"程序不能写入数据文件。", "The program cannot write its data file."},
		"audit.key_short":               {"审计链的密钥太短。", "The key of the audit chain is too short."},
		"audit.key_missing":             {"审计链使用的是另一把密钥。", "The audit log was sealed under another key."},
		"audit.place_taken":             {"审计链正由另一个程序延长。", "Another program is extending the audit chain."},
		"audit.anchor_malformed":        {"审计锚点应写成 序号:哈希。", "An anchor is written place:hash, as the check prints it."},
		"city.broken":                   {"城市初始数据有误。", "The city's first content is not well formed."},
		"input.invalid":                 {"有内容不符合要求,请按提示修改。", "Some of the input breaks a rule; see the fields."},
		"not_found":                     {"找不到该记录。", "No such record."},
		"path.unknown":                  {"没有这个地址。", "There is no such path."},
		"method.not_allowed":            {"这个地址不支持该操作方法。", "The path does not take this method."},
		"stale":                         {"内容已被他人修改,请刷新后再改。", "Somebody else has changed this since; reload and edit again."},
		"demo.real_accounts":            {"该数据库中已有正式账号,请为演示环境另选文件夹。", "The database holds real accounts; choose another folder for the demo."},
		"forbidden":                     {"您没有进行这项操作的权限。", "You are not permitted to do this."},
		"auth.required":                 {"请先登录。", "Please sign in."},
		"auth.password_change_required": {"请先修改初始密码。", "Change the initial password first."},
		"actor.unit_required":           {"您在多个单位有此权限,请选择代表哪个单位办理。", "You may do this for several units; say for which one."},
		"actor.unit_foreign":            {"您不是该单位的成员。", "You are not a member of this unit."},
		"precondition.required":         {"缺少版本号(If-Match),请刷新后重试。", "The version (If-Match) is missing; reload and try again."},
		"precondition.malformed":        {"版本号(If-Match)格式不正确。", "The version (If-Match) is not well formed."},
		"body.required":                 {"请求缺少内容。", "The request has no body."},
		"body.media_type":               {"请求的内容类型不受支持。", "The media type of the body is not supported."},
		"body.too_large":                {"请求内容过大,上限为 {max} 字节。", "The body is too large; the limit is {max} bytes."},
		"body.incomplete":               {"请求内容没有传完。", "The body ended before it was complete."},
		"body.malformed":                {"请求内容不是一个完整的 JSON 值。", "The body is not exactly one JSON value."},
		"body.encoding":                 {"请求内容不是有效的 UTF-8 文本。", "The body is not valid UTF-8."},
		"body.too_deep":                 {"请求内容嵌套过深。", "The body nests too deeply."},
	}
}

// coreRules are the sentences of the rules that any field may break.
func coreRules() map[string]Text {
	return map[string]Text{
		"required":          {"必填。", "This is required."},
		"unknown":           {"没有这个字段;可用的有:{allowed}。", "There is no such name; allowed are: {allowed}."},
		"doubled":           {"出现了不止一次。", "This was sent more than once."},
		"malformed":         {"格式不正确。", "This is not well formed."},
		"wrong_type":        {"类型不对,应为 {expected}。", "Wrong type; expected {expected}."},
		"not_null":          {"不能为 null。", "This cannot be null."},
		"empty":             {"不能为空。", "This cannot be empty."},
		"too_short":         {"太短,至少 {min} 个字符。", "Too short; at least {min} characters."},
		"too_long":          {"太长,最多 {max} 个字符。", "Too long; at most {max} characters."},
		"too_small":         {"太小,不能小于 {min}。", "Too small; at least {min}."},
		"too_large":         {"太大,不能大于 {max}。", "Too large; at most {max}."},
		"not_above":         {"必须大于 {min}。", "This must be greater than {min}."},
		"too_few":           {"太少,至少 {min} 项。", "Too few; at least {min} items."},
		"too_many":          {"太多,最多 {max} 项。", "Too many; at most {max} items."},
		"not_integer":       {"必须是整数。", "This must be a whole number, written with digits only."},
		"out_of_range":      {"数值超出范围。", "The number is out of range."},
		"not_allowed":       {"取值不在允许范围内;可用的有:{allowed}。", "Not one of the allowed values: {allowed}."},
		"bad_format":        {"格式不正确。", "This does not have the right form."},
		"bad_text":          {"含有无法保存的字符。", "The text holds characters that cannot be kept."},
		"not_a_date":        {"不是有效的日期(YYYY-MM-DD)。", "This is not a date (YYYY-MM-DD)."},
		"not_an_instant":    {"不是有效的时间(RFC 3339)。", "This is not an instant (RFC 3339)."},
		"not_an_email":      {"不是有效的邮箱地址。", "This is not an e-mail address."},
		"not_an_id":         {"不是有效的编号。", "This is not an identifier."},
		"not_a_version":     {"应为带引号的版本号,例如 \"3\"。", "This should be one version in quotes, such as \"3\"."},
		"cursor.unknown":    {"翻页标记无效或已不适用,请从第一页重新开始。", "The cursor is not valid here; start again from the first page."},
		"file_name_missing": {"文件没有名称。", "The file has no name."},
	}
}
