// Package notice tells people what concerns them: one inbox, read live, and
// mail to those who want it. What happened is written by store.Tx.Notify in
// the transaction of what happened; who is told is worked out here
// afterwards, and the right to know is asked at telling, at reading and at
// sending.
package notice

import (
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Topic is a group of kinds that a person chooses a channel for.
type Topic string

// The topics.
const (
	Handoffs   Topic = "handoff"
	Clocks     Topic = "clock"
	Protection Topic = "protection"
	Disputes   Topic = "dispute"
	Leads      Topic = "lead"
)

// Topics lists every topic in the order of the page.
func Topics() []Topic { return []Topic{Handoffs, Clocks, Protection, Disputes, Leads} }

// TopicOf returns the topic of a kind; what has none of its own is about the
// lead.
func TopicOf(kind string) Topic {
	family, _, _ := strings.Cut(kind, ".")
	switch family {
	case "handoff", "pool", "helper":
		return Handoffs
	case "clock":
		return Clocks
	case "protection":
		return Protection
	case "dispute":
		return Disputes
	}
	return Leads
}

// Happened is an event as it was written down.
type Happened struct {
	event.Notice
	ID       id.Happening
	At       time.Time
	Attempts int // how often telling it was begun
}

// Notice is one event as it was told to one person.
type Notice struct {
	ID     id.Notice
	Seq    int64 // of the person's notices, in the order of their commits
	ReadAt *time.Time
	Mailed bool
	Apart  bool // its own words may be read without the right to the lead
	What   Happened
	By     *Author // who did it; nil for the program
}

// Author is who did what a notice is about.
type Author struct {
	ID   id.User `json:"id"`
	Name string  `json:"name"`
}

// Person is somebody who may be told, with what decides whether and how.
type Person struct {
	ID          id.User
	Name        string
	Locale      string
	Email       string
	Active      bool
	Memberships []access.Membership // live ones, in open units
	Settings    Settings
}

// Who names persons: the live members of units, of those the heads alone if
// so said, and others beside them.
type Who struct {
	Units []id.Unit
	Heads bool
	Users []id.User
}

// Head is the little that a notice shows of its lead, as its reader sees it.
type Head struct {
	ID     id.Lead `json:"id"`
	Code   string  `json:"code"`
	Title  string  `json:"title"`
	Stage  string  `json:"stage"`
	UnitID id.Unit `json:"unit_id"`
}

// Standing says who may read a lead: which units play which part, and who is
// a live member of it.
type Standing struct {
	Lead    id.Lead
	Row     access.Standing
	Members []id.User
}

// readableBy tells whether the lead is inside a person's reading scope.
func (s Standing) readableBy(actor access.Actor) bool {
	row := s.Row
	for _, m := range s.Members {
		row.Member = row.Member || m == actor.User
	}
	return actor.Scope(access.LeadRead).Covers(row)
}

// headRole tells whether a role leads its unit.
func headRole(r access.Role) bool { return strings.HasSuffix(string(r), "_head") }

// addressed tells whether an event that names no lead concerns the person: it
// was named, or works with leads in one of the units.
func (p Person) addressed(n event.Notice, actor access.Actor) bool {
	for _, u := range n.Users {
		if u == p.ID {
			return true
		}
	}
	for _, unit := range n.Units {
		for _, m := range p.Memberships {
			if m.Unit == unit && (!n.Heads || headRole(m.Role)) && actor.HasIn(access.LeadRead, unit) {
				return true
			}
		}
	}
	return false
}
