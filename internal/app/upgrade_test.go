package app_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
	"github.com/leadrelay/leadrelay/migrations"
)

// stepsUpTo are the schema's first steps, as an older program knew them.
func stepsUpTo(t *testing.T, last string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, dialect := range []string{"sqlite", "postgres"} {
		names, err := fs.Glob(migrations.FS, dialect+"/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.TrimPrefix(name, dialect+"/")[:4] > last {
				continue
			}
			text, err := fs.ReadFile(migrations.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = &fstest.MapFile{Data: text}
		}
	}
	return out
}

// table is a table as an older program knew it.
type table struct {
	name    string
	columns []string
}

// tablesOf lists the tables with their columns but for the runner's own. The
// keys of the duplicate check are left out: the program writes them anew.
func tablesOf(t *testing.T, db *store.DB) []table {
	t.Helper()
	query := "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' " +
		"AND m.name <> 'lead_search' ORDER BY m.name, c.cid"
	if db.Dialect() == store.Postgres {
		query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"
	}
	var out []table
	for _, row := range rowsOf(t, db, query) {
		name, column := row[0].(string), row[1].(string)
		if strings.HasPrefix(name, "goose") || name == "schema_sums" || name == "match_keys" {
			continue
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, table{name: name})
		}
		last := &out[len(out)-1]
		last.columns = append(last.columns, column)
	}
	return out
}

func rowsOf(t *testing.T, db *store.DB, query string) (out [][]any) {
	t.Helper()
	found, err := db.Read(context.Background()).Raw(query).Rows()
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for found.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := found.Err(); err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return out
}

// pour fills the tables of an older schema with what they can hold of a
// world: what came later is left out, and a state that did not exist is the
// one it came from.
func pour(t *testing.T, from, into *store.DB, last string) []table {
	t.Helper()
	ctx := context.Background()
	tables := tablesOf(t, into)
	err := into.InTx(ctx, func(tx *store.Tx) error {
		off := "PRAGMA defer_foreign_keys = on"
		if into.Dialect() == store.Postgres {
			off = "SET LOCAL session_replication_role = 'replica'"
		}
		if err := tx.DB(ctx).Exec(off).Error; err != nil {
			return err
		}
		for _, one := range tables {
			if err := tx.DB(ctx).Exec("DELETE FROM " + one.name).Error; err != nil {
				return err
			}
			for _, row := range rowsOf(t, from, "SELECT "+strings.Join(one.columns, ", ")+" FROM "+one.name+older(one.name, last)) {
				makeOlder(one, row, last)
				query, values := insertInto(into, one, row)
				if err := tx.DB(ctx).Exec(query, values...).Error; err != nil {
					return fmt.Errorf("%s %v: %w", one.name, row, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	goOnCounting(t, into, tables)
	return tables
}

// older narrows a table to the rows that an older program could write.
func older(name, last string) string {
	if name == "handoffs" && last < "0007" {
		return " WHERE state <> 'drafted'"
	}
	return ""
}

func makeOlder(one table, row []any, last string) {
	if i := slices.Index(one.columns, "state"); one.name == "handoffs" && last < "0007" && i >= 0 {
		switch row[i] {
		case "returned", "passed_on", "completed":
			row[i] = "accepted"
		}
	}
}

func insertInto(db *store.DB, one table, row []any) (query string, values []any) {
	marks := make([]string, len(row))
	for i, v := range row {
		if raw, is := v.([]byte); is && len(raw) == 0 { // the driver takes it for null
			marks[i] = "x''"
			continue
		}
		marks[i], values = "?", append(values, v)
	}
	own := ""
	if db.Dialect() == store.Postgres {
		own = "OVERRIDING SYSTEM VALUE "
	}
	return "INSERT INTO " + one.name + " (" + strings.Join(one.columns, ", ") + ") " + own + "VALUES (" + strings.Join(marks, ", ") + ")", values
}

// goOnCounting lets PostgreSQL's numbers go on behind those that were poured.
func goOnCounting(t *testing.T, db *store.DB, tables []table) {
	t.Helper()
	if db.Dialect() != store.Postgres {
		return
	}
	ctx := context.Background()
	err := db.InTx(ctx, func(tx *store.Tx) error {
		for _, one := range tables {
			if !slices.Contains(one.columns, "id") {
				continue
			}
			err := tx.DB(ctx).Exec("SELECT setval(s, (SELECT COALESCE(max(id), 0) + 1 FROM " + one.name + "), false) FROM pg_get_serial_sequence('" +
				one.name + "', 'id') AS s WHERE s IS NOT NULL").Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// kept is every row of the older tables as text.
func kept(t *testing.T, db *store.DB, tables []table) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, one := range tables {
		for _, row := range rowsOf(t, db, "SELECT "+strings.Join(one.columns, ", ")+" FROM "+one.name) {
			out[one.name] = append(out[one.name], fmt.Sprint(row))
		}
		slices.Sort(out[one.name])
	}
	return out
}

// changed are tables whose rows the steps or the start of the program change
// on purpose, with what is compared instead.
func changed() map[string]bool {
	return map[string]bool{
		"handoffs": true, "city_rules": true, "org_stamp": true, "calendar_days": true, "audit_events": true, "audit_unsealed": true, "audit_links": true,
		"notices": true, "notice_events": true, "clocks": true, "lead_search_data": true, "lead_search_idx": true,
	}
}

func TestADatabaseOfAnOlderProgramLosesNothing(t *testing.T) {
	for _, last := range []string{"0001", "0005"} {
		t.Run("from "+last, func(t *testing.T) {
			eachGrid(t, func(t *testing.T, k *kit.Kit) {
				ctx := context.Background()
				url := testkit.EmptyURL(t, k.DB.Dialect())
				old, err := store.Open(ctx, store.Options{URL: url, UnsafeForTests: true, Steps: stepsUpTo(t, last)})
				if err != nil {
					t.Fatal(err)
				}
				if err := old.Migrate(ctx); err != nil {
					t.Fatal(err)
				}
				tables := pour(t, k.DB, old, last)
				before := kept(t, old, tables)
				states := rowsOf(t, old, "SELECT DISTINCT state FROM handoffs ORDER BY state")
				if fmt.Sprint(states) != "[[accepted] [expired] [offered] [refused] [withdrawn]]" && fmt.Sprint(states) != "[[accepted] [offered] [refused]]" {
					t.Errorf("the old hand-offs are %v", states)
				}
				if err := old.Close(); err != nil {
					t.Fatal(err)
				}
				if err := testkit.Reopen(t, url).Migrate(ctx); err != nil {
					t.Fatal(err)
				}
				upgraded := kit.Open(t, url)
				after := kept(t, upgraded.DB, tables)
				for _, one := range tables {
					if !changed()[one.name] && !slices.Equal(before[one.name], after[one.name]) {
						t.Errorf("%s: %d rows became %d", one.name, len(before[one.name]), len(after[one.name]))
					}
				}
				sound(t, upgraded, len(before["leads"]), len(before["handoffs"]))
				serves(t, k, upgraded)
			})
		})
	}
}

// sound asks everything that the database keeps twice, the audit chain, and
// that each report of the old database has its window.
func sound(t *testing.T, k *kit.Kit, leads, handoffs int) {
	t.Helper()
	ctx := context.Background()
	found, err := leadstore.New(k.DB).Verify(ctx)
	if err != nil || len(found) > 0 {
		t.Errorf("after the upgrade: %v, %v", found, err)
	}
	if _, err := k.App.Audit.Seal(ctx); err != nil {
		t.Error(err)
	}
	report, err := k.App.Audit.VerifyAll(ctx)
	if err != nil || !report.OK() {
		t.Errorf("the audit chain: %+v, %v", report, err)
	}
	one := func(query string) int {
		return int(rowsOf(t, k.DB, query)[0][0].(int64))
	}
	if n := one("SELECT count(*) FROM leads"); n != leads {
		t.Errorf("%d leads became %d", leads, n)
	}
	if n := one("SELECT count(*) FROM handoffs"); n != handoffs {
		t.Errorf("%d hand-offs became %d", handoffs, n)
	}
	if n := one("SELECT count(*) FROM leads WHERE NOT as_reported AND (protection_reference IS NULL OR protection_until IS NULL)"); n != 0 {
		t.Errorf("%d leads have no registration with its window", n)
	}
}

// serves compares what everybody lists and opens on both databases.
func serves(t *testing.T, was, is *kit.Kit) {
	t.Helper()
	for name := range was.People {
		before, after := was.As(t, name), is.As(t, name)
		if len(before.Roles) == 0 || strings.HasSuffix(name, "admin") || name == "auditor" {
			continue
		}
		if a, b := before.Leads(t, ""), after.Leads(t, ""); !slices.Equal(a, b) {
			t.Errorf("%s listed %d leads and lists %d after the upgrade", name, len(a), len(b))
		}
	}
	cells, err := is.Cells(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	bureau := is.As(t, "bureau-head")
	for name, c := range cells {
		for _, path := range []string{"", "/custody", "/timeline", "/notes", "/files"} {
			a := bureau.Do(t, kit.Request{Method: "GET", Path: fmt.Sprintf("/leads/%d%s", c.Lead, path)})
			b := was.As(t, "bureau-head").Do(t, kit.Request{Method: "GET", Path: fmt.Sprintf("/leads/%d%s", c.Lead, path)})
			if a.Status != b.Status {
				t.Errorf("%s%s answered %d and answers %d", name, path, b.Status, a.Status)
			}
		}
	}
}
