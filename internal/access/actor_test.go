package access_test

import (
	"reflect"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

func actor(t *testing.T, memberships ...access.Membership) access.Actor {
	t.Helper()
	return access.NewActor(7, memberships, policy(t))
}

func in(unit id.Unit, role access.Role) access.Membership {
	return access.Membership{Unit: unit, Role: role}
}

func TestAnActIsDoneForTheOneUnitThatPermitsIt(t *testing.T) {
	for _, c := range []struct {
		name        string
		memberships []access.Membership
		unit        id.Unit
		permission  access.Permission
		acting      id.Unit
		code        string
	}{
		{"one unit, unsaid", []access.Membership{in(3, access.TownOfficer)}, 0, access.LeadCreate, 3, ""},
		{"one unit, said", []access.Membership{in(3, access.TownOfficer)}, 3, access.LeadCreate, 3, ""},
		{"only one of two permits", []access.Membership{in(3, access.TownViewer), in(5, access.GroupOfficer)}, 0, access.LeadCreate, 5, ""},
		{"several would do", []access.Membership{in(3, access.TownOfficer), in(5, access.GroupOfficer)}, 0, access.LeadCreate, 0, "actor.unit_required"},
		{"several would do, said", []access.Membership{in(3, access.TownOfficer), in(5, access.GroupOfficer)}, 5, access.LeadCreate, 5, ""},
		{"two roles in one unit", []access.Membership{in(3, access.TownOfficer), in(3, access.TownHead)}, 0, access.LeadCreate, 3, ""},
		{"said, but that unit does not permit", []access.Membership{in(3, access.TownViewer), in(5, access.GroupOfficer)}, 3, access.LeadCreate, 0, "forbidden"},
		{"no unit permits", []access.Membership{in(3, access.TownViewer)}, 0, access.LeadCreate, 0, "forbidden"},
		{"a foreign unit", []access.Membership{in(3, access.TownOfficer)}, 4, access.LeadCreate, 0, "actor.unit_foreign"},
		{"a foreign unit, own account", []access.Membership{in(3, access.TownOfficer)}, 4, access.Self, 0, "actor.unit_foreign"},
		{"own account, unsaid", []access.Membership{in(3, access.TownOfficer), in(5, access.GroupOfficer)}, 0, access.Self, 0, ""},
		{"own account without memberships", nil, 0, access.Self, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := actor(t, c.memberships...).ActFor(c.unit, c.permission)
			if c.code != "" {
				if fault.CodeOf(err) != c.code {
					t.Fatalf("error is %v, want %s", err, c.code)
				}
				if a.User != 0 || a.Acting != 0 {
					t.Error("a refused act left an actor")
				}
				return
			}
			if err != nil || a.Acting != c.acting {
				t.Errorf("acts for %d (%v), want %d", a.Acting, err, c.acting)
			}
		})
	}
}

func TestReadingIsTheUnionOfAPersonsMemberships(t *testing.T) {
	a := actor(t, in(5, access.GroupOfficer), in(3, access.TownViewer), in(5, access.GroupHead))
	var parts []string
	for _, p := range a.Scope(access.LeadRead).ByPart() {
		if !reflect.DeepEqual(p.Units, []id.Unit{3, 5}) {
			t.Errorf("part %s: units %v, want [3 5]", p.Part, p.Units)
		}
		parts = append(parts, string(p.Part))
	}
	want := []string{"chain", "coordinator", "granted", "helper", "offered", "owner", "past"}
	if !reflect.DeepEqual(parts, want) {
		t.Errorf("parts are %v, want %v", parts, want)
	}
	if got := a.Scope(access.LeadHandOff).Grants(); !reflect.DeepEqual(got, []access.Grant{{Part: access.Owner, Unit: 5}}) {
		t.Errorf("hand-off scope is %v, want the group's own leads", got)
	}
}

func TestAnActTouchesOnlyTheLeadsOfTheUnitActedFor(t *testing.T) {
	a := actor(t, in(5, access.GroupOfficer), in(3, access.TownOfficer))
	both := []access.Grant{{Part: access.Owner, Unit: 3}, {Part: access.Owner, Unit: 5}}
	if got := a.ActScope(access.LeadEdit).Grants(); !reflect.DeepEqual(got, both) {
		t.Errorf("nothing chosen: %v, want %v", got, both)
	}
	a, err := a.ActFor(3, access.LeadEdit)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.ActScope(access.LeadEdit).Grants(); !reflect.DeepEqual(got, both[:1]) {
		t.Errorf("acting for 3: %v, want %v", got, both[:1])
	}
	if got := a.Scope(access.LeadEdit).Grants(); !reflect.DeepEqual(got, both) {
		t.Errorf("reading while acting for 3: %v, want %v", got, both)
	}
}

func TestTheBureauReadsEveryNormalLeadAndItsHeadTheRestrictedOnes(t *testing.T) {
	officer := actor(t, in(1, access.BureauOfficer)).Scope(access.LeadRead)
	if !officer.Any() || officer.AnyRestricted() || officer.User() != 7 {
		t.Error("the officer's scope is not: every normal lead, and those the person is a member of")
	}
	head := actor(t, in(1, access.BureauHead)).Scope(access.LeadRead)
	if !head.Any() || !head.AnyRestricted() {
		t.Error("the head's scope is not every lead")
	}
	if edit := actor(t, in(1, access.BureauHead)).Scope(access.LeadEdit); edit.Any() {
		t.Error("the head edits leads of others")
	}
}

func TestAnOfferNamesAnyUnitButCreatingNeedsTheOwn(t *testing.T) {
	a := actor(t, in(5, access.GroupOfficer))
	if !a.HasIn(access.UnitOffer, 9) {
		t.Error("may not offer to another unit")
	}
	if a.HasIn(access.LeadCreate, 9) || !a.HasIn(access.LeadCreate, 5) {
		t.Error("creating is not bound to the own unit")
	}
}

func TestTheZeroScopeCoversNothing(t *testing.T) {
	var s access.Scope
	if !s.Empty() || s.Any() || s.AnyRestricted() || len(s.ByPart()) != 0 || s.Reason() != "" {
		t.Error("the zero scope covers something")
	}
}

func TestASystemScopeCoversAllAndSaysWhy(t *testing.T) {
	s := access.System("expire offers")
	if !s.AnyRestricted() || s.Reason() != "expire offers" || s.User() != 0 {
		t.Error("the system scope is not everything with a reason")
	}
}

func TestGrantsAreSortedWithoutRepeatsAndPartsCanBeTakenAway(t *testing.T) {
	s := access.NewScope(7,
		access.Grant{Part: access.Past, Unit: 2}, access.Grant{Part: access.Owner, Unit: 9},
		access.Grant{Part: access.Owner, Unit: 2}, access.Grant{Part: access.Past, Unit: 2}, access.Grant{Part: access.Owner})
	want := []access.Grant{{Part: access.Owner}, {Part: access.Owner, Unit: 2}, {Part: access.Owner, Unit: 9}, {Part: access.Past, Unit: 2}}
	if got := s.Grants(); !reflect.DeepEqual(got, want) {
		t.Errorf("grants are %v, want %v", got, want)
	}
	byPart := []access.PartUnits{{Part: access.Owner, Units: []id.Unit{2, 9}}, {Part: access.Past, Units: []id.Unit{2}}}
	if got := s.ByPart(); !reflect.DeepEqual(got, byPart) {
		t.Errorf("by part %v, want %v: a grant of no unit covers nothing", got, byPart)
	}
	if got := s.Without(access.Owner); !reflect.DeepEqual(got.Grants(), want[3:]) || got.User() != 7 {
		t.Errorf("without owner: %v", got.Grants())
	}
	if got := s.Only(access.Owner); !reflect.DeepEqual(got.Grants(), want[:3]) || got.User() != 7 {
		t.Errorf("only owner: %v", got.Grants())
	}
}

func TestALineSaysWhoActsForWhomFromWhere(t *testing.T) {
	a := actor(t, in(3, access.TownOfficer))
	a.Origin = event.Origin{Session: 11, Address: "192.0.2.7", RequestID: "r-1"}
	a, err := a.ActFor(0, access.LeadEdit)
	if err != nil {
		t.Fatal(err)
	}
	want := event.Line{
		Kind: "lead.edited", User: 7, Unit: 3, Session: 11, Address: "192.0.2.7",
		RequestID: "r-1", Object: "lead", ObjectID: 5, Outcome: event.Done,
	}
	if got := a.Line("lead.edited", "lead", 5); !reflect.DeepEqual(got, want) {
		t.Errorf("line is %+v, want %+v", got, want)
	}
}
