package org

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Calendar returns the office calendar of a year; 0 asks for the present one.
// Any live session may ask: its days bind everybody.
//
// Errors: Invalid "input.invalid" on year.
func (s *Service) Calendar(ctx context.Context, actor access.Actor, year int) (CalendarView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return CalendarView{}, err
	}
	today := clock.DateOf(now)
	if year == 0 {
		year = today.Year()
	}
	if year < clock.FirstYear || year > clock.LastYear {
		return CalendarView{}, fault.BadField("year", "unknown_value")
	}
	days, err := s.store.CalendarDays(ctx)
	if err != nil {
		return CalendarView{}, fmt.Errorf("read the calendar: %w", err)
	}
	d, err := s.Directory(ctx)
	if err != nil {
		return CalendarView{}, err
	}
	v := CalendarView{
		Year: year, Today: today, Revision: d.content.Revision, Days: []CalendarDayView{}, Years: years(days, today),
		Hours: hoursOf(d.content.Rules), Can: mayManage(actor),
	}
	for _, day := range days {
		if day.Date.Year() == year {
			v.Days = append(v.Days, dayView(day))
		}
	}
	v.Known = len(v.Days) > 0
	return v, nil
}

// MayEditDay refuses an edit of a day of the calendar before its body is
// read.
//
// Errors: Forbidden "forbidden"; Stale "stale"; those of version.
func (s *Service) MayEditDay(ctx context.Context, actor access.Actor, day clock.Date, version func() (int64, error)) error {
	if err := needs(actor, access.CalendarManage); err != nil {
		return err
	}
	want, err := version()
	if err != nil {
		return err
	}
	days, err := s.store.CalendarDays(ctx)
	if err != nil {
		return fmt.Errorf("read the calendar: %w", err)
	}
	var present CalendarDay
	if i := slices.IndexFunc(days, func(d CalendarDay) bool { return d.Date == day }); i >= 0 {
		present = days[i]
	}
	if present.Version != want {
		return s.refused(ctx, actor.Line("calendar.edited", "calendar_day", dayNumber(day)), staleDay(ctx, s.store, day, present.Version))
	}
	return nil
}

// dayNumber is the day as the number of an audit line: 20270101.
func dayNumber(d clock.Date) int64 {
	t := d.Start().In(clock.Location())
	return int64(t.Year()*10000 + int(t.Month())*100 + t.Day())
}

func staleDay(ctx context.Context, log editLog, day clock.Date, present int64) error {
	differs, err := log.FieldsEdited(ctx, event.Edits{
		Object: "calendar_day", ID: dayNumber(day), Kinds: []string{"calendar.edited", "calendar.cleared"}, Last: 1,
	})
	if err != nil {
		return err
	}
	return stale(present, differs...)
}

// SetDay says what a day of the calendar is, a day off or worked, and lets
// every running clock follow in the same transaction. The caller needs
// access.CalendarManage. Version is 0 for a day that the calendar does not
// name yet.
//
// Errors: Forbidden "forbidden"; Stale "stale"; Invalid "input.invalid".
func (s *Service) SetDay(ctx context.Context, actor access.Actor, day clock.Date, version int64, e DayEdit) (CalendarChange, error) {
	if err := e.check(); err != nil {
		return CalendarChange{}, err
	}
	return s.editCalendar(ctx, actor, func(tx Tx, now time.Time) (edited, error) {
		before, err := tx.CalendarDay(ctx, day)
		if err != nil {
			return edited{}, err
		}
		if before.Version != version {
			return edited{}, staleDay(ctx, tx, day, before.Version)
		}
		next := CalendarDay{Day: clock.Day{Date: day, Working: e.Working, Name: e.Name, Source: e.Source}, ChangedBy: actor.User, ChangedAt: &now}
		line := actor.Line("calendar.edited", "calendar_day", dayNumber(day))
		line.Changes = dayChanges(before, next)
		return edited{what: "day " + day.String(), from: day, to: day, line: line, day: &next, put: []CalendarDay{next}, drop: day}, nil
	})
}

// ClearDay takes a day out of the calendar, so that the plain week decides
// about it. The caller needs access.CalendarManage.
//
// Errors: Forbidden "forbidden"; Stale "stale"; Conflict "calendar.plain" for
// a day that the calendar does not name.
func (s *Service) ClearDay(ctx context.Context, actor access.Actor, day clock.Date, version int64) (CalendarChange, error) {
	return s.editCalendar(ctx, actor, func(tx Tx, _ time.Time) (edited, error) {
		before, err := tx.CalendarDay(ctx, day)
		switch {
		case err != nil:
			return edited{}, err
		case before.Version != version:
			return edited{}, staleDay(ctx, tx, day, before.Version)
		case before.Version == 0:
			return edited{}, fault.New(fault.Conflict, "calendar.plain", "The calendar does not name this day.")
		}
		line := actor.Line("calendar.cleared", "calendar_day", dayNumber(day))
		line.Changes = dayChanges(before, CalendarDay{})
		return edited{what: "day " + day.String(), from: day, to: day, line: line, drop: day}, nil
	})
}

// ImportYear replaces the arrangement of a year by a published one. The caller
// needs access.CalendarManage.
//
// Errors: Forbidden "forbidden"; Invalid "input.invalid".
func (s *Service) ImportYear(ctx context.Context, actor access.Actor, y YearImport) (CalendarChange, error) {
	if err := y.check(); err != nil {
		return CalendarChange{}, err
	}
	first, last := clock.NewDate(y.Year, time.January, 1), clock.NewDate(y.Year, time.December, 31)
	return s.editCalendar(ctx, actor, func(_ Tx, now time.Time) (edited, error) {
		e := edited{what: fmt.Sprintf("year %d", y.Year), from: first, to: last, year: y.Year}
		for _, d := range y.Days {
			d.Source = y.Source
			e.put = append(e.put, CalendarDay{Day: d, ChangedBy: actor.User, ChangedAt: &now})
		}
		e.line = actor.Line("calendar.imported", "calendar_year", int64(y.Year))
		e.line.Changes = []event.Change{
			{Field: "days", After: fmt.Sprint(len(y.Days))}, {Field: "source", After: y.Source},
		}
		return e, nil
	})
}

// SetHours sets the office hours from a day on, today or later. With a last
// day, what would have held after it comes back. The caller needs
// access.CalendarManage.
//
// Errors: Forbidden "forbidden"; Invalid "input.invalid", on close_minute
// "hours.order" when the offices would open after they close; Conflict
// "rule.exists" when the hours change on one of the days already.
func (s *Service) SetHours(ctx context.Context, actor access.Actor, h HoursDraft) (CalendarChange, error) {
	return s.editCalendar(ctx, actor, func(tx Tx, now time.Time) (edited, error) {
		if err := h.check(clock.DateOf(now)); err != nil {
			return edited{}, err
		}
		content, err := tx.Calendar(ctx)
		if err != nil {
			return edited{}, err
		}
		rules := h.rules(NewRules(content.Rules))
		for _, r := range rules {
			r.ChangedBy, r.CreatedAt, r.Confirmed = actor.User, now, true
			if _, err := tx.InsertRule(ctx, r); err != nil {
				return edited{}, err
			}
		}
		if err := ordered(append(content.Rules, rules...), h.FromOn, "close_minute"); err != nil {
			return edited{}, err
		}
		e := edited{what: "hours from " + h.FromOn.String(), from: h.FromOn, to: h.UntilOn}
		e.line = actor.Line("calendar.hours", "calendar", dayNumber(h.FromOn))
		e.line.Changes = []event.Change{
			{Field: "open_minute", After: fmt.Sprint(h.Open)},
			{Field: "close_minute", After: fmt.Sprint(h.Close)},
			{Field: "from_on", After: h.FromOn.String()},
			{Field: "until_on", After: h.UntilOn.String()},
			{Field: "source", After: h.Source},
		}
		return e, nil
	})
}

// rules are the numbers that the draft sets: the hours, and after its last day
// what held there before.
func (h HoursDraft) rules(in Rules) []Rule {
	out := []Rule{
		{Key: OfficeOpenMinute, Value: h.Open, FromOn: h.FromOn, Source: h.Source},
		{Key: OfficeCloseMinute, Value: h.Close, FromOn: h.FromOn, Source: h.Source},
	}
	if h.UntilOn.IsZero() {
		return out
	}
	back := h.UntilOn.AddDays(1)
	for _, key := range []string{OfficeOpenMinute, OfficeCloseMinute} {
		if old, ok := in.InForce(key, back); ok && old.FromOn != back {
			out = append(out, Rule{Key: key, Value: old.Value, FromOn: back, Source: old.Source})
		}
	}
	return out
}

// edited is what an edit of the calendar writes and which days it touches.
type edited struct {
	what     string
	from, to clock.Date
	line     event.Line
	put      []CalendarDay
	drop     clock.Date // the day that is replaced
	year     int        // the year that is replaced
	day      *CalendarDay
}

// editCalendar does one edit: all edits come one after another, each has a
// number, and the running clocks follow before it is committed.
func (s *Service) editCalendar(
	ctx context.Context, actor access.Actor, work func(tx Tx, now time.Time) (edited, error),
) (CalendarChange, error) {
	if err := needs(actor, access.CalendarManage); err != nil {
		return CalendarChange{}, err
	}
	var out CalendarChange
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.LockCalendar(ctx); err != nil {
			return err
		}
		now := tx.Now(ctx)
		e, err := work(tx, now)
		if err != nil {
			return err
		}
		if out.Revision, err = tx.AddCalendarChange(ctx, e.what, actor.User, now); err != nil {
			return err
		}
		if err := e.write(ctx, tx, out.Revision); err != nil {
			return err
		}
		if out.Moved, err = follow(ctx, tx, now, e.from, e.to); err != nil {
			return err
		}
		if e.day != nil {
			e.day.Version = versionOf(out.Revision)
			v := dayView(*e.day)
			out.Day = &v
		}
		e.line.Changes = append(e.line.Changes, event.Change{Field: "clocks_moved", After: fmt.Sprint(out.Moved)})
		return tx.Record(ctx, e.line)
	})
	s.changed(ctx)
	return out, err
}

// versionOf is the version of what a change wrote; the first content has 1.
func versionOf(revision int64) int64 { return revision + 1 }

func (e edited) write(ctx context.Context, tx Tx, revision int64) error {
	if e.year != 0 {
		if err := tx.DropDays(ctx, clock.NewDate(e.year, time.January, 1), clock.NewDate(e.year, time.December, 31)); err != nil {
			return err
		}
	}
	if !e.drop.IsZero() {
		if err := tx.DropDays(ctx, e.drop, e.drop); err != nil {
			return err
		}
	}
	for _, d := range e.put {
		d.Version = versionOf(revision)
		if err := tx.PutDay(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// follow lets the running clocks follow the calendar as it now is.
func follow(ctx context.Context, tx Tx, now time.Time, from, to clock.Date) (int, error) {
	content, err := tx.Calendar(ctx)
	if err != nil {
		return 0, err
	}
	rules := NewRules(content.Rules)
	return tx.FollowCalendar(ctx, CalendarEdit{
		Office: officeOf(content, rules), Rules: rules, Today: clock.DateOf(now), From: from, To: to,
	})
}

func dayChanges(before, after CalendarDay) []event.Change {
	var out []event.Change
	add := func(field, from, to string) {
		if from != to {
			out = append(out, event.Change{Field: field, Before: from, After: to})
		}
	}
	kind := func(d CalendarDay) string {
		switch {
		case d.Date.IsZero():
			return ""
		case d.Working:
			return "working"
		}
		return "off"
	}
	add("working", kind(before), kind(after))
	add("name", before.Name, after.Name)
	add("source", before.Source, after.Source)
	return out
}

// datesOf are the days from which rules hold, in order, each once.
func datesOf(rules []Rule) []clock.Date {
	var out []clock.Date
	for _, r := range rules {
		out = append(out, r.FromOn)
	}
	slices.SortFunc(out, clock.Date.Compare)
	return slices.Compact(out)
}
