package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// checkers may ask the duplicate check; to every lead of the world some of
// them have a part and others none.
func checkers() []string {
	return []string{"sz-off", "yrd-off", "iit-head", "hp-head", "xl-off", "nl-off", "ch-off", "robot-off", "bio-off", "bureau-head", "bureau-off"}
}

// asks returns the whole answer of the duplicate check, with its size.
func asks(t *testing.T, w *world, who, investor string) string {
	t.Helper()
	a := w.As(t, who).Do(t, kit.Request{Method: http.MethodPost, Path: "/duplicates/check", Body: fmt.Sprintf(`{"investor_name":%q}`, investor)})
	if a.Status != http.StatusOK {
		t.Fatalf("%s asks for %s: %d %s", who, investor, a.Status, a.Body)
	}
	header := a.Header.Clone()
	for _, own := range []string{"X-Request-Id", "Date"} { // of the question, not of the answer
		header.Del(own)
	}
	return fmt.Sprintf("%v %s", header, a.Body)
}

// TestTheDuplicateCheckAnswersTheSameBytesWhateverTheAskerMaySee asks as
// everybody after every lead, own, foreign and restricted: who has a right to
// the lead learns no more here than who has none, in no byte and no header.
func TestTheDuplicateCheckAnswersTheSameBytesWhateverTheAskerMaySee(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, e := range w.leads {
			first := asks(t, w, checkers()[0], e.head.investor)
			for _, who := range checkers()[1:] {
				if got := asks(t, w, who, e.head.investor); got != first {
					t.Errorf("lead %d: %s is told %s, %s %s", e.plan.No, who, got, checkers()[0], first)
				}
			}
		}
	})
}

// TestTheDuplicateCheckNamesReferenceHolderAndDayAndNothingElse reads the
// names of every answer.
func TestTheDuplicateCheckNamesReferenceHolderAndDayAndNothingElse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, e := range w.leads {
			a := w.As(t, "ch-off").Do(t, kit.Request{Method: http.MethodPost, Path: "/duplicates/check", Body: fmt.Sprintf(`{"investor_name":%q}`, e.head.investor)})
			var said map[string]json.RawMessage
			a.Into(t, &said)
			var items []map[string]any
			if err := json.Unmarshal(said["items"], &items); err != nil {
				t.Fatal(err)
			}
			if names := slices.Sorted(maps.Keys(said)); !slices.Equal(names, []string{"items", "result"}) {
				t.Errorf("lead %d: the answer holds %v", e.plan.No, names)
			}
			for _, item := range items {
				if names := slices.Sorted(maps.Keys(item)); !slices.Equal(names, []string{"reference", "reported_on", "unit_id"}) {
					t.Errorf("lead %d: a hit holds %v", e.plan.No, names)
				}
			}
		}
	})
}

// TestTheDuplicateCheckDoesNotDependOnWhatIsHidden reports one investor
// several times, changes everything of these leads that the answer does not
// name, the opposite way round, and asks again.
func TestTheDuplicateCheckDoesNotDependOnWhatIsHidden(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const name = "中山市远帆精密仪器有限公司"
		for i, who := range []string{"sz-off", "hp-head", "xl-off", "nl-off"} {
			body := fmt.Sprintf(`{"title":"项目 %d","investor_name":%q,"source_channel":"visit","summary":"虚构"`, i, name)
			if i > 0 {
				body += `,"duplicate":{"choice":"another","reason":"另一处选址"}`
			}
			if a := w.As(t, who).Do(t, kit.Request{Method: http.MethodPost, Path: "/leads", Body: body + "}"}); a.Status != http.StatusCreated {
				t.Fatalf("%s registers: %d %s", who, a.Status, a.Body)
			}
		}
		before := asks(t, w, "ch-off", name)
		err := w.DB.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.DB(t.Context()).Exec("UPDATE leads SET title = 'x' || (1000 - id), stage = 'negotiating', planned_cents = 100000 - id, currency = 'USD', "+
				"chain = 'opto', product = 'y', summary = 'z', activity_at = stage_since, version = version + 1000 - id, next_step = 'w', "+
				"first_contact_unit_id = NULL WHERE investor_name = ?", name).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		if after := asks(t, w, "ch-off", name); after != before {
			t.Errorf("told\n%s\nbefore, and now\n%s", before, after)
		}
		var said struct{ Items []struct{ Reference string } }
		w.As(t, "ch-off").Do(t, kit.Request{Method: http.MethodPost, Path: "/duplicates/check", Body: fmt.Sprintf(`{"investor_name":%q}`, name)}).Into(t, &said)
		if len(said.Items) != 4 || !slices.IsSortedFunc(said.Items, func(a, b struct{ Reference string }) int {
			return slices.Compare([]byte(a.Reference), []byte(b.Reference))
		}) {
			t.Errorf("hits are not in the order of their references: %+v", said.Items)
		}
	})
}
