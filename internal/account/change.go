package account

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Change is a change of one's own password.
type Change struct {
	Current string
	New     string
}

// LogValue keeps both passwords out of every log line.
func (Change) LogValue() slog.Value { return slog.StringValue("[secret]") }

// ChangePassword replaces the person's own password and ends the person's
// other sessions.
//
// A wrong present password counts like a failed login: a stolen session must
// not serve to guess it.
//
// Errors: Invalid "input.invalid" on current ("password.wrong") or new (the
// rules of the profile, "password.reused"); TooMany "auth.locked"; Conflict
// "password.changed" when it was changed meanwhile.
func (s *Service) ChangePassword(ctx context.Context, by access.Actor, c Change) error {
	known, err := s.store.ByID(ctx, by.User, s.keepPrevious())
	if err != nil {
		return fmt.Errorf("change password of user %s: %w", by.User, err)
	}
	if err := s.checkCurrent(ctx, by, known, c.Current); err != nil {
		return err
	}
	if err := s.profile.Check("new", c.New, known.Username); err != nil {
		return err
	}
	if err := s.refuseReuse(ctx, known, c.New); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, c.New)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		p := NewPassword{User: by.User, Old: known.Hash, New: hash, Keep: s.profile.History.Value}
		if err := setPassword(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.Unlock(ctx, s.guard(known.Username)); err != nil {
			return err
		}
		line := by.Line("password.changed", "user", int64(by.User))
		line.Changes = []event.Change{{Field: "password", Secret: true}}
		if err := tx.Record(ctx, line); err != nil {
			return err
		}
		return endOthers(ctx, tx, by, by.User, endedByPassword)
	})
	if err != nil {
		return fmt.Errorf("change password of user %s: %w", by.User, err)
	}
	return nil
}

func (s *Service) checkCurrent(ctx context.Context, by access.Actor, known Credentials, current string) error {
	guard := s.guard(known.Username)
	g, err := s.store.Guard(ctx, guard)
	if err != nil {
		return fmt.Errorf("check password of user %s: %w", by.User, err)
	}
	if g.Locked() {
		return errLocked(g)
	}
	ok, err := s.hasher.Matches(ctx, current, known.Hash)
	if err != nil || ok {
		return err
	}
	if err := s.refuse(ctx, by.Origin, guard, by.User); fault.CodeOf(err) != "auth.refused" {
		return err
	}
	return fault.BadField("current", "password.wrong")
}

func (s *Service) refuseReuse(ctx context.Context, known Credentials, password string) error {
	for _, hash := range append([]string{known.Hash}, known.Previous...) {
		same, err := s.hasher.Matches(ctx, password, hash)
		if err != nil {
			return err
		}
		if same {
			return fault.Broken("input.invalid", []fault.Field{{
				Name: "new", Code: "password.reused", Params: map[string]any{"last": s.profile.History.Value},
			}})
		}
	}
	return nil
}

func setPassword(ctx context.Context, tx Tx, p NewPassword) error {
	ok, err := tx.SetPassword(ctx, p)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "password.changed", "The password was changed meanwhile.")
	}
	return nil
}
