package main_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/signing"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// planned is how many signings a month of the crash test holds.
const planned = 8

// TestAProgramKilledWhileAMonthFreezesLeavesTheWholePlanOrNone kills the
// program while a month freezes and its amounts are edited. On PostgreSQL a
// second program freezes and edits the same month and lives on.
func TestAProgramKilledWhileAMonthFreezesLeavesTheWholePlanOrNone(t *testing.T) {
	dice := testkit.Dice(t)
	eachPlace(t, func(t *testing.T, p place) {
		p.env = []string{"LEADRELAY_SECRET=" + goodSecret}
		b := &freezing{t: t, dice: dice, db: testkit.Reopen(t, p.url), month: signing.MonthOf(clock.System{}.Today()).Add(1)}
		if b.db.Dialect() == store.Postgres {
			other := newPlace(t, p.url)
			other.env = p.env
			b.survivor = other.serve(t, "--set", "demo=true")
		}
		rounds := testkit.Times(40, 3)
		for range rounds {
			b.month = b.month.Add(1)
			b.round(p)
			if t.Failed() {
				return
			}
		}
		verifyAudit(t, p)
		t.Logf("%d kills: %d months were frozen before the restart, %d edits of 2xx were there afterwards", rounds, b.frozen, b.edits)
	})
}

// freezing is a month that freezes while its program is killed.
type freezing struct {
	t             *testing.T
	dice          *rand.Rand
	db            *store.DB
	survivor      *program // of the second node, nil on SQLite
	month         signing.Month
	frozen, edits int

	mu    sync.Mutex
	said  map[string]int64 // the amount that a card was answered to have
	cards []string
}

func (b *freezing) round(p place) {
	b.t.Helper()
	s := p.serve(b.t, "--set", "demo=true")
	bureau, town := s.login("bureau-head"), s.login("xiaolan")
	b.plan(town)
	programs := []*program{s}
	if b.survivor != nil {
		programs = append(programs, b.survivor)
	}
	var all sync.WaitGroup
	for n, one := range programs {
		for half := range 2 {
			editor := one.login([]string{"xiaolan", "bureau-head"}[half])
			all.Go(func() { b.edit(editor, b.cards[(n*2+half)*2:][:2]) })
		}
		freezer := one.login("bureau-head")
		wait := time.Duration(b.dice.IntN(40)) * time.Millisecond
		all.Go(func() {
			time.Sleep(wait)
			freezer.once(post{path: "/signing-months/" + string(b.month) + "/freeze", body: "{}"})
		})
	}
	time.Sleep(time.Duration(5+b.dice.IntN(45)) * time.Millisecond)
	s.kill()
	all.Wait()
	after := p.serve(b.t, "--set", "demo=true")
	bureau.base = after.base
	if b.check(bureau) == "frozen" {
		b.frozen++
	}
	if r := bureau.once(post{path: "/signing-months/" + string(b.month) + "/freeze", body: "{}"}); !r.ok() {
		b.t.Errorf("freeze after the kill: %d %s %v", r.status, r.body, r.err)
	}
	b.check(bureau)
	if code := after.stop(); code != 0 {
		b.t.Errorf("the program ended with code %d: %s", code, after.log)
	}
}

// plan puts new leads on the board of the month.
func (b *freezing) plan(town *client) {
	b.t.Helper()
	b.said, b.cards = map[string]int64{}, nil
	for n := range planned {
		lead := created(b.t, town, fmt.Sprintf("断电样例 %s 第%d项", b.month, n))
		r := town.once(post{path: "/signing-months/" + string(b.month) + "/items", body: `{"lead_id":` + lead + `,"grade":"sure","cents":1000}`})
		if !r.ok() {
			b.t.Fatalf("plan: %d %s %v", r.status, r.body, r.err)
		}
		b.cards = append(b.cards, rowIn(r))
	}
}

// edit raises the amounts of its own cards in turn until the program is gone
// or the round is over.
func (b *freezing) edit(c *client, cards []string) {
	cents := int64(1000)
	for step := range 12 {
		card := cards[step%len(cards)]
		cents += 7
		path := "/signing-months/" + string(b.month) + "/items/" + card
		r := c.do("PATCH", path, fmt.Sprint(step/len(cards)+1), fmt.Sprintf(`{"cents":%d,"reason":"核实"}`, cents))
		if r.err != nil {
			return
		}
		if !r.ok() {
			b.t.Errorf("edit: %d %s", r.status, r.body)
			return
		}
		b.mu.Lock()
		b.said[card] = cents
		b.edits++
		b.mu.Unlock()
	}
}

// check compares the month with what was answered: every amount, and a plan
// that was kept whole or not at all and adds up to what stands. It returns
// whether the month is open or frozen.
func (b *freezing) check(c *client) string {
	b.t.Helper()
	r := c.do("GET", "/signing-months/"+string(b.month), "", "")
	var v signing.MonthView
	if err := json.Unmarshal(r.body, &v); err != nil || !r.ok() {
		b.t.Fatalf("read the month: %d %s %v %v", r.status, r.body, r.err, err)
	}
	for _, i := range v.Items {
		if want := b.said[i.ID.String()]; i.Cents < want {
			b.t.Errorf("the card %s has %d after it was answered %d", i.ID, i.Cents, want)
		}
	}
	rows := count(b.t, b.db, "SELECT count(*) FROM signing_frozen WHERE month = '"+string(b.month)+"'")
	switch {
	case len(v.Items) != planned:
		b.t.Errorf("%d of %d cards stand", len(v.Items), planned)
	case v.State == "open" && rows != 0:
		b.t.Errorf("an open month keeps %d rows of a plan", rows)
	case v.State == "frozen" && (rows != planned || v.Sums.Frozen.Count != planned || !v.Sums.Adds()):
		b.t.Errorf("the frozen month keeps %d rows and adds up to %+v", rows, v.Sums)
	}
	return v.State
}
