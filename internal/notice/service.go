package notice

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Needs are what the use cases are built from.
type Needs struct {
	Store   Store
	Leads   LeadsOf
	Rules   Rules
	Policy  *access.Policy
	Cursors page.Cursors
	Random  io.Reader
	Product string
	Poster  Poster // nil: no mail leaves, and none is written
	Domain  string // what identifiers of mail end in
	Site    string // where the page is reached, for the links in mail
}

// Service holds the use cases of inbox, live stream and mail.
type Service struct {
	store   Store
	leads   LeadsOf
	rules   Rules
	policy  *access.Policy
	cursors page.Cursors
	mu      sync.Mutex
	random  io.Reader
	product string
	poster  Poster
	domain  string
	site    string
	hub     *hub
	tell    chan struct{} // holds one: somebody is to be told
	post    chan struct{} // holds one: mail is to go out
}

// New returns the use cases.
func New(n Needs) *Service {
	return &Service{
		store: n.Store, leads: n.Leads, rules: n.Rules, policy: n.Policy, cursors: n.Cursors, random: n.Random, product: n.Product,
		poster: n.Poster, domain: n.Domain, site: n.Site, hub: newHub(),
		tell: make(chan struct{}, 1), post: make(chan struct{}, 1),
	}
}

// Hear takes what committed transactions announce. It does not wait.
func (s *Service) Hear(signal event.Signal) {
	if signal.All || signal.Notices {
		wake(s.tell)
	}
	if signal.All || signal.Mails {
		wake(s.post)
	}
	s.hub.hear(signal)
}

// Told gives a turn when somebody is to be told.
func (s *Service) Told() <-chan struct{} { return s.tell }

// Posted gives a turn when mail is to go out.
func (s *Service) Posted() <-chan struct{} { return s.post }

// Changed gives a turn when leads changed that an open page may show.
func (s *Service) Changed() <-chan struct{} { return s.hub.changed }

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// MailOn tells whether mail leaves the server.
func (s *Service) MailOn() bool { return s.poster != nil }

// actor is the person as the access rules know it, with every right of the
// moment.
func (s *Service) actor(p Person) access.Actor { return access.NewActor(p.ID, p.Memberships, s.policy) }

// newMail prepares a mail. Its identifier is made once, so that a letter sent
// twice is recognised as one.
func (s *Service) newMail() (NewMail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var raw [16]byte
	if _, err := io.ReadFull(s.random, raw[:]); err != nil {
		return NewMail{}, fmt.Errorf("make the identifier of a mail: %w", err)
	}
	return NewMail{MessageID: hex.EncodeToString(raw[:]) + "@" + s.domain}, nil
}

// Inbox returns one page of the caller's inbox, by lead, the latest first. Of
// a lead that the caller may no longer read it tells only that there was
// something.
//
// Errors: Invalid "input.invalid" on cursor.
func (s *Service) Inbox(ctx context.Context, actor access.Actor, ask Ask) (InboxView, error) {
	q := Query{User: actor.User, Unread: ask.Unread, Topic: ask.Topic, Limit: ask.Limit}
	bound := fmt.Sprintf("notices|%d|%t|%s", actor.User, ask.Unread, ask.Topic)
	if ask.Cursor != "" {
		at, err := s.cursors.Open(ask.Cursor, bound)
		if err != nil {
			return InboxView{}, err
		}
		q.Before = at.ID
	}
	threads, err := s.store.Threads(ctx, q)
	if err != nil {
		return InboxView{}, fmt.Errorf("read the inbox: %w", err)
	}
	out := InboxView{Items: []ThreadView{}}
	if len(threads) > q.Limit {
		threads = threads[:q.Limit]
		next := s.cursors.Seal(page.Position{ID: threads[q.Limit-1].Seq}, bound)
		out.Next = &next
	}
	if out.Items, err = s.threads(ctx, actor, q, threads); err != nil {
		return InboxView{}, err
	}
	if out.Total, err = s.store.Count(ctx, q); err != nil {
		return InboxView{}, fmt.Errorf("count the inbox: %w", err)
	}
	feed, err := s.store.Feed(ctx, actor.User)
	if err != nil {
		return InboxView{}, fmt.Errorf("read the inbox: %w", err)
	}
	out.Unread = feed.Unread
	return out, nil
}

// Ask is what a caller asks of the inbox.
type Ask struct {
	Unread bool
	Topic  Topic
	Limit  int
	Cursor string
}

// shownEach is how many notices a thread shows; older ones are counted.
const shownEach = 10

func (s *Service) threads(ctx context.Context, actor access.Actor, q Query, threads []Thread) ([]ThreadView, error) {
	leads := make([]id.Lead, 0, len(threads))
	for _, t := range threads {
		if t.Lead != 0 {
			leads = append(leads, t.Lead)
		}
	}
	heads, err := s.leads.Heads(ctx, actor, leads)
	if err != nil {
		return nil, fmt.Errorf("read the leads of the inbox: %w", err)
	}
	notices, err := s.store.Notices(ctx, q, threads, shownEach)
	if err != nil {
		return nil, fmt.Errorf("read the notices of the inbox: %w", err)
	}
	out := make([]ThreadView, 0, len(threads))
	for _, t := range threads {
		out = append(out, threadView(t, heads, notices))
	}
	return out, nil
}

// Read marks one of the caller's notices, all of one lead, or all up to a
// number as read, and returns how many are left unread. Doing it again
// changes nothing.
//
// Errors: NotFound "notice.unknown" for a notice of somebody else.
func (s *Service) Read(ctx context.Context, actor access.Actor, which Which) (UnreadView, error) {
	var left Feed
	err := s.store.InTx(ctx, func(tx Tx) error {
		if which.Notice != 0 {
			mine, err := tx.Has(ctx, actor.User, which.Notice)
			if err != nil {
				return err
			}
			if !mine {
				return fault.New(fault.NotFound, "notice.unknown", "No such notice.")
			}
		}
		n, err := tx.Read(ctx, actor.User, which)
		if err != nil {
			return err
		}
		if n > 0 {
			tx.Announce(event.Signal{Users: []id.User{actor.User}})
		}
		left, err = tx.Feed(ctx, actor.User)
		return err
	})
	if err != nil {
		return UnreadView{}, fmt.Errorf("mark notices of user %s as read: %w", actor.User, err)
	}
	return UnreadView{Unread: left.Unread}, nil
}
