package demo

import (
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
)

func TestTheDemoWorldKeepsEveryRule(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		start := time.Now()
		w := built(t, db)
		t.Logf("built in %s", time.Since(start))
		sound(t, db)
		before := rows(t, db, "SELECT count(*), max(activity_at) FROM leads")
		if err := Build(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if after := rows(t, db, "SELECT count(*), max(activity_at) FROM leads"); after != before {
			t.Errorf("a second building changed %q to %q", before, after)
		}
	})
}
