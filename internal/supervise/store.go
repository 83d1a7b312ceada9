package supervise

import (
	"context"
	"io"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// SlipWant asks for slips, the newest first.
type SlipWant struct {
	Slip   id.Slip
	To     []id.Unit // addressed to one of them; nil for all
	From   []id.Unit // issued by one of them; nil for all
	States []State
	Late   bool // past their day and not answered
	After  *page.Position
	Limit  int
}

// Names is what is known of leads that slips stand on.
type Names struct {
	Titles map[id.Lead]string // of those that the reader sees
	Hidden map[id.Lead]bool   // restricted, whoever reads
}

// Reading are the queries that a store and a transaction share.
type Reading interface {
	// Rows returns rows of a list on leads inside the scope.
	Rows(ctx context.Context, r Reader, w Want) ([]Row, error)
	// Slips returns slips that the scope covers.
	Slips(ctx context.Context, read access.Scope, w SlipWant) ([]Slip, error)
}

// Store reads lists and slips.
type Store interface {
	Reading
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// Counts counts a list by the unit that owes what stands in it.
	Counts(ctx context.Context, r Reader, w Want) ([]Count, error)
	// CountSlips counts slips that the scope covers.
	CountSlips(ctx context.Context, read access.Scope, w SlipWant) (int64, error)
	// Story returns the rows, events and files of slips that were read
	// through a scope.
	Story(ctx context.Context, slips []Slip) (map[id.Slip]Story, error)
	// Names names leads to a reader.
	Names(ctx context.Context, read access.Scope, leads []id.Lead) (Names, error)
	People(ctx context.Context, users []id.User) (map[id.User]string, error)
	// ToRemind returns slips of which something is to be told by now.
	ToRemind(ctx context.Context, system access.Scope, limit int) ([]Slip, error)
}

// Tx is a transaction on slips.
type Tx interface {
	Reading
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// Hold locks a slip that was read through a scope.
	Hold(ctx context.Context, slip id.Slip) error
	// NextNumber gives the next number of a year.
	NextNumber(ctx context.Context, year int) (int64, error)
	InsertSlip(ctx context.Context, s *Slip, rows []SlipRow) error
	// SaveSlip writes over the version before. Error: Conflict "slip.busy".
	SaveSlip(ctx context.Context, s Slip) error
	AddEvent(ctx context.Context, e SlipEvent) error
	AddFile(ctx context.Context, f *SlipFile) error
	// Reminded moves a slip's reminder on, and tells whether this was the one
	// that did it.
	Reminded(ctx context.Context, s Slip, to int64, next time.Time) (bool, error)
}

// City gives the dated facts of the city.
type City interface {
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
	Office(ctx context.Context) (*clock.Office, error)
	UnitOpen(ctx context.Context, unit id.Unit) (bool, error)
}

// Kept is a file's content as it was stored.
type Kept struct {
	Name, Stored, Mime, SHA256 string
	Size                       int64
}

// Vault keeps the contents of files.
type Vault interface {
	// Keep checks and stores a content.
	Keep(ctx context.Context, name string, content io.Reader) (Kept, error)
	// Drop removes a content whose row was refused.
	Drop(ctx context.Context, stored string, why error) error
	Open(ctx context.Context, stored string) (io.ReadSeekCloser, error)
}
