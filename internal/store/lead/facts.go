package lead

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// facts is one span of what was known of a lead. Days are texts, empty while
// unknown, as the table has them.
type facts struct {
	ID           int64
	LeadID       id.Lead
	FromAt       time.Time
	Until        time.Time
	Stage        lead.Stage
	InTalks      bool
	Track        string
	UnitID       id.Unit
	TownUnitID   id.Unit
	FirstUnitID  id.Unit
	Chain        string
	SinceOn      string
	PlannedCents *int64
	Currency     string
	CreatedOn    string
	SignedOn     string
	StartedOn    string
	ProducedOn   string
	LostOn       string
	LostTo       string
	Restricted   bool
}

// TableName is the table of spans.
func (facts) TableName() string { return "lead_facts" }

// same tells whether two spans know the same of a lead.
func (f facts) same(o facts) bool {
	a, b := f.PlannedCents, o.PlannedCents
	if (a == nil) != (b == nil) || a != nil && *a != *b {
		return false
	}
	f.ID, f.FromAt, f.Until, f.PlannedCents = o.ID, o.FromAt, o.Until, b
	return f == o
}

// factsAfter is what is known of a lead after an act, beside what was known
// before; on is the day by which it came into its stage.
//
// The day of a signing counts from the moment the lead is signed by a binding
// agreement until it is moved back before that; beside the main line, what was
// so stays so. The days of the start and of production are kept alike.
func factsAfter(before facts, l *lead.Lead, on string) facts {
	f := facts{
		LeadID: l.ID, Until: clock.Forever(), Stage: l.Stage, InTalks: talking(l.Stage), Track: orEmpty(l.Track), UnitID: l.UnitID,
		FirstUnitID: l.UnitID, Chain: l.ChainCode(), SinceOn: clock.DateOf(l.StageSince).String(), PlannedCents: l.PlannedCents,
		Currency: l.Currency, CreatedOn: clock.DateOf(l.CreatedAt).String(), Restricted: l.Restricted,
	}
	if l.FirstContactUnitID != nil {
		f.FirstUnitID = *l.FirstContactUnitID
	}
	f.happened(before, l, on)
	return f
}

// happened puts in the days on which something happened to the lead.
func (f *facts) happened(before facts, l *lead.Lead, on string) {
	stage, _ := l.Stage.Info()
	reached := func(s lead.Stage, had bool) bool {
		want, _ := s.Info()
		return stage.Side && had || !stage.Side && stage.Order >= want.Order
	}
	if reached(lead.Signed, before.SignedOn != "") && binding(l) {
		f.SignedOn = dayText(l.SignedOn)
	}
	if reached(lead.Started, before.StartedOn != "") {
		f.StartedOn = dayText(l.StartedOn)
	}
	if reached(lead.Producing, before.ProducedOn != "") {
		f.ProducedOn = cmp.Or(before.ProducedOn, on)
	}
	if l.Stage == lead.Lost {
		f.lost(before, on)
	}
}

// lost keeps the day of a loss and where it went for as long as it lasts.
func (f *facts) lost(before facts, on string) {
	f.LostOn = on
	if before.Stage == lead.Lost {
		f.LostOn, f.LostTo = before.LostOn, before.LostTo
	}
}

// binding tells whether the agreement of a lead counts: a framework agreement
// never does.
func binding(l *lead.Lead) bool { return l.Binding == nil || *l.Binding }

func talking(s lead.Stage) bool {
	return s == lead.Negotiating || s == lead.Review || s == lead.ToSign
}

func orEmpty[T ~string](s *T) string {
	if s == nil {
		return ""
	}
	return string(*s)
}

func dayText(d *clock.Date) string {
	if d == nil || d.IsZero() {
		return ""
	}
	return d.String()
}

// townOf is where a lead lands: the unit of its place, else its holder if
// that is a town or a platform. The place is asked first, a present name of it
// before a former one.
const townOf = "COALESCE((SELECT c.unit_id FROM unit_codes c WHERE c.code = ? ORDER BY c.id DESC LIMIT 1), " +
	"(SELECT u.id FROM units u WHERE u.id = ? AND u.kind IN ('town', 'platform')), 0)"

func (t Tx) townOf(ctx context.Context, l *lead.Lead) (id.Unit, error) {
	var town id.Unit
	if err := t.DB(ctx).Raw("SELECT "+townOf, l.LocationCode, l.UnitID).Scan(&town).Error; err != nil {
		return 0, fmt.Errorf("find where lead %s lands: %w", l.ID, err)
	}
	return town, nil
}

// beginFacts opens the first span of a new lead.
func (t Tx) beginFacts(ctx context.Context, l *lead.Lead) error {
	first := factsAfter(facts{}, l, clock.DateOf(l.StageSince).String())
	first.FromAt = l.CreatedAt
	var err error
	if first.TownUnitID, err = t.townOf(ctx, l); err != nil {
		return err
	}
	t.countFacts(l.ID, nil)
	return wrap(t.DB(ctx).Create(&first).Error, "begin the facts of lead %s", l.ID)
}

// keepFacts ends the span of a lead and opens the next, if an act changed
// anything that measures read; on is the day by which it came into its stage.
func (t Tx) keepFacts(ctx context.Context, old, l *lead.Lead, on string) error {
	if !measured(old, l) {
		return nil
	}
	before, err := openFacts(t.DB(ctx), l.ID)
	if err != nil {
		return err
	}
	after := factsAfter(before, l, on)
	if after.TownUnitID, err = t.townOf(ctx, l); err != nil {
		return err
	}
	if old.Restricted != l.Restricted {
		err := t.DB(ctx).Exec("UPDATE lead_facts SET restricted = ? WHERE lead_id = ?", l.Restricted, l.ID).Error
		if err != nil {
			return fmt.Errorf("copy lead %s to its facts: %w", l.ID, err)
		}
	}
	stood := before // where it is counted, as it was before the flag changed
	t.countFacts(l.ID, &stood)
	before.Restricted = l.Restricted
	if after.same(before) {
		return nil
	}
	if after.FromAt = t.Now(ctx); after.FromAt.Before(before.FromAt) {
		after.FromAt = before.FromAt
	}
	if err := t.endFacts(ctx, l.ID, after.FromAt); err != nil {
		return err
	}
	return wrap(t.DB(ctx).Create(&after).Error, "keep the facts of lead %s", l.ID)
}

// measured tells whether two states of a lead differ in what measures read.
func measured(a, b *lead.Lead) bool {
	where := a.UnitID == b.UnitID && equal(a.LocationCode, b.LocationCode) && equal(a.FirstContactUnitID, b.FirstContactUnitID) &&
		a.ChainCode() == b.ChainCode() && equal(a.Track, b.Track) && a.Restricted == b.Restricted
	return !where || !samePace(a, b) || !equal(a.PlannedCents, b.PlannedCents) || a.Currency != b.Currency
}

// samePace tells whether two states of a lead stand equally far.
func samePace(a, b *lead.Lead) bool {
	return a.Stage == b.Stage && a.StageSince.Equal(b.StageSince) && equal(a.SignedOn, b.SignedOn) && equal(a.StartedOn, b.StartedOn) &&
		equal(a.Binding, b.Binding)
}

func equal[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func openFacts(db *gorm.DB, leadID id.Lead) (facts, error) {
	var rows []facts
	err := db.Raw("SELECT * FROM lead_facts WHERE lead_id = ? AND until = ?", leadID, clock.Forever()).Scan(&rows).Error
	if err == nil && len(rows) != 1 {
		err = fmt.Errorf("%d open spans", len(rows))
	}
	if err != nil {
		return facts{}, fmt.Errorf("read the facts of lead %s: %w", leadID, err)
	}
	return rows[0], nil
}

func (t Tx) endFacts(ctx context.Context, leadID id.Lead, at time.Time) error {
	err := t.DB(ctx).Exec("UPDATE lead_facts SET until = ? WHERE lead_id = ? AND until = ?", at, leadID, clock.Forever()).Error
	return wrap(err, "end the facts of lead %s", leadID)
}

// dropFacts ends what is known of a lead that is deleted. Figures of days
// before keep it.
func (t Tx) dropFacts(ctx context.Context, leadID id.Lead, at time.Time) error {
	before, err := openFacts(t.DB(ctx), leadID)
	if err != nil {
		return err
	}
	t.countFacts(leadID, &before)
	if at.Before(before.FromAt) {
		at = before.FromAt
	}
	return t.endFacts(ctx, leadID, at)
}

// Facts returns the spans of what was known of leads inside a scope as a
// sealed subquery. Who may see a lead now sees what was known of it on any
// day; a deleted lead is seen by whoever saw it when it was deleted.
//
// hint names the index to go along, in the words of the database, or is empty.
func Facts(db *gorm.DB, s access.Scope, now clause.Expr, hint string) *gorm.DB {
	query := db.Table("lead_facts f " + hint).Select("f.*")
	if s.Empty() {
		return query.Where(never().sql)
	}
	where := allowed(s, "f", "f.lead_id", now)
	if !s.Any() {
		where = where.and(played(s, now))
	}
	return query.Where(where.sql, where.args...)
}

// played is the first half of a scope of units on spans: one of them plays one
// of its parts in the lead now, or did when the lead was deleted.
func played(s access.Scope, now clause.Expr) frag {
	var pieces []frag
	for _, p := range s.ByPart() {
		pieces = append(pieces, sqlf("e.part = "+word(p.Part)+" AND e.unit_id IN ?", p.Units))
	}
	if len(pieces) == 0 {
		return never()
	}
	part := join(pieces, " OR ")
	inner := sqlf("SELECT e.lead_id FROM lead_parts e WHERE ("+part.sql+")", part.args...).and(sqlf("e.from_at <= ?", now)).
		and(sqlf("(e.until > ? OR e.until = (SELECT d.deleted_at FROM leads d WHERE d.id = e.lead_id))", now))
	return sqlf("f.lead_id IN ("+inner.sql+")", inner.args...)
}
