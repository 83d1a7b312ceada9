package admission

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Reader are the scopes that reviews are read with: what may be seen, of that
// where a review may be asked for, and where amounts are shown.
type Reader struct{ Read, Ask, Money access.Scope }

// Want asks for reviews.
type Want struct {
	Review   id.Review
	Lead     id.Lead
	States   []State
	Deciding []id.Unit // decided by one of them; nil for all
	Owing    []id.Unit // one of them owes an opinion
	Bound    []id.Unit // one of them owes a condition
}

// Store keeps reviews and powers.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// Lead returns a lead inside the scope. Error: NotFound "lead.unknown".
	Lead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	// Inside tells whether a lead is inside the scope.
	Inside(ctx context.Context, scope access.Scope, lead id.Lead) (bool, error)
	// Reviews returns reviews of leads inside the scope, newest first, with
	// their opinions, conditions and papers.
	Reviews(ctx context.Context, r Reader, w Want) ([]Seen, error)
	Powers(ctx context.Context) ([]Power, error)
	// People names persons.
	People(ctx context.Context, users []id.User) (map[id.User]string, error)
}

// Tx is a transaction on reviews.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// HoldLead locks a lead that is inside the scope and returns it.
	HoldLead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	Inside(ctx context.Context, scope access.Scope, lead id.Lead) (bool, error)
	// Reviews is Store.Reviews within the transaction.
	Reviews(ctx context.Context, r Reader, w Want) ([]Seen, error)
	Powers(ctx context.Context) ([]Power, error)
	// Insert error: Conflict "review.open" while one of the lead runs.
	Insert(ctx context.Context, r *Review) error
	Save(ctx context.Context, r Review) error
	InsertOpinion(ctx context.Context, o Opinion) error
	SaveOpinion(ctx context.Context, o Opinion) error
	InsertCondition(ctx context.Context, c Condition) error
	SaveCondition(ctx context.Context, c Condition) error
	// HasFile tells whether a file of the kind is on the lead.
	HasFile(ctx context.Context, lead id.Lead, file id.File, kind string) (bool, error)
	// SettleGrants lets the units read the lead as long as they owe something
	// on it, and no longer.
	SettleGrants(ctx context.Context, lead id.Lead, units []id.Unit, at time.Time) error
	// InsertPower error: Conflict "power.overlaps".
	InsertPower(ctx context.Context, p *Power) error
	// HoldPower error: NotFound "power.unknown".
	HoldPower(ctx context.Context, power int64) (Power, error)
	SavePower(ctx context.Context, p Power) error
}

// City gives the dated facts of the city.
type City interface {
	// Place returns who is concerned with a place.
	Place(ctx context.Context, code string) (Place, error)
	UnitOpen(ctx context.Context, unit id.Unit) (bool, error)
}
