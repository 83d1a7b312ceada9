package lead

import (
	"context"
	"strings"

	"github.com/leadrelay/leadrelay/internal/lead"
)

func (w lifeWriter) clocks(ctx context.Context, lives []Life) error {
	b := w.Bulk("clocks", "lead_id", "kind", "unit_id", "handoff_id", "days", "calendar", "experts", "started_at", "anchor_at", "used", "due_at",
		"warned", "warn_at", "closed_at", "how", "revision", "invented")
	cells := clockCells{}
	for i := range lives {
		for j := range lives[i].Clocks {
			c := &lives[i].Clocks[j]
			err := b.Add(ctx, int64(c.LeadID), string(c.Kind), int64(c.UnitID), number(c.HandoffID), c.Days, c.Calendar, c.Experts, c.StartedAt,
				c.AnchorAt, c.Used.Microseconds(), c.DueAt, c.Warned, c.WarnAt, c.ClosedAt, text(c.How), c.Revision, c.Invented)
			if err != nil {
				return err
			}
			cells.add(*c, lives[i].Lead.Restricted, 1)
		}
	}
	if err := b.Flush(ctx); err != nil {
		return err
	}
	kept := w.Bulk("clock_counters", strings.Split(clockCounterColumns, ", ")...).Merge(addToClockCounter)
	for _, c := range cells.changed() {
		if err := kept.Add(ctx, cells.row(c)...); err != nil {
			return err
		}
	}
	return kept.Flush(ctx)
}

// noteKind is a note's kind as it is kept; a made note is a plain one unless
// somebody says otherwise.
func noteKind(k lead.NoteKind) string {
	if k == "" {
		return string(lead.PlainNote)
	}
	return string(k)
}
