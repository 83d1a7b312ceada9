package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/event"
)

// FieldsEdited names the fields that the last edits of an object changed, in
// the order of their names, from the audit lines of the edits.
func (db *DB) FieldsEdited(ctx context.Context, e event.Edits) ([]string, error) {
	return fieldsEdited(db.Read(ctx), e)
}

// FieldsEdited is DB.FieldsEdited within the transaction.
func (tx *Tx) FieldsEdited(ctx context.Context, e event.Edits) ([]string, error) {
	return fieldsEdited(tx.DB(ctx), e)
}

func fieldsEdited(session *gorm.DB, e event.Edits) ([]string, error) {
	out := []string{}
	if e.Last <= 0 {
		return out, nil // a version that is still to come
	}
	var texts []string
	err := session.Raw("SELECT changes FROM audit_events WHERE object = ? AND object_id = ? AND outcome = 'done' AND kind IN ? ORDER BY id DESC LIMIT ?",
		e.Object, e.ID, e.Kinds, e.Last).Scan(&texts).Error
	if err != nil {
		return nil, fmt.Errorf("read what was edited of %s %d: %w", e.Object, e.ID, err)
	}
	for _, text := range texts {
		var changes []event.Change
		if err := json.Unmarshal([]byte(text), &changes); err != nil {
			return nil, fmt.Errorf("read the changes of %s %d: %w", e.Object, e.ID, err)
		}
		for _, c := range changes {
			out = append(out, c.Field)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
