package lead

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// OnTime counts how the clocks ended, by unit and kind. It adds kept counters;
// only what ran out today is counted row by row, and what belongs to the few
// restricted leads of a reader who is their member.
func (s *Store) OnTime(ctx context.Context, q lead.OnTimeQuery) ([]lead.OnTime, error) {
	out := []lead.OnTime{}
	if q.Read.Empty() {
		return out, nil
	}
	present := s.db.Present()
	today := clock.DateOf(q.Now)
	before := keptClocks(s.db.Dialect(), q.Read, span{q.From, earlier(q.To, today.AddDays(-1))}, "kc.running")
	since := keptClocks(s.db.Dialect(), q.Read, span{later(q.From, today), q.To}, "0") // what runs out from today on may not have yet
	pieces := slices.Concat(before, since, []frag{ranOutToday(q, today)})
	if !q.Read.AnyRestricted() {
		pieces = append(pieces, memberClocks(q, present)...)
	}
	all := join(pieces, " UNION ALL ")
	err := s.db.Read(ctx).Raw("SELECT unit_id, kind, CAST(SUM(met) AS bigint) AS met, CAST(SUM(late) AS bigint) AS late, "+
		"CAST(SUM(overdue) AS bigint) AS overdue, CAST(SUM(cancelled) AS bigint) AS cancelled FROM ("+all.sql+") AS x "+
		"GROUP BY unit_id, kind HAVING SUM(met + late + overdue + cancelled) > 0 ORDER BY unit_id, kind", all.args...).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("count how clocks ended: %w", err)
	}
	return out, nil
}

// span is a number of days, the last included; none where it is before the
// first.
type span struct{ from, to clock.Date }

func earlier(a, b clock.Date) clock.Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b clock.Date) clock.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// months splits a span into its whole months and the days before and after
// them.
func (s span) months() (head, whole, tail span) {
	first := monthOf(s.from)
	if first.Before(s.from) {
		first = monthOf(first.AddDays(31))
	}
	next := monthOf(s.to.AddDays(1)) // the first day behind the whole months
	if !first.Before(next) {
		return s, span{}, span{}
	}
	return span{s.from, first.AddDays(-1)}, span{first, next.AddDays(-1)}, span{next, s.to}
}

// monthOf is the first day of a day's month.
func monthOf(d clock.Date) clock.Date {
	text := d.String()
	day, _ := strconv.Atoi(text[strings.LastIndex(text, "-")+1:]) // a day's text ends in its number
	return d.AddDays(1 - day)
}

// bounds are the first and the last counter of a span; a span without days
// has none.
func (s span) bounds(grain string) (from, to string) {
	switch {
	case s.to.Before(s.from) || s.from.IsZero():
		return "", ""
	case grain == "month":
		return s.from.Month(), s.to.Month()
	}
	return s.from.String(), s.to.String()
}

// keptClocks are the counters of a span that the reader knows, with what is
// overdue of them. An empty piece stays in the query, so that its text is the
// same every day.
func keptClocks(dialect store.Dialect, read access.Scope, s span, overdue string) []frag {
	head, whole, tail := s.months()
	known := sqlf("kc.unit_id IN ?", read.Units())
	if read.Any() {
		known = everyUnit(dialect)
	}
	if read.AnyRestricted() {
		known = known.and(sqlf("kc.restricted IN (false, true)"))
	} else {
		known = known.and(sqlf("kc.restricted = false"))
	}
	var out []frag
	for _, piece := range []struct {
		grain string
		span
	}{{"day", head}, {"month", whole}, {"day", tail}} {
		from, to := piece.bounds(piece.grain)
		where := known.and(sqlf("kc.grain = '"+piece.grain+"' AND kc.span >= ? AND kc.span <= ?", from, to))
		out = append(out, sqlf("SELECT kc.unit_id, kc.kind, kc.met, kc.late, "+overdue+" AS overdue, kc.cancelled FROM clock_counters kc WHERE "+where.sql, where.args...))
	}
	return out
}

// everyUnit makes the counters of the whole city one look into their index
// for each unit: PostgreSQL would read the whole table to join it.
func everyUnit(dialect store.Dialect) frag {
	if dialect == store.Postgres {
		return sqlf("kc.unit_id = ANY (ARRAY(SELECT u.id FROM units u))")
	}
	return sqlf("kc.unit_id IN (SELECT u.id FROM units u)")
}

// ranOutToday are open clocks whose deadline was today. Those of normal leads
// and, for who sees them all, of restricted ones.
func ranOutToday(q lead.OnTimeQuery, today clock.Date) frag {
	from, to := today.Start(), q.To.End()
	if q.From.Start().After(from) {
		from = q.From.Start()
	}
	where := sqlf("c.closed_at IS NULL AND c.paused_at IS NULL AND c.due_at >= ? AND c.due_at <= ? AND c.due_at < ?", from, q.Now, to).
		and(sqlf("l.deleted_at IS NULL"))
	if !q.Read.AnyRestricted() {
		where = where.and(sqlf("NOT l.restricted"))
	}
	if !q.Read.Any() {
		where = where.and(sqlf("c.unit_id IN ?", q.Read.Units()))
	}
	return sqlf("SELECT c.unit_id, c.kind, 0, 0, 1, 0"+clocksWithLeads+where.sql, where.args...)
}

// memberClocks are the clocks of restricted leads of which the reader is a
// member.
func memberClocks(q lead.OnTimeQuery, now clause.Expr) []frag {
	mine := anyBranches(q.Read, now)[1]
	from, to := q.From.Start(), q.To.End()
	known := mine.where
	if !q.Read.Any() {
		known = known.and(sqlf("c.unit_id IN ?", q.Read.Units()))
	}
	const clocks = " JOIN clocks c ON c.lead_id = l.id WHERE "
	ended := known.and(sqlf("c.closed_at >= ? AND c.closed_at < ?", from, to))
	over := known.and(sqlf("c.closed_at IS NULL AND c.paused_at IS NULL AND c.due_at <= ? AND c.due_at >= ? AND c.due_at < ?", q.Now, from, to))
	return []frag{
		sqlf("SELECT c.unit_id, c.kind, CASE WHEN c.how = 'met' THEN 1 ELSE 0 END, CASE WHEN c.how = 'late' THEN 1 ELSE 0 END, 0, "+
			"CASE WHEN c.how = 'cancelled' THEN 1 ELSE 0 END FROM "+mine.table+clocks+ended.sql, ended.args...),
		sqlf("SELECT c.unit_id, c.kind, 0, 0, 1, 0 FROM "+mine.table+clocks+over.sql, over.args...),
	}
}
