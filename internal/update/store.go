package update

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Want asks for the projects of a unit in a period.
type Want struct {
	Period Period
	Unit   id.Unit
	Stages []string  // in which a report is owed; only for a period that is not closed
	Before time.Time // registered before; with Stages
	Live   bool      // what is held now, not only what was written
}

// Progress is how far a unit's report is.
type Progress struct {
	UnitID      id.Unit
	Done, Total int64
	Filed       int64
}

// Sum is what was filed for an indicator.
type Sum struct {
	Indicator string
	UnitID    id.Unit
	Period    Period
	Value     int64
}

// Shape is what a period asks for.
type Shape struct {
	Fields []Field
	Stages []StageRule
}

// Store reads reports.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// Shape returns the figures and stages in force on a day.
	Shape(ctx context.Context, on clock.Date) (Shape, error)
	// Leads returns the unit's projects inside the scope, by code.
	Leads(ctx context.Context, read access.Scope, w Want) ([]Lead, error)
	// Inherited returns projects that units handed on and reported on before.
	Inherited(ctx context.Context, past access.Scope, p Period) ([]Lead, error)
	// Lead returns a lead inside the scope. Error: NotFound "lead.unknown".
	Lead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	Inside(ctx context.Context, scope access.Scope, leads ...id.Lead) (map[id.Lead]bool, error)
	Rows(ctx context.Context, leads []id.Lead, p Period) (map[id.Lead]Row, error)
	Cells(ctx context.Context, leads []id.Lead, p Period) ([]Cell, error)
	// Written returns what units wrote last into the cells of leads.
	Written(ctx context.Context, leads []id.Lead, p Period, units []id.Unit) ([]Cell, error)
	// Prior returns the last value of each figure before a period.
	Prior(ctx context.Context, leads []id.Lead, p Period) ([]Cell, error)
	// Evidence counts the files of a kind that came since an instant.
	Evidence(ctx context.Context, leads []id.Lead, kind string, since time.Time) (map[id.Lead]int64, error)
	Filings(ctx context.Context, p Period) (map[id.Unit]Filing, error)
	// Progress counts the projects of units inside the scope.
	Progress(ctx context.Context, read access.Scope, w Want, required []string) ([]Progress, error)
	// Figures returns what was filed last of a lead.
	Figures(ctx context.Context, lead id.Lead) ([]Figure, error)
	// Totals returns the sums of all that was filed of a lead.
	Totals(ctx context.Context, lead id.Lead) (map[string]int64, error)
	// Sums returns what was filed for indicators in a year inside the scope.
	Sums(ctx context.Context, read access.Scope, year int) ([]Sum, error)
	People(ctx context.Context, users []id.User) (map[id.User]string, error)
}

// Tx is a transaction on reports.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// HoldLead locks a lead that is inside the scope and returns it.
	HoldLead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	Inside(ctx context.Context, scope access.Scope, leads ...id.Lead) (map[id.Lead]bool, error)
	Leads(ctx context.Context, read access.Scope, w Want) ([]Lead, error)
	// HoldFiling locks a unit's report of a period and returns it.
	HoldFiling(ctx context.Context, unit id.Unit, p Period) (Filing, error)
	SaveFiling(ctx context.Context, f Filing) error
	// HoldRow locks the row of a lead, made for the unit if there is none;
	// false when it is filed.
	HoldRow(ctx context.Context, lead id.Lead, p Period, unit id.Unit) (bool, error)
	Cells(ctx context.Context, leads []id.Lead, p Period) ([]Cell, error)
	Prior(ctx context.Context, leads []id.Lead, p Period) ([]Cell, error)
	// SaveCell writes a cell over the version before; false when another was
	// there.
	SaveCell(ctx context.Context, c Cell) (bool, error)
	// File locks the row and keeps its figures as filed.
	File(ctx context.Context, r Row, figures []Figure) error
	// Unfile opens the rows of a unit again and returns how many.
	Unfile(ctx context.Context, unit id.Unit, p Period) (int64, error)
	// Tell writes down that a unit is told; false when it was before.
	Tell(ctx context.Context, unit id.Unit, p Period, kind string) (bool, error)
	// ToldBefore tells whether a unit was told of a period.
	ToldBefore(ctx context.Context, unit id.Unit, p Period, kind string) (bool, error)
	// Seed enters the first figures and stages, unless there are any.
	Seed(ctx context.Context, s Shape) error
}

// City gives the dated facts of the city.
type City interface {
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
	Office(ctx context.Context) (*clock.Office, error)
}
