package audit

import (
	"context"
	"fmt"
)

// verifyBatch is how many links are in memory at once while checking.
const verifyBatch = 1000

// walk is a check on its way along the chain.
type walk struct {
	chain   Chain
	store   Store
	anchors map[int64]string
	last    Link
	steps   int64
}

// run reads the whole chain in pages and stops at the first bad place. Lines
// sealed meanwhile are checked too.
func (w *walk) run(ctx context.Context) (*Bad, error) {
	for {
		links, err := w.store.Links(ctx, w.last.Seq, verifyBatch)
		if err != nil {
			return nil, fmt.Errorf("read audit links after %d: %w", w.last.Seq, err)
		}
		for _, s := range links {
			if why := w.step(s); why != "" {
				return w.name(ctx, s, why)
			}
			w.last, w.steps = s.Link, w.steps+1
		}
		if len(links) < verifyBatch {
			return w.cut(), nil
		}
	}
}

// step checks one link against the one before.
func (w *walk) step(s Sealed) Why {
	switch {
	case s.Seq != w.last.Seq+1, s.Row == nil:
		return Removed
	case s.Hash != w.chain.Next(w.last.Hash, s.Seq, *s.Row):
		return Altered
	}
	if noted, ok := w.anchors[s.Seq]; ok && noted != s.Hash {
		return Altered
	}
	return ""
}

// name says which line is bad at the place of s: the line that is missing
// there, or the one that stands there instead.
func (w *walk) name(ctx context.Context, s Sealed, why Why) (*Bad, error) {
	switch {
	case s.Seq != w.last.Seq+1:
		return &Bad{Seq: w.last.Seq + 1, Why: Removed}, nil
	case why == Removed:
		return &Bad{Seq: s.Seq, Event: s.Event, Why: Removed}, nil
	}
	moved, err := w.moved(ctx, s)
	if err != nil {
		return nil, err
	}
	if moved {
		why = Reordered
	}
	return &Bad{Seq: s.Seq, Event: s.Event, Why: why}, nil
}

// moved tells whether the line that belongs at the place of s stands at a
// later one: then nothing was altered but the order.
func (w *walk) moved(ctx context.Context, s Sealed) (bool, error) {
	for after := s.Seq; ; {
		links, err := w.store.Links(ctx, after, verifyBatch)
		if err != nil {
			return false, fmt.Errorf("read audit links after %d: %w", after, err)
		}
		for _, l := range links {
			after = l.Seq
			if l.Row == nil {
				continue
			}
			if w.fits(s, l) {
				return true, nil
			}
		}
		if len(links) < verifyBatch {
			return false, nil
		}
	}
}

// fits tells whether the line of another link was sealed at the place of s:
// the links were exchanged, or the texts of two lines.
func (w *walk) fits(s, other Sealed) bool {
	hash := w.chain.Next(w.last.Hash, s.Seq, *other.Row)
	text := *other.Row
	text.ID = s.Event
	return hash == s.Hash || hash == other.Hash || w.chain.Next(w.last.Hash, s.Seq, text) == s.Hash
}

// cut names a place that an anchor knows and the chain no longer has.
func (w *walk) cut() *Bad {
	for seq := range w.anchors {
		if seq > w.last.Seq {
			return &Bad{Seq: w.last.Seq + 1, Why: Removed}
		}
	}
	return nil
}
