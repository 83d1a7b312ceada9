package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// channel is the name under which nodes on one PostgreSQL call each other.
const channel = "leadrelay"

// signals gathers what committed transactions announce until somebody
// listens. It never makes a transaction wait.
type signals struct {
	mu      sync.Mutex
	pending event.Signal
	heard   bool          // somebody listens; else nothing is kept
	wake    chan struct{} // holds one: pending is not empty
	node    string        // to leave out what this node said itself
}

func newSignals() *signals {
	return &signals{wake: make(chan struct{}, 1), node: rand.Text()}
}

func (s *signals) add(signal event.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.heard || signal.Empty() {
		return
	}
	s.pending = s.pending.With(signal)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *signals) take() event.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.pending
	s.pending = event.Signal{}
	return out
}

func (s *signals) listen(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard, s.pending = on, event.Signal{}
}

// Announce lets those who listen know, after the commit and not without it,
// what to look at again.
func (tx *Tx) Announce(s event.Signal) { tx.said = tx.said.With(s) }

// meant is what an audit line means to those who listen.
func meant(l event.Line) event.Signal {
	if l.Outcome == event.Refused {
		return event.Signal{}
	}
	var s event.Signal
	if l.Lead != 0 {
		s.Leads = []id.Lead{l.Lead}
	}
	family, _, _ := strings.Cut(l.Kind, ".")
	switch {
	case l.Kind == "session.ended" && l.Object == "session" && l.ObjectID != 0:
		s.Sessions = []id.Session{id.Session(l.ObjectID)}
	case l.Kind == "session.ended", family == "membership", family == "user", family == "unit", family == "password":
		s.People = true
	}
	return s
}

// Listen hands on what committed transactions announce, on this node and on
// every other of the same PostgreSQL, until ctx ends or the connection that
// listens is lost. It begins with "look at everything": before it nobody
// listened. hear must not wait.
//
// Errors: Unavailable "database.unavailable"; call it again then.
func (db *DB) Listen(ctx context.Context, hear func(event.Signal)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	db.signals.listen(true)
	defer db.signals.listen(false)
	failed := make(chan error, 1)
	if db.dialect == Postgres {
		conn, err := db.ear(ctx)
		if err != nil {
			return err
		}
		done := make(chan struct{})
		defer func() { cancel(); <-done }()
		go func() {
			defer close(done)
			failed <- db.others(ctx, conn, hear)
		}()
	}
	hear(event.Signal{All: true})
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-db.signals.wake:
			s := db.signals.take()
			hear(s)
			if err := db.call(ctx, s); err != nil {
				return err
			}
		}
	}
}

// ear opens the connection that listens; it is not of the pools, since it
// never comes back.
func (db *DB) ear(ctx context.Context) (*pgx.Conn, error) {
	c := db.server.Copy()
	c.RuntimeParams["application_name"] = "leadrelay listener"
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to listen: %w", translate(err))
	}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", translate(err)), conn.Close(ctx))
	}
	return conn, nil
}

type spoken struct {
	Node   string       `json:"node"`
	Signal event.Signal `json:"signal"`
}

// others hears what other nodes say.
func (db *DB) others(ctx context.Context, conn *pgx.Conn, hear func(event.Signal)) error {
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it only listened
	for {
		n, err := conn.WaitForNotification(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("wait for other nodes: %w", translate(err))
		}
		var s spoken
		if err := json.Unmarshal([]byte(n.Payload), &s); err != nil {
			s.Signal = event.Signal{All: true} // another release speaks otherwise
		}
		if s.Node != db.signals.node {
			hear(s.Signal)
		}
	}
}

// spokenAtOnce keeps a call below the 8,000 bytes that a notification holds.
const spokenAtOnce = 100

// call tells the other nodes. It runs after the commit and outside it, so
// that no transaction waits for the queue of notifications; a call that is
// lost with its node costs the time until the next look.
func (db *DB) call(ctx context.Context, s event.Signal) error {
	if db.dialect != Postgres {
		return nil
	}
	for !s.Empty() {
		part := s
		part.Users, s.Users = first(s.Users)
		part.Sessions, s.Sessions = first(s.Sessions)
		part.Leads, s.Leads = first(s.Leads)
		s.All, s.Notices, s.Mails, s.People = false, false, false, false
		text, err := json.Marshal(spoken{Node: db.signals.node, Signal: part})
		if err != nil {
			return fmt.Errorf("write a call to other nodes: %w", err)
		}
		if _, err := db.writerDB.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, string(text)); err != nil && ctx.Err() == nil {
			return fmt.Errorf("call other nodes: %w", translate(err))
		}
	}
	return nil
}

func first[T any](list []T) (now, later []T) {
	n := min(len(list), spokenAtOnce)
	return list[:n], list[n:]
}
