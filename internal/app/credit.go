package app

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/job"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	creditstore "github.com/leadrelay/leadrelay/internal/store/credit"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/target"
)

func (a *App) creditStore() *creditstore.Store {
	return creditstore.New(a.DB, creditstore.Openings{
		Within: leadstore.Within, Known: leadstore.Known, Held: leadstore.Held, PastHeads: leadstore.PastHeads,
	})
}

func (a *App) buildCredit(_ []byte, _ page.Cursors) error {
	a.Credit = credit.New(a.creditStore(), creditCity{admissionCity{leadCity{org: a.Org}}})
	a.Target.Count(countedActuals{a.Credit})
	return nil
}

// countedActuals gives the target tree what was counted.
type countedActuals struct{ *credit.Service }

// Actuals returns what was counted in a year. Targets know whole projects: a
// half is rounded up, and the page of figures tells the exact part.
func (c countedActuals) Actuals(ctx context.Context, actor access.Actor, year int) ([]target.Actual, error) {
	v, err := c.Figures(ctx, actor, year)
	if err != nil {
		return nil, err
	}
	var out []target.Actual
	for _, r := range v.Rows {
		if !r.City && r.UnitID == 0 {
			continue // no place yet: nobody's but the city's
		}
		for n, value := range r.Months {
			if r.Measure == "project" {
				value = (value + credit.Whole/2) / credit.Whole
			}
			if value != 0 {
				out = append(out, target.Actual{Indicator: r.Indicator, Unit: r.UnitID, Month: n + 1, Value: value})
			}
		}
	}
	return out, nil
}

// Count counts what is learned of a lead, in the transaction in which it
// changes.
func (a *App) Count(ctx context.Context, tx *store.Tx, l id.Lead) error {
	if err := a.Credit.Follow(ctx, a.creditStore().Joined(tx), l); err != nil {
		return fmt.Errorf("count lead %s: %w", l, err)
	}
	return nil
}

// countJobs are the recurring work of counting.
func (a *App) countJobs() []job.Job {
	return []job.Job{{Name: "count what came in beside the acts", Every: 5 * time.Minute, Run: func(ctx context.Context) error {
		_, err := a.Credit.CatchUp(ctx)
		return err
	}}}
}

// seedCounting enters the first counting rules, unless there are any.
func (a *App) seedCounting(ctx context.Context) error {
	rules, shares, err := credit.ReadFirst(city.Counting())
	if err != nil {
		return err
	}
	if err := a.Credit.Seed(ctx, rules, shares); err != nil {
		return fmt.Errorf("enter the counting rules: %w", err)
	}
	return nil
}

// creditCity gives counting the dated facts of the city.
type creditCity struct{ admissionCity }

// CloseDay returns on which day of the next month a month closes; before the
// first rule the first one holds.
func (c creditCity) CloseDay(ctx context.Context, on clock.Date) (int, error) {
	day, err := c.Rule(ctx, org.CountCloseDay, on)
	if err != nil {
		d, err := c.org.Directory(ctx)
		if err != nil {
			return 0, err
		}
		first, known := d.Rules().First(org.CountCloseDay)
		if !known {
			return 0, fmt.Errorf("the city has no rule %q", org.CountCloseDay)
		}
		day = first.Value
	}
	return int(day), nil
}
