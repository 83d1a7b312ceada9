package store

import "gorm.io/gorm"

// rowErrors gives the errors of Raw(…).Scan and Rows their meaning. GORM
// translates what its other calls return, but puts the driver's bare error
// into these, so an INSERT … RETURNING that met a unique index, or a lost
// connection, would pass for an unknown failure.
type rowErrors struct{}

// Name names the plugin for GORM.
func (rowErrors) Name() string { return "leadrelay:row_errors" }

// Initialize adds the translation behind GORM's own step.
func (rowErrors) Initialize(db *gorm.DB) error {
	return db.Callback().Row().After("gorm:row").Register("leadrelay:row_errors", func(db *gorm.DB) {
		db.Error = translate(db.Error)
	})
}
