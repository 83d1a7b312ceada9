package notice

import (
	"slices"
	"sync"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// hub holds the open streams of this node.
type hub struct {
	mu      sync.Mutex
	streams map[id.User][]*Stream
	leads   []id.Lead // changed, and not yet passed on
	changed chan struct{}
	closed  bool
}

func newHub() *hub {
	return &hub{streams: map[id.User][]*Stream{}, changed: make(chan struct{}, 1)}
}

// maxStreams is how many streams one person may have open on one node: a
// browser keeps one for each tab.
const maxStreams = 8

// add takes a stream in; false when the person has too many.
func (h *hub) add(s *Stream) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams[s.user]) >= maxStreams {
		return false
	}
	if h.closed {
		s.poke(need{end: true})
	}
	h.streams[s.user] = append(h.streams[s.user], s)
	return true
}

func (h *hub) remove(s *Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	left := slices.DeleteFunc(h.streams[s.user], func(o *Stream) bool { return o == s })
	if len(left) == 0 {
		delete(h.streams, s.user)
		return
	}
	h.streams[s.user] = left
}

func (h *hub) each(f func(*Stream)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, of := range h.streams {
		for _, s := range of {
			f(s)
		}
	}
}

func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.each(func(s *Stream) { s.poke(need{end: true}) })
}

// hear pokes the streams that a signal concerns. Leads are passed on by
// whoever reads changed, since that asks the database.
func (h *hub) hear(signal event.Signal) {
	if signal.All || signal.People {
		h.each(func(s *Stream) { s.poke(need{right: true, inbox: true, all: signal.All}) })
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, user := range signal.Users {
		for _, s := range h.streams[user] {
			s.poke(need{inbox: true})
		}
	}
	for _, of := range h.streams {
		for _, s := range of {
			if slices.Contains(signal.Sessions, s.session) {
				s.poke(need{right: true})
			}
		}
	}
	if len(signal.Leads) > 0 && len(h.streams) > 0 {
		h.leads = append(h.leads, signal.Leads...)
		wake(h.changed)
	}
}

func (h *hub) takeLeads() []id.Lead {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.leads
	h.leads = nil
	slices.Sort(out)
	return slices.Compact(out)
}
