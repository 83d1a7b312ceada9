package testkit

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seedVariable names the seed of a run; .ci/test sets and prints it.
const seedVariable = "LEADRELAY_TEST_SEED"

// Dice returns the random source of a test. The seed is in the test's log, so
// that a failing run can be repeated: run it again with the variable
// LEADRELAY_TEST_SEED set to it. Without the variable the seed is 1. Each test
// draws its own numbers, whatever ran before it.
func Dice(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(1)
	if text := os.Getenv(seedVariable); text != "" { //nolint:forbidigo // the seed of a run is not configuration
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s is not a number: %q", seedVariable, text)
		}
	}
	t.Logf("%s=%d", seedVariable, seed)
	name := fnv.New64a()
	_, _ = name.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(seed, name.Sum64())) //nolint:gosec // a test wants to be repeatable
}
