package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/target"
)

// invented marks every target and figure of the demo world.
const invented = "演示数据（虚构）"

// buildTargetDemo gives the units of the demo world targets: those of last
// year and this one approved, those of the next begun, and reported figures up
// to this month. All numbers are invented.
func (a *App) buildTargetDemo(ctx context.Context, w demo.World) error {
	head, err := demo.Person(ctx, w, a.Policy, "bureau-head")
	if err != nil {
		return err
	}
	today := clock.System{}.Today()
	for _, year := range []int{today.Year() - 1, today.Year(), today.Year() + 1} {
		d := targetDemo{app: a, head: head, year: year, today: today}
		if err := d.make(ctx); err != nil {
			return fmt.Errorf("make the targets of %d: %w", year, err)
		}
	}
	return nil
}

type targetDemo struct {
	app   *App
	head  access.Actor
	year  int
	today clock.Date
}

// demoTarget is what a middle town gets of an indicator, and which kinds of
// unit get any.
type demoTarget struct {
	code  string
	value int64
	kinds []string
}

func demoTargets() []demoTarget {
	towns, all := []string{"town", "platform"}, []string{"town", "platform", "group", "department", "chain"}
	return []demoTarget{
		{"LEAD_VALID", 24, all},
		{"VISIT_OUT", 6, all},
		{"SIGN_N", 12, []string{"town", "platform", "group"}},
		{"SIGN_N_1", 4, []string{"town", "platform", "group"}},
		{"SIGN_AMT", 3_600_000_000_00, []string{"town", "platform", "group"}},
		{"REG_N", 12, towns},
		{"START_N", 8, towns},
		{"START_COHORT", 6, towns},
		{"FAI_NEW", 1_200_000_000_00, towns},
		{"FDI_USED", 6_000_000_00, towns},
		{"EXPAND_N", 4, towns},
		{"LEASED_AREA", 60_000, towns},
		{"ISSUE_IN", 60, towns},
		{"ISSUE_DONE", 54, towns},
	}
}

// weight is how large a unit is beside a middle one, in tenths: platforms and
// the first towns of the list are larger.
func weight(n int, kind string) int64 {
	if kind == "platform" {
		return 30
	}
	return []int64{8, 12, 16, 10, 6, 10, 14}[n%7]
}

func (d targetDemo) make(ctx context.Context) error {
	tree, err := d.app.Target.Tree(ctx, d.head, d.year, target.WantTree{})
	if err != nil {
		return err
	}
	var edits []target.CellEdit
	for _, t := range demoTargets() {
		edits = append(edits, d.row(t, tree.Units)...)
	}
	for part := range slices.Chunk(edits, target.MaxBatch) {
		if _, err := d.app.Target.Edit(ctx, d.head, target.Batch{Year: d.year, Edits: part, Reason: invented, Correct: true}); err != nil {
			return err
		}
	}
	if d.year > d.today.Year() {
		return nil
	}
	if err := d.approve(ctx); err != nil {
		return err
	}
	return d.report(ctx, tree.Units)
}

// row is one indicator of all units. A unit with others under it, and the city,
// gets a little more than their sum: that is what is not given out yet.
func (d targetDemo) row(t demoTarget, units []target.UnitView) []target.CellEdit {
	var out []target.CellEdit
	sums := map[target.Key]int64{}
	put := func(u target.UnitView, month int, value int64) {
		out = append(out, target.CellEdit{Key: target.Key{Indicator: t.code, UnitID: u.UnitID, Month: month}, Value: &value})
		if u.UnitID != target.TheCity {
			sums[target.Key{Indicator: t.code, UnitID: u.ParentUnitID, Month: month}] += value
		}
	}
	months := 12
	if d.year > d.today.Year() {
		months = 0 // the units split the coming year themselves
	}
	for n, u := range units {
		if u.Kind == "bureau" || !slices.Contains(t.kinds, u.Kind) {
			continue
		}
		year := t.value * weight(n, u.Kind) / 10
		put(u, 0, year)
		for m := 1; m <= months; m++ {
			put(u, m, year*int64(m)/12-year*int64(m-1)/12)
		}
	}
	slices.Reverse(units) // those above come before
	defer slices.Reverse(units)
	for _, u := range units {
		for m := 0; m <= months; m++ {
			if below := sums[target.Key{Indicator: t.code, UnitID: u.UnitID, Month: m}]; below > 0 {
				put(u, m, below*105/100)
			}
		}
	}
	return out
}

func (d targetDemo) approve(ctx context.Context) error {
	y, err := d.app.Target.Year(ctx, d.head, d.year)
	if err != nil {
		return err
	}
	if y, err = d.app.Target.Submit(ctx, d.head, d.year, y.Version, invented); err != nil {
		return err
	}
	_, err = d.app.Target.Approve(ctx, d.head, d.year, y.Version, invented)
	return err
}

// report enters figures of what the program does not count, up to this month.
func (d targetDemo) report(ctx context.Context, units []target.UnitView) error {
	months := 12
	if d.year == d.today.Year() {
		months = int(d.today.Start().In(clock.Location()).Month())
	}
	var figures []target.FigureDraft
	for _, t := range demoTargets() {
		if !slices.Contains([]string{"FDI_USED", "LEASED_AREA", "ISSUE_IN", "ISSUE_DONE"}, t.code) {
			continue
		}
		standing := target.Management
		if t.code == "FDI_USED" {
			standing = target.Official
		}
		for n, u := range units {
			if !slices.Contains(t.kinds, u.Kind) {
				continue
			}
			for m := 1; m <= months; m++ {
				pace := []int64{70, 85, 95, 100, 110, 60, 90}[(n+m+d.year)%7]
				figures = append(figures, target.FigureDraft{Figure: target.Figure{
					Year: d.year, Month: m, Indicator: t.code, UnitID: u.UnitID, Standing: standing, Evidence: invented,
					Value: t.value * weight(n, u.Kind) / 10 / 12 * pace / 100,
				}})
			}
		}
	}
	for part := range slices.Chunk(figures, target.MaxBatch) {
		if _, err := d.app.Target.Report(ctx, d.head, part); err != nil {
			return err
		}
	}
	return nil
}
