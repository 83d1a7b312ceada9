package lead

import (
	"context"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// Rows as GORM writes them.
type (
	disputeRow struct {
		Dispute lead.Dispute `gorm:"embedded"`
	}
	disputeStepRow struct {
		Step lead.DisputeStep `gorm:"embedded"`
	}
	disputeFileRow struct {
		File lead.DisputeFile `gorm:"embedded"`
	}
	outcomeRow struct {
		Outcome lead.DisputeOutcome `gorm:"embedded"`
	}
)

// TableName is the table of disputes.
func (disputeRow) TableName() string { return "disputes" }

// TableName is the table of the steps of disputes.
func (disputeStepRow) TableName() string { return "dispute_entries" }

// TableName is the table of the documents of disputes.
func (disputeFileRow) TableName() string { return "dispute_files" }

// TableName is the table of proposals and decisions.
func (outcomeRow) TableName() string { return "dispute_outcomes" }

// InsertDispute writes a new dispute. The unique indexes decide that a unit,
// and a pair of leads, has one open; see lead.DisputeTx.
func (t Tx) InsertDispute(ctx context.Context, _ lead.Seen, d *lead.Dispute) error {
	r := disputeRow{Dispute: *d}
	err := t.DB(ctx).Create(&r).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "dispute.pending", "The lead is disputed by this unit already.").Because(err)
	}
	d.ID = r.Dispute.ID
	return wrap(err, "insert a dispute about lead %s", d.LeadID)
}

// SaveDispute writes a dispute over the version that was read; see
// lead.DisputeTx.
func (t Tx) SaveDispute(ctx context.Context, d *lead.Dispute) error {
	read := d.Version
	d.Version++
	result := t.DB(ctx).Table("disputes").Where("id = ? AND version = ? AND closed_at IS NULL", d.ID, read).
		Select("state", "talk_due_at", "rule_due_at", "raised_at", "closed_at", "closed_by", "outcome_id", "version").
		Updates(&disputeRow{Dispute: *d})
	if result.Error != nil {
		return fmt.Errorf("save dispute %s: %w", d.ID, result.Error)
	}
	if result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "dispute.closed", "The dispute has ended.")
	}
	return nil
}

// AddDisputeStep writes what happened in a dispute.
func (t Tx) AddDisputeStep(ctx context.Context, d lead.Dispute, step lead.DisputeStep) error {
	return wrap(t.DB(ctx).Create(&disputeStepRow{Step: step}).Error, "add a step to dispute %s", d.ID)
}

// InsertDisputeFile writes a document of a dispute.
func (t Tx) InsertDisputeFile(ctx context.Context, d lead.Dispute, f *lead.DisputeFile) error {
	f.DisputeID = d.ID
	r := disputeFileRow{File: *f}
	err := t.DB(ctx).Create(&r).Error
	f.ID = r.File.ID
	return wrap(err, "add a file to dispute %s", d.ID)
}

// InsertOutcome writes a proposal or a decision; see lead.DisputeTx.
func (t Tx) InsertOutcome(ctx context.Context, d lead.Dispute, o *lead.DisputeOutcome) error {
	err := t.DB(ctx).Exec("UPDATE dispute_outcomes SET state = 'replaced' WHERE dispute_id = ? AND state = 'proposed'", d.ID).Error
	if err != nil {
		return fmt.Errorf("replace the proposal of dispute %s: %w", d.ID, err)
	}
	r := outcomeRow{Outcome: *o}
	if err := t.DB(ctx).Create(&r).Error; err != nil {
		return fmt.Errorf("add an outcome to dispute %s: %w", d.ID, err)
	}
	o.ID = r.Outcome.ID
	for _, s := range o.Shares {
		err := t.DB(ctx).Exec("INSERT INTO dispute_shares (outcome_id, unit_id, basis_points) VALUES (?, ?, ?)", o.ID, s.UnitID, s.BasisPoints).Error
		if err != nil {
			return fmt.Errorf("add a share to outcome %d: %w", o.ID, err)
		}
	}
	return nil
}

// Proposal returns the open proposal of a dispute; nil for none.
func (t Tx) Proposal(ctx context.Context, d lead.Dispute) (*lead.DisputeOutcome, error) {
	rows, err := outcomesWhere(t.DB(ctx), sqlf("dispute_id = ? AND state = 'proposed'", d.ID))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// AgreeOutcome marks a proposal as agreed.
func (t Tx) AgreeOutcome(ctx context.Context, o lead.DisputeOutcome) error {
	result := t.DB(ctx).Exec("UPDATE dispute_outcomes SET state = 'agreed' WHERE id = ? AND state = 'proposed'", o.ID)
	if result.Error == nil && result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "dispute.no_proposal", "The proposal was replaced.")
	}
	return wrap(result.Error, "agree to outcome %d", o.ID)
}

// SetShares ends the shares of a locked lead and writes new ones.
func (t Tx) SetShares(ctx context.Context, seen lead.Seen, outcome int64, shares []lead.Share, now time.Time) error {
	err := t.DB(ctx).Exec("UPDATE lead_shares SET until = ? WHERE lead_id = ? AND until > ?", now, seen.Lead.ID, now).Error
	for _, s := range shares {
		if err != nil {
			break
		}
		err = t.DB(ctx).Exec("INSERT INTO lead_shares (lead_id, unit_id, basis_points, from_at, until, outcome_id) VALUES (?, ?, ?, ?, ?, ?)",
			seen.Lead.ID, s.UnitID, s.BasisPoints, now, clock.Forever(), outcome).Error
	}
	return wrap(err, "set the shares of lead %s", seen.Lead.ID)
}

// HelpOnce makes a unit a helper of a locked lead, unless it is one or holds
// the lead.
func (t Tx) HelpOnce(ctx context.Context, seen lead.Seen, unit id.Unit, now time.Time) (bool, error) {
	held, err := amountOf(t.DB(ctx).Raw("SELECT count(*) FROM lead_parts WHERE lead_id = ? AND +unit_id = ? AND part IN ('owner', 'helper') AND until > ?",
		seen.Lead.ID, unit, now))
	if err != nil || held > 0 {
		return false, wrap(err, "look whether unit %s helps lead %s", unit, seen.Lead.ID)
	}
	return true, t.AddPart(ctx, seen.Lead, lead.PartRow{UnitID: unit, Part: access.Helper, FromAt: now, Until: clock.Forever()})
}
