package demo

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
	"github.com/leadrelay/leadrelay/rbac"
)

// monday is the day on which the tests' worlds are made.
const monday = "2026-03-09"

func day(t testing.TB, text string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// opened is a database at nine on that Monday.
func opened(db *store.DB) World {
	at := clock.NewDate(2026, time.March, 9).At(9 * time.Hour)
	db.SetOffset(at.Sub(clock.System{}.Now()))
	return World{DB: db, Org: org.NewService(orgstore.New(db), clock.System{}, page.NewCursors([]byte("a key of the tests, 32 bytes long")))}
}

// withCity fills a database with the city and the demo accounts.
func withCity(ctx context.Context, db *store.DB) error {
	w := opened(db)
	c, err := city.Load()
	if err != nil {
		return err
	}
	if _, err := w.Org.Seed(ctx, c); err != nil {
		return err
	}
	if err := lifekit.Seed(ctx, db); err != nil {
		return err
	}
	hash := func() (string, error) { return "$argon2id$no-such-password", nil }
	_, err = w.Org.SeedAccounts(ctx, city.DemoAccounts(), hash)
	return err
}

// withWorld fills a database with the demo world.
func withWorld(ctx context.Context, db *store.DB) error {
	if err := withCity(ctx, db); err != nil {
		return err
	}
	return Build(ctx, opened(db))
}

func cityTemplate() *testkit.Template  { return testkit.NewTemplate("democity", withCity) }
func worldTemplate() *testkit.Template { return testkit.NewTemplate("demoworld", withWorld) }

// eachCity runs f on both databases with the city and nobody's leads.
func eachCity(t *testing.T, f func(t *testing.T, w World)) {
	t.Helper()
	cityTemplate().Each(t, func(t *testing.T, db *store.DB) { f(t, opened(db)) })
}

// eachWorld runs f on both databases with the demo world.
func eachWorld(t *testing.T, f func(t *testing.T, w World)) {
	t.Helper()
	worldTemplate().Each(t, func(t *testing.T, db *store.DB) { f(t, opened(db)) })
}

// emptyLike returns another database of the same kind with the city.
func emptyLike(t *testing.T, w World) World {
	t.Helper()
	return opened(cityTemplate().Open(t, w.DB.Dialect()))
}

func policy(t testing.TB) *access.Policy {
	t.Helper()
	var files [2]string
	for i, name := range []string{"model.conf", "policy.csv"} {
		text, err := fs.ReadFile(rbac.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = string(text)
	}
	p, err := access.Load(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rows reads a query as lines of text, values separated by a bar.
func rows(t testing.TB, db *store.DB, sql string, args ...any) string {
	t.Helper()
	found, err := db.Read(context.Background()).Raw(sql, args...).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for found.Next() {
		values, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := found.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(columns))
		for i, v := range values {
			line[i] = plain(v)
		}
		out = append(out, strings.Join(line, "|"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

func sound(t testing.TB, db *store.DB) {
	t.Helper()
	found, err := leadstore.New(db).Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s", f)
	}
}
