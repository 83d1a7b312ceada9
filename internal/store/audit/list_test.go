package audit_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// world puts one person, one unit and two leads there; lead 2 is restricted.
func (l log) world() {
	l.t.Helper()
	err := l.db.InTx(l.t.Context(), func(tx *store.Tx) error {
		now := tx.Now(l.t.Context())
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO units (slug, name_zh, name_en, short_zh, kind, pinyin, initials, confirmed, source, opened_on, created_at)
				VALUES ('town', '测试镇', 'Test Town', '测试', 'town', 'ceshi', 'cs', ?, 'test', '2000-01-01', ?)`, []any{true, now}},
			{`INSERT INTO users (username, name, password_hash, must_change, password_changed_at, created_at)
				VALUES ('jia', '测试员甲', '', ?, ?, ?)`, []any{false, now, now}},
			{`INSERT INTO leads (code, title, source_channel, unit_id, stage, stage_since, restricted, created_at, activity_at)
				VALUES ('A', 'a', 'visit', 1, 'lead', ?, ?, ?, ?)`, []any{now, false, now, now}},
			{`INSERT INTO leads (code, title, source_channel, unit_id, stage, stage_since, restricted, created_at, activity_at)
				VALUES ('B', 'b', 'visit', 1, 'lead', ?, ?, ?, ?)`, []any{now, true, now, now}},
		} {
			if err := tx.DB(l.t.Context()).Exec(s.sql, s.args...).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l log) lists(q audit.Query) ([]audit.View, *string, string) {
	l.t.Helper()
	p, err := l.List(l.t.Context(), person(l.t, 1, access.Auditor), q)
	if err != nil {
		l.t.Fatal(err)
	}
	return p.Items, p.Next, fmt.Sprint(p.Total.Count, " ", p.Total.Exact)
}

func (l log) numbers(f audit.Filter) string {
	l.t.Helper()
	items, _, _ := l.lists(audit.Query{Filter: f, Limit: 100})
	out := make([]string, len(items))
	for i, v := range items {
		out[i] = v.ID.String()
	}
	return strings.Join(out, " ")
}

func TestTheAuditorSeesWhatWasDoneButNoTextOfARestrictedLeadAndNoContact(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.world()
		line := event.Line{
			Kind: "lead.edited", User: 1, Unit: 1, Session: 3, Address: "192.0.2.7", RequestID: "r-1", Object: "lead",
			ObjectID: 1, Lead: 1, Reason: "wrong name", Changes: []event.Change{
				{Field: "title", Before: "old", After: "new"}, {Field: "phone", Before: "13800000000", Secret: true},
			},
		}
		l.writes(line)
		line.Restricted = true // it was restricted then, and is normal today
		l.writes(line)
		line.Restricted, line.Lead = false, 2 // it was normal then, and is restricted today
		l.writes(line, event.Line{Kind: "session.refused", Object: "session", Outcome: event.Refused, Code: "auth.refused"})
		l.seals(4)
		l.writes(event.Line{Kind: "unit.edited", User: 99, Object: "unit", ObjectID: 1})

		items, next, total := l.lists(audit.Query{Limit: 10})
		if next != nil || total != "5 true" || len(items) != 5 {
			t.Fatalf("%d items, total %s, next %v", len(items), total, next)
		}
		unit, lead := items[4].UnitID, items[4].LeadID
		if unit == nil || *unit != 1 || lead == nil || *lead != 1 {
			t.Errorf("unit %v, lead %v", unit, lead)
		}
		want := audit.View{
			ID: 1, At: items[4].At, Kind: "lead.edited", User: &audit.Person{ID: 1, Name: "测试员甲"}, UnitID: unit,
			Address: "192.0.2.7", Object: "lead", ObjectID: 1, LeadID: lead, Outcome: event.Done, Reason: "wrong name",
			Changes:   []audit.Change{{Field: "title", Before: "old", After: "new"}, {Field: "phone", Secret: true}},
			RequestID: "r-1", Sealed: true, Can: []string{}, Masked: []string{},
		}
		if !reflect.DeepEqual(items[4], want) {
			t.Errorf("the line of a normal lead is\n%+v\nwant\n%+v", items[4], want)
		}
		for _, i := range []int{2, 3} {
			hidden := []audit.Change{{Field: "title", Secret: true}, {Field: "phone", Secret: true}}
			v := items[i]
			if v.Reason != "" || !reflect.DeepEqual(v.Changes, hidden) || !reflect.DeepEqual(v.Masked, []string{"reason", "changes"}) {
				t.Errorf("line %d of a restricted lead shows %q %+v, masked %v", v.ID, v.Reason, v.Changes, v.Masked)
			}
			if v.Kind != "lead.edited" || v.User == nil || v.LeadID == nil {
				t.Errorf("line %d does not say who did what: %+v", v.ID, v)
			}
		}
		if v := items[1]; v.User != nil || v.UnitID != nil || v.LeadID != nil || v.Outcome != event.Refused || v.Code != "auth.refused" || len(v.Changes) != 0 || v.Changes == nil {
			t.Errorf("the refused log-in is %+v", v)
		}
		if v := items[0]; v.Sealed || v.User == nil || v.User.ID != 99 || v.User.Name != "" {
			t.Errorf("the newest line is %+v", v)
		}
	})
}

func TestTheLogIsFilteredByEachColumn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		db.SetOffset(-48 * time.Hour)
		l.writes(
			event.Line{Kind: "lead.created", User: 1, Unit: 1, Object: "lead", ObjectID: 7, Lead: 7},
			event.Line{Kind: "lead.edited", User: 2, Unit: 1, Object: "lead", ObjectID: 7, Lead: 7, Outcome: event.Refused})
		db.SetOffset(0)
		l.writes(
			event.Line{Kind: "leadership.met", User: 2, Unit: 3, Object: "lead", ObjectID: 8, Lead: 8},
			event.Line{Kind: "session.opened", User: 1, Object: "session", ObjectID: 1})
		now, err := db.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		yesterday := now.Add(-24 * time.Hour)
		for _, c := range []struct {
			filter audit.Filter
			want   string
		}{
			{audit.Filter{}, "4 3 2 1"},
			{audit.Filter{Kind: "lead.edited"}, "2"},
			{audit.Filter{Kind: "lead"}, "2 1"},
			{audit.Filter{Kind: "l%"}, ""},
			{audit.Filter{Kind: "l_ad"}, ""},
			{audit.Filter{Kind: `\`}, ""},
			{audit.Filter{User: 2}, "3 2"},
			{audit.Filter{Unit: 1}, "2 1"},
			{audit.Filter{Lead: 8}, "3"},
			{audit.Filter{Outcome: event.Refused}, "2"},
			{audit.Filter{Outcome: event.Done}, "4 3 1"},
			{audit.Filter{From: yesterday}, "4 3"},
			{audit.Filter{Until: yesterday}, "2 1"},
			{audit.Filter{From: yesterday, Until: yesterday.Add(time.Hour)}, ""},
			{audit.Filter{Kind: "lead", User: 1, Unit: 1, Lead: 7, Outcome: event.Done, Until: now}, "1"},
		} {
			if got := l.numbers(c.filter); got != c.want {
				t.Errorf("%+v gives %q, want %q", c.filter, got, c.want)
			}
		}
	})
}

func TestPagesFollowEachOtherWhileLinesAreWritten(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(5)
		first, next, total := l.lists(audit.Query{Limit: 2})
		if len(first) != 2 || first[0].ID != 5 || first[1].ID != 4 || next == nil || total != "5 true" {
			t.Fatalf("first page %+v, next %v, total %s", first, next, total)
		}
		l.writesMany(1)
		second, next, _ := l.lists(audit.Query{Limit: 2, Cursor: *next})
		if len(second) != 2 || second[0].ID != 3 || second[1].ID != 2 || next == nil {
			t.Fatalf("second page %+v", second)
		}
		third, none, total := l.lists(audit.Query{Limit: 2, Cursor: *next})
		if len(third) != 1 || third[0].ID != 1 || none != nil || total != "6 true" {
			t.Fatalf("third page %+v, next %v, total %s", third, none, total)
		}
		auditor := person(t, 1, access.Auditor)
		for name, c := range map[string]struct {
			who access.Actor
			q   audit.Query
		}{
			"another person": {person(t, 2, access.Auditor), audit.Query{Limit: 2, Cursor: *next}},
			"another filter": {auditor, audit.Query{Limit: 2, Cursor: *next, Filter: audit.Filter{Kind: "lead"}}},
			"forged":         {auditor, audit.Query{Limit: 2, Cursor: "x" + *next}},
			"no limit":       {auditor, audit.Query{}},
			"a large limit":  {auditor, audit.Query{Limit: 101}},
			"an outcome":     {auditor, audit.Query{Limit: 1, Filter: audit.Filter{Outcome: "maybe"}}},
			"a span back to front": {auditor, audit.Query{Limit: 1, Filter: audit.Filter{
				From: time.Unix(2, 0), Until: time.Unix(1, 0),
			}}},
		} {
			if _, err := l.List(t.Context(), c.who, c.q); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestTheTotalIsCountedUpToACap(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.writesMany(1000)
		if _, _, total := l.lists(audit.Query{Limit: 1}); total != "1000 true" {
			t.Errorf("total is %s", total)
		}
		l.writesMany(1)
		if _, _, total := l.lists(audit.Query{Limit: 1}); total != "1000 false" {
			t.Errorf("total is %s", total)
		}
	})
}

func TestTheAuditorFindsAnybodyByNameAlsoWithoutALine(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *store.DB) {
		l := open(t, db)
		l.world()
		err := db.InTx(t.Context(), func(tx *store.Tx) error {
			now := tx.Now(t.Context())
			return tx.DB(t.Context()).Exec(`INSERT INTO users (username, name, active, password_hash, must_change, password_changed_at, created_at)
				VALUES ('yi', '测试员乙', ?, '', ?, ?, ?)`, false, false, now, now).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text string
			user id.User
			want string
		}{
			{"测试员", 0, "[{1 测试员甲 jia true} {2 测试员乙 yi false}]"},
			{"YI", 0, "[{2 测试员乙 yi false}]"},
			{"", 2, "[{2 测试员乙 yi false}]"},
			{"", 9, "[]"},
			{"%", 0, "[]"},
		} {
			got, err := l.People(t.Context(), person(t, 1, access.Auditor), c.text, c.user)
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("%q %d finds %v, %v, want %s", c.text, c.user, got, err, c.want)
			}
		}
		if _, err := l.People(t.Context(), person(t, 1, access.SecurityAdmin), "", 0); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("without the permission: %v", err)
		}
	})
}
