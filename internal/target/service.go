package target

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// City gives the units, the dated numbers and the days of the city.
type City interface {
	Rule(ctx context.Context, key string, on clock.Date) (int64, error)
	// Units lists the units that work at some time of a year and can have
	// targets, in the order of the pages.
	Units(ctx context.Context, year int) ([]Unit, error)
	Office(ctx context.Context) (*clock.Office, error)
}

// Service holds the use cases.
type Service struct {
	store   Store
	city    City
	actuals []Actuals
}

// New returns the use cases over a store.
func New(store Store, city City) *Service { return &Service{store: store, city: city} }

// Count adds who gives actual figures besides those that were reported.
func (s *Service) Count(by ...Actuals) { s.actuals = append(s.actuals, by...) }

func (s *Service) forest(ctx context.Context, year int) (Forest, error) {
	units, err := s.city.Units(ctx, year)
	return NewForest(units), err
}

// sight is the rows of the tree that a person reads.
type sight struct {
	all   bool
	units map[id.Unit]bool
}

// visible returns the rows that a person reads: all, or his units with those
// below them. Of the city every reader sees the targets, but what the city
// keeps back only who reads all.
func (s *Service) visible(actor access.Actor, forest Forest) sight {
	scope := actor.Scope(access.TargetRead)
	if scope.Any() {
		return sight{all: true}
	}
	return sight{units: forest.Under(scope.Only(access.Owner).Units()...)}
}

func (v sight) row(unit id.Unit) bool { return v.all || unit == TheCity || v.units[unit] }

// Seed enters the first indicators unless there are any.
func (s *Service) Seed(ctx context.Context, first []Indicator) error {
	known, err := s.store.Indicators(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		for _, i := range first {
			i.MadeAt = tx.Now(ctx)
			if err := tx.InsertIndicator(ctx, &i); err != nil {
				return err
			}
		}
		return nil
	})
	if fault.CodeOf(err) == "indicator.overlaps" { // another node was faster
		return nil
	}
	if err != nil {
		return fmt.Errorf("enter the indicators: %w", err)
	}
	return nil
}

// IndicatorList returns every version of every indicator, past and coming
// ones too. Any live session may ask: what is counted binds everybody.
func (s *Service) IndicatorList(ctx context.Context, actor access.Actor) ([]IndicatorView, error) {
	all, err := s.store.Indicators(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]IndicatorView, 0, len(all))
	for _, i := range all {
		out = append(out, i.view(actor, now))
	}
	return out, nil
}

// SetIndicator enters an indicator, or a new version of one, from a day on;
// the version before ends on the day before. What was counted earlier stays
// as it was.
//
// Errors: Conflict "indicator.overlaps" when a version begins on that day or
// later, "indicator.unit_fixed"; Invalid by field.
func (s *Service) SetIndicator(ctx context.Context, actor access.Actor, i Indicator) (IndicatorView, error) {
	var out IndicatorView
	err := s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		today := clock.DateOf(now)
		if i.StartsOn.IsZero() {
			i.StartsOn = today
		}
		if i.EndsOn.IsZero() {
			i.EndsOn = Forever()
		}
		before, err := s.enter(ctx, tx, &i, today)
		if err != nil {
			return err
		}
		i.MadeBy, i.MadeAt = &actor.User, now
		if err := tx.InsertIndicator(ctx, &i); err != nil {
			return err
		}
		out = i.view(actor, now)
		l := actor.Line("indicator.set", "indicator", i.ID)
		l.Reason, l.Changes = i.Source, i.texts().Since(before.texts())
		return tx.Record(ctx, l)
	})
	return out, err
}

// enter checks a version against those that are there and ends the one before.
func (s *Service) enter(ctx context.Context, tx Tx, i *Indicator, today clock.Date) (Indicator, error) {
	known, err := tx.Indicators(ctx)
	if err != nil {
		return Indicator{}, err
	}
	bad := i.check()
	i.rateOf(&bad, known)
	if i.StartsOn.Before(today) {
		bad.add("starts_on", "date.past") // what was counted yesterday stays
	}
	if err := bad.err(); err != nil {
		return Indicator{}, err
	}
	versions := slices.DeleteFunc(slices.Clone(known), func(k Indicator) bool { return k.Code != i.Code })
	if len(versions) == 0 {
		i.Position = int64(len(known) + 1)
		return Indicator{}, nil
	}
	last := versions[len(versions)-1]
	i.Position = last.Position
	switch {
	case last.Unit != i.Unit:
		return last, fault.New(fault.Conflict, "indicator.unit_fixed", "The values that are kept would mean something else.")
	case !last.StartsOn.Before(i.StartsOn):
		return last, overlaps()
	case last.EndsOn != Forever():
		if !last.EndsOn.Before(i.StartsOn) {
			return last, overlaps()
		}
		return last, nil
	}
	return last, tx.EndIndicator(ctx, i.Code, i.StartsOn.AddDays(-1))
}

func overlaps() error {
	return fault.New(fault.Conflict, "indicator.overlaps", "A version of the indicator begins on that day or later.")
}

// IndicatorView is a version of an indicator as it leaves the server.
type IndicatorView struct {
	ID          int64       `json:"id"`
	Code        string      `json:"code"`
	NameZH      string      `json:"name_zh"`
	NameEN      string      `json:"name_en"`
	Unit        Measure     `json:"unit" doc:"The smallest unit, in which every value is a whole number."`
	CreditBasis Basis       `json:"credit_basis"`
	ValueSource ValueSource `json:"value_source"`
	Numerator   string      `json:"numerator" doc:"Code; of a rate only."`
	Denominator string      `json:"denominator" doc:"Code; of a rate only."`
	Official    bool        `json:"official" doc:"An official statistical figure; else a management figure."`
	Position    int64       `json:"position"`
	StartsOn    clock.Date  `json:"starts_on"`
	EndsOn      *clock.Date `json:"ends_on" doc:"The last day; none while no end is known."`
	Source      string      `json:"source"`
	Assumed     bool        `json:"assumed" doc:"Nobody confirmed it yet."`
	Holds       bool        `json:"holds" doc:"Whether it is in force today."`
	Can         []string    `json:"can"`
}

func (i Indicator) view(actor access.Actor, now time.Time) IndicatorView {
	v := IndicatorView{
		ID: i.ID, Code: i.Code, NameZH: i.NameZH, NameEN: i.NameEN, Unit: i.Unit, CreditBasis: i.CreditBasis, ValueSource: i.ValueSource,
		Numerator: i.Numerator, Denominator: i.Denominator, Official: i.Official, Position: i.Position, StartsOn: i.StartsOn,
		Source: i.Source, Assumed: i.Assumed, Holds: i.On(clock.DateOf(now)), Can: []string{},
	}
	if i.EndsOn != Forever() {
		v.EndsOn = &i.EndsOn
	} else if actor.Holds(access.IndicatorManage) {
		v.Can = append(v.Can, "set")
	}
	return v
}
