package httpapi

// targetProblems are the sentences of the city's targets.
func targetProblems() map[string]Text {
	return map[string]Text{
		"indicator.overlaps":   {"该指标已有从当天或更晚开始的版本。", "A version of the indicator begins on that day or later."},
		"indicator.unit_fixed": {"指标的计量单位不能更改，请另设指标。", "An indicator keeps its unit; set another indicator."},
	}
}

// targetRules are the sentences of the rules of their fields.
func targetRules() map[string]Text {
	return map[string]Text{
		"indicator.code": {"代码由大写字母、数字和下划线组成，最多 32 个字符。", "A code has capital letters, digits and underscores, at most 32."},
		"indicator.rate": {"只有比率由两个指标算出，计量单位为百万分比。", "A rate alone is worked out from two indicators and counts in parts per million."},
	}
}
