package account_test

import (
	"context"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// BenchmarkAuthenticate is what every request pays before anything else.
func BenchmarkAuthenticate(b *testing.B) {
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) {
			w := newWorld(b, testkit.Open(b, kind), false)
			o := w.login("officer")
			w.alive(o)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.service.Authenticate(context.Background(), o.Access); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
