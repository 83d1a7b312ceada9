package access

import (
	"fmt"
	"reflect"
	"strings"
)

// Column is one field of a view: its JSON name, its class, and how it may be
// used in a query.
type Column struct {
	Name  string
	Class Class
	Sort  string // sort name; empty means the list cannot be sorted by it
	Find  string // "", equal, prefix, range: how a filter may use it
	index int
}

// Shape is the list of a view's columns in the order of the struct.
type Shape struct {
	Columns []Column
	typ     reflect.Type
}

// ShapeOf reads the tags json, class, sort and find of a view struct. It
// fails on a field without a class, so that no field can leave the server
// unclassified.
func ShapeOf[View any]() (Shape, error) {
	t := reflect.TypeFor[View]()
	s := Shape{typ: t}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		class := Class(f.Tag.Get("class"))
		if name == "" || name == "-" {
			return Shape{}, fmt.Errorf("view %s: field %s has no JSON name", t, f.Name)
		}
		if !knownClass(class) {
			return Shape{}, fmt.Errorf("view %s: field %s has no known class", t, f.Name)
		}
		s.Columns = append(s.Columns, Column{
			Name: name, Class: class, Sort: f.Tag.Get("sort"), Find: f.Tag.Get("find"), index: i,
		})
	}
	return s, nil
}

// Column returns the column with the JSON name.
func (s Shape) Column(name string) (Column, bool) {
	for _, c := range s.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// Seen is the set of classes that a row shows to the caller.
type Seen struct{ Public, Open, Money, Contact, File bool }

// Of tells whether the set holds the class.
func (s Seen) Of(c Class) bool {
	switch c {
	case PublicClass:
		return s.Public
	case OpenClass:
		return s.Open
	case MoneyClass:
		return s.Money
	case ContactClass:
		return s.Contact
	case FileClass:
		return s.File
	}
	return false
}

// Mask clears the fields of *view whose class is not seen and returns their
// names, so that the page can draw a lock and nobody mistakes "unknown" for
// "hidden". The names do not depend on whether a value was there.
func (s Shape) Mask(view any, seen Seen) []string {
	v := reflect.ValueOf(view).Elem()
	masked := []string{}
	for _, c := range s.Columns {
		if !seen.Of(c.Class) {
			v.Field(c.index).SetZero()
			masked = append(masked, c.Name)
		}
	}
	return masked
}

func knownClass(c Class) bool {
	for _, k := range Classes() {
		if k == c {
			return true
		}
	}
	return false
}
