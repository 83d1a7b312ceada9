package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// TestEveryWriteThatIsAnsweredWasFlushedToTheDisk writes one thing after the
// other and counts the flushes meanwhile: of the program itself on SQLite, of
// the server's log of changes on PostgreSQL.
func TestEveryWriteThatIsAnsweredWasFlushedToTheDisk(t *testing.T) {
	writes := testkit.Times(300, 25)
	eachPlace(t, func(t *testing.T, p place) {
		s := p.serve(t, "--set", "demo=true")
		c := s.login("wg-shenzhen")
		lead := created(t, c, "落盘项目")
		db := testkit.Reopen(t, p.url)
		flushes := flushesOfServer(t, db)
		if db.Dialect() == store.SQLite {
			flushes = flushesOfProgram(t, s)
		}
		before := flushes(0)
		for n := range writes {
			r := c.once(post{path: "/leads/" + lead + "/notes", body: fmt.Sprintf(`{"text":"第 %d 条"}`, n)})
			if !r.ok() {
				t.Fatalf("write %d: %d %s %v", n, r.status, r.body, r.err)
			}
		}
		got := flushes(before+writes) - before
		if got < writes {
			t.Errorf("%d writes were answered after %d flushes", writes, got)
		}
		t.Logf("%d writes answered, %d flushes", writes, got)
	})
}

// flushesOfProgram follows the program's system calls. What it returns counts
// its flushes so far.
func flushesOfProgram(t *testing.T, s *program) func(int) int {
	t.Helper()
	out := filepath.Join(t.TempDir(), "calls")
	trace := exec.Command("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", out, "-p", fmt.Sprint(s.cmd.Process.Pid)) //nolint:noctx // ended below
	if err := trace.Start(); err != nil {
		t.Fatalf("follow the program (make needs installs strace): %v", err)
	}
	t.Cleanup(func() {
		_ = trace.Process.Signal(syscall.SIGINT) // it lets the program go
		_ = trace.Wait()
	})
	awaitFollowed(t, s)
	called := regexp.MustCompile(`(?m)^\d+\s+(fsync|fdatasync)\(`)
	return func(atLeast int) int {
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			text, _ := os.ReadFile(out) // not there before the first call
			if n := len(called.FindAll(text, -1)); n >= atLeast || time.Now().After(deadline) {
				return n
			}
		}
	}
}

// awaitFollowed waits until every thread of the program is followed.
func awaitFollowed(t *testing.T, s *program) {
	t.Helper()
	pattern := fmt.Sprintf("/proc/%d/task/*/status", s.cmd.Process.Pid)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		threads, _ := filepath.Glob(pattern)
		free := 0
		for _, thread := range threads {
			text, err := os.ReadFile(thread) // a thread may have ended
			if err == nil && strings.Contains(string(text), "TracerPid:\t0\n") {
				free++
			}
		}
		if len(threads) > 0 && free == 0 {
			return
		}
	}
	t.Fatal("the program is not followed within 20 s")
}

// flushesOfServer asks the server how often it flushed its log of changes,
// which it tells with some delay.
func flushesOfServer(t *testing.T, db *store.DB) func(int) int {
	t.Helper()
	return func(atLeast int) int {
		sql := "SELECT wal_sync FROM pg_stat_wal"
		if count(t, db, "SELECT current_setting('server_version_num')::int") >= 180000 {
			sql = "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
		}
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			if n := count(t, db, sql); n >= atLeast || time.Now().After(deadline) {
				return n
			}
		}
	}
}
