package target

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
	module "github.com/leadrelay/leadrelay/internal/target"
)

// reads are the queries that a store and a transaction share.
type reads struct{ db *gorm.DB }

func (q reads) year(year int) (module.Year, error) {
	var rows []module.Year
	if err := q.db.Table("target_years").Where("year = ?", year).Find(&rows).Error; err != nil {
		return module.Year{}, fmt.Errorf("read the year %d: %w", year, err)
	}
	if len(rows) == 0 {
		return module.Year{Year: year, State: module.Draft}, nil
	}
	return rows[0], nil
}

func (q reads) cells(year int, indicators []string) ([]module.Cell, error) {
	query := q.db.Table("target_cells").Select("indicator, unit_id, month, value, version").Where("year = ?", year).Order("indicator, unit_id, month")
	if len(indicators) > 0 {
		query = query.Where("indicator IN ?", indicators)
	}
	var out []module.Cell
	if err := query.Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the targets of %d: %w", year, err)
	}
	return out, nil
}

func (q reads) limits(year int) ([]module.Limit, error) {
	var out []module.Limit
	if err := q.db.Table("target_limits").Where("year = ?", year).Order("id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the limits of %d: %w", year, err)
	}
	return out, nil
}

func (q reads) groups() ([]module.Group, error) {
	var out []module.Group
	if err := q.db.Table("comparison_groups").Order("position, code, starts_on").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the comparison groups: %w", err)
	}
	var members []struct {
		GroupID int64
		UnitID  id.Unit
	}
	if err := q.db.Table("comparison_group_units").Order("group_id, unit_id").Find(&members).Error; err != nil {
		return nil, fmt.Errorf("read the units of comparison groups: %w", err)
	}
	at := map[int64]int{}
	for n, g := range out {
		at[g.ID] = n
	}
	for _, m := range members {
		g := &out[at[m.GroupID]]
		g.Units = append(g.Units, m.UnitID)
	}
	return out, nil
}

func (s *Store) reads(ctx context.Context) reads { return reads{s.db.Read(ctx)} }

func (t Tx) reads(ctx context.Context) reads { return reads{t.DB(ctx)} }

// Year returns a year.
func (s *Store) Year(ctx context.Context, year int) (module.Year, error) {
	return s.reads(ctx).year(year)
}

// Cells returns the cells of a year.
func (s *Store) Cells(ctx context.Context, year int, indicators []string) ([]module.Cell, error) {
	return s.reads(ctx).cells(year, indicators)
}

// Limits returns the limits of a year.
func (s *Store) Limits(ctx context.Context, year int) ([]module.Limit, error) {
	return s.reads(ctx).limits(year)
}

// Groups returns every version of every comparison group.
func (s *Store) Groups(ctx context.Context) ([]module.Group, error) { return s.reads(ctx).groups() }

// Year is Store.Year within the transaction.
func (t Tx) Year(ctx context.Context, year int) (module.Year, error) { return t.reads(ctx).year(year) }

// Cells is Store.Cells within the transaction.
func (t Tx) Cells(ctx context.Context, year int, indicators []string) ([]module.Cell, error) {
	return t.reads(ctx).cells(year, indicators)
}

// Limits is Store.Limits within the transaction.
func (t Tx) Limits(ctx context.Context, year int) ([]module.Limit, error) {
	return t.reads(ctx).limits(year)
}

// Groups is Store.Groups within the transaction.
func (t Tx) Groups(ctx context.Context) ([]module.Group, error) { return t.reads(ctx).groups() }

// People names persons.
func (s *Store) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	return s.db.People(ctx, users)
}

// Changes returns changes of cells; see module.Store.
func (s *Store) Changes(ctx context.Context, w module.WantChanges) ([]module.Change, error) {
	query := s.db.Read(ctx).Table("target_changes").Where("year = ?", w.Year)
	if k := w.Cell; k != nil {
		query = query.Where("indicator = ? AND unit_id = ? AND month = ?", k.Indicator, k.UnitID, k.Month)
	}
	if w.Until > 0 {
		query = query.Where("id <= ?", w.Until)
	}
	if w.Limit > 0 {
		query = query.Limit(w.Limit)
	}
	var out []module.Change
	if err := query.Order("id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the changes of targets of %d: %w", w.Year, err)
	}
	return out, nil
}

// Acts returns the acts on a year.
func (s *Store) Acts(ctx context.Context, year int) ([]module.Act, error) {
	var out []module.Act
	if err := s.db.Read(ctx).Table("target_acts").Where("year = ?", year).Order("id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the acts on the targets of %d: %w", year, err)
	}
	return out, nil
}

// HoldYear begins a year unless it is there; see module.Tx. Those who edit
// cells hold it together, who acts on the year holds it alone. On SQLite every
// transaction is alone.
func (t Tx) HoldYear(ctx context.Context, year int, act bool) (module.Year, error) {
	err := t.DB(ctx).Exec("INSERT INTO target_years (year) VALUES (?) ON CONFLICT (year) DO NOTHING", year).Error
	if err != nil {
		return module.Year{}, fmt.Errorf("begin the year %d: %w", year, err)
	}
	if t.Dialect() == store.Postgres {
		lock := "SHARE"
		if act {
			lock = "UPDATE"
		}
		if err := t.DB(ctx).Exec("SELECT year FROM target_years WHERE year = ? FOR "+lock, year).Error; err != nil {
			return module.Year{}, fmt.Errorf("hold the year %d: %w", year, err)
		}
	}
	return t.reads(ctx).year(year)
}

// HoldRows keeps others from changing the year's figures of rows, in the order
// of the rows.
func (t Tx) HoldRows(ctx context.Context, year int, rows []module.Key) error {
	if t.Dialect() == store.SQLite {
		return nil
	}
	pairs := make([][]any, 0, len(rows))
	for _, k := range rows {
		pairs = append(pairs, []any{k.Indicator, k.UnitID})
	}
	err := t.DB(ctx).Exec("SELECT unit_id FROM target_cells WHERE year = ? AND month = 0 AND (indicator, unit_id) IN ? ORDER BY indicator, unit_id FOR UPDATE",
		year, pairs).Error
	if err != nil {
		return fmt.Errorf("hold the rows of %d: %w", year, err)
	}
	return nil
}

// perStatement is how many cells one statement writes.
const perStatement = 100

// WriteCells writes cells over the version before theirs; see module.Tx.
func (t Tx) WriteCells(ctx context.Context, year int, cells []module.Cell) (int, error) {
	done := 0
	for len(cells) > 0 {
		part := cells[:min(len(cells), perStatement)]
		cells = cells[len(part):]
		values := make([]any, 0, 6*len(part))
		for _, c := range part {
			values = append(values, year, c.Indicator, c.UnitID, c.Month, c.Value, c.Version)
		}
		text := "INSERT INTO target_cells (year, indicator, unit_id, month, value, version) VALUES " +
			strings.Repeat("(?, ?, ?, ?, CAST(? AS bigint), ?), ", len(part)-1) + "(?, ?, ?, ?, CAST(? AS bigint), ?) " +
			"ON CONFLICT (year, indicator, unit_id, month) DO UPDATE SET value = excluded.value, version = excluded.version " +
			"WHERE target_cells.version = excluded.version - 1"
		result := t.DB(ctx).Exec(text, values...)
		if result.Error != nil {
			return done, fmt.Errorf("write targets of %d: %w", year, result.Error)
		}
		done += int(result.RowsAffected)
	}
	return done, nil
}

// InsertChanges keeps changes.
func (t Tx) InsertChanges(ctx context.Context, changes []module.Change) error {
	b := t.Bulk("target_changes", "year", "indicator", "unit_id", "month", "was", "value", "version", "kind", "reason", "user_id", "acting_unit_id", "at")
	for _, c := range changes {
		err := b.Add(ctx, c.Year, c.Indicator, c.UnitID, c.Month, c.Was, c.Value, c.Version, string(c.Kind), c.Reason, c.UserID, c.ActingUnitID, c.At)
		if err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

// SaveYear writes a year over the version before and keeps the act.
func (t Tx) SaveYear(ctx context.Context, y module.Year, act module.Act) error {
	done := t.DB(ctx).Exec("UPDATE target_years SET state = ?, edition = ?, version = ? WHERE year = ? AND version = ?", y.State, y.Edition, y.Version, y.Year, y.Version-1)
	if done.Error != nil {
		return fmt.Errorf("save the year %d: %w", y.Year, done.Error)
	}
	if done.RowsAffected != 1 {
		return busy()
	}
	err := t.DB(ctx).Exec("INSERT INTO target_acts (year, act, edition, last_change, reason, user_id, acting_unit_id, at) "+
		"SELECT ?, ?, ?, COALESCE(max(id), 0), ?, ?, ?, ? FROM target_changes WHERE year = ?",
		act.Year, act.Act, act.Edition, act.Reason, act.UserID, act.ActingUnitID, act.At, act.Year).Error
	if err != nil {
		return fmt.Errorf("keep an act on the year %d: %w", y.Year, err)
	}
	return nil
}

func busy() error {
	return fault.New(fault.Conflict, "target.busy", "Somebody else is changing the record.")
}

// InsertLimit keeps a limit.
func (t Tx) InsertLimit(ctx context.Context, l *module.Limit) error {
	if err := t.DB(ctx).Table("target_limits").Create(l).Error; err != nil {
		return fmt.Errorf("insert a limit of %d: %w", l.Year, err)
	}
	return nil
}

// Figures returns reported figures.
func (s *Store) Figures(ctx context.Context, year int, past bool) ([]module.Figure, error) {
	query := s.db.Read(ctx).Table("reported_figures").Where("year = ?", year)
	if !past {
		query = query.Where("replaced_at IS NULL")
	}
	var out []module.Figure
	if err := query.Order("indicator, unit_id, month, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the reported figures of %d: %w", year, err)
	}
	return out, nil
}

// ReplaceFigure keeps a figure in the place of the one that stands.
func (t Tx) ReplaceFigure(ctx context.Context, f *module.Figure, saw int64) (*module.Figure, error) {
	var was *module.Figure
	if saw != 0 {
		var rows []module.Figure
		err := t.DB(ctx).Raw("UPDATE reported_figures SET replaced_at = ? WHERE id = ? AND year = ? AND month = ? AND indicator = ? AND unit_id = ? "+
			"AND replaced_at IS NULL RETURNING *", f.MadeAt, saw, f.Year, f.Month, f.Indicator, f.UnitID).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("replace reported figure %d: %w", saw, err)
		}
		if len(rows) != 1 {
			return nil, busy()
		}
		was = &rows[0]
	}
	err := t.DB(ctx).Table("reported_figures").Create(f).Error
	if store.IsDuplicate(err) {
		return nil, busy()
	}
	if err != nil {
		return nil, fmt.Errorf("insert a reported figure: %w", err)
	}
	return was, nil
}

// InsertGroup writes a version of a group and ends the one before.
func (t Tx) InsertGroup(ctx context.Context, g *module.Group, last *clock.Date) error {
	if last != nil {
		done := t.DB(ctx).Exec("UPDATE comparison_groups SET ends_on = ? WHERE code = ? AND ends_on = ? AND starts_on <= ?", *last, g.Code, module.Forever(), *last)
		if done.Error != nil {
			return fmt.Errorf("end comparison group %s: %w", g.Code, done.Error)
		}
		if done.RowsAffected != 1 {
			return groupOverlaps()
		}
	}
	err := t.DB(ctx).Table("comparison_groups").Create(g).Error
	if store.IsDuplicate(err) {
		return groupOverlaps()
	}
	if err != nil {
		return fmt.Errorf("insert comparison group %s: %w", g.Code, err)
	}
	b := t.Bulk("comparison_group_units", "group_id", "unit_id")
	for _, u := range g.Units {
		if err := b.Add(ctx, g.ID, u); err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

func groupOverlaps() error {
	return fault.New(fault.Conflict, "group.overlaps", "A version of the group begins on that day or later.")
}
