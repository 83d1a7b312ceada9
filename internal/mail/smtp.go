// Package mail hands letters to a mail server over SMTP (RFC 5321), one
// connection for each.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	netmail "net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// How the connection is protected.
const (
	StartTLS = "starttls" // begins in the open and must change to TLS before anything is said
	Implicit = "tls"      // TLS from the first byte
	Plain    = "none"     // for a server on the same machine
)

// patience bounds one letter, from the first byte to the last.
const patience = time.Minute

// Server says how the mail server is reached.
type Server struct {
	Host     string
	Port     int64
	Security string
	Username string // empty: no log-in
	Password string
	From     string // the address, or name and address, that letters come from
	CAFile   string // certificates to believe instead of the system's; empty for those
}

// Letter is one mail to one person, as plain text.
type Letter struct {
	To        string
	MessageID string // without its brackets
	Subject   string
	Text      string
	At        time.Time
}

// Sender hands letters to one server.
type Sender struct {
	server Server
	from   *netmail.Address
	roots  *x509.CertPool
}

// New checks the settings. It connects to nothing.
//
// Errors: one clear line for an address or a file that cannot be read.
func New(s Server) (*Sender, error) {
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("read the address that mail comes from: %w", err)
	}
	out := &Sender{server: s, from: from}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificates of the mail server: %w", err)
		}
		out.roots = x509.NewCertPool()
		if !out.roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read the certificates of the mail server: %s holds none", s.CAFile)
		}
	}
	return out, nil
}

// Domain returns what follows the @ of the address that letters come from.
func (s *Sender) Domain() string {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return domain
}

// Send hands over one letter and returns when the server has taken it.
//
// Errors: Invalid "mail.refused" when the server refuses the receiver or the
// letter for good (RFC 5321, 4.2.1, a reply of 5xx); any other error means
// that another attempt may help, also when the connection broke after the
// last byte and nobody knows whether the letter was taken.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }() // after Quit it is closed already
	if err := client.Mail(s.from.Address); err != nil {
		return fmt.Errorf("name the sender: %w", err)
	}
	if err := client.Rcpt(l.To); err != nil {
		return final("name the receiver", err)
	}
	body, err := client.Data()
	if err != nil {
		return final("begin the letter", err)
	}
	if _, err := io.WriteString(body, s.text(l)); err != nil {
		return fmt.Errorf("write the letter: %w", err)
	}
	if err := body.Close(); err != nil {
		return final("end the letter", err)
	}
	_ = client.Quit() // the letter was taken; what the server says now changes nothing
	return nil
}

// final tells a refusal for good from a failure that may pass.
func final(doing string, err error) error {
	err = fmt.Errorf("%s: %w", doing, err)
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 500 && reply.Code < 600 {
		return fault.New(fault.Invalid, "mail.refused", "The mail server refuses the letter.").Because(err)
	}
	return err
}

func (s *Sender) connect(ctx context.Context) (*smtp.Client, error) {
	address := net.JoinHostPort(s.server.Host, strconv.FormatInt(s.server.Port, 10))
	secure := &tls.Config{ServerName: s.server.Host, MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	var conn net.Conn
	var err error
	if s.server.Security == Implicit {
		conn, err = (&tls.Dialer{Config: secure}).DialContext(ctx, "tcp", address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return nil, fmt.Errorf("connect to the mail server: %w", err)
	}
	if until, bounded := ctx.Deadline(); bounded {
		if err := conn.SetDeadline(until); err != nil {
			return nil, errors.Join(fmt.Errorf("bound the time of the mail server: %w", err), conn.Close())
		}
	}
	// A cancelled run must not wait for a silent server.
	release := context.AfterFunc(ctx, func() { _ = conn.Close() })
	client, err := s.greet(conn, secure)
	if err != nil {
		release()
		_ = conn.Close() // it may be closed already; the reason is what counts
		return nil, err
	}
	return client, nil
}

func (s *Sender) greet(conn net.Conn, secure *tls.Config) (*smtp.Client, error) {
	client, err := smtp.NewClient(conn, s.server.Host)
	if err != nil {
		return nil, fmt.Errorf("greet the mail server: %w", err)
	}
	if err := client.Hello(s.Domain()); err != nil {
		return nil, fmt.Errorf("greet the mail server: %w", err)
	}
	if s.server.Security == StartTLS {
		if err := client.StartTLS(secure); err != nil {
			return nil, fmt.Errorf("change to TLS: %w", err)
		}
	}
	if s.server.Username != "" {
		auth := smtp.PlainAuth("", s.server.Username, s.server.Password, s.server.Host)
		if err := client.Auth(auth); err != nil {
			return nil, fmt.Errorf("log in to the mail server: %w", err)
		}
	}
	return client, nil
}

// text writes headers and body. Nothing in it can begin a header of its own:
// addresses were checked, the subject is encoded, and lines are cut here.
func (s *Sender) text(l Letter) string {
	var b strings.Builder
	header := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	header("From", s.from.String())
	header("To", "<"+l.To+">")
	header("Subject", mime.BEncoding.Encode("utf-8", strings.NewReplacer("\r", " ", "\n", " ").Replace(l.Subject)))
	header("Date", l.At.Format(time.RFC1123Z))
	header("Message-ID", "<"+l.MessageID+">")
	header("Auto-Submitted", "auto-generated") // RFC 3834: holiday replies stay away
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	coded := base64.StdEncoding.EncodeToString([]byte(l.Text))
	const width = 76
	for len(coded) > width {
		b.WriteString(coded[:width] + "\r\n")
		coded = coded[width:]
	}
	b.WriteString(coded + "\r\n")
	return b.String()
}
