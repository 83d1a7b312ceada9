package demo

import (
	"context"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestAGeneratedWorldKeepsEveryRule(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := built(t, db)
		if err := Generate(t.Context(), w, Options{Leads: 1500, Seed: 1}); err != nil {
			t.Fatal(err)
		}
		sound(t, db)
		t.Log(rows(t, db, "SELECT stage, count(*) FROM leads GROUP BY 1 ORDER BY 2"))
		t.Log(rows(t, db, "SELECT state, count(*) FROM handoffs GROUP BY 1"))
	})
}

func BenchmarkGenerate(b *testing.B) {
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) {
			const leads = 5_000
			for b.Loop() {
				b.StopTimer()
				w := empty(b, testkit.Open(b, kind))
				b.StartTimer()
				if err := Generate(context.Background(), w, Options{Leads: leads, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(leads*b.N)/b.Elapsed().Seconds(), "leads/s")
		})
	}
}
