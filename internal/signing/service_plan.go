package signing

import (
	"context"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

func monthAt(now time.Time) Month { return MonthOf(clock.DateOf(now)) }

// Plan puts a lead on the board of a month.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "signing.planned" when the lead is on the board already; Conflict
// "signing.past" for a month that is over; Conflict "signing.stage" when the
// lead is signed or has ended; Invalid by field.
func (s *Service) Plan(ctx context.Context, actor access.Actor, m Month, d Draft) (ItemView, error) {
	cuts, err := s.cutOffs(ctx, []Month{m})
	if err != nil {
		return ItemView{}, err
	}
	var made Item
	err = s.store.InTx(ctx, func(tx Tx) error {
		lead, err := tx.HoldLead(ctx, actor.Scope(access.SigningRead), d.LeadID)
		if err != nil {
			return err
		}
		if _, err := tx.HoldLead(ctx, actor.ActScope(access.SigningPlan), d.LeadID); err != nil {
			return forbiddenUnlessKnown(err)
		}
		frozen, err := s.settle(ctx, tx, cuts, m)
		if err != nil {
			return err
		}
		e, err := s.planned(ctx, tx, planning{actor, lead, m, d, frozen[m]})
		if err != nil {
			return err
		}
		e.frozen = frozen
		if err := write(ctx, tx, e); err != nil {
			return err
		}
		made = *e.after
		return nil
	})
	if err != nil {
		return ItemView{}, err
	}
	return s.item(ctx, actor, made.ID)
}

// forbiddenUnlessKnown turns "no such row" into "you may not": the caller was
// shown that there is one.
func forbiddenUnlessKnown(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Forbidden, "forbidden", "The caller may see this but not change it.")
	}
	return err
}

// planning is a draft with what was read for it.
type planning struct {
	actor  access.Actor
	lead   Lead
	month  Month
	draft  Draft
	frozen bool
}

func (s *Service) planned(ctx context.Context, tx Tx, p planning) (edit, error) {
	now := tx.Now(ctx)
	if p.month < monthAt(now) {
		return edit{}, fault.New(fault.Conflict, "signing.past", "The month is over.")
	}
	if err := refuseStanding(ctx, tx, p.lead); err != nil {
		return edit{}, err
	}
	i := p.draft.item(p.lead, p.month, now, p.actor.User)
	var bad rules
	i.check(&bad)
	bad.text("reason", p.draft.Reason, p.frozen, maxText)
	if err := s.known(ctx, i, &bad); err != nil {
		return edit{}, err
	}
	e := edit{after: &i, lead: p.lead, actor: p.actor, kind: "signing.planned", reason: p.draft.Reason, at: now}
	return e, fault.Broken("input.invalid", bad)
}

func (d Draft) item(lead Lead, m Month, now time.Time, by id.User) Item {
	i := Item{
		LeadID: lead.ID, Month: m, PlannedOn: d.PlannedOn, LandingUnitID: lead.UnitID, FirstUnitID: lead.UnitID,
		MainVenue: d.MainVenue, Grade: d.Grade, Ready: d.Ready, Leader: strings.TrimSpace(d.Leader), State: Planned,
		Version: 1, CreatedBy: &by, CreatedAt: now, UpdatedAt: now,
	}
	if lead.FirstUnitID != nil {
		i.FirstUnitID = *lead.FirstUnitID
	}
	set(&i.LandingUnitID, d.LandingUnitID)
	set(&i.Chain, lead.Chain)
	set(&i.Cents, lead.PlannedCents)
	set(&i.Cents, d.Cents)
	return i
}

// refuseStanding refuses a lead that is on a board, or that is beyond it.
func refuseStanding(ctx context.Context, tx Tx, lead Lead) error {
	if !beforeSigning(lead.Stage) {
		return fault.New(fault.Conflict, "signing.stage", "The lead is signed, or it has ended.").With("stage", lead.Stage)
	}
	standing, err := standingOf(ctx, tx, lead.ID)
	if err == nil && standing != nil {
		err = fault.New(fault.Conflict, "signing.planned", "The lead is on a board already.").With("month", string(standing.Month))
	}
	return err
}

// known checks the unit and the chain of an item.
func (s *Service) known(ctx context.Context, i Item, bad *rules) error {
	unit, chain, err := s.city.Known(ctx, i.LandingUnitID, i.Chain)
	if err != nil {
		return err
	}
	if !unit {
		bad.add("landing_unit_id", "unit.unknown")
	}
	if !chain {
		bad.add("chain", "unknown_value")
	}
	return nil
}

// Target names an item in its month and the version that the caller saw.
type Target struct {
	Month   Month
	Item    id.Signing
	Version int64
}

// Change edits an item, or moves it to another month. version is the one that
// the caller saw.
//
// Errors: NotFound "signing.unknown"; Forbidden "forbidden"; Stale
// "signing.stale" with the fields that differ; Conflict "signing.closed" for
// one that is signed, lost or dropped; Conflict "signing.past"; Invalid.
func (s *Service) Change(ctx context.Context, actor access.Actor, t Target, e Edit) (ItemView, error) {
	m, target := t.Month, t.Month
	set(&target, e.Month)
	return s.edit(ctx, actor, at{m, target, t.Item, t.Version}, func(tx Tx, seen Seen, frozen map[Month]bool) (edit, error) {
		after := e.apply(seen.Item)
		now := tx.Now(ctx)
		var bad rules
		after.check(&bad)
		if target != m {
			after.BatchID, after.StageOrder = nil, 0
			if target < monthAt(now) {
				return edit{}, fault.New(fault.Conflict, "signing.past", "The month is over.")
			}
		}
		bad.text("reason", e.Reason, needsReason(seen.Item, after, frozen), maxText)
		if err := s.known(ctx, after, &bad); err != nil {
			return edit{}, err
		}
		return edit{after: &after, kind: "signing.changed", reason: e.Reason}, fault.Broken("input.invalid", bad)
	})
}

// needsReason tells whether an edit moves the item or shows in a ledger.
func needsReason(before, after Item, frozen map[Month]bool) bool {
	if before.Month != after.Month {
		return true
	}
	return frozen[after.Month] && len(Changes(&before, &after)) > 0
}

// Drop takes an item off the plan.
//
// Errors: as Change.
func (s *Service) Drop(ctx context.Context, actor access.Actor, t Target, reason string) error {
	_, err := s.edit(ctx, actor, at{t.Month, t.Month, t.Item, t.Version}, func(_ Tx, seen Seen, _ map[Month]bool) (edit, error) {
		var bad rules
		bad.text("reason", reason, true, maxText)
		after := seen.Item
		after.State, after.BatchID, after.StageOrder = Dropped, nil, 0
		return edit{after: &after, kind: "signing.dropped", reason: reason}, fault.Broken("input.invalid", bad)
	})
	return err
}

// at names an item, the version seen, and the month that it may go to.
type at struct {
	month, target Month
	item          id.Signing
	version       int64
}

// edit runs one edit: the lead's row first, then the months, then the item.
func (s *Service) edit(
	ctx context.Context, actor access.Actor, a at, change func(Tx, Seen, map[Month]bool) (edit, error),
) (ItemView, error) {
	cuts, err := s.cutOffs(ctx, []Month{a.month, a.target})
	if err != nil {
		return ItemView{}, err
	}
	known, err := s.find(ctx, s.store.Items, actor, a)
	if err != nil {
		return ItemView{}, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.HoldLead(ctx, actor.Scope(access.SigningRead), known.Lead.ID); err != nil {
			return err
		}
		frozen, err := s.settle(ctx, tx, cuts, a.month, a.target)
		if err != nil {
			return err
		}
		seen, err := s.find(ctx, tx.Items, actor, a)
		if err != nil {
			return err
		}
		if err := s.editable(ctx, seen, &a.version); err != nil {
			return err
		}
		e, err := change(tx, seen, frozen)
		if err != nil {
			return err
		}
		before := seen.Item
		e.before, e.frozen, e.lead, e.actor, e.at = &before, frozen, seen.Lead, actor, tx.Now(ctx)
		e.after.Version, e.after.UpdatedAt = before.Version+1, e.at
		return write(ctx, tx, e)
	})
	if err != nil {
		return ItemView{}, err
	}
	return s.item(ctx, actor, a.item)
}

type finder func(context.Context, Reader, Want) ([]Seen, error)

// find reads one item of a month through the actor's scope.
func (s *Service) find(ctx context.Context, items finder, actor access.Actor, a at) (Seen, error) {
	found, err := items(ctx, reader(actor), Want{Item: a.item})
	if err != nil {
		return Seen{}, err
	}
	if len(found) == 0 || a.month != "" && found[0].Item.Month != a.month {
		return Seen{}, unknown()
	}
	return found[0], nil
}

// editable refuses what the caller may not edit, an old version, and an item
// that stands no more; in this order.
func (s *Service) editable(ctx context.Context, seen Seen, version *int64) error {
	if !seen.MayPlan {
		return fault.New(fault.Forbidden, "forbidden", "The caller may see this but not change it.")
	}
	if version != nil && *version != seen.Item.Version {
		differs, err := s.store.FieldsEdited(ctx, event.Edits{
			Object: "signing", ID: int64(seen.Item.ID), Kinds: EditKinds(), Last: seen.Item.Version - *version,
		})
		if err != nil {
			return err
		}
		return fault.New(fault.Stale, "signing.stale", "Somebody else changed the planned signing.").
			With("version", seen.Item.Version).With("differs", differs)
	}
	if version != nil && seen.Item.State != Planned {
		return fault.New(fault.Conflict, "signing.closed", "The planned signing stands no more.").With("state", string(seen.Item.State))
	}
	return nil
}

// EditKinds are the kinds of audit line that an item's version grows with.
func EditKinds() []string {
	return []string{"signing.changed", "signing.dropped", "signing.followed", "signing.seated", "signing.sent_back"}
}

// Check refuses, before the body is read, an item that the caller may not know
// of or not change, and with a version an old one.
//
// Errors: NotFound "signing.unknown"; Forbidden "forbidden"; Stale
// "signing.stale".
func (s *Service) Check(ctx context.Context, actor access.Actor, m Month, item id.Signing, version *int64) error {
	seen, err := s.find(ctx, s.store.Items, actor, at{month: m, item: item})
	if err != nil {
		return err
	}
	if err := s.editable(ctx, seen, version); fault.CodeOf(err) != "signing.closed" {
		return err
	}
	return nil
}
