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
	fields := leadFields(now)
	rows, err := readLeads(leads(db, read, now).Select(fields.sql, fields.args...).Where("l.id IN ?", ids))
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
	out := watches{}
	db, now, since := s.db.Read(ctx), s.db.Instant(0), s.db.Instant(-before)
	var l id.Lead
	err := each(db.Raw("SELECT id, restricted FROM leads WHERE id IN ?", ids), func(rows *sql.Rows) error {
		var restricted bool
		err := rows.Scan(&l, &restricted)
		out.of(l).Row.Restricted = restricted
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read watched leads: %w", err)
	}
	err = each(db.Raw("SELECT lead_id, unit_id, part FROM lead_parts WHERE lead_id IN ? AND from_at <= ? AND until > ?", ids, now, since),
		func(rows *sql.Rows) error {
			var f access.Fact
			err := rows.Scan(&l, &f.Unit, &f.Part)
			out.of(l).Row.Facts = append(out.of(l).Row.Facts, f)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the parts of watched leads: %w", err)
	}
	err = each(db.Raw("SELECT lead_id, user_id FROM lead_members WHERE lead_id IN ? AND from_at <= ? AND until > ?", ids, now, since),
		func(rows *sql.Rows) error {
			var user id.User
			err := rows.Scan(&l, &user)
			out.of(l).Members = append(out.of(l).Members, user)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the members of watched leads: %w", err)
	}
	return out.list(), nil
}

// watches are the watched leads by identifier, as they are read.
type watches map[id.Lead]*lead.Watch

func (w watches) of(l id.Lead) *lead.Watch {
	if w[l] == nil {
		w[l] = &lead.Watch{Lead: l}
	}
	return w[l]
}

func (w watches) list() []lead.Watch {
	out := make([]lead.Watch, 0, len(w))
	for _, one := range w {
		out = append(out, *one)
	}
	return out
}
