package lead

import (
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Draft is a lead as somebody reports it.
type Draft struct {
	Facts
	UnitID  id.Unit // the unit that reports it; must be one of the caller's
	Contact *ContactDraft
	// Duplicate is what the reporter says of earlier reports.
	Duplicate Claimed
}

// Facts are the fields of a lead that people write, on creation and later.
type Facts struct {
	Title            string
	InvestorName     *string
	CreditCode       *string
	ParentName       *string
	ParentCreditCode *string
	Website          *string
	Country          *string
	SourceChannel    Channel
	Introducer       *string
	LocationCode     *string
	ParkID           *id.Park
	Chain            *string
	Track            *Track
	PlannedCents     *int64
	FixedAssetsCents *int64
	OutputCents      *int64
	TaxCents         *int64
	Currency         string
	LandSqm          *int64
	FloorSqm         *int64
	Product          *string
	Summary          *string
	FirstContactOn   *clock.Date
	ExpectedSignOn   *clock.Date
	NextStep         *string
	NextStepOn       *clock.Date
	Binding          *bool
	Restricted       bool
}

// Places answers what the lists of the city hold on a day. It is a snapshot.
type Places interface {
	UnitOpen(unit id.Unit) bool
	ChainUnit(code string) (id.Unit, bool)
	HasLocation(code string) bool
	HasPark(park id.Park) bool
	// Coordinators returns the platforms that coordinate a town today.
	Coordinators(unit id.Unit) []id.Unit
	// Partners returns the open units that work with a unit today.
	Partners(unit id.Unit) []id.Unit
	// LocationUnit returns the unit of a division code.
	LocationUnit(code string) (id.Unit, bool)
	// Pool is the bureau's unit.
	Pool() id.Unit
	// Office is the calendar, and Rule a number of the city today.
	Office() *clock.Office
	Rule(key string) (int64, bool)
}

// Lead returns the lead that a draft describes, or every rule it breaks, by
// field.
//
// Errors: Invalid "input.invalid" with one entry for each broken field.
func (d Draft) Lead(now time.Time, places Places) (Lead, error) {
	facts := d.tidied()
	var bad rules
	facts.check(&bad, places, clock.DateOf(now))
	if d.InvestorName == nil || blank(*d.InvestorName) {
		bad.add("investor_name", "required")
	}
	if d.Summary == nil || blank(*d.Summary) {
		bad.add("summary", "required")
	}
	if d.Contact != nil {
		bad = append(bad, d.Contact.broken("contact.")...)
	}
	d.Duplicate.broken(&bad)
	if err := fault.Broken("input.invalid", bad); err != nil {
		return Lead{}, err
	}
	l := Lead{UnitID: d.UnitID, Stage: StageLead, StageSince: now, CreatedAt: now, ActivityAt: now, Version: 1}
	l.FirstContactUnitID = &d.UnitID
	l.put(facts)
	return l, nil
}

// put copies the facts into the lead.
func (l *Lead) put(f Facts) {
	l.Title, l.InvestorName, l.CreditCode, l.Country = f.Title, f.InvestorName, f.CreditCode, f.Country
	l.ParentName, l.ParentCreditCode, l.Website = f.ParentName, f.ParentCreditCode, f.Website
	l.SourceChannel, l.Introducer, l.LocationCode, l.ParkID = f.SourceChannel, f.Introducer, f.LocationCode, f.ParkID
	l.Chain, l.Track, l.Currency, l.Binding = f.Chain, f.Track, f.Currency, f.Binding
	l.PlannedCents, l.FixedAssetsCents = f.PlannedCents, f.FixedAssetsCents
	l.OutputCents, l.TaxCents = f.OutputCents, f.TaxCents
	l.LandSqm, l.FloorSqm, l.Product, l.Summary = f.LandSqm, f.FloorSqm, f.Product, f.Summary
	l.FirstContactOn, l.ExpectedSignOn = f.FirstContactOn, f.ExpectedSignOn
	l.NextStep, l.NextStepOn, l.Restricted = f.NextStep, f.NextStepOn, f.Restricted
}

// facts returns the lead's editable fields.
func (l *Lead) facts() Facts {
	return Facts{
		Title: l.Title, InvestorName: l.InvestorName, CreditCode: l.CreditCode, Country: l.Country,
		ParentName: l.ParentName, ParentCreditCode: l.ParentCreditCode, Website: l.Website,
		SourceChannel: l.SourceChannel, Introducer: l.Introducer, LocationCode: l.LocationCode, ParkID: l.ParkID,
		Chain: l.Chain, Track: l.Track, PlannedCents: l.PlannedCents, FixedAssetsCents: l.FixedAssetsCents,
		OutputCents: l.OutputCents, TaxCents: l.TaxCents, Currency: l.Currency, LandSqm: l.LandSqm,
		FloorSqm: l.FloorSqm, Product: l.Product, Summary: l.Summary, FirstContactOn: l.FirstContactOn,
		ExpectedSignOn: l.ExpectedSignOn, NextStep: l.NextStep, NextStepOn: l.NextStepOn, Binding: l.Binding,
		Restricted: l.Restricted,
	}
}

// tidied trims texts, turns empty ones into unknown and fills the defaults.
func (f Facts) tidied() Facts {
	f.Title = strings.TrimSpace(f.Title)
	f.InvestorName, f.CreditCode, f.Country = tidy(f.InvestorName), tidy(f.CreditCode), tidy(f.Country)
	f.Introducer, f.Product, f.Summary = tidy(f.Introducer), tidy(f.Product), tidy(f.Summary)
	f.NextStep, f.LocationCode, f.Chain = tidy(f.NextStep), tidy(f.LocationCode), tidy(f.Chain)
	f.ParentName, f.ParentCreditCode, f.Website = tidy(f.ParentName), tidy(f.ParentCreditCode), tidy(f.Website)
	f.CreditCode, f.ParentCreditCode = tidyCode(f.CreditCode), tidyCode(f.ParentCreditCode)
	if f.Country != nil {
		upper := strings.ToUpper(*f.Country)
		f.Country = &upper
	}
	if f.Currency == "" {
		f.Currency = "CNY"
	}
	return f
}

// tidyCode writes a credit code in its stored form.
func tidyCode(text *string) *string {
	if text == nil {
		return nil
	}
	code, _ := CreditCode(*text)
	return &code
}

// check gathers every broken rule of the facts.
func (f Facts) check(bad *rules, places Places, today clock.Date) {
	f.checkTexts(bad)
	f.checkNumbers(bad)
	f.checkLists(bad, places)
	bad.day("first_contact_on", f.FirstContactOn)
	bad.day("expected_sign_on", f.ExpectedSignOn)
	bad.day("next_step_on", f.NextStepOn)
	if f.FirstContactOn != nil && today.Before(*f.FirstContactOn) {
		bad.add("first_contact_on", "day.future")
	}
}

func (f Facts) checkTexts(bad *rules) {
	bad.line("title", f.Title, true, MaxTitle)
	bad.optionalLine("investor_name", f.InvestorName, MaxTitle)
	bad.optionalLine("introducer", f.Introducer, MaxTitle)
	bad.optionalLine("product", f.Product, MaxShort)
	bad.optionalLine("next_step", f.NextStep, MaxShort)
	if f.Summary != nil {
		bad.text("summary", *f.Summary, false, MaxText)
	}
	bad.optionalLine("parent_name", f.ParentName, MaxTitle)
	bad.creditCode("credit_code", f.CreditCode)
	bad.creditCode("parent_credit_code", f.ParentCreditCode)
	bad.website("website", f.Website)
	if f.Country != nil && !knownCountry(*f.Country) {
		bad.add("country", "unknown_value")
	}
}

func (f Facts) checkNumbers(bad *rules) {
	bad.amount("planned_cents", f.PlannedCents)
	bad.amount("fixed_assets_cents", f.FixedAssetsCents)
	bad.amount("output_cents", f.OutputCents)
	bad.amount("tax_cents", f.TaxCents)
	bad.area("land_sqm", f.LandSqm)
	bad.area("floor_sqm", f.FloorSqm)
}

func (f Facts) checkLists(bad *rules, places Places) {
	if !f.SourceChannel.Known() {
		code := "unknown_value"
		if f.SourceChannel == "" {
			code = "required"
		}
		bad.add("source_channel", code)
	}
	bad.oneOf("currency", f.Currency, Currencies())
	listed(bad, "track", f.Track, Track.Known)
	listed(bad, "chain", f.Chain, func(code string) bool { _, known := places.ChainUnit(code); return known })
	listed(bad, "location_code", f.LocationCode, places.HasLocation)
	listed(bad, "park_id", f.ParkID, places.HasPark)
}

// listed asks that a value, when there is one, is on its list.
func listed[T any](bad *rules, name string, value *T, known func(T) bool) {
	if value != nil && !known(*value) {
		bad.add(name, "unknown_value")
	}
}

// knownCountry tells whether the text is an ISO 3166-1 alpha-2 code.
func knownCountry(code string) bool {
	const codes = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
		"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
		"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
		"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT " +
		"MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
		"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG " +
		"UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
	return len(code) == 2 && strings.Contains(" "+codes+" ", " "+code+" ")
}
