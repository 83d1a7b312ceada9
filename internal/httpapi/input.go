package httpapi

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// inputRules are what one route takes, read from its description once.
type inputRules struct {
	registry   huma.Registry
	path       []*huma.Param
	query      map[string]*huma.Param
	allowed    []string // the query names, sorted
	body       *huma.Schema
	bodyNeeded bool
}

func newInputRules(op *huma.Operation, registry huma.Registry) *inputRules {
	rules := &inputRules{registry: registry, query: map[string]*huma.Param{}}
	for _, p := range op.Parameters {
		switch p.In {
		case "query":
			rules.query[p.Name] = p
			rules.allowed = append(rules.allowed, p.Name)
		case "path":
			rules.path = append(rules.path, p)
		}
	}
	sort.Strings(rules.allowed)
	if op.RequestBody != nil {
		if media, ok := op.RequestBody.Content["application/json"]; ok {
			rules.body, rules.bodyNeeded = media.Schema, op.RequestBody.Required
		}
	}
	return rules
}

// pathFits tells whether the path can name a row at all. An identifier that
// is none, or a word off the list, answers like a missing row.
func (in *inputRules) pathFits(param func(string) string) bool {
	for _, p := range in.path {
		text, s := param(p.Name), resolve(in.registry, p.Schema)
		if s.Type == huma.TypeInteger && !identifier(text) || len(paramFault(p.Name, text, s)) > 0 {
			return false
		}
	}
	return true
}

func identifier(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n > 0 && strconv.FormatInt(n, 10) == text
}

// queryFaults returns every broken rule of the query: names off the list,
// single values sent twice, values that do not fit.
func (in *inputRules) queryFaults(raw string) []fault.Field {
	if raw == "" && len(in.query) == 0 {
		return nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return []fault.Field{{Name: "query", Code: "malformed"}}
	}
	var bad []fault.Field
	for _, name := range sortedNames(values) {
		p, ok := in.query[name]
		if !ok {
			bad = append(bad, fault.Field{Name: short(printable(name)), Code: "unknown", Params: map[string]any{"allowed": in.allowed}})
			continue
		}
		bad = append(bad, in.paramFaults(p, values[name])...)
	}
	for _, name := range in.allowed {
		if in.query[name].Required && !values.Has(name) {
			bad = append(bad, fault.Field{Name: name, Code: "required"})
		}
	}
	return bad
}

func (in *inputRules) paramFaults(p *huma.Param, values []string) []fault.Field {
	s := resolve(in.registry, p.Schema)
	if s.Type == huma.TypeArray {
		var bad []fault.Field
		for _, v := range values {
			bad = append(bad, paramFault(p.Name, v, resolve(in.registry, s.Items))...)
		}
		if s.MaxItems != nil && len(values) > *s.MaxItems {
			bad = append(bad, fault.Field{Name: p.Name, Code: "too_many", Params: map[string]any{"max": *s.MaxItems}})
		}
		return bad
	}
	if len(values) > 1 {
		return []fault.Field{{Name: p.Name, Code: "doubled"}}
	}
	return paramFault(p.Name, values[0], s)
}

func paramFault(name, text string, s *huma.Schema) []fault.Field {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return []fault.Field{{Name: name, Code: "bad_text"}}
	}
	switch s.Type {
	case huma.TypeBoolean:
		if text != "true" && text != "false" {
			return []fault.Field{{Name: name, Code: "wrong_type", Params: map[string]any{"expected": s.Type}}}
		}
	case huma.TypeInteger, huma.TypeNumber:
		if strings.TrimLeft(text, "0123456789.-") != "" || text == "" {
			return []fault.Field{{Name: name, Code: "wrong_type", Params: map[string]any{"expected": s.Type}}}
		}
		return numberFaults(name, text, s)
	case huma.TypeString:
		return textFaults(name, text, s)
	}
	return nil
}

func sortedNames(values url.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// printable keeps bytes that are no text out of the answer.
func printable(name string) string { return strings.ToValidUTF8(name, "�") }
