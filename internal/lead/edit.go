package lead

import (
	"fmt"
	"reflect"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Opt is a field of an edit: unset means "leave as it is", set with a nil
// Value means "make unknown".
type Opt[T any] struct {
	Set   bool
	Value *T
}

// Edit changes some fields of a lead. Fields that are not set stay.
type Edit struct {
	Title            Opt[string]
	InvestorName     Opt[string]
	CreditCode       Opt[string]
	ParentName       Opt[string]
	ParentCreditCode Opt[string]
	Website          Opt[string]
	Country          Opt[string]
	SourceChannel    Opt[Channel]
	Introducer       Opt[string]
	LocationCode     Opt[string]
	ParkID           Opt[id.Park]
	Chain            Opt[string]
	Track            Opt[Track]
	PlannedCents     Opt[int64]
	FixedAssetsCents Opt[int64]
	OutputCents      Opt[int64]
	TaxCents         Opt[int64]
	Currency         Opt[string]
	LandSqm          Opt[int64]
	FloorSqm         Opt[int64]
	Product          Opt[string]
	Summary          Opt[string]
	FirstContactOn   Opt[clock.Date]
	ExpectedSignOn   Opt[clock.Date]
	NextStep         Opt[string]
	NextStepOn       Opt[clock.Date]
	Binding          Opt[bool]
	Confidentiality  Opt[string]
	// Duplicate is what the editor says of earlier reports of an investor
	// whose name or codes the edit changes.
	Duplicate Claimed
}

// Edited returns the lead with the edit applied, or every rule the result
// breaks. A fact that came from a public report and is edited loses nothing
// but its minimum mark.
//
// Errors: Invalid "input.invalid" by field.
func (l Lead) Edited(e Edit, places Places, today clock.Date) (Lead, error) {
	var bad rules
	f := l.facts()
	e.putTexts(&f, &bad)
	e.putNumbers(&f)
	e.putLists(&f, &bad)
	f = f.tidied()
	f.check(&bad, places, today)
	e.Duplicate.broken(&bad)
	if err := fault.Broken("input.invalid", bad); err != nil {
		return l, err
	}
	l.AtLeast = e.stillAtLeast(l.AtLeast)
	l.put(f)
	return l, nil
}

func (e Edit) putTexts(f *Facts, bad *rules) {
	must(&f.Title, e.Title, "title", bad)
	may(&f.InvestorName, e.InvestorName)
	may(&f.CreditCode, e.CreditCode)
	may(&f.ParentName, e.ParentName)
	may(&f.ParentCreditCode, e.ParentCreditCode)
	may(&f.Website, e.Website)
	may(&f.Country, e.Country)
	may(&f.Introducer, e.Introducer)
	may(&f.Product, e.Product)
	may(&f.Summary, e.Summary)
	may(&f.NextStep, e.NextStep)
	may(&f.FirstContactOn, e.FirstContactOn)
	may(&f.ExpectedSignOn, e.ExpectedSignOn)
	may(&f.NextStepOn, e.NextStepOn)
}

func (e Edit) putNumbers(f *Facts) {
	may(&f.PlannedCents, e.PlannedCents)
	may(&f.FixedAssetsCents, e.FixedAssetsCents)
	may(&f.OutputCents, e.OutputCents)
	may(&f.TaxCents, e.TaxCents)
	may(&f.LandSqm, e.LandSqm)
	may(&f.FloorSqm, e.FloorSqm)
}

func (e Edit) putLists(f *Facts, bad *rules) {
	must(&f.SourceChannel, e.SourceChannel, "source_channel", bad)
	must(&f.Currency, e.Currency, "currency", bad)
	may(&f.LocationCode, e.LocationCode)
	may(&f.ParkID, e.ParkID)
	may(&f.Chain, e.Chain)
	may(&f.Track, e.Track)
	may(&f.Binding, e.Binding)
	word := ""
	must(&word, e.Confidentiality, "confidentiality", bad)
	if word != "" {
		bad.oneOf("confidentiality", word, []string{"normal", "restricted"})
		f.Restricted = word == "restricted"
	}
}

// stillAtLeast drops the minimum mark of amounts that were edited.
func (e Edit) stillAtLeast(marks Names) Names {
	edited := map[string]bool{
		"planned_cents": e.PlannedCents.Set, "fixed_assets_cents": e.FixedAssetsCents.Set,
		"output_cents": e.OutputCents.Set, "tax_cents": e.TaxCents.Set,
	}
	var out Names
	for _, m := range marks {
		if !edited[m] {
			out = append(out, m)
		}
	}
	return out
}

func may[T any](to **T, o Opt[T]) {
	if o.Set {
		*to = o.Value
	}
}

func must[T any](to *T, o Opt[T], name string, bad *rules) {
	switch {
	case !o.Set:
	case o.Value == nil:
		bad.add(name, "required")
	default:
		*to = *o.Value
	}
}

// Differences returns the view's fields that differ between two states of a
// lead, as the audit keeps them: the values of class contact only as
// "changed".
func Differences(before, after Lead, shape access.Shape) []event.Change {
	a, b := viewOf(before), viewOf(after)
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	var out []event.Change
	for i, c := range shape.Columns {
		if quiet(c.Name) || reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			continue
		}
		ch := event.Change{Field: c.Name, Secret: c.Class == access.ContactClass}
		if !ch.Secret {
			ch.Before, ch.After = plain(va.Field(i)), plain(vb.Field(i))
		}
		out = append(out, ch)
	}
	return out
}

// quiet names the fields that change with every write and say nothing.
func quiet(name string) bool {
	return name == "version" || name == "activity_at" || name == "stage_since" || name == "protection"
}

func plain(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	return fmt.Sprint(v.Interface())
}
