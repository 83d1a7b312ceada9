package signing

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
)

// HoldLead locks a lead inside the scope; see module.Tx. The row is read
// through the scope, locked, and read again: its holder may have changed while
// the transaction waited.
func (t Tx) HoldLead(ctx context.Context, read access.Scope, leadID id.Lead) (module.Lead, error) {
	if _, err := t.lead(ctx, read, leadID); err != nil {
		return module.Lead{}, err
	}
	if err := t.LockLead(ctx, leadID); err != nil {
		return module.Lead{}, err
	}
	return t.lead(ctx, read, leadID)
}

func (t Tx) lead(ctx context.Context, read access.Scope, leadID id.Lead) (module.Lead, error) {
	var rows []leadRow
	err := t.reads(ctx).Table(read).Select(leadColumns).Where("l.id = ?", leadID).Scan(&rows).Error
	if err != nil {
		return module.Lead{}, fmt.Errorf("read lead %s: %w", leadID, err)
	}
	if read.Empty() || len(rows) == 0 {
		return module.Lead{}, fault.New(fault.NotFound, "lead.unknown", "No such lead.")
	}
	return rows[0].lead(leadID), nil
}

// Leads returns the leads inside the scope; see module.Tx.
func (t Tx) Leads(ctx context.Context, read access.Scope) ([]module.Lead, error) {
	var rows []struct {
		ID   id.Lead
		Lead leadRow `gorm:"embedded"`
	}
	err := t.reads(ctx).Table(read).Select("l.id, " + leadColumns).Order("l.id").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read leads: %w", err)
	}
	out := make([]module.Lead, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Lead.lead(r.ID))
	}
	return out, nil
}

// HoldMonths locks months in the order given, making their rows if need be.
func (t Tx) HoldMonths(ctx context.Context, months []module.Month) (map[module.Month]module.MonthRow, error) {
	out := make(map[module.Month]module.MonthRow, len(months))
	for _, m := range months {
		err := t.DB(ctx).Exec("INSERT INTO signing_months (month) VALUES (?) ON CONFLICT (month) DO NOTHING", m).Error
		if err != nil {
			return nil, fmt.Errorf("make month %s: %w", m, err)
		}
		var row monthRow
		err = t.DB(ctx).Raw("UPDATE signing_months SET touched = touched + 1 WHERE month = ? "+
			"RETURNING month, cut_off_on, frozen_at, frozen_by", m).Scan(&row).Error
		if err != nil {
			return nil, fmt.Errorf("lock month %s: %w", m, err)
		}
		out[m] = module.MonthRow(row)
	}
	return out, nil
}

const keepItems = `INSERT INTO signing_frozen (month, item_id, lead_id, cents, landing_unit_id, first_unit_id, chain, grade)
	SELECT month, id, lead_id, cents, landing_unit_id, first_unit_id, chain, grade FROM signing_items
	WHERE month = ? AND state IN ('planned', 'signed') ORDER BY id`

// Freeze keeps the items of a locked month; see module.Tx. A month that is
// frozen already stays.
func (t Tx) Freeze(ctx context.Context, m module.Month, on clock.Date, by id.User, at time.Time) (int64, error) {
	var user *id.User
	if by != 0 {
		user = &by
	}
	done := t.DB(ctx).Exec("UPDATE signing_months SET cut_off_on = ?, frozen_at = ?, frozen_by = ? WHERE month = ? AND frozen_at IS NULL",
		on, at, user, m)
	if done.Error != nil {
		return 0, fmt.Errorf("freeze month %s: %w", m, done.Error)
	}
	if done.RowsAffected == 0 {
		return 0, nil
	}
	kept := t.DB(ctx).Exec(keepItems, m)
	if kept.Error != nil {
		return 0, fmt.Errorf("keep the plan of month %s: %w", m, kept.Error)
	}
	return kept.RowsAffected, nil
}

type itemRow struct {
	Item module.Item `gorm:"embedded"`
}

// TableName is the table of planned signings.
func (itemRow) TableName() string { return "signing_items" }

// Insert writes a new item and gives it its number.
func (t Tx) Insert(ctx context.Context, i *module.Item) error {
	r := itemRow{Item: *i}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		if store.IsDuplicate(err) {
			return fault.New(fault.Conflict, "signing.planned", "The lead is on a board already.")
		}
		return fmt.Errorf("insert a planned signing: %w", err)
	}
	*i = r.Item
	return t.span(ctx, i)
}

// span keeps what is known of an item from now on, when it differs from what
// was known.
func (t Tx) span(ctx context.Context, i *module.Item) error {
	ended := t.DB(ctx).Exec("UPDATE signing_spans SET until = ? WHERE item_id = ? AND until = ? AND (month <> ? OR cents <> ? OR landing_unit_id <> ? "+
		"OR first_unit_id <> ? OR chain <> ? OR grade <> ? OR state <> ? OR COALESCE(signed_on, '') <> COALESCE(?, ''))",
		i.UpdatedAt, i.ID, clock.Forever(), i.Month, i.Cents, i.LandingUnitID, i.FirstUnitID, i.Chain, i.Grade, i.State, i.SignedOn)
	if ended.Error != nil {
		return fmt.Errorf("end what was known of planned signing %s: %w", i.ID, ended.Error)
	}
	if ended.RowsAffected == 0 && i.Version > 1 {
		return nil
	}
	err := t.DB(ctx).Exec("INSERT INTO signing_spans (item_id, from_at, until, month, cents, landing_unit_id, first_unit_id, chain, grade, state, "+
		"signed_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", i.ID, i.UpdatedAt, clock.Forever(), i.Month, i.Cents, i.LandingUnitID, i.FirstUnitID,
		i.Chain, i.Grade, i.State, i.SignedOn).Error
	if err != nil {
		return fmt.Errorf("keep what is known of planned signing %s: %w", i.ID, err)
	}
	return nil
}

// Save writes an item over a version; see module.Tx.
func (t Tx) Save(ctx context.Context, i *module.Item, version int64) (bool, error) {
	r := itemRow{Item: *i}
	done := t.DB(ctx).Model(&itemRow{}).Where("id = ? AND version = ?", i.ID, version).
		Select("*").Omit("id", "lead_id", "created_by", "created_at", "first_unit_id").Updates(&r)
	if done.Error != nil {
		return false, fmt.Errorf("save planned signing %s: %w", i.ID, done.Error)
	}
	if done.RowsAffected == 0 {
		return false, nil
	}
	return true, t.span(ctx, i)
}

type changeRow struct {
	Change module.Change `gorm:"embedded"`
}

// TableName is the table of the ledger.
func (changeRow) TableName() string { return "signing_changes" }

// AddChange writes a row of the ledger.
func (t Tx) AddChange(ctx context.Context, c module.Change) error {
	if err := t.DB(ctx).Create(&changeRow{Change: c}).Error; err != nil {
		return fmt.Errorf("add a change of month %s: %w", c.Month, err)
	}
	return nil
}
