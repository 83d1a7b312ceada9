package httpapi

// sessionProblems are the sentences of the codes of sessions and users.
func sessionProblems() map[string]Text {
	return map[string]Text{
		"auth.refused":       {"用户名或密码不正确,或该账号不能使用。", "The name or the password is wrong, or the account may not be used."},
		"auth.locked":        {"登录失败次数过多,该用户名已暂时锁定,请稍后再试。", "Too many failed sign-ins; this name is locked for a while. Try again later."},
		"auth.busy":          {"同时登录的人较多,请稍后再试。", "Many people are signing in at once; try again shortly."},
		"auth.session_ended": {"登录已失效,请重新登录。", "The session has ended; please sign in again."},
		"session.unknown":    {"没有这个登录会话,或它已经结束。", "There is no such session, or it has ended."},
		"password.changed":   {"密码刚刚已被修改,请用新密码重试。", "The password was changed a moment ago; try again with the new one."},
		"user.unknown":       {"没有这个用户。", "There is no such user."},
		"user.self":          {"不能用管理权限处理自己的账号。", "Nobody manages his or her own account."},
		"user.exists":        {"这个用户名已被使用。", "This user name is taken."},
	}
}

// sessionRules are the sentences of the rules of names and passwords.
func sessionRules() map[string]Text {
	return map[string]Text{
		"username.form":      {"用户名为 3–40 个小写字母、数字或 . _ -。", "A user name has 3–40 of a–z, 0–9 and . _ -"},
		"password.wrong":     {"当前密码不正确。", "This is not the present password."},
		"password.too_short": {"密码太短,至少 {min} 个字符。", "The password is too short; at least {min} characters."},
		"password.too_long":  {"密码太长,最多 {max} 个字符。", "The password is too long; at most {max} characters."},
		"password.classes":   {"密码须包含小写字母、大写字母、数字、其他字符中的至少 {min} 类。", "The password needs at least {min} of: lower case, capitals, digits, other characters."},
		"password.common":    {"这个密码太常见,请换一个。", "This password is among those tried first; choose another."},
		"password.username":  {"密码不能包含用户名。", "The password must not contain the user name."},
		"password.reused":    {"不能使用最近 {last} 次用过的密码。", "This is one of the last {last} passwords; choose another."},
	}
}
