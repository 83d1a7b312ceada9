package credit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// FigureRow is what an indicator stands at, month by month.
type FigureRow struct {
	Indicator string  `json:"indicator"`
	Measure   string  `json:"measure" enum:"project,cents_cny" doc:"project: millionths of a project; cents_cny: hundredths of a yuan."`
	City      bool    `json:"city" doc:"The whole city: a figure of its own, never the sum of the units'."`
	UnitID    id.Unit `json:"unit_id" doc:"0 beside city: what has no place yet, or the city itself."`
	Months    []int64 `json:"months" doc:"Twelve values."`
	Total     int64   `json:"total"`
	Opens     bool    `json:"opens" doc:"Whether the reader sees the list behind it."`
}

// FiguresView are the figures of a year.
type FiguresView struct {
	Year   int         `json:"year"`
	Rows   []FigureRow `json:"rows"`
	Months []MonthView `json:"months"`
	All    bool        `json:"all" doc:"The reader sees every unit."`
}

// Figures returns what the reader's units have of every indicator in a year,
// and the city's figures.
//
// Errors: Invalid with the field year.
func (s *Service) Figures(ctx context.Context, actor access.Actor, year int) (FiguresView, error) {
	if year < 2000 || year > 2099 {
		return FiguresView{}, fault.BadField("year", "out_of_range")
	}
	read := actor.Scope(access.CreditRead)
	sums, err := s.store.Figures(ctx, read, yearMonth(year, 1), yearMonth(year, 12))
	if err != nil {
		return FiguresView{}, err
	}
	measures, err := s.measures(ctx)
	if err != nil {
		return FiguresView{}, err
	}
	months, err := s.Months(ctx, actor, year)
	if err != nil {
		return FiguresView{}, err
	}
	v := FiguresView{Year: year, Rows: []FigureRow{}, Months: months, All: read.Any()}
	for _, sum := range sums {
		v.add(sum, measures[sum.Indicator])
	}
	return v, nil
}

func yearMonth(year, month int) Month { return Month(fmt.Sprintf("%04d-%02d", year, month)) }

// add puts a sum into its row.
func (v *FiguresView) add(sum Sum, measure string) {
	at := slices.IndexFunc(v.Rows, func(r FigureRow) bool {
		return r.Indicator == sum.Indicator && r.City == sum.City && r.UnitID == sum.UnitID
	})
	if at < 0 {
		at = len(v.Rows)
		v.Rows = append(v.Rows, FigureRow{
			Indicator: sum.Indicator, Measure: measure, City: sum.City, UnitID: sum.UnitID, Months: make([]int64, 12), Opens: v.All || !sum.City,
		})
	}
	v.Rows[at].Months[yearMonth(v.Year, 1).until(sum.Month)] += sum.Value
	v.Rows[at].Total += sum.Value
}

// measures tells in what each indicator is counted.
func (s *Service) measures(ctx context.Context) (map[string]string, error) {
	all, err := s.store.Rules(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, r := range all {
		out[r.Indicator] = "cents_cny"
		if r.Measure == OneProject {
			out[r.Indicator] = "project"
		}
	}
	return out, nil
}

// EventQuery asks for the lines behind a figure; what is left out is not
// narrowed, and without a unit it is the city's figure, or for who does not
// read every unit those of his own.
type EventQuery struct {
	Indicator string
	Unit      *id.Unit
	Year      int
	Month     Month
}

// EventView is a line of the ledger as it leaves the server.
type EventView struct {
	ID          int64     `json:"id"`
	Indicator   string    `json:"indicator"`
	Kind        EntryKind `json:"kind" enum:"counted,late,increment,taken_back,recounted,shares,placed"`
	On          string    `json:"on" doc:"The day of the event."`
	Month       Month     `json:"month"`
	Corrects    Month     `json:"corrects" doc:"The closed month that the line corrects; empty for none."`
	Value       int64     `json:"value" doc:"What the unit has of it; in the city's figure the whole."`
	Whole       int64     `json:"whole"`
	UnitID      *id.Unit  `json:"unit_id"`
	Role        Role      `json:"role" enum:",finder,landing,one"`
	PPM         int64     `json:"ppm" doc:"The unit's share in parts per million."`
	RuleID      int64     `json:"rule_id"`
	RuleVersion int64     `json:"rule_version"`
	At          time.Time `json:"at" doc:"When it was entered."`
	Lead        Head      `json:"lead"`
}

// EventsView is the list behind a figure.
type EventsView struct {
	Items     []EventView `json:"items"`
	Sum       int64       `json:"sum"`
	Truncated bool        `json:"truncated" doc:"There are more lines than a list holds; the sum is of those listed."`
}

// mostLines is how many lines a list holds.
const mostLines = 5000

// Events returns the lines behind a figure; they add up to it.
//
// Errors: Invalid with the field year; NotFound "unit.unknown" for a unit that
// the reader does not read.
func (s *Service) Events(ctx context.Context, actor access.Actor, q EventQuery) (EventsView, error) {
	w, err := q.want(actor)
	if err != nil {
		return EventsView{}, err
	}
	return s.events(ctx, actor, w)
}

func (q EventQuery) want(actor access.Actor) (Want, error) {
	read := actor.Scope(access.CreditRead)
	w := Want{Indicator: q.Indicator, Unit: q.Unit, City: q.Unit == nil && read.Any(), From: q.Month, Until: q.Month, Limit: mostLines + 1}
	if q.Month == "" {
		if q.Year < 2000 || q.Year > 2099 {
			return w, fault.BadField("year", "out_of_range")
		}
		w.From, w.Until = yearMonth(q.Year, 1), yearMonth(q.Year, 12)
	}
	if q.Unit != nil && !read.Any() && !slices.Contains(read.Units(), *q.Unit) {
		return w, fault.New(fault.NotFound, "unit.unknown", "No such unit.")
	}
	return w, nil
}

func (s *Service) events(ctx context.Context, actor access.Actor, w Want) (EventsView, error) {
	found, err := s.store.Events(ctx, Reader{Read: actor.Scope(access.CreditRead), Leads: actor.Scope(access.LeadRead)}, w)
	if err != nil {
		return EventsView{}, err
	}
	all, err := s.store.Rules(ctx)
	if err != nil {
		return EventsView{}, err
	}
	versions := map[int64]int64{}
	for _, r := range all {
		versions[r.ID] = r.Version
	}
	v := EventsView{Items: []EventView{}, Truncated: len(found) > mostLines}
	for _, e := range found[:min(len(found), mostLines)] {
		line := e.view(w.City)
		line.RuleVersion = versions[e.Entry.RuleID]
		v.Items = append(v.Items, line)
		v.Sum += line.Value
	}
	return v, nil
}

func (e SeenEntry) view(city bool) EventView {
	v := EventView{
		ID: e.Entry.ID, Indicator: e.Entry.Indicator, Kind: e.Entry.Kind, On: e.Entry.OnDay, Month: e.Entry.Month, Corrects: e.Entry.Corrects,
		Value: e.Entry.Value, Whole: e.Entry.Value, RuleID: e.Entry.RuleID, At: e.Entry.At, Lead: e.Lead,
	}
	if !city {
		unit := e.Part.Unit
		v.Value, v.UnitID, v.Role, v.PPM = e.Part.Value, &unit, e.Part.Role, e.Part.PPM
	}
	return v
}
