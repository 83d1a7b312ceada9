package lead

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// factCell is one kept counter of the cockpit.
type factCell struct {
	Restricted bool
	Kind       string
	Day        string
	Dimension  string
	Key        string
	Stage      string
	Yi         int64
}

func (c factCell) compare(o factCell) int {
	return cmp.Or(cmp.Compare(yes(c.Restricted), yes(o.Restricted)), cmp.Compare(c.Kind, o.Kind), cmp.Compare(c.Day, o.Day),
		cmp.Compare(c.Dimension, o.Dimension), cmp.Compare(c.Key, o.Key), cmp.Compare(c.Stage, o.Stage), cmp.Compare(c.Yi, o.Yi))
}

// factCells are counters of the cockpit with what is added to each.
type factCells map[factCell]tally

// The steps of amounts: whole hundred million yuan, all large ones together,
// and those that are not known in CNY.
const (
	yiCents   = 100_000_000_00
	topYi     = 1000
	unknownYi = -1
)

// add adds what is known of a lead n times to its counters.
func (cells factCells) add(f facts, n int64) {
	t, yi := tally{leads: n}, int64(unknownYi)
	if f.PlannedCents != nil && f.Currency == "CNY" {
		t.known, t.cents, yi = n, *f.PlannedCents*n, min(*f.PlannedCents/yiCents, topYi)
	}
	registered := f.CreatedOn
	if f.Stage == lead.Duplicate || f.Stage == lead.InvalidStage {
		registered = ""
	}
	for dimension, key := range map[string]string{"first": f.FirstUnitID.String(), "town": f.TownUnitID.String(), "chain": f.Chain} {
		c := factCell{Restricted: f.Restricted, Kind: "stage", Dimension: dimension, Key: key, Stage: string(f.Stage), Yi: yi}
		cells[c] = cells[c].plus(t)
		for kind, day := range map[string]string{
			"leads.new": registered, "signed": f.SignedOn, "started": f.StartedOn, "producing": f.ProducedOn, "lost": f.LostOn,
		} {
			if day != "" {
				c := factCell{Restricted: f.Restricted, Kind: kind, Day: day, Dimension: dimension, Key: key}
				cells[c] = cells[c].plus(t)
			}
		}
	}
}

// changed lists the counters that change, in one order for everybody.
func (cells factCells) changed() []factCell {
	out := make([]factCell, 0, len(cells))
	for c, t := range cells {
		if t != (tally{}) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, factCell.compare)
	return out
}

const factCounterColumns = "restricted, kind, day, dimension, key, stage, yi, leads, known, cents"

// addToFactCounter makes an insert into these counters an addition.
const addToFactCounter = "ON CONFLICT (restricted, kind, day, dimension, key, stage, yi) DO UPDATE SET " +
	"leads = cockpit_counters.leads + excluded.leads, known = cockpit_counters.known + excluded.known, cents = cockpit_counters.cents + excluded.cents"

// write adds to the counters, in their order.
func (cells factCells) write(ctx context.Context, tx *store.Tx) error {
	b := tx.Bulk("cockpit_counters", "restricted", "kind", "day", "dimension", "key", "stage", "yi", "leads", "known", "cents").Merge(addToFactCounter)
	for _, c := range cells.changed() {
		t := cells[c]
		if err := b.Add(ctx, c.Restricted, c.Kind, c.Day, c.Dimension, c.Key, c.Stage, c.Yi, t.leads, t.known, t.cents); err != nil {
			return fmt.Errorf("keep the counters of the cockpit: %w", err)
		}
	}
	if err := b.Flush(ctx); err != nil {
		return fmt.Errorf("keep the counters of the cockpit: %w", err)
	}
	return nil
}

// factCount collects what a transaction does to the counters of the cockpit:
// of each lead what it stood in before, and at the end where it stands then.
// They are written last, since many transactions fall on the same few.
type factCount struct{ before map[id.Lead]*facts }

const factCountName = "facts"

// countFacts remembers where a lead stood before its first change in the
// transaction; nil for a new one.
func (t Tx) countFacts(l id.Lead, before *facts) {
	t.countLater(l, before)
	count, _ := t.Last(factCountName, func() store.Last { return &factCount{before: map[id.Lead]*facts{}} }).(*factCount)
	if _, known := count.before[l]; !known {
		count.before[l] = before
	}
}

// Join takes in what a later use case of the same transaction did.
func (c *factCount) Join(later store.Last) {
	other, _ := later.(*factCount)
	for l, before := range other.before {
		if _, known := c.before[l]; !known {
			c.before[l] = before
		}
	}
}

// Write moves the counters to where the leads stand now.
func (c *factCount) Write(ctx context.Context, tx *store.Tx) error {
	cells := factCells{}
	for _, l := range slices.Sorted(maps.Keys(c.before)) {
		if before := c.before[l]; before != nil {
			cells.add(*before, -1)
		}
		var now []facts
		err := tx.DB(ctx).Raw("SELECT * FROM lead_facts WHERE lead_id = ? AND until = ?", l, clock.Forever()).Scan(&now).Error
		if err != nil {
			return fmt.Errorf("read the facts of lead %s: %w", l, err)
		}
		for _, f := range now {
			cells.add(f, 1)
		}
	}
	return cells.write(ctx, tx)
}

// eachFacts reads every open span in batches.
func eachFacts(db *gorm.DB, one func(facts)) error {
	for after := id.Lead(0); ; {
		var rows []facts
		err := db.Raw("SELECT * FROM lead_facts WHERE until = ? AND lead_id > ? ORDER BY lead_id LIMIT ?", clock.Forever(), after, batch).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read the facts of leads after %s: %w", after, err)
		}
		if len(rows) == 0 {
			return nil
		}
		for _, f := range rows {
			one(f)
		}
		after = rows[len(rows)-1].LeadID
	}
}

// keptFacts reads the kept counters of the cockpit.
func keptFacts(db *gorm.DB) (factCells, error) {
	var rows []struct {
		Restricted                       bool
		Kind, Day, Dimension, Key, Stage string
		Yi, Leads, Known, Cents          int64
	}
	if err := db.Raw("SELECT " + factCounterColumns + " FROM cockpit_counters").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the kept counters of the cockpit: %w", err)
	}
	out := factCells{}
	for _, r := range rows {
		c := factCell{Restricted: r.Restricted, Kind: r.Kind, Day: r.Day, Dimension: r.Dimension, Key: r.Key, Stage: r.Stage, Yi: r.Yi}
		out[c] = tally{leads: r.Leads, known: r.Known, cents: r.Cents}
	}
	return out, nil
}

// factDifference is what has to be added to the kept counters to make them
// those of the leads.
func factDifference(db *gorm.DB) (factCells, error) {
	cells := factCells{}
	if err := eachFacts(db, func(f facts) { cells.add(f, 1) }); err != nil {
		return nil, err
	}
	kept, err := keptFacts(db)
	for c, t := range kept {
		cells[c] = cells[c].plus(t.times(-1))
	}
	return cells, err
}

// recountFacts compares the counters of the cockpit with the leads.
func recountFacts(db *gorm.DB) ([]Finding, error) {
	cells, err := factDifference(db)
	if err != nil {
		return nil, err
	}
	if wrong := len(cells.changed()); wrong > 0 {
		return []Finding{{Rule: "the counters of the cockpit equal a recount", Count: int64(wrong)}}, nil
	}
	return nil, nil
}
