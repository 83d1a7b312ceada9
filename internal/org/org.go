// Package org holds the organisation of the city: units with their dated
// codes and links, chains, parks, dated rules of the city, and who plays
// which role in which unit. It knows no database and no HTTP.
package org

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Kind is what sort of organisation a unit is; it decides which roles a
// person may have there.
type Kind string

// The kinds of unit.
const (
	Bureau     Kind = "bureau"     // the investment promotion bureau; holds the city's pool
	Department Kind = "department" // municipal department
	Group      Kind = "group"      // regional working group
	Town       Kind = "town"       // town or subdistrict
	Platform   Kind = "platform"   // development zone or new area
	ChainTeam  Kind = "chain"      // team of one industry chain
	Leading    Kind = "leading"    // the four leadership bodies
	Other      Kind = "other"      // reviews, serves or refers leads
)

// Kinds lists every kind in the order of the pages.
func Kinds() []Kind {
	return []Kind{Bureau, Department, Group, Town, Platform, ChainTeam, Leading, Other}
}

// Founded tells whether an administrator may create units of the kind. The
// bureau and the four bodies exist once; a chain team comes with its chain.
func (k Kind) Founded() bool {
	return k == Department || k == Group || k == Town || k == Platform || k == Other
}

// Unit is one organisation that can hold a lead. A unit is open from
// OpenedOn until the day before ClosedOn.
type Unit struct {
	ID             id.Unit
	Slug           string
	NameZH         string
	NameEN         string
	ShortZH        string
	Kind           Kind
	Parent         id.Unit // 0 for none
	Pinyin         string  // readings of the Chinese names, see Read
	Initials       string
	Confirmed      bool // false: to be checked with the bureau
	Source         string
	Note           string
	AdmissionPower bool // admits projects itself when the first powers are entered
	OpenedOn       clock.Date
	ClosedOn       clock.Date // none while open
	Sort           int
	Version        int64
	CreatedAt      time.Time
}

// OpenOn tells whether the unit works on the day.
func (u Unit) OpenOn(day clock.Date) bool {
	return !day.Before(u.OpenedOn) && (u.ClosedOn.IsZero() || day.Before(u.ClosedOn))
}

// Code is a division code of a unit, valid from FromOn to UntilOn, both days
// included. Without FromOn it holds since ever, without UntilOn it is the
// present one.
type Code struct {
	ID      int64
	Unit    id.Unit
	Code    string
	FromOn  clock.Date
	UntilOn clock.Date
	Source  string
}

// LinkKind is how two units belong together.
type LinkKind string

// The kinds of link.
const (
	Coordinates LinkKind = "coordinates" // the unit, a platform, coordinates the other, a town
	Partner     LinkKind = "partner"     // the unit works with the other: a likely transfer route
)

// Link joins two units, from the day FromOn to the day UntilOn, both
// included.
type Link struct {
	ID      int64
	Kind    LinkKind
	Unit    id.Unit
	Other   id.Unit
	FromOn  clock.Date
	UntilOn clock.Date // none while it lasts
	Source  string
}

// On tells whether the link holds on the day.
func (l Link) On(day clock.Date) bool {
	return within(day, l.FromOn, l.UntilOn)
}

// On tells whether the code holds on the day.
func (c Code) On(day clock.Date) bool { return within(day, c.FromOn, c.UntilOn) }

// within tells whether a day lies in a period with both ends included; none
// stands for no end on that side.
func within(day, from, until clock.Date) bool {
	return !day.Before(from) && (until.IsZero() || !until.Before(day))
}

// Chain is one industry chain with the team that follows its leads.
type Chain struct {
	Code      string
	NameZH    string
	NameEN    string
	Tier      string  // empty when unknown
	Team      id.Unit // the unit of kind ChainTeam
	Lead      id.Unit // line department; 0 when unknown
	Confirmed bool
	Source    string
	Sort      int
}

// ParkKind is the list a park stands on.
type ParkKind string

// The kinds of park.
const (
	ThemePark       ParkKind = "theme"
	ProvincialPark  ParkKind = "provincial"
	SpecialisedPark ParkKind = "specialised"
	MegaPark        ParkKind = "mega"
)

// Park is an industrial park. Where it lies, who answers for it and its
// division are three different things, so its hosts are a list.
type Park struct {
	ID        id.Park
	Slug      string
	NameZH    string
	NameEN    string
	Kind      ParkKind
	Confirmed bool
	Source    string
	Note      string
	Hosts     []id.Unit
}

// Limits of the texts that an administrator types.
const (
	maxSlug   = 40
	maxName   = 120
	maxShort  = 16
	maxNote   = 500
	maxSource = 200
)

// check gathers every broken rule of one input.
type check struct{ fields []fault.Field }

func (c *check) add(name, code string) {
	c.fields = append(c.fields, fault.Field{Name: name, Code: code})
}

// allowed says that a value is not on a list.
func (c *check) allowed(name string, list []string) {
	c.fields = append(c.fields, fault.Field{Name: name, Code: "not_allowed", Params: map[string]any{"allowed": list}})
}

// text checks a text's presence, length and characters. Names stand in
// lists and in other people's pages: no markup, no control characters.
func (c *check) text(name, value string, max int, required bool) {
	switch {
	case strings.TrimSpace(value) == "":
		if required {
			c.add(name, "required")
		}
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		c.add(name, "text.control_character")
	case utf8.RuneCountInString(value) > max:
		c.fields = append(c.fields, fault.Field{Name: name, Code: "too_long", Params: map[string]any{"max": max}})
	case strings.ContainsAny(value, "<>"):
		c.add(name, "text.markup")
	}
}

func (c *check) err() error { return fault.Broken("input.invalid", c.fields) }

// KindsFor returns the kinds of unit in which a role may be held, so that the
// page offers no other.
func KindsFor(role access.Role) []Kind {
	out := []Kind{}
	for _, k := range Kinds() {
		if fits(role, k) {
			out = append(out, k)
		}
	}
	return out
}

// fits tells whether a role may be held in a unit of the kind.
func fits(role access.Role, kind Kind) bool {
	switch role {
	case access.TownHead, access.TownOfficer, access.TownViewer:
		return kind == Town || kind == Platform
	case access.GroupHead, access.GroupOfficer:
		return kind == Group
	case access.DepartmentHead, access.DepartmentOfficer:
		return kind == Department || kind == ChainTeam || kind == Other
	case access.BureauHead, access.BureauOfficer, access.SystemAdmin, access.SecurityAdmin, access.Auditor:
		return kind == Bureau
	case access.Leader:
		return kind == Leading
	}
	return false
}
