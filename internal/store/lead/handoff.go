package lead

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
)

func unknownHandoff() error {
	return fault.New(fault.NotFound, "handoff.unknown", "No such hand-off.")
}

// handoffRow is a hand-off as GORM writes it.
type handoffRow struct {
	Handoff lead.Handoff `gorm:"embedded"`
}

// TableName is the table of hand-offs.
func (handoffRow) TableName() string { return "handoffs" }

// InsertHandoff writes a hand-off. Unique indexes decide that a lead has one
// open offer and one draft. Errors: Conflict "handoff.pending",
// "handoff.drafted".
func (t Tx) InsertHandoff(ctx context.Context, _ lead.Seen, h *lead.Handoff) error {
	r := handoffRow{Handoff: *h}
	if r.Handoff.Kind == "" {
		r.Handoff.Kind = lead.KindOffer
	}
	err := t.DB(ctx).Create(&r).Error
	switch {
	case store.IsDuplicate(err) && h.State == lead.Drafted:
		return fault.New(fault.Conflict, "handoff.drafted", "There is a draft already.").Because(err)
	case store.IsDuplicate(err):
		return fault.New(fault.Conflict, "handoff.pending", "The lead is on offer.").Because(err)
	case err != nil:
		return fmt.Errorf("insert hand-off of lead %s: %w", h.LeadID, err)
	}
	h.ID = r.Handoff.ID
	return nil
}

// SaveHandoff writes a hand-off over the state and version that were read,
// and with an answer ends its clock; see lead.Tx.
func (t Tx) SaveHandoff(ctx context.Context, seen lead.Seen, h lead.Handoff, from lead.HandoffState) error {
	kept := []string{"id", "lead_id"}
	if from != lead.Drafted {
		kept = append(kept, "offered_at", "offered_by")
	}
	result := t.DB(ctx).Table("handoffs").Where("id = ? AND state = ? AND version = ?", h.ID, from, h.Version-1).
		Select("*").Omit(kept...).Updates(&handoffRow{Handoff: h})
	switch {
	case store.IsDuplicate(result.Error):
		return fault.New(fault.Conflict, "handoff.pending", "The lead is on offer.").Because(result.Error)
	case result.Error != nil:
		return fmt.Errorf("save hand-off %s: %w", h.ID, result.Error)
	case result.RowsAffected != 1:
		return fault.New(fault.Conflict, "handoff.answered", "The offer was answered already.")
	}
	if from != lead.Offered {
		return nil
	}
	return t.CloseClocks(ctx, seen, lead.ClockClose{
		Kinds: []lead.ClockKind{lead.ClockAnswer}, HandoffID: &h.ID, At: *h.AnsweredAt, Cancelled: h.State == lead.WithdrawnOffer,
	})
}

// OpenHandoff returns the hand-off of a locked lead that still says offered.
func (t Tx) OpenHandoff(ctx context.Context, seen lead.Seen) (*lead.Handoff, error) {
	var rows []lead.Handoff
	err := t.DB(ctx).Raw("SELECT * FROM handoffs WHERE lead_id = ? AND state = 'offered'", seen.Lead.ID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the offer of lead %s: %w", seen.Lead.ID, err)
	}
	if len(rows) == 0 {
		return nil, nil //nolint:nilnil // no open offer is an ordinary answer here
	}
	return &rows[0], nil
}

// HandoffOf returns a hand-off of a locked lead.
func (t Tx) HandoffOf(ctx context.Context, seen lead.Seen, handoff id.Handoff) (lead.Handoff, error) {
	return handoffByID(t.DB(ctx), handoff, sqlf("lead_id = ?", seen.Lead.ID))
}

func handoffByID(db *gorm.DB, handoff id.Handoff, and frag) (lead.Handoff, error) {
	where := sqlf("id = ?", handoff).and(and)
	var rows []lead.Handoff
	if err := db.Raw("SELECT * FROM handoffs WHERE "+where.sql, where.args...).Scan(&rows).Error; err != nil {
		return lead.Handoff{}, fmt.Errorf("get hand-off %s: %w", handoff, err)
	}
	if len(rows) == 0 {
		return lead.Handoff{}, unknownHandoff()
	}
	return rows[0], nil
}

// LockOffered reads the lead of a hand-off for its answer; see lead.Tx. The
// addressee finds it whatever became of the offer, so that a late answer is
// told why it comes too late.
func (t Tx) LockOffered(ctx context.Context, actor access.Actor, handoff id.Handoff) (lead.Seen, lead.Handoff, error) {
	h, err := handoffByID(t.DB(ctx), handoff, frag{})
	if err != nil {
		return lead.Seen{}, h, err
	}
	addressed := h.State != lead.Drafted && actor.Scope(access.LeadAnswer).Has(access.Grant{Part: access.Offered, Unit: h.ToUnitID})
	seen, err := t.lockForAnswer(ctx, actor, h.LeadID, addressed)
	if err != nil {
		return seen, h, err
	}
	h, err = t.HandoffOf(ctx, seen, handoff) // again, behind the lock
	if err == nil && h.State == lead.Drafted && !memberOfUnit(actor, h.FromUnitID) {
		return seen, h, unknownHandoff()
	}
	return seen, h, err
}

// lockForAnswer reads the lead of a hand-off behind its lock. A failure must
// not pass for a missing row: it may succeed when it is tried again.
func (t Tx) lockForAnswer(ctx context.Context, actor access.Actor, on id.Lead, addressed bool) (lead.Seen, error) {
	scope := actor.Scope(access.LeadRead)
	if addressed {
		scope = access.System("an addressee learns what became of its offer")
	}
	seen, err := t.lockRead(ctx, scope, on)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return seen, unknownHandoff()
	case err != nil || !addressed:
		return seen, err
	}
	return t.asAddressee(ctx, actor, seen)
}

func memberOfUnit(actor access.Actor, unit id.Unit) bool {
	return slices.ContainsFunc(actor.Memberships, func(m access.Membership) bool { return m.Unit == unit })
}

// asAddressee hides a restricted lead from an addressee who is not one of
// its named members.
func (t Tx) asAddressee(ctx context.Context, actor access.Actor, seen lead.Seen) (lead.Seen, error) {
	if !seen.Lead.Restricted {
		return seen, nil
	}
	member, err := memberOf(t.DB(ctx), []id.Lead{seen.Lead.ID}, actor.User, instant(t.Now(ctx)))
	if err != nil {
		return seen, err
	}
	seen.Standing.Member = member[seen.Lead.ID]
	if !seen.Standing.Member && !actor.Scope(access.LeadRead).AnyRestricted() {
		return seen, unknownHandoff()
	}
	return seen, nil
}

// Handoff returns one hand-off whose lead is inside the reading scope.
func (s *Store) Handoff(ctx context.Context, q lead.HandoffQuery, handoff id.Handoff) (lead.HandoffEntry, error) {
	db := s.db.Read(ctx)
	h, err := handoffByID(db, handoff, frag{})
	if err != nil {
		return lead.HandoffEntry{}, err
	}
	seen, err := get(db, q.Read, h.LeadID, instant(q.Now))
	if fault.KindOf(err) == fault.NotFound {
		return lead.HandoffEntry{}, unknownHandoff()
	}
	if err != nil {
		return lead.HandoffEntry{}, err
	}
	out := []lead.HandoffEntry{{Handoff: h, Seen: seen}}
	return out[0], nameAnswerers(db, out)
}

// Handoffs returns one page of a box, newest first, and one row more when
// there is a next page.
func (s *Store) Handoffs(ctx context.Context, q lead.HandoffQuery) ([]lead.HandoffEntry, page.Total, error) {
	if len(q.Units) == 0 || q.Read.Empty() {
		return nil, page.Total{Exact: true}, nil
	}
	db, where := s.db.Read(ctx), boxWhere(q)
	paged := where
	if q.After > 0 {
		paged = paged.and(sqlf("h.id < ?", q.After))
	}
	var rows []lead.Handoff
	err := db.Raw(fmt.Sprintf("SELECT h.* FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE %s ORDER BY h.id DESC LIMIT %d",
		paged.sql, q.Limit+1), paged.args...).Scan(&rows).Error
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("walk the hand-offs: %w", err)
	}
	var n int64
	err = db.Raw(fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE %s LIMIT %d) AS n",
		where.sql, page.CountCap+1), where.args...).Scan(&n).Error
	if err != nil {
		return nil, page.Total{}, fmt.Errorf("count the hand-offs: %w", err)
	}
	out, err := s.entriesOf(db, q, rows)
	return out, page.Total{Count: min(n, page.CountCap), Exact: n <= page.CountCap}, err
}

// boxWhere is the condition of a box: the units' side of the hand-off, the
// asked states, and the reading scope on the lead. Of what was offered to a
// unit, only live and accepted offers are left to it. Drafts are shown to who
// asks for them, in the box of the sending unit alone.
func boxWhere(q lead.HandoffQuery) frag {
	now := instant(q.Now)
	where := sqlf("h.from_unit_id IN ?", q.Units)
	switch {
	case q.All:
		where = leadWhere(q.Full, "l", now).and(sqlf("h.state <> 'drafted'"))
	case q.In:
		where = sqlf("h.to_unit_id IN ? AND (h.state IN ? OR h.state = 'offered' AND h.due_at > ?)", q.Units, lead.MovedStates(), now)
	case len(q.States) == 0:
		where = where.and(sqlf("h.state <> 'drafted'"))
	}
	return where.and(statesWhere(q)).and(sqlf("l.deleted_at IS NULL")).and(narrowed(q.Box)).and(leadWhere(q.Read, "l", now))
}

// narrowed are the further conditions of a box.
func narrowed(b lead.Box) frag {
	var where frag
	if b.Since != nil {
		where = where.and(sqlf("h.answered_at >= ?", *b.Since))
	}
	if b.Lead != 0 {
		where = where.and(sqlf("h.lead_id = ?", b.Lead))
	}
	if b.To != 0 {
		where = where.and(sqlf("h.to_unit_id = ?", b.To))
	}
	if b.From != nil {
		where = where.and(sqlf("h.offered_at >= ?", *b.From))
	}
	if b.Until != nil {
		where = where.and(sqlf("h.offered_at < ?", *b.Until))
	}
	if len(b.Kinds) > 0 {
		where = where.and(sqlf("h.kind IN ?", b.Kinds))
	}
	if b.Objected {
		where = where.and(sqlf("h.objected_at IS NOT NULL AND h.decided_at IS NULL AND h.state = 'accepted'"))
	}
	return where
}

// statesWhere reads the states by the deadline, not by whether a job has
// recorded that it passed.
func statesWhere(q lead.HandoffQuery) frag {
	var or []frag
	now := instant(q.Now)
	for _, state := range q.States {
		switch state {
		case lead.Offered:
			or = append(or, sqlf("h.state = 'offered' AND h.due_at > ?", now))
		case lead.Expired:
			or = append(or, sqlf("(h.state = 'expired' OR h.state = 'offered' AND h.due_at <= ?)", now))
		default:
			or = append(or, sqlf("h.state = ?", state))
		}
	}
	if len(or) == 0 {
		return frag{}
	}
	all := join(or, " OR ")
	return sqlf("("+all.sql+")", all.args...)
}

// entriesOf adds the leads and the people to a page of hand-offs.
func (s *Store) entriesOf(db *gorm.DB, q lead.HandoffQuery, rows []lead.Handoff) ([]lead.HandoffEntry, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]id.Lead, len(rows))
	for i, h := range rows {
		ids[i] = h.LeadID
	}
	now := instant(q.Now)
	fields := leadFields(now)
	found, err := readLeads(leads(db, q.Read, now).Select(fields.sql, fields.args...).Where("l.id IN ?", ids))
	if err != nil {
		return nil, fmt.Errorf("read the leads of hand-offs: %w", err)
	}
	seen, err := standings(db, q.Read, found, now)
	if err != nil {
		return nil, err
	}
	byID := make(map[id.Lead]lead.Seen, len(seen))
	for _, x := range seen {
		byID[x.Lead.ID] = x
	}
	out := make([]lead.HandoffEntry, 0, len(rows))
	for _, h := range rows {
		if x, there := byID[h.LeadID]; there {
			out = append(out, lead.HandoffEntry{Handoff: h, Seen: x})
		}
	}
	return out, nameAnswerers(db, out)
}

func nameAnswerers(db *gorm.DB, entries []lead.HandoffEntry) error {
	var ids []id.User
	for _, e := range entries {
		ids = append(ids, some(e.Handoff.OfferedBy, e.Handoff.AnsweredBy, e.Handoff.ObjectedBy, e.Handoff.DecidedBy)...)
	}
	people, err := peopleOf(db, ids)
	if err != nil {
		return err
	}
	for i := range entries {
		entries[i].OfferedBy = named(people, entries[i].Handoff.OfferedBy)
		entries[i].AnsweredBy = named(people, entries[i].Handoff.AnsweredBy)
		entries[i].ObjectedBy = named(people, entries[i].Handoff.ObjectedBy)
		entries[i].DecidedBy = named(people, entries[i].Handoff.DecidedBy)
	}
	return markSpent(db, entries)
}

// markSpent marks assignments whose unit has used its one objection to the
// lead before.
func markSpent(db *gorm.DB, entries []lead.HandoffEntry) error {
	var open []id.Handoff
	for _, e := range entries {
		if e.Kind == lead.KindAssignment && e.State == lead.Accepted && e.ObjectedAt == nil {
			open = append(open, e.ID)
		}
	}
	if len(open) == 0 {
		return nil
	}
	var spent []id.Handoff
	err := db.Raw("SELECT DISTINCT h.id FROM handoffs h JOIN handoffs o ON o.lead_id = h.lead_id AND o.to_unit_id = h.to_unit_id AND o.id <> h.id "+
		"WHERE h.id IN ? AND o.objected_at IS NOT NULL", open).Scan(&spent).Error
	if err != nil {
		return fmt.Errorf("look for earlier objections: %w", err)
	}
	for i := range entries {
		entries[i].Spent = slices.Contains(spent, entries[i].ID)
	}
	return nil
}

// Overdue returns offers whose deadline has passed and was not recorded.
func (s *Store) Overdue(ctx context.Context, scope access.Scope, limit int) ([]lead.Handoff, error) {
	now := s.db.Present()
	where := sqlf("h.state = 'offered' AND h.due_at <= ? AND l.deleted_at IS NULL", now).and(leadWhere(scope, "l", now))
	var rows []lead.Handoff
	err := s.db.Read(ctx).Raw("SELECT h.* FROM handoffs h JOIN leads l ON l.id = h.lead_id WHERE "+where.sql+" ORDER BY h.due_at, h.id LIMIT ?",
		append(where.args, limit)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read overdue offers: %w", err)
	}
	return rows, nil
}
