package lead_test

import (
	"context"
	"testing"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// A calendar edit moves thousands of clocks; what it asks must grow with
// hundreds of them, not with each.
func TestAnEditOfTheCalendarHasNoQueryForEachClock(t *testing.T) {
	testkit.NewTemplate("plans", aFullCity).Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const chunk, perChunk, cells = 500, 12, 100
		var started []string
		must(t, db.Read(context.Background()).Raw("SELECT CAST(max(started_at) AS text) FROM clocks WHERE closed_at IS NULL").Scan(&started).Error)
		last, err := clock.ParseDate(started[0][:len("2006-01-02")])
		must(t, err)
		pace, err := w.lead.Pace(context.Background())
		must(t, err)
		tomorrow := pace.Office.NextWorkingDay(last.AddDays(1))
		asked := countWrites(t, db)
		moved := w.calendar(t, []clock.Day{{Date: tomorrow, Working: false, Name: "停工", Source: "notice"}}, tomorrow.String(), tomorrow.String())
		var kept int
		must(t, db.Read(context.Background()).Raw("SELECT count(*) FROM clock_counters WHERE running <> 0").Scan(&kept).Error)
		most := 20 + (moved/chunk+1)*perChunk + 2*kept/cells
		t.Logf("%d clocks moved by %d statements, at most %d", moved, *asked, most)
		if moved < chunk/2 {
			t.Errorf("only %d clocks moved", moved)
		}
		if *asked == 0 || *asked > most || *asked > moved/8 {
			t.Errorf("%d clocks took %d statements, want at most %d", moved, *asked, most)
		}
		w.whole(t)
	})
}

// countWrites counts the statements of the transactions that follow.
func countWrites(t *testing.T, db *store.DB) *int {
	t.Helper()
	ctx, n := context.Background(), new(int)
	note := func(q *gorm.DB) {
		if !q.DryRun {
			*n++
		}
	}
	must(t, db.InTx(ctx, func(tx *store.Tx) error {
		callbacks := tx.DB(ctx).Callback()
		_ = callbacks.Raw().After("gorm:raw").Register("test:count", note) // a wrong name shows as no statement
		_ = callbacks.Row().After("gorm:row").Register("test:count", note)
		_ = callbacks.Query().After("gorm:query").Register("test:count", note)
		return nil
	}))
	return n
}
