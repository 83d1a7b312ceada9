package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// player does the acts of a story: once through the use cases, once in
// memory for InsertLives.
type player interface {
	create(d lead.Draft, at time.Time)
	contact(d lead.ContactDraft, at time.Time)
	note(text string, at time.Time)
	move(m lead.Move, at time.Time)
	edit(e lead.Edit, at time.Time)
	offer(to string, at time.Time)
	answer(by string, a lead.Answer, at time.Time)
}

// play is a story with every act that a made world knows.
func play(p player, s *scene) {
	at := func(daysAgo int, hour float64) time.Time {
		return s.workday(daysAgo).At(time.Duration(hour * float64(time.Hour)))
	}
	p.create(lead.Draft{UnitID: s.unitOf("wg-shenzhen"), Contact: of(invented("甲")), Facts: lead.Facts{
		Title: "示例项目", InvestorName: of("示例光电(深圳)有限公司"), CreditCode: of(withCheckDigit("91440300MA5DEM009")), SourceChannel: "visit",
		Chain: of("opto"), PlannedCents: of(int64(5_000_000_000)), Summary: of("示例"), ExpectedSignOn: of(s.monthEnd(1)),
	}}, at(30, 10))
	p.note("第一次拜访", at(29, 10))
	p.move(lead.Move{To: lead.Qualified}, at(28, 10))
	p.contact(invented("乙"), at(27, 10))
	p.edit(lead.Edit{
		NextStep: lead.Opt[string]{Set: true, Value: of("回访")}, PlannedCents: lead.Opt[int64]{Set: true, Value: of(int64(6_000_000_000))},
	}, at(26, 10))
	p.offer("huangpu", at(25, 10))
	p.answer("huangpu", lead.Answer{State: lead.Refused, Reason: "环保条件不符"}, at(24, 9))
	p.offer("cuiheng", at(23, 10))
	p.answer("wg-shenzhen", lead.Answer{State: lead.WithdrawnOffer}, at(23, 11))
	p.offer("xiaolan", at(20, 10))
	p.answer("xiaolan", lead.Answer{State: lead.Accepted, Reason: "同意"}, at(19, 9))
	p.note("已对接", at(18, 10))
	p.offer("cuiheng", at(15, 10)) // runs out; the next offer records it
	p.offer("huangpu", at(10, 10))
	p.answer("huangpu", lead.Answer{State: lead.Accepted}, at(9, 9))
	p.offer("xiaolan", at(7, 10)) // and back to a past holder
	p.answer("xiaolan", lead.Answer{State: lead.Accepted}, at(6, 9))
	p.move(lead.Move{To: lead.Suspended, Reason: "投资方内部决策"}, at(5, 10))
	p.offer("cuiheng", at(1, 17))
}

// inMemory plays for InsertLives.
type inMemory struct {
	t *testing.T
	s *scene
	f *life
}

func (p *inMemory) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *inMemory) create(d lead.Draft, at time.Time) {
	var err error
	p.f, err = p.s.begin(d, at)
	p.must(err)
}
func (p *inMemory) contact(d lead.ContactDraft, at time.Time)   { p.f.contact(d, at) }
func (p *inMemory) note(text string, at time.Time)              { p.f.note(text, at) }
func (p *inMemory) move(m lead.Move, at time.Time)              { p.must(p.f.move(m, at)) }
func (p *inMemory) edit(e lead.Edit, at time.Time)              { p.must(p.f.edit(e, at)) }
func (p *inMemory) answer(_ string, a lead.Answer, t time.Time) { p.must(p.f.answer(a, t)) }
func (p *inMemory) offer(to string, at time.Time) {
	if open, err := p.f.open(); err == nil && !at.Before(open.DueAt) {
		p.must(p.f.expire())
	}
	p.must(p.f.offer(lead.Order{To: p.s.unitOf(to), Reason: "选址", Ask: "请承接"}, at))
}

// useCases plays through the lead module as the people of the demo.
type useCases struct {
	t       *testing.T
	s       *scene
	db      *store.DB
	service *lead.Service
	policy  *access.Policy
	lead    id.Lead
	holder  string
	open    id.Handoff
}

func (p *useCases) as(login string, at time.Time) (context.Context, access.Actor) {
	p.db.SetOffset(at.Sub(clock.System{}.Now()))
	role := access.TownOfficer
	if strings.HasPrefix(login, "wg-") {
		role = access.GroupOfficer
	}
	unit := p.s.unitOf(login)
	actor := access.NewActor(p.s.people[login], []access.Membership{{Unit: unit, Role: role}}, p.policy)
	actor.Acting, actor.Origin.RequestID = unit, mark
	return p.t.Context(), actor
}

func (p *useCases) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *useCases) create(d lead.Draft, at time.Time) {
	p.holder = "wg-shenzhen"
	ctx, actor := p.as(p.holder, at)
	v, err := p.service.Create(ctx, actor, d)
	p.must(err)
	p.lead = v.ID
}

func (p *useCases) version(ctx context.Context, actor access.Actor) int64 {
	v, err := p.service.Get(ctx, actor, p.lead)
	p.must(err)
	return v.Version
}

func (p *useCases) contact(d lead.ContactDraft, at time.Time) {
	ctx, actor := p.as(p.holder, at)
	_, err := p.service.AddContact(ctx, actor, p.lead, d)
	p.must(err)
}

func (p *useCases) note(text string, at time.Time) {
	ctx, actor := p.as(p.holder, at)
	_, err := p.service.AddNote(ctx, actor, p.lead, text)
	p.must(err)
}

func (p *useCases) move(m lead.Move, at time.Time) {
	ctx, actor := p.as(p.holder, at)
	_, err := p.service.ChangeStage(ctx, actor, p.lead, p.version(ctx, actor), m)
	p.must(err)
}

func (p *useCases) edit(e lead.Edit, at time.Time) {
	ctx, actor := p.as(p.holder, at)
	_, err := p.service.Edit(ctx, actor, p.lead, p.version(ctx, actor), e)
	p.must(err)
}

func (p *useCases) offer(to string, at time.Time) {
	ctx, actor := p.as(p.holder, at)
	v, err := p.service.HandOff(ctx, actor, p.lead, lead.Order{To: p.s.unitOf(to), Reason: "选址", Ask: "请承接"})
	p.must(err)
	p.open = v.ID
}

func (p *useCases) answer(by string, a lead.Answer, at time.Time) {
	ctx, actor := p.as(by, at)
	_, err := p.service.Answer(ctx, actor, p.open, a)
	p.must(err)
	if a.State == lead.Accepted {
		p.holder = by
	}
}

// cityOf answers for the lead module from the scene.
type cityOf struct{ s *scene }

func (c cityOf) Places(context.Context) (lead.Places, error) { return c.s.places, nil }
func (c cityOf) Rule(_ context.Context, key string, on clock.Date) (int64, error) {
	v, _ := c.s.city.Rules().On(key, on)
	return v, nil
}
func (c cityOf) Office(context.Context) (*clock.Office, error) { return c.s.office, nil }
func (c cityOf) Pool(context.Context) (id.Unit, error)         { return c.s.city.Pool().ID, nil }
func (c cityOf) LeadingBody(context.Context) (id.Unit, error)  { return c.s.city.Leading().ID, nil }

// left reads everything that a story left behind, without instants (their
// relations are what Verify checks), without numbers, which follow the order
// of writing, and without the marks of invention.
func left(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, sql := range map[string]string{
		"leads": "SELECT code, version, title, investor_name, credit_code, unit_id, first_contact_unit_id, chain, stage, planned_cents, currency, " +
			"at_least, summary, expected_sign_on, signed_on, next_step, created_by, restricted, binding, protection_reference, protection_state, protection_renewals, " +
			"protection_from = created_at, protection_ends <= protection_until AND protection_ends <= protection_idle_until FROM leads",
		"registrations": "SELECT unit_id, user_id, state, choice, reason FROM registrations ORDER BY id",
		"handoffs": "SELECT from_unit_id, to_unit_id, state, reason, ask, offered_by, answered_by, answer_reason, snap_title, snap_investor_name, " +
			"snap_planned_cents, snap_currency, snap_version, version FROM handoffs ORDER BY id",
		"lead_parts": "SELECT p.unit_id, p.part, p.until > '9999-01-01', p.stage, p.restricted, (SELECT count(*) FROM handoffs h WHERE h.id <= p.handoff_id), " +
			"p.activity_at = l.activity_at FROM lead_parts p JOIN leads l ON l.id = p.lead_id ORDER BY p.id",
		"notes":    "SELECT unit_id, user_id, text, version FROM notes ORDER BY id",
		"contacts": "SELECT unit_id, created_by, name, title, phone, email, wechat, consent, version FROM contacts ORDER BY id",
		"activities": "SELECT a.kind, a.unit_id, a.user_id, n.text, (SELECT count(*) FROM handoffs h WHERE h.id <= a.handoff_id), a.from_stage, a.to_stage, " +
			"a.happened_on, a.reason, a.fields, a.lead_version FROM activities a LEFT JOIN notes n ON n.id = a.note_id ORDER BY a.id",
		// what let a lead in differs: the gate for the acts, nothing for what is made
		"stage_spans": "SELECT stage, happened_on, until > '9999-01-01' FROM stage_spans ORDER BY id",
		"match_keys":  "SELECT kind, key FROM match_keys ORDER BY kind, key",
		"counters":    "SELECT unit_id, dimension, key, restricted, leads, known, cents FROM lead_counters WHERE leads <> 0 ORDER BY dimension, unit_id, key",
		"audit": "SELECT kind, user_id, unit_id, object, restricted, outcome, code, reason, CASE WHEN kind = 'lead.created' THEN '' ELSE changes END " +
			"FROM audit_events WHERE lead_id IS NOT NULL ORDER BY id",
	} {
		out[name] = rows(t, db, sql)
	}
	return out
}

func TestAMadeLifeIsWhatTheActsThemselvesLeave(t *testing.T) {
	eachCity(t, func(t *testing.T, w World) {
		db := w.DB
		s, err := w.scene(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		service, err := lead.NewService(lead.Needs{
			Store: leadstore.New(db), City: cityOf{s}, Cursors: page.NewCursors([]byte("a key of the tests, 32 bytes long")),
		})
		if err != nil {
			t.Fatal(err)
		}
		acts := &useCases{t: t, s: s, db: db, service: service, policy: policy(t)}
		play(acts, s)
		want := left(t, db)
		found := rows(t, db, "SELECT l.id FROM leads l WHERE l.id > 0")

		other := emptyLike(t, w).DB
		made := &inMemory{t: t, s: s}
		play(made, s)
		made.f.Lead.Invented = false
		if err := other.InTx(t.Context(), func(tx *store.Tx) error {
			return leadstore.InsertLives(t.Context(), tx, []leadstore.Life{made.f.Life})
		}); err != nil {
			t.Fatal(err)
		}
		sound(t, db)
		sound(t, other)
		got := left(t, other)
		for table := range want {
			if got[table] != want[table] {
				t.Errorf("%s\nmade:\n%s\nby the acts:\n%s", table, got[table], want[table])
			}
		}
		if found != "1" {
			t.Errorf("leads %s, want one", found)
		}
	})
}

// unitOf is the unit of a slug that is known to be there.
func (s *scene) unitOf(slug string) id.Unit {
	u, _ := s.city.BySlug(slug)
	return u.ID
}
