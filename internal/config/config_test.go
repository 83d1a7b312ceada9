package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/config"
)

const good = "sJ8q2Vb7LmX0tRzKcYw4NfHd6GpUeA1iTo9B"

func load(t *testing.T, from config.Sources) *config.Config {
	t.Helper()
	c, err := config.Load(from)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNothingGivenMeansTheDefaults(t *testing.T) {
	c := load(t, config.Sources{Environ: []string{"PATH=/bin", "HOME=/root"}})
	got := []any{
		c.Listen, c.Demo, c.DataDir, c.DatabaseURL(), c.FilesDir(), c.Session.Idle, c.Session.Absolute, c.Session.AccessTTL,
		c.Password.Profile, c.Files.MaxBytes, c.Log.Level, c.Cookie.Secure, len(c.Proxies.Trusted), c.Origin("listen"),
	}
	want := []any{
		"127.0.0.1:8080", false, "data", "file:data/leadrelay.db", "data/files", 10 * time.Minute, 12 * time.Hour, 15 * time.Minute,
		"dengbao3", int64(20971520), slog.LevelInfo, true, 0, "default",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("value %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestAFlagBeatsTheEnvironmentWhichBeatsTheFileWhichBeatsTheDefault(t *testing.T) {
	for _, f := range []string{
		file(t, "a.yaml", "session:\n  idle: 20m\n  absolute: 8h\n  access_ttl: 5m\nproxies:\n  trusted: [10.0.0.0/8, 192.168.1.5]\nfiles:\n  max_bytes: 2048\n"),
		file(t, "a.toml", "[session]\nidle = \"20m\"\nabsolute = \"8h\"\naccess_ttl = \"5m\"\n[proxies]\ntrusted = [\"10.0.0.0/8\", \"192.168.1.5\"]\n[files]\nmax_bytes = 2048\n"),
	} {
		c := load(t, config.Sources{
			Environ: []string{"LEADRELAY_CONFIG=" + f, "LEADRELAY_SESSION_ABSOLUTE=9h", "LEADRELAY_SESSION_IDLE=30m", "LEADRELAY_TEST_ANYTHING=1"},
			Flags:   map[string]string{"session.idle": "40m"},
		})
		if c.Session.Idle != 40*time.Minute || c.Session.Absolute != 9*time.Hour || c.Session.AccessTTL != 5*time.Minute || c.Files.MaxBytes != 2048 {
			t.Errorf("%+v", c.Session)
		}
		if got := fmt.Sprint(c.Proxies.Trusted); got != "[10.0.0.0/8 192.168.1.5/32]" {
			t.Errorf("proxies %s", got)
		}
		for key, want := range map[string]string{
			"session.idle": "flag", "session.absolute": "environment LEADRELAY_SESSION_ABSOLUTE",
			"session.access_ttl": "file " + f, "listen": "default",
		} {
			if got := c.Origin(key); got != want {
				t.Errorf("%s came from %q, want %q", key, got, want)
			}
		}
	}
}

func TestAWrongConfigurationStopsWithTheNameOfTheKey(t *testing.T) {
	for _, c := range []struct{ env, key string }{
		{"LEADRELAY_SESION_IDLE=5m", "LEADRELAY_SESION_IDLE"},
		{"LEADRELAY_LISTEN_FILE=/etc/hostname", "LEADRELAY_LISTEN_FILE"},
		{"LEADRELAY_LISTEN=8080", "listen"},
		{"LEADRELAY_LISTEN=127.0.0.1:http", "listen"},
		{"LEADRELAY_LISTEN=127.0.0.1:70000", "listen"},
		{"LEADRELAY_DEMO=perhaps", "demo"},
		{"LEADRELAY_DATA_DIR=", "data.dir"},
		{"LEADRELAY_SESSION_IDLE=59s", "session.idle"},
		{"LEADRELAY_SESSION_IDLE=10", "session.idle"},
		{"LEADRELAY_SESSION_ABSOLUTE=48h", "session.absolute"},
		{"LEADRELAY_SESSION_ACCESS_TTL=16m", "session.access_ttl"},
		{"LEADRELAY_PASSWORD_PROFILE=none", "password.profile"},
		{"LEADRELAY_FILES_MAX_BYTES=1e9", "files.max_bytes"},
		{"LEADRELAY_FILES_MAX_BYTES=-1", "files.max_bytes"},
		{"LEADRELAY_LOG_LEVEL=INFO", "log.level"},
		{"LEADRELAY_PROXIES_TRUSTED=10.0.0.0/8,proxy", "proxies.trusted"},
		{"LEADRELAY_PROXIES_TRUSTED=0.0.0.0/0", "proxies.trusted"},
		{"LEADRELAY_PROXIES_TRUSTED=::/0", "proxies.trusted"},
		{"LEADRELAY_METRICS_TOKEN=short", "metrics.token"},
		{"LEADRELAY_COOKIE_SECURE=maybe", "cookie.secure"},
		{"LEADRELAY_SECRET=changeme-changeme-changeme-changeme", "secret"},
		{"LEADRELAY_SECRET_FILE=/nowhere/secret", "secret"},
		{"LEADRELAY_PUBLIC_URL=leads.example", "public.url"},
		{"LEADRELAY_SMTP_PORT=0", "smtp.port"},
		{"LEADRELAY_SMTP_SECURITY=ssl", "smtp.security"},
		{"LEADRELAY_SMTP_USERNAME=relay", "smtp.username"},
	} {
		_, err := config.Load(config.Sources{Environ: []string{c.env}})
		if !errors.Is(err, config.ErrWrong) || !strings.HasPrefix(err.Error(), "configuration refused: "+c.key+": ") {
			t.Errorf("%s: %v", c.env, err)
		}
	}
}

func TestImpossibleCombinationsAreRefused(t *testing.T) {
	for _, c := range []struct {
		flags map[string]string
		key   string
	}{
		{map[string]string{"demo": "true", "listen": "0.0.0.0:8080"}, "demo"},
		{map[string]string{"demo": "true", "listen": ":8080"}, "demo"},
		{map[string]string{"demo": "true", "listen": "[::]:8080"}, "demo"},
		{map[string]string{"demo": "true", "listen": "demo.example:8080"}, "demo"},
		{map[string]string{"cookie.secure": "false", "listen": "10.0.0.1:80"}, "cookie.secure"},
		{map[string]string{"session.idle": "2h", "session.absolute": "1h"}, "session.idle"},
		{map[string]string{"smtp.host": "mail.example", "public.url": "https://leads.example"}, "smtp.from"},
		{map[string]string{"smtp.host": "mail.example", "smtp.from": "leads@example.org"}, "public.url"},
		{map[string]string{"smtp.host": "mail.example", "smtp.from": "a@b.org", "public.url": "https://l.example", "smtp.username": "u"}, "smtp.password"},
		{map[string]string{"smtp.host": "mail.example", "smtp.from": "a@b.org", "public.url": "https://l.example", "smtp.security": "none"}, "smtp.security"},
		{map[string]string{"session.idle": "5m", "session.absolute": "10m"}, "session.access_ttl"},
	} {
		_, err := config.Load(config.Sources{Flags: c.flags})
		if !errors.Is(err, config.ErrWrong) || !strings.HasPrefix(err.Error(), "configuration refused: "+c.key+": ") {
			t.Errorf("%v: %v", c.flags, err)
		}
	}
	for _, listen := range []string{"127.0.0.1:8080", "localhost:0", "[::1]:8080", "127.9.9.9:1"} {
		if c := load(t, config.Sources{Flags: map[string]string{"demo": "true", "listen": listen}}); c.Cookie.Secure {
			t.Errorf("the demo on %s wants HTTPS", listen)
		}
	}
}

func TestEveryMistakeIsNamedAtOnce(t *testing.T) {
	_, err := config.Load(config.Sources{
		File:  file(t, "a.yaml", "colour: red\nsession: {idel: 5m}\n"),
		Flags: map[string]string{"log.level": "loud"},
	})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("got %v", err)
	}
}

func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	for _, path := range []string{"/nowhere/a.yaml", file(t, "a.ini", "a=b"), file(t, "b.yaml", "a: [1"), file(t, "c.toml", "= 3"), file(t, "d.yaml", "demo: true\ndemo: false\n")} {
		if _, err := config.Load(config.Sources{File: path}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestASecretIsReadFromAFileAndNeverShown(t *testing.T) {
	path := file(t, "secret", good+"\n")
	c := load(t, config.Sources{
		File:    file(t, "a.yaml", "metrics:\n  token_file: "+file(t, "token", "token-of-the-monitor-7\r\n")+"\n"),
		Environ: []string{"LEADRELAY_SECRET_FILE=" + path, "LEADRELAY_DATABASE_URL=postgres://u:geheim@db/x"},
	})
	if c.Secret.Reveal() != good || c.Metrics.Token.Reveal() != "token-of-the-monitor-7" || c.DatabaseURL() != "postgres://u:geheim@db/x" {
		t.Errorf("secret %q, token %q", c.Secret.Reveal(), c.Metrics.Token.Reveal())
	}
	if got, want := c.Origin("secret"), "environment LEADRELAY_SECRET, from file "+path; got != want {
		t.Errorf("origin %q, want %q", got, want)
	}
	var printed, logged bytes.Buffer
	if err := c.Print(&printed); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "secret", c.Secret, "url", c.Database.URL)
	inJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	all := printed.String() + logged.String() + string(inJSON) + fmt.Sprintf("%v %+v %#v %s", c.Secret, *c, c.Database, c.Secret)
	for _, hidden := range []string{good, "geheim", "token-of-the-monitor-7"} {
		if strings.Contains(all, hidden) {
			t.Errorf("%q is shown in %s", hidden, all)
		}
	}
	if _, err := config.Load(config.Sources{Environ: []string{"LEADRELAY_SECRET=" + good, "LEADRELAY_SECRET_FILE=" + path}}); !errors.Is(err, config.ErrWrong) {
		t.Errorf("a secret given twice: %v", err)
	}
}

func TestPrintSaysWhereEachValueCameFrom(t *testing.T) {
	var out bytes.Buffer
	if err := load(t, config.Sources{Flags: map[string]string{"log.level": "debug"}}).Print(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(config.Keys())+1 {
		t.Errorf("%d lines", len(lines))
	}
	if got, want := strings.Fields(lines[6])[:3], []string{"log.level", "debug", "flag"}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v", got)
	}
}

func TestTheSecretIsGeneratedOnceForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	secrets := make([]string, 8)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			s, err := config.Secret(dir)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = string(s)
		})
	}
	all.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) != 64 {
			t.Errorf("secrets differ or are short: %d characters", len(s))
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("left behind: %v, error %v", entries, err)
	}
	path := filepath.Join(dir, entries[0].Name())
	if about, err := os.Stat(path); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", about.Mode(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Secret(dir); !errors.Is(err, config.ErrWrong) {
		t.Errorf("a secret that others can read: %v", err)
	}
}

func TestAWeakSecretIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, weak := range []string{
		"k3J9x", strings.Repeat("a", 64), strings.Repeat("ab", 32), strings.Repeat(good[:8], 5), "correct-horse-battery-staple-password",
		"your-256-bit-secret-your-256-bit-key", "0123456789abcdef0123456789abcdef", "aaaaaaaabbbbbbbbccccccccddddddddeeee",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "secret.key"), []byte(weak), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Secret(dir); !errors.Is(err, config.ErrWrong) || strings.Contains(err.Error(), weak) {
			t.Errorf("%q: %v", weak, err)
		}
		if _, err := config.Load(config.Sources{Flags: map[string]string{"secret": weak}}); !errors.Is(err, config.ErrWrong) || strings.Contains(err.Error(), weak) {
			t.Errorf("%q: %v", weak, err)
		}
	}
	for _, strong := range []string{good, "9f86d081884c7d659a2feaa0c55ad015", "3b7e1a94c2d85f60ae917c44d20b6e8f5a1390cd27be648f"} {
		c := load(t, config.Sources{Flags: map[string]string{"secret": strong}})
		if got, err := c.SigningSecret(); err != nil || string(got) != strong {
			t.Errorf("a strong secret was refused: %v", err)
		}
	}
}

var update = flag.Bool("update", false, "write docs/configuration.md")

func TestThePageInTheDocsIsUpToDate(t *testing.T) {
	const page = "../../docs/configuration.md"
	if *update {
		if err := os.WriteFile(page, []byte(config.Markdown()), 0o644); err != nil { //nolint:gosec // a page of the docs is for everybody
			t.Fatal(err)
		}
	}
	f, err := os.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	have, err := io.ReadAll(f)
	if err != nil || string(have) != config.Markdown() {
		t.Errorf("docs/configuration.md is stale; run make generate (%v)", err)
	}
}
