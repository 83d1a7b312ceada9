package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/account"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// root is the checkout.
const root = "../.."

// readyWithin is how soon the program must serve again after it died.
const readyWithin = 5 * time.Second

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir) // a temporary folder is nobody's loss
	}
	os.Exit(code)
}

// built is the program as users run it, built once for all tests.
var built struct {
	sync.Once
	dir, path string
	err       error
}

// binary returns the path of the program.
func binary(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "leadrelay-program-"); built.err != nil {
			return
		}
		built.path = filepath.Join(built.dir, "leadrelay")
		build := exec.Command("go", "build", "-buildvcs=false", "-tags", "nomsgpack", "-o", built.path, "./cmd/leadrelay")
		build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build the program: %w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// place is where a program of a test keeps its data.
type place struct {
	dir string // data.dir
	url string // database.url
	env []string
}

func newPlace(t testing.TB, url string) place {
	t.Helper()
	return place{dir: filepath.Join(t.TempDir(), "data"), url: url}
}

// command is one call of the program with nothing of the tester's own
// environment in it.
func (p place) command(ctx context.Context, t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(ctx, binary(t), args...)
	c.Env = append([]string{"LEADRELAY_DATA_DIR=" + p.dir}, p.env...)
	if p.url != "" {
		c.Env = append(c.Env, "LEADRELAY_DATABASE_URL="+p.url)
	}
	c.Dir = t.TempDir()
	return c
}

// run runs the program to its end and returns its exit code and what it said.
func (p place) run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute) // a busy disk can be slow
	defer cancel()
	c := p.command(ctx, t, args...)
	var out, err bytes.Buffer
	c.Stdout, c.Stderr = &out, &err
	switch failed := c.Run(); {
	case failed == nil:
	case errors.As(failed, new(*exec.ExitError)):
		code = c.ProcessState.ExitCode()
	default:
		t.Fatalf("run leadrelay %v: %v", args, failed)
	}
	return code, out.String(), err.String()
}

// program is a running server.
type program struct {
	t       testing.TB
	cmd     *exec.Cmd
	base    string // http://address
	log     *lockedText
	started time.Time
	address chan string
	exited  chan struct{}
}

// lockedText gathers what a program logs.
type lockedText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedText) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(line + "\n")
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serve starts the server on a free port and waits until it is ready.
func (p place) serve(t testing.TB, args ...string) *program {
	t.Helper()
	s := p.start(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.awaitServing()
	s.awaitReady(readyWithin)
	return s
}

// start starts the program; awaitServing waits for it.
func (p place) start(t testing.TB, args ...string) *program {
	t.Helper()
	s := &program{
		t: t, cmd: p.command(context.Background(), t, args...), log: &lockedText{}, address: make(chan string, 1), exited: make(chan struct{}),
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.started = time.Now()
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start leadrelay %v: %v", args, err)
	}
	go func() {
		s.read(stderr)
		_ = s.cmd.Wait() // the exit code is asked for by those who care
		close(s.exited)
	}()
	t.Cleanup(s.kill)
	return s
}

// awaitServing waits for the address that the program logs.
func (s *program) awaitServing() {
	s.t.Helper()
	select {
	case a := <-s.address:
		s.base = "http://" + a
	case <-s.exited:
		s.t.Fatalf("the program ended: %s", s.log)
	case <-time.After(30 * time.Second):
		s.t.Fatalf("the program does not serve: %s", s.log)
	}
}

func (s *program) read(stderr io.Reader) {
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.log.add(lines.Text())
		var said struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &said) == nil && said.Msg == "serving" {
			s.address <- said.Address
		}
	}
}

// awaitReady waits for /readyz and fails the test when it takes longer.
func (s *program) awaitReady(within time.Duration) {
	s.t.Helper()
	for time.Since(s.started) < within {
		if status, _ := s.get("/readyz"); status == http.StatusOK {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("not ready %s after its start: %s", within, s.log)
}

// get asks a public route; 0 when nobody answers.
func (s *program) get(path string) (int, string) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(s.base + path) //nolint:noctx // bounded by the client
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// kill ends the program as a power cut would, and waits until it is gone.
func (s *program) kill() {
	_ = s.cmd.Process.Signal(syscall.SIGKILL) // it may have ended by itself
	<-s.exited
}

// stop asks the program to end and returns its exit code.
func (s *program) stop() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatalf("ask the program to end: %v", err)
	}
	select {
	case <-s.exited:
	case <-time.After(30 * time.Second):
		s.t.Fatalf("still there 30 s after SIGTERM: %s", s.log)
	}
	return s.cmd.ProcessState.ExitCode()
}

// cityTemplate is the real city with the demo accounts, as a database to copy.
func cityTemplate() *testkit.Template {
	return testkit.NewTemplate("program", func(ctx context.Context, db *store.DB) error {
		content, err := city.Load()
		if err != nil {
			return err
		}
		service := org.NewService(orgstore.New(db), clock.System{}, page.Cursors{})
		if _, err := service.Seed(ctx, content); err != nil {
			return err
		}
		hasher, err := account.NewHasher(account.Cost{MemoryKiB: 64, Passes: 1, AtOnce: 2, Wait: time.Second}, zeros{})
		if err != nil {
			return err
		}
		_, err = service.SeedAccounts(ctx, city.DemoAccounts(), func() (string, error) { return hasher.Hash(ctx, city.DemoPassword) })
		return err
	})
}

// zeros is the salt of passwords that everybody knows anyway.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// eachPlace runs f with a place on SQLite and on PostgreSQL that the program
// agrees to open, with the city and the demo accounts in it.
func eachPlace(t *testing.T, f func(t *testing.T, p place)) {
	t.Helper()
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		t.Run(string(kind), func(t *testing.T) { f(t, newPlace(t, cityTemplate().URL(t, kind, true))) })
	}
}

// client speaks HTTP as one person.
type client struct {
	base, username, token string
	http                  *http.Client
	posts                 int    // made so far under a key of their own
	cut                   []post // of these, those whose answers did not come
}

// login opens a session of a demo account.
func (s *program) login(username string) *client {
	s.t.Helper()
	c := &client{base: s.base, username: username, http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}}}
	s.t.Cleanup(c.http.CloseIdleConnections)
	r := c.do("POST", "/auth/login", "", fmt.Sprintf(`{"username":%q,"password":%q}`, username, city.DemoPassword))
	var opened struct {
		AccessToken string `json:"access_token"`
	}
	if r.status != http.StatusOK || json.Unmarshal(r.body, &opened) != nil {
		s.t.Fatalf("log in as %s: %d %s %v", username, r.status, r.body, r.err)
	}
	c.token = opened.AccessToken
	return c
}

// reply is what a client got; err when the connection broke.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error
}

func (r reply) ok() bool { return r.err == nil && r.status/100 == 2 }

// code is the stable code of a problem.
func (r reply) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(r.body, &p) // no problem has no code
	return p.Code
}

func (c *client) do(method, path, match, body string) reply {
	var content io.Reader = strings.NewReader(body)
	if body == "" {
		content = nil
	}
	return c.send(method, path, match, "application/json", content)
}

func (c *client) send(method, path, match, kind string, body io.Reader) reply {
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+"/api/v1"+path, body)
	if err != nil {
		return reply{err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if match != "" {
		req.Header.Set("If-Match", `"`+match+`"`)
	}
	return c.ask(req)
}

func (c *client) ask(req *http.Request) reply {
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, header: resp.Header, body: text, err: err}
}
