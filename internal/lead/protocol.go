package lead

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Held is the present interval of responsibility for a lead, and the hand-off
// that began it.
type Held struct {
	UnitID   id.Unit
	FromAt   time.Time
	ReturnBy *time.Time // until when it may be given back; nil: it may not
	Handoff  *Handoff   // nil for who registered it
}

// atOnce is a hand-off that takes effect in the moment it is made.
func (l Lead) atOnce(kind HandoffKind, to id.Unit, by id.User, now time.Time) Handoff {
	return Handoff{
		LeadID: l.ID, FromUnitID: l.UnitID, ToUnitID: to, State: Accepted, Kind: kind, Parts: AllParts(), Version: 1,
		OfferedAt: now, OfferedBy: somebody(by), AnsweredAt: &now, AnsweredBy: somebody(by), DueAt: now,
	}
}

// Return gives the lead back to the unit that handed it to its present
// holder.
//
// Errors: Conflict "lead.ended"; Conflict "handoff.not_returnable" unless the
// holder has it by an offer that it accepted and that is not completed;
// Conflict "handoff.return_late" after the days that the city leaves for it.
func (l Lead) Return(held Held, reason string, by id.User, now time.Time) (Handoff, error) {
	if l.Ended() {
		return Handoff{}, fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	given := held.Handoff
	if given == nil || given.Kind != KindOffer || given.State != Accepted || held.ReturnBy == nil {
		return Handoff{}, fault.New(fault.Conflict, "handoff.not_returnable", "The lead did not come by an offer.")
	}
	if !now.Before(*held.ReturnBy) {
		return Handoff{}, fault.New(fault.Conflict, "handoff.return_late", "The time to give it back has passed.").
			With("due_at", *held.ReturnBy)
	}
	h := l.atOnce(KindReturn, given.FromUnitID, by, now)
	h.Reason = reason
	return h, nil
}

// Refer puts the lead into the bureau's pool.
//
// Errors: Conflict "lead.ended"; Conflict "handoff.self" when it is there
// already; Conflict "handoff.assigned" while an assignment may be objected to,
// or after the bureau upheld it: then the unit keeps the lead or hands it on.
func (l Lead) Refer(held Held, pool id.Unit, reason string, by id.User, now time.Time) (Handoff, error) {
	if l.Ended() {
		return Handoff{}, fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	if l.UnitID == pool {
		return Handoff{}, fault.New(fault.Conflict, "handoff.self", "The lead is in the pool.")
	}
	if a := held.Handoff; a != nil && a.Kind == KindAssignment && a.State == Accepted {
		if a.Decision == Uphold || a.ObjectedAt != nil || now.Before(a.DueAt) {
			return Handoff{}, fault.New(fault.Conflict, "handoff.assigned", "The bureau assigned the lead.")
		}
	}
	h := l.atOnce(KindReferral, pool, by, now)
	h.Reason = reason
	return h, nil
}

// Assign gives a lead of the pool to a unit at once. due is until when the
// unit may object.
//
// Errors: Conflict "lead.ended"; Conflict "handoff.not_in_pool"; Invalid
// "handoff.self"; Invalid "handoff.unit_closed".
func (l Lead) Assign(o Order, pool id.Unit, open bool, by id.User, now, due time.Time) (Handoff, error) {
	switch {
	case l.Ended():
		return Handoff{}, fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	case l.UnitID != pool:
		return Handoff{}, fault.New(fault.Conflict, "handoff.not_in_pool", "The lead is not in the pool.")
	case o.To == pool:
		return Handoff{}, withField("handoff.self", "The lead is in the pool.", "to_unit_id")
	case !open:
		return Handoff{}, withField("handoff.unit_closed", "The unit is not open.", "to_unit_id")
	}
	h := l.atOnce(KindAssignment, o.To, by, now)
	h.Reason, h.Ask, h.DueAt = o.Reason, o.Ask, due
	return h, nil
}

// Objected returns the assignment with the unit's objection. before is how
// often the unit objected to earlier assignments of the same lead.
//
// Errors: Conflict "handoff.not_assigned", "handoff.answered" when the unit
// does not hold the lead by it any more, "handoff.objected",
// "handoff.object_late", "handoff.object_twice".
func (h Handoff) Objected(reason string, before int64, by id.User, now time.Time) (Handoff, error) {
	if err := h.standing(); err != nil {
		return h, err
	}
	switch {
	case h.ObjectedAt != nil:
		return h, fault.New(fault.Conflict, "handoff.objected", "The unit has objected already.")
	case before > 0:
		return h, fault.New(fault.Conflict, "handoff.object_twice", "The unit objected to an earlier assignment of the lead.")
	case !now.Before(h.DueAt):
		return h, fault.New(fault.Conflict, "handoff.object_late", "The time to object has passed.").With("due_at", h.DueAt)
	}
	h.ObjectedAt, h.ObjectedBy, h.ObjectReason = &now, somebody(by), reason
	h.Version++
	return h, nil
}

// objectable tells whether the unit's time to object runs and it has not.
func (h Handoff) objectable(now time.Time) bool {
	return h.Kind == KindAssignment && h.State == Accepted && h.ObjectedAt == nil && now.Before(h.DueAt)
}

// Decided returns the assignment with the bureau's word on the objection.
//
// Errors: Conflict "handoff.not_assigned", "handoff.answered",
// "handoff.not_objected", "handoff.decided".
func (h Handoff) Decided(d Decision, reason string, by id.User, now time.Time) (Handoff, error) {
	if h.Decision != "" {
		return h, fault.New(fault.Conflict, "handoff.decided", "The objection was decided already.").
			With("decision", string(h.Decision))
	}
	if err := h.standing(); err != nil {
		return h, err
	}
	if h.ObjectedAt == nil {
		return h, fault.New(fault.Conflict, "handoff.not_objected", "Nobody objected.")
	}
	h.Decision, h.DecidedAt, h.DecidedBy, h.DecideReason = d, &now, somebody(by), reason
	h.Version++
	return h, nil
}

// standing asks that the hand-off is an assignment by which its unit holds
// the lead.
func (h Handoff) standing() error {
	if h.Kind != KindAssignment {
		return fault.New(fault.Conflict, "handoff.not_assigned", "The hand-off is not an assignment.")
	}
	if h.State != Accepted {
		return fault.New(fault.Conflict, "handoff.answered", "The unit does not hold the lead by it any more.").
			With("state", string(h.State)).With("to_unit_id", h.ToUnitID)
	}
	return nil
}

// objectionOpen tells whether the bureau has still to decide.
func (h Handoff) objectionOpen() bool {
	return h.Kind == KindAssignment && h.State == Accepted && h.ObjectedAt != nil && h.Decision == ""
}

// Done tells whether the work that a hand-off asked for has come to its end:
// the lead ended, or the project started.
func (s Stage) Done() bool {
	i, _ := s.Info()
	start, _ := Started.Info()
	return i.Ended || !i.Side && i.Order >= start.Order
}
