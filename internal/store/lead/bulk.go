package lead

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Life is one lead with its whole past, as it would stand after all its acts
// had been done one by one.
//
// Rows refer to each other by their place: the hand-off, note or contact
// number n is the n-th of its list, counted from 1. Numbers and the code are
// given on writing.
type Life struct {
	Lead       lead.Lead
	MovedAt    time.Time // last change of stage or holder: what past holders know
	Parts      []lead.PartRow
	Handoffs   []lead.Handoff
	Members    []Membership
	Contacts   []lead.Contact
	Notes      []lead.Note
	Activities []lead.Activity
	Clocks     []lead.Clock
	Lines      []event.Stored
	// Registration is how the lead came into the register; nil for a public
	// project.
	Registration *lead.Registration
}

// Membership is a person's dated right to a restricted lead.
type Membership struct {
	User    id.User
	FromAt  time.Time
	Until   time.Time
	NamedBy *id.User
}

// InsertLives writes leads with their pasts: with parts, copies, keys, search
// text, counters and audit lines as the acts themselves would have left them.
// The lives themselves stay as they are, so that a transaction may be run
// again. It is meant for a made world and for imports; the rules of the acts
// are the caller's.
func InsertLives(ctx context.Context, tx *store.Tx, lives []Life) error {
	w := lifeWriter{Tx: Tx{Tx: tx}}
	lives, err := w.numbered(ctx, lives)
	if err != nil {
		return err
	}
	// In this order every row finds what it refers to.
	for _, step := range []func(context.Context, []Life) error{
		w.leads, w.handoffs, w.clocks, w.notes, w.contacts, w.activities, w.spans, w.parts, w.members, w.facts, w.keys, w.search, w.counters, w.registrations, w.lines,
	} {
		if err := step(ctx, lives); err != nil {
			return err
		}
	}
	return nil
}

type lifeWriter struct{ Tx }

// numbered returns the lives with a number for every row that others refer
// to, and the numbers in place of the places.
func (w lifeWriter) numbered(ctx context.Context, lives []Life) ([]Life, error) {
	var handoffs, notes, contacts int
	for i := range lives {
		handoffs += len(lives[i].Handoffs)
		notes += len(lives[i].Notes)
		contacts += len(lives[i].Contacts)
	}
	var free [5][]int64
	for i, need := range []struct {
		table string
		n     int
	}{{"leads", len(lives)}, {"handoffs", handoffs}, {"notes", notes}, {"contacts", contacts}, {"registrations", registered(lives)}} {
		var err error
		if free[i], err = w.Reserve(ctx, need.table, need.n); err != nil {
			return nil, err
		}
	}
	out := make([]Life, len(lives))
	for i := range lives {
		out[i] = lives[i].copied()
		out[i].number(free[0][i], &free[1], &free[2], &free[3])
		out[i].register(&free[4])
	}
	return out, nil
}

func (l Life) copied() Life {
	l.Parts, l.Handoffs, l.Contacts = slices.Clone(l.Parts), slices.Clone(l.Handoffs), slices.Clone(l.Contacts)
	l.Clocks = slices.Clone(l.Clocks)
	l.Notes, l.Activities, l.Lines = slices.Clone(l.Notes), slices.Clone(l.Activities), slices.Clone(l.Lines)
	return l
}

func (l *Life) number(leadID int64, handoffs, notes, contacts *[]int64) {
	l.Lead.ID = id.Lead(leadID)
	l.Lead.Code = lead.Code(clock.DateOf(l.Lead.CreatedAt).Year(), l.Lead.ID)
	h := take(handoffs, len(l.Handoffs))
	n := take(notes, len(l.Notes))
	c := take(contacts, len(l.Contacts))
	for i := range l.Handoffs {
		l.Handoffs[i].ID, l.Handoffs[i].LeadID = id.Handoff(h[i]), l.Lead.ID
	}
	for i := range l.Notes {
		l.Notes[i].ID, l.Notes[i].LeadID = id.Note(n[i]), l.Lead.ID
	}
	for i := range l.Contacts {
		l.Contacts[i].ID, l.Contacts[i].LeadID = id.Contact(c[i]), l.Lead.ID
	}
	for i := range l.Clocks {
		l.Clocks[i].LeadID, l.Clocks[i].HandoffID = l.Lead.ID, placed(l.Clocks[i].HandoffID, h)
	}
	for i := range l.Parts {
		l.Parts[i].HandoffID = placed(l.Parts[i].HandoffID, h)
	}
	for i := range l.Activities {
		a := &l.Activities[i]
		a.LeadID, a.HandoffID, a.NoteID = l.Lead.ID, placed(a.HandoffID, h), placed(a.NoteID, n)
	}
	for i := range l.Lines {
		e := &l.Lines[i]
		places := map[string][]int64{"lead": {leadID}, "handoff": h, "note": n, "contact": c}[e.Object]
		e.Lead, e.ObjectID = l.Lead.ID, places[e.ObjectID-1]
	}
}

func take(free *[]int64, n int) []int64 {
	out := (*free)[:n]
	*free = (*free)[n:]
	return out
}

// placed returns the number of the row at a place.
func placed[T ~int64](place *T, numbers []int64) *T {
	if place == nil {
		return nil
	}
	n := T(numbers[*place-1])
	return &n
}

func (w lifeWriter) leads(ctx context.Context, lives []Life) error {
	b := w.Bulk("leads", "id", "code", "version", "title", "investor_name", "credit_code", "country", "source_channel", "introducer",
		"unit_id", "first_contact_unit_id", "location_code", "park_id", "chain", "track", "stage", "stage_since", "planned_cents",
		"fixed_assets_cents", "output_cents", "tax_cents", "currency", "at_least", "promised_fixed_assets_per_mu_cents",
		"promised_output_per_mu_cents", "promised_tax_per_mu_cents", "land_sqm", "floor_sqm", "product", "summary", "restricted",
		"first_contact_on", "expected_sign_on", "signed_on", "started_on", "signing_event", "binding", "next_step", "next_step_on",
		"as_reported", "stage_assumed", "invented", "source_note", "created_by", "created_at", "activity_at", "parent_name", "parent_credit_code", "website", "protection_reference",
		"protection_state", "protection_from", "protection_until", "protection_idle_until", "protection_ends", "protection_renewals")
	for i := range lives {
		l := &lives[i].Lead
		err := b.Add(ctx, int64(l.ID), l.Code, l.Version, l.Title, l.InvestorName, l.CreditCode, l.Country, string(l.SourceChannel),
			l.Introducer, int64(l.UnitID), number(l.FirstContactUnitID), l.LocationCode, number(l.ParkID), l.Chain, text(l.Track),
			string(l.Stage), l.StageSince, l.PlannedCents, l.FixedAssetsCents, l.OutputCents, l.TaxCents, l.Currency,
			strings.Join(l.AtLeast, ","), l.PromisedFixedAssetsPerMuCents, l.PromisedOutputPerMuCents, l.PromisedTaxPerMuCents,
			l.LandSqm, l.FloorSqm, l.Product, l.Summary, l.Restricted, day(l.FirstContactOn), day(l.ExpectedSignOn), day(l.SignedOn),
			day(l.StartedOn), l.SigningEvent, l.Binding, l.NextStep, day(l.NextStepOn), l.AsReported, l.StageAssumed, l.Invented,
			l.SourceNote, number(l.CreatedBy), l.CreatedAt, l.ActivityAt, l.ParentName, l.ParentCreditCode, l.Website, l.ProtectionReference,
			text(l.ProtectionState), l.ProtectionFrom, l.ProtectionUntil, l.ProtectionIdleUntil, l.ProtectionEnds, l.ProtectionRenewals)
		if err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) handoffs(ctx context.Context, lives []Life) error {
	b := w.Bulk("handoffs", "id", "lead_id", "from_unit_id", "to_unit_id", "state", "reason", "ask", "offered_at", "offered_by", "due_at",
		"answered_at", "answered_by", "answer_reason", "snap_title", "snap_investor_name", "snap_planned_cents", "snap_currency",
		"snap_version", "invented", "version", "ended_at")
	for i := range lives {
		for j := range lives[i].Handoffs {
			h := &lives[i].Handoffs[j]
			err := b.Add(ctx, int64(h.ID), int64(h.LeadID), int64(h.FromUnitID), int64(h.ToUnitID), string(h.State), h.Reason, h.Ask,
				h.OfferedAt, number(h.OfferedBy), h.DueAt, h.AnsweredAt, number(h.AnsweredBy), h.AnswerReason, h.SnapTitle,
				h.SnapInvestorName, h.SnapPlannedCents, h.SnapCurrency, h.SnapVersion, h.Invented, h.Version, h.EndedAt)
			if err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) notes(ctx context.Context, lives []Life) error {
	b := w.Bulk("notes", "id", "lead_id", "unit_id", "user_id", "kind", "text", "invented", "version", "created_at", "updated_at")
	for i := range lives {
		for j := range lives[i].Notes {
			n := &lives[i].Notes[j]
			err := b.Add(ctx, int64(n.ID), int64(n.LeadID), number(n.UnitID), number(n.UserID), noteKind(n.Kind), n.Text, n.Invented, n.Version,
				n.CreatedAt, n.UpdatedAt)
			if err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) contacts(ctx context.Context, lives []Life) error {
	b := w.Bulk("contacts", "id", "lead_id", "name", "title", "phone", "email", "wechat", "consent", "version", "unit_id",
		"created_by", "created_at")
	for i := range lives {
		for j := range lives[i].Contacts {
			c := &lives[i].Contacts[j]
			err := b.Add(ctx, int64(c.ID), int64(c.LeadID), c.Name, c.Title, c.Phone, c.Email, c.Wechat, c.Consent, c.Version,
				number(c.UnitID), number(c.CreatedBy), c.CreatedAt)
			if err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) activities(ctx context.Context, lives []Life) error {
	b := w.Bulk("activities", "lead_id", "at", "kind", "unit_id", "user_id", "note_id", "handoff_id", "from_stage", "to_stage",
		"happened_on", "reason", "fields", "lead_version", "invented")
	for i := range lives {
		for j := range lives[i].Activities {
			a := &lives[i].Activities[j]
			err := b.Add(ctx, int64(a.LeadID), a.At, string(a.Kind), number(a.UnitID), number(a.UserID), number(a.NoteID),
				number(a.HandoffID), text(a.FromStage), text(a.ToStage), day(a.HappenedOn), a.Reason,
				strings.Join(a.Fields, ","), a.LeadVersion, a.Invented)
			if err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) parts(ctx context.Context, lives []Life) error {
	b := w.Bulk("lead_parts", "lead_id", "unit_id", "part", "from_at", "until", "handoff_id", "activity_at", "stage", "restricted",
		"return_by")
	for i := range lives {
		l := &lives[i].Lead
		for _, p := range lives[i].Parts {
			at := l.ActivityAt
			if p.Part == access.Past { // a past holder learns of stage and holder only
				at = lives[i].MovedAt
			}
			err := b.Add(ctx, int64(l.ID), int64(p.UnitID), string(p.Part), p.FromAt, p.Until, number(p.HandoffID), at, string(l.Stage), l.Restricted,
				p.ReturnBy)
			if err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) members(ctx context.Context, lives []Life) error {
	b := w.Bulk("lead_members", "lead_id", "user_id", "from_at", "until", "named_by")
	for i := range lives {
		for _, m := range lives[i].Members {
			if err := b.Add(ctx, int64(lives[i].Lead.ID), int64(m.User), m.FromAt, m.Until, number(m.NamedBy)); err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) search(ctx context.Context, lives []Life) error {
	key := "rowid"
	if w.Dialect() == store.Postgres {
		key = "lead_id"
	}
	b := w.Bulk("lead_search", key, "grams")
	for i := range lives {
		l := &lives[i].Lead
		if err := b.Add(ctx, int64(l.ID), strings.Join(gramsOf(searchText(l)...), " ")); err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) counters(ctx context.Context, lives []Life) error {
	cells := map[cell]tally{}
	for i := range lives {
		addTo(cells, &lives[i].Lead, 1)
	}
	b := w.Bulk("lead_counters", "unit_id", "dimension", "key", "restricted", "leads", "known", "cents").Merge(addToCounter)
	for _, c := range sortedCells(cells) {
		d := cells[c]
		if err := b.Add(ctx, int64(c.unit), c.dimension, c.key, c.restricted, d.leads, d.known, d.cents); err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

// lines writes the audit lines of all lives in the order of their instants,
// as a log has them.
func (w lifeWriter) lines(ctx context.Context, lives []Life) error {
	var all []event.Stored
	for i := range lives {
		all = append(all, lives[i].Lines...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].At.Before(all[j].At) })
	if err := w.RecordAll(ctx, all); err != nil {
		return fmt.Errorf("write the lines of %d leads: %w", len(lives), err)
	}
	return nil
}

// number, text and day turn optional values into what the drivers take
// without asking the value first.
func number[T ~int64](n *T) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}

func text[T ~string](s *T) any {
	if s == nil {
		return nil
	}
	return string(*s)
}

func day(d *clock.Date) any {
	if d == nil || d.IsZero() {
		return nil
	}
	return d.String()
}

// Empty tells whether the database holds no lead at all.
func Empty(ctx context.Context, tx *store.Tx) (bool, error) {
	var has bool
	if err := tx.DB(ctx).Raw("SELECT EXISTS (SELECT 1 FROM leads)").Scan(&has).Error; err != nil {
		return false, fmt.Errorf("look for any lead: %w", err)
	}
	return !has, nil
}

// Noted counts the leads, deleted ones too, whose source note is the text.
func (s *Store) Noted(ctx context.Context, note string) (int, error) {
	var n int
	if err := s.db.Read(ctx).Raw("SELECT count(*) FROM leads WHERE source_note = ?", note).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count the leads noted %q: %w", note, err)
	}
	return n, nil
}

// Settle ends the writing of many rows: SQLite gives back the room that it
// took, and PostgreSQL learns what it holds, because until then it would plan
// for empty tables.
func (s *Store) Settle(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		if tx.Dialect() == store.SQLite {
			return tx.Room(ctx, 0)
		}
		err := tx.DB(ctx).Exec("ANALYZE leads, lead_parts, handoffs, activities, notes, contacts, match_keys, registrations, lead_search, lead_members, " +
			"lead_counters, clock_counters, lead_facts, cockpit_counters, stage_spans, audit_events, audit_unsealed").Error
		if err != nil {
			return fmt.Errorf("gather the statistics of the leads: %w", err)
		}
		return nil
	})
}
