package app_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/signing"
)

// seenMonth is what the ledger of a month said at an instant.
type seenMonth struct {
	at     time.Time
	month  signing.Month
	sums   signing.Sums
	frozen bool
}

// checkPast remembers what the months say now, and tells that what they said
// at some instant before is still said of that instant.
func (b *signingBoard) checkPast(r *rapid.T) {
	for n := range 4 {
		m := b.this.Add(n)
		now, err := b.DB.Now(b.ctx)
		if err != nil {
			r.Fatal(err)
		}
		lines, frozen, err := b.App.Signing.Lines(b.ctx, b.bureau, m, nil)
		if err != nil {
			r.Fatal(err)
		}
		b.past = append(b.past, seenMonth{at: now, month: m, sums: signing.Total(lines), frozen: frozen})
	}
	then := b.past[rapid.IntRange(0, len(b.past)-1).Draw(r, "instant")]
	lines, frozen, err := b.App.Signing.Lines(b.ctx, b.bureau, then.month, &then.at)
	sums, want := signing.Total(lines), then.sums
	if err != nil || sums != want || frozen != then.frozen {
		r.Fatalf("of %s it is said now that %s had %+v, frozen %t; then it was %+v, frozen %t: %v", then.at, then.month, sums, frozen, want, then.frozen, err)
	}
}
