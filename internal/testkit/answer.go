package testkit

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Contract is an API description against which live answers are checked.
type Contract struct {
	paths   map[string]map[string]operation
	schemas map[string]schema
	base    string
}

type operation struct {
	Responses map[string]response `json:"responses"`
}

type response struct {
	Content map[string]struct {
		Schema schema `json:"schema"`
	} `json:"content"`
}

// schema is the part of JSON Schema that the description uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"` // a word, or a list of words
	Format     string            `json:"format"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Items      *schema           `json:"items"`
	AnyOf      []schema          `json:"anyOf"`
	Enum       []any             `json:"enum"`
	Minimum    *float64          `json:"minimum"`
	MaxLength  *int              `json:"maxLength"`
	Additional json.RawMessage   `json:"additionalProperties"`
}

// ReadContract reads a description.
func ReadContract(t testing.TB, doc []byte) *Contract {
	t.Helper()
	var d struct {
		Servers []struct {
			URL string `json:"url"`
		} `json:"servers"`
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(doc, &d); err != nil {
		t.Fatalf("read API description: %v", err)
	}
	c := &Contract{paths: d.Paths, schemas: d.Components.Schemas}
	if len(d.Servers) > 0 {
		c.base = d.Servers[0].URL
	}
	return c
}

// Check fails the test when a live answer is not what the description
// promises: an undescribed route, status, name, type, null or format. path
// is the request's path, with or without its query.
func (c *Contract) Check(t testing.TB, method, path string, status int, body []byte) {
	t.Helper()
	if err := c.Compare(method, path, status, body); err != nil {
		t.Errorf("%s %s answered %d off its description: %v\n%.2000s", method, path, status, err, body)
	}
}

// Compare returns what is wrong with an answer, or nil.
func (c *Contract) Compare(method, path string, status int, body []byte) error {
	op, ok := c.operation(method, path)
	if !ok {
		if status == 404 || status == 405 {
			return nil // a path that the description rightly does not know
		}
		return fmt.Errorf("no such operation in the description")
	}
	r, ok := op.Responses[strconv.Itoa(status)]
	switch {
	case status == 304 || strings.EqualFold(method, "HEAD"):
		return nil
	case !ok && status < 400:
		return fmt.Errorf("the status is not described")
	case status == 204:
		return nil
	case !ok:
		r = op.Responses["default"]
	}
	return c.compareBody(r, status, body)
}

func (c *Contract) compareBody(r response, status int, body []byte) error {
	media, ok := r.Content["application/json"]
	if status >= 400 {
		media, ok = r.Content["application/problem+json"]
	}
	if !ok {
		for _, raw := range []string{"application/octet-stream", "text/event-stream"} {
			if _, described := r.Content[raw]; described {
				return nil
			}
		}
		return fmt.Errorf("no body is described")
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("the body is not JSON: %w", err)
	}
	var wrong []string
	c.walk("body", media.Schema, value, &wrong)
	if len(wrong) > 0 {
		sort.Strings(wrong)
		return fmt.Errorf("%s", strings.Join(wrong[:min(len(wrong), 20)], "; "))
	}
	return nil
}

func has[V any](m map[string]V, key string) bool {
	_, ok := m[key]
	return ok
}

// operation finds the template that the path fits; a template without
// parameters wins over one with.
func (c *Contract) operation(method, path string) (operation, bool) {
	path, _, _ = strings.Cut(path, "?")
	path = strings.TrimPrefix(path, c.base)
	method = strings.ToLower(method)
	if method == "head" {
		method = "get"
	}
	var found operation
	best := math.MaxInt
	for template, operations := range c.paths {
		if op, ok := operations[method]; ok && fits(template, path) && strings.Count(template, "{") < best {
			found, best = op, strings.Count(template, "{")
		}
	}
	return found, best < math.MaxInt
}

func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}

func (c *Contract) resolve(s schema) schema {
	for s.Ref != "" {
		s = c.schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

func (c *Contract) walk(at string, s schema, value any, wrong *[]string) {
	s = c.resolve(s)
	if len(s.AnyOf) > 0 {
		c.walkAny(at, s.AnyOf, value, wrong)
		return
	}
	if !s.takes(value) {
		*wrong = append(*wrong, fmt.Sprintf("%s is %s, want %v", at, kindOf(value), s.Type))
		return
	}
	switch v := value.(type) {
	case map[string]any:
		c.walkObject(at, s, v, wrong)
	case []any:
		if s.Items == nil {
			return
		}
		for i, item := range v {
			c.walk(fmt.Sprintf("%s[%d]", at, i), *s.Items, item, wrong)
		}
	default:
		if why := s.scalar(v); why != "" {
			*wrong = append(*wrong, at+" "+why)
		}
	}
}

func (c *Contract) walkAny(at string, branches []schema, value any, wrong *[]string) {
	var reasons []string
	for _, branch := range branches {
		var inner []string
		c.walk(at, branch, value, &inner)
		if len(inner) == 0 {
			return
		}
		reasons = append(reasons, inner...)
	}
	*wrong = append(*wrong, reasons...)
}

func (c *Contract) walkObject(at string, s schema, v map[string]any, wrong *[]string) {
	for _, need := range s.Required {
		if !has(v, need) {
			*wrong = append(*wrong, at+" lacks "+need)
		}
	}
	for name, member := range v {
		if p, ok := s.Properties[name]; ok {
			c.walk(at+"."+name, p, member, wrong)
			continue
		}
		switch more := strings.TrimSpace(string(s.Additional)); {
		case more == "false":
			*wrong = append(*wrong, at+" has undescribed "+name)
		case strings.HasPrefix(more, "{"):
			var rest schema
			if err := json.Unmarshal(s.Additional, &rest); err == nil {
				c.walk(at+"."+name, rest, member, wrong)
			}
		}
	}
}

func (s schema) takes(value any) bool {
	kind := kindOf(value)
	ok := func(word any) bool {
		return word == kind || word == "number" && kind == "integer"
	}
	switch t := s.Type.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(t, ok)
	default:
		return ok(t)
	}
}

func kindOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// scalar says what is wrong with a value that holds no others.
func (s schema) scalar(value any) string {
	switch v := value.(type) {
	case string:
		return s.text(v)
	case float64:
		if s.Minimum != nil && v < *s.Minimum {
			return fmt.Sprintf("is %v, below %v", v, *s.Minimum)
		}
	}
	return ""
}

func (s schema) text(v string) string {
	switch s.Format {
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "is no day: " + v
		}
	case "date-time":
		if at, err := time.Parse(time.RFC3339Nano, v); err != nil || at.Location() != time.UTC {
			return "is no instant in UTC: " + v
		}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, any(v)) {
		return fmt.Sprintf("is %q, not one of %v", v, s.Enum)
	}
	return ""
}
