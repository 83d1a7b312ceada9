package org_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
)

func TestARoleMustFitTheKindOfUnit(t *testing.T) {
	unitOf := map[module.Kind]string{
		module.Bureau: "zs-ipb", module.Department: "iit", module.Group: "wg-wuhan", module.Town: "guzhen", module.Platform: "qijiang",
		module.ChainTeam: "chain-lighting", module.Leading: "four-bodies", module.Other: "fin",
	}
	want := map[access.Role]string{
		access.SystemAdmin: "bureau", access.SecurityAdmin: "bureau", access.Auditor: "bureau", access.Leader: "leading",
		access.BureauHead: "bureau", access.BureauOfficer: "bureau", access.GroupHead: "group", access.GroupOfficer: "group",
		access.DepartmentHead: "department chain other", access.DepartmentOfficer: "department chain other",
		access.TownHead: "town platform", access.TownOfficer: "town platform", access.TownViewer: "town platform",
	}
	each(t, func(t *testing.T, w world) {
		by, user := w.security(), w.user("cuiheng")
		for _, role := range access.Roles() {
			var got []string
			for _, kind := range module.Kinds() {
				m, err := w.Grant(t.Context(), by, module.Grant{User: user, Unit: w.unit(unitOf[kind]), Role: role})
				if err != nil {
					wants(t, err, fault.Invalid, "membership.role_unit_mismatch")
					continue
				}
				got = append(got, string(kind))
				// Taken back at once, so that the next role stands alone.
				if _, err := w.End(t.Context(), by, m.ID, m.Version, day(t, today)); err != nil {
					t.Fatal(err)
				}
			}
			if sorted(got) != sorted(strings.Fields(want[role])) {
				t.Errorf("%s: got %v, want %s", role, got, want[role])
			}
		}
		_, err := w.Grant(t.Context(), by, module.Grant{User: user, Unit: w.unit("zs-ipb"), Role: "emperor"})
		wants(t, err, fault.Invalid, "membership.role_unit_mismatch")
	})
}

func sorted(list []string) string {
	seen := map[string]bool{}
	for _, s := range list {
		seen[s] = true
	}
	return fmt.Sprint(seen) // maps print in the order of their keys
}

func TestNobodyHoldsTwoAdministratorRolesOnOneDay(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, bureau, user := w.security(), w.unit("zs-ipb"), w.user("bureau")
		give := func(role access.Role, from, until string) (module.Membership, error) {
			return w.Grant(t.Context(), by, module.Grant{User: user, Unit: bureau, Role: role, FromOn: day(t, from), UntilOn: day(t, until)})
		}
		first, err := give(access.SystemAdmin, "2026-03-09", "2026-06-30")
		if err != nil {
			t.Fatal(err)
		}
		_, err = give(access.Auditor, "2026-06-29", "")
		wants(t, err, fault.Conflict, "membership.two_administrators")
		_, err = give(access.SecurityAdmin, "2026-01-01", "2026-03-10")
		wants(t, err, fault.Conflict, "membership.two_administrators")
		if _, err = give(access.Auditor, "2026-06-30", ""); err != nil {
			t.Errorf("a role from the other's end on: %v", err)
		}
		// A later end would make the two meet.
		_, err = w.End(t.Context(), by, first.ID, first.Version, day(t, "2026-07-01"))
		wants(t, err, fault.Conflict, "membership.two_administrators")
		if _, err = give(access.BureauHead, "2026-03-09", ""); err != nil {
			t.Errorf("a business role beside it: %v", err)
		}
		if got := w.lines("membership.ended", "refused"); got != 1 {
			t.Errorf("%d lines of refused ends, want 1", got)
		}
	})
}

func TestOfTwentyParallelGrantsOfTwoAdministratorRolesAtMostOneStands(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, bureau, user := w.security(), w.unit("zs-ipb"), w.user("bureau")
		var group sync.WaitGroup
		results := make([]error, 20)
		for i := range results {
			role := []access.Role{access.SystemAdmin, access.Auditor}[i%2]
			group.Go(func() {
				_, results[i] = w.Grant(context.WithoutCancel(t.Context()), by, module.Grant{User: user, Unit: bureau, Role: role})
			})
		}
		group.Wait()
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case fault.CodeOf(err) != "membership.two_administrators" && fault.CodeOf(err) != "membership.exists":
				t.Errorf("unexpected: %v", err)
			}
		}
		var kept int
		err := w.db.Read(t.Context()).Raw(
			"SELECT count(*) FROM memberships WHERE user_id = ? AND role IN ('system_admin', 'auditor')", user).Scan(&kept).Error
		if err != nil || won != 1 || kept != 1 {
			t.Errorf("%d grants answered yes, %d are kept (%v); want 1 and 1", won, kept, err)
		}
	})
}

func TestNobodyGrantsOrEndsAnythingForHimself(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by := w.security()
		_, err := w.Grant(t.Context(), by, module.Grant{User: by.User, Unit: w.unit("huangpu"), Role: access.TownViewer})
		wants(t, err, fault.Forbidden, "membership.self")
		own, err := w.Memberships(t.Context(), by, module.MembershipFilter{User: by.User}, 10, "")
		if err != nil || len(own.Items) != 1 {
			t.Fatal(own, err)
		}
		_, err = w.End(t.Context(), by, own.Items[0].ID, 1, day(t, today))
		wants(t, err, fault.Forbidden, "membership.self")
		if got := w.counts("memberships"); got != "memberships=16" {
			t.Error(got)
		}
		if w.lines("membership.granted", "refused") != 1 || w.lines("membership.ended", "refused") != 1 {
			t.Error("the refused attempts left no line each")
		}
		if v := own.Items[0].View(by); len(v.Can) != 0 {
			t.Errorf("may %v his own role", v.Can)
		}
	})
}

func TestOnlyTheSecurityAdministratorSeesAndGivesRoles(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for _, name := range []string{"sysadmin", "auditor", "leader", "bureau-head", "huangpu-head"} {
			by := w.as(name)
			_, err := w.Grant(t.Context(), by, module.Grant{User: w.user("iit"), Unit: w.unit("iit"), Role: access.DepartmentHead})
			wants(t, err, fault.Forbidden, "forbidden")
			_, err = w.End(t.Context(), by, 1, 1, day(t, today))
			wants(t, err, fault.Forbidden, "forbidden")
			_, err = w.Memberships(t.Context(), by, module.MembershipFilter{}, 10, "")
			wants(t, err, fault.Forbidden, "forbidden")
		}
	})
}

func TestAMembershipIsEnteredOnceAndWithPossibleDays(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by := w.security()
		grant := module.Grant{User: w.user("huangpu"), Unit: w.unit("huangpu"), Role: access.TownOfficer}
		_, err := w.Grant(t.Context(), by, grant)
		wants(t, err, fault.Conflict, "membership.exists")
		grant.Role, grant.FromOn, grant.UntilOn = access.TownHead, day(t, "2026-05-01"), day(t, "2026-05-01")
		if _, err = w.Grant(t.Context(), by, grant); field(err) != "until_on: date.before_start" {
			t.Error(err)
		}
		grant = module.Grant{User: 999, Unit: w.unit("huangpu"), Role: access.TownOfficer}
		if _, err = w.Grant(t.Context(), by, grant); field(err) != "user_id: user.unknown" {
			t.Error(err)
		}
		grant = module.Grant{User: w.user("huangpu"), Unit: 999, Role: access.TownOfficer}
		if _, err = w.Grant(t.Context(), by, grant); field(err) != "unit_id: unit.unknown" {
			t.Error(err)
		}
		grant.Unit, grant.Role = w.unit("zs-hq"), access.DepartmentOfficer
		_, err = w.Grant(t.Context(), by, grant)
		wants(t, err, fault.Invalid, "membership.unit_closed")
	})
}

func TestAnEndedRoleIsNotLiveAndAnOldVersionChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by := w.security()
		list, err := w.Memberships(t.Context(), by, module.MembershipFilter{User: w.user("xiaolan")}, 10, "")
		if err != nil {
			t.Fatal(err)
		}
		m := list.Items[0]
		ended, err := w.End(t.Context(), by, m.ID, m.Version, day(t, today))
		if err != nil || ended.Version != 2 || ended.UntilOn.String() != "2026-03-09" {
			t.Fatal(ended, err)
		}
		if actor := w.as("xiaolan"); len(actor.Memberships) != 0 {
			t.Errorf("still has %v", actor.Memberships)
		}
		_, err = w.End(t.Context(), by, m.ID, m.Version, clock.Date{})
		wants(t, err, fault.Stale, "stale")
		if got := fault.As(err).Params; !reflect.DeepEqual(got, map[string]any{"version": int64(2), "differs": []string{"until_on"}}) {
			t.Errorf("tells %v", got)
		}
		_, err = w.End(t.Context(), by, 9999, 1, clock.Date{})
		wants(t, err, fault.NotFound, "membership.unknown")
		if _, err = w.End(t.Context(), by, m.ID, 2, clock.Date{}); err != nil {
			t.Fatal(err)
		}
		if actor := w.as("xiaolan"); len(actor.Memberships) != 1 {
			t.Error("opening it again did not bring it back")
		}
	})
}

func TestMembershipsArePagedWithoutGapsAndCursorsBelongToOneList(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		by, cursor := w.security(), ""
		var ids []id.Membership
		for {
			p, err := w.Memberships(t.Context(), by, module.MembershipFilter{}, 5, cursor)
			if err != nil {
				t.Fatal(err)
			}
			if p.Total.Count != 16 || !p.Total.Exact {
				t.Fatalf("total %+v", p.Total)
			}
			for _, m := range p.Items {
				ids = append(ids, m.ID)
			}
			if p.Next == nil {
				break
			}
			cursor = *p.Next
		}
		if fmt.Sprint(ids) != "[16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1]" {
			t.Errorf("got %v", ids)
		}
		_, err := w.Memberships(t.Context(), by, module.MembershipFilter{Unit: w.unit("huangpu")}, 5, cursor)
		if field(err) != "cursor: cursor.unknown" {
			t.Error(err)
		}
		p, err := w.Memberships(t.Context(), by, module.MembershipFilter{Unit: w.unit("huangpu")}, 5, "")
		if err != nil || len(p.Items) != 3 || p.Total.Count != 3 {
			t.Errorf("%d of %d, %v", len(p.Items), p.Total.Count, err)
		}
	})
}
