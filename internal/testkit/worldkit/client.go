//go:build unix

package worldkit

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// Base is where the API begins.
const Base = "/api/v1"

// Person is somebody of the world, who speaks HTTP.
type Person struct {
	Kit         *Kit
	ID          id.User
	Username    string
	Name        string
	Roles       []Role
	memberships []access.Membership
	session     id.Session
	signed      sync.Mutex // guards token: a person may do two things at once
	token       string
}

// Role is what a person is in a unit.
type Role struct {
	Unit id.Unit
	Slug string
	Role access.Role
}

// Answer is what the program said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Request is one call. Body is JSON text unless it is a File.
type Request struct {
	Method  string
	Path    string // with its query, without Base
	Root    bool   // the path is not under Base
	Body    string
	IfMatch string // a version, without quotes
	Unit    id.Unit
	File    *File
	Header  map[string]string
}

// File is an upload.
type File struct{ Name, Content string }

// As returns a person of the world.
func (k *Kit) As(t testing.TB, username string) *Person {
	t.Helper()
	p, known := k.People[username]
	if !known {
		t.Fatalf("nobody is called %q", username)
	}
	return p
}

// Token returns an access token for the person's session.
func (p *Person) Token(t testing.TB) string {
	t.Helper()
	p.signed.Lock()
	defer p.signed.Unlock()
	if p.token == "" {
		text, err := p.Kit.tokens.Make(p.ID, p.session)
		if err != nil {
			t.Fatalf("make a token for %s: %v", p.Username, err)
		}
		p.token = text
	}
	return p.token
}

// Do sends a request as the person and checks the answer against the
// description of the API.
func (p *Person) Do(t testing.TB, r Request) Answer {
	t.Helper()
	req := r.make(t)
	if req.Header.Get("Authorization") == "" {
		req.Header.Set("Authorization", "Bearer "+p.Token(t))
	}
	return p.Kit.send(t, r, req)
}

// Anyone sends a request without a session.
func (k *Kit) Anyone(t testing.TB, r Request) Answer {
	t.Helper()
	return k.send(t, r, r.make(t))
}

func (k *Kit) send(t testing.TB, r Request, req *http.Request) Answer {
	t.Helper()
	w := httptest.NewRecorder()
	k.App.Router.ServeHTTP(w, req)
	out := Answer{Status: w.Code, Header: w.Header().Clone(), Body: w.Body.Bytes()}
	if !r.Root {
		k.contract(t).Check(t, r.Method, Base+r.Path, out.Status, out.Body)
	}
	return out
}

func (k *Kit) contract(t testing.TB) *testkit.Contract {
	t.Helper()
	k.describe.Do(func() { k.described = testkit.ReadContract(t, k.App.Router.OpenAPI()) })
	return k.described
}

func (r Request) make(t testing.TB) *http.Request {
	t.Helper()
	var body io.Reader
	kind := ""
	switch {
	case r.File != nil:
		body, kind = r.File.form(t)
	case r.Body != "":
		body, kind = strings.NewReader(r.Body), "application/json"
	}
	base := Base
	if r.Root {
		base = ""
	}
	req := httptest.NewRequestWithContext(context.Background(), r.Method, base+r.Path, body)
	req.RemoteAddr = "192.0.2.7:4711"
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if r.IfMatch != "" {
		req.Header.Set("If-Match", `"`+r.IfMatch+`"`)
	}
	if r.Unit != 0 {
		req.Header.Set("X-Acting-Unit", r.Unit.String())
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	return req
}

func (f File) form(t testing.TB) (io.Reader, string) {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + f.Name + `"`}, "Content-Type": {"text/plain"}}
	part, err := w.CreatePart(h)
	if err == nil {
		_, err = io.WriteString(part, f.Content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatalf("write the form: %v", err)
	}
	return &buf, w.FormDataContentType()
}

// Get reads a path into a value and demands 200.
func (p *Person) Get(t testing.TB, path string, into any) Answer {
	t.Helper()
	a := p.Do(t, Request{Method: http.MethodGet, Path: path})
	if a.Status != http.StatusOK {
		t.Fatalf("%s: GET %s: %d %s", p.Username, path, a.Status, a.Body)
	}
	a.Into(t, into)
	return a
}

// Into decodes the body.
func (a Answer) Into(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, into); err != nil {
		t.Fatalf("decode %s: %v", a.Body, err)
	}
}

// Code returns the code of a problem; empty for an answer that is none.
func (a Answer) Code() string {
	var p struct{ Code string }
	if a.Status < http.StatusBadRequest || json.Unmarshal(a.Body, &p) != nil {
		return ""
	}
	return p.Code
}

// Version returns the entity tag's version.
func (a Answer) Version() string { return strings.Trim(a.Header.Get("ETag"), `"`) }

// Brief is the status and, of a problem, its code: "200", "404 lead.unknown".
func (a Answer) Brief() string {
	return strings.TrimSpace(strconv.Itoa(a.Status) + " " + a.Code())
}

// Says is what an answer tells its reader apart from the number of the
// request, which differs for each: headers and body as text.
func (a Answer) Says() string {
	number := a.Header.Get("X-Request-Id")
	var b strings.Builder
	_ = a.Header.Write(&b) // memory
	b.Write(a.Body)
	if number == "" {
		return b.String()
	}
	return strings.ReplaceAll(b.String(), number, "REQUEST")
}

// Leads lists the identifiers of all leads that a filter gives, page by page,
// sorted, and checks that the total says the same.
func (p *Person) Leads(t testing.TB, filter string) []id.Lead {
	t.Helper()
	out := []id.Lead{}
	cursor := ""
	for {
		var page struct {
			Items []struct{ ID id.Lead }
			Next  *string
			Total struct {
				Count int
				Exact bool
			}
		}
		p.Get(t, "/leads?limit=100&"+filter+cursor, &page)
		for _, item := range page.Items {
			out = append(out, item.ID)
		}
		if page.Next != nil {
			cursor = "&cursor=" + *page.Next
			continue
		}
		if !page.Total.Exact || page.Total.Count != len(out) {
			t.Errorf("%s: /leads?%s gives %d leads but a total of %+v", p.Username, filter, len(out), page.Total)
		}
		slices.Sort(out)
		return out
	}
}
