package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// rules returns the broken rules as field:code, in order.
func rules(err error) string {
	e := fault.As(err)
	if e == nil {
		return ""
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Name+":"+f.Code)
	}
	return strings.Join(out, " ")
}

func TestALoginNameIsShortPlainAndLowerCase(t *testing.T) {
	for name, want := range map[string]string{
		"li.chen_2-a":           "",
		" xiaolan ":             "",
		"":                      "username:required",
		"ab":                    "username:username.form",
		"Li":                    "username:username.form",
		"李示例":                   "username:username.form",
		"a b c":                 "username:username.form",
		"abc\x00":               "username:username.form",
		"abc\n":                 "",
		strings.Repeat("a", 40): "",
		strings.Repeat("a", 41): "username:username.form",
	} {
		_, err := Draft{Username: name, Name: "测试员甲"}.Check()
		if got := rules(err); got != want {
			t.Errorf("%q: broken %q, want %q", name, got, want)
		}
	}
}

func TestAPersonsNameIsTextOfLimitedLength(t *testing.T) {
	for name, want := range map[string]string{
		"测试员甲":                  "",
		"   ":                   "name:required",
		strings.Repeat("测", 60): "",
		strings.Repeat("测", 61): "name:too_long",
		"a\x00b":                "name:bad_text",
		"a\nb":                  "name:bad_text",
		"\xff":                  "name:bad_text",
		"<b>甲</b>":              "",
	} {
		_, err := Draft{Username: "abc", Name: name}.Check()
		if got := rules(err); got != want {
			t.Errorf("%q: broken %q, want %q", name, got, want)
		}
	}
}

func TestPasswordsAreJudgedByTheProfile(t *testing.T) {
	long := strings.Repeat("Ab3-", 32)
	for _, c := range []struct{ profile, password, want string }{
		{Dengbao3, "Kx7-mq2w", ""},
		{Dengbao3, "Relay-baton-4100", ""},
		{Dengbao3, "Kx7-mq2", "new:password.too_short"},
		{Dengbao3, "kxqmw-wq", "new:password.classes"},
		{Dengbao3, "", "new:password.too_short new:password.classes"},
		{Dengbao3, "Password123", "new:password.common"},
		{Dengbao3, "Sunshine2026!", "new:password.common"},
		{Dengbao3, "P@ssw0rd123", "new:password.common"},
		{Dengbao3, "Tester-9-xq", "new:password.username"},
		{Dengbao3, "密码不是Abc1", ""},
		{Dengbao3, long, ""},
		{Dengbao3, long + "a", "new:password.too_long"},
		{Dengbao3, "Kx7-mq2w\x00", "new:bad_text"},
		{Dengbao3, "Kx7-mq2w\xff", "new:bad_text"},
		{ASVS, "kxqmwwqzvbtr", ""},
		{ASVS, "Kx7-mq2w", "new:password.too_short"},
		{ASVS, "correct horse battery staple", "new:password.common"},
		{ASVS, "123456789012", "new:password.common"},
	} {
		p, err := ProfileOf(c.profile)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules(p.Check("new", c.password, "tester")); got != c.want {
			t.Errorf("%s %q: broken %q, want %q", c.profile, c.password, got, c.want)
		}
	}
}

func TestEveryNumberOfAProfileNamesItsSource(t *testing.T) {
	for _, name := range []string{Dengbao3, ASVS} {
		p, err := ProfileOf(name)
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.ValueOf(p)
		for i := range v.NumField() {
			limit, ok := v.Field(i).Interface().(Limit)
			if ok && limit.Source == "" {
				t.Errorf("%s: %s has no source", name, v.Type().Field(i).Name)
			}
		}
		if p.LockSource == "" {
			t.Errorf("%s: the lock has no source", name)
		}
	}
	if _, err := ProfileOf("weak"); err == nil {
		t.Error("an unknown profile must stop the start")
	}
}

func TestLocksGrowAndNeverLastForEver(t *testing.T) {
	p := dengbao3()
	var got []string
	for n := 0; n <= 35; n++ {
		if lock := p.LockFor(n); lock > 0 {
			got = append(got, fmt.Sprintf("%d:%s", n, lock))
		}
	}
	want := "5:5m0s 10:10m0s 15:20m0s 20:40m0s 25:1h0m0s 30:1h0m0s 35:1h0m0s"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("locks %s, want %s", text, want)
	}
	if got := p.LockFor(5_000_000); got != time.Hour {
		t.Errorf("after five million failures: %s", got)
	}
}

func TestPasswordsAgeAndAccountsSleep(t *testing.T) {
	now := noon()
	old := now.Add(-91 * 24 * time.Hour)
	fresh := now.Add(-90 * 24 * time.Hour)
	for _, c := range []struct {
		what            string
		profile         Profile
		user            User
		change, dormant bool
	}{
		{"ninety days exactly", dengbao3(), User{PasswordChangedAt: fresh, CreatedAt: old}, false, false},
		{"set 91 days ago, never used", dengbao3(), User{PasswordChangedAt: old, CreatedAt: old}, true, true},
		{"set 91 days ago, in use", dengbao3(), User{PasswordChangedAt: old, CreatedAt: old, LastLoginAt: &fresh}, true, false},
		{"set by an administrator", dengbao3(), User{PasswordChangedAt: now, CreatedAt: old, MustChange: true}, true, false},
		{"asvs never ages", asvs(), User{PasswordChangedAt: old, CreatedAt: old, LastLoginAt: &fresh}, false, false},
		{"demo", dengbao3(), User{PasswordChangedAt: old, CreatedAt: old, LastLoginAt: &fresh, Demo: true, MustChange: true}, false, false},
	} {
		if got := c.profile.MustChange(c.user, now); got != c.change {
			t.Errorf("%s: must change %v", c.what, got)
		}
		if got := c.profile.Dormant(c.user, now); got != c.dormant {
			t.Errorf("%s: dormant %v", c.what, got)
		}
	}
}

func TestMadePasswordsFitTheProfileAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p, err := makePassword(rand.Reader, dengbao3(), "tester")
		if err != nil {
			t.Fatal(err)
		}
		if len(p) != 19 || seen[p] || dengbao3().Check("new", p, "tester") != nil {
			t.Fatalf("made %q", p)
		}
		seen[p] = true
	}
	if _, err := makePassword(strings.NewReader("short"), dengbao3(), "x"); err == nil {
		t.Error("a dry source of randomness must be an error")
	}
}

func TestTheHasherBoundsHowManyItChecksAtOnce(t *testing.T) {
	h, err := NewHasher(Cost{MemoryKiB: 64, Passes: 1, AtOnce: 1, Wait: time.Millisecond}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	hash, err := h.Hash(ctx, "Kx7-mq2w")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		password, hash string
		want           bool
	}{{"Kx7-mq2w", hash, true}, {"Kx7-mq2W", hash, false}, {"", hash, false}, {"Kx7-mq2w", "", false}, {"", "", false}} {
		if got, err := h.Matches(ctx, c.password, c.hash); err != nil || got != c.want {
			t.Errorf("%q against %q: %v, %v", c.password, c.hash, got, err)
		}
	}
	h.places <- struct{}{} // somebody is at it
	_, err = h.Matches(ctx, "Kx7-mq2w", hash)
	if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "auth.busy" {
		t.Errorf("with no place free: %v", err)
	}
}

func TestSecretsRedactThemselvesInLogs(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("m", "a", Attempt{Username: "canary", Password: "canary"}, "b", Opened{Access: "canary", Refresh: "canary"},
		"c", Change{Current: "canary", New: "canary"}, "d", User{ID: 7, Name: "canary"},
		"e", Credentials{User: User{ID: 7, Username: "canary"}, Hash: "canary"}, "f", Created{Password: "canary"})
	if strings.Contains(out.String(), "canary") {
		t.Errorf("the log tells: %s", out.String())
	}
}

func TestALongBrowserNameIsCutToValidText(t *testing.T) {
	if got := cut("a\x00b\xff"+strings.Repeat("中", 100), 13); got != "a\uFFFDb\uFFFD中" {
		t.Errorf("got %q", got)
	}
}
