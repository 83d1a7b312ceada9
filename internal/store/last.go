package store

import (
	"context"
	"maps"
	"slices"
)

// Last is what a transaction writes just before it commits: rows that many
// transactions change. Each of them is locked for as long as a commit takes,
// and nobody who holds one waits for anything else.
type Last interface {
	// Join takes in what a later use case of the same transaction collected.
	Join(later Last)
	// Write writes what was collected.
	Write(ctx context.Context, tx *Tx) error
}

// Last returns what the work collects under a name, begun at the first call.
// It is written with the commit and dropped with the work that collected it.
func (tx *Tx) Last(name string, begin func() Last) Last {
	if tx.last == nil {
		tx.last = map[string]Last{}
	}
	if tx.last[name] == nil {
		tx.last[name] = begin()
	}
	return tx.last[name]
}

// join keeps what a use case collected until the commit.
func (o *opened) join(last map[string]Last) {
	for name, l := range last {
		if o.last == nil {
			o.last = map[string]Last{}
		}
		if before := o.last[name]; before != nil {
			before.Join(l)
			continue
		}
		o.last[name] = l
	}
}

func (o *opened) writeLast(ctx context.Context) error {
	tx := &Tx{db: o.db, session: o.session}
	for _, name := range slices.Sorted(maps.Keys(o.last)) {
		if err := o.last[name].Write(ctx, tx); err != nil {
			return translate(err)
		}
	}
	return tx.failed
}
