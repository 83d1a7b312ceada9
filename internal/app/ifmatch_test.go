package app_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// versionless are changes of what belongs to the person alone, and bodies that
// carry the version themselves.
func versionless(path string) bool {
	return strings.HasPrefix(path, "/auth/") || path == "/targets/{year}/cells" || path == "/updates/{period}"
}

// TestEveryEditSaysWhichVersionItChanges sends every PATCH, PUT and DELETE of
// the route table without a version, with a malformed and with an old one. A
// new edit is among them as soon as it is in the access matrix.
func TestEveryEditSaysWhichVersionItChanges(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		m := newMatrix(t, k, 1)
		plain := plainRoutes()
		for _, route := range k.App.Router.Table() {
			path := strings.TrimPrefix(route.Path, kit.Base)
			name := route.Method + " " + path
			edit := slices.Contains([]string{http.MethodPatch, http.MethodPut, http.MethodDelete}, route.Method)
			if !edit && name != "POST /leads/{id}/stage" || versionless(path) {
				continue
			}
			var p *kit.Person
			var request kit.Request
			if r, known := plain[name]; known {
				p = k.As(t, kit.Login(m.holder(t, r.permission)))
				request = r.request(t, p)
			} else {
				p, request = m.permitted(t, name)
			}
			m.needsVersion(t, name, p, request)
		}
	})
}

func (m *matrix) needsVersion(t *testing.T, name string, p *kit.Person, request kit.Request) {
	t.Helper()
	done := effects(t, m.Kit)
	old := request
	old.IfMatch = ""
	if a := p.Do(t, old); a.Brief() != "428 precondition.required" {
		t.Errorf("%s without a version: %s", name, a.Brief())
	}
	old.IfMatch = "one"
	if a := p.Do(t, old); a.Brief() != "400 precondition.malformed" {
		t.Errorf("%s with a malformed version: %s", name, a.Brief())
	}
	old.IfMatch = "99999"
	a := p.Do(t, old)
	var v struct {
		Version int64
		Differs *[]string
	}
	a.Into(t, &v)
	if a.Status != http.StatusPreconditionFailed || fmt.Sprint(v.Version) != request.IfMatch || v.Differs == nil {
		t.Errorf("%s with another version than %s: %s\n%s", name, request.IfMatch, a.Brief(), a.Body)
	}
	// The version is asked before the body.
	old.Body = `{"no such field":1}`
	if a := p.Do(t, old); request.Body != "" && a.Status != http.StatusPreconditionFailed {
		t.Errorf("%s with another version and a wrong body: %s", name, a.Brief())
	}
	if now := effects(t, m.Kit); now != done {
		t.Errorf("%s: %d effects of what was refused", name, now-done)
	}
	if a := p.Do(t, request); a.Status >= 300 {
		t.Errorf("%s with the present version: %s\n%s", name, a.Brief(), a.Body)
	}
}

// TestWhoEditsAnOldVersionIsToldWhatDiffers lets two people edit one row after
// the other: the second learns which fields the first has changed.
func TestWhoEditsAnOldVersionIsToldWhatDiffers(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c, security := own(t, k), k.As(t, "security-admin")
		officer, head := k.As(t, "town-officer"), k.As(t, "town-head")
		contact, note, _ := k.Attach(t, c, officer)
		third := k.As(t, "third").ID
		huangpu := k.Unit(context.Background(), "huangpu")
		leads, contacts := fmt.Sprintf("/leads/%d", c.Lead), fmt.Sprintf("/leads/%d/contacts/%d", c.Lead, contact)
		for _, row := range []struct {
			path, one, two, want string
			first, second        *kit.Person
		}{
			{leads, `{"next_step":"会见","product":"电芯"}`, `{"product":"电池"}`, "[product next_step]", head, officer},
			{contacts, `{"phone":"13900001111"}`, `{"title":"董事","phone":"13900002222"}`, "[phone title]", head, officer},
			{fmt.Sprintf("/leads/%d/notes/%d", c.Lead, note), `{"text":"一"}`, `{"text":"二"}`, "[text]", officer, officer},
			{fmt.Sprintf("/users/%d", third), `{"name":"测试员壬"}`, `{"active":false}`, "[active name]", security, security},
			{fmt.Sprintf("/units/%d", huangpu), `{"name_en":"Huangpu T."}`, `{"note":"已核对"}`, "[name_en note]", k.As(t, "system-admin"), k.As(t, "system-admin")},
		} {
			edit := kit.Request{Method: http.MethodPatch, Path: row.path, Body: row.one, IfMatch: "1"}
			edit.IfMatch = versionAt(t, row.first, edit)
			seen := edit.IfMatch
			a := answers(t, row.first, edit, "200")
			edit.Body, edit.IfMatch = row.two, a.Version()
			a = answers(t, row.first, edit, "200")
			edit.IfMatch = seen
			b := row.second.Do(t, edit)
			var v struct {
				Version int64
				Differs []string
			}
			b.Into(t, &v)
			if b.Status != http.StatusPreconditionFailed || fmt.Sprint(v.Version) != a.Version() || fmt.Sprint(v.Differs) != row.want {
				t.Errorf("%s: %s version %d differs %v, want 412 version %s differs %s", row.path, b.Brief(), v.Version, v.Differs, a.Version(), row.want)
			}
		}
	})
}

// versionAt is the present version of the row, as a refused edit tells it.
func versionAt(t *testing.T, p *kit.Person, edit kit.Request) string {
	t.Helper()
	edit.IfMatch = "99999"
	var v struct{ Version int64 }
	p.Do(t, edit).Into(t, &v)
	return fmt.Sprint(v.Version)
}
