package notice

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Store keeps what happened, the inboxes, the choices and the mail on its
// way. An inbox belongs to one person, and every reading of it says whose.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)

	// People returns the active ones among the persons, by identifier.
	People(ctx context.Context, who Who) ([]Person, error)
	// Person returns somebody, active or not. Error: NotFound "user.unknown".
	Person(ctx context.Context, user id.User) (Person, error)

	// ToldBefore returns those of the persons whom an earlier event of the
	// same hand-off was told, or of the same lead where there is none.
	ToldBefore(ctx context.Context, h Happened, people []id.User) ([]id.User, error)

	// Threads returns one page of a person's inbox, one row more when there
	// is a next page: for each lead its latest notice.
	Threads(ctx context.Context, q Query) ([]Thread, error)
	// Notices returns the latest notices of each thread of a page.
	Notices(ctx context.Context, q Query, threads []Thread, each int) ([]Notice, error)
	// Count counts the threads of a query, up to page.CountCap.
	Count(ctx context.Context, q Query) (page.Total, error)
	Feed(ctx context.Context, user id.User) (Feed, error)
	// Since returns a person's notices after a number, the oldest first.
	Since(ctx context.Context, user id.User, seq int64, limit int) ([]Arrived, error)

	// MailNotices returns what a mail is about, the oldest first.
	MailNotices(ctx context.Context, mail id.Mail) ([]Notice, error)
	// Mails lists mail of a state, the newest first.
	Mails(ctx context.Context, state MailState, before id.Mail, limit int) ([]MailRow, error)
	CountMails(ctx context.Context) (map[MailState]int64, error)
	// DigestDue returns persons with notices that wait for a digest.
	DigestDue(ctx context.Context) ([]id.User, error)
}

// Tx is one unit of work.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, line event.Line) error
	Announce(s event.Signal)

	// Claim takes up to limit events that nobody was told of, and keeps them
	// from others for a while that grows with each attempt.
	Claim(ctx context.Context, limit int) ([]Happened, error)
	// Told marks an event; false when somebody did before.
	Told(ctx context.Context, happened id.Happening) (bool, error)
	// Failed keeps why telling an event did not work.
	Failed(ctx context.Context, happened id.Happening, why string) error
	// Deliver writes one person's notice, with its mail if it has one.
	Deliver(ctx context.Context, d Delivered) error

	// Read marks unread notices of a person, and says how many.
	Read(ctx context.Context, user id.User, which Which) (int64, error)
	// Has tells whether the notice is one of the person's.
	Has(ctx context.Context, user id.User, notice id.Notice) (bool, error)
	Feed(ctx context.Context, user id.User) (Feed, error)

	// LockPerson reads a person for a change of the own choices.
	LockPerson(ctx context.Context, user id.User) (Person, error)
	SaveSettings(ctx context.Context, user id.User, s Settings) (bool, error)
	SaveEmail(ctx context.Context, user id.User, email string) error

	// TidyMails drops mail that was sent or dropped before an instant, at most
	// limit of it, and says how much. Mail that was given up stays.
	TidyMails(ctx context.Context, before time.Time, limit int) (int, error)
	// TidyNotices drops notices that were read before an instant.
	TidyNotices(ctx context.Context, before time.Time, limit int) (int, error)
	// TidyEvents drops events that were told before an instant and that no
	// notice is about.
	TidyEvents(ctx context.Context, before time.Time, limit int) (int, error)

	// AddDigest writes one mail for a person's day over the notices that
	// waited since before an instant; false when there is one already or
	// nothing waited.
	AddDigest(ctx context.Context, user id.User, day clock.Date, before time.Time, m NewMail) (bool, error)
	// ClaimMails takes mail that is due, and keeps it from others until an
	// instant.
	ClaimMails(ctx context.Context, limit int, hold time.Duration) ([]Mail, error)
	// EndMail writes how an attempt ended, unless another took the mail over
	// meanwhile.
	EndMail(ctx context.Context, m Mail, end MailEnd) error
	// Revive puts a dead mail back; false when it is not dead.
	Revive(ctx context.Context, mail id.Mail) (found, done bool, err error)
}

// LeadsOf tells what persons may know of leads. The rows are read through
// the reading scope of each.
type LeadsOf interface {
	// Heads returns those of the leads that the actor may read.
	Heads(ctx context.Context, actor access.Actor, leads []id.Lead) (map[id.Lead]Head, error)
	// Standings returns who may read the leads, or could a moment ago.
	Standings(ctx context.Context, leads []id.Lead) ([]Standing, error)
}

// Rules are the numbers of the city.
type Rules interface {
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
}

// Poster hands a letter to the mail server. It takes a minute at most.
//
// Errors: Invalid "mail.refused" when another attempt would not help; any
// other means to try later.
type Poster interface {
	Post(ctx context.Context, l Letter) error
}

// Query reads one person's inbox.
type Query struct {
	User   id.User
	Unread bool
	Topic  Topic // empty for all
	Before int64 // number of the last notice of the page before; 0 for none
	Limit  int
}

// Thread is what was told of one lead, or one notice without a lead.
type Thread struct {
	Latest id.Notice
	Seq    int64
	Lead   id.Lead
	Count  int64
	Unread int64
}

// Feed is where a person's inbox stands.
type Feed struct{ LastSeq, Unread int64 }

// Arrived is a notice by its numbers.
type Arrived struct {
	ID  id.Notice
	Seq int64
}

// Which names notices of a person: one, one with the older ones of its lead,
// those of a lead, or all up to a number.
type Which struct {
	Notice id.Notice
	Thread id.Notice
	Lead   id.Lead
	UpTo   id.Notice
}

// Delivered is one notice to write.
type Delivered struct {
	Event  Happened
	User   id.User
	Digest bool
	Apart  bool
	Mail   *NewMail
}
