package httpapi

import (
	"testing"
	"testing/fstest"
)

func TestThePageIsServedWithItsTypesAndCaching(t *testing.T) {
	e := newEdge(t, nil)
	const html, script = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
	const forever, never = "public, max-age=31536000, immutable", "no-cache"
	for _, c := range []struct {
		path, accept              string
		status                    int
		kind, cache, encoding, is string
	}{
		{"/", "", 200, html, never, "", "<!doctype html><title>招商接力</title>"},
		{"/leads/12", "br", 200, html, never, "", "<!doctype html><title>招商接力</title>"},
		{"/index.html", "", 200, html, never, "", "<!doctype html><title>招商接力</title>"},
		{"/favicon.svg", "", 200, "image/svg+xml", never, "", "<svg/>"},
		{"/assets/app-1a2b.js", "", 200, script, forever, "", "let a = 1"},
		{"/assets/app-1a2b.js", "gzip, br", 200, script, forever, "br", "brotli"},
		{"/assets/app-1a2b.js", "gzip", 200, script, forever, "gzip", "gzip"},
		{"/assets/app-1a2b.js", "br;q=0, gzip;q=0.5", 200, script, forever, "gzip", "gzip"},
		{"/assets/../index.html", "", 200, html, never, "", "<!doctype html><title>招商接力</title>"},
	} {
		w := e.do(ask{"GET", c.path, "", "", map[string]string{"Accept-Encoding": c.accept}})
		h := w.Header()
		if w.Code != c.status || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache ||
			h.Get("Content-Encoding") != c.encoding || w.Body.String() != c.is {
			t.Errorf("%s (%s): %d %q %q %q %s", c.path, c.accept, w.Code, h.Get("Content-Type"), h.Get("Cache-Control"), h.Get("Content-Encoding"), w.Body)
		}
	}
}

func TestWhatIsNotOnThePageIsNotFound(t *testing.T) {
	e := newEdge(t, nil)
	for _, a := range []ask{
		{"GET", "/assets/gone.js", "", "", nil},
		{"GET", "/assets/", "", "", nil},
		{"GET", "/gone.png", "", "", nil},
		{"POST", "/", "", "", nil},
		{"GET", "/../../etc/passwd.txt", "", "", nil},
	} {
		if w := e.do(a); w.Code != 404 {
			t.Errorf("%s %s: %d", a.method, a.path, w.Code)
		}
	}
}

func TestThePageIsNotSentAgainToWhoHasIt(t *testing.T) {
	e := newEdge(t, nil)
	first := e.do(ask{"GET", "/", "", "", nil})
	again := e.do(ask{"GET", "/", "", "", map[string]string{"If-None-Match": first.Header().Get("ETag")}})
	if again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("%d %s", again.Code, again.Body)
	}
}

func TestAProgramBuiltWithoutThePageSaysSo(t *testing.T) {
	e := newEdge(t, func(o *Options) { o.Web = fstest.MapFS{"placeholder.html": {Data: []byte("not built")}} })
	if w := e.do(ask{"GET", "/leads", "", "", nil}); w.Code != 200 || w.Body.String() != "not built" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	none := newEdge(t, func(o *Options) { o.Web = nil })
	if w := none.do(ask{"GET", "/", "", "", nil}); w.Code != 404 {
		t.Errorf("without a page: %d", w.Code)
	}
}
