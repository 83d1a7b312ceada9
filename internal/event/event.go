// Package event holds the audit line as a plain value, so that every module
// can say what happened without knowing how it is kept.
package event

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
)

// Outcome says how an attempt ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
)

// Change is one field before and after. A value of class contact is never
// stored: Secret is true and both values are empty. Text of a restricted
// lead is stored but shown masked to the auditor.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

// Values are the fields of a thing with their values as texts, always in the
// same order.
type Values [][2]string

// Since lists the fields whose values are other than they were before; of a
// new thing there are no values before.
func (v Values) Since(before Values) []Change {
	out := []Change{}
	for n, f := range v {
		was := ""
		if n < len(before) {
			was = before[n][1]
		}
		if was != f[1] {
			out = append(out, Change{Field: f[0], Before: was, After: f[1]})
		}
	}
	return out
}

// Line is one audit line: who did what, acting for which unit, from where,
// to which object. The store adds the number and the instant.
type Line struct {
	Kind       string // dotted verb: lead.created, handoff.accepted, session.opened
	User       id.User
	Unit       id.Unit // the unit acted for; 0 outside any
	Session    id.Session
	Address    string // client address
	RequestID  string
	Object     string // lead, handoff, contact, user, unit, membership, session …
	ObjectID   int64
	Lead       id.Lead // the lead concerned; 0 for none
	Restricted bool    // the lead is restricted: texts are masked for the auditor
	Outcome    Outcome // empty means Done
	Code       string  // the fault code of a refused attempt
	Reason     string
	Changes    []Change
}

// Stored is a line as it is kept.
type Stored struct {
	Line
	ID     id.Event
	At     time.Time
	Sealed bool
}

// Origin is where a request came from; the edge fills it, the services copy
// it into every line.
type Origin struct {
	Session   id.Session
	Address   string
	RequestID string
}

// Edits asks for the last edits of an object: what an older version lacks.
type Edits struct {
	Object string
	ID     int64
	Kinds  []string // of the lines that its version grew with
	Last   int64    // how many versions ago
}
