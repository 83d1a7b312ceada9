// Package smtpsink is a mail server for tests: it takes letters over a real
// socket and fails as it is told to.
package smtpsink

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// How the sink treats a letter.
const (
	Take      = "take"      // 250 at the end
	Later     = "later"     // 451 to the receiver
	Never     = "never"     // 550 to the receiver
	CutInside = "cut"       // hangs up in the middle of the letter
	CutAfter  = "cut after" // takes the whole letter and hangs up before it says so
)

// Sink is a running server.
type Sink struct {
	Port    int64
	mu      sync.Mutex
	plan    []string
	letters []string
}

// Start runs a sink on this machine until the test ends.
func Start(t testing.TB) *Sink {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start the mail sink: %v", err)
	}
	s := &Sink{Port: int64(l.Addr().(*net.TCPAddr).Port)} //nolint:forcetypeassert // a TCP listener has no other
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { s.talk(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return s
}

// Plan says how the next letters are treated; after them each is taken.
func (s *Sink) Plan(how ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = how
}

// Letters returns what arrived whole, in order, whether or not it was
// acknowledged.
func (s *Sink) Letters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.letters...)
}

func (s *Sink) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.plan) == 0 {
		return Take
	}
	how := s.plan[0]
	s.plan = s.plan[1:]
	return how
}

func (s *Sink) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	say := func(text string) { _, _ = conn.Write([]byte(text + "\r\n")) }
	say("220 sink")
	how := s.next()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); {
		case verb == "RCPT" && how == Later:
			say("451 try again later")
		case verb == "RCPT" && how == Never:
			say("550 no such person")
		case verb == "DATA":
			say("354 go on")
			if !s.letter(in, how) {
				return
			}
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// letter reads one letter; false when the connection is to be cut.
func (s *Sink) letter(in *bufio.Reader, how string) bool {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || how == CutInside {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(line)
	}
	s.mu.Lock()
	s.letters = append(s.letters, text.String())
	s.mu.Unlock()
	return how != CutAfter
}
