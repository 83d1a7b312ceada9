package httpapi

// registerProblems are the sentences of the register of first reports.
func registerProblems() map[string]Text {
	return map[string]Text{
		"duplicate.conflict":     {"该投资方已有受保护的首报。请说明是同一项目还是另一个项目。", "The investor has a protected first report. Say whether this is the same project or another one."},
		"duplicate.possible":     {"可能已有单位报过该投资方。请说明是同一项目还是另一个项目。", "Somebody may have reported this investor before. Say whether this is the same project or another one."},
		"duplicate.same_project": {"该项目已由其他单位首报(编号 {reference}),不能重复登记。", "The project was reported before (reference {reference}) and cannot be registered again."},
		"protection.not_pending": {"该线索的首报保护无需确认,或已经处理。", "This protection does not wait for the bureau, or no longer."},
		"protection.not_active":  {"只有在保护期内的线索才能续期。", "Only a protection in force is renewed."},
		"protection.renewed":     {"保护期已经续过,不能再续。", "The protection was renewed already."},
	}
}

// registerRules are the sentences of the rules of the register's fields.
func registerRules() map[string]Text {
	return map[string]Text{
		"website.implausible": {"网址格式不正确。", "This does not look like a web address."},
	}
}
