// Package smtpsink is a mail server for tests: it takes letters over a real
// socket and fails as it is told to.
package smtpsink

import (
	"bufio"
	"cmp"
	"crypto/tls"
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

// Guard is what the sink asks of those who bring letters.
type Guard struct {
	TLS      *tls.Config // nil: it speaks in the open alone
	Implicit bool        // TLS from the first byte, not after STARTTLS
	Login    string      // what AUTH PLAIN must say, in base64; empty: it asks for none
}

// Sink is a running server.
type Sink struct {
	Port  int64
	guard Guard

	mu      sync.Mutex
	plan    []string
	letters []string
	heard   []string
	taking  func()
}

// Start runs a sink on this machine until the test ends.
func Start(t testing.TB) *Sink {
	t.Helper()
	return Guarded(t, Guard{})
}

// Guarded is Start with a guard.
func Guarded(t testing.TB, g Guard) *Sink {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start the mail sink: %v", err)
	}
	s := &Sink{Port: int64(l.Addr().(*net.TCPAddr).Port), guard: g} //nolint:forcetypeassert // a TCP listener has no other
	if g.Implicit {
		l = tls.NewListener(l, g.TLS)
	}
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

// WhileTaking runs f for each letter, after its last byte and before the sink
// says that it took it: so a test makes it slow.
func (s *Sink) WhileTaking(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taking = f
}

// Letters returns what arrived whole, in order, whether or not it was
// acknowledged.
func (s *Sink) Letters() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.letters...)
}

// Heard returns the commands of all conversations, in order, each with the
// word "TLS" before it that came under TLS.
func (s *Sink) Heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
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

// talk is one conversation, which begins anew under TLS when the other side
// asks for that.
func (s *Sink) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	how := s.next()
	_, _ = conn.Write([]byte("220 sink\r\n"))
	if s.converse(conn, how) {
		secure := tls.Server(conn, s.guard.TLS)
		s.converse(secure, how)
		_ = secure.Close()
	}
}

// converse answers commands; true when the connection is to change to TLS.
func (s *Sink) converse(conn net.Conn, how string) bool {
	in := bufio.NewReader(conn)
	_, secure := conn.(*tls.Conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		line = strings.TrimSpace(line)
		s.note(line, secure)
		answer := cmp.Or(s.answer(line, how, secure), "250 ok")
		_, _ = conn.Write([]byte(answer + "\r\n"))
		switch {
		case strings.HasPrefix(answer, "354") && !s.letter(in, how):
			return false
		case strings.HasPrefix(answer, "354"):
			_, _ = conn.Write([]byte("250 taken\r\n"))
		case strings.HasPrefix(answer, "221"):
			return false
		case strings.HasPrefix(answer, "220"):
			return true
		}
	}
}

func (s *Sink) note(line string, secure bool) {
	if secure {
		line = "TLS " + line
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, line)
}

// answer is what the sink says to a command; nothing for what is well.
func (s *Sink) answer(line, how string, secure bool) string {
	switch verb, said, _ := strings.Cut(line, " "); verb {
	case "EHLO":
		return s.offers(secure)
	case "STARTTLS":
		if s.guard.TLS == nil {
			return "502 not here"
		}
		return "220 go on"
	case "AUTH":
		if said != "PLAIN "+s.guard.Login {
			return "535 wrong name or password"
		}
		return "235 welcome"
	case "RCPT":
		return map[string]string{Later: "451 try again later", Never: "550 no such person"}[how]
	case "DATA":
		return "354 go on"
	case "QUIT":
		return "221 bye"
	}
	return ""
}

func (s *Sink) offers(secure bool) string {
	out := ""
	if s.guard.TLS != nil && !secure {
		out += "250-STARTTLS\r\n"
	}
	if s.guard.Login != "" {
		out += "250-AUTH PLAIN\r\n"
	}
	return out + "250 sink"
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
	taking := s.taking
	s.mu.Unlock()
	if taking != nil {
		taking()
	}
	return how != CutAfter
}
