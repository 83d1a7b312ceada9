package migrations_test

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/migrations"
)

// shape is a schema as lines of text: one per table with its primary key, per
// column, index and reference. The search table and the tables of the runner
// are left out: the first differs by design, the others are not ours.
type shape []string

func TestBothDatabasesHaveTheSameTablesColumnsKeysAndIndexes(t *testing.T) {
	lite := shapeOfSQLite(t, testkit.Open(t, store.SQLite))
	postgres := shapeOfPostgres(t, testkit.Open(t, store.Postgres))
	if len(lite) < 100 {
		t.Fatalf("the shape has %d lines only: %q", len(lite), lite)
	}
	for _, line := range lite {
		if !slices.Contains(postgres, line) {
			t.Errorf("only on SQLite:     %s", line)
		}
	}
	for _, line := range postgres {
		if !slices.Contains(lite, line) {
			t.Errorf("only on PostgreSQL: %s", line)
		}
	}
}

func TestEveryStepHasTheSameNumberAndNameOnBothDatabases(t *testing.T) {
	lite, err := fs.Glob(migrations.FS, "sqlite/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	postgres, err := fs.Glob(migrations.FS, "postgres/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^sqlite/\d{4}_[a-z0-9_]+\.sql$`)
	for i, file := range lite {
		if !name.MatchString(file) {
			t.Errorf("%s is not named NNNN_name.sql", file)
		}
		if !strings.Contains(file, fmt.Sprintf("/%04d_", i+1)) {
			t.Errorf("%s is not step %d", file, i+1)
		}
		lite[i] = strings.Replace(file, "sqlite/", "postgres/", 1)
	}
	if !slices.Equal(lite, postgres) {
		t.Errorf("SQLite has %q, PostgreSQL %q", lite, postgres)
	}
}

func TestEveryInstantOnSQLiteIsDeclaredSoThatTheDriverReadsIt(t *testing.T) {
	db := testkit.Open(t, store.SQLite)
	for _, line := range rows(t, db, `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'lead_search%' AND lower(c.type) NOT IN ('integer', 'bigint', 'text', 'boolean', 'datetime', '')`) {
		t.Errorf("%s has a type that the two databases do not share", line)
	}
}

func shapeOfSQLite(t *testing.T, db *store.DB) shape {
	t.Helper()
	const tables = `(SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'
		AND name NOT LIKE 'lead_search%' AND name NOT LIKE 'goose%')`
	out := rows(t, db, `SELECT 'table ' || m.name || ' key ' || coalesce((SELECT group_concat(name, ', ')
			FROM (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk)), '') FROM `+tables+` m`)
	// SQLite lets a primary key be null unless it is the row's number.
	out = append(out, rows(t, db, `SELECT 'column ' || m.name || ' ' || c.cid || ' ' || c.name || ' ' ||
			CASE lower(c.type) WHEN 'datetime' THEN 'instant' WHEN 'integer' THEN 'bigint' ELSE lower(c.type) END ||
			CASE WHEN c."notnull" = 1 OR (c.pk = 1 AND lower(c.type) = 'integer') THEN ' not null' ELSE '' END ||
			CASE WHEN c.dflt_value IS NULL THEN '' ELSE ' default ' || c.dflt_value END
		FROM `+tables+` m, pragma_table_info(m.name) c`)...)
	out = append(out, rows(t, db, `SELECT 'reference ' || m.name || ' ' || f."from" || ' to ' || f."table" || ' ' || f."to"
		FROM `+tables+` m, pragma_foreign_key_list(m.name) f`)...)
	out = append(out, rows(t, db, `SELECT 'index ' || m.name || ' ' || CASE i.origin WHEN 'c' THEN i.name ELSE 'unnamed' END ||
			CASE i."unique" WHEN 1 THEN ' unique' ELSE '' END || ' (' ||
			(SELECT group_concat(name || CASE "desc" WHEN 1 THEN ' desc' ELSE '' END, ', ')
				FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key = 1 ORDER BY seqno)) || ')' ||
			CASE i.partial WHEN 1 THEN ' where ' || (SELECT substr(s.sql, instr(s.sql, ' WHERE ') + 7)
				FROM sqlite_master s WHERE s.name = i.name) ELSE '' END
		FROM `+tables+` m, pragma_index_list(m.name) i WHERE i.origin <> 'pk'`)...)
	return normal(out)
}

func shapeOfPostgres(t *testing.T, db *store.DB) shape {
	t.Helper()
	const tables = `(SELECT c.oid, c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
		AND c.relname NOT LIKE 'lead_search%' AND c.relname NOT LIKE 'goose%')`
	const columns = `(SELECT string_agg(a.attname || CASE WHEN x.indoption[k.n - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY k.n)
		FROM unnest(x.indkey::int[]) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum)`
	out := rows(t, db, `SELECT 'table ' || m.name || ' key ' || coalesce((SELECT `+columns+` FROM pg_index x
			WHERE x.indrelid = m.oid AND x.indisprimary), '') FROM `+tables+` m`)
	out = append(out, rows(t, db, `SELECT 'column ' || m.name || ' ' || (row_number() OVER (PARTITION BY m.oid ORDER BY a.attnum) - 1) || ' ' || a.attname || ' ' ||
			CASE format_type(a.atttypid, a.atttypmod) WHEN 'timestamp with time zone' THEN 'instant' ELSE format_type(a.atttypid, a.atttypmod) END ||
			CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
		FROM `+tables+` m JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum`)...)
	out = append(out, rows(t, db, `SELECT 'reference ' || m.name || ' ' || a.attname || ' to ' || r.relname || ' ' || ra.attname
		FROM `+tables+` m JOIN pg_constraint f ON f.conrelid = m.oid AND f.contype = 'f' JOIN pg_class r ON r.oid = f.confrelid
		JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
		JOIN pg_attribute ra ON ra.attrelid = f.confrelid AND ra.attnum = f.confkey[1]`)...)
	out = append(out, rows(t, db, `SELECT 'index ' || m.name || ' ' || CASE WHEN n.oid IS NULL THEN i.relname ELSE 'unnamed' END ||
			CASE WHEN x.indisunique THEN ' unique' ELSE '' END || ' (' || `+columns+` || ')' ||
			coalesce(' where ' || pg_get_expr(x.indpred, x.indrelid), '')
		FROM `+tables+` m JOIN pg_index x ON x.indrelid = m.oid AND NOT x.indisprimary JOIN pg_class i ON i.oid = x.indexrelid
		LEFT JOIN pg_constraint n ON n.conindid = x.indexrelid AND n.contype = 'u'`)...)
	return normal(out)
}

var cast = regexp.MustCompile(`::(text|boolean|bigint|timestamp with time zone)`)

// normal removes what the databases write differently and mean equally.
func normal(lines []string) shape {
	for i, line := range lines {
		line = cast.ReplaceAllString(line, "")
		line = strings.ReplaceAll(line, "+00:00'", "+00'")
		if head, condition, ok := strings.Cut(line, " where "); ok {
			line = head + " where " + strings.NewReplacer("(", "", ")", "").Replace(condition)
		}
		lines[i] = line
	}
	slices.Sort(lines)
	return lines
}

func rows(t *testing.T, db *store.DB, query string) []string {
	t.Helper()
	var out []string
	if err := db.Read(context.Background()).Raw(query).Scan(&out).Error; err != nil {
		t.Fatalf("read the schema: %v", err)
	}
	return out
}
