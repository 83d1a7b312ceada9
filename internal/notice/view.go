package notice

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// InboxView is one page of an inbox, with the number of unread notices of the
// whole inbox.
type InboxView struct {
	Items  []ThreadView `json:"items"`
	Next   *string      `json:"next"`
	Total  page.Total   `json:"total"`
	Unread int64        `json:"unread"`
}

// ThreadView is what was told of one lead, the latest first. Withheld says
// that the reader may not read the lead: then nothing of it is told but what
// was told apart from it.
type ThreadView struct {
	ID       id.Notice `json:"id" doc:"The latest notice."`
	Lead     *Head     `json:"lead"`
	Withheld bool      `json:"withheld"`
	Count    int64     `json:"count"`
	Unread   int64     `json:"unread"`
	Notices  []View    `json:"notices" doc:"The latest of them."`
	Can      []string  `json:"can"`
	Masked   []string  `json:"masked"`
}

// View is one notice. Of a withheld lead only the numbers and the instants
// are left, and the words of what was told apart from the lead.
type View struct {
	ID        id.Notice         `json:"id"`
	Kind      string            `json:"kind" doc:"Empty when withheld."`
	Topic     Topic             `json:"topic" enum:"handoff,clock,protection,dispute,lead,"`
	At        time.Time         `json:"at"`
	ReadAt    *time.Time        `json:"read_at"`
	By        *Author           `json:"by"`
	HandoffID *id.Handoff       `json:"handoff_id"`
	Object    string            `json:"object"`
	ObjectID  int64             `json:"object_id"`
	Params    map[string]string `json:"params"`
}

// UnreadView is the number of unread notices.
type UnreadView struct {
	Unread int64 `json:"unread"`
}

func threadView(t Thread, heads map[id.Lead]Head, notices []Notice) ThreadView {
	v := ThreadView{
		ID: t.Latest, Count: t.Count, Unread: t.Unread, Notices: []View{}, Can: []string{}, Masked: []string{},
	}
	if t.Lead != 0 {
		if head, readable := heads[t.Lead]; readable {
			v.Lead = &head
		} else {
			v.Withheld, v.Masked = true, []string{"lead", "notices"}
		}
	}
	if v.Unread > 0 {
		v.Can = append(v.Can, "read")
	}
	for _, n := range notices {
		if n.What.Lead == t.Lead && (t.Lead != 0 || n.ID == t.Latest) {
			v.Notices = append(v.Notices, n.view(v.Withheld && !n.Apart, v.Withheld))
		}
	}
	return v
}

// view is the notice as its reader may see it: nothing of it when withheld,
// and no way to the lead's own things when the lead is not the reader's.
func (n Notice) view(withheld, foreign bool) View {
	v := View{ID: n.ID, At: n.What.At, ReadAt: n.ReadAt, Params: map[string]string{}}
	if withheld {
		return v
	}
	v.Kind, v.Topic, v.By = n.What.Kind, TopicOf(n.What.Kind), n.By
	if !foreign || TopicOf(n.What.Kind) == Disputes { // a dispute has readers of its own
		v.Object, v.ObjectID = n.What.Object, n.What.ObjectID
	}
	if h := n.What.Handoff; h != 0 && !foreign {
		v.HandoffID = &h
	}
	if n.What.Params != nil {
		v.Params = n.What.Params
	}
	return v
}

// SettingsView are the caller's own choices.
type SettingsView struct {
	Version    int64    `json:"version"`
	Mail       Channels `json:"mail"`
	QuietFrom  *string  `json:"quiet_from" doc:"HH:MM in Asia/Shanghai; null for none."`
	QuietUntil *string  `json:"quiet_until"`
	DigestHour int      `json:"digest_hour"`
	Email      *string  `json:"email"`
	MailOn     bool     `json:"mail_on" doc:"Whether this server sends mail at all."`
	Can        []string `json:"can"`
	Masked     []string `json:"masked"`
}

func (s *Service) settingsView(p Person) SettingsView {
	v := SettingsView{
		Version: p.Settings.Version, Mail: p.Settings.Mail, DigestHour: p.Settings.DigestHour, MailOn: s.MailOn(),
		Can: []string{"edit"}, Masked: []string{},
	}
	if q := p.Settings.Quiet; q != nil {
		from, until := textOf(q.From), textOf(q.Until)
		v.QuietFrom, v.QuietUntil = &from, &until
	}
	if p.Email != "" {
		v.Email = &p.Email
	}
	return v
}

// MailView is mail on its way, or mail that was given up, as the system
// administrator sees it: whose, not to which address, and nothing of what it
// says.
type MailView struct {
	ID        id.Mail    `json:"id"`
	User      *Author    `json:"user"`
	Kind      string     `json:"kind" enum:"notice,digest"`
	State     MailState  `json:"state" enum:"waiting,sent,dropped,dead"`
	Attempts  int        `json:"attempts"`
	NextAt    *time.Time `json:"next_at" doc:"Null when nothing is tried any more."`
	LastError string     `json:"last_error"`
	MessageID string     `json:"message_id"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at"`
	Can       []string   `json:"can"`
	Masked    []string   `json:"masked"`
}

// MailsView is one page of mail with the number of each state.
type MailsView struct {
	Items  []MailView `json:"items"`
	Next   *string    `json:"next"`
	Total  page.Total `json:"total"`
	MailOn bool       `json:"mail_on"`
	Counts MailCounts `json:"counts"`
}

// MailCounts are how many mails are in each state.
type MailCounts struct {
	Waiting int64 `json:"waiting"`
	Sent    int64 `json:"sent"`
	Dropped int64 `json:"dropped"`
	Dead    int64 `json:"dead"`
}

func (r MailRow) view() MailView {
	v := MailView{
		ID: r.ID, User: &Author{ID: r.User, Name: r.UserName}, Kind: r.Kind, State: r.State, Attempts: r.Attempts,
		LastError: r.LastError, MessageID: r.MessageID, CreatedAt: r.CreatedAt, EndedAt: r.EndedAt,
		Can: []string{}, Masked: []string{},
	}
	if r.State == Waiting {
		v.NextAt = &r.NextAt
	}
	if r.State == Dead {
		v.Can = append(v.Can, "retry")
	}
	return v
}
