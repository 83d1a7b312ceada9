package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	accountstore "github.com/leadrelay/leadrelay/internal/store/account"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/rbac"
)

// door is a router with sessions and users alone, over a real database with
// one administrator.
type door struct {
	edge
	db       *store.DB
	service  *account.Service
	password string // of the administrator "secadmin"
}

func atTheDoor(t *testing.T, f func(d *door)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *store.DB) { f(newDoor(t, db)) })
}

func newDoor(t *testing.T, db *store.DB) *door {
	t.Helper()
	policy, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{db: db, service: newAccounts(t, db)}
	made, err := d.service.CreateAtConsole(t.Context(), account.Draft{Username: "secadmin", Name: "测试员甲"})
	if err != nil {
		t.Fatal(err)
	}
	d.exec(t, `INSERT INTO units (slug, name_zh, name_en, short_zh, kind, pinyin, initials, confirmed, source, opened_on, created_at)
		VALUES ('bureau', '局', 'Bureau', '局', 'bureau', '', '', ?, 'test', '2020-01-01', ?)`, true, clock.System{}.Now())
	d.exec(t, `INSERT INTO memberships (user_id, unit_id, role, from_on, created_at)
		SELECT u.id, x.id, 'security_admin', '2020-01-01', ? FROM users u, units x`, clock.System{}.Now())
	d.exec(t, "UPDATE users SET must_change = ?", false)
	d.password = made.Password
	r := newRouter(Options{Product: "LeadRelay", Auth: NewAuthenticator(d.service, policy), SecureCookies: true, Now: clock.System{}.Now})
	session{service: d.service, options: r.options}.routes(r)
	users{service: d.service}.routes(r)
	things{}.routes(r)
	built, err := r.build()
	if err != nil {
		t.Fatal(err)
	}
	d.edge = edge{Router: built, t: t}
	return d
}

func newAccounts(t *testing.T, db *store.DB) *account.Service {
	t.Helper()
	hasher, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, AtOnce: 4, Wait: time.Minute}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := account.ProfileOf(account.Dengbao3)
	if err != nil {
		t.Fatal(err)
	}
	service, err := account.New(account.Options{
		Store: accountstore.New(db), Hasher: hasher, Clock: clock.System{}, Random: rand.Reader,
		Secret: []byte("a secret of at least thirty-two bytes"), Profile: profile, Absolute: 12 * time.Hour,
		Cursors: page.NewCursors([]byte("cursor key")),
	})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

func (d *door) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	err := d.db.InTx(t.Context(), func(tx *store.Tx) error { return tx.DB(t.Context()).Exec(sql, args...).Error })
	if err != nil {
		t.Fatal(err)
	}
}

// signedIn is a session as a browser holds it.
type signedIn struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	User        struct {
		ID             int64
		Username, Name string
		Locale         string
		Demo           bool
		MustChange     bool `json:"must_change_password"`
	}
	cookie *http.Cookie
}

func (d *door) post(path, body, token string) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.do(ask{method: http.MethodPost, path: "/api/v1" + path, body: body, token: token})
}

func (d *door) login(username, password string) signedIn {
	d.t.Helper()
	return d.opened(d.post("/auth/login", fmt.Sprintf(`{"username":%q,"password":%q}`, username, password), ""))
}

func (d *door) opened(w *httptest.ResponseRecorder) (s signedIn) {
	d.t.Helper()
	if w.Code != http.StatusOK {
		d.t.Fatalf("status %d, %s", w.Code, w.Body)
	}
	read(d.t, w, &s)
	for _, c := range w.Result().Cookies() {
		s.cookie = c
	}
	return s
}

func (d *door) refresh(c *http.Cookie) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.do(ask{method: http.MethodPost, path: "/api/v1/auth/refresh", header: map[string]string{"Cookie": c.Name + "=" + c.Value}})
}

func (d *door) get(path, token string) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.do(ask{method: http.MethodGet, path: "/api/v1" + path, token: token})
}

// refused wants a status and a code.
func refused(t *testing.T, w *httptest.ResponseRecorder, status int, code string) told {
	t.Helper()
	p := problemIn(t, w)
	if w.Code != status || p.Code != code {
		t.Errorf("status %d, code %s; want %d, %s", w.Code, p.Code, status, code)
	}
	return p
}

func read(t *testing.T, w *httptest.ResponseRecorder, into any) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("status %d, %s: %v", w.Code, w.Body, err)
	}
}

func TestALoginGivesAnAccessTokenAndTheCookieThatScriptsCannotRead(t *testing.T) {
	atTheDoor(t, func(d *door) {
		s := d.login("secadmin", d.password)
		if s.TokenType != "Bearer" || s.ExpiresIn != 900 || s.User.Username != "secadmin" || s.User.Locale != "zh-CN" || s.User.MustChange {
			d.t.Errorf("opened %+v", s.User)
		}
		c := s.cookie
		if c == nil || c.Name != "lr_refresh" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode ||
			c.Path != "/api/v1/auth" || c.Domain != "" || time.Until(c.Expires) < 11*time.Hour {
			d.t.Fatalf("cookie %+v", c)
		}
		var me struct {
			User        struct{ ID int64 }
			Memberships []account.MembershipView
			Permissions map[string][]int64
			Idle        int   `json:"idle_seconds"`
			Session     int64 `json:"session_id"`
		}
		read(d.t, d.get("/auth/me", s.AccessToken), &me)
		got := fmt.Sprint(me.User.ID, len(me.Memberships), me.Memberships[0].Role, me.Permissions, me.Idle, me.Session)
		if want := "1 1security_adminmap[membership.manage:[1] role.read:[1] user.manage:[1]] 600 1"; got != want {
			d.t.Errorf("me %s, want %s", got, want)
		}
	})
}

func TestTheAnswerDoesNotTellWhetherANameExists(t *testing.T) {
	atTheDoor(t, func(d *door) {
		bodies := map[string]bool{}
		for _, body := range []string{
			`{"username":"secadmin","password":"wrong"}`, `{"username":"nobody","password":"wrong"}`, `{"username":"","password":""}`,
		} {
			w := d.post("/auth/login", body, "")
			p := refused(d.t, w, http.StatusUnauthorized, "auth.refused")
			bodies[strings.ReplaceAll(w.Body.String(), p.RequestID, "")+fmt.Sprint(len(w.Result().Cookies()), w.Header().Get("Retry-After"))] = true
		}
		if len(bodies) != 1 {
			d.t.Errorf("answers differ: %v", bodies)
		}
		for range 4 {
			d.post("/auth/login", `{"username":"nobody","password":"wrong"}`, "")
		}
		w := d.post("/auth/login", `{"username":"Nobody","password":"wrong"}`, "")
		refused(d.t, w, http.StatusTooManyRequests, "auth.locked")
		if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || wait < 290 || wait > 300 {
			d.t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
		for _, bad := range []string{`{"username":"a"}`, `{"username":"a","password":"b","role":"x"}`, `{"username":1,"password":"b"}`, `[]`} {
			refused(d.t, d.post("/auth/login", bad, ""), http.StatusBadRequest, "input.invalid")
		}
	})
}

func TestTheCookieIsExchangedOnceAndTwoTabsStayLoggedIn(t *testing.T) {
	atTheDoor(t, func(d *door) {
		first := d.login("secadmin", d.password)
		second := d.opened(d.refresh(first.cookie))
		if second.cookie == nil || second.cookie.Value == first.cookie.Value {
			d.t.Fatalf("cookie %+v", second.cookie)
		}
		tab := d.opened(d.refresh(first.cookie))
		if tab.cookie != nil {
			d.t.Errorf("the second tab got the cookie %+v", tab.cookie)
		}
		if w := d.get("/auth/me", tab.AccessToken); w.Code != http.StatusOK {
			d.t.Errorf("the second tab: status %d", w.Code)
		}
		d.db.SetOffset(time.Minute)
		refused(d.t, d.refresh(first.cookie), http.StatusUnauthorized, "auth.session_ended")
		refused(d.t, d.refresh(second.cookie), http.StatusUnauthorized, "auth.session_ended")
		refused(d.t, d.get("/auth/me", second.AccessToken), http.StatusUnauthorized, "auth.session_ended")
		refused(d.t, d.post("/auth/refresh", "", ""), http.StatusUnauthorized, "auth.session_ended")
	})
}

func TestLogoutTakesTheCookieAwayAndEndsTheSession(t *testing.T) {
	atTheDoor(t, func(d *door) {
		here, there := d.login("secadmin", d.password), d.login("secadmin", d.password)
		w := d.post("/auth/logout", "", here.AccessToken)
		cookies := w.Result().Cookies()
		if w.Code != http.StatusNoContent || len(cookies) != 1 || cookies[0].MaxAge >= 0 || cookies[0].Path != "/api/v1/auth" {
			d.t.Fatalf("status %d, %s, cookies %+v", w.Code, w.Body, cookies)
		}
		refused(d.t, d.get("/auth/me", here.AccessToken), http.StatusUnauthorized, "auth.session_ended")
		refused(d.t, d.refresh(here.cookie), http.StatusUnauthorized, "auth.session_ended")
		third := d.login("secadmin", d.password)
		if w := d.post("/auth/logout", `{"everywhere":true}`, third.AccessToken); w.Code != http.StatusNoContent {
			d.t.Fatalf("status %d, %s", w.Code, w.Body)
		}
		refused(d.t, d.get("/auth/me", there.AccessToken), http.StatusUnauthorized, "auth.session_ended")
	})
}

func TestWhoMustChangeThePasswordCanDoNothingElse(t *testing.T) {
	atTheDoor(t, func(d *door) {
		admin := d.login("secadmin", d.password).AccessToken
		var made struct {
			User            account.UserView
			InitialPassword string `json:"initial_password"`
		}
		w := d.post("/users", `{"username":"newcomer","name":"测试员乙"}`, admin)
		read(d.t, w, &made)
		if w.Code != http.StatusCreated || w.Header().Get("ETag") != `"1"` {
			d.t.Fatalf("status %d, %s", w.Code, w.Body)
		}
		s := d.login("newcomer", made.InitialPassword)
		if !s.User.MustChange {
			d.t.Error("the answer must say that the password is to be changed")
		}
		refused(d.t, d.get("/auth/sessions", s.AccessToken), http.StatusForbidden, "auth.password_change_required")
		refused(d.t, d.get("/things", s.AccessToken), http.StatusForbidden, "auth.password_change_required")
		if w := d.get("/auth/me", s.AccessToken); w.Code != http.StatusOK {
			d.t.Errorf("me: status %d", w.Code)
		}
		p := refused(d.t, d.post("/auth/password", `{"current":"x","new":"short"}`, s.AccessToken), http.StatusBadRequest, "input.invalid")
		if len(p.Fields) != 1 || p.Fields[0].Code != "password.wrong" || p.Fields[0].Message != "当前密码不正确。" {
			d.t.Errorf("fields %+v", p.Fields)
		}
		body := fmt.Sprintf(`{"current":%q,"new":"Kx7-mq2w-mine"}`, made.InitialPassword)
		if w := d.post("/auth/password", body, s.AccessToken); w.Code != http.StatusNoContent {
			d.t.Fatalf("status %d, %s", w.Code, w.Body)
		}
		if w := d.get("/auth/sessions", s.AccessToken); w.Code != http.StatusOK {
			d.t.Errorf("sessions: status %d", w.Code)
		}
		refused(d.t, d.get("/users", s.AccessToken), http.StatusForbidden, "forbidden")
	})
}

func TestOwnSessionsAreListedAndEnded(t *testing.T) {
	atTheDoor(t, func(d *door) {
		one, two := d.login("secadmin", d.password), d.login("secadmin", d.password)
		var list struct {
			Items []struct {
				ID             int64
				Address, Agent string
				Current        bool
			}
		}
		read(d.t, d.get("/auth/sessions", two.AccessToken), &list)
		if got, want := fmt.Sprint(list.Items), "[{2 192.0.2.1  true} {1 192.0.2.1  false}]"; got != want {
			d.t.Errorf("sessions %s, want %s", got, want)
		}
		del := func(which string) *httptest.ResponseRecorder {
			return d.do(ask{method: http.MethodDelete, path: "/api/v1/auth/sessions/" + which, token: two.AccessToken})
		}
		if w := del("1"); w.Code != http.StatusNoContent {
			d.t.Errorf("status %d, %s", w.Code, w.Body)
		}
		refused(d.t, del("1"), http.StatusNotFound, "session.unknown")
		refused(d.t, del("99"), http.StatusNotFound, "session.unknown")
		refused(d.t, d.get("/auth/me", one.AccessToken), http.StatusUnauthorized, "auth.session_ended")
		w := d.do(ask{method: http.MethodPatch, path: "/api/v1/auth/me", body: `{"locale":"en"}`, token: two.AccessToken})
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"locale":"en"`) {
			d.t.Errorf("status %d, %s", w.Code, w.Body)
		}
	})
}

func TestTheLoginPageLearnsTheRulesAndNoLoginsOutsideDemoMode(t *testing.T) {
	atTheDoor(t, func(d *door) {
		want := `{"product":"LeadRelay","demo":false,"password_profile":"dengbao3","password_min":8,"logins":[],"demo_password":null}`
		if got := strings.TrimSpace(d.get("/auth/options", "").Body.String()); got != want {
			d.t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestEveryCodeOfSessionsAndUsersHasASentenceInBothLanguages(t *testing.T) {
	for code, text := range map[string]map[string]Text{"problem": sessionProblems(), "rule": sessionRules()} {
		for name, sentence := range text {
			if sentence.ZH == "" || sentence.EN == "" || sentence.ZH == sentence.EN {
				t.Errorf("%s %s: %+v", code, name, sentence)
			}
		}
	}
}

// TestWhatIsNotATokenIsRefusedAtTheDoor tries what a client may send as a
// token; the tokens themselves are tried in package account.
func TestWhatIsNotATokenIsRefusedAtTheDoor(t *testing.T) {
	atTheDoor(t, func(d *door) {
		s := d.login("secadmin", d.password)
		for _, header := range []string{"", "Bearer", "Bearer ", "Basic " + s.AccessToken, "Bearer x", "Bearer " + s.AccessToken + " ", "Bearer " + s.cookie.Value} {
			w := d.do(ask{method: http.MethodGet, path: "/api/v1/auth/me", header: map[string]string{"Authorization": header}})
			refused(d.t, w, http.StatusUnauthorized, "auth.required")
		}
		if _, err := d.service.Authenticate(context.Background(), s.AccessToken); err != nil {
			d.t.Error(err)
		}
	})
}
