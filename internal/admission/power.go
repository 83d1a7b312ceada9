package admission

import (
	"context"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Power is the right of a unit to decide about projects that land with it,
// from a day on until another (中山招商办字〔2023〕12号).
type Power struct {
	ID      int64
	UnitID  id.Unit
	FromOn  clock.Date
	UntilOn *clock.Date // the first day without it; nil while it lasts
	Source  string
	MadeBy  *id.User
	MadeAt  time.Time
	Version int64
}

// On tells whether the power holds on a day.
func (p Power) On(day clock.Date) bool {
	return !day.Before(p.FromOn) && (p.UntilOn == nil || day.Before(*p.UntilOn))
}

// Place is where a project lands: the town, the platforms that coordinate it,
// and the bureau.
type Place struct {
	Town         id.Unit
	Coordinators []id.Unit
	Bureau       id.Unit
}

// Decider says who decides about a project that lands at the place: the town
// itself if it has the power, else a platform that coordinates the town and
// has it, else the bureau. That a platform's power covers the towns that it
// coordinates is our reading; no published text says it.
func Decider(at Place, powers []Power, on clock.Date) (id.Unit, *Power) {
	for _, unit := range append([]id.Unit{at.Town}, at.Coordinators...) {
		for _, p := range powers {
			if p.UnitID == unit && p.On(on) {
				return unit, &p
			}
		}
	}
	return at.Bureau, nil
}

// PowerView is a power as it leaves the server.
type PowerView struct {
	ID      int64       `json:"id"`
	UnitID  id.Unit     `json:"unit_id"`
	FromOn  clock.Date  `json:"from_on"`
	UntilOn *clock.Date `json:"until_on" doc:"The first day without it."`
	Source  string      `json:"source"`
	Holds   bool        `json:"holds" doc:"Whether it holds today."`
	Version int64       `json:"version"`
	Can     []string    `json:"can"`
}

// DeciderView tells who decides about a lead.
type DeciderView struct {
	LeadID  id.Lead  `json:"lead_id"`
	UnitID  *id.Unit `json:"unit_id" doc:"None while the lead names no place."`
	ByPower bool     `json:"by_power" doc:"By a power of its own; else the bureau decides."`
	Through bool     `json:"through" doc:"By the power of a platform that coordinates the place: an assumption."`
	MayAsk  bool     `json:"may_ask"`
	Refused string   `json:"refused" doc:"The code that says why no review can be asked for now; empty when one can."`
}

// Powers lists every power, past and coming ones too.
func (s *Service) Powers(ctx context.Context, actor access.Actor) ([]PowerView, error) {
	all, err := s.store.Powers(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]PowerView, 0, len(all))
	for _, p := range all {
		out = append(out, p.view(actor, clock.DateOf(now)))
	}
	return out, nil
}

func (p Power) view(actor access.Actor, today clock.Date) PowerView {
	v := PowerView{ID: p.ID, UnitID: p.UnitID, FromOn: p.FromOn, UntilOn: p.UntilOn, Source: p.Source, Holds: p.On(today), Version: p.Version, Can: []string{}}
	if actor.Holds(access.UnitManage) && (p.UntilOn == nil || today.Before(*p.UntilOn)) {
		v.Can = append(v.Can, "end")
	}
	return v
}

// AddPower gives a unit the power from a day on; reviews that were asked for
// before stay with who was asked.
//
// Errors: Conflict "power.overlaps"; Invalid by field.
func (s *Service) AddPower(ctx context.Context, actor access.Actor, p Power) (PowerView, error) {
	open, err := s.city.UnitOpen(ctx, p.UnitID)
	if err != nil {
		return PowerView{}, err
	}
	var out PowerView
	err = s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		today := clock.DateOf(now)
		if p.FromOn.IsZero() {
			p.FromOn = today
		}
		var bad rules
		if !open {
			bad.add("unit_id", "unknown_value")
		}
		if p.FromOn.Before(today) {
			bad.add("from_on", "day.past")
		}
		bad.text("source", p.Source, true, maxShort)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		p.MadeAt, p.MadeBy, p.Version = now, &actor.User, 1
		if err := tx.InsertPower(ctx, &p); err != nil {
			return err
		}
		out = p.view(actor, today)
		return recordPower(ctx, tx, actor, "admission_power.given", p)
	})
	return out, err
}

// EndPower ends a power on a day.
//
// Errors: NotFound "power.unknown"; Stale "power.stale"; Conflict
// "power.over"; Invalid by field.
func (s *Service) EndPower(ctx context.Context, actor access.Actor, power, version int64, until clock.Date, source string) (PowerView, error) {
	var out PowerView
	err := s.store.InTx(ctx, func(tx Tx) error {
		p, err := tx.HoldPower(ctx, power)
		if err != nil {
			return err
		}
		if err := p.seen(version); err != nil {
			return err
		}
		today := clock.DateOf(tx.Now(ctx))
		if p.UntilOn != nil && !today.Before(*p.UntilOn) {
			return fault.New(fault.Conflict, "power.over", "The power is over already.")
		}
		var bad rules
		if until.Before(today) {
			bad.add("until_on", "day.past")
		} else if !p.FromOn.Before(until) {
			bad.add("until_on", "power.before")
		}
		bad.text("source", source, true, maxShort)
		if err := fault.Broken("input.invalid", bad); err != nil {
			return err
		}
		p.UntilOn, p.Source = &until, source
		p.Version++
		if err := tx.SavePower(ctx, p); err != nil {
			return err
		}
		out = p.view(actor, today)
		return recordPower(ctx, tx, actor, "admission_power.ended", p)
	})
	return out, err
}

func recordPower(ctx context.Context, tx Tx, actor access.Actor, kind string, p Power) error {
	l := actor.Line(kind, "admission_power", p.ID)
	l.Changes = []event.Change{{Field: "unit_id", After: p.UnitID.String()}, {Field: "from_on", After: p.FromOn.String()}, {Field: "source", After: p.Source}}
	if p.UntilOn != nil {
		l.Changes = append(l.Changes, event.Change{Field: "until_on", After: p.UntilOn.String()})
	}
	return tx.Record(ctx, l)
}

func (p Power) seen(version int64) error {
	if p.Version == version {
		return nil
	}
	return fault.New(fault.Stale, "power.stale", "Somebody else changed the power.").With("version", p.Version).With("differs", []string{})
}

// CheckPower compares the version that the caller saw, before the body is
// read.
//
// Errors: NotFound "power.unknown"; Stale "power.stale".
func (s *Service) CheckPower(ctx context.Context, power int64, version *int64) error {
	all, err := s.store.Powers(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(p Power) bool { return p.ID == power })
	if at < 0 {
		return fault.New(fault.NotFound, "power.unknown", "No such power.")
	}
	if version == nil {
		return nil
	}
	return all[at].seen(*version)
}

// Decider tells who decides about a lead as it stands, and whether a review
// can be asked for now.
//
// Errors: NotFound "lead.unknown".
func (s *Service) Decider(ctx context.Context, actor access.Actor, lead id.Lead) (DeciderView, error) {
	l, err := s.store.Lead(ctx, actor.Scope(access.ReviewRead), lead)
	if err != nil {
		return DeciderView{}, err
	}
	v, err := s.deciderOf(ctx, l)
	if err != nil {
		return v, err
	}
	if no := askable(l); no != nil {
		v.Refused = fault.CodeOf(no)
	}
	if v.MayAsk, err = s.store.Inside(ctx, actor.ActScope(access.ReviewAsk), lead); err != nil || v.Refused != "" {
		return v, err
	}
	running, err := s.store.Reviews(ctx, reader(actor), Want{Lead: lead, States: []State{Asked, Open}})
	if len(running) > 0 {
		v.Refused = "review.open"
	}
	return v, err
}

// deciderOf is who decides by where the project lands; nobody while that is not
// known.
func (s *Service) deciderOf(ctx context.Context, l Lead) (DeciderView, error) {
	v := DeciderView{LeadID: l.ID}
	if l.LocationCode == nil {
		return v, nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return v, err
	}
	powers, err := s.store.Powers(ctx)
	if err != nil {
		return v, err
	}
	at, err := s.city.Place(ctx, *l.LocationCode)
	if err != nil {
		return v, err
	}
	unit, power := Decider(at, powers, clock.DateOf(now))
	v.UnitID, v.ByPower, v.Through = &unit, power != nil, power != nil && unit != at.Town
	return v, nil
}

// askable says why no review of a lead can be asked for; nil when one can.
func askable(l Lead) error {
	switch {
	case l.ended():
		return fault.New(fault.Conflict, "lead.ended", "The lead has ended.")
	case !l.before():
		return fault.New(fault.Conflict, "review.stage", "The lead is past the admission review, or suspended.")
	case l.LocationCode == nil:
		return fault.New(fault.Conflict, "review.no_place", "The lead does not say where the project lands.")
	}
	return nil
}
