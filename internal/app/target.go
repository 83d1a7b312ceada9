package app

import (
	"context"
	"errors"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	targetstore "github.com/leadrelay/leadrelay/internal/store/target"
	"github.com/leadrelay/leadrelay/internal/target"
)

func (a *App) buildTarget(_ []byte, _ page.Cursors) error {
	a.Target = target.New(targetstore.New(a.DB), targetCity{signingCity{leadCity{org: a.Org}}})
	return nil
}

// seedTargets enters what the city counts its year by and which units it
// compares, unless somebody did.
func (a *App) seedTargets(ctx context.Context) error {
	first, err := target.ReadIndicators(city.Indicators())
	if err != nil {
		return err
	}
	groups, err := target.ReadGroups(city.Groups())
	if err != nil {
		return err
	}
	d, err := a.Org.Directory(ctx)
	if err != nil {
		return err
	}
	out := make([]target.Group, 0, len(groups))
	for _, g := range groups {
		for _, slug := range g.Slugs {
			if u, known := d.BySlug(slug); known {
				g.Units = append(g.Units, u.ID)
			}
		}
		out = append(out, g.Group)
	}
	return errors.Join(a.Target.Seed(ctx, first), a.Target.SeedGroups(ctx, out))
}

// targetCity gives targets the units and the dated numbers of the city.
type targetCity struct{ signingCity }

// Units lists the units that work at some time of a year, but for the bodies
// that give out targets and have none.
func (c targetCity) Units(ctx context.Context, year int) ([]target.Unit, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	first := clock.NewDate(year, 1, 1)
	var out []target.Unit
	for _, u := range d.Units() {
		if u.Kind == org.Leading || u.Kind == org.Other || !openOn(u, first) {
			continue
		}
		out = append(out, target.Unit{ID: u.ID, Parent: u.Parent, Kind: string(u.Kind), NameZH: u.ShortZH, NameEN: u.NameEN})
	}
	return out, nil
}
