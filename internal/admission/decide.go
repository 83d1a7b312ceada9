package admission

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Ruling is what the deciding unit decides.
type Ruling struct {
	Result     Result
	Number     string
	DecidedOn  clock.Date
	Minutes    id.File
	Note       string
	Conditions []Condition
}

// Decide writes down the result of a review with its minutes, number, day and
// conditions. A project passes only after departments were asked and each of
// them has answered or let its day go by.
//
// Errors: NotFound "review.unknown"; Forbidden "forbidden" for every unit but
// the deciding one; Conflict "lead.ended", "review.over", "review.no_opinions",
// "review.opinions_owed" with the units; Invalid by field.
func (s *Service) Decide(ctx context.Context, actor access.Actor, review id.Review, d Ruling) (ReviewView, error) {
	return s.change(ctx, actor, review, func(tx Tx, seen *Seen) error {
		if !acts(actor, access.ReviewDecide, seen.Review.DecidingUnitID) {
			return forbidden()
		}
		if err := running(*seen); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := s.checkRuling(ctx, tx, *seen, d, clock.DateOf(now)); err != nil {
			return err
		}
		r := &seen.Review
		r.State, r.Result, r.Number, r.DecidedOn, r.Note = Decided, d.Result, d.Number, &d.DecidedOn, d.Note
		r.DecidedBy, r.DecidedAt = &actor.User, &now
		if d.Minutes != 0 {
			r.MinutesFileID = &d.Minutes
		}
		r.Version++
		if err := tx.Save(ctx, *r); err != nil {
			return err
		}
		for _, c := range d.Conditions {
			c.ReviewID, c.LeadID, c.Version = review, seen.Lead.ID, 1
			if err := tx.InsertCondition(ctx, c); err != nil {
				return err
			}
			seen.Conditions = append(seen.Conditions, c)
		}
		return told(ctx, tx, actor, news{
			seen: *seen, kind: "review.decided", reason: d.Note, units: append(seen.units(), seen.Lead.UnitID), changes: ruled(*r, seen.Conditions),
		})
	})
}

func ruled(r Review, conditions []Condition) []event.Change {
	out := []event.Change{{Field: "result", After: string(r.Result)}, {Field: "number", After: r.Number}, {Field: "decided_on", After: r.DecidedOn.String()}}
	if r.MinutesFileID != nil {
		out = append(out, event.Change{Field: "minutes_file_id", After: r.MinutesFileID.String()})
	}
	for _, c := range conditions {
		out = append(out, event.Change{Field: "condition", After: c.Text})
	}
	return out
}

func (s *Service) checkRuling(ctx context.Context, tx Tx, seen Seen, d Ruling, today clock.Date) error {
	bad := d.broken(seen, today)
	for n, c := range d.Conditions {
		open, err := s.city.UnitOpen(ctx, c.UnitID)
		if err != nil {
			return err
		}
		if !open {
			bad.add(fmt.Sprintf("conditions[%d].unit_id", n), "unknown_value")
		}
	}
	if d.Minutes != 0 {
		there, err := tx.HasFile(ctx, seen.Lead.ID, d.Minutes, "review_minutes")
		if err != nil {
			return err
		}
		if !there {
			bad.add("minutes_file_id", "unknown_value")
		}
	}
	if err := fault.Broken("input.invalid", bad); err != nil || !d.Result.Passes() {
		return err
	}
	return seen.heard(today)
}

func (d Ruling) broken(seen Seen, today clock.Date) rules {
	var bad rules
	if !slices.Contains(Results(), d.Result) {
		bad.add("result", "unknown_value")
	}
	final := d.Result != Deferred
	bad.text("number", d.Number, final, maxShort)
	if final && d.Minutes == 0 {
		bad.add("minutes_file_id", "required")
	}
	switch {
	case today.Before(d.DecidedOn):
		bad.add("decided_on", "day.future")
	case d.DecidedOn.Before(clock.DateOf(seen.Review.AskedAt)):
		bad.add("decided_on", "review.before")
	}
	against := slices.ContainsFunc(seen.Opinions, func(o Opinion) bool { return o.Word == Object })
	bad.text("note", d.Note, !d.Result.Passes() || against, maxText)
	return append(bad, d.brokenConditions(today)...)
}

func (d Ruling) brokenConditions(today clock.Date) rules {
	var bad rules
	if (d.Result == WithConditions) != (len(d.Conditions) > 0) || len(d.Conditions) > maxRows {
		bad.add("conditions", "review.conditions")
	}
	for n, c := range d.Conditions {
		at := fmt.Sprintf("conditions[%d].", n)
		bad.text(at+"text", c.Text, true, maxText)
		if c.DueOn.Before(today) {
			bad.add(at+"due_on", "day.past")
		}
	}
	return bad
}

// heard tells whether every department has answered, or let its day go by.
func (s Seen) heard(today clock.Date) error {
	if len(s.Opinions) == 0 {
		return fault.New(fault.Conflict, "review.no_opinions", "No department was asked for its opinion.")
	}
	var owed []id.Unit
	for _, o := range s.Opinions {
		if o.Word == "" && !o.DueOn.Before(today) {
			owed = append(owed, o.UnitID)
		}
	}
	if len(owed) > 0 {
		return fault.New(fault.Conflict, "review.opinions_owed", "Departments still have time to answer.").With("unit_ids", owed)
	}
	return nil
}

// Target names a condition and the version that the caller saw.
type Target struct {
	Review    id.Review
	Condition id.Condition
	Version   int64
}

// Finish says that a condition is met, or by the deciding unit that it is not.
//
// Errors: NotFound "review.unknown", "condition.unknown"; Forbidden
// "forbidden"; Stale "condition.stale"; Invalid on note.
func (s *Service) Finish(ctx context.Context, actor access.Actor, at Target, done bool, note string) (ReviewView, error) {
	return s.change(ctx, actor, at.Review, func(tx Tx, seen *Seen) error {
		n := seen.conditionOf(at.Condition)
		if n < 0 {
			return noCondition()
		}
		c := &seen.Conditions[n]
		if !c.mayFinish(actor, seen.Review) || !done && !acts(actor, access.ReviewOpine, seen.Review.DecidingUnitID) {
			return forbidden()
		}
		if err := c.seen(at.Version); err != nil {
			return err
		}
		var bad rules
		bad.text("note", note, true, maxText)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		now := tx.Now(ctx)
		kind := "review.condition_met"
		c.DoneAt, c.DoneBy, c.Note = &now, &actor.User, note
		if !done {
			kind, c.DoneAt, c.DoneBy = "review.condition_reopened", nil, nil
		}
		c.Version++
		if err := tx.SaveCondition(ctx, *c); err != nil {
			return err
		}
		return told(ctx, tx, actor, news{
			seen: *seen, kind: kind, reason: note, units: []id.Unit{seen.Review.DecidingUnitID, seen.Lead.UnitID, c.UnitID},
			changes: []event.Change{{Field: "condition", After: c.Text}},
		})
	})
}

func (c Condition) mayFinish(a access.Actor, r Review) bool {
	return acts(a, access.ReviewOpine, c.UnitID) || acts(a, access.ReviewOpine, r.DecidingUnitID)
}

func (s Seen) conditionOf(condition id.Condition) int {
	return slices.IndexFunc(s.Conditions, func(c Condition) bool { return c.ID == condition })
}

func noCondition() error { return fault.New(fault.NotFound, "condition.unknown", "No such condition.") }

func (c Condition) seen(version int64) error {
	if c.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "condition.stale", "Somebody else changed the condition.").With("version", c.Version).With("differs", []string{"note"})
}

// Check tells before the body is read whether the review is there, and with a
// condition also whether the version is the one that the caller saw.
//
// Errors: NotFound "review.unknown", "condition.unknown"; Stale
// "condition.stale".
func (s *Service) Check(ctx context.Context, actor access.Actor, review id.Review, at *Target) error {
	found, err := s.store.Reviews(ctx, reader(actor), Want{Review: review})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return unknown()
	}
	if at == nil {
		return nil
	}
	n := found[0].conditionOf(at.Condition)
	if n < 0 {
		return noCondition()
	}
	if at.Version < 0 {
		return nil
	}
	return found[0].Conditions[n].seen(at.Version)
}

// Paper returns the lead of a review whose file the actor may open: files
// that the review looks at, for who works on it.
//
// Errors: NotFound "review.unknown", "file.unknown".
func (s *Service) Paper(ctx context.Context, actor access.Actor, review id.Review, file id.File) (id.Lead, error) {
	v, err := s.One(ctx, actor, review)
	if err != nil {
		return 0, err
	}
	if !slices.ContainsFunc(v.Papers, func(p PaperView) bool { return p.ID == file }) {
		return 0, fault.New(fault.NotFound, "file.unknown", "No such file.")
	}
	return v.LeadID, nil
}

// Minutes returns the lead to which the deciding unit may attach minutes.
//
// Errors: NotFound "review.unknown"; Forbidden "forbidden"; Conflict
// "review.over".
func (s *Service) Minutes(ctx context.Context, actor access.Actor, review id.Review) (id.Lead, error) {
	found, err := s.store.Reviews(ctx, reader(actor), Want{Review: review})
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, unknown()
	}
	if !acts(actor, access.ReviewConduct, found[0].Review.DecidingUnitID) {
		return 0, forbidden()
	}
	return found[0].Lead.ID, running(found[0])
}
