package lead

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// ruleMergeUndo is the city's number of days in which a merge can be undone.
const ruleMergeUndo = "merge_undo_days"

// merging is a merge to be done behind the locks of both leads.
type merging struct {
	from, into Seen
	order      MergeOrder
	dispute    *id.Dispute
	places     Places
	pace       Pace
	now        time.Time
}

// Merge brings a lead into another: its contacts, notes, files and helpers
// move with all their attributes, chosen fields are taken over, and the
// merged lead ends as a duplicate that points to the target. Who is
// responsible and who has the credit does not change.
//
// Errors: NotFound "lead.unknown" for either lead; Forbidden "forbidden";
// Conflict "lead.ended" for an ended target; Conflict "handoff.pending"
// while the merged lead is on offer; Conflict "dispute.pending" while it is
// disputed; Conflict "merge.merged" when either is merged already; Conflict
// "merge.restricted" when one is restricted and the other is not; Invalid
// "input.invalid" by field.
func (s *Service) Merge(ctx context.Context, actor access.Actor, lead id.Lead, o MergeOrder) (MergeView, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return MergeView{}, fmt.Errorf("read the city's places: %w", err)
	}
	pace, err := s.Pace(ctx)
	if err != nil {
		return MergeView{}, err
	}
	var done id.Merge
	err = s.store.InTx(ctx, func(tx Tx) error {
		if o.Into == lead {
			return fault.BadField("into_lead_id", "merge.same_lead")
		}
		from, into, err := s.lockPair(ctx, tx, actor, lead, o.Into)
		if err != nil {
			return err
		}
		m := merging{from: from, into: into, order: o, places: places, pace: pace, now: tx.Now(ctx)}
		if err := m.refuse(ctx, tx); err != nil {
			return err
		}
		done, err = s.merge(ctx, tx, actor, m)
		return err
	})
	if err != nil {
		return MergeView{}, err
	}
	return s.mergeView(ctx, actor, done, lead)
}

// lockPair locks two leads for an act of merging, the lower number first.
func (s *Service) lockPair(
	ctx context.Context, tx Tx, actor access.Actor, a, b id.Lead,
) (seenA, seenB Seen, err error) {
	found := map[id.Lead]Seen{}
	for _, leadID := range []id.Lead{min(a, b), max(a, b)} {
		if found[leadID], err = s.lock(ctx, tx, actor, access.LeadMerge, leadID, nil); err != nil {
			return Seen{}, Seen{}, err
		}
	}
	return found[a], found[b], nil
}

// refuse tells why the two leads cannot be merged by themselves.
func (m merging) refuse(ctx context.Context, tx Tx) error {
	if err := refusePending(ctx, tx, m.from, m.now); err != nil {
		return err
	}
	open, err := tx.OpenDisputes(ctx, m.from)
	if err == nil && open > 0 {
		err = fault.New(fault.Conflict, "dispute.pending", "The lead is disputed.")
	}
	return err
}

// merge does what Merge says; the caller holds the locks and the right.
func (s *Service) merge(ctx context.Context, tx Tx, actor access.Actor, m merging) (id.Merge, error) {
	if err := m.check(ctx, tx); err != nil {
		return 0, err
	}
	days, err := s.city.Rule(ctx, ruleMergeUndo, clock.DateOf(m.now))
	if err != nil {
		return 0, fmt.Errorf("read how long a merge can be undone: %w", err)
	}
	from := m.from.Lead
	done := Merge{
		LeadID: from.ID, IntoLeadID: m.into.Lead.ID, AnswerLeadID: m.into.Lead.ID, DisputeID: m.dispute, Reason: cut(m.order.Reason, MaxReason),
		MergedBy: actor.User, MergedAt: m.now, UndoUntil: m.now.AddDate(0, 0, int(days)), StageBefore: from.Stage,
		StageSinceBefore: from.StageSince, AsReportedBefore: from.AsReported, StageAssumedBefore: from.StageAssumed,
	}
	if actor.Acting != 0 {
		done.UnitID = &actor.Acting
	}
	if err := tx.InsertMerge(ctx, &done); err != nil {
		return 0, err
	}
	if err := tx.MoveRows(ctx, done, m.now); err != nil {
		return 0, err
	}
	if err := s.rekeyContacts(ctx, tx, m.from, m.into); err != nil {
		return 0, err
	}
	if from, err = endAsDuplicate(ctx, tx, actor, ending{seen: m.from, at: m.now, reason: done.Reason, pace: m.pace}); err != nil {
		return 0, err
	}
	into, changes, err := s.take(ctx, tx, m, done)
	if err != nil {
		return 0, err
	}
	return done.ID, s.tellMerge(ctx, tx, actor, mergeNews{kind: ActMerged, merge: done, from: from, into: into, changes: changes, at: m.now})
}

func (m merging) check(ctx context.Context, tx Tx) error {
	from, into := m.from.Lead, m.into.Lead
	if err := fault.Broken("input.invalid", m.order.broken(from, into)); err != nil {
		return err
	}
	if into.Ended() {
		return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	if from.Restricted != into.Restricted {
		return fault.New(fault.Conflict, "merge.restricted", "One of the leads is restricted and the other is not.")
	}
	merged, _, err := tx.LiveMerges(ctx, m.into)
	if err == nil && merged > 0 {
		err = fault.New(fault.Conflict, "merge.merged", "The lead is merged into another already.")
	}
	return err
}

// take writes the fields that the target takes over and remembers what they
// were.
func (s *Service) take(ctx context.Context, tx Tx, m merging, done Merge) (Lead, []event.Change, error) {
	into := m.into.Lead
	theirs, err := valuesOf(m.from.Lead)
	if err != nil {
		return into, nil, err
	}
	ours, err := valuesOf(into)
	if err != nil {
		return into, nil, err
	}
	values := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(m.order.Fields)) {
		if !m.order.takes(name) || theirs[name] == ours[name] {
			continue
		}
		values[name] = theirs[name]
		row := MergeRow{Kind: RowField, Field: name, Was: ours[name], Became: theirs[name]}
		if err := tx.AddMergeRow(ctx, done, row); err != nil {
			return into, nil, err
		}
	}
	return s.putValues(ctx, tx, valuesFor{seen: m.into, values: values, places: m.places, at: m.now})
}

// valuesFor are remembered values that a locked lead gets.
type valuesFor struct {
	seen   Seen
	values map[string]string
	places Places
	at     time.Time
}

// putValues writes remembered values into a lead; without any it only moves
// the lead's activity forward.
func (s *Service) putValues(ctx context.Context, tx Tx, v valuesFor) (Lead, []event.Change, error) {
	if len(v.values) == 0 {
		return v.seen.Lead, nil, tx.Touch(ctx, v.seen, v.at)
	}
	after, err := v.seen.Lead.withValues(v.values)
	if err != nil {
		return after, nil, err
	}
	after.ActivityAt = v.at
	if err := tx.Save(ctx, v.seen, &after, true); err != nil {
		return after, nil, err
	}
	return after, Differences(v.seen.Lead, after, s.shape), followChain(ctx, tx, v.seen.Lead, after, v.places, v.at)
}

// rekeyContacts writes the keys of two leads between which contacts moved.
func (s *Service) rekeyContacts(ctx context.Context, tx Tx, both ...Seen) error {
	for _, seen := range both {
		if err := tx.PutContactKeys(ctx, seen, s.ContactKeys); err != nil {
			return err
		}
	}
	return nil
}

// endAsDuplicate ends a lead as a duplicate; an ended one stays as it is but
// for its stage.
func endAsDuplicate(ctx context.Context, tx Tx, actor access.Actor, e ending) (Lead, error) {
	after, at := e.seen.Lead, e.at
	if after.Stage == Duplicate {
		return after, nil
	}
	after.Stage, after.StageSince, after.ActivityAt = Duplicate, at, at
	after.AsReported, after.StageAssumed = false, false
	return after, e.save(ctx, tx, actor, &after)
}

// ending is a move of a locked lead's stage that follows from something else.
type ending struct {
	seen   Seen
	at     time.Time
	reason string
	pace   Pace
}

// save writes the move with its clocks, its stream entry and audit line. What
// a merge ends and its undoing gives back is no move of its own: the lead is
// again where it was let in before.
func (e ending) save(ctx context.Context, tx Tx, actor access.Actor, after *Lead) error {
	after.FollowStage(e.seen.Lead.Stage, e.pace.terms, e.at)
	after.revive(e.seen.Lead.Stage, e.at)
	walked, err := passing{seen: e.seen, after: *after, at: e.at, reason: cut(e.reason, MaxReason), entered: ByMerge}.walk(ctx, tx, actor)
	if err != nil {
		return err
	}
	*after = walked
	return e.pace.moved(ctx, tx, e.seen, after.Stage, e.at)
}

// mergeNews is a merge or its undoing, to be told.
type mergeNews struct {
	kind       ActivityKind
	merge      Merge
	from, into Lead
	changes    []event.Change // of the target
	at         time.Time
}

// concerned are the units to be told under each of the leads: its holder, and
// every other unit that helps with either, once.
func (n mergeNews) concerned(ctx context.Context, tx Tx) (map[id.Lead][]id.Unit, error) {
	told := map[id.Lead][]id.Unit{n.from.ID: {n.from.UnitID}, n.into.ID: {n.into.UnitID}}
	known := []id.Unit{n.from.UnitID, n.into.UnitID}
	for _, l := range []Lead{n.from, n.into} {
		helpers, err := tx.UnitsWith(ctx, l, []access.Part{access.Helper}, n.at)
		if err != nil {
			return nil, err
		}
		for _, unit := range helpers {
			if !slices.Contains(known, unit) {
				known, told[l.ID] = append(known, unit), append(told[l.ID], unit)
			}
		}
	}
	return told, nil
}

// tellMerge marks both leads' streams and tells audit and holders.
func (s *Service) tellMerge(ctx context.Context, tx Tx, actor access.Actor, n mergeNews) error {
	told, err := n.concerned(ctx, tx)
	if err != nil {
		return err
	}
	for _, l := range []Lead{n.from, n.into} {
		a := activity(actor, l, n.kind, n.at)
		if l.ID == n.into.ID {
			a.Fields = changedNames(n.changes)
			a.LeadVersion = &n.into.Version
		}
		if err := tx.AddActivity(ctx, &a); err != nil {
			return err
		}
		e := line(actor, l, "lead."+string(n.kind))
		e.Reason = n.merge.Reason
		if n.kind == ActUnmerged {
			e.Reason = n.merge.UndoReason
		}
		other := n.into
		if l.ID == n.into.ID {
			other, e.Changes = n.from, slices.Clone(n.changes)
		}
		e.Changes = append(e.Changes, event.Change{Field: "other_lead", After: other.Code})
		if err := tx.Record(ctx, e); err != nil {
			return err
		}
		err := tx.Notify(ctx, event.Notice{
			Kind: "lead." + string(n.kind), Lead: l.ID, Units: told[l.ID], By: actor.User, Object: "merge",
			ObjectID: int64(n.merge.ID), Params: map[string]string{"reference": l.Code},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
