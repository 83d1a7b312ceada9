package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

const goodSecret = "vX3kq8Zt1LmWc7RyP0sJuHb5NdEfAa2G"

func TestTheProgramRefusesToStartUnsafeWithOneClearLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's own port
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, c := range []struct {
		name string
		env  []string
		args []string
		code int
		says string
	}{
		{"a short secret", []string{"LEADRELAY_SECRET=short"}, []string{"serve"}, 1, "secret: is shorter than 32 characters"},
		{"a sample secret", []string{"LEADRELAY_SECRET=changeme-changeme-changeme-changeme"}, []string{"serve"}, 1, "secret: looks like a sample"},
		{"a regular secret", []string{"LEADRELAY_SECRET=abababababababababababababababababab"}, []string{"serve"}, 1, "secret: repeats itself"},
		{"demo for everybody", nil, []string{"demo", "--listen", "0.0.0.0:0"}, 1, "demo"},
		{"demo for everybody on IPv6", nil, []string{"demo", "--listen", "[::]:0"}, 1, "demo"},
		{"demo on a name", nil, []string{"serve", "--set", "demo=true", "--listen", "example.org:0"}, 1, "demo"},
		{"an unknown key", nil, []string{"serve", "--set", "sesion.idle=5m"}, 1, "sesion.idle"},
		{"an unknown variable", []string{"LEADRELAY_SESION_IDLE=5m"}, []string{"serve"}, 1, "LEADRELAY_SESION_IDLE"},
		{"a wrong value", nil, []string{"serve", "--set", "session.idle=soon"}, 1, "session.idle"},
		{"a database in memory", []string{"LEADRELAY_DATABASE_URL=file::memory:"}, []string{"serve"}, 1, "would lose everything"},
		{"settings in the address", []string{"LEADRELAY_DATABASE_URL=file:/tmp/x.db?_pragma=synchronous(off)"}, []string{"serve"}, 1, "holds a ?"},
		{"another database", []string{"LEADRELAY_DATABASE_URL=mysql://root:hunter2@h/x"}, []string{"serve"}, 1, "must begin with file: or postgres://"},
		{"no server there", []string{"LEADRELAY_DATABASE_URL=postgres://u:hunter2@127.0.0.1:1/x"}, []string{"serve"}, 1, "cannot be reached"},
		{"a taken port", nil, []string{"serve", "--listen", taken.Addr().String()}, 1, "address already in use"},
		{"a missing file of settings", nil, []string{"serve", "--config", "/nowhere/leadrelay.yaml"}, 1, "/nowhere/leadrelay.yaml"},
		{"an unknown command", nil, []string{"sevre"}, 2, "unknown command"},
		{"an unknown flag", nil, []string{"serve", "--prot", "1"}, 2, "unknown flag"},
		{"too many words", nil, []string{"serve", "now"}, 2, "now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t, "")
			p.env = c.env
			code, out, said := p.run(t, c.args...)
			if code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("code %d, said %q, want %d and %q", code, said, c.code, c.says)
			}
			if strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "leadrelay: ") || out != "" {
				t.Errorf("not one line on stderr alone: %q, stdout %q", said, out)
			}
			for _, secret := range []string{"hunter2", goodSecret, "changeme-", "ababab"} {
				if strings.Contains(said, secret) {
					t.Errorf("the line gives %q away: %s", secret, said)
				}
			}
		})
	}
}

func TestASecretThatOthersCanReadIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o602} {
		p := newPlace(t, "")
		path := filepath.Join(p.dir, "secret.key")
		if err := errors.Join(os.MkdirAll(p.dir, 0o700), os.WriteFile(path, []byte(goodSecret+"\n"), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		code, _, said := p.run(t, "serve")
		want := fmt.Sprintf("secret: %s can be read by others (mode %04o)", path, mode)
		if code != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, want) || strings.Contains(said, goodSecret) {
			t.Errorf("mode %o: code %d, said %q", mode, code, said)
		}
	}
}

func TestASecretIsMadeOnceForItsOwnerOnly(t *testing.T) {
	p := newPlace(t, "")
	if code, _, said := p.run(t, "verify-audit"); code != 0 {
		t.Fatal(said)
	}
	path := filepath.Join(p.dir, "secret.key")
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, p.dir: os.ModeDir | 0o700, filepath.Join(p.dir, "leadrelay.db"): 0o600} {
		about, err := os.Stat(name)
		if err != nil || about.Mode() != want {
			t.Errorf("%s has mode %v (%v), want %v", filepath.Base(name), about.Mode(), err, want)
		}
	}
	if code, _, said := p.run(t, "verify-audit"); code != 0 {
		t.Fatal(said)
	}
	if again, err := os.ReadFile(path); err != nil || string(again) != string(first) {
		t.Errorf("the second start made another secret (%v)", err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	testkit.EachURLDurable(t, func(t *testing.T, url string) {
		p := newPlace(t, url)
		db := testkit.Reopen(t, url)
		err := db.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.DB(t.Context()).Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)").Error
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"serve", "migrate", "verify-audit"} {
			code, _, said := p.run(t, command)
			if code != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "schema version 9999") {
				t.Errorf("%s: code %d, said %q", command, code, said)
			}
		}
	})
}

func TestAServerThatCouldLoseChangesIsRefused(t *testing.T) {
	address := cityTemplate().URL(t, store.Postgres, false) // on the tests' quick server
	var fsync string
	if err := testkit.Reopen(t, address).Read(t.Context()).Raw("SELECT current_setting('fsync')").Scan(&fsync).Error; err != nil {
		t.Fatal(err)
	}
	if fsync == "on" { // a given server that is safe by itself
		join := "?"
		if strings.Contains(address, "?") {
			join = "&"
		}
		address += join + "synchronous_commit=off"
	}
	code, _, said := newPlace(t, address).run(t, "serve")
	if code != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "could lose answered changes") {
		t.Errorf("code %d, said %q", code, said)
	}
}

func TestTheLastSignalLetsRequestsUnderWayFinish(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		s := p.serve(t, "--set", "demo=true")
		c := s.login("wg-shenzhen")
		lead := created(t, c, "收尾")
		body, feed := io.Pipe()
		var got reply
		var all sync.WaitGroup
		all.Go(func() {
			got = c.send("POST", "/leads/"+lead+"/files", "", "multipart/form-data; boundary=b", body)
		})
		if _, err := io.WriteString(feed, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nfirst half"); err != nil {
			t.Fatal(err)
		}
		await(t, "the server has begun to read", func() bool { return hasFile(filepath.Join(p.dir, "files")) })
		if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		await(t, "the server takes no new connection", func() bool {
			status, _ := s.get("/healthz")
			return status == 0
		})
		_, err := io.WriteString(feed, ", second half\r\n--b--\r\n")
		_ = feed.Close() // a pipe's writer cannot fail
		all.Wait()
		if err != nil || got.status != http.StatusCreated {
			t.Errorf("the request under way was answered %d %s %v %v", got.status, got.body, got.err, err)
		}
		<-s.exited
		if code := s.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("ended with code %d: %s", code, s.log)
		}
		code, out, said := p.run(t, "verify-audit", "--set", "demo=true")
		if code != 0 || !strings.Contains(out, " 0 not sealed yet") {
			t.Errorf("after draining: %d %s %s", code, out, said)
		}
		again := p.serve(t, "--set", "demo=true")
		c.base = again.base
		if r := c.do("GET", "/leads/"+lead+"/files", "", ""); !r.ok() || !strings.Contains(string(r.body), `"name":"a.txt"`) {
			t.Errorf("after the second start: %d %s %v", r.status, r.body, r.err)
		}
		if code := again.stop(); code != 0 {
			t.Errorf("the second end has code %d: %s", code, again.log)
		}
	})
}

func TestTheFirstDayOfAnOperator(t *testing.T) {
	testkit.EachURLDurable(t, func(t *testing.T, url string) {
		p := newPlace(t, url)
		code, out, said := p.run(t, "user", "add", "sec-one", "--role", "security_admin", "--name", "测试员甲")
		if code != 0 || !strings.HasPrefix(out, "sec-one: first password ") || said != "" {
			t.Fatalf("code %d, %q, %q", code, out, said)
		}
		first := strings.TrimSpace(strings.TrimPrefix(out, "sec-one: first password "))
		if code, _, said := p.run(t, "demo", "--no-serve"); code != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "holds real accounts") {
			t.Errorf("the demo's known password beside real accounts: code %d, %q", code, said)
		}
		if code, _, said := p.run(t, "user", "add", "sec-one", "--role", "security_admin"); code != 1 || strings.Count(said, "\n") != 1 {
			t.Errorf("the same name again: code %d, %q", code, said)
		}
		s := p.serve(t)
		c := &client{base: s.base, username: "sec-one", http: &http.Client{Timeout: 30 * time.Second}}
		log := func(password string) reply {
			return c.do("POST", "/auth/login", "", fmt.Sprintf(`{"username":"sec-one","password":%q}`, password))
		}
		r := log(first)
		var opened struct {
			AccessToken string `json:"access_token"`
			User        struct {
				Must bool `json:"must_change_password"`
			} `json:"user"`
		}
		if err := json.Unmarshal(r.body, &opened); err != nil || !r.ok() || !opened.User.Must {
			t.Fatalf("first login: %d %s", r.status, r.body)
		}
		c.token = opened.AccessToken
		if r := c.do("GET", "/users", "", ""); r.status != http.StatusForbidden || r.code() != "auth.password_change_required" {
			t.Errorf("before the change: %d %s", r.status, r.body)
		}
		if r := c.do("POST", "/auth/password", "", fmt.Sprintf(`{"current":%q,"new":"Kite-7-lantern-Boat"}`, first)); r.status != http.StatusNoContent {
			t.Fatalf("change of the password: %d %s", r.status, r.body)
		}
		if r := c.do("GET", "/users", "", ""); !r.ok() {
			t.Errorf("after the change: %d %s", r.status, r.body)
		}
		if r := log(first); r.status != http.StatusUnauthorized || r.code() != "auth.refused" {
			t.Errorf("the first password again: %d %s", r.status, r.body)
		}
		if r := log(city.DemoPassword); r.status != http.StatusUnauthorized {
			t.Errorf("the demo's password: %d %s", r.status, r.body)
		}
		if strings.Contains(s.log.String(), first) || strings.Contains(s.log.String(), "测试员甲") {
			t.Errorf("the log holds a password or a name: %s", s.log)
		}
	})
}

// hasFile tells whether a file lies anywhere in a folder.
func hasFile(folder string) (found bool) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error { // it may not be there yet
		found = found || err == nil && !entry.IsDir()
		return nil
	})
	return found
}
