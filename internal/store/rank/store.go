// Package rank keeps in SQL the formulas and the assessments of months. They
// hold no rows of leads; whose rows of them a reader sees is decided in the
// module.
package rank

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/rank"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store is the assessments of one database.
type Store struct{ db *store.DB }

// New returns the assessments of an open database.
func New(db *store.DB) *Store { return &Store{db: db} }

// Tx is a transaction on assessments.
type Tx struct{ *store.Tx }

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// People names persons.
func (s *Store) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	return s.db.People(ctx, users)
}

type formulaRow struct {
	ID        id.Formula
	GroupCode string
	FromMonth string
	Rules     string
	Source    string
	Assumed   bool
	MadeBy    *id.User
	MadeAt    time.Time
}

// TableName is the table of formulas.
func (formulaRow) TableName() string { return "rank_formulas" }

// runRow is a run; its figures are texts, which no condition looks into.
type runRow struct {
	ID              id.Run
	Month           string
	Edition         int64
	State           module.State
	Unfinished      bool
	Reason          string
	Formulas        string
	Inputs          string
	Scores          string
	ObjectionsUntil *time.Time
	MadeBy          *id.User
	MadeAt          time.Time
	WorkedAt        time.Time
	PublishedBy     *id.User
	PublishedAt     *time.Time
	Version         int64
}

// TableName is the table of runs.
func (runRow) TableName() string { return "rank_runs" }

func rowOf(r module.Run) (runRow, error) {
	row := runRow{
		ID: r.ID, Month: r.Month, Edition: r.Edition, State: r.State, Unfinished: r.State == module.Draft || r.State == module.Preview, Reason: r.Reason,
		ObjectionsUntil: r.ObjectionsUntil, MadeBy: r.MadeBy, MadeAt: r.MadeAt, WorkedAt: r.WorkedAt, PublishedBy: r.PublishedBy, PublishedAt: r.PublishedAt,
		Version: r.Version,
	}
	for into, value := range map[*string]any{&row.Formulas: r.Formulas, &row.Inputs: r.Inputs, &row.Scores: r.Scores} {
		text, err := json.Marshal(value)
		if err != nil {
			return row, fmt.Errorf("write an assessment down: %w", err)
		}
		*into = string(text)
	}
	return row, nil
}

func (r runRow) run() (module.Run, error) {
	out := module.Run{
		ID: r.ID, Month: r.Month, Edition: r.Edition, State: r.State, Reason: r.Reason, ObjectionsUntil: r.ObjectionsUntil, MadeBy: r.MadeBy, MadeAt: r.MadeAt,
		WorkedAt: r.WorkedAt, PublishedBy: r.PublishedBy, PublishedAt: r.PublishedAt, Version: r.Version,
	}
	for text, into := range map[*string]any{&r.Formulas: &out.Formulas, &r.Inputs: &out.Inputs, &r.Scores: &out.Scores} {
		if *text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(*text), into); err != nil {
			return out, fmt.Errorf("read assessment %s: %w", r.ID, err)
		}
	}
	return out, nil
}

func formulas(db *gorm.DB) ([]module.Formula, error) {
	var rows []formulaRow
	if err := db.Raw("SELECT * FROM rank_formulas ORDER BY group_code, from_month").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read formulas: %w", err)
	}
	out := make([]module.Formula, 0, len(rows))
	for _, r := range rows {
		f := module.Formula{ID: r.ID, GroupCode: r.GroupCode, FromMonth: r.FromMonth, Source: r.Source, Assumed: r.Assumed, MadeBy: r.MadeBy, MadeAt: r.MadeAt}
		if err := json.Unmarshal([]byte(r.Rules), &f.Rules); err != nil {
			return nil, fmt.Errorf("read formula %s: %w", r.ID, err)
		}
		out = append(out, f)
	}
	return out, nil
}

const headColumns = "id, month, edition, state, unfinished, reason, objections_until, made_by, made_at, worked_at, published_by, published_at, version"

// seen are the runs that a reader may open: a draft is the bureau's and the
// leaders' alone.
func seen(db *gorm.DB, read access.Scope, columns string) *gorm.DB {
	query := db.Table("rank_runs").Select(columns)
	switch {
	case read.Empty():
		query = query.Where("1 = 0")
	case !read.Any():
		query = query.Where("state <> 'draft'")
	}
	return query
}

func runs(db *gorm.DB, read access.Scope) ([]module.Run, error) {
	var rows []runRow
	if err := seen(db, read, headColumns).Order("month DESC, edition DESC").Limit(240).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read assessments: %w", err)
	}
	out := make([]module.Run, 0, len(rows))
	for _, r := range rows {
		one, err := r.run()
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func run(db *gorm.DB, read access.Scope, number id.Run) (module.Run, error) {
	var rows []runRow
	if err := seen(db, read, "*").Where("id = ?", number).Scan(&rows).Error; err != nil {
		return module.Run{}, fmt.Errorf("read assessment %s: %w", number, err)
	}
	if len(rows) == 0 {
		return module.Run{}, fault.New(fault.NotFound, "ranking.unknown", "No such assessment.")
	}
	return rows[0].run()
}

func listOf[T any](db *gorm.DB, table string, number id.Run) ([]T, error) {
	var out []T
	if err := db.Raw("SELECT * FROM "+table+" WHERE run_id = ? ORDER BY id", number).Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read %s of assessment %s: %w", table, number, err)
	}
	return out, nil
}

// Formulas returns every formula.
func (s *Store) Formulas(ctx context.Context) ([]module.Formula, error) {
	return formulas(s.db.Read(ctx))
}

// Formulas is Store.Formulas within the transaction.
func (t Tx) Formulas(ctx context.Context) ([]module.Formula, error) { return formulas(t.DB(ctx)) }

// Runs returns the runs that a reader may open, without their figures.
func (s *Store) Runs(ctx context.Context, read access.Scope) ([]module.Run, error) {
	return runs(s.db.Read(ctx), read)
}

// Runs is Store.Runs within the transaction.
func (t Tx) Runs(ctx context.Context, read access.Scope) ([]module.Run, error) {
	return runs(t.DB(ctx), read)
}

// Run returns one run; see module.Store.
func (s *Store) Run(ctx context.Context, read access.Scope, number id.Run) (module.Run, error) {
	return run(s.db.Read(ctx), read, number)
}

// Run is Store.Run within the transaction.
func (t Tx) Run(ctx context.Context, read access.Scope, number id.Run) (module.Run, error) {
	return run(t.DB(ctx), read, number)
}

// Blames returns the faults that were entered by hand.
func (s *Store) Blames(ctx context.Context, number id.Run) ([]module.Blame, error) {
	return listOf[module.Blame](s.db.Read(ctx), "rank_faults", number)
}

// Blames is Store.Blames within the transaction.
func (t Tx) Blames(ctx context.Context, number id.Run) ([]module.Blame, error) {
	return listOf[module.Blame](t.DB(ctx), "rank_faults", number)
}

// Objections returns what units hold against a run.
func (s *Store) Objections(ctx context.Context, number id.Run) ([]module.Objection, error) {
	return listOf[module.Objection](s.db.Read(ctx), "rank_objections", number)
}

// Objections is Store.Objections within the transaction.
func (t Tx) Objections(ctx context.Context, number id.Run) ([]module.Objection, error) {
	return listOf[module.Objection](t.DB(ctx), "rank_objections", number)
}

// Hold locks a run; on SQLite every transaction is alone.
func (t Tx) Hold(ctx context.Context, number id.Run) error {
	if t.Dialect() == store.SQLite {
		return nil
	}
	if err := t.DB(ctx).Exec("UPDATE rank_runs SET version = version WHERE id = ?", number).Error; err != nil {
		return fmt.Errorf("lock assessment %s: %w", number, err)
	}
	return nil
}

// InsertFormula writes a formula; see module.Tx.
func (t Tx) InsertFormula(ctx context.Context, f *module.Formula) error {
	text, err := json.Marshal(f.Rules)
	if err != nil {
		return fmt.Errorf("write a formula down: %w", err)
	}
	row := formulaRow{GroupCode: f.GroupCode, FromMonth: f.FromMonth, Rules: string(text), Source: f.Source, Assumed: f.Assumed, MadeBy: f.MadeBy, MadeAt: f.MadeAt}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return taken(err, "ranking.formula_exists", "The group has a formula from this month on.")
	}
	f.ID = row.ID
	return nil
}

// InsertRun writes a new run; see module.Tx.
func (t Tx) InsertRun(ctx context.Context, r *module.Run) error {
	row, err := rowOf(*r)
	if err != nil {
		return err
	}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return taken(err, "ranking.unfinished", "Another edition of the month is not published yet.")
	}
	r.ID = row.ID
	return nil
}

// taken tells what a unique index refused.
func taken(err error, code, message string) error {
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, code, message)
	}
	return fmt.Errorf("insert into the assessments: %w", err)
}

// SaveRun writes a run over the version before; see module.Tx.
func (t Tx) SaveRun(ctx context.Context, r module.Run) error {
	row, err := rowOf(r)
	if err != nil {
		return err
	}
	done := t.DB(ctx).Model(&row).Where("id = ? AND version = ? AND unfinished", r.ID, r.Version-1).
		Select("state", "unfinished", "formulas", "inputs", "scores", "objections_until", "worked_at", "published_by", "published_at", "version").Updates(&row)
	if done.Error != nil {
		return fmt.Errorf("save assessment %s: %w", r.ID, done.Error)
	}
	if done.RowsAffected != 1 {
		return fault.New(fault.Conflict, "ranking.busy", "Somebody else is changing the assessment.")
	}
	return nil
}

// Supersede ends what is published of a month.
func (t Tx) Supersede(ctx context.Context, month string) error {
	if err := t.DB(ctx).Exec("UPDATE rank_runs SET state = 'superseded', version = version + 1 WHERE month = ? AND state = 'published'", month).Error; err != nil {
		return fmt.Errorf("supersede the assessment of %s: %w", month, err)
	}
	return nil
}

// AddBlame writes a fault that was entered by hand.
func (t Tx) AddBlame(ctx context.Context, b module.Blame) error {
	if err := t.DB(ctx).Table("rank_faults").Create(&b).Error; err != nil {
		return fmt.Errorf("add a fault to assessment %s: %w", b.RunID, err)
	}
	return nil
}

// AddObjection writes an objection.
func (t Tx) AddObjection(ctx context.Context, o *module.Objection) error {
	if err := t.DB(ctx).Table("rank_objections").Create(o).Error; err != nil {
		return fmt.Errorf("add an objection to assessment %s: %w", o.RunID, err)
	}
	return nil
}

// AnswerObjection answers one that has no answer yet.
func (t Tx) AnswerObjection(ctx context.Context, o module.Objection) (bool, error) {
	done := t.DB(ctx).Exec("UPDATE rank_objections SET answer = ?, upheld = ?, answered_by = ?, answered_at = ? WHERE id = ? AND answered_at IS NULL",
		o.Answer, o.Upheld, o.AnsweredBy, o.AnsweredAt, o.ID)
	if done.Error != nil {
		return false, fmt.Errorf("answer objection %s: %w", o.ID, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)

// PastObjections ends the time to object to a run of the demo world, which is
// made in a moment and shows a month that was published.
func PastObjections(ctx context.Context, number id.Run, at time.Time) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		if err := tx.DB(ctx).Exec("UPDATE rank_runs SET objections_until = ? WHERE id = ?", at, number).Error; err != nil {
			return fmt.Errorf("end the time to object to assessment %s: %w", number, err)
		}
		return nil
	}
}
