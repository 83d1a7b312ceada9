package httpapi

// targetProblems are the sentences of the city's targets.
func targetProblems() map[string]Text {
	return map[string]Text{
		"target.unknown":       {"找不到该目标行。", "No such row of targets."},
		"target.no_edition":    {"没有这一版目标。", "No such edition of the targets."},
		"target.clash":         {"部分单元格已被他人修改，本批未保存。请逐格核对双方数值。", "Somebody else changed some of the cells; nothing of the batch was saved. Compare both values."},
		"target.closed":        {"{month}月已关账，只能由市投促局作更正。", "Month {month} is closed; only the bureau can correct it."},
		"target.submitted":     {"目标已提交审定，审定前不能修改。", "The targets wait for approval and cannot be changed."},
		"target.limit":         {"部分单位的分月数超出市投促局设定的范围，本批未保存。", "The months of some rows are outside the bureau's limits; nothing of the batch was saved."},
		"target.state":         {"目标当前的状态不允许此操作。", "The state of the targets does not allow this."},
		"target.empty":         {"该年度还没有填写目标。", "The year has no target yet."},
		"target.stale":         {"他人已处理该年度目标，请刷新后再试。", "Somebody else acted on the year's targets; reload first."},
		"target.busy":          {"他人正在修改该记录，请重试。", "Somebody else is changing the record; try again."},
		"target.sheet":         {"文件中有 {count} 处不符合要求，未导入任何内容。", "{count} places of the file do not fit; nothing was imported."},
		"group.overlaps":       {"该分组已有从当天或更晚开始的版本。", "A version of the group begins on that day or later."},
		"indicator.overlaps":   {"该指标已有从当天或更晚开始的版本。", "A version of the indicator begins on that day or later."},
		"indicator.unit_fixed": {"指标的计量单位不能更改，请另设指标。", "An indicator keeps its unit; set another indicator."},
	}
}

// targetRules are the sentences of the rules of their fields.
func targetRules() map[string]Text {
	return map[string]Text{
		"target.not_sheet":    {"文件不是由本系统导出的目标表。", "The file is no table of targets from this system."},
		"target.not_official": {"该指标不是统计数据，只能填管理口径。", "The indicator is no statistics; report a management figure."},
		"group.code":          {"代码由小写字母、数字和下划线组成，最多 32 个字符。", "A code has small letters, digits and underscores, at most 32."},
		"indicator.code":      {"代码由大写字母、数字和下划线组成，最多 32 个字符。", "A code has capital letters, digits and underscores, at most 32."},
		"indicator.rate":      {"只有比率由两个指标算出，计量单位为百万分比。", "A rate alone is worked out from two indicators and counts in parts per million."},
	}
}
