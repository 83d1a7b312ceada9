package notice

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

// Mails lists mail of one state for the system administrator, the newest
// first.
//
// Errors: Forbidden "forbidden"; Invalid "input.invalid" on cursor.
func (s *Service) Mails(ctx context.Context, actor access.Actor, state MailState, limit int, cursor string) (MailsView, error) {
	if !actor.Holds(access.MailManage) {
		return MailsView{}, fault.New(fault.Forbidden, "forbidden", "The caller may not look at mail.")
	}
	bound := fmt.Sprintf("mails|%d|%s", actor.User, state)
	var before id.Mail
	if cursor != "" {
		at, err := s.cursors.Open(cursor, bound)
		if err != nil {
			return MailsView{}, err
		}
		before = id.Mail(at.ID)
	}
	rows, err := s.store.Mails(ctx, state, before, limit+1)
	if err != nil {
		return MailsView{}, fmt.Errorf("list mail: %w", err)
	}
	counts, err := s.store.CountMails(ctx)
	if err != nil {
		return MailsView{}, fmt.Errorf("count mail: %w", err)
	}
	out := MailsView{
		Items: make([]MailView, 0, limit), MailOn: s.MailOn(), Total: page.Total{Count: counts[state], Exact: true},
		Counts: MailCounts{Waiting: counts[Waiting], Sent: counts[Sent], Dropped: counts[Dropped], Dead: counts[Dead]},
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next := s.cursors.Seal(page.Position{ID: int64(rows[limit-1].ID)}, bound)
		out.Next = &next
	}
	for _, r := range rows {
		out.Items = append(out.Items, r.view())
	}
	return out, nil
}

// Revive sends a dead mail on its way again, from the first attempt on.
//
// Errors: Forbidden "forbidden"; NotFound "mail.unknown"; Conflict
// "mail.not_dead".
func (s *Service) Revive(ctx context.Context, actor access.Actor, mail id.Mail) error {
	if !actor.Holds(access.MailManage) {
		return fault.New(fault.Forbidden, "forbidden", "The caller may not look at mail.")
	}
	err := s.store.InTx(ctx, func(tx Tx) error {
		found, done, err := tx.Revive(ctx, mail)
		switch {
		case err != nil:
			return err
		case !found:
			return fault.New(fault.NotFound, "mail.unknown", "No such mail.")
		case !done:
			return fault.New(fault.Conflict, "mail.not_dead", "The mail was not given up.")
		}
		tx.Announce(event.Signal{Mails: true})
		return tx.Record(ctx, actor.Line("mail.revived", "mail", int64(mail)))
	})
	if err != nil {
		return fmt.Errorf("revive mail %s: %w", mail, err)
	}
	return nil
}
