package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
)

// disputeWork is an act on a dispute behind the locks of its leads.
type disputeWork struct {
	dispute Dispute
	seen    SeenDispute // as the actor reads it; its state is that of now
	target  Seen
	own     *Seen
	now     time.Time
	facts   disputeFacts
}

// onDispute reads a dispute, locks its leads in the order of their numbers,
// writes down what time has decided and does the act.
//
// Errors: NotFound "dispute.unknown"; Conflict "dispute.closed" after its
// end; those of the act.
func (s *Service) onDispute(
	ctx context.Context, actor access.Actor, dispute id.Dispute, act func(ctx context.Context, tx Tx, w *disputeWork) error,
) (DisputeView, error) {
	if err := s.inDispute(ctx, actor, dispute, act); err != nil {
		return DisputeView{}, err
	}
	return s.dispute(ctx, actor, dispute)
}

// inDispute is onDispute without the reading afterwards.
func (s *Service) inDispute(
	ctx context.Context, actor access.Actor, dispute id.Dispute, act func(ctx context.Context, tx Tx, w *disputeWork) error,
) error {
	facts, err := s.disputeFacts(ctx)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Tx) error {
		w, err := s.lockDispute(ctx, tx, actor, dispute)
		if err != nil {
			return err
		}
		w.facts = facts
		if err := w.dispute.closed(); err != nil {
			return err
		}
		if err := w.advance(ctx, tx); err != nil {
			return err
		}
		return act(ctx, tx, w)
	})
}

func (s *Service) lockDispute(ctx context.Context, tx Tx, actor access.Actor, dispute id.Dispute) (*disputeWork, error) {
	q := DisputeQuery{Read: actor.Scope(access.DisputeRead), Leads: actor.Scope(access.LeadRead), Now: tx.Now(ctx)}
	d, err := tx.DisputeFor(ctx, q, dispute)
	if err != nil {
		return nil, err
	}
	w := &disputeWork{}
	if err := w.lock(ctx, tx, d.Dispute); err != nil {
		return nil, err
	}
	q.Now = tx.Now(ctx)
	if w.seen, err = tx.DisputeFor(ctx, q, dispute); err != nil {
		return nil, err
	}
	w.dispute, w.now = w.seen.Dispute, q.Now
	return w, nil
}

// lock locks the leads of a dispute, the lower number first.
func (w *disputeWork) lock(ctx context.Context, tx Tx, d Dispute) error {
	ids := []id.Lead{d.LeadID}
	if d.OwnLeadID != nil {
		ids = []id.Lead{min(d.LeadID, *d.OwnLeadID), max(d.LeadID, *d.OwnLeadID)}
	}
	for _, leadID := range ids {
		seen, err := tx.Lock(ctx, disputing(), disputing(), leadID)
		if err != nil {
			return err
		}
		if leadID == d.LeadID {
			w.target = seen
		} else {
			w.own = &seen
		}
	}
	return nil
}

// again reads a lead anew after something of it was written.
func again(ctx context.Context, tx Tx, seen Seen) (Seen, error) {
	return tx.Lock(ctx, disputing(), disputing(), seen.Lead.ID)
}

// tell writes a step of the dispute: its entry, the streams of its leads, the
// audit line, and the notices to both parties and the bureau.
func (w *disputeWork) tell(ctx context.Context, tx Tx, actor access.Actor, step DisputeStep) error {
	d := w.dispute
	step.DisputeID, step.At = d.ID, w.now
	if actor.User != 0 {
		step.UserID, step.UnitID = &actor.User, &actor.Acting
	}
	if err := tx.AddDisputeStep(ctx, d, step); err != nil {
		return err
	}
	if err := w.stream(ctx, tx, actor, step); err != nil {
		return err
	}
	e := line(actor, w.target.Lead, "dispute."+string(step.Kind))
	e.Object, e.ObjectID, e.Reason = "dispute", int64(d.ID), step.Text
	if step.FileID != nil {
		e.Changes = []event.Change{{Field: "file", After: step.FileID.String()}}
	}
	if err := tx.Record(ctx, e); err != nil {
		return err
	}
	return w.notify(ctx, tx, actor, step)
}

// stream leaves a mark on the pages of the leads when a dispute begins and
// when it ends.
func (w *disputeWork) stream(ctx context.Context, tx Tx, actor access.Actor, step DisputeStep) error {
	kind := ActDisputed
	switch step.Kind {
	case StepOpened:
	case StepAgreed, StepRuled, StepWithdrawn:
		kind = ActDisputeEnded
	default:
		return nil
	}
	leads := []Seen{w.target}
	if w.own != nil {
		leads = append(leads, *w.own)
	}
	for _, seen := range leads {
		a := activity(actor, seen.Lead, kind, w.now)
		a.Fields = Names{string(step.Kind)}
		if err := tx.AddActivity(ctx, &a); err != nil {
			return err
		}
	}
	return nil
}

// notify tells both parties and the bureau, and the leading body once the
// dispute is before it. Who may not read the lead learns its reference only.
func (w *disputeWork) notify(ctx context.Context, tx Tx, actor access.Actor, step DisputeStep) error {
	d := w.dispute
	n := event.Notice{
		Kind: noticeKind(step.Kind), Lead: d.LeadID, By: actor.User, Object: "dispute", ObjectID: int64(d.ID), Apart: event.ApartAlways,
		Params: map[string]string{"reference": w.target.Lead.Code},
	}
	if due := d.Due(); due != nil {
		n.Params["due_at"] = due.Format(time.RFC3339)
	}
	n.Units = []id.Unit{d.ClaimantUnitID}
	if !d.StandsIn {
		n.Units = append(n.Units, d.RespondentUnitID)
	}
	if !d.StandsIn && d.RespondentUnitID != w.facts.pool && d.ClaimantUnitID != w.facts.pool {
		n.Units = append(n.Units, w.facts.pool)
	}
	if d.RaisedAt != nil {
		n.Units = append(n.Units, d.LeadingUnitID)
	}
	if err := tx.Notify(ctx, n); err != nil || !d.StandsIn {
		return err
	}
	n.Units, n.Heads = []id.Unit{w.facts.pool}, true
	return tx.Notify(ctx, n)
}

// noticeKind names the notice of a step; what is laid before the parties is
// one kind of news, and so is the next body.
func noticeKind(step StepKind) string {
	switch step {
	case StepFile:
		step = StepStatement
	case StepRaised:
		step = StepEscalated
	case StepAgreed:
		return "dispute.settled"
	}
	return "dispute." + string(step)
}
