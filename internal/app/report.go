package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/report"
	"github.com/leadrelay/leadrelay/internal/signing"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	reportstore "github.com/leadrelay/leadrelay/internal/store/report"
)

func (a *App) buildReport(_ []byte, cursors page.Cursors) error {
	places, err := city.Places()
	if err != nil {
		return fmt.Errorf("read the places of towns: %w", err)
	}
	a.Report = report.NewService(reportstore.New(a.DB, leadstore.Facts), reportCity{signingCity{leadCity{org: a.Org}}, places},
		reportSignings{signing: a.Signing}, cursors)
	return nil
}

// reportCity gives the cockpit the units, chains and dated numbers of the
// city.
type reportCity struct {
	signingCity
	places map[string]city.Place
}

// Units lists the units with their places, in the order of the pages.
func (c reportCity) Units(ctx context.Context, on clock.Date) ([]report.Unit, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	units := d.Units()
	out := make([]report.Unit, 0, len(units))
	for _, u := range units {
		one := report.Unit{ID: u.ID, Kind: string(u.Kind), NameZH: u.NameZH, NameEN: u.NameEN, Open: openOn(u, on)}
		if p, ok := c.places[u.Slug]; ok {
			one.Lat, one.Lon = &p.Lat, &p.Lon
		}
		out = append(out, one)
	}
	return out, nil
}

// openOn tells whether a unit works on a day; one that the city's file took
// over counts as having worked before that too.
func openOn(u org.Unit, on clock.Date) bool { return u.ClosedOn.IsZero() || on.Before(u.ClosedOn) }

// Chains lists the industry chains in their order.
func (c reportCity) Chains(ctx context.Context) ([]report.Chain, error) {
	d, err := c.org.Directory(ctx)
	if err != nil {
		return nil, err
	}
	chains := d.Chains()
	out := make([]report.Chain, 0, len(chains))
	for _, k := range chains {
		out = append(out, report.Chain{Code: k.Code, NameZH: k.NameZH, NameEN: k.NameEN, Unit: k.Team})
	}
	return out, nil
}

// Bands are the thresholds of amounts on a day, ascending, each once.
func (c reportCity) Bands(ctx context.Context, on clock.Date) ([]int64, error) {
	var out []int64
	for n := range org.CockpitBands {
		value, err := c.Rule(ctx, org.CockpitBand(n+1), on)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// reportSignings reads the signing board for the cockpit.
type reportSignings struct{ signing *signing.Service }

// Lines returns the lines of a month that the cockpit's figures are made of.
func (s reportSignings) Lines(ctx context.Context, actor access.Actor, month string, before *time.Time) ([]report.SigningLine, bool, error) {
	lines, frozen, err := s.signing.Lines(ctx, actor, signing.Month(month), before)
	var out []report.SigningLine
	for _, l := range lines {
		for _, figure := range figuresOf(l, frozen) {
			out = append(out, report.SigningLine{
				Figure: figure, Item: int64(l.Seen.Item.ID), Lead: l.Seen.Item.LeadID, Cents: l.Cents, Town: l.LandingUnitID,
				First: l.FirstUnitID, Chain: l.Chain, Month: month,
			})
		}
	}
	return out, frozen, err
}

// figuresOf are the cockpit's figures that a line of the board counts in.
func figuresOf(l signing.Line, frozen bool) []string {
	switch l.Figure {
	case signing.FigureFrozen:
		return []string{"plan"}
	case signing.FigureSigned:
		return []string{"signed"}
	case signing.FigureOut:
		return []string{"slipped"}
	case signing.FigureActual:
		var out []string
		if !frozen {
			out = append(out, "plan")
		}
		if l.Seen.Item.State == signing.Planned {
			out = append(out, "open")
		}
		return out
	}
	return nil
}
