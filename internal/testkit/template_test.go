package testkit_test

import (
	"context"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestAWorldIsBuiltOnceAndEveryTestHasItsOwnCopy(t *testing.T) {
	ctx := context.Background()
	built := 0
	world := testkit.NewTemplate("one_day_"+time.Now().Format("150405.000000"), func(ctx context.Context, db *store.DB) error {
		built++
		return db.InTx(ctx, func(tx *store.Tx) error { return addDay(ctx, tx, "2026-01-01") })
	})
	for range 2 {
		world.Each(t, func(t *testing.T, db *store.DB) {
			err := db.InTx(ctx, func(tx *store.Tx) error { return addDay(ctx, tx, "2026-01-02") })
			if err != nil {
				t.Fatal(err)
			}
			var days int
			if err := db.Read(ctx).Raw("SELECT count(*) FROM calendar_days").Scan(&days).Error; err != nil || days != 2 {
				t.Errorf("%d days, error %v, want 2", days, err)
			}
		})
	}
	if built != 2 {
		t.Errorf("the world was built %d times for two databases", built)
	}
}

func TestADurableCopyOpensWithTheProgramsOwnSettings(t *testing.T) {
	testkit.EachDBDurable(t, func(t *testing.T, db *store.DB) {
		setting, want := "SHOW fsync", "on"
		if db.Dialect() == store.SQLite {
			setting, want = "PRAGMA synchronous", "2"
		}
		var got string
		if err := db.Read(context.Background()).Raw(setting).Scan(&got).Error; err != nil || got != want {
			t.Errorf("%s is %q, error %v, want %q", setting, got, err, want)
		}
	})
}

func addDay(ctx context.Context, tx *store.Tx, day string) error {
	return tx.DB(ctx).Exec("INSERT INTO calendar_days (day, working, name, source) VALUES (?, ?, '', '')", day, true).Error
}
