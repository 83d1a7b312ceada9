package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// site holds the built page in memory: it is a few megabytes and embedded
// in the program anyway.
type site struct{ files map[string]*asset }

// asset is one file of the page with its compressed twins, if built.
type asset struct {
	contentType string
	hashed      bool // its name changes with its content, so it never goes stale
	forms       map[string]form
}

// form is one encoding of an asset: "", "br" or "gzip".
type form struct {
	content []byte
	tag     string
}

// The page, and what stands in its place before it was built.
const (
	indexFile       = "index.html"
	placeholderFile = "placeholder.html"
)

// newSite reads the page; without one every path but the API's is unknown.
func newSite(files fs.FS) (*site, error) {
	s := &site{files: map[string]*asset{}}
	if files == nil {
		return s, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read page file %s: %w", name, err)
		}
		s.add(name, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	return s, nil
}

func (s *site) add(name string, content []byte) {
	encoding := ""
	for suffix, e := range map[string]string{".br": "br", ".gz": "gzip"} {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			name, encoding = base, e
		}
	}
	a, ok := s.files[name]
	if !ok {
		a = &asset{contentType: contentType(name), hashed: strings.HasPrefix(name, "assets/"), forms: map[string]form{}}
		s.files[name] = a
	}
	sum := sha256.Sum256(content)
	a.forms[encoding] = form{content: content, tag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// contentType does not ask the machine's own table, which differs between
// systems and may call a script text/plain.
func contentType(name string) string {
	known := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml",
		".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".woff": "font/woff",
		".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
	}
	ext := strings.ToLower(path.Ext(name))
	if t, ok := known[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// serve answers GET and HEAD with a file of the page, or with the page
// itself for the paths that its own router knows. It tells whether it did.
func (s *site) serve(c *gin.Context) bool {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		return false
	}
	name := strings.TrimPrefix(path.Clean("/"+c.Request.URL.Path), "/")
	a, ok := s.files[name]
	if !ok {
		if path.Ext(name) != "" || strings.HasPrefix(name+"/", "assets/") {
			return false // a missing script must not answer with a page
		}
		if name, a = s.index(); a == nil {
			return false
		}
	}
	a.send(c, name)
	return true
}

// index returns the page itself, nil when there is none.
func (s *site) index() (string, *asset) {
	for _, name := range []string{indexFile, placeholderFile} {
		if a, ok := s.files[name]; ok {
			return name, a
		}
	}
	return "", nil
}

func (a *asset) send(c *gin.Context, name string) {
	encoding := a.best(c.GetHeader("Accept-Encoding"))
	f := a.forms[encoding]
	h := c.Writer.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("ETag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if a.hashed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	c.Status(http.StatusOK)
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, bytes.NewReader(f.content))
}

// best returns the smallest form that the browser takes.
func (a *asset) best(accepted string) string {
	for _, encoding := range []string{"br", "gzip"} {
		if _, ok := a.forms[encoding]; ok && takes(accepted, encoding) {
			return encoding
		}
	}
	return ""
}

func takes(accepted, encoding string) bool {
	for _, part := range strings.Split(accepted, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding && quality(params) > 0 {
			return true
		}
	}
	return false
}
