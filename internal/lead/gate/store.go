package gate

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Store keeps the versions of the life cycle.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// All lists the versions without their steps, the newest first.
	All(ctx context.Context) ([]Cycle, error)
	// One returns a version with its steps. Error: NotFound
	// "lifecycle.unknown".
	One(ctx context.Context, cycle id.Lifecycle) (Cycle, error)
	// Ruling returns the version that rules on a day. Error: Conflict
	// "lifecycle.none".
	Ruling(ctx context.Context, day clock.Date) (Cycle, error)
}

// Tx is one transaction on the versions.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, line event.Line) error
	// Lock lets no other writer of versions run beside the transaction.
	Lock(ctx context.Context) error
	One(ctx context.Context, cycle id.Lifecycle) (Cycle, error)
	// Insert writes a version with its steps under the next number; its
	// identifier and number are given.
	Insert(ctx context.Context, c *Cycle) error
	// Save writes the version over the one that was read, steps too with
	// whole. Error: Conflict "lifecycle.changed"; Conflict
	// "lifecycle.day_taken" when another version begins on the day.
	Save(ctx context.Context, c Cycle, whole bool) error
}
