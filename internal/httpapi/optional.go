package httpapi

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Opt is a value that a request may leave out, in a query or in a body. In a
// body Opt[*T] may be null, Opt[T] may not.
type Opt[T any] struct {
	Value T
	Set   bool
}

// UnmarshalJSON marks the value as sent.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	o.Set = true
	return json.Unmarshal(data, &o.Value)
}

// IsZero lets omitzero leave an unset value out.
func (o Opt[T]) IsZero() bool { return !o.Set }

// MarshalJSON writes the value alone; it serves tests and clients in Go.
func (o Opt[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.Value) }

// Schema describes the value alone.
func (o Opt[T]) Schema(r huma.Registry) *huma.Schema {
	s := huma.SchemaFromType(r, reflect.TypeFor[T]())
	dateFormat(reflect.TypeFor[T](), s)
	return s
}

// Receiver gives huma the place where a query value goes.
func (o *Opt[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet is called by huma when the query was looked at.
func (o *Opt[T]) OnParamSet(set bool, _ any) { o.Set = set }
