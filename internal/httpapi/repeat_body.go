package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// refill reads the contact values of a kept view anew, for it is kept without
// them. Errors: NotFound when the row is gone.
type refill func(ctx context.Context, actor access.Actor, view reflect.Value) error

// neverKept marks a field, by `keep:"never"`, that is answered once only: a
// first password.
const neverKept = "never"

// keepable encodes a body without the values that must not lie in a second
// place: those of class contact and secrets.
func keepable(body reflect.Value) ([]byte, error) {
	text, err := json.Marshal(body.Interface())
	if err != nil || !holds(body.Type(), private, nil) {
		return text, err
	}
	copied := reflect.New(body.Type())
	if err := json.Unmarshal(text, copied.Interface()); err != nil {
		return nil, fmt.Errorf("copy an answer: %w", err)
	}
	eachView(copied.Elem(), func(view reflect.Value) {
		for i := range view.NumField() {
			if private(view.Type().Field(i)) {
				view.Field(i).SetZero()
			}
		}
	})
	return json.Marshal(copied.Interface())
}

func private(f reflect.StructField) bool {
	return access.Class(f.Tag.Get("class")) == access.ContactClass || f.Tag.Get("keep") == neverKept
}

// showAgain fills body from what is kept, as the caller sees it by now.
func (r *Router) showAgain(ctx context.Context, actor access.Actor, body reflect.Value, seen access.Seen) error {
	c := callOf(ctx)
	if err := json.Unmarshal(c.kept.Body, body.Addr().Interface()); err != nil {
		return fmt.Errorf("read a kept answer of %s: %w", c.route(), err)
	}
	var failed error
	eachView(body, func(view reflect.Value) {
		now := seen
		if again := r.refills[view.Type()]; again != nil && seen.Contact {
			err := again(ctx, actor, view)
			now.Contact = err == nil
			if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Forbidden {
				failed = err
			}
		}
		maskAgain(view, now)
	})
	return failed
}

// maskAgain clears the fields whose class the caller does not see and names
// them in the view's list of masked ones.
func maskAgain(view reflect.Value, seen access.Seen) {
	hidden := []string{}
	for i := range view.NumField() {
		f := view.Type().Field(i)
		class := access.Class(f.Tag.Get("class"))
		if class == "" || seen.Of(class) {
			continue
		}
		view.Field(i).SetZero()
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		hidden = append(hidden, name)
	}
	list := view.FieldByName("Masked")
	if !list.IsValid() || len(hidden) == 0 {
		return
	}
	had, ok := list.Interface().([]string)
	if !ok {
		return
	}
	for _, name := range hidden {
		if !slices.Contains(had, name) {
			had = append(had, name)
		}
	}
	list.Set(reflect.ValueOf(had))
}

// eachView visits every struct within a body that was decoded from JSON, so
// that all of it can be set.
func eachView(v reflect.Value, visit func(view reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachView(v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachView(v.Index(i), visit)
		}
	case reflect.Struct:
		if !ourStruct(v.Type()) {
			return
		}
		visit(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachView(v.Field(i), visit)
			}
		}
	}
}

// holds tells whether a field for which is holds occurs anywhere in a type.
func holds(t reflect.Type, is func(reflect.StructField) bool, within []reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if !ourStruct(t) {
		return false
	}
	for _, w := range within {
		if w == t {
			return false
		}
	}
	for i := range t.NumField() {
		if f := t.Field(i); is(f) || holds(f.Type, is, append(within, t)) {
			return true
		}
	}
	return false
}

// contactsAgain reads the values of class contact of a view with the given
// function, which finds the row that the view tells of.
func contactsAgain[View any](read func(ctx context.Context, actor access.Actor, kept View) (View, error)) refill {
	return func(ctx context.Context, actor access.Actor, view reflect.Value) error {
		kept, ok := view.Interface().(View)
		if !ok {
			return fmt.Errorf("a view of type %s was expected, not %s", reflect.TypeFor[View](), view.Type())
		}
		fresh, err := read(ctx, actor, kept)
		if err != nil {
			return err
		}
		from := reflect.ValueOf(fresh)
		for i := range from.NumField() {
			if access.Class(from.Type().Field(i).Tag.Get("class")) == access.ContactClass {
				view.Field(i).Set(from.Field(i))
			}
		}
		return nil
	}
}
