package app_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

var anew = flag.Bool("update-world", false, "write the tables of docs/world.md anew")

const worldPage = "../../docs/world.md"

// TestEveryPersonSeesTheLeadsOfTheTable compares the list of each person with
// the table in docs/world.md, where a reviewer reads it.
func TestEveryPersonSeesTheLeadsOfTheTable(t *testing.T) {
	l := newLedger(readPolicy(t))
	if *anew {
		writeWorld(t, l)
	}
	text, err := os.ReadFile(worldPage)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), leadTable(l)) {
		t.Error("docs/world.md has another table of leads than the world: go test ./internal/app -run TheTable -update-world")
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\|[^|]+\\| ([^|]*) \\|$").FindAllStringSubmatch(string(text), -1) {
		rows[m[1]] = m[2]
	}
	eachWorld(t, func(t *testing.T, w *world) {
		for _, a := range kit.WorldPeople() {
			p := w.As(t, a.Username)
			got := "nothing"
			if w.oracle.holds(string(p.Roles[0].Role), "lead.read") {
				got = listed(t, w, p)
			}
			if got != rows[a.Username] {
				t.Errorf("%s sees\n%s, the table says\n%s", a.Username, got, rows[a.Username])
			}
		}
	})
}

// listed is a person's list as the table writes it.
func listed(t *testing.T, w *world, p *kit.Person) string {
	t.Helper()
	var page struct {
		Items []struct {
			ID     id.Lead
			Part   string
			Masked []string
		}
	}
	p.Get(t, "/leads?limit=100&sort=created_at", &page)
	var out []string
	for _, item := range page.Items {
		past := item.Part == "past" && slices.Contains(item.Masked, "summary")
		out = append(out, mark(w.numbers[item.ID], past, slices.Contains(item.Masked, "planned_cents")))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// mark is a lead in the table: "~" behind one that is seen as by a past
// holder, "-" behind one whose amount is hidden.
func mark(no int, past, poor bool) string {
	text := fmt.Sprintf("%02d", no)
	if past {
		text += "~"
	}
	if poor {
		text += "-"
	}
	return text
}

func leadTable(l *ledger) string {
	var b strings.Builder
	b.WriteString("| lead | registered by | chain | what happens | holder | other parts | named members |\n|---|---|---|---|---|---|---|\n")
	for _, e := range l.leads {
		kind := ""
		if e.plan.Restricted {
			kind = " (restricted)"
		}
		if e.plan.Old {
			kind += " (a month ago)"
		}
		var parts []string
		for unit, all := range e.parts {
			for _, part := range all {
				if part != "owner" {
					parts = append(parts, part+" "+unit)
				}
			}
		}
		slices.Sort(parts)
		members := ""
		if e.hidden {
			members = strings.Join(e.members, ", ")
		}
		holder := e.unit
		if e.deleted {
			holder, parts = "deleted", nil
		}
		fmt.Fprintf(&b, "| %02d | %s%s | %s | %s | %s | %s | %s |\n",
			e.plan.No, e.plan.By, kind, e.plan.Chain, e.plan.Steps, holder, strings.Join(parts, ", "), members)
	}
	return b.String()
}

func writeWorld(t *testing.T, l *ledger) {
	t.Helper()
	text, err := os.ReadFile(worldPage)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "<!-- tables -->\n")
	var b strings.Builder
	b.WriteString(head + "<!-- tables -->\n\n## The leads\n\n" + leadTable(l))
	b.WriteString("\n## Who sees which leads\n\n| person | roles | leads |\n|---|---|---|\n")
	for _, a := range kit.WorldPeople() {
		p := &kit.Person{Username: a.Username}
		var roles []string
		for _, r := range a.Roles {
			p.Roles = append(p.Roles, kit.Role{Slug: r.Unit, Role: r.Role})
			roles = append(roles, string(r.Role)+" of "+r.Unit)
		}
		var leads []string
		for _, e := range l.leads {
			if v := (viewer{Person: p, o: l.oracle, e: e}); v.can("lead.read") {
				_, past := v.onlyPast()
				leads = append(leads, mark(e.plan.No, past, v.amount() == 0))
			}
		}
		if len(leads) == 0 && !l.oracle.holds(string(p.Roles[0].Role), "lead.read") {
			leads = []string{"nothing"}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", a.Username, strings.Join(roles, ", "), strings.Join(leads, " "))
	}
	if err := os.WriteFile(worldPage, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
