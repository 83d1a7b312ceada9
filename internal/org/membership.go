package org

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Membership is one role of a person in a unit. It holds from FromOn until
// the day before UntilOn, so that an end set to today works at once; without
// UntilOn it is open.
type Membership struct {
	ID        id.Membership
	User      id.User
	UserName  string
	Unit      id.Unit
	Role      access.Role
	FromOn    clock.Date
	UntilOn   clock.Date
	GrantedBy id.User // 0: at the console of the server
	Version   int64
	CreatedAt time.Time
}

// LiveOn tells whether the membership holds on the day.
func (m Membership) LiveOn(day clock.Date) bool {
	return !day.Before(m.FromOn) && (m.UntilOn.IsZero() || day.Before(m.UntilOn))
}

// Empty tells whether the membership ended before it held a day, as one does
// that was taken back on its first day.
func (m Membership) Empty() bool { return !m.UntilOn.IsZero() && !m.FromOn.Before(m.UntilOn) }

// Overlaps tells whether there is a day on which both memberships hold.
func (m Membership) Overlaps(other Membership) bool {
	if m.Empty() || other.Empty() {
		return false
	}
	return (m.UntilOn.IsZero() || other.FromOn.Before(m.UntilOn)) &&
		(other.UntilOn.IsZero() || m.FromOn.Before(other.UntilOn))
}

// Grant is what a security administrator enters. FromOn none means today,
// UntilOn none means open.
type Grant struct {
	User    id.User
	Unit    id.Unit
	Role    access.Role
	FromOn  clock.Date
	UntilOn clock.Date
}

// rule checks what can be said without looking at the person's other roles.
func (g Grant) rule(unit Unit, today clock.Date) error {
	if !fits(g.Role, unit.Kind) {
		return fault.New(fault.Invalid, "membership.role_unit_mismatch", "This role does not exist in this kind of unit.").
			With("role", string(g.Role)).With("unit_kind", string(unit.Kind))
	}
	if !unit.OpenOn(today) {
		return fault.New(fault.Invalid, "membership.unit_closed", "The unit is closed.")
	}
	if !g.UntilOn.IsZero() && !g.FromOn.Before(g.UntilOn) {
		return fault.BadField("until_on", "date.before_start")
	}
	return nil
}

// end returns the membership with another end; none makes it open.
func (m Membership) end(until clock.Date) (Membership, error) {
	if !until.IsZero() && until.Before(m.FromOn) {
		return m, fault.BadField("until_on", "date.before_start")
	}
	m.UntilOn = until
	return m, nil
}

// fitsBeside checks a new membership against the person's others: no second
// administrator role at any time, not the same role twice at a time.
func (m Membership) fitsBeside(others []Membership) error {
	for _, o := range others {
		if o.ID == m.ID || !m.Overlaps(o) {
			continue
		}
		if m.Role.Administrator() && o.Role.Administrator() && m.Role != o.Role {
			return fault.New(fault.Conflict, "membership.two_administrators",
				"Nobody may hold two of the three administrator roles.").With("role", string(o.Role))
		}
		if m.Role == o.Role && m.Unit == o.Unit {
			return fault.New(fault.Conflict, "membership.exists", "The person has this role in this unit already.").
				With("membership_id", int64(o.ID))
		}
	}
	return nil
}
