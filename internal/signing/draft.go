package signing

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

const (
	maxShort = 100 // runes of an office or a place
	maxText  = 500 // runes of a reason, a remark or a report
	// maxCents is 10,000 times 100 million yuan: more is a slip of the pen.
	maxCents = 1_000_000_000_000 * 100
)

// Draft is a plan to sign a lead in a month. What is nil is taken from the
// lead.
type Draft struct {
	LeadID        id.Lead
	PlannedOn     *clock.Date
	Cents         *int64
	LandingUnitID *id.Unit
	Grade         Grade
	MainVenue     bool
	Leader        string
	Reason        string
	Ready
}

// Edit is a change of an item; what is nil stays. Reason is asked for a move
// to another month, and once the month is frozen for every change that its
// ledger tells.
type Edit struct {
	Month         *Month
	PlannedOn     **clock.Date
	Cents         *int64
	LandingUnitID *id.Unit
	Chain         *string
	Grade         *Grade
	MainVenue     *bool
	Leader        *string
	InvestorSigns *string
	CitySigns     *string
	Ready         ReadyEdit
	Reason        string
}

// ReadyEdit is a change of the list of what must be there.
type ReadyEdit struct {
	TextAgreed, SiteReady, IncentivesReviewed, LegalOpinion, FairCompetition *bool
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// apply returns the item after the edit.
func (e Edit) apply(i Item) Item {
	set(&i.Month, e.Month)
	set(&i.PlannedOn, e.PlannedOn)
	if e.Month != nil && e.PlannedOn == nil && i.PlannedOn != nil && !i.Month.has(*i.PlannedOn) {
		i.PlannedOn = nil // a day of the month that it left
	}
	set(&i.Cents, e.Cents)
	set(&i.LandingUnitID, e.LandingUnitID)
	set(&i.Chain, e.Chain)
	set(&i.Grade, e.Grade)
	set(&i.MainVenue, e.MainVenue)
	set(&i.Leader, e.Leader)
	set(&i.InvestorSigns, e.InvestorSigns)
	set(&i.CitySigns, e.CitySigns)
	set(&i.TextAgreed, e.Ready.TextAgreed)
	set(&i.SiteReady, e.Ready.SiteReady)
	set(&i.IncentivesReviewed, e.Ready.IncentivesReviewed)
	set(&i.LegalOpinion, e.Ready.LegalOpinion)
	set(&i.FairCompetition, e.Ready.FairCompetition)
	return i
}

// rules gathers what is wrong with an input.
type rules []fault.Field

func (r *rules) add(name, code string) { *r = append(*r, fault.Field{Name: name, Code: code}) }

// text checks a one-line text.
func (r *rules) text(name, value string, required bool, limit int) {
	switch {
	case required && strings.TrimSpace(value) == "":
		r.add(name, "required")
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		r.add(name, "text.control_character")
	case utf8.RuneCountInString(value) > limit:
		*r = append(*r, fault.Field{Name: name, Code: "too_long", Params: map[string]any{"max": limit}})
	case strings.ContainsAny(value, "<>"):
		r.add(name, "text.markup")
	}
}

// check names what is wrong with an item.
func (i Item) check(r *rules) {
	if i.Cents <= 0 || i.Cents > maxCents {
		r.add("cents", "amount.range")
	}
	if !slices.Contains(Grades(), i.Grade) {
		r.add("grade", "unknown_value")
	}
	if i.PlannedOn != nil && !i.Month.has(*i.PlannedOn) {
		r.add("planned_on", "day.other_month")
	}
	r.text("leader", i.Leader, false, maxShort)
	r.text("investor_signs", i.InvestorSigns, false, maxShort)
	r.text("city_signs", i.CitySigns, false, maxShort)
}

// Differences lists the fields that an edit changed, for the audit and for who
// edits an older version.
func Differences(before *Item, after Item) []event.Change {
	var was Item
	if before != nil {
		was = *before
	}
	return after.texts().Since(was.texts())
}

// texts are the fields of an item with their values.
func (i Item) texts() event.Values {
	return event.Values{
		{"month", string(i.Month)},
		{"planned_on", dayText(i.PlannedOn)},
		{"cents", strconv.FormatInt(i.Cents, 10)},
		{"landing_unit_id", i.LandingUnitID.String()},
		{"chain", i.Chain},
		{"batch_id", idText(i.BatchID)},
		{"stage_order", strconv.Itoa(i.StageOrder)},
		{"main_venue", strconv.FormatBool(i.MainVenue)},
		{"grade", string(i.Grade)},
		{"text_agreed", strconv.FormatBool(i.TextAgreed)},
		{"site_ready", strconv.FormatBool(i.SiteReady)},
		{"incentives_reviewed", strconv.FormatBool(i.IncentivesReviewed)},
		{"legal_opinion", strconv.FormatBool(i.LegalOpinion)},
		{"fair_competition", strconv.FormatBool(i.FairCompetition)},
		{"leader", i.Leader},
		{"investor_signs", i.InvestorSigns},
		{"city_signs", i.CitySigns},
		{"state", string(i.State)},
		{"signed_on", dayText(i.SignedOn)},
	}
}

func dayText(d *clock.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func idText(b *id.Ceremony) string {
	if b == nil {
		return ""
	}
	return b.String()
}
