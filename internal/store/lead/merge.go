package lead

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// mergeRow is a merge as GORM writes it.
type mergeRow struct {
	Merge lead.Merge `gorm:"embedded"`
}

// TableName is the table of merges.
func (mergeRow) TableName() string { return "merges" }

// mergedRow is what a merge moved, as GORM writes it.
type mergedRow struct {
	Row lead.MergeRow `gorm:"embedded"`
}

// TableName is the table of what merges moved.
func (mergedRow) TableName() string { return "merge_rows" }

// InsertMerge writes a merge. The unique index decides that a lead is merged
// once at a time; see lead.DisputeTx.
func (t Tx) InsertMerge(ctx context.Context, m *lead.Merge) error {
	r := mergeRow{Merge: *m}
	err := t.DB(ctx).Create(&r).Error
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "merge.merged", "The lead is merged into another already.").Because(err)
	}
	m.ID = r.Merge.ID
	return wrap(err, "insert the merge of lead %s", m.LeadID)
}

// moved lists the tables whose rows a merge moves with their lead: the kind
// of row, the table, and which rows. The entries of the stream go with the
// note or file that they show.
func moved() []struct {
	kind         lead.RowKind
	table, which string
} {
	return []struct {
		kind         lead.RowKind
		table, which string
	}{
		{lead.RowActivity, "activities", "(note_id IS NOT NULL OR file_id IS NOT NULL)"},
		{lead.RowContact, "contacts", "deleted_at IS NULL"},
		{lead.RowNote, "notes", "deleted_at IS NULL"},
		{lead.RowFile, "files", "deleted_at IS NULL"},
	}
}

// MoveRows moves what a merged lead holds to the target; see lead.DisputeTx.
func (t Tx) MoveRows(ctx context.Context, m lead.Merge, now time.Time) error {
	for _, table := range moved() {
		err := t.recordRows(ctx, m, table.kind, "SELECT id FROM "+table.table+" WHERE lead_id = ? AND "+table.which, m.LeadID)
		if err != nil {
			return err
		}
		err = t.DB(ctx).Exec("UPDATE "+table.table+" SET lead_id = ? WHERE lead_id = ? AND "+table.which, m.IntoLeadID, m.LeadID).Error
		if err != nil {
			return fmt.Errorf("move the %s of lead %s: %w", table.table, m.LeadID, err)
		}
	}
	if err := t.shareHelpers(ctx, m, now); err != nil {
		return err
	}
	err := t.recordRows(ctx, m, lead.RowMerge, "SELECT id FROM merges WHERE answer_lead_id = ? AND undone_at IS NULL AND id <> ?", m.LeadID, m.ID)
	if err != nil {
		return err
	}
	return t.answerFor(ctx, m, m.IntoLeadID)
}

// recordRows remembers the rows of a query as moved by the merge.
func (t Tx) recordRows(ctx context.Context, m lead.Merge, kind lead.RowKind, query string, args ...any) error {
	var ids []int64
	if err := t.DB(ctx).Raw(query+" ORDER BY id", args...).Scan(&ids).Error; err != nil {
		return fmt.Errorf("read what merge %s moves: %w", m.ID, err)
	}
	for _, row := range ids {
		if err := t.AddMergeRow(ctx, m, lead.MergeRow{Kind: kind, RowID: row}); err != nil {
			return err
		}
	}
	return nil
}

// shareHelpers makes the helpers of the merged lead helpers of the target,
// with the end of their right, unless they are or it is theirs. On the merged
// lead they stay what they were.
func (t Tx) shareHelpers(ctx context.Context, m lead.Merge, now time.Time) error {
	var ids []int64
	err := t.DB(ctx).Raw("INSERT INTO lead_parts (lead_id, unit_id, part, from_at, until, handoff_id, activity_at, stage, restricted) "+
		"SELECT l.id, p.unit_id, 'helper', ?, p.until, p.handoff_id, l.activity_at, l.stage, l.restricted FROM lead_parts p JOIN leads l ON l.id = ? "+
		"WHERE p.lead_id = ? AND p.part = 'helper' AND p.from_at <= ? AND p.until > ? AND NOT EXISTS (SELECT 1 FROM lead_parts e "+
		"WHERE e.lead_id = l.id AND +e.unit_id = p.unit_id AND e.part IN ('owner', 'helper') AND e.until > ?) RETURNING id",
		now, m.IntoLeadID, m.LeadID, now, now, now).Scan(&ids).Error
	if err != nil {
		return fmt.Errorf("give the helpers of lead %s their right: %w", m.LeadID, err)
	}
	for _, row := range ids {
		if err := t.AddMergeRow(ctx, m, lead.MergeRow{Kind: lead.RowHelper, RowID: row}); err != nil {
			return err
		}
	}
	return nil
}

// answerFor lets a lead answer for those that were merged into the merged one
// before.
func (t Tx) answerFor(ctx context.Context, m lead.Merge, answers id.Lead) error {
	err := t.DB(ctx).Exec("UPDATE merges SET answer_lead_id = ? WHERE id IN (SELECT row_id FROM merge_rows WHERE merge_id = ? AND kind = 'merge')",
		answers, m.ID).Error
	return wrap(err, "pass on the merges before merge %s", m.ID)
}

// MoveBack undoes MoveRows for what is still where the merge put it, as it is
// now; see lead.DisputeTx.
func (t Tx) MoveBack(ctx context.Context, m lead.Merge, now time.Time) error {
	const recorded = "id IN (SELECT row_id FROM merge_rows WHERE merge_id = ? AND kind = ?)"
	for _, table := range moved() {
		err := t.DB(ctx).Exec("UPDATE "+table.table+" SET lead_id = ? WHERE lead_id = ? AND "+recorded,
			m.LeadID, m.IntoLeadID, m.ID, table.kind).Error
		if err != nil {
			return fmt.Errorf("move the %s of merge %s back: %w", table.table, m.ID, err)
		}
	}
	err := t.DB(ctx).Exec("UPDATE lead_parts SET until = ? WHERE lead_id = ? AND part = 'helper' AND until > ? AND "+recorded,
		now, m.IntoLeadID, now, m.ID, lead.RowHelper).Error
	if err != nil {
		return fmt.Errorf("end the helpers of merge %s: %w", m.ID, err)
	}
	return t.answerFor(ctx, m, m.LeadID)
}

// AddMergeRow remembers a row that a merge moved or a field that it took.
func (t Tx) AddMergeRow(ctx context.Context, m lead.Merge, row lead.MergeRow) error {
	row.MergeID = m.ID
	return wrap(t.DB(ctx).Create(&mergedRow{Row: row}).Error, "record what merge %s moved", m.ID)
}

// KeepMergeRow marks a field that was edited since and stays as it is.
func (t Tx) KeepMergeRow(ctx context.Context, row lead.MergeRow) error {
	err := t.DB(ctx).Exec("UPDATE merge_rows SET kept = true WHERE id = ?", row.ID).Error
	return wrap(err, "mark a field of merge %s", row.MergeID)
}

// MergeFor reads a merge for an act; see lead.DisputeTx.
func (t Tx) MergeFor(ctx context.Context, merge id.Merge) (lead.Merge, error) {
	return oneMerge(t.DB(ctx), merge)
}

// OneMerge is MergeFor outside a transaction.
func (s *Store) OneMerge(ctx context.Context, merge id.Merge) (lead.Merge, error) {
	return oneMerge(s.db.Read(ctx), merge)
}

func oneMerge(db *gorm.DB, merge id.Merge) (lead.Merge, error) {
	rows, err := mergesWhere(db, sqlf("id = ?", merge))
	if err != nil {
		return lead.Merge{}, err
	}
	if len(rows) == 0 {
		return lead.Merge{}, fault.New(fault.NotFound, "merge.unknown", "No such merge.")
	}
	return rows[0], nil
}

// UndoMerge marks a live merge as undone; see lead.DisputeTx.
func (t Tx) UndoMerge(ctx context.Context, m lead.Merge) error {
	result := t.DB(ctx).Exec("UPDATE merges SET undone_at = ?, undone_by = ?, undo_reason = ? WHERE id = ? AND undone_at IS NULL",
		m.UndoneAt, m.UndoneBy, m.UndoReason, m.ID)
	if result.Error == nil && result.RowsAffected != 1 {
		return fault.New(fault.Conflict, "merge.undone", "The merge was undone already.")
	}
	return wrap(result.Error, "undo merge %s", m.ID)
}

// MergeRowsFor returns what a merge moved and took.
func (t Tx) MergeRowsFor(ctx context.Context, m lead.Merge) ([]lead.MergeRow, error) {
	return mergeRows(t.DB(ctx), m.ID)
}

// MergeRows is MergeRowsFor outside a transaction.
func (s *Store) MergeRows(ctx context.Context, merge id.Merge) ([]lead.MergeRow, error) {
	return mergeRows(s.db.Read(ctx), merge)
}

func mergeRows(db *gorm.DB, merge id.Merge) ([]lead.MergeRow, error) {
	var rows []lead.MergeRow
	err := db.Raw("SELECT * FROM merge_rows WHERE merge_id = ? ORDER BY id", merge).Scan(&rows).Error
	return rows, wrap(err, "read the rows of merge %s", merge)
}

// LiveMerges counts the live merges of a locked lead; see lead.DisputeTx.
func (t Tx) LiveMerges(ctx context.Context, seen lead.Seen) (merged, target int64, err error) {
	err = each(t.DB(ctx).Raw("SELECT COUNT(CASE WHEN lead_id = ? THEN 1 END), COUNT(CASE WHEN into_lead_id = ? THEN 1 END) "+
		"FROM merges WHERE (lead_id = ? OR into_lead_id = ?) AND undone_at IS NULL",
		seen.Lead.ID, seen.Lead.ID, seen.Lead.ID, seen.Lead.ID), func(rows *sql.Rows) error {
		return rows.Scan(&merged, &target)
	})
	return merged, target, wrap(err, "count the merges of lead %s", seen.Lead.ID)
}

// UndoableMerges counts those of them that can still be undone.
func (t Tx) UndoableMerges(ctx context.Context, seen lead.Seen, now time.Time) (int64, error) {
	n, err := amountOf(t.DB(ctx).Raw("SELECT count(*) FROM merges WHERE (lead_id = ? OR into_lead_id = ?) AND undone_at IS NULL AND undo_until > ?",
		seen.Lead.ID, seen.Lead.ID, now))
	return n, wrap(err, "count the merges of lead %s that can be undone", seen.Lead.ID)
}

// Merges returns the merges of a lead that was read through a scope, newest
// first.
func (s *Store) Merges(ctx context.Context, seen lead.Seen) ([]lead.Merge, error) {
	return mergesWhere(s.db.Read(ctx), sqlf("(lead_id = ? OR into_lead_id = ?)", seen.Lead.ID, seen.Lead.ID))
}

func mergesWhere(db *gorm.DB, where frag) ([]lead.Merge, error) {
	var rows []lead.Merge
	err := db.Raw("SELECT * FROM merges WHERE "+where.sql+" ORDER BY id DESC", where.args...).Scan(&rows).Error
	return rows, wrap(err, "read merges")
}

// MergedInto returns the lead that answers for a merged one; 0 for none.
func (s *Store) MergedInto(ctx context.Context, seen lead.Seen) (id.Lead, error) {
	var into []id.Lead
	err := s.db.Read(ctx).Raw("SELECT answer_lead_id FROM merges WHERE lead_id = ? AND undone_at IS NULL", seen.Lead.ID).Scan(&into).Error
	if err != nil || len(into) == 0 {
		return 0, wrap(err, "look where lead %s went", seen.Lead.ID)
	}
	return into[0], nil
}
