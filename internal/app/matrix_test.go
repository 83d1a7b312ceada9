package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/testkit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// absent is a number that no row has.
const absent = "999999999"

// matrix is one run of the access matrix on one database.
type matrix struct {
	*kit.Kit
	oracle  oracle
	grid    map[string]kit.Cell
	routes  map[string]leadRoute
	missing sync.Map // role and route: what a missing row answers
	cells   atomic.Int64
	at      state
	chosen  func() bool
	mu      sync.Mutex
}

// full tells whether the whole matrix is asked for, as `make soak` does; else
// each run draws a part of it by a seed that it prints.
func full() bool { return testkit.Times(1, 0) == 1 }

func newMatrix(t *testing.T, k *kit.Kit, share float64) *matrix {
	t.Helper()
	ctx := context.Background()
	m := &matrix{Kit: k, oracle: readPolicy(t), routes: leadRoutes()}
	var err error
	if m.grid, err = k.Cells(ctx); err != nil {
		t.Fatal(err)
	}
	if want := len(kit.Slugs()) * len(kit.Relations()) * 2; len(m.grid) != want {
		t.Fatalf("the grid has %d leads, want %d", len(m.grid), want)
	}
	m.at = state{
		third: int64(k.As(t, "third").ID), fourth: int64(k.As(t, "fourth").ID), thirdUnit: int64(k.Unit(ctx, "com")),
		target: int64(m.grid["wg-shenzhen own normal"].Lead),
	}
	k.Warm(t)
	draw := testkit.Dice(t)
	m.chosen = func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return full() || draw.Float64() < share
	}
	return m
}

func eachGrid(t *testing.T, f func(t *testing.T, k *kit.Kit)) {
	t.Helper()
	kit.Each(t, "grid", kit.GridPeople(), kit.BuildGrid, f)
}

// TestEveryRouteAnswersEveryRoleInEveryRelationAsThePolicySays is the access
// matrix: routes × roles × relations × confidentiality. What is expected is
// worked out from the policy's text; a route without an expectation fails.
func TestEveryRouteAnswersEveryRoleInEveryRelationAsThePolicySays(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		m := newMatrix(t, k, 0.2)
		m.compareTables(t)
		t.Run("cells", func(t *testing.T) {
			for _, unit := range kit.Slugs() {
				t.Run(unit, func(t *testing.T) {
					t.Parallel()
					m.unit(t, unit)
				})
			}
		})
		t.Logf("%s: %d cells", k.DB.Dialect(), m.cells.Load())
	})
}

// compareTables holds the routes of the program and the expectations of this
// test together, with their permissions.
func (m *matrix) compareTables(t *testing.T) {
	t.Helper()
	want := map[string]string{}
	for name, r := range m.routes {
		want[name] = r.permission
	}
	for name, r := range plainRoutes() {
		want[name] = r.permission
	}
	got := map[string]string{}
	for _, r := range m.App.Router.Table() {
		path := r.Path
		if _, bare := bareRoutes()[path]; !bare {
			path = strings.TrimPrefix(path, kit.Base)
		}
		got[r.Method+" "+path] = string(r.Permission)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] != got[name] {
			t.Errorf("route %s asks for %q, expected %q", name, got[name], want[name])
		}
	}
	for name := range want {
		if _, there := got[name]; !there {
			t.Errorf("no route %s", name)
		}
	}
}

func (m *matrix) unit(t *testing.T, unit string) {
	for _, role := range access.Roles() {
		if kit.GridUnits()[role] != unit {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(m.routes)) {
			for _, relation := range kit.Relations() {
				for _, restricted := range []bool{false, true} {
					if m.chosen() {
						m.cell(t, role, name, kit.Cell{Unit: unit, Relation: relation, Restricted: restricted})
					}
				}
			}
		}
	}
}

// cell asks one question and compares the answer, and a 404 with that of a
// row that does not exist.
func (m *matrix) cell(t *testing.T, role access.Role, name string, c kit.Cell) {
	route := m.routes[name]
	r := reader{oracle: m.oracle, role: string(role), facts: factsOf(c.Relation, c.Restricted)}
	want := route.want(r)
	c = m.grid[c.Title()]
	if route.spends && want[0] == '2' {
		fresh, err := m.MakeCell(context.Background(), c)
		if err != nil {
			t.Fatalf("make a lead for %s: %v", name, err)
		}
		c = fresh
	}
	p := m.As(t, kit.Login(role))
	request := route.request(c, m.now(t, c, p, name, want[0] == '2'))
	a := p.Do(t, request)
	m.cells.Add(1)
	where := fmt.Sprintf("%s, %s, %s", name, role, c.Title())
	if a.Brief() != want {
		t.Errorf("%s: %s, want %s\n%.300s", where, a.Brief(), want, a.Body)
		return
	}
	if a.Status == http.StatusNotFound {
		m.likeMissing(t, p, asked{where, name, request}, c, a)
	}
	if name == "GET /leads/{id}" && a.Status == http.StatusOK {
		checkFields(t, where, r, a)
	}
}

// asked is a question of the matrix: the cell in words, the route, and what
// was sent.
type asked struct {
	where, route string
	request      kit.Request
}

// likeMissing compares the answer for a row outside the scope with that for a
// row that does not exist: equal but for the number of the request.
func (m *matrix) likeMissing(t *testing.T, p *kit.Person, q asked, c kit.Cell, a kit.Answer) {
	t.Helper()
	key, request := p.Username+" "+q.route, q.request
	gone, known := m.missing.Load(key)
	if !known {
		row := strconv.FormatInt(int64(c.Lead), 10)
		if m.routes[q.route].handed {
			row = strconv.FormatInt(int64(c.Handoff), 10)
		}
		request.Path = strings.Replace(request.Path, "/"+row, "/"+absent, 1)
		gone = p.Do(t, request).Says()
		m.missing.Store(key, gone)
	}
	if a.Says() != gone {
		t.Errorf("%s differs from a missing row:\n%s\n%s", q.where, a.Says(), gone)
	}
}

// now reads what a valid request needs; for a permitted one it makes the
// contact, note and file that only their author may change.
func (m *matrix) now(t *testing.T, c kit.Cell, p *kit.Person, name string, permitted bool) state {
	ctx := context.Background()
	at := m.at
	err := m.DB.Read(ctx).Raw("SELECT version, stage FROM leads WHERE id = ?", c.Lead).Row().Scan(&at.version, &at.stage)
	if err != nil {
		t.Fatal(err)
	}
	err = m.DB.Read(ctx).Raw("SELECT COALESCE(max(id), 0) FROM clocks WHERE lead_id = ? AND kind = 'triage'", c.Lead).Row().Scan(&at.clock)
	if err != nil {
		t.Fatal(err)
	}
	if permitted && strings.HasSuffix(name, "/resume") {
		m.StopClock(t, at.clock)
	}
	if err := m.DB.Read(ctx).Raw("SELECT version FROM handoffs WHERE id = ?", c.Handoff).Row().Scan(&at.handoffVersion); err != nil {
		t.Fatal(err)
	}
	at.contact, at.note, at.file, at.contactVersion, at.noteVersion = int64(c.Contact), int64(c.Note), int64(c.File), 1, 1
	at.helper = 999_999_999
	if permitted && strings.HasSuffix(name, "{hid}") {
		at.helper = m.helper(t, c)
	} else if permitted && strings.Count(name, "{") > 1 && !strings.HasPrefix(name, "GET ") {
		at.contact, at.note, at.file = m.Attach(t, c, p)
	}
	return at
}

// helper asks the third unit to help with the lead of a cell.
func (m *matrix) helper(t *testing.T, c kit.Cell) (row int64) {
	t.Helper()
	ctx := context.Background()
	err := m.Exec(ctx, "INSERT INTO lead_parts (lead_id, unit_id, part, from_at, until, activity_at, stage, restricted, added_by) "+
		"SELECT id, ?, 'helper', ?, ?, activity_at, stage, restricted, ? FROM leads WHERE id = ? AND NOT EXISTS "+
		"(SELECT 1 FROM lead_parts p WHERE p.lead_id = leads.id AND p.part = 'helper' AND p.unit_id = ? AND p.until = ?)",
		m.at.thirdUnit, clock.System{}.Now(), clock.Forever(), m.at.third, c.Lead, m.at.thirdUnit, clock.Forever())
	if err == nil {
		err = m.DB.Read(ctx).Raw("SELECT max(id) FROM lead_parts WHERE lead_id = ? AND part = 'helper' AND unit_id = ?", c.Lead, m.at.thirdUnit).Row().Scan(&row)
	}
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// checkFields compares the acts and the masked fields of a lead with the
// policy's classes.
func checkFields(t *testing.T, where string, r reader, a kit.Answer) {
	t.Helper()
	var v map[string]json.RawMessage
	a.Into(t, &v)
	var can, masked []string
	_ = json.Unmarshal(v["can"], &can)
	_ = json.Unmarshal(v["masked"], &masked)
	if want := wantActs(r); !slices.Equal(slices.Sorted(slices.Values(can)), want) {
		t.Errorf("%s: can %v, want %v", where, can, want)
	}
	var hidden []string
	onlyPast := !r.covers(slices.DeleteFunc(r.may(r.role, "lead.read"), func(p string) bool { return p == "past" }))
	for field, class := range fieldClasses() {
		if r.shown(class) || field == "planned_cents" && onlyPast {
			continue
		}
		hidden = append(hidden, field)
		if text := string(v[field]); text != "null" && text != `""` && text != "[]" {
			t.Errorf("%s: %s is masked but %s", where, field, text)
		}
	}
	slices.Sort(hidden)
	if !slices.Equal(slices.Sorted(slices.Values(masked)), hidden) {
		t.Errorf("%s: masked %v, want %v", where, masked, hidden)
	}
}

// wantActs lists what the reader may do with the lead in its state.
func wantActs(r reader) []string {
	open := r.offer.state == "offered"
	possible := map[string]bool{
		"edit": !r.ended, "change_stage": !r.ended && !open, "reopen": r.ended, "delete": !open, "restrict": true,
		"hand_off": !open && !r.ended, "withdraw": open, "answer": open, "edit_contacts": true, "reveal_contacts": true,
		"dispute": !r.ended, "renew_protection": !r.ended, "merge": !r.ended, "add_note": true, "add_file": true, "read_contacts": true, "read_files": true,
		"return": r.offer.to == "me" && r.offer.state == "accepted" && !r.ended, "refer": !open && !r.ended, "assign": !open && !r.ended,
		"add_helper": !r.ended,
	}
	permission := map[string]string{
		"edit_contacts": "contact.edit", "reveal_contacts": "contact.reveal", "add_note": "note.add", "dispute": "dispute.open",
		"return": "lead.hand_off", "renew_protection": "protection.renew", "add_helper": "helper.edit", "add_file": "file.add", "read_contacts": "contact.read", "read_files": "file.read",
	}
	out := []string{}
	for act, may := range possible {
		if act == "dispute" && (slices.Contains(r.facts.parts, "owner") || r.facts.restricted && strings.HasPrefix(r.role, "bureau_")) {
			may = false // a holder has nothing to claim, nor has the bureau, which answers for a restricted lead
		}
		p := permission[act]
		if p == "" {
			p = "lead." + act
		}
		if may && r.can(p) {
			out = append(out, act)
		}
	}
	slices.Sort(out)
	return out
}

// fieldClasses says the class of each field of a lead that is not public.
func fieldClasses() map[string]string {
	out := map[string]string{"introducer": "contact"}
	for class, fields := range map[string]string{
		"open": "credit_code parent_name parent_credit_code website country source_channel first_contact_unit_id location_code park_id chain track land_sqm floor_sqm " +
			"product summary first_contact_on expected_sign_on signed_on started_on signing_event binding next_step " +
			"next_step_on source_note offer clock shares",
		"money": "planned_cents fixed_assets_cents output_cents tax_cents at_least promised_fixed_assets_per_mu_cents " +
			"promised_output_per_mu_cents promised_tax_per_mu_cents",
	} {
		for _, f := range strings.Fields(fields) {
			out[f] = class
		}
	}
	return out
}

// TestAListHoldsExactlyTheLeadsThatOneMayOpen compares list, count, board and
// pipeline of every role with what the policy says of each lead of the grid.
func TestAListHoldsExactlyTheLeadsThatOneMayOpen(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		m := newMatrix(t, k, 1)
		for _, role := range access.Roles() {
			p := k.As(t, kit.Login(role))
			if !m.oracle.holds(string(role), "lead.read") {
				continue
			}
			var want []id.Lead
			for _, c := range m.grid {
				f := factsOf(c.Relation, c.Restricted)
				if c.Unit != kit.GridUnits()[role] {
					f.parts, f.member = nil, false
				}
				if (reader{oracle: m.oracle, role: string(role), facts: f}).can("lead.read") {
					want = append(want, c.Lead)
				}
			}
			slices.Sort(want)
			got := p.Leads(t, "")
			if !slices.Equal(got, want) {
				t.Errorf("%s lists %v, want %v", role, got, want)
			}
			for _, by := range []string{"stage", "month", "unit", "chain"} {
				var v struct {
					Items []struct{ Count int }
					Total struct{ Count int }
				}
				p.Get(t, "/pipeline?by="+by, &v)
				sum := 0
				for _, item := range v.Items {
					sum += item.Count
				}
				if v.Total.Count != len(want) || sum != len(want) {
					t.Errorf("%s: pipeline by %s counts %d and %d, want %d", role, by, v.Total.Count, sum, len(want))
				}
			}
		}
	})
}
