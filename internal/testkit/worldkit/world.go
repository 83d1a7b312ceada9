//go:build unix

package worldkit

import (
	"fmt"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/org"
)

// Plan is one lead of the world: who registers it, and what happens to it.
// docs/world.md prints the whole table and explains the words of Steps.
type Plan struct {
	No         int
	By         string // login; the unit after "@" when the person has several
	Chain      string
	Restricted bool
	Old        bool // happened a month ago
	Steps      string
}

// WorldPeople are the people of the world.
func WorldPeople() []org.Account {
	var out []org.Account
	for _, line := range strings.Split(strings.TrimSpace(worldPeople), "\n") {
		words := strings.Fields(line)
		a := org.Account{Username: words[0], Name: "测试员 " + words[0]}
		for _, held := range words[1:] {
			role, unit, _ := strings.Cut(held, "@")
			a.Roles = append(a.Roles, org.AccountRole{Unit: unit, Role: access.Role(role)})
		}
		out = append(out, a)
	}
	return out
}

const worldPeople = `
sz-head     group_head@wg-shenzhen
sz-off      group_officer@wg-shenzhen
sz-off2     group_officer@wg-shenzhen
yrd-head    group_head@wg-yrd
yrd-off     group_officer@wg-yrd
iit-head    department_head@iit
iit-off     department_officer@iit
com-off     department_officer@com
hp-head     town_head@huangpu
hp-off      town_officer@huangpu
hp-view     town_viewer@huangpu
xl-head     town_head@xiaolan
xl-off      town_officer@xiaolan
xl-view     town_viewer@xiaolan
nl-head     town_head@nanlang
nl-off      town_officer@nanlang
ch-head     town_head@cuiheng
ch-off      town_officer@cuiheng
robot-head  department_head@chain-robots-ai
robot-off   department_officer@chain-robots-ai
bio-off     department_officer@chain-biomed
dual        department_officer@com town_officer@nanlang
bureau-head bureau_head@zs-ipb
bureau-off  bureau_officer@zs-ipb
bureau-off2 bureau_officer@zs-ipb
leader      leader@four-bodies
leader2     leader@four-bodies
sysadmin    system_admin@zs-ipb
secadmin    security_admin@zs-ipb
auditor     auditor@zs-ipb
`

// World is what happens in the world, lead by lead.
func World() []Plan {
	plans := []Plan{
		{By: "sz-off", Steps: "note sz-off, file sz-off"},
		{By: "sz-off2", Chain: "robots-ai", Steps: "contact sz-off, stage qualified sz-off2"},
		{By: "sz-head", Steps: "note sz-head, offer huangpu sz-head, accept hp-off, note hp-off, file hp-off"},
		{By: "sz-off", Steps: "offer huangpu sz-off, accept hp-head, title hp-head, amount hp-head, stage negotiating hp-off, contact hp-off"},
		{By: "sz-off", Steps: "file sz-off, offer xiaolan sz-off, refuse xl-head, offer huangpu sz-off, accept hp-off"},
		{By: "sz-off", Steps: "offer huangpu sz-off, refuse hp-off, note sz-off"},
		{By: "sz-off2", Steps: "offer xiaolan sz-off2, withdraw sz-head, offer nanlang sz-off, accept nl-off, note nl-off"},
		{By: "yrd-off", Steps: "note yrd-off, offer nanlang yrd-off, accept nl-head, title nl-head"},
		{By: "yrd-head", Chain: "biomed", Steps: "offer xiaolan yrd-off, accept xl-off, file xl-off, stage qualified xl-head"},
		{By: "yrd-off", Chain: "biomed", Steps: "offer huangpu yrd-off, refuse hp-head, offer xiaolan yrd-off, refuse xl-off"},
		{By: "hp-off", Steps: "note hp-off, file hp-off, contact hp-off"},
		{By: "hp-head", Steps: "lost hp-head"},
		{By: "hp-off", Steps: "note hp-off, delete hp-head"},
		{By: "hp-off", Steps: "offer xiaolan hp-off, accept xl-off, offer nanlang xl-off, accept nl-off, note nl-off"},
		{By: "xl-off", Steps: "help huangpu, note hp-off, file hp-off, contact hp-off"},
		{By: "xl-off", Steps: "grant iit, note xl-off"},
		{By: "xl-head", Chain: "robots-ai", Steps: "help iit, grant com"},
		{By: "xl-off", Steps: "offer huangpu xl-off, accept hp-off, offer xiaolan hp-off, accept xl-head, title xl-off"},
		{By: "nl-off", Steps: "note nl-off, file nl-off"},
		{By: "nl-head", Chain: "robots-ai", Steps: "stage qualified nl-off, stage signed nl-head"},
		{By: "ch-off", Steps: "offer nanlang ch-off, accept nl-off"},
		{By: "ch-head", Steps: "note ch-off, grant wg-yrd"},
		{By: "iit-off", Steps: "offer com iit-off, accept com-off, note com-off, grant iit"},
		{By: "iit-head", Chain: "biomed", Steps: "chain robots-ai iit-head"},
		{By: "com-off", Steps: "offer iit com-off, refuse iit-head"},
		{By: "dual@nanlang", Steps: "note dual@nanlang, offer com dual@nanlang, accept dual@com"},
		{By: "robot-off", Steps: "note robot-off, offer huangpu robot-off, accept hp-off"},
		{By: "bio-off", Steps: "lost bio-off"},
		{By: "bureau-off", Steps: "note bureau-off, offer wg-shenzhen bureau-off, accept sz-off"},
		{By: "bureau-off2", Steps: "file bureau-off2, note bureau-off"},
		{By: "hp-off", Steps: "note bureau-off, note bureau-head"},
		{By: "hp-off", Restricted: true, Steps: "note hp-off, file hp-off"},
		{By: "hp-head", Restricted: true, Steps: "name hp-view hp-head, name leader hp-head, note hp-head"},
		{By: "sz-off", Restricted: true, Steps: "offer xiaolan sz-off xl-head, accept xl-head, note xl-head"},
		{By: "xl-off", Chain: "robots-ai", Steps: "note xl-off, restrict xl-off, name robot-head xl-off"},
		{By: "nl-off", Restricted: true, Steps: "offer huangpu nl-off hp-off, refuse hp-off"},
		{By: "yrd-off", Restricted: true, Steps: "name bureau-off yrd-off, contact yrd-off"},
		{By: "sz-off", Old: true, Steps: "offer huangpu sz-off"},
		{By: "sz-head", Steps: "note sz-off, offer huangpu sz-off, amount sz-head"},
		{By: "hp-off", Steps: "grant com, offer nanlang hp-head"},
		{By: "xl-off", Chain: "biomed", Steps: "offer huangpu xl-off, accept hp-off, offer nanlang hp-off"},
		{By: "sz-off", Restricted: true, Steps: "offer huangpu sz-off hp-head"},
		{By: "nl-off", Old: true, Chain: "biomed", Steps: "offer cuiheng nl-off"},
	}
	for i := range plans {
		plans[i].No = i + 1
	}
	return plans
}

// Step is one thing that happens to a lead.
type Step struct {
	Do     string
	Who    string // login
	Unit   string // the receiving, helping or granted unit, by slug
	Word   string // the stage or chain moved to
	Member string // who is named
}

// List reads the steps of a plan.
func (p Plan) List() []Step {
	out := []Step{}
	for _, text := range strings.Split(p.Steps, ", ") {
		words := strings.Fields(text)
		s := Step{Do: words[0]}
		switch s.Do {
		case "offer":
			s.Unit, s.Who = words[1], words[2]
			if len(words) > 3 {
				s.Member = words[3]
			}
		case "help", "grant":
			s.Unit = words[1]
		case "stage", "chain":
			s.Word, s.Who = words[1], words[2]
		case "name":
			s.Member, s.Who = words[1], words[2]
		default:
			s.Who = words[1]
		}
		out = append(out, s)
	}
	return out
}

// Token is a text that stands in one field of one lead of the world and
// nowhere else: lead number, field, and the how-many-eth of its kind.
func Token(no int, field string, n int) string { return fmt.Sprintf("kq%02d%s%dz", no, field, n) }

// Phone is a number that stands in one contact and nowhere else.
func Phone(no, n int) string { return fmt.Sprintf("139%02d0000%02d", no, n) }

// Cents is an amount that one lead has and no other.
func Cents(no, n int) int64 {
	return 88_00_000_000_00 + int64(no)*1_000_000_00 + int64(n)*10_000_00 + 77
}
