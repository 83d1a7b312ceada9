package store

import (
	"time"

	"github.com/leadrelay/leadrelay/internal/event"
)

// What the tests need to reach.
var (
	ErrTransient       = errTransient
	CheckSQLiteVersion = checkSQLiteVersion
)

// CheckServer checks settings that no server on the test machine has.
func CheckServer(version int, encoding, fsync, fullPageWrites, synchronous string, unsafe bool) error {
	return serverSettings{version, encoding, fsync, fullPageWrites, synchronous}.check(unsafe)
}

// NewRefusalTaker returns the limiter of refusals with a clock of seconds.
func NewRefusalTaker(limit RefusalLimit) func(line event.Line, second int) (bool, int) {
	r := newRefusals(limit)
	return func(line event.Line, second int) (bool, int) { return r.take(line, time.Unix(int64(second), 0)) }
}
