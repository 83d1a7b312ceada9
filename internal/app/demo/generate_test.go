package demo

import (
	"context"
	"errors"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

func generated(t testing.TB, w World, o Options) {
	t.Helper()
	if err := Generate(context.Background(), w, o); err != nil {
		t.Fatal(err)
	}
}

func TestAGeneratedWorldKeepsEveryRule(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		generated(t, w, Options{Leads: 1500, Seed: 1})
		sound(t, db)
		if got := rows(t, db, "SELECT count(*) FROM leads WHERE source_note = '演示：随机生成的虚构线索，种子 1' AND invented"); got != "1500" {
			t.Errorf("%s generated leads", got)
		}
		if got := rows(t, db, "SELECT count(*) FROM handoffs WHERE state = 'offered' AND due_at <= ?", day(t, monday).At(12*3600e9)); got != "0" {
			t.Errorf("%s open offers have run out by noon", got)
		}
		for _, sql := range []string{
			"SELECT id FROM activities WHERE at >= ?", "SELECT id FROM notes WHERE created_at >= ?", "SELECT id FROM audit_events WHERE lead_id IS NOT NULL AND at >= ?",
		} {
			if got := rows(t, db, sql, day(t, monday).Start()); got != "" {
				t.Errorf("%s: %s", sql, got)
			}
		}
	})
}

func TestEqualSeedsGiveEqualWorlds(t *testing.T) {
	eachCity(t, func(t *testing.T, first World) {
		second, third := emptyLike(t, first), emptyLike(t, first)
		generated(t, first, Options{Leads: 300, Seed: 7})
		generated(t, second, Options{Leads: 300, Seed: 7})
		generated(t, third, Options{Leads: 300, Seed: 8})
		want := content(t, first.DB)
		if content(t, second.DB) != want {
			t.Error("two worlds of one seed differ")
		}
		if content(t, third.DB) == want {
			t.Error("two seeds gave one world")
		}
	})
}

func TestBothDatabasesHoldTheSameWorld(t *testing.T) {
	var made []string
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		generated(t, w, Options{Leads: 200, Seed: 3})
		made = append(made, rows(t, db, "SELECT code, title, investor_name, credit_code, unit_id, stage, planned_cents, currency, chain, version, created_at, "+
			"activity_at FROM leads ORDER BY id")+rows(t, db, "SELECT lead_id, unit_id, part, from_at, until, handoff_id FROM lead_parts ORDER BY id"))
	})
	if len(made) != 2 || made[0] != made[1] {
		t.Error("the worlds differ")
	}
}

func TestAnInterruptedGenerationGoesOnWhereItStopped(t *testing.T) {
	o := Options{Leads: 700, Seed: 5, chunk: 300}
	whole := opened(cityTemplate().Open(t, store.SQLite))
	generated(t, whole, o)

	w := emptyLike(t, whole)
	ctx, cancel := context.WithCancel(t.Context())
	w.Progress = func(string, int, int) { cancel() }
	if err := Generate(ctx, w, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted generation says %v", err)
	}
	if got := rows(t, w.DB, "SELECT count(*) FROM leads"); got != "300" {
		t.Errorf("%s leads were written before the interruption", got)
	}
	sound(t, w.DB)
	w.Progress = nil
	generated(t, w, o)
	generated(t, w, o) // nothing is left to do
	if content(t, w.DB) != content(t, whole.DB) {
		t.Error("the world differs from one made without interruption")
	}
}

func TestVerifyNamesWhatIsBroken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w World) {
		db := w.DB
		for sql, want := range map[string]string{
			"UPDATE lead_counters SET leads = leads + 1 WHERE dimension = 'stage' AND key = 'lost'":                   "the kept counters equal a recount",
			"UPDATE clock_counters SET met = met + 1 WHERE kind = 'triage' AND grain = 'month'":                       "the kept counters of clocks equal a recount",
			"UPDATE match_keys SET key = 'x' WHERE kind = 'name' AND lead_id = (SELECT min(lead_id) FROM match_keys)": "the keys of the duplicate check are those of the investor",
			"UPDATE lead_parts SET stage = 'lost' WHERE id = (SELECT min(id) FROM lead_parts WHERE part = 'chain')":   "parts carry the lead's activity, stage and confidentiality",
			"DELETE FROM lead_parts WHERE id = (SELECT min(id) FROM lead_parts WHERE part = 'chain')":                 "the chain's team reads along",
			"DELETE FROM lead_parts WHERE id = (SELECT min(id) FROM lead_parts WHERE part = 'past')":                  "an accepted hand-off leaves its giver the part past and what it saw",
			"DELETE FROM lead_parts WHERE id = (SELECT min(id) FROM lead_parts WHERE part = 'offered')":               "an offer gives its unit the part until its end",
			"DELETE FROM lead_members": "a restricted lead has a member",
			"DELETE FROM lead_search WHERE " + searchKey(db) + " = (SELECT min(id) FROM leads)":                                                                      "every lead is in the search index",
			"UPDATE leads SET created_at = (SELECT max(created_at) FROM leads) WHERE id = 1":                                                                         "custody begins with the lead",
			"UPDATE lead_parts SET until = from_at WHERE id = (SELECT min(id) FROM lead_parts WHERE part = 'owner' AND handoff_id IS NULL AND until < '9999-01-01')": "intervals of custody follow without gap or overlap",
		} {
			if got := firstFinding(t, db, sql); got != want {
				t.Errorf("%s\nfound %q, want %q", sql, got, want)
			}
		}
		sound(t, db)
	})
}

func searchKey(db *store.DB) string {
	if db.Dialect() == store.SQLite {
		return "rowid"
	}
	return "lead_id"
}

// firstFinding breaks a copy of the database and returns what Verify says.
func firstFinding(t *testing.T, db *store.DB, sql string) string {
	t.Helper()
	broken := worldTemplate().Open(t, db.Dialect())
	err := broken.InTx(t.Context(), func(tx *store.Tx) error { return tx.DB(t.Context()).Exec(sql).Error })
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	found, err := leadstore.New(broken).Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return ""
	}
	return found[0].Rule
}

// BenchmarkGenerate tells how many leads a second are written.
func BenchmarkGenerate(b *testing.B) {
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) {
			const leads = 5_000
			for b.Loop() {
				b.StopTimer()
				w := opened(cityTemplate().Open(b, kind))
				b.StartTimer()
				generated(b, w, Options{Leads: leads, Seed: 1})
			}
			b.ReportMetric(float64(leads*b.N)/b.Elapsed().Seconds(), "leads/s")
		})
	}
}
