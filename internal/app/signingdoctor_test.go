package app_test

import (
	"fmt"
	"testing"

	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// What is known of the signing board can be worked out again; that a frozen
// month does not add up can only be told.
func TestTheDoctorLooksAtTheBoardOfTheMonths(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		i := b.plan(t, b.this.Add(2), 100_00)
		b.plan(t, b.this.Add(2), 200_00)
		if _, err := b.App.Signing.Freeze(b.ctx, b.bureau, i.Month); err != nil {
			t.Fatal(err)
		}
		doctor := leadstore.New(b.DB)
		for _, harm := range []struct{ sql, found, repaired, left string }{
			{
				fmt.Sprintf("UPDATE signing_spans SET cents = 7 WHERE item_id = %d", i.ID),
				"[what is known of a planned signing is what stands]", "[{open spans of planned signings 1}]", "[]",
			},
			{"DELETE FROM signing_spans", "[what is known of a planned signing is what stands]", "[{open spans of planned signings 2}]", "[]"},
			{
				fmt.Sprintf("UPDATE signing_frozen SET cents = 7 WHERE item_id = %d", i.ID),
				"[the frozen plan of a month and its changes give what stands]", "[]", "[the frozen plan of a month and its changes give what stands]",
			},
		} {
			if err := k.Exec(b.ctx, harm.sql); err != nil {
				t.Fatal(err)
			}
			if got := broken(t, b, doctor); got != harm.found {
				t.Errorf("%s: found %s, want %s", harm.sql, got, harm.found)
			}
			done, err := doctor.Repair(b.ctx)
			if err != nil || fmt.Sprint(done) != harm.repaired {
				t.Errorf("%s: repaired %v, want %s: %v", harm.sql, done, harm.repaired, err)
			}
			if got := broken(t, b, doctor); got != harm.left {
				t.Errorf("%s: left %s, want %s", harm.sql, got, harm.left)
			}
		}
	})
}

// broken names the rules that do not hold.
func broken(t *testing.T, b *signingBoard, doctor *leadstore.Store) string {
	t.Helper()
	found, err := doctor.Verify(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	rules := make([]string, 0, len(found))
	for _, f := range found {
		rules = append(rules, f.Rule)
	}
	return fmt.Sprint(rules)
}
