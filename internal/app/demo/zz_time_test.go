package demo_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestZZ(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	var db *store.DB
	if os.Getenv("KIND") == "postgres" {
		db = testkit.Open(t, store.Postgres)
	} else {
		var err error
		os.Remove("/tmp/lr-gen.db")
		os.Remove("/tmp/lr-gen.db-wal")
		os.Remove("/tmp/lr-gen.db-shm")
		db, err = store.Open(context.Background(), store.Options{URL: "file:/tmp/lr-gen.db"})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	w := empty(t, db)
	start := time.Now()
	if err := demo.Build(context.Background(), w); err != nil {
		t.Fatal(err)
	}
	t.Logf("small %s", time.Since(start))
	w.Progress = func(s string, a, b int) { t.Logf("%s %d %s", s, a, time.Since(start)) }
	if err := demo.Generate(context.Background(), w, demo.Options{Leads: n, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	t.Logf("all %s", time.Since(start))
	start = time.Now()
	sound(t, db)
	t.Logf("verify %s", time.Since(start))
	for _, table := range []string{"leads", "lead_parts", "handoffs", "activities", "notes", "contacts", "audit_events", "lead_counters"} {
		t.Log(table, rows(t, db, "SELECT count(*) FROM "+table))
	}
}
