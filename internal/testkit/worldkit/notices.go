//go:build unix

package worldkit

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/store"
	noticestore "github.com/leadrelay/leadrelay/internal/store/notice"
)

// Notice tells a person something that is about no lead.
func (k *Kit) Notice(t testing.TB, username string) id.Notice {
	t.Helper()
	ctx := context.Background()
	user := k.People[username].ID
	var told id.Notice
	err := k.DB.InTx(ctx, func(tx *store.Tx) error {
		now := clock.System{}.Now()
		h := notice.Happened{At: now}
		err := tx.DB(ctx).Raw("INSERT INTO notice_events (at, kind, object, object_id, heads, units, users, params, next_at, told_at) "+
			"VALUES (?, 'lead.merged', '', 0, false, '[]', '[]', '{}', ?, ?) RETURNING id", now, now, now).Scan(&h.ID).Error
		if err != nil {
			return err
		}
		if err := (noticestore.Tx{Tx: tx}).Deliver(ctx, notice.Delivered{Event: h, User: user}); err != nil {
			return err
		}
		return tx.DB(ctx).Raw("SELECT max(id) FROM notices WHERE user_id = ?", user).Scan(&told).Error
	})
	if err != nil {
		t.Fatalf("tell %s: %v", username, err)
	}
	return told
}

// DeadMail is a mail to a person that was given up.
func (k *Kit) DeadMail(t testing.TB, username string) id.Mail {
	t.Helper()
	ctx := context.Background()
	var mail id.Mail
	err := k.DB.InTx(ctx, func(tx *store.Tx) error {
		now := clock.System{}.Now()
		return tx.DB(ctx).Raw("INSERT INTO mails (user_id, kind, message_id, state, next_at, created_at, ended_at) VALUES (?, 'notice', ?, 'dead', ?, ?, ?) RETURNING id",
			k.People[username].ID, rand.Text(), now, now, now).Scan(&mail).Error
	})
	if err != nil {
		t.Fatalf("give up a mail of %s: %v", username, err)
	}
	return mail
}
