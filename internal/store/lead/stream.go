package lead

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// activityRow is an activity as GORM writes it.
type activityRow struct {
	Activity lead.Activity `gorm:"embedded"`
}

// TableName is the table of activities.
func (activityRow) TableName() string { return "activities" }

// AddActivity writes one entry of a lead's stream.
func (t Tx) AddActivity(ctx context.Context, a *lead.Activity) error {
	r := activityRow{Activity: *a}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("add activity %s of lead %s: %w", a.Kind, a.LeadID, err)
	}
	a.ID = r.Activity.ID
	if t.onStage == nil || a.FromStage == nil || a.ToStage == nil {
		return nil
	}
	return t.onStage(ctx, t.Tx, *a)
}

// Activities returns a page of the stream of a lead that was read through a
// scope, newest first.
func (s *Store) Activities(ctx context.Context, q lead.StreamQuery) ([]lead.Entry, error) {
	where := ofLead(q, "a.", lead.RowActivity).and(sqlf("a.kind IN ?", q.Kinds))
	if q.After > 0 {
		where = where.and(sqlf("a.id < ?", q.After))
	}
	where = where.and(handedOn("n.", q.Seen)).and(handedOn("f.", q.Seen))
	if q.Own != nil {
		where = where.and(ownWhere(q.Own))
	}
	if q.Offers != nil {
		where = where.and(offersWhere(q.Offers, s.db.Present()))
	}
	var rows []lead.Activity
	db := s.db.Read(ctx)
	err := db.Raw(fmt.Sprintf("SELECT a.* FROM activities a LEFT JOIN notes n ON n.id = a.note_id LEFT JOIN files f ON f.id = a.file_id "+
		"WHERE %s AND n.deleted_at IS NULL AND f.deleted_at IS NULL ORDER BY a.id DESC LIMIT %d", where.sql, q.Limit+1), where.args...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the stream of lead %s: %w", q.Seen.Lead.ID, err)
	}
	return fillEntries(db, rows)
}

// ownWhere leaves a past holder its own contributions and the changes of
// stage and holder.
func ownWhere(o *lead.OwnOnly) frag {
	moves := append(lead.MoveKinds(), lead.ActStage)
	return sqlf("(a.at <= ? AND a.unit_id IN ? OR a.kind IN ?)", o.Until, o.Units, moves)
}

// offersWhere leaves, of the offers that led nowhere, those of the units.
func offersWhere(o *lead.OffersOf, now clause.Expr) frag {
	return sqlf("(a.handoff_id IS NULL OR EXISTS (SELECT 1 FROM handoffs h WHERE h.id = a.handoff_id AND (h.state IN ? "+
		"OR h.from_unit_id IN ? OR h.to_unit_id IN ? AND h.state = 'offered' AND h.due_at > ?)))", lead.MovedStates(), o.Units, o.Units, now)
}

// fillEntries adds people, notes, files and hand-offs: one query each for the
// page.
func fillEntries(db *gorm.DB, rows []lead.Activity) ([]lead.Entry, error) {
	out := make([]lead.Entry, len(rows))
	var users []id.User
	var notes []id.Note
	var files []id.File
	var handoffs []id.Handoff
	for i, a := range rows {
		out[i].Activity = a
		users = append(users, some(a.UserID)...)
		notes = append(notes, some(a.NoteID)...)
		files = append(files, some(a.FileID)...)
		handoffs = append(handoffs, some(a.HandoffID)...)
	}
	people, err := peopleOf(db, users)
	if err != nil {
		return nil, err
	}
	noteBy, err := byID(db, "notes", notes, func(n lead.Note) id.Note { return n.ID })
	if err != nil {
		return nil, err
	}
	fileBy, err := byID(db, "files", files, func(f lead.File) id.File { return f.ID })
	if err != nil {
		return nil, err
	}
	offerBy, err := byID(db, "handoffs", handoffs, func(h lead.Handoff) id.Handoff { return h.ID })
	if err != nil {
		return nil, err
	}
	for i := range out {
		fillEntry(&out[i], people, noteBy, fileBy, offerBy)
	}
	return out, nil
}

func fillEntry(
	e *lead.Entry, people map[id.User]lead.Person, notes map[id.Note]lead.Note,
	files map[id.File]lead.File, offers map[id.Handoff]lead.Handoff,
) {
	e.By = named(people, e.UserID)
	if e.NoteID != nil {
		n := notes[*e.NoteID]
		e.NoteText, e.NoteVer, e.NoteBy = &n.Text, n.Version, n.UserID
	}
	if e.FileID != nil {
		f := files[*e.FileID]
		e.FileName, e.FileSize = &f.Name, f.Size
	}
	if e.HandoffID != nil {
		h := offers[*e.HandoffID]
		e.Handoff = &h
	}
}

// byID reads rows of one table by their identifiers.
func byID[T any, K comparable](db *gorm.DB, table string, ids []K, key func(T) K) (map[K]T, error) {
	out := make(map[K]T, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []T
	if err := db.Raw("SELECT * FROM "+table+" WHERE id IN ?", ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read %s: %w", table, err)
	}
	for _, r := range rows {
		out[key(r)] = r
	}
	return out, nil
}

// some returns the values behind the pointers that are set.
func some[T any](pointers ...*T) []T {
	var out []T
	for _, p := range pointers {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out
}

func named(people map[id.User]lead.Person, user *id.User) *lead.Person {
	if user == nil {
		return nil
	}
	if p, known := people[*user]; known {
		return &p
	}
	return nil
}

// People names persons by their numbers.
func (s *Store) People(ctx context.Context, ids []id.User) (map[id.User]lead.Person, error) {
	return peopleOf(s.db.Read(ctx), ids)
}

func peopleOf(db *gorm.DB, ids []id.User) (map[id.User]lead.Person, error) {
	out := make(map[id.User]lead.Person, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []lead.Person
	if err := db.Raw("SELECT id, name FROM users WHERE id IN ?", ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("name people: %w", err)
	}
	for _, p := range rows {
		out[p.ID] = p
	}
	return out, nil
}

// Custody returns the intervals of responsibility, oldest first, and the
// offers that did not move the lead.
func (s *Store) Custody(ctx context.Context, seen lead.Seen) ([]lead.Holding, []lead.Handoff, error) {
	db := s.db.Read(ctx)
	var parts []lead.PartRow
	err := db.Raw("SELECT unit_id, part, from_at, until, handoff_id, return_by FROM lead_parts WHERE lead_id = ? AND part = 'owner' ORDER BY from_at, id",
		seen.Lead.ID).Scan(&parts).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read the custody of lead %s: %w", seen.Lead.ID, err)
	}
	var offers []lead.Handoff
	if err := db.Raw("SELECT * FROM handoffs WHERE lead_id = ? AND state <> 'drafted' ORDER BY id", seen.Lead.ID).Scan(&offers).Error; err != nil {
		return nil, nil, fmt.Errorf("read the offers of lead %s: %w", seen.Lead.ID, err)
	}
	var users []id.User
	began := map[id.Handoff]*lead.Handoff{}
	var branches []lead.Handoff
	for i := range offers {
		users = append(users, some(offers[i].AnsweredBy)...)
		if offers[i].State.Moved() {
			began[offers[i].ID] = &offers[i]
			continue
		}
		branches = append(branches, offers[i])
	}
	people, err := peopleOf(db, users)
	if err != nil {
		return nil, nil, err
	}
	return holdings(parts, began, people), branches, nil
}

func holdings(parts []lead.PartRow, began map[id.Handoff]*lead.Handoff, people map[id.User]lead.Person) []lead.Holding {
	out := make([]lead.Holding, 0, len(parts))
	for _, p := range parts {
		h := lead.Holding{UnitID: p.UnitID, FromAt: p.FromAt, ReturnBy: p.ReturnBy}
		if !clock.IsForever(p.Until) {
			until := p.Until
			h.Until = &until
		}
		if p.HandoffID != nil && began[*p.HandoffID] != nil {
			h.Handoff = began[*p.HandoffID]
			h.By = named(people, h.Handoff.AnsweredBy)
		}
		out = append(out, h)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].FromAt.Before(out[j].FromAt) })
	return out
}

// PartsOf returns the live parts of a lead that was read through a scope.
func (s *Store) PartsOf(ctx context.Context, seen lead.Seen) ([]lead.PartRow, error) {
	facts, err := factsOf(s.db.Read(ctx), access.Scope{}, []id.Lead{seen.Lead.ID}, s.db.Present())
	if err != nil {
		return nil, err
	}
	var out []lead.PartRow
	for _, f := range facts[seen.Lead.ID] {
		out = append(out, lead.PartRow{UnitID: f.UnitID, Part: f.Part, FromAt: f.FromAt, Until: f.Until, HandoffID: f.HandoffID})
	}
	return out, nil
}

// ChangedSince names the fields of a lead that was read through a scope which
// differ from an older version.
func (s *Store) ChangedSince(ctx context.Context, seen lead.Seen, version int64) ([]string, error) {
	return changedSince(s.db.Read(ctx), seen, version)
}

// ChangedSince names the fields that differ from an older version.
func (t Tx) ChangedSince(ctx context.Context, seen lead.Seen, version int64) ([]string, error) {
	return changedSince(t.DB(ctx), seen, version)
}

func changedSince(db *gorm.DB, seen lead.Seen, version int64) ([]string, error) {
	var rows []lead.Names
	err := db.Raw("SELECT fields FROM activities WHERE lead_id = ? AND lead_version > ? ORDER BY id", seen.Lead.ID, version).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what changed in lead %s: %w", seen.Lead.ID, err)
	}
	out := []string{}
	for _, names := range rows {
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}
