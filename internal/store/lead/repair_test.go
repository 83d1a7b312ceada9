package lead_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
)

func TestTheDoctorFindsEveryKeptFigureThatIsWrongAndPutsItRight(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		for i := range 3 {
			w.register(t, "huangpu", fmt.Sprintf("示例体检 %d", i))
		}
		for _, harm := range []struct{ sql, repaired string }{
			{"UPDATE lead_counters SET leads = leads + 1", "[{counters of leads 3}]"},
			{"UPDATE lead_counters SET cents = 5, known = 7 WHERE dimension = 'stage'", "[{counters of leads 1}]"},
			{"DELETE FROM clock_counters WHERE grain = 'month' AND kind = 'triage'", "[{counters of clocks 1}]"},
			{"DELETE FROM cockpit_counters WHERE dimension = 'town'", "[{counters of the cockpit 2}]"},
			{"UPDATE cockpit_counters SET leads = 9 WHERE kind = 'stage'", "[{counters of the cockpit 3}]"},
			{"UPDATE lead_facts SET chain = 'lost' WHERE lead_id = (SELECT min(id) FROM leads)", "[{open spans of facts 1}]"},
			{"DELETE FROM lead_facts WHERE lead_id = (SELECT max(id) FROM leads)", "[{open spans of facts 1}]"},
			{"UPDATE stage_spans SET stage = 'signed' WHERE lead_id = (SELECT max(id) FROM leads)", "[{open spans of stages 1}]"},
		} {
			must(t, w.db.InTx(ctx, func(tx *store.Tx) error { return tx.DB(ctx).Exec(harm.sql).Error }))
			found, err := w.store.Verify(ctx)
			must(t, err)
			if len(found) == 0 {
				t.Errorf("%s: nothing is found", harm.sql)
			}
			done, err := w.store.Repair(ctx)
			must(t, err)
			t.Logf("%s: %v", harm.sql, done)
			if fmt.Sprint(done) != harm.repaired {
				t.Errorf("%s: repaired %v, want %s", harm.sql, done, harm.repaired)
			}
			if found, err := w.store.Verify(ctx); err != nil || len(found) > 0 {
				t.Errorf("%s: after the repair %v, %v", harm.sql, found, err)
			}
		}
		if done, err := w.store.Repair(ctx); err != nil || len(done) > 0 {
			t.Errorf("a sound database is repaired: %v, %v", done, err)
		}
	})
}
