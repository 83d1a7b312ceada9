package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// encoder writes answers through reused buffers.
type encoder struct{ buffers sync.Pool }

func newEncoder() *encoder {
	return &encoder{buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

// write encodes the whole value before the first byte leaves, so that a
// value that cannot be encoded is a clean 500 and the length is known.
func (e *encoder) write(w io.Writer, value any) error {
	buf, ok := e.buffers.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	defer e.giveBack(buf)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return err
	}
	if rw, ok := w.(http.ResponseWriter); ok {
		rw.Header().Set("Content-Length", strconv.Itoa(buf.Len()))
	}
	// A failed write means that the client is gone; there is nobody to tell.
	_, _ = w.Write(buf.Bytes())
	return nil
}

func (e *encoder) giveBack(buf *bytes.Buffer) {
	if buf.Cap() <= bodyBytes { // one huge answer must not stay in memory
		buf.Reset()
		e.buffers.Put(buf)
	}
}
