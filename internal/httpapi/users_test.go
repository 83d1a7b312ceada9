package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/page"
)

func TestUsersAreEditedUnderTheVersionThatWasSeen(t *testing.T) {
	atTheDoor(t, func(d *door) {
		admin := d.login("secadmin", d.password).AccessToken
		d.post("/users", `{"username":"newcomer","name":"测试员乙"}`, admin)
		patch := func(which, tag, body string) *httptest.ResponseRecorder {
			return d.do(ask{method: http.MethodPatch, path: "/api/v1/users/" + which, token: admin, body: body, header: map[string]string{"If-Match": tag}})
		}
		refused(d.t, patch("99", "", `{`), http.StatusNotFound, "user.unknown")
		refused(d.t, patch("1", "", `{`), http.StatusForbidden, "user.self")
		refused(d.t, patch("2", "", `{`), http.StatusPreconditionRequired, "precondition.required")
		refused(d.t, patch("2", `"7"`, `{`), http.StatusPreconditionFailed, "stale")
		refused(d.t, patch("2", `"1"`, `{"name":null}`), http.StatusBadRequest, "input.invalid")
		refused(d.t, patch("2", `"1"`, `{"name":" "}`), http.StatusBadRequest, "input.invalid")
		refused(d.t, patch("2", `"1"`, `{"demo":true}`), http.StatusBadRequest, "input.invalid")
		w := patch("2", `"1"`, `{"name":"测试员丙","active":false}`)
		if w.Code != http.StatusOK || w.Header().Get("ETag") != `"2"` || !strings.Contains(w.Body.String(), `"can":["edit","reset_password","enable","end_sessions"],"masked":[]`) {
			d.t.Errorf("status %d, %s", w.Code, w.Body)
		}
		refused(d.t, d.post("/users", `{"username":"newcomer","name":"x"}`, admin), http.StatusConflict, "user.exists")
		refused(d.t, d.post("/users/1/reset-password", "", admin), http.StatusForbidden, "user.self")
		refused(d.t, d.post("/users/99/end-sessions", "", admin), http.StatusNotFound, "user.unknown")
		if w := d.post("/users/2/end-sessions", "", admin); w.Code != http.StatusNoContent {
			d.t.Errorf("status %d, %s", w.Code, w.Body)
		}
		var reset struct {
			InitialPassword string `json:"initial_password"`
		}
		read(d.t, d.post("/users/2/reset-password", "", admin), &reset)
		if len(reset.InitialPassword) != 19 {
			d.t.Errorf("password %q", reset.InitialPassword)
		}
	})
}

func TestUsersAreListedWithFilterOrderAndCursor(t *testing.T) {
	atTheDoor(t, func(d *door) {
		admin := d.login("secadmin", d.password).AccessToken
		for _, name := range []string{"anna", "carl", "dora"} {
			d.post("/users", fmt.Sprintf(`{"username":%q,"name":"测试员"}`, name), admin)
		}
		list := func(query string) (names string, next *string) {
			d.t.Helper()
			var l struct {
				Items []struct{ Username string }
				Next  *string
				Total page.Total
			}
			w := d.get("/users"+query, admin)
			read(d.t, w, &l)
			for _, i := range l.Items {
				names += i.Username + " "
			}
			return names + fmt.Sprint(l.Total.Count, l.Total.Exact), l.Next
		}
		first, next := list("?limit=3&sort=-username")
		if first != "secadmin dora carl 4 true" || next == nil {
			d.t.Fatalf("first page %s", first)
		}
		if second, end := list("?limit=3&sort=-username&cursor=" + *next); second != "anna 4 true" || end != nil {
			d.t.Errorf("second page %s", second)
		}
		if found, _ := list("?q=AR&active=true"); found != "carl 1 true" {
			d.t.Errorf("found %s", found)
		}
		if none, _ := list("?unit_id=999"); none != "0 true" {
			d.t.Errorf("found %s", none)
		}
		for _, bad := range []string{"?sort=name", "?limit=101", "?active=1", "?role=x", "?cursor=x", "?limit=3&cursor=" + *next} {
			refused(d.t, d.get("/users"+bad, admin), http.StatusBadRequest, "input.invalid")
		}
	})
}
