// Package access decides who may do what. Casbin, behind this one door,
// holds role → permission → part; the rest of the program sees an Actor, the
// Scopes compiled from its memberships, and the classes of fields.
package access

import "strings"

// Role is what a person is in a unit. Codes are stable; labels come from
// the page.
type Role string

// The thirteen roles. Platforms use the town roles; chain teams and other
// units use the department roles; leaders belong to the four bodies.
const (
	SystemAdmin       Role = "system_admin"
	SecurityAdmin     Role = "security_admin"
	Auditor           Role = "auditor"
	Leader            Role = "leader"
	BureauHead        Role = "bureau_head"
	BureauOfficer     Role = "bureau_officer"
	GroupHead         Role = "group_head"
	GroupOfficer      Role = "group_officer"
	DepartmentHead    Role = "department_head"
	DepartmentOfficer Role = "department_officer"
	TownHead          Role = "town_head"
	TownOfficer       Role = "town_officer"
	TownViewer        Role = "town_viewer"
)

// Roles lists every role in the order of the matrix.
func Roles() []Role {
	return []Role{
		SystemAdmin, SecurityAdmin, Auditor, Leader, BureauHead, BureauOfficer, GroupHead,
		GroupOfficer, DepartmentHead, DepartmentOfficer, TownHead, TownOfficer, TownViewer,
	}
}

// Administrator tells whether the role is one of the three administrators,
// of which nobody may hold two (GB/T 22239-2019, separation of
// administrators).
func (r Role) Administrator() bool {
	return r == SystemAdmin || r == SecurityAdmin || r == Auditor
}

// Officer tells whether the role does a unit's daily work, and Head whether it
// answers for the unit.
func (r Role) Officer() bool { return strings.HasSuffix(string(r), "_officer") }

// Head tells whether the role answers for its unit.
func (r Role) Head() bool { return strings.HasSuffix(string(r), "_head") }

// Permission is a word "object.action"; routes declare one, the policy
// grants it to roles.
type Permission string

// The permissions. Self is held by every live session and occurs in no
// policy line; Public marks the few routes without a session.
const (
	Public Permission = "public"
	Self   Permission = "self"

	LeadRead          Permission = "lead.read"
	LeadCreate        Permission = "lead.create"
	LeadEdit          Permission = "lead.edit"
	LeadChangeStage   Permission = "lead.change_stage"
	LeadPassGate      Permission = "lead.pass_gate"  // move into a stage that asks for more than change_stage
	LeadSkipStage     Permission = "lead.skip_stage" // leave out stages of the track
	LeadStepBack      Permission = "lead.step_back"
	LeadPause         Permission = "lead.pause"   // and go on
	LeadLose          Permission = "lead.lose"    // lost, withdrawn, invalid
	LeadConfirm       Permission = "lead.confirm" // from outside, that a stage was reached
	LeadReopen        Permission = "lead.reopen"
	LeadDelete        Permission = "lead.delete"
	LeadRestrict      Permission = "lead.restrict" // make restricted or normal, name members
	LeadHandOff       Permission = "lead.hand_off"
	LeadWithdraw      Permission = "lead.withdraw" // take an offer back
	LeadAnswer        Permission = "lead.answer"   // accept or refuse an offer
	LeadRefer         Permission = "lead.refer"    // put into the bureau's pool
	LeadAssign        Permission = "lead.assign"   // give out of the pool
	LeadDecide        Permission = "lead.decide"   // on an objection to an assignment
	HelperEdit        Permission = "helper.edit"   // ask units to help, end that
	ContactRead       Permission = "contact.read"  // see that contacts exist; values by class
	ContactEdit       Permission = "contact.edit"
	ContactReveal     Permission = "contact.reveal" // unmask with a logged reason
	NoteAdd           Permission = "note.add"
	FileRead          Permission = "file.read"
	FileAdd           Permission = "file.add"
	DuplicateCheck    Permission = "duplicate.check"
	DuplicateWatch    Permission = "duplicate.watch"    // see who checks how often
	ProtectionConfirm Permission = "protection.confirm" // or reject, what waits for the bureau
	ProtectionRenew   Permission = "protection.renew"
	LeadMerge         Permission = "lead.merge"     // bring two leads together, and undo it
	DisputeOpen       Permission = "dispute.open"   // claim a lead that another unit holds
	DisputeRead       Permission = "dispute.read"   // part owner: one's unit is a party
	DisputeArgue      Permission = "dispute.argue"  // statements, evidence, proposals
	DisputeRule       Permission = "dispute.rule"   // decide within the bureau's time
	DisputeRecord     Permission = "dispute.record" // write down the leading body's decision
	PipelineRead      Permission = "pipeline.read"
	WorkbenchRead     Permission = "workbench.read"
	ClockRead         Permission = "clock.read"       // the clocks of one's units and the on-time rate
	ClockPause        Permission = "clock.pause"      // pause, resume, lengthen for experts
	LifecycleManage   Permission = "lifecycle.manage" // versions of the life cycle
	CalendarManage    Permission = "calendar.manage"  // the days and hours of the offices
	SigningRead       Permission = "signing.read"     // the board 每月一签约
	SigningPlan       Permission = "signing.plan"     // put on the board, move, change, take off
	SigningFreeze     Permission = "signing.freeze"   // before the cut-off day
	SigningCeremony   Permission = "signing.ceremony" // arrange ceremonies
	SigningConfirm    Permission = "signing.confirm"  // say after a ceremony what was signed
	SigningRemark     Permission = "signing.remark"   // a leader's remark, and closing its task
	CockpitRead       Permission = "cockpit.read"     // the figures of the city's leaders
	UnitOffer         Permission = "unit.offer"       // the receiving end of a hand-off
	ReviewRead        Permission = "review.read"      // admission reviews
	ReviewAsk         Permission = "review.ask"       // and take it back
	ReviewOpine       Permission = "review.opine"     // part owner: one's unit is asked
	ReviewConduct     Permission = "review.conduct"   // part owner: one's unit decides; name departments
	ReviewDecide      Permission = "review.decide"
	DossierRead       Permission = "dossier.read" // land contracts and what else a project's file keeps
	DossierEdit       Permission = "dossier.edit"
	CommitmentRead    Permission = "commitment.read"   // what was promised and is offered to investors
	CommitmentEdit    Permission = "commitment.edit"   // the registers of both
	CommitmentSettle  Permission = "commitment.settle" // part owner: one's unit keeps it
	TargetRead        Permission = "target.read"       // of one's units and those under them
	TargetEdit        Permission = "target.edit"       // every cell, and the limits of the units
	TargetSplit       Permission = "target.split"      // the months of one's row, the rows under it
	TargetApprove     Permission = "target.approve"    // and return
	TargetCorrect     Permission = "target.correct"    // what is closed
	TargetReport      Permission = "target.report"     // figures that the program does not count
	IndicatorManage   Permission = "indicator.manage"  // what the city counts its year by
	SupervisionRead   Permission = "supervision.read"  // the lists of what was not done
	SlipRead          Permission = "slip.read"         // part owner: one's unit issued it or answers it
	SlipIssue         Permission = "slip.issue"        // and close, return or withdraw what one's unit issued
	RankingRead       Permission = "ranking.read"      // part owner: the rows of one's units before they are published
	RankingObject     Permission = "ranking.object"    // to the own row of a preview
	RankingPrepare    Permission = "ranking.prepare"   // drafts, faults, previews, answers to objections
	RankingPublish    Permission = "ranking.publish"   // and set the formulas
	SlipAnswer        Permission = "slip.answer"       // part owner: one's unit is addressed
	UpdateRead        Permission = "update.read"       // the monthly reports of projects
	UpdateEdit        Permission = "update.edit"       // write and file them
	UpdateUnlock      Permission = "update.unlock"     // open what is filed again
	CreditRead        Permission = "credit.read"       // part owner: one's unit found the project, or it lands there
	CreditAgree       Permission = "credit.agree"      // propose and answer shares
	CreditRule        Permission = "credit.rule"       // counting rules, shares by ruling, replaced investors
	CreditClose       Permission = "credit.close"      // close a month before its day
	UnitManage        Permission = "unit.manage"
	UserManage        Permission = "user.manage"
	MembershipRule    Permission = "membership.manage"
	RoleRead          Permission = "role.read"
	AuditRead         Permission = "audit.read"
	AuditVerify       Permission = "audit.verify"
	MailManage        Permission = "mail.manage" // look at mail that was given up, send it again
)

// Permissions lists every permission a policy line may grant, in the order
// of the matrix.
func Permissions() []Permission {
	return []Permission{
		LeadRead, LeadCreate, LeadEdit, LeadChangeStage, LeadPassGate, LeadSkipStage, LeadStepBack, LeadPause, LeadLose,
		LeadConfirm, LeadReopen, LeadDelete, LeadRestrict,
		LeadHandOff, LeadWithdraw, LeadAnswer, LeadRefer, LeadAssign, LeadDecide, HelperEdit, ContactRead, ContactEdit, ContactReveal,
		NoteAdd, FileRead, FileAdd, DuplicateCheck, DuplicateWatch, ProtectionConfirm, ProtectionRenew, LeadMerge, DisputeOpen, DisputeRead,
		DisputeArgue, DisputeRule, DisputeRecord, PipelineRead, WorkbenchRead, ClockRead, ClockPause,
		SigningRead, SigningPlan, SigningFreeze, SigningCeremony, SigningConfirm, SigningRemark, CockpitRead,
		ReviewRead, ReviewAsk, ReviewOpine, ReviewConduct, ReviewDecide, DossierRead, DossierEdit, CommitmentRead, CommitmentEdit, CommitmentSettle,
		UpdateRead, UpdateEdit, UpdateUnlock,
		UnitOffer, TargetRead, TargetEdit, TargetSplit, TargetApprove, TargetCorrect, TargetReport, IndicatorManage, UnitManage, LifecycleManage, CalendarManage,
		SupervisionRead, SlipRead, SlipIssue, SlipAnswer, RankingRead, RankingObject, RankingPrepare, RankingPublish,
		CreditRead, CreditAgree, CreditRule, CreditClose,
		UserManage, MembershipRule, RoleRead, AuditRead, AuditVerify, MailManage,
	}
}

// Part is what a unit is to a lead. Any covers every normal lead and the
// restricted ones that the person is a member of; AnyRestricted covers all.
type Part string

// The parts.
const (
	Owner         Part = "owner"
	Helper        Part = "helper"
	Offered       Part = "offered"
	Past          Part = "past"
	Chain         Part = "chain"
	Coordinator   Part = "coordinator"
	Granted       Part = "granted"
	Any           Part = "any"
	AnyRestricted Part = "any_restricted"
)

// Parts lists every part in the order of the matrix.
func Parts() []Part {
	return []Part{Owner, Helper, Offered, Past, Chain, Coordinator, Granted, Any, AnyRestricted}
}

// Class is the confidentiality of a field.
type Class string

// The classes: the head line, the other open facts, sums, data of persons,
// attachments.
const (
	PublicClass  Class = "public"
	OpenClass    Class = "open"
	MoneyClass   Class = "money"
	ContactClass Class = "contact"
	FileClass    Class = "file"
)

// Classes lists every class.
func Classes() []Class {
	return []Class{PublicClass, OpenClass, MoneyClass, ContactClass, FileClass}
}
