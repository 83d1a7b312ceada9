package app

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	signingstore "github.com/leadrelay/leadrelay/internal/store/signing"
)

// followStage tells the board of every lead that changes its stage, in the
// transaction of the change.
func (a *App) followStage(ctx context.Context, tx *store.Tx, act lead.Activity) error {
	m := signing.StageMove{
		Lead: act.LeadID, From: string(*act.FromStage), To: string(*act.ToStage), On: act.HappenedOn, Reason: act.Reason,
		User: act.UserID, Unit: act.UnitID,
	}
	return a.Signing.Follow(ctx, signingstore.New(a.DB, leadstore.Within).Within(tx), m)
}

func (a *App) buildSigning(_ []byte, _ page.Cursors) error {
	a.Signing = signing.New(signingstore.New(a.DB, leadstore.Within), signingCity{leadCity{org: a.Org}}, signingDoor{lead: a.Lead})
	return nil
}

// signingCity gives the board the dated facts of the city.
type signingCity struct{ leadCity }

// Rule returns a number of the city on a day; for a day before its first value
// the present one.
func (c signingCity) Rule(ctx context.Context, key string, on clock.Date) (int64, error) {
	value, err := c.leadCity.Rule(ctx, key, on)
	if err != nil {
		return c.leadCity.Rule(ctx, key, clock.System{}.Today())
	}
	return value, nil
}

// Known tells whether a unit is open and a chain is on the city's list. No
// chain is fine.
func (c signingCity) Known(ctx context.Context, unit id.Unit, chain string) (unitKnown, chainKnown bool, err error) {
	var d *org.Directory
	if d, err = c.org.Directory(ctx); err != nil {
		return false, false, err
	}
	_, chainKnown = d.Chain(chain)
	return d.On(clock.System{}.Today()).UnitOpen(unit), chainKnown || chain == "", nil
}

// signingDoor is the lead's own door to the stage "signed".
type signingDoor struct{ lead *lead.Service }

// Sign moves a lead to the stage "signed".
func (d signingDoor) Sign(ctx context.Context, actor access.Actor, leadID id.Lead, on clock.Date, reason string) error {
	return d.lead.SignAtCeremony(ctx, actor, leadID, on, reason)
}
