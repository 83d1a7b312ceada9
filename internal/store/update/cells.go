package update

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/update"
)

// The reads of this file take leads that were read through a scope.

// filled is the condition that a cell holds a value.
const filled = "(%[1]s.number IS NOT NULL OR %[1]s.words <> '')"

func (q reads) scan(into any, what, sql string, args ...any) error {
	if err := q.DB.Raw(sql, args...).Scan(into).Error; err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

func (q reads) cells(leads []id.Lead, p module.Period) (out []module.Cell, err error) {
	if len(leads) > 0 {
		err = q.scan(&out, "cells", "SELECT * FROM update_cells WHERE lead_id IN ? AND period = ? ORDER BY lead_id, field", leads, p)
	}
	return out, err
}

func (q reads) prior(leads []id.Lead, p module.Period) (out []module.Cell, err error) {
	if len(leads) > 0 {
		err = q.scan(&out, "earlier cells", `SELECT c.* FROM update_cells c WHERE c.lead_id IN ? AND c.period = (SELECT MAX(d.period) FROM update_cells d
			WHERE d.lead_id = c.lead_id AND d.field = c.field AND d.period < ? AND `+fmt.Sprintf(filled, "d")+") ORDER BY c.lead_id, c.field", leads, p)
	}
	return out, err
}

// Cells returns the cells of leads in a period.
func (s *Store) Cells(ctx context.Context, leads []id.Lead, p module.Period) ([]module.Cell, error) {
	return s.reads(ctx).cells(leads, p)
}

// Cells is Store.Cells within the transaction.
func (t Tx) Cells(ctx context.Context, leads []id.Lead, p module.Period) ([]module.Cell, error) {
	return t.reads(ctx).cells(leads, p)
}

// Prior returns the last value of each figure before a period.
func (s *Store) Prior(ctx context.Context, leads []id.Lead, p module.Period) ([]module.Cell, error) {
	return s.reads(ctx).prior(leads, p)
}

// Prior is Store.Prior within the transaction.
func (t Tx) Prior(ctx context.Context, leads []id.Lead, p module.Period) ([]module.Cell, error) {
	return t.reads(ctx).prior(leads, p)
}

// Written returns what units wrote last into the cells of leads.
func (s *Store) Written(ctx context.Context, leads []id.Lead, p module.Period, units []id.Unit) (out []module.Cell, err error) {
	if len(leads) == 0 || len(units) == 0 {
		return nil, nil
	}
	err = s.reads(ctx).scan(&out, "what units wrote", `SELECT g.lead_id, g.field, g.period, g.number, g.words, g.same, g.user_id, g.unit_id, g.at, g.version
		FROM update_cell_log g WHERE g.lead_id IN ? AND g.period = ? AND g.id = (SELECT MAX(h.id) FROM update_cell_log h
		WHERE h.lead_id = g.lead_id AND h.period = g.period AND h.field = g.field AND h.unit_id IN ?) ORDER BY g.lead_id, g.field`, leads, p, units)
	return out, err
}

// Rows returns the rows of leads in a period.
func (s *Store) Rows(ctx context.Context, leads []id.Lead, p module.Period) (map[id.Lead]module.Row, error) {
	out := map[id.Lead]module.Row{}
	if len(leads) == 0 {
		return out, nil
	}
	var rows []module.Row
	if err := s.reads(ctx).scan(&rows, "rows", "SELECT * FROM update_rows WHERE lead_id IN ? AND period = ?", leads, p); err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[r.LeadID] = r
	}
	return out, nil
}

// Evidence counts files of leads.
func (s *Store) Evidence(ctx context.Context, leads []id.Lead, kind string, since time.Time) (map[id.Lead]int64, error) {
	out := map[id.Lead]int64{}
	if len(leads) == 0 {
		return out, nil
	}
	var rows []struct {
		LeadID id.Lead
		N      int64
	}
	err := s.reads(ctx).scan(&rows, "evidence", `SELECT lead_id, COUNT(*) AS n FROM files WHERE lead_id IN ? AND kind = ? AND created_at >= ?
		AND deleted_at IS NULL GROUP BY lead_id`, leads, kind, since)
	for _, r := range rows {
		out[r.LeadID] = r.N
	}
	return out, err
}

// Filings returns what is kept of the units' reports of a period.
func (s *Store) Filings(ctx context.Context, p module.Period) (map[id.Unit]module.Filing, error) {
	var rows []filingRow
	if err := s.reads(ctx).scan(&rows, "filings", "SELECT * FROM update_filings WHERE period = ?", p); err != nil {
		return nil, err
	}
	out := map[id.Unit]module.Filing{}
	for _, r := range rows {
		f, err := r.filing()
		if err != nil {
			return nil, err
		}
		out[f.UnitID] = f
	}
	return out, nil
}

// Figures returns what was filed last of each figure of a lead.
func (s *Store) Figures(ctx context.Context, lead id.Lead) (out []module.Figure, err error) {
	err = s.reads(ctx).scan(&out, "filed figures", `SELECT f.* FROM update_figures f WHERE f.lead_id = ? AND f.period = (SELECT MAX(g.period)
		FROM update_figures g WHERE g.lead_id = f.lead_id AND g.field = f.field) ORDER BY f.field`, lead)
	return out, err
}

// Totals returns the sums of what was filed of a lead.
func (s *Store) Totals(ctx context.Context, lead id.Lead) (map[string]int64, error) {
	var rows []struct {
		Field string
		Total int64
	}
	err := s.reads(ctx).scan(&rows, "totals", `SELECT field, SUM(number) AS total FROM update_figures WHERE lead_id = ? AND number IS NOT NULL GROUP BY field`, lead)
	out := map[string]int64{}
	for _, r := range rows {
		out[r.Field] = r.Total
	}
	return out, err
}
