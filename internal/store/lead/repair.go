package lead

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Repaired is one kind of kept thing with how many of it were put right.
type Repaired struct {
	What  string
	Count int
}

// Repair makes everything that is kept for speed equal to what it is kept
// from, in one transaction, and returns what it put right: the counters of
// leads, of clocks and of the cockpit, the open spans of stages, of facts and of planned
// signings.
// Nothing that somebody entered is changed, and an audit line says what was.
// It may run while the program serves: writers of counters wait.
func (s *Store) Repair(ctx context.Context) ([]Repaired, error) {
	var done []Repaired
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		t := Tx{Tx: tx}
		done = nil
		if err := t.holdCounters(ctx); err != nil {
			return err
		}
		for _, step := range []struct {
			what string
			do   func(context.Context) (int, error)
		}{
			{"open spans of stages", t.repairStages},
			{"open spans of facts", t.repairFacts},
			{"open spans of planned signings", t.repairSignings},
			{"counters of leads", t.repairCounters},
			{"counters of clocks", t.repairClocks},
			{"counters of the cockpit", t.repairCockpit},
		} {
			n, err := step.do(ctx)
			if err != nil {
				return fmt.Errorf("repair the %s: %w", step.what, err)
			}
			if n > 0 {
				done = append(done, Repaired{What: step.what, Count: n})
			}
		}
		return t.tellRepaired(ctx, done)
	})
	return done, err
}

// holdCounters keeps others from writing counters until the transaction ends.
// Who changed a lead and has not counted it yet waits, and counts it then.
func (t Tx) holdCounters(ctx context.Context) error {
	if t.Dialect() == store.SQLite { // its transactions are alone
		return nil
	}
	err := t.DB(ctx).Exec("LOCK TABLE lead_counters, clock_counters, cockpit_counters IN SHARE ROW EXCLUSIVE MODE").Error
	return wrap(err, "hold the counters")
}

func (t Tx) tellRepaired(ctx context.Context, done []Repaired) error {
	if len(done) == 0 {
		return nil
	}
	line := event.Line{Kind: "books.repaired", Object: "city", Outcome: event.Done}
	for _, r := range done {
		line.Changes = append(line.Changes, event.Change{Field: r.What, After: fmt.Sprint(r.Count)})
	}
	return t.Record(ctx, line)
}

func (t Tx) repairCounters(ctx context.Context) (int, error) {
	cells, err := counterDifference(t.DB(ctx))
	if err != nil {
		return 0, err
	}
	return len(sortedCells(cells)), t.addCells(ctx, cells)
}

func (t Tx) repairClocks(ctx context.Context) (int, error) {
	cells, err := clockDifference(t.DB(ctx))
	if err != nil {
		return 0, err
	}
	return len(cells.changed()), cells.write(ctx, t.Tx)
}

func (t Tx) repairCockpit(ctx context.Context) (int, error) {
	cells, err := factDifference(t.DB(ctx))
	if err != nil {
		return 0, err
	}
	return len(cells.changed()), cells.write(ctx, t.Tx)
}

// repairStages ends the open span of a lead that is in another stage than its
// row, and opens one for the stage of the row.
func (t Tx) repairStages(ctx context.Context) (int, error) {
	broken, err := t.leadsWhere(ctx, "NOT EXISTS (SELECT 1 FROM stage_spans s WHERE s.lead_id = l.id AND s.stage = l.stage AND s.until = ?)", clock.Forever())
	if err != nil {
		return 0, err
	}
	for _, l := range broken {
		now := t.Now(ctx)
		err := t.DB(ctx).Exec("UPDATE stage_spans SET until = ? WHERE lead_id = ? AND until = ?", now, l.ID, clock.Forever()).Error
		if err != nil {
			return 0, fmt.Errorf("end the stage of lead %s: %w", l.ID, err)
		}
		if err := t.begin(ctx, lead.Span{LeadID: l.ID, Stage: l.Stage, FromAt: now, Until: clock.Forever(), Entered: lead.BeforeGate}); err != nil {
			return 0, err
		}
	}
	return len(broken), nil
}

// repairFacts ends the open span of a lead whose row says something else, and
// opens one with what it says.
func (t Tx) repairFacts(ctx context.Context) (int, error) {
	broken, err := t.leadsWhere(ctx, "NOT EXISTS (SELECT 1 FROM lead_facts f WHERE f.lead_id = l.id AND f.until = ? AND NOT "+factsDiffer+")", clock.Forever())
	if err != nil {
		return 0, err
	}
	for i := range broken {
		if err := t.renewFacts(ctx, &broken[i]); err != nil {
			return 0, err
		}
	}
	return len(broken), nil
}

func (t Tx) renewFacts(ctx context.Context, l *lead.Lead) error {
	var before []facts
	err := t.DB(ctx).Raw("SELECT * FROM lead_facts WHERE lead_id = ? ORDER BY id DESC LIMIT 1", l.ID).Scan(&before).Error
	if err != nil {
		return fmt.Errorf("read the facts of lead %s: %w", l.ID, err)
	}
	var last facts
	if len(before) > 0 {
		last = before[0]
	}
	after := factsAfter(last, l, clock.DateOf(l.StageSince).String())
	if after.TownUnitID, err = t.townOf(ctx, l); err != nil {
		return err
	}
	after.FromAt = t.Now(ctx)
	if len(before) == 0 {
		after.FromAt = l.CreatedAt
	}
	if err := t.endFacts(ctx, l.ID, after.FromAt); err != nil {
		return err
	}
	err = t.DB(ctx).Exec("UPDATE lead_facts SET restricted = ? WHERE lead_id = ?", l.Restricted, l.ID).Error
	if err != nil {
		return fmt.Errorf("copy lead %s to its facts: %w", l.ID, err)
	}
	return wrap(t.DB(ctx).Create(&after).Error, "keep the facts of lead %s", l.ID)
}

// leadsWhere reads the live leads that a condition is true of.
func (t Tx) leadsWhere(ctx context.Context, where string, args ...any) ([]lead.Lead, error) {
	var ids []id.Lead
	if err := t.DB(ctx).Raw("SELECT l.id FROM leads l WHERE l.deleted_at IS NULL AND "+where+" ORDER BY l.id", args...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("find what is to be repaired: %w", err)
	}
	out := make([]lead.Lead, 0, len(ids))
	for _, one := range ids {
		var rows []row
		if err := t.DB(ctx).Raw("SELECT * FROM leads WHERE id = ?", one).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read lead %s: %w", one, err)
		}
		for _, r := range rows {
			out = append(out, r.Lead)
		}
	}
	return out, nil
}

// factsDiffer is the condition that the open span f of the lead l says
// something else than the lead.
const factsDiffer = "(f.stage <> l.stage OR f.track <> COALESCE(l.track, '') OR f.unit_id <> l.unit_id OR f.chain <> COALESCE(l.chain, '') " +
	"OR f.first_unit_id <> COALESCE(l.first_contact_unit_id, l.unit_id) OR COALESCE(f.planned_cents, -1) <> COALESCE(l.planned_cents, -1) " +
	"OR f.currency <> l.currency OR f.restricted <> l.restricted)"
