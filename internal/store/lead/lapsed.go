package lead

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
)

// LapsedDemo is an offer of the made world that nobody answered in time.
type LapsedDemo struct {
	LeadID     id.Lead
	FromUnitID id.Unit
	ToUnitID   id.Unit
	Reason     string
	Ask        string
}

// lapsedDemoSQL reads the last hand-off of each lead whose past was made up,
// where it ran out, for receivers with nothing to answer.
const lapsedDemoSQL = `SELECT h.lead_id, h.from_unit_id, h.to_unit_id, h.reason, h.ask FROM handoffs h
	WHERE (h.state = 'expired' OR (h.state = 'offered' AND h.due_at <= ?)) AND h.to_unit_id IN ?
	AND NOT EXISTS (SELECT 1 FROM handoffs n WHERE n.lead_id = h.lead_id AND n.id > h.id)
	AND EXISTS (SELECT 1 FROM handoffs i WHERE i.lead_id = h.lead_id AND i.invented)
	AND NOT EXISTS (SELECT 1 FROM handoffs o WHERE o.to_unit_id = h.to_unit_id AND o.state = 'offered' AND o.due_at > ?)
	ORDER BY h.to_unit_id, h.lead_id LIMIT ?`

// LapsedOffers returns up to limit offers of the made world that ran out, of
// the receivers among the units who have no offer to answer. It is for the
// demo alone, which makes them again.
func LapsedOffers(ctx context.Context, db *store.DB, _ access.Scope, to []id.Unit, limit int) ([]LapsedDemo, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := []LapsedDemo{}
	if err := db.Read(ctx).Raw(lapsedDemoSQL, now, to, now, limit).Scan(&out).Error; err != nil {
		return nil, fmt.Errorf("read lapsed offers of the demo: %w", err)
	}
	return out, nil
}
