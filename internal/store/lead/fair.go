package lead

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

type fairRow struct {
	Review lead.FairReview `gorm:"embedded"`
}

// TableName is the table of fair-competition conclusions.
func (fairRow) TableName() string { return "fair_reviews" }

// AddFairReview writes a conclusion about a locked lead.
func (t Tx) AddFairReview(ctx context.Context, seen lead.Seen, r *lead.FairReview) error {
	row := fairRow{Review: *r}
	row.Review.LeadID = seen.Lead.ID
	if err := t.DB(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("write a fair-competition conclusion of lead %s: %w", seen.Lead.ID, err)
	}
	r.ID = row.Review.ID
	return nil
}

// FairReviews returns the conclusions about a lead, newest first.
func (s *Store) FairReviews(ctx context.Context, seen lead.Seen) ([]lead.FairReview, error) {
	var out []lead.FairReview
	err := s.db.Read(ctx).Raw("SELECT * FROM fair_reviews WHERE lead_id = ? ORDER BY id DESC LIMIT 100", seen.Lead.ID).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("read the fair-competition conclusions of lead %s: %w", seen.Lead.ID, err)
	}
	return out, nil
}

// fair tells whether the latest conclusion lets the lead pass, with its
// opinion still there.
func fair(db *gorm.DB, leadID id.Lead) (bool, error) {
	var last []bool
	err := db.Raw("SELECT r.conclusion <> 'failed' AND r.file_id IN (SELECT f.id FROM files f WHERE f.lead_id = r.lead_id AND f.deleted_at IS NULL) "+
		"FROM fair_reviews r WHERE r.lead_id = ? ORDER BY r.id DESC LIMIT 1", leadID).Scan(&last).Error
	if err != nil {
		return false, fmt.Errorf("read the last fair-competition conclusion of lead %s: %w", leadID, err)
	}
	return len(last) == 1 && last[0], nil
}

// admitted tells whether the newest result of an admission review lets the
// lead pass, for the place where it lands now and with its minutes.
func admitted(db *gorm.DB, l lead.Lead) (bool, error) {
	var passed []bool
	err := db.Raw("SELECT r.result IN ('passed', 'conditions') AND r.location_code = ? AND r.minutes_file_id IN "+
		"(SELECT f.id FROM files f WHERE f.lead_id = r.lead_id AND f.deleted_at IS NULL) FROM admission_reviews r "+
		"WHERE r.lead_id = ? AND r.state = 'decided' ORDER BY r.id DESC LIMIT 1", l.LocationCode, l.ID).Scan(&passed).Error
	if err != nil {
		return false, fmt.Errorf("read the admission review of lead %s: %w", l.ID, err)
	}
	return len(passed) == 1 && passed[0], nil
}

// landSaid tells what the record of a lead's land contract says: of several
// the fullest one.
func landSaid(db *gorm.DB, leadID id.Lead) (map[string]bool, error) {
	var rows []struct{ Number, Code, Signed, Scan bool }
	err := db.Raw("SELECT c.number <> '' AS number, c.supervision_code <> '' AS code, c.signed_on IS NOT NULL AS signed, "+
		"EXISTS (SELECT 1 FROM files f WHERE f.id = c.file_id AND f.lead_id = c.lead_id AND f.deleted_at IS NULL) AS scan "+
		"FROM land_contracts c WHERE c.lead_id = ? ORDER BY c.id", leadID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the land contracts of lead %s: %w", leadID, err)
	}
	var best map[string]bool
	most := -1
	for _, r := range rows {
		said, n := map[string]bool{"number": r.Number, "supervision_code": r.Code, "signed_on": r.Signed, "scan": r.Scan}, 0
		for _, there := range said {
			if there {
				n++
			}
		}
		if n > most {
			best, most = said, n
		}
	}
	return best, nil
}
