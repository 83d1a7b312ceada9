// Package once holds what makes a POST safe to repeat: the key that its
// client gave it, and the answer that is kept under that key beside the
// effect.
package once

import (
	"errors"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
)

// ErrAnswered says that a request under the same key was done already: its
// effect is not had a second time, its answer is kept.
var ErrAnswered = errors.New("a request under this key was answered before")

// Request is one POST under the key of its client. The key belongs to the
// user; it is good for this route, acting unit and body only.
type Request struct {
	User  id.User
	Key   string
	Route string // method and path with its identifiers
	Unit  id.Unit
	Keep  time.Duration // how long the answer is kept
}

// Answer is what the first request was answered. Body holds neither secrets
// nor values of class contact.
type Answer struct {
	Sum      string // of the body and query that were sent
	Status   int
	ETag     string
	Location string
	Body     []byte // empty for an answer without a body
	// Leads are those that the request changed and that its caller still read
	// afterwards: a repetition asks again whether he reads them.
	Leads []id.Lead
}

// Kept is a request with the answer it was given.
type Kept struct {
	Route string
	Unit  id.Unit
	Answer
}
