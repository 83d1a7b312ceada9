package event

import (
	"slices"

	"github.com/leadrelay/leadrelay/internal/id"
)

// Signal says, after a commit, what to look at again. It carries identifiers
// and no facts: whoever hears it reads the rows, each with its own right, and
// whoever missed it finds the same rows a little later.
type Signal struct {
	All      bool         `json:"all,omitempty"`      // signals may have been missed
	Notices  bool         `json:"notices,omitempty"`  // somebody is to be told
	Mails    bool         `json:"mails,omitempty"`    // mail is to go out
	People   bool         `json:"people,omitempty"`   // accounts, roles or units changed
	Users    []id.User    `json:"users,omitempty"`    // whose inbox changed
	Sessions []id.Session `json:"sessions,omitempty"` // which ended
	Leads    []id.Lead    `json:"leads,omitempty"`    // which changed
}

// manySignals is how many identifiers of a kind are gathered before "look at
// everything" says it shorter.
const manySignals = 1000

// Empty tells whether there is nothing to look at.
func (s Signal) Empty() bool {
	return !s.All && !s.Notices && !s.Mails && !s.People && len(s.Users)+len(s.Sessions)+len(s.Leads) == 0
}

// With returns both signals as one.
func (s Signal) With(t Signal) Signal {
	s.All, s.Notices, s.Mails, s.People = s.All || t.All, s.Notices || t.Notices, s.Mails || t.Mails, s.People || t.People
	s.Users, s.Sessions, s.Leads = merged(s.Users, t.Users), merged(s.Sessions, t.Sessions), merged(s.Leads, t.Leads)
	if max(len(s.Users), len(s.Sessions), len(s.Leads)) > manySignals {
		return Signal{All: true}
	}
	return s
}

func merged[T ~int64](a, b []T) []T {
	if len(b) == 0 {
		return a
	}
	both := slices.Concat(a, b)
	slices.Sort(both)
	return slices.Compact(both)
}
