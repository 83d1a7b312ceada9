package audit

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Filter narrows the list; zero values narrow nothing. Kind is a whole kind
// (lead.edited) or a family (lead). Until is exclusive.
type Filter struct {
	Kind    string
	User    id.User
	Unit    id.Unit
	Lead    id.Lead
	Outcome event.Outcome
	From    time.Time
	Until   time.Time
}

// Entry is a line as the list needs it: whether it is sealed, whether its
// lead is restricted today, and the name of the person.
type Entry struct {
	Row
	Sealed        bool
	RestrictedNow bool
	UserName      string
}

// Store is what the module needs of a database.
type Store interface {
	// InTx runs work in one transaction.
	InTx(ctx context.Context, work func(Tx) error) error
	// Now returns the database's instant.
	Now(ctx context.Context) (time.Time, error)
	// HasUnsealed tells whether any line waits to be sealed.
	HasUnsealed(ctx context.Context) (bool, error)
	// Links returns the links after a place, with their lines, by place.
	Links(ctx context.Context, after int64, limit int) ([]Sealed, error)
	// Unlinked returns the first line that is neither sealed nor waiting, or
	// 0, at one instant.
	Unlinked(ctx context.Context) (id.Event, error)
	// Count counts the lines at one instant.
	Count(ctx context.Context) (Counts, error)
	// List returns up to limit lines before a number, newest first; 0 means
	// from the newest.
	List(ctx context.Context, f Filter, before id.Event, limit int) ([]Entry, error)
	// People returns up to limit accounts, also closed ones, whose name or
	// login name holds the text, by login name; with a number, that account.
	People(ctx context.Context, text string, user id.User, limit int) ([]Account, error)
	// Total counts the lines of a filter, up to a cap.
	Total(ctx context.Context, f Filter) (page.Total, error)
}

// Tx is what the sealer needs within its transaction.
type Tx interface {
	// Claim takes the sealer's turn until the transaction ends; false when
	// another node has it.
	Claim(ctx context.Context) (bool, error)
	// Now returns the instant.
	Now(ctx context.Context) time.Time
	// Last returns the last link; the zero Link when there is none.
	Last(ctx context.Context) (Link, error)
	// Unsealed returns the waiting lines with the lowest numbers.
	Unsealed(ctx context.Context, limit int) ([]Row, error)
	// Append adds links to the chain and takes their lines off the waiting
	// list. Conflict "audit.place_taken" when a place or a line is already in
	// the chain, which only a hand other than the sealer's can bring about.
	Append(ctx context.Context, links []Link, at time.Time) error
}
