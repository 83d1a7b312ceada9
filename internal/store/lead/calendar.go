package lead

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

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
	where := touched(change, now)
	moved, last := 0, id.Clock(0)
	for {
		rows, err := readClocks(t.DB(ctx).Raw(fmt.Sprintf("SELECT %s FROM clocks c WHERE c.id > ? AND %s ORDER BY c.id LIMIT %d",
			clockFields, where.sql, followChunk), append([]any{last}, where.args...)...))
		if err != nil {
			return moved, fmt.Errorf("read the clocks that follow the calendar: %w", err)
		}
		n, err := t.follow(ctx, change, rows)
		if moved += n; err != nil || len(rows) < followChunk {
			return moved, err
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
	var rows []struct {
		ID        id.Handoff
		OfferedAt time.Time
	}
	where := objectable(change, now)
	if err := t.DB(ctx).Raw("SELECT h.id, h.offered_at FROM handoffs h WHERE "+where.sql+" ORDER BY h.id", where.args...).Scan(&rows).Error; err != nil {
		return fmt.Errorf("read the assignments that follow the calendar: %w", err)
	}
	for _, r := range rows {
		due := change.Pace.Due(lead.ClockObject, r.OfferedAt)
		if err := t.DB(ctx).Exec("UPDATE handoffs SET due_at = ? WHERE id = ?", due, r.ID).Error; err != nil {
			return fmt.Errorf("move the time to object to %s: %w", r.ID, err)
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

func (t Tx) follow(ctx context.Context, change lead.CalendarChange, rows []lead.Clock) (int, error) {
	pauses, err := pausesBy(t.DB(ctx), rows)
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, before := range rows {
		after, differs := change.Follow(before, pauses[before.ID])
		if !differs {
			continue
		}
		moved++
		if err := t.SaveClock(ctx, lead.Seen{}, after); err != nil {
			return moved, err
		}
		if err := t.deadlines(ctx, change, before, after); err != nil {
			return moved, fmt.Errorf("move what clock %s decides: %w", before.ID, err)
		}
	}
	return moved, nil
}

// deadlines moves what the end of a clock decides: an open offer with the
// rights that it gives, and a dispute.
func (t Tx) deadlines(ctx context.Context, change lead.CalendarChange, before, after lead.Clock) error {
	var steps []frag
	switch {
	case after.Kind == lead.ClockAnswer && after.HandoffID != nil:
		steps = []frag{
			sqlf("UPDATE handoffs SET due_at = ? WHERE id = ? AND state = 'offered'", after.DueAt, *after.HandoffID),
			sqlf("UPDATE lead_parts SET until = ? WHERE lead_id = ? AND handoff_id = ? AND part = 'offered' AND until = ?",
				after.DueAt, after.LeadID, *after.HandoffID, before.DueAt),
			sqlf("UPDATE lead_members SET until = ? WHERE lead_id = ? AND until = ?", after.DueAt, after.LeadID, before.DueAt),
		}
	case after.Kind == lead.ClockTalk && after.DisputeID != nil:
		steps = []frag{sqlf("UPDATE disputes SET talk_due_at = ?, rule_due_at = ? WHERE id = ? AND state = 'talking'",
			after.DueAt, change.RuleDue(after.DueAt), *after.DisputeID)}
	case after.Kind == lead.ClockRule && after.DisputeID != nil:
		steps = []frag{sqlf("UPDATE disputes SET rule_due_at = ? WHERE id = ? AND state = 'ruling'", after.DueAt, *after.DisputeID)}
	}
	return all(t.DB(ctx), steps)
}

func all(db *gorm.DB, steps []frag) error {
	for _, s := range steps {
		if err := db.Exec(s.sql, s.args...).Error; err != nil {
			return err
		}
	}
	return nil
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
