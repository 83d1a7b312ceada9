package lead_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// calendar changes the days as an administrator's edit does, in one transaction.
func (w *world) calendar(t *testing.T, days []clock.Day, from, to string) int {
	t.Helper()
	ctx := context.Background()
	hours := clock.Hours{Open: 8*time.Hour + 30*time.Minute, Close: 17*time.Hour + 30*time.Minute}
	office := clock.NewDatedOffice(append(clock.PublishedDays(), days...), []clock.HoursFrom{{Hours: hours}}, 7)
	pace, err := w.lead.Pace(ctx)
	must(t, err)
	pace.Office = office
	first, err := clock.ParseDate(from)
	must(t, err)
	last, err := clock.ParseDate(to)
	must(t, err)
	moved := 0
	must(t, w.db.InTx(ctx, func(tx *store.Tx) error {
		var err error
		moved, err = leadstore.FollowCalendar(ctx, tx, lead.CalendarChange{Pace: pace, From: first, To: last})
		return err
	}))
	return moved
}

func day(t *testing.T, text string, working bool) clock.Day {
	t.Helper()
	d, err := clock.ParseDate(text)
	must(t, err)
	return clock.Day{Date: d, Working: working, Name: "调整", Source: "notice"}
}

func TestEditingTheCalendarMovesOpenClocksAndNotClosedOnes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		closed := w.register(t, "wg-shenzhen", "甲公司")
		_, err := w.lead.ChangeStage(ctx, w.as(t, "wg-shenzhen"), closed.ID, closed.Version, lead.Move{To: lead.Lost, Reason: "放弃", LostTo: "外市"})
		must(t, err)
		v := w.register(t, "wg-shenzhen", "乙公司")
		h, err := w.lead.HandOff(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "落地", Ask: "接洽"})
		must(t, err)
		before := w.texts(t, "SELECT kind || ' ' || due_at FROM clocks WHERE closed_at IS NOT NULL ORDER BY id")

		// Tuesday the 10th becomes a day off: the offer and the three clocks of the holder move.
		if n := w.calendar(t, []clock.Day{day(t, "2026-03-10", false)}, "2026-03-10", "2026-03-10"); n != 4 {
			t.Errorf("%d clocks moved", n)
		}
		for kind, want := range map[lead.ClockKind]string{
			lead.ClockAnswer: "2026-03-11 09:00", lead.ClockTriage: "2026-03-13 09:00", lead.ClockFeedback: "2026-03-17 09:00",
		} {
			if c := w.theClock(t, "bureau", v, kind); wall(c.DueAt) != want {
				t.Errorf("%s is due %s, want %s", kind, wall(c.DueAt), want)
			}
		}
		offer, err := w.lead.Handoff(ctx, w.as(t, "huangpu"), h.ID)
		must(t, err)
		if wall(offer.DueAt) != "2026-03-11 09:00" {
			t.Errorf("the offer runs out %s", wall(offer.DueAt))
		}
		if after := w.texts(t, "SELECT kind || ' ' || due_at FROM clocks WHERE closed_at IS NOT NULL ORDER BY id"); !slices.Equal(before, after) {
			t.Errorf("closed clocks were %v, are %v", before, after)
		}
		// The receiver accepts on the day that was added.
		w.at(t, "2026-03-10 16:00")
		_, err = w.lead.Answer(ctx, w.as(t, "huangpu"), h.ID, lead.Answer{State: lead.Accepted})
		must(t, err)
		// A day long after every deadline moves nothing, and so does the same edit again.
		if n := w.calendar(t, []clock.Day{day(t, "2026-03-10", false), day(t, "2026-12-01", false)}, "2026-12-01", "2026-12-01"); n != 0 {
			t.Errorf("%d clocks moved", n)
		}
	})
}

func TestAnOfferThatHasRunOutIsNotRevivedByTheCalendar(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		v := w.register(t, "wg-shenzhen", "丙公司")
		_, err := w.lead.HandOff(ctx, w.as(t, "wg-shenzhen"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "落地", Ask: "接洽"})
		must(t, err)
		w.at(t, "2026-03-10 09:01")
		w.calendar(t, []clock.Day{day(t, "2026-03-10", false)}, "2026-03-10", "2026-03-10")
		if got := w.texts(t, "SELECT kind FROM clocks WHERE revision = 7 ORDER BY kind"); !slices.Equal(got, []string{"feedback", "progress", "triage"}) {
			t.Errorf("moved: %v", got)
		}
		if c := w.theClock(t, "bureau", v, lead.ClockAnswer); wall(c.DueAt) != "2026-03-10 09:00" || c.State != lead.ClockOverdue {
			t.Errorf("the offer: %s %s", c.State, wall(c.DueAt))
		}
	})
}

func TestTheTimeToObjectToAnAssignmentFollowsTheCalendar(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		v := w.register(t, "bureau", "丁公司")
		h, err := w.lead.Assign(ctx, w.as(t, "bureau"), v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "有厂房", Ask: "接洽"})
		must(t, err)
		w.calendar(t, []clock.Day{day(t, "2026-03-10", false)}, "2026-03-10", "2026-03-10")
		w.at(t, "2026-03-11 08:45") // a minute before it is over
		_, err = w.lead.Object(ctx, w.as(t, "huangpu"), h.ID, "没有空置厂房")
		must(t, err)
	})
}
