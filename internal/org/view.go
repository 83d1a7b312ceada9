package org

import (
	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// UnitView is a unit as it leaves the server. Nothing of the organisation is
// confidential inside the city, so every field is open.
type UnitView struct {
	ID        id.Unit     `json:"id" class:"open"`
	Slug      string      `json:"slug" class:"open"`
	NameZH    string      `json:"name_zh" class:"open"`
	NameEN    string      `json:"name_en" class:"open"`
	ShortZH   string      `json:"short_zh" class:"open"`
	Kind      Kind        `json:"kind" class:"open"`
	ParentID  *id.Unit    `json:"parent_id" class:"open"`
	Confirmed bool        `json:"confirmed" class:"open"`
	Source    string      `json:"source" class:"open"`
	Note      string      `json:"note" class:"open"`
	OpenedOn  clock.Date  `json:"opened_on" class:"open"`
	ClosedOn  *clock.Date `json:"closed_on" class:"open"`
	Version   int64       `json:"version" class:"open"`
	Codes     []CodeView  `json:"codes" class:"open"`
	Links     []LinkView  `json:"links" class:"open"`
	Can       []string    `json:"can" class:"open"`
	Masked    []string    `json:"masked" class:"open"`
}

// CodeView is one division code of a unit.
type CodeView struct {
	ID      int64       `json:"id"`
	Code    string      `json:"code"`
	FromOn  *clock.Date `json:"from_on"`
	UntilOn *clock.Date `json:"until_on"`
	Source  string      `json:"source"`
}

// LinkView is one link that starts from a unit.
type LinkView struct {
	Kind    LinkKind    `json:"kind"`
	OtherID id.Unit     `json:"other_id"`
	FromOn  clock.Date  `json:"from_on"`
	UntilOn *clock.Date `json:"until_on"`
	Source  string      `json:"source"`
}

// MembershipView is a membership as it leaves the server; until_on is the
// day from which it no longer holds.
type MembershipView struct {
	ID        id.Membership `json:"id" class:"open"`
	UserID    id.User       `json:"user_id" class:"open"`
	UserName  string        `json:"user_name" class:"open"`
	UnitID    id.Unit       `json:"unit_id" class:"open"`
	Role      access.Role   `json:"role" class:"open"`
	FromOn    clock.Date    `json:"from_on" class:"open"`
	UntilOn   *clock.Date   `json:"until_on" class:"open"`
	GrantedBy *id.User      `json:"granted_by" class:"open"`
	Version   int64         `json:"version" class:"open"`
	Can       []string      `json:"can" class:"open"`
	Masked    []string      `json:"masked" class:"open"`
}

// RuleView is a number of the city as it leaves the server.
type RuleView struct {
	ID        int64      `json:"id" class:"open"`
	Key       string     `json:"key" class:"open"`
	ZH        string     `json:"zh" class:"open"`
	EN        string     `json:"en" class:"open"`
	Value     int64      `json:"value" class:"open"`
	Unit      string     `json:"unit" class:"open"`
	FromOn    clock.Date `json:"from_on" class:"open"`
	Source    string     `json:"source" class:"open"`
	Confirmed bool       `json:"confirmed" class:"open"`
	Can       []string   `json:"can" class:"open"`
	Masked    []string   `json:"masked" class:"open"`
}

// RuleKeyView is a number that the program reads, whether the city has set it
// or not.
type RuleKeyView struct {
	Key  string `json:"key" class:"open"`
	ZH   string `json:"zh" class:"open"`
	EN   string `json:"en" class:"open"`
	Unit string `json:"unit" class:"open"`
	Min  int64  `json:"min" class:"open"`
	Max  int64  `json:"max" class:"open"`
}

// RuleKeyViews lists every number that the program reads.
func RuleKeyViews() []RuleKeyView {
	keys := RuleKeys()
	out := make([]RuleKeyView, 0, len(keys))
	for _, k := range keys {
		out = append(out, RuleKeyView(k))
	}
	return out
}

// ViewUnit returns the unit with its codes and links and what the caller may
// do with it.
func (d *Directory) ViewUnit(u Unit, actor access.Actor) UnitView {
	v := UnitView{
		ID: u.ID, Slug: u.Slug, NameZH: u.NameZH, NameEN: u.NameEN, ShortZH: u.ShortZH, Kind: u.Kind,
		ParentID: some(u.Parent), Confirmed: u.Confirmed, Source: u.Source, Note: u.Note,
		OpenedOn: u.OpenedOn, ClosedOn: day(u.ClosedOn), Version: u.Version,
		Codes: []CodeView{}, Links: []LinkView{}, Can: can(actor, access.UnitManage), Masked: []string{},
	}
	for _, c := range d.Codes(u.ID) {
		v.Codes = append(v.Codes, CodeView{
			ID: c.ID, Code: c.Code, FromOn: day(c.FromOn), UntilOn: day(c.UntilOn), Source: c.Source,
		})
	}
	for _, l := range d.Links(u.ID) {
		v.Links = append(v.Links, LinkView{
			Kind: l.Kind, OtherID: l.Other, FromOn: l.FromOn, UntilOn: day(l.UntilOn), Source: l.Source,
		})
	}
	return v
}

// View returns the membership with what the caller may do with it.
func (m Membership) View(actor access.Actor) MembershipView {
	v := MembershipView{
		ID: m.ID, UserID: m.User, UserName: m.UserName, UnitID: m.Unit, Role: m.Role, FromOn: m.FromOn,
		UntilOn: day(m.UntilOn), GrantedBy: some(m.GrantedBy), Version: m.Version, Can: []string{}, Masked: []string{},
	}
	if actor.Holds(access.MembershipRule) && actor.User != m.User {
		v.Can = append(v.Can, "end")
	}
	return v
}

// View returns the rule with its names and what the caller may do with it.
func (r Rule) View(actor access.Actor) RuleView {
	k, _ := ruleKey(r.Key)
	return RuleView{
		ID: r.ID, Key: r.Key, ZH: k.ZH, EN: k.EN, Value: r.Value, Unit: k.Unit, FromOn: r.FromOn,
		Source: r.Source, Confirmed: r.Confirmed, Can: can(actor, access.UnitManage), Masked: []string{},
	}
}

func can(actor access.Actor, p access.Permission) []string {
	if actor.Holds(p) {
		return []string{"edit"}
	}
	return []string{}
}

func some[T any](i id.Of[T]) *id.Of[T] {
	if i == 0 {
		return nil
	}
	return &i
}

func day(d clock.Date) *clock.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}
