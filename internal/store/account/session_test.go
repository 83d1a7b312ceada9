package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

func dayOf(t time.Time) clock.Date { return clock.DateOf(t) }

func TestEveryRefreshGivesANewTokenForTheSameSession(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		token := o.Refresh
		seen := map[string]bool{token: true}
		for range 5 {
			next, err := w.refresh(token)
			if err != nil {
				w.Fatal(err)
			}
			if next.Session != o.Session || next.Refresh == "" || seen[next.Refresh] || !next.Until.Equal(o.Until) {
				w.Fatalf("refreshed %d to %d, until %s", o.Session, next.Session, next.Until)
			}
			w.alive(next)
			token = next.Refresh
			seen[token] = true
		}
	})
}

func TestATokenThatComesAgainWithinTenSecondsGivesNoNewOne(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		next, err := w.refresh(o.Refresh)
		if err != nil {
			w.Fatal(err)
		}
		w.later(9 * time.Second)
		again, err := w.refresh(o.Refresh)
		if err != nil || again.Refresh != "" {
			w.Fatalf("the second tab: %v", err)
		}
		w.alive(again)
		w.later(20 * time.Second)
		if _, err := w.refresh(next.Refresh); err != nil {
			w.Errorf("the first tab goes on: %v", err)
		}
	})
}

func TestAStolenTokenEndsTheSessionForBothWhoHoldIt(t *testing.T) {
	onEach(t, false, func(w *world) {
		o, elsewhere := w.login("officer"), w.login("officer")
		next, err := w.refresh(o.Refresh)
		if err != nil {
			w.Fatal(err)
		}
		w.later(11 * time.Second)
		for range 2 {
			if _, err := w.refresh(o.Refresh); fault.CodeOf(err) != "auth.session_ended" {
				w.Fatalf("the used token: %v", err)
			}
		}
		if _, err := w.refresh(next.Refresh); fault.CodeOf(err) != "auth.session_ended" {
			w.Fatalf("the newest token: %v", err)
		}
		w.dead(next)
		w.alive(elsewhere)
		want(w.TB, "audit", w.audit(), fmt.Sprintf("session.opened session:%d done\nsession.opened session:%d done\n"+
			"session.token_reused session:%d refused auth.session_ended", o.Session, elsewhere.Session, o.Session))
		want(w.TB, "why", fmt.Sprint(w.texts("SELECT end_reason FROM sessions ORDER BY id")), "[token_reuse ]")
	})
}

func TestManyTabsRefreshAtOnceAndExactlyOneGetsTheNextToken(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		for round := range 5 {
			var mu sync.Mutex
			var fresh []string
			var wait sync.WaitGroup
			for range 12 {
				wait.Go(func() {
					next, err := w.refresh(o.Refresh)
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						w.Errorf("round %d: %v", round, err)
					}
					if next.Refresh != "" {
						fresh = append(fresh, next.Refresh)
					}
				})
			}
			wait.Wait()
			if len(fresh) != 1 {
				w.Fatalf("round %d: %d new tokens", round, len(fresh))
			}
			o.Refresh = fresh[0]
		}
		w.alive(o)
	})
}

func TestForeignAndMalformedRefreshTokensAreRefused(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		for _, token := range []string{"", "x", o.Refresh + "=", strings.ToUpper(o.Refresh), o.Access, "\x00", "' OR 1=1"} {
			if _, err := w.refresh(token); fault.CodeOf(err) != "auth.session_ended" {
				w.Errorf("%q: %v", token, err)
			}
		}
		w.alive(o)
	})
}

func TestLogoutHereLeavesTheOthersAndLogoutEverywhereDoesNot(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx := context.Background()
		a, b, c := w.login("officer"), w.login("officer"), w.login("officer")
		stranger := w.login("secadmin")
		if err := w.service.Logout(ctx, w.actor(a), false); err != nil {
			w.Fatal(err)
		}
		w.dead(a)
		if _, err := w.refresh(a.Refresh); fault.CodeOf(err) != "auth.session_ended" {
			w.Errorf("refresh after logout: %v", err)
		}
		list, err := w.service.Sessions(ctx, w.actor(b))
		if err != nil || len(list) != 2 || list[0].ID != c.Session || list[0].Current || list[1].ID != b.Session || !list[1].Current {
			w.Errorf("sessions: %+v, %v", list, err)
		}
		if err := w.service.EndSession(ctx, w.actor(b), stranger.Session); fault.CodeOf(err) != "session.unknown" {
			w.Errorf("another person's session: %v", err)
		}
		if err := w.service.EndSession(ctx, w.actor(b), c.Session); err != nil {
			w.Error(err)
		}
		w.dead(c)
		d := w.login("officer")
		if err := w.service.Logout(ctx, w.actor(b), true); err != nil {
			w.Fatal(err)
		}
		w.dead(b)
		w.dead(d)
		w.alive(stranger)
		want(w.TB, "reasons", fmt.Sprint(w.texts("SELECT end_reason FROM sessions WHERE user_id = ? ORDER BY id", w.officer)),
			"[logout logout logout_elsewhere logout_elsewhere]")
	})
}

func (w *world) change(o account.Opened, current, next string) error {
	w.Helper()
	return w.service.ChangePassword(context.Background(), w.actor(o), account.Change{Current: current, New: next})
}

// field returns the broken rules of an Invalid error.
func field(err error) string {
	e := fault.As(err)
	if e == nil || e.Kind != fault.Invalid {
		return fmt.Sprint(err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Name+":"+f.Code)
	}
	return strings.Join(out, " ")
}

func TestTheLastFivePasswordsMayNotComeBackAndTheSixthMay(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		used := []string{password}
		for i := range 5 {
			for _, old := range used {
				want(w.TB, "reuse of "+old, field(w.change(o, used[len(used)-1], old)), "new:password.reused")
			}
			next := fmt.Sprintf("Kx7-mq2w-%d", i)
			if err := w.change(o, used[len(used)-1], next); err != nil {
				w.Fatal(err)
			}
			used = append(used, next)
		}
		if err := w.change(o, used[5], used[0]); err != nil {
			w.Errorf("the sixth last: %v", err)
		}
		w.loginWith("officer", used[0])
		w.refuses("officer", used[5], "auth.refused")
	})
}

func TestChangingThePasswordEndsTheOtherSessionsAndNeedsThePresentOne(t *testing.T) {
	onEach(t, false, func(w *world) {
		here, there := w.login("officer"), w.login("officer")
		want(w.TB, "wrong present password", field(w.change(here, "wrong", "Kx7-mq2w-next")), "current:password.wrong")
		want(w.TB, "weak new password", field(w.change(here, password, "weak")), "new:password.too_short new:password.classes")
		w.alive(there)
		if err := w.change(here, password, "Kx7-mq2w-next"); err != nil {
			w.Fatal(err)
		}
		w.alive(here)
		w.dead(there)
		for range 4 {
			want(w.TB, "guessing", field(w.change(here, "wrong", "Kx7-mq2w-more")), "current:password.wrong")
		}
		want(w.TB, "the fifth guess", field(w.change(here, "wrong", "Kx7-mq2w-more")), "current:password.wrong")
		if err := w.change(here, "Kx7-mq2w-next", "Kx7-mq2w-more"); fault.CodeOf(err) != "auth.locked" {
			w.Errorf("after five guesses: %v", err)
		}
		w.refuses("officer", "Kx7-mq2w-next", "auth.locked")
	})
}

func TestAPasswordOlderThanNinetyDaysMustBeChangedFirst(t *testing.T) {
	onEach(t, false, func(w *world) {
		w.exec("UPDATE users SET password_changed_at = ? WHERE id = ?", w.now().Add(-91*24*time.Hour), w.officer)
		w.exec("UPDATE users SET last_login_at = ? WHERE id = ?", w.now(), w.officer)
		o := w.login("officer")
		if c := w.alive(o); !o.MustChange || !c.MustChange {
			w.Error("an old password must be changed")
		}
		if err := w.change(o, password, "Kx7-mq2w-next"); err != nil {
			w.Fatal(err)
		}
		if w.alive(o).MustChange {
			w.Error("after the change it must not be changed again")
		}
		w.service = w.serviceWith(account.ASVS, false)
		w.exec("UPDATE users SET password_changed_at = ? WHERE id = ?", w.now().Add(-91*24*time.Hour), w.officer)
		if w.alive(o).MustChange {
			w.Error("asvs knows no periodic change")
		}
	})
}

func TestTheLanguageIsOneOfTwo(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		u, err := w.service.SetLocale(context.Background(), w.actor(o), account.English)
		want(w.TB, "locale", fmt.Sprintf("%s %v %s", u.Locale, err, w.alive(o).User.Locale), "en <nil> en")
		_, err = w.service.SetLocale(context.Background(), w.actor(o), "fr")
		want(w.TB, "another", field(err), "locale:not_allowed")
	})
}
