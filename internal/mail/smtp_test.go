package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/mail"
	"github.com/leadrelay/leadrelay/internal/testkit/smtpsink"
)

// certificate is one for this machine that signs itself, and the file that
// makes a client believe it.
func certificate(t *testing.T) (server *tls.Config, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sink"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, file
}

func letter() mail.Letter {
	return mail.Letter{
		To: "town@example.org", MessageID: "1@leads.example", Subject: "线索", Text: "正文",
		At: time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC),
	}
}

// password is what the sink of these tests asks for.
const password = "correct horse"

func login() string { return base64.StdEncoding.EncodeToString([]byte("\x00relay\x00" + password)) }

// send hands one letter over and returns what went wrong.
func send(t *testing.T, s mail.Server) error {
	t.Helper()
	s.Host, s.From = "127.0.0.1", "relay@leads.example"
	sender, err := mail.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return sender.Send(context.Background(), letter())
}

func TestNothingIsSaidBeforeTheConnectionIsProtected(t *testing.T) {
	secure, ca := certificate(t)
	sink := smtpsink.Guarded(t, smtpsink.Guard{TLS: secure, Login: login()})
	err := send(t, mail.Server{Port: sink.Port, Security: mail.StartTLS, Username: "relay", Password: password, CAFile: ca})
	if err != nil || len(sink.Letters()) != 1 {
		t.Fatalf("%d letters, %v", len(sink.Letters()), err)
	}
	want := []string{
		"EHLO leads.example", "STARTTLS", "TLS EHLO leads.example", "TLS AUTH PLAIN " + login(),
		"TLS MAIL FROM:<relay@leads.example>", "TLS RCPT TO:<town@example.org>", "TLS DATA", "TLS QUIT",
	}
	if got := sink.Heard(); !slices.Equal(got, want) {
		t.Errorf("the server heard %q", got)
	}
}

func TestLettersGoOverTLSFromTheFirstByte(t *testing.T) {
	secure, ca := certificate(t)
	sink := smtpsink.Guarded(t, smtpsink.Guard{TLS: secure, Implicit: true, Login: login()})
	err := send(t, mail.Server{Port: sink.Port, Security: mail.Implicit, Username: "relay", Password: password, CAFile: ca})
	if err != nil || len(sink.Letters()) != 1 || !strings.HasPrefix(sink.Heard()[0], "TLS EHLO") {
		t.Errorf("%d letters, heard %q, %v", len(sink.Letters()), sink.Heard(), err)
	}
}

// None of these says anything of the letter, and each may pass: an
// administrator sets it right and the mail goes out then.
func TestNoLetterGoesToAServerThatIsNotTheConfiguredOne(t *testing.T) {
	secure, ca := certificate(t)
	_, other := certificate(t)
	for _, tc := range []struct {
		name  string
		guard smtpsink.Guard
		ask   mail.Server
		want  string
	}{
		{"no TLS offered", smtpsink.Guard{}, mail.Server{Security: mail.StartTLS, CAFile: ca}, "change to TLS"},
		{"another certificate", smtpsink.Guard{TLS: secure}, mail.Server{Security: mail.StartTLS, CAFile: other}, "certificate signed by unknown authority"},
		{"another certificate at once", smtpsink.Guard{TLS: secure, Implicit: true}, mail.Server{Security: mail.Implicit, CAFile: other}, "certificate signed by unknown authority"},
		{
			"a wrong password",
			smtpsink.Guard{TLS: secure, Login: login()},
			mail.Server{Security: mail.StartTLS, CAFile: ca, Username: "relay", Password: "wrong"},
			`log in to the mail server: 535 "wrong name or password"`,
		},
		{
			"no log-in offered",
			smtpsink.Guard{TLS: secure},
			mail.Server{Security: mail.StartTLS, CAFile: ca, Username: "relay", Password: password},
			"log in to the mail server",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink := smtpsink.Guarded(t, tc.guard)
			tc.ask.Port = sink.Port
			err := send(t, tc.ask)
			if err == nil || !strings.Contains(err.Error(), tc.want) || fault.CodeOf(err) == "mail.refused" {
				t.Errorf("error %v, want %q", err, tc.want)
			}
			for _, line := range sink.Heard() {
				if strings.Contains(line, "MAIL FROM") || strings.Contains(line, password) {
					t.Errorf("the server heard %q", line)
				}
			}
		})
	}
}

func TestARunThatEndsDoesNotWaitForASilentServer(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	port := int64(l.Addr().(*net.TCPAddr).Port) //nolint:forcetypeassert // a TCP listener has no other
	sender, err := mail.New(mail.Server{Host: "127.0.0.1", Port: port, Security: mail.Plain, From: "relay@leads.example"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sender.Send(ctx, letter()) }()
	cancel()
	select {
	case err := <-ended:
		if err == nil || fault.CodeOf(err) == "mail.refused" {
			t.Errorf("error %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("it waits on")
	}
}
