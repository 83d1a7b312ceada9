package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/event"
)

// Notify writes down, in the transaction of what happened, that persons are
// to be told of it. Who they are is worked out after the commit.
//
// When the row cannot be written the transaction can no longer commit.
func (tx *Tx) Notify(ctx context.Context, n event.Notice) error {
	if err := tx.notify(ctx, n); err != nil {
		err = fmt.Errorf("notify of %s: %w", n.Kind, err)
		tx.fail(err)
		return err
	}
	tx.Announce(event.Signal{Notices: true})
	return tx.failed
}

const insertNotice = `INSERT INTO notice_events (at, kind, lead_id, handoff_id, object, object_id, by_user, heads, units, users,
	params, apart, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (tx *Tx) notify(ctx context.Context, n event.Notice) error {
	units, err := json.Marshal(n.Units)
	if err != nil {
		return err
	}
	users, err := json.Marshal(n.Users)
	if err != nil {
		return err
	}
	params, err := json.Marshal(n.Params)
	if err != nil {
		return err
	}
	at := tx.Now(ctx)
	return tx.DB(ctx).Exec(insertNotice, at, clean(n.Kind), none(n.Lead), none(n.Handoff), clean(n.Object), n.ObjectID,
		none(n.By), n.Heads, string(units), string(users), clean(string(params)), string(n.Apart), at).Error
}
