package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

const (
	basePath  = "/api/v1"
	bodyBytes = 1 << 20
)

// Person is what the edge needs to know of a caller beyond the actor.
type Person struct {
	MustChangePassword bool
}

// Authenticator turns an access token into a person with live memberships.
//
// Errors: Unauthenticated with the reason's code; Unavailable when the
// database is away.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (access.Actor, Person, error)
}

// Readiness tells whether requests can be served: the database answers and
// its schema is the program's.
type Readiness interface {
	Ready(ctx context.Context) error
}

// Options are what the edge needs besides the modules.
type Options struct {
	Product        string
	Version        string
	Log            *slog.Logger
	Now            func() time.Time
	Random         io.Reader // request ids; nil means crypto/rand
	Auth           Authenticator
	Ready          Readiness
	Web            fs.FS    // the built page, with index.html at its root; nil serves none
	TrustedProxies []string // addresses or networks; none means that no header names the client
	MetricsToken   string   // empty switches GET /metrics off
	SecureCookies  bool     // the refresh cookie travels over TLS only
	Demo           bool     // the demo world; every page says so
	FileBytes      int64    // the largest uploaded file
	// SourcesZH is the Chinese of the sources and notes of the first content.
	SourcesZH map[string]string
	// Refused records an attempt on a row that was refused; nil records none.
	Refused func(ctx context.Context, line event.Line) error
	// Repeats keeps answers under an Idempotency-Key for the time KeepAnswers;
	// nil ignores the key.
	Repeats     Repeats
	KeepAnswers time.Duration
}

// Router serves the API, the page and the health routes.
type Router struct {
	options Options
	engine  *gin.Engine
	api     huma.API
	texts   texts
	metrics *metrics
	encoder *encoder
	entries map[string]*entry
	table   []Route
	errs    []error
	spec    []byte
	// sight tells what a person sees of a lead; refills read contact values.
	sight   func(ctx context.Context, actor access.Actor, lead id.Lead) (access.Seen, error)
	refills map[reflect.Type]refill
}

// New builds the routes over the services.
//
// It fails, naming every wrong route, when a route has no known permission,
// is registered twice, or has an input that cannot be described.
func New(options Options, services Services) (*Router, error) {
	r := newRouter(options)
	r.resources(services)
	return r.build()
}

func newRouter(options Options) *Router {
	settleLibraries()
	if options.Random == nil {
		options.Random = rand.Reader
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.Now == nil {
		options.Now = func() time.Time { return time.Time{} }
	}
	r := &Router{
		options: options, engine: gin.New(), texts: allTexts(), entries: map[string]*entry{},
		metrics: newMetrics(), encoder: newEncoder(),
	}
	r.engine.HandleMethodNotAllowed = true
	r.engine.RedirectTrailingSlash = false
	r.engine.Use(r.requestID, r.accessLog, r.recoverPanic, r.securityHeaders)
	r.api = huma.NewAPI(r.apiConfig(), adapter{Handler: r.engine, router: r})
	return r
}

// build finishes the router once every resource has registered.
func (r *Router) build() (*Router, error) {
	if err := r.engine.SetTrustedProxies(r.options.TrustedProxies); err != nil {
		r.errs = append(r.errs, err)
	}
	r.healthRoutes()
	r.descriptionRoute()
	site, err := newSite(r.options.Web)
	if err != nil {
		r.errs = append(r.errs, err)
	}
	r.engine.NoRoute(r.noRoute(site))
	r.engine.NoMethod(r.noMethod)
	if r.spec, err = r.describe(); err != nil {
		r.errs = append(r.errs, err)
	}
	if err := errors.Join(r.errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// ServeHTTP answers one request.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.engine.ServeHTTP(w, req) }

// Table returns the permission table in the order of registration.
func (r *Router) Table() []Route { return append([]Route(nil), r.table...) }

// OpenAPI returns the description of the API as indented JSON.
func (r *Router) OpenAPI() []byte { return append([]byte(nil), r.spec...) }

// adapter puts huma's operations on gin behind our own checks.
type adapter struct {
	http.Handler
	router *Router
}

// Handle registers one operation with the checks that come before decoding;
// GET answers HEAD too.
func (a adapter) Handle(op *huma.Operation, handle func(huma.Context)) {
	r := a.router
	e := r.entries[op.Method+" "+basePath+op.Path]
	e.input = newInputRules(op, r.api.OpenAPI().Components.Schemas)
	e.observe = r.metrics.observer(e.Method, e.Path)
	path := strings.NewReplacer("{", ":", "}", "").Replace(e.Path)
	chain := []gin.HandlerFunc{
		r.begin(e), r.authenticate, r.require, r.repeat, r.precheck, r.decode,
		func(c *gin.Context) { handle(humagin.NewContext(op, c)) },
	}
	r.engine.Handle(e.Method, path, chain...)
	if e.Method == http.MethodGet {
		r.engine.Handle(http.MethodHead, path, chain...)
	}
}

// noRoute answers what no route matches: a problem under /api, the page
// elsewhere.
func (r *Router) noRoute(site *site) gin.HandlerFunc {
	return func(c *gin.Context) {
		if underAPI(c.Request.URL.Path) || !site.serve(c) {
			r.fail(c, unknownPath())
		}
	}
}

func (r *Router) noMethod(c *gin.Context) {
	if c.Request.Method == http.MethodOptions {
		c.Header("Allow", c.Writer.Header().Get("Allow")+", OPTIONS")
		c.Status(http.StatusNoContent)
		return
	}
	r.fail(c, wrongMethod())
}

func underAPI(path string) bool {
	return path == "/api" || strings.HasPrefix(path, "/api/")
}
