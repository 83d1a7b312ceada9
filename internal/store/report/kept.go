package report

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

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
	window := w.Day.Window()
	// From the side of the person: few are members of anything.
	named := q.along("lead_facts_lead").known(w).Where("f.restricted AND f.lead_id IN (SELECT m.lead_id FROM lead_members m WHERE m.user_id = ?)", w.Read.User())
	err := q.visit(named.Select(factColumns), func(f module.Fact) { b.Take(window, f) })
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

// sums reads rows that begin with texts and end in a sum.
func (q reads) sums(texts int, take func(text []string, sum module.Sum), query string, args ...any) error {
	text := make([]string, texts)
	var sum module.Sum
	into := make([]any, 0, texts+3)
	for i := range text {
		into = append(into, &text[i])
	}
	into = append(into, &sum.Count, &sum.Known, &sum.Cents)
	return each(q.db.Raw(query, args...), func(rows *sql.Rows) error {
		err := rows.Scan(into...)
		if err == nil && sum.Count != 0 {
			take(text, sum)
		}
		return err
	})
}

// restrictions says which counters are read, in a form that an index serves.
func restrictions(w module.Want) string {
	if w.Read.AnyRestricted() {
		return "restricted IN (false, true)"
	}
	return "restricted = false"
}

const keptSums = "CAST(sum(leads) AS bigint), CAST(sum(known) AS bigint), CAST(sum(cents) AS bigint) FROM cockpit_counters WHERE "

// keptStages reads the stages of the city by amount, and the leads in talks by
// group. Every lead has one unit of first contact: all together are the city.
func (q reads) keptStages(w module.Want, b *module.Book) error {
	err := q.sums(2, func(text []string, sum module.Sum) {
		yi, _ := strconv.ParseInt(text[1], 10, 64) // the database wrote it
		b.Stages[module.StageCell{Dimension: module.Whole, Stage: text[0], Yi: yi}] = sum
	}, "SELECT stage, CAST(yi AS text), "+keptSums+restrictions(w)+" AND kind = 'stage' AND day = '' AND dimension = 'first' GROUP BY stage, yi")
	if err != nil {
		return err
	}
	return q.sums(3, func(text []string, sum module.Sum) {
		b.Stages[module.StageCell{Dimension: module.Dimension(text[0]), Key: text[1], Stage: text[2]}] = sum
	}, "SELECT dimension, key, stage, "+keptSums+restrictions(w)+" AND kind = 'stage' AND day = '' AND stage IN ? GROUP BY dimension, key, stage", module.Talks())
}

// keptFlows reads what happened in the twelve months. Days before the month
// before are taken together by month, and those of groups by what their tables
// show: no figure looks at them more closely.
func (q reads) keptFlows(w module.Want, b *module.Book) error {
	oldest, daily := w.Day.Horizon()
	err := q.sums(2, func(text []string, sum module.Sum) {
		b.Flows[module.FlowCell{Dimension: module.Whole, Kind: text[0], Day: text[1]}] = sum
	}, "SELECT kind, CASE WHEN day >= ? THEN day ELSE substr(day, 1, 7) || '-01' END, "+keptSums+restrictions(w)+
		" AND kind IN ('leads.new', 'signed', 'started', 'producing', 'lost') AND day >= ? AND dimension = 'first' GROUP BY 1, 2", daily, oldest)
	if err != nil {
		return err
	}
	month, year := w.Day.Grouped()
	return q.sums(3, func(text []string, sum module.Sum) {
		b.Flows[module.FlowCell{Dimension: module.Dimension(text[0]), Key: text[1], Kind: text[2], Day: w.Day.On.String()}] = sum
	}, "SELECT dimension, key, kind, "+keptSums+restrictions(w)+" AND (kind = 'leads.new' AND day >= ? OR kind = 'signed' AND day >= ?) "+
		"GROUP BY dimension, key, kind", month, year)
}

// aged are the spans along the index that knows how long leads stand in their
// stage. SQLite would take the one of all open spans and look up every row.
func (q reads) aged() string {
	if q.lite {
		return "lead_facts f INDEXED BY lead_facts_age"
	}
	return "lead_facts f"
}

// ages counts the leads by the day since when they stand in their stage: an
// index says it, since a counter for each day would have a row for each lead.
// All days of a stage come in one text: most days have one lead, and a row for
// each would cost more than all else on the page.
func (q reads) ages(w module.Want, b *module.Book) error {
	return each(q.db.Raw("SELECT a.track, a.stage, string_agg(a.since_on || ':' || a.n, ',') FROM (SELECT f.track, f.stage, f.since_on, count(*) AS n FROM "+
		q.aged()+" WHERE f.until = "+forever+" AND "+open(w, "f.")+" GROUP BY f.stage, f.track, f.since_on) AS a GROUP BY a.stage, a.track"),
		func(rows *sql.Rows) error {
			var cell module.AgeCell
			var days string
			if err := rows.Scan(&cell.Track, &cell.Stage, &days); err != nil {
				return err
			}
			for day := range strings.SplitSeq(days, ",") {
				since, n, _ := strings.Cut(day, ":")
				leads, err := strconv.ParseInt(n, 10, 64)
				if err != nil {
					return err
				}
				cell.Since = since
				b.Ages[cell] += leads
			}
			return nil
		})
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
	return q.sums(3, func(text []string, sum module.Sum) {
		for i, d := range []module.Dimension{module.ByFirst, module.ByTown, module.ByChain} {
			b.Stuck.Put(d, text[i], sum)
		}
	}, "SELECT CAST(f.first_unit_id AS text), CAST(f.town_unit_id AS text), f.chain, count(*), "+knownSum+", "+centsSum+
		" FROM "+q.aged()+" WHERE f.until = "+forever+" AND "+open(w, "f.")+" AND "+cond+" GROUP BY f.first_unit_id, f.town_unit_id, f.chain", args...)
}

// longest are the open spans inside the scope, along the index that knows how
// long leads stand in their stage.
func (q reads) longest(w module.Want) *gorm.DB {
	if w.At == nil && w.Read.Any() {
		return q.along("lead_facts_age").known(w)
	}
	return q.known(w)
}

// Stuck returns the leads over the limit of their stage that came into it
// until a day, the longest in it first.
func (q reads) Stuck(w module.Want, until string, limit int) ([]module.Fact, error) {
	if w.Read.Empty() {
		return nil, nil
	}
	cond, args := late(w)
	var out []module.Fact
	// First which they are, along an index that knows all of it.
	first := q.longest(w).Select("f.lead_id").Where(cond, args...).Where("f.since_on <= ?", until).Order("f.since_on, f.lead_id").Limit(limit)
	err := q.visit(q.along("lead_facts_lead").known(w).Select(factColumns).Where("f.lead_id IN (SELECT n.lead_id FROM (?) AS n)", first),
		func(f module.Fact) { out = append(out, f) })
	return slices.Clip(out), err
}
