package httpapi

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// Upload is embedded in the input of a route that ReceivesFile. Content is
// read once, straight from the network: nothing is kept in memory or in
// temporary files. It fails with a classified error when the file is larger
// than the route takes or when something follows it.
type Upload struct {
	FileName string    `json:"-"`
	Content  io.Reader `json:"-"`
}

// Resolve takes the file that decode opened.
func (u *Upload) Resolve(ctx huma.Context) []error {
	if opened := callOf(ctx.Context()).upload; opened != nil {
		*u = *opened
	}
	return nil
}

// envelopeBytes is the room for the boundaries and headers around a file.
const envelopeBytes = 8 << 10

// openUpload finds the one file of a multipart body.
func openUpload(w http.ResponseWriter, req *http.Request, limit int64) (*Upload, error) {
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "body.media_type", "The body is not multipart/form-data.")
	}
	if req.ContentLength > limit+envelopeBytes {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	parts := multipart.NewReader(http.MaxBytesReader(w, req.Body, limit+envelopeBytes), params["boundary"])
	part, err := parts.NextPart()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fault.BadField("file", "required")
	case err != nil:
		return nil, fault.New(fault.Invalid, "body.malformed", "The multipart body cannot be read.").Because(err)
	case part.FormName() != "file":
		return nil, fault.BadField(short(printable(part.FormName())), "unknown")
	case part.FileName() == "":
		return nil, fault.BadField("file", "file_name_missing")
	}
	return &Upload{FileName: part.FileName(), Content: &onlyPart{part: part, parts: parts, left: limit, limit: limit}}, nil
}

// digested lets the digest follow the file while it is read: its name and its
// bytes, not the boundary, which differs each time it is sent.
func (u *Upload) digested(digest hash.Hash) {
	_, _ = io.WriteString(digest, u.FileName+"\n")
	u.Content = io.TeeReader(u.Content, digest)
}

// onlyPart reads the file and refuses a larger one and a second part, so
// that what is stored is all that was sent.
type onlyPart struct {
	part  io.Reader
	parts *multipart.Reader
	left  int64
	limit int64
}

// Read gives the next bytes of the file.
func (o *onlyPart) Read(p []byte) (int, error) {
	n, err := o.part.Read(p)
	o.left -= int64(n)
	switch {
	case o.left < 0:
		return 0, fmt.Errorf("read upload: %w", &http.MaxBytesError{Limit: o.limit})
	case errors.Is(err, io.EOF):
		return n, o.end()
	case err != nil:
		return n, bodyNotRead(err)
	}
	return n, nil
}

func (o *onlyPart) end() error {
	switch _, err := o.parts.NextPart(); {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return bodyNotRead(err)
	}
	return fault.BadField("file", "doubled")
}

// Download is a file as an attachment; the browser never shows it inside
// the page's origin.
type Download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Length      string `header:"Content-Length"`
	Body        func(huma.Context)
}

// NewDownload returns the answer that sends the content and closes it.
func NewDownload(name, contentType string, size int64, content io.ReadCloser) *Download {
	return &Download{
		ContentType: contentType,
		Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}),
		Length:      strconv.FormatInt(size, 10),
		Body: func(ctx huma.Context) {
			defer func() { _ = content.Close() }() // opened for reading: closing cannot lose anything
			ctx.SetStatus(http.StatusOK)
			// A failed copy means that the client is gone or the disk is; the
			// length promised in the header tells the client.
			_, _ = io.Copy(ctx.BodyWriter(), content)
		},
	}
}
