package org

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Tx is one transaction of the organisation.
type Tx struct {
	*store.Tx
	follow Follower
}

// Unit returns one unit.
//
// Errors: NotFound "unit.unknown".
func (t *Tx) Unit(ctx context.Context, unit id.Unit) (module.Unit, error) {
	rows, err := units(t.DB(ctx).Raw(selectUnits+" WHERE id = ?", unit))
	if err != nil {
		return module.Unit{}, fmt.Errorf("get unit %s: %w", unit, err)
	}
	if len(rows) == 0 {
		return module.Unit{}, unknownUnit()
	}
	return rows[0], nil
}

const insertUnit = `INSERT INTO units (slug, name_zh, name_en, short_zh, kind, parent_id, pinyin, initials, confirmed,
	source, note, admission_power, opened_on, closed_on, sort, version, created_at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`

// InsertUnit adds a unit.
//
// Errors: Conflict "unit.slug_taken".
func (t *Tx) InsertUnit(ctx context.Context, u module.Unit) (id.Unit, error) {
	var unit id.Unit
	err := t.DB(ctx).Raw(insertUnit, u.Slug, u.NameZH, u.NameEN, u.ShortZH, string(u.Kind), none(u.Parent), u.Pinyin,
		u.Initials, u.Confirmed, u.Source, u.Note, u.AdmissionPower, u.OpenedOn, u.ClosedOn, u.Sort, u.Version,
		u.CreatedAt).Scan(&unit).Error
	if store.IsDuplicate(err) {
		return 0, fault.New(fault.Conflict, "unit.slug_taken", "Another unit has this short name.").Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("insert unit %s: %w", u.Slug, err)
	}
	return unit, nil
}

// UpdateUnit writes what an administrator may edit where the version is
// still u.Version, and tells whether it was.
func (t *Tx) UpdateUnit(ctx context.Context, u module.Unit) (bool, error) {
	result := t.DB(ctx).Exec(`UPDATE units SET name_zh = ?, name_en = ?, short_zh = ?, parent_id = ?, pinyin = ?,
		initials = ?, confirmed = ?, note = ?, closed_on = ?, version = version + 1 WHERE id = ? AND version = ?`,
		u.NameZH, u.NameEN, u.ShortZH, none(u.Parent), u.Pinyin, u.Initials, u.Confirmed, u.Note, u.ClosedOn, u.ID, u.Version)
	if result.Error != nil {
		return false, fmt.Errorf("update unit %s: %w", u.ID, result.Error)
	}
	return result.RowsAffected == 1, nil
}

// TouchUnit raises a unit's version and so locks it.
//
// Errors: NotFound "unit.unknown".
func (t *Tx) TouchUnit(ctx context.Context, unit id.Unit) error {
	result := t.DB(ctx).Exec("UPDATE units SET version = version + 1 WHERE id = ?", unit)
	if result.Error != nil {
		return fmt.Errorf("touch unit %s: %w", unit, result.Error)
	}
	if result.RowsAffected == 0 {
		return unknownUnit()
	}
	return nil
}

// MarkChain copies the mark of a chain team to its chain.
func (t *Tx) MarkChain(ctx context.Context, team id.Unit, confirmed bool) error {
	return t.DB(ctx).Exec("UPDATE chains SET confirmed = ? WHERE unit_id = ?", confirmed, team).Error
}

// Codes returns the codes of a unit in the order of entry.
func (t *Tx) Codes(ctx context.Context, unit id.Unit) ([]module.Code, error) {
	return codes(t.DB(ctx).Raw(selectCodes+" WHERE unit_id = ? ORDER BY id", unit))
}

// InsertCode adds a code.
//
// Errors: Conflict "unit.code_taken" while another unit has it.
func (t *Tx) InsertCode(ctx context.Context, c module.Code) error {
	err := t.DB(ctx).Exec("INSERT INTO unit_codes (unit_id, code, from_on, until_on, source) VALUES (?, ?, ?, ?, ?)",
		c.Unit, c.Code, c.FromOn, c.UntilOn, c.Source).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "unit.code_taken", "Another unit has this code.").Because(err)
	}
	return err
}

// EndCode writes the last day of a code.
func (t *Tx) EndCode(ctx context.Context, code int64, last clock.Date) error {
	return t.DB(ctx).Exec("UPDATE unit_codes SET until_on = ? WHERE id = ?", last, code).Error
}

// InsertLink adds a link.
func (t *Tx) InsertLink(ctx context.Context, l module.Link) error {
	return t.DB(ctx).Exec("INSERT INTO unit_links (kind, unit_id, other_id, from_on, until_on, source) VALUES (?, ?, ?, ?, ?, ?)",
		string(l.Kind), l.Unit, l.Other, l.FromOn, l.UntilOn, l.Source).Error
}

// InsertChain adds a chain.
func (t *Tx) InsertChain(ctx context.Context, c module.Chain) error {
	return t.DB(ctx).Exec(`INSERT INTO chains (code, name_zh, name_en, tier, unit_id, lead_unit_id, confirmed, source, sort)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Code, c.NameZH, c.NameEN, c.Tier, c.Team, none(c.Lead), c.Confirmed, c.Source, c.Sort).Error
}

// InsertPark adds a park with its hosts.
func (t *Tx) InsertPark(ctx context.Context, p module.Park) error {
	var park id.Park
	err := t.DB(ctx).Raw(`INSERT INTO parks (slug, name_zh, name_en, kind, confirmed, source, note)
		VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		p.Slug, p.NameZH, p.NameEN, string(p.Kind), p.Confirmed, p.Source, p.Note).Scan(&park).Error
	if err != nil {
		return fmt.Errorf("insert park %s: %w", p.Slug, err)
	}
	for _, host := range p.Hosts {
		if err := t.DB(ctx).Exec("INSERT INTO park_hosts (park_id, unit_id) VALUES (?, ?)", park, host).Error; err != nil {
			return fmt.Errorf("insert host of park %s: %w", p.Slug, err)
		}
	}
	return nil
}

// InsertDays adds days of the office calendar.
func (t *Tx) InsertDays(ctx context.Context, days []clock.Day) error {
	for _, d := range days {
		err := t.DB(ctx).Exec("INSERT INTO calendar_days (day, working, name, source) VALUES (?, ?, ?, ?)",
			d.Date, d.Working, d.Name, d.Source).Error
		if err != nil {
			return fmt.Errorf("insert day %s: %w", d.Date, err)
		}
	}
	return nil
}

// InsertRule adds a number of the city.
//
// Errors: Conflict "rule.exists" when the key has one from that day already.
func (t *Tx) InsertRule(ctx context.Context, r module.Rule) (int64, error) {
	var rule int64
	err := t.DB(ctx).Raw(`INSERT INTO city_rules (key, value, from_on, source, confirmed, changed_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		r.Key, r.Value, r.FromOn, r.Source, r.Confirmed, none(r.ChangedBy), r.CreatedAt).Scan(&rule).Error
	if store.IsDuplicate(err) {
		return 0, fault.New(fault.Conflict, "rule.exists", "There is a number from that day already.").Because(err)
	}
	return rule, err
}

// LockUser keeps everybody else from changing the person's memberships until
// the end of the transaction, and returns the person's name.
//
// Errors: Invalid on field user_id when there is no such person.
func (t *Tx) LockUser(ctx context.Context, user id.User) (string, error) {
	var names []string
	// Writing the row locks it on both databases; SELECT … FOR UPDATE is
	// dropped on SQLite.
	err := t.DB(ctx).Raw("UPDATE users SET version = version WHERE id = ? RETURNING name", user).Scan(&names).Error
	if err != nil {
		return "", fmt.Errorf("lock user %s: %w", user, err)
	}
	if len(names) == 0 {
		return "", fault.BadField("user_id", "user.unknown")
	}
	return names[0], nil
}

// Membership returns one membership.
//
// Errors: NotFound "membership.unknown".
func (t *Tx) Membership(ctx context.Context, membership id.Membership) (module.Membership, error) {
	return oneMembership(t.DB(ctx), membership)
}

// MembershipsOf returns all memberships of a person, ended ones too.
func (t *Tx) MembershipsOf(ctx context.Context, user id.User) ([]module.Membership, error) {
	return memberships(t.DB(ctx).Raw(selectMemberships+" WHERE m.user_id = ? ORDER BY m.id", user))
}

// InsertMembership adds a membership.
//
// Errors: Conflict "membership.exists" when it is open already.
func (t *Tx) InsertMembership(ctx context.Context, m module.Membership) (id.Membership, error) {
	var membership id.Membership
	err := t.DB(ctx).Raw(`INSERT INTO memberships (user_id, unit_id, role, from_on, until_on, granted_by, version, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		m.User, m.Unit, string(m.Role), m.FromOn, m.UntilOn, none(m.GrantedBy), m.Version, m.CreatedAt).Scan(&membership).Error
	if store.IsDuplicate(err) {
		return 0, fault.New(fault.Conflict, "membership.exists", "The person has this role in this unit already.").Because(err)
	}
	return membership, err
}

// UpdateMembership writes the end of m where the version is still m.Version,
// and tells whether it was.
func (t *Tx) UpdateMembership(ctx context.Context, m module.Membership) (bool, error) {
	result := t.DB(ctx).Exec("UPDATE memberships SET until_on = ?, version = version + 1 WHERE id = ? AND version = ?",
		m.UntilOn, m.ID, m.Version)
	return result.RowsAffected == 1, result.Error
}

// InsertAccount adds a demo account and returns its id, or 0 when the name
// is taken.
func (t *Tx) InsertAccount(ctx context.Context, a module.Account, hash string, at time.Time) (id.User, error) {
	var users []id.User
	err := t.DB(ctx).Raw(`INSERT INTO users (username, name, password_hash, must_change, password_changed_at, active, demo, created_at)
		VALUES (?, ?, ?, false, ?, true, true, ?) ON CONFLICT (username) DO NOTHING RETURNING id`,
		a.Username, a.Name, hash, at, at).Scan(&users).Error
	if err != nil || len(users) == 0 {
		return 0, err
	}
	return users[0], nil
}

func none[T any](i id.Of[T]) *int64 {
	if i == 0 {
		return nil
	}
	n := int64(i)
	return &n
}

func unknownUnit() error { return fault.New(fault.NotFound, "unit.unknown", "No such unit.") }
