package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// IsDuplicate tells whether err is a broken unique index or primary key.
func IsDuplicate(err error) bool { return errors.Is(translate(err), gorm.ErrDuplicatedKey) }

// IsMissing tells whether err says that no row was found.
func IsMissing(err error) bool {
	return errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows)
}

// IsForeignKey tells whether err is a reference to a row that does not exist.
func IsForeignKey(err error) bool { return errors.Is(translate(err), gorm.ErrForeignKeyViolated) }

// IsCheck tells whether err is a broken CHECK of the schema.
func IsCheck(err error) bool { return errors.Is(translate(err), gorm.ErrCheckConstraintViolated) }

// meaning joins what an error means with what the driver said.
type meaning struct{ kind, cause error }

func (m meaning) Error() string   { return m.kind.Error() + ": " + m.cause.Error() }
func (m meaning) Unwrap() []error { return []error{m.kind, m.cause} }

// errTransient marks what may succeed when the transaction is run again.
var errTransient = errors.New("the database is busy")

// translate gives a driver's error its meaning. It may be called twice on the
// same error.
func translate(err error) error {
	if err == nil || fault.As(err) != nil || errors.As(err, new(meaning)) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	kind := kindOf(err)
	if kind == nil {
		return err
	}
	return meaning{kind: kind, cause: err}
}

// kindOf returns what a driver's error means, or nil.
func kindOf(err error) error {
	var lite *sqlite.Error
	var server *pgconn.PgError
	switch {
	case errors.As(err, &lite):
		return sqliteMeaning(lite.Code())
	case errors.As(err, &server):
		return postgresMeaning(server.Code)
	case lostConnection(err):
		return unavailable()
	}
	return nil
}

// transient tells whether the transaction may succeed when it is run again,
// whatever the layers above made of the driver's error.
func transient(err error) bool {
	return err != nil && (errors.Is(err, errTransient) || errors.Is(kindOf(err), errTransient))
}

// sqliteMeaning reads SQLite's extended result code.
func sqliteMeaning(code int) error {
	switch code {
	case 1555, 2067, 2579:
		return gorm.ErrDuplicatedKey
	case 787:
		return gorm.ErrForeignKeyViolated
	case 275:
		return gorm.ErrCheckConstraintViolated
	}
	switch code & 0xff {
	case 5, 6: // busy, locked
		return errTransient
	case 9: // interrupted because the caller went away
		return context.Canceled
	case 10, 13, 14: // input or output, disk full, cannot open
		return unavailable()
	}
	return nil
}

// postgresMeaning reads PostgreSQL's SQLSTATE.
func postgresMeaning(code string) error {
	switch code {
	case "23505":
		return gorm.ErrDuplicatedKey
	case "23503":
		return gorm.ErrForeignKeyViolated
	case "23514":
		return gorm.ErrCheckConstraintViolated
	case "40001", "40P01", "55P03": // serialization, deadlock, lock not had in time
		return errTransient
	}
	switch {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "58"):
		return unavailable() // connection, resources, shutdown, disk
	case strings.HasPrefix(code, "28"), code == "3D000":
		return unavailable() // password, database name
	}
	return nil
}

func lostConnection(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, &network) || errors.As(err, &connect) || strings.HasSuffix(err.Error(), "conn closed")
}

func unavailable() error {
	return &fault.Error{
		Kind: fault.Unavailable, Code: "database.unavailable", Message: "The database cannot be reached.", RetryAfter: 5,
	}
}

func busy(cause error) error {
	e := &fault.Error{
		Kind: fault.Unavailable, Code: "database.busy", Message: "The database is busy.", RetryAfter: 1,
	}
	return e.Because(cause)
}
