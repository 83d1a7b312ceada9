package admission

import (
	"context"
	"slices"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Service holds the use cases of the admission review.
type Service struct {
	store Store
	city  City
}

// New returns the use cases over a store.
func New(store Store, city City) *Service { return &Service{store: store, city: city} }

func reader(a access.Actor) Reader {
	return Reader{Read: a.Scope(access.ReviewRead), Ask: a.ActScope(access.ReviewAsk), Money: a.Sees(access.MoneyClass)}
}

func unknown() error { return fault.New(fault.NotFound, "review.unknown", "No such review.") }

// Box says which reviews are listed.
type Box string

// The boxes: what the actor's units decide, owe an opinion on, owe a condition
// of; all that the actor sees.
const (
	BoxDecide     Box = "decide"
	BoxOpine      Box = "opine"
	BoxConditions Box = "conditions"
	BoxAll        Box = "all"
)

// Query asks for a list.
type Query struct {
	Box    Box
	Lead   id.Lead
	States []State
}

// List returns reviews, newest first, at most 200.
func (s *Service) List(ctx context.Context, actor access.Actor, q Query) ([]ReviewView, error) {
	w := Want{Lead: q.Lead, States: q.States}
	switch q.Box {
	case BoxDecide:
		w.Deciding = units(actor, access.ReviewConduct)
	case BoxOpine:
		w.Owing = units(actor, access.ReviewOpine)
	case BoxConditions:
		w.Bound = units(actor, access.ReviewOpine)
	}
	found, err := s.store.Reviews(ctx, reader(actor), w)
	if err != nil {
		return nil, err
	}
	return s.views(ctx, actor, found)
}

// units is never nil: nobody's box is empty and not everything.
func units(a access.Actor, p access.Permission) []id.Unit {
	return append([]id.Unit{}, a.UnitsWith(p)...)
}

// One returns a review.
//
// Errors: NotFound "review.unknown".
func (s *Service) One(ctx context.Context, actor access.Actor, review id.Review) (ReviewView, error) {
	found, err := s.store.Reviews(ctx, reader(actor), Want{Review: review})
	if err != nil {
		return ReviewView{}, err
	}
	if len(found) == 0 {
		return ReviewView{}, unknown()
	}
	views, err := s.views(ctx, actor, found)
	if err != nil {
		return ReviewView{}, err
	}
	return views[0], nil
}

// Ask asks for the review of a lead. Who decides follows from where the
// project lands on this day.
//
// Errors: NotFound "lead.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended", "review.stage", "review.no_place", "review.open"; Invalid
// "input.invalid" on text.
func (s *Service) Ask(ctx context.Context, actor access.Actor, lead id.Lead, text string) (ReviewView, error) {
	var r Review
	err := s.store.InTx(ctx, func(tx Tx) error {
		l, err := s.asking(ctx, tx, actor, lead, text)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		unit, power, err := s.decider(ctx, tx, *l.LocationCode, clock.DateOf(now))
		if err != nil {
			return err
		}
		r = Review{
			LeadID: lead, State: Asked, LocationCode: *l.LocationCode, DecidingUnitID: unit, Ask: text, AskedBy: &actor.User, AskedAt: now,
			Figures: l.Figures, Version: 1,
		}
		if power != nil {
			r.PowerID = &power.ID
		}
		if actor.Acting != 0 {
			r.AskedUnitID = &actor.Acting
		}
		if err := tx.Insert(ctx, &r); err != nil {
			return err
		}
		seen := Seen{Review: r, Lead: l}
		return told(ctx, tx, actor, news{seen: seen, kind: "review.asked", reason: text, units: []id.Unit{unit}})
	})
	if err != nil {
		return ReviewView{}, err
	}
	return s.One(ctx, actor, r.ID)
}

// asking locks the lead and checks that a review of it can be asked for.
func (s *Service) asking(ctx context.Context, tx Tx, actor access.Actor, lead id.Lead, text string) (Lead, error) {
	l, err := tx.HoldLead(ctx, actor.Scope(access.ReviewRead), lead)
	if err != nil {
		return l, err
	}
	may, err := tx.Inside(ctx, actor.ActScope(access.ReviewAsk), lead)
	if err != nil {
		return l, err
	}
	if !may {
		return l, forbidden()
	}
	if err := askable(l); err != nil {
		return l, err
	}
	var bad rules
	bad.text("text", text, false, maxText)
	return l, fault.Broken("input.invalid", bad)
}

func forbidden() error {
	return fault.New(fault.Forbidden, "forbidden", "The caller may see the review but not do this.")
}

func (s *Service) decider(ctx context.Context, tx Tx, code string, on clock.Date) (id.Unit, *Power, error) {
	at, err := s.city.Place(ctx, code)
	if err != nil {
		return 0, nil, err
	}
	powers, err := tx.Powers(ctx)
	if err != nil {
		return 0, nil, err
	}
	unit, power := Decider(at, powers, on)
	return unit, power, nil
}

// news is what was done to a review, and whom to tell.
type news struct {
	seen    Seen
	kind    string
	reason  string
	units   []id.Unit
	changes []event.Change
}

// told writes down what was done, gives and ends the rights that follow from
// it, and tells whom it concerns.
func told(ctx context.Context, tx Tx, actor access.Actor, n news) error {
	r, l := n.seen.Review, n.seen.Lead
	if err := tx.SettleGrants(ctx, r.LeadID, n.seen.units(), tx.Now(ctx)); err != nil {
		return err
	}
	e := actor.Line(n.kind, "review", int64(r.ID))
	e.Lead, e.Restricted, e.Reason = l.ID, l.Restricted, n.reason
	e.Changes = append([]event.Change{{Field: "state", After: string(r.State)}}, n.changes...)
	if err := tx.Record(ctx, e); err != nil {
		return err
	}
	if len(n.units) == 0 {
		return nil
	}
	slices.Sort(n.units)
	return tx.Notify(ctx, event.Notice{
		Kind: n.kind, Lead: l.ID, Units: slices.Compact(n.units), By: actor.User, Object: "review", ObjectID: int64(r.ID),
		Params: map[string]string{"reference": l.Code},
	})
}

// change locks the lead of a review and does something with the review as it
// stands.
func (s *Service) change(ctx context.Context, actor access.Actor, review id.Review, work func(Tx, *Seen) error) (ReviewView, error) {
	found, err := s.store.Reviews(ctx, reader(actor), Want{Review: review})
	if err != nil {
		return ReviewView{}, err
	}
	if len(found) == 0 {
		return ReviewView{}, unknown()
	}
	var done Seen
	err = s.store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.HoldLead(ctx, actor.Scope(access.ReviewRead), found[0].Lead.ID); err != nil {
			return err
		}
		now, err := tx.Reviews(ctx, reader(actor), Want{Review: review})
		if err != nil {
			return err
		}
		if len(now) == 0 {
			return unknown()
		}
		done = now[0]
		return work(tx, &done)
	})
	if err != nil {
		return ReviewView{}, err
	}
	return s.after(ctx, actor, review, done)
}

// after returns the review to who changed it, also to who may read it no
// longer, because what it owed is done.
func (s *Service) after(ctx context.Context, actor access.Actor, review id.Review, done Seen) (ReviewView, error) {
	v, err := s.One(ctx, actor, review)
	if fault.CodeOf(err) != "review.unknown" {
		return v, err
	}
	views, err := s.views(ctx, actor, []Seen{done})
	if err != nil {
		return v, err
	}
	return views[0], nil
}

func running(s Seen) error {
	if s.Lead.ended() {
		return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	}
	if !s.Review.State.Runs() {
		return fault.New(fault.Conflict, "review.over", "The review is decided or withdrawn.")
	}
	return nil
}

// Withdraw takes a review back.
//
// Errors: NotFound "review.unknown"; Forbidden "forbidden"; Conflict
// "review.over"; Invalid on reason.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, review id.Review, reason string) (ReviewView, error) {
	return s.change(ctx, actor, review, func(tx Tx, seen *Seen) error {
		if !seen.MayAsk {
			return forbidden()
		}
		if !seen.Review.State.Runs() {
			return running(*seen)
		}
		var bad rules
		bad.text("reason", reason, true, maxText)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		seen.Review.State, seen.Review.Note = Withdrawn, reason
		seen.Review.Version++
		if err := tx.Save(ctx, seen.Review); err != nil {
			return err
		}
		return told(ctx, tx, actor, news{seen: *seen, kind: "review.withdrawn", reason: reason, units: seen.units()})
	})
}

// Name asks departments for their opinions by a day. Each of them may read
// the lead's open facts and what is reviewed, as long as it owes its opinion.
//
// Errors: NotFound "review.unknown"; Forbidden "forbidden"; Conflict
// "lead.ended", "review.over"; Invalid by field.
func (s *Service) Name(ctx context.Context, actor access.Actor, review id.Review, asked []id.Unit, due clock.Date) (ReviewView, error) {
	return s.change(ctx, actor, review, func(tx Tx, seen *Seen) error {
		if !acts(actor, access.ReviewConduct, seen.Review.DecidingUnitID) {
			return forbidden()
		}
		if err := running(*seen); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := s.nameable(ctx, *seen, asked, due, clock.DateOf(now)); err != nil {
			return err
		}
		for _, unit := range asked {
			o := Opinion{ReviewID: review, LeadID: seen.Lead.ID, UnitID: unit, DueOn: due, Version: 1}
			if err := tx.InsertOpinion(ctx, o); err != nil {
				return err
			}
			seen.Opinions = append(seen.Opinions, o)
		}
		r := &seen.Review
		if r.State == Asked {
			r.State, r.OpenedAt, r.OpenedBy = Open, &now, &actor.User
		}
		r.Version++
		if err := tx.Save(ctx, *r); err != nil {
			return err
		}
		names := event.Change{Field: "units", After: joined(asked)}
		return told(ctx, tx, actor, news{seen: *seen, kind: "review.opinion_asked", units: asked, changes: []event.Change{names, {Field: "due_on", After: due.String()}}})
	})
}

func joined(units []id.Unit) string {
	out := ""
	for _, u := range units {
		out += " " + u.String()
	}
	return out
}

func (s *Service) nameable(ctx context.Context, seen Seen, asked []id.Unit, due, today clock.Date) error {
	var bad rules
	if len(asked) == 0 {
		bad.add("unit_ids", "required")
	}
	if len(asked)+len(seen.Opinions) > maxRows {
		bad.add("unit_ids", "out_of_range")
	}
	if due.Before(today) {
		bad.add("due_on", "day.past")
	}
	for n, unit := range asked {
		open, err := s.city.UnitOpen(ctx, unit)
		switch {
		case err != nil:
			return err
		case !open:
			bad.add("unit_ids", "unknown_value")
		case seen.opinionOf(unit) >= 0, slices.Contains(asked[:n], unit):
			bad.add("unit_ids", "doubled")
		}
	}
	return fault.Broken("input.invalid", bad)
}

// Opine gives the opinion of the unit acted for; until the review is decided
// it may be given anew.
//
// Errors: NotFound "review.unknown"; Forbidden "review.not_asked"; Conflict
// "lead.ended", "review.over"; Invalid by field.
func (s *Service) Opine(ctx context.Context, actor access.Actor, review id.Review, word Word, text string) (ReviewView, error) {
	return s.change(ctx, actor, review, func(tx Tx, seen *Seen) error {
		at := seen.opinionOf(actor.Acting)
		if at < 0 || !acts(actor, access.ReviewOpine, actor.Acting) {
			return fault.New(fault.Forbidden, "review.not_asked", "The unit is not asked for an opinion.")
		}
		if err := running(*seen); err != nil {
			return err
		}
		var bad rules
		if !slices.Contains([]Word{Agree, AgreeConditions, Object}, word) {
			bad.add("word", "unknown_value")
		}
		bad.text("text", text, word != Agree, maxText)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		now := tx.Now(ctx)
		o := &seen.Opinions[at]
		o.Word, o.Text, o.GivenAt, o.GivenBy = word, text, &now, &actor.User
		o.Version++
		if err := tx.SaveOpinion(ctx, *o); err != nil {
			return err
		}
		return told(ctx, tx, actor, news{
			seen: *seen, kind: "review.opinion_given", reason: text, units: []id.Unit{seen.Review.DecidingUnitID},
			changes: []event.Change{{Field: "word", After: string(word)}, {Field: "unit_id", After: o.UnitID.String()}},
		})
	})
}
