package lead

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

const (
	scopeUnits = 6
	scopeUsers = 4
	scopeLeads = 60
)

// scatter writes leads with random dated parts and members, and returns the
// facts that were written.
func scatter(t *testing.T, db *store.DB, r *rand.Rand, now time.Time) map[id.Lead]testkit.LeadFacts {
	t.Helper()
	ctx := context.Background()
	facts := map[id.Lead]testkit.LeadFacts{}
	err := db.InTx(ctx, func(tx *store.Tx) error {
		d := tx.DB(ctx)
		for i := range scopeUnits {
			if err := d.Exec("INSERT INTO units (slug, name_zh, name_en, short_zh, kind, pinyin, initials, confirmed, source, opened_on, created_at) "+
				"VALUES (?, 'u', 'u', 'u', 'town', '', '', true, '', '2020-01-01', ?)", fmt.Sprint("u", i), now).Error; err != nil {
				return err
			}
		}
		for i := range scopeUsers {
			if err := d.Exec("INSERT INTO users (username, name, password_hash, must_change, password_changed_at, created_at) VALUES (?, 'n', '', false, ?, ?)",
				fmt.Sprint("p", i), now, now).Error; err != nil {
				return err
			}
		}
		for range scopeLeads {
			if err := scatterLead(ctx, Tx{Tx: tx}, r, now, facts); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func scatterLead(ctx context.Context, tx Tx, r *rand.Rand, now time.Time, facts map[id.Lead]testkit.LeadFacts) error {
	l := lead.Lead{
		Title: fmt.Sprint("t", r.IntN(1000)), SourceChannel: "visit", UnitID: id.Unit(1 + r.IntN(scopeUnits)), Stage: lead.StageLead,
		StageSince: now, Currency: "CNY", CreatedAt: now, ActivityAt: now.Add(-time.Duration(r.IntN(5)) * time.Hour), Restricted: r.IntN(4) == 0, Version: 1,
	}
	if err := tx.Insert(ctx, &l); err != nil {
		return err
	}
	f := testkit.LeadFacts{Restricted: l.Restricted}
	owners := 0
	for range r.IntN(8) {
		p := randomPart(r, now)
		if slices.ContainsFunc(f.Parts, func(q testkit.PartFact) bool { return overlap(p, q) }) {
			continue // the schema refuses it; see the test of that
		}
		if p.Part == access.Owner && clock.IsForever(p.Until) {
			if owners++; owners > 1 {
				continue // the schema allows one
			}
		}
		row := lead.PartRow{UnitID: p.Unit, Part: p.Part, FromAt: p.From, Until: p.Until}
		if p.Part == access.Past {
			h := lead.Handoff{
				LeadID: l.ID, FromUnitID: p.Unit, ToUnitID: p.Unit, State: lead.Accepted, OfferedAt: now, DueAt: now, Version: 1,
				SnapTitle: &l.Title, SnapCurrency: &l.Currency, SnapVersion: &l.Version,
			}
			if err := tx.InsertHandoff(ctx, lead.Seen{}, &h); err != nil {
				return err
			}
			row.HandoffID = &h.ID
		}
		f.Parts = append(f.Parts, p)
		if err := tx.AddPart(ctx, l, row); err != nil {
			return err
		}
	}
	for range r.IntN(3) {
		m := testkit.MemberFact{User: id.User(1 + r.IntN(scopeUsers)), From: edge(r, now, -1), Until: edge(r, now, 1)}
		f.Members = append(f.Members, m)
		if err := tx.DB(ctx).Exec("INSERT INTO lead_members (lead_id, user_id, from_at, until) VALUES (?, ?, ?, ?)", l.ID, m.User, m.From, m.Until).Error; err != nil {
			return err
		}
	}
	facts[l.ID] = f
	return nil
}

// overlap tells whether two facts give one unit one part at one time.
func overlap(p, q testkit.PartFact) bool {
	return p.Part == q.Part && p.Unit == q.Unit && p.From.Before(q.Until) && q.From.Before(p.Until)
}

func randomPart(r *rand.Rand, now time.Time) testkit.PartFact {
	parts := []access.Part{access.Owner, access.Helper, access.Offered, access.Past, access.Chain, access.Coordinator, access.Granted}
	p := testkit.PartFact{Unit: id.Unit(1 + r.IntN(scopeUnits)), Part: parts[r.IntN(len(parts))], From: edge(r, now, -1), Until: edge(r, now, 1)}
	switch r.IntN(6) {
	case 0, 1:
		p.Until = clock.Forever()
	case 2: // over before now, so that the unit may play the part again
		p.From, p.Until = now.Add(-3*time.Hour), now.Add(-2*time.Hour)
	}
	return p
}

// edge is an instant on either side of now, now itself, or one microsecond
// beside it.
func edge(r *rand.Rand, now time.Time, usual int) time.Time {
	steps := []time.Duration{time.Hour, time.Hour, time.Hour, time.Microsecond, 0, -time.Hour}
	return now.Add(time.Duration(usual) * steps[r.IntN(len(steps))])
}

func randomScope(r *rand.Rand) access.Scope {
	parts := append(access.Parts(), "unheard_of")
	var grants []access.Grant
	for range r.IntN(4) {
		g := access.Grant{Part: parts[r.IntN(len(parts))], Unit: id.Unit(r.IntN(scopeUnits + 2))}
		if g.Part == access.Any || g.Part == access.AnyRestricted {
			g.Unit = 0
			if r.IntN(2) == 0 {
				continue
			}
		}
		grants = append(grants, g)
	}
	return access.NewScope(id.User(r.IntN(scopeUsers+1)), grants...)
}

func TestRandomScopesSelectTheSameLeadsInSQLAsInPlainGo(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		r := testkit.Dice(t)
		now, err := db.Now(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		facts := scatter(t, db, r, now)
		at := instant(now)
		for n := range 300 {
			scope := randomScope(r)
			want := []id.Lead{}
			for l, f := range facts {
				if testkit.Covers(scope, f, now) {
					want = append(want, l)
				}
			}
			slices.Sort(want)
			if got := sealedIDs(t, db, scope); !slices.Equal(got(at), want) {
				t.Fatalf("scope %d %v: sealed query %v, want %v", n, scope.Grants(), got(at), want)
			}
			if got := walkedIDs(t, db, scope, now); !slices.Equal(got, want) {
				t.Fatalf("scope %d %v: walks %v, want %v", n, scope.Grants(), got, want)
			}
		}
	})
}

func TestAUnitPlaysAPartInALeadOnceAtATime(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		now, err := db.Now(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var l lead.Lead
		add := func(unit id.Unit, part access.Part, from, until time.Time) error {
			return db.InTx(ctx, func(tx *store.Tx) error {
				return Tx{Tx: tx}.AddPart(ctx, l, lead.PartRow{UnitID: unit, Part: part, FromAt: from, Until: until})
			})
		}
		for leadID := range scatter(t, db, testkit.Dice(t), now) {
			l.ID = leadID
			break
		}
		err = db.InTx(ctx, func(tx *store.Tx) error {
			return tx.DB(ctx).Exec("DELETE FROM lead_parts WHERE lead_id = ?", l.ID).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		hour := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
		allowed := func(err error, what string) {
			t.Helper()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused := func(err error, what string) {
			t.Helper()
			if err == nil {
				t.Errorf("%s is not refused", what)
			}
		}
		allowed(add(1, access.Helper, hour(0), hour(2)), "a part for two hours")
		allowed(add(1, access.Helper, hour(2), clock.Forever()), "the part again from the instant at which it ended")
		allowed(add(2, access.Helper, hour(0), clock.Forever()), "another unit's part")
		allowed(add(1, access.Chain, hour(0), clock.Forever()), "another part")
		refused(add(1, access.Helper, hour(1), hour(2)), "a part within the part")
		refused(add(1, access.Helper, hour(5), hour(6)), "a dated part within the open one")
		refused(add(2, access.Helper, hour(9), clock.Forever()), "a second open part")
		refused(add(1, access.Helper, hour(-1), hour(0).Add(time.Microsecond)), "a part that reaches a microsecond into the part")
		later := func(until time.Time) error {
			return db.InTx(ctx, func(tx *store.Tx) error {
				return tx.DB(ctx).Exec("UPDATE lead_parts SET until = ? WHERE lead_id = ? AND unit_id = 1 AND part = 'helper' AND until = ?", until, l.ID, hour(2)).Error
			})
		}
		refused(later(hour(3)), "a part made longer into the next one")
		allowed(later(hour(1)), "a part made shorter")
	})
}

func sealedIDs(t *testing.T, db *store.DB, scope access.Scope) func(clause.Expr) []id.Lead {
	t.Helper()
	return func(at clause.Expr) []id.Lead {
		out := []id.Lead{}
		if err := leads(db.Read(context.Background()), scope, at).Select("l.id").Order("l.id").Scan(&out).Error; err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// walkedIDs pages through the list, three rows at a time, as a client does,
// and compares what each row's standing says with the scope.
func walkedIDs(t *testing.T, db *store.DB, scope access.Scope, now time.Time) []id.Lead {
	t.Helper()
	s := &Store{db: db}
	q := lead.Query{Read: scope, Money: scope, Page: page.Request{Limit: 3, Sort: page.Sort{Name: "activity_at", Desc: true}}}
	out := []id.Lead{}
	for {
		rows, err := s.list(context.Background(), q, instant(now))
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows[:min(3, len(rows))] {
			if !scope.Covers(row.Standing) {
				t.Fatalf("lead %d is listed, but its standing %+v is outside %v", row.Lead.ID, row.Standing, scope.Grants())
			}
			out = append(out, row.Lead.ID)
			if i == 2 {
				p := s.PositionOf(row, q.Page.Sort)
				q.Page.After = &p
			}
		}
		if len(rows) <= 3 {
			break
		}
	}
	slices.Sort(out)
	return out
}
