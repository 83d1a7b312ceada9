package lead

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
)

// ClocksOf returns the clocks of a lead that was read through a scope, the
// open ones first by their deadline, and the pauses of each.
func (s *Store) ClocksOf(ctx context.Context, seen lead.Seen) ([]lead.Clock, map[id.Clock][]lead.Pause, error) {
	db := s.db.Read(ctx)
	rows, err := readClocks(db.Raw("SELECT "+clockFields+" FROM clocks c WHERE c.lead_id = ? "+
		"ORDER BY CASE WHEN c.closed_at IS NULL THEN 0 ELSE 1 END, CASE WHEN c.closed_at IS NULL THEN c.due_at END, c.id DESC LIMIT ?",
		seen.Lead.ID, page.MaxLimit))
	if err != nil {
		return nil, nil, fmt.Errorf("read the clocks of lead %s: %w", seen.Lead.ID, err)
	}
	pauses, err := pausesBy(db, rows)
	return rows, pauses, err
}

func pausesBy(db *gorm.DB, clocks []lead.Clock) (map[id.Clock][]lead.Pause, error) {
	out := map[id.Clock][]lead.Pause{}
	if len(clocks) == 0 {
		return out, nil
	}
	ids := make([]id.Clock, len(clocks))
	for i, c := range clocks {
		ids[i] = c.ID
	}
	rows, err := pausesOf(db, ids)
	for _, p := range rows {
		out[p.ClockID] = append(out[p.ClockID], p)
	}
	return out, err
}

// clockWhere is which clocks a reader knows: those of its own units, or all
// of them; and of restricted leads only those whose lead it is a member of.
func clockWhere(read access.Scope, now clause.Expr) frag {
	if read.Empty() {
		return never()
	}
	where := sqlf("l.deleted_at IS NULL").and(allowed(read, "l", "l.id", now))
	if !read.Any() {
		where = where.and(sqlf("c.unit_id IN ?", read.Units()))
	}
	return where
}

const clocksWithLeads = " FROM clocks c JOIN leads l ON l.id = c.lead_id WHERE "

// ClockList returns a page of clocks and one row more when there is a next
// page, each with its lead where the reader sees it.
func (s *Store) ClockList(ctx context.Context, q lead.ClockQuery) ([]lead.ClockEntry, page.Total, error) {
	now, db := s.db.Present(), s.db.Read(ctx)
	where := clockFilter(q, now).and(clockWhere(q.Read, now))
	paged, order := where, "c.id DESC"
	if q.Running {
		order = "c.due_at, c.id"
	}
	if q.After != nil {
		at, err := time.Parse(time.RFC3339Nano, q.After.Value)
		if err != nil {
			return nil, page.Total{}, fmt.Errorf("read the position in a list of clocks: %w", err)
		}
		after := sqlf("c.id < ?", q.After.ID)
		if q.Running {
			after = sqlf("(c.due_at > ? OR c.due_at = ? AND c.id > ?)", at, at, q.After.ID)
		}
		paged = where.and(after)
	}
	rows, err := readClocks(db.Raw(fmt.Sprintf("SELECT %s%s%s ORDER BY %s LIMIT %d", clockFields, clocksWithLeads, paged.sql, order, q.Limit+1),
		paged.args...))
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("walk the clocks: %w", err)
	}
	n, err := amountOf(db.Raw(fmt.Sprintf("SELECT count(*) FROM (SELECT 1%s%s LIMIT %d) AS n", clocksWithLeads, where.sql, page.CountCap+1), where.args...))
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("count the clocks: %w", err)
	}
	out, err := s.clockEntries(db, q, rows, now)
	return out, page.Total{Count: min(n, page.CountCap), Exact: n <= page.CountCap}, err
}

func clockFilter(q lead.ClockQuery, now clause.Expr) frag {
	var where frag
	if q.Unit != 0 {
		where = where.and(sqlf("c.unit_id = ?", q.Unit))
	}
	if q.Kind != "" {
		where = where.and(sqlf("c.kind = ?", string(q.Kind)))
	}
	var or []frag
	for _, r := range q.Results {
		or = append(or, resultWhere(r, q, now))
	}
	if len(or) > 0 {
		all := join(or, " OR ")
		where = where.and(sqlf("("+all.sql+")", all.args...))
	} else if ended := within("c.closed_at", q); ended.sql != "" {
		over := within("c.due_at", q)
		where = where.and(sqlf("("+ended.sql+" OR c.closed_at IS NULL AND "+over.sql+")", append(ended.args, over.args...)...))
	}
	return where
}

// resultWhere reads a result from the deadline, not from whether a job ran.
func resultWhere(r lead.ClockResult, q lead.ClockQuery, now clause.Expr) frag {
	switch r {
	case lead.ClockPaused:
		return sqlf("c.closed_at IS NULL AND c.paused_at IS NOT NULL")
	case lead.ClockRunning:
		return sqlf("c.closed_at IS NULL AND c.paused_at IS NULL AND c.due_at > ?", now)
	case lead.ClockOverdue:
		return sqlf("c.closed_at IS NULL AND c.paused_at IS NULL AND c.due_at <= ?", now).and(within("c.due_at", q))
	}
	return sqlf("c.closed_at IS NOT NULL AND c.how = ?", string(r)).and(within("c.closed_at", q))
}

func within(column string, q lead.ClockQuery) frag {
	var where frag
	if q.From != nil {
		where = where.and(sqlf(column+" >= ?", *q.From))
	}
	if q.To != nil {
		where = where.and(sqlf(column+" < ?", *q.To))
	}
	return where
}

func (s *Store) clockEntries(db *gorm.DB, q lead.ClockQuery, rows []lead.Clock, now clause.Expr) ([]lead.ClockEntry, error) {
	pauses, err := pausesBy(db, rows)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]id.Lead, len(rows))
	for i, c := range rows {
		ids[i] = c.LeadID
	}
	byID, err := seenByID(db, q.Leads, ids, now)
	if err != nil {
		return nil, err
	}
	out := make([]lead.ClockEntry, len(rows))
	for i, c := range rows {
		out[i] = lead.ClockEntry{Clock: c, Pauses: pauses[c.ID], Seen: byID[c.LeadID]}
	}
	return out, nil
}

// ClocksToWarn returns open clocks with a warning that is due, the longest
// due first.
func (s *Store) ClocksToWarn(ctx context.Context, scope access.Scope, limit int) ([]lead.Clock, error) {
	now := s.db.Present()
	where := sqlf("c.closed_at IS NULL AND c.warn_at <= ?", now).and(clockWhere(scope, now))
	rows, err := readClocks(s.db.Read(ctx).Raw(fmt.Sprintf("SELECT %s%s%s ORDER BY c.warn_at, c.id LIMIT %d",
		clockFields, clocksWithLeads, where.sql, limit), where.args...))
	if err != nil {
		return nil, fmt.Errorf("read clocks to warn of: %w", err)
	}
	return rows, nil
}

// markFields are what a list shows of a clock, in the order of scanMark.
const markFields = "c.lead_id, c.kind, c.unit_id, c.days, c.calendar, c.anchor_at, c.used, c.due_at, c.paused_at"

// scanMark reads a clock as a list shows it. On PostgreSQL the present instant
// comes along: to ask for it apart would be one more way to the server.
func scanMark(rows *sql.Rows, c *lead.Clock, more ...any) error {
	var used int64
	*c = lead.Clock{}
	err := rows.Scan(append([]any{&c.LeadID, &c.Kind, &c.UnitID, &c.Days, &c.Calendar, &c.AnchorAt, &used, &c.DueAt, &c.PausedAt}, more...)...)
	c.Used = time.Duration(used) * time.Microsecond
	return err
}

// addClocks adds to each lead its open clock that runs out first, as a list
// shows it, and when it was read; a paused one comes last.
func (s *Store) addClocks(ctx context.Context, db *gorm.DB, seen []lead.Seen) error {
	if len(seen) == 0 {
		return nil
	}
	at := make(map[id.Lead]int, len(seen))
	ids := make([]id.Lead, len(seen))
	for i, s := range seen {
		ids[i], at[s.Lead.ID] = s.Lead.ID, i
	}
	var now time.Time
	var present []any
	fields, args := markFields, []any{ids}
	if s.db.Dialect() == store.Postgres {
		fields, args, present = fields+", ?", []any{s.db.Present(), ids}, []any{&now}
	} else {
		var err error
		if now, err = s.db.Now(ctx); err != nil {
			return err
		}
	}
	return each(db.Raw("SELECT "+fields+" FROM clocks c WHERE c.lead_id IN ? AND c.closed_at IS NULL AND c.kind IN ('answer', 'triage', 'feedback', 'progress')", args...),
		func(rows *sql.Rows) error {
			var c lead.Clock
			if err := scanMark(rows, &c, present...); err != nil {
				return err
			}
			if s := &seen[at[c.LeadID]]; s.Clock == nil || sooner(c, *s.Clock) {
				s.Clock, s.ClockAt = &c, clock.Cut(now)
			}
			return nil
		})
}

func sooner(a, b lead.Clock) bool {
	if (a.PausedAt == nil) != (b.PausedAt == nil) {
		return a.PausedAt == nil
	}
	return a.DueAt.Before(b.DueAt)
}
