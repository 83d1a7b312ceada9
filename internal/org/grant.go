package org

import (
	"context"
	"fmt"
	"strconv"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Memberships returns one page of the memberships that fit the filter, the
// newest first. The caller needs access.MembershipRule.
//
// Errors: Forbidden "forbidden"; Invalid "input.invalid" on a cursor made
// for something else.
func (s *Service) Memberships(
	ctx context.Context, actor access.Actor, filter MembershipFilter, limit int, cursor string,
) (page.Of[Membership], error) {
	none := page.Of[Membership]{}
	if err := needs(actor, access.MembershipRule); err != nil {
		return none, err
	}
	request := page.Request{Limit: limit, Sort: page.Sort{Name: "id", Desc: true}}
	bound := fmt.Sprintf("memberships|%s|%s|%s|%s", actor.User, filter.User, filter.Unit, liveText(filter.Live))
	if cursor != "" {
		after, err := s.cursors.Open(cursor, bound)
		if err != nil {
			return none, err
		}
		request.After = after
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return none, err
	}
	filter.Day = clock.DateOf(now)
	rows, total, err := s.store.Memberships(ctx, filter, request)
	if err != nil {
		return none, err
	}
	out := page.Of[Membership]{Items: rows, Total: page.Total{Count: total, Exact: true}}
	if len(rows) > limit {
		out.Items = rows[:limit]
		next := s.cursors.Seal(page.Position{ID: int64(rows[limit-1].ID)}, bound)
		out.Next = &next
	}
	return out, nil
}

func liveText(live *bool) string {
	if live == nil {
		return ""
	}
	return strconv.FormatBool(*live)
}

// Today returns the present day of the city by the database's clock.
func (s *Service) Today(ctx context.Context) (clock.Date, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return clock.Date{}, err
	}
	return clock.DateOf(now), nil
}

// MayEnd tells whether the caller may change the end of a membership that
// has a version; the edge asks before it reads the body.
//
// Errors: Forbidden "forbidden"; NotFound "membership.unknown"; Forbidden
// "membership.self" on the caller's own; Stale "stale".
func (s *Service) MayEnd(ctx context.Context, actor access.Actor, membership id.Membership, version func() (int64, error)) error {
	if err := needs(actor, access.MembershipRule); err != nil {
		return err
	}
	m, err := s.store.Membership(ctx, membership)
	if err != nil {
		return err
	}
	line := actor.Line("membership.ended", "membership", int64(membership))
	if m.User == actor.User {
		return s.refused(ctx, line, ownMembership())
	}
	v, err := version()
	if err != nil {
		return err
	}
	if v != m.Version {
		return s.refused(ctx, line, stale(m.Version, "until_on"))
	}
	return nil
}

// Grant gives a person a role in a unit. The caller needs
// access.MembershipRule and cannot name himself.
//
// Errors: Forbidden "forbidden"; Forbidden "membership.self"; Invalid
// "input.invalid" on user_id, unit_id, role or until_on; Invalid
// "membership.role_unit_mismatch"; Invalid "membership.unit_closed"; Conflict
// "membership.two_administrators"; Conflict "membership.exists".
func (s *Service) Grant(ctx context.Context, actor access.Actor, grant Grant) (Membership, error) {
	if err := needs(actor, access.MembershipRule); err != nil {
		return Membership{}, err
	}
	line := actor.Line("membership.granted", "user", int64(grant.User))
	if grant.User == actor.User {
		return Membership{}, s.refused(ctx, line, ownMembership())
	}
	m, err := s.grant(ctx, grant, actor.Line("membership.granted", "membership", 0))
	return m, s.refused(ctx, line, err)
}

// Appoint gives a person a role from the console of the server, which is how
// the first security administrator comes in. Every other rule of Grant holds.
func (s *Service) Appoint(ctx context.Context, grant Grant, reason string) (Membership, error) {
	line := event.Line{Kind: "membership.granted", Object: "membership", Reason: reason, Outcome: event.Done}
	return s.grant(ctx, grant, line)
}

func (s *Service) grant(ctx context.Context, grant Grant, line event.Line) (Membership, error) {
	var m Membership
	err := s.store.InTx(ctx, func(tx Tx) error {
		// The lock comes first: two grants to one person wait for each other,
		// so that each sees what the other gave.
		name, err := tx.LockUser(ctx, grant.User)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		if grant.FromOn.IsZero() {
			grant.FromOn = clock.DateOf(now)
		}
		unit, err := tx.Unit(ctx, grant.Unit)
		if fault.KindOf(err) == fault.NotFound {
			return fault.BadField("unit_id", "unit.unknown")
		}
		if err != nil {
			return err
		}
		if err := grant.rule(unit, clock.DateOf(now)); err != nil {
			return err
		}
		m = Membership{
			User: grant.User, UserName: name, Unit: grant.Unit, Role: grant.Role, FromOn: grant.FromOn,
			UntilOn: grant.UntilOn, GrantedBy: line.User, Version: 1, CreatedAt: now,
		}
		return enter(ctx, tx, &m, line)
	})
	return m, err
}

// enter checks a membership against the person's others and writes it.
func enter(ctx context.Context, tx Tx, m *Membership, line event.Line) error {
	others, err := tx.MembershipsOf(ctx, m.User)
	if err != nil {
		return err
	}
	if err := m.fitsBeside(others); err != nil {
		return err
	}
	if m.ID, err = tx.InsertMembership(ctx, *m); err != nil {
		return err
	}
	line.ObjectID = int64(m.ID)
	line.Changes = []event.Change{
		{Field: "user_id", After: m.User.String()},
		{Field: "unit_id", After: m.Unit.String()},
		{Field: "role", After: string(m.Role)},
		{Field: "from_on", After: m.FromOn.String()},
		{Field: "until_on", After: m.UntilOn.String()},
	}
	return tx.Record(ctx, line)
}

// End sets the day from which a membership no longer holds, or opens it
// again with none. The caller needs access.MembershipRule and cannot end his
// own. An end today or earlier works on the next request.
//
// Errors: Forbidden "forbidden"; NotFound "membership.unknown"; Forbidden
// "membership.self"; Stale "stale"; Invalid "input.invalid" on until_on;
// Conflict "membership.two_administrators" and "membership.exists" when a
// later end meets another role.
func (s *Service) End(
	ctx context.Context, actor access.Actor, membership id.Membership, version int64, until clock.Date,
) (Membership, error) {
	if err := needs(actor, access.MembershipRule); err != nil {
		return Membership{}, err
	}
	line := actor.Line("membership.ended", "membership", int64(membership))
	var after Membership
	err := s.store.InTx(ctx, func(tx Tx) error {
		before, err := tx.Membership(ctx, membership)
		if err != nil {
			return err
		}
		if before.User == actor.User {
			return ownMembership()
		}
		if _, err := tx.LockUser(ctx, before.User); err != nil {
			return err
		}
		if before.Version != version {
			return stale(before.Version, "until_on")
		}
		if after, err = before.end(until); err != nil {
			return err
		}
		return saveEnd(ctx, tx, before, after, line)
	})
	after.Version = version + 1
	return after, s.refused(ctx, line, err)
}

func saveEnd(ctx context.Context, tx Tx, before, after Membership, line event.Line) error {
	others, err := tx.MembershipsOf(ctx, after.User)
	if err != nil {
		return err
	}
	if err := after.fitsBeside(others); err != nil {
		return err
	}
	done, err := tx.UpdateMembership(ctx, after)
	if err != nil {
		return err
	}
	if !done {
		return stale(before.Version+1, "until_on")
	}
	line.Changes = []event.Change{{Field: "until_on", Before: before.UntilOn.String(), After: after.UntilOn.String()}}
	return tx.Record(ctx, line)
}

func ownMembership() error {
	return fault.New(fault.Forbidden, "membership.self", "Nobody changes his own roles.")
}
