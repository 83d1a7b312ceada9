package httpapi

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// healthRoutes are for machines: the process lives, it can serve, its
// figures.
func (r *Router) healthRoutes() {
	r.plain(http.MethodGet, "/healthz", func(c *gin.Context) { r.say(c, "alive") })
	r.plain(http.MethodGet, "/readyz", r.ready)
	r.plain(http.MethodGet, "/metrics", r.figures)
}

// plain registers a public route without a described body.
func (r *Router) plain(method, path string, handle gin.HandlerFunc) {
	e := &entry{Route: Route{Method: method, Path: path, Permission: access.Public, Kind: Read}}
	if err := r.admit(e); err != nil {
		r.errs = append(r.errs, err)
		return
	}
	e.observe = r.metrics.observer(method, path)
	r.engine.Handle(method, path, r.begin(e), handle)
	r.engine.Handle(http.MethodHead, path, r.begin(e), handle)
}

func (r *Router) say(c *gin.Context, state string) {
	c.Header("Content-Type", "application/json")
	c.Header("Cache-Control", "no-store")
	if err := r.encoder.write(c.Writer, map[string]string{"status": state}); err != nil {
		r.fail(c, err)
	}
}

func (r *Router) ready(c *gin.Context) {
	if r.options.Ready != nil {
		if err := r.options.Ready.Ready(c.Request.Context()); err != nil {
			r.fail(c, fault.New(fault.Unavailable, "unavailable", "Not ready.").Because(err))
			return
		}
	}
	r.say(c, "ready")
}

// figures answers only to the configured token; without one the path does
// not exist.
func (r *Router) figures(c *gin.Context) {
	if r.options.MetricsToken == "" {
		r.fail(c, unknownPath())
		return
	}
	token, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(token), []byte(r.options.MetricsToken)) != 1 {
		r.fail(c, fault.New(fault.Unauthenticated, "auth.required", "Wrong metrics token."))
		return
	}
	r.metrics.handler.ServeHTTP(c.Writer, c.Request)
}
