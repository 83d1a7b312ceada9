// Package demo makes worlds of leads: the projects that were reported in
// public, invented follow-ups around them that say so, and larger worlds of
// invented leads for measurements. What it writes is what the acts themselves
// would have left, one by one.
package demo

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
)

// World is the database in which a world is made. The organisation and the
// demo accounts are there already.
type World struct {
	DB  *store.DB
	Org *org.Service
	// Today is the day before which everything has happened; none means the
	// database's day. Equal days give equal worlds.
	Today clock.Date
	// Progress hears of each step; nil stays silent.
	Progress func(step string, done, total int)
}

// ErrNoCity is returned when the organisation or an account is missing.
var ErrNoCity = errors.New("the city and its demo accounts must be there first")

// Build makes the small demo world: the projects that were reported in
// public, and invented leads in every state around them. It is one
// transaction. A database that holds any lead is left as it is.
func Build(ctx context.Context, w World) error {
	s, err := w.scene(ctx)
	if err != nil {
		return err
	}
	w.tell("demo", 0, 1)
	lives, err := s.reported()
	if err != nil {
		return err
	}
	invented, err := s.stories()
	if err != nil {
		return err
	}
	lives = append(lives, invented...)
	for i := range lives {
		lives[i] = s.clocked(lives[i])
	}
	// Numbers and codes rise with the day of registration.
	sort.SliceStable(lives, func(i, j int) bool { return lives[i].Lead.CreatedAt.Before(lives[j].Lead.CreatedAt) })
	err = w.DB.InTx(ctx, func(tx *store.Tx) error {
		empty, err := leadstore.Empty(ctx, tx)
		if err != nil || !empty {
			return err
		}
		return leadstore.InsertLives(ctx, tx, lives)
	})
	if err != nil {
		return fmt.Errorf("build the demo world: %w", err)
	}
	w.tell("demo", 1, 1)
	return nil
}

// Empty tells whether the database holds no lead at all.
func Empty(ctx context.Context, w World) (empty bool, err error) {
	err = w.DB.InTx(ctx, func(tx *store.Tx) error {
		empty, err = leadstore.Empty(ctx, tx)
		return err
	})
	return empty, err
}

func (w World) tell(step string, done, total int) {
	if w.Progress != nil {
		w.Progress(step, done, total)
	}
}

// scene is what the stories happen in: the city on one day, and its people.
type scene struct {
	city    *org.Directory
	places  org.Day
	office  *clock.Office
	pace    lead.Pace
	now     time.Time // of the database, or the beginning of a chosen day
	within  int       // working days to answer an offer
	today   clock.Date
	people  map[string]id.User  // by login name
	officer map[id.Unit]id.User // who acts for a unit
	shape   access.Shape
	terms   lead.Terms // of protection
	brief   bool       // keep audit lines of creation and hand-offs only
}

func (w World) scene(ctx context.Context) (*scene, error) {
	now, err := w.DB.Now(ctx)
	if err != nil {
		return nil, err
	}
	s := &scene{today: w.Today, now: now, people: map[string]id.User{}, officer: map[id.Unit]id.User{}}
	if s.today.IsZero() {
		s.today = clock.DateOf(now)
	}
	if s.city, err = w.Org.Directory(ctx); err != nil {
		return nil, fmt.Errorf("read the city: %w", err)
	}
	s.places, s.office = s.city.On(s.today), s.city.Office()
	if !w.Today.IsZero() {
		s.now = w.Today.Start()
	}
	s.pace = lead.PaceOf(s.office, s.places.Rule)
	within, known := s.places.Rule(org.AnswerWithin)
	if !known {
		return nil, ErrNoCity
	}
	s.within = int(within)
	s.terms = lead.TermsOf(s.office, s.places.Rule)
	if s.shape, err = access.ShapeOf[lead.View](); err != nil {
		return nil, fmt.Errorf("shape of a lead: %w", err)
	}
	return s, s.meet(ctx, w.Org)
}

// meet learns who the people of the demo are. A head does not stand in for
// the officer of a unit that has one.
func (s *scene) meet(ctx context.Context, city *org.Service) error {
	const most = 100
	found, err := city.People(ctx, org.PeopleFilter{Limit: most})
	if err != nil {
		return fmt.Errorf("read the people of the demo: %w", err)
	}
	for _, p := range found {
		s.people[p.Username] = p.ID
		for _, unit := range p.UnitIDs {
			if _, taken := s.officer[unit]; !taken {
				s.officer[unit] = p.ID // by login name, so that "huangpu" comes before "huangpu-head"
			}
		}
	}
	if len(found) == 0 {
		return ErrNoCity
	}
	return nil
}

// actor is who acts for a unit; nil for a unit without a demo account.
func (s *scene) actor(unit id.Unit) *id.User {
	if user, known := s.officer[unit]; known {
		return &user
	}
	return nil
}

func (s *scene) unit(slug string) (id.Unit, error) {
	u, known := s.city.BySlug(slug)
	if !known {
		return 0, fmt.Errorf("unit %q: %w", slug, ErrNoCity)
	}
	return u.ID, nil
}

// location returns the present division code of a unit; nil when it has
// none.
func (s *scene) location(unit id.Unit) *string {
	for _, c := range s.city.Codes(unit) {
		if c.On(s.today) {
			return &c.Code
		}
	}
	return nil
}

// workday returns the n-th working day before today; 0 is today itself.
func (s *scene) workday(n int) clock.Date {
	d := s.today
	for n > 0 {
		d = d.AddDays(-1)
		if s.office.IsWorkingDay(d) {
			n--
		}
	}
	return d
}

// monthEnd returns the last day of the month that is so many months after
// today's.
func (s *scene) monthEnd(months int) clock.Date {
	first := s.today.Start().In(clock.Location())
	return clock.NewDate(first.Year(), first.Month()+time.Month(months+1), 0)
}
