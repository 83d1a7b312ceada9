package lead

import (
	"context"
	"fmt"
	"sort"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// cell is one kept counter.
type cell struct {
	dimension  string
	restricted bool
	unit       id.Unit
	key        string
}

// tally is what a counter holds: leads, those of them with a known amount in
// CNY, and the sum of these amounts in hundredths of a yuan.
type tally struct{ leads, known, cents int64 }

func (t tally) times(n int64) tally {
	return tally{leads: t.leads * n, known: t.known * n, cents: t.cents * n}
}

func (t tally) plus(o tally) tally {
	return tally{leads: t.leads + o.leads, known: t.known + o.known, cents: t.cents + o.cents}
}

// tallyOf is what one lead adds to each of its counters.
func tallyOf(l *lead.Lead) tally {
	t := tally{leads: 1}
	if l.PlannedCents != nil && l.Currency == "CNY" {
		t.known, t.cents = 1, *l.PlannedCents
	}
	return t
}

// cellsOf are the counters that a lead stands in.
func cellsOf(l *lead.Lead) []cell {
	return []cell{
		{dimension: "stage", restricted: l.Restricted, unit: l.UnitID, key: string(l.Stage)},
		{dimension: "month", restricted: l.Restricted, unit: l.UnitID, key: l.Month()},
		{dimension: "chain", restricted: l.Restricted, unit: l.UnitID, key: l.ChainCode()},
	}
}

// addTo adds the lead n times to a set of counters.
func addTo(cells map[cell]tally, l *lead.Lead, n int64) {
	if l == nil {
		return
	}
	t := tallyOf(l).times(n)
	for _, c := range cellsOf(l) {
		cells[c] = cells[c].plus(t)
	}
}

// addToCounter makes an insert into the counters an addition.
const addToCounter = "ON CONFLICT (dimension, restricted, unit_id, key) DO UPDATE SET leads = lead_counters.leads + excluded.leads, " +
	"known = lead_counters.known + excluded.known, cents = lead_counters.cents + excluded.cents"

// count moves the kept counters from the old state of a lead to the new one;
// nil means that there is none. The counters are always touched in the same
// order, so that two writers never wait for each other in a ring.
func (t Tx) count(ctx context.Context, old, l *lead.Lead) error {
	cells := map[cell]tally{}
	addTo(cells, old, -1)
	addTo(cells, l, 1)
	return t.addCells(ctx, cells)
}

// addCells adds to the kept counters, in their order.
func (t Tx) addCells(ctx context.Context, cells map[cell]tally) error {
	for _, c := range sortedCells(cells) {
		d := cells[c]
		err := t.DB(ctx).Exec("INSERT INTO lead_counters (unit_id, dimension, key, restricted, leads, known, cents) VALUES (?, ?, ?, ?, ?, ?, ?) "+addToCounter,
			c.unit, c.dimension, c.key, c.restricted, d.leads, d.known, d.cents).Error
		if err != nil {
			return fmt.Errorf("keep the counter %s of unit %s: %w", c.dimension, c.unit, err)
		}
	}
	return nil
}

// sortedCells lists the counters that change, in one order for everybody.
func sortedCells(cells map[cell]tally) []cell {
	out := make([]cell, 0, len(cells))
	for c, t := range cells {
		if t != (tally{}) {
			out = append(out, c)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.dimension != b.dimension {
			return a.dimension < b.dimension
		}
		if a.unit != b.unit {
			return a.unit < b.unit
		}
		if a.key != b.key {
			return a.key < b.key
		}
		return !a.restricted && b.restricted
	})
	return out
}
