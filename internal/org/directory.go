package org

import (
	"sort"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Content is everything that a snapshot is built from.
type Content struct {
	Units  []Unit
	Codes  []Code
	Links  []Link
	Chains []Chain
	Parks  []Park
	Rules  []Rule
	Days   []clock.Day
	// Revision is the number of the last change of the office calendar.
	Revision int64
}

// Directory is an immutable picture of the organisation: units, codes,
// links, chains, parks, rules and the office calendar. Memberships are not
// in it; they are read with every request.
type Directory struct {
	content Content
	units   map[id.Unit]Unit
	slugs   map[string]id.Unit
	codes   map[string]Code
	chains  map[string]Chain
	parks   map[id.Park]Park
	rules   Rules
	office  *clock.Office
}

// NewDirectory returns the picture of a content. Units, chains and parks are
// put in the order of the pages.
func NewDirectory(c Content) *Directory {
	sort.SliceStable(c.Units, func(i, j int) bool { return before(c.Units[i], c.Units[j]) })
	sort.SliceStable(c.Chains, func(i, j int) bool { return c.Chains[i].Sort < c.Chains[j].Sort })
	d := &Directory{
		content: c, units: map[id.Unit]Unit{}, slugs: map[string]id.Unit{}, codes: map[string]Code{},
		chains: map[string]Chain{}, parks: map[id.Park]Park{}, rules: NewRules(c.Rules),
	}
	for _, u := range c.Units {
		d.units[u.ID], d.slugs[u.Slug] = u, u.ID
	}
	for _, code := range c.Codes {
		if known, ok := d.codes[code.Code]; !ok || code.FromOn.After(known.FromOn) {
			d.codes[code.Code] = code
		}
	}
	for _, chain := range c.Chains {
		d.chains[chain.Code] = chain
	}
	for _, p := range c.Parks {
		d.parks[p.ID] = p
	}
	d.office = officeOf(c, d.rules)
	return d
}

func before(a, b Unit) bool {
	if a.Sort != b.Sort {
		return a.Sort < b.Sort
	}
	return a.ID < b.ID
}

// Units returns all units, closed ones too, in the order of the pages.
func (d *Directory) Units() []Unit { return append([]Unit(nil), d.content.Units...) }

// Unit returns the unit with the id.
func (d *Directory) Unit(unit id.Unit) (Unit, bool) {
	u, ok := d.units[unit]
	return u, ok
}

// BySlug returns the unit with the slug.
func (d *Directory) BySlug(slug string) (Unit, bool) { return d.Unit(d.slugs[slug]) }

// Pool returns the bureau, which holds what has no other holder; the zero
// Unit before the first content is there.
func (d *Directory) Pool() Unit {
	for _, u := range d.content.Units {
		if u.Kind == Bureau {
			return u
		}
	}
	return Unit{}
}

// Leading returns the leading body, which decides what the bureau could not;
// the bureau where a city has none.
func (d *Directory) Leading() Unit {
	for _, u := range d.content.Units {
		if u.Kind == Leading {
			return u
		}
	}
	return d.Pool()
}

// Codes returns the codes of a unit, present and former, the newest first.
func (d *Directory) Codes(unit id.Unit) []Code {
	var out []Code
	for _, c := range d.content.Codes {
		if c.Unit == unit {
			out = append(out, c)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].FromOn.After(out[j].FromOn) })
	return out
}

// Links returns the links that start from a unit.
func (d *Directory) Links(unit id.Unit) []Link {
	var out []Link
	for _, l := range d.content.Links {
		if l.Unit == unit {
			out = append(out, l)
		}
	}
	return out
}

// Chains returns the industry chains in their order.
func (d *Directory) Chains() []Chain { return append([]Chain(nil), d.content.Chains...) }

// Chain returns the chain with the code.
func (d *Directory) Chain(code string) (Chain, bool) {
	c, ok := d.chains[code]
	return c, ok
}

// Parks returns the parks in the order in which they were entered.
func (d *Directory) Parks() []Park { return append([]Park(nil), d.content.Parks...) }

// Park returns the park with the id.
func (d *Directory) Park(park id.Park) (Park, bool) {
	p, ok := d.parks[park]
	return p, ok
}

// ParkBySlug returns the park with the slug.
func (d *Directory) ParkBySlug(slug string) (Park, bool) {
	for _, p := range d.content.Parks {
		if p.Slug == slug {
			return p, true
		}
	}
	return Park{}, false
}

// Location returns the unit's code entry for a division code, a former one
// too.
func (d *Directory) Location(code string) (Code, bool) {
	c, ok := d.codes[code]
	return c, ok
}

// Locations returns the division codes that hold on a day, in the order of
// their units.
func (d *Directory) Locations(day clock.Date) []Code {
	var out []Code
	for _, u := range d.content.Units {
		for _, c := range d.Codes(u.ID) {
			if c.On(day) {
				out = append(out, c)
			}
		}
	}
	return out
}

// Rules returns the city's numbers.
func (d *Directory) Rules() Rules { return d.rules }

// AllRules returns every number ever set, in the order of entry.
func (d *Directory) AllRules() []Rule { return append([]Rule(nil), d.content.Rules...) }

// Days returns the days on which the office calendar differs from the week.
func (d *Directory) Days() []clock.Day { return append([]clock.Day(nil), d.content.Days...) }

// Office returns the office calendar with the hours of every day.
func (d *Directory) Office() *clock.Office { return d.office }

// officeOf builds the calendar: the hours change on each day on which a rule
// about them begins.
func officeOf(c Content, rules Rules) *clock.Office {
	var hours []clock.HoursFrom
	for _, r := range c.Rules {
		if r.Key != OfficeOpenMinute && r.Key != OfficeCloseMinute {
			continue
		}
		opens, ok1 := rules.On(OfficeOpenMinute, r.FromOn)
		closes, ok2 := rules.On(OfficeCloseMinute, r.FromOn)
		if ok1 && ok2 {
			h := clock.Hours{Open: time.Duration(opens) * time.Minute, Close: time.Duration(closes) * time.Minute}
			hours = append(hours, clock.HoursFrom{From: r.FromOn, Hours: h})
		}
	}
	return clock.NewDatedOffice(c.Days, hours, c.Revision)
}

// On returns the picture as it answers on one day.
func (d *Directory) On(day clock.Date) Day { return Day{d: d, day: day} }

// Day is the organisation on one day.
type Day struct {
	d   *Directory
	day clock.Date
}

// UnitOpen tells whether the unit exists and works on the day.
func (v Day) UnitOpen(unit id.Unit) bool {
	u, ok := v.d.units[unit]
	return ok && u.OpenOn(v.day)
}

// ChainUnit returns the team of a chain.
func (v Day) ChainUnit(code string) (id.Unit, bool) {
	c, ok := v.d.chains[code]
	return c.Team, ok
}

// HasLocation tells whether the division code holds on the day.
func (v Day) HasLocation(code string) bool {
	c, ok := v.d.codes[code]
	return ok && c.On(v.day)
}

// HasPark tells whether there is such a park.
func (v Day) HasPark(park id.Park) bool {
	_, ok := v.d.parks[park]
	return ok
}

// Coordinators returns the open platforms that coordinate a town on the day.
func (v Day) Coordinators(town id.Unit) []id.Unit {
	return v.linked(Coordinates, town)
}

// Partners returns the open units that work with a unit on the day.
func (v Day) Partners(unit id.Unit) []id.Unit {
	return v.linked(Partner, unit)
}

// Office returns the office calendar.
func (v Day) Office() *clock.Office { return v.d.office }

// LocationUnit returns the unit of a division code that holds on the day.
func (v Day) LocationUnit(code string) (id.Unit, bool) {
	c, ok := v.d.codes[code]
	return c.Unit, ok && c.On(v.day)
}

// Pool returns the bureau's unit.
func (v Day) Pool() id.Unit { return v.d.Pool().ID }

// Rule returns the value of a city's number on the day.
func (v Day) Rule(key string) (int64, bool) { return v.d.rules.On(key, v.day) }

func (v Day) linked(kind LinkKind, other id.Unit) []id.Unit {
	var out []id.Unit
	for _, l := range v.d.content.Links {
		if l.Kind == kind && l.Other == other && l.On(v.day) && v.UnitOpen(l.Unit) {
			out = append(out, l.Unit)
		}
	}
	return out
}
