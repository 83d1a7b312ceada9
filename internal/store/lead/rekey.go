package lead

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// rekeyedAtOnce is how many leads one transaction writes the keys of.
const rekeyedAtOnce = 2_000

// Rekey writes the keys of the duplicate check anew when they were written by
// other rules; see lead.Store. It may be interrupted and run twice: until it
// has ended, some leads are found by their old keys.
func (s *Store) Rekey(ctx context.Context, rules int64, keysOf func(lead.Contact) []lead.MatchKey) error {
	kept, err := amountOf(s.db.Read(ctx).Raw("SELECT version FROM match_rules WHERE id = 1"))
	if err != nil || kept == rules {
		return err
	}
	last, err := amountOf(s.db.Read(ctx).Raw("SELECT COALESCE(max(id), 0) FROM leads"))
	if err != nil {
		return err
	}
	for from := id.Lead(1); from <= id.Lead(last); from += rekeyedAtOnce {
		err := s.db.InTx(ctx, func(tx *store.Tx) error { return Tx{Tx: tx}.rekey(ctx, from, from+rekeyedAtOnce-1, keysOf) })
		if err != nil {
			return fmt.Errorf("write the keys of leads from %s: %w", from, err)
		}
	}
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.DB(ctx).Exec("UPDATE match_rules SET version = ? WHERE id = 1", rules).Error
	})
}

// rekey writes the keys of the leads between two numbers.
func (t Tx) rekey(ctx context.Context, from, until id.Lead, keysOf func(lead.Contact) []lead.MatchKey) error {
	if err := t.DB(ctx).Exec("DELETE FROM match_keys WHERE lead_id BETWEEN ? AND ?", from, until).Error; err != nil {
		return err
	}
	var all []lead.Lead
	err := t.DB(ctx).Raw("SELECT id, investor_name, credit_code, parent_name, parent_credit_code, website FROM leads "+
		"WHERE id BETWEEN ? AND ? AND deleted_at IS NULL", from, until).Scan(&all).Error
	if err != nil {
		return err
	}
	var contacts []lead.Contact
	err = t.DB(ctx).Raw("SELECT c.lead_id, c.phone, c.email FROM contacts c JOIN leads l ON l.id = c.lead_id "+
		"WHERE c.lead_id BETWEEN ? AND ? AND c.deleted_at IS NULL AND l.deleted_at IS NULL", from, until).Scan(&contacts).Error
	if err != nil {
		return err
	}
	b := t.Bulk("match_keys", "lead_id", "kind", "key").Merge("ON CONFLICT DO NOTHING")
	put := func(l id.Lead, keys []lead.MatchKey) error {
		for _, k := range keys {
			if err := b.Add(ctx, int64(l), k.Kind, k.Key); err != nil {
				return err
			}
		}
		return nil
	}
	for _, l := range all {
		if err := put(l.ID, lead.MatchKeys(l)); err != nil {
			return err
		}
	}
	for _, c := range contacts {
		if err := put(c.LeadID, keysOf(c)); err != nil {
			return err
		}
	}
	return b.Flush(ctx)
}
