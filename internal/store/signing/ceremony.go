package signing

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
)

type batchRow struct {
	Ceremony module.Ceremony `gorm:"embedded"`
}

// TableName is the table of ceremonies.
func (batchRow) TableName() string { return "signing_batches" }

// Ceremonies returns the ceremonies of a month.
func (s *Store) Ceremonies(ctx context.Context, m module.Month) ([]module.Ceremony, error) {
	var rows []batchRow
	err := s.db.Read(ctx).Raw("SELECT * FROM signing_batches WHERE month = ? ORDER BY held_on, starts_at, id", m).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read ceremonies: %w", err)
	}
	out := make([]module.Ceremony, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Ceremony)
	}
	return out, nil
}

func noCeremony() error { return fault.New(fault.NotFound, "ceremony.unknown", "No such ceremony.") }

// Ceremony returns one ceremony.
func (s *Store) Ceremony(ctx context.Context, c id.Ceremony) (module.Ceremony, error) {
	var rows []batchRow
	if err := s.db.Read(ctx).Raw("SELECT * FROM signing_batches WHERE id = ?", c).Scan(&rows).Error; err != nil {
		return module.Ceremony{}, fmt.Errorf("read ceremony %s: %w", c, err)
	}
	if len(rows) == 0 {
		return module.Ceremony{}, noCeremony()
	}
	return rows[0].Ceremony, nil
}

// HoldCeremony locks a ceremony; see module.CeremonyTx.
func (t Tx) HoldCeremony(ctx context.Context, c id.Ceremony) (module.Ceremony, error) {
	lock := ""
	if t.Dialect() == store.Postgres {
		lock = " FOR UPDATE"
	}
	var rows []batchRow
	if err := t.DB(ctx).Raw("SELECT * FROM signing_batches WHERE id = ?"+lock, c).Scan(&rows).Error; err != nil {
		return module.Ceremony{}, fmt.Errorf("lock ceremony %s: %w", c, err)
	}
	if len(rows) == 0 {
		return module.Ceremony{}, noCeremony()
	}
	return rows[0].Ceremony, nil
}

// InsertCeremony writes a new ceremony and gives it its number.
func (t Tx) InsertCeremony(ctx context.Context, c *module.Ceremony) error {
	r := batchRow{Ceremony: *c}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("insert a ceremony: %w", err)
	}
	*c = r.Ceremony
	return nil
}

// SaveCeremony writes a ceremony over a version; see module.CeremonyTx.
func (t Tx) SaveCeremony(ctx context.Context, c *module.Ceremony, version int64) (bool, error) {
	done := t.DB(ctx).Model(&batchRow{}).Where("id = ? AND version = ?", c.ID, version).
		Select("*").Omit("id", "month", "created_by", "created_at").Updates(&batchRow{Ceremony: *c})
	if done.Error != nil {
		return false, fmt.Errorf("save ceremony %s: %w", c.ID, done.Error)
	}
	return done.RowsAffected == 1, nil
}
