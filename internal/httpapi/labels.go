package httpapi

import "github.com/leadrelay/leadrelay/internal/access"

func byCode(labels []Label) map[string]Label {
	out := make(map[string]Label, len(labels))
	for _, l := range labels {
		out[l.Code] = l
	}
	return out
}

func enums() metaEnums {
	return metaEnums{
		SourceChannel: channelLabels(), Confidentiality: confidentialityLabels(), HandoffState: handoffLabels(),
		HandoffKind: handoffKindLabels(), Cause: causeLabels(), ClockKind: clockLabels(), ClockResult: clockResultLabels(), NoteKind: noteKindLabels(),
		UnitKind: unitKindLabels(), ParkKind: parkKindLabels(), Role: labels(access.Roles(), roleTexts()), Class: labels(access.Classes(), classTexts()),
		Part: labels(access.Parts(), partTexts()), Permission: labels(access.Permissions(), allPermissionTexts()), ActivityKind: activityLabels(), Protection: protectionLabels(), Currency: currencyLabels(),
	}
}

func stageLabels() []Label {
	return []Label{
		{"lead", "线索", "Lead"},
		{"qualified", "有效线索", "Qualified lead"},
		{"negotiating", "在谈", "Under negotiation"},
		{"review", "准入评审", "Admission review"},
		{"to_sign", "拟签约", "Pre-signing"},
		{"signed", "签约", "Signed"},
		{"registered", "注册落地", "Registered"},
		{"site_secured", "供地/落厂房", "Site secured"},
		{"permitted", "报建/施工许可", "Permitted"},
		{"started", "动工", "Started"},
		{"invested", "纳统", "In statistics"},
		{"completed", "竣工", "Completed"},
		{"producing", "投产", "In production"},
		{"full_capacity", "达产", "At full capacity"},
		{"aftercare", "增资扩产/服务", "Aftercare"},
		{"suspended", "暂缓", "Suspended"},
		{"lost", "流失", "Lost"},
		{"withdrawn", "终止", "Withdrawn"},
		{"duplicate", "重复", "Duplicate"},
		{"transferred_out", "转出", "Transferred out"},
		{"invalid", "无效", "Invalid"},
	}
}

func trackLabels() []Label {
	return []Label{
		{"land", "供地类", "Land"},
		{"premises", "厂房租购类", "Rented or bought premises"},
		{"expansion", "增资扩产/技改类", "Expansion or upgrade"},
		{"headquarters", "总部/服务业类", "Headquarters and services"},
		{"agritourism", "文旅农旅类", "Culture and agritourism"},
		{"renewal", "工改类", "Industrial renewal"},
	}
}

func channelLabels() []Label {
	return []Label{
		{"visit", "走访拜访", "Visit"},
		{"resident", "驻点招商", "Resident team"},
		{"referral", "以商引商", "Referral by a firm"},
		{"event", "招商活动", "Event"},
		{"leader", "领导交办", "Handed down by a leader"},
		{"department", "部门推荐", "Recommended by a department"},
		{"online", "网络渠道", "Online"},
		{"self", "企业自荐", "The firm itself"},
		{"expansion", "本地企业增资", "Expansion of a local firm"},
		{"reported", "公开报道", "Public report"},
	}
}

func confidentialityLabels() []Label {
	return []Label{{"normal", "一般", "Normal"}, {"restricted", "限定知悉", "Restricted"}}
}

func handoffLabels() []Label {
	return []Label{
		{"drafted", "草稿", "Draft"},
		{"offered", "待答复", "Offered"},
		{"accepted", "已接收", "Accepted"},
		{"refused", "已退回", "Refused"},
		{"expired", "已逾期", "Expired"},
		{"withdrawn", "已撤回", "Withdrawn"},
		{"returned", "已交还", "Returned"},
		{"passed_on", "已转交", "Passed on"},
		{"completed", "已办结", "Completed"},
	}
}

func handoffKindLabels() []Label {
	return []Label{
		{"offer", "转出", "Offer"},
		{"referral", "转入线索池", "Referral to the pool"},
		{"assignment", "指派", "Assignment"},
		{"return", "交还", "Return"},
		{"dispute", "争议办结", "Dispute settled"},
	}
}

func causeLabels() []Label {
	return []Label{
		{"refusals", "多次退回，按规则转入线索池", "Refused too often: to the pool by rule"},
		{"pool_idle", "在线索池闲置，按规则再次推荐", "Idle in the pool: offered again by rule"},
		{"unit_closed", "原单位已撤销，转入线索池", "The unit was closed: to the pool"},
		{"objection", "异议成立，指派撤销", "Objection allowed: assignment cancelled"},
	}
}

func clockLabels() []Label {
	return []Label{
		{"answer", "答复转入", "Answer an offer"},
		{"triage", "研判", "Assessment"},
		{"feedback", "反馈投资方", "Answer to the investor"},
		{"progress", "进展报告", "Report of progress"},
		{"object", "对指派提异议", "Objection to an assignment"},
		{"talk", "争议协商", "Talks on a dispute"},
		{"rule", "争议裁定", "Ruling on a dispute"},
		{"reoffer", "线索池再推送", "New offer from the pool"},
	}
}

func clockResultLabels() []Label {
	return []Label{
		{"running", "计时中", "Running"},
		{"overdue", "已超时", "Overdue"},
		{"paused", "已暂停", "Paused"},
		{"met", "按时", "On time"},
		{"late", "逾期完成", "Late"},
		{"cancelled", "已取消", "Cancelled"},
	}
}

func noteKindLabels() []Label {
	return []Label{
		{"note", "一般备注", "Note"},
		{"progress", "进展", "Progress"},
		{"feedback", "已反馈投资方", "Investor answered"},
	}
}

func unitKindLabels() []Label {
	return []Label{
		{"bureau", "投资促进局", "Investment promotion bureau"},
		{"department", "市直部门", "Municipal department"},
		{"group", "招商工作组", "Working group"},
		{"town", "镇街", "Town or subdistrict"},
		{"platform", "功能平台", "Platform"},
		{"chain", "产业链专班", "Chain team"},
		{"leading", "四套班子", "Leadership bodies"},
		{"other", "其他单位", "Other unit"},
	}
}

func parkKindLabels() []Label {
	return []Label{
		{"theme", "主题产业园", "Theme park"},
		{"provincial", "省级产业园", "Provincial park"},
		{"specialised", "特色产业园", "Specialised park"},
		{"mega", "大型产业集聚区", "Mega park"},
	}
}

func activityLabels() []Label {
	return []Label{
		{"created", "登记", "Registered"},
		{"reported", "取自公开报道", "Taken from a public report"},
		{"edited", "修改", "Edited"},
		{"stage", "阶段变更", "Stage changed"},
		{"note", "跟进记录", "Note"},
		{"file", "附件", "File"},
		{"contact", "联系人", "Contact"},
		{"revealed", "查看联系方式", "Contact revealed"},
		{"offered", "转出", "Offered"},
		{"accepted", "接收", "Accepted"},
		{"refused", "退回", "Refused"},
		{"withdrawn", "撤回", "Withdrawn"},
		{"expired", "逾期未答复", "Expired"},
		{"returned", "交还", "Returned"},
		{"referred", "转入线索池", "Referred to the pool"},
		{"assigned", "指派", "Assigned"},
		{"objected", "提出异议", "Objected"},
		{"decided", "裁定异议", "Objection decided"},
		{"helper", "协办", "Help"},
		{"idle", "线索池闲置", "Idle in the pool"},
		{"disputed", "提出争议", "Disputed"},
		{"dispute_ended", "争议办结", "Dispute ended"},
		{"merged", "合并", "Merged"},
		{"unmerged", "撤销合并", "Merge undone"},
		{"protection_confirmed", "首报保护确认", "Protection confirmed"},
		{"protection_rejected", "首报保护驳回", "Protection rejected"},
		{"protection_renewed", "首报保护续期", "Protection renewed"},
		{"protection_lapsed", "首报保护失效", "Protection lapsed"},
		{"protection_overruled", "首报保护撤销", "Protection overruled"},
	}
}

func currencyLabels() []Label {
	return []Label{
		{"CNY", "人民币", "Renminbi"},
		{"USD", "美元", "US dollar"},
		{"EUR", "欧元", "Euro"},
		{"HKD", "港元", "Hong Kong dollar"},
		{"MOP", "澳门元", "Macau pataca"},
		{"TWD", "新台币", "New Taiwan dollar"},
		{"JPY", "日元", "Yen"},
		{"KRW", "韩元", "Won"},
		{"GBP", "英镑", "Pound sterling"},
		{"CHF", "瑞士法郎", "Swiss franc"},
		{"SGD", "新加坡元", "Singapore dollar"},
		{"AUD", "澳大利亚元", "Australian dollar"},
		{"CAD", "加拿大元", "Canadian dollar"},
	}
}
