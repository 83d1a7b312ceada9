package httpapi

// orgProblems are the sentences of units, memberships and rules.
func orgProblems() map[string]Text {
	return map[string]Text{
		"unit.unknown":                  {"找不到该单位。", "No such unit."},
		"unit.slug_taken":               {"这个简称代码已被其他单位使用。", "Another unit has this short name."},
		"unit.needed":                   {"这个单位是系统运行所必需的,不能撤销。", "The city cannot work without this unit; it cannot be closed."},
		"unit.code_taken":               {"这个区划代码已被其他单位使用。", "Another unit has this division code."},
		"membership.unknown":            {"找不到该任职记录。", "No such role of a person."},
		"membership.self":               {"不能授予或变更自己的角色,请由另一位安全管理员办理。", "Nobody grants or changes his own roles; another security administrator has to."},
		"membership.role_unit_mismatch": {"这类单位没有该角色。", "This role does not exist in this kind of unit."},
		"membership.unit_closed":        {"该单位已撤销,不能再任职。", "The unit is closed; nobody can take a role there."},
		"membership.two_administrators": {"系统、安全、审计三类管理员不能由同一人兼任。", "Nobody may hold two of the three administrator roles (system, security, audit)."},
		"membership.exists":             {"此人在该单位已有这个角色。", "The person has this role in this unit already."},
		"rule.exists":                   {"该参数从这一天起已有设定,请另选日期。", "This number has been set from that day already; choose another day."},
	}
}

// orgRules are the sentences of the rules of their fields.
func orgRules() map[string]Text {
	return map[string]Text{
		"slug.form":              {"只能用小写字母、数字和连字符,最多 40 个字符。", "Only lower-case letters, digits and hyphens, at most 40 characters."},
		"unit_code.form":         {"区划代码应为 6、9 或 12 位数字。", "A division code has 6, 9 or 12 digits."},
		"unit.circle":            {"上级单位不能是它自己或它的下级。", "The unit above cannot be the unit itself or one below it."},
		"unit.unknown":           {"找不到该单位。", "No such unit."},
		"user.unknown":           {"找不到该人员。", "No such person."},
		"date.before_start":      {"日期太早,须晚于开始日期。", "This is too early; it has to come after the beginning."},
		"date.past":              {"不能早于今天。", "This cannot be before today."},
		"text.markup":            {"不能含有 < 或 >。", "This cannot contain < or >."},
		"text.control_character": {"含有控制字符。", "This contains control characters."},
	}
}
