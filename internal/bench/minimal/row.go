package main

import (
	"database/sql"
	"math"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// leadColumns are the columns of a lead in the order of row.targets.
const leadColumns = `l.id, l.code, l.version, l.title, l.investor_name, l.credit_code, l.country, l.source_channel, l.introducer,
	l.unit_id, l.first_contact_unit_id, l.location_code, l.park_id, l.chain, l.track, l.stage, l.stage_since, l.planned_cents,
	l.fixed_assets_cents, l.output_cents, l.tax_cents, l.currency, l.at_least, l.promised_fixed_assets_per_mu_cents,
	l.promised_output_per_mu_cents, l.promised_tax_per_mu_cents, l.land_sqm, l.floor_sqm, l.product, l.summary, l.restricted,
	l.first_contact_on, l.expected_sign_on, l.signed_on, l.started_on, l.signing_event, l.binding, l.next_step, l.next_step_on,
	l.as_reported, l.stage_assumed, l.invented, l.source_note, l.created_at, l.activity_at, o.handoff_id, o.unit_id, o.until,
	l.parent_name, l.parent_credit_code, l.website, l.protection_reference, l.protection_state, l.protection_ends, l.protection_until,
	l.protection_idle_until, l.protection_renewals, c.kind, c.unit_id, c.due_at, c.started_at, c.days, c.calendar`

// row is a lead as the product's API writes it.
type row struct {
	ID                 int64       `json:"id"`
	Code               string      `json:"code"`
	Version            int64       `json:"version"`
	Title              string      `json:"title"`
	InvestorName       *string     `json:"investor_name"`
	CreditCode         *string     `json:"credit_code"`
	ParentName         *string     `json:"parent_name"`
	ParentCreditCode   *string     `json:"parent_credit_code"`
	Website            *string     `json:"website"`
	Country            *string     `json:"country"`
	SourceChannel      string      `json:"source_channel"`
	Introducer         *string     `json:"introducer"`
	UnitID             int64       `json:"unit_id"`
	FirstContactUnitID *int64      `json:"first_contact_unit_id"`
	LocationCode       *string     `json:"location_code"`
	ParkID             *int64      `json:"park_id"`
	Chain              *string     `json:"chain"`
	Track              *string     `json:"track"`
	Stage              string      `json:"stage"`
	StageSince         time.Time   `json:"stage_since"`
	PlannedCents       *int64      `json:"planned_cents"`
	FixedAssetsCents   *int64      `json:"fixed_assets_cents"`
	OutputCents        *int64      `json:"output_cents"`
	TaxCents           *int64      `json:"tax_cents"`
	Currency           string      `json:"currency"`
	AtLeast            []string    `json:"at_least"`
	PromisedFixed      *int64      `json:"promised_fixed_assets_per_mu_cents"`
	PromisedOutput     *int64      `json:"promised_output_per_mu_cents"`
	PromisedTax        *int64      `json:"promised_tax_per_mu_cents"`
	LandSqm            *int64      `json:"land_sqm"`
	FloorSqm           *int64      `json:"floor_sqm"`
	Product            *string     `json:"product"`
	Summary            *string     `json:"summary"`
	Confidentiality    string      `json:"confidentiality"`
	FirstContactOn     *string     `json:"first_contact_on"`
	ExpectedSignOn     *string     `json:"expected_sign_on"`
	SignedOn           *string     `json:"signed_on"`
	StartedOn          *string     `json:"started_on"`
	SigningEvent       *string     `json:"signing_event"`
	Binding            *bool       `json:"binding"`
	NextStep           *string     `json:"next_step"`
	NextStepOn         *string     `json:"next_step_on"`
	AsReported         bool        `json:"as_reported"`
	StageAssumed       bool        `json:"stage_assumed"`
	Invented           bool        `json:"invented"`
	SourceNote         *string     `json:"source_note"`
	CreatedAt          time.Time   `json:"created_at"`
	ActivityAt         time.Time   `json:"activity_at"`
	Part               string      `json:"part"`
	Protection         *protection `json:"protection"`
	Offer              *offer      `json:"offer"`
	Shares             []string    `json:"shares"`
	MergedInto         *string     `json:"merged_into"`
	Clock              *limit      `json:"clock"`
	Can                []string    `json:"can"`
	Masked             []string    `json:"masked"`
}

type offer struct {
	ID       int64     `json:"id"`
	ToUnitID int64     `json:"to_unit_id"`
	DueAt    time.Time `json:"due_at"`
}

// protection is that of a first report.
type protection struct {
	Reference string     `json:"reference"`
	State     string     `json:"state"`
	Until     *time.Time `json:"until"`
	IdleUntil *time.Time `json:"idle_until"`
	Renewals  int64      `json:"renewals"`
}

// limit is the running clock that ends first.
type limit struct {
	Kind     string    `json:"kind"`
	UnitID   int64     `json:"unit_id"`
	State    string    `json:"state"`
	DueAt    time.Time `json:"due_at"`
	DaysLeft float64   `json:"days_left"`
}

// running are the columns of that clock.
type running struct {
	kind             sql.NullString
	unit, days       sql.NullInt64
	due, began       sql.NullTime
	calendar         sql.NullBool
	reference, state sql.NullString
	ends             sql.NullTime
}

// protection is as of an instant: one that ended has lapsed.
func (c running) protection(p protection, at time.Time) *protection {
	if !c.reference.Valid {
		return nil
	}
	p.Reference, p.State = c.reference.String, c.state.String
	if p.State == "active" && !c.ends.Time.After(at) {
		p.State = "lapsed"
	}
	for _, t := range []*time.Time{p.Until, p.IdleUntil} {
		if t != nil {
			*t = t.UTC()
		}
	}
	return &p
}

// limit works out how much is left of a clock, in working days to one tenth.
func (c running) limit(office *clock.Office, at time.Time) *limit {
	if !c.kind.Valid {
		return nil
	}
	l := &limit{Kind: c.kind.String, UnitID: c.unit.Int64, State: "running", DueAt: c.due.Time.UTC()}
	var left time.Duration
	switch {
	case !at.Before(c.due.Time):
		l.State, left = "overdue", -office.Worked(c.due.Time, at)
	default:
		left = time.Duration(c.days.Int64)*clock.LimitDay - office.Worked(c.began.Time, at)
	}
	if c.calendar.Bool {
		left = c.due.Time.Sub(at)
	}
	l.DaysLeft = math.Floor(float64(left)/float64(clock.LimitDay/10)) / 10
	return l
}

// scan reads one row; more are the columns after those of the lead.
func (r *row) scan(rows *sql.Rows, office *clock.Office, at time.Time, more ...any) error {
	var atLeast string
	var restricted bool
	var offerID, offerUnit sql.NullInt64
	var due sql.NullTime
	var c running
	var p protection
	targets := []any{
		&r.ID, &r.Code, &r.Version, &r.Title, &r.InvestorName, &r.CreditCode, &r.Country, &r.SourceChannel, &r.Introducer,
		&r.UnitID, &r.FirstContactUnitID, &r.LocationCode, &r.ParkID, &r.Chain, &r.Track, &r.Stage, &r.StageSince, &r.PlannedCents,
		&r.FixedAssetsCents, &r.OutputCents, &r.TaxCents, &r.Currency, &atLeast, &r.PromisedFixed,
		&r.PromisedOutput, &r.PromisedTax, &r.LandSqm, &r.FloorSqm, &r.Product, &r.Summary, &restricted,
		&r.FirstContactOn, &r.ExpectedSignOn, &r.SignedOn, &r.StartedOn, &r.SigningEvent, &r.Binding, &r.NextStep, &r.NextStepOn,
		&r.AsReported, &r.StageAssumed, &r.Invented, &r.SourceNote, &r.CreatedAt, &r.ActivityAt, &offerID, &offerUnit, &due,
		&r.ParentName, &r.ParentCreditCode, &r.Website, &c.reference, &c.state, &c.ends, &p.Until, &p.IdleUntil, &p.Renewals,
		&c.kind, &c.unit, &c.due, &c.began, &c.days, &c.calendar,
	}
	if err := rows.Scan(append(targets, more...)...); err != nil {
		return err
	}
	r.StageSince, r.CreatedAt, r.ActivityAt = r.StageSince.UTC(), r.CreatedAt.UTC(), r.ActivityAt.UTC()
	r.AtLeast, r.Confidentiality, r.Masked = []string{}, "normal", []string{}
	if atLeast != "" {
		r.AtLeast = strings.Split(atLeast, ",")
	}
	if restricted {
		r.Confidentiality = "restricted"
	}
	r.Shares, r.Clock, r.Protection = []string{}, c.limit(office, at), c.protection(p, at)
	if offerID.Valid {
		r.Offer = &offer{ID: offerID.Int64, ToUnitID: offerUnit.Int64, DueAt: due.Time.UTC()}
	}
	return nil
}

// forLeader is what the city's leader sees of a row.
func (r *row) forLeader() {
	r.Part, r.Introducer = "any", nil
	r.Can, r.Masked = []string{"reveal_contacts", "read_contacts", "read_files"}, []string{"introducer"}
}

// forTown is what a town's officer sees and may do, by the town's part.
func (r *row) forTown(past snapshot, mayReturn bool) {
	switch r.Part {
	case "offered":
		r.Introducer, r.Masked, r.Can = nil, []string{"introducer"}, []string{"answer", "dispute"}
	case "past":
		r.headLine(past)
		if !ended(r.Stage) {
			r.Can = []string{"dispute", "read_files"}
		}
	default:
		r.Can = r.holds(mayReturn)
	}
}

// holds are the acts of who is responsible.
func (r *row) holds(mayReturn bool) []string {
	var can []string
	free := r.Offer == nil && !ended(r.Stage)
	allow := func(possible bool, acts ...string) {
		if possible {
			can = append(can, acts...)
		}
	}
	allow(!ended(r.Stage), "edit")
	allow(free, "change_stage")
	allow(true, "restrict")
	allow(free, "hand_off")
	allow(r.Offer != nil, "withdraw")
	allow(mayReturn && r.Offer == nil && !done(r.Stage), "return")
	allow(free, "refer")
	allow(!ended(r.Stage), "add_helper")
	allow(true, "edit_contacts", "add_note", "add_file")
	allow(r.Protection != nil && r.Protection.State == "active" && r.Protection.Renewals == 0, "renew_protection")
	allow(true, "read_contacts", "read_files")
	return can
}

// snapshot is what a past holder keeps of a lead.
type snapshot struct {
	title, investor, currency *string
	planned, version          *int64
	activity                  time.Time
}

func (r *row) headLine(p snapshot) {
	*r = row{
		ID: r.ID, Code: r.Code, UnitID: r.UnitID, Stage: r.Stage, StageSince: r.StageSince, Confidentiality: r.Confidentiality,
		AsReported: r.AsReported, StageAssumed: r.StageAssumed, Invented: r.Invented, CreatedAt: r.CreatedAt, Part: r.Part,
		Protection: r.Protection, Shares: r.Shares,
		InvestorName: p.investor, PlannedCents: p.planned, ActivityAt: p.activity.UTC(), AtLeast: []string{},
		Can: []string{"read_files"}, Masked: []string{
			"credit_code", "parent_name", "parent_credit_code", "website", "country", "source_channel", "introducer", "first_contact_unit_id", "location_code", "park_id",
			"chain", "track", "fixed_assets_cents", "output_cents", "tax_cents", "at_least", "promised_fixed_assets_per_mu_cents",
			"promised_output_per_mu_cents", "promised_tax_per_mu_cents", "land_sqm", "floor_sqm", "product", "summary",
			"first_contact_on", "expected_sign_on", "signed_on", "started_on", "signing_event", "binding", "next_step",
			"next_step_on", "source_note", "offer", "shares", "clock",
		},
	}
	if p.title != nil && p.currency != nil && p.version != nil {
		r.Title, r.Currency, r.Version = *p.title, *p.currency, *p.version
	}
}

func ended(stage string) bool {
	switch stage {
	case "lost", "withdrawn", "transferred_out", "duplicate", "invalid":
		return true
	}
	return false
}

// done tells whether a project has come too far to be given back.
func done(stage string) bool {
	switch stage {
	case "started", "invested", "completed", "producing", "full_capacity", "aftercare":
		return true
	}
	return ended(stage)
}
