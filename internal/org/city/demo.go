package city

import (
	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/org"
)

// DemoPassword is the common password of the demo accounts. They cannot
// exist outside a demo, which listens on loopback only.
const DemoPassword = "Relay-baton-4100"

// DemoAccounts returns the accounts of the demo world in the order in which
// the table of logins shows them. The names are invented and say so.
func DemoAccounts() []org.Account {
	one := func(username, name, unit string, role access.Role) org.Account {
		return org.Account{Username: username, Name: "演示·" + name, Roles: []org.AccountRole{{Unit: unit, Role: role}}}
	}
	iitHead := one("iit-head", "工信局负责人", "iit", access.DepartmentHead)
	// One person in two units: has to say for which of them he acts.
	iitHead.Roles = append(iitHead.Roles, org.AccountRole{Unit: "chain-robots-ai", Role: access.DepartmentHead})
	return []org.Account{
		one("wg-shenzhen", "深圳组专员", "wg-shenzhen", access.GroupOfficer),
		one("wg-shenzhen-head", "深圳组组长", "wg-shenzhen", access.GroupHead),
		one("huangpu", "黄圃镇专员", "huangpu", access.TownOfficer),
		one("huangpu-head", "黄圃镇负责人", "huangpu", access.TownHead),
		one("cuiheng", "翠亨新区专员", "cuiheng", access.TownOfficer),
		one("xiaolan", "小榄镇专员", "xiaolan", access.TownOfficer),
		one("iit", "工信局专员", "iit", access.DepartmentOfficer),
		iitHead,
		one("bureau", "投促局专员", bureau, access.BureauOfficer),
		one("bureau-head", "投促局局长", bureau, access.BureauHead),
		one("leader", "市领导", "four-bodies", access.Leader),
		one("sysadmin", "系统管理员", bureau, access.SystemAdmin),
		one("secadmin", "安全管理员", bureau, access.SecurityAdmin),
		one("auditor", "审计管理员", bureau, access.Auditor),
		one("viewer-huangpu", "黄圃镇查看人", "huangpu", access.TownViewer),
	}
}
