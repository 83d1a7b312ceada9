package lead

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// UndoMerge takes a merge back within its time: every moved row returns as it
// is now, every field that nobody edited since gets its old value again, the
// merged lead its stage. Fields that were edited stay and are named.
//
// Errors: NotFound "merge.unknown"; Forbidden "forbidden"; Conflict
// "merge.undone"; Conflict "merge.undo_expired" from the last day on;
// Conflict "merge.later" while the target is merged on; Invalid
// "input.invalid" on reason.
func (s *Service) UndoMerge(ctx context.Context, actor access.Actor, merge id.Merge, reason string) (MergeView, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return MergeView{}, fmt.Errorf("read the city's places: %w", err)
	}
	pace, err := s.Pace(ctx)
	if err != nil {
		return MergeView{}, err
	}
	var lead id.Lead
	err = s.store.InTx(ctx, func(tx Tx) error {
		m, err := tx.MergeFor(ctx, merge)
		if err != nil {
			return err
		}
		lead = m.LeadID
		from, into, err := s.lockPair(ctx, tx, actor, m.LeadID, m.IntoLeadID)
		if err != nil {
			return asMerge(err)
		}
		if m, err = tx.MergeFor(ctx, merge); err != nil { // again, behind the locks
			return err
		}
		if err := reasonOf(reason, false); err != nil {
			return err
		}
		u := unmerging{merge: m, from: from, into: into, places: places, pace: pace, now: tx.Now(ctx)}
		u.merge.UndoReason = strings.TrimSpace(reason)
		return s.undo(ctx, tx, actor, u)
	})
	if err != nil {
		return MergeView{}, err
	}
	return s.mergeView(ctx, actor, merge, lead)
}

// CheckMerge asks, before the body is read, that the actor may read both
// leads of a merge and merge them.
//
// Errors: NotFound "merge.unknown"; Forbidden "forbidden".
func (s *Service) CheckMerge(ctx context.Context, actor access.Actor, merge id.Merge) error {
	m, err := s.store.OneMerge(ctx, merge)
	if err != nil {
		return err
	}
	for _, leadID := range []id.Lead{m.LeadID, m.IntoLeadID} {
		if _, err := s.readWith(ctx, actor, actor.ActScope(access.LeadMerge), leadID); err != nil {
			return asMerge(err)
		}
	}
	return nil
}

// asMerge hides a lead of a merge that the caller may not know.
func asMerge(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "merge.unknown", "No such merge.")
	}
	return err
}

// unmerging is the undoing of a merge behind the locks of both leads.
type unmerging struct {
	merge      Merge
	from, into Seen
	places     Places
	pace       Pace
	now        time.Time
}

func (s *Service) undo(ctx context.Context, tx Tx, actor access.Actor, u unmerging) error {
	if err := u.refuse(ctx, tx); err != nil {
		return err
	}
	m := u.merge
	m.UndoneAt, m.UndoneBy = &u.now, &actor.User
	if err := tx.UndoMerge(ctx, m); err != nil {
		return err
	}
	if err := tx.MoveBack(ctx, m, u.now); err != nil {
		return err
	}
	if err := s.rekeyContacts(ctx, tx, u.from, u.into); err != nil {
		return err
	}
	into, changes, err := s.giveBack(ctx, tx, u)
	if err != nil {
		return err
	}
	from, err := u.reopen(ctx, tx, actor)
	if err != nil {
		return err
	}
	return s.tellMerge(ctx, tx, actor, mergeNews{kind: ActUnmerged, merge: m, from: from, into: into, changes: changes, at: u.now})
}

func (u unmerging) refuse(ctx context.Context, tx Tx) error {
	switch {
	case u.merge.UndoneAt != nil:
		return fault.New(fault.Conflict, "merge.undone", "The merge was undone already.")
	case !u.now.Before(u.merge.UndoUntil):
		return fault.New(fault.Conflict, "merge.undo_expired", "The time to undo the merge has passed.").
			With("undo_until", u.merge.UndoUntil)
	}
	merged, _, err := tx.LiveMerges(ctx, u.into)
	if err == nil && merged > 0 {
		err = fault.New(fault.Conflict, "merge.later", "The target was merged into another lead since.")
	}
	return err
}

// giveBack sets the fields that the merge took over to what they were, but
// for those that somebody edited since.
func (s *Service) giveBack(ctx context.Context, tx Tx, u unmerging) (Lead, []event.Change, error) {
	rows, err := tx.MergeRowsFor(ctx, u.merge)
	if err != nil {
		return Lead{}, nil, err
	}
	present, err := valuesOf(u.into.Lead)
	if err != nil {
		return Lead{}, nil, err
	}
	values := map[string]string{}
	for _, r := range rows {
		switch {
		case r.Kind != RowField:
		case present[r.Field] == r.Became:
			values[r.Field] = r.Was
		default:
			if err := tx.KeepMergeRow(ctx, r); err != nil {
				return Lead{}, nil, err
			}
		}
	}
	return s.putValues(ctx, tx, valuesFor{seen: u.into, values: values, places: u.places, at: u.now})
}

// reopen gives the merged lead its stage again; one that was moved on since
// keeps its stage.
func (u unmerging) reopen(ctx context.Context, tx Tx, actor access.Actor) (Lead, error) {
	after, m := u.from.Lead, u.merge
	if after.Stage != Duplicate {
		return after, tx.AddMergeRow(ctx, m, MergeRow{
			Kind: RowField, Field: stageField, Was: string(m.StageBefore), Became: string(after.Stage), Kept: true,
		})
	}
	if m.StageBefore == Duplicate {
		return after, nil
	}
	after.Stage, after.StageSince, after.ActivityAt = m.StageBefore, m.StageSinceBefore, u.now
	after.AsReported, after.StageAssumed = m.AsReportedBefore, m.StageAssumedBefore
	return after, ending{seen: u.from, at: u.now, reason: m.UndoReason, pace: u.pace}.save(ctx, tx, actor, &after)
}

// Merges lists the merges of a lead, as the merged one or as the target,
// newest first.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden".
func (s *Service) Merges(ctx context.Context, actor access.Actor, lead id.Lead) ([]MergeView, error) {
	seen, err := s.readWith(ctx, actor, actor.Scope(access.LeadMerge), lead)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.Merges(ctx, seen)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]MergeView, 0, len(rows))
	for _, m := range rows {
		v, err := s.viewMerge(ctx, actor, m, now)
		if fault.KindOf(err) == fault.NotFound {
			continue // the other lead is none that the reader may know
		}
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) mergeView(ctx context.Context, actor access.Actor, merge id.Merge, lead id.Lead) (MergeView, error) {
	all, err := s.Merges(ctx, actor, lead)
	for _, v := range all {
		if v.ID == merge {
			return v, nil
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "merge.unknown", "No such merge.")
	}
	return MergeView{}, err
}

func (s *Service) viewMerge(ctx context.Context, actor access.Actor, m Merge, now time.Time) (MergeView, error) {
	from, err := s.read(ctx, actor, m.LeadID)
	if err != nil {
		return MergeView{}, err
	}
	into, err := s.read(ctx, actor, m.IntoLeadID)
	if err != nil {
		return MergeView{}, err
	}
	rows, err := s.store.MergeRows(ctx, m.ID)
	if err != nil {
		return MergeView{}, err
	}
	v := MergeView{
		ID: m.ID, Lead: s.ref(actor, from), Into: s.ref(actor, into), Reason: m.Reason, MergedAt: m.MergedAt,
		MergedBy: s.person(ctx, m.MergedBy), UndoUntil: m.UndoUntil, UndoneAt: m.UndoneAt, Can: []string{}, Masked: []string{},
	}
	v.Moved, v.Kept = movedOf(rows)
	if m.UndoneBy != nil {
		v.UndoneBy = s.person(ctx, *m.UndoneBy)
	}
	if m.UndoneAt == nil && now.Before(m.UndoUntil) {
		v.DaysLeft = daysLeft(now, m.UndoUntil)
		act := actor.ActScope(access.LeadMerge)
		if act.Covers(from.Standing) && act.Covers(into.Standing) {
			v.Can = append(v.Can, "undo")
		}
	}
	return v, nil
}

// daysLeft counts begun days.
func daysLeft(now, until time.Time) int {
	const day = 24 * time.Hour
	return int((until.Sub(now) + day - 1) / day)
}

func (s *Service) ref(actor access.Actor, seen Seen) LeadRef {
	l := rightsOf(actor).view(seen, s.shape)
	return LeadRef{ID: l.ID, Code: l.Code, Title: l.Title}
}

// fillOne adds to the view of one lead what a list does not read: the shares
// of its credit, and the lead that it was merged into.
func (s *Service) fillOne(ctx context.Context, actor access.Actor, seen Seen, v *View) error {
	if rightsOf(actor).sees(seen.Standing).Open {
		shares, err := s.store.SharesOf(ctx, seen)
		if err != nil {
			return err
		}
		v.Shares = SharesView(shares)
	}
	if seen.Lead.Stage != Duplicate {
		return nil
	}
	target, err := s.store.MergedInto(ctx, seen)
	if err != nil || target == 0 {
		return err
	}
	v.Can = without(v.Can, "reopen") // its merge is undone instead
	into, err := s.read(ctx, actor, target)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil
	case err != nil:
		return err
	}
	ref := s.ref(actor, into)
	v.MergedInto = &ref
	return nil
}

// refuseEntangled refuses to delete a lead that is disputed, or whose merge
// could still be undone.
func refuseEntangled(ctx context.Context, tx Tx, seen Seen, now time.Time) error {
	open, err := tx.OpenDisputes(ctx, seen)
	if err != nil {
		return err
	}
	if open > 0 {
		return fault.New(fault.Conflict, "dispute.pending", "The lead is disputed.")
	}
	merges, err := tx.UndoableMerges(ctx, seen, now)
	if err == nil && merges > 0 {
		err = fault.New(fault.Conflict, "merge.undoable", "The lead is part of a merge that can be undone.")
	}
	return err
}

// refuseMerged refuses to move a merged lead on by itself: its merge is undone
// first.
func refuseMerged(ctx context.Context, tx Tx, seen Seen) error {
	if seen.Lead.Stage != Duplicate {
		return nil
	}
	merged, _, err := tx.LiveMerges(ctx, seen)
	if err == nil && merged > 0 {
		err = fault.New(fault.Conflict, "merge.merged", "The lead is merged into another.")
	}
	return err
}
