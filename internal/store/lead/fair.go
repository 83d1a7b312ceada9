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

// fair tells whether the latest conclusion lets the lead pass.
func fair(db *gorm.DB, leadID id.Lead) (bool, error) {
	var last []lead.FairConclusion
	err := db.Raw("SELECT conclusion FROM fair_reviews WHERE lead_id = ? ORDER BY id DESC LIMIT 1", leadID).Scan(&last).Error
	if err != nil {
		return false, fmt.Errorf("read the last fair-competition conclusion of lead %s: %w", leadID, err)
	}
	return len(last) == 1 && last[0] != lead.FairFailed, nil
}
