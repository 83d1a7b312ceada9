package store

import (
	"time"

	"gorm.io/gorm/clause"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// Instant returns the database's present instant, moved by d, as part of a
// query: a read outside a transaction that depends on the hour costs one
// round trip instead of two. On PostgreSQL it is the server's own clock at the
// start of the statement: a clock that runs on within it would be asked again
// for every row, and hide from the planner what it is compared with.
func (db *DB) Instant(d time.Duration) clause.Expr {
	d += time.Duration(db.offset.Load())
	if db.dialect == SQLite {
		return clause.Expr{SQL: "?", Vars: []any{clock.Cut(clock.System{}.Now().Add(d))}}
	}
	return clause.Expr{SQL: "(statement_timestamp() + ? * interval '1 microsecond')", Vars: []any{float64(d.Microseconds())}}
}

// Present is Instant(0) without an argument where there is none to give: a
// query that asks for it dozens of times is shorter to send and to plan.
func (db *DB) Present() clause.Expr {
	if db.dialect == Postgres && db.offset.Load() == 0 {
		return clause.Expr{SQL: "statement_timestamp()"}
	}
	return db.Instant(0)
}

// Today returns the present day of the city as part of a query.
func (db *DB) Today() clause.Expr {
	at := db.Instant(0)
	if db.dialect == SQLite {
		now := clock.System{}.Now().Add(time.Duration(db.offset.Load()))
		return clause.Expr{SQL: "?", Vars: []any{clock.DateOf(now).String()}}
	}
	return clause.Expr{SQL: "to_char(" + at.SQL + " AT TIME ZONE '" + clock.ZoneName + "', 'YYYY-MM-DD')", Vars: at.Vars}
}
