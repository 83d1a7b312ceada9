package gate

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Lock lets no other writer of versions run beside the transaction. SQLite's
// transactions are alone from their start.
func (t Tx) Lock(ctx context.Context) error {
	if t.Dialect() != store.Postgres {
		return nil
	}
	if err := t.DB(ctx).Exec("LOCK TABLE lifecycles IN SHARE ROW EXCLUSIVE MODE").Error; err != nil {
		return fmt.Errorf("lock the life cycles: %w", err)
	}
	return nil
}

// Insert writes a version with its steps; see gate.Tx.
func (t Tx) Insert(ctx context.Context, c *gate.Cycle) error {
	if err := t.DB(ctx).Raw("SELECT COALESCE(max(number), 0) + 1 FROM lifecycles").Scan(&c.Number).Error; err != nil {
		return fmt.Errorf("number a life cycle: %w", err)
	}
	r := rowOf(*c)
	r.ID = 0
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return taken(err, "insert life cycle %d", c.Number)
	}
	c.ID = r.ID
	return t.steps(ctx, *c)
}

// Save writes a version over the one that was read; see gate.Tx.
func (t Tx) Save(ctx context.Context, c gate.Cycle, whole bool) error {
	r := rowOf(c)
	result := t.DB(ctx).Table("lifecycles").Where("id = ? AND version = ?", c.ID, c.Version-1).
		Select("*").Omit("id", "number", "made_by", "made_at").Updates(&r)
	if result.Error != nil {
		return taken(result.Error, "save life cycle %d", c.Number)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "lifecycle.changed", "The version changed meanwhile.")
	}
	if !whole {
		return nil
	}
	for _, table := range []string{"lifecycle_needs", "lifecycle_steps"} {
		if err := t.DB(ctx).Exec("DELETE FROM "+table+" WHERE lifecycle_id = ?", c.ID).Error; err != nil {
			return fmt.Errorf("clear %s of life cycle %d: %w", table, c.Number, err)
		}
	}
	return t.steps(ctx, c)
}

func (t Tx) steps(ctx context.Context, c gate.Cycle) error {
	b := t.Bulk("lifecycle_steps", "lifecycle_id", "track", "stage", "position", "limit_days", "limit_source", "chance_bp",
		"chance_source", "pass", "confirm", "source")
	for _, s := range c.Steps {
		err := b.Add(ctx, int64(c.ID), s.Track, s.Stage, s.Position, s.LimitDays, s.LimitSource, s.ChanceBP, s.ChanceSource,
			string(s.Pass), string(s.Confirm), s.Source)
		if err != nil {
			return err
		}
	}
	if err := b.Flush(ctx); err != nil {
		return err
	}
	n := t.Bulk("lifecycle_needs", "lifecycle_id", "track", "stage", "sort", "kind", "name", "from_cents", "source")
	for _, s := range c.Steps {
		for i, need := range s.Needs {
			if err := n.Add(ctx, int64(c.ID), s.Track, s.Stage, i, string(need.Kind), need.Name, need.FromCents, need.Source); err != nil {
				return err
			}
		}
	}
	return n.Flush(ctx)
}

// taken says that another version begins on the day.
func taken(err error, what string, number int64) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "lifecycle.day_taken", "Another version begins on this day.").Because(err)
	}
	return fmt.Errorf(what+": %w", number, err)
}
