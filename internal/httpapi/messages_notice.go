package httpapi

// noticeProblems are the sentences of the codes of inbox, stream and mail.
func noticeProblems() map[string]Text {
	return map[string]Text{
		"notice.unknown":  {"没有这条消息。", "There is no such notice."},
		"events.too_many": {"打开的页面太多,请关闭一些后再试。", "Too many pages are open; close some and try again."},
		"mail.unknown":    {"没有这封邮件。", "There is no such mail."},
		"mail.not_dead":   {"这封邮件没有被放弃,无需重发。", "This mail was not given up; there is nothing to send again."},
		"mail.refused":    {"邮件服务器拒收。", "The mail server refuses the letter."},
	}
}

// noticeRules are the sentences of the rules of the own settings.
func noticeRules() map[string]Text {
	return map[string]Text{
		"notice.time":       {"时间应写成 HH:MM,例如 20:00。", "A time is written HH:MM, such as 20:00."},
		"notice.quiet_pair": {"免打扰的开始和结束时间须同时填写或同时留空。", "Quiet hours have both a beginning and an end, or neither."},
		"notice.email":      {"不是有效的邮箱地址。", "This is not an e-mail address."},
	}
}
