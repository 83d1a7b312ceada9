package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// noteRefusal leaves one audit line for an attempt on a row about a lead that
// was refused, whatever the reason and whether or not the row exists: telling
// the two apart would need a look that the caller may not have. The store
// limits the lines of one person.
func (r *Router) noteRefusal(ctx context.Context, e *fault.Error, status int) {
	c := callOf(ctx)
	if r.options.Refused == nil || c.row == 0 || c.actor.User == 0 || c.entry == nil || status >= http.StatusInternalServerError {
		return
	}
	object := rowObject(c.entry.Path)
	if object == "" {
		return
	}
	line := c.actor.Line(string(c.entry.Permission), object, c.row)
	line.Outcome, line.Code = event.Refused, e.Code
	if object == "lead" {
		line.Lead = id.Lead(c.row)
	}
	// The client may be gone; the line is about its attempt all the same.
	ctx = context.WithoutCancel(ctx)
	if err := r.options.Refused(ctx, line); err != nil {
		r.options.Log.LogAttrs(ctx, slog.LevelError, "refusal not recorded",
			slog.String("request_id", c.id), slog.String("error", err.Error()))
	}
}

// rowObject names the object of the routes whose refusals the edge records;
// the administration's modules record their own.
func rowObject(path string) string {
	for _, o := range [][2]string{
		{"/leads/{id}", "lead"},
		{"/handoffs/{id}", "handoff"},
		{"/disputes/{id}", "dispute"},
		{"/merges/{id}", "merge"},
		{"/signing-months/{month}/items/{id}", "signing"},
		{"/ceremonies/{id}", "ceremony"},
		{"/signing-tasks/{id}", "signing_task"},
	} {
		if strings.HasPrefix(path, basePath+o[0]) {
			return o[1]
		}
	}
	return ""
}
