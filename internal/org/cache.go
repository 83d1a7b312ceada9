package org

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// freshFor is how long a picture is trusted without a look at the database.
// It bounds how late a node notices another node's change.
const freshFor = time.Second

// Stamp changes whenever a table of the picture changes.
type Stamp string

// cache keeps the present picture. Readers never wait while it is fresh.
type cache struct {
	mu     sync.Mutex
	now    atomic.Pointer[picture]
	writes atomic.Int64 // changes made through this program
}

type picture struct {
	directory *Directory
	stamp     Stamp
	writes    int64 // of the cache, before the picture was read
	checkedAt time.Time
}

// Directory returns the present picture of the organisation. A change made
// through this program is in it at once, a change by another node within a
// second.
func (s *Service) Directory(ctx context.Context) (*Directory, error) {
	if p := s.cache.now.Load(); s.fresh(p) {
		return p.directory, nil
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	p := s.cache.now.Load()
	if s.fresh(p) { // somebody else looked while this call waited
		return p.directory, nil
	}
	next, err := s.look(ctx, p)
	if err != nil {
		return nil, err
	}
	s.cache.now.Store(next)
	return next.directory, nil
}

// look reads the stamp, and the content if it has changed.
func (s *Service) look(ctx context.Context, p *picture) (*picture, error) {
	next := &picture{writes: s.cache.writes.Load(), checkedAt: s.clock.Now()}
	var err error
	// The stamp is read first: if a change slips in between, the content is
	// newer than its stamp and is merely read once more.
	if next.stamp, err = s.store.Stamp(ctx); err != nil {
		return nil, fmt.Errorf("read stamp of the organisation: %w", err)
	}
	if p != nil && next.stamp == p.stamp {
		next.directory = p.directory
		return next, nil
	}
	content, err := s.store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the organisation: %w", err)
	}
	next.directory = NewDirectory(content)
	return next, nil
}

func (s *Service) fresh(p *picture) bool {
	return p != nil && p.writes == s.cache.writes.Load() && s.clock.Now().Sub(p.checkedAt) < freshFor
}

// changed makes the next reader look at the database, now and once more when
// the request's transaction has ended, for another reader may look before.
func (s *Service) changed(ctx context.Context) {
	s.cache.writes.Add(1)
	s.store.AtEnd(ctx, func() { s.cache.writes.Add(1) })
}
