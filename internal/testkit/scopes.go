package testkit

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
)

// PartFact is one dated part of a unit in a lead: a row of lead_parts.
type PartFact struct {
	Unit        id.Unit
	Part        access.Part
	From, Until time.Time
}

// MemberFact is one dated membership of a restricted lead: a row of
// lead_members.
type MemberFact struct {
	User        id.User
	From, Until time.Time
}

// LeadFacts is all that decides who may touch a lead.
type LeadFacts struct {
	Restricted bool
	Parts      []PartFact
	Members    []MemberFact
}

// Covers tells whether a scope holds a lead at an instant, read from the
// grants one by one in plain Go. It is the reference that the SQL compiler is
// compared with, so it shares no code with it.
func Covers(scope access.Scope, lead LeadFacts, now time.Time) bool {
	for _, g := range scope.Grants() {
		if g.Part == access.AnyRestricted {
			return true
		}
		if lead.Restricted && !lead.member(scope.User(), now) {
			continue
		}
		if g.Part == access.Any || lead.plays(g, now) {
			return true
		}
	}
	return false
}

func (l LeadFacts) member(user id.User, now time.Time) bool {
	for _, m := range l.Members {
		if m.User == user && user != 0 && live(m.From, m.Until, now) {
			return true
		}
	}
	return false
}

func (l LeadFacts) plays(g access.Grant, now time.Time) bool {
	for _, p := range l.Parts {
		if p.Unit == g.Unit && g.Unit != 0 && p.Part == g.Part && live(p.From, p.Until, now) {
			return true
		}
	}
	return false
}

func live(from, until, now time.Time) bool { return !from.After(now) && until.After(now) }
