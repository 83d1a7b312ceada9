package app

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// leadCity gives leads the dated facts of the city from the kept picture of
// the organisation.
type leadCity struct{ org *org.Service }

// Places returns the lists of the city as they stand today.
func (c leadCity) Places(ctx context.Context) (lead.Places, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.On(clock.System{}.Today()), nil
}

// Rule returns a number of the city on a day.
func (c leadCity) Rule(ctx context.Context, key string, on clock.Date) (int64, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return 0, err
	}
	value, known := d.Rules().On(key, on)
	if !known {
		return 0, fmt.Errorf("the city has no rule %q on %s", key, on)
	}
	return value, nil
}

// Office returns the office calendar.
func (c leadCity) Office(ctx context.Context) (*clock.Office, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.Office(), nil
}

// Pool returns the bureau's unit.
func (c leadCity) Pool(ctx context.Context) (id.Unit, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return 0, err
	}
	return d.Pool().ID, nil
}

// LeadingBody returns the unit that disputes are raised to.
func (c leadCity) LeadingBody(ctx context.Context) (id.Unit, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return 0, err
	}
	return d.Leading().ID, nil
}

// readiness asks the database and its schema.
type readiness struct{ db *store.DB }

// Ready tells whether requests can be served.
func (r readiness) Ready(ctx context.Context) error {
	if err := r.db.Ping(ctx); err != nil {
		return err
	}
	have, want, err := r.db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if have != want {
		return fault.New(fault.Unavailable, "unavailable", "The schema is not the program's.")
	}
	return nil
}

// followCalendar works out the running clocks anew in the transaction that
// changes the office calendar.
func followCalendar(ctx context.Context, tx *store.Tx, e org.CalendarEdit) (int, error) {
	pace := lead.PaceOf(e.Office, func(key string) (int64, bool) { return e.Rules.On(key, e.Today) })
	return leadstore.FollowCalendar(ctx, tx, lead.CalendarChange{Pace: pace, From: e.From, To: e.To})
}
