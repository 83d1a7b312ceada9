// Package dossier holds what a project's file keeps beside the lead itself:
// the contracts of its land, what was promised to the investor,
// what is offered to it. It knows no database and no HTTP.
package dossier

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Lead is what the file needs of a lead that the reader may see.
type Lead struct {
	ID         id.Lead
	Code       string
	Title      string
	Stage      string
	UnitID     id.Unit
	Restricted bool
}

func (l Lead) ended() bool {
	return slices.Contains([]string{"lost", "withdrawn", "duplicate", "transferred_out", "invalid"}, l.Stage)
}

// Store reads the files of projects.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	Now(ctx context.Context) (time.Time, error)
	// Lead returns a lead inside the scope. Error: NotFound "lead.unknown".
	Lead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	// Inside returns which of the leads are inside the scope.
	Inside(ctx context.Context, scope access.Scope, leads ...id.Lead) (map[id.Lead]bool, error)
	// People names persons.
	People(ctx context.Context, users []id.User) (map[id.User]string, error)
	LandStore
	CommitmentStore
	IncentiveStore
}

// Tx is a transaction on the files of projects.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, l event.Line) error
	Notify(ctx context.Context, n event.Notice) error
	// HoldLead locks a lead that is inside the scope and returns it.
	HoldLead(ctx context.Context, read access.Scope, lead id.Lead) (Lead, error)
	Inside(ctx context.Context, scope access.Scope, leads ...id.Lead) (map[id.Lead]bool, error)
	// HasFile tells whether a file is on the lead, of the kind unless that is
	// empty.
	HasFile(ctx context.Context, lead id.Lead, file id.File, kind string) (bool, error)
	LandTx
	CommitmentTx
	IncentiveTx
}

// City gives the dated facts of the city.
type City interface {
	UnitOpen(ctx context.Context, unit id.Unit) (bool, error)
}

// Service holds the use cases.
type Service struct {
	store Store
	city  City
}

// New returns the use cases over a store.
func New(store Store, city City) *Service { return &Service{store: store, city: city} }

// hold locks a lead that the actor reads and may change under a permission.
func hold(ctx context.Context, tx Tx, actor access.Actor, read, edit access.Permission, lead id.Lead) (Lead, error) {
	l, err := tx.HoldLead(ctx, actor.Scope(read), lead)
	if err != nil {
		return l, err
	}
	in, err := tx.Inside(ctx, actor.ActScope(edit), lead)
	if err != nil {
		return l, err
	}
	switch {
	case !in[lead]:
		return l, forbidden()
	case l.ended():
		return l, fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	return l, nil
}

// rights tells whether the actor may change what is kept of a lead, and
// whether he sees its amounts.
func (s *Service) rights(ctx context.Context, actor access.Actor, edit access.Permission, l Lead) (edits, money bool, err error) {
	may, err := s.store.Inside(ctx, actor.ActScope(edit), l.ID)
	if err != nil {
		return false, false, err
	}
	sees, err := s.store.Inside(ctx, actor.Sees(access.MoneyClass), l.ID)
	return may[l.ID] && !l.ended(), sees[l.ID], err
}

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "The caller may see the lead but not do this.")
}

func line(a access.Actor, l Lead, kind string) event.Line {
	e := a.Line(kind, "lead", int64(l.ID))
	e.Lead, e.Restricted = l.ID, l.Restricted
	return e
}

// The longest texts.
const (
	maxText  = 1000
	maxShort = 200
)

// rules gathers broken rules by field.
type rules []fault.Field

func (r *rules) add(name, code string) { *r = append(*r, fault.Field{Name: name, Code: code}) }

func (r *rules) text(name, value string, required bool, limit int) {
	*r = append(*r, fault.Text(name, value, required, limit)...)
}

// line checks a text of one line.
func (r *rules) line(name, value string, required bool, limit int) {
	if strings.ContainsRune(value, '\n') {
		r.add(name, "text.control_character")
		return
	}
	r.text(name, value, required, limit)
}

func (r *rules) between(name string, n *int64, low, high int64, code string) {
	if n != nil && (*n < low || *n > high) {
		r.add(name, code)
	}
}

// earliest is the first day that a project of the city can carry.
const earliest = "1990-01-01"

func (r *rules) past(name string, day, today clock.Date) {
	switch {
	case today.Before(day):
		r.add(name, "day.future")
	case day.String() < earliest:
		r.add(name, "day.out_of_range")
	}
}
