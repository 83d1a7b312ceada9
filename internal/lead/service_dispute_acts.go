package lead

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// notASide refuses an act to who may read the dispute but is not the side
// that does it.
func notASide() error {
	return fault.New(fault.Forbidden, "forbidden", "The caller may see the dispute but not do this.")
}

// sides is what the actor is to the dispute in the unit acted for.
func (w *disputeWork) sides(actor access.Actor, p access.Permission) Sides {
	w.seen.Dispute = w.dispute
	return w.seen.sides(actor.ActScope(p))
}

// State adds what a party or the bureau has to say.
//
// Errors: NotFound "dispute.unknown"; Forbidden "forbidden"; Conflict
// "dispute.closed"; Invalid "input.invalid" on text.
func (s *Service) State(ctx context.Context, actor access.Actor, dispute id.Dispute, text string) (DisputeView, error) {
	return s.onDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		if side := w.sides(actor, access.DisputeArgue); !side.Party() && !side.Bureau {
			return notASide()
		}
		clean, err := noteText(text)
		if err != nil {
			return err
		}
		return w.tell(ctx, tx, actor, DisputeStep{Kind: StepStatement, Text: clean})
	})
}

// AddEvidence lays a document before the parties and the bureau. The content
// is stored before the transaction and removed again when it fails.
//
// Errors: as State, and Invalid "file.too_large", "file.type", "file.empty".
func (s *Service) AddEvidence(
	ctx context.Context, actor access.Actor, dispute id.Dispute, name string, content io.Reader,
) (DisputeView, error) {
	if err := s.CheckDispute(ctx, actor, access.DisputeArgue, dispute); err != nil {
		return DisputeView{}, err
	}
	clean, err := fileName(name)
	if err != nil {
		return DisputeView{}, err
	}
	stored, err := s.vault.Put(ctx, content, s.maxFile)
	if err != nil {
		return DisputeView{}, err
	}
	f := DisputeFile{
		UnitID: actor.Acting, UserID: actor.User, Name: clean, StoredName: stored.Name, Size: stored.Size, SHA256: stored.SHA256,
	}
	if f.Mime, err = fileType(clean, stored); err == nil {
		err = s.keepEvidence(ctx, actor, dispute, f)
	}
	if err != nil {
		return DisputeView{}, errors.Join(err, s.unstore(ctx, stored.Name, err))
	}
	return s.dispute(ctx, actor, dispute)
}

func (s *Service) keepEvidence(ctx context.Context, actor access.Actor, dispute id.Dispute, f DisputeFile) error {
	return s.inDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		if side := w.sides(actor, access.DisputeArgue); !side.Party() && !side.Bureau {
			return notASide()
		}
		f.CreatedAt = w.now
		if err := tx.InsertDisputeFile(ctx, w.dispute, &f); err != nil {
			return err
		}
		return w.tell(ctx, tx, actor, DisputeStep{Kind: StepFile, FileID: &f.ID})
	})
}

// CheckDispute asks, before the body is read, that the actor may read the
// dispute and has a side in it under the permission.
//
// Errors: NotFound "dispute.unknown"; Forbidden "forbidden".
func (s *Service) CheckDispute(ctx context.Context, actor access.Actor, p access.Permission, dispute id.Dispute) error {
	q, err := s.disputeQuery(ctx, actor)
	if err != nil {
		return err
	}
	d, err := s.store.Dispute(ctx, q, dispute)
	if err != nil {
		return err
	}
	if d.Dispute = d.At(q.Now); !d.sides(actor.ActScope(p)).Any() {
		return notASide()
	}
	return nil
}

// OpenEvidence returns a document and its content, and logs that it was read.
//
// Errors: NotFound "dispute.unknown" or "file.unknown".
func (s *Service) OpenEvidence(
	ctx context.Context, actor access.Actor, dispute id.Dispute, file id.File,
) (DisputeFile, io.ReadSeekCloser, error) {
	q, err := s.disputeQuery(ctx, actor)
	if err != nil {
		return DisputeFile{}, nil, err
	}
	d, err := s.store.Dispute(ctx, q, dispute)
	if err != nil {
		return DisputeFile{}, nil, err
	}
	files, err := s.store.DisputeFiles(ctx, d)
	if err != nil {
		return DisputeFile{}, nil, err
	}
	for _, f := range files {
		if f.ID != file {
			continue
		}
		e := line(actor, Lead{ID: d.LeadID, Restricted: d.Restricted}, "dispute.file_read")
		e.Object, e.ObjectID = "dispute", int64(d.ID)
		e.Changes = []event.Change{{Field: "file", After: file.String()}}
		if err := s.store.InTx(ctx, func(tx Tx) error { return tx.Record(ctx, e) }); err != nil {
			return DisputeFile{}, nil, err
		}
		content, err := s.vault.Open(ctx, f.StoredName)
		return f, content, err
	}
	return DisputeFile{}, nil, fault.New(fault.NotFound, "file.unknown", "No such file.")
}

// Propose lays an outcome before the other party, which may agree to it; a
// proposal before it is replaced.
//
// Errors: as State, and those of the outcome by field.
func (s *Service) Propose(
	ctx context.Context, actor access.Actor, dispute id.Dispute, o DisputeOutcome,
) (DisputeView, error) {
	return s.onDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		if !w.sides(actor, access.DisputeArgue).Party() {
			return notASide()
		}
		o.State, o.Body = OutcomeProposed, BodyParties
		if err := w.decide(ctx, tx, actor, &o); err != nil {
			return err
		}
		return w.tell(ctx, tx, actor, DisputeStep{Kind: StepProposed, Text: o.Reason, OutcomeID: &o.ID})
	})
}

// decide checks an outcome and writes it down for the side of the actor.
func (w *disputeWork) decide(ctx context.Context, tx Tx, actor access.Actor, o *DisputeOutcome) error {
	if err := o.check(w.dispute, w.facts.places); err != nil {
		return err
	}
	o.DisputeID, o.LeadID, o.UnitID, o.UserID, o.At = w.dispute.ID, w.dispute.LeadID, actor.Acting, actor.User, w.now
	return tx.InsertOutcome(ctx, w.dispute, o)
}

// Agree settles the dispute by what the other party proposed.
//
// Errors: as State; Conflict "dispute.no_proposal" when the other party has
// none open; Conflict "dispute.holder_changed" when neither party holds the
// lead any more; and those of the outcome.
func (s *Service) Agree(ctx context.Context, actor access.Actor, dispute id.Dispute) (DisputeView, error) {
	return s.onDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		side := w.sides(actor, access.DisputeArgue)
		if !side.Party() {
			return notASide()
		}
		o, err := tx.Proposal(ctx, w.dispute)
		if err != nil {
			return err
		}
		if o == nil || !side.speaksFor(w.dispute, w.dispute.other(o.UnitID)) {
			return fault.New(fault.Conflict, "dispute.no_proposal", "The other party has proposed nothing.")
		}
		if !w.dispute.StandsIn && !w.dispute.party(w.target.Lead.UnitID) {
			return fault.New(fault.Conflict, "dispute.holder_changed", "Neither party holds the lead any more.")
		}
		if err := tx.AgreeOutcome(ctx, *o); err != nil {
			return err
		}
		o.State = OutcomeAgreed
		if err := w.close(ctx, tx, actor, DisputeSettled, &o.ID); err != nil {
			return err
		}
		if err := s.apply(ctx, tx, actor, w, *o); err != nil {
			return err
		}
		return w.tell(ctx, tx, actor, DisputeStep{Kind: StepAgreed, OutcomeID: &o.ID})
	})
}

// Withdraw ends the dispute for the claimant; nothing changes.
//
// Errors: as State.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, dispute id.Dispute, reason string) (DisputeView, error) {
	return s.onDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		if !w.sides(actor, access.DisputeArgue).Claimant {
			return notASide()
		}
		if err := reasonOf(reason, false); err != nil {
			return err
		}
		if err := w.close(ctx, tx, actor, DisputeWithdrawn, nil); err != nil {
			return err
		}
		return w.tell(ctx, tx, actor, DisputeStep{Kind: StepWithdrawn, Text: reason})
	})
}

// reasonOf checks the one text of an act.
func reasonOf(reason string, required bool) error {
	var bad rules
	bad.text("reason", reason, required, MaxReason)
	return fault.Broken("input.invalid", bad)
}

// Escalate brings the dispute to the next body before the time is up: a party
// or the bureau from the talks to the bureau, the bureau to the leading body.
//
// Errors: as State; Conflict "dispute.leading" when it is there already.
func (s *Service) Escalate(ctx context.Context, actor access.Actor, dispute id.Dispute, reason string) (DisputeView, error) {
	return s.onDispute(ctx, actor, dispute, func(ctx context.Context, tx Tx, w *disputeWork) error {
		if err := reasonOf(reason, false); err != nil {
			return err
		}
		switch w.dispute.State {
		case DisputeTalking:
			if side := w.sides(actor, access.DisputeArgue); !side.Party() && !side.Bureau {
				return notASide()
			}
			return w.toBureau(ctx, tx, actor, w.now, reason)
		case DisputeRuling:
			if !w.sides(actor, access.DisputeRule).Bureau {
				return notASide()
			}
			return w.toLeading(ctx, tx, actor, w.now, reason)
		}
		return fault.New(fault.Conflict, "dispute.leading", "The dispute is before the leading body.")
	})
}

// toBureau ends the talks at the instant; the bureau's time runs from there.
func (w *disputeWork) toBureau(ctx context.Context, tx Tx, actor access.Actor, at time.Time, reason string) error {
	d := &w.dispute
	if at.Before(d.TalkDueAt) {
		d.RuleDueAt = w.facts.pace.Due(ClockRule, at)
	}
	d.State = DisputeRuling
	if err := tx.SaveDispute(ctx, d); err != nil {
		return err
	}
	if err := w.stop(ctx, tx, at, true); err != nil {
		return err
	}
	if err := w.start(ctx, tx, ClockRule, at); err != nil {
		return err
	}
	return w.at(at).tell(ctx, tx, actor, DisputeStep{Kind: StepEscalated, Text: reason})
}

// toLeading raises the dispute to the leading body at the instant.
func (w *disputeWork) toLeading(ctx context.Context, tx Tx, actor access.Actor, at time.Time, reason string) error {
	d := &w.dispute
	d.State, d.RaisedAt = DisputeLeading, &at
	if err := tx.SaveDispute(ctx, d); err != nil {
		return err
	}
	if err := w.stop(ctx, tx, at, true); err != nil {
		return err
	}
	return w.at(at).tell(ctx, tx, actor, DisputeStep{Kind: StepRaised, Text: reason})
}

// at is the same work at another instant.
func (w *disputeWork) at(now time.Time) *disputeWork {
	c := *w
	c.now = now
	return &c
}

// advance writes down what time has decided, as nobody's act. Nothing depends
// on when it is written.
func (w *disputeWork) advance(ctx context.Context, tx Tx) error {
	if d := w.dispute; d.State == DisputeTalking && !w.now.Before(d.TalkDueAt) {
		if err := w.toBureau(ctx, tx, access.Actor{}, d.TalkDueAt, ""); err != nil {
			return err
		}
	}
	if d := w.dispute; d.State == DisputeRuling && !w.now.Before(d.RuleDueAt) {
		return w.toLeading(ctx, tx, access.Actor{}, d.RuleDueAt, "")
	}
	return nil
}

// close ends the dispute; who is second finds it closed.
func (w *disputeWork) close(ctx context.Context, tx Tx, actor access.Actor, state DisputeState, outcome *int64) error {
	d := &w.dispute
	d.State, d.ClosedAt, d.ClosedBy, d.OutcomeID = state, &w.now, &actor.User, outcome
	if err := tx.SaveDispute(ctx, d); err != nil {
		return err
	}
	return w.stop(ctx, tx, w.now, state == DisputeWithdrawn)
}

// start begins the clock of the stage that begins: the respondent's to talk,
// the bureau's to rule.
func (w *disputeWork) start(ctx context.Context, tx Tx, kind ClockKind, at time.Time) error {
	d := w.dispute
	c := ClockStart{Kind: kind, UnitID: d.RespondentUnitID, DisputeID: &d.ID, At: at, DueAt: d.TalkDueAt, Pace: w.facts.pace}
	if kind == ClockRule {
		c.UnitID, c.DueAt = w.facts.pool, d.RuleDueAt
	}
	return tx.StartClock(ctx, w.target, c)
}

// stop ends the dispute's running clock: cancelled when what was owed has
// fallen away.
func (w *disputeWork) stop(ctx context.Context, tx Tx, at time.Time, cancelled bool) error {
	d := w.dispute
	return tx.CloseClocks(ctx, w.target, ClockClose{
		Kinds: []ClockKind{ClockTalk, ClockRule}, DisputeID: &d.ID, At: at, Cancelled: cancelled,
	})
}

// AdvanceDisputes records the disputes whose time to talk or to rule has
// passed and returns how many. It only writes down what the deadlines have
// decided: nothing depends on when it runs, or on whether.
func (s *Service) AdvanceDisputes(ctx context.Context) (int, error) {
	facts, err := s.disputeFacts(ctx)
	if err != nil {
		return 0, err
	}
	due, err := s.store.DueDisputes(ctx, access.System("record disputes whose time has passed"), expireBatch)
	if err != nil {
		return 0, fmt.Errorf("look for disputes whose time has passed: %w", err)
	}
	n := 0
	for _, d := range due {
		err := s.store.InTx(ctx, func(tx Tx) error { return recordPassed(ctx, tx, d, facts) })
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return n, fmt.Errorf("record that the time of dispute %s has passed: %w", d.ID, err)
		}
		n++
	}
	return n, nil
}

func recordPassed(ctx context.Context, tx Tx, d Dispute, facts disputeFacts) error {
	w := &disputeWork{facts: facts}
	if err := w.lock(ctx, tx, d); err != nil {
		return err
	}
	q := DisputeQuery{Read: access.System("record disputes whose time has passed"), Now: tx.Now(ctx)}
	seen, err := tx.DisputeFor(ctx, q, d.ID)
	if err != nil {
		return err
	}
	w.dispute, w.seen, w.now = seen.Dispute, seen, q.Now
	if !w.dispute.State.Open() {
		return nil
	}
	return w.advance(ctx, tx)
}
