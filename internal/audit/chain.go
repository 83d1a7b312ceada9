package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Chain computes the hashes of the chain under a secret key, so that who can
// write to the database but has no key cannot seal what he wrote.
type Chain struct{ key []byte }

// minKey is the size of the hash: a shorter key would be easier to guess
// than the hash.
const minKey = sha256.Size

// NewChain returns the chain with the given key.
//
// Errors: Invalid "audit.key_short" below 32 bytes.
func NewChain(key []byte) (Chain, error) {
	if len(key) < minKey {
		return Chain{}, fault.New(fault.Invalid, "audit.key_short", "The key of the audit chain needs at least 32 bytes.")
	}
	return Chain{key: append([]byte{}, key...)}, nil
}

// Next returns the hash of a line at the place after the hash before; before
// is empty at the first place.
func (c Chain) Next(before string, seq int64, r Row) string {
	h := hmac.New(sha256.New, c.key)
	h.Write(canonical(before, seq, r))
	return hex.EncodeToString(h.Sum(nil))
}

// canonical returns one text per line and place: every column in a fixed
// order, each with its length in front, so that no two lines give the same.
func canonical(before string, seq int64, r Row) []byte {
	b := make([]byte, 0, 512)
	for _, text := range []string{
		before, r.Kind, r.Address, r.RequestID, r.Object, string(r.Outcome), r.Code, r.Reason, r.Changes,
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(text)))
		b = append(b, text...)
	}
	restricted := int64(0)
	if r.Restricted {
		restricted = 1
	}
	for _, n := range []int64{
		seq, int64(r.ID), clock.Cut(r.At).UnixMicro(), int64(r.User), int64(r.Unit), int64(r.Session),
		r.ObjectID, int64(r.Lead), restricted,
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // the bits are meant, not the number
	}
	return b
}

// Began tells whether the chain that a store keeps begins under this key. One
// without a link does under any.
func (c Chain) Began(ctx context.Context, kept Store) (bool, error) {
	links, err := kept.Links(ctx, 0, 1)
	if err != nil {
		return false, fmt.Errorf("read the first audit link: %w", err)
	}
	if len(links) == 0 {
		return true, nil
	}
	first := links[0]
	return first.Row != nil && first.Hash == c.Next("", first.Seq, *first.Row), nil
}

// seal links rows, in their order, behind the last link.
func (c Chain) seal(last Link, rows []Row) []Link {
	out := make([]Link, 0, len(rows))
	for _, r := range rows {
		last = Link{Seq: last.Seq + 1, Event: r.ID, Hash: c.Next(last.Hash, last.Seq+1, r)}
		out = append(out, last)
	}
	return out
}
