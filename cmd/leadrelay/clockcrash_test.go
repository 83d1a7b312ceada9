package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// longRun lets every running clock have run for so long that all its warnings
// are due, as if the program had been down.
func longRun(t *testing.T, db *store.DB) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *store.Tx) error {
		then := tx.Now(t.Context()).Add(-90 * 24 * time.Hour)
		return tx.DB(t.Context()).Exec("UPDATE clocks SET started_at = ?, anchor_at = ?, warn_at = ? WHERE closed_at IS NULL", then, then, then).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two programs on one PostgreSQL warn of a thousand clocks, each of which has
// four warnings due. They are killed in turn in the middle of it and started
// again: each warning is written once and told once to each person.
func TestNoWarningIsMissedOrDoubledWhenOneOfTwoProgramsIsKilled(t *testing.T) {
	address := cityTemplate().URL(t, store.Postgres, true)
	places := []place{newPlace(t, address), newPlace(t, address)}
	var programs []*program
	for i := range places {
		places[i].env = []string{"LEADRELAY_SECRET=" + goodSecret}
		programs = append(programs, places[i].serve(t, "--set", "demo=true"))
	}
	giver := programs[0].login("wg-shenzhen")
	leads := testkit.Times(334, 40)
	for n := range leads {
		created(t, giver, fmt.Sprint("时限 ", n))
	}
	db := testkit.Reopen(t, address)
	clocks := count(t, db, "SELECT count(*) FROM clocks WHERE closed_at IS NULL")
	if clocks != 3*leads {
		t.Fatalf("%d leads have %d clocks", leads, clocks)
	}
	want := 4 * clocks
	begun := time.Now()
	longRun(t, db)
	given := func() int { return count(t, db, "SELECT count(*) FROM clock_warnings") }
	kills := 0
	for at := 1; at <= 4; at++ {
		await(t, "a part of the warnings is given", func() bool { return given() >= want*at/6 })
		n := kills % 2
		programs[n].kill()
		kills++
		programs[n] = places[n].serve(t, "--set", "demo=true")
	}
	await(t, "all warnings are given", func() bool { return given() >= want })
	await(t, "all of them are told", func() bool {
		timePasses(t, db)
		time.Sleep(50 * time.Millisecond)
		return count(t, db, "SELECT count(*) FROM notice_events WHERE kind = 'clock.warned' AND told_at IS NULL") == 0
	})
	for what, sql := range map[string]string{
		"warnings":                 "SELECT count(*) FROM clock_warnings",
		"clocks with all four":     "SELECT 4 * count(*) FROM clocks c WHERE c.warned = 150 AND (SELECT count(*) FROM clock_warnings w WHERE w.clock_id = c.id) = 4",
		"events":                   "SELECT count(*) FROM notice_events WHERE kind = 'clock.warned'",
		"events, each of its kind": "SELECT count(*) FROM (SELECT DISTINCT object_id, params FROM notice_events WHERE kind = 'clock.warned') AS x",
	} {
		if got := count(t, db, sql); got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	told := count(t, db, "SELECT count(*) FROM notices n JOIN notice_events e ON e.id = n.event_id WHERE e.kind = 'clock.warned'")
	once := count(t, db, "SELECT count(*) FROM (SELECT DISTINCT n.user_id, e.object_id, e.params FROM notices n "+
		"JOIN notice_events e ON e.id = n.event_id WHERE e.kind = 'clock.warned') AS x")
	if told != once || told < want {
		t.Errorf("%d notices, %d different ones, of %d warnings", told, once, want)
	}
	t.Logf("%d clocks, %d warnings, %d notices, %d kills in %s", clocks, want, told, kills, time.Since(begun).Round(time.Second))
}
