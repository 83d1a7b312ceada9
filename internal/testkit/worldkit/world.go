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
	var plans []Plan
	for i, line := range strings.Split(strings.TrimSpace(worldLeads), "\n") {
		words := strings.Split(line, " | ")
		plans = append(plans, Plan{
			No: i + 1, By: words[0], Chain: strings.TrimPrefix(words[1], "-"), Steps: words[3],
			Restricted: strings.Contains(words[2], "restricted"), Old: strings.Contains(words[2], "old"),
		})
	}
	return plans
}

// worldLeads: who registers, the chain, how, and what happens then.
const worldLeads = `
sz-off | - | - | note sz-off, file sz-off
sz-off2 | robots-ai | - | contact sz-off, stage qualified sz-off2
sz-head | - | - | note sz-head, offer huangpu sz-head, accept hp-off, note hp-off, file hp-off
sz-off | - | - | offer huangpu sz-off, accept hp-head, title hp-head, amount hp-head, stage qualified hp-off, contact hp-off
sz-off | - | - | file sz-off, offer xiaolan sz-off, refuse xl-head, offer huangpu sz-off, accept hp-off
sz-off | - | - | offer huangpu sz-off, refuse hp-off, note sz-off
sz-off2 | - | - | offer xiaolan sz-off2, withdraw sz-head, offer nanlang sz-off, accept nl-off, note nl-off
yrd-off | - | - | note yrd-off, offer nanlang yrd-off, accept nl-head, title nl-head
yrd-head | biomed | - | offer xiaolan yrd-off, accept xl-off, file xl-off, stage qualified xl-head
yrd-off | biomed | - | offer huangpu yrd-off, refuse hp-head, offer xiaolan yrd-off, withdraw yrd-off
hp-off | - | - | note hp-off, file hp-off, contact hp-off
hp-head | - | - | lost hp-head
hp-off | - | - | note hp-off, delete hp-head
hp-off | - | - | offer xiaolan hp-off, accept xl-off, offer nanlang xl-off, accept nl-off, note nl-off
xl-off | - | - | help huangpu, note hp-off, file hp-off, contact hp-off
xl-off | - | - | grant iit, note xl-off
xl-head | robots-ai | - | help iit, grant com
xl-off | - | - | offer huangpu xl-off, accept hp-off, offer xiaolan hp-off, accept xl-head, title xl-off
nl-off | - | - | note nl-off, file nl-off
nl-head | robots-ai | - | stage qualified nl-off, stage signed nl-head
ch-off | - | - | offer nanlang ch-off, accept nl-off
ch-head | - | - | note ch-off, grant wg-yrd
iit-off | - | - | offer com iit-off, accept com-off, note com-off, grant iit
iit-head | biomed | - | chain robots-ai iit-head
com-off | - | - | offer iit com-off, refuse iit-head
dual@nanlang | - | - | note dual@nanlang, offer com dual@nanlang, accept dual@com
robot-off | - | - | note robot-off, offer huangpu robot-off, accept hp-off
bio-off | - | - | lost bio-off
bureau-off | - | - | note bureau-off, offer wg-shenzhen bureau-off, accept sz-off
bureau-off2 | - | - | file bureau-off2, note bureau-off
hp-off | - | - | note bureau-off, note bureau-head
hp-off | - | restricted | note hp-off, file hp-off
hp-head | - | restricted | name hp-view hp-head, name leader hp-head, note hp-head
sz-off | - | restricted | offer xiaolan sz-off xl-head, accept xl-head, note xl-head
xl-off | robots-ai | - | note xl-off, restrict xl-off, name robot-head xl-off
nl-off | - | restricted | offer huangpu nl-off hp-off, refuse hp-off
yrd-off | - | restricted | name bureau-off yrd-off, contact yrd-off
sz-off | - | old | offer huangpu sz-off
sz-head | - | - | note sz-off, offer huangpu sz-off, amount sz-head
hp-off | - | - | grant com, offer nanlang hp-head
xl-off | biomed | - | offer huangpu xl-off, accept hp-off, offer nanlang hp-off
sz-off | - | restricted | offer huangpu sz-off hp-head
nl-off | biomed | old | offer cuiheng nl-off
`

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

// Cents is an amount that one lead has and no other, below those from which
// the bureau helps or the package needs more.
func Cents(no, n int) int64 {
	return 88_000_000_00 + int64(no)*10_000_00 + int64(n)*100_00 + 77
}
