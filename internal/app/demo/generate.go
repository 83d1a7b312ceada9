package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// Options says how large a generated world is.
type Options struct {
	Leads int    // invented leads, beside those that are there
	Seed  uint64 // equal seeds, numbers and days give equal worlds
	chunk int    // leads of one transaction; 0 means leadsAtOnce
}

const (
	// leadsAtOnce is how many leads one transaction writes: few enough for the
	// memory of a small machine, many enough that a commit costs nothing.
	leadsAtOnce = 5_000
	// room is how many MiB of pages SQLite keeps while it writes.
	room = 256
	// spanMonths is how far back a generated world reaches.
	spanMonths = 24
)

// Generate adds invented leads with hand-offs, stages, notes and contacts.
// Every lead is made from the seed and its own number alone, so a generation
// that was interrupted goes on where it stopped.
func Generate(ctx context.Context, w World, o Options) error {
	s, err := w.scene(ctx)
	if err != nil {
		return err
	}
	g := newGenerator(s, o)
	done, err := leadstore.New(w.DB).Noted(ctx, g.note)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for c := range g.chunks(ctx, done) {
		if c.err != nil {
			return c.err
		}
		err := w.DB.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.Room(ctx, room); err != nil {
				return err
			}
			return leadstore.InsertLives(ctx, tx, c.lives)
		})
		if err != nil {
			return fmt.Errorf("write generated leads from %d: %w", done, err)
		}
		done += len(c.lives)
		w.tell("generate", done, o.Leads)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return leadstore.New(w.DB).Settle(ctx)
}

// made is a part of a generated world.
type made struct {
	lives []leadstore.Life
	err   error
}

// chunks makes the lives beside the writing of those before.
func (g *generator) chunks(ctx context.Context, from int) <-chan made {
	out := make(chan made)
	go func() {
		defer close(out)
		for ; from < g.Leads; from += g.chunk {
			c := g.make(from, min(from+g.chunk, g.Leads))
			select {
			case out <- c:
			case <-ctx.Done():
				return
			}
			if c.err != nil {
				return
			}
		}
	}()
	return out
}

func (g *generator) make(from, to int) made {
	lives := make([]leadstore.Life, 0, to-from)
	for n := from; n < to; n++ {
		l, err := g.lead(n)
		if err != nil {
			return made{err: fmt.Errorf("generate lead %d: %w", n, err)}
		}
		lives = append(lives, g.clocked(l))
	}
	return made{lives: lives}
}

// generator makes single leads.
type generator struct {
	*scene
	Options
	note  string // marks the leads of this seed
	days  []clock.Date
	units []weighted
	towns []weighted
	total [2]int // sums of the weights
}

func newGenerator(s *scene, o Options) *generator {
	if o.chunk == 0 {
		o.chunk = leadsAtOnce
	}
	brief := *s
	brief.brief = true
	g := &generator{
		scene: &brief, Options: o, note: fmt.Sprintf("演示：随机生成的虚构线索，种子 %d", o.Seed),
	}
	for d := s.today.AddDays(-spanMonths * 365 / 12); d.Before(s.today); d = d.AddDays(1) {
		if s.office.IsWorkingDay(d) {
			g.days = append(g.days, d)
		}
	}
	g.weigh()
	return g
}

// dice returns the chances of the n-th lead, its own and nobody else's.
func (g *generator) dice(n int) dice {
	return dice{rand.New(rand.NewPCG(g.Seed, uint64(n)))} //nolint:gosec // repeatable on purpose
}

// dice are chances that fall alike for equal seeds.
type dice struct{ *rand.Rand }

// in tells whether an event of so many per thousand happens.
func (d dice) in(perThousand int) bool { return d.IntN(1000) < perThousand }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }
