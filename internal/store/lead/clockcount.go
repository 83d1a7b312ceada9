package lead

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// clockCell is one kept counter of clocks: those of a unit and a kind that
// ended in a day or a month, or run out in it.
type clockCell struct {
	unit       id.Unit
	restricted bool
	grain      string
	span       string
	kind       lead.ClockKind
}

func (c clockCell) compare(o clockCell) int {
	return cmp.Or(cmp.Compare(c.unit, o.unit), cmp.Compare(yes(c.restricted), yes(o.restricted)), cmp.Compare(c.grain, o.grain),
		cmp.Compare(c.span, o.span), cmp.Compare(c.kind, o.kind))
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// clockTally is what a counter of clocks holds: those that are open and not
// paused, and those that ended, by how.
type clockTally struct{ running, met, late, cancelled int64 }

// clockCells are counters of clocks with what is added to each.
type clockCells map[clockCell]clockTally

// add adds a clock n times to its counters. A paused one stands in none.
func (cells clockCells) add(c lead.Clock, restricted bool, n int64) {
	at, t := c.DueAt, clockTally{running: n}
	switch {
	case c.ClosedAt == nil && c.PausedAt != nil:
		return
	case c.ClosedAt != nil:
		at, t = *c.ClosedAt, clockTally{}
		switch *c.How {
		case lead.ClockMet:
			t.met = n
		case lead.ClockLate:
			t.late = n
		default:
			t.cancelled = n
		}
	}
	day := clock.DateOf(at).String()
	cells.put(clockCell{unit: c.UnitID, restricted: restricted, grain: "day", span: day, kind: c.Kind}, t, 1)
	cells.put(clockCell{unit: c.UnitID, restricted: restricted, grain: "month", span: day[:len("2006-01")], kind: c.Kind}, t, 1)
}

func (cells clockCells) put(c clockCell, t clockTally, n int64) {
	was := cells[c]
	cells[c] = clockTally{
		running: was.running + n*t.running, met: was.met + n*t.met, late: was.late + n*t.late, cancelled: was.cancelled + n*t.cancelled,
	}
}

// changed lists the counters that change, in one order for everybody.
func (cells clockCells) changed() []clockCell {
	out := make([]clockCell, 0, len(cells))
	for c, t := range cells {
		if t != (clockTally{}) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, clockCell.compare)
	return out
}

const (
	clockCounterColumns = "unit_id, restricted, grain, span, kind, running, met, late, cancelled"
	// addToClockCounter makes an insert into these counters an addition.
	addToClockCounter = "ON CONFLICT (unit_id, restricted, grain, span, kind) DO UPDATE SET running = clock_counters.running + excluded.running, " +
		"met = clock_counters.met + excluded.met, late = clock_counters.late + excluded.late, cancelled = clock_counters.cancelled + excluded.cancelled"
)

// leadClocks is what a transaction did to the clocks of one lead. The
// counters of normal and restricted leads are apart, so a lead that becomes
// restricted, or is deleted, takes all its clocks along.
type leadClocks struct {
	restricted bool       // as it was before
	moved      bool       // it was made restricted, or normal, or deleted
	cells      clockCells // of a normal lead, whatever it is
}

// clockCount collects what a transaction does to the counters of clocks. They
// are written last: all that a unit does falls on the same few, and whoever
// waits for one of them then waits only for a commit.
type clockCount struct{ leads map[id.Lead]*leadClocks }

const clockCountName = "clocks"

func (t Tx) clocksOf(l id.Lead, restricted bool) *leadClocks {
	count, _ := t.Last(clockCountName, func() store.Last { return &clockCount{leads: map[id.Lead]*leadClocks{}} }).(*clockCount)
	of := count.leads[l]
	if of == nil {
		of = &leadClocks{restricted: restricted, cells: clockCells{}}
		count.leads[l] = of
	}
	return of
}

// countClock moves the counters from the old state of a clock to the new one;
// nil means that there is none.
func (t Tx) countClock(restricted bool, before, after *lead.Clock) {
	for n, c := range map[int64]*lead.Clock{-1: before, 1: after} {
		if c != nil {
			t.clocksOf(c.LeadID, restricted).cells.add(*c, false, n)
		}
	}
}

// countMoved lets the clocks of a lead follow it to other counters, or out of
// all; restricted is what it was.
func (t Tx) countMoved(l id.Lead, restricted bool) { t.clocksOf(l, restricted).moved = true }

// Join takes in what a later use case of the same transaction did.
func (c *clockCount) Join(later store.Last) {
	other, _ := later.(*clockCount)
	for l, of := range other.leads {
		mine := c.leads[l]
		if mine == nil {
			c.leads[l] = of
			continue
		}
		mine.moved = mine.moved || of.moved
		for cell, t := range of.cells {
			mine.cells.put(cell, t, 1)
		}
	}
}

// Write adds up what was collected and writes the counters in their order.
func (c *clockCount) Write(ctx context.Context, tx *store.Tx) error {
	all := clockCells{}
	for _, l := range slices.Sorted(maps.Keys(c.leads)) {
		of := c.leads[l]
		for cell, t := range of.cells {
			cell.restricted = of.restricted
			all.put(cell, t, 1)
		}
		if of.moved {
			if err := all.move(tx.DB(ctx), l, of.restricted); err != nil {
				return err
			}
		}
	}
	return all.write(ctx, tx)
}

// move takes the clocks of a lead out of the counters in which they stood and
// puts them, unless it is deleted, into those where they stand now.
func (cells clockCells) move(db *gorm.DB, l id.Lead, restricted bool) error {
	err := eachCounted(db, "l.id = ?", func(c lead.Clock, now, deleted bool) {
		cells.add(c, restricted, -1)
		if !deleted {
			cells.add(c, now, 1)
		}
	}, l)
	if err != nil {
		return fmt.Errorf("read the clocks of lead %s: %w", l, err)
	}
	return nil
}

// eachCounted reads what the counters need to know of clocks and their leads.
func eachCounted(db *gorm.DB, where string, count func(c lead.Clock, restricted, deleted bool), args ...any) error {
	query := db.Raw("SELECT c.kind, c.unit_id, c.due_at, c.paused_at, c.closed_at, c.how, l.restricted, l.deleted_at IS NOT NULL"+
		clocksWithLeads+where, args...)
	return each(query, func(rows *sql.Rows) error {
		var c lead.Clock
		var restricted, deleted bool
		if err := rows.Scan(&c.Kind, &c.UnitID, &c.DueAt, &c.PausedAt, &c.ClosedAt, &c.How, &restricted, &deleted); err != nil {
			return err
		}
		count(c, restricted, deleted)
		return nil
	})
}

// clockRows is how many counters one statement writes.
const clockRows = 100

func (cells clockCells) write(ctx context.Context, tx *store.Tx) error {
	for some := range slices.Chunk(cells.changed(), clockRows) {
		marks := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?, ?), ", len(some)), ", ")
		var args []any
		for _, c := range some {
			args = append(args, cells.row(c)...)
		}
		err := tx.DB(ctx).Exec("INSERT INTO clock_counters ("+clockCounterColumns+") VALUES "+marks+" "+addToClockCounter, args...).Error
		if err != nil {
			return fmt.Errorf("keep %d counters of clocks: %w", len(some), err)
		}
	}
	return nil
}

func (cells clockCells) row(c clockCell) []any {
	t := cells[c]
	return []any{int64(c.unit), c.restricted, c.grain, c.span, string(c.kind), t.running, t.met, t.late, t.cancelled}
}

// recountClocks compares the kept counters of clocks with the clocks.
func recountClocks(db *gorm.DB) ([]Finding, error) {
	cells, err := clockDifference(db)
	if err != nil {
		return nil, err
	}
	if wrong := len(cells.changed()); wrong > 0 {
		return []Finding{{Rule: "the kept counters of clocks equal a recount", Count: int64(wrong)}}, nil
	}
	return nil, nil
}

// clockDifference is what has to be added to the kept counters of clocks to
// make them those of the clocks.
func clockDifference(db *gorm.DB) (clockCells, error) {
	cells := clockCells{}
	err := eachCounted(db, "l.deleted_at IS NULL", func(c lead.Clock, restricted, _ bool) { cells.add(c, restricted, 1) })
	if err != nil {
		return nil, fmt.Errorf("recount the clocks: %w", err)
	}
	err = each(db.Raw("SELECT "+clockCounterColumns+" FROM clock_counters"), func(rows *sql.Rows) error {
		var c clockCell
		var t clockTally
		if err := rows.Scan(&c.unit, &c.restricted, &c.grain, &c.span, &c.kind, &t.running, &t.met, &t.late, &t.cancelled); err != nil {
			return err
		}
		cells.put(c, t, -1)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the kept counters of clocks: %w", err)
	}
	return cells, nil
}
