package app

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/job"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	updatestore "github.com/leadrelay/leadrelay/internal/store/update"
	"github.com/leadrelay/leadrelay/internal/target"
	"github.com/leadrelay/leadrelay/internal/update"
)

func (a *App) buildUpdate(_ []byte, _ page.Cursors) error {
	a.Update = update.New(updatestore.New(a.DB, leadstore.Within), signingCity{leadCity{org: a.Org}})
	a.Target.Count(filedActuals{a.Update})
	return nil
}

// filedActuals gives the target tree what units filed.
type filedActuals struct{ *update.Service }

// Actuals returns what was filed for indicators in a year.
func (f filedActuals) Actuals(ctx context.Context, actor access.Actor, year int) ([]target.Actual, error) {
	filed, err := f.Service.Actuals(ctx, actor, year)
	out := make([]target.Actual, 0, len(filed))
	for _, a := range filed {
		out = append(out, target.Actual(a))
	}
	return out, err
}

// updateEvery is how often units may be told.
const updateEvery = 10 * time.Minute

// assumed is the source mark of what no source says.
const assumed = "assumption"

// seedUpdates enters what projects report each month, unless somebody did. It
// holds from the first day that a date can be, so that no period is without.
func (a *App) seedUpdates(ctx context.Context) error {
	first, err := city.MonthlyUpdates()
	if err != nil {
		return err
	}
	from, until := clock.NewDate(2000, 1, 1), clock.NewDate(9999, 12, 31)
	var shape update.Shape
	for n, f := range first.Fields {
		shape.Fields = append(shape.Fields, update.Field{
			Code: f.Code, Position: int64(n + 1), StartsOn: from, EndsOn: until, Kind: update.Kind(f.Kind), Unit: f.Unit, Indicator: f.Indicator,
			Carry: update.Carry(f.Carry), Required: f.Required, NameZH: f.NameZH, NameEN: f.NameEN, Source: f.Source, Assumed: f.Source == assumed,
		})
	}
	for _, s := range first.Stages {
		shape.Stages = append(shape.Stages, update.StageRule{Stage: s, StartsOn: from, EndsOn: until, Source: assumed, Assumed: true})
	}
	if err := a.Update.Seed(ctx, shape); err != nil {
		return fmt.Errorf("enter what projects report: %w", err)
	}
	return nil
}

// updateJobs tell units of periods that open and run out.
func (a *App) updateJobs() []job.Job {
	return []job.Job{{Name: "tell units of their reports", Every: updateEvery, Run: func(ctx context.Context) error {
		_, err := a.Update.TellDue(ctx)
		return err
	}}}
}
