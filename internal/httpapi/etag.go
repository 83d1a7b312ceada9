package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// Target is the row a request is about: the ids of its path and the version
// the caller edits.
type Target struct {
	param func(string) string
	match string
}

// ID returns the identifier that the path holds under the name.
func (t Target) ID(name string) int64 {
	n, err := strconv.ParseInt(t.param(name), 10, 64)
	if err != nil { // the path was checked before
		return 0
	}
	return n
}

// Text returns the text that the path holds under the name.
func (t Target) Text(name string) string { return t.param(name) }

// Version returns the version in If-Match.
//
// Errors: "precondition.required" (428) when the header is missing; Invalid
// "precondition.malformed" when it is not one version in quotes.
func (t Target) Version() (int64, error) {
	if t.match == "" {
		return 0, preconditionRequired()
	}
	version, ok := parseTag(t.match)
	if !ok {
		return 0, &fault.Error{
			Kind: fault.Invalid, Code: "precondition.malformed", Message: "If-Match is not one version in quotes.",
			Fields: []fault.Field{{Name: "If-Match", Code: "not_a_version"}},
		}
	}
	return version, nil
}

// Match is embedded in the input of a Versioned route.
type Match struct {
	IfMatch string `header:"If-Match" required:"true" doc:"The version being edited, in quotes, as ETag gave it."`
}

// Version returns the version that the caller edits.
func (m Match) Version() int64 {
	version, _ := parseTag(m.IfMatch) // the gate refused a malformed one
	return version
}

// ETag returns the entity tag of a version.
func ETag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

func parseTag(tag string) (int64, bool) {
	if len(tag) < 3 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		return 0, false
	}
	digits := tag[1 : len(tag)-1]
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || version < 0 || strconv.FormatInt(version, 10) != digits {
		return 0, false
	}
	return version, true
}

// unchanged returns the 304 answer when the caller already has this version.
func unchanged(c *call, out any) error {
	tagged, ok := out.(interface{ entityTag() string })
	if !ok || c.match == "" || c.method != http.MethodGet && c.method != http.MethodHead {
		return nil
	}
	tag := tagged.entityTag()
	for _, had := range strings.Split(c.match, ",") {
		had = strings.TrimPrefix(strings.TrimSpace(had), "W/")
		if had == "*" || had == tag {
			return notModified{tag: tag}
		}
	}
	return nil
}

// notModified is the answer 304; huma takes it as an error with a status.
type notModified struct{ tag string }

// Error says what the answer means.
func (notModified) Error() string { return "not modified" }

// GetStatus gives huma the status.
func (notModified) GetStatus() int { return http.StatusNotModified }

// GetHeaders gives huma the entity tag, which 304 repeats.
func (n notModified) GetHeaders() http.Header { return http.Header{"Etag": {n.tag}} }
