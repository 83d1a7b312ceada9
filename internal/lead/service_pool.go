package lead

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// IdleQuery asks for leads of the pool to which nothing happened since an
// instant. Untold leaves out those that were offered again or reported since.
type IdleQuery struct {
	Scope  access.Scope
	Pool   id.Unit
	Before time.Time
	Untold bool
	Limit  int
	Now    time.Time
}

// IdleRow is an idle lead of the pool with the units that did not want it.
type IdleRow struct {
	Seen     Seen
	Since    time.Time
	Declined []id.Unit
}

// IdleView is an idle lead of the pool as the bureau sees it.
type IdleView struct {
	Lead        View      `json:"lead"`
	Since       time.Time `json:"since" doc:"The last thing that happened to it."`
	WorkingDays int       `json:"working_days"`
	SuggestedID *id.Unit  `json:"suggested_unit_id" doc:"To whom the program would offer it; null: nobody is left to ask."`
	DeclinedIDs []id.Unit `json:"declined_unit_ids" doc:"Units that refused it, let it lapse, returned or referred it, or objected."`
}

// suggestion is the unit that a lead of the pool is offered to again: the
// town of its location, the partners of the unit that found it, the partners
// of that town, the team of its chain. Units that did not want it are left
// out; none is an answer.
func suggestion(l Lead, places Places, declined []id.Unit) *id.Unit {
	var asked []id.Unit
	if l.LocationCode != nil {
		if town, known := places.LocationUnit(*l.LocationCode); known {
			asked = append(asked, town)
			asked = append(asked, places.Partners(town)...)
		}
	}
	if l.FirstContactUnitID != nil {
		asked = append(asked, places.Partners(*l.FirstContactUnitID)...)
	}
	if team, known := places.ChainUnit(l.ChainCode()); known {
		asked = append(asked, team)
	}
	for _, unit := range asked {
		if unit != places.Pool() && places.UnitOpen(unit) && !slices.Contains(declined, unit) {
			return &unit
		}
	}
	return nil
}

// idleBefore is the instant before which the last thing must have happened to
// a lead of the pool for it to count as idle.
func (f cityFacts) idleBefore(now time.Time) time.Time {
	return now.Add(-time.Duration(f.number(ruleReofferAfter)) * 24 * time.Hour)
}

// IdlePool lists the leads of the bureau's pool to which nothing happened for
// the days that the city sets, the longest first, with the unit that the
// program would offer each to.
func (s *Service) IdlePool(ctx context.Context, actor access.Actor) ([]IdleView, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.IdlePool(ctx, IdleQuery{
		Scope: actor.ActScope(access.LeadAssign), Pool: facts.places.Pool(), Before: facts.idleBefore(now), Limit: 100, Now: now,
	})
	if err != nil {
		return nil, err
	}
	out := make([]IdleView, 0, len(rows))
	r := rightsOf(actor)
	for _, row := range rows {
		v := IdleView{
			Lead: r.view(row.Seen, s.shape), Since: row.Since, WorkingDays: facts.office.WorkingDaysBetween(row.Since, now),
			DeclinedIDs: append([]id.Unit{}, row.Declined...),
		}
		if !row.Seen.Lead.Restricted {
			v.SuggestedID = suggestion(row.Seen.Lead, facts.places, row.Declined)
		}
		out = append(out, v)
	}
	return out, nil
}

// OfferPoolAgain offers the idle leads of the pool to the unit that fits, or
// tells the bureau that nobody is left to ask. Each lead is dealt with once in
// the idle time. It returns how many it dealt with.
func (s *Service) OfferPoolAgain(ctx context.Context) (int, error) {
	facts, err := s.cityFacts(ctx)
	if err != nil {
		return 0, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	scope := access.System("offer idle leads of the pool again")
	q := IdleQuery{
		Scope: scope, Pool: facts.places.Pool(), Before: facts.idleBefore(now), Untold: true, Limit: expireBatch, Now: now,
	}
	rows, err := s.store.IdlePool(ctx, q)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, row := range rows {
		err := s.store.InTx(ctx, func(tx Tx) error {
			seen, err := tx.Lock(ctx, scope, scope, row.Seen.Lead.ID)
			if err != nil {
				return err
			}
			// Another node, or a person, may have been faster.
			idle, err := tx.StillIdle(ctx, seen, q)
			if err != nil || !idle {
				return err
			}
			n++
			return s.offerAgain(ctx, tx, seen, row.Declined, facts)
		})
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return n, fmt.Errorf("offer idle lead %s again: %w", row.Seen.Lead.ID, err)
		}
	}
	return n, nil
}

func (s *Service) offerAgain(ctx context.Context, tx Tx, seen Seen, declined []id.Unit, facts cityFacts) error {
	now, l := tx.Now(ctx), seen.Lead
	if err := refusePending(ctx, tx, seen, now); err != nil { // records an offer that ran out
		return err
	}
	to := suggestion(l, facts.places, declined)
	if to == nil || l.Restricted { // a restricted lead needs named members, whom only a person knows
		return poolIdle(ctx, tx, l, now)
	}
	h := Handoff{
		LeadID: l.ID, FromUnitID: l.UnitID, ToUnitID: *to, State: Offered, Kind: KindOffer, Cause: CausePoolIdle,
		Parts: AllParts(), OfferedAt: now, DueAt: facts.due(ruleAnswerWithin, now), Version: 1,
	}
	if err := tx.InsertHandoff(ctx, seen, &h); err != nil {
		return err
	}
	return offered(ctx, tx, access.Actor{}, seen, sending{Order{To: *to}, h, facts})
}

// poolIdle tells the bureau that a lead of its pool lies idle.
func poolIdle(ctx context.Context, tx Tx, l Lead, now time.Time) error {
	a := Activity{LeadID: l.ID, At: now, Kind: ActIdle, UnitID: &l.UnitID}
	if err := tx.AddActivity(ctx, &a); err != nil {
		return err
	}
	e := line(access.Actor{}, l, "pool.idle")
	e.Unit = l.UnitID
	if err := tx.Record(ctx, e); err != nil {
		return err
	}
	return tx.Notify(ctx, event.Notice{Kind: "pool.idle", Lead: l.ID, Units: []id.Unit{l.UnitID}})
}

// LapsedQuery counts offers made from a day to a day, by receiver: of every
// unit to who reads every lead, of the reader's own units to all others.
type LapsedQuery struct {
	Read     access.Scope
	Units    []id.Unit
	From, To time.Time
	Now      time.Time
}

// LapsedRow is how many offers a unit got and how many of them ran out.
type LapsedRow struct {
	UnitID  id.Unit `json:"unit_id"`
	Offers  int64   `json:"offers"`
	Lapsed  int64   `json:"lapsed"`
	Refused int64   `json:"refused"`
}

// LapsedView is the report of offers that nobody answered.
type LapsedView struct {
	FromOn clock.Date  `json:"from"`
	ToOn   clock.Date  `json:"to"`
	Items  []LapsedRow `json:"items"`
}

// lapsedDays is how far the report reaches back when nobody says from when.
const lapsedDays = 90

// Lapsed counts, by receiving unit, the offers of the days from and to, and
// those of them that ran out. The bureau sees every unit, a unit its own.
//
// Errors: Invalid "input.invalid" on to.
func (s *Service) Lapsed(ctx context.Context, actor access.Actor, from, to *clock.Date) (LapsedView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return LapsedView{}, err
	}
	v := LapsedView{ToOn: clock.DateOf(now), Items: []LapsedRow{}}
	if to != nil {
		v.ToOn = *to
	}
	v.FromOn = v.ToOn.AddDays(-lapsedDays)
	if from != nil {
		v.FromOn = *from
	}
	if v.ToOn.Before(v.FromOn) {
		return LapsedView{}, fault.BadField("to", "date.before_start")
	}
	rows, err := s.store.Lapsed(ctx, LapsedQuery{
		Read: actor.Scope(access.LeadRead), Units: actor.UnitsWith(access.LeadRead), From: v.FromOn.Start(), To: v.ToOn.End(), Now: now,
	})
	v.Items = append(v.Items, rows...)
	return v, err
}
