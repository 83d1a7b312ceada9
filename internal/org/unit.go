package org

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// UnitDraft is a new unit as an administrator enters it.
type UnitDraft struct {
	Slug      string
	NameZH    string
	NameEN    string
	ShortZH   string // empty: the name
	Kind      Kind
	Parent    id.Unit
	Confirmed bool
	Source    string
	Note      string
	OpenedOn  clock.Date // none: today
}

// Unit returns the unit that a draft describes, or every rule it breaks.
func (d UnitDraft) Unit(today clock.Date) (Unit, error) {
	u := Unit{
		Slug: d.Slug, NameZH: strings.TrimSpace(d.NameZH), NameEN: strings.TrimSpace(d.NameEN),
		ShortZH: strings.TrimSpace(d.ShortZH), Kind: d.Kind, Parent: d.Parent, Confirmed: d.Confirmed,
		Source: strings.TrimSpace(d.Source), Note: strings.TrimSpace(d.Note), OpenedOn: d.OpenedOn, Version: 1,
	}
	if u.ShortZH == "" {
		u.ShortZH = u.NameZH
	}
	if u.OpenedOn.IsZero() {
		u.OpenedOn = today
	}
	var c check
	if !slugForm().MatchString(u.Slug) || len(u.Slug) > maxSlug {
		c.add("slug", "slug.form")
	}
	if !u.Kind.Founded() {
		c.allowed("kind", foundedKinds())
	}
	u.check(&c)
	return u.read(), c.err()
}

func foundedKinds() []string {
	var out []string
	for _, k := range Kinds() {
		if k.Founded() {
			out = append(out, string(k))
		}
	}
	return out
}

func slugForm() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`) }

// check adds what is wrong with the texts and days of a unit.
func (u Unit) check(c *check) {
	c.text("name_zh", u.NameZH, maxName, true)
	c.text("name_en", u.NameEN, maxName, true)
	c.text("short_zh", u.ShortZH, maxShort, true)
	c.text("source", u.Source, maxSource, true)
	c.text("note", u.Note, maxNote, false)
	if !u.ClosedOn.IsZero() && u.ClosedOn.Before(u.OpenedOn) {
		c.add("closed_on", "date.before_start")
	}
}

// read fills in how the names are typed: that of the full name, and of the
// short one where it says more.
func (u Unit) read() Unit {
	full, initials := Read(u.NameZH)
	shortFull, shortInitials := Read(u.ShortZH)
	u.Pinyin, u.Initials = joined(full, shortFull), joined(initials, shortInitials)
	return u
}

func joined(long, short string) string {
	if strings.Contains(long, short) {
		return long
	}
	return long + " " + short
}

// UnitEdit is a change of a unit; nil leaves a field as it is. Parent 0
// means none, ClosedOn none opens a closed unit again.
type UnitEdit struct {
	NameZH    *string
	NameEN    *string
	ShortZH   *string
	Note      *string
	Confirmed *bool
	Parent    *id.Unit
	ClosedOn  *clock.Date
}

// apply returns the unit as edited.
//
// Errors: Invalid "input.invalid" with every broken rule; Conflict
// "unit.needed" on closing the bureau or the four bodies.
func (e UnitEdit) apply(u Unit) (Unit, error) {
	u = e.put(u)
	var c check
	u.check(&c)
	if err := c.err(); err != nil {
		return u, err
	}
	if !u.ClosedOn.IsZero() && (u.Kind == Bureau || u.Kind == Leading) {
		return u, fault.New(fault.Conflict, "unit.needed", "The city cannot work without this unit.")
	}
	return u.read(), nil
}

func (e UnitEdit) put(u Unit) Unit {
	set(&u.NameZH, trimmed(e.NameZH))
	set(&u.NameEN, trimmed(e.NameEN))
	set(&u.ShortZH, trimmed(e.ShortZH))
	set(&u.Note, trimmed(e.Note))
	set(&u.Confirmed, e.Confirmed)
	set(&u.Parent, e.Parent)
	set(&u.ClosedOn, e.ClosedOn)
	return u
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func trimmed(text *string) *string {
	if text == nil {
		return nil
	}
	t := strings.TrimSpace(*text)
	return &t
}

// differences names the fields that an edit changes, for the audit line and
// for somebody who edited an older version.
func differences(before, after Unit) []event.Change {
	var out []event.Change
	for _, f := range []event.Change{
		{Field: "name_zh", Before: before.NameZH, After: after.NameZH},
		{Field: "name_en", Before: before.NameEN, After: after.NameEN},
		{Field: "short_zh", Before: before.ShortZH, After: after.ShortZH},
		{Field: "note", Before: before.Note, After: after.Note},
		{Field: "confirmed", Before: strconv.FormatBool(before.Confirmed), After: strconv.FormatBool(after.Confirmed)},
		{Field: "parent_id", Before: number(before.Parent), After: number(after.Parent)},
		{Field: "closed_on", Before: before.ClosedOn.String(), After: after.ClosedOn.String()},
	} {
		if f.Before != f.After {
			out = append(out, f)
		}
	}
	return out
}

// number writes an identifier, or nothing for none.
func number[T any](i id.Of[T]) string {
	if i == 0 {
		return ""
	}
	return i.String()
}

// CodeDraft is a new division code of a unit.
type CodeDraft struct {
	Code   string
	FromOn clock.Date
	Source string
}

func (d CodeDraft) check() error {
	var c check
	if !codeForm().MatchString(d.Code) {
		c.add("code", "unit_code.form")
	}
	if d.FromOn.IsZero() {
		c.add("from_on", "required")
	}
	c.text("source", d.Source, maxSource, true)
	return c.err()
}

// codeForm is a division code of GB/T 2260 (6 digits), down to the town
// (9, GB/T 10114) or to the village (12, statistical code).
func codeForm() *regexp.Regexp { return regexp.MustCompile(`^\d{6}(\d{3}){0,2}$`) }

func (d CodeDraft) code(unit id.Unit) Code {
	return Code{Unit: unit, Code: d.Code, FromOn: d.FromOn, Source: strings.TrimSpace(d.Source)}
}

// succession returns the present code, if there is one, with its last day,
// the one before the next code begins.
func succession(next Code, codes []Code) (*Code, error) {
	var present *Code
	for _, c := range codes {
		last := c.UntilOn
		if last.IsZero() {
			present, last = &c, c.FromOn
		}
		if !last.IsZero() && !next.FromOn.After(last) {
			return nil, fault.BadField("from_on", "date.before_start")
		}
	}
	if present != nil {
		present.UntilOn = next.FromOn.AddDays(-1)
	}
	return present, nil
}
