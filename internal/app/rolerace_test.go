package app_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/testkit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// TestAnAcceptanceMeetsTheLossOfTheRightToIt accepts an offer at the moment at
// which the person loses the role, or the unit is closed: either the
// acceptance came before and stands once, or it is refused and left no trace;
// and afterwards nothing is accepted any more.
func TestAnAcceptanceMeetsTheLossOfTheRightToIt(t *testing.T) {
	dice := testkit.Dice(t)
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		officer := k.As(t, "town-officer")
		for _, p := range []string{"town-officer", "security-admin", "system-admin"} {
			k.As(t, p).Token(t)
		}
		day, err := k.App.Org.Today(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		membership := number(t, k, "SELECT max(id) FROM memberships WHERE user_id = ?", officer.ID)
		huangpu := k.Unit(context.Background(), "huangpu")
		for name, loss := range map[string]struct {
			by, path, body, again, table string
			row                          int
		}{
			"role": {"security-admin", fmt.Sprintf("/memberships/%d", membership), fmt.Sprintf(`{"until_on":"%s"}`, day), `{"until_on":null}`, "memberships", membership},
			"unit": {"system-admin", fmt.Sprintf("/units/%d", huangpu), fmt.Sprintf(`{"closed_on":"%s"}`, day), `{"closed_on":null}`, "units", int(huangpu)},
		} {
			stood := 0
			rounds := testkit.Times(300, 4)
			for range rounds {
				c, err := k.MakeCell(context.Background(), kit.Cell{Unit: "huangpu", Relation: kit.OfferedToMe})
				if err != nil {
					t.Fatal(err)
				}
				version := number(t, k, "SELECT version FROM "+loss.table+" WHERE id = ?", loss.row)
				take := posts(`{}`, "/handoffs/%d/accept", c.Handoff)
				end := kit.Request{Method: http.MethodPatch, Path: loss.path, Body: loss.body, IfMatch: fmt.Sprint(version)}
				var accepted, ended kit.Answer
				var both sync.WaitGroup
				late := time.Duration(dice.IntN(4)) * time.Millisecond
				both.Go(func() { time.Sleep(late); accepted = officer.Do(t, take) })
				both.Go(func() { ended = k.As(t, loss.by).Do(t, end) })
				both.Wait()
				if ended.Status != http.StatusOK || !slices.Contains([]string{"200", "403 forbidden", "409 handoff.receiver_closed"}, accepted.Brief()) {
					t.Errorf("loss of the %s: %s, acceptance: %s", name, ended.Brief(), accepted.Brief())
				}
				want := 0
				if accepted.Status == http.StatusOK {
					want, stood = 1, stood+1
				}
				for what, sql := range map[string]string{
					"hand-offs accepted":     "SELECT count(*) FROM handoffs WHERE id = ? AND state = 'accepted'",
					"entries of the stream":  "SELECT count(*) FROM activities WHERE handoff_id = ? AND kind = 'accepted'",
					"lines of the audit":     "SELECT count(*) FROM audit_events WHERE object = 'handoff' AND object_id = ? AND kind = 'handoff.accepted' AND outcome = 'done'",
					"notices of the outcome": "SELECT count(*) FROM notice_events WHERE handoff_id = ? AND kind = 'handoff.accepted'",
				} {
					if n := number(t, k, sql, c.Handoff); n != want {
						t.Errorf("loss of the %s, acceptance %s: %d %s", name, accepted.Brief(), n, what)
					}
				}
				answers(t, officer, take, "403 forbidden")
				end.Body, end.IfMatch = loss.again, ended.Version()
				answers(t, k.As(t, loss.by), end, "200")
			}
			t.Logf("loss of the %s: %d rounds, the acceptance stood %d", name, rounds, stood)
		}
	})
}
