package lead_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// together runs n calls at the same moment and returns their errors.
func together(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// wins counts the calls that succeeded; every other one must have failed with
// one of the codes.
func wins(t *testing.T, errs []error, codes ...string) int {
	t.Helper()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
			continue
		}
		known := false
		for _, c := range codes {
			known = known || fault.CodeOf(err) == c
		}
		if !known {
			t.Errorf("a loser was told %v", err)
		}
	}
	return n
}

func TestOfManyAcceptancesAtOnceExactlyOneWins(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for round := range testkit.Times(1000, 10) {
			v := w.register(t, "wg-shenzhen", fmt.Sprintf("示例光电 %d", round))
			h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
			errs := together(2+round%22, func(int) error {
				_, err := w.lead.Answer(context.Background(), w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
				return err
			})
			if n := wins(t, errs, "handoff.answered"); n != 1 {
				t.Fatalf("%d of %d acceptances won", n, len(errs))
			}
			oneChainLine(t, w, v.ID, h.ID)
		}
	})
}

// oneChainLine asks that the hand-off moved the lead once: two intervals that
// touch, one acceptance in the stream, one in the audit.
func oneChainLine(t *testing.T, w *world, l id.Lead, h id.Handoff) {
	t.Helper()
	for what, sql := range map[string]string{
		"acceptances in the stream": "SELECT count(*) FROM activities WHERE handoff_id = ? AND kind = 'accepted'",
		"notices of the acceptance": "SELECT count(*) FROM notice_events WHERE handoff_id = ? AND kind = 'handoff.accepted'",
		"acceptances in the audit":  "SELECT count(*) FROM audit_events WHERE object = 'handoff' AND object_id = ? AND kind = 'handoff.accepted' AND outcome = 'done'",
	} {
		var n int
		must(t, w.db.Read(context.Background()).Raw(sql, h).Scan(&n).Error)
		if n != 1 {
			t.Errorf("%d %s", n, what)
		}
	}
	var owners int
	must(t, w.db.Read(context.Background()).Raw("SELECT count(*) FROM lead_parts WHERE lead_id = ? AND part = 'owner'", l).Scan(&owners).Error)
	if owners != 2 {
		t.Errorf("lead %d has %d intervals of responsibility", l, owners)
	}
}

func TestOfManyOffersAtOnceOneIsOpen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		towns := []string{"huangpu", "xiaolan", "cuiheng", "iit"}
		for n := range testkit.Times(50, 5) {
			v := w.register(t, "wg-shenzhen", fmt.Sprintf("示例光电 %d", n))
			errs := together(len(towns), func(i int) error {
				_, err := w.lead.HandOff(context.Background(), w.as(t, "wg-shenzhen"), v.ID,
					lead.Order{To: w.unit(t, towns[i]), Reason: "r", Ask: "a"})
				return err
			})
			if n := wins(t, errs, "handoff.pending"); n != 1 {
				t.Fatalf("%d of %d offers are open", n, len(towns))
			}
		}
	})
}

func TestOfManyEditsOfOneVersionOneIsKept(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		v := w.register(t, "wg-shenzhen", "示例光电")
		version := v.Version
		for round := range testkit.Times(50, 8) {
			titles := []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"}
			errs := together(len(titles), func(i int) error {
				title := fmt.Sprint(titles[i], round)
				_, err := w.lead.Edit(context.Background(), w.as(t, "wg-shenzhen"), v.ID, version,
					lead.Edit{Title: lead.Opt[string]{Set: true, Value: &title}})
				return err
			})
			if n := wins(t, errs, "lead.stale", "lead.changed"); n != 1 {
				t.Fatalf("%d edits of version %d were kept", n, version)
			}
			now, err := w.lead.Get(context.Background(), w.as(t, "wg-shenzhen"), v.ID)
			must(t, err)
			version = now.Version
		}
	})
}

func TestALateOfferOfAnotherUnitTellsNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		for _, state := range []lead.HandoffState{lead.Accepted, lead.Refused, lead.WithdrawnOffer} {
			_, err := w.lead.Answer(context.Background(), w.as(t, "xiaolan"), h.ID, lead.Answer{State: state, Reason: "x"})
			wantCode(t, err, fault.NotFound, "handoff.unknown")
		}
		_, err := w.lead.Answer(context.Background(), w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.WithdrawnOffer})
		wantCode(t, err, fault.Forbidden, "forbidden")
		_, err = w.lead.Answer(context.Background(), w.as(t, "viewer-huangpu"), h.ID, lead.Answer{State: lead.Accepted})
		wantCode(t, err, fault.Forbidden, "forbidden")
		if got := w.as(t, "viewer-huangpu").ActScope(access.LeadAnswer); !got.Empty() {
			t.Errorf("a viewer may answer %v", got.Grants())
		}
	})
}

func TestAFailedReadOfAnOfferIsNotAMissingOffer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		held, free := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			err := w.store.InTx(context.Background(), func(tx lead.Tx) error {
				_, err := tx.Lock(context.Background(), access.System("hold the row"), access.System("hold the row"), v.ID)
				close(held)
				<-free
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-held
		short, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		_, err := w.lead.Answer(short, w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
		close(free)
		all.Wait()
		if !errors.Is(err, context.DeadlineExceeded) || fault.KindOf(err) == fault.NotFound {
			t.Errorf("an answer that could not be read in time is told %v", err)
		}
		if _, err := w.lead.Answer(context.Background(), w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted}); err != nil {
			t.Errorf("the next try: %v", err)
		}
	})
}

func TestARowThatChangedSinceItWasReadIsNotWrittenOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		v := w.register(t, "wg-shenzhen", "示例光电")
		h := offer(t, w, "wg-shenzhen", v.ID, "huangpu")
		all := access.System("write over")
		behind := func(sql string, write func(tx lead.Tx, seen lead.Seen, h lead.Handoff) error) error {
			return w.store.InTx(ctx, func(tx lead.Tx) error {
				seen, err := tx.Lock(ctx, all, all, v.ID)
				must(t, err)
				offered, err := tx.HandoffOf(ctx, seen, h.ID)
				must(t, err)
				must(t, tx.(leadstore.Tx).DB(ctx).Exec(sql).Error)
				return write(tx, seen, offered)
			})
		}
		wantCode(t, behind("UPDATE leads SET version = version + 1", func(tx lead.Tx, seen lead.Seen, _ lead.Handoff) error {
			return tx.Save(ctx, seen, &seen.Lead, true)
		}), fault.Conflict, "lead.changed")
		save := func(tx lead.Tx, seen lead.Seen, h lead.Handoff) error {
			h.State, h.Version = lead.Accepted, h.Version+1
			return tx.SaveHandoff(ctx, seen, h, lead.Offered)
		}
		wantCode(t, behind("UPDATE handoffs SET version = version + 1", save), fault.Conflict, "handoff.answered")
		wantCode(t, behind("UPDATE handoffs SET state = 'refused'", save), fault.Conflict, "handoff.answered")
	})
}
