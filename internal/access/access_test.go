package access_test

import (
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/rbac"
)

func shipped(t *testing.T) (model, policy string) {
	t.Helper()
	m, err := rbac.FS.ReadFile("model.conf")
	if err != nil {
		t.Fatal(err)
	}
	p, err := rbac.FS.ReadFile("policy.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(m), string(p)
}

func policy(t *testing.T) *access.Policy {
	t.Helper()
	p, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABadLineStopsTheStartAndIsNamed(t *testing.T) {
	model, good := shipped(t)
	next := strings.Count(good, "\n") + 1
	for _, c := range []struct{ name, line, want string }{
		{"a missing column", "p, officer, lead, read", "needs the columns role, object, action, part, has 3 columns"},
		{"a column too many", "p, officer, lead, read, owner, allow", "needs the columns role, object, action, part, has 5 columns"},
		{"a role nobody has", "p, mayor, lead, read, any", `no role "mayor"`},
		{"an unknown object", "p, officer, leads, read, owner", `no permission "leads.read"`},
		{"an unknown action", "p, officer, lead, peek, owner", `no permission "lead.peek"`},
		{"an unknown part", "p, officer, lead, edit, neighbour", `no part "neighbour"`},
		{"a path for an object", "p, officer, /api/v1/leads, GET, any", `no permission "/api/v1/leads.GET"`},
		{"the permission everybody has", "p, officer, self, , owner", `no permission "self."`},
		{"an unknown class", "p2, officer, lead, gossip, owner", `no class "gossip"`},
		{"a class of another object", "p2, officer, handoff, money, owner", `classes belong to the object lead, not "handoff"`},
		{"a class with an unknown part", "p2, officer, lead, money, everyone", `no part "everyone"`},
		{"a class with a column missing", "p2, officer, money, owner", "needs the columns role, object, class, part, has 3 columns"},
		{"an unknown kind of line", "p3, officer, lead, read, owner", `a line begins with p, p2 or g, not "p3"`},
		{"an unknown included role", "g, town_head, mayor", `no role "mayor"`},
		{"an unknown including role", "g, mayor, head", `no role "mayor"`},
		{"an inclusion with a column missing", "g, town_head", "needs the columns role, included role, has 1 columns"},
		{"a circle", "g, reader, head", "a role includes itself"},
		{"a role that includes itself", "g, town_viewer, town_viewer", "a role includes itself"},
		{"a line twice", "p, leader,  lead, read, any", "repeats line"},
		{"an administrator with leads", "p, system_admin, lead, read, any", "an administrator may not touch lead"},
		{"an administrator with the board", "p, auditor, pipeline, read, any", "an administrator may not touch pipeline"},
		{"an administrator with fields", "p2, security_admin, lead, public, any", "an administrator may not see fields of leads"},
		{"an administrator who includes", "g, auditor, reader", "the role auditor includes nothing"},
		{"an administrator who is included", "g, town_head, system_admin", "the role system_admin includes nothing"},
		{"a quoted cell", `p, officer, "lead", read, owner`, `no permission "\"lead\".read"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := access.Load(model, good+c.line+"\n")
			if err == nil {
				t.Fatal("was loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %q, want %q in it", err, c.want)
			}
			if c.name != "a circle" && !strings.Contains(err.Error(), "policy line "+itoa(next)+" ") {
				t.Errorf("error %q does not name line %d", err, next)
			}
		})
	}
}

func TestEveryBadLineIsNamedAtOnce(t *testing.T) {
	model, _ := shipped(t)
	_, err := access.Load(model, "p, town_head, lead, read, owner\np, town_head, lead\n\n# a note\np, mayor, lead, read, owner\n")
	want := `policy line 2 (p, town_head, lead): needs the columns role, object, action, part, has 2 columns` +
		"\n" + `policy line 5 (p, mayor, lead, read, owner): no role "mayor"`
	if err == nil || err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%s", err, want)
	}
}

func TestRightsOfABundleThatNoRoleIncludesAreRefused(t *testing.T) {
	model, _ := shipped(t)
	_, err := access.Load(model, "p, officer, lead, read, owner\n")
	if err == nil || err.Error() != "policy line 1 (p, officer, lead, read, owner): no role includes officer" {
		t.Errorf("error is %v", err)
	}
}

func TestAModelWithOtherColumnsIsRefused(t *testing.T) {
	model, good := shipped(t)
	for name, bad := range map[string]string{
		"columns in another order": strings.Replace(model, "p = role, obj, act, part", "p = role, act, obj, part", 1),
		"no classes":               strings.Replace(model, "p2 = role, obj, class, part\n", "", 1),
		"roles by domain":          strings.Replace(model, "g = _, _", "g = _, _, _", 1),
		"nothing":                  "",
	} {
		if _, err := access.Load(bad, good); err == nil {
			t.Errorf("%s: was loaded", name)
		}
	}
}

func TestANilPolicyGrantsNothing(t *testing.T) {
	a := access.NewActor(1, []access.Membership{{Unit: 1, Role: access.BureauHead}}, nil)
	if a.Holds(access.LeadRead) || !a.Scope(access.LeadRead).Empty() || !a.Sees(access.PublicClass).Empty() {
		t.Error("an actor without a policy may do something")
	}
}

func TestTheZeroActorMayDoNothing(t *testing.T) {
	var a access.Actor
	for _, p := range append(access.Permissions(), access.Self, access.Public) {
		if a.Holds(p) || a.HasIn(p, 0) || a.HasIn(p, 1) || !a.Scope(p).Empty() || !a.ActScope(p).Empty() {
			t.Errorf("holds %s", p)
		}
	}
	if _, err := a.ActFor(0, access.LeadRead); fault.CodeOf(err) != "forbidden" {
		t.Errorf("acts: %v", err)
	}
}

func TestTheCellsSayWhatThePolicySays(t *testing.T) {
	p := policy(t)
	rights := 0
	for _, c := range p.Cells() {
		if join(c.Parts) != join(p.Parts(c.Role, c.Permission)) {
			t.Errorf("cell %v differs from the policy", c)
		}
		rights++
	}
	classes := 0
	for _, c := range p.ClassCells() {
		if join(c.Parts) != join(p.ClassParts(c.Role, c.Class)) {
			t.Errorf("cell %v differs from the policy", c)
		}
		classes++
	}
	want := 0
	for _, r := range access.Roles() {
		for _, perm := range access.Permissions() {
			if len(p.Parts(r, perm)) > 0 {
				want++
			}
		}
	}
	if rights != want || classes == 0 {
		t.Errorf("%d rights and %d classes, want %d rights", rights, classes, want)
	}
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = string(x)
	}
	return strings.Join(words, " ")
}

func itoa(n int) string { return id.Lead(n).String() }
