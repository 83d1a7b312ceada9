package access

import (
	"sort"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Membership is one live role of a person in a unit.
type Membership struct {
	ID   id.Membership
	Unit id.Unit
	Role Role
}

// Actor is a person with the memberships that are live at this request, the
// unit acted for and the origin of the request. The zero Actor may do
// nothing.
type Actor struct {
	User        id.User
	Acting      id.Unit // 0 until chosen; see ActFor
	Memberships []Membership
	Origin      event.Origin
	policy      *Policy
}

// NewActor returns a person with live memberships under a policy.
func NewActor(user id.User, memberships []Membership, policy *Policy) Actor {
	return Actor{User: user, Memberships: memberships, policy: policy}
}

// Holds tells whether any membership holds the permission at all.
func (a Actor) Holds(p Permission) bool {
	return p == Self && a.User != 0 || len(a.UnitsWith(p)) > 0
}

// UnitsWith returns the units in which the person holds the permission.
func (a Actor) UnitsWith(p Permission) []id.Unit {
	var out []id.Unit
	for _, m := range a.Memberships {
		if len(a.policy.Parts(m.Role, p)) > 0 {
			out = append(out, m.Unit)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return compact(out)
}

// HasIn tells whether the person holds the permission in the unit, or for
// any unit.
func (a Actor) HasIn(p Permission, unit id.Unit) bool {
	for _, m := range a.Memberships {
		for _, part := range a.policy.Parts(m.Role, p) {
			if m.Unit == unit || part == Any || part == AnyRestricted {
				return true
			}
		}
	}
	return false
}

// ActFor returns the actor acting for one unit under a permission. unit 0
// means unsaid: then the one unit in which the person holds the permission.
//
// Errors: Forbidden "actor.unit_foreign" when the unit is not one of the
// person's; Forbidden "forbidden" when the permission is not held there;
// Invalid "actor.unit_required" when several units would do.
func (a Actor) ActFor(unit id.Unit, p Permission) (Actor, error) {
	if unit != 0 && !a.memberOf(unit) {
		return Actor{}, fault.New(fault.Forbidden, "actor.unit_foreign", "Not a unit of the caller.")
	}
	if p == Self || p == Public {
		a.Acting = unit
		return a, nil
	}
	units := a.UnitsWith(p)
	if len(units) == 0 {
		return Actor{}, fault.New(fault.Forbidden, "forbidden", "No membership permits this.")
	}
	if unit != 0 {
		if !contains(units, unit) {
			return Actor{}, fault.New(fault.Forbidden, "forbidden", "No membership in this unit permits this.")
		}
		a.Acting = unit
		return a, nil
	}
	if len(units) > 1 {
		return Actor{}, &fault.Error{
			Kind: fault.Invalid, Code: "actor.unit_required", Message: "Say which unit this is done for.",
			Fields: []fault.Field{{Name: "X-Acting-Unit", Code: "required"}},
		}
	}
	a.Acting = units[0]
	return a, nil
}

// Scope returns the rows the person may touch under the permission, over all
// memberships. Reading uses it.
func (a Actor) Scope(p Permission) Scope {
	return a.scope(0, func(r Role) []Part { return a.policy.Parts(r, p) })
}

// ActScope returns the rows within the permission for the unit acted for, or
// for all of the person's units while none is chosen. Acts and buttons use
// it.
func (a Actor) ActScope(p Permission) Scope {
	return a.scope(a.Acting, func(r Role) []Part { return a.policy.Parts(r, p) })
}

// Sees returns the rows whose fields of the class the person may see.
func (a Actor) Sees(c Class) Scope {
	return a.scope(0, func(r Role) []Part { return a.policy.ClassParts(r, c) })
}

// Only returns the actor with one of its memberships alone, to say which of
// them a right comes from.
func Only(a Actor, m Membership) Actor {
	a.Memberships = []Membership{m}
	return a
}

// Line starts an audit line for what the actor does.
func (a Actor) Line(kind, object string, objectID int64) event.Line {
	return event.Line{
		Kind: kind, User: a.User, Unit: a.Acting, Session: a.Origin.Session,
		Address: a.Origin.Address, RequestID: a.Origin.RequestID,
		Object: object, ObjectID: objectID, Outcome: event.Done,
	}
}

func (a Actor) scope(only id.Unit, parts func(Role) []Part) Scope {
	out := Scope{user: a.User, home: make([]id.Unit, 0, len(a.Memberships))}
	for _, m := range a.Memberships {
		out.home = append(out.home, m.Unit)
		if only != 0 && m.Unit != only {
			continue
		}
		for _, part := range parts(m.Role) {
			g := Grant{Part: part, Unit: m.Unit}
			if part == Any || part == AnyRestricted {
				g.Unit = 0
			}
			out.grants = append(out.grants, g)
		}
	}
	return out
}

func (a Actor) memberOf(unit id.Unit) bool {
	for _, m := range a.Memberships {
		if m.Unit == unit {
			return true
		}
	}
	return false
}

func contains(units []id.Unit, unit id.Unit) bool {
	for _, u := range units {
		if u == unit {
			return true
		}
	}
	return false
}

func compact(units []id.Unit) []id.Unit {
	var out []id.Unit
	for i, u := range units {
		if i == 0 || u != units[i-1] {
			out = append(out, u)
		}
	}
	return out
}
