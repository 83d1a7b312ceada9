package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Dimension is what a pipeline is counted by.
type Dimension string

// The dimensions of the pipeline. A month is that of signing, or of the
// expected signing.
const (
	ByStage Dimension = "stage"
	ByMonth Dimension = "month"
	ByUnit  Dimension = "unit"
	ByChain Dimension = "chain"
)

// Tally is one figure of the pipeline: how many leads, how many of them have
// a known amount in CNY that the reader may see, and the sum of these.
type Tally struct {
	Key      string `json:"key"`
	Count    int64  `json:"count"`
	Known    int64  `json:"known"`
	SumCents int64  `json:"sum_cents"`
}

// PipelineView is the pipeline within the caller's scope.
type PipelineView struct {
	By    Dimension `json:"by"`
	AsOf  time.Time `json:"as_of"`
	Items []Tally   `json:"items"`
	Total Total     `json:"total"`
}

// Total is the sum of a pipeline's figures.
type Total struct {
	Count    int64 `json:"count"`
	Known    int64 `json:"known"`
	SumCents int64 `json:"sum_cents"`
}

// Pipeline counts and sums the leads that the actor may see.
//
// Errors: Invalid "input.invalid" on by.
func (s *Service) Pipeline(ctx context.Context, actor access.Actor, by Dimension) (PipelineView, error) {
	switch by {
	case ByStage, ByMonth, ByUnit, ByChain:
	default:
		return PipelineView{}, fault.BadField("by", "unknown_value")
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return PipelineView{}, err
	}
	q := Query{Read: actor.Scope(access.PipelineRead), Money: actor.Sees(access.MoneyClass)}
	items, err := s.store.Pipeline(ctx, q, by)
	if err != nil {
		return PipelineView{}, fmt.Errorf("count the pipeline by %s: %w", by, err)
	}
	out := PipelineView{By: by, AsOf: now, Items: items}
	for _, t := range items {
		out.Total.Count += t.Count
		out.Total.Known += t.Known
		out.Total.SumCents += t.SumCents
	}
	return out, nil
}

// WorkbenchView is what a person owes today.
type WorkbenchView struct {
	Today     clock.Date    `json:"today"`
	OffersIn  []HandoffView `json:"offers_in"`
	OffersOut []HandoffView `json:"offers_out"`
	Answered  []HandoffView `json:"answered"`
	Due       []View        `json:"due"`
	Quiet     []View        `json:"quiet"`
	Signing   []View        `json:"signing"`
	Counts    DeskCounts    `json:"counts"`
}

// DeskCounts says how long each list of the workbench is altogether.
type DeskCounts struct {
	Own       page.Total `json:"own"`
	OffersIn  page.Total `json:"offers_in"`
	OffersOut page.Total `json:"offers_out"`
	Due       page.Total `json:"due"`
	Quiet     page.Total `json:"quiet"`
	Signing   page.Total `json:"signing"`
}

// deskLimit is how many rows each list of the workbench shows; the counts say
// the rest.
const deskLimit = 20

// desk gathers the workbench's lists.
type desk struct {
	service *Service
	actor   access.Actor
	now     time.Time
	today   clock.Date
	mine    Filter
	view    *WorkbenchView
}

// Workbench returns what the actor owes today: offers to answer, offers that
// wait, next steps that are due, leads without activity, signings of the
// month. Days and thresholds are numbers of the city.
func (s *Service) Workbench(ctx context.Context, actor access.Actor) (WorkbenchView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return WorkbenchView{}, err
	}
	d := desk{service: s, actor: actor, now: now, today: clock.DateOf(now), view: &WorkbenchView{Today: clock.DateOf(now)}}
	running := false
	d.mine = Filter{Units: actor.UnitsWith(access.LeadRead), Ended: &running}
	if !actor.Scope(access.LeadRead).Any() {
		// What the units hold they own: one walk instead of one for each part.
		d.mine.Parts = []access.Part{access.Owner}
	}
	for _, step := range []func(context.Context) error{d.offers, d.due, d.quiet, d.signing} {
		if err := step(ctx); err != nil {
			return WorkbenchView{}, fmt.Errorf("gather the workbench: %w", err)
		}
	}
	_, d.view.Counts.Own, err = d.list(ctx, d.mine, "-activity_at", 1)
	return *d.view, err
}

func (d desk) offers(ctx context.Context) error {
	in, err := d.service.Handoffs(ctx, d.actor, Box{In: true, States: []HandoffState{Offered}, Limit: deskLimit})
	if err != nil {
		return err
	}
	out, err := d.service.Handoffs(ctx, d.actor, Box{States: []HandoffState{Offered}, Limit: deskLimit})
	if err != nil {
		return err
	}
	days, err := d.service.city.Rule(ctx, "answered_recent_days", d.today)
	if err != nil {
		return err
	}
	since := d.now.AddDate(0, 0, -int(days))
	answered, err := d.service.Handoffs(ctx, d.actor, Box{
		States: []HandoffState{Accepted, Refused, Expired}, Since: &since, Limit: deskLimit,
	})
	d.view.OffersIn, d.view.OffersOut, d.view.Answered = in.Items, out.Items, answered.Items
	d.view.Counts.OffersIn, d.view.Counts.OffersOut = in.Total, out.Total
	return err
}

func (d desk) due(ctx context.Context) (err error) {
	days, err := d.service.city.Rule(ctx, "due_soon_days", d.today)
	if err != nil {
		return err
	}
	f, until := d.mine, d.today.AddDays(int(days))
	f.NextStepTo = &until
	d.view.Due, d.view.Counts.Due, err = d.list(ctx, f, "-activity_at", deskLimit)
	return err
}

func (d desk) quiet(ctx context.Context) (err error) {
	days, err := d.service.city.Rule(ctx, "quiet_days", d.today)
	if err != nil {
		return err
	}
	f, since := d.mine, quietSince(d.today, days)
	f.QuietSince = &since
	f.Stages = beforeSigning()
	d.view.Quiet, d.view.Counts.Quiet, err = d.list(ctx, f, "activity_at", deskLimit)
	return err
}

// quietSince is the start of the first of so many days before today: whatever
// moved before it has been quiet for longer. It is the same all day, so that
// a list walked in pages does not change its own beginning.
func quietSince(today clock.Date, days int64) time.Time { return today.AddDays(-int(days)).Start() }

// Quiet narrows a filter to leads without activity for longer than the city's
// number of quiet days.
func (s *Service) Quiet(ctx context.Context, f Filter) (Filter, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return f, err
	}
	today := clock.DateOf(now)
	days, err := s.city.Rule(ctx, "quiet_days", today)
	if err != nil {
		return f, err
	}
	since := quietSince(today, days)
	f.QuietSince = &since
	return f, nil
}

// signing lists this month's expected signings: the person's units', or the
// whole city's for who reads the city and registers nothing.
func (d desk) signing(ctx context.Context) (err error) {
	f := d.mine
	if d.actor.Scope(access.LeadRead).Any() && len(d.actor.UnitsWith(access.LeadCreate)) == 0 {
		f.Units = nil
	}
	first := clock.NewDate(d.today.Year(), time.Month(monthOf(d.today)), 1)
	last := clock.NewDate(d.today.Year(), time.Month(monthOf(d.today))+1, 0)
	f.SignFrom, f.SignUntil, f.Stages = &first, &last, beforeSigning()
	d.view.Signing, d.view.Counts.Signing, err = d.list(ctx, f, "expected_sign_on", deskLimit)
	return err
}

func monthOf(day clock.Date) int {
	var year, month int
	_, _ = fmt.Sscanf(day.Month(), "%d-%d", &year, &month) // the form is Date's own
	return month
}

// beforeSigning lists the stages of a lead that is still being won.
func beforeSigning() []Stage { return []Stage{StageLead, Qualified, Negotiating, Review, ToSign} }

func (d desk) list(ctx context.Context, f Filter, sort string, limit int) ([]View, page.Total, error) {
	if len(f.Units) == 0 && !d.actor.Scope(access.LeadRead).Any() {
		return []View{}, page.Total{Exact: true}, nil
	}
	by := page.Sort{Name: sort}
	if sort[0] == '-' {
		by = page.Sort{Name: sort[1:], Desc: true}
	}
	p, err := d.service.List(ctx, d.actor, f, page.Request{Limit: limit, Sort: by})
	return p.Items, p.Total, err
}
