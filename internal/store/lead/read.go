package lead

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// leadFields are the columns of a lead as of an instant, in the order of
// targetsOf.
func leadFields(now clause.Expr) frag {
	state := protectionState(now)
	return sqlf(plainFields+state.sql, state.args...)
}

const plainFields = `l.id, l.code, l.version, l.title, l.investor_name, l.credit_code, l.country, l.source_channel, l.introducer,
	l.unit_id, l.first_contact_unit_id, l.location_code, l.park_id, l.chain, l.track, l.stage, l.stage_since,
	l.planned_cents, l.fixed_assets_cents, l.output_cents, l.tax_cents, l.currency, l.at_least,
	l.promised_fixed_assets_per_mu_cents, l.promised_output_per_mu_cents, l.promised_tax_per_mu_cents, l.land_sqm,
	l.floor_sqm, l.product, l.summary, l.restricted, l.first_contact_on, l.expected_sign_on, l.signed_on,
	l.started_on, l.signing_event, l.binding, l.next_step, l.next_step_on, l.as_reported, l.stage_assumed, l.invented,
	l.source_note, l.created_by, l.created_at, l.activity_at, l.deleted_at,
	l.parent_name, l.parent_credit_code, l.website, l.protection_reference, l.protection_from, l.protection_until,
	l.protection_idle_until, l.protection_ends, l.protection_renewals, l.protection_warned, `

func targetsOf(l *lead.Lead) []any {
	return []any{
		&l.ID, &l.Code, &l.Version, &l.Title, &l.InvestorName, &l.CreditCode, &l.Country, &l.SourceChannel,
		&l.Introducer, &l.UnitID, &l.FirstContactUnitID, &l.LocationCode, &l.ParkID, &l.Chain, &l.Track,
		&l.Stage, &l.StageSince, &l.PlannedCents, &l.FixedAssetsCents, &l.OutputCents, &l.TaxCents, &l.Currency,
		&l.AtLeast, &l.PromisedFixedAssetsPerMuCents, &l.PromisedOutputPerMuCents, &l.PromisedTaxPerMuCents,
		&l.LandSqm, &l.FloorSqm, &l.Product, &l.Summary, &l.Restricted, &l.FirstContactOn, &l.ExpectedSignOn,
		&l.SignedOn, &l.StartedOn, &l.SigningEvent, &l.Binding, &l.NextStep, &l.NextStepOn, &l.AsReported,
		&l.StageAssumed, &l.Invented, &l.SourceNote, &l.CreatedBy, &l.CreatedAt, &l.ActivityAt, &l.DeletedAt,
		&l.ParentName, &l.ParentCreditCode, &l.Website, &l.ProtectionReference, &l.ProtectionFrom, &l.ProtectionUntil,
		&l.ProtectionIdleUntil, &l.ProtectionEnds, &l.ProtectionRenewals, &l.ProtectionWarned, &l.ProtectionState,
	}
}

// readLeads returns the leads of a query for leadFields.
func readLeads(query *gorm.DB) ([]lead.Lead, error) {
	var out []lead.Lead
	var l lead.Lead
	targets := targetsOf(&l) // scanning makes new values for the pointers in l
	err := each(query, func(rows *sql.Rows) error {
		err := rows.Scan(targets...)
		out = append(out, l)
		return err
	})
	return out, err
}

// fact is a live row of lead_parts.
type fact struct {
	LeadID     id.Lead
	UnitID     id.Unit
	Part       access.Part
	FromAt     time.Time
	Until      time.Time
	HandoffID  *id.Handoff
	ActivityAt time.Time
	MayReturn  bool  // the holder may still give the lead back
	number     int64 // of the row: a later fact has a higher one
}

// factFields are the columns of a fact in the order of maybeFact.targets.
func factFields(now clause.Expr) frag {
	return sqlf("f.id, f.unit_id, f.part, f.from_at, f.until, f.handoff_id, f.activity_at, (f.return_by IS NOT NULL AND f.return_by > ?)", now)
}

// maybeFact is a fact beside a lead that may have none.
type maybeFact struct {
	number, unit            sql.NullInt64
	part                    sql.NullString
	from, until, activityAt sql.NullTime
	handoff                 *id.Handoff
	mayReturn               sql.NullBool
}

func (f *maybeFact) targets() []any {
	return []any{&f.number, &f.unit, &f.part, &f.from, &f.until, &f.handoff, &f.activityAt, &f.mayReturn}
}

func (f *maybeFact) of(l id.Lead) fact {
	return fact{
		LeadID: l, UnitID: id.Unit(f.unit.Int64), Part: access.Part(f.part.String), FromAt: f.from.Time, Until: f.until.Time,
		HandoffID: f.handoff, ActivityAt: f.activityAt.Time, MayReturn: f.mayReturn.Bool, number: f.number.Int64,
	}
}

// factsWhere leaves the live parts that can give the reader a right: those of
// the reader's own units, and whatever is on offer. A scope without a reader
// leaves them all.
func factsWhere(read access.Scope, now clause.Expr) frag {
	where := live("f", now)
	if units := read.Home(); len(units) > 0 {
		where = where.and(sqlf("(f.part = 'offered' OR f.unit_id IN ? OR "+byLead().sql+")", units))
	}
	return where
}

// readPage returns the leads of a query for leadFields and factFields, which
// has a row for each fact of a lead, and the facts.
func readPage(query *gorm.DB) ([]lead.Lead, map[id.Lead][]fact, error) {
	var out []lead.Lead
	facts := map[id.Lead][]fact{}
	var l lead.Lead
	var f maybeFact
	targets := append(targetsOf(&l), f.targets()...)
	err := each(query, func(rows *sql.Rows) error {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if n := len(out); n == 0 || out[n-1].ID != l.ID {
			out = append(out, l)
		}
		if f.number.Valid {
			facts[l.ID] = append(facts[l.ID], f.of(l.ID))
		}
		return nil
	})
	for _, of := range facts {
		slices.SortFunc(of, func(a, b fact) int { return cmp.Compare(a.number, b.number) })
	}
	return out, facts, err
}

// each hands the rows of a query to scan. It goes past the mapper, which took
// longer over a row of a list than the database.
func each(query *gorm.DB, scan func(*sql.Rows) error) (err error) {
	rows, err := query.Rows()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return query.AddError(err) // gives the driver's error its meaning
	}
	return nil
}

// amountOf reads a query for one number.
func amountOf(query *gorm.DB) (n int64, err error) {
	err = each(query, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}
