package app_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// oracle is the policy as a person reads it: the file's lines, the bundles
// followed by hand, and the row rules of docs/access.md. It shares no code
// with the program.
type oracle struct {
	parts    map[string]map[string][]string // role, permission
	classes  map[string]map[string][]string // role, class
	includes map[string][]string
}

func readPolicy(t *testing.T) oracle {
	t.Helper()
	text, err := os.ReadFile("../../rbac/policy.csv")
	if err != nil {
		t.Fatal(err)
	}
	o := oracle{parts: map[string]map[string][]string{}, classes: map[string]map[string][]string{}, includes: map[string][]string{}}
	r := csv.NewReader(strings.NewReader(string(text)))
	r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = '#', true, -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	put := func(m map[string]map[string][]string, role, key, part string) {
		if m[role] == nil {
			m[role] = map[string][]string{}
		}
		m[role][key] = append(m[role][key], part)
	}
	for _, l := range lines {
		switch l[0] {
		case "p":
			put(o.parts, l[1], l[2]+"."+l[3], l[4])
		case "p2":
			put(o.classes, l[1], l[3], l[4])
		case "g":
			o.includes[l[1]] = append(o.includes[l[1]], l[2])
		default:
			t.Fatalf("policy line %v", l)
		}
	}
	return o
}

func (o oracle) follow(m map[string]map[string][]string, role, key string) []string {
	out := slices.Clone(m[role][key])
	for _, in := range o.includes[role] {
		out = append(out, o.follow(m, in, key)...)
	}
	return out
}

func (o oracle) may(role, permission string) []string { return o.follow(o.parts, role, permission) }

func (o oracle) sees(role, class string) []string { return o.follow(o.classes, role, class) }

// holds tells whether the role may use a route of the permission at all.
func (o oracle) holds(role, permission string) bool {
	return permission == "public" || permission == "self" || len(o.may(role, permission)) > 0
}

// facts are what the caller's unit is to a lead.
type facts struct {
	parts      []string
	restricted bool
	member     bool
	deleted    bool
	ended      bool
	offer      oneOffer
}

// oneOffer is the lead's one hand-off: from and to are "me", "foreign" or
// "third".
type oneOffer struct{ from, to, state string }

// factsOf says in words what each relation of the matrix means.
func factsOf(relation kit.Relation, restricted bool) facts {
	f := facts{restricted: restricted, offer: oneOffer{"foreign", "third", "offered"}}
	switch relation {
	case kit.Own, kit.Ended, kit.Deleted, kit.Named:
		f.parts, f.offer = []string{"owner"}, oneOffer{"foreign", "me", "accepted"}
	case kit.OfferedToMe, kit.OfferedNamed:
		f.parts, f.offer = []string{"offered"}, oneOffer{"foreign", "me", "offered"}
	case kit.OfferedByMe:
		f.parts, f.offer = []string{"owner"}, oneOffer{"me", "third", "offered"}
	case kit.Refused:
		f.offer = oneOffer{"foreign", "me", "refused"}
	case kit.Past, kit.PastNamed:
		f.parts, f.offer = []string{"past"}, oneOffer{"me", "foreign", "accepted"}
	case kit.Helper, kit.Chain, kit.Coordinator, kit.Granted:
		f.parts = []string{string(relation)}
	}
	f.ended, f.deleted = relation == kit.Ended, relation == kit.Deleted
	f.member = slices.Contains([]kit.Relation{kit.Named, kit.OfferedNamed, kit.PastNamed, kit.ForeignNamed}, relation)
	return f
}

// covers tells whether a right under these parts reaches the lead.
func (f facts) covers(parts []string) bool {
	if f.deleted {
		return false
	}
	if slices.Contains(parts, "any_restricted") {
		return true
	}
	if f.restricted && !f.member {
		return false
	}
	if slices.Contains(parts, "any") {
		return true
	}
	return slices.ContainsFunc(f.parts, func(p string) bool { return slices.Contains(parts, p) })
}

// reader is one role before one lead.
type reader struct {
	oracle
	role string
	facts
}

func (r reader) can(permission string) bool { return r.covers(r.may(r.role, permission)) }

func (r reader) shown(class string) bool { return r.covers(r.sees(r.role, class)) }

// gate is the answer before the state of the lead matters: 403 for who never
// may, 404 for who may not know of the lead, 403 for who may only read it;
// empty when the act is permitted.
func (r reader) gate(permission string) string {
	switch {
	case !r.holds(r.role, permission):
		return "403 forbidden"
	case !r.can("lead.read"):
		return "404 lead.unknown"
	case !r.can(permission):
		return "403 forbidden"
	}
	return ""
}

// then is what a permitted act answers.
func (r reader) then(permission, done string) string {
	if refused := r.gate(permission); refused != "" {
		return refused
	}
	return done
}

// readsOffer tells who may read the hand-off itself: who sees the lead with
// its files, its giver, and the receiver while it is open or accepted.
func (r reader) readsOffer() string {
	if !r.holds(r.role, "lead.read") {
		return "403 forbidden"
	}
	side := r.offer.from == "me" || r.offer.to == "me" && (r.offer.state == "offered" || r.offer.state == "accepted")
	if !r.can("lead.read") || !r.shown("file") && !side {
		return "404 handoff.unknown"
	}
	return "200"
}

// answers is what accepting, refusing or withdrawing meets. The addressee
// learns what became of its offer, also when nothing else of the lead is
// left to it.
func (r reader) answers(permission, side string) string {
	if !r.holds(r.role, permission) {
		return "403 forbidden"
	}
	addressed := r.offer.to == "me" && slices.Contains(r.may(r.role, "lead.answer"), "offered")
	open := !r.restricted || r.member || slices.Contains(r.may(r.role, "lead.read"), "any_restricted")
	if !r.can("lead.read") && (!addressed || r.deleted || !open) {
		return "404 handoff.unknown"
	}
	mine := r.offer.to
	if side == "owner" {
		mine = r.offer.from
	}
	if mine != "me" || !slices.Contains(r.may(r.role, permission), side) || r.restricted && !r.member {
		return "403 forbidden"
	}
	if r.offer.state != "offered" {
		return "409 handoff.answered"
	}
	return "200"
}
