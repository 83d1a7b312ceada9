// Package org keeps the organisation in the database.
package org

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Store reads the organisation outside transactions.
type Store struct {
	db     *store.DB
	follow Follower // nil: nothing runs by the calendar
}

// New returns the store over a database.
func New(db *store.DB) *Store { return &Store{db: db} }

// InTx runs work in one transaction.
func (s *Store) InTx(ctx context.Context, work func(module.Tx) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return work(&Tx{Tx: tx, follow: s.follow}) })
}

// FieldsEdited names what the last edits of a row changed.
func (s *Store) FieldsEdited(ctx context.Context, e event.Edits) ([]string, error) {
	return s.db.FieldsEdited(ctx, e)
}

// AtEnd runs f when the transaction that ctx is part of has ended; see
// store.DB.AtEnd.
func (s *Store) AtEnd(ctx context.Context, f func()) { s.db.AtEnd(ctx, f) }

// Now returns the database's instant.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.db.Now(ctx) }

// RecordRefusal writes the line of a refused attempt in a transaction of its
// own.
func (s *Store) RecordRefusal(ctx context.Context, line event.Line) error {
	return s.db.RecordRefusal(ctx, line)
}

// Every change of codes and links raises its unit's version, and the other
// tables only grow, so counts and sums tell of every change.
const stampSQL = `SELECT (SELECT count(*) FROM units) AS units, (SELECT COALESCE(sum(version), 0) FROM units) AS versions,
	(SELECT count(*) FROM unit_codes) AS codes, (SELECT count(*) FROM unit_links) AS links,
	(SELECT count(*) FROM chains) AS chains, (SELECT count(*) FROM parks) AS parks,
	(SELECT COALESCE(max(id), 0) FROM city_rules) AS rules, (SELECT count(*) FROM calendar_days) AS days,
	(SELECT COALESCE(max(id), 0) FROM calendar_changes) AS revision`

// Stamp returns a text that changes with every change of the content.
func (s *Store) Stamp(ctx context.Context) (module.Stamp, error) {
	var n struct{ Units, Versions, Codes, Links, Chains, Parks, Rules, Days, Revision int64 }
	if err := s.db.Read(ctx).Raw(stampSQL).Scan(&n).Error; err != nil {
		return "", err
	}
	return module.Stamp(fmt.Sprint(n)), nil
}

// Load reads the whole content. The parts are read one after the other; a
// change in between shows in the stamp that the caller took before, so the
// content is then read again.
func (s *Store) Load(ctx context.Context) (module.Content, error) {
	db := s.db.Read(ctx)
	var c module.Content
	var err error
	// First, so that nothing older is called by the number of a newer change.
	if c.Revision, err = revision(db); err != nil {
		return c, fmt.Errorf("read the calendar's revision: %w", err)
	}
	if c.Units, err = units(db.Raw(selectUnits + " ORDER BY sort, id")); err != nil {
		return c, fmt.Errorf("read units: %w", err)
	}
	if c.Codes, err = codes(db.Raw(selectCodes + " ORDER BY id")); err != nil {
		return c, fmt.Errorf("read codes: %w", err)
	}
	if c.Links, err = links(db); err != nil {
		return c, fmt.Errorf("read links: %w", err)
	}
	if c.Chains, err = chains(db); err != nil {
		return c, fmt.Errorf("read chains: %w", err)
	}
	if c.Parks, err = parks(db); err != nil {
		return c, fmt.Errorf("read parks: %w", err)
	}
	if c.Rules, err = rules(db); err != nil {
		return c, fmt.Errorf("read rules: %w", err)
	}
	if c.Days, err = days(db); err != nil {
		return c, fmt.Errorf("read calendar: %w", err)
	}
	return c, nil
}

// Membership returns one membership.
//
// Errors: NotFound "membership.unknown".
func (s *Store) Membership(ctx context.Context, membership id.Membership) (module.Membership, error) {
	return oneMembership(s.db.Read(ctx), membership)
}

// Memberships returns up to one row more than the page holds, the newest
// first, and the number of all that fit the filter.
func (s *Store) Memberships(
	ctx context.Context, f module.MembershipFilter, request page.Request,
) ([]module.Membership, int64, error) {
	where, args := membershipWhere(f)
	db := s.db.Read(ctx)
	var total int64
	if err := db.Raw("SELECT count(*) FROM memberships m WHERE "+where, args...).Scan(&total).Error; err != nil {
		return nil, 0, fmt.Errorf("count memberships: %w", err)
	}
	if request.After != nil {
		where += " AND m.id < ?"
		args = append(args, request.After.ID)
	}
	rows, err := memberships(db.Raw(selectMemberships+" WHERE "+where+" ORDER BY m.id DESC LIMIT ?", append(args, request.Limit+1)...))
	if err != nil {
		return nil, 0, fmt.Errorf("list memberships: %w", err)
	}
	return rows, total, nil
}

// A role in a closed unit gives no right, so it is not live either. Its three
// parameters are the same day.
const liveOn = `(m.from_on <= ? AND (m.until_on IS NULL OR m.until_on > ?) AND EXISTS (
	SELECT 1 FROM units x WHERE x.id = m.unit_id AND (x.closed_on IS NULL OR x.closed_on > ?)))`

func membershipWhere(f module.MembershipFilter) (string, []any) {
	where, args := []string{"(1 = 1)"}, []any(nil)
	if f.User != 0 {
		where, args = append(where, "m.user_id = ?"), append(args, f.User)
	}
	if f.Unit != 0 {
		where, args = append(where, "m.unit_id = ?"), append(args, f.Unit)
	}
	if f.Live != nil {
		condition := liveOn
		if !*f.Live {
			condition = "NOT " + liveOn
		}
		where, args = append(where, condition), append(args, f.Day, f.Day, f.Day)
	}
	return strings.Join(where, " AND "), args
}

// The administrators see no lead, so nobody names them to one.
const peopleSQL = `SELECT u.id, u.name, u.username FROM users u WHERE u.active AND EXISTS (
	SELECT 1 FROM memberships m WHERE m.user_id = u.id AND ` + liveOn + `
	AND m.role NOT IN ('system_admin', 'security_admin', 'auditor') AND (CAST(? AS bigint) = 0 OR m.unit_id = ?))
	AND (lower(u.name) LIKE ? ESCAPE '\' OR lower(u.username) LIKE ? ESCAPE '\')
	ORDER BY u.username LIMIT ?`

const unitsOfSQL = `SELECT DISTINCT m.user_id, m.unit_id FROM memberships m WHERE m.user_id IN ? AND ` + liveOn + `
	AND m.role NOT IN ('system_admin', 'security_admin', 'auditor') ORDER BY m.user_id, m.unit_id`

// People returns the active persons with a live business role who fit the
// filter, by login name.
func (s *Store) People(ctx context.Context, f module.PeopleFilter) ([]module.Person, error) {
	db, pattern := s.db.Read(ctx), "%"+escape(strings.ToLower(f.Query))+"%"
	var found []struct {
		ID             id.User
		Name, Username string
	}
	err := db.Raw(peopleSQL, f.Day, f.Day, f.Day, int64(f.Unit), f.Unit, pattern, pattern, f.Limit).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return []module.Person{}, err
	}
	people, at := make([]module.Person, len(found)), map[id.User]int{}
	users := make([]id.User, len(found))
	for i, p := range found {
		people[i] = module.Person{ID: p.ID, Name: p.Name, Username: p.Username, UnitIDs: []id.Unit{}}
		at[p.ID], users[i] = i, p.ID
	}
	var in []struct {
		UserID id.User
		UnitID id.Unit
	}
	if err := db.Raw(unitsOfSQL, users, f.Day, f.Day, f.Day).Scan(&in).Error; err != nil {
		return nil, fmt.Errorf("read units of people: %w", err)
	}
	for _, row := range in {
		p := &people[at[row.UserID]]
		p.UnitIDs = append(p.UnitIDs, row.UnitID)
	}
	return people, nil
}

// MissingAccounts returns the accounts whose names are free.
func (s *Store) MissingAccounts(ctx context.Context, accounts []module.Account) ([]module.Account, error) {
	var taken []string
	if err := s.db.Read(ctx).Raw("SELECT username FROM users").Scan(&taken).Error; err != nil {
		return nil, fmt.Errorf("read names of accounts: %w", err)
	}
	known := make(map[string]bool, len(taken))
	for _, name := range taken {
		known[name] = true
	}
	var missing []module.Account
	for _, a := range accounts {
		if !known[a.Username] {
			missing = append(missing, a)
		}
	}
	return missing, nil
}

func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func links(db *gorm.DB) ([]module.Link, error) {
	var out []module.Link
	var rows []struct {
		ID      int64
		Kind    string
		UnitID  id.Unit
		OtherID id.Unit
		FromOn  clock.Date
		UntilOn clock.Date
		Source  string
	}
	err := db.Raw("SELECT id, kind, unit_id, other_id, from_on, until_on, source FROM unit_links ORDER BY id").Scan(&rows).Error
	for _, r := range rows {
		out = append(out, module.Link{
			ID: r.ID, Kind: module.LinkKind(r.Kind), Unit: r.UnitID, Other: r.OtherID,
			FromOn: r.FromOn, UntilOn: r.UntilOn, Source: r.Source,
		})
	}
	return out, err
}

func chains(db *gorm.DB) ([]module.Chain, error) {
	var out []module.Chain
	var rows []struct {
		Code, Tier, Source string
		NameZh, NameEn     string
		UnitID, LeadUnitID id.Unit
		Confirmed          bool
		Sort               int
	}
	err := db.Raw(`SELECT code, name_zh, name_en, tier, unit_id, COALESCE(lead_unit_id, 0) AS lead_unit_id, confirmed,
		source, sort FROM chains ORDER BY sort, code`).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, module.Chain{
			Code: r.Code, NameZH: r.NameZh, NameEN: r.NameEn, Tier: r.Tier, Team: r.UnitID, Lead: r.LeadUnitID,
			Confirmed: r.Confirmed, Source: r.Source, Sort: r.Sort,
		})
	}
	return out, err
}

func parks(db *gorm.DB) ([]module.Park, error) {
	var rows []struct {
		ID                 id.Park
		Slug, Kind, Source string
		NameZh, NameEn     string
		Confirmed          bool
		Note               string
	}
	err := db.Raw("SELECT id, slug, name_zh, name_en, kind, confirmed, source, note FROM parks ORDER BY id").Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var hosts []struct {
		ParkID id.Park
		UnitID id.Unit
	}
	if err := db.Raw("SELECT park_id, unit_id FROM park_hosts ORDER BY park_id, unit_id").Scan(&hosts).Error; err != nil {
		return nil, err
	}
	of := map[id.Park][]id.Unit{}
	for _, h := range hosts {
		of[h.ParkID] = append(of[h.ParkID], h.UnitID)
	}
	var out []module.Park
	for _, r := range rows {
		out = append(out, module.Park{
			ID: r.ID, Slug: r.Slug, NameZH: r.NameZh, NameEN: r.NameEn, Kind: module.ParkKind(r.Kind),
			Confirmed: r.Confirmed, Source: r.Source, Note: r.Note, Hosts: of[r.ID],
		})
	}
	return out, nil
}

func rules(db *gorm.DB) ([]module.Rule, error) {
	var out []module.Rule
	var rows []struct {
		ID        int64
		Key       string
		Value     int64
		FromOn    clock.Date
		Source    string
		Confirmed bool
		ChangedBy id.User
		CreatedAt time.Time
	}
	err := db.Raw(`SELECT id, key, value, from_on, source, confirmed, COALESCE(changed_by, 0) AS changed_by, created_at
		FROM city_rules ORDER BY id`).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, module.Rule{
			ID: r.ID, Key: r.Key, Value: r.Value, FromOn: r.FromOn, Source: r.Source, Confirmed: r.Confirmed,
			ChangedBy: r.ChangedBy, CreatedAt: r.CreatedAt.UTC(),
		})
	}
	return out, err
}

func revision(db *gorm.DB) (n int64, err error) {
	err = db.Raw("SELECT COALESCE(max(id), 0) FROM calendar_changes").Scan(&n).Error
	return n, err
}

func days(db *gorm.DB) ([]clock.Day, error) {
	var out []clock.Day
	var rows []struct {
		Day          clock.Date
		Working      bool
		Name, Source string
	}
	err := db.Raw("SELECT day, working, name, source FROM calendar_days ORDER BY day").Scan(&rows).Error
	for _, r := range rows {
		out = append(out, clock.Day{Date: r.Day, Working: r.Working, Name: r.Name, Source: r.Source})
	}
	return out, err
}
