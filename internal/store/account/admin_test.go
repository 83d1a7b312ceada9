package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/page"
)

func (w *world) asAdmin() access.Actor {
	w.Helper()
	a, err := w.actor(w.login("secadmin")).ActFor(0, access.UserManage)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func (w *world) create(username string) account.Created {
	w.Helper()
	made, err := w.service.CreateUser(context.Background(), w.asAdmin(), account.Draft{Username: username, Name: "测试员乙"})
	if err != nil {
		w.Fatal(err)
	}
	return made
}

func TestANewUserMustChangeTheShownPasswordAtTheFirstLogin(t *testing.T) {
	onEach(t, false, func(w *world) {
		made := w.create(" newcomer ")
		want(w.TB, "created", fmt.Sprint(made.User.Username, made.User.Name, made.User.Active, made.User.MustChange,
			made.User.Version, made.User.Memberships, made.User.Can, made.User.Masked),
			"newcomer测试员乙true true 1 [] [edit reset_password disable end_sessions] []")
		o := w.loginWith("newcomer", made.Password)
		if c := w.alive(o); !o.MustChange || !c.MustChange {
			w.Error("the first password must be changed")
		}
		want(w.TB, "keeping it", field(w.change(o, made.Password, made.Password)), "new:password.reused")
		if err := w.change(o, made.Password, "Kx7-mq2w-mine"); err != nil {
			w.Fatal(err)
		}
		if w.alive(o).MustChange {
			w.Error("changed once is enough")
		}
		for _, taken := range []string{"newcomer", "officer"} {
			_, err := w.service.CreateUser(context.Background(), w.asAdmin(), account.Draft{Username: taken, Name: "x"})
			if fault.CodeOf(err) != "user.exists" || fault.KindOf(err) != fault.Conflict {
				w.Errorf("%s again: %v", taken, err)
			}
		}
		_, err := w.service.CreateUser(context.Background(), w.asAdmin(), account.Draft{Username: "X", Name: ""})
		want(w.TB, "bad draft", field(err), "username:username.form name:required")
	})
}

func TestOneLoginNameIsGivenOnceHoweverManyAsk(t *testing.T) {
	onEach(t, false, func(w *world) {
		admin := w.asAdmin()
		var mu sync.Mutex
		codes := map[string]int{}
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				_, err := w.service.CreateUser(context.Background(), admin, account.Draft{Username: "same", Name: "测试员丙"})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					codes["created"]++
					return
				}
				codes[fault.CodeOf(err)]++
			})
		}
		wait.Wait()
		want(w.TB, "answers", fmt.Sprint(codes), "map[created:1 user.exists:7]")
		want(w.TB, "lines", fmt.Sprint(w.texts("SELECT kind FROM audit_events WHERE kind = 'user.created'")), "[user.created]")
	})
}

func TestADisabledUsersSessionsDieAtOnce(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx, admin := context.Background(), w.asAdmin()
		a, b := w.login("officer"), w.login("officer")
		no, yes := false, true
		v, err := w.service.EditUser(ctx, admin, w.officer, 1, account.Edit{Active: &no})
		if err != nil {
			w.Fatal(err)
		}
		want(w.TB, "view", fmt.Sprint(v.Active, v.Version, v.Can), "false 2 [edit reset_password enable end_sessions]")
		w.dead(a)
		w.dead(b)
		if _, err := w.refresh(a.Refresh); fault.CodeOf(err) != "auth.session_ended" {
			w.Errorf("refresh of a disabled user: %v", err)
		}
		w.refuses("officer", password, "auth.refused")
		if _, err := w.service.EditUser(ctx, admin, w.officer, 2, account.Edit{Active: &yes}); err != nil {
			w.Fatal(err)
		}
		w.dead(a)
		w.login("officer")
		want(w.TB, "kinds", fmt.Sprint(w.texts("SELECT kind FROM audit_events WHERE object = 'user' ORDER BY id")),
			"[user.disabled sessions.ended session.refused user.enabled]")
	})
}

func TestAnEditNeedsTheVersionThatWasSeen(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx, admin, name := context.Background(), w.asAdmin(), "测试员丁"
		_, err := w.service.EditUser(ctx, admin, w.officer, 7, account.Edit{Name: &name})
		if e := fault.As(err); fault.KindOf(err) != fault.Stale || e.Params["version"] != int64(1) {
			w.Errorf("stale: %v", err)
		}
		v, err := w.service.EditUser(ctx, admin, w.officer, 1, account.Edit{Name: &name})
		want(w.TB, "edited", fmt.Sprint(v.Name, v.Version, err), "测试员丁2 <nil>")
		empty := " "
		_, err = w.service.EditUser(ctx, admin, w.officer, 2, account.Edit{Name: &empty})
		want(w.TB, "no name", field(err), "name:required")
		_, err = w.service.EditUser(ctx, admin, 99999, 1, account.Edit{Name: &name})
		want(w.TB, "nobody", fault.CodeOf(err), "user.unknown")
		want(w.TB, "change", fmt.Sprint(w.texts("SELECT changes FROM audit_events WHERE kind = 'user.edited'")),
			`[[{"field":"name","before":"测试员officer","after":"测试员丁"}]]`)
	})
}

func TestAResetShowsANewPasswordUnlocksWakesAndEndsSessions(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx := context.Background()
		o := w.login("officer")
		for range 5 {
			w.refuses("officer", "wrong", "auth.refused")
		}
		w.refuses("officer", password, "auth.locked")
		old := w.now().Add(-100 * 24 * time.Hour)
		w.exec("UPDATE users SET created_at = ?, password_changed_at = ?, last_login_at = ? WHERE id = ?", old, old, old, w.officer)
		made, err := w.service.ResetPassword(ctx, w.asAdmin(), w.officer)
		if err != nil {
			w.Fatal(err)
		}
		if !made.User.MustChange || made.User.Dormant {
			w.Errorf("after the reset: %+v", made.User)
		}
		w.dead(o)
		w.refuses("officer", password, "auth.refused")
		fresh := w.loginWith("officer", made.Password)
		if !fresh.MustChange {
			w.Error("a password set by an administrator must be changed")
		}
		want(w.TB, "back to the old one", field(w.change(fresh, made.Password, password)), "new:password.reused")
		_, err = w.service.ResetPassword(ctx, w.asAdmin(), 99999)
		want(w.TB, "nobody", fault.CodeOf(err), "user.unknown")
		if console, err := w.service.ResetAtConsole(ctx, "officer"); err != nil || console.Password == made.Password {
			w.Errorf("at the console: %v", err)
		}
	})
}

func TestNobodyManagesHisOwnAccount(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx, admin, no := context.Background(), w.asAdmin(), false
		_, edit := w.service.EditUser(ctx, admin, w.admin, 1, account.Edit{Active: &no})
		_, reset := w.service.ResetPassword(ctx, admin, w.admin)
		end := w.service.EndSessions(ctx, admin, w.admin)
		for _, err := range []error{edit, reset, end} {
			if fault.CodeOf(err) != "user.self" || fault.KindOf(err) != fault.Forbidden {
				w.Errorf("got %v", err)
			}
		}
		self, err := w.service.User(ctx, admin, w.admin)
		want(w.TB, "can", fmt.Sprint(self.Can, err), "[] <nil>")
	})
}

func TestAnAdministratorEndsAnothersSessions(t *testing.T) {
	onEach(t, false, func(w *world) {
		admin := w.asAdmin()
		a, b := w.login("officer"), w.login("officer")
		if err := w.service.EndSessions(context.Background(), admin, w.officer); err != nil {
			w.Fatal(err)
		}
		w.dead(a)
		w.dead(b)
		want(w.TB, "lines", fmt.Sprint(w.texts("SELECT changes FROM audit_events WHERE kind = 'sessions.ended'")),
			`[[{"field":"sessions","before":"2","after":"0"}]]`)
	})
}

// list returns the login names over all pages of two.
func (w *world) list(q account.Query) string {
	w.Helper()
	var out []string
	q.Page.Limit = 2
	for cursor := ""; ; {
		list, err := w.service.ListUsers(context.Background(), w.asAdmin(), q, cursor)
		if err != nil {
			w.Fatal(err)
		}
		for _, u := range list.Items {
			out = append(out, u.Username)
		}
		if list.Next == nil {
			return fmt.Sprintf("%s (%d %v)", strings.Join(out, " "), list.Total.Count, list.Total.Exact)
		}
		cursor = *list.Next
	}
}

func TestUsersAreListedPageByPageInTheOrderAskedFor(t *testing.T) {
	onEach(t, false, func(w *world) {
		for i, name := range []string{"b_ob", "anna", "carl", "dora"} {
			u := w.user(name, false)
			w.exec("UPDATE users SET created_at = ?, active = ? WHERE id = ?", w.now().Add(time.Duration(i-9)*time.Hour), i != 2, u)
			if i < 2 {
				w.grant(u, w.town, access.TownViewer)
			}
		}
		w.exec("UPDATE memberships SET until_on = '2021-01-01' WHERE user_id = (SELECT id FROM users WHERE username = 'anna')")
		by := func(name string, desc bool) page.Request {
			return page.Request{Sort: page.Sort{Name: name, Desc: desc}}
		}
		yes, no := true, false
		for _, c := range []struct {
			q    account.Query
			want string
		}{
			{account.Query{Page: by("username", false)}, "anna b_ob carl dora officer secadmin (6 true)"},
			{account.Query{Page: by("username", true)}, "secadmin officer dora carl b_ob anna (6 true)"},
			{account.Query{Page: by("created_at", false)}, "b_ob anna carl dora secadmin officer (6 true)"},
			{account.Query{Page: by("created_at", true)}, "officer secadmin dora carl anna b_ob (6 true)"},
			{account.Query{Page: by("username", false), Active: &no}, "carl (1 true)"},
			{account.Query{Page: by("username", false), Active: &yes, Text: "A"}, "anna dora secadmin (3 true)"},
			{account.Query{Page: by("username", false), Text: "测试员c"}, "carl (1 true)"},
			{account.Query{Page: by("username", false), Text: "_"}, "b_ob (1 true)"},
			{account.Query{Page: by("username", false), Text: "%"}, " (0 true)"},
			{account.Query{Page: by("username", false), Unit: w.town}, "b_ob officer (2 true)"},
			{account.Query{Page: by("username", false), Unit: id.Unit(99999)}, " (0 true)"},
		} {
			want(w.TB, fmt.Sprintf("%+v", c.q), w.list(c.q), c.want)
		}
	})
}

func TestOnlyWhoManagesUsersManagesUsers(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx, officer, no := context.Background(), w.actor(w.login("officer")), false
		_, list := w.service.ListUsers(ctx, officer, account.Query{}, "")
		_, one := w.service.User(ctx, officer, w.admin)
		_, create := w.service.CreateUser(ctx, officer, account.Draft{Username: "another", Name: "测试员戊"})
		_, edit := w.service.EditUser(ctx, officer, w.admin, 1, account.Edit{Active: &no})
		_, reset := w.service.ResetPassword(ctx, officer, w.admin)
		end := w.service.EndSessions(ctx, officer, w.admin)
		for i, err := range []error{list, one, create, edit, reset, end} {
			if fault.CodeOf(err) != "forbidden" || fault.KindOf(err) != fault.Forbidden {
				w.Errorf("%d: %v", i, err)
			}
		}
		made, err := w.service.CreateAtConsole(ctx, account.Draft{Username: "first", Name: "测试员己"})
		if err != nil {
			w.Fatal(err)
		}
		w.loginWith("first", made.Password)
	})
}

func TestACursorServesOneListOfOnePerson(t *testing.T) {
	onEach(t, false, func(w *world) {
		ctx, admin := context.Background(), w.asAdmin()
		q := account.Query{Page: page.Request{Limit: 1, Sort: page.Sort{Name: "username"}}}
		list, err := w.service.ListUsers(ctx, admin, q, "")
		if err != nil || list.Next == nil {
			w.Fatalf("%+v, %v", list, err)
		}
		other := q
		other.Text = "o"
		for what, try := range map[string]func() error{
			"another filter": func() error { _, err := w.service.ListUsers(ctx, admin, other, *list.Next); return err },
			"forged":         func() error { _, err := w.service.ListUsers(ctx, admin, q, *list.Next+"A"); return err },
		} {
			want(w.TB, what, field(try()), "cursor:cursor.unknown")
		}
	})
}
