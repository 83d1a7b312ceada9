package notice

import (
	"net/mail"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Delivery says whether and when a topic goes out by mail. The inbox has
// everything whatever it says.
type Delivery string

// The ways of mail.
const (
	Off    Delivery = "off"
	AtOnce Delivery = "now"
	Daily  Delivery = "digest"
)

// Channels are the choices of mail by topic.
type Channels struct {
	Handoff    Delivery `json:"handoff" enum:"off,now,digest"`
	Clock      Delivery `json:"clock" enum:"off,now,digest"`
	Protection Delivery `json:"protection" enum:"off,now,digest"`
	Dispute    Delivery `json:"dispute" enum:"off,now,digest"`
	Lead       Delivery `json:"lead" enum:"off,now,digest"`
}

// Of returns the choice for a topic.
func (c Channels) Of(t Topic) Delivery {
	switch t {
	case Handoffs:
		return c.Handoff
	case Clocks:
		return c.Clock
	case Protection:
		return c.Protection
	case Disputes:
		return c.Dispute
	}
	return c.Lead
}

// Quiet are hours in which no mail goes out, in minutes of the local day.
// From after Until means over midnight; equal means none.
type Quiet struct{ From, Until int }

// Settings are a person's own choices. Version 0 means that none were made.
type Settings struct {
	Mail       Channels
	Quiet      *Quiet
	DigestHour int // local
	Version    int64
}

// defaultDigestHour is the beginning of an office day.
const defaultDigestHour = 8

// DefaultSettings returns what holds until a person chooses: mail at once
// where a limit of a working day runs, the rest once a day, none at night.
func DefaultSettings() Settings {
	return Settings{
		Mail:       Channels{Handoff: AtOnce, Clock: AtOnce, Protection: AtOnce, Dispute: AtOnce, Lead: Daily},
		Quiet:      &Quiet{From: 20 * 60, Until: 8 * 60},
		DigestHour: defaultDigestHour,
	}
}

// After returns the first instant from at on that is not in the quiet hours.
func (q *Quiet) After(at time.Time) time.Time {
	if q == nil || q.From == q.Until {
		return at
	}
	local := at.In(clock.Location())
	midnight := clock.DateOf(at).Start()
	now := local.Hour()*60 + local.Minute()
	switch {
	case q.From < q.Until && q.From <= now && now < q.Until, q.From > q.Until && now < q.Until:
		return midnight.Add(time.Duration(q.Until) * time.Minute)
	case q.From > q.Until && now >= q.From:
		return clock.DateOf(at).AddDays(1).Start().Add(time.Duration(q.Until) * time.Minute)
	}
	return at
}

// digestAt is the instant of a day's digest.
func (s Settings) digestAt(day clock.Date) time.Time {
	return day.Start().Add(time.Duration(s.DigestHour) * time.Hour)
}

// Choice is what a person enters.
type Choice struct {
	Mail       Channels
	QuietFrom  *string // HH:MM
	QuietUntil *string
	DigestHour int
	Email      *string
}

// settings checks a choice and names every broken rule.
func (c Choice) settings() (Settings, string, error) {
	var broken []fault.Field
	bad := func(name, code string) { broken = append(broken, fault.Field{Name: name, Code: code}) }
	s := Settings{Mail: c.Mail, DigestHour: c.DigestHour}
	if c.DigestHour < 0 || c.DigestHour > 23 {
		bad("digest_hour", "unknown_value")
	}
	for _, t := range Topics() {
		if d := c.Mail.Of(t); d != Off && d != AtOnce && d != Daily {
			bad("mail."+string(t), "unknown_value")
		}
	}
	s.Quiet = c.quiet(bad)
	email, ok := addressOf(c.Email)
	if !ok {
		bad("email", "notice.email")
	}
	return s, email, fault.Broken("input.invalid", broken)
}

// quiet reads the quiet hours; nil for none.
func (c Choice) quiet(bad func(name, code string)) *Quiet {
	if (c.QuietFrom == nil) != (c.QuietUntil == nil) {
		bad("quiet_until", "notice.quiet_pair")
	}
	if c.QuietFrom == nil || c.QuietUntil == nil {
		return nil
	}
	from, okFrom := minuteOf(*c.QuietFrom)
	until, okUntil := minuteOf(*c.QuietUntil)
	if !okFrom {
		bad("quiet_from", "notice.time")
	}
	if !okUntil {
		bad("quiet_until", "notice.time")
	}
	return &Quiet{From: from, Until: until}
}

func minuteOf(text string) (int, bool) {
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == len("15:04")
}

func textOf(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

// maxAddress is what a mail path may hold (RFC 5321, 4.5.3.1.3, less the
// brackets).
const maxAddress = 254

// addressOf reads one plain address; none and blank mean none.
func addressOf(text *string) (string, bool) {
	if text == nil || strings.TrimSpace(*text) == "" {
		return "", true
	}
	trimmed := strings.TrimSpace(*text)
	parsed, err := mail.ParseAddress(trimmed)
	if err != nil || parsed.Address != trimmed || len(trimmed) > maxAddress {
		return "", false
	}
	for _, c := range trimmed {
		if c <= ' ' || c > '~' {
			return "", false
		}
	}
	return trimmed, true
}
