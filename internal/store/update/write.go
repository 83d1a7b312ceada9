package update

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/update"
)

func (t Tx) exec(ctx context.Context, what, sql string, args ...any) (int64, error) {
	done := t.DB(ctx).Exec(sql, args...)
	if done.Error != nil {
		return 0, fmt.Errorf("%s: %w", what, done.Error)
	}
	return done.RowsAffected, nil
}

// filingRow is a filing as it is kept: no day is an empty text.
type filingRow struct {
	UnitID        id.Unit
	Period        module.Period
	FiledAt       *time.Time
	FiledBy       *id.User
	LateDays      *int64
	UnlockedUntil string
	UnlockedBy    *id.User
	Reason        string
	Version       int64
}

func (r filingRow) filing() (module.Filing, error) {
	f := module.Filing{
		UnitID: r.UnitID, Period: r.Period, FiledAt: r.FiledAt, FiledBy: r.FiledBy, LateDays: r.LateDays, UnlockedBy: r.UnlockedBy, Reason: r.Reason,
		Version: r.Version,
	}
	if r.UnlockedUntil == "" {
		return f, nil
	}
	day, err := clock.ParseDate(r.UnlockedUntil)
	if err != nil {
		return f, fmt.Errorf("read the filing of unit %s: %w", r.UnitID, err)
	}
	f.UnlockedUntil = day
	return f, nil
}

// HoldFiling locks a unit's report; see module.Tx.
func (t Tx) HoldFiling(ctx context.Context, unit id.Unit, p module.Period) (module.Filing, error) {
	if _, err := t.exec(ctx, "lock a filing", `INSERT INTO update_filings (unit_id, period) VALUES (?, ?)
		ON CONFLICT (unit_id, period) DO UPDATE SET version = update_filings.version + 1`, unit, p); err != nil {
		return module.Filing{}, err
	}
	var rows []filingRow
	if err := t.reads(ctx).scan(&rows, "a filing", "SELECT * FROM update_filings WHERE unit_id = ? AND period = ?", unit, p); err != nil {
		return module.Filing{}, err
	}
	if len(rows) != 1 {
		return module.Filing{}, fmt.Errorf("read the filing of unit %s: %d rows", unit, len(rows))
	}
	return rows[0].filing()
}

// SaveFiling keeps a filing that is locked.
func (t Tx) SaveFiling(ctx context.Context, f module.Filing) error {
	until := ""
	if !f.UnlockedUntil.IsZero() {
		until = f.UnlockedUntil.String()
	}
	_, err := t.exec(ctx, "save a filing", `UPDATE update_filings SET filed_at = ?, filed_by = ?, late_days = ?, unlocked_until = ?, unlocked_by = ?, reason = ?
		WHERE unit_id = ? AND period = ?`, f.FiledAt, f.FiledBy, f.LateDays, until, f.UnlockedBy, f.Reason, f.UnitID, f.Period)
	return err
}

// HoldRow locks the row of a lead; see module.Tx.
func (t Tx) HoldRow(ctx context.Context, lead id.Lead, p module.Period, unit id.Unit) (bool, error) {
	n, err := t.exec(ctx, "lock a row", `INSERT INTO update_rows (lead_id, period, unit_id) VALUES (?, ?, ?) ON CONFLICT (lead_id, period)
		DO UPDATE SET version = update_rows.version + 1, unit_id = excluded.unit_id WHERE update_rows.filed_at IS NULL`, lead, p, unit)
	return n == 1, err
}

// SaveCell writes a cell over the version before and keeps it in the log.
func (t Tx) SaveCell(ctx context.Context, c module.Cell) (bool, error) {
	n, err := t.exec(ctx, "save a cell", `INSERT INTO update_cells (lead_id, field, period, number, words, same, user_id, unit_id, at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (lead_id, field, period) DO UPDATE SET number = excluded.number, words = excluded.words,
		same = excluded.same, user_id = excluded.user_id, unit_id = excluded.unit_id, at = excluded.at, version = excluded.version
		WHERE update_cells.version = excluded.version - 1`, c.LeadID, c.Field, c.Period, c.Number, c.Words, c.Same, c.UserID, c.UnitID, c.At, c.Version)
	if err != nil || n != 1 {
		return false, err
	}
	_, err = t.exec(ctx, "log a cell", `INSERT INTO update_cell_log (lead_id, field, period, number, words, same, user_id, unit_id, at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.LeadID, c.Field, c.Period, c.Number, c.Words, c.Same, c.UserID, c.UnitID, c.At, c.Version)
	return true, err
}

// File locks a row and keeps its figures as filed.
func (t Tx) File(ctx context.Context, r module.Row, figures []module.Figure) error {
	if _, err := t.exec(ctx, "file a row", `UPDATE update_rows SET unit_id = ?, filed_at = ?, filed_by = ?, late_days = ?, version = version + 1
		WHERE lead_id = ? AND period = ? AND filed_at IS NULL`, r.UnitID, r.FiledAt, r.FiledBy, r.LateDays, r.LeadID, r.Period); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "clear filed figures", "DELETE FROM update_figures WHERE lead_id = ? AND period = ?", r.LeadID, r.Period); err != nil {
		return err
	}
	for _, f := range figures {
		if _, err := t.exec(ctx, "keep a filed figure", `INSERT INTO update_figures (lead_id, field, period, indicator, number, words, unit_id, filed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, f.LeadID, f.Field, f.Period, f.Indicator, f.Number, f.Words, f.UnitID, f.FiledAt); err != nil {
			return err
		}
	}
	return nil
}

// Unfile opens the rows of a unit again.
func (t Tx) Unfile(ctx context.Context, unit id.Unit, p module.Period) (int64, error) {
	return t.exec(ctx, "open rows again", `UPDATE update_rows SET filed_at = NULL, filed_by = NULL, version = version + 1
		WHERE unit_id = ? AND period = ? AND filed_at IS NOT NULL`, unit, p)
}

// Tell writes down that a unit is told; see module.Tx.
func (t Tx) Tell(ctx context.Context, unit id.Unit, p module.Period, kind string) (bool, error) {
	n, err := t.exec(ctx, "write down who was told", "INSERT INTO update_told (unit_id, period, kind, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		unit, p, kind, t.Now(ctx))
	return n == 1, err
}

// ToldBefore tells whether a unit was told of a period.
func (t Tx) ToldBefore(ctx context.Context, unit id.Unit, p module.Period, kind string) (bool, error) {
	var n int64
	err := t.reads(ctx).scan(&n, "who was told", "SELECT COUNT(*) FROM update_told WHERE unit_id = ? AND period = ? AND kind = ?", unit, p, kind)
	return n > 0, err
}

// Seed enters the first figures and stages, unless there are any.
func (t Tx) Seed(ctx context.Context, s module.Shape) error {
	var n int64
	if err := t.reads(ctx).scan(&n, "figures", "SELECT COUNT(*) FROM update_fields"); err != nil || n > 0 {
		return err
	}
	for _, f := range s.Fields {
		if err := t.DB(ctx).Create(&fieldRow{Field: f}).Error; err != nil {
			return fmt.Errorf("enter figure %s: %w", f.Code, err)
		}
	}
	for _, r := range s.Stages {
		if err := t.DB(ctx).Create(&stageRow{Rule: r}).Error; err != nil {
			return fmt.Errorf("enter stage %s: %w", r.Stage, err)
		}
	}
	return nil
}
