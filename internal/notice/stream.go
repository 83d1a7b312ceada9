package notice

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Message is one event of a stream. It names rows and says nothing of them.
type Message struct {
	Name string // state, notice, lead, again, end
	Seq  int64  // number to come back with; 0 for none
	Data Fact
}

// Fact is what a message carries.
type Fact struct {
	Unread *int64    `json:"unread,omitempty"`
	Notice id.Notice `json:"notice,omitempty"`
	Lead   id.Lead   `json:"lead,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// Stream is one open page that is told what to read again.
type Stream struct {
	service *Service
	user    id.User
	session id.Session
	live    func(context.Context) (access.Actor, error)
	seq     int64
	unread  int64
	wake    chan struct{}

	mu    sync.Mutex
	actor access.Actor
	needs need
	leads []id.Lead
}

// need is what a stream has to look at.
type need struct {
	inbox bool
	right bool
	all   bool // changes may have been missed
	end   bool
}

func (s *Stream) poke(n need) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.needs = need{
		inbox: s.needs.inbox || n.inbox, right: s.needs.right || n.right, all: s.needs.all || n.all, end: s.needs.end || n.end,
	}
	wake(s.wake)
}

// manyLeads is how many changed leads one message after another tells; more
// are told as "read everything again".
const manyLeads = 50

func (s *Stream) changed(lead id.Lead) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.leads, lead) {
		s.leads = append(s.leads, lead)
	}
	wake(s.wake)
}

func (s *Stream) take() (need, []id.Lead) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, leads := s.needs, s.leads
	s.needs, s.leads = need{}, nil
	return n, leads
}

func (s *Stream) who() access.Actor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.actor
}

// Open begins a stream for the caller's session. since is the number that the
// last stream ended with, 0 for a page that begins; live asks whether the
// session lives and what it may do now. Close it at the end.
//
// Errors: TooMany "events.too_many".
func (s *Service) Open(
	ctx context.Context, actor access.Actor, since int64, live func(context.Context) (access.Actor, error),
) (*Stream, []Message, error) {
	st := &Stream{
		service: s, user: actor.User, session: actor.Origin.Session, live: live, actor: actor, wake: make(chan struct{}, 1),
	}
	if !s.hub.add(st) {
		e := fault.New(fault.TooMany, "events.too_many", "Too many open pages.")
		e.RetryAfter = 60
		return nil, nil, e
	}
	// Registered first and read then, so that nothing falls in between.
	first, err := st.begin(ctx, since)
	if err != nil {
		st.Close()
		return nil, nil, err
	}
	return st, first, nil
}

// Close ends the stream.
func (s *Stream) Close() { s.service.hub.remove(s) }

// CloseStreams tells every open page to come back in a moment, elsewhere or
// here.
func (s *Service) CloseStreams() { s.hub.close() }

func (s *Stream) begin(ctx context.Context, since int64) ([]Message, error) {
	feed, err := s.service.store.Feed(ctx, s.user)
	if err != nil {
		return nil, fmt.Errorf("begin the stream of user %s: %w", s.user, err)
	}
	s.seq, s.unread = feed.LastSeq, feed.Unread
	state := Message{Name: "state", Data: Fact{Unread: &feed.Unread}}
	if since <= 0 || since > feed.LastSeq { // a restored database may be behind the page
		state.Seq = feed.LastSeq
		return []Message{state}, nil
	}
	s.seq = since
	missed, err := s.arrived(ctx)
	return append([]Message{state}, missed...), err
}

// Next waits until there is something to tell, at most as long as the beat,
// and returns it; after a beat without news it returns nothing. The last
// message of a stream is "end": the session is over, or its rights are others
// now and the page should begin again.
func (s *Stream) Next(ctx context.Context, beat time.Duration) ([]Message, error) {
	timer := time.NewTimer(beat)
	defer timer.Stop()
	var looked need
	var leads []id.Lead
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		looked, leads = s.take()
		looked.right, looked.inbox = true, true // in case a signal was lost
	case <-s.wake:
		looked, leads = s.take()
	}
	if looked.end {
		return []Message{{Name: "end", Data: Fact{Reason: "restart"}}}, nil
	}
	if looked.right {
		if end := s.again(ctx); end != nil {
			return []Message{*end}, nil
		}
	}
	return s.tell(ctx, looked, leads)
}

// again asks for the session and its rights.
func (s *Stream) again(ctx context.Context) *Message {
	actor, err := s.live(ctx)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated:
		return &Message{Name: "end", Data: Fact{Reason: "session"}}
	case err != nil:
		return &Message{Name: "end", Data: Fact{Reason: "restart"}}
	case !slices.Equal(actor.Memberships, s.who().Memberships):
		return &Message{Name: "end", Data: Fact{Reason: "rights"}}
	}
	return nil
}

func (s *Stream) tell(ctx context.Context, looked need, leads []id.Lead) ([]Message, error) {
	var out []Message
	if looked.all || len(leads) > manyLeads {
		out, leads = append(out, Message{Name: "again"}), nil
	}
	for _, lead := range leads {
		out = append(out, Message{Name: "lead", Data: Fact{Lead: lead}})
	}
	if !looked.inbox {
		return out, nil
	}
	before := s.unread
	news, err := s.arrived(ctx)
	if err != nil {
		return nil, err
	}
	if len(news) == 0 && s.unread != before {
		left := s.unread
		news = append(news, Message{Name: "state", Data: Fact{Unread: &left}})
	}
	return append(out, news...), nil
}

// arrivedAtOnce is how many notices are read at a time.
const arrivedAtOnce = 200

// arrived returns what came after the last number, in its order.
func (s *Stream) arrived(ctx context.Context) ([]Message, error) {
	feed, err := s.service.store.Feed(ctx, s.user)
	if err != nil {
		return nil, fmt.Errorf("look into the inbox of user %s: %w", s.user, err)
	}
	s.unread = feed.Unread
	var out []Message
	for s.seq < feed.LastSeq {
		list, err := s.service.store.Since(ctx, s.user, s.seq, arrivedAtOnce)
		if err != nil {
			return nil, fmt.Errorf("read the news of user %s: %w", s.user, err)
		}
		if len(list) == 0 {
			break
		}
		for _, n := range list {
			if n.Seq > feed.LastSeq { // came after the count was read: the next turn tells it with its own
				return out, nil
			}
			left := feed.Unread
			out = append(out, Message{Name: "notice", Seq: n.Seq, Data: Fact{Notice: n.ID, Unread: &left}})
			s.seq = n.Seq
		}
	}
	return out, nil
}

// PassOn tells the open pages of this node which leads changed: each page
// those alone that its person may read, or could a moment ago. One question
// for all pages, since there may be hundreds.
func (s *Service) PassOn(ctx context.Context) error {
	leads := s.hub.takeLeads()
	if len(leads) == 0 {
		return nil
	}
	standings, err := s.leads.Standings(ctx, leads)
	if err != nil {
		return fmt.Errorf("ask who reads changed leads: %w", err)
	}
	s.hub.each(func(st *Stream) {
		actor := st.who()
		for _, row := range standings {
			if row.readableBy(actor) {
				st.changed(row.Lead)
			}
		}
	})
	return nil
}
