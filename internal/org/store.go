package org

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Store keeps the organisation.
type Store interface {
	InTx(ctx context.Context, work func(Tx) error) error
	// AtEnd runs f when the transaction that ctx is part of has ended; at once
	// when there is none.
	AtEnd(ctx context.Context, f func())
	Now(ctx context.Context) (time.Time, error)
	// Stamp returns a text that changes with every change of the content.
	Stamp(ctx context.Context) (Stamp, error)
	// Load reads the whole content as of one moment.
	Load(ctx context.Context) (Content, error)
	// CalendarDays returns every day that the calendar names, by date.
	CalendarDays(ctx context.Context) ([]CalendarDay, error)
	// Membership errors: NotFound "membership.unknown".
	Membership(ctx context.Context, membership id.Membership) (Membership, error)
	// Memberships returns up to request.Limit+1 rows by id, and their number.
	Memberships(ctx context.Context, filter MembershipFilter, request page.Request) ([]Membership, int64, error)
	People(ctx context.Context, filter PeopleFilter) ([]Person, error)
	// MissingAccounts returns the accounts whose names are free.
	MissingAccounts(ctx context.Context, accounts []Account) ([]Account, error)
	// FieldsEdited names what the last edits of a row changed.
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	// RecordRefusal writes a line in a transaction of its own.
	RecordRefusal(ctx context.Context, line event.Line) error
}

// Tx is one transaction of the organisation.
type Tx interface {
	Now(ctx context.Context) time.Time
	Record(ctx context.Context, line event.Line) error

	// Unit errors: NotFound "unit.unknown".
	Unit(ctx context.Context, unit id.Unit) (Unit, error)
	// InsertUnit errors: Conflict "unit.slug_taken".
	InsertUnit(ctx context.Context, u Unit) (id.Unit, error)
	// UpdateUnit writes u where its version is still u.Version and tells
	// whether it was; the version grows by one.
	UpdateUnit(ctx context.Context, u Unit) (bool, error)
	// TouchUnit raises a unit's version and so locks it.
	TouchUnit(ctx context.Context, unit id.Unit) error
	// MarkChain copies the mark of a chain team to its chain.
	MarkChain(ctx context.Context, team id.Unit, confirmed bool) error

	Codes(ctx context.Context, unit id.Unit) ([]Code, error)
	// InsertCode errors: Conflict "unit.code_taken".
	InsertCode(ctx context.Context, c Code) error
	EndCode(ctx context.Context, code int64, last clock.Date) error
	InsertLink(ctx context.Context, l Link) error
	InsertChain(ctx context.Context, c Chain) error
	InsertPark(ctx context.Context, p Park) error
	InsertDays(ctx context.Context, days []clock.Day) error

	// LockCalendar lets nobody else change the calendar until the end of the
	// transaction.
	LockCalendar(ctx context.Context) error
	// CalendarDay returns the entry of a day; without one its version is 0.
	CalendarDay(ctx context.Context, day clock.Date) (CalendarDay, error)
	PutDay(ctx context.Context, d CalendarDay) error
	// DropDays takes the entries from a day to another out of the calendar.
	DropDays(ctx context.Context, from, to clock.Date) error
	// AddCalendarChange notes a change and returns its number.
	AddCalendarChange(ctx context.Context, what string, by id.User, at time.Time) (int64, error)
	// Calendar reads days, numbers and revision as the transaction has them.
	Calendar(ctx context.Context) (Content, error)
	// FollowCalendar works out the running clocks anew and returns how many
	// moved.
	FollowCalendar(ctx context.Context, e CalendarEdit) (int, error)

	// InsertRule errors: Conflict "rule.exists" when the key has a number
	// from that day already.
	InsertRule(ctx context.Context, r Rule) (int64, error)

	// LockUser lets nobody else change the person's memberships until the
	// end of the transaction and returns the person's name.
	//
	// Errors: Invalid on field user_id when there is no such person.
	LockUser(ctx context.Context, user id.User) (string, error)
	// Membership errors: NotFound "membership.unknown".
	Membership(ctx context.Context, membership id.Membership) (Membership, error)
	// FieldsEdited names what the last edits of a row changed.
	FieldsEdited(ctx context.Context, e event.Edits) ([]string, error)
	MembershipsOf(ctx context.Context, user id.User) ([]Membership, error)
	InsertMembership(ctx context.Context, m Membership) (id.Membership, error)
	// UpdateMembership writes the end of m where its version is still
	// m.Version and tells whether it was.
	UpdateMembership(ctx context.Context, m Membership) (bool, error)
	// InsertAccount adds a demo account and returns its id, or 0 when the
	// name is taken.
	InsertAccount(ctx context.Context, a Account, hash string, at time.Time) (id.User, error)
}

// MembershipFilter narrows the list of memberships; zero values do not.
type MembershipFilter struct {
	User id.User
	Unit id.Unit
	Live *bool      // whether it holds on Day
	Day  clock.Date // filled by the service
}

// PeopleFilter narrows the search for people.
type PeopleFilter struct {
	Query string // part of the name or login name
	Unit  id.Unit
	Day   clock.Date // filled by the service
	Limit int
}

// Person is somebody who can be named, with the units in which he has a
// role today.
type Person struct {
	ID       id.User   `json:"id"`
	Name     string    `json:"name"`
	Username string    `json:"username"`
	UnitIDs  []id.Unit `json:"unit_ids"`
}
