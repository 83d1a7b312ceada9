package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// AddMember lets a person see a restricted lead until somebody ends that;
// once is enough. Who is named for an open offer alone is named once more,
// or a refusal would end what was meant to last. Error: Invalid
// "input.invalid" on user_id for nobody who may log in.
func (t Tx) AddMember(ctx context.Context, seen lead.Seen, user, by id.User, now time.Time) error {
	named, err := t.addMember(ctx, seen, naming{user: user, by: &by, from: now, until: clock.Forever(), unless: clock.Forever()})
	if err != nil || named {
		return err
	}
	var known bool
	err = t.DB(ctx).Raw("SELECT EXISTS (SELECT 1 FROM users WHERE id = ? AND active)", user).Scan(&known).Error
	if err == nil && !known {
		return fault.BadField("user_id", "unknown_value")
	}
	return wrap(err, "look for user %s", user)
}

// AddMemberForOffer lets a person of the receiving unit see a restricted lead
// while it is on offer; see SettleMembers.
func (t Tx) AddMemberForOffer(ctx context.Context, seen lead.Seen, h lead.Handoff, user id.User) error {
	_, err := t.addMember(ctx, seen, naming{user: user, by: h.OfferedBy, from: h.OfferedAt, until: h.DueAt, unless: h.DueAt})
	return err
}

// naming makes a person a member for a time, unless the person is one until
// an instant at least as late.
type naming struct {
	user                id.User
	by                  *id.User
	from, until, unless time.Time
}

func (t Tx) addMember(ctx context.Context, seen lead.Seen, n naming) (named bool, err error) {
	result := t.DB(ctx).Exec("INSERT INTO lead_members (lead_id, user_id, from_at, until, named_by) SELECT ?, u.id, ?, ?, ? FROM users u "+
		"WHERE u.id = ? AND u.active AND NOT EXISTS (SELECT 1 FROM lead_members m WHERE m.lead_id = ? AND m.user_id = u.id AND m.until >= ?)",
		seen.Lead.ID, n.from, n.until, n.by, n.user, seen.Lead.ID, n.unless)
	return result.RowsAffected == 1, wrap(result.Error, "name a member of lead %s", seen.Lead.ID)
}

// SettleMembers dates those who were named for an offer: for good when it was
// accepted, until its answer when it led nowhere. Nothing is to be done when
// its deadline passes, for they were named until then.
func (t Tx) SettleMembers(ctx context.Context, seen lead.Seen, h lead.Handoff) error {
	until := clock.Forever()
	if h.State != lead.Accepted {
		until = *h.AnsweredAt
	}
	err := t.DB(ctx).Exec("UPDATE lead_members SET until = ? WHERE lead_id = ? AND from_at = ? AND until = ?",
		until, seen.Lead.ID, h.OfferedAt, h.DueAt).Error
	return wrap(err, "settle the members of lead %s", seen.Lead.ID)
}

// AddMemberForHelp lets a person of a helping unit see a restricted lead for as
// long as the unit helps; see EndMembersForHelp.
func (t Tx) AddMemberForHelp(ctx context.Context, seen lead.Seen, part lead.PartRow, user id.User) error {
	_, err := t.addMember(ctx, seen, naming{user: user, by: part.AddedBy, from: part.FromAt, until: part.Until, unless: part.Until})
	return err
}

// EndMembersForHelp ends the sight of those who were named for a unit's help,
// and of nobody who was named for another reason.
func (t Tx) EndMembersForHelp(ctx context.Context, seen lead.Seen, row lead.HelperRow, now time.Time) error {
	err := t.DB(ctx).Exec("UPDATE lead_members SET until = ? WHERE lead_id = ? AND from_at = ? AND until = ?",
		now, seen.Lead.ID, row.FromAt, row.Until).Error
	return wrap(err, "end the members for help with lead %s", seen.Lead.ID)
}

// EndMember ends a person's sight of a restricted lead.
func (t Tx) EndMember(ctx context.Context, seen lead.Seen, user id.User, now time.Time) error {
	result := t.DB(ctx).Exec("UPDATE lead_members SET until = ? WHERE lead_id = ? AND user_id = ? AND until > ?", now, seen.Lead.ID, user, now)
	if result.Error != nil {
		return fmt.Errorf("end a member of lead %s: %w", seen.Lead.ID, result.Error)
	}
	if result.RowsAffected == 0 {
		return fault.New(fault.NotFound, "member.unknown", "No such member of the lead.")
	}
	return nil
}

// LiveMembers returns those of the persons who belong to the unit today.
func (t Tx) LiveMembers(ctx context.Context, unit id.Unit, users []id.User, today clock.Date) ([]id.User, error) {
	var out []id.User
	if len(users) == 0 {
		return out, nil
	}
	err := t.DB(ctx).Raw("SELECT DISTINCT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.unit_id = ? AND m.user_id IN ? "+
		"AND u.active AND m.from_on <= ? AND (m.until_on IS NULL OR m.until_on > ?)", unit, users, today.String(), today.String()).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the members of unit %s: %w", unit, err)
	}
	return out, nil
}

// Members returns the persons who may see a restricted lead, each once, those
// named first at the head.
func (s *Store) Members(ctx context.Context, seen lead.Seen, now time.Time) ([]lead.Member, error) {
	out := []lead.Member{}
	err := s.db.Read(ctx).Raw("SELECT m.user_id, u.name, m.from_at, 1 AS version, (SELECT min(ms.unit_id) FROM memberships ms WHERE ms.user_id = m.user_id "+
		"AND (ms.until_on IS NULL OR ms.until_on > ?)) AS unit_id FROM lead_members m JOIN users u ON u.id = m.user_id "+
		"WHERE m.lead_id = ? AND m.from_at <= ? AND m.until > ? AND NOT EXISTS (SELECT 1 FROM lead_members n WHERE n.lead_id = m.lead_id "+
		"AND n.user_id = m.user_id AND n.id < m.id AND n.until > ?) ORDER BY m.id", clock.DateOf(now).String(), seen.Lead.ID, now, now, now).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the members of lead %s: %w", seen.Lead.ID, err)
	}
	return out, nil
}
