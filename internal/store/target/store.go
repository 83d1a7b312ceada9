// Package target keeps indicators, targets and reported figures in SQL.
package target

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/store"
	module "github.com/leadrelay/leadrelay/internal/target"
)

// Store is the targets of one database.
type Store struct{ db *store.DB }

// New returns the targets of an open database.
func New(db *store.DB) *Store { return &Store{db: db} }

// Tx is a transaction on the targets.
type Tx struct{ *store.Tx }

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{tx}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

type indicatorRow struct {
	Indicator module.Indicator `gorm:"embedded"`
}

// TableName is the table of indicators.
func (indicatorRow) TableName() string { return "indicators" }

// Indicators returns every version of every indicator; see
// module.IndicatorStore.
func (s *Store) Indicators(ctx context.Context) ([]module.Indicator, error) {
	return indicators(s.db.Read(ctx))
}

// Indicators is Store.Indicators within the transaction.
func (t Tx) Indicators(ctx context.Context) ([]module.Indicator, error) {
	return indicators(t.DB(ctx))
}

func indicators(session *gorm.DB) ([]module.Indicator, error) {
	var rows []indicatorRow
	if err := session.Table("indicators").Order("position, code, starts_on").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the indicators: %w", err)
	}
	out := make([]module.Indicator, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Indicator)
	}
	return out, nil
}

// InsertIndicator writes a new version; see module.IndicatorTx.
func (t Tx) InsertIndicator(ctx context.Context, i *module.Indicator) error {
	row := indicatorRow{Indicator: *i}
	err := t.DB(ctx).Create(&row).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "indicator.overlaps", "A version of the indicator begins on that day or later.")
	}
	if err != nil {
		return fmt.Errorf("insert indicator %s: %w", i.Code, err)
	}
	*i = row.Indicator
	return nil
}

// EndIndicator gives the version without an end its last day.
func (t Tx) EndIndicator(ctx context.Context, code string, last clock.Date) error {
	done := t.DB(ctx).Exec("UPDATE indicators SET ends_on = ? WHERE code = ? AND ends_on = ? AND starts_on <= ?", last, code, module.Forever(), last)
	if done.Error != nil {
		return fmt.Errorf("end indicator %s: %w", code, done.Error)
	}
	if done.RowsAffected != 1 {
		return fault.New(fault.Conflict, "indicator.overlaps", "A version of the indicator begins on that day or later.")
	}
	return nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
