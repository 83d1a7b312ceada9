package lead_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// clocks writes the clocks of a lead as lines: kind, unit, days, state.
func (w *world) clocks(t *testing.T, l lead.View) string {
	t.Helper()
	var rows []struct {
		Kind, Slug string
		Days       int
		How        *string
		PausedAt   *time.Time
	}
	err := w.db.Read(context.Background()).Raw("SELECT c.kind, u.slug, c.days, c.how, c.paused_at FROM clocks c JOIN units u ON u.id = c.unit_id "+
		"WHERE c.lead_id = ? ORDER BY c.id", l.ID).Scan(&rows).Error
	must(t, err)
	var out []string
	for _, r := range rows {
		state := "open"
		if r.PausedAt != nil {
			state = "paused"
		}
		if r.How != nil {
			state = *r.How
		}
		out = append(out, fmt.Sprintf("%s %s %d %s", r.Kind, r.Slug, r.Days, state))
	}
	return strings.Join(out, ", ")
}

// at puts the database's clock to a wall-clock time of the city.
func (w *world) at(t *testing.T, wall string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, clock.Location())
	must(t, err)
	w.db.SetOffset(at.Sub(clock.System{}.Now()))
}

func TestClocksFollowALeadFromItsRegistrationToItsEnd(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		group, town := w.as(t, "wg-shenzhen"), w.as(t, "huangpu")
		v := w.register(t, "wg-shenzhen", "甲公司")
		is := func(want string) {
			t.Helper()
			if got := w.clocks(t, v); got != want {
				t.Errorf("clocks are\n%s\nwant\n%s", got, want)
			}
		}
		is("triage wg-shenzhen 3 open, progress wg-shenzhen 10 open, feedback wg-shenzhen 5 open")

		h, err := w.lead.HandOff(ctx, group, v.ID, lead.Order{To: w.unit(t, "huangpu"), Reason: "落地", Ask: "接洽"})
		must(t, err)
		is("triage wg-shenzhen 3 open, progress wg-shenzhen 10 open, feedback wg-shenzhen 5 open, answer huangpu 1 open")
		w.at(t, "2026-03-10 08:59")
		_, err = w.lead.Answer(ctx, town, h.ID, lead.Answer{State: lead.Accepted})
		must(t, err)
		is("triage wg-shenzhen 3 cancelled, progress wg-shenzhen 10 cancelled, feedback wg-shenzhen 5 cancelled, answer huangpu 1 met, " +
			"triage huangpu 3 open, progress huangpu 10 open, feedback huangpu 5 open")

		w.at(t, "2026-03-16 10:00") // four working days later
		_, err = w.lead.Report(ctx, town, v.ID, lead.NoteDraft{Kind: lead.NoteFeedback, Text: "已电话反馈投资方"})
		must(t, err)
		latest, err := w.lead.Get(ctx, town, v.ID)
		must(t, err)
		moved, err := w.lead.ChangeStage(ctx, town, v.ID, latest.Version, lead.Move{To: lead.Qualified})
		must(t, err)
		const before = "triage wg-shenzhen 3 cancelled, progress wg-shenzhen 10 cancelled, feedback wg-shenzhen 5 cancelled, answer huangpu 1 met, " +
			"triage huangpu 3 late, progress huangpu 10 met, feedback huangpu 5 met, progress huangpu 10 met, "
		is(before + "progress huangpu 10 open")

		_, err = w.lead.AddNote(ctx, town, v.ID, "一般备注不算进展")
		must(t, err)
		is(before + "progress huangpu 10 open")
		moved, err = w.lead.ChangeStage(ctx, town, v.ID, moved.Version, lead.Move{To: lead.Suspended, Reason: "投资方内部决策"})
		must(t, err)
		is(before + "progress huangpu 10 paused")
		w.at(t, "2026-04-16 10:00")
		moved, err = w.lead.ChangeStage(ctx, town, v.ID, moved.Version, lead.Move{To: lead.Qualified, Reason: "重新启动"})
		must(t, err)
		is(before + "progress huangpu 10 open")
		w.at(t, "2026-04-30 10:01") // ten working days after it was resumed, and a minute
		moved, err = w.lead.ChangeStage(ctx, town, v.ID, moved.Version, lead.Move{To: lead.Lost, Reason: "选址", LostTo: "外市"})
		must(t, err)
		is(before + "progress huangpu 10 late")
		_ = moved
	})
}

func TestAnOfferThatRunsOutWasAnsweredLateAndOneTakenBackWasNot(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.at(t, "2026-03-09 09:00")
		group := w.as(t, "wg-shenzhen")
		v := w.register(t, "wg-shenzhen", "乙公司")
		order := lead.Order{To: w.unit(t, "huangpu"), Reason: "落地", Ask: "接洽"}
		_, err := w.lead.HandOff(ctx, group, v.ID, order)
		must(t, err)
		w.at(t, "2026-03-10 09:01")
		if n, err := w.lead.ExpireOffers(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		h, err := w.lead.HandOff(ctx, group, v.ID, order)
		must(t, err)
		_, err = w.lead.Answer(ctx, group, h.ID, lead.Answer{State: lead.WithdrawnOffer})
		must(t, err)
		want := "triage wg-shenzhen 3 open, progress wg-shenzhen 10 open, feedback wg-shenzhen 5 open, answer huangpu 1 late, answer huangpu 1 cancelled"
		if got := w.clocks(t, v); got != want {
			t.Errorf("clocks are\n%s\nwant\n%s", got, want)
		}
		must(t, w.lead.Delete(ctx, w.as(t, "wg-shenzhen-head"), v.ID, v.Version, "重复登记"))
		want = "triage wg-shenzhen 3 cancelled, progress wg-shenzhen 10 cancelled, feedback wg-shenzhen 5 cancelled, answer huangpu 1 late, answer huangpu 1 cancelled"
		if got := w.clocks(t, v); got != want {
			t.Errorf("after the deletion clocks are\n%s\nwant\n%s", got, want)
		}
	})
}
