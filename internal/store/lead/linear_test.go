package lead_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// TestWhatEightPeopleDoWithALeadAtOnceIsAsIfOneAfterTheOther lets eight people
// read, edit, end, offer, accept, refuse, withdraw, return, refer and assign one lead at once, and
// asks whether an order of their acts exists that fits what each was answered
// and when: the history of every lead is linearisable.
func TestWhatEightPeopleDoWithALeadAtOnceIsAsIfOneAfterTheOther(t *testing.T) {
	dice := testkit.Dice(t)
	eachWorld(t, func(t *testing.T, w *world) {
		players, acts := w.players(t), 0
		rounds := testkit.Times(400, 12)
		for round := range rounds {
			history := w.history(t, players, dice.Uint64())
			acts += len(history)
			switch found := porcupine.CheckOperationsTimeout(paper(), history, time.Minute); found {
			case porcupine.Ok:
			default:
				t.Errorf("round %d: %s", round, found)
				for _, o := range history {
					t.Logf("%d: [%d, %d] %+v → %+v", o.ClientId, o.Call, o.Return, o.Input, o.Output)
				}
				return
			}
		}
		t.Logf("%d leads, %d acts", rounds, acts)
	})
}

// paper is the lead of the rules as the checker asks for it.
func paper() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return lot{} },
		Step: func(state, input, output any) (bool, any) {
			l, _ := state.(lot)
			a, _ := input.(act)
			t, _ := output.(told)
			if !l.allows(a, t) {
				return false, l
			}
			if t.Code == "" {
				l = l.after(a, t)
			}
			return true, l
		},
	}
}

// table is what the players of one lead know of each other: the offers made.
type table struct {
	mu     sync.Mutex
	lead   id.Lead
	offers []act // with From in Unit
	past   []porcupine.Operation
	begun  time.Time
}

func (b *table) note(client int, in act, out told, called time.Duration) {
	returned := time.Since(b.begun)
	b.mu.Lock()
	defer b.mu.Unlock()
	if in.Kind == "offer" && out.Code == "" {
		b.offers = append(b.offers, act{Unit: in.Unit, To: in.To, Handoff: out.Handoff})
	}
	b.past = append(b.past, porcupine.Operation{
		ClientId: client, Input: in, Output: out, Call: int64(called), Return: int64(returned),
	})
}

// offer returns one of the last offers to or from the unit.
func (b *table) offer(unit id.Unit, to bool, dice *rand.Rand) (id.Handoff, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var mine []id.Handoff
	for _, o := range b.offers {
		if to && o.To == unit || !to && o.Unit == unit {
			mine = append(mine, o.Handoff)
		}
	}
	if len(mine) == 0 {
		return 0, false
	}
	return mine[max(0, len(mine)-1-dice.IntN(2))], true
}

// history registers a lead and lets everybody at it.
func (w *world) history(t *testing.T, players []player, seed uint64) []porcupine.Operation {
	t.Helper()
	b := &table{begun: time.Now()}
	first := players[0].actor
	v, err := w.lead.Create(context.Background(), first, draft(fmt.Sprintf("并发%x", seed)))
	must(t, err)
	b.lead = v.ID
	b.note(0, act{Kind: "register", Unit: first.Acting, To: players[7].actor.Acting}, told{}, 0)
	var all sync.WaitGroup
	for i, p := range players {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // repeatable
			if err := w.acts(b, i, p, players, dice); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	all.Wait()
	return b.past
}

// acts does a handful of acts one after the other, as one person does.
func (w *world) acts(b *table, client int, p player, players []player, dice *rand.Rand) error {
	seen := int64(1)
	for n := range 7 {
		a := act{Kind: "read", Unit: p.actor.Acting, Any: p.any, Version: seen}
		a = b.choose(a, players, dice)
		a.Product = fmt.Sprintf("产品 %d-%d", client, n)
		called := time.Since(b.begun)
		out, err := w.play(p, b.lead, a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Kind, err)
		}
		b.note(client, a, out, called)
		if a.Kind == "read" && out.Code == "" {
			seen = out.Version
		}
	}
	return nil
}

// choose draws what to do next.
func (b *table) choose(a act, players []player, dice *rand.Rand) act {
	kinds := []string{"read", "read", "read", "edit", "edit", "offer", "offer", "accept", "accept", "refuse", "withdraw", "return", "return", "refer"}
	if a.Any {
		kinds = []string{"read", "read", "edit", "offer", "assign", "assign", "withdraw"}
	}
	a.Kind = kinds[dice.IntN(len(kinds))]
	if dice.IntN(40) == 0 {
		a.Kind = "end"
	}
	known := true
	switch a.Kind {
	case "offer", "assign":
		a.To = players[dice.IntN(len(players)-1)].actor.Acting
	case "accept", "refuse":
		a.Handoff, known = b.offer(a.Unit, true, dice)
	case "withdraw":
		a.Handoff, known = b.offer(a.Unit, false, dice)
	}
	if !known {
		a.Kind = "read"
	}
	return a
}

// TestTheCheckerRefusesAHistoryThatNoOrderExplains changes one answer of a
// history and expects the checker to notice.
func TestTheCheckerRefusesAHistoryThatNoOrderExplains(t *testing.T) {
	step := func(client int, in act, out told, at int64) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: in, Output: out, Call: at, Return: at + 3}
	}
	made := step(0, act{Kind: "register", Unit: 1}, told{}, 0)
	offered := step(0, act{Kind: "offer", Unit: 1, To: 2}, told{Handoff: 9}, 10)
	accepted := step(1, act{Kind: "accept", Unit: 2, Handoff: 9}, told{}, 20)
	for name, h := range map[string][]porcupine.Operation{
		"two acceptances":        {made, offered, accepted, step(2, act{Kind: "accept", Unit: 2, Handoff: 9}, told{}, 21)},
		"accepted and withdrawn": {made, offered, accepted, step(0, act{Kind: "withdraw", Unit: 1, Handoff: 9}, told{}, 21)},
		"an edit that was lost":  {made, step(0, act{Kind: "edit", Unit: 1, Version: 1, Product: "a"}, told{}, 10), step(1, act{Kind: "edit", Unit: 1, Version: 1, Product: "b"}, told{}, 11)},
		"an old holder":          {made, offered, accepted, step(0, act{Kind: "read", Unit: 1}, told{Holder: 1, Version: 1}, 30)},
		"a stranger":             {made, step(3, act{Kind: "read", Unit: 3}, told{Holder: 1, Version: 1}, 10)},
	} {
		if porcupine.CheckOperations(paper(), h) {
			t.Errorf("%s: taken for possible", name)
		}
	}
	whole := []porcupine.Operation{made, offered, accepted, step(2, act{Kind: "accept", Unit: 2, Handoff: 9}, told{Code: "handoff.answered"}, 21)}
	if !porcupine.CheckOperations(paper(), whole) {
		t.Error("one acceptance of two is taken for impossible")
	}
}
