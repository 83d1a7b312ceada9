package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
)

func TestARouteWithoutAKnownPermissionStopsTheStart(t *testing.T) {
	r := newRouter(Options{})
	handle := func(context.Context, access.Actor, *struct{}) (*None, error) { return &None{}, nil }
	route(r, http.MethodGet, "/a", "", handle)
	route(r, http.MethodGet, "/b", "lead.fly", handle)
	route(r, http.MethodGet, "/c", access.LeadRead, handle)
	route(r, http.MethodGet, "/c", access.LeadRead, handle)
	route(r, http.MethodGet, "/d", access.LeadRead, func(context.Context, access.Actor, *struct{ hiddenQuery }) (*None, error) {
		return &None{}, nil
	})
	_, err := r.build()
	want := `route GET /api/v1/a: permission "" is not one of the policy's
route GET /api/v1/b: permission "lead.fly" is not one of the policy's
route GET /api/v1/c: registered twice
type struct { httpapi.hiddenQuery }: embedded httpapi.hiddenQuery needs a name in upper case`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

type hiddenQuery struct {
	Q string `query:"q"`
}

func TestTheTableNamesEveryRouteWithItsPermissionAndKind(t *testing.T) {
	e := newEdge(t, nil)
	table := e.Table()
	if got, want := table[1], (Route{Method: "POST", Path: "/api/v1/things", Permission: access.LeadCreate, Kind: Write}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := len(table), 13; got != want {
		t.Errorf("%d routes, want %d", got, want)
	}
}

// The order of checks is part of the contract: 401, 403, 404, 403, 428, 412,
// 400. Every request here breaks several rules at once.
func TestTheFirstBrokenRuleInTheContractsOrderAnswers(t *testing.T) {
	e := newEdge(t, nil)
	bad := `{"title":7,"nonsense":1}`
	v3 := map[string]string{"If-Match": `"3"`}
	cases := []struct {
		name   string
		ask    ask
		status int
		code   string
	}{
		{"no token", ask{"PATCH", "/api/v1/things/99", "", bad, nil}, 401, "auth.required"},
		{"dead token", ask{"PATCH", "/api/v1/things/99", "dead", bad, nil}, 401, "auth.required"},
		{"database away", ask{"PATCH", "/api/v1/things/99", "away", bad, nil}, 503, "unavailable"},
		{"initial password", ask{"PATCH", "/api/v1/things/99", "new", bad, nil}, 403, "auth.password_change_required"},
		{"no permission", ask{"PATCH", "/api/v1/things/99", "auditor", bad, nil}, 403, "forbidden"},
		{"foreign acting unit", ask{"PATCH", "/api/v1/things/99", "one", bad, map[string]string{"X-Acting-Unit": "5"}}, 403, "actor.unit_foreign"},
		{"no such row", ask{"PATCH", "/api/v1/things/99", "one", bad, nil}, 404, "not_found"},
		{"row that is no number", ask{"PATCH", "/api/v1/things/abc", "one", bad, nil}, 404, "not_found"},
		{"row with a leading zero", ask{"PATCH", "/api/v1/things/01", "one", bad, nil}, 404, "not_found"},
		{"negative row", ask{"PATCH", "/api/v1/things/-1", "one", bad, nil}, 404, "not_found"},
		{"row too large", ask{"PATCH", "/api/v1/things/9223372036854775808", "one", bad, nil}, 404, "not_found"},
		{"row not mine", ask{"PATCH", "/api/v1/things/2", "one", bad, nil}, 403, "forbidden"},
		{"no version", ask{"PATCH", "/api/v1/things/1", "one", bad, nil}, 428, "precondition.required"},
		{"malformed version", ask{"PATCH", "/api/v1/things/1", "one", bad, map[string]string{"If-Match": "3"}}, 400, "precondition.malformed"},
		{"weak version", ask{"PATCH", "/api/v1/things/1", "one", bad, map[string]string{"If-Match": `W/"3"`}}, 400, "precondition.malformed"},
		{"any version", ask{"PATCH", "/api/v1/things/1", "one", bad, map[string]string{"If-Match": `*`}}, 400, "precondition.malformed"},
		{"stale version", ask{"PATCH", "/api/v1/things/1", "one", bad, map[string]string{"If-Match": `"2"`}}, 412, "input.invalid"},
		{"acting unit unsaid", ask{"PATCH", "/api/v1/things/1", "two", bad, v3}, 400, "actor.unit_required"},
		{"acting unit unsaid, no row", ask{"PATCH", "/api/v1/things/99", "two", bad, v3}, 404, "not_found"},
		{"body", ask{"PATCH", "/api/v1/things/1", "one", bad, v3}, 400, "input.invalid"},
	}
	for _, c := range cases {
		w := e.do(c.ask)
		p := problemIn(t, w)
		if w.Code != c.status || p.Code != c.code || p.Status != c.status {
			t.Errorf("%s: got %d %s, want %d %s", c.name, w.Code, p.Code, c.status, c.code)
		}
	}
}

func TestAnActIsDoneForTheUnitThatWasNamed(t *testing.T) {
	e := newEdge(t, nil)
	body := `{"title":"一"}`
	cases := []struct {
		name   string
		ask    ask
		status int
		acting int64
	}{
		{"the only unit", ask{"POST", "/api/v1/things", "one", body, nil}, 201, 1},
		{"the named unit", ask{"POST", "/api/v1/things", "two", body, map[string]string{"X-Acting-Unit": "2"}}, 201, 2},
		{"reading needs none", ask{"GET", "/api/v1/things", "two", "", nil}, 200, 0},
		{"reading for a named unit", ask{"GET", "/api/v1/things", "two", "", map[string]string{"X-Acting-Unit": "2"}}, 200, 2},
		{"initial password may read itself", ask{"GET", "/api/v1/self", "new", "", nil}, 200, 0},
	}
	for _, c := range cases {
		w := e.do(c.ask)
		if got := seenIn(t, w); w.Code != c.status || int64(got.Acting) != c.acting {
			t.Errorf("%s: got %d acting %d, want %d acting %d", c.name, w.Code, got.Acting, c.status, c.acting)
		}
	}
	w := e.do(ask{"GET", "/api/v1/things", "one", "", map[string]string{"X-Acting-Unit": "2"}})
	if p := problemIn(t, w); p.Code != "actor.unit_foreign" {
		t.Errorf("reading for a foreign unit: %s", p.Code)
	}
	w = e.do(ask{"POST", "/api/v1/things", "one", body, map[string]string{"X-Acting-Unit": "one"}})
	if p := problemIn(t, w); p.Code != "input.invalid" || p.Fields[0] != (ProblemField{"X-Acting-Unit", "not_an_id", "不是有效的编号。"}) {
		t.Errorf("malformed unit: %+v", p)
	}
}

func TestAMissingRowAnswersLikeAForeignOneByteForByte(t *testing.T) {
	e := newEdge(t, nil)
	bodies := map[string]bool{}
	for _, path := range []string{"/api/v1/things/3", "/api/v1/things/4", "/api/v1/things/x", "/api/v1/error/12345678901", "/api/v1/error/%00", "/api/v1/error/%ff"} {
		w := e.do(ask{"GET", path, "one", "", nil})
		if w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
		bodies[strings.ReplaceAll(w.Body.String(), w.Header().Get("X-Request-Id"), "")] = true
	}
	if len(bodies) != 1 {
		t.Errorf("answers differ: %v", bodies)
	}
}

func TestUnknownPathsAndMethodsAnswerWithAProblem(t *testing.T) {
	e := newEdge(t, nil)
	for _, path := range []string{"/api/v1/nothing", "/api/v1/things/", "/api", "/api/v2/things", "/api/v1/things/1/2/3"} {
		w := e.do(ask{"GET", path, "one", "", nil})
		if p := problemIn(t, w); w.Code != 404 || p.Code != "path.unknown" {
			t.Errorf("%s: %d %s", path, w.Code, p.Code)
		}
	}
	w := e.do(ask{"DELETE", "/api/v1/things", "one", "", nil})
	if p := problemIn(t, w); w.Code != 405 || p.Code != "method.not_allowed" || p.Status != 405 {
		t.Errorf("wrong method: %d %+v", w.Code, p)
	}
	if got := w.Header().Get("Allow"); got != "GET, HEAD, POST" && got != "GET, POST, HEAD" {
		t.Errorf("Allow: %q", got)
	}
	w = e.do(ask{"OPTIONS", "/api/v1/things", "", "", nil})
	if w.Code != 204 || !strings.HasSuffix(w.Header().Get("Allow"), ", OPTIONS") {
		t.Errorf("OPTIONS: %d %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestHeadAnswersLikeGetWithoutABody(t *testing.T) {
	e := newEdge(t, nil)
	server := httptest.NewServer(e)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+"/api/v1/things/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer one")
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // HEAD has no body
	if res.StatusCode != 200 || res.Header.Get("ETag") != `"3"` || res.ContentLength != 83 {
		t.Errorf("HEAD: %d %q %d", res.StatusCode, res.Header.Get("ETag"), res.ContentLength)
	}
}

func TestAVersionTheCallerHasAnswers304(t *testing.T) {
	e := newEdge(t, nil)
	for tag, want := range map[string]int{`"3"`: 304, `"2", "3"`: 304, `W/"3"`: 304, `*`: 304, `"4"`: 200, ``: 200} {
		w := e.do(ask{"GET", "/api/v1/things/1", "one", "", map[string]string{"If-None-Match": tag}})
		if w.Code != want || w.Header().Get("ETag") != `"3"` || want == 304 && w.Body.Len() != 0 {
			t.Errorf("%s: %d %q %s", tag, w.Code, w.Header().Get("ETag"), w.Body)
		}
	}
}

func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	e := newEdge(t, nil)
	w := e.do(ask{"GET", "/api/v1/things", "one", "", map[string]string{"X-Request-Id": "mine"}})
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Type":            "application/json",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := w.Header().Get("X-Request-Id"); len(got) != 24 || got == "mine" {
		t.Errorf("request id %q", got)
	}
	page := e.do(ask{"GET", "/", "", "", nil})
	want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; " +
		"connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	if got := page.Header().Get("Content-Security-Policy"); got != want {
		t.Errorf("page policy %q", got)
	}
}

func TestAPanicAndAnUnclassifiedErrorTellNothing(t *testing.T) {
	e := newEdge(t, nil)
	for path, want := range map[string]string{"/api/v1/panic": "secret text", "/api/v1/error/plain": "secret driver text"} {
		e.log.Reset()
		w := e.do(ask{"GET", path, "", "", map[string]string{"Accept-Language": "en"}})
		p := problemIn(t, w)
		if w.Code != 500 || p.Code != "internal" || p.Title != "Internal error" {
			t.Errorf("%s: %d %+v", path, w.Code, p)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s leaks: %s", path, w.Body)
		}
		if got := strings.Count(e.log.String(), want); got != 1 {
			t.Errorf("%s: logged %d times:\n%s", path, got, e.log)
		}
	}
}

func TestAnErrorSaysWhenToComeBack(t *testing.T) {
	e := newEdge(t, nil)
	for path, want := range map[string][2]string{
		"/api/v1/error/internal": {"503", "5"}, "/api/v1/error/busy": {"429", "42"},
	} {
		w := e.do(ask{"GET", path, "", "", nil})
		if got := w.Header().Get("Retry-After"); got != want[1] || http.StatusText(w.Code) == "" {
			t.Errorf("%s: %d Retry-After %q, want %s", path, w.Code, got, want)
		}
	}
	w := e.do(ask{"GET", "/api/v1/things", "", "", nil})
	if got := w.Header().Get("WWW-Authenticate"); got != "Bearer" {
		t.Errorf("WWW-Authenticate %q", got)
	}
}

func TestTheLogHoldsThePatternAndNoQuery(t *testing.T) {
	e := newEdge(t, nil)
	e.do(ask{"GET", "/api/v1/things/1", "one", "", nil})
	e.do(ask{"GET", "/api/v1/things?q=陈示例", "one", "", nil})
	e.do(ask{"GET", "/api/v1/陈示例?q=13800000000", "one", "", nil})
	log := e.log.String()
	for _, secret := range []string{"陈示例", "13800000000", "q="} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, `"user":7,"method":"GET","route":"/api/v1/things/{id}","status":200`) {
		t.Errorf("no access line:\n%s", log)
	}
}

func TestTheClientsAddressComesFromConfiguredProxiesOnly(t *testing.T) {
	forged := map[string]string{"X-Forwarded-For": "203.0.113.9"}
	plain := newEdge(t, nil)
	if got := seenIn(t, plain.do(ask{"GET", "/api/v1/things", "one", "", forged})); got.Address != "192.0.2.1" {
		t.Errorf("without proxies: %s", got.Address)
	}
	behind := newEdge(t, func(o *Options) { o.TrustedProxies = []string{"192.0.2.0/24"} })
	if got := seenIn(t, behind.do(ask{"GET", "/api/v1/things", "one", "", forged})); got.Address != "203.0.113.9" {
		t.Errorf("behind a proxy: %s", got.Address)
	}
	if _, err := newRouterWith([]string{"nonsense"}); err == nil {
		t.Error("a proxy that is no address was taken")
	}
}

func newRouterWith(proxies []string) (*Router, error) {
	return newRouter(Options{TrustedProxies: proxies}).build()
}

func TestHealthReadinessAndFigures(t *testing.T) {
	down := newEdge(t, func(o *Options) { o.Ready = notReady{} })
	if w := down.do(ask{"GET", "/readyz", "", "", nil}); w.Code != 503 || w.Header().Get("Retry-After") != "5" {
		t.Errorf("not ready: %d", w.Code)
	}
	e := newEdge(t, nil)
	for path, want := range map[string]string{"/healthz": "{\"status\":\"alive\"}\n", "/readyz": "{\"status\":\"ready\"}\n"} {
		if w := e.do(ask{"GET", path, "", "", nil}); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := e.do(ask{"GET", "/metrics", "", "", nil}); w.Code != 401 {
		t.Errorf("figures without token: %d", w.Code)
	}
	w := e.do(ask{"GET", "/metrics", "figures", "", nil})
	if line := `leadrelay_requests_total{method="GET",route="/healthz",status="200"} 1`; !strings.Contains(w.Body.String(), line) {
		t.Errorf("figures lack %s:\n%s", line, w.Body)
	}
	off := newEdge(t, func(o *Options) { o.MetricsToken = "" })
	if w := off.do(ask{"GET", "/metrics", "", "", nil}); w.Code != 404 {
		t.Errorf("figures switched off: %d", w.Code)
	}
}

type notReady struct{}

func (notReady) Ready(context.Context) error { return errPlain{} }
