package dossier

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	module "github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
)

type landRow struct {
	Land module.LandContract `gorm:"embedded"`
}

// TableName is the table of land contracts.
func (landRow) TableName() string { return "land_contracts" }

type seenLandRow struct {
	Land     module.LandContract `gorm:"embedded"`
	Lead     leadRow             `gorm:"embedded"`
	ScanName string
}

// Lands returns contracts of land; see module.LandStore.
func (s *Store) Lands(ctx context.Context, read access.Scope, lead id.Lead, land id.Land) ([]module.SeenLand, error) {
	return s.reads(ctx).lands(read, lead, land)
}

// Lands is Store.Lands within the transaction.
func (t Tx) Lands(ctx context.Context, read access.Scope, lead id.Lead, land id.Land) ([]module.SeenLand, error) {
	return t.reads(ctx).lands(read, lead, land)
}

func (q reads) lands(read access.Scope, lead id.Lead, land id.Land) ([]module.SeenLand, error) {
	if read.Empty() {
		return nil, nil
	}
	query := q.DB.Table("(?) AS l JOIN land_contracts c ON c.lead_id = l.id LEFT JOIN files f ON f.id = c.file_id AND f.lead_id = c.lead_id AND f.deleted_at IS NULL",
		q.Leads(read)).Select("c.*, COALESCE(f.name, '') AS scan_name, " + leadColumns).Order("c.id").Limit(100)
	if lead != 0 {
		query = query.Where("c.lead_id = ?", lead)
	}
	if land != 0 {
		query = query.Where("c.id = ?", land)
	}
	var rows []seenLandRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read land contracts: %w", err)
	}
	out := make([]module.SeenLand, 0, len(rows))
	for _, r := range rows {
		out = append(out, module.SeenLand{Land: r.Land, Lead: r.Lead.lead(), FileName: r.ScanName})
	}
	return out, nil
}

// InsertLand writes a new contract and gives it its number.
func (t Tx) InsertLand(ctx context.Context, l *module.LandContract) error {
	row := landRow{Land: *l}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("insert a land contract: %w", err)
	}
	*l = row.Land
	return nil
}

// SaveLand writes a contract over the version before.
func (t Tx) SaveLand(ctx context.Context, l module.LandContract) error {
	return t.save(ctx, &landRow{Land: l}, int64(l.ID), l.Version, "number", "supervision_code", "signed_on", "area_sqm", "price_cents", "file_id", "note", "version")
}

// DeleteLand removes a contract.
func (t Tx) DeleteLand(ctx context.Context, l module.LandContract) error {
	if err := t.DB(ctx).Exec("DELETE FROM land_contracts WHERE id = ? AND version = ?", l.ID, l.Version).Error; err != nil {
		return fmt.Errorf("delete land contract %s: %w", l.ID, err)
	}
	return nil
}
