package httpapi

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// requestID starts the facts of the request. A client's own id is never
// taken: it could copy somebody else's into the log.
func (r *Router) requestID(c *gin.Context) {
	var raw [12]byte
	if _, err := io.ReadFull(r.options.Random, raw[:]); err != nil {
		r.options.Log.LogAttrs(context.Background(), slog.LevelError, "request id not made", slog.String("error", err.Error()))
	}
	now := &call{
		id: hex.EncodeToString(raw[:]), started: r.options.Now(), address: c.ClientIP(),
		lang: languageOf(c.GetHeader("Accept-Language")), match: c.GetHeader("If-None-Match"),
		method: c.Request.Method,
	}
	c.Request = c.Request.WithContext(withCall(c.Request.Context(), now))
	c.Header("X-Request-Id", now.id)
}

// accessLog writes one line per request and counts it. Query strings and
// names never occur in it, only the pattern of the route.
func (r *Router) accessLog(c *gin.Context) {
	c.Next()
	now := current(c)
	took := r.options.Now().Sub(now.started)
	status := c.Writer.Status()
	if now.entry != nil {
		now.entry.observe.done(status, took)
	}
	r.options.Log.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("id", now.id), slog.Int64("user", int64(now.actor.User)),
		slog.String("method", known(now.method)), slog.String("route", now.route()),
		slog.Int("status", status), slog.Float64("ms", float64(took.Microseconds())/1000))
}

// known keeps invented method names out of the log.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
		http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// recoverPanic turns a panic into 500 with one log line; the text of the
// panic never leaves.
func (r *Router) recoverPanic(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
			panic(p) //nolint:forbidigo // net/http asks for exactly this
		}
		r.options.Log.LogAttrs(context.Background(), slog.LevelError, "panic",
			slog.String("request_id", current(c).id), slog.String("route", current(c).route()),
			slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
		if !c.Writer.Written() {
			r.fail(c, fault.New(fault.Internal, "internal", "Panic."))
		}
		c.Abort()
	}()
	c.Next()
}

const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
		"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; " +
		"form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"
)

// securityHeaders tells the browser how little the page and the answers may
// do.
func (r *Router) securityHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if underAPI(c.Request.URL.Path) {
		h.Set("Content-Security-Policy", dataPolicy)
		h.Set("Cache-Control", "no-store")
		h.Set("Vary", "Authorization, Accept-Language, X-Acting-Unit")
		return
	}
	h.Set("Content-Security-Policy", pagePolicy)
}
