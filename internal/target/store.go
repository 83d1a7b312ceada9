package target

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
)

// Store reads targets.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	IndicatorStore
}

// Tx is a transaction on targets.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	IndicatorTx
}

// IndicatorStore reads indicators.
type IndicatorStore interface {
	// Indicators returns every version of every indicator, by position, code
	// and first day.
	Indicators(ctx context.Context) ([]Indicator, error)
}

// IndicatorTx writes indicators.
type IndicatorTx interface {
	IndicatorStore
	// InsertIndicator writes a new version and gives it its number. Error:
	// Conflict "indicator.overlaps".
	InsertIndicator(ctx context.Context, i *Indicator) error
	// EndIndicator makes a day the last one of the version that has no end.
	// Error: Conflict "indicator.overlaps" when there is none or it begins
	// later.
	EndIndicator(ctx context.Context, code string, last clock.Date) error
}
