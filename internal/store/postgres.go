package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// oldestPostgres is the first major version of the server that is supported.
const oldestPostgres = 14

// postgresDialector is GORM's own with our translation of errors.
type postgresDialector struct{ gormpostgres.Dialector }

// Translate gives driver errors the meaning that the rest of the program
// knows.
func (postgresDialector) Translate(err error) error { return translate(err) }

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		// Not wrapped: the cause may quote the URL and its password.
		return refuse("database.url", "The database URL cannot be read: write postgres://user:password@host:port/name.")
	}
	db.server = config
	db.writerDB = postgresPool(config, o.Connections, false)
	db.readerDB = postgresPool(config, o.Connections, true)
	if err := checkServer(ctx, db.writerDB, o.UnsafeForTests); err != nil {
		return err
	}
	if db.writer, err = openPostgresSession(db.writerDB); err != nil {
		return err
	}
	db.reader, err = openPostgresSession(db.readerDB)
	return err
}

func openPostgresSession(pool *sql.DB) (*gorm.DB, error) {
	dialector := postgresDialector{gormpostgres.Dialector{Config: &gormpostgres.Config{Conn: pool}}}
	// pgx keeps prepared statements itself, per connection.
	session, err := gorm.Open(dialector, gormConfig(false))
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return session, nil
}

func postgresPool(config *pgx.ConnConfig, connections int, reader bool) *sql.DB {
	c := config.Copy()
	settings := map[string]string{
		"timezone":                            "UTC",
		"jit":                                 "off", // costs more than it gives on short queries
		"default_transaction_isolation":       "read committed",
		"idle_in_transaction_session_timeout": "60s",
		"lock_timeout":                        "10s",
	}
	if reader {
		settings["default_transaction_read_only"] = "on"
		// Each query of a reader is written for one plan, whatever its values,
		// and to plan it anew took the server longer than to run it. A value that
		// does decide the plan stands in the text; see the search for leads.
		settings["plan_cache_mode"] = "force_generic_plan"
	}
	if _, named := c.RuntimeParams["application_name"]; !named {
		settings["application_name"] = "leadrelay"
	}
	maps.Copy(c.RuntimeParams, settings)
	pool := stdlib.OpenDB(*c, stdlib.OptionAfterConnect(readTimesAsUTC))
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool
}

// readTimesAsUTC makes both databases give the same time.Time: pgx would
// return the zone of the machine.
func readTimesAsUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// serverSettings is what decides whether a server keeps what it was given.
type serverSettings struct {
	version                            int
	encoding                           string
	fsync, fullPageWrites, synchronous string
}

func checkServer(ctx context.Context, pool *sql.DB, unsafe bool) error {
	var s serverSettings
	row := pool.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
		current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')`)
	if err := row.Scan(&s.version, &s.encoding, &s.fsync, &s.fullPageWrites, &s.synchronous); err != nil {
		return fmt.Errorf("ask the database for its settings: %w", translate(err))
	}
	return s.check(unsafe)
}

func (s serverSettings) check(unsafe bool) error {
	if s.version < oldestPostgres*10000 {
		return refuse("database.too_old", "The PostgreSQL server has version %d: %d or newer is needed.", s.version/10000, oldestPostgres)
	}
	if s.encoding != "UTF8" {
		return refuse("database.unsafe", "The PostgreSQL database has the encoding %s: create it with UTF8.", s.encoding)
	}
	if unsafe {
		return nil
	}
	for _, setting := range []struct{ name, value string }{
		{"fsync", s.fsync}, {"full_page_writes", s.fullPageWrites}, {"synchronous_commit", s.synchronous},
	} {
		if setting.value == "off" {
			return refuse("database.unsafe",
				"The PostgreSQL server runs with %s = off and could lose answered changes: set %s = on.", setting.name, setting.name)
		}
	}
	return nil
}
