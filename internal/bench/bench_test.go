// Package bench_test measures what people wait for, in a city of 100,000
// leads, on SQLite and on PostgreSQL with the settings that keep every
// answered change. It prints figures and asserts none. A request runs through
// the whole program but for the network.
package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/app"
	"github.com/leadrelay/leadrelay/internal/config"
	"github.com/leadrelay/leadrelay/internal/org/city"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

const leads = 100_000

// The people who ask.
const (
	town   = "huangpu"
	leader = "leader"
	group  = "wg-shenzhen"
	bureau = "bureau-head"
	admin  = "sysadmin"
)

func BenchmarkCityOf100000Leads(b *testing.B) {
	full := testkit.NewTemplate("bench", func(ctx context.Context, db *store.DB) error {
		folder, err := os.MkdirTemp("", "leadrelay-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		a, err := build(ctx, db, folder)
		if err != nil {
			return err
		}
		return a.MakeDemo(ctx, app.DemoOptions{Leads: leads, Seed: 1}, io.Discard)
	})
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) {
			c := open(b, full.URL(b, kind, true))
			c.lists(b)
			c.rows(b)
			c.duplicates(b)
			c.boards(b)
			c.circulation(b)
			c.sessions(b)
			c.changes(b)
			c.offer(b)
			c.calendar(b)
		})
	}
}

func build(ctx context.Context, db *store.DB, folder string) (*app.App, error) {
	c, err := config.Load(config.Sources{Flags: map[string]string{"data.dir": folder, "demo": "true"}})
	if err != nil {
		return nil, err
	}
	return app.Over(ctx, db, c, []byte("the secret of a benchmark, long enough"), app.Build{Version: "bench"})
}

// client asks the program as people do.
type client struct {
	app    *app.App
	tokens map[string]string
	units  map[string]int64
	match  string // If-Match of the next request
}

func open(b *testing.B, url string) *client {
	b.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	withoutLimits(b, db)
	a, err := build(context.Background(), db, b.TempDir())
	if err != nil {
		b.Fatal(errors.Join(err, db.Close()))
	}
	b.Cleanup(func() { _ = a.Close() })
	c := &client{app: a, tokens: map[string]string{}, units: map[string]int64{}}
	for _, who := range []string{town, leader, group, bureau, admin} {
		var said struct {
			Token string `json:"access_token"`
		}
		c.into(b, &said, c.do(b, http.StatusOK, "", http.MethodPost, "/auth/login", loginOf(who)))
		c.tokens[who] = said.Token
	}
	d, err := a.Org.Directory(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	unit, _ := d.BySlug(town)
	c.units[town] = int64(unit.ID)
	return c
}

func loginOf(who string) map[string]any {
	return map[string]any{"username": who, "password": city.DemoPassword}
}

// do asks once and demands the status.
func (c *client) do(b *testing.B, status int, who, method, path string, body map[string]any) *bytes.Buffer {
	b.Helper()
	var sent io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		sent = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, "/api/v1"+path, sent)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.tokens[who])
	if c.match != "" {
		r.Header.Set("If-Match", c.match)
	}
	w := httptest.NewRecorder()
	c.app.Router.ServeHTTP(w, r)
	if w.Code != status {
		b.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body
}

func (c *client) into(b *testing.B, to any, body *bytes.Buffer) {
	b.Helper()
	if err := json.Unmarshal(body.Bytes(), to); err != nil {
		b.Fatal(err)
	}
}

// get measures reading a path.
func (c *client) get(b *testing.B, name, who, path string) {
	b.Helper()
	measure(b, name, func(b *testing.B) { c.do(b, http.StatusOK, who, http.MethodGet, path, nil) })
}

func (c *client) lists(b *testing.B) {
	c.get(b, "list/town", town, "/leads?limit=50")
	c.get(b, "list/town/stage", town, "/leads?limit=50&stage=negotiating")
	c.get(b, "list/town/search", town, "/leads?limit=50&q=机器")
	c.get(b, "list/town/sign-on", town, "/leads?limit=50&sort=-expected_sign_on")
	c.get(b, "list/leader", leader, "/leads?limit=50")
	c.get(b, "list/leader/stage", leader, "/leads?limit=50&stage=negotiating")
	c.get(b, "list/leader/town", leader, fmt.Sprintf("/leads?limit=50&unit_id=%d", c.units[town]))
	c.get(b, "list/leader/search", leader, "/leads?limit=50&q=机器")
	c.get(b, "list/leader/amount", leader, "/leads?limit=50&sort=-planned_cents")
}

func (c *client) rows(b *testing.B) {
	var page struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	c.into(b, &page, c.do(b, http.StatusOK, town, http.MethodGet, "/leads?part=owner&limit=1", nil))
	one := page.Items[0]
	c.get(b, "get/town", town, fmt.Sprintf("/leads/%d", one.ID))
	c.get(b, "get/leader", leader, fmt.Sprintf("/leads/%d", one.ID))
	c.get(b, "timeline", town, fmt.Sprintf("/leads/%d/timeline", one.ID))
}

func (c *client) boards(b *testing.B) {
	for _, by := range []string{"stage", "unit", "chain", "month"} {
		c.get(b, "pipeline/leader/"+by, leader, "/pipeline?by="+by)
		c.get(b, "pipeline/town/"+by, town, "/pipeline?by="+by)
	}
	c.get(b, "workbench/town", town, "/workbench")
}

func (c *client) sessions(b *testing.B) {
	measure(b, "authenticate", func(b *testing.B) {
		if _, err := c.app.Account.Authenticate(context.Background(), c.tokens[town]); err != nil {
			b.Fatal(err)
		}
	})
	measure(b, "login", func(b *testing.B) { c.do(b, http.StatusOK, "", http.MethodPost, "/auth/login", loginOf(town)) })
}

func (c *client) changes(b *testing.B) {
	n := 0
	create := func(b *testing.B) int64 {
		n++
		var made struct {
			ID int64 `json:"id"`
		}
		c.into(b, &made, c.do(b, http.StatusCreated, group, http.MethodPost, "/leads", map[string]any{
			"title": fmt.Sprintf("基准项目 %d", n), "investor_name": fmt.Sprintf("示例基准实业 %d 有限公司", n),
			"source_channel": "visit", "summary": "演示：基准测试的虚构线索。", "planned_cents": 30_000_000_00,
		}))
		return made.ID
	}
	measure(b, "create", func(b *testing.B) { create(b) })
	measure(b, "hand-off-and-accept", func(b *testing.B) {
		b.StopTimer()
		lead := create(b)
		b.StartTimer()
		var offer struct {
			ID int64 `json:"id"`
		}
		c.into(b, &offer, c.do(b, http.StatusCreated, group, http.MethodPost, fmt.Sprintf("/leads/%d/handoffs", lead),
			map[string]any{"to_unit_id": c.units[town], "reason": "用地在镇里", "ask": "请安排看地"}))
		c.do(b, http.StatusOK, town, http.MethodPost, fmt.Sprintf("/handoffs/%d/accept", offer.ID), map[string]any{})
	})
}

// measure runs an act and reports, besides the mean, the slowest of twenty
// and the CPU time of this process, which other work on the machine does not
// change; on SQLite that is all there is.
func measure(b *testing.B, name string, act func(b *testing.B)) {
	b.Helper()
	b.Run(name, func(b *testing.B) {
		act(b) // once for the caches
		var took []time.Duration
		before := cpu(b)
		b.ReportAllocs()
		for b.Loop() {
			start := b.Elapsed()
			act(b)
			took = append(took, b.Elapsed()-start)
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(len(took)), "cpu-µs/op")
	})
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
