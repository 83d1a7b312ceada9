package httpapi

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/leadrelay/leadrelay/internal/testkit"
)

// part reads one value of the description by its path.
func part(t *testing.T, doc []byte, path ...string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatal(err)
	}
	for _, step := range path {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("%v: %s is not there", path, step)
		}
		v = m[step]
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTheDescriptionSaysWhatTheCodeDoes(t *testing.T) {
	doc := newEdge(t, nil).OpenAPI()
	edit := []string{"paths", "/things/{id}", "patch"}
	for _, c := range []struct {
		path []string
		want string
	}{
		{[]string{"openapi"}, `"3.1.0"`},
		{[]string{"servers"}, `[{"url":"/api/v1"}]`},
		{append(edit, "x-permission"), `"lead.edit"`},
		{append(edit, "x-kind"), `"write"`},
		{append(edit, "operationId"), `"patchThingsId"`},
		{append(edit, "security"), `[{"session":[]}]`},
		{append(edit, "responses", "default", "content", "application/problem+json", "schema", "$ref"), `"#/components/schemas/Problem"`},
		{[]string{"components", "schemas", "ThingView", "properties", "by"}, `{"anyOf":[{"$ref":"#/components/schemas/ThingBy"},{"type":"null"}]}`},
		{[]string{"components", "schemas", "ThingView", "properties", "made_on"}, `{"format":"date","type":["string","null"]}`},
		{[]string{"components", "schemas", "ThingView", "properties", "can"}, `{"items":{"type":"string"},"type":"array"}`},
		{[]string{"components", "schemas", "ThingBody", "properties", "made_on"}, `{"format":"date","type":["string","null"]}`},
		{[]string{"components", "schemas", "ThingBody", "required"}, `["title"]`},
		{[]string{"components", "schemas", "Problem", "additionalProperties"}, `true`},
		{[]string{"paths", "/things/{id}/files", "post", "requestBody", "content", "multipart/form-data", "schema", "properties", "file"}, `{"contentMediaType":"application/octet-stream","format":"binary","type":"string"}`},
		{[]string{"paths", "/things/{id}/files", "get", "responses", "200", "content", "application/octet-stream", "schema"}, `{"contentMediaType":"application/octet-stream","format":"binary","type":"string"}`},
	} {
		if got := part(t, doc, c.path...); got != c.want {
			t.Errorf("%v: got %s, want %s", c.path, got, c.want)
		}
	}
}

func TestTheDescriptionIsServedAndStable(t *testing.T) {
	e := newEdge(t, nil)
	w := e.do(ask{"GET", "/api/v1/openapi.json", "", "", nil})
	if w.Code != 200 || w.Body.String() != string(e.OpenAPI()) || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	if string(newEdge(t, nil).OpenAPI()) != string(e.OpenAPI()) {
		t.Error("two descriptions of the same routes differ")
	}
}

func TestLiveAnswersFitTheDescription(t *testing.T) {
	e := newEdge(t, nil)
	contract := testkit.ReadContract(t, e.OpenAPI())
	for _, a := range []ask{
		{"GET", "/api/v1/things?limit=5", "one", "", nil},
		{"GET", "/api/v1/things?limit=x", "one", "", nil},
		{"GET", "/api/v1/things", "", "", nil},
		{"GET", "/api/v1/things/1", "one", "", nil},
		{"GET", "/api/v1/things/99", "one", "", nil},
		{"POST", "/api/v1/things", "one", `{"title":"一"}`, nil},
		{"POST", "/api/v1/things", "one", `{`, nil},
		{"GET", "/api/v1/panic", "", "", nil},
		{"PATCH", "/api/v1/things/1", "one", `{}`, map[string]string{"If-Match": `"2"`}},
		{"GET", "/api/v1/things/1", "one", "", map[string]string{"If-None-Match": `"3"`}},
		{"GET", "/api/v1/error/none", "", "", nil},
		{"GET", "/api/v1/things/1/files", "one", "", nil},
	} {
		w := e.do(a)
		contract.Check(t, a.method, a.path, w.Code, w.Body.Bytes())
	}
}

// go test ./internal/httpapi -run TheDescriptionInTheDocs -update writes the
// file anew.
var anew = flag.Bool("update", false, "write docs/api/openapi.json")

func TestTheDescriptionInTheDocsIsThePrograms(t *testing.T) {
	r, err := New(Options{}, Services{})
	if err != nil {
		t.Fatalf("build the routes: %v", err)
	}
	file := filepath.Join("..", "..", "docs", "api", "openapi.json")
	if *anew {
		if err := os.WriteFile(file, r.OpenAPI(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != string(r.OpenAPI()) {
		t.Error("docs/api/openapi.json is not what the code says; run: leadrelay openapi > docs/api/openapi.json")
	}
}
