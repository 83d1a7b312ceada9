// Package audit keeps the log honest and lets it be read: a keyed hash chain
// over the audit lines, sealed in batches behind the writers, a check that
// names the first bad line, and the auditor's list.
//
// Writing a line is no part of it: a line is written by the transaction of
// the change it tells of.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Row is one line exactly as it is kept. Changes is the kept text: the chain
// covers its bytes, not what they mean.
type Row struct {
	ID         id.Event
	At         time.Time
	Kind       string
	User       id.User
	Unit       id.Unit
	Session    id.Session
	Address    string
	RequestID  string
	Object     string
	ObjectID   int64
	Lead       id.Lead
	Restricted bool
	Outcome    event.Outcome
	Code       string
	Reason     string
	Changes    string
}

// Link is one link of the chain: which line was sealed at which place. The
// hash is lower-case hex.
type Link struct {
	Seq      int64
	Event    id.Event
	Hash     string
	SealedAt time.Time
}

// Sealed is a link with the line it seals; Row is nil when the line is gone.
type Sealed struct {
	Link
	Row *Row
}

// Counts tells how many lines there are, how many are in the chain, and how
// many wait to be.
type Counts struct{ Events, Sealed, Unsealed int64 }

// Why says what is wrong with the first bad line.
type Why string

// What can be wrong.
const (
	Altered   Why = "altered"   // the line is not the one that was sealed
	Removed   Why = "removed"   // a line or a link is gone
	Inserted  Why = "inserted"  // a line that came in by no transaction of the program
	Reordered Why = "reordered" // the line was sealed, but at another place
)

// Bad is the first bad place. Seq is 0 for a line that is not in the chain,
// Event is 0 where even the link is gone.
type Bad struct {
	Seq   int64
	Event id.Event
	Why   Why
}

// Anchor is a head of the chain noted earlier, outside the database. Only an
// anchor shows that the newest lines and their links were cut off together.
type Anchor struct {
	Seq  int64
	Hash string
}

// String returns the form "place:hash" that ParseAnchor reads.
func (a Anchor) String() string { return strconv.FormatInt(a.Seq, 10) + ":" + a.Hash }

// ParseAnchor reads an anchor written as "place:hash".
//
// Errors: Invalid "audit.anchor_malformed".
func ParseAnchor(text string) (Anchor, error) {
	place, hash, _ := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(place, 10, 64)
	if raw, bad := hex.DecodeString(hash); err != nil || bad != nil || seq < 1 || len(raw) != sha256.Size {
		return Anchor{}, fault.New(fault.Invalid, "audit.anchor_malformed", "An anchor is written place:hash, as the check prints it.")
	}
	return Anchor{Seq: seq, Hash: strings.ToLower(hash)}, nil
}

// String names the place in one line, for the console.
func (b Bad) String() string {
	switch {
	case b.Seq == 0:
		return fmt.Sprintf("line %d, outside the chain: %s", b.Event, b.Why)
	case b.Event == 0:
		return fmt.Sprintf("place %d of the chain: %s", b.Seq, b.Why)
	}
	return fmt.Sprintf("line %d at place %d of the chain: %s", b.Event, b.Seq, b.Why)
}

// Report is the outcome of a check. Head is the hash of the last link and
// empty without one.
type Report struct {
	Counts
	Head      Anchor
	FirstBad  *Bad
	CheckedAt time.Time
}

// OK tells whether nothing bad was found.
func (r Report) OK() bool { return r.FirstBad == nil }

// changes returns the fields changed by a line. A text that cannot be read
// was not written by the program; it is shown as no change, and the check
// names it.
func (r Row) changes() []event.Change {
	var out []event.Change
	if err := json.Unmarshal([]byte(r.Changes), &out); err != nil || out == nil {
		return []event.Change{}
	}
	return out
}
