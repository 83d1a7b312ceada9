package app_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// keyless are the POSTs that ignore an Idempotency-Key, as the contract says:
// they give a session, change nothing, or unmask for a moment.
func keyless(path string) bool {
	return strings.HasPrefix(path, "/auth/") || path == "/duplicates/check" || strings.HasSuffix(path, "/reveal")
}

// TestEveryPostThatChangesRowsIsDoneOnceUnderItsKey sends every POST of the
// route table twice: one effect, one answer, byte for byte. A new POST is
// among them as soon as it is in the access matrix.
func TestEveryPostThatChangesRowsIsDoneOnceUnderItsKey(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		m := newMatrix(t, k, 1)
		plain := plainRoutes()
		for _, route := range k.App.Router.Table() {
			path := strings.TrimPrefix(route.Path, kit.Base)
			name := route.Method + " " + path
			if route.Method != "POST" || keyless(path) {
				continue
			}
			var p *kit.Person
			var request kit.Request
			if who, made, known := onDispute(t, k, name); known {
				p, request = who, made
			} else if strings.HasSuffix(name, "/protection/confirm") || strings.HasSuffix(name, "/protection/reject") {
				p, request = k.As(t, "bureau-officer"), pendingAt(t, k, path)
			} else if r, known := plain[name]; known {
				p = k.As(t, kit.Login(m.holder(t, r.permission)))
				request = r.request(t, p)
			} else {
				p, request = m.permitted(t, name)
			}
			m.twice(t, name, p, request)
		}
	})
}

// pendingAt asks the bureau about a lead whose investor is protected for
// another project.
func pendingAt(t *testing.T, k *kit.Kit, path string) kit.Request {
	t.Helper()
	body := `{"title":"新项目","investor_name":"待定 ` + path + `","source_channel":"visit","summary":"生产基地"`
	var made struct{ ID int64 }
	for _, more := range []string{`}`, `,"duplicate":{"choice":"another","reason":"另一条产线"}}`} {
		a := k.As(t, "town-officer").Do(t, posts(body+more, "/leads"))
		if a.Status != http.StatusCreated {
			t.Fatalf("register: %s", a.Body)
		}
		a.Into(t, &made)
	}
	return posts(`{"reason":"两个项目"}`, strings.Replace(path, "{id}", "%d", 1), made.ID)
}

// holder is the first role with a permission.
func (m *matrix) holder(t *testing.T, permission string) access.Role {
	t.Helper()
	for _, role := range access.Roles() {
		if m.oracle.holds(string(role), permission) {
			return role
		}
	}
	t.Fatalf("no role holds %s", permission)
	return ""
}

// permitted finds somebody who may do the act on a lead that was made for it.
func (m *matrix) permitted(t *testing.T, name string) (*kit.Person, kit.Request) {
	t.Helper()
	route, known := m.routes[name]
	if !known {
		t.Fatalf("%s is not in the access matrix", name)
	}
	if route.made != nil {
		return route.made(t, m)
	}
	for _, role := range access.Roles() {
		for n, relation := range slices.Concat(kit.Relations(), kit.Relations()) {
			restricted := n >= len(kit.Relations())
			r := reader{oracle: m.oracle, role: string(role), facts: factsOf(relation, restricted)}
			if route.want(r)[0] != '2' {
				continue
			}
			c := m.grid[kit.Cell{Unit: kit.GridUnits()[role], Relation: relation, Restricted: restricted}.Title()]
			fresh, err := m.MakeCell(context.Background(), c)
			if err != nil {
				t.Fatalf("make a lead for %s: %v", name, err)
			}
			p := m.As(t, kit.Login(role))
			return p, route.request(fresh, m.now(t, fresh, p, name, true))
		}
	}
	t.Fatalf("nobody may %s", name)
	return nil, kit.Request{}
}

// effects counts what requests have done so far.
func effects(t *testing.T, k *kit.Kit) int {
	t.Helper()
	var n int
	err := k.DB.Read(context.Background()).Raw("SELECT count(*) FROM audit_events WHERE outcome = 'done'").Row().Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (m *matrix) twice(t *testing.T, name string, p *kit.Person, request kit.Request) {
	t.Helper()
	request.Header = map[string]string{"Idempotency-Key": "key of " + name}
	if a := p.Do(t, request); a.Brief() != "400 input.invalid" {
		t.Errorf("%s under a key with spaces: %s", name, a.Brief())
	}
	request.Header = map[string]string{"Idempotency-Key": "key-of-" + strings.ReplaceAll(name, " ", "-")}
	first := p.Do(t, request)
	if first.Status >= 300 {
		t.Errorf("%s: %s\n%.300s", name, first.Brief(), first.Body)
		return
	}
	done := effects(t, m.Kit)
	again := p.Do(t, request)
	secret := bytes.Contains(first.Body, []byte("initial_password"))
	if again.Status != first.Status || !bytes.Equal(again.Body, first.Body) != secret || again.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Errorf("%s, repeated:\n%d %s %s\nwant\n%d %s %s", name,
			again.Status, again.Header.Get("ETag"), again.Body, first.Status, first.Header.Get("ETag"), first.Body)
	}
	if again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("%s: the repetition is not marked as one", name)
	}
	if now := effects(t, m.Kit); now != done {
		t.Errorf("%s, repeated: %d more effects", name, now-done)
	}
	other := request
	if other.File != nil {
		other.File = &kit.File{Name: other.File.Name, Content: other.File.Content + "."}
	} else {
		other.Path += "?other=1"
	}
	if a := p.Do(t, other); a.Brief() != "422 idempotency.reused" {
		t.Errorf("%s with another body: %s", name, a.Brief())
	}
	if now := effects(t, m.Kit); now != done {
		t.Errorf("%s with another body: %d more effects", name, now-done)
	}
}
