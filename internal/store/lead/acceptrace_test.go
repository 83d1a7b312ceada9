package lead_test

import (
	"context"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// contest is one lead on offer to a town, which accepts while somebody else
// does something.
type contest struct {
	w    *world
	lead id.Lead
	h    lead.HandoffView
}

func (w *world) contest(t *testing.T) contest {
	t.Helper()
	v := w.register(t, "wg-shenzhen", "示例光电")
	h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
	answer(t, w, "huangpu", h.ID, lead.Accepted)
	return contest{w: w, lead: v.ID, h: offer(t, w, "huangpu", v.ID, "xiaolan")}
}

func (c contest) accept(t *testing.T) error {
	_, err := c.w.lead.Answer(context.Background(), c.w.as(t, "xiaolan"), c.h.ID, lead.Answer{State: lead.Accepted})
	return err
}

// count reads one number.
func (w *world) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	var n int
	must(t, w.db.Read(context.Background()).Raw(sql, args...).Row().Scan(&n))
	return n
}

// told asks for one chain line, one audit line and one notice of an
// acceptance that happened, and none of each when it did not.
func (c contest) told(t *testing.T, accepted bool) {
	t.Helper()
	want := 0
	if accepted {
		want = 1
	}
	for what, sql := range map[string]string{
		"chain lines":  "SELECT count(*) FROM lead_parts WHERE part = 'owner' AND handoff_id = ?",
		"stream lines": "SELECT count(*) FROM activities WHERE kind = 'accepted' AND handoff_id = ?",
		"audit lines":  "SELECT count(*) FROM audit_events WHERE kind = 'handoff.accepted' AND object = 'handoff' AND outcome = 'done' AND object_id = ?",
		"notices":      "SELECT count(*) FROM notice_events WHERE kind = 'handoff.accepted' AND handoff_id = ?",
	} {
		if n := c.w.count(t, sql, c.h.ID); n != want {
			t.Errorf("%d %s of the acceptance, want %d", n, what, want)
		}
	}
	if n := c.w.count(t, "SELECT count(*) FROM lead_parts WHERE part = 'owner' AND until = ? AND lead_id = ?", clock.Forever(), c.lead); n != 1 {
		t.Errorf("%d units hold the lead", n)
	}
}

// TestAnAcceptanceMeetsEveryOtherActAndOneWins lets an acceptance run against
// each act that could take the lead or the offer away at the same moment.
func TestAnAcceptanceMeetsEveryOtherActAndOneWins(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		for name, rival := range map[string]struct {
			act   func(t *testing.T, c contest) error
			codes []string // what a rival that loses is told
			alone bool     // exactly one of the two succeeds
		}{
			"withdraw": {func(t *testing.T, c contest) error {
				_, err := w.lead.Answer(ctx, w.as(t, "huangpu"), c.h.ID, lead.Answer{State: lead.WithdrawnOffer})
				return err
			}, []string{"handoff.answered", "forbidden", "handoff.unknown"}, true},
			"return": {func(t *testing.T, c contest) error {
				_, err := w.lead.Return(ctx, w.as(t, "huangpu"), c.lead, "交还")
				return err
			}, []string{"handoff.pending", "forbidden"}, true},
			"refer": {func(t *testing.T, c contest) error {
				_, err := w.lead.Refer(ctx, w.as(t, "huangpu"), c.lead, "转入线索池")
				return err
			}, []string{"handoff.pending", "forbidden"}, true},
			"expiry": {func(t *testing.T, c contest) error {
				_, err := w.lead.ExpireOffers(ctx)
				return err
			}, nil, false},
			"delete": {func(t *testing.T, c contest) error {
				return w.lead.Delete(ctx, w.as(t, "huangpu-head"), c.lead, 2, "登记错误")
			}, []string{"handoff.pending", "forbidden", "lead.stale"}, true},
			"edit": {func(t *testing.T, c contest) error {
				_, err := w.lead.Edit(ctx, w.as(t, "huangpu"), c.lead, 2, lead.Edit{Title: value("改名")})
				return err
			}, []string{"forbidden", "lead.stale"}, false},
			"second offer": {func(t *testing.T, c contest) error {
				_, err := w.lead.HandOff(ctx, w.as(t, "huangpu"), c.lead, lead.Order{To: w.unit(t, "cuiheng"), Reason: "r", Ask: "a"})
				return err
			}, []string{"handoff.pending", "forbidden"}, true},
			"closing of the unit": {func(t *testing.T, c contest) error {
				return w.close(t, "xiaolan", true)
			}, nil, false},
		} {
			t.Run(name, func(t *testing.T) {
				for range testkit.Times(300, 4) {
					c := w.contest(t)
					if name == "expiry" {
						w.dueIn(t, c.h.ID, 3*time.Millisecond)
					}
					errs := together(2, func(i int) error {
						if i == 0 {
							return c.accept(t)
						}
						return rival.act(t, c)
					})
					codes := append([]string{"handoff.answered", "handoff.expired", "handoff.receiver_closed", "handoff.unknown"}, rival.codes...)
					n := wins(t, errs, codes...)
					if rival.alone && n != 1 || n < 1 {
						t.Fatalf("%d of the two won: %v", n, errs)
					}
					c.told(t, errs[0] == nil)
					if name == "closing of the unit" {
						must(t, w.close(t, "xiaolan", false))
						w.knowOpen(t, "xiaolan")
					}
				}
			})
		}
		w.whole(t)
	})
}

// close closes a unit from today on, as the administrator does, or opens it
// again.
func (w *world) close(t *testing.T, slug string, closed bool) error {
	day := any(nil)
	if closed {
		day = clock.System{}.Today().String()
	}
	unit := w.unit(t, slug)
	return w.db.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.DB(context.Background()).Exec("UPDATE units SET closed_on = ?, version = version + 1 WHERE id = ?", day, unit).Error
	})
}

// knowOpen waits until the program, whose picture of the city may be a second
// old, knows that a unit is open.
func (w *world) knowOpen(t *testing.T, slug string) {
	t.Helper()
	for range 500 {
		places, err := cityOf{w.org}.Places(context.Background())
		must(t, err)
		if places.UnitOpen(w.unit(t, slug)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s is not known to be open", slug)
}

// dueIn moves the deadline of an offer close to now.
func (w *world) dueIn(t *testing.T, h id.Handoff, d time.Duration) {
	t.Helper()
	now, err := w.store.Now(context.Background())
	must(t, err)
	must(t, w.db.InTx(context.Background(), func(tx *store.Tx) error {
		db := tx.DB(context.Background())
		if err := db.Exec("UPDATE handoffs SET due_at = ? WHERE id = ?", now.Add(d), h).Error; err != nil {
			return err
		}
		return db.Exec("UPDATE lead_parts SET until = ? WHERE handoff_id = ? AND part = 'offered'", now.Add(d), h).Error
	}))
}
