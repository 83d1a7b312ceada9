package httpapi

import (
	"context"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/once"
)

// call is what the edge knows of one request.
type call struct {
	id      string
	started time.Time
	address string
	lang    language
	match   string // If-None-Match
	method  string
	entry   *entry
	row     int64 // the identifier in the path; 0 for none
	actor   access.Actor
	person  Person
	unsaid  error // the acting unit must be said; told after the row's checks
	upload  *Upload
	digest  hash.Hash // of query and body, as far as they were read

	once         *once.Request // under a key
	kept         *once.Kept    // what the key was answered before
	answerHeader http.Header
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the request's facts; outside a request an empty value.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// origin is where the request came from; the session joins once known.
func (c *call) origin(session id.Session) event.Origin {
	return event.Origin{Session: session, Address: c.address, RequestID: c.id}
}

func (c *call) route() string {
	if c.entry == nil {
		return ""
	}
	return c.entry.Path
}

// sum tells requests with different queries or bodies apart. What is left of
// an uploaded file is read first.
func (c *call) sum() (string, error) {
	if c.upload != nil {
		if _, err := io.Copy(io.Discard, c.upload.Content); err != nil {
			return "", fmt.Errorf("read the rest of a file: %w", err)
		}
	}
	return hex.EncodeToString(c.digest.Sum(nil)), nil
}
