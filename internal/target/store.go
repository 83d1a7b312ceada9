package target

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Store reads targets.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// People names persons.
	People(ctx context.Context, users []id.User) (map[id.User]string, error)
	reading
	// Changes returns the changes of a year's cells up to a number, the
	// oldest first, at most so many; of one cell when a key is given.
	Changes(ctx context.Context, w WantChanges) ([]Change, error)
	// Acts returns the acts on a year, the oldest first.
	Acts(ctx context.Context, year int) ([]Act, error)
	// Figures returns the reported figures of a year that stand, and with
	// past those that were replaced too.
	Figures(ctx context.Context, year int, past bool) ([]Figure, error)
}

// WantChanges asks for changes of cells.
type WantChanges struct {
	Year  int
	Cell  *Key
	Until int64 // the last change; 0 for all
	Limit int
}

type reading interface {
	// Indicators returns every version of every indicator, by position, code
	// and first day.
	Indicators(ctx context.Context) ([]Indicator, error)
	// Year returns a year; one that nobody began is a draft of version 0.
	Year(ctx context.Context, year int) (Year, error)
	// Cells returns the cells of a year, of some indicators when any are
	// named.
	Cells(ctx context.Context, year int, indicators []string) ([]Cell, error)
	// Limits returns the limits of a year in the order of entry.
	Limits(ctx context.Context, year int) ([]Limit, error)
	// Groups returns every version of every comparison group, by position,
	// code and first day.
	Groups(ctx context.Context) ([]Group, error)
}

// Tx is a transaction on targets.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	reading
	// InsertIndicator writes a new version and gives it its number. Error:
	// Conflict "indicator.overlaps".
	InsertIndicator(ctx context.Context, i *Indicator) error
	// EndIndicator makes a day the last one of the version that has no end.
	// Error: Conflict "indicator.overlaps" when there is none or it begins
	// later.
	EndIndicator(ctx context.Context, code string, last clock.Date) error
	// HoldYear begins a year unless it is there, and keeps others from acting
	// on it as a whole until the transaction ends; with act nobody edits its
	// cells meanwhile either.
	HoldYear(ctx context.Context, year int, act bool) (Year, error)
	// HoldRows keeps others from changing the year's figures of some rows.
	HoldRows(ctx context.Context, year int, rows []Key) error
	// WriteCells writes cells over the version before theirs and tells how
	// many were written: fewer when somebody was faster.
	WriteCells(ctx context.Context, year int, cells []Cell) (int, error)
	// InsertChanges keeps changes.
	InsertChanges(ctx context.Context, changes []Change) error
	// SaveYear writes a year over the version before and keeps the act.
	// Error: Conflict "target.busy".
	SaveYear(ctx context.Context, y Year, act Act) error
	InsertLimit(ctx context.Context, l *Limit) error
	// ReplaceFigure keeps a figure in the place of the one that stands, and
	// returns that one. Error: Conflict "target.busy" when somebody was
	// faster than the number of the one that the caller saw.
	ReplaceFigure(ctx context.Context, f *Figure, saw int64) (*Figure, error)
	// InsertGroup writes a version of a group and ends the one before. Error:
	// Conflict "group.overlaps".
	InsertGroup(ctx context.Context, g *Group, last *clock.Date) error
}
