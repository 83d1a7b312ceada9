package target

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Standing says whether a figure is official statistics or one for management
// (统计法 art. 7: nobody may make up or alter official ones).
type Standing string

// The standings of a figure.
const (
	Official   Standing = "official"
	Management Standing = "management"
)

// Figure is what was reported of an indicator by a unit in a month, with the
// document or the facts that it stands on.
type Figure struct {
	ID         int64
	Year       int
	Month      int
	Indicator  string
	UnitID     id.Unit
	Value      int64
	Standing   Standing
	Evidence   string
	Reason     string // of a correction
	MadeBy     id.User
	MadeUnitID id.Unit
	MadeAt     time.Time
	ReplacedAt *time.Time
}

// Report keeps figures of indicators that the program does not count: all or
// none. A unit reports management figures of its own row; official ones are
// entered by the bureau alone. A figure that is there is corrected with a
// reason, over the one that the person saw, and in a closed month by the
// bureau alone.
//
// Errors: NotFound "target.unknown"; Forbidden "forbidden"; Conflict
// "target.busy" when somebody else corrected one meanwhile, "target.closed";
// Invalid by field.
func (s *Service) Report(ctx context.Context, actor access.Actor, figures []FigureDraft) ([]FigureView, error) {
	out := []FigureView{}
	err := s.store.InTx(ctx, func(tx Tx) error {
		out = out[:0]
		known, err := tx.Indicators(ctx)
		if err != nil {
			return err
		}
		now := tx.Now(ctx)
		closing, err := s.city.Rule(ctx, "target_close_day", clock.DateOf(now))
		if err != nil {
			return err
		}
		r := reporting{s: s, tx: tx, actor: actor, known: known, now: now, closing: closing}
		for n, d := range figures {
			f, err := r.keep(ctx, "figures["+strconv.Itoa(n)+"].", d)
			if err != nil {
				return err
			}
			out = append(out, f.view(""))
		}
		return nil
	})
	return out, err
}

// FigureDraft is a figure as it is reported; Saw is the number of the one that
// it corrects, 0 for none.
type FigureDraft struct {
	Figure
	Saw int64
}

type reporting struct {
	s       *Service
	tx      Tx
	actor   access.Actor
	known   []Indicator
	now     time.Time
	closing int64
}

func (r reporting) keep(ctx context.Context, field string, d FigureDraft) (Figure, error) {
	f := d.Figure
	if err := r.allowed(ctx, f); err != nil {
		return f, err
	}
	f.Evidence, f.Reason = strings.TrimSpace(f.Evidence), strings.TrimSpace(f.Reason)
	if err := r.check(field, f, d.Saw != 0); err != nil {
		return f, err
	}
	f.MadeBy, f.MadeUnitID, f.MadeAt = r.actor.User, r.actor.Acting, r.now
	was, err := r.tx.ReplaceFigure(ctx, &f, d.Saw)
	if err != nil {
		return f, err
	}
	l := r.actor.Line("target.reported", "reported_figure", f.ID)
	l.Reason = f.Reason
	name := f.Indicator + "/" + f.UnitID.String() + "/" + clock.NewDate(f.Year, time.Month(f.Month), 1).Month()
	c := event.Change{Field: name, After: strconv.FormatInt(f.Value, 10)}
	if was != nil {
		c.Before = strconv.FormatInt(was.Value, 10)
	}
	l.Changes = []event.Change{c, {Field: "standing", After: string(f.Standing)}, {Field: "evidence", After: f.Evidence}}
	return f, r.tx.Record(ctx, l)
}

// allowed tells whether the person may report the figure.
func (r reporting) allowed(ctx context.Context, f Figure) error {
	forest, err := r.s.forest(ctx, f.Year)
	if err != nil {
		return err
	}
	if !forest.Has(f.UnitID) || !r.s.visible(r.actor, forest).row(f.UnitID) {
		return unknownRow()
	}
	scope := r.actor.ActScope(access.TargetReport)
	if scope.Any() {
		return nil
	}
	own := forest.Under(scope.Only(access.Owner).Units()...)
	switch {
	case !own[f.UnitID], f.Standing == Official:
		return fault.New(fault.Forbidden, "forbidden", "The caller may not report this figure.")
	case ClosedOn(f.Year, f.Month, clock.DateOf(r.now), r.closing):
		return fault.New(fault.Conflict, "target.closed", "The month is closed.").With("month", f.Month)
	}
	return nil
}

func (r reporting) check(field string, f Figure, corrects bool) error {
	var bad broken
	at := slices.IndexFunc(r.known, func(i Indicator) bool { return i.Code == f.Indicator && i.In(f.Year) })
	bad.oneOf(field+"indicator", at >= 0 && r.known[at].ValueSource == Reported)
	bad.between(field+"month", int64(f.Month), 1, 12)
	bad.between(field+"value", f.Value, 0, maxValue)
	bad.oneOf(field+"standing", f.Standing == Official || f.Standing == Management)
	if at >= 0 && !r.known[at].Official && f.Standing == Official {
		bad.add(field+"standing", "target.not_official")
	}
	bad.line(field+"evidence", f.Evidence, maxText)
	if corrects {
		bad.line(field+"reason", f.Reason, maxText)
	}
	return bad.err()
}

// FigureView is a reported figure as it leaves the server.
type FigureView struct {
	ID         int64      `json:"id"`
	Year       int        `json:"year"`
	Month      int        `json:"month"`
	Indicator  string     `json:"indicator"`
	UnitID     id.Unit    `json:"unit_id"`
	Value      int64      `json:"value"`
	Standing   Standing   `json:"standing"`
	Evidence   string     `json:"evidence"`
	Reason     string     `json:"reason"`
	Person     string     `json:"person"`
	MadeAt     time.Time  `json:"made_at"`
	ReplacedAt *time.Time `json:"replaced_at" doc:"Since when a correction stands in its place."`
}

func (f Figure) view(person string) FigureView {
	return FigureView{
		ID: f.ID, Year: f.Year, Month: f.Month, Indicator: f.Indicator, UnitID: f.UnitID, Value: f.Value, Standing: f.Standing,
		Evidence: f.Evidence, Reason: f.Reason, Person: person, MadeAt: f.MadeAt, ReplacedAt: f.ReplacedAt,
	}
}

// Figures returns the reported figures of a year that the person reads, those
// that were corrected too.
func (s *Service) Figures(ctx context.Context, actor access.Actor, year int) ([]FigureView, error) {
	forest, err := s.forest(ctx, year)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Figures(ctx, year, true)
	if err != nil {
		return nil, err
	}
	reads := s.visible(actor, forest)
	var users []id.User
	for _, f := range all {
		users = append(users, f.MadeBy)
	}
	slices.Sort(users)
	names, err := s.store.People(ctx, slices.Compact(users))
	out := []FigureView{}
	for _, f := range all {
		if reads.row(f.UnitID) {
			out = append(out, f.view(names[f.MadeBy]))
		}
	}
	return out, err
}

// reported gives the reported figures as actual ones. Where the city's own
// figure is not reported it is the sum of the first level, but never of what
// counts a project twice.
func (s *Service) reported(ctx context.Context, reads sight, forest Forest, year int) ([]Actual, error) {
	all, err := s.store.Figures(ctx, year, false)
	if err != nil {
		return nil, err
	}
	known, err := s.store.Indicators(ctx)
	if err != nil {
		return nil, err
	}
	sums, own := map[Key]int64{}, map[Key]bool{}
	var out []Actual
	for _, f := range all {
		k := Key{f.Indicator, TheCity, f.Month}
		if f.UnitID == TheCity {
			own[k] = true
			sums[k] = f.Value
			continue
		}
		if forest.byID[f.UnitID].Parent == TheCity && !own[k] && !double(known, f.Indicator, year) {
			sums[k] += f.Value
		}
		if reads.row(f.UnitID) {
			out = append(out, Actual{Indicator: f.Indicator, Unit: f.UnitID, Month: f.Month, Value: f.Value})
		}
	}
	for k, v := range sums {
		out = append(out, Actual{Indicator: k.Indicator, Unit: TheCity, Month: k.Month, Value: v})
	}
	return out, nil
}

func double(known []Indicator, code string, year int) bool {
	return slices.ContainsFunc(known, func(i Indicator) bool { return i.Code == code && i.In(year) && i.CreditBasis == Double })
}
