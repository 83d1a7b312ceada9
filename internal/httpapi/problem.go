package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// Problem is an error as a client sees it (RFC 9457). Facts of the error,
// such as the present version or who won, stand beside the named members.
type Problem struct {
	_         struct{}       `additionalProperties:"true"`
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      string         `json:"code"`
	Fields    []ProblemField `json:"fields,omitempty"`
	RequestID string         `json:"request_id"`
	facts     map[string]any
	headers   http.Header
}

// ProblemField is one broken rule of one field.
type ProblemField struct {
	Name    string `json:"name"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error gives the code, never the text of the cause.
func (p *Problem) Error() string { return p.Code }

// GetStatus gives huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders gives huma the headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType names the media type of problems.
func (p *Problem) ContentType(string) string { return problemType }

const (
	problemType = "application/problem+json"
	problemURN  = "urn:leadrelay:problem:"
)

// MarshalJSON writes the facts beside the named members; a fact never
// overwrites one of those.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	if len(p.facts) == 0 {
		return json.Marshal((*plain)(p))
	}
	named, err := json.Marshal((*plain)(p))
	if err != nil {
		return nil, err
	}
	all := make(map[string]any, len(p.facts)+8)
	for name, fact := range p.facts {
		all[name] = fact
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(named, &members); err != nil {
		return nil, err
	}
	for name, member := range members {
		all[name] = member
	}
	return json.Marshal(all)
}

// The codes that only the edge makes, because their statuses belong to HTTP
// and not to a kind of failure.
const (
	codeWrongMethod = "method.not_allowed"
	codeMediaType   = "body.media_type"
	codeTooLarge    = "body.too_large"
	codeNeedVersion = "precondition.required"
	codeKeyReused   = "idempotency.reused"
)

func unknownPath() error { return fault.New(fault.NotFound, "path.unknown", "No such path.") }

func wrongMethod() error {
	return fault.New(fault.Invalid, "method.not_allowed", "The path does not know this method.")
}

func preconditionRequired() error {
	return fault.New(fault.Invalid, "precondition.required", "If-Match is missing.")
}

// statusOf is the one place that knows which status an error becomes.
func statusOf(e *fault.Error) int {
	switch e.Code {
	case codeWrongMethod:
		return http.StatusMethodNotAllowed
	case codeMediaType:
		return http.StatusUnsupportedMediaType
	case codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case codeNeedVersion:
		return http.StatusPreconditionRequired
	case codeKeyReused:
		return http.StatusUnprocessableEntity
	}
	statuses := map[fault.Kind]int{
		fault.Invalid: http.StatusBadRequest, fault.Unauthenticated: http.StatusUnauthorized,
		fault.Forbidden: http.StatusForbidden, fault.NotFound: http.StatusNotFound,
		fault.Conflict: http.StatusConflict, fault.Stale: http.StatusPreconditionFailed,
		fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
	}
	if status, ok := statuses[e.Kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// problem classifies an error, logs it when it is ours, and puts it into the
// caller's language.
func (r *Router) problem(ctx context.Context, err error) *Problem {
	c := callOf(ctx)
	e := classify(err)
	status := statusOf(e)
	ours := status == http.StatusInternalServerError || status == http.StatusServiceUnavailable
	if ours && !errors.Is(err, context.Canceled) { // a client that left is no failure of ours
		r.options.Log.LogAttrs(ctx, slog.LevelError, "request failed",
			slog.String("request_id", c.id), slog.String("route", c.route()),
			slog.String("code", e.Code), slog.String("error", err.Error()))
	}
	p := &Problem{
		Type: problemURN + e.Code, Title: r.texts.title(status, c.lang), Status: status,
		Detail: r.texts.detail(e, c.lang), Code: e.Code, RequestID: c.id, headers: problemHeaders(e, status),
	}
	r.noteRefusal(ctx, e, status)
	if status == http.StatusNotFound {
		return p // nothing in it may tell a foreign row from a missing one
	}
	p.facts = e.Params
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, ProblemField{Name: f.Name, Code: f.Code, Message: r.texts.rule(f, c.lang)})
	}
	return p
}

// classify gives every error a code; what nobody classified is internal.
func classify(err error) *fault.Error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.Invalid, "body.too_large", "The body is too large.").With("max", large.Limit)
	}
	if e := fault.As(err); e != nil && e.Kind != fault.Internal {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fault.New(fault.Unavailable, "unavailable", "The request was not finished in time.")
	}
	return fault.New(fault.Internal, "internal", "Internal error.")
}

const retrySeconds = 5

func problemHeaders(e *fault.Error, status int) http.Header {
	h := http.Header{}
	wait := e.RetryAfter
	if wait == 0 && status == http.StatusServiceUnavailable {
		wait = retrySeconds
	}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wait))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// fail writes the problem and ends the request.
func (r *Router) fail(c *gin.Context, err error) {
	ctx := c.Request.Context()
	p := r.problem(ctx, err)
	for name, values := range p.headers {
		c.Writer.Header()[name] = values
	}
	c.Header("Content-Type", problemType)
	c.Status(p.Status)
	c.Abort()
	if encodeErr := r.encoder.write(c.Writer, p); encodeErr != nil {
		r.options.Log.LogAttrs(ctx, slog.LevelError, "problem not encoded",
			slog.String("request_id", current(c).id), slog.String("error", encodeErr.Error()))
	}
}
