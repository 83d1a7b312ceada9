package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// spans writes the stages of each life as its activities tell of them. What
// was taken over was not looked at by the gate, and says so.
func (w lifeWriter) spans(ctx context.Context, lives []Life) error {
	b := w.Bulk("stage_spans", "lead_id", "stage", "from_at", "until", "happened_on", "entered")
	for i := range lives {
		for _, s := range lives[i].spans() {
			if err := b.Add(ctx, int64(s.LeadID), string(s.Stage), s.FromAt, s.Until, day(s.HappenedOn), string(s.Entered)); err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}

func (l Life) spans() []lead.Span {
	first := lead.Span{LeadID: l.Lead.ID, Stage: l.Lead.Stage, FromAt: l.Lead.CreatedAt, Until: clock.Forever(), Entered: lead.TakenOver}
	if l.Lead.AsReported {
		first.Entered = lead.ByReport
	}
	out := []lead.Span{first}
	for _, a := range l.Activities {
		if a.ToStage == nil {
			continue
		}
		last := &out[len(out)-1]
		last.Until = a.At
		if len(out) == 1 && a.FromStage != nil {
			last.Stage = *a.FromStage
		}
		out = append(out, lead.Span{
			LeadID: l.Lead.ID, Stage: *a.ToStage, FromAt: a.At, Until: clock.Forever(), HappenedOn: a.HappenedOn, Entered: lead.TakenOver,
		})
	}
	return out
}
