package httpapi

import (
	"maps"

	"github.com/leadrelay/leadrelay/internal/access"
)

// roleTexts names the roles.
func roleTexts() map[access.Role]Text {
	return map[access.Role]Text{
		access.SystemAdmin:       {"系统管理员", "System administrator"},
		access.SecurityAdmin:     {"安全管理员", "Security administrator"},
		access.Auditor:           {"审计管理员", "Auditor"},
		access.Leader:            {"市领导", "City leader"},
		access.BureauHead:        {"市投促局负责人", "Bureau head"},
		access.BureauOfficer:     {"市投促局经办", "Bureau officer"},
		access.GroupHead:         {"工作组组长", "Group head"},
		access.GroupOfficer:      {"工作组经办", "Group officer"},
		access.DepartmentHead:    {"部门负责人", "Department head"},
		access.DepartmentOfficer: {"部门经办", "Department officer"},
		access.TownHead:          {"镇街负责人", "Town head"},
		access.TownOfficer:       {"镇街经办", "Town officer"},
		access.TownViewer:        {"镇街查阅", "Town viewer"},
	}
}

// permissionTexts names the permissions but for those of the register.
func permissionTexts() map[access.Permission]Text {
	out := map[access.Permission]Text{
		access.LeadRead:        {"查看线索", "Read leads"},
		access.LeadCreate:      {"登记线索", "Register a lead"},
		access.LeadEdit:        {"修改线索", "Edit a lead"},
		access.LeadChangeStage: {"变更阶段", "Change the stage"},
		access.LeadReopen:      {"重新启动线索", "Reopen an ended lead"},
		access.LeadDelete:      {"删除线索", "Delete a lead"},
		access.LeadRestrict:    {"设为限定知悉并点名人员", "Restrict a lead and name its members"},
		access.LeadHandOff:     {"转出线索", "Hand a lead off"},
		access.LeadWithdraw:    {"撤回转出", "Withdraw an offer"},
		access.LeadAnswer:      {"接收或退回线索", "Accept or refuse an offer"},
		access.LeadRefer:       {"转入线索池", "Refer to the pool"},
		access.LeadAssign:      {"指派线索池中的线索", "Assign a lead of the pool"},
		access.LeadDecide:      {"裁定对指派的异议", "Decide on objections"},
		access.HelperEdit:      {"邀请协办单位", "Ask units to help"},
		access.ContactRead:     {"查看联系人", "Read contacts"},
		access.ContactEdit:     {"维护联系人", "Edit contacts"},
		access.ContactReveal:   {"说明理由后查看联系方式", "Reveal a contact, with a logged reason"},
		access.NoteAdd:         {"添加跟进记录", "Add notes"},
		access.FileRead:        {"查看附件", "Read files"},
		access.FileAdd:         {"上传附件", "Add files"},
		access.DuplicateCheck:  {"查重", "Check for an earlier report"},
		access.LeadMerge:       {"合并线索与撤销合并", "Merge leads and undo it"},
		access.DisputeOpen:     {"提出争议", "Open a dispute"},
		access.DisputeRead:     {"查看争议", "Read disputes"},
		access.DisputeArgue:    {"陈述、举证与协商", "State, prove and settle in disputes"},
		access.DisputeRule:     {"裁定争议", "Rule on disputes"},
		access.DisputeRecord:   {"登记领导机构的裁定", "Record the leading body's ruling"},
		access.PipelineRead:    {"查看项目总览", "Read the pipeline"},
		access.WorkbenchRead:   {"使用工作台", "Use the workbench"},
		access.ClockRead:       {"查看时限与按时率", "Read clocks and the on-time rate"},
		access.ClockPause:      {"暂停、恢复时限", "Pause and resume clocks"},
	}
	maps.Copy(out, officeTexts())
	maps.Copy(out, signingTexts())
	maps.Copy(out, reviewTexts())
	maps.Copy(out, targetTexts())
	maps.Copy(out, creditTexts())
	return out
}

// signingTexts names the permissions of the board 每月一签约.
func signingTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.CockpitRead:     {"查看领导驾驶舱", "Read the cockpit"},
		access.SigningRead:     {"查看签约计划", "Read the signing board"},
		access.SigningPlan:     {"编排签约计划", "Plan signings"},
		access.SigningFreeze:   {"提前冻结签约计划", "Freeze the signing plan early"},
		access.SigningCeremony: {"安排签约仪式", "Arrange ceremonies"},
		access.SigningConfirm:  {"确认签约结果", "Confirm what was signed"},
		access.SigningRemark:   {"对签约计划批示、办结任务", "Remark on signings and close their tasks"},
	}
}

// reviewTexts names the permissions of admission reviews.
func reviewTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.ReviewRead:       {"查看准入评审", "Read admission reviews"},
		access.ReviewAsk:        {"申请准入评审", "Ask for an admission review"},
		access.ReviewOpine:      {"反馈评审意见、落实评审条件", "Give opinions, meet conditions"},
		access.ReviewConduct:    {"组织准入评审", "Conduct admission reviews"},
		access.ReviewDecide:     {"作出准入评审结论", "Decide admission reviews"},
		access.DossierRead:      {"查看土地合同等项目档案", "Read land contracts and the rest of a project's file"},
		access.CommitmentRead:   {"查看对投资方的承诺和优惠事项", "Read commitments and incentives to investors"},
		access.CommitmentEdit:   {"登记承诺和优惠事项", "Keep the registers of commitments and incentives"},
		access.SupervisionRead:  {"查看督办清单", "Read the lists of supervision"},
		access.RankingRead:      {"查看考核排名", "Read assessments and rankings"},
		access.RankingObject:    {"对考核提出异议", "Object to an assessment"},
		access.RankingPrepare:   {"拟定考核、答复异议", "Prepare assessments and answer objections"},
		access.RankingPublish:   {"公布考核、设定计分办法", "Publish assessments and set formulas"},
		access.SlipRead:         {"查看督办单", "Read supervision slips"},
		access.SlipIssue:        {"下达、办结督办单", "Issue and close supervision slips"},
		access.SlipAnswer:       {"接收、答复督办单", "Answer supervision slips"},
		access.CommitmentSettle: {"办结、移交承诺", "Settle commitments and hand them over"},
		access.UpdateRead:       {"查看月度更新", "Read the monthly reports"},
		access.UpdateEdit:       {"填写、报送月度更新", "Write and file the monthly reports"},
		access.UpdateUnlock:     {"解锁已报送的月度更新", "Open filed reports again"},
		access.DossierEdit:      {"维护土地合同等项目档案", "Keep land contracts and the rest of a project's file"},
	}
}

// officeTexts names the permissions of the administration.
func officeTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.CalendarManage:  {"管理工作日历", "Manage the office calendar"},
		access.UnitOffer:       {"选择接收单位", "Offer to a unit"},
		access.LifecycleManage: {"管理项目流程配置", "Manage the life cycle"},
		access.UnitManage:      {"管理单位与参数", "Manage units and settings"},
		access.UserManage:      {"管理用户", "Manage users"},
		access.MembershipRule:  {"管理任职与角色", "Manage memberships"},
		access.RoleRead:        {"查看权限矩阵", "Read the matrix of roles"},
		access.AuditRead:       {"查看审计日志", "Read the audit log"},
		access.AuditVerify:     {"校验审计日志", "Verify the audit log"},
		access.MailManage:      {"查看未发出的邮件并重发", "Look after mail that was given up"},
	}
}

// classTexts names the classes of fields.
func classTexts() map[access.Class]Text {
	return map[access.Class]Text{
		access.PublicClass:  {"概要", "Head line"},
		access.OpenClass:    {"一般内容", "Open facts"},
		access.MoneyClass:   {"金额", "Sums"},
		access.ContactClass: {"联系人信息", "Contacts"},
		access.FileClass:    {"附件", "Files"},
	}
}

// partTexts names the parts that a unit plays in a lead.
func partTexts() map[access.Part]Text {
	return map[access.Part]Text{
		access.Owner:         {"责任单位", "Responsible unit"},
		access.Helper:        {"协办单位", "Helping unit"},
		access.Offered:       {"待接收单位", "Unit it is offered to"},
		access.Past:          {"原责任单位", "Former responsible unit"},
		access.Chain:         {"产业链工作组", "Chain team"},
		access.Coordinator:   {"统筹平台", "Coordinating platform"},
		access.Granted:       {"另行授权单位", "Unit given a right"},
		access.Any:           {"全部非限制线索", "Every normal lead"},
		access.AnyRestricted: {"全部线索(含限定知悉)", "Every lead, restricted ones too"},
	}
}

// stageTexts name the ways in which a lead moves.
func stageTexts() map[access.Permission]Text {
	return map[access.Permission]Text{
		access.LeadPassGate:  {"办理关键阶段", "Move a lead into key stages"},
		access.LeadSkipStage: {"跳过阶段", "Leave out stages"},
		access.LeadStepBack:  {"退回前一阶段", "Move a lead back"},
		access.LeadPause:     {"暂缓与恢复线索", "Suspend a lead and go on"},
		access.LeadLose:      {"终结线索", "End a lead"},
		access.LeadConfirm:   {"从外部确认阶段", "Confirm a stage from outside"},
	}
}
