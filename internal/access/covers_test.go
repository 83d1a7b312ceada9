package access_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// randomScope has none to three grants, some of parts or units that no lead
// knows.
func randomScope(r *rand.Rand) access.Scope {
	parts := append(access.Parts(), "neighbour")
	grants := make([]access.Grant, r.IntN(4))
	for i := range grants {
		grants[i] = access.Grant{Part: parts[r.IntN(len(parts))], Unit: id.Unit(r.IntN(4))}
	}
	return access.NewScope(id.User(r.IntN(3)), grants...)
}

// randomLead has parts and members that are over, running or still to come.
func randomLead(r *rand.Rand, now time.Time) testkit.LeadFacts {
	span := func() (from, until time.Time) {
		from = now.Add(time.Duration(r.IntN(5)-3) * time.Hour)
		return from, from.Add(time.Duration(r.IntN(4)) * time.Hour)
	}
	l := testkit.LeadFacts{Restricted: r.IntN(2) == 0}
	parts := access.Parts()[:7]
	for range r.IntN(5) {
		f := testkit.PartFact{Unit: id.Unit(r.IntN(3) + 1), Part: parts[r.IntN(len(parts))]}
		f.From, f.Until = span()
		l.Parts = append(l.Parts, f)
	}
	for range r.IntN(3) {
		m := testkit.MemberFact{User: id.User(r.IntN(2) + 1)}
		m.From, m.Until = span()
		l.Members = append(l.Members, m)
	}
	return l
}

// standing is what a query would have found of the lead for the person.
func standing(l testkit.LeadFacts, user id.User, now time.Time) access.Standing {
	s := access.Standing{Restricted: l.Restricted}
	for _, p := range l.Parts {
		if !p.From.After(now) && p.Until.After(now) {
			s.Facts = append(s.Facts, access.Fact{Part: p.Part, Unit: p.Unit})
		}
	}
	for _, m := range l.Members {
		if m.User == user && !m.From.After(now) && m.Until.After(now) {
			s.Member = true
		}
	}
	return s
}

func TestAScopeCoversWhatTheReferenceReadsOutOfItsGrants(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test's own choices
	now := time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)
	covered := 0
	for range 20_000 {
		s, l := randomScope(r), randomLead(r, now)
		want := testkit.Covers(s, l, now)
		if got := s.Covers(standing(l, s.User(), now)); got != want {
			t.Fatalf("scope %+v of user %d, lead %+v: covers %t, want %t", s.Grants(), s.User(), l, got, want)
		}
		if want {
			covered++
		}
	}
	if covered < 2000 || covered > 18_000 {
		t.Errorf("%d of 20000 covered: the choices prove little", covered)
	}
}
