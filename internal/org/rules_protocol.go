package org

// The keys of the numbers of the hand-off protocol.
const (
	ReturnWithin     = "return_within_days"
	RefusalsToPool   = "refusals_to_pool"
	BureauHelperFrom = "bureau_helper_from_yuan10k"
	Package          = "package." // followed by the item, or by the track, a dot and the item
)

// Further unit words of rule values.
const (
	inTimes = "times"
	inWan   = "yuan10k"
)

// protocolKeys are the numbers of the hand-off protocol. An item of the
// package is asked for from the planned amount that its number names; while
// it has none, it is not asked for.
func protocolKeys() []RuleKey {
	keys := []RuleKey{
		{ReturnWithin, "接收后可交还的时限", "Time in which an accepted lead may be given back", inWorkingDays, 1, 60},
		{RefusalsToPool, "退回几次后转入线索池", "Refusals after which a lead goes to the pool", inTimes, 1, 20},
		{BureauHelperFrom, "计划投资达到多少起由投促局协办", "Planned amount from which the bureau helps", inWan, 1, 999_999},
	}
	for _, i := range packageItems() {
		keys = append(keys, RuleKey{Package + i.code, "材料“" + i.zh + "”起算金额", "“" + i.en + "” asked for from", inWan, 0, 999_999})
	}
	for _, t := range packageTracks() {
		for _, i := range packageItems() {
			keys = append(keys, RuleKey{
				Package + t.code + "." + i.code, t.zh + "：材料“" + i.zh + "”起算金额", t.en + ": “" + i.en + "” asked for from", inWan, 0, 999_999,
			})
		}
	}
	return keys
}

func packageItems() []named {
	return []named{
		{"summary", "项目简介", "Summary"},
		{"planned_cents", "计划投资额", "Planned amount"},
		{"track", "项目类别", "Track"},
		{"chain", "产业链", "Chain"},
		{"location_code", "意向落地", "Location"},
		{"land_sqm", "用地需求", "Land needed"},
		{"floor_sqm", "厂房需求", "Floor space needed"},
		{"product", "产品", "Product"},
		{"next_step", "下一步", "Next step"},
		{"expected_sign_on", "预计签约日", "Expected signing"},
		{"contact", "联系人", "Contact"},
		{"note", "跟进记录", "Note"},
		{"file", "附件", "File"},
	}
}

func packageTracks() []named {
	return []named{
		{"land", "供地类", "Land"},
		{"premises", "厂房租购类", "Premises"},
		{"expansion", "增资扩产/技改类", "Expansion"},
		{"headquarters", "总部/服务业类", "Headquarters"},
		{"agritourism", "文旅农旅类", "Agritourism"},
		{"renewal", "工改类", "Renewal"},
	}
}
