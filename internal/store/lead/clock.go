package lead

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

const insertClock = `INSERT INTO clocks (lead_id, kind, unit_id, handoff_id, dispute_id, days, calendar, experts, started_at, anchor_at,
	used, due_at, warned, warn_at, revision, invented) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// StartClock begins a clock of a locked lead. The unique index decides that a
// unit has one open clock of a kind for a lead. Error: Conflict
// "clock.running".
func (t Tx) StartClock(ctx context.Context, seen lead.Seen, start lead.ClockStart) error {
	c := start.Clock(seen.Lead.ID)
	err := t.DB(ctx).Exec(insertClock, c.LeadID, string(c.Kind), c.UnitID, c.HandoffID, c.DisputeID, c.Days, c.Calendar, c.Experts,
		c.StartedAt, c.AnchorAt, c.Used.Microseconds(), c.DueAt, c.Warned, c.WarnAt, c.Revision, seen.Lead.Invented).Error
	switch {
	case store.IsDuplicate(err):
		return fault.New(fault.Conflict, "clock.running", "Such a clock runs already.").Because(err)
	case err != nil:
		return fmt.Errorf("start the clock %s of lead %s: %w", c.Kind, c.LeadID, err)
	}
	return nil
}

// CloseClocks ends the open clocks of a locked lead that the value names, and
// with them their pauses. What was paused in time is met in time.
func (t Tx) CloseClocks(ctx context.Context, seen lead.Seen, c lead.ClockClose) error {
	where := sqlf("lead_id = ? AND closed_at IS NULL", seen.Lead.ID)
	if len(c.Kinds) > 0 {
		where = where.and(sqlf("kind IN ?", c.Kinds))
	}
	if c.UnitID != nil {
		where = where.and(sqlf("unit_id = ?", *c.UnitID))
	}
	if c.HandoffID != nil {
		where = where.and(sqlf("handoff_id = ?", *c.HandoffID))
	}
	if c.DisputeID != nil {
		where = where.and(sqlf("dispute_id = ?", *c.DisputeID))
	}
	how := lead.ClockMet
	if c.Cancelled {
		how = lead.ClockCancelled
	}
	err := t.DB(ctx).Exec("UPDATE clock_pauses SET until = ? WHERE until IS NULL AND clock_id IN (SELECT id FROM clocks WHERE paused_at IS NOT NULL AND "+
		where.sql+")", append([]any{c.At}, where.args...)...).Error
	if err == nil {
		args := append([]any{c.At, c.At, how, lead.ClockLate, clock.Forever()}, where.args...)
		err = t.DB(ctx).Exec("UPDATE clocks SET closed_at = ?, how = CASE WHEN COALESCE(paused_at, ?) < due_at THEN ? ELSE ? END, "+
			"paused_at = NULL, warn_at = ?, version = version + 1 WHERE "+where.sql, args...).Error
	}
	if err != nil {
		return fmt.Errorf("close clocks of lead %s: %w", seen.Lead.ID, err)
	}
	return nil
}
