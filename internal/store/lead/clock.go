package lead

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
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
	t.countClock(seen.Lead.Restricted, nil, &c)
	return nil
}

// CloseClocks ends the open clocks of a locked lead that the value names, and
// with them their pauses. What was paused in time is met in time.
func (t Tx) CloseClocks(ctx context.Context, seen lead.Seen, c lead.ClockClose) error {
	where := sqlf("c.lead_id = ? AND c.closed_at IS NULL", seen.Lead.ID)
	if len(c.Kinds) > 0 {
		where = where.and(sqlf("c.kind IN ?", c.Kinds))
	}
	if c.UnitID != nil {
		where = where.and(sqlf("c.unit_id = ?", *c.UnitID))
	}
	if c.HandoffID != nil {
		where = where.and(sqlf("c.handoff_id = ?", *c.HandoffID))
	}
	if c.DisputeID != nil {
		where = where.and(sqlf("c.dispute_id = ?", *c.DisputeID))
	}
	rows, err := readClocks(t.DB(ctx).Raw("SELECT "+clockFields+" FROM clocks c WHERE "+where.sql, where.args...))
	if err == nil && len(rows) > 0 {
		err = t.closeClocks(ctx, rows, c)
	}
	if err != nil {
		return fmt.Errorf("close clocks of lead %s: %w", seen.Lead.ID, err)
	}
	for _, before := range rows {
		after := before.Closed(c)
		t.countClock(seen.Lead.Restricted, &before, &after)
	}
	return nil
}

func (t Tx) closeClocks(ctx context.Context, rows []lead.Clock, c lead.ClockClose) error {
	var all, paused []id.Clock
	for _, row := range rows {
		all = append(all, row.ID)
		if row.PausedAt != nil {
			paused = append(paused, row.ID)
		}
	}
	if len(paused) > 0 {
		err := t.DB(ctx).Exec("UPDATE clock_pauses SET until = ? WHERE until IS NULL AND clock_id IN ?", c.At, paused).Error
		if err != nil {
			return err
		}
	}
	done := lead.ClockMet
	if c.Cancelled {
		done = lead.ClockCancelled
	}
	result := t.DB(ctx).Exec("UPDATE clocks SET closed_at = ?, how = CASE WHEN COALESCE(paused_at, ?) < due_at THEN ? ELSE ? END, "+
		"paused_at = NULL, warn_at = ?, version = version + 1 WHERE id IN ? AND closed_at IS NULL",
		c.At, c.At, done, lead.ClockLate, clock.Forever(), all)
	if result.Error == nil && result.RowsAffected != int64(len(all)) {
		return fault.New(fault.Conflict, "clock.closed", "The clock does not run any more.")
	}
	return result.Error
}

// clockFields are the columns of a clock in the order of scanClock.
const clockFields = `c.id, c.lead_id, c.kind, c.unit_id, c.handoff_id, c.dispute_id, c.days, c.calendar, c.experts, c.started_at,
	c.anchor_at, c.used, c.due_at, c.paused_at, c.warned, c.warn_at, c.closed_at, c.how, c.revision, c.invented, c.version`

func scanClock(rows *sql.Rows, c *lead.Clock, more ...any) error {
	var used int64
	*c = lead.Clock{}
	err := rows.Scan(append([]any{
		&c.ID, &c.LeadID, &c.Kind, &c.UnitID, &c.HandoffID, &c.DisputeID, &c.Days, &c.Calendar, &c.Experts, &c.StartedAt,
		&c.AnchorAt, &used, &c.DueAt, &c.PausedAt, &c.Warned, &c.WarnAt, &c.ClosedAt, &c.How, &c.Revision, &c.Invented, &c.Version,
	}, more...)...)
	c.Used = time.Duration(used) * time.Microsecond
	return err
}

func readClocks(query *gorm.DB) ([]lead.Clock, error) {
	var out []lead.Clock
	err := each(query, func(rows *sql.Rows) error {
		var c lead.Clock
		err := scanClock(rows, &c)
		out = append(out, c)
		return err
	})
	return out, err
}

// OpenClocks returns the open clocks of a locked lead.
func (t Tx) OpenClocks(ctx context.Context, seen lead.Seen) ([]lead.Clock, error) {
	out, err := readClocks(t.DB(ctx).Raw("SELECT "+clockFields+" FROM clocks c WHERE c.lead_id = ? AND c.closed_at IS NULL ORDER BY c.id", seen.Lead.ID))
	if err != nil {
		return nil, fmt.Errorf("read the open clocks of lead %s: %w", seen.Lead.ID, err)
	}
	return out, nil
}

// Clock returns a clock of a locked lead. Error: NotFound "clock.unknown".
func (t Tx) Clock(ctx context.Context, seen lead.Seen, c id.Clock) (lead.Clock, error) {
	out, err := readClocks(t.DB(ctx).Raw("SELECT "+clockFields+" FROM clocks c WHERE c.lead_id = ? AND c.id = ?", seen.Lead.ID, c))
	switch {
	case err != nil:
		return lead.Clock{}, fmt.Errorf("read clock %s: %w", c, err)
	case len(out) == 0:
		return lead.Clock{}, fault.New(fault.NotFound, "clock.unknown", "No such clock.")
	}
	return out[0], nil
}

// Pauses returns the pauses of a clock in their order.
func (t Tx) Pauses(ctx context.Context, _ lead.Seen, c id.Clock) ([]lead.Pause, error) {
	return pausesOf(t.DB(ctx), []id.Clock{c})
}

func pausesOf(db *gorm.DB, clocks []id.Clock) ([]lead.Pause, error) {
	var out []lead.Pause
	err := db.Raw("SELECT * FROM clock_pauses WHERE clock_id IN ? ORDER BY clock_id, id", clocks).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the pauses of clocks: %w", err)
	}
	return out, nil
}

// SaveClock writes what changes while a clock is open. Error: Conflict
// "clock.closed" when it was closed or changed meanwhile, or worked out by a
// calendar that has changed since.
func (t Tx) SaveClock(ctx context.Context, seen lead.Seen, c lead.Clock) error {
	before, err := t.Clock(ctx, seen, c.ID)
	if err != nil {
		return err
	}
	result := t.DB(ctx).Exec("UPDATE clocks SET days = ?, experts = ?, anchor_at = ?, used = ?, due_at = ?, paused_at = ?, warned = ?, warn_at = ?, "+
		"revision = ?, version = version + 1 WHERE id = ? AND version = ? AND revision <= ? AND closed_at IS NULL",
		c.Days, c.Experts, c.AnchorAt, c.Used.Microseconds(), c.DueAt, c.PausedAt, c.Warned, c.WarnAt, c.Revision, c.ID, c.Version, c.Revision)
	if result.Error != nil {
		return fmt.Errorf("save clock %s: %w", c.ID, result.Error)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "clock.closed", "The clock does not run any more.")
	}
	t.countClock(seen.Lead.Restricted, &before, &c)
	return nil
}

// AddPause begins a pause. The unique index decides that a clock has one.
// Error: Conflict "clock.paused".
func (t Tx) AddPause(ctx context.Context, _ lead.Seen, p lead.Pause) error {
	err := t.DB(ctx).Exec("INSERT INTO clock_pauses (clock_id, from_at, reason, by_stage, paused_by) VALUES (?, ?, ?, ?, ?)",
		p.ClockID, p.FromAt, p.Reason, p.ByStage, p.PausedBy).Error
	switch {
	case store.IsDuplicate(err):
		return fault.New(fault.Conflict, "clock.paused", "The clock is paused already.").Because(err)
	case err != nil:
		return fmt.Errorf("pause clock %s: %w", p.ClockID, err)
	}
	return nil
}

// EndPause ends the pause that a clock has.
func (t Tx) EndPause(ctx context.Context, _ lead.Seen, p lead.Pause) error {
	err := t.DB(ctx).Exec("UPDATE clock_pauses SET until = ?, resumed_by = ? WHERE clock_id = ? AND until IS NULL", p.Until, p.ResumedBy, p.ClockID).Error
	if err != nil {
		return fmt.Errorf("resume clock %s: %w", p.ClockID, err)
	}
	return nil
}

// AddWarning writes that a warning was given. The key decides that it is
// given once. Error: Conflict "clock.closed".
func (t Tx) AddWarning(ctx context.Context, _ lead.Seen, c lead.Clock, percent int) error {
	err := t.DB(ctx).Exec("INSERT INTO clock_warnings (clock_id, percent, at) VALUES (?, ?, ?)", c.ID, percent, t.Now(ctx)).Error
	switch {
	case store.IsDuplicate(err):
		return fault.New(fault.Conflict, "clock.closed", "The warning was given already.").Because(err)
	case err != nil:
		return fmt.Errorf("warn of clock %s: %w", c.ID, err)
	}
	return nil
}

// WarnedPersons returns who is told of a clock at a level: from 1 the
// officers of the unit that owes it, from 2 its heads, from 3 the bureau's
// officers, from 4 its heads. A unit without officers is told by its head.
func (t Tx) WarnedPersons(ctx context.Context, _ lead.Seen, c lead.Clock, level int) ([]id.User, error) {
	var rows []struct {
		UserID id.User
		UnitID id.Unit
		Role   access.Role
		Own    bool
	}
	today := clock.DateOf(t.Now(ctx))
	err := t.DB(ctx).Raw(`SELECT m.user_id, m.unit_id, m.role, m.unit_id = ? AS own FROM memberships m JOIN units u ON u.id = m.unit_id
		WHERE (m.unit_id = ? OR u.kind = 'bureau') AND m.from_on <= ? AND (m.until_on IS NULL OR m.until_on > ?) ORDER BY m.user_id`,
		c.UnitID, c.UnitID, today, today).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read who is told of clock %s: %w", c.ID, err)
	}
	officers := false
	for _, r := range rows {
		officers = officers || r.Own && r.Role.Officer()
	}
	var out []id.User
	for _, r := range rows {
		from := toldFrom(r.Role, r.Own, officers)
		if from > 0 && from <= level && !slices.Contains(out, r.UserID) {
			out = append(out, r.UserID)
		}
	}
	return out, nil
}

// toldFrom is the level from which a role is told; 0 for never.
func toldFrom(role access.Role, own, officers bool) int {
	switch {
	case role.Officer() && own, role.Head() && own && !officers:
		return 1
	case role.Head() && own:
		return 2
	case role == access.BureauOfficer:
		return 3
	case role == access.BureauHead:
		return 4
	}
	return 0
}
