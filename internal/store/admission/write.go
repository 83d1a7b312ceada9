package admission

import (
	"context"
	"fmt"
	"time"

	module "github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

type reviewRow struct {
	Review module.Review `gorm:"embedded"`
}

// TableName is the table of reviews.
func (reviewRow) TableName() string { return "admission_reviews" }

type opinionRow struct {
	Opinion module.Opinion `gorm:"embedded"`
}

// TableName is the table of opinions.
func (opinionRow) TableName() string { return "admission_opinions" }

type conditionRow struct {
	Condition module.Condition `gorm:"embedded"`
}

// TableName is the table of conditions.
func (conditionRow) TableName() string { return "admission_conditions" }

// Insert writes a new review and gives it its number.
func (t Tx) Insert(ctx context.Context, r *module.Review) error {
	row := reviewRow{Review: *r}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		if store.IsDuplicate(err) {
			return fault.New(fault.Conflict, "review.open", "A review of the lead runs already.").Because(err)
		}
		return fmt.Errorf("insert an admission review: %w", err)
	}
	*r = row.Review
	return nil
}

// Save writes a review over the version before.
func (t Tx) Save(ctx context.Context, r module.Review) error {
	return t.save(ctx, &reviewRow{Review: r}, int64(r.ID), r.Version, "state", "opened_by", "opened_at", "result", "number", "decided_on",
		"minutes_file_id", "note", "decided_by", "decided_at", "version")
}

// save writes columns of a row over the version before the given one.
func (t Tx) save(ctx context.Context, row any, number, version int64, columns ...string) error {
	done := t.DB(ctx).Model(row).Where("id = ? AND version = ?", number, version-1).Select(columns).Updates(row)
	if done.Error != nil {
		return fmt.Errorf("save %T %d: %w", row, number, done.Error)
	}
	if done.RowsAffected != 1 {
		return fault.New(fault.Conflict, "review.busy", "Somebody else is changing the review.")
	}
	return nil
}

// InsertOpinion asks a department.
func (t Tx) InsertOpinion(ctx context.Context, o module.Opinion) error {
	if err := t.DB(ctx).Create(&opinionRow{Opinion: o}).Error; err != nil {
		return fmt.Errorf("ask unit %s for its opinion: %w", o.UnitID, err)
	}
	return nil
}

// SaveOpinion writes an opinion over the version before.
func (t Tx) SaveOpinion(ctx context.Context, o module.Opinion) error {
	return t.save(ctx, &opinionRow{Opinion: o}, int64(o.ID), o.Version, "word", "text", "given_by", "given_at", "version")
}

// InsertCondition writes a condition.
func (t Tx) InsertCondition(ctx context.Context, c module.Condition) error {
	if err := t.DB(ctx).Create(&conditionRow{Condition: c}).Error; err != nil {
		return fmt.Errorf("write a condition of review %s: %w", c.ReviewID, err)
	}
	return nil
}

// SaveCondition writes a condition over the version before.
func (t Tx) SaveCondition(ctx context.Context, c module.Condition) error {
	return t.save(ctx, &conditionRow{Condition: c}, int64(c.ID), c.Version, "note", "done_by", "done_at", "version")
}

// HasFile tells whether a file of the kind is on the lead.
func (t Tx) HasFile(ctx context.Context, lead id.Lead, file id.File, kind string) (bool, error) {
	var n int64
	err := t.DB(ctx).Raw("SELECT count(*) FROM files WHERE id = ? AND lead_id = ? AND kind = ? AND deleted_at IS NULL", file, lead, kind).Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for file %s: %w", file, err)
	}
	return n == 1, nil
}

// SettleGrants lets units read a lead as long as they owe something on it.
func (t Tx) SettleGrants(ctx context.Context, lead id.Lead, units []id.Unit, at time.Time) error {
	return t.grants(ctx, t.Tx, lead, units, at)
}

type powerRow struct {
	Power module.Power `gorm:"embedded"`
}

// TableName is the table of powers.
func (powerRow) TableName() string { return "admission_powers" }

const allPowers = "SELECT * FROM admission_powers ORDER BY from_on, id"

// Powers lists every power.
func (s *Store) Powers(ctx context.Context) ([]module.Power, error) {
	return s.reads(ctx).powers(allPowers)
}

// Powers is Store.Powers within the transaction.
func (t Tx) Powers(ctx context.Context) ([]module.Power, error) {
	return t.reads(ctx).powers(allPowers)
}

func (q reads) powers(query string, args ...any) ([]module.Power, error) {
	var out []module.Power
	if err := q.DB.Raw(query, args...).Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read the powers of admission: %w", err)
	}
	return out, nil
}

// InsertPower gives a unit the power, unless it has it in the time already.
func (t Tx) InsertPower(ctx context.Context, p *module.Power) error {
	// Writers of one unit's powers wait for each other at its row.
	if err := t.DB(ctx).Exec("UPDATE units SET version = version WHERE id = ?", p.UnitID).Error; err != nil {
		return fmt.Errorf("lock unit %s: %w", p.UnitID, err)
	}
	overlap, err := t.reads(ctx).powers("SELECT * FROM admission_powers WHERE unit_id = ? AND (until_on IS NULL OR until_on > ?)", p.UnitID, p.FromOn)
	if err != nil {
		return err
	}
	if len(overlap) > 0 {
		return fault.New(fault.Conflict, "power.overlaps", "The unit has the power in that time already.")
	}
	row := powerRow{Power: *p}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("give unit %s the power of admission: %w", p.UnitID, err)
	}
	*p = row.Power
	return nil
}

// HoldPower locks a power and returns it.
func (t Tx) HoldPower(ctx context.Context, power int64) (module.Power, error) {
	lock := ""
	if t.Dialect() == store.Postgres {
		lock = " FOR UPDATE"
	}
	found, err := t.reads(ctx).powers("SELECT * FROM admission_powers WHERE id = ?"+lock, power)
	if err != nil {
		return module.Power{}, err
	}
	if len(found) == 0 {
		return module.Power{}, fault.New(fault.NotFound, "power.unknown", "No such power.")
	}
	return found[0], nil
}

// SavePower writes the end of a power over the version before.
func (t Tx) SavePower(ctx context.Context, p module.Power) error {
	return t.save(ctx, &powerRow{Power: p}, p.ID, p.Version, "until_on", "source", "version")
}

// seedPowers takes the units that the city's first content names.
const seedPowers = `INSERT INTO admission_powers (unit_id, from_on, source, made_at, version)
	SELECT u.id, u.opened_on, ?, ?, 1 FROM units u WHERE u.admission_power AND NOT EXISTS (SELECT 1 FROM admission_powers) ORDER BY u.id`

// SeedPowers enters the first powers unless there are any.
func (s *Store) SeedPowers(ctx context.Context, source string) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		err := tx.DB(ctx).Exec(seedPowers, source, tx.Now(ctx)).Error
		if store.IsDuplicate(err) { // another node was faster
			return nil
		}
		if err != nil {
			return fmt.Errorf("enter the first powers of admission: %w", err)
		}
		return nil
	})
}
