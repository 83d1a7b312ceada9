package gate

// Text is a word in both languages.
type Text struct{ ZH, EN string }

// Named returns what a need is called.
func Named(kind NeedKind, name string) Text {
	for _, list := range []map[string]Text{names(), recordNames()} {
		if t, known := list[string(kind)+"."+name]; known {
			return t
		}
	}
	return Text{ZH: name, EN: name}
}

func names() map[string]Text {
	return map[string]Text{
		"field.investor_name":      {"投资方名称", "Name of the investor"},
		"field.credit_code":        {"统一社会信用代码", "Unified social credit code"},
		"field.parent_name":        {"集团母公司", "Parent company"},
		"field.country":            {"投资方国家或地区", "Country or region"},
		"field.introducer":         {"引荐人", "Introducer"},
		"field.location_code":      {"落地镇街", "Place of landing"},
		"field.park_id":            {"落地园区", "Park"},
		"field.chain":              {"所属产业链", "Industry chain"},
		"field.track":              {"项目类型", "Track"},
		"field.planned_cents":      {"计划总投资", "Planned investment"},
		"field.fixed_assets_cents": {"其中固定资产投资", "Fixed assets in it"},
		"field.output_cents":       {"年产值", "Yearly output"},
		"field.tax_cents":          {"年税收", "Yearly tax"},
		"field.site_need":          {"用地或厂房面积需求", "Land or floor area wanted"},
		"field.product":            {"主要产品", "Product"},
		"field.summary":            {"项目内容", "Summary"},
		"field.first_contact_on":   {"首次接洽日期", "Day of first contact"},
		"field.expected_sign_on":   {"预计签约日期", "Expected day of signing"},
		"field.binding":            {"协议为有约束力的投资协议（框架协议不算签约）", "A binding agreement; a framework agreement does not count as signed"},
		"file.visit_minutes":       {"洽谈或考察纪要", "Minutes of a talk or visit"},
		"file.due_diligence":       {"尽职调查报告", "Due-diligence report"},
		"file.review_minutes":      {"准入评审会议纪要", "Minutes of the admission review"},
		"file.legal_opinion":       {"法律审查意见", "Legal opinion"},
		"file.agreement":           {"已签署的投资协议扫描件", "Scan of the signed agreement"},
		"file.licence":             {"营业执照", "Business licence"},
		"file.land_contract":       {"土地出让合同扫描件", "Scan of the land contract"},
		"file.lease":               {"厂房租赁或购置合同", "Lease or purchase contract of the premises"},
		"file.permit":              {"施工许可证", "Construction permit"},
		"file.progress_photo":      {"进度现场照片", "Photo of the progress"},
		"file.start_photo":         {"动工现场照片", "Photo of the start of works"},
		"file.statistics":          {"纳统凭证", "Proof of entry into statistics"},
		"file.acceptance":          {"竣工验收文件", "Acceptance of completion"},
		"file.production_proof":    {"投产证明（发票或产出）", "Proof of production"},
		"file.audit_report":        {"达产核验报告", "Audited figures of full capacity"},
		"fair_competition.passed":  {"公平竞争审查通过结论", "A fair-competition conclusion that lets it pass"},
		"file.fair_competition":    {"公平竞争审查意见书", "Opinion of the fair-competition review"},
		"register.duplicate_clear": {"查重无待定事项", "No open question of the duplicate check"},
	}
}

// recordNames are the needs that a record of its own meets, or somebody
// outside.
func recordNames() map[string]Text {
	return map[string]Text{
		"review.passed":           {"准入评审通过（结论、文号、日期和纪要）", "An admission review that lets it pass, with number, day and minutes"},
		"land.number":             {"土地出让合同编号", "Number of the land contract"},
		"land.supervision_code":   {"电子监管号", "Electronic supervision code"},
		"land.signed_on":          {"土地出让合同签订日期", "Day on which the land contract was signed"},
		"confirmation.bureau":     {"投资促进局确认", "Confirmed by the bureau"},
		"confirmation.other_unit": {"责任单位以外的单位确认", "Confirmed by a unit other than the responsible one"},
		"land.scan":               {"土地出让合同扫描件", "Scan of the land contract"},
	}
}
