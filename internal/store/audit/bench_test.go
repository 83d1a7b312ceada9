package audit_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/store"
	auditstore "github.com/leadrelay/leadrelay/internal/store/audit"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// BenchmarkWriters measures what the chain costs eight writers at once, with
// durable commits: a change alone, a change with its line, the same while a
// sealer runs every second, and the alternative that was not taken, a chain
// that every writer extends itself.
func BenchmarkWriters(b *testing.B) {
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		for _, way := range []struct {
			name  string
			write func(context.Context, *store.Tx, int64) error
			seals bool
		}{
			{"change alone", change, false},
			{"with its line", changeWithLine, false},
			{"with its line, sealed behind", changeWithLine, true},
			{"with its line, chained by the writer", changeChained, false},
		} {
			b.Run(fmt.Sprintf("%s/%s", kind, way.name), func(b *testing.B) {
				world := testkit.NewTemplate("auditbench", func(context.Context, *store.DB) error { return nil })
				db, err := store.Open(b.Context(), store.Options{URL: world.URL(b, kind, true)})
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = db.Close() }()
				if way.seals {
					defer sealing(b, open(b, db))()
				}
				eightWriters(b, db, way.write)
			})
		}
	}
}

func eightWriters(b *testing.B, db *store.DB, write func(context.Context, *store.Tx, int64) error) {
	b.Helper()
	var number atomic.Int64
	b.SetParallelism(4) // times two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := number.Add(1)
			err := db.InTx(b.Context(), func(tx *store.Tx) error { return write(b.Context(), tx, n) })
			if err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

// sealing seals every second until the returned function is called.
func sealing(b *testing.B, l log) func() {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if _, err := l.Seal(b.Context()); err != nil {
					b.Error(err)
				}
			}
		}
	}()
	return func() { stop(); <-done }
}

func change(ctx context.Context, tx *store.Tx, n int64) error {
	return tx.DB(ctx).Exec("INSERT INTO login_guards (name_hash, failures, last_at) VALUES (?, 1, ?)",
		fmt.Sprint("name ", n), tx.Now(ctx)).Error
}

func changeWithLine(ctx context.Context, tx *store.Tx, n int64) error {
	if err := change(ctx, tx, n); err != nil {
		return err
	}
	return tx.Record(ctx, event.Line{
		Kind: "lead.edited", User: 7, Unit: 3, Session: 1, Address: "192.0.2.7", RequestID: "0123456789abcdef",
		Object: "lead", ObjectID: n, Lead: 5, Changes: []event.Change{{Field: "title", Before: "a", After: "b"}},
	})
}

func changeChained(ctx context.Context, tx *store.Tx, n int64) error {
	if tx.Dialect() == store.Postgres {
		if err := tx.DB(ctx).Exec("SELECT pg_advisory_xact_lock(1)").Error; err != nil {
			return err
		}
	}
	if err := changeWithLine(ctx, tx, n); err != nil {
		return err
	}
	chain, err := audit.NewChain(make([]byte, 32))
	if err != nil {
		return err
	}
	t := auditstore.Within(tx)
	last, err := t.Last(ctx)
	if err != nil {
		return err
	}
	rows, err := t.Unsealed(ctx, 1)
	if err != nil || len(rows) == 0 {
		return err
	}
	next := audit.Link{Seq: last.Seq + 1, Event: rows[0].ID, Hash: chain.Next(last.Hash, last.Seq+1, rows[0])}
	return t.Append(ctx, []audit.Link{next}, tx.Now(ctx))
}

// BenchmarkSealAndVerify measures how fast the sealer and the check are, in
// lines a second.
func BenchmarkSealAndVerify(b *testing.B) {
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) {
			const lines = 10_000
			var seal, verify time.Duration
			for b.Loop() {
				l := open(b, testkit.Open(b, kind))
				l.writesMany(lines)
				start := clock.System{}.Now()
				l.seals(lines)
				sealed := clock.System{}.Now()
				l.finds("")
				seal += sealed.Sub(start)
				verify += clock.System{}.Since(sealed)
			}
			b.ReportMetric(float64(b.N)*lines/seal.Seconds(), "sealed/s")
			b.ReportMetric(float64(b.N)*lines/verify.Seconds(), "verified/s")
		})
	}
}
