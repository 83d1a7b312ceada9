package report

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Slice narrows figures to one town, unit or chain; nil takes in all.
type Slice struct {
	Town  *id.Unit // 0: leads without a place
	Unit  *id.Unit // who made first contact
	Chain *string  // empty: leads without a chain
}

// Want says whose leads are read, of when, and which of them.
type Want struct {
	Read  access.Scope
	At    *time.Time // what was known just before this instant; nil for now
	Slice Slice
	Day   Day
}

// Head is the head line of a lead, as it is now.
type Head struct {
	Code      string
	Title     string
	Investor  *string
	DeletedAt *time.Time
}

// History says since when leads are on record, and from which day on nothing
// of them is missing; nil before the first lead.
type History struct {
	First    *time.Time
	Complete *time.Time
}

// Store reads what figures are made of.
type Store interface {
	Now(ctx context.Context) (time.Time, error)
	// Snapshot runs several reads that see one state.
	Snapshot(ctx context.Context, read func(Reader) error) error
}

// Reader reads one state of the database. Every row is read through the scope
// that is asked with.
type Reader interface {
	History() (History, error)
	// Limits are the limits of the life cycle in force on a day.
	Limits(day clock.Date) (Limits, error)
	// Kept tells whether counters answer the question, and fills the book
	// with them and with the few leads that no counter holds.
	Kept(w Want, b *Book) (bool, error)
	// Walk visits what was known of every lead.
	Walk(w Want, visit func(Fact)) error
	// Talks sums the leads in talks as was known just before each instant.
	Talks(w Want, ends []time.Time) ([]Sum, error)
	// Stuck returns the leads over the limit of their stage that came into it
	// until a day, the longest in it first.
	Stuck(w Want, until string, limit int) ([]Fact, error)
	// Heads returns the head lines of leads inside the scope.
	Heads(w Want, leads []id.Lead) (map[id.Lead]Head, error)
	// Losses sums the leads that were lost between two days by where they went.
	Losses(w Want, from, until string) (map[string]Sum, error)
}

// Unit is a unit as the cockpit shows it.
type Unit struct {
	ID             id.Unit
	Kind           string
	NameZH, NameEN string
	Lat, Lon       *float64
	Open           bool
}

// Chain is an industry chain as the cockpit shows it.
type Chain struct {
	Code, NameZH, NameEN string
	Unit                 id.Unit
}

// City gives the units, chains and dated numbers of the city.
type City interface {
	Units(ctx context.Context, on clock.Date) ([]Unit, error)
	Chains(ctx context.Context) ([]Chain, error)
	// Bands are the thresholds of amount bands in whole hundred million yuan,
	// ascending.
	Bands(ctx context.Context, on clock.Date) ([]int64, error)
}

// SigningLine is one line of the signing board behind a figure.
type SigningLine struct {
	Figure string // plan, signed, open or slipped
	Item   int64
	Lead   id.Lead
	Cents  int64
	Town   id.Unit // landing unit
	First  id.Unit
	Chain  string
	Month  string
}

// Signings reads the signing board of a month.
type Signings interface {
	// Lines returns the lines of a month that the actor sees, as was known
	// just before an instant, nil for now, and whether its plan was frozen.
	Lines(ctx context.Context, actor access.Actor, month string, at *time.Time) (lines []SigningLine, frozen bool, err error)
}
