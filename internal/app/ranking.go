package app

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/rank"
	rankstore "github.com/leadrelay/leadrelay/internal/store/rank"
	"github.com/leadrelay/leadrelay/internal/supervise"
)

func (a *App) buildRanking(_ []byte, _ page.Cursors) error {
	a.Rank = rank.New(rankstore.New(a.DB), leadCity{org: a.Org}, rankSource{app: a})
	return nil
}

// seedRanking enters the first formula unless there is any.
func (a *App) seedRanking(ctx context.Context) error {
	const source = "某市2024考核、三明2020考核办法的计分方式；分值为假设"
	if err := a.Rank.Seed(ctx, city.Ranking(), "2000-01", source); err != nil {
		return fmt.Errorf("enter the city's data: %w", err)
	}
	return nil
}

// rankSource gives what units are scored from: targets and what was reached of
// them, and the projects that should have started.
type rankSource struct{ app *App }

// Inputs returns the figures of the year up to the end of a month.
func (s rankSource) Inputs(ctx context.Context, actor access.Actor, month string) (rank.Inputs, error) {
	first, err := clock.ParseDate(month + "-01")
	if err != nil {
		return rank.Inputs{}, fmt.Errorf("read the month %q: %w", month, err)
	}
	last := first.AddDays(31)
	last = last.AddDays(-last.Start().In(clock.Location()).Day())
	out := rank.Inputs{Groups: []rank.Group{}, Figures: []rank.Figure{}, Counts: []rank.Count{}}
	progress, err := s.app.Target.Progress(ctx, actor, first.Year(), last)
	if err != nil {
		return out, err
	}
	ranked := map[id.Unit]bool{}
	for _, g := range progress.Groups {
		out.Groups = append(out.Groups, rank.Group{Code: g.Code, NameZH: g.NameZH, NameEN: g.NameEN, Units: g.UnitIDs})
		for _, u := range g.UnitIDs {
			ranked[u] = true
		}
	}
	for _, i := range progress.Items {
		if i.Target == nil || !ranked[i.UnitID] {
			continue
		}
		f := rank.Figure{Unit: i.UnitID, Indicator: i.Indicator, Target: *i.Target}
		if i.Actual != nil {
			f.Actual = *i.Actual
		}
		out.Figures = append(out.Figures, f)
	}
	out.Counts, err = s.notStarted(ctx, ranked)
	return out, err
}

// notStarted counts the projects of each unit that were signed long ago and
// have not started.
func (s rankSource) notStarted(ctx context.Context, ranked map[id.Unit]bool) ([]rank.Count, error) {
	out := []rank.Count{}
	owed, err := s.app.Supervise.Owed(ctx, access.System("score units"), supervise.NotStarted)
	for _, c := range owed {
		if ranked[c.UnitID] {
			out = append(out, rank.Count{Unit: c.UnitID, Fault: rank.OverdueStart, Count: c.Rows})
		}
	}
	return out, err
}
