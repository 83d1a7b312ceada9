package lead

import (
	"context"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// HelperRow is a unit that helps the holder of a lead, for a time.
type HelperRow struct {
	ID      int64
	UnitID  id.Unit
	FromAt  time.Time
	Until   time.Time
	Reason  string
	AddedBy *id.User // nil: by a number of the city or the outcome of a dispute
}

// HelperEntry is a helping unit with who asked it.
type HelperEntry struct {
	HelperRow
	By *Person
}

// HelperView is a helping unit as it leaves the server.
type HelperView struct {
	ID      int64       `json:"id"`
	UnitID  id.Unit     `json:"unit_id"`
	FromAt  time.Time   `json:"from_at"`
	UntilOn *clock.Date `json:"until_on" doc:"The last day of its help; null while nobody has set one."`
	Reason  string      `json:"reason"`
	By      *Person     `json:"by"`
	Version int64       `json:"version" doc:"Always 1: a help is begun and ended, never edited."`
	ByRule  bool        `json:"by_rule" doc:"By a number of the city or the outcome of a dispute: nobody ends it by hand."`
	Can     []string    `json:"can"`
	Masked  []string    `json:"masked"`
}

// HelperDraft asks a unit to help.
type HelperDraft struct {
	UnitID  id.Unit
	Reason  string
	UntilOn *clock.Date // the last day; nil until somebody ends it
	Members []id.User   // the unit's named members; needed for a restricted lead
}

// Helpers lists the units that help the holder of a lead now.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden" for a past holder.
func (s *Service) Helpers(ctx context.Context, actor access.Actor, lead id.Lead) ([]HelperView, error) {
	seen, err := s.readWith(ctx, actor, actor.Sees(access.OpenClass), lead)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.Helpers(ctx, seen)
	if err != nil {
		return nil, err
	}
	out := make([]HelperView, 0, len(rows))
	may := actor.ActScope(access.HelperEdit).Covers(seen.Standing)
	for _, r := range rows {
		out = append(out, r.view(may))
	}
	return out, nil
}

func (r HelperEntry) view(may bool) HelperView {
	v := HelperView{
		ID: r.ID, Version: 1, UnitID: r.UnitID, FromAt: r.FromAt, Reason: r.Reason, By: r.By, ByRule: r.AddedBy == nil,
		Can: []string{}, Masked: []string{},
	}
	if !clock.IsForever(r.Until) {
		day := clock.DateOf(r.Until.Add(-time.Microsecond))
		v.UntilOn = &day
	}
	if may && !v.ByRule {
		v.Can = append(v.Can, "end")
	}
	return v
}

// AddHelper asks a unit to help the holder, from now on, until a day or until
// somebody ends it.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Invalid
// "input.invalid" by field; Conflict "lead.ended"; Conflict "helper.exists".
func (s *Service) AddHelper(ctx context.Context, actor access.Actor, lead id.Lead, d HelperDraft) ([]HelperView, error) {
	places, err := s.city.Places(ctx)
	if err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.HelperEdit, lead, nil)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := fault.Broken("input.invalid", d.broken(seen.Lead, places, clock.DateOf(now))); err != nil {
			return err
		}
		if seen.Lead.Ended() {
			return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
		}
		return addHelper(ctx, tx, actor, seen, d, now)
	})
	if err != nil {
		return nil, err
	}
	return s.Helpers(ctx, actor, lead)
}

func (d HelperDraft) broken(l Lead, places Places, today clock.Date) rules {
	var bad rules
	bad.text("reason", d.Reason, true, MaxReason)
	switch {
	case d.UnitID == l.UnitID:
		bad.add("unit_id", "handoff.self")
	case !places.UnitOpen(d.UnitID):
		bad.add("unit_id", "handoff.unit_closed")
	}
	bad.day("until_on", d.UntilOn)
	if d.UntilOn != nil && d.UntilOn.Before(today) {
		bad.add("until_on", "date.past")
	}
	if l.Restricted && len(d.Members) == 0 {
		bad.add("member_ids", "handoff.members_required")
	}
	return bad
}

func addHelper(ctx context.Context, tx Tx, actor access.Actor, seen Seen, d HelperDraft, now time.Time) error {
	part := PartRow{
		UnitID: d.UnitID, Part: access.Helper, FromAt: now, Until: clock.Forever(), Reason: d.Reason, AddedBy: &actor.User,
	}
	if d.UntilOn != nil {
		part.Until = d.UntilOn.End()
	}
	if err := nameHelpers(ctx, tx, seen, d, part); err != nil {
		return err
	}
	added, err := tx.AddPartOnce(ctx, seen.Lead, part)
	if err != nil {
		return err
	}
	if !added {
		return fault.New(fault.Conflict, "helper.exists", "The unit helps already.")
	}
	return helperNote(ctx, tx, actor, seen.Lead, helperStep{helpAdded, d.UnitID, d.Reason, now})
}

// nameHelpers lets the helping unit's named persons see a restricted lead
// while the unit helps.
func nameHelpers(ctx context.Context, tx Tx, seen Seen, d HelperDraft, part PartRow) error {
	if !seen.Lead.Restricted {
		return nil
	}
	live, err := tx.LiveMembers(ctx, d.UnitID, d.Members, clock.DateOf(part.FromAt))
	if err != nil {
		return err
	}
	if len(live) != len(d.Members) {
		return fault.BadField("member_ids", "unknown_value")
	}
	for _, user := range live {
		if err := tx.AddMemberForHelp(ctx, seen, part, user); err != nil {
			return err
		}
	}
	return nil
}

// The kinds of what happens to a helper.
const (
	helpAdded = "helper.added"
	helpEnded = "helper.ended"
)

type helperStep struct {
	kind   string
	unit   id.Unit
	reason string
	at     time.Time
}

func helperNote(ctx context.Context, tx Tx, actor access.Actor, l Lead, s helperStep) error {
	a := activity(actor, l, ActHelper, s.at)
	a.UnitID, a.Reason, a.Fields = &s.unit, s.reason, Names{s.kind}
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	e := line(actor, l, s.kind)
	e.Reason, e.Changes = s.reason, []event.Change{{Field: "helper_unit_id", After: s.unit.String()}}
	if err := tx.Record(ctx, e); err != nil {
		return err
	}
	n := event.Notice{Kind: s.kind, Lead: l.ID, Units: []id.Unit{s.unit}, By: actor.User}
	if s.kind == helpEnded {
		farewell(&n, l)
	}
	return tx.Notify(ctx, n)
}

// CheckHelper asks, before the body, for the lead, the right and the helper.
//
// Errors: NotFound "lead.unknown" or "helper.unknown"; Forbidden "forbidden".
func (s *Service) CheckHelper(ctx context.Context, actor access.Actor, lead id.Lead, helper int64) error {
	seen, err := s.readWith(ctx, actor, actor.ActScope(access.HelperEdit), lead)
	if err != nil {
		return err
	}
	rows, err := s.store.Helpers(ctx, seen)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.ID == helper {
			return nil
		}
	}
	return fault.New(fault.NotFound, "helper.unknown", "No such helper.")
}

// EndHelper ends a unit's help now. What a number of the city or a ruling
// began is not ended by hand.
//
// Errors: NotFound "lead.unknown" or "helper.unknown"; Forbidden "forbidden";
// Conflict "helper.by_rule".
func (s *Service) EndHelper(ctx context.Context, actor access.Actor, lead id.Lead, helper int64) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		seen, err := s.lock(ctx, tx, actor, access.HelperEdit, lead, nil)
		if err != nil {
			return err
		}
		row, err := tx.Helper(ctx, seen, helper)
		if err != nil {
			return err
		}
		if row.AddedBy == nil {
			return fault.New(fault.Conflict, "helper.by_rule", "The help follows from a number of the city or a ruling.")
		}
		now := tx.Now(ctx)
		if err := tx.EndParts(ctx, seen.Lead, []access.Part{access.Helper}, []id.Unit{row.UnitID}, now); err != nil {
			return err
		}
		if err := tx.EndMembersForHelp(ctx, seen, row, now); err != nil {
			return err
		}
		return helperNote(ctx, tx, actor, seen.Lead, helperStep{helpEnded, row.UnitID, "", now})
	})
}
