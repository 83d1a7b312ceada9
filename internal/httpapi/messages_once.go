package httpapi

// onceProblems are the sentences about repeated requests.
func onceProblems() map[string]Text {
	return map[string]Text{
		codeKeyReused:             {"这个重复提交标识(Idempotency-Key)已用于另一项请求,请换一个再提交。", "This Idempotency-Key was used for another request; send this one under a new key."},
		"idempotency.in_progress": {"同一项请求正在办理,请稍后再试。", "The same request is still being worked on; try again shortly."},
	}
}

// onceRules are the sentences of the rules of the key.
func onceRules() map[string]Text {
	return map[string]Text{
		"not_a_key":   {"应为 1 至 255 个可见的 ASCII 字符。", "This should be 1 to 255 visible ASCII characters."},
		codeKeyReused: {"已用于另一项请求。", "This was used for another request."},
	}
}
