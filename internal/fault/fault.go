// Package fault gives errors a kind and a stable code, so that every layer
// can tell what went wrong without reading text and nothing unclassified is
// ever shown to a person.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure an error is. The zero Kind is Internal, so
// what nobody classified is never shown.
type Kind uint8

// The kinds. Only httpapi knows which status number each becomes.
const (
	Internal        Kind = iota
	Invalid              // the input breaks a rule; nothing was changed
	Unauthenticated      // no live session
	Forbidden            // the caller may see the object but not do this
	NotFound             // no such object, or none that the caller may know of
	Conflict             // the object's state, or somebody faster, forbids it
	Stale                // the caller edited an older version
	TooMany              // a rate limit; see Error.RetryAfter
	Unavailable          // the database or another need is away
)

// Field is one broken rule of one input field.
type Field struct {
	Name   string         // the JSON name, dotted and indexed: contacts[0].phone
	Code   string         // stable rule code: required, too_long, credit_code.check_digit
	Params map[string]any // values for the sentence: max, allowed
}

// Error is a classified failure. Code is stable and dotted; Message is
// English for the log and never the only explanation a person gets.
type Error struct {
	Kind       Kind
	Code       string
	Message    string
	Fields     []Field
	Params     map[string]any // facts for the sentence and for the problem body
	RetryAfter int            // seconds; 0 means unsaid
	cause      error
}

// New returns a classified error.
func New(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// Broken returns an Invalid error that names every broken rule at once, or
// nil when fields is empty.
func Broken(code string, fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: code, Message: "The input breaks a rule.", Fields: fields}
}

// BadField returns an Invalid error about one field.
func BadField(name, code string) *Error {
	return &Error{
		Kind: Invalid, Code: "input.invalid", Message: "The input breaks a rule.",
		Fields: []Field{{Name: name, Code: code}},
	}
}

// With returns a copy of e that carries one more fact.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Params = make(map[string]any, len(e.Params)+1)
	for k, v := range e.Params {
		c.Params[k] = v
	}
	c.Params[name] = value
	return &c
}

// Because returns a copy of e that wraps cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error returns the code and the English message with the cause, for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.cause)
	}
	return e.Code + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// As returns the classified error within err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf returns the kind of err; what nobody classified is Internal.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the stable code of err, or "internal".
func CodeOf(err error) string {
	if e := As(err); e != nil {
		return e.Code
	}
	return "internal"
}
