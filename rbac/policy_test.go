package rbac_test

import (
	"os"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/rbac"
)

func policy(t *testing.T) *access.Policy {
	t.Helper()
	p, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDeletingAnyLineOfThePolicyChangesTheMatrix(t *testing.T) {
	model, good := read(t, "model.conf"), read(t, "policy.csv")
	whole := access.Matrix(policy(t))
	lines := strings.Split(good, "\n")
	deleted := 0
	for i, l := range lines {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		deleted++
		rest := append(append([]string{}, lines[:i]...), lines[i+1:]...)
		p, err := access.Load(model, strings.Join(rest, "\n"))
		if err == nil && access.Matrix(p) == whole {
			t.Errorf("line %d (%s) changes nothing", i+1, l)
		}
	}
	if deleted < 80 {
		t.Errorf("only %d lines were tried", deleted)
	}
}

func TestThePrintedMatrixIsUpToDate(t *testing.T) {
	if read(t, "MATRIX.md") != access.Matrix(policy(t)) {
		t.Error("rbac/MATRIX.md differs from the policy: run `leadrelay policy > rbac/MATRIX.md`")
	}
}

func TestWhatEachRoleHolds(t *testing.T) {
	p := policy(t)
	all := "owner helper offered past chain coordinator granted"
	for _, c := range []struct {
		role access.Role
		perm access.Permission
		want string
	}{
		{access.TownOfficer, access.LeadRead, all},
		{access.TownViewer, access.LeadRead, all},
		{access.TownViewer, access.LeadCreate, ""},
		{access.TownViewer, access.LeadAnswer, ""},
		{access.TownViewer, access.NoteAdd, ""},
		{access.TownViewer, access.UnitOffer, ""},
		{access.TownViewer, access.DuplicateCheck, ""},
		{access.TownOfficer, access.LeadEdit, "owner"},
		{access.GroupOfficer, access.LeadHandOff, "owner"},
		{access.GroupOfficer, access.LeadAnswer, "offered"},
		{access.GroupOfficer, access.LeadDelete, ""},
		{access.GroupHead, access.LeadDelete, "owner"},
		{access.DepartmentOfficer, access.ContactEdit, "owner helper"},
		{access.DepartmentOfficer, access.LeadReopen, ""},
		{access.DepartmentHead, access.LeadReopen, "owner"},
		{access.BureauOfficer, access.LeadRead, all + " any"},
		{access.BureauOfficer, access.LeadEdit, "owner"},
		{access.BureauOfficer, access.LeadHandOff, "owner"},
		{access.BureauOfficer, access.NoteAdd, "owner helper any"},
		{access.BureauHead, access.LeadRead, all + " any any_restricted"},
		{access.BureauHead, access.LeadRestrict, "owner any_restricted"},
		{access.Leader, access.LeadRead, "any"},
		{access.Leader, access.LeadEdit, ""},
		{access.Leader, access.NoteAdd, ""},
		{access.Leader, access.ContactReveal, "any"},
		{access.BureauHead, access.ContactReveal, ""},
		{access.SystemAdmin, access.LeadRead, ""},
		{access.SystemAdmin, access.UserManage, ""},
		{access.SystemAdmin, access.MembershipRule, ""},
		{access.SystemAdmin, access.AuditRead, ""},
		{access.SecurityAdmin, access.UnitManage, ""},
		{access.SecurityAdmin, access.AuditRead, ""},
		{access.Auditor, access.AuditVerify, "any"},
		{access.Auditor, access.MembershipRule, ""},
		{"mayor", access.LeadRead, ""},
	} {
		if got := join(p.Parts(c.role, c.perm)); got != c.want {
			t.Errorf("%s holds %s under %q, want %q", c.role, c.perm, got, c.want)
		}
	}
}

func TestWhatEachPartShows(t *testing.T) {
	p := policy(t)
	shows := func(r access.Role, part access.Part) string {
		var out []access.Class
		for _, c := range access.Classes() {
			for _, have := range p.ClassParts(r, c) {
				if have == part {
					out = append(out, c)
				}
			}
		}
		return join(out)
	}
	for part, want := range map[access.Part]string{
		access.Owner:         "public open money contact file",
		access.Helper:        "public open money contact file",
		access.Offered:       "public open money",
		access.Chain:         "public open money",
		access.Coordinator:   "public open money",
		access.Past:          "public",
		access.Granted:       "public open",
		access.Any:           "public open money contact file",
		access.AnyRestricted: "public open money contact file",
	} {
		if got := shows(access.BureauHead, part); got != want {
			t.Errorf("bureau head, part %s: %q, want %q", part, got, want)
		}
	}
	if got := shows(access.Leader, access.Any); got != "public open money file" {
		t.Errorf("leader: %q", got)
	}
	for _, r := range []access.Role{access.SystemAdmin, access.SecurityAdmin, access.Auditor} {
		for _, part := range access.Parts() {
			if got := shows(r, part); got != "" {
				t.Errorf("%s, part %s: %q, want nothing", r, part, got)
			}
		}
	}
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = string(x)
	}
	return strings.Join(words, " ")
}
