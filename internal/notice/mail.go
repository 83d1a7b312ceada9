package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// MailState is where a mail stands.
type MailState string

// The states of a mail. A dropped one had nothing left to say: the right was
// lost, everything was read, or the person has no address any more.
const (
	Waiting MailState = "waiting"
	Sent    MailState = "sent"
	Dropped MailState = "dropped"
	Dead    MailState = "dead"
)

// The kinds of mail.
const (
	mailNotice = "notice"
	mailDigest = "digest"
)

// NewMail is a mail to write.
type NewMail struct {
	MessageID string
	Quiet     *Quiet // it waits for their end
}

// Mail is one mail that this node tries to send.
type Mail struct {
	ID        id.Mail
	User      id.User
	Kind      string
	MessageID string
	Attempts  int // this one included
	At        time.Time
	CreatedAt time.Time
}

// MailEnd is how an attempt ended. Waiting with NextAt means later; Unspent
// says that it does not count as an attempt.
type MailEnd struct {
	State   MailState
	NextAt  time.Time
	Error   string
	Unspent bool
}

// MailRow is a mail in the administrator's list.
type MailRow struct {
	Mail
	UserName  string
	State     MailState
	NextAt    time.Time
	LastError string
	EndedAt   *time.Time
}

const (
	// holdMail is how long a node may take over the mails of one claim. Then
	// another takes them for lost; one that was sent after all goes out again
	// under the same identifier.
	holdMail = 5 * time.Minute
	// mailBatch letters that each take as long as a Poster may stay within
	// that, so that a slow server makes no other node send what still waits
	// for its turn here.
	mailBatch = 4
	// errorKept bounds what is kept of a server's words.
	errorKept = 300
)

// pauses lie between the attempts of one mail: 70 hours in all, so that a
// weekend without a mail server, from Friday evening to Monday morning, gives
// up nothing.
func pauses() []time.Duration {
	return []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
		24 * time.Hour,
	}
}

// Post sends the mail that is due, and returns how many went out. Any number
// of nodes may call it at once. Each mail goes out at least once: a node that
// dies between sending and writing that down leaves it to be sent again, with
// the same Message-ID.
func (s *Service) Post(ctx context.Context) (int, error) {
	if !s.MailOn() {
		return 0, nil
	}
	for sent := 0; ; {
		var claimed []Mail
		err := s.store.InTx(ctx, func(tx Tx) (err error) {
			claimed, err = tx.ClaimMails(ctx, mailBatch, holdMail)
			return err
		})
		if err != nil {
			return sent, fmt.Errorf("claim mail: %w", err)
		}
		var failed error
		for _, m := range claimed {
			end, err := s.postOne(ctx, m)
			if err == nil && end.State == Sent {
				sent++
			}
			failed = errors.Join(failed, err)
		}
		if failed != nil || len(claimed) < mailBatch {
			return sent, failed
		}
	}
}

func (s *Service) postOne(ctx context.Context, m Mail) (MailEnd, error) {
	end, err := s.attempt(ctx, m)
	if err != nil {
		return end, fmt.Errorf("send mail %s: %w", m.ID, err)
	}
	// The letter is out: a cancelled run must not leave it to go out again.
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = s.store.InTx(own, func(tx Tx) error { return tx.EndMail(own, m, end) })
	if err != nil {
		return end, fmt.Errorf("write how mail %s ended: %w", m.ID, err)
	}
	return end, nil
}

// attempt asks again for the address, the quiet hours and the right to each
// lead, and sends what is left.
func (s *Service) attempt(ctx context.Context, m Mail) (MailEnd, error) {
	p, err := s.store.Person(ctx, m.User)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return MailEnd{}, err
	}
	if !p.Active || p.Email == "" {
		return MailEnd{State: Dropped, Error: "no address"}, nil
	}
	if at := p.Settings.Quiet.After(m.At); at.After(m.At) {
		return MailEnd{State: Waiting, NextAt: at, Unspent: true}, nil
	}
	lines, err := s.lines(ctx, p, m.ID)
	if err != nil {
		return MailEnd{}, err
	}
	if len(lines) == 0 {
		return MailEnd{State: Dropped, Error: "nothing left to say"}, nil
	}
	err = s.poster.Post(ctx, s.letter(p, m, lines))
	if ctx.Err() != nil && err != nil {
		return MailEnd{State: Waiting, NextAt: m.At, Error: "the program ended", Unspent: true}, nil
	}
	return ended(m, err), nil
}

// ended says what follows from an attempt.
func ended(m Mail, err error) MailEnd {
	switch {
	case err == nil:
		return MailEnd{State: Sent}
	case fault.CodeOf(err) == "mail.refused" || m.Attempts > len(pauses()):
		return MailEnd{State: Dead, Error: short(err)}
	}
	return MailEnd{State: Waiting, NextAt: m.At.Add(pauses()[m.Attempts-1]), Error: short(err)}
}

func short(err error) string {
	text := []rune(err.Error())
	return string(text[:min(len(text), errorKept)])
}

// line is one notice that a letter may tell.
type line struct {
	notice Notice
	head   *Head // nil for an event without a lead
}

// lines returns what a letter may tell now: what is unread and, where it is
// about a lead, inside the person's reading scope at this moment.
func (s *Service) lines(ctx context.Context, p Person, mail id.Mail) ([]line, error) {
	notices, err := s.store.MailNotices(ctx, mail)
	if err != nil {
		return nil, fmt.Errorf("read what mail %s is about: %w", mail, err)
	}
	actor := s.actor(p)
	heads, err := s.leads.Heads(ctx, actor, leadsOf(notices))
	if err != nil {
		return nil, fmt.Errorf("read the leads of mail %s: %w", mail, err)
	}
	var out []line
	for _, n := range notices {
		l := line{notice: n}
		if head, readable := heads[n.What.Lead]; readable {
			l.head = &head
		}
		alone := n.What.Lead == 0 || n.Apart
		if n.ReadAt == nil && (l.head != nil || alone && p.addressed(n.What.Notice, actor)) {
			out = append(out, l)
		}
	}
	return out, nil
}

func leadsOf(notices []Notice) []id.Lead {
	var out []id.Lead
	for _, n := range notices {
		if n.What.Lead != 0 {
			out = append(out, n.What.Lead)
		}
	}
	return out
}

// Digest writes the day's one mail for everybody whose hour has come and who
// has notices waiting for it, and returns how many. Notices of after that
// hour wait for the next day.
func (s *Service) Digest(ctx context.Context) (int, error) {
	if !s.MailOn() {
		return 0, nil
	}
	due, err := s.store.DigestDue(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for daily mail: %w", err)
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, user := range due {
		p, err := s.store.Person(ctx, user)
		if err != nil {
			return n, fmt.Errorf("read user %s: %w", user, err)
		}
		day := clock.DateOf(now)
		at := p.Settings.digestAt(day)
		if now.Before(at) {
			continue
		}
		done, err := s.digest(ctx, p, day, at)
		if err != nil {
			return n, fmt.Errorf("write the daily mail of user %s: %w", user, err)
		}
		if done {
			n++
		}
	}
	return n, nil
}

func (s *Service) digest(ctx context.Context, p Person, day clock.Date, before time.Time) (done bool, err error) {
	m, err := s.newMail()
	if err != nil {
		return false, err
	}
	m.Quiet = p.Settings.Quiet
	err = s.store.InTx(ctx, func(tx Tx) error {
		done, err = tx.AddDigest(ctx, p.ID, day, before, m)
		if done {
			tx.Announce(mailSignal())
		}
		return err
	})
	return done && err == nil, err
}
