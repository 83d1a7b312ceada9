//go:build unix

package testkit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit/pg"
)

// serverVariable names a server to use instead of starting one: an address
// whose user may create databases.
const serverVariable = "LEADRELAY_TEST_POSTGRES"

// server returns the address of the tests' server.
func server(ctx context.Context, durable bool) (string, error) {
	if durable {
		return durableServer(ctx)
	}
	if given := os.Getenv(serverVariable); given != "" { //nolint:forbidigo // tests have no configuration
		pg.Touch(given)
		return given, nil
	}
	return pg.Shared(ctx, checkout(), pg.Fast)
}

// durableServer prefers a given server if it syncs.
func durableServer(ctx context.Context) (string, error) {
	if given := os.Getenv(serverVariable); given != "" { //nolint:forbidigo // tests have no configuration
		var safe bool
		err := admin(ctx, given, func(conn *pgx.Conn) error {
			return conn.QueryRow(ctx, `SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'
				AND current_setting('synchronous_commit') <> 'off'`).Scan(&safe)
		})
		if err != nil || safe {
			return given, err
		}
	}
	return pg.Shared(ctx, checkout(), pg.Durable)
}

func (w *Template) copyPostgres(t testing.TB, durable bool) (string, error) {
	t.Helper()
	ctx := context.Background()
	address, err := server(ctx, durable)
	if err != nil {
		return "", err
	}
	if err := w.ensure(ctx, address); err != nil {
		return "", err
	}
	return createDatabase(t, address, w.plain())
}

func emptyURL(t testing.TB, kind store.Dialect) string {
	t.Helper()
	if kind == store.SQLite {
		return "file:" + filepath.Join(t.TempDir(), "leadrelay.db")
	}
	address, err := server(context.Background(), false)
	if err != nil {
		t.Fatalf("find a server: %v", err)
	}
	url, err := createDatabase(t, address, "template0")
	if err != nil {
		t.Fatalf("make the test's database: %v", err)
	}
	return url
}

// createDatabase copies a template and drops the copy at the end of the test.
func createDatabase(t testing.TB, address, template string) (string, error) {
	t.Helper()
	random := make([]byte, 8)
	_, _ = rand.Read(random)
	name := "lr_" + hex.EncodeToString(random)
	err := command(context.Background(), address, `CREATE DATABASE `+name+` TEMPLATE `+template)
	if err != nil {
		return "", fmt.Errorf("copy database %s: %w", template, err)
	}
	t.Cleanup(func() {
		if err := command(context.Background(), address, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return withDatabase(address, name), nil
}

// built remembers the templates this process has seen, by address and name.
var built sync.Map

// ensure builds the template unless some test process did. The name appears
// only when the database is complete.
func (w *Template) ensure(ctx context.Context, address string) error {
	key := address + " " + w.name
	if _, seen := built.Load(key); seen {
		return nil
	}
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(w.name))
	err := admin(ctx, address, func(conn *pgx.Conn) error {
		// The lock ends with the connection.
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(hash.Sum64())); err != nil {
			return err
		}
		var there bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", w.plain()).Scan(&there)
		if err != nil || there {
			return err
		}
		return w.buildPostgres(ctx, conn, address)
	})
	if err != nil {
		return fmt.Errorf("build template %s: %w", w.name, err)
	}
	built.Store(key, true)
	return nil
}

func (w *Template) buildPostgres(ctx context.Context, conn *pgx.Conn, address string) error {
	draft := w.plain() + "_draft"
	for _, statement := range []string{
		`DROP DATABASE IF EXISTS ` + draft + ` WITH (FORCE)`,
		`CREATE DATABASE ` + draft + ` TEMPLATE template0`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := w.fill(ctx, withDatabase(address, draft)); err != nil {
		return err
	}
	if err := command(ctx, withDatabase(address, draft), "VACUUM ANALYZE"); err != nil {
		return err
	}
	for _, statement := range []string{
		// A session left in the template, autovacuum's too, would stop the copying.
		`ALTER DATABASE ` + draft + ` WITH ALLOW_CONNECTIONS false`,
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + draft + `'`,
		`ALTER DATABASE ` + draft + ` RENAME TO ` + w.plain(),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func withDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}

func command(ctx context.Context, address, statement string) error {
	return admin(ctx, address, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		return err
	})
}

func admin(ctx context.Context, address string, use func(conn *pgx.Conn) error) error {
	limited, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	conn, err := pgx.Connect(limited, address)
	if err != nil {
		return err
	}
	err = use(conn)
	if closed := conn.Close(limited); err == nil {
		err = closed
	}
	return err
}
