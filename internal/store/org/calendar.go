package org

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Follower lets what runs by the office calendar follow a change of it in
// its transaction, and returns how much moved.
type Follower func(ctx context.Context, tx *store.Tx, e module.CalendarEdit) (int, error)

// Following returns the store with what follows the office calendar.
func (s *Store) Following(f Follower) *Store { return &Store{db: s.db, follow: f} }

type dayRow struct {
	Day          clock.Date
	Working      bool
	Name, Source string
	Version      int64
	ChangedBy    *id.User
	ChangedAt    *time.Time
}

func (r dayRow) day() module.CalendarDay {
	d := module.CalendarDay{
		Day: clock.Day{Date: r.Day, Working: r.Working, Name: r.Name, Source: r.Source}, Version: r.Version, ChangedAt: r.ChangedAt,
	}
	if r.ChangedBy != nil {
		d.ChangedBy = *r.ChangedBy
	}
	return d
}

const selectDays = "SELECT day, working, name, source, version, changed_by, changed_at FROM calendar_days"

// CalendarDays returns every day that the calendar names, by date.
func (s *Store) CalendarDays(ctx context.Context) ([]module.CalendarDay, error) {
	return calendarDays(s.db.Read(ctx).Raw(selectDays + " ORDER BY day"))
}

func calendarDays(query *gorm.DB) ([]module.CalendarDay, error) {
	var rows []dayRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the days of the calendar: %w", err)
	}
	out := make([]module.CalendarDay, len(rows))
	for i, r := range rows {
		out[i] = r.day()
	}
	return out, nil
}

// LockCalendar lets changes of the calendar come one after another: each is
// worked out from all that were made before.
func (t *Tx) LockCalendar(ctx context.Context) error {
	if t.Dialect() != store.Postgres {
		return nil // SQLite has one writer
	}
	if err := t.DB(ctx).Exec("LOCK TABLE calendar_changes IN SHARE ROW EXCLUSIVE MODE").Error; err != nil {
		return fmt.Errorf("lock the calendar: %w", err)
	}
	return nil
}

// CalendarDay returns the entry of a day; without one its version is 0.
func (t *Tx) CalendarDay(ctx context.Context, day clock.Date) (module.CalendarDay, error) {
	days, err := calendarDays(t.DB(ctx).Raw(selectDays+" WHERE day = ?", day))
	if err != nil || len(days) == 0 {
		return module.CalendarDay{}, err
	}
	return days[0], nil
}

// PutDay adds the entry of a day.
func (t *Tx) PutDay(ctx context.Context, d module.CalendarDay) error {
	err := t.DB(ctx).Exec("INSERT INTO calendar_days (day, working, name, source, version, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		d.Date, d.Working, d.Name, d.Source, d.Version, none(d.ChangedBy), d.ChangedAt).Error
	if err != nil {
		return fmt.Errorf("enter day %s: %w", d.Date, err)
	}
	return nil
}

// DropDays takes the entries from a day to another out of the calendar.
func (t *Tx) DropDays(ctx context.Context, from, to clock.Date) error {
	if err := t.DB(ctx).Exec("DELETE FROM calendar_days WHERE day >= ? AND day <= ?", from, to).Error; err != nil {
		return fmt.Errorf("clear the days from %s to %s: %w", from, to, err)
	}
	return nil
}

// AddCalendarChange notes a change of the calendar and returns its number.
func (t *Tx) AddCalendarChange(ctx context.Context, what string, by id.User, at time.Time) (int64, error) {
	var n int64
	err := t.DB(ctx).Raw("INSERT INTO calendar_changes (at, what, changed_by) VALUES (?, ?, ?) RETURNING id", at, what, none(by)).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("note a change of the calendar: %w", err)
	}
	return n, nil
}

// Calendar reads the days, the numbers and the revision as the transaction has
// them.
func (t *Tx) Calendar(ctx context.Context) (c module.Content, err error) {
	db := t.DB(ctx)
	if c.Revision, err = revision(db); err != nil {
		return c, fmt.Errorf("read the calendar's revision: %w", err)
	}
	if c.Rules, err = rules(db); err != nil {
		return c, fmt.Errorf("read the city's numbers: %w", err)
	}
	if c.Days, err = days(db); err != nil {
		return c, fmt.Errorf("read the calendar: %w", err)
	}
	return c, nil
}

// FollowCalendar lets what runs by the calendar follow it, in this
// transaction.
func (t *Tx) FollowCalendar(ctx context.Context, e module.CalendarEdit) (int, error) {
	if t.follow == nil {
		return 0, nil
	}
	return t.follow(ctx, t.Tx, e)
}
