package report

import (
	"fmt"
	"slices"
	"strings"

	module "github.com/leadrelay/leadrelay/internal/report"
)

// Kept fills the book from the kept counters, if the question is about the
// whole city as it is now. The restricted leads that the reader is a member
// of stand in no counter for everybody; they are walked.
func (q reads) Kept(w module.Want, b *module.Book) (bool, error) {
	if w.At != nil || !w.Read.Any() || w.Slice != (module.Slice{}) {
		return false, nil
	}
	for _, step := range []func(module.Want, *module.Book) error{q.keptStages, q.keptFlows, q.ages, q.stuckBy} {
		if err := step(w, b); err != nil {
			return false, err
		}
	}
	if w.Read.AnyRestricted() {
		return true, nil
	}
	err := q.visit(q.known(w).Where("f.restricted").Select(factColumns), func(f module.Fact) { b.Take(w.Day, f) })
	return true, err
}

// open is the condition of what everybody with the scope of the whole city
// sees.
func open(w module.Want, alias string) string {
	if w.Read.AnyRestricted() {
		return "(1 = 1)"
	}
	return "NOT " + alias + "restricted"
}

type keptRow struct {
	Dimension           module.Dimension
	Key                 string
	Stage               string
	Yi                  int64
	Kind                string
	Day                 string
	Leads, Known, Cents int64
}

func (r keptRow) sum() module.Sum {
	return module.Sum{Count: r.Leads, Known: r.Known, Cents: r.Cents}
}

func (q reads) keptStages(w module.Want, b *module.Book) error {
	var rows []keptRow
	err := q.db.Raw("SELECT dimension, key, stage, yi, CAST(sum(leads) AS bigint) AS leads, CAST(sum(known) AS bigint) AS known, " +
		"CAST(sum(cents) AS bigint) AS cents FROM cockpit_counters WHERE " + restrictions(w) + " AND kind = 'stage' " +
		"GROUP BY dimension, key, stage, yi").Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read the kept counters of stages: %w", err)
	}
	for _, r := range rows {
		if r.Leads != 0 {
			b.Stages[module.StageCell{Dimension: r.Dimension, Key: r.Key, Stage: r.Stage, Yi: r.Yi}] = r.sum()
		}
	}
	return nil
}

// restrictions says which counters are read, in a form that an index serves.
func restrictions(w module.Want) string {
	if w.Read.AnyRestricted() {
		return "restricted IN (false, true)"
	}
	return "restricted = false"
}

// keptFlows reads what happened in the twelve months. Days before the month
// before are taken together by month: no figure looks at them more closely.
func (q reads) keptFlows(w module.Want, b *module.Book) error {
	oldest, daily := w.Day.Horizon()
	var rows []keptRow
	err := q.db.Raw("SELECT dimension, key, kind, CASE WHEN day >= ? THEN day ELSE substr(day, 1, 7) || '-01' END AS day, "+
		"CAST(sum(leads) AS bigint) AS leads, CAST(sum(known) AS bigint) AS known, CAST(sum(cents) AS bigint) AS cents FROM cockpit_counters "+
		"WHERE "+restrictions(w)+" AND kind IN ('leads.new', 'signed', 'started', 'producing', 'lost') AND day >= ? GROUP BY 1, 2, 3, 4",
		daily, oldest).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read the kept counters of what happened: %w", err)
	}
	for _, r := range rows {
		if r.Leads != 0 {
			b.Flows[module.FlowCell{Dimension: r.Dimension, Key: r.Key, Kind: r.Kind, Day: r.Day}] = r.sum()
		}
	}
	return nil
}

// ages counts the leads by the day since when they stand in their stage: an
// index says it, since a counter for each day would have a row for each lead.
func (q reads) ages(w module.Want, b *module.Book) error {
	var rows []struct {
		Track, Stage, SinceOn string
		Leads                 int64
	}
	err := q.db.Raw("SELECT track, stage, since_on, count(*) AS leads FROM lead_facts WHERE until = " + forever + " AND " + open(w, "") +
		" GROUP BY stage, track, since_on").Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read how long leads stand in their stages: %w", err)
	}
	for _, r := range rows {
		b.Ages[module.AgeCell{Track: r.Track, Stage: r.Stage, Since: r.SinceOn}] += r.Leads
	}
	return nil
}

// late is the condition that a lead stands longer in its stage than its limit.
func late(w module.Want) (sql string, args []any) {
	var out []string
	for _, l := range w.Day.Late() {
		cond := "f.stage = ? AND f.since_on < ?"
		args = append(args, l.Stage, l.Before)
		if len(l.Tracks) > 0 {
			cond += " AND f.track IN ?"
			args = append(args, l.Tracks)
		}
		if len(l.NotTracks) > 0 {
			cond += " AND f.track NOT IN ?"
			args = append(args, l.NotTracks)
		}
		out = append(out, "("+cond+")")
	}
	if len(out) == 0 {
		return "(1 = 0)", nil
	}
	return "(" + strings.Join(out, " OR ") + ")", args
}

// stuckBy sums the leads that are over their limit by every dimension.
func (q reads) stuckBy(w module.Want, b *module.Book) error {
	cond, args := late(w)
	var rows []struct {
		FirstUnitID, TownUnitID, Chain string
		Leads, Known, Cents            int64
	}
	err := q.db.Raw("SELECT CAST(f.first_unit_id AS text) AS first_unit_id, CAST(f.town_unit_id AS text) AS town_unit_id, f.chain, count(*) AS leads, "+
		knownSum+" AS known, "+centsSum+" AS cents FROM lead_facts f WHERE f.until = "+forever+" AND "+open(w, "f.")+" AND "+cond+
		" GROUP BY f.first_unit_id, f.town_unit_id, f.chain", args...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("sum the stuck leads: %w", err)
	}
	for _, r := range rows {
		sum := module.Sum{Count: r.Leads, Known: r.Known, Cents: r.Cents}
		for d, key := range map[module.Dimension]string{module.ByFirst: r.FirstUnitID, module.ByTown: r.TownUnitID, module.ByChain: r.Chain} {
			b.Stuck.Put(d, key, sum)
		}
	}
	return nil
}

// Stuck returns the leads over the limit of their stage, the longest in it
// first.
func (q reads) Stuck(w module.Want, limit int) ([]module.Fact, error) {
	if w.Read.Empty() {
		return nil, nil
	}
	cond, args := late(w)
	var out []module.Fact
	err := q.visit(q.known(w).Select(factColumns).Where(cond, args...).Order("f.since_on, f.lead_id").Limit(limit),
		func(f module.Fact) { out = append(out, f) })
	return slices.Clip(out), err
}
