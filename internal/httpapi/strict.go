package httpapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// maxDepth is how deep objects and arrays may nest; no input needs more
// than four levels.
const maxDepth = 16

// maxNamed is how many broken rules one answer names.
const maxNamed = 100

// checkJSON compares a body with its schema and returns every broken rule:
// unknown, doubled and missing names, wrong types, values out of bounds. It
// is our own walk over the text, because encoding/json takes names in any
// case, keeps the last of two equal names and repairs bad UTF-8.
//
// Errors: Invalid "body.malformed" when the text is not one JSON value,
// "body.encoding" when it is not UTF-8, "body.too_deep".
func checkJSON(body []byte, schema *huma.Schema, registry huma.Registry) ([]fault.Field, error) {
	if !utf8.Valid(body) {
		return nil, fault.New(fault.Invalid, "body.encoding", "The body is not UTF-8.")
	}
	if !json.Valid(body) {
		return nil, fault.New(fault.Invalid, "body.malformed", "The body is not one JSON value.")
	}
	if nesting(body) > maxDepth {
		return nil, fault.New(fault.Invalid, "body.too_deep", "The body nests too deeply.")
	}
	w := &walker{data: body, registry: registry}
	w.value("", schema)
	return w.bad, nil
}

// nesting returns how deep the objects and arrays of valid JSON nest. It is
// found out before the walk, whose names of fields grow with every level.
func nesting(body []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// walker steps through text that is known to be valid JSON.
type walker struct {
	data     []byte
	pos      int
	registry huma.Registry
	bad      []fault.Field
}

func (w *walker) blame(name, code string, params map[string]any) {
	if len(w.bad) < maxNamed {
		w.bad = append(w.bad, fault.Field{Name: short(name), Code: code, Params: params})
	}
}

// value checks the next value; a nil schema takes anything that has no
// doubled name and no NUL.
func (w *walker) value(name string, s *huma.Schema) {
	nullable := takesNull(w.registry, s)
	s = mainBranch(w.registry, s)
	switch w.peek() {
	case '{':
		w.typed(name, s, huma.TypeObject)
		w.object(name, s)
	case '[':
		w.typed(name, s, huma.TypeArray)
		w.array(name, s)
	case '"':
		text, whole := w.text()
		if !whole {
			w.blame(name, "bad_text", nil)
		} else if w.typed(name, s, huma.TypeString) {
			w.bad = append(w.bad, textFaults(name, text, s)...)
		}
	default:
		w.scalar(name, s, nullable)
	}
}

// scalar checks null, true, false and numbers.
func (w *walker) scalar(name string, s *huma.Schema, nullable bool) {
	word := string(w.word())
	switch word {
	case "null":
		if !nullable {
			w.blame(name, "not_null", nil)
		}
	case "true", "false":
		w.typed(name, s, huma.TypeBoolean)
	default:
		if s != nil && (s.Type == huma.TypeInteger || s.Type == huma.TypeNumber) {
			w.bad = append(w.bad, numberFaults(name, word, s)...)
		} else {
			w.typed(name, s, huma.TypeNumber)
		}
	}
}

// typed tells whether the schema takes this kind of value, and blames the
// field when it does not.
func (w *walker) typed(name string, s *huma.Schema, kind string) bool {
	if s == nil || s.Type == "" || s.Type == kind {
		return true
	}
	w.blame(name, "wrong_type", map[string]any{"expected": s.Type})
	return false
}

// object checks names and members. Inside a value of a wrong kind the
// members are only walked over.
func (w *walker) object(name string, s *huma.Schema) {
	if s != nil && s.Type != huma.TypeObject {
		s = nil
	}
	seen := map[string]bool{}
	w.pos++ // {
	for w.peek() != '}' {
		key, whole := w.text()
		path := join(name, key)
		switch {
		case !whole:
			w.blame(path, "bad_text", nil)
		case seen[key]:
			w.blame(path, "doubled", nil)
		}
		seen[key] = true
		w.peek()
		w.pos++ // :
		w.value(path, w.member(path, key, s))
		if w.peek() == ',' {
			w.pos++
		}
	}
	w.pos++ // }
	if s == nil {
		return
	}
	for _, need := range s.Required {
		if !seen[need] {
			w.blame(join(name, need), "required", nil)
		}
	}
}

// member returns the schema of one member, nil for one that takes anything.
func (w *walker) member(path, key string, s *huma.Schema) *huma.Schema {
	if s == nil {
		return nil
	}
	if m, ok := s.Properties[key]; ok {
		return m
	}
	switch more := s.AdditionalProperties.(type) {
	case *huma.Schema:
		return more
	case bool:
		if !more && len(w.bad) < maxNamed {
			w.blame(path, "unknown", map[string]any{"allowed": propertyNames(s)})
		}
	}
	return nil
}

func (w *walker) array(name string, s *huma.Schema) {
	if s == nil || s.Type != huma.TypeArray {
		s = &huma.Schema{}
	}
	n := 0
	w.pos++ // [
	for w.peek() != ']' {
		w.value(name+"["+strconv.Itoa(n)+"]", s.Items)
		n++
		if w.peek() == ',' {
			w.pos++
		}
	}
	w.pos++ // ]
	if s.MinItems != nil && n < *s.MinItems {
		w.blame(name, "too_few", map[string]any{"min": *s.MinItems})
	}
	if s.MaxItems != nil && n > *s.MaxItems {
		w.blame(name, "too_many", map[string]any{"max": *s.MaxItems})
	}
}

// peek skips white space and returns the next byte.
func (w *walker) peek() byte {
	for w.data[w.pos] == ' ' || w.data[w.pos] == '\t' || w.data[w.pos] == '\n' || w.data[w.pos] == '\r' {
		w.pos++
	}
	return w.data[w.pos]
}

// text reads a string; whole is false when it holds a NUL or half of a
// character.
func (w *walker) text() (text string, whole bool) {
	w.peek()
	start := w.pos
	for w.pos++; w.data[w.pos] != '"'; w.pos++ {
		if w.data[w.pos] == '\\' {
			w.pos++
		}
	}
	w.pos++
	raw := w.data[start:w.pos]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
	}
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", false
	}
	return text, bytes.IndexByte([]byte(text), 0) < 0 && !halfCharacter(raw)
}

// word reads a number or one of true, false, null.
func (w *walker) word() []byte {
	start := w.pos
	for w.pos < len(w.data) && bytes.IndexByte([]byte(" \t\r\n,]}"), w.data[w.pos]) < 0 {
		w.pos++
	}
	return w.data[start:w.pos]
}

// halfCharacter tells whether escapes name a surrogate without its partner,
// which encoding/json would silently replace.
func halfCharacter(raw []byte) bool {
	const escaped = 6 // \u and four digits
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		first := escape(raw, i)
		switch {
		case low(first):
			return true
		case high(first):
			if !low(escape(raw, i+escaped)) {
				return true
			}
			i += escaped
		}
		i++ // what follows the backslash is no escape of its own
	}
	return false
}

func high(code uint64) bool { return code >= 0xD800 && code <= 0xDBFF }
func low(code uint64) bool  { return code >= 0xDC00 && code <= 0xDFFF }

// escape reads the code of an escape \uXXXX at i; 0 when there is none.
func escape(raw []byte, i int) uint64 {
	if i+6 > len(raw) || raw[i] != '\\' || raw[i+1] != 'u' {
		return 0
	}
	code, err := strconv.ParseUint(string(raw[i+2:i+6]), 16, 32)
	if err != nil {
		return 0
	}
	return code
}

// join names a member; what a client invented is cut at once, because it is
// repeated for every value below it.
func join(name, key string) string {
	if name == "" {
		return short(key)
	}
	return short(name + "." + short(key))
}

// short keeps what a client invented from filling the answer.
func short(name string) string {
	const most = 80
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most]) + "…"
}
