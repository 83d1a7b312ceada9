package lead_test

import (
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// TestEditingTheCalendarMovesTheDeadlinesOfADispute makes a day of the talks,
// and then one of the bureau's time, a day off, and asks the state of the
// dispute around its new deadlines; one that has passed is not revived.
func TestEditingTheCalendarMovesTheDeadlinesOfADispute(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.at(t, "2026-03-09 09:00")
		v := w.register(t, "huangpu", "示例光电")
		opened, err := w.lead.OpenDispute(ctx, w.as(t, "iit"), lead.DisputeOrder{Reference: v.Code, Claim: "负责", Reason: "首次接触"})
		must(t, err)
		is := func(when, talk, rule string, state lead.DisputeState) {
			t.Helper()
			if when != "" {
				w.at(t, when)
			}
			d, err := w.lead.Dispute(ctx, w.as(t, "huangpu"), opened.ID)
			must(t, err)
			if wall(d.TalkDueAt) != talk || wall(d.RuleDueAt) != rule || d.State != state {
				t.Errorf("at %q the dispute is %s until %s, then %s; want %s until %s, then %s", when, d.State, wall(d.TalkDueAt), wall(d.RuleDueAt), state, talk, rule)
			}
		}
		is("", "2026-03-12 09:00", "2026-03-19 09:00", lead.DisputeTalking)
		for when, want := range map[string]int{"2026-03-09 09:30": 3, "2026-03-10 09:30": 2, "2026-03-12 08:45": 1} {
			w.at(t, when)
			if d, err := w.lead.Dispute(ctx, w.as(t, "huangpu"), opened.ID); err != nil || *d.WorkingDaysLeft != want {
				t.Errorf("at %s %d working days are left of the talks, want %d: %v", when, *d.WorkingDaysLeft, want, err)
			}
		}
		w.calendar(t, []clock.Day{day(t, "2026-03-11", false)}, "2026-03-11", "2026-03-11")
		is("2026-03-13 08:59", "2026-03-13 09:00", "2026-03-20 09:00", lead.DisputeTalking)
		is("2026-03-13 09:01", "2026-03-13 09:00", "2026-03-20 09:00", lead.DisputeRuling)
		_, err = w.lead.AdvanceDisputes(ctx)
		must(t, err)
		w.calendar(t, []clock.Day{day(t, "2026-03-11", false), day(t, "2026-03-17", false)}, "2026-03-17", "2026-03-17")
		is("2026-03-20 17:00", "2026-03-13 09:00", "2026-03-23 09:00", lead.DisputeRuling)
		is("2026-03-23 09:01", "2026-03-13 09:00", "2026-03-23 09:00", lead.DisputeLeading)
		w.calendar(t, []clock.Day{day(t, "2026-03-11", false), day(t, "2026-03-17", false), day(t, "2026-03-18", false)}, "2026-03-18", "2026-03-18")
		is("", "2026-03-13 09:00", "2026-03-23 09:00", lead.DisputeLeading)
	})
}
