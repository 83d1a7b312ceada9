package access

import (
	"sort"

	"github.com/leadrelay/leadrelay/internal/id"
)

// Grant is one line of rbac/policy.csv as one membership holds it: the part
// a unit must play in a row, and the unit. The parts Any and AnyRestricted
// need no unit.
type Grant struct {
	Part Part
	Unit id.Unit
}

// Scope is the set of rows an actor may touch under one permission.
//
// It is a union: a row belongs when any grant covers it and it is either
// normal or the person is a live member of it; AnyRestricted alone needs no
// membership. The zero Scope covers nothing, so a value somebody forgot to
// fill shows an empty list instead of other people's leads.
type Scope struct {
	grants []Grant
	user   id.User
	home   []id.Unit // all units of the person's memberships
	system string
}

// PartUnits is one part with the units that may play it, both sorted, so
// that equal scopes give equal SQL.
type PartUnits struct {
	Part  Part
	Units []id.Unit
}

// NewScope returns the union of grants for one person. It is for the
// compiler's tests; programs get their scopes from an Actor.
func NewScope(user id.User, grants ...Grant) Scope {
	return Scope{grants: grants, user: user}
}

// System returns a scope over every row for work that no person asked for;
// reason is logged with it.
func System(reason string) Scope {
	return Scope{grants: []Grant{{Part: AnyRestricted}}, system: reason}
}

// Reason is why a system scope was taken; empty for a person's scope.
func (s Scope) Reason() string { return s.system }

// User is the person whose membership of restricted leads counts.
func (s Scope) User() id.User { return s.user }

// Home returns the units of all memberships of the person: what no unit of
// them plays a part in gives the person no right by any permission. Empty
// when the scope did not come from an Actor.
func (s Scope) Home() []id.Unit { return s.home }

// Empty tells whether the scope covers nothing.
func (s Scope) Empty() bool { return len(s.grants) == 0 }

// Any tells whether the scope covers every normal lead.
func (s Scope) Any() bool { return s.has(Any) || s.has(AnyRestricted) }

// AnyRestricted tells whether the scope covers every lead, restricted ones
// included.
func (s Scope) AnyRestricted() bool { return s.has(AnyRestricted) }

// Grants returns the grants, sorted and without repeats.
func (s Scope) Grants() []Grant {
	out := make([]Grant, 0, len(s.grants))
	seen := make(map[Grant]bool, len(s.grants))
	for _, g := range s.grants {
		if !seen[g] {
			seen[g] = true
			out = append(out, g)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Part != out[j].Part {
			return out[i].Part < out[j].Part
		}
		return out[i].Unit < out[j].Unit
	})
	return out
}

// ByPart returns the grants that need a unit, gathered by part.
func (s Scope) ByPart() []PartUnits {
	var out []PartUnits
	for _, g := range s.Grants() {
		if g.Part == Any || g.Part == AnyRestricted || g.Unit == 0 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Part == g.Part {
			out[n-1].Units = append(out[n-1].Units, g.Unit)
			continue
		}
		out = append(out, PartUnits{Part: g.Part, Units: []id.Unit{g.Unit}})
	}
	return out
}

// Without returns the scope less the grants of one part.
func (s Scope) Without(part Part) Scope {
	return s.Filter(func(g Grant) bool { return g.Part != part })
}

// Only returns the scope's grants of one part.
func (s Scope) Only(part Part) Scope {
	return s.Filter(func(g Grant) bool { return g.Part == part })
}

// Filter returns the scope's grants that are to be kept.
func (s Scope) Filter(keep func(Grant) bool) Scope {
	out := Scope{user: s.user, home: s.home, system: s.system}
	for _, g := range s.grants {
		if keep(g) {
			out.grants = append(out.grants, g)
		}
	}
	return out
}

func (s Scope) has(part Part) bool {
	for _, g := range s.grants {
		if g.Part == part {
			return true
		}
	}
	return false
}

// Fact is one part that a unit plays in a row now.
type Fact struct {
	Part Part
	Unit id.Unit
}

// Standing is what is known of one row when rights to it are asked: the
// parts that units play in it now, whether it is restricted, and whether the
// person is a live member of it.
type Standing struct {
	Facts      []Fact
	Restricted bool
	Member     bool
}

// Covers tells whether the row is inside the scope. It reads the same grants
// as the compiled SQL; a test on random scopes holds the two together.
func (s Scope) Covers(row Standing) bool {
	if s.AnyRestricted() {
		return true
	}
	if row.Restricted && !row.Member {
		return false
	}
	for _, g := range s.grants {
		if g.Part == Any {
			return true
		}
		for _, f := range row.Facts {
			if f.Part == g.Part && f.Unit == g.Unit {
				return true
			}
		}
	}
	return false
}

// Units returns the units that occur in the grants, sorted.
func (s Scope) Units() []id.Unit {
	var out []id.Unit
	for _, g := range s.Grants() {
		if g.Unit != 0 {
			out = append(out, g.Unit)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return compact(out)
}

// Has tells whether the scope holds exactly this grant.
func (s Scope) Has(g Grant) bool {
	for _, h := range s.grants {
		if h == g {
			return true
		}
	}
	return false
}
