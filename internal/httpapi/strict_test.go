package httpapi

import (
	"runtime"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func fieldList(fields []ProblemField) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name+":"+f.Code)
	}
	return strings.Join(out, " ")
}

func TestABodyIsTakenStrictly(t *testing.T) {
	e := newEdge(t, nil)
	deep := strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40)
	cases := []struct {
		body   string
		status int
		code   string
		fields string
	}{
		{`{"title":"一","nonsense":1}`, 400, "input.invalid", "nonsense:unknown"},
		{`{"Title":"一"}`, 400, "input.invalid", "Title:unknown title:required"},
		{`{"title":"一","title":"二"}`, 400, "input.invalid", "title:doubled"},
		{`{"title":"一","t\u0069tle":"二"}`, 400, "input.invalid", "title:doubled"},
		{`{"title":"一","parts":[{"name":"a","name":"b"}]}`, 400, "input.invalid", "parts[0].name:doubled"},
		{`{"title":"一","parts":[{"name":"a","x":{"y":1,"y":2}}]}`, 400, "input.invalid", "parts[0].x:unknown parts[0].x.y:doubled"},
		{`{"title":"一","parts":[{},{},{}]}`, 400, "input.invalid", "parts[0].name:required parts[1].name:required parts[2].name:required parts:too_many"},
		{`{"title":7}`, 400, "input.invalid", "title:wrong_type"},
		{`{"title":null}`, 400, "input.invalid", "title:not_null"},
		{`{"title":["一"]}`, 400, "input.invalid", "title:wrong_type"},
		{`{"title":{"title":"x"}}`, 400, "input.invalid", "title:wrong_type"},
		{`{"title":""}`, 400, "input.invalid", "title:empty"},
		{`{"title":"一二三四五六"}`, 400, "input.invalid", "title:too_long"},
		{`{"title":"a\u0000b"}`, 400, "input.invalid", "title:bad_text"},
		{`{"title":"\ud800"}`, 400, "input.invalid", "title:bad_text"},
		{`{"title":"\ud800\ud800"}`, 400, "input.invalid", "title:bad_text"},
		{`{"title":"\udc00"}`, 400, "input.invalid", "title:bad_text"},
		{`{"title":"一","cents":1.5}`, 400, "input.invalid", "cents:not_integer"},
		{`{"title":"一","cents":1.0}`, 400, "input.invalid", "cents:not_integer"},
		{`{"title":"一","cents":1e3}`, 400, "input.invalid", "cents:not_integer"},
		{`{"title":"一","cents":-1}`, 400, "input.invalid", "cents:too_small"},
		{`{"title":"一","cents":9223372036854775808}`, 400, "input.invalid", "cents:out_of_range"},
		{`{"title":"一","cents":1e999}`, 400, "input.invalid", "cents:out_of_range"},
		{`{"title":"一","cents":"5"}`, 400, "input.invalid", "cents:wrong_type"},
		{`{"title":"一","cents":true}`, 400, "input.invalid", "cents:wrong_type"},
		{`{"title":"一","ready":"true"}`, 400, "input.invalid", "ready:wrong_type"},
		{`{"title":"一","ready":1}`, 400, "input.invalid", "ready:wrong_type"},
		{`{"title":"一","kind":"c"}`, 400, "input.invalid", "kind:not_allowed"},
		{`{"title":"一","made_on":"2026-02-30"}`, 400, "input.invalid", "made_on:not_a_date"},
		{`{"title":"一","made_on":"2026-2-3"}`, 400, "input.invalid", "made_on:not_a_date"},
		{`[]`, 400, "input.invalid", ":wrong_type"},
		{`null`, 400, "input.invalid", ":not_null"},
		{`{"title":"一"} {"title":"二"}`, 400, "body.malformed", ""},
		{`{"title":"一"`, 400, "body.malformed", ""},
		{`{'title':'一'}`, 400, "body.malformed", ""},
		{`{"title":NaN}`, 400, "body.malformed", ""},
		{"{\"title\":\"a\x00b\"}", 400, "body.malformed", ""},
		{"{\"title\":\"\xff\"}", 400, "body.encoding", ""},
		{`{"title":` + deep + `}`, 400, "body.too_deep", ""},
		{``, 400, "body.required", ""},
		{`{"title":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "body.too_large", ""},
	}
	for _, c := range cases {
		w := e.do(ask{"POST", "/api/v1/things", "one", c.body, nil})
		p := problemIn(t, w)
		if w.Code != c.status || p.Code != c.code || fieldList(p.Fields) != c.fields {
			t.Errorf("%.60s: got %d %s %q, want %d %s %q", c.body, w.Code, p.Code, fieldList(p.Fields), c.status, c.code, c.fields)
		}
	}
}

func TestAGoodBodyArrivesWhole(t *testing.T) {
	e := newEdge(t, nil)
	for _, body := range []string{
		`{"title":"一二三四五"}`,
		" {\n\"title\" : \"\\ud83d\\ude00\" ,\t\"parts\" : [ ] } ",
		`{"title":"a\"b\\","cents":9223372036854775807,"made_on":null,"kind":"a","ready":false,"amount":1.5e3,"parts":[{"name":""}]}`,
		`{"title":"<b>","made_on":"2026-02-28"}`,
	} {
		if w := e.do(ask{"POST", "/api/v1/things", "one", body, nil}); w.Code != 201 || w.Header().Get("ETag") != `"1"` {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	w := e.do(ask{"POST", "/api/v1/things", "one", `{"title":"<b>&"}`, nil})
	if got := seenIn(t, w); got.Q != "<b>&" || !strings.Contains(w.Body.String(), `"<b>&"`) {
		t.Errorf("text changed: %s", w.Body)
	}
}

func TestAnEditTellsUnsentFromNull(t *testing.T) {
	e := newEdge(t, nil)
	for body, want := range map[string]string{`{}`: "unset", `{"note":null}`: "null", `{"note":""}`: "", `{"note":"x"}`: "x"} {
		w := e.do(ask{"PATCH", "/api/v1/things/1", "one", body, map[string]string{"If-Match": `"3"`}})
		if got := seenIn(t, w); got.Note != want || got.Least != 3 {
			t.Errorf("%s: note %q version %d", body, got.Note, got.Least)
		}
	}
}

func TestOnlyJSONInUTF8IsTaken(t *testing.T) {
	e := newEdge(t, nil)
	for kind, want := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "application/json;charset=UTF-8": 201,
		"application/json; charset=gbk": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415,
		"application/problem+json": 415, "": 415, "nonsense": 415,
	} {
		w := e.do(ask{"POST", "/api/v1/things", "one", `{"title":"一"}`, map[string]string{"Content-Type": kind}})
		if w.Code != want {
			t.Errorf("%q: %d, want %d", kind, w.Code, want)
		}
		if want == 415 && problemIn(t, w).Code != "body.media_type" {
			t.Errorf("%q: %s", kind, w.Body)
		}
	}
}

func TestAQueryIsTakenStrictly(t *testing.T) {
	e := newEdge(t, nil)
	for query, want := range map[string]string{
		"nonsense=1":                  "nonsense:unknown",
		"Limit=5":                     "Limit:unknown",
		"limit=5&limit=6":             "limit:doubled",
		"limit=0":                     "limit:too_small",
		"limit=101":                   "limit:too_large",
		"limit=":                      "limit:wrong_type",
		"limit=x":                     "limit:wrong_type",
		"limit=1.5":                   "limit:not_integer",
		"limit=99999999999999999999":  "limit:out_of_range",
		"ended=1":                     "ended:wrong_type",
		"ended=":                      "ended:wrong_type",
		"stage=nonsense":              "stage:not_allowed",
		"stage=lead&stage=":           "stage:not_allowed",
		"stage=lead,signed":           "stage:not_allowed",
		"since=2026-02-30":            "since:not_a_date",
		"since=":                      "since:not_a_date",
		"q=%00":                       "q:bad_text",
		"q=%ff":                       "q:bad_text",
		"q=12345678901":               "q:too_long",
		"q=%zz":                       "query:malformed",
		"q=a;b":                       "query:malformed",
		"planned_cents.gte=-1":        "planned_cents.gte:too_small",
		"planned_cents.lte=1":         "planned_cents.lte:unknown",
		"unit_id=0":                   "unit_id:too_small",
		"limit=0&nonsense=1&ended=ja": "ended:wrong_type limit:too_small nonsense:unknown",
	} {
		w := e.do(ask{"GET", "/api/v1/things?" + query, "one", "", nil})
		p := problemIn(t, w)
		if w.Code != 400 || p.Code != "input.invalid" || fieldList(p.Fields) != want {
			t.Errorf("%s: got %d %s %q, want %q", query, w.Code, p.Code, fieldList(p.Fields), want)
		}
	}
	w := e.do(ask{"GET", "/api/v1/things?x=1", "one", "", map[string]string{"Accept-Language": "en"}})
	want := "There is no such name; allowed are: ended, limit, planned_cents.gte, q, since, stage, unit_id."
	if got := problemIn(t, w).Fields[0].Message; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAGoodQueryArrivesWhole(t *testing.T) {
	e := newEdge(t, nil)
	got := seenIn(t, e.do(ask{"GET", "/api/v1/things?stage=lead&stage=signed&ended=false&q=%E4%B8%80&planned_cents.gte=0&since=2026-02-28", "one", "", nil}))
	if strings.Join(got.Stage, " ") != "lead signed" || got.Ended || !got.Sent || got.Limit != 50 || got.Q != "一" || got.Least != 0 {
		t.Errorf("got %+v", got)
	}
	if got := seenIn(t, e.do(ask{"GET", "/api/v1/things", "one", "", nil})); got.Sent {
		t.Errorf("unsent value taken for sent: %+v", got)
	}
}

func TestAFileIsStreamedAndBounded(t *testing.T) {
	e := newEdge(t, nil)
	part := func(name, file, content string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + file + "\"\r\n\r\n" + content + "\r\n"
	}
	form := map[string]string{"Content-Type": "multipart/form-data; boundary=b"}
	cases := []struct {
		name, body string
		status     int
		code       string
	}{
		{"a file", part("file", "意向.pdf", "content") + "--b--\r\n", 200, ""},
		{"none", "--b--\r\n", 400, "input.invalid"},
		{"two", part("file", "a", "a") + part("file", "b", "b") + "--b--\r\n", 400, "input.invalid"},
		{"another name", part("files", "a", "a") + "--b--\r\n", 400, "input.invalid"},
		{"no file name", part("file", "", "a") + "--b--\r\n", 400, "input.invalid"},
		{"too large", part("file", "a", strings.Repeat("a", 1001)) + "--b--\r\n", 413, "body.too_large"},
		{"far too large", part("file", "a", strings.Repeat("a", 100000)) + "--b--\r\n", 413, "body.too_large"},
		{"cut short", part("file", "a", "abc"), 400, "body.incomplete"},
		{"no form", "nonsense", 400, "input.invalid"},
	}
	for _, c := range cases {
		w := e.do(ask{"POST", "/api/v1/things/1/files", "one", c.body, form})
		if c.status == 200 {
			if got := seenIn(t, w); got.Q != "意向.pdf" || got.Limit != 7 {
				t.Errorf("%s: %s", c.name, w.Body)
			}
			continue
		}
		if p := problemIn(t, w); w.Code != c.status || p.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s", c.name, w.Code, p.Code, c.status, c.code)
		}
	}
	if w := e.do(ask{"POST", "/api/v1/things/1/files", "one", `{}`, nil}); w.Code != 415 {
		t.Errorf("JSON for a file: %d", w.Code)
	}
}

func TestAFileLeavesAsAnAttachment(t *testing.T) {
	e := newEdge(t, nil)
	w := e.do(ask{"GET", "/api/v1/things/1/files", "one", "", nil})
	want := map[string]string{
		"Content-Type": "application/pdf", "Content-Length": "4", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": "attachment; filename*=utf-8''%E6%8A%95%E8%B5%84%20%E6%84%8F%E5%90%91.pdf",
	}
	for name, value := range want {
		if got := w.Header().Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if w.Code != 200 || w.Body.String() != "%PDF" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The walk over a hostile body must not cost more than reading it: names of
// fields that grow with every level, or that are as long as the body, once
// took gigabytes for one megabyte of input.
func TestAHostileBodyCostsNoMoreThanItsLength(t *testing.T) {
	const size = 1 << 20
	long := strings.Repeat("k", 95)
	bodies := map[string]string{
		"deep objects":          strings.Repeat(`{"`+long+`":`, 9000) + "1" + strings.Repeat("}", 9000),
		"deep arrays":           strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"values in a long name": `{"` + strings.Repeat("k", size/2) + `":[` + strings.Repeat("1,", size/4-1) + "1]}",
		"names in a long name":  `{"` + strings.Repeat("k", size/2) + `":{` + strings.Repeat(`"a":1,`, size/16) + `"b":1}}`,
		"many names":            "{" + strings.Repeat(`"a":1,`, size/8) + `"b":1}`,
	}
	schema := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false}
	for name, body := range bodies {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := checkJSON([]byte(body), schema, nil)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64*size {
			t.Errorf("%s: %d MiB were allocated for %d KiB (%v)", name, used>>20, len(body)>>10, err)
		}
	}
}
