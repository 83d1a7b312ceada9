// Package supervise reads in SQL what was not done in time, and keeps the
// slips. Rows about leads are read through the lead's own sealed scope, which
// the program hands in.
package supervise

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
	module "github.com/leadrelay/leadrelay/internal/supervise"
)

// Store is the supervision of one database.
type Store struct {
	db    *store.DB
	leads store.Leads
}

// New returns the supervision of an open database.
func New(db *store.DB, leads store.Leads) *Store { return &Store{db: db, leads: leads} }

// Tx is a transaction on slips.
type Tx struct {
	*store.Tx
	leads store.Leads
}

// InTx runs work in one transaction; see store.DB.InTx.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(Tx{Tx: tx, leads: s.leads}) })
}

// Now returns the database's present instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// reads are the queries that a store and a transaction share.
type reads struct {
	store.Sealed
	dialect store.Dialect
}

func (s *Store) reads(ctx context.Context) reads {
	return reads{Sealed: s.db.Sealed(ctx, s.leads), dialect: s.db.Dialect()}
}

func (t Tx) reads(ctx context.Context) reads {
	return reads{Sealed: t.Sealed(ctx, t.leads), dialect: t.Dialect()}
}

// slips are the slips that a scope covers as s: those that one of its units
// issued or answers, or all.
func (q reads) slips(read access.Scope) *gorm.DB { return q.slipsWith(read, "") }

// slipsWith are slips with what is joined to them.
func (q reads) slipsWith(read access.Scope, join string) *gorm.DB {
	inside := q.DB.Table("slips").Select("*")
	if !read.Any() {
		units := append([]id.Unit{0}, read.Units()...)
		inside = inside.Where("(unit_id IN ? OR issuer_unit_id IN ?)", units, units)
	}
	return q.DB.Table("(?) AS s"+join, inside)
}

func (q reads) wanted(read access.Scope, w module.SlipWant) *gorm.DB {
	query := q.slips(read)
	if read.Empty() {
		query = query.Where("1 = 0")
	}
	if w.Slip != 0 {
		query = query.Where("s.id = ?", w.Slip)
	}
	if w.To != nil {
		query = query.Where("s.unit_id IN ?", w.To)
	}
	if w.From != nil {
		query = query.Where("s.issuer_unit_id IN ?", w.From)
	}
	if len(w.States) > 0 {
		query = query.Where("s.state IN ?", w.States)
	}
	if w.Late {
		query = query.Where("(s.replied_at > s.due_at OR s.state IN ('issued', 'received', 'returned') AND s.due_at < ?)", q.Now)
	}
	return query
}

type slipRow struct {
	Slip module.Slip `gorm:"embedded"`
}

// TableName is the table of slips.
func (slipRow) TableName() string { return "slips" }

func (q reads) slipsOf(read access.Scope, w module.SlipWant) ([]module.Slip, error) {
	query := q.wanted(read, w).Select("s.*").Order("s.id DESC").Limit(w.Limit)
	if w.After != nil {
		query = query.Where("s.id < ?", w.After.ID)
	}
	var rows []slipRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read slips: %w", err)
	}
	out := make([]module.Slip, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Slip)
	}
	return out, nil
}

// Slips returns slips that the scope covers; see module.Reading.
func (s *Store) Slips(ctx context.Context, read access.Scope, w module.SlipWant) ([]module.Slip, error) {
	return s.reads(ctx).slipsOf(read, w)
}

// Slips is Store.Slips within the transaction.
func (t Tx) Slips(ctx context.Context, read access.Scope, w module.SlipWant) ([]module.Slip, error) {
	return t.reads(ctx).slipsOf(read, w)
}

// CountSlips counts slips that the scope covers; see module.Store.
func (s *Store) CountSlips(ctx context.Context, read access.Scope, w module.SlipWant) (int64, error) {
	var n int64
	if err := s.reads(ctx).wanted(read, w).Select("count(*)").Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count slips: %w", err)
	}
	return n, nil
}

// People names persons.
func (s *Store) People(ctx context.Context, users []id.User) (map[id.User]string, error) {
	return s.db.People(ctx, users)
}

// Names names leads to a reader; see module.Store.
func (s *Store) Names(ctx context.Context, read access.Scope, leads []id.Lead) (module.Names, error) {
	out := module.Names{Titles: map[id.Lead]string{}, Hidden: map[id.Lead]bool{}}
	if len(leads) == 0 {
		return out, nil
	}
	q := s.reads(ctx)
	type named struct {
		ID    id.Lead
		Title string
	}
	var seen []named
	if !read.Empty() {
		if err := q.Table(read).Select("l.id, l.title").Where("l.id IN ?", leads).Scan(&seen).Error; err != nil {
			return out, fmt.Errorf("name leads: %w", err)
		}
	}
	for _, n := range seen {
		out.Titles[n.ID] = n.Title
	}
	var hidden []id.Lead
	system := access.System("tell restricted leads on supervision slips")
	if err := q.Table(system).Where("l.restricted AND l.id IN ?", leads).Pluck("l.id", &hidden).Error; err != nil {
		return out, fmt.Errorf("tell restricted leads: %w", err)
	}
	for _, l := range hidden {
		out.Hidden[l] = true
	}
	return out, nil
}

// Story returns what belongs to slips that were read through a scope.
func (s *Store) Story(ctx context.Context, slips []module.Slip) (map[id.Slip]module.Story, error) {
	out := map[id.Slip]module.Story{}
	if len(slips) == 0 {
		return out, nil
	}
	numbers := make([]id.Slip, 0, len(slips))
	for _, s := range slips {
		numbers = append(numbers, s.ID)
	}
	db := s.db.Read(ctx)
	var rows []module.SlipRow
	var events []module.SlipEvent
	var files []module.SlipFile
	for table, into := range map[string]any{"slip_rows": &rows, "slip_events": &events, "slip_files": &files} {
		if err := db.Raw("SELECT * FROM "+table+" WHERE slip_id IN ? ORDER BY id", numbers).Scan(into).Error; err != nil {
			return nil, fmt.Errorf("read %s: %w", table, err)
		}
	}
	for _, r := range rows {
		story := out[r.SlipID]
		story.Rows = append(story.Rows, r)
		out[r.SlipID] = story
	}
	for _, e := range events {
		story := out[e.SlipID]
		story.Events = append(story.Events, e)
		out[e.SlipID] = story
	}
	for _, f := range files {
		story := out[f.SlipID]
		story.Files = append(story.Files, f)
		out[f.SlipID] = story
	}
	return out, nil
}

// ToRemind returns slips of which something is to be told by now.
func (s *Store) ToRemind(ctx context.Context, system access.Scope, limit int) ([]module.Slip, error) {
	q := s.reads(ctx)
	var rows []slipRow
	err := q.slips(system).Select("s.*").Where("s.remind_at <= ?", q.Now).Order("s.remind_at, s.id").Limit(limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read slips to remind of: %w", err)
	}
	out := make([]module.Slip, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Slip)
	}
	return out, nil
}

// Hold locks a slip; on SQLite every transaction is alone.
func (t Tx) Hold(ctx context.Context, slip id.Slip) error {
	if t.Dialect() == store.SQLite {
		return nil
	}
	if err := t.DB(ctx).Exec("UPDATE slips SET version = version WHERE id = ?", slip).Error; err != nil {
		return fmt.Errorf("lock slip %s: %w", slip, err)
	}
	return nil
}

// NextNumber gives the next number of a year. Two at once get two: the row of
// the year is locked until the first has committed.
func (t Tx) NextNumber(ctx context.Context, year int) (int64, error) {
	var n int64
	err := t.DB(ctx).Raw("INSERT INTO slip_years (year, last) VALUES (?, 1) ON CONFLICT (year) DO UPDATE SET last = slip_years.last + 1 RETURNING last", year).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("number a slip: %w", err)
	}
	return n, nil
}

// InsertSlip writes a new slip with the rows that it stands on.
func (t Tx) InsertSlip(ctx context.Context, s *module.Slip, rows []module.SlipRow) error {
	row := slipRow{Slip: *s}
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("insert a slip: %w", err)
	}
	*s = row.Slip
	for n := range rows {
		rows[n].SlipID = s.ID
	}
	if len(rows) == 0 {
		return nil
	}
	if err := t.DB(ctx).Table("slip_rows").Create(&rows).Error; err != nil {
		return fmt.Errorf("insert the rows of slip %s: %w", s.ID, err)
	}
	return nil
}

// SaveSlip writes a slip over the version before.
func (t Tx) SaveSlip(ctx context.Context, s module.Slip) error {
	row := slipRow{Slip: s}
	done := t.DB(ctx).Model(&row).Where("id = ? AND version = ?", s.ID, s.Version-1).
		Select("subject", "matter", "requirement", "days", "due_at", "state", "received_at", "replied_at", "ended_at", "reminded", "remind_at", "version").Updates(&row)
	if done.Error != nil {
		return fmt.Errorf("save slip %s: %w", s.ID, done.Error)
	}
	if done.RowsAffected != 1 {
		return fault.New(fault.Conflict, "slip.busy", "Somebody else is changing the slip.")
	}
	return nil
}

// AddEvent writes a line of a slip's story.
func (t Tx) AddEvent(ctx context.Context, e module.SlipEvent) error {
	if err := t.DB(ctx).Table("slip_events").Create(&e).Error; err != nil {
		return fmt.Errorf("write the story of slip %s: %w", e.SlipID, err)
	}
	return nil
}

// AddFile writes a document of a slip.
func (t Tx) AddFile(ctx context.Context, f *module.SlipFile) error {
	if err := t.DB(ctx).Table("slip_files").Create(f).Error; err != nil {
		return fmt.Errorf("add a file to slip %s: %w", f.SlipID, err)
	}
	return nil
}

// Reminded moves a slip's reminder on; see module.Tx.
func (t Tx) Reminded(ctx context.Context, s module.Slip, to int64, next time.Time) (bool, error) {
	done := t.DB(ctx).Exec("UPDATE slips SET reminded = ?, remind_at = ? WHERE id = ? AND reminded = ? AND reminded < 2 AND remind_at = ? AND state IN ('issued', 'received', 'returned')",
		to, clock.Cut(next), s.ID, s.Reminded, s.RemindAt)
	if done.Error != nil {
		return false, fmt.Errorf("mark slip %s as reminded of: %w", s.ID, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// The store keeps what the module asks of it.
var (
	_ module.Store = (*Store)(nil)
	_ module.Tx    = Tx{}
)
