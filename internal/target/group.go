package target

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Group is a version of a group of units that are compared with each other:
// the largest town's economy is 17.6 times the smallest's, so that one list of
// all would say little.
type Group struct {
	ID       int64
	Code     string
	NameZH   string
	NameEN   string
	Position int64
	StartsOn clock.Date
	EndsOn   clock.Date
	Source   string
	Assumed  bool
	MadeBy   *id.User
	MadeAt   time.Time
	Units    []id.Unit `gorm:"-"`
}

// On tells whether the version is in force on a day.
func (g Group) On(day clock.Date) bool { return !day.Before(g.StartsOn) && !g.EndsOn.Before(day) }

// GroupView is a version of a group as it leaves the server.
type GroupView struct {
	ID       int64       `json:"id"`
	Code     string      `json:"code"`
	NameZH   string      `json:"name_zh"`
	NameEN   string      `json:"name_en"`
	StartsOn clock.Date  `json:"starts_on"`
	EndsOn   *clock.Date `json:"ends_on"`
	Source   string      `json:"source"`
	Assumed  bool        `json:"assumed"`
	Holds    bool        `json:"holds"`
	UnitIDs  []id.Unit   `json:"unit_ids"`
}

func (g Group) view(today clock.Date) GroupView {
	v := GroupView{
		ID: g.ID, Code: g.Code, NameZH: g.NameZH, NameEN: g.NameEN, StartsOn: g.StartsOn, Source: g.Source, Assumed: g.Assumed,
		Holds: g.On(today), UnitIDs: append([]id.Unit{}, g.Units...),
	}
	if g.EndsOn != Forever() {
		v.EndsOn = &g.EndsOn
	}
	return v
}

// Groups returns every version of every comparison group.
func (s *Service) Groups(ctx context.Context) ([]GroupView, error) {
	all, err := s.store.Groups(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.store.Now(ctx)
	out := make([]GroupView, 0, len(all))
	for _, g := range all {
		out = append(out, g.view(clock.DateOf(now)))
	}
	return out, err
}

func groupForm() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`) }

// SetGroup enters a comparison group, or a new version of one, from a day on.
//
// Errors: Conflict "group.overlaps"; Invalid by field.
func (s *Service) SetGroup(ctx context.Context, actor access.Actor, g Group) (GroupView, error) {
	var out GroupView
	err := s.store.InTx(ctx, func(tx Tx) error {
		now := tx.Now(ctx)
		today := clock.DateOf(now)
		if g.StartsOn.IsZero() {
			g.StartsOn = today
		}
		g.EndsOn, g.MadeBy, g.MadeAt = Forever(), &actor.User, now
		if err := s.checkGroup(ctx, g, today); err != nil {
			return err
		}
		last, err := placed(ctx, tx, &g)
		if err != nil {
			return err
		}
		if err := tx.InsertGroup(ctx, &g, last); err != nil {
			return err
		}
		out = g.view(today)
		l := actor.Line("comparison_group.set", "comparison_group", g.ID)
		l.Reason, l.Changes = g.Source, []event.Change{{Field: "code", After: g.Code}, {Field: "units", After: fmt.Sprint(g.Units)}}
		return tx.Record(ctx, l)
	})
	return out, err
}

// placed gives a version its place in the order and returns the last day of
// the one before, if there is one.
func placed(ctx context.Context, tx Tx, g *Group) (*clock.Date, error) {
	known, err := tx.Groups(ctx)
	if err != nil {
		return nil, err
	}
	g.Position = int64(len(known) + 1)
	for _, k := range known {
		if k.Code == g.Code && k.EndsOn == Forever() {
			last := g.StartsOn.AddDays(-1)
			g.Position = k.Position
			return &last, nil
		}
	}
	return nil, nil
}

func (s *Service) checkGroup(ctx context.Context, g Group, today clock.Date) error {
	var bad broken
	if !groupForm().MatchString(g.Code) || len(g.Code) > maxCode {
		bad.add("code", "group.code")
	}
	bad.line("name_zh", g.NameZH, maxName)
	bad.line("name_en", g.NameEN, maxName)
	bad.line("source", g.Source, maxText)
	if g.StartsOn.Before(today) {
		bad.add("starts_on", "date.past")
	}
	forest, err := s.forest(ctx, today.Year())
	if err != nil {
		return err
	}
	for _, u := range g.Units {
		bad.oneOf("unit_ids", u != TheCity && forest.Has(u))
	}
	sorted := slices.Clone(g.Units)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(g.Units) {
		bad.add("unit_ids", "doubled")
	}
	return bad.err()
}

// FirstGroup is a comparison group of the first content: units by slug.
type FirstGroup struct {
	Group
	Slugs []string
}

// ReadGroups reads the first comparison groups of a city.
func ReadGroups(data []byte) ([]FirstGroup, error) {
	var f struct {
		FromOn string `yaml:"from_on"`
		Source string `yaml:"source"`
		Groups []struct {
			Code   string   `yaml:"code"`
			NameZH string   `yaml:"name_zh"`
			NameEN string   `yaml:"name_en"`
			Source string   `yaml:"source"`
			Units  []string `yaml:"units"`
		} `yaml:"groups"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f); err != nil {
		return nil, fmt.Errorf("read the comparison groups: %w", err)
	}
	from, err := clock.ParseDate(f.FromOn)
	if err != nil {
		return nil, fmt.Errorf("read the comparison groups: %w", err)
	}
	var out []FirstGroup
	for n, g := range f.Groups {
		source := cmp.Or(g.Source, f.Source)
		out = append(out, FirstGroup{Slugs: g.Units, Group: Group{
			Code: g.Code, NameZH: g.NameZH, NameEN: g.NameEN, Position: int64(n + 1), StartsOn: from, EndsOn: Forever(), Source: source,
			Assumed: source == assumption,
		}})
	}
	return out, nil
}

// SeedGroups enters the first comparison groups unless there are any.
func (s *Service) SeedGroups(ctx context.Context, first []Group) error {
	known, err := s.store.Groups(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		for _, g := range first {
			g.MadeAt = tx.Now(ctx)
			if err := tx.InsertGroup(ctx, &g, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if fault.CodeOf(err) == "group.overlaps" { // another node was faster
		return nil
	}
	return err
}
