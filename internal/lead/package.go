package lead

import (
	"slices"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// PackageItems lists what can be demanded of a lead before it is handed on,
// in the order of the check-list.
func PackageItems() []string {
	return []string{
		"summary", "planned_cents", "track", "chain", "location_code", "land_sqm", "floor_sqm", "product",
		"next_step", "expected_sign_on", "contact", "note", "file",
	}
}

// Numbers answers the city's numbers on one day; false where the city has set
// none.
type Numbers func(key string) (int64, bool)

// centsPerWan is 10,000 yuan (万元), the unit of amounts in the city's rules.
const centsPerWan = 1_000_000

// Attached counts what hangs on a lead.
type Attached struct {
	Contacts int64 `json:"contacts"`
	Files    int64 `json:"files"`
	Notes    int64 `json:"notes"`
}

// PackageItem is one line of the check-list.
type PackageItem struct {
	Item      string `json:"item"`
	Needed    bool   `json:"needed"`
	Present   bool   `json:"present"`
	FromCents *int64 `json:"from_cents" doc:"From which planned amount it is needed; null: never."`
}

// Package returns the check-list of a lead, by its amount and its track. The
// city says, as a dated number for each item, from which planned amount the
// item must be there; a number for the track goes before the general one. An
// unknown amount counts as none.
func (l Lead) Package(numbers Numbers, attached Attached, parts Names) []PackageItem {
	out := []PackageItem{}
	for _, item := range PackageItems() {
		i := PackageItem{Item: item, Present: l.holds(item, attached, parts)}
		if from, asked := neededFrom(numbers, l.Track, item); asked {
			i.FromCents = &from
			i.Needed = l.amount() >= from
		}
		out = append(out, i)
	}
	return out
}

func neededFrom(numbers Numbers, track *Track, item string) (int64, bool) {
	if track != nil {
		if wan, set := numbers("package." + string(*track) + "." + item); set {
			return wan * centsPerWan, true
		}
	}
	wan, set := numbers("package." + item)
	return wan * centsPerWan, set
}

// amount is the planned amount that the bands compare; foreign currencies
// count by their figure, since no rate is kept.
func (l Lead) amount() int64 {
	if l.PlannedCents == nil {
		return 0
	}
	return *l.PlannedCents
}

// holds tells whether an item is there and goes with the lead.
func (l Lead) holds(item string, a Attached, parts Names) bool {
	switch item {
	case "contact":
		return a.Contacts > 0 && slices.Contains(parts, "contacts")
	case "note":
		return a.Notes > 0 && slices.Contains(parts, "notes")
	case "file":
		return a.Files > 0 && slices.Contains(parts, "files")
	}
	return map[string]bool{
		"summary": l.Summary != nil, "planned_cents": l.PlannedCents != nil, "track": l.Track != nil,
		"chain": l.Chain != nil, "location_code": l.LocationCode != nil, "land_sqm": l.LandSqm != nil,
		"floor_sqm": l.FloorSqm != nil, "product": l.Product != nil, "next_step": l.NextStep != nil,
		"expected_sign_on": l.ExpectedSignOn != nil,
	}[item]
}

// missing names the needed items that are not there.
func missing(items []PackageItem) []string {
	out := []string{}
	for _, i := range items {
		if i.Needed && !i.Present {
			out = append(out, i.Item)
		}
	}
	return out
}

// incomplete refuses an order whose package lacks something, with every
// missing item at once.
func incomplete(items []PackageItem) error {
	names := missing(items)
	if len(names) == 0 {
		return nil
	}
	e := &fault.Error{
		Kind: fault.Invalid, Code: "handoff.package_incomplete", Message: "The package lacks something that must be there.",
	}
	for _, name := range names {
		e.Fields = append(e.Fields, fault.Field{Name: name, Code: "package.missing"})
	}
	return e
}
