package httpapi

import (
	"net/mail"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// textFaults compares one text with its schema.
func textFaults(name, text string, s *huma.Schema) []fault.Field {
	if s == nil {
		return nil
	}
	var bad []fault.Field
	blame := func(code string, params map[string]any) {
		if code != "" {
			bad = append(bad, fault.Field{Name: name, Code: code, Params: params})
		}
	}
	blame(lengthFault(utf8.RuneCountInString(text), s))
	if s.Pattern != "" && !matches(s.Pattern, text) {
		blame("bad_format", nil)
	}
	blame(formatFault(s.Format, text), nil)
	if len(s.Enum) > 0 && !inEnum(s.Enum, text) {
		blame("not_allowed", map[string]any{"allowed": enumText(s.Enum)})
	}
	return bad
}

func lengthFault(length int, s *huma.Schema) (string, map[string]any) {
	switch {
	case s.MinLength != nil && length < *s.MinLength && length == 0:
		return "empty", nil
	case s.MinLength != nil && length < *s.MinLength:
		return "too_short", map[string]any{"min": *s.MinLength}
	case s.MaxLength != nil && length > *s.MaxLength:
		return "too_long", map[string]any{"max": *s.MaxLength}
	}
	return "", nil
}

// matches compiles the pattern each time; patterns are rare and short.
func matches(pattern, text string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(text)
}

func formatFault(format, text string) string {
	switch format {
	case "date":
		if _, err := clock.ParseDate(text); err != nil {
			return "not_a_date"
		}
	case "date-time":
		if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
			return "not_an_instant"
		}
	case "email":
		if address, err := mail.ParseAddress(text); err != nil || address.Address != text {
			return "not_an_email"
		}
	}
	return ""
}

// numberFaults compares the text of one number with its schema. An integer
// is written with digits alone and fits 64 bits; 1.0 and 1e3 are refused,
// because not every reader of this API takes them for integers.
func numberFaults(name, text string, s *huma.Schema) []fault.Field {
	code, params := numberFault(text, s)
	if code == "" {
		return nil
	}
	return []fault.Field{{Name: name, Code: code, Params: params}}
}

func numberFault(text string, s *huma.Schema) (string, map[string]any) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "out_of_range", nil
	}
	if s.Type == huma.TypeInteger {
		if code := integerFault(text, s.Format); code != "" {
			return code, nil
		}
	}
	switch {
	case s.Minimum != nil && value < *s.Minimum:
		return "too_small", map[string]any{"min": plainNumber(*s.Minimum)}
	case s.Maximum != nil && value > *s.Maximum:
		return "too_large", map[string]any{"max": plainNumber(*s.Maximum)}
	case s.ExclusiveMinimum != nil && value <= *s.ExclusiveMinimum:
		return "not_above", map[string]any{"min": plainNumber(*s.ExclusiveMinimum)}
	}
	return "", nil
}

func integerFault(text, format string) string {
	if strings.ContainsAny(text, ".eE") {
		return "not_integer"
	}
	bits := 64
	if format == "int32" {
		bits = 32
	}
	if _, err := strconv.ParseInt(text, 10, bits); err != nil {
		return "out_of_range"
	}
	return ""
}

func plainNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func inEnum(enum []any, text string) bool {
	for _, e := range enum {
		if e == text {
			return true
		}
	}
	return false
}

func enumText(enum []any) []string {
	out := make([]string, 0, len(enum))
	for _, e := range enum {
		if text, ok := e.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

func propertyNames(s *huma.Schema) []string {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// resolve follows references to the schema itself.
func resolve(r huma.Registry, s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	return s
}

// takesNull tells whether null is one of the schema's values.
func takesNull(r huma.Registry, s *huma.Schema) bool {
	s = resolve(r, s)
	if s == nil || s.Nullable || s.Type == "" && len(s.AnyOf) == 0 {
		return true
	}
	for _, branch := range s.AnyOf {
		if branch.Type == typeNull {
			return true
		}
	}
	return false
}

// mainBranch returns the schema of the values that are not null.
func mainBranch(r huma.Registry, s *huma.Schema) *huma.Schema {
	s = resolve(r, s)
	if s == nil || len(s.AnyOf) == 0 {
		return s
	}
	for _, branch := range s.AnyOf {
		if branch.Type != typeNull {
			return resolve(r, branch)
		}
	}
	return nil
}

const typeNull = "null"
