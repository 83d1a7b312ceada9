package lead

import (
	"context"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// registered counts the lives that came into the register.
func registered(lives []Life) int {
	n := 0
	for i := range lives {
		if lives[i].Registration != nil {
			n++
		}
	}
	return n
}

// register gives the life its number in the register, and the reference.
func (l *Life) register(free *[]int64) {
	if l.Registration == nil {
		return
	}
	r := *l.Registration
	r.ID, r.LeadID = take(free, 1)[0], l.Lead.ID
	reference := lead.Reference(clock.DateOf(r.At).Year(), r.ID)
	l.Registration, l.Lead.ProtectionReference = &r, &reference
}

func (w lifeWriter) registrations(ctx context.Context, lives []Life) error {
	b := w.Bulk("registrations", "id", "lead_id", "unit_id", "user_id", "at", "state", "choice", "reason", "decided_at", "decided_by", "decision_reason")
	for i := range lives {
		r := lives[i].Registration
		if r == nil {
			continue
		}
		err := b.Add(ctx, r.ID, int64(r.LeadID), int64(r.UnitID), number(r.UserID), r.At, string(r.State), string(r.Choice), r.Reason,
			r.DecidedAt, number(r.DecidedBy), r.DecisionReason)
		if err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}

func (w lifeWriter) keys(ctx context.Context, lives []Life) error {
	b := w.Bulk("match_keys", "lead_id", "kind", "key")
	for i := range lives {
		l := &lives[i].Lead
		for _, k := range lead.MatchKeys(*l) {
			if err := b.Add(ctx, int64(l.ID), k.Kind, k.Key); err != nil {
				return err
			}
		}
	}
	return b.Flush(ctx)
}
