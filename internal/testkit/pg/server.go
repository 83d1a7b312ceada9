//go:build unix

// Package pg starts a PostgreSQL server for tests on any machine: from the
// system's own programs, or from an npm package that carries them. One server
// is shared by all test processes of a checkout and goes away by itself.
package pg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadrelay/leadrelay/internal/clock"
)

// Flavour is how careful a server is with its data.
type Flavour string

// Fast keeps nothing safe and is quick; Durable has the settings that the
// program demands, for tests that start the program itself or kill it.
const (
	Fast    Flavour = "fast"
	Durable Flavour = "durable"
)

// superuser is the owner of everything on the server.
const superuser = "leadrelay"

// idleMinutes is how long a server stays after the last test asked for it.
const idleMinutes = 30

// startWithin bounds the start of a server.
const startWithin = 60 * time.Second

// Shared returns the address of the checkout's server and starts it when it
// does not run. root is the checkout's folder.
func Shared(ctx context.Context, root string, flavour Flavour) (string, error) {
	base := baseFolder(root, flavour)
	unlock, err := lock(base + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if home := current(base); home != "" && answers(ctx, address(home)) {
		Touch(address(home))
		return address(home), nil
	}
	home, err := start(ctx, root, base, flavour)
	if err != nil {
		return "", fmt.Errorf("start a PostgreSQL server for the tests: %w", err)
	}
	return address(home), nil
}

// Stop ends the checkout's server if it runs.
func Stop(root string, flavour Flavour) error {
	base := baseFolder(root, flavour)
	unlock, err := lock(base + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	home := current(base)
	if home == "" {
		return nil
	}
	if pid := process(home); pid != 0 {
		_ = syscall.Kill(pid, syscall.SIGQUIT) // its watcher removes the folder
	}
	return os.Remove(base + ".current")
}

// process returns the number of the live server of a folder, 0 for none.
func process(home string) int {
	text, err := os.ReadFile(filepath.Join(home, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil || pid <= 1 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	return pid
}

// dropDead removes what servers left behind whose watcher was killed.
func dropDead(base string) {
	for _, folder := range []string{filepath.Dir(base), memoryDisk} {
		homes, _ := filepath.Glob(filepath.Join(folder, filepath.Base(base)+"-*"))
		for _, home := range homes {
			if process(home) == 0 {
				_ = os.RemoveAll(home)
			}
		}
	}
}

// memoryDisk holds the data of a fast server if it has room: making a database
// means making 300 files, which a disk that others sync delays by a second.
const memoryDisk = "/dev/shm"

// enoughMemory is the room that the memory disk must have, in bytes.
const enoughMemory = 4 << 30

func homeFolder(flavour Flavour) string {
	var stat syscall.Statfs_t
	if flavour == Durable || syscall.Statfs(memoryDisk, &stat) != nil || stat.Bavail*uint64(stat.Bsize) < enoughMemory {
		return tempFolder()
	}
	return memoryDisk
}

// Touch tells the server behind the address that somebody still needs it. An
// address that is not of this package is left alone.
func Touch(address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	lease := filepath.Join(u.Query().Get("host"), "lease")
	if filepath.IsAbs(lease) {
		now := clock.System{}.Now()
		_ = os.Chtimes(lease, now, now)
	}
}

func baseFolder(root string, flavour Flavour) string {
	sum := sha256.Sum256([]byte(root))
	name := fmt.Sprintf("leadrelay-pg-%d-%s-%s", os.Getuid(), hex.EncodeToString(sum[:4]), flavour)
	return filepath.Join(tempFolder(), name)
}

// tempFolder is short, because the path of a socket has a limit, and open to
// other users, because the server may not run as root.
func tempFolder() string {
	if dir := os.TempDir(); len(dir) < 40 && os.Getuid() != 0 {
		return dir
	}
	return "/tmp"
}

func current(base string) string {
	home, err := os.ReadFile(base + ".current")
	if err != nil {
		return ""
	}
	return string(home)
}

func address(home string) string {
	return "postgres://" + superuser + "@/postgres?host=" + url.QueryEscape(home)
}

func answers(ctx context.Context, address string) bool {
	short, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(short, address)
	if err != nil {
		return false
	}
	return conn.Close(short) == nil
}

func start(ctx context.Context, root, base string, flavour Flavour) (string, error) {
	binaries, err := binaries(ctx, root)
	if err != nil {
		return "", err
	}
	dropDead(base)
	home, err := os.MkdirTemp(homeFolder(flavour), filepath.Base(base)+"-")
	if err != nil {
		return "", err
	}
	who, err := owner(home)
	if err != nil {
		return "", err
	}
	if binaries, err = reachable(binaries, home, who); err != nil {
		return "", err
	}
	data := filepath.Join(home, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(binaries, "initdb"), "--pgdata", data, "--username", superuser,
		"--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
	initdb.Dir = home
	initdb.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "LD_LIBRARY_PATH=" + filepath.Join(filepath.Dir(binaries), "lib")}
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("run initdb: %w: %s", err, out)
	}
	if err := launch(binaries, home, who, flavour); err != nil {
		return "", err
	}
	if err := await(ctx, home); err != nil {
		return "", err
	}
	return home, os.WriteFile(base+".current", []byte(home), 0o600)
}

// watch runs the server and ends it when nobody has touched the lease for a
// while; then the folder goes, too. It writes to files only: a pipe that it
// inherited would keep `go test` waiting.
const watch = `cd "$1" || exit 1
shift
idle=$1
shift
"$@" >log 2>&1 </dev/null &
server=$!
while sleep 5 && kill -0 "$server" 2>/dev/null; do
  [ -f lease ] || kill -QUIT "$server"
  [ -n "$(find lease -mmin "-$idle" 2>/dev/null)" ] || kill -QUIT "$server"
done
wait "$server"
home=$PWD
cd / && rm -rf "$home"
`

func launch(binaries, home string, who *syscall.Credential, flavour Flavour) error {
	lease := filepath.Join(home, "lease")
	if err := os.WriteFile(lease, nil, 0o644); err != nil {
		return err
	}
	args := []string{
		"-c", watch, "sh", home, strconv.Itoa(idleMinutes),
		filepath.Join(binaries, "postgres"), "-D", filepath.Join(home, "data"), "-k", home,
		"-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=300",
		"-c", "shared_buffers=128MB", "-c", "max_wal_size=2GB", "-c", "log_min_duration_statement=-1",
	}
	if flavour == Fast {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
	}
	server := exec.Command("/bin/sh", args...) // not bound to a context: it outlives this process
	server.Dir = home
	server.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "LD_LIBRARY_PATH=" + filepath.Join(filepath.Dir(binaries), "lib")}
	server.SysProcAttr = &syscall.SysProcAttr{Credential: who, Setsid: true}
	if err := server.Start(); err != nil {
		return fmt.Errorf("run postgres: %w", err)
	}
	return server.Process.Release()
}

func await(ctx context.Context, home string) error {
	limited, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for !answers(limited, address(home)) {
		select {
		case <-limited.Done():
			log, _ := os.ReadFile(filepath.Join(home, "log"))
			return fmt.Errorf("the server does not answer: %s", log)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// lock waits for the file's lock; two test processes must not start two
// servers.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { _ = file.Close() }, nil
}
