package notice

import (
	"context"
	"fmt"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Settings returns the caller's own choices.
func (s *Service) Settings(ctx context.Context, actor access.Actor) (SettingsView, error) {
	p, err := s.store.Person(ctx, actor.User)
	if err != nil {
		return SettingsView{}, fmt.Errorf("read the settings of user %s: %w", actor.User, err)
	}
	return s.settingsView(p), nil
}

// Choose changes the caller's own choices, all at once. They hold for what
// happens from now on; mail that waits asks for the quiet hours again before
// it goes.
//
// Errors: Stale "stale" for an older version; Invalid "input.invalid" on
// mail, quiet_from, quiet_until, digest_hour and email.
func (s *Service) Choose(ctx context.Context, actor access.Actor, version int64, c Choice) (SettingsView, error) {
	chosen, email, err := c.settings()
	if err != nil {
		return SettingsView{}, err
	}
	var after Person
	err = s.store.InTx(ctx, func(tx Tx) error {
		before, err := tx.LockPerson(ctx, actor.User)
		if err != nil {
			return err
		}
		if before.Settings.Version != version {
			return staleSettings(before.Settings.Version)
		}
		after = before
		chosen.Version = version + 1
		after.Settings, after.Email = chosen, email
		done, err := tx.SaveSettings(ctx, actor.User, chosen)
		if err != nil {
			return err
		}
		if !done {
			return staleSettings(version + 1)
		}
		line := actor.Line("user.notice_settings", "user", int64(actor.User))
		if email != before.Email {
			line.Changes = append(line.Changes, event.Change{Field: "email", Secret: true})
			if err := tx.SaveEmail(ctx, actor.User, email); err != nil {
				return err
			}
		}
		return tx.Record(ctx, line)
	})
	if err != nil {
		return SettingsView{}, fmt.Errorf("change the settings of user %s: %w", actor.User, err)
	}
	return s.settingsView(after), nil
}

// MayChoose compares the version that the person saw with the present one, so
// that an old one is refused before the body is read.
//
// Errors: Stale "stale".
func (s *Service) MayChoose(ctx context.Context, actor access.Actor, version int64) error {
	now, err := s.Settings(ctx, actor)
	if err == nil && now.Version != version {
		err = staleSettings(now.Version)
	}
	return err
}

func staleSettings(present int64) error {
	return fault.New(fault.Stale, "stale", "The settings were changed meanwhile.").With("version", present).With("differs", []string{"mail"})
}
