package testkit

import "os"

// fullVariable asks for the full counts of the tests; `make soak` sets it.
const fullVariable = "LEADRELAY_TEST_FULL"

// Times returns how often a test repeats itself: the full count in `make
// soak`, the reduced one in `make test`.
func Times(full, reduced int) int {
	if os.Getenv(fullVariable) != "" { //nolint:forbidigo // how long a test runs is not configuration
		return full
	}
	return reduced
}
