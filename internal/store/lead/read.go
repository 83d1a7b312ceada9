package lead

import (
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/lead"
)

// leadFields are the columns of a lead in the order of targetsOf.
const leadFields = `l.id, l.code, l.version, l.title, l.investor_name, l.credit_code, l.country, l.source_channel, l.introducer,
	l.unit_id, l.first_contact_unit_id, l.location_code, l.park_id, l.chain, l.track, l.stage, l.stage_since,
	l.planned_cents, l.fixed_assets_cents, l.output_cents, l.tax_cents, l.currency, l.at_least,
	l.promised_fixed_assets_per_mu_cents, l.promised_output_per_mu_cents, l.promised_tax_per_mu_cents, l.land_sqm,
	l.floor_sqm, l.product, l.summary, l.restricted, l.first_contact_on, l.expected_sign_on, l.signed_on,
	l.started_on, l.signing_event, l.binding, l.next_step, l.next_step_on, l.as_reported, l.stage_assumed, l.invented,
	l.source_note, l.created_by, l.created_at, l.activity_at, l.deleted_at`

func targetsOf(l *lead.Lead) []any {
	return []any{
		&l.ID, &l.Code, &l.Version, &l.Title, &l.InvestorName, &l.CreditCode, &l.Country, &l.SourceChannel,
		&l.Introducer, &l.UnitID, &l.FirstContactUnitID, &l.LocationCode, &l.ParkID, &l.Chain, &l.Track,
		&l.Stage, &l.StageSince, &l.PlannedCents, &l.FixedAssetsCents, &l.OutputCents, &l.TaxCents, &l.Currency,
		&l.AtLeast, &l.PromisedFixedAssetsPerMuCents, &l.PromisedOutputPerMuCents, &l.PromisedTaxPerMuCents,
		&l.LandSqm, &l.FloorSqm, &l.Product, &l.Summary, &l.Restricted, &l.FirstContactOn, &l.ExpectedSignOn,
		&l.SignedOn, &l.StartedOn, &l.SigningEvent, &l.Binding, &l.NextStep, &l.NextStepOn, &l.AsReported,
		&l.StageAssumed, &l.Invented, &l.SourceNote, &l.CreatedBy, &l.CreatedAt, &l.ActivityAt, &l.DeletedAt,
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
