package account_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/fault"
)

func TestALoginOpensASessionWithOneLineAndNoSecretInTheDatabase(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("  Officer ")
		c := w.alive(o)
		want(w.TB, "memberships", fmt.Sprint(c.Memberships[0].Unit, c.Memberships[0].Role, len(c.Memberships)),
			fmt.Sprint(w.town, access.TownOfficer, 1))
		want(w.TB, "session", c.Session.Address+" "+c.Session.Agent, "192.0.2.7 "+agent)
		want(w.TB, "audit", w.audit(), fmt.Sprintf("session.opened session:%d done", o.Session))
		if o.MustChange || o.ExpiresIn != 15*time.Minute || len(o.Refresh) != 43 {
			w.Errorf("opened %+v", o.ExpiresIn)
		}
		kept := strings.Join(w.texts("SELECT hash FROM refresh_tokens"), " ")
		if len(kept) != 64 || strings.Contains(kept, o.Refresh) {
			w.Errorf("kept of the token: %s", kept)
		}
	})
}

func TestUnknownWrongDisabledDormantAndDemoGetTheSameAnswer(t *testing.T) {
	onEach(t, false, func(w *world) {
		w.user("disabled", false)
		w.user("dormant", false)
		w.user("demo", true)
		w.exec("UPDATE users SET active = ? WHERE username = 'disabled'", false)
		old := w.now().Add(-91 * 24 * time.Hour)
		w.exec("UPDATE users SET created_at = ?, password_changed_at = ? WHERE username = 'dormant'", old, old)
		answers := map[string]bool{}
		for _, c := range [][2]string{
			{"nobody", password},
			{"officer", "wrong"},
			{"officer", ""},
			{"disabled", password},
			{"dormant", password},
			{"demo", password},
			{"", ""},
			{strings.Repeat("x", 5000), "x"},
			{"a\x00b", "\x00"},
			{"' OR 1=1 --", "x"},
		} {
			_, err := w.try(c[0], c[1])
			if fault.As(err) == nil {
				w.Fatalf("%q: %v", c[0], err)
			}
			answers[fmt.Sprintf("%+v", *fault.As(err))] = true
		}
		if len(answers) != 1 {
			w.Errorf("different answers: %v", answers)
		}
		if !strings.Contains(fmt.Sprint(answers), "auth.refused") {
			w.Errorf("the answer is %v", answers)
		}
		lines := strings.Split(w.audit(), "\n")
		sort.Strings(lines)
		expected := []string{
			"session.refused user:0 refused auth.refused", "session.refused user:0 refused auth.refused",
			"session.refused user:0 refused auth.refused", "session.refused user:0 refused auth.refused",
			"session.refused user:0 refused auth.refused",
		}
		for _, name := range []string{"officer", "officer", "disabled", "dormant", "demo"} {
			expected = append(expected, "session.refused user:"+w.texts("SELECT cast(id AS text) FROM users WHERE username = ?", name)[0]+" refused auth.refused")
		}
		sort.Strings(expected)
		want(w.TB, "audit", strings.Join(lines, "\n"), strings.Join(expected, "\n"))
		told := w.texts("SELECT reason || changes || object || code FROM audit_events")
		if strings.Contains(strings.Join(told, ""), "nobody") {
			w.Errorf("a typed name was kept: %v", told)
		}
	})
}

func TestTheFifthFailureLocksLongerEachTimeAndNeverForEver(t *testing.T) {
	for _, username := range []string{"officer", "nobody"} {
		t.Run(username, func(t *testing.T) {
			onEach(t, false, func(w *world) {
				var at time.Duration
				for _, minutes := range []int{5, 10, 20, 40, 60, 60, 60} {
					for range 5 {
						w.refuses(username, "wrong", "auth.refused")
					}
					_, err := w.try(strings.ToUpper(username), password)
					locked := fault.As(err)
					if fault.CodeOf(err) != "auth.locked" || locked.Kind != fault.TooMany ||
						locked.RetryAfter > minutes*60 || locked.RetryAfter < minutes*60-30 {
						w.Fatalf("lock of %d minutes: %+v", minutes, err)
					}
					w.later(at + time.Duration(minutes)*time.Minute - 30*time.Second)
					w.refuses(username, "wrong", "auth.locked") // counts for nothing
					at += time.Duration(minutes)*time.Minute + time.Second
					w.later(at)
				}
				if username == "officer" {
					w.login("officer")
					for range 4 {
						w.refuses("officer", "wrong", "auth.refused")
					}
					w.login("officer")
				}
			})
		})
	}
}

func TestALockIsWrittenDownOnceAndTriesDuringItAreNot(t *testing.T) {
	onEach(t, false, func(w *world) {
		for range 5 {
			w.refuses("nobody", "wrong", "auth.refused")
		}
		for range 20 {
			w.refuses("nobody", "wrong", "auth.locked")
		}
		line := "session.refused user:0 refused auth.refused\n"
		want(w.TB, "audit", w.audit(), strings.Repeat(line, 4)+"session.locked user:0 done\n"+strings.TrimSpace(line))
	})
}

func TestOldFailuresAreForgotten(t *testing.T) {
	onEach(t, false, func(w *world) {
		for range 4 {
			w.refuses("officer", "wrong", "auth.refused")
		}
		w.later(24*time.Hour + time.Minute)
		for range 4 {
			w.refuses("officer", "wrong", "auth.refused")
		}
		w.login("officer")
		w.refuses("nobody", "wrong", "auth.refused")
		w.later(61 * time.Hour)
		if err := w.service.Tidy(context.Background()); err != nil {
			w.Fatal(err)
		}
		want(w.TB, "guards", strings.Join(w.texts("SELECT name_hash FROM login_guards"), " "), "")
		want(w.TB, "tokens", strings.Join(w.texts("SELECT hash FROM refresh_tokens"), " "), "")
	})
}

func TestGuessesAtOnceLearnOfNoMoreThanFive(t *testing.T) {
	onEach(t, false, func(w *world) {
		var mu sync.Mutex
		codes := map[string]int{}
		var wait sync.WaitGroup
		for i := range 40 {
			wait.Go(func() {
				_, err := w.try("officer", fmt.Sprint("wrong", i))
				mu.Lock()
				defer mu.Unlock()
				codes[fault.CodeOf(err)]++
			})
		}
		wait.Wait()
		want(w.TB, "answers", fmt.Sprint(codes), "map[auth.locked:35 auth.refused:5]")
		want(w.TB, "failures", fmt.Sprint(w.texts("SELECT cast(failures AS text) FROM login_guards")), "[5]")
	})
}

func TestDemoAccountsLiveInDemoModeOnlyAndNeverHaveToChange(t *testing.T) {
	onEach(t, true, func(w *world) {
		w.user("demo", true)
		old := w.now().Add(-400 * 24 * time.Hour)
		w.exec("UPDATE users SET must_change = ?, created_at = ?, password_changed_at = ? WHERE demo", true, old, old)
		o := w.login("demo")
		if c := w.alive(o); o.MustChange || c.MustChange {
			w.Error("a demo account must not have to change its password")
		}
		logins, shown, err := w.service.DemoLogins(context.Background())
		want(w.TB, "logins", fmt.Sprintf("%v %s %v", logins, shown, err), "[{demo 测试员demo   }] "+password+" <nil>")

		w.service = w.serviceWith(account.Dengbao3, false)
		w.dead(o)
		w.refuses("demo", password, "auth.refused")
		if _, err := w.refresh(o.Refresh); fault.CodeOf(err) != "auth.session_ended" {
			w.Errorf("refresh outside demo mode: %v", err)
		}
		logins, shown, err = w.service.DemoLogins(context.Background())
		want(w.TB, "logins outside demo mode", fmt.Sprintf("%v %q %v", logins, shown, err), `[] "" <nil>`)
	})
}

func TestASessionEndsWhenIdleAndInAnyCaseAtItsEnd(t *testing.T) {
	onEach(t, false, func(w *world) {
		idle := w.login("officer")
		w.later(9*time.Minute + 50*time.Second)
		w.alive(idle) // notes the use
		w.later(19 * time.Minute)
		w.alive(idle)
		w.later(29*time.Minute + 10*time.Second)
		w.dead(idle)
		if _, err := w.refresh(idle.Refresh); fault.CodeOf(err) != "auth.session_ended" {
			w.Errorf("refresh of an idle session: %v", err)
		}

		w.later(0)
		busy := w.login("officer")
		for at := time.Duration(0); at < 12*time.Hour; at += 9 * time.Minute {
			w.later(at)
			w.alive(busy)
		}
		w.later(12*time.Hour + time.Second)
		w.exec("UPDATE sessions SET seen_at = ? WHERE id = ?", w.now(), busy.Session)
		w.dead(busy)
	})
}

func TestUseOfASessionIsNotedOnceAMinuteAndRefreshingIsNoUse(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		first := w.alive(o).Session.SeenAt
		w.later(50 * time.Second)
		w.alive(o)
		want(w.TB, "seen within the minute", w.alive(o).Session.SeenAt.String(), first.String())
		w.later(70 * time.Second)
		if _, err := w.refresh(o.Refresh); err != nil {
			w.Fatal(err)
		}
		want(w.TB, "seen after a refresh", w.alive(o).Session.SeenAt.String(), first.String()) // and notes it
		if got := w.alive(o).Session.SeenAt.Sub(first); got < 70*time.Second || got > 80*time.Second {
			w.Errorf("seen %s after the first time", got)
		}
	})
}

func TestAChangeOfRolesCountsOnTheNextRequest(t *testing.T) {
	onEach(t, false, func(w *world) {
		o := w.login("officer")
		roles := func() string {
			var out []string
			for _, m := range w.alive(o).Memberships {
				out = append(out, fmt.Sprintf("%s@%d", m.Role, m.Unit))
			}
			return strings.Join(out, " ")
		}
		town := fmt.Sprintf("@%d", w.town)
		want(w.TB, "at first", roles(), "town_officer"+town)
		w.grant(w.officer, w.town, access.TownHead)
		want(w.TB, "after a grant", roles(), "town_officer"+town+" town_head"+town)
		day := dayOf(w.now())
		w.exec("UPDATE memberships SET until_on = ? WHERE user_id = ? AND role = 'town_officer'", day.String(), w.officer)
		want(w.TB, "ended today", roles(), "town_head"+town)
		w.exec("UPDATE memberships SET from_on = ? WHERE user_id = ? AND role = 'town_head'", day.AddDays(1).String(), w.officer)
		want(w.TB, "begins tomorrow", roles(), "")
		w.exec("UPDATE memberships SET from_on = ? WHERE user_id = ? AND role = 'town_head'", day.String(), w.officer)
		want(w.TB, "begins today", roles(), "town_head"+town)
		w.exec("UPDATE units SET closed_on = ? WHERE id = ?", day.AddDays(1).String(), w.town)
		want(w.TB, "the unit closes tomorrow", roles(), "town_head"+town)
		w.exec("UPDATE units SET closed_on = ? WHERE id = ?", day.String(), w.town)
		want(w.TB, "the unit is closed", roles(), "")
	})
}

func TestWhoTriesNameAfterNameCannotFillTheLog(t *testing.T) {
	onEach(t, false, func(w *world) {
		for i := range 45 {
			w.refuses(fmt.Sprint("name-", i), "wrong", "auth.refused")
		}
		lines := len(w.texts("SELECT kind FROM audit_events WHERE kind = 'session.refused'"))
		if lines < 30 || lines > 35 { // 30 at once, then one every two seconds
			w.Errorf("%d lines", lines)
		}
		want(w.TB, "guards", fmt.Sprint(len(w.texts("SELECT name_hash FROM login_guards"))), "45")
	})
}
