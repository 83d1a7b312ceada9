package org_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	module "github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/rbac"
)

// today is a working day of the city; the tests' databases stand on it.
const today = "2026-03-09"

// world is the city with its demo accounts on one database.
type world struct {
	*module.Service
	t      *testing.T
	db     *store.DB
	policy *access.Policy
}

func each(t *testing.T, f func(t *testing.T, w world)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		db.SetOffset(day(t, today).At(9 * time.Hour).Sub(clock.System{}.Now()))
		w := open(t, db)
		w.fill()
		f(t, w)
	})
}

func open(t *testing.T, db *store.DB) world {
	t.Helper()
	policy, err := access.LoadFS(rbac.FS)
	if err != nil {
		t.Fatal(err)
	}
	cursors := page.NewCursors([]byte("a key of the tests, 32 bytes long"))
	return world{Service: module.NewService(org.New(db), clock.System{}, cursors), t: t, db: db, policy: policy}
}

func (w world) fill() {
	w.t.Helper()
	c, err := city.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Seed(w.t.Context(), c); err != nil {
		w.t.Fatal(err)
	}
	hash := func() (string, error) { return "$argon2id$no-such-password", nil }
	if _, err := w.SeedAccounts(w.t.Context(), city.DemoAccounts(), hash); err != nil {
		w.t.Fatal(err)
	}
}

// as returns a demo account as an actor with the memberships of today.
func (w world) as(username string) access.Actor {
	w.t.Helper()
	user := w.user(username)
	live := true
	page, err := w.Memberships(w.t.Context(), w.security(), module.MembershipFilter{User: user, Live: &live}, 100, "")
	if err != nil {
		w.t.Fatal(err)
	}
	var ms []access.Membership
	for _, m := range page.Items {
		ms = append(ms, access.Membership{ID: m.ID, Unit: m.Unit, Role: m.Role})
	}
	return access.NewActor(user, ms, w.policy)
}

// security is the demo world's security administrator.
func (w world) security() access.Actor {
	w.t.Helper()
	return access.NewActor(w.user("secadmin"), []access.Membership{{Unit: w.unit("zs-ipb"), Role: access.SecurityAdmin}}, w.policy)
}

func (w world) system() access.Actor { return w.as("sysadmin") }

func (w world) user(username string) id.User {
	w.t.Helper()
	var user id.User
	if err := w.db.Read(w.t.Context()).Raw("SELECT id FROM users WHERE username = ?", username).Scan(&user).Error; err != nil || user == 0 {
		w.t.Fatalf("user %s: %d, %v", username, user, err)
	}
	return user
}

func (w world) unit(slug string) id.Unit {
	w.t.Helper()
	u, ok := w.directory().BySlug(slug)
	if !ok {
		w.t.Fatalf("no unit %s", slug)
	}
	return u.ID
}

func (w world) directory() *module.Directory {
	w.t.Helper()
	d, err := w.Directory(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w world) counts(tables ...string) string {
	w.t.Helper()
	out := ""
	for _, table := range tables {
		var n int
		if err := w.db.Read(w.t.Context()).Raw("SELECT count(*) FROM " + table).Scan(&n).Error; err != nil {
			w.t.Fatal(err)
		}
		out += fmt.Sprint(table, "=", n, " ")
	}
	return strings.TrimSpace(out)
}

// lines counts the audit lines of a kind and outcome.
func (w world) lines(kind, outcome string) int {
	w.t.Helper()
	var n int
	err := w.db.Read(w.t.Context()).Raw("SELECT count(*) FROM audit_events WHERE kind = ? AND outcome = ?", kind, outcome).Scan(&n).Error
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func day(t *testing.T, text string) clock.Date {
	t.Helper()
	if text == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func wants(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("got %v (kind %d), want kind %d code %s", err, fault.KindOf(err), kind, code)
	}
}

// field returns "name: code" of the one broken rule.
func field(err error) string {
	e := fault.As(err)
	if e == nil || len(e.Fields) != 1 {
		return fmt.Sprint(err)
	}
	return e.Fields[0].Name + ": " + e.Fields[0].Code
}

func TestSeedingTwiceGivesTheSameCity(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		tables := []string{
			"units", "unit_codes", "unit_links", "chains", "parks", "park_hosts", "city_rules", "calendar_days", "users", "memberships",
		}
		content, err := city.Load()
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("units=72 unit_codes=25 unit_links=9 chains=10 parks=25 park_hosts=24 city_rules=%d calendar_days=108 users=15 memberships=16",
			len(content.Rules))
		if got := w.counts(tables...); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		open(t, w.db).fill() // as a second start does
		if got := w.counts(tables...); got != want {
			t.Errorf("second time %s", got)
		}
		if w.lines("city.entered", "done") != 1 || w.lines("user.created", "done") != 15 || w.lines("membership.granted", "done") != 16 {
			t.Error("the audit log does not have one line for each part")
		}
	})
}

func TestSeveralNodesMayStartOnAnEmptyDatabaseAtOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		c, err := city.Load()
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		seeded := make([]bool, 4)
		for i := range seeded {
			group.Go(func() {
				node := open(t, db)
				did, err := node.Seed(t.Context(), c)
				if err != nil {
					t.Error(err)
				}
				seeded[i] = did
			})
		}
		group.Wait()
		n := 0
		for _, did := range seeded {
			if did {
				n++
			}
		}
		if got := open(t, db).counts("units"); n != 1 || got != "units=72" {
			t.Errorf("%d nodes filled the database: %s", n, got)
		}
	})
}

func TestTheFirstAdministratorComesFromTheConsole(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		c, err := city.Load()
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.Seed(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		first := module.Account{Username: "first", Name: "测试员甲"}
		if _, err = w.SeedAccounts(t.Context(), []module.Account{first}, func() (string, error) { return "x", nil }); err != nil {
			t.Fatal(err)
		}
		grant := module.Grant{User: w.user("first"), Unit: w.directory().Pool().ID, Role: access.SecurityAdmin}
		if _, err = w.Appoint(t.Context(), grant, "first start"); err != nil {
			t.Fatal(err)
		}
		grant.Role = access.Auditor
		_, err = w.Appoint(t.Context(), grant, "too much")
		wants(t, err, fault.Conflict, "membership.two_administrators")
	})
}

func TestAFailedHashLeavesNoAccount(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		w, broken := open(t, db), errors.New("no randomness")
		_, err := w.SeedAccounts(t.Context(), city.DemoAccounts(), func() (string, error) { return "", broken })
		if !errors.Is(err, broken) || w.counts("users") != "users=0" {
			t.Errorf("%v, %s", err, w.counts("users"))
		}
	})
}
