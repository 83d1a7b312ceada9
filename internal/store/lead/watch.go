package lead

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
)

// Some returns those of the leads that are inside the scope.
func (s *Store) Some(ctx context.Context, read access.Scope, ids []id.Lead) ([]lead.Seen, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	db, now := s.db.Read(ctx), s.db.Present()
	rows, err := readLeads(leads(db, read, now).Select(leadFields).Where("l.id IN ?", ids))
	if err != nil {
		return nil, fmt.Errorf("get leads: %w", err)
	}
	return standings(db, read, rows, now)
}

// Watchers returns who may read the leads now or could within the time before
// now: a page that shows a lead must learn that it no longer may.
func (s *Store) Watchers(ctx context.Context, ids []id.Lead, before time.Duration) ([]lead.Watch, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out := map[id.Lead]*lead.Watch{}
	at := func(l id.Lead) *lead.Watch {
		if out[l] == nil {
			out[l] = &lead.Watch{Lead: l}
		}
		return out[l]
	}
	db, now, since := s.db.Read(ctx), s.db.Instant(0), s.db.Instant(-before)
	var l id.Lead
	err := each(db.Raw("SELECT id, restricted FROM leads WHERE id IN ?", ids), func(rows *sql.Rows) error {
		var restricted bool
		err := rows.Scan(&l, &restricted)
		at(l).Row.Restricted = restricted
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read watched leads: %w", err)
	}
	err = each(db.Raw("SELECT lead_id, unit_id, part FROM lead_parts WHERE lead_id IN ? AND from_at <= ? AND until > ?", ids, now, since),
		func(rows *sql.Rows) error {
			var f access.Fact
			err := rows.Scan(&l, &f.Unit, &f.Part)
			at(l).Row.Facts = append(at(l).Row.Facts, f)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the parts of watched leads: %w", err)
	}
	err = each(db.Raw("SELECT lead_id, user_id FROM lead_members WHERE lead_id IN ? AND from_at <= ? AND until > ?", ids, now, since),
		func(rows *sql.Rows) error {
			var user id.User
			err := rows.Scan(&l, &user)
			at(l).Members = append(at(l).Members, user)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the members of watched leads: %w", err)
	}
	list := make([]lead.Watch, 0, len(out))
	for _, w := range out {
		list = append(list, *w)
	}
	return list, nil
}
