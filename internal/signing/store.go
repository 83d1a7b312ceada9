package signing

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Lead is what the board needs of a lead that the reader may see.
type Lead struct {
	ID           id.Lead
	Code         string
	Title        string
	Investor     *string
	Stage        string
	UnitID       id.Unit // responsible now
	FirstUnitID  *id.Unit
	Chain        *string
	PlannedCents *int64
	StartedOn    *clock.Date
	SignedOn     *clock.Date
	Restricted   bool
	Version      int64
}

// Seen is an item that was read through a scope, with its lead.
type Seen struct {
	Item    Item
	Lead    Lead
	MayPlan bool // inside the actor's scope of planning
}

// Reader are the two scopes that rows are read with: what may be seen, and of
// that what may be changed.
type Reader struct{ Read, Act access.Scope }

// Want asks for items.
type Want struct {
	Months []Month // items that stand or stood in them; nil for all months
	Item   id.Signing
	Batch  id.Ceremony
	Lead   id.Lead
	Signed bool // signed ones only
}

// Store keeps the board.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// Items returns the items of leads inside the scope, by month and number.
	Items(ctx context.Context, r Reader, w Want) ([]Seen, error)
	// Books returns the ledger of months as far as its leads are inside the
	// scope: as it is, or as it was just before an instant.
	Books(ctx context.Context, r Reader, months []Month, before *time.Time) (Books, error)
	MonthRows(ctx context.Context, months []Month) (map[Month]MonthRow, error)
	// Unfrozen lists the months up to the given one that hold items and are
	// not written down as frozen.
	Unfrozen(ctx context.Context, upTo Month) ([]Month, error)
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	CeremonyStore
	RemarkStore
}

// Tx is a transaction on the board.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// HoldLead locks a lead that is inside the scope and returns it.
	HoldLead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	// Leads returns the leads inside the scope, by number.
	Leads(ctx context.Context, read access.Scope) ([]Lead, error)
	// HoldMonths locks months in their order and returns what is kept of them.
	HoldMonths(ctx context.Context, months []Month) (map[Month]MonthRow, error)
	// Items is Store.Items within the transaction.
	Items(ctx context.Context, r Reader, w Want) ([]Seen, error)
	// Freeze keeps the items that stand in a month that is locked.
	Freeze(ctx context.Context, m Month, on clock.Date, by id.User, at time.Time) (int64, error)
	Insert(ctx context.Context, i *Item) error
	// Save writes an item over the given version; false when another was there.
	Save(ctx context.Context, i *Item, version int64) (bool, error)
	AddChange(ctx context.Context, c Change) error
	CeremonyTx
	RemarkTx
}

// City gives the dated numbers and lists of the city.
type City interface {
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
	Known(ctx context.Context, unit id.Unit, chain string) (unitKnown, chainKnown bool, err error)
}

// Door is the lead's own door to the stage "signed".
type Door interface {
	Sign(ctx context.Context, actor access.Actor, lead id.Lead, on clock.Date, reason string) error
}
