package account

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// Cost is what one password costs to check, and how many are checked at
// once.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	AtOnce    int           // memory in use is at most AtOnce × MemoryKiB
	Wait      time.Duration // who waits longer for a place is sent away
}

// DefaultCost is the least that OWASP recommends for argon2id: 19 MiB, two
// passes, one lane.
func DefaultCost() Cost {
	return Cost{MemoryKiB: 19 * 1024, Passes: 2, AtOnce: 4, Wait: 10 * time.Second}
}

// Hasher makes and compares argon2id hashes, a bounded number at once: each
// takes memory and time on purpose, and without the bound a handful of
// clients could take all of both.
type Hasher struct {
	params argon2id.Params
	places chan struct{}
	wait   time.Duration
	dummy  string
}

// NewHasher returns a hasher. It makes one hash of a random secret, with
// which passwords of unknown names are compared.
func NewHasher(c Cost, random io.Reader) (*Hasher, error) {
	h := &Hasher{
		params: argon2id.Params{
			Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: 1, SaltLength: 16, KeyLength: 32,
		},
		places: make(chan struct{}, max(1, c.AtOnce)),
		wait:   c.Wait,
	}
	secret, err := randomText(random, 32)
	if err != nil {
		return nil, err
	}
	if h.dummy, err = argon2id.CreateHash(secret, &h.params); err != nil {
		return nil, fmt.Errorf("make the dummy hash: %w", err)
	}
	return h, nil
}

// Hash returns the text to keep for a password.
//
// Errors: Unavailable "auth.busy" when no place became free in time.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// Matches tells whether the password belongs to the hash. An empty hash
// stands for a user who does not exist: it costs the same and never matches.
//
// Errors: Unavailable "auth.busy" when no place became free in time.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return same && known, nil
}

func (h *Hasher) enter(ctx context.Context) error {
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to compare a password: %w", ctx.Err())
	case <-timer.C:
		busy := fault.New(fault.Unavailable, "auth.busy", "Too many logins at once.")
		busy.RetryAfter = int(h.wait / time.Second)
		return busy
	}
}

func (h *Hasher) leave() { <-h.places }
