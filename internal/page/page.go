// Package page holds what every list has in common: a page request, a page
// of results, an order and an opaque cursor that cannot be forged.
package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// MaxLimit is the largest page a list gives; more is refused, not cut.
const MaxLimit = 100

// CountCap is where counting stops when no kept counter gives the total.
const CountCap = 1000

// Sort is the order of a list: a column of the view, ascending or not. The
// id always breaks ties in the same direction.
type Sort struct {
	Name string
	Desc bool
}

// String returns the query form: name, with "-" in front when descending.
func (s Sort) String() string {
	if s.Desc {
		return "-" + s.Name
	}
	return s.Name
}

// Position is the last row of a page: its sort value as text, whether that
// value was missing (missing sorts last), and its id.
type Position struct {
	Value string `json:"v,omitempty"`
	Null  bool   `json:"n,omitempty"`
	ID    int64  `json:"i"`
}

// Request asks for one page. After is nil for the first page.
type Request struct {
	Limit int
	Sort  Sort
	After *Position
}

// Total is the size of the whole list: exact, or "at least Count".
type Total struct {
	Count int64 `json:"count"`
	Exact bool  `json:"exact"`
}

// Of is one page of items. Next is nil on the last page.
type Of[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
	Total Total   `json:"total"`
}

// Cursors seals positions so that a client can neither forge one nor use it
// for another person, filter or order.
type Cursors struct{ key []byte }

// NewCursors returns a sealer with the given secret key.
func NewCursors(key []byte) Cursors { return Cursors{key: key} }

// Seal returns the cursor of p. bound names what the cursor belongs to: the
// person, the list, its filter and its order.
func (c Cursors) Seal(p Position, bound string) string {
	body, err := json.Marshal(p)
	if err != nil { // a struct of string, bool and integer always encodes
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(c.mac(body, bound), body...))
}

// Open returns the position in a cursor.
//
// Errors: Invalid "input.invalid" on field cursor when it was forged, cut or
// made for something else.
func (c Cursors) Open(cursor, bound string) (*Position, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= macSize {
		return nil, fault.BadField("cursor", "cursor.unknown")
	}
	mac, body := raw[:macSize], raw[macSize:]
	if !hmac.Equal(mac, c.mac(body, bound)) {
		return nil, fault.BadField("cursor", "cursor.unknown")
	}
	var p Position
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, fault.BadField("cursor", "cursor.unknown")
	}
	return &p, nil
}

const macSize = 16

func (c Cursors) mac(body []byte, bound string) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte(bound))
	h.Write([]byte{0})
	h.Write(body)
	return h.Sum(nil)[:macSize]
}
