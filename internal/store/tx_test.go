package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestATransactionIsRunAgainTwiceWhenItLostToAnother(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for _, c := range []struct {
			losses, runs int
			code         string
		}{{0, 1, ""}, {2, 3, ""}, {3, 3, "database.busy"}} {
			runs := 0
			err := db.InTx(ctx, func(tx *store.Tx) error {
				runs++
				if err := addUser(ctx, tx, fmt.Sprintf("user%d", c.losses), time.Unix(0, 0).UTC()); err != nil {
					return err
				}
				if runs <= c.losses {
					return fmt.Errorf("lose: %w", store.ErrTransient)
				}
				return nil
			})
			code := ""
			if err != nil {
				code = fault.CodeOf(err)
			}
			if runs != c.runs || code != c.code {
				t.Errorf("after %d losses: %d runs, %v", c.losses, runs, err)
			}
		}
		if got := users(t, db); got != 2 {
			t.Errorf("%d users, want 2", got)
		}
	})
}

func TestADeadlockIsResolvedByRunningAgain(t *testing.T) {
	ctx := context.Background()
	db := testkit.Open(t, store.Postgres)
	addUsers(t, db, "a", "b")
	var met, done sync.WaitGroup
	met.Add(2)
	errs := make([]error, 2)
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		var once sync.Once
		done.Go(func() {
			errs[i] = db.InTx(ctx, func(tx *store.Tx) error {
				for _, name := range order {
					if err := tx.DB(ctx).Exec("UPDATE users SET version = version + 1 WHERE username = ?", name).Error; err != nil {
						return err
					}
					once.Do(func() { met.Done(); met.Wait() })
				}
				return nil
			})
		})
	}
	done.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	var versions []int
	if err := db.Read(ctx).Raw("SELECT version FROM users ORDER BY username").Scan(&versions).Error; err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(versions) != "[3 3]" {
		t.Errorf("the versions are %v", versions)
	}
}

func TestNothingIsKeptAfterAnErrorAPanicOrAnEndedContext(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		stop := errors.New("stop")
		err := db.InTx(ctx, func(tx *store.Tx) error { return errors.Join(addUser(ctx, tx, "a", time.Unix(0, 0).UTC()), stop) })
		if !errors.Is(err, stop) {
			t.Errorf("the error is %v", err)
		}
		func() {
			defer func() {
				if recover() != "stop" {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.InTx(ctx, func(tx *store.Tx) error {
				if err := addUser(ctx, tx, "b", time.Unix(0, 0).UTC()); err != nil {
					t.Error(err)
				}
				panic("stop")
			})
		}()
		ended, cancel := context.WithCancel(ctx)
		err = db.InTx(ended, func(tx *store.Tx) error {
			err := addUser(ended, tx, "c", time.Unix(0, 0).UTC())
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		if got := users(t, db); got != 0 {
			t.Errorf("%d users were kept", got)
		}
	})
}

func TestOfEightWritersOfOneVersionExactlyOneWins(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		addUsers(t, db, "a")
		for version := 1; version <= 20; version++ {
			wins := make([]bool, 8)
			var all sync.WaitGroup
			for i := range wins {
				all.Go(func() {
					err := db.InTx(ctx, func(tx *store.Tx) error {
						done := tx.DB(ctx).Exec("UPDATE users SET version = version + 1 WHERE username = 'a' AND version = ?", version)
						wins[i] = done.RowsAffected == 1
						return done.Error
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			winners := 0
			for _, won := range wins {
				if won {
					winners++
				}
			}
			if winners != 1 {
				t.Fatalf("version %d had %d winners", version, winners)
			}
		}
	})
}

func TestFiftyWritersAtOnceAllSucceed(t *testing.T) {
	testkit.EachDBDurable(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		addUsers(t, db, "a")
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				for range 4 {
					err := db.InTx(ctx, func(tx *store.Tx) error {
						var version int
						if err := tx.DB(ctx).Raw("SELECT version FROM users").Scan(&version).Error; err != nil {
							return err
						}
						return tx.DB(ctx).Exec("UPDATE users SET version = version + 1").Error
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		var version int
		if err := db.Read(ctx).Raw("SELECT version FROM users").Scan(&version).Error; err != nil || version != 201 {
			t.Errorf("version %d, error %v, want 201", version, err)
		}
	})
}

func TestBrokenRulesOfTheSchemaAreTold(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		addUsers(t, db, "a")
		broken := func(sql string, args ...any) error {
			return db.InTx(ctx, func(tx *store.Tx) error { return tx.DB(ctx).Exec(sql, args...).Error })
		}
		again := db.InTx(ctx, func(tx *store.Tx) error { return addUser(ctx, tx, "a", time.Unix(0, 0).UTC()) })
		key := broken("INSERT INTO calendar_days (day, working, name, source) VALUES ('2026-01-01', ?, '', ''), ('2026-01-01', ?, '', '')", true, true)
		orphan := broken("INSERT INTO password_history (user_id, hash, created_at) VALUES (999, '', ?)", time.Unix(0, 0).UTC())
		kind := broken("INSERT INTO parks (slug, name_zh, name_en, kind, confirmed, source) VALUES ('a', '', '', 'zoo', ?, '')", true)
		for _, c := range []struct {
			name      string
			err       error
			is        func(error) bool
			duplicate bool
		}{
			{"a second user of one name", again, store.IsDuplicate, true},
			{"a second row of one key", key, store.IsDuplicate, true},
			{"a password of nobody", orphan, store.IsForeignKey, false},
			{"a park of no kind", kind, store.IsCheck, false},
		} {
			if !c.is(c.err) {
				t.Errorf("%s: %v", c.name, c.err)
			}
			if got := store.IsDuplicate(c.err); got != c.duplicate {
				t.Errorf("%s: duplicate is %v", c.name, got)
			}
		}
		var row struct{ Username string }
		err := db.Read(ctx).Table("users").Where("username = ?", "nobody").Take(&row).Error
		if !store.IsMissing(err) || store.IsDuplicate(err) {
			t.Errorf("a missing row: %v", err)
		}
	})
}

func addUsers(t *testing.T, db *store.DB, names ...string) {
	t.Helper()
	ctx := context.Background()
	err := db.InTx(ctx, func(tx *store.Tx) error {
		for _, name := range names {
			if err := addUser(ctx, tx, name, time.Unix(0, 0).UTC()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func users(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.Read(context.Background()).Raw("SELECT count(*) FROM users").Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}
