package lead

import (
	"slices"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
)

// View is a lead as it leaves the server. The class decides who sees a
// field; sort and find say how it may be used in a query. The classes public
// fields are the head line that a past holder keeps.
type View struct {
	ID                            id.Lead     `json:"id" class:"public"`
	Code                          string      `json:"code" class:"public" sort:"code" find:"prefix"`
	Version                       int64       `json:"version" class:"public"`
	Title                         string      `json:"title" class:"public" find:"search"`
	InvestorName                  *string     `json:"investor_name" class:"public" find:"search"`
	CreditCode                    *string     `json:"credit_code" class:"open"`
	ParentName                    *string     `json:"parent_name" class:"open"`
	ParentCreditCode              *string     `json:"parent_credit_code" class:"open"`
	Website                       *string     `json:"website" class:"open"`
	Country                       *string     `json:"country" class:"open"`
	SourceChannel                 Channel     `json:"source_channel" class:"open"`
	Introducer                    *string     `json:"introducer" class:"contact"`
	UnitID                        id.Unit     `json:"unit_id" class:"public" find:"equal"`
	FirstContactUnitID            *id.Unit    `json:"first_contact_unit_id" class:"open" find:"equal"`
	LocationCode                  *string     `json:"location_code" class:"open"`
	ParkID                        *id.Park    `json:"park_id" class:"open"`
	Chain                         *string     `json:"chain" class:"open" find:"equal"`
	Track                         *Track      `json:"track" class:"open" find:"equal"`
	Stage                         Stage       `json:"stage" class:"public" find:"equal"`
	StageSince                    time.Time   `json:"stage_since" class:"public" sort:"stage_since"`
	PlannedCents                  *int64      `json:"planned_cents" class:"money" sort:"planned_cents" find:"range"`
	FixedAssetsCents              *int64      `json:"fixed_assets_cents" class:"money"`
	OutputCents                   *int64      `json:"output_cents" class:"money"`
	TaxCents                      *int64      `json:"tax_cents" class:"money"`
	Currency                      string      `json:"currency" class:"public"`
	AtLeast                       []string    `json:"at_least" class:"money"`
	PromisedFixedAssetsPerMuCents *int64      `json:"promised_fixed_assets_per_mu_cents" class:"money"`
	PromisedOutputPerMuCents      *int64      `json:"promised_output_per_mu_cents" class:"money"`
	PromisedTaxPerMuCents         *int64      `json:"promised_tax_per_mu_cents" class:"money"`
	LandSqm                       *int64      `json:"land_sqm" class:"open"`
	FloorSqm                      *int64      `json:"floor_sqm" class:"open"`
	Product                       *string     `json:"product" class:"open" find:"search"`
	Summary                       *string     `json:"summary" class:"open"`
	Confidentiality               string      `json:"confidentiality" class:"public"`
	FirstContactOn                *clock.Date `json:"first_contact_on" class:"open"`
	ExpectedSignOn                *clock.Date `json:"expected_sign_on" class:"open" sort:"expected_sign_on" find:"range"`
	SignedOn                      *clock.Date `json:"signed_on" class:"open"`
	StartedOn                     *clock.Date `json:"started_on" class:"open"`
	SigningEvent                  *string     `json:"signing_event" class:"open"`
	Binding                       *bool       `json:"binding" class:"open"`
	NextStep                      *string     `json:"next_step" class:"open"`
	NextStepOn                    *clock.Date `json:"next_step_on" class:"open"`
	AsReported                    bool        `json:"as_reported" class:"public"`
	StageAssumed                  bool        `json:"stage_assumed" class:"public"`
	Invented                      bool        `json:"invented" class:"public"`
	SourceNote                    *string     `json:"source_note" class:"open"`
	CreatedAt                     time.Time   `json:"created_at" class:"public" sort:"created_at" find:"range"`
	ActivityAt                    time.Time   `json:"activity_at" class:"public" sort:"activity_at"`
	Part                          access.Part `json:"part" class:"public" find:"equal"`
	Protection                    *Protection `json:"protection" class:"public"`
	Offer                         *OfferMark  `json:"offer" class:"open"`
	Shares                        []ShareView `json:"shares" class:"open"`        // of the credit; read with one lead, not in lists
	MergedInto                    *LeadRef    `json:"merged_into" class:"public"` // likewise, for who may read the target
	Clock                         *ClockMark  `json:"clock" class:"open"`
	Can                           []string    `json:"can" class:"public"`
	Masked                        []string    `json:"masked" class:"public"`
}

// OfferMark says that the lead is on offer to a unit.
type OfferMark struct {
	ID       id.Handoff `json:"id"`
	ToUnitID id.Unit    `json:"to_unit_id"`
	DueAt    time.Time  `json:"due_at"`
}

// Snapshot is what a past holder keeps seeing: the values at the moment it
// handed the lead on, and the last change of stage or holder.
type Snapshot struct {
	Title        string
	InvestorName *string
	PlannedCents *int64
	Currency     string
	Version      int64
	ActivityAt   time.Time // the last change of stage or holder
}

// Seen is a lead as it was read through a scope, with what is needed to say
// which of its fields and acts the reader has. It can only be made by a
// store.
type Seen struct {
	Lead     Lead
	Standing access.Standing
	Past     *Snapshot // set when the reader's only part is past
	// HandedAt is when the reader's unit handed the lead on; nil when it
	// never did.
	HandedAt *time.Time
	Offer    *OfferMark
	// Clock is the lead's open clock that runs out first; nil where none was
	// asked for.
	Clock *Clock
	// ClockAt is when Clock was read.
	ClockAt time.Time
	Wide    bool // read by a right to every lead
	// MayReturn tells that the reader's unit got the lead by an offer and may
	// still give it back.
	MayReturn bool
}

// viewOf copies a lead into its view without any mask.
func viewOf(l Lead) View {
	return View{
		ID: l.ID, Code: l.Code, Version: l.Version, Title: l.Title, InvestorName: l.InvestorName,
		CreditCode: l.CreditCode, ParentName: l.ParentName, ParentCreditCode: l.ParentCreditCode, Website: l.Website,
		Country: l.Country, SourceChannel: l.SourceChannel, Introducer: l.Introducer,
		UnitID: l.UnitID, FirstContactUnitID: l.FirstContactUnitID, LocationCode: l.LocationCode, ParkID: l.ParkID,
		Chain: l.Chain, Track: l.Track, Stage: l.Stage, StageSince: l.StageSince, PlannedCents: l.PlannedCents,
		FixedAssetsCents: l.FixedAssetsCents, OutputCents: l.OutputCents, TaxCents: l.TaxCents,
		Currency: l.Currency, AtLeast: append([]string{}, l.AtLeast...),
		PromisedFixedAssetsPerMuCents: l.PromisedFixedAssetsPerMuCents,
		PromisedOutputPerMuCents:      l.PromisedOutputPerMuCents, PromisedTaxPerMuCents: l.PromisedTaxPerMuCents,
		LandSqm: l.LandSqm, FloorSqm: l.FloorSqm, Product: l.Product, Summary: l.Summary,
		Confidentiality: l.Confidentiality(), FirstContactOn: l.FirstContactOn, ExpectedSignOn: l.ExpectedSignOn,
		SignedOn: l.SignedOn, StartedOn: l.StartedOn, SigningEvent: l.SigningEvent, Binding: l.Binding,
		NextStep: l.NextStep, NextStepOn: l.NextStepOn, AsReported: l.AsReported, StageAssumed: l.StageAssumed,
		Invented: l.Invented, SourceNote: l.SourceNote, CreatedAt: l.CreatedAt, ActivityAt: l.ActivityAt,
		Protection: l.protection(),
	}
}

// rights are the scopes of one actor, worked out once for a whole page of
// leads.
type rights struct {
	classes [5]access.Scope
	acts    []actScope
	parts   []partScope
	// the units that could claim a lead, and whether they are the bureau,
	// which answers for the holder of a restricted lead itself
	claimants []id.Unit
	bureau    bool
	pace      Pace // what clocks are shown by; without a calendar they are not
	now       time.Time
}

// partScope is what the reader sees by one part alone.
type partScope struct {
	part  access.Part
	scope access.Scope
}

type actScope struct {
	name  string
	scope access.Scope
}

func rightsOf(actor access.Actor) rights {
	r := rights{parts: partsOf(actor.Scope(access.LeadRead))}
	for i, c := range access.Classes() {
		r.classes[i] = actor.Sees(c)
	}
	act := func(name string, p access.Permission) {
		r.acts = append(r.acts, actScope{name: name, scope: actor.ActScope(p)})
	}
	act("edit", access.LeadEdit)
	act("change_stage", access.LeadChangeStage)
	act("reopen", access.LeadReopen)
	act("delete", access.LeadDelete)
	act("restrict", access.LeadRestrict)
	act("hand_off", access.LeadHandOff)
	act("withdraw", access.LeadWithdraw)
	act("answer", access.LeadAnswer)
	act("return", access.LeadHandOff)
	act("refer", access.LeadRefer)
	act("assign", access.LeadAssign)
	act("add_helper", access.HelperEdit)
	act("edit_contacts", access.ContactEdit)
	act("reveal_contacts", access.ContactReveal)
	act("add_note", access.NoteAdd)
	act("add_file", access.FileAdd)
	act("dispute", access.DisputeOpen)
	r.claimants, r.bureau = actor.UnitsWith(access.DisputeOpen), actor.ActScope(access.DisputeArgue).Any()
	if actor.Acting != 0 {
		r.claimants = []id.Unit{actor.Acting}
	}
	act("merge", access.LeadMerge)
	act("confirm_protection", access.ProtectionConfirm)
	act("renew_protection", access.ProtectionRenew)
	r.acts = append(r.acts,
		actScope{name: "read_contacts", scope: actor.Scope(access.ContactRead)},
		actScope{name: "read_files", scope: actor.Scope(access.FileRead)})
	return r
}

// sees returns the classes that the reader sees of a row.
func (r rights) sees(s access.Standing) access.Seen {
	return access.Seen{
		Public:  r.classes[0].Covers(s),
		Open:    r.classes[1].Covers(s),
		Money:   r.classes[2].Covers(s),
		Contact: r.classes[3].Covers(s),
		File:    r.classes[4].Covers(s),
	}
}

// can lists the acts that the reader has on the lead in its present state.
func (r rights) can(s Seen) []string {
	out := make([]string, 0, len(r.acts))
	for _, a := range r.acts {
		if a.scope.Covers(s.Standing) && possible(a.name, s) && (a.name != "dispute" || r.claims(s)) {
			out = append(out, a.name)
		}
	}
	return out
}

// claims tells whether one of the reader's units could claim the lead from
// who answers for it.
func (r rights) claims(s Seen) bool {
	if s.Lead.Restricted && r.bureau {
		return false
	}
	return slices.ContainsFunc(r.claimants, func(u id.Unit) bool { return u != s.Lead.UnitID })
}

// possible tells whether the state of the lead leaves room for the act.
func possible(act string, s Seen) bool {
	offered, ended := s.Offer != nil, s.Lead.Ended()
	switch act {
	case "hand_off", "refer", "assign", "change_stage":
		return !offered && !ended
	case "return":
		return s.MayReturn && !offered && !s.Lead.Stage.Done()
	case "add_helper", "edit", "merge", "dispute":
		return !ended
	case "withdraw", "answer":
		return offered
	case "reopen":
		return ended
	case "delete":
		return !offered
	}
	return s.Lead.protectable(act)
}

// protectable tells whether the lead's protection leaves room for the act;
// other acts are no matter of it.
func (l *Lead) protectable(act string) bool {
	switch act {
	case "confirm_protection":
		return l.inProtection(ProtectionPending)
	case "renew_protection":
		return l.inProtection(ProtectionActive) && l.ProtectionRenewals == 0
	}
	return true
}

// view returns the lead as the reader may see it.
func (r rights) view(s Seen, shape access.Shape) View {
	v := viewOf(s.Lead)
	v.Part = r.part(s.Standing)
	v.Offer = s.Offer
	if s.Clock != nil && r.pace.Office != nil {
		v.Clock = r.pace.mark(*s.Clock, r.now)
	}
	if s.Past != nil {
		v.Title, v.InvestorName, v.Currency = s.Past.Title, s.Past.InvestorName, s.Past.Currency
		v.Version, v.ActivityAt = s.Past.Version, s.Past.ActivityAt
	}
	seen := r.sees(s.Standing)
	masked := shape.Mask(&v, seen)
	if s.Past != nil {
		v.PlannedCents = s.Past.PlannedCents
		masked = without(masked, "planned_cents")
	}
	v.Masked, v.Can = masked, r.can(s)
	if v.AtLeast == nil {
		v.AtLeast = []string{}
	}
	v.Shares = []ShareView{}
	return v
}

// partsOf divides a reading scope by part, the strongest first.
func partsOf(read access.Scope) []partScope {
	var out []partScope
	for _, p := range []access.Part{
		access.Owner, access.Helper, access.Offered, access.Granted,
		access.Coordinator, access.Chain, access.Past,
	} {
		if s := read.Only(p); !s.Empty() {
			out = append(out, partScope{part: p, scope: s})
		}
	}
	return out
}

// part is the strongest part that the reader plays in the row.
func (r rights) part(s access.Standing) access.Part {
	for _, p := range r.parts {
		if p.scope.Covers(s) {
			return p.part
		}
	}
	return access.Any
}

func without(names []string, name string) []string {
	out := names[:0]
	for _, n := range names {
		if n != name {
			out = append(out, n)
		}
	}
	return out
}
