package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

func TestTheAuditLineIsKeptWithTheChangeOrNotAtAll(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		line := event.Line{
			Kind: "contact.edited", User: 7, Unit: 3, Session: 5, Address: "192.0.2.1", RequestID: "r1", Object: "contact", ObjectID: 11,
			Lead: 9, Restricted: true, Reason: "改\x00正\xff",
			Changes: []event.Change{
				{Field: "phone", Before: "13800000000", After: "13800000001", Secret: true},
				{Field: "title", Before: "主任", After: "局长"},
			},
		}
		stop := errors.New("stop")
		err := db.InTx(ctx, func(tx *store.Tx) error { return errors.Join(tx.Record(ctx, line), stop) })
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if got := lines(t, db); len(got) != 0 {
			t.Fatalf("a rolled back transaction left %q", got)
		}
		err = db.InTx(ctx, func(tx *store.Tx) error {
			return errors.Join(tx.Record(ctx, line), tx.Record(ctx, event.Line{Kind: "session.refused"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			`contact.edited 7 3 5 192.0.2.1 r1 contact 11 9 true done  改�正� ` +
				`[{"field":"phone","secret":true},{"field":"title","before":"主任","after":"局长"}] unsealed`,
			`session.refused - - -    0 - false done   [] unsealed`,
		}
		if got := lines(t, db); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

func TestAChangeWhoseLineCannotBeWrittenIsNotKept(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		addUsers(t, db, "a")
		err := db.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.DB(ctx).Exec("UPDATE users SET version = 2").Error; err != nil {
				return err
			}
			_ = tx.Record(ctx, event.Line{Kind: "user.edited", Outcome: "perhaps"}) // a careless caller
			return nil
		})
		if !store.IsCheck(err) {
			t.Errorf("the error is %v", err)
		}
		var version int
		if err := db.Read(ctx).Raw("SELECT version FROM users").Scan(&version).Error; err != nil || version != 1 {
			t.Errorf("version %d, error %v, want 1", version, err)
		}
	})
}

func TestNobodyCanFillTheLogWithRefusedAttempts(t *testing.T) {
	testkit.EachEmptyURL(t, func(t *testing.T, url string) {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		db, err := store.Open(context.Background(), store.Options{
			URL: url, UnsafeForTests: true, Refusals: store.RefusalLimit{AtOnce: 2, PerMinute: 6000},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if err := db.Migrate(context.Background()); err != nil {
			t.Fatal(err)
		}
		attempt := func(line event.Line) {
			if err := db.RecordRefusal(ended, line); err != nil {
				t.Fatal(err)
			}
		}
		// The writing itself takes time in which the bucket fills, so count
		// what was written and what was dropped together.
		for range 200 {
			attempt(event.Line{Kind: "lead.edited", User: 7, Code: "forbidden"})
		}
		attempt(event.Line{Kind: "lead.edited", User: 8, Code: "forbidden"})
		got := lines(t, db)
		if last := got[len(got)-1]; last != "lead.edited 8 - -    0 - false refused forbidden  [] unsealed" {
			t.Errorf("the line of another person is %q", last)
		}
		if len(got) > 200 {
			t.Errorf("%d lines", len(got))
		}
	})
}

func TestTheLineAfterDroppedOnesTellsTheirNumber(t *testing.T) {
	limit := store.RefusalLimit{AtOnce: 2, PerMinute: 1}
	take := store.NewRefusalTaker(limit)
	var got []string
	for _, c := range []struct {
		user, second int
	}{{7, 0}, {7, 0}, {7, 0}, {7, 1}, {8, 1}, {7, 61}, {7, 61}, {7, 125}} {
		allowed, dropped := take(event.Line{User: 0, Address: fmt.Sprint(c.user)}, c.second)
		got = append(got, fmt.Sprint(allowed, " ", dropped))
	}
	want := []string{"true 0", "true 0", "false 0", "false 0", "true 0", "true 2", "false 0", "true 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func lines(t *testing.T, db *store.DB) []string {
	t.Helper()
	var rows []struct {
		Kind                              string
		UserID, UnitID, SessionID, LeadID *int64
		Address, RequestID, Object        string
		ObjectID                          int64
		Restricted                        bool
		Outcome, Code, Reason, Changes    string
		Unsealed                          bool
	}
	err := db.Read(context.Background()).Raw(`SELECT e.*, u.event_id IS NOT NULL AS unsealed FROM audit_events e
		LEFT JOIN audit_unsealed u ON u.event_id = e.id ORDER BY e.id`).Scan(&rows).Error
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		mark := "sealed"
		if r.Unsealed {
			mark = "unsealed"
		}
		out = append(out, fmt.Sprint(r.Kind, " ", text(r.UserID), " ", text(r.UnitID), " ", text(r.SessionID), " ", r.Address, " ", r.RequestID, " ",
			r.Object, " ", r.ObjectID, " ", text(r.LeadID), " ", r.Restricted, " ", r.Outcome, " ", r.Code, " ", r.Reason, " ", r.Changes, " ", mark))
	}
	return out
}

func text(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}
