package credit

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
)

const (
	maxText   = 500 // runes of a reason or a source
	maxCents  = 1_000_000_000_000 * 100
	maxLate   = 60
	maxMonths = 240
)

// rules gathers broken rules by field.
type rules []fault.Field

func (r *rules) add(name, code string) { *r = append(*r, fault.Field{Name: name, Code: code}) }

func (r *rules) err() error { return fault.Broken("input.invalid", *r) }

func (r *rules) text(name, value string, required bool) {
	*r = append(*r, fault.Text(name, value, required, maxText)...)
}

func (r *rules) between(name string, n, low, high int64) {
	if n < low || n > high {
		*r = append(*r, fault.Field{Name: name, Code: "out_of_range", Params: map[string]any{"min": low, "max": high}})
	}
}

func (r *rules) known(name string, known bool) {
	if !known {
		r.add(name, "unknown_value")
	}
}

// later asks for a day after today: what was counted until then stays.
func (r *rules) later(name string, day, today clock.Date) {
	if !day.After(today) {
		r.add(name, "credit.starts_later")
	}
}

func indicatorForm() *regexp.Regexp { return regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`) }

// tracksKnown are the tracks that a rule may name.
func tracksKnown() []string {
	return []string{"land", "premises", "expansion", "headquarters", "agritourism", "renewal"}
}

// undoingStages are the states beside the main line that a rule may take a
// count back for.
func undoingStages() []string {
	return []string{"suspended", "lost", "withdrawn", "duplicate", "transferred_out", "invalid"}
}

func allOf(list, known []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(known, s) })
}

// check adds every broken rule of a version.
func (r Rule) check(today clock.Date) error {
	var bad rules
	if len(r.Indicator) > 32 || !indicatorForm().MatchString(r.Indicator) {
		bad.add("indicator", "credit.indicator")
	}
	bad.known("happening", slices.Contains(Happenings(), r.Happening))
	bad.known("measure", slices.Contains(Measures(), r.Measure))
	bad.known("basis", slices.Contains(Bases(), r.Basis))
	bad.known("class", slices.Contains(Classes(), r.Class))
	bad.known("tracks", allOf(r.Tracks, tracksKnown()))
	bad.known("excluded", allOf(r.Excluded, tracksKnown()))
	bad.known("undone_by", allOf(r.UndoneBy, undoingStages()))
	bad.between("lower_cents", r.LowerCents, 0, maxCents)
	bad.between("late_months", r.LateMonths, 0, maxLate)
	bad.later("starts_on", r.StartsOn, today)
	if r.EndsOn != nil && r.EndsOn.Before(r.StartsOn) {
		bad.add("ends_on", "credit.ends_before")
	}
	bad.text("source", r.Made.Source, true)
	bad.text("reason", r.Made.Reason, true)
	return bad.err()
}

// AddRule adds a version of a counting rule from a later day on. Versions of
// before stay, and rule for ever what happened on their days.
//
// Errors: Invalid by field; Conflict "credit.busy".
func (s *Service) AddRule(ctx context.Context, actor access.Actor, r Rule) (RuleView, error) {
	var out RuleView
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.HoldGate(ctx); err != nil {
			return err
		}
		now := tx.Now(ctx)
		if err := r.check(clock.DateOf(now)); err != nil {
			return err
		}
		all, err := tx.Rules(ctx)
		if err != nil {
			return err
		}
		var before *Rule
		for _, o := range all {
			if o.Indicator == r.Indicator && (before == nil || o.Version > before.Version) {
				before = &o
			}
		}
		r.Version = 1
		if before != nil {
			r.Version = before.Version + 1
		}
		r.Made.MadeBy, r.Made.MadeAt = &actor.User, now
		if err := tx.AddRule(ctx, &r); err != nil {
			return err
		}
		l := actor.Line("credit.rule_added", "count_rule", r.ID)
		l.Reason, l.Changes = r.Made.Reason, r.values().Since(before.orNone())
		out = r.view(actor)
		return tx.Record(ctx, l)
	})
	return out, err
}

func (r *Rule) orNone() event.Values {
	if r == nil {
		return nil
	}
	return r.values()
}

// values are the fields of a version in one order.
func (r Rule) values() event.Values {
	end := ""
	if r.EndsOn != nil {
		end = r.EndsOn.String()
	}
	return event.Values{
		{"indicator", r.Indicator},
		{"version", strconv.FormatInt(r.Version, 10)},
		{"happening", string(r.Happening)},
		{"measure", string(r.Measure)},
		{"basis", string(r.Basis)},
		{"class", string(r.Class)},
		{"lower_cents", strconv.FormatInt(r.LowerCents, 10)},
		{"tracks", strings.Join(r.Tracks, ",")},
		{"excluded", strings.Join(r.Excluded, ",")},
		{"undone_by", strings.Join(r.UndoneBy, ",")},
		{"recount", strconv.FormatBool(r.Recount)},
		{"late_months", strconv.FormatInt(r.LateMonths, 10)},
		{"starts_on", r.StartsOn.String()},
		{"ends_on", end},
		{"source", r.Made.Source},
	}
}

// AddShareRule sets the default share from a later day on.
//
// Errors: Invalid by field.
func (s *Service) AddShareRule(ctx context.Context, actor access.Actor, r ShareRule) (ShareRuleView, error) {
	var out ShareRuleView
	err := s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.HoldGate(ctx); err != nil {
			return err
		}
		now := tx.Now(ctx)
		var bad rules
		bad.between("finder_ppm", r.FinderPPM, 0, million)
		bad.between("months", r.Months, 0, maxMonths)
		bad.later("starts_on", r.StartsOn, clock.DateOf(now))
		bad.text("source", r.Made.Source, true)
		bad.text("reason", r.Made.Reason, true)
		if err := bad.err(); err != nil {
			return err
		}
		r.Made.MadeBy, r.Made.MadeAt = &actor.User, now
		if err := tx.AddShareRule(ctx, &r); err != nil {
			return err
		}
		l := actor.Line("credit.share_rule_added", "share_rule", r.ID)
		l.Reason = r.Made.Reason
		l.Changes = []event.Change{
			{Field: "finder_ppm", After: strconv.FormatInt(r.FinderPPM, 10)},
			{Field: "months", After: strconv.FormatInt(r.Months, 10)},
			{Field: "starts_on", After: r.StartsOn.String()},
			{Field: "source", After: r.Made.Source},
		}
		out = r.view()
		return tx.Record(ctx, l)
	})
	return out, err
}

// Seed enters the first rules, unless there are any.
func (s *Service) Seed(ctx context.Context, list []Rule, shares []ShareRule) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		if err := tx.HoldGate(ctx); err != nil {
			return err
		}
		all, err := tx.Rules(ctx)
		if err != nil || len(all) > 0 {
			return err
		}
		now := tx.Now(ctx)
		for _, r := range list {
			r.Version, r.Made.MadeAt = 1, now
			if err := tx.AddRule(ctx, &r); err != nil {
				return err
			}
		}
		for _, r := range shares {
			r.Made.MadeAt = now
			if err := tx.AddShareRule(ctx, &r); err != nil {
				return err
			}
		}
		return nil
	})
}

// RuleView is a version of a counting rule as it leaves the server.
type RuleView struct {
	ID         int64       `json:"id"`
	Indicator  string      `json:"indicator"`
	Version    int64       `json:"version"`
	Happening  Happening   `json:"happening"`
	Measure    Measure     `json:"measure"`
	Basis      Basis       `json:"basis"`
	Class      Class       `json:"class"`
	LowerCents int64       `json:"lower_cents"`
	Tracks     []string    `json:"tracks" doc:"Taken in; empty for all."`
	Excluded   []string    `json:"excluded" doc:"Left out."`
	UndoneBy   []string    `json:"undone_by" doc:"Stages that take the count back."`
	Recount    bool        `json:"recount" doc:"Counted anew, once, when the investor is replaced."`
	LateMonths int64       `json:"late_months" doc:"So long after its month an event is still counted, in the open month."`
	StartsOn   clock.Date  `json:"starts_on"`
	EndsOn     *clock.Date `json:"ends_on" doc:"The last day; null while none is set."`
	Source     string      `json:"source"`
	Assumed    bool        `json:"assumed" doc:"An assumption of ours, not confirmed."`
	Reason     string      `json:"reason"`
	MadeAt     time.Time   `json:"made_at"`
	Can        []string    `json:"can"`
}

func (r Rule) view(actor access.Actor) RuleView {
	v := RuleView{
		ID: r.ID, Indicator: r.Indicator, Version: r.Version, Happening: r.Happening, Measure: r.Measure, Basis: r.Basis, Class: r.Class,
		LowerCents: r.LowerCents, Tracks: orEmpty(r.Tracks), Excluded: orEmpty(r.Excluded), UndoneBy: orEmpty(r.UndoneBy), Recount: r.Recount,
		LateMonths: r.LateMonths, StartsOn: r.StartsOn, EndsOn: r.EndsOn, Source: r.Made.Source, Assumed: r.Made.Assumed, Reason: r.Made.Reason,
		MadeAt: r.Made.MadeAt, Can: []string{},
	}
	if actor.Holds(access.CreditRule) {
		v.Can = append(v.Can, "revise")
	}
	return v
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// ShareRuleView is a version of the default share as it leaves the server.
type ShareRuleView struct {
	ID        int64      `json:"id"`
	FinderPPM int64      `json:"finder_ppm"`
	Months    int64      `json:"months" doc:"So long from the month of signing; afterwards all is the landing unit's."`
	StartsOn  clock.Date `json:"starts_on"`
	Source    string     `json:"source"`
	Assumed   bool       `json:"assumed"`
	Reason    string     `json:"reason"`
	MadeAt    time.Time  `json:"made_at"`
}

func (r ShareRule) view() ShareRuleView {
	return ShareRuleView{
		ID: r.ID, FinderPPM: r.FinderPPM, Months: r.Months, StartsOn: r.StartsOn, Source: r.Made.Source, Assumed: r.Made.Assumed, Reason: r.Made.Reason,
		MadeAt: r.Made.MadeAt,
	}
}

// RulesView are all versions of all rules.
type RulesView struct {
	Items  []RuleView      `json:"items"`
	Shares []ShareRuleView `json:"shares"`
	Today  clock.Date      `json:"today"`
	Can    []string        `json:"can"`
}

// ListRules returns every version of every rule, past and coming ones too.
func (s *Service) ListRules(ctx context.Context, actor access.Actor) (RulesView, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return RulesView{}, err
	}
	all, err := s.store.Rules(ctx)
	if err != nil {
		return RulesView{}, err
	}
	shares, err := s.store.ShareRules(ctx)
	if err != nil {
		return RulesView{}, err
	}
	v := RulesView{Items: []RuleView{}, Shares: []ShareRuleView{}, Today: clock.DateOf(now), Can: []string{}}
	for _, r := range all {
		v.Items = append(v.Items, r.view(actor))
	}
	for _, r := range shares {
		v.Shares = append(v.Shares, r.view())
	}
	if actor.Holds(access.CreditRule) {
		v.Can = append(v.Can, "rule")
	}
	return v, nil
}
