package dossier

import (
	"context"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// on locks the lead of a commitment and does something with the commitment as
// it stands. Version 0 asks for none.
func (s *Service) on(ctx context.Context, actor access.Actor, c id.Commitment, version int64, work func(Tx, SeenCommitment) error) (CommitmentView, error) {
	found, err := s.find(ctx, s.store, actor, c)
	if err != nil {
		return CommitmentView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.HoldLead(ctx, actor.Scope(access.CommitmentRead), found.Lead.ID); err != nil {
			return err
		}
		now, err := s.find(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		if version != 0 {
			if err := now.Commitment.seen(version); err != nil {
				return err
			}
		}
		found = now
		return work(tx, now)
	})
	if err != nil {
		return CommitmentView{}, err
	}
	v, err := s.Commitment(ctx, actor, c)
	if fault.CodeOf(err) == "commitment.unknown" { // what the unit owed is done, and its sight of the lead with it
		views, err := s.commitmentViews(ctx, actor, []SeenCommitment{found})
		if err != nil {
			return v, err
		}
		views[0].Can = []string{}
		return views[0], nil
	}
	return v, err
}

func (s *Service) find(ctx context.Context, from CommitmentStore, actor access.Actor, c id.Commitment) (SeenCommitment, error) {
	found, err := from.Commitments(ctx, commitmentReader(actor), CommitmentWant{Commitment: c})
	if err != nil {
		return SeenCommitment{}, err
	}
	if len(found) == 0 {
		return SeenCommitment{}, noCommitment()
	}
	return found[0], nil
}

func (c Commitment) seen(version int64) error {
	if c.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "commitment.stale", "Somebody else changed the commitment.").With("version", c.Version).With("differs", []string{})
}

// Amend corrects what is written of an open commitment; the history keeps
// what stood before.
//
// Errors: NotFound "commitment.unknown"; Forbidden "forbidden"; Stale
// "commitment.stale"; Conflict "commitment.settled"; Invalid by field.
func (s *Service) Amend(ctx context.Context, actor access.Actor, c id.Commitment, version int64, d CommitmentDraft, reason string) (CommitmentView, error) {
	return s.on(ctx, actor, c, version, func(tx Tx, seen SeenCommitment) error {
		if !seen.MayEdit {
			return forbidden()
		}
		was := seen.Commitment
		if was.State != CommitmentOpen {
			return settled()
		}
		now := d.onto(was)
		if err := now.check(ctx, tx, s.city); err != nil {
			return err
		}
		if err := reasoned(reason); err != nil {
			return err
		}
		return keep(ctx, tx, actor, deed{lead: seen.Lead, was: was, now: now, act: "changed", reason: reason, tell: []id.Unit{was.UnitID}})
	})
}

func settled() error {
	return fault.New(fault.Conflict, "commitment.settled", "The commitment is kept, broken or released.")
}

func reasoned(reason string) error {
	var bad rules
	bad.text("reason", reason, true, maxText)
	return fault.Broken("input.invalid", bad)
}

func keep(ctx context.Context, tx Tx, actor access.Actor, d deed) error {
	d.now.Version++
	if err := tx.SaveCommitment(ctx, d.now); err != nil {
		return err
	}
	return note(ctx, tx, actor, d)
}

// HandOver gives the keeping of a commitment to another unit.
//
// Errors: as Amend.
func (s *Service) HandOver(ctx context.Context, actor access.Actor, c id.Commitment, to id.Unit, reason string) (CommitmentView, error) {
	return s.on(ctx, actor, c, 0, func(tx Tx, seen SeenCommitment) error {
		was := seen.Commitment
		if !seen.MayEdit && !was.keeps(actor) {
			return forbidden()
		}
		if was.State != CommitmentOpen {
			return settled()
		}
		now := was
		now.UnitID = to
		if err := now.check(ctx, tx, s.city); err != nil {
			return err
		}
		if to == was.UnitID {
			return fault.BadField("unit_id", "commitment.same_unit")
		}
		if err := reasoned(reason); err != nil {
			return err
		}
		return keep(ctx, tx, actor, deed{lead: seen.Lead, was: was, now: now, act: "handed_over", reason: reason, tell: []id.Unit{was.UnitID, to, seen.Lead.UnitID}})
	})
}

// Settle says what became of a commitment, or by the holder of the lead that
// it is open again.
//
// Errors: as Amend.
func (s *Service) Settle(ctx context.Context, actor access.Actor, c id.Commitment, to CommitmentState, reason string) (CommitmentView, error) {
	return s.on(ctx, actor, c, 0, func(tx Tx, seen SeenCommitment) error {
		was := seen.Commitment
		again := to == CommitmentOpen
		switch {
		case !seen.MayEdit && (again || !was.keeps(actor)):
			return forbidden()
		case !slices.Contains([]CommitmentState{CommitmentOpen, CommitmentKept, CommitmentBroken, CommitmentReleased}, to):
			return fault.BadField("state", "unknown_value")
		case again == (was.State == CommitmentOpen):
			return settled()
		}
		if err := reasoned(reason); err != nil {
			return err
		}
		now, at, act := was, tx.Now(ctx), string(to)
		now.State, now.Reason, now.SettledAt, now.SettledBy = to, reason, &at, &actor.User
		if again {
			act, now.SettledAt, now.SettledBy = "reopened", nil, nil
		}
		return keep(ctx, tx, actor, deed{lead: seen.Lead, was: was, now: now, act: act, reason: reason, tell: []id.Unit{was.UnitID, seen.Lead.UnitID}})
	})
}

// CheckCommitment tells before the body is read whether the commitment is
// there, and with a version whether it is the one that the caller saw.
//
// Errors: NotFound "commitment.unknown"; Stale "commitment.stale".
func (s *Service) CheckCommitment(ctx context.Context, actor access.Actor, c id.Commitment, version *int64) error {
	found, err := s.find(ctx, s.store, actor, c)
	if err != nil || version == nil {
		return err
	}
	return found.Commitment.seen(*version)
}
