package lead_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// rival is what somebody does at the moment at which an offer is accepted.
type rival struct {
	act func(w *world, t *testing.T, v lead.View, h lead.HandoffView) error
	// told are the refusals that may meet it, accepted those of the acceptance.
	told, accepted []string
	// both tells that one may come after the other.
	both bool
	// state is where the hand-off stands when the rival came first.
	state string
}

func rivals() map[string]rival {
	ctx := context.Background()
	answers := func(who string, to lead.HandoffState) func(*world, *testing.T, lead.View, lead.HandoffView) error {
		return func(w *world, t *testing.T, _ lead.View, h lead.HandoffView) error {
			_, err := w.lead.Answer(ctx, w.as(t, who), h.ID, lead.Answer{State: to, Reason: "说明"})
			return err
		}
	}
	return map[string]rival{
		"withdraw": {
			act: answers("wg-shenzhen", lead.WithdrawnOffer), state: "withdrawn",
			told: []string{"handoff.answered", "handoff.unknown", "forbidden"}, accepted: []string{"handoff.answered"},
		},
		"refuse": {act: answers("huangpu-head", lead.Refused), state: "refused", told: []string{"handoff.answered"}, accepted: []string{"handoff.answered"}},
		"expire": {
			act: func(w *world, _ *testing.T, _ lead.View, _ lead.HandoffView) error {
				_, err := w.lead.ExpireOffers(ctx)
				return err
			},
			both: true, state: "expired", accepted: []string{"handoff.expired", "handoff.answered"},
		},
		"edit": {
			act: func(w *world, t *testing.T, v lead.View, _ lead.HandoffView) error {
				text := "同时修改"
				_, err := w.lead.Edit(ctx, w.as(t, "wg-shenzhen-head"), v.ID, v.Version, lead.Edit{Product: lead.Opt[string]{Set: true, Value: &text}})
				return err
			},
			both: true, told: []string{"lead.stale", "forbidden"},
		},
		"end": {
			act: func(w *world, t *testing.T, v lead.View, _ lead.HandoffView) error {
				_, err := w.lead.ChangeStage(ctx, w.as(t, "wg-shenzhen-head"), v.ID, v.Version, lead.Move{To: lead.Lost, Reason: "投往外市", LostTo: "外市"})
				return err
			},
			told: []string{"handoff.pending", "lead.stale", "forbidden"},
		},
		"delete": {
			act: func(w *world, t *testing.T, v lead.View, _ lead.HandoffView) error {
				return w.lead.Delete(ctx, w.as(t, "wg-shenzhen-head"), v.ID, v.Version, "录入有误")
			},
			told: []string{"handoff.pending", "lead.stale", "forbidden"},
		},
	}
}

// TestAnAcceptanceAndItsRivalHaveOneOutcome accepts an offer at the moment at
// which somebody else withdraws, refuses, edits, ends or deletes, or its time
// runs out: one of them wins, and stream, audit and notices say so once.
func TestAnAcceptanceAndItsRivalHaveOneOutcome(t *testing.T) {
	for name, r := range rivals() {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				first := 0
				rounds := testkit.Times(300, 6)
				for n := range rounds {
					first += w.against(t, r, n)
				}
				t.Logf("%d rounds, the acceptance won %d", rounds, first)
			})
		})
	}
}

// against runs one round and returns 1 when the acceptance won.
func (w *world) against(t *testing.T, r rival, n int) int {
	t.Helper()
	w.later(0)
	v := w.register(t, "wg-shenzhen", fmt.Sprintf("示例光电 %d", n))
	h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
	if r.state == "expired" {
		now, err := w.store.Now(context.Background())
		must(t, err)
		w.later(h.DueAt.Sub(now) - time.Millisecond)
	}
	errs := together(2, func(i int) error {
		if i == 1 {
			return r.act(w, t, v, h)
		}
		_, err := w.lead.Answer(context.Background(), w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
		return err
	})
	refused(t, "the acceptance", errs[0], r.accepted)
	refused(t, "the rival", errs[1], r.told)
	if !r.both && (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("acceptance %v, rival %v", errs[0], errs[1])
	}
	state := r.state
	if errs[0] == nil {
		state = "accepted"
	} else if r.state == "expired" {
		_, err := w.lead.ExpireOffers(context.Background())
		must(t, err)
	}
	w.once(t, v.ID, h.ID, state)
	if errs[0] == nil {
		oneChainLine(t, w, v.ID, h.ID)
		return 1
	}
	return 0
}

func refused(t *testing.T, who string, err error, codes []string) {
	t.Helper()
	if err == nil {
		return
	}
	for _, c := range codes {
		if fault.CodeOf(err) == c {
			return
		}
	}
	t.Errorf("%s was told %v", who, err)
}

// once asks that the hand-off ended in the state, and that this was written
// once in the stream, in the audit and for those who are to be told.
func (w *world) once(t *testing.T, l id.Lead, h id.Handoff, state string) {
	t.Helper()
	for what, sql := range map[string]string{
		"rows in this state":    fmt.Sprintf("SELECT count(*) FROM handoffs WHERE id = %d AND state = '%s'", h, state),
		"entries of the stream": fmt.Sprintf("SELECT count(*) FROM activities WHERE handoff_id = %d AND kind IN ('accepted', 'refused', 'withdrawn', 'expired')", h),
		"audit lines":           fmt.Sprintf("SELECT count(*) FROM audit_events WHERE object = 'handoff' AND object_id = %d AND outcome = 'done' AND kind <> 'handoff.offered'", h),
		"notices":               fmt.Sprintf("SELECT count(*) FROM notice_events WHERE handoff_id = %d AND kind <> 'handoff.offered'", h),
		"holders":               fmt.Sprintf("SELECT count(*) FROM lead_parts WHERE lead_id = %d AND part = 'owner' AND until > '9000-01-01'", l),
	} {
		var n int
		must(t, w.db.Read(context.Background()).Raw(sql).Scan(&n).Error)
		if n != 1 {
			t.Errorf("%s: %d %s", state, n, what)
		}
	}
}
