package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Why a session ended.
const (
	endedByLogout   = "logout"
	endedElsewhere  = "logout_elsewhere"
	endedByPassword = "password"
	endedByAdmin    = "administrator"
	endedByDisable  = "disabled"
	endedByReuse    = "token_reuse"
)

// refreshGrace is how long a refresh token that was just used may come
// again. Two tabs share one cookie and may present it at the same moment;
// only one of them gets the next token, and the other must not be taken for
// a thief. See docs/decisions/0003-refresh-rotation.md.
const refreshGrace = 10 * time.Second

// Refresh continues a session: a fresh access token, and a new refresh token
// in place of the one presented.
//
// Every refresh token serves once. Presented again within ten seconds it
// gives an access token but no refresh token (Opened.Refresh is empty);
// later the session ends, for one of the two who hold the token is not its
// owner. Refreshing does not count as use: only requests of the person keep
// a session from its idle end.
//
// Errors: Unauthenticated "auth.session_ended" for any token that does not
// belong to a live session.
func (s *Service) Refresh(ctx context.Context, from event.Origin, token string) (Opened, error) {
	next, nextHash, err := newRefresh(s.random)
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	var ended error
	err = s.store.InTx(ctx, func(tx Tx) error {
		out, ended = Opened{}, nil
		used, err := tx.UseToken(ctx, refreshHash(token))
		if err != nil {
			return sessionEnded(err)
		}
		now := tx.Now(ctx)
		session, user, err := tx.LiveSession(ctx, s.live(0, used.Session))
		if err != nil {
			return sessionEnded(err)
		}
		if !used.Fresh && now.Sub(used.UsedAt) > refreshGrace {
			ended = errSessionEnded()
			return s.endStolen(ctx, tx, from, session)
		}
		out = Opened{
			User: user, Session: session.ID, MustChange: s.profile.MustChange(user, now), Until: session.ExpiresAt,
		}
		if !used.Fresh {
			return nil
		}
		out.Refresh = next
		return tx.AddToken(ctx, nextHash, session.ID)
	})
	if err != nil {
		return Opened{}, fmt.Errorf("refresh a session: %w", err)
	}
	if ended != nil {
		return Opened{}, ended
	}
	return s.withAccess(out)
}

// endStolen ends the session of a token that came a second time.
func (s *Service) endStolen(ctx context.Context, tx Tx, from event.Origin, session Session) error {
	if _, err := tx.EndSession(ctx, session.User, session.ID, endedByReuse); err != nil {
		return err
	}
	from.Session = session.ID
	line := originLine(from, "session.token_reused", "session", int64(session.ID))
	line.Outcome, line.Code, line.Reason = event.Refused, "auth.session_ended", endedByReuse
	return tx.Record(ctx, line)
}

// sessionEnded says that a token or session that is not there has ended:
// which of the two is nobody's business.
func sessionEnded(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return errSessionEnded()
	}
	return err
}

// Logout ends the person's session, or all of the person's sessions.
func (s *Service) Logout(ctx context.Context, by access.Actor, everywhere bool) error {
	err := s.store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.EndSession(ctx, by.User, by.Origin.Session, endedByLogout); err != nil {
			return err
		}
		if err := tx.Record(ctx, by.Line("session.ended", "session", int64(by.Origin.Session))); err != nil {
			return err
		}
		if !everywhere {
			return nil
		}
		return endOthers(ctx, tx, by, by.User, endedElsewhere)
	})
	if err != nil {
		return fmt.Errorf("log out of session %s: %w", by.Origin.Session, err)
	}
	return nil
}

// Sessions returns the person's live sessions, the newest first.
func (s *Service) Sessions(ctx context.Context, by access.Actor) ([]SessionView, error) {
	live, err := s.store.Sessions(ctx, by.User, s.idle)
	if err != nil {
		return nil, fmt.Errorf("list sessions of user %s: %w", by.User, err)
	}
	out := make([]SessionView, 0, len(live))
	for _, one := range live {
		out = append(out, viewSession(one, by.Origin.Session))
	}
	return out, nil
}

// EndSession ends one of the person's own sessions.
//
// Errors: NotFound "session.unknown" when it is not a live one of the
// person's.
func (s *Service) EndSession(ctx context.Context, by access.Actor, session id.Session) error {
	err := s.store.InTx(ctx, func(tx Tx) error {
		reason := endedElsewhere
		if session == by.Origin.Session {
			reason = endedByLogout
		}
		ok, err := tx.EndSession(ctx, by.User, session, reason)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "session.unknown", "No such session.")
		}
		return tx.Record(ctx, by.Line("session.ended", "session", int64(session)))
	})
	if err != nil {
		return fmt.Errorf("end session %s: %w", session, err)
	}
	return nil
}

// endOthers ends all sessions of a user but the actor's own, with one line.
func endOthers(ctx context.Context, tx Tx, by access.Actor, user id.User, reason string) error {
	n, err := tx.EndSessions(ctx, user, by.Origin.Session, reason)
	if err != nil || n == 0 {
		return err
	}
	line := by.Line("sessions.ended", "user", int64(user))
	line.Reason = reason
	line.Changes = []event.Change{{Field: "sessions", Before: fmt.Sprint(n), After: "0"}}
	return tx.Record(ctx, line)
}

// cut returns at most n bytes of a text that a client sent, as valid UTF-8
// without NUL, which PostgreSQL refuses.
func cut(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) > n {
		text = strings.ToValidUTF8(text[:n], "")
	}
	return text
}
