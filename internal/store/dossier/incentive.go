package dossier

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
)

type incentiveRow struct {
	Incentive module.Incentive `gorm:"embedded"`
}

// TableName is the table of incentives.
func (incentiveRow) TableName() string { return "incentives" }

type seenIncentiveRow struct {
	Incentive module.Incentive `gorm:"embedded"`
	Lead      leadRow          `gorm:"embedded"`
}

// Incentives returns incentives; see module.IncentiveStore.
func (s *Store) Incentives(ctx context.Context, read access.Scope, lead id.Lead, incentive id.Incentive) ([]module.SeenIncentive, error) {
	return s.reads(ctx).incentives(read, lead, incentive)
}

// Incentives is Store.Incentives within the transaction.
func (t Tx) Incentives(ctx context.Context, read access.Scope, lead id.Lead, incentive id.Incentive) ([]module.SeenIncentive, error) {
	return t.reads(ctx).incentives(read, lead, incentive)
}

func (q reads) incentives(read access.Scope, lead id.Lead, incentive id.Incentive) ([]module.SeenIncentive, error) {
	if read.Empty() {
		return nil, nil
	}
	query := q.DB.Table("(?) AS l JOIN incentives i ON i.lead_id = l.id", q.Leads(read)).Select("i.*, " + leadColumns).Order("i.id").Limit(500)
	if lead != 0 {
		query = query.Where("i.lead_id = ?", lead)
	}
	if incentive != 0 {
		query = query.Where("i.id = ?", incentive)
	}
	var rows []seenIncentiveRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read incentives: %w", err)
	}
	out := make([]module.SeenIncentive, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.SeenIncentive{Incentive: r.Incentive, Lead: r.Lead.lead()})
	}
	return out, nil
}

// InsertIncentive writes a new incentive and gives it its number.
func (t Tx) InsertIncentive(ctx context.Context, i *module.Incentive) error {
	row := incentiveRow{Incentive: *i}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("insert an incentive: %w", err)
	}
	*i = row.Incentive
	return nil
}

// SaveIncentive writes an incentive over the version before.
func (t Tx) SaveIncentive(ctx context.Context, i module.Incentive) error {
	return t.save(ctx, &incentiveRow{Incentive: i}, int64(i.ID), i.Version, "kind", "text", "amount_cents", "legal_basis", "unit_id", "offered_on",
		"state", "reason", "withdrawn_at", "withdrawn_by", "version")
}
