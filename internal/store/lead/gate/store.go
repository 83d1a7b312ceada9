// Package gate keeps the versions of the life cycle in SQL.
package gate

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead/gate"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store keeps the versions in one database.
type Store struct{ db *store.DB }

// New returns the versions of a database.
func New(db *store.DB) *Store { return &Store{db: db} }

// Tx is a transaction on the versions.
type Tx struct{ *store.Tx }

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(gate.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// row is a version as it is kept.
type row struct {
	ID        id.Lifecycle
	Number    int64
	State     gate.State
	FromOn    *clock.Date
	Note      string
	Source    string
	Version   int64
	MadeBy    *id.User
	MadeAt    time.Time
	ChangedAt time.Time
}

// TableName is the table of versions.
func (row) TableName() string { return "lifecycles" }

func rowOf(c gate.Cycle) row {
	return row{
		ID: c.ID, Number: c.Number, State: c.State, FromOn: c.FromOn, Note: c.Note, Source: c.Source, Version: c.Version,
		MadeBy: c.MadeBy, MadeAt: c.MadeAt, ChangedAt: c.ChangedAt,
	}
}

func (r row) cycle() gate.Cycle {
	return gate.Cycle{
		ID: r.ID, Number: r.Number, State: r.State, FromOn: r.FromOn, Note: r.Note, Source: r.Source, Version: r.Version,
		MadeBy: r.MadeBy, MadeAt: r.MadeAt, ChangedAt: r.ChangedAt,
	}
}

type stepRow struct {
	Track        string
	Stage        string
	Position     int64
	LimitDays    *int64
	LimitSource  string
	ChanceBp     *int64
	ChanceSource string
	Pass         access.Permission
	Confirm      gate.Confirm
	Source       string
}

type needRow struct {
	Track     string
	Stage     string
	Kind      gate.NeedKind
	Name      string
	FromCents *int64
	Source    string
}

// All lists the versions without their steps, the newest first.
func (s *Store) All(ctx context.Context) ([]gate.Cycle, error) {
	var rows []row
	if err := s.db.Read(ctx).Raw("SELECT * FROM lifecycles ORDER BY number DESC").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list life cycles: %w", err)
	}
	out := make([]gate.Cycle, len(rows))
	for i, r := range rows {
		out[i] = r.cycle()
	}
	return out, nil
}

// One returns a version with its steps; see gate.Store.
func (s *Store) One(ctx context.Context, cycle id.Lifecycle) (gate.Cycle, error) {
	return one(s.db.Read(ctx), cycle)
}

// One returns a version with its steps; see gate.Tx.
func (t Tx) One(ctx context.Context, cycle id.Lifecycle) (gate.Cycle, error) {
	return one(t.DB(ctx), cycle)
}

// Ruling returns the version that rules on a day; see gate.Store.
func (s *Store) Ruling(ctx context.Context, day clock.Date) (gate.Cycle, error) {
	return Ruling(s.db.Read(ctx), day)
}

// Ruling returns the version that rules on a day, with its steps.
//
// Errors: Conflict "lifecycle.none".
func Ruling(db *gorm.DB, day clock.Date) (gate.Cycle, error) {
	var ids []id.Lifecycle
	err := db.Raw("SELECT id FROM lifecycles WHERE state = 'in_force' AND from_on <= ? ORDER BY from_on DESC LIMIT 1", day).Scan(&ids).Error
	if err != nil {
		return gate.Cycle{}, fmt.Errorf("find the life cycle of %s: %w", day, err)
	}
	if len(ids) == 0 {
		return gate.Cycle{}, fault.New(fault.Conflict, "lifecycle.none", "No version of the life cycle is in force.")
	}
	return one(db, ids[0])
}

func one(db *gorm.DB, cycle id.Lifecycle) (gate.Cycle, error) {
	var rows []row
	if err := db.Raw("SELECT * FROM lifecycles WHERE id = ?", cycle).Scan(&rows).Error; err != nil {
		return gate.Cycle{}, fmt.Errorf("get life cycle %s: %w", cycle, err)
	}
	if len(rows) == 0 {
		return gate.Cycle{}, fault.New(fault.NotFound, "lifecycle.unknown", "No such version.")
	}
	c := rows[0].cycle()
	var needs []needRow
	err := db.Raw("SELECT track, stage, kind, name, from_cents, source FROM lifecycle_needs WHERE lifecycle_id = ? ORDER BY track, stage, sort", cycle).
		Scan(&needs).Error
	if err != nil {
		return c, fmt.Errorf("read what life cycle %s needs: %w", cycle, err)
	}
	of := map[[2]string][]gate.Need{}
	for _, n := range needs {
		key := [2]string{n.Track, n.Stage}
		of[key] = append(of[key], gate.Need{Kind: n.Kind, Name: n.Name, FromCents: n.FromCents, Source: n.Source})
	}
	var steps []stepRow
	err = db.Raw("SELECT track, stage, position, limit_days, limit_source, chance_bp, chance_source, pass, confirm, source "+
		"FROM lifecycle_steps WHERE lifecycle_id = ? ORDER BY track, position", cycle).Scan(&steps).Error
	if err != nil {
		return c, fmt.Errorf("read the steps of life cycle %s: %w", cycle, err)
	}
	for _, s := range steps {
		c.Steps = append(c.Steps, gate.Step{
			Track: s.Track, Stage: s.Stage, Position: s.Position, LimitDays: s.LimitDays, LimitSource: s.LimitSource, ChanceBP: s.ChanceBp,
			ChanceSource: s.ChanceSource, Pass: s.Pass, Confirm: s.Confirm, Source: s.Source, Needs: of[[2]string{s.Track, s.Stage}],
		})
	}
	return c, nil
}

// The store keeps what the module asks of it.
var (
	_ gate.Store = (*Store)(nil)
	_ gate.Tx    = Tx{}
)
