// Package lifekit gives tests the city's life cycle, and what a lead has to
// show to pass its gates.
package lifekit

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/store"
	gatestore "github.com/leadrelay/leadrelay/internal/store/lead/gate"
)

// Seed puts the city's life cycle in force in a database of a test.
func Seed(ctx context.Context, db *store.DB) error {
	first, err := gate.Read(city.Lifecycle())
	if err != nil {
		return err
	}
	from, err := clock.ParseDate("2000-01-01")
	if err != nil {
		return err
	}
	return gate.NewService(gatestore.New(db)).Seed(ctx, first, from)
}
