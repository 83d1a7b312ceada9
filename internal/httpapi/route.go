// Package httpapi is the edge: it decodes requests, asks who may call, runs
// one function of a module and encodes the answer. Gin and huma live here
// only, status numbers in problem.go only.
//
// # How a resource registers
//
// One file per resource. The resource is a struct that holds the module's
// service; its routes stand in one method, so that it reads as the
// permission table:
//
//	type leads struct{ service *lead.Service }
//
//	func (h leads) routes(r *Router) {
//		route(r, http.MethodGet, "/leads", access.LeadRead, h.list)
//		route(r, http.MethodPost, "/leads", access.LeadCreate, h.create,
//			Status(http.StatusCreated), ActingInBody())
//		route(r, http.MethodPatch, "/leads/{id}", access.LeadEdit, h.edit,
//			Versioned(), Precheck(h.mayEdit))
//	}
//
//	type listLeads struct {
//		Stage []string `query:"stage,explode" enum:"lead,qualified"` // several: ?stage=a&stage=b
//		Ended Opt[bool] `query:"ended"`                              // Opt tells unsent from false
//		Limit int       `query:"limit" default:"50" minimum:"1" maximum:"100"`
//	}
//
//	func (h leads) list(ctx context.Context, actor access.Actor, in *listLeads) (*Answer[leadPage], error)
//
//	type editLead struct {
//		ID    id.Lead `path:"id"`
//		Match                      // If-Match: in.Version()
//		Body  editLeadBody
//	}
//	type editLeadBody struct {
//		Title   Opt[string]  `json:"title,omitzero" maxLength:"200"`  // may be left out, not null
//		Product Opt[*string] `json:"product,omitzero"`                // may be null
//	}
//
//	func (h leads) edit(ctx context.Context, actor access.Actor, in *editLead) (*Item[leadView], error)
//
// The methods are called from Router.resources in routes.go, and the
// sentences of new codes stand in messages_<resource>.go, called from
// allTexts in messages.go.
//
// What happens before the handler, in the order that clients may rely on:
// 401 no live session; 403 no membership holds the permission (or the acting
// unit is foreign); Precheck (404, 403, then 412 by Target.Version, which
// itself gives 428); 428 for Versioned routes; 400 acting unit unsaid; 415,
// 413, 400 with every broken rule of query and body at once. A handler never
// sees an unknown name, a doubled name, a wrong type, a NUL or bad UTF-8.
// Only rules that the tags cannot say are left to the module.
//
// Answers: Answer[T] (200 with a body), Item[T] (a body with an ETag),
// None (204), Download (a file). Errors are returned as they come from the
// module; nothing here makes text.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/leadrelay/leadrelay/internal/access"
)

const modulePath = "github.com/leadrelay/leadrelay/"

// Kind tells whether a route reads or writes.
type Kind string

// The kinds of route.
const (
	Read  Kind = "read"
	Write Kind = "write"
)

// Route is one line of the permission table.
type Route struct {
	Method     string            `json:"method"`
	Path       string            `json:"path"`
	Permission access.Permission `json:"permission"`
	Kind       Kind              `json:"kind"`
}

// entry is a route with everything its checks need.
type entry struct {
	Route
	status         int
	summary        string
	versioned      bool
	actingInBody   bool
	beforePassword bool
	bodyLimit      int64
	upload         bool
	precheck       func(context.Context, access.Actor, Target) error
	input          *inputRules
	observe        *observer
}

// Option changes how one route behaves.
type Option func(*entry)

// Status sets the status of success; the default is 200, or 204 without a
// body.
func Status(code int) Option { return func(e *entry) { e.status = code } }

// Summary sets the line that describes the route in the API description.
func Summary(text string) Option { return func(e *entry) { e.summary = text } }

// ReadOnly marks a POST that changes nothing and so needs no acting unit.
func ReadOnly() Option { return func(e *entry) { e.Kind = Read } }

// Versioned demands If-Match: missing is 428, malformed 400. The route's
// Precheck, or its module, compares the version.
func Versioned() Option { return func(e *entry) { e.versioned = true } }

// Precheck runs before the body is read, so that a row the caller may not
// know of answers 404 whatever the body says.
func Precheck(check func(context.Context, access.Actor, Target) error) Option {
	return func(e *entry) { e.precheck = check }
}

// ActingInBody leaves the choice of the acting unit to the handler when the
// header does not name one.
func ActingInBody() Option { return func(e *entry) { e.actingInBody = true } }

// BeforePasswordChange lets a person use the route who must first change the
// initial password.
func BeforePasswordChange() Option { return func(e *entry) { e.beforePassword = true } }

// BodyLimit sets the largest JSON body; the default is 1 MiB.
func BodyLimit(bytes int64) Option { return func(e *entry) { e.bodyLimit = bytes } }

// ReceivesFile makes the route take one file of at most the given size as
// multipart/form-data under the name "file"; the input embeds Upload.
func ReceivesFile(bytes int64) Option {
	return func(e *entry) { e.upload, e.bodyLimit = true, bytes }
}

// Answer is a plain body.
type Answer[T any] struct {
	Body T
}

// Item is a body with an entity tag, which is the row's version.
type Item[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

func (i Item[T]) entityTag() string { return i.ETag }

// None is an answer without a body.
type None struct{}

// NewAnswer returns a plain body.
func NewAnswer[T any](body T) *Answer[T] { return &Answer[T]{Body: body} }

// NewItem returns a body with the version as its entity tag.
func NewItem[T any](body T, version int64) *Item[T] {
	return &Item[T]{ETag: ETag(version), Body: body}
}

// route registers one operation. What is wrong with the registration itself
// is reported by New, because a wrong route must stop the program's start.
func route[I, O any](
	r *Router, method, path string, permission access.Permission,
	handle func(ctx context.Context, actor access.Actor, in *I) (*O, error), opts ...Option,
) {
	e := newEntry(method, path, permission, opts)
	if err := errors.Join(r.admit(e), unseen(reflect.TypeFor[I](), nil), unseen(reflect.TypeFor[O](), nil)); err != nil {
		r.errs = append(r.errs, err)
		return
	}
	defer r.catch(e)
	huma.Register(r.api, e.operation(), func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		out, err := perform(ctx, r, handle, in)
		if err != nil {
			return nil, r.problem(ctx, err)
		}
		if fresh := unchanged(c, out); fresh != nil {
			return nil, fresh
		}
		return out, nil
	})
}

func newEntry(method, path string, permission access.Permission, opts []Option) *entry {
	e := &entry{
		Route:     Route{Method: method, Path: basePath + path, Permission: permission, Kind: Write},
		bodyLimit: bodyBytes,
	}
	if method == http.MethodGet {
		e.Kind = Read
	}
	for _, o := range opts {
		o(e)
	}
	return e
}

// admit checks a registration and adds it to the table.
func (r *Router) admit(e *entry) error {
	if !knownPermission(e.Permission) {
		return fmt.Errorf("route %s %s: permission %q is not one of the policy's", e.Method, e.Path, e.Permission)
	}
	key := e.Method + " " + e.Path
	if _, twice := r.entries[key]; twice {
		return fmt.Errorf("route %s: registered twice", key)
	}
	r.entries[key] = e
	r.table = append(r.table, e.Route)
	return nil
}

// unseen refuses embedded structs with a lower-case name: huma passes over
// them without a word, and their fields would be unknown names.
func unseen(t reflect.Type, within []reflect.Type) error {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if !ourStruct(t) || slices.Contains(within, t) {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous && !f.IsExported():
			return fmt.Errorf("type %s: embedded %s needs a name in upper case", t, f.Type)
		case f.IsExported():
			if err := unseen(f.Type, append(within, t)); err != nil {
				return err
			}
		}
	}
	return nil
}

func ourStruct(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && (t.PkgPath() == "" || strings.HasPrefix(t.PkgPath(), modulePath))
}

// catch turns the panics by which huma and gin report a wrong registration
// into an error of New.
func (r *Router) catch(e *entry) {
	if p := recover(); p != nil {
		r.errs = append(r.errs, fmt.Errorf("route %s %s: %v", e.Method, e.Path, p))
	}
}

func (e *entry) operation() huma.Operation {
	path := strings.TrimPrefix(e.Path, basePath)
	op := huma.Operation{
		OperationID: operationID(e.Method, path), Method: e.Method, Path: path,
		Summary: e.summary, Tags: []string{strings.Split(path, "/")[1]},
		DefaultStatus: e.status, MaxBodyBytes: -1, BodyReadTimeout: -1,
		SkipValidateParams: true, SkipValidateBody: true, // strict.go checked both
		Extensions: map[string]any{"x-permission": string(e.Permission), "x-kind": string(e.Kind)},
	}
	if e.Permission != access.Public {
		op.Security = []map[string][]string{{"session": {}}}
		op.Parameters = append(op.Parameters, actingHeader())
	}
	if e.keyed() {
		op.Parameters = append(op.Parameters, repeatHeader())
	}
	return op
}

// operationID makes one word of method and path: POST /leads/{id}/stage is
// postLeadsIdStage.
func operationID(method, path string) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(method))
	for _, part := range strings.FieldsFunc(path, func(c rune) bool { return strings.ContainsRune("/{}-_.", c) }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func knownPermission(p access.Permission) bool {
	if p == access.Public || p == access.Self {
		return true
	}
	for _, known := range access.Permissions() {
		if p == known {
			return true
		}
	}
	return false
}
