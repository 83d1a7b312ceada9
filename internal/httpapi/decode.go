package httpapi

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// decode checks query and body strictly and leaves the body for huma to
// read again into the handler's input. Every broken rule is named at once.
func (r *Router) decode(c *gin.Context) {
	now := current(c)
	rules := now.entry.input
	now.digest = sha256.New()
	_, _ = io.WriteString(now.digest, c.Request.URL.RawQuery+"\n") // a digest takes everything
	bad := rules.queryFaults(c.Request.URL.RawQuery)
	var err error
	switch {
	case now.entry.upload:
		if now.upload, err = openUpload(c.Writer, c.Request, now.entry.bodyLimit); err == nil {
			now.upload.digested(now.digest)
		}
	case rules.body != nil:
		var more []fault.Field
		more, err = r.readBody(c, rules, now.entry.bodyLimit)
		bad = append(bad, more...)
	}
	if err == nil && !now.entry.upload {
		err = now.askedBefore()
	}
	if err == nil {
		err = fault.Broken("input.invalid", bad)
	}
	if err != nil {
		r.fail(c, err)
	}
}

// readBody reads the JSON body within the limit and returns the rules it
// breaks.
func (r *Router) readBody(c *gin.Context, rules *inputRules, limit int64) ([]fault.Field, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if err != nil {
		return nil, bodyNotRead(err)
	}
	_, _ = current(c).digest.Write(body)
	if len(body) == 0 {
		c.Request.Body = http.NoBody
		if rules.bodyNeeded {
			return nil, fault.New(fault.Invalid, "body.required", "A body is needed.")
		}
		return nil, nil
	}
	if !jsonType(c.GetHeader("Content-Type")) {
		return nil, fault.New(fault.Invalid, "body.media_type", "The body is not application/json.")
	}
	fields, err := checkJSON(body, rules.body, rules.registry)
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	return fields, err
}

func bodyNotRead(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return fault.New(fault.Invalid, "body.incomplete", "The body ended early.").Because(err)
}

// jsonType tells whether the header says JSON in UTF-8.
func jsonType(header string) bool {
	kind, params, err := mime.ParseMediaType(header)
	if err != nil || kind != "application/json" {
		return false
	}
	charset, said := params["charset"]
	return !said || strings.EqualFold(charset, "utf-8")
}
