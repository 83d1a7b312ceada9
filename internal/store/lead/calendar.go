package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// followChunk is how many clocks are read and written at once.
const followChunk = 500

// FollowCalendar works out the open clocks anew whose time a change of the
// calendar touches, and with them the deadlines of offers and disputes; it
// returns how many moved. Closed clocks stay as they are, and so does an
// offer, an assignment or a dispute whose deadline has passed: that has
// decided.
//
// The rows of their leads are locked first, in their order, so that nobody
// decides about one of them meanwhile.
func FollowCalendar(ctx context.Context, tx *store.Tx, change lead.CalendarChange) (int, error) {
	t := &Tx{Tx: tx}
	if err := t.lockTouched(ctx, change); err != nil {
		return 0, fmt.Errorf("lock the leads whose clocks follow the calendar: %w", err)
	}
	now := tx.Now(ctx) // what ran out while this waited for the leads has decided
	if err := t.objections(ctx, change, now); err != nil {
		return 0, err
	}
	restricted, err := t.restricted(ctx)
	if err != nil {
		return 0, err
	}
	where := touched(change, now)
	count, last := 0, id.Clock(0)
	for {
		rows, err := readClocks(t.DB(ctx).Raw(fmt.Sprintf("SELECT %s FROM clocks c WHERE c.id > ? AND %s ORDER BY c.id LIMIT %d",
			clockFields, where.sql, followChunk), append([]any{last}, where.args...)...))
		if err != nil {
			return count, fmt.Errorf("read the clocks that follow the calendar: %w", err)
		}
		n, err := t.follow(ctx, change, rows, restricted)
		if count += n; err != nil || len(rows) < followChunk {
			return count, err
		}
		last = rows[len(rows)-1].ID
	}
}

func (t Tx) lockTouched(ctx context.Context, change lead.CalendarChange) error {
	if t.Dialect() != store.Postgres {
		return nil // SQLite has one writer
	}
	clocks, assigned := touched(change, t.Now(ctx)), objectable(change, t.Now(ctx))
	lock := "SELECT l.id FROM leads l WHERE l.id IN (SELECT c.lead_id FROM clocks c WHERE " + clocks.sql +
		" UNION SELECT h.lead_id FROM handoffs h WHERE " + assigned.sql + ") ORDER BY l.id FOR UPDATE"
	return t.DB(ctx).Exec(lock, append(clocks.args, assigned.args...)...).Error
}

// objectable are the assignments to which the unit may still object and on
// whose time the changed days lie. They have no clock: nobody owes an
// objection.
func objectable(change lead.CalendarChange, now time.Time) frag {
	from, until := change.Bounds()
	return sqlf("h.kind = 'assignment' AND h.state = 'accepted' AND h.objected_at IS NULL AND h.due_at > ? AND h.due_at >= ? AND h.offered_at < ?",
		now, from, until)
}

func (t Tx) objections(ctx context.Context, change lead.CalendarChange, now time.Time) error {
	var found []struct {
		ID        id.Handoff
		OfferedAt time.Time
	}
	where := objectable(change, now)
	if err := t.DB(ctx).Raw("SELECT h.id, h.offered_at FROM handoffs h WHERE "+where.sql+" ORDER BY h.id", where.args...).Scan(&found).Error; err != nil {
		return fmt.Errorf("read the assignments that follow the calendar: %w", err)
	}
	for some := range slices.Chunk(found, followChunk) {
		rows := make([][]any, len(some))
		for i, h := range some {
			rows[i] = []any{h.ID, change.Pace.Due(lead.ClockObject, h.OfferedAt)}
		}
		if _, err := t.update(ctx, "UPDATE handoffs SET due_at = v.column2", "handoffs.id = v.column1", rows); err != nil {
			return fmt.Errorf("move the time to object to assignments: %w", err)
		}
	}
	return nil
}

// touched are the open clocks on whose time the changed days lie: they began
// before the last of them and end, or warn, after the first.
func touched(change lead.CalendarChange, now time.Time) frag {
	from, until := change.Bounds()
	where := sqlf("c.closed_at IS NULL AND c.started_at < ?", until)
	where = where.and(sqlf("(c.due_at >= ? OR c.warn_at >= ? AND c.warn_at < ?)", from, from, clock.Forever()))
	return where.and(sqlf("NOT (c.kind IN ('answer', 'object', 'talk', 'rule') AND c.due_at <= ?)", now))
}

func (t Tx) follow(ctx context.Context, change lead.CalendarChange, rows []lead.Clock, restricted map[id.Lead]bool) (int, error) {
	pauses, err := pausesBy(t.DB(ctx), rows)
	if err != nil {
		return 0, err
	}
	var clocks []following
	for _, before := range rows {
		if after, differs := change.Follow(before, pauses[before.ID]); differs {
			clocks = append(clocks, following{before: before, after: after})
		}
	}
	if err := t.saveMoved(ctx, clocks, restricted); err != nil {
		return 0, err
	}
	return len(clocks), t.deadlines(ctx, change, clocks)
}

// besideFor is how long after a change of the calendar a transaction that
// began before it can still be running, with much to spare.
const besideFor = time.Hour

// ClocksBehind returns open clocks that began beside the last change of the
// calendar and were worked out by an older revision.
func (s *Store) ClocksBehind(ctx context.Context, scope access.Scope, revision int64, limit int) ([]lead.Clock, error) {
	now, db := s.db.Present(), s.db.Read(ctx)
	var last *time.Time
	if err := db.Raw("SELECT at FROM calendar_changes WHERE id = ?", revision).Scan(&last).Error; err != nil {
		return nil, fmt.Errorf("read the last change of the calendar: %w", err)
	}
	if last == nil {
		return nil, nil
	}
	where := sqlf("c.closed_at IS NULL AND c.revision < ? AND c.started_at >= ? AND c.started_at < ?",
		revision, last.Add(-besideFor), last.Add(besideFor)).and(clockWhere(scope, now))
	rows, err := readClocks(db.Raw(fmt.Sprintf("SELECT %s%s%s ORDER BY c.id LIMIT %d", clockFields, clocksWithLeads, where.sql, limit), where.args...))
	if err != nil {
		return nil, fmt.Errorf("read clocks behind the calendar: %w", err)
	}
	return rows, nil
}
