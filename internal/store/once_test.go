package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/once"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// errNo is a use case's own refusal.
var errNo = errors.New("no")

// started is a request of the first user under a key.
func started(t *testing.T, db *store.DB, key string) context.Context {
	t.Helper()
	return db.StartOnce(t.Context(), once.Request{User: 1, Key: key, Route: "POST /x", Keep: time.Hour})
}

// adds writes one user.
func adds(ctx context.Context, name string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { return addUser(ctx, tx, name, time.Unix(0, 0).UTC()) }
}

func TestARequestUnderAKeyIsOneTransactionWithItsAnswer(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		addUsers(t, db, "asker")
		ctx := started(t, db, "one")
		if err := db.InTx(ctx, adds(ctx, "a")); err != nil {
			t.Fatal(err)
		}
		if n := users(t, db); n != 1 {
			t.Errorf("%d users before the answer, want 1", n)
		}
		var within int
		if err := db.Read(ctx).Raw("SELECT count(*) FROM users").Scan(&within).Error; err != nil || within != 2 {
			t.Errorf("the request itself reads %d users (%v)", within, err)
		}
		ended := 0
		db.AtEnd(ctx, func() { ended = users(t, db) })
		// A further use case that fails takes back itself alone.
		err := db.InTx(ctx, func(tx *store.Tx) error { return errors.Join(adds(ctx, "b")(tx), errNo) })
		if !errors.Is(err, errNo) {
			t.Errorf("the second use case: %v", err)
		}
		if err := db.InTx(ctx, adds(ctx, "c")); err != nil {
			t.Fatal(err)
		}
		if err := db.FinishOnce(ctx, once.Answer{Status: 201, Sum: "s", Body: []byte(`{"id":7}`), ETag: `"1"`}); err != nil {
			t.Fatal(err)
		}
		if n := users(t, db); n != 3 || ended != 3 {
			t.Errorf("%d users, at the end %d, want 3", n, ended)
		}
		kept, found, err := db.KeptOnce(t.Context(), 1, "one")
		if err != nil || !found || kept.Status != 201 || string(kept.Body) != `{"id":7}` || kept.ETag != `"1"` || kept.Route != "POST /x" {
			t.Errorf("kept %+v %t %v", kept, found, err)
		}
		again := started(t, db, "one")
		if err := db.InTx(again, adds(again, "d")); !errors.Is(err, once.ErrAnswered) {
			t.Errorf("repeated: %v", err)
		}
		if err := db.FinishOnce(again, once.Answer{}); !errors.Is(err, once.ErrAnswered) {
			t.Errorf("repeated, at the end: %v", err)
		}
		if n := users(t, db); n != 3 {
			t.Errorf("%d users after the repetition", n)
		}
	})
}

func TestWhatEndsWithoutAnAnswerLeavesNothing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		addUsers(t, db, "asker")
		ctx := started(t, db, "dropped")
		if err := db.InTx(ctx, adds(ctx, "a")); err != nil {
			t.Fatal(err)
		}
		// A refusal is recorded although the request holds the writer.
		if err := db.RecordRefusal(ctx, event.Line{Kind: "user.edited", Object: "user", ObjectID: 1, Code: "stale"}); err != nil {
			t.Fatal(err)
		}
		db.DropOnce(ctx)
		ctx = started(t, db, "dropped")
		func() {
			defer func() { _ = recover() }()
			defer db.DropOnce(ctx)
			_ = db.InTx(ctx, func(tx *store.Tx) error {
				_ = adds(ctx, "b")(tx)
				panic("broken")
			})
		}()
		gone, cancel := context.WithCancel(t.Context())
		ctx = db.StartOnce(gone, once.Request{User: 1, Key: "dropped", Route: "POST /x", Keep: time.Hour})
		if err := db.InTx(ctx, adds(ctx, "c")); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := db.FinishOnce(ctx, once.Answer{Status: 201}); err == nil {
			t.Error("a request whose client has gone was finished")
		}
		var keys, refused int
		for sql, n := range map[string]*int{
			"SELECT count(*) FROM idempotency_keys":                       &keys,
			"SELECT count(*) FROM audit_events WHERE outcome = 'refused'": &refused,
		} {
			if err := db.Read(t.Context()).Raw(sql).Scan(n).Error; err != nil {
				t.Fatal(err)
			}
		}
		if n := users(t, db); n != 1 || keys != 0 || refused != 1 {
			t.Errorf("%d users, %d keys, %d refusals, want 1, 0, 1", n, keys, refused)
		}
	})
}

func TestOfManyRequestsUnderOneKeyOneHasItsEffect(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		addUsers(t, db, "asker")
		for round := range testkit.Times(100, 10) {
			var wait sync.WaitGroup
			var mu sync.Mutex
			done := 0
			for i := range 6 {
				ctx := started(t, db, fmt.Sprint("race", round))
				wait.Go(func() {
					defer db.DropOnce(ctx)
					err := db.InTx(ctx, adds(ctx, fmt.Sprintf("user%d-%d", round, i)))
					if err == nil {
						err = db.FinishOnce(ctx, once.Answer{Status: 201})
					}
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						done++
					case !errors.Is(err, once.ErrAnswered) && fault.CodeOf(err) != "idempotency.in_progress":
						t.Errorf("a loser was told %v", err)
					}
				})
			}
			wait.Wait()
			if n := users(t, db); done != 1 || n != round+2 {
				t.Fatalf("round %d: %d done, %d users", round, done, n)
			}
		}
	})
}
