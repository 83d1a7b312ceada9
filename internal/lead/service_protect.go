package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// DecideProtection confirms or rejects, for the bureau, that a lead is
// another project of an investor whose project is protected. Protection
// starts when the bureau confirms.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "protection.not_pending"; Invalid "input.invalid" on reason, which a
// rejection needs.
func (s *Service) DecideProtection(
	ctx context.Context, actor access.Actor, lead id.Lead, confirm bool, reason string,
) (View, error) {
	r, err := s.register(ctx)
	if err != nil {
		return View{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.ProtectionConfirm, lead, nil)
		if err != nil {
			return err
		}
		var bad rules
		bad.text("reason", reason, !confirm, MaxReason)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		if !seen.Lead.inProtection(ProtectionPending) {
			return fault.New(fault.Conflict, "protection.not_pending", "The protection does not wait for the bureau.")
		}
		return r.confirm(ctx, tx, actor, seen, decision{confirm: confirm, reason: reason})
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, actor, lead)
}

type decision struct {
	confirm bool
	reason  string
}

func (r register) confirm(ctx context.Context, tx Tx, actor access.Actor, seen Seen, d decision) error {
	now := tx.Now(ctx)
	after := seen.Lead
	state, kind, notice := RegistrationRejected, ActProtectionRejected, "protection.rejected"
	if d.confirm {
		state, kind, notice = RegistrationConfirmed, ActProtectionConfirmed, "protection.confirmed"
		after.Protect(r.terms, now)
	} else {
		after.setProtection(ProtectionRejected)
	}
	decided := Registration{LeadID: after.ID, State: state, DecidedAt: &now, DecidedBy: &actor.User, DecisionReason: d.reason}
	if err := tx.DecideRegistration(ctx, seen, decided); err != nil {
		return err
	}
	if err := keepProtection(ctx, tx, actor, seen, after, protectionStep{kind: kind, reason: d.reason, at: now}); err != nil {
		return err
	}
	if d.confirm {
		if err := tx.HoldClaims(ctx, Seen{Lead: after}, after.party().claims()); err != nil {
			return err
		}
	}
	n := protectionNotice(after, notice, concerned(after)...)
	n.By = actor.User
	return tx.Notify(ctx, n)
}

// Renewing asks for a further window, with evidence on the lead itself.
type Renewing struct {
	Reason string
	FileID *id.File
	NoteID *id.Note
}

// RenewProtection gives the lead a further window behind the present one, as
// often as the city allows. The evidence is a file or a note of the lead.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" on reason, file_id and note_id; Conflict
// "protection.not_active" or "protection.renewed".
func (s *Service) RenewProtection(ctx context.Context, actor access.Actor, lead id.Lead, ask Renewing) (View, error) {
	terms, err := s.Terms(ctx)
	if err != nil {
		return View{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.ProtectionRenew, lead, nil)
		if err != nil {
			return err
		}
		if err := ask.check(ctx, tx, seen); err != nil {
			return err
		}
		return terms.renew(ctx, tx, actor, seen, ask)
	})
	if err != nil {
		return View{}, err
	}
	return s.Get(ctx, actor, lead)
}

func (a Renewing) check(ctx context.Context, tx Tx, seen Seen) error {
	var bad rules
	bad.text("reason", a.Reason, true, MaxReason)
	if a.FileID == nil && a.NoteID == nil {
		bad.add("note_id", "required")
	}
	if a.FileID != nil {
		if _, err := tx.File(ctx, seen, *a.FileID); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			bad.add("file_id", "unknown_value")
		}
	}
	if a.NoteID != nil {
		if _, err := tx.Note(ctx, seen, *a.NoteID); err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
			bad.add("note_id", "unknown_value")
		}
	}
	return fault.Broken("input.invalid", bad)
}

func (t Terms) renew(ctx context.Context, tx Tx, actor access.Actor, seen Seen, ask Renewing) error {
	now := tx.Now(ctx)
	after := seen.Lead
	if err := after.Renew(t, now); err != nil {
		return err
	}
	renewal := Renewal{
		LeadID: after.ID, At: now, UserID: &actor.User, Reason: ask.Reason, FileID: ask.FileID, NoteID: ask.NoteID,
		UntilBefore: *seen.Lead.ProtectionUntil, UntilAfter: *after.ProtectionUntil,
	}
	if actor.Acting != 0 {
		renewal.UnitID = &actor.Acting
	}
	if err := tx.InsertRenewal(ctx, seen, renewal); err != nil {
		return err
	}
	step := protectionStep{kind: ActProtectionRenewed, reason: ask.Reason, at: now}
	if err := keepProtection(ctx, tx, actor, seen, after, step); err != nil {
		return err
	}
	if err := tx.HoldClaims(ctx, Seen{Lead: after}, after.party().claims()); err != nil {
		return err
	}
	n := protectionNotice(after, "protection.renewed", concerned(after)...)
	n.By, n.Heads = actor.User, true
	return tx.Notify(ctx, n)
}

// Overrule ends a lead's protection by a ruling that the caller records. The
// lead must be locked. It does nothing to a lead that has no protection.
func Overrule(ctx context.Context, tx Tx, actor access.Actor, seen Seen, reason string) error {
	after := seen.Lead
	if after.ProtectionState == nil || after.inProtection(ProtectionOverruled) {
		return nil
	}
	after.setProtection(ProtectionOverruled)
	step := protectionStep{kind: ActProtectionOverruled, reason: reason, at: tx.Now(ctx)}
	if err := keepProtection(ctx, tx, actor, seen, after, step); err != nil {
		return err
	}
	n := protectionNotice(after, "protection.overruled", concerned(after)...)
	n.By = actor.User
	return tx.Notify(ctx, n)
}

// Award begins a lead's protection anew by a ruling that the caller records:
// after Overrule of the other lead, so that the protection moves from one to
// the other. The lead must be locked. A lead that was never registered gets
// its reference with it.
func (t Terms) Award(ctx context.Context, tx Tx, actor access.Actor, seen Seen, reason string) error {
	now := tx.Now(ctx)
	after := seen.Lead
	after.Protect(t, now)
	if after.ProtectionReference == nil {
		entry := Registration{LeadID: after.ID, UnitID: after.UnitID, UserID: &actor.User, At: now, State: RegistrationConfirmed, Reason: reason}
		if err := tx.Register(ctx, &entry, nil); err != nil {
			return err
		}
		reference := Reference(clock.DateOf(now).Year(), entry.ID)
		after.ProtectionReference = &reference
	}
	step := protectionStep{kind: ActProtectionConfirmed, reason: reason, at: now}
	if err := keepProtection(ctx, tx, actor, seen, after, step); err != nil {
		return err
	}
	return tx.HoldClaims(ctx, Seen{Lead: after}, after.party().claims())
}

// protectionBatch is how many protections one run of the job writes down.
const protectionBatch = 200

// WatchProtections warns of protections that end soon and writes down those
// that have lapsed; it returns how many. Nothing depends on when it runs: that
// a protection lapsed is read from the clock.
func (s *Service) WatchProtections(ctx context.Context) (int, error) {
	terms, err := s.Terms(ctx)
	if err != nil {
		return 0, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	scope := access.System("watch protections")
	ending, err := s.store.EndingProtections(ctx, scope, now.AddDate(0, 0, int(terms.WarnDays)), protectionBatch)
	if err != nil {
		return 0, fmt.Errorf("look for protections that end: %w", err)
	}
	n := 0
	for _, lead := range ending {
		err := s.store.InTx(ctx, func(tx Tx) error {
			seen, err := tx.Lock(ctx, scope, scope, lead)
			if err != nil {
				return err
			}
			n++
			return terms.watch(ctx, tx, seen)
		})
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return n, fmt.Errorf("watch the protection of lead %s: %w", lead, err)
		}
	}
	return n, nil
}

// watch gives the warning or writes down the end, each once.
func (t Terms) watch(ctx context.Context, tx Tx, seen Seen) error {
	l := seen.Lead
	now := tx.Now(ctx)
	switch {
	case l.ProtectionEnds == nil:
		return nil
	case l.inProtection(ProtectionLapsed):
		step := protectionStep{kind: ActProtectionLapsed, at: now}
		if err := keepProtection(ctx, tx, access.Actor{}, seen, l, step); err != nil {
			return err
		}
		return tx.Notify(ctx, protectionNotice(l, "protection.lapsed", concerned(l)...))
	case !l.inProtection(ProtectionActive) || warnedOf(l) || l.ProtectionEnds.After(now.AddDate(0, 0, int(t.WarnDays))):
		return nil
	}
	l.ProtectionWarned = l.ProtectionEnds
	seen.Lead = l
	if err := tx.SaveProtection(ctx, seen); err != nil {
		return err
	}
	return tx.Notify(ctx, protectionNotice(l, "protection.lapsing", concerned(l)...))
}

func warnedOf(l Lead) bool {
	return l.ProtectionWarned != nil && !l.ProtectionWarned.Before(*l.ProtectionEnds)
}

// followStage moves protection with the stage. A lead that is reopened has it
// again only within its window and while nobody else has taken its place.
func (r register) followStage(ctx context.Context, tx Tx, before Lead, after *Lead, at time.Time) error {
	after.FollowStage(before.Stage, r.terms, at)
	inWindow := after.ProtectionUntil != nil && after.ProtectionUntil.After(at)
	if !before.Ended() || after.Ended() || !after.inProtection(ProtectionEnded) || !inWindow {
		return nil
	}
	v, err := r.claim(ctx, tx, after.party(), Claimed{Choice: AnotherProject, Reason: "-"}, after.ID)
	if err != nil || v.State == RegistrationPending {
		return err
	}
	after.setProtection(ProtectionActive)
	after.progress(r.terms, at)
	return nil
}
