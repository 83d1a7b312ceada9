package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// counted is what a table of counts holds: checks and refusals of the person.
func counted(t *testing.T, k *kit.Kit, table string, p *kit.Person) (checks, refused int64) {
	t.Helper()
	var row struct{ Checks, Refused int64 }
	err := k.DB.Read(context.Background()).Raw("SELECT COALESCE(sum(checks), 0) AS checks, COALESCE(sum(refused), 0) AS refused FROM "+
		table+" WHERE kind = 'person' AND who = ?", p.ID).Scan(&row).Error
	if err != nil {
		t.Fatal(err)
	}
	return row.Checks, row.Refused
}

// setRule sets a number of the city from today on.
func setRule(t *testing.T, k *kit.Kit, key string, value int64) {
	t.Helper()
	body := fmt.Sprintf(`{"key":%q,"value":%d,"from_on":%q,"source":"test"}`, key, value, clock.DateOf(time.Now().UTC()))
	if a := k.As(t, "system-admin").Do(t, kit.Request{Method: "POST", Path: "/settings/rules", Body: body}); a.Status != http.StatusCreated {
		t.Fatalf("set %s: %d %s", key, a.Status, a.Body)
	}
}

func claim(p *kit.Person, reference, key string) kit.Request {
	return kit.Request{
		Method: "POST", Path: "/disputes", Unit: p.Roles[0].Unit, Header: map[string]string{"Idempotency-Key": key},
		Body: fmt.Sprintf(`{"reference":%q,"claim":"由本单位负责","reason":"已在先会谈"}`, reference),
	}
}

func TestReferencesCannotBeProbedThroughDisputes(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		// One window of a day, and not at the turn of two.
		if now := time.Now().UTC(); now.Truncate(24*time.Hour).Add(24*time.Hour).Sub(now) < time.Hour {
			k.DB.SetOffset(time.Hour)
			t.Cleanup(func() { k.DB.SetOffset(0) })
		}
		setRule(t, k, "duplicate_check_minutes", 1440)
		setRule(t, k, "dispute_reference_person", 5)
		c, town := fresh(t, k, false), k.As(t, "town-officer")
		for n := range 4 {
			if got := town.Do(t, claim(town, fmt.Sprintf("ZS-2026-9%04d", n), fmt.Sprintf("probe-key-%08d", n))).Brief(); got != "404 dispute.reference_unknown" {
				t.Fatalf("try %d: %s", n, got)
			}
			if checks, _ := counted(t, k, "reference_counts", town); checks != int64(n)+1 {
				t.Fatalf("%d tries are counted after %d", checks, n+1)
			}
		}
		if a := town.Do(t, claim(town, c.Code, "probe-key-found")); a.Status != http.StatusCreated {
			t.Fatalf("the fifth: %d %s", a.Status, a.Body)
		}
		for n, reference := range []string{c.Code, "ZS-2026-99999"} {
			a := town.Do(t, claim(town, reference, fmt.Sprintf("probe-key-late%d", n)))
			if a.Brief() != "429 dispute.too_often" || a.Header.Get("Retry-After") == "" {
				t.Errorf("a try over the limit: %s, Retry-After %q", a.Brief(), a.Header.Get("Retry-After"))
			}
		}
		if checks, refused := counted(t, k, "reference_counts", town); checks != 5 || refused != 2 {
			t.Errorf("%d tries and %d refusals are counted", checks, refused)
		}
		var v lead.CheckUsersView
		k.As(t, "bureau-officer").Get(t, "/duplicates/users", &v)
		if len(v.Items) != 1 || v.Items[0].User.ID != town.ID || v.Items[0].References != 5 || v.Items[0].Disputes != 1 || v.Items[0].Refused != 2 {
			t.Errorf("the bureau sees %+v", v.Items)
		}
	})
}

func TestARefusedRegistrationCountsAlthoughItsTransactionIsTakenBack(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		group, town := k.As(t, "group-officer"), k.As(t, "town-officer")
		body := func(p *kit.Person) string {
			raw, err := json.Marshal(map[string]any{
				"title": "生产基地", "investor_name": "星河精密科技有限公司", "source_channel": "visit", "summary": "拟建厂房", "unit_id": p.Roles[0].Unit,
			})
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		if a := group.Do(t, kit.Request{Method: "POST", Path: "/leads", Body: body(group), Header: map[string]string{"Idempotency-Key": "register-the-first"}}); a.Status != http.StatusCreated {
			t.Fatalf("first: %d %s", a.Status, a.Body)
		}
		for n := range 3 {
			a := town.Do(t, kit.Request{Method: "POST", Path: "/leads", Body: body(town), Header: map[string]string{"Idempotency-Key": fmt.Sprintf("register-again-%d", n)}})
			if a.Brief() != "409 duplicate.conflict" {
				t.Fatalf("again: %s", a.Brief())
			}
			if checks, _ := counted(t, k, "check_counts", town); checks != int64(n)+1 {
				t.Errorf("%d tries are counted after %d", checks, n+1)
			}
		}
	})
}
