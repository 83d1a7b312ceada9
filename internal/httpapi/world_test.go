package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/rbac"
)

// people authenticates three test tokens: one person in one town, one in two
// towns, one who must first change the password. Other tokens fail.
type people struct{ policy *access.Policy }

func (p people) Authenticate(_ context.Context, token string) (access.Actor, Person, error) {
	in := func(units ...id.Unit) access.Actor {
		var ms []access.Membership
		for _, u := range units {
			ms = append(ms, access.Membership{Unit: u, Role: access.TownOfficer})
		}
		return access.NewActor(7, ms, p.policy)
	}
	switch token {
	case "one":
		return in(1), Person{}, nil
	case "two":
		return in(1, 2), Person{}, nil
	case "new":
		return in(1), Person{MustChangePassword: true}, nil
	case "auditor":
		return access.NewActor(9, []access.Membership{{Unit: 3, Role: access.Auditor}}, p.policy), Person{}, nil
	case "away":
		return access.Actor{}, Person{}, fault.New(fault.Unavailable, "unavailable", "away")
	}
	return access.Actor{}, Person{}, fault.New(fault.Unauthenticated, "auth.required", "unknown")
}

// things is a resource that only the tests have: row 1 is the caller's,
// version 3; row 2 may be read but not changed; others are foreign.
type things struct{}

type thingView struct {
	ID    int64       `json:"id"`
	Title string      `json:"title"`
	Made  *clock.Date `json:"made_on"`
	By    *thingBy    `json:"by"`
	Can   []string    `json:"can"`
}

type thingBy struct {
	ID   id.User `json:"id"`
	Name string  `json:"name"`
}

type thingByID struct {
	ID id.Lead `path:"id"`
}

type thingList struct {
	Stage []string     `query:"stage,explode" enum:"lead,signed"`
	Ended Opt[bool]    `query:"ended"`
	Since clock.Date   `query:"since" format:"date"`
	Limit int          `query:"limit" default:"50" minimum:"1" maximum:"100"`
	Q     string       `query:"q" maxLength:"10"`
	Least Opt[int64]   `query:"planned_cents.gte" minimum:"0"`
	Unit  Opt[id.Unit] `query:"unit_id" minimum:"1"`
}

type thingBody struct {
	Title  string           `json:"title" minLength:"1" maxLength:"5"`
	Cents  *int64           `json:"cents,omitempty" minimum:"0"`
	Made   Opt[*clock.Date] `json:"made_on,omitzero"`
	Kind   string           `json:"kind,omitempty" enum:"a,b"`
	Parts  []thingPart      `json:"parts,omitempty" maxItems:"2"`
	Ready  bool             `json:"ready,omitempty"`
	Amount float64          `json:"amount,omitempty"`
}

type thingPart struct {
	Name string `json:"name"`
}

type thingEdit struct {
	ID id.Lead `path:"id"`
	Match
	Body struct {
		Title Opt[string]  `json:"title,omitzero" minLength:"1" maxLength:"5"`
		Note  Opt[*string] `json:"note,omitzero"`
	}
}

type thingSeen struct {
	Stage   []string `json:"stage"`
	Ended   bool     `json:"ended"`
	Sent    bool     `json:"sent"`
	Limit   int      `json:"limit"`
	Q       string   `json:"q"`
	Least   int64    `json:"least"`
	Acting  id.Unit  `json:"acting"`
	Address string   `json:"address"`
	Note    string   `json:"note"`
}

type thingFile struct {
	ID id.Lead `path:"id"`
	Upload
}

func (h things) routes(r *Router) {
	route(r, http.MethodGet, "/things", access.LeadRead, h.list)
	route(r, http.MethodPost, "/things", access.LeadCreate, h.create, Status(http.StatusCreated))
	route(r, http.MethodGet, "/things/{id}", access.LeadRead, h.get)
	route(r, http.MethodPatch, "/things/{id}", access.LeadEdit, h.edit, Versioned(), Precheck(h.mayEdit))
	route(r, http.MethodPost, "/things/{id}/files", access.FileAdd, h.addFile, ReceivesFile(1000))
	route(r, http.MethodGet, "/things/{id}/files", access.FileRead, h.readFile)
	route(r, http.MethodGet, "/panic", access.Public, h.panics)
	route(r, http.MethodGet, "/error/{what}", access.Public, h.fails)
	route(r, http.MethodGet, "/self", access.Self, h.self, BeforePasswordChange())
}

func (things) list(_ context.Context, actor access.Actor, in *thingList) (*Answer[thingSeen], error) {
	return NewAnswer(thingSeen{
		Stage: append([]string{}, in.Stage...), Ended: in.Ended.Value, Sent: in.Ended.Set, Limit: in.Limit,
		Q: in.Q, Least: in.Least.Value, Acting: actor.Acting, Address: actor.Origin.Address,
	}), nil
}

func (things) create(_ context.Context, actor access.Actor, in *struct{ Body thingBody }) (*Item[thingSeen], error) {
	return NewItem(thingSeen{Q: in.Body.Title, Acting: actor.Acting, Stage: []string{}}, 1), nil
}

func (things) get(_ context.Context, _ access.Actor, in *thingByID) (*Item[thingView], error) {
	if in.ID > 2 {
		return nil, fault.New(fault.NotFound, "not_found", "No such thing.").With("id", in.ID)
	}
	return NewItem(thingView{ID: int64(in.ID), Title: "一", By: &thingBy{ID: 7, Name: "测试员甲"}, Can: []string{}}, 3), nil
}

func (things) mayEdit(_ context.Context, _ access.Actor, at Target) error {
	switch at.ID("id") {
	case 1:
	case 2:
		return fault.New(fault.Forbidden, "forbidden", "Not yours.")
	default:
		return fault.New(fault.NotFound, "not_found", "No such thing.")
	}
	version, err := at.Version()
	if err != nil {
		return err
	}
	if version != 3 {
		return fault.New(fault.Stale, "input.invalid", "Stale.").With("version", 3)
	}
	return nil
}

func (things) edit(_ context.Context, actor access.Actor, in *thingEdit) (*Item[thingSeen], error) {
	note := "unset"
	if in.Body.Note.Set {
		note = "null"
		if in.Body.Note.Value != nil {
			note = *in.Body.Note.Value
		}
	}
	return NewItem(thingSeen{Q: in.Body.Title.Value, Note: note, Least: in.Version(), Acting: actor.Acting, Stage: []string{}}, 4), nil
}

func (things) addFile(_ context.Context, _ access.Actor, in *thingFile) (*Answer[thingSeen], error) {
	var b bytes.Buffer
	if _, err := b.ReadFrom(in.Content); err != nil {
		return nil, err
	}
	return NewAnswer(thingSeen{Q: in.FileName, Limit: b.Len(), Stage: []string{}}), nil
}

func (things) readFile(context.Context, access.Actor, *thingByID) (*Download, error) {
	return NewDownload("投资 意向.pdf", "application/pdf", 4, nopCloser{strings.NewReader("%PDF")}), nil
}

type nopCloser struct{ *strings.Reader }

func (nopCloser) Close() error { return nil }

func (things) panics(context.Context, access.Actor, *struct{}) (*None, error) {
	panic("secret text")
}

func (things) fails(_ context.Context, _ access.Actor, in *struct {
	What string `path:"what" maxLength:"10"`
},
) (*None, error) {
	switch in.What {
	case "internal":
		return nil, context.DeadlineExceeded
	case "plain":
		return nil, errPlain{}
	case "busy":
		return nil, &fault.Error{Kind: fault.TooMany, Code: "forbidden", RetryAfter: 42}
	}
	return &None{}, nil
}

type errPlain struct{}

func (errPlain) Error() string { return "secret driver text" }

func (things) self(_ context.Context, actor access.Actor, _ *struct{}) (*Answer[thingSeen], error) {
	return NewAnswer(thingSeen{Acting: actor.Acting, Stage: []string{}}), nil
}

// edge is a router with the test resource and what it logged.
type edge struct {
	*Router
	t   *testing.T
	log *bytes.Buffer
}

func newEdge(t *testing.T, change func(*Options)) edge {
	t.Helper()
	policy, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatalf("load policy: %v", err)
	}
	log := &bytes.Buffer{}
	options := Options{
		Product: "LeadRelay", Version: "test", Auth: people{policy}, Now: clock.System{}.Now,
		Log: slog.New(slog.NewJSONHandler(log, nil)), MetricsToken: "figures",
		Web: fstest.MapFS{
			"index.html":            {Data: []byte("<!doctype html><title>招商接力</title>")},
			"assets/app-1a2b.js":    {Data: []byte("let a = 1")},
			"assets/app-1a2b.js.br": {Data: []byte("brotli")},
			"assets/app-1a2b.js.gz": {Data: []byte("gzip")},
			"favicon.svg":           {Data: []byte("<svg/>")},
		},
	}
	if change != nil {
		change(&options)
	}
	r := newRouter(options)
	things{}.routes(r)
	built, err := r.build()
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return edge{Router: built, t: t, log: log}
}

// ask is one request of a test.
type ask struct {
	method, path, token, body string
	header                    map[string]string
}

func (e edge) do(a ask) *httptest.ResponseRecorder {
	e.t.Helper()
	req := httptest.NewRequest(a.method, a.path, strings.NewReader(a.body))
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		if value == "" {
			req.Header.Del(name)
			continue
		}
		req.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, req)
	return w
}

// told is a problem as a client reads it.
type told struct {
	Type, Title, Detail, Code string
	Status                    int
	Fields                    []ProblemField
	RequestID                 string `json:"request_id"`
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) told {
	t.Helper()
	var p told
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("content type %q, body %s", got, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("problem %s: %v", w.Body, err)
	}
	return p
}

func seenIn(t *testing.T, w *httptest.ResponseRecorder) thingSeen {
	t.Helper()
	var s thingSeen
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
		t.Fatalf("status %d, answer %s: %v", w.Code, w.Body, err)
	}
	return s
}
