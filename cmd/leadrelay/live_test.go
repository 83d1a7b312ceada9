package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// openPage is a browser's page that keeps its live stream open and comes back
// with the number of the last notice when the stream breaks.
type openPage struct {
	client *client

	mu      sync.Mutex
	base    string // where it comes back to
	last    string
	notices []int64 // as they arrived
	leads   map[int64]bool
	opened  int
}

// openAt opens a page of a person at a node and keeps it open until the test
// ends.
func openAt(t *testing.T, s *program, username string) *openPage {
	t.Helper()
	p := &openPage{client: s.login(username), base: s.base, leads: map[int64]bool{}}
	ctx, cancel := context.WithCancel(context.Background())
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for ctx.Err() == nil {
			p.listen(ctx)
			time.Sleep(10 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { cancel(); <-closed })
	await(t, "the page is open", func() bool { return p.times() > 0 })
	return p
}

// listen reads one stream to its end.
func (p *openPage) listen(ctx context.Context) {
	p.mu.Lock()
	base, last := p.base, p.last
	p.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/v1/events", nil)
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+p.client.token)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return // the node is down
	}
	defer func() { _ = resp.Body.Close() }()
	var id string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "data":
			p.hear(id, value)
			id = ""
		}
	}
}

func (p *openPage) hear(number, data string) {
	var fact struct{ Notice, Lead int64 }
	if json.Unmarshal([]byte(data), &fact) != nil {
		return // cut in the middle
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened++
	if number != "" {
		p.last = number
	}
	if fact.Notice != 0 {
		p.notices = append(p.notices, fact.Notice)
	}
	if fact.Lead != 0 {
		p.leads[fact.Lead] = true
	}
}

func (p *openPage) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

func (p *openPage) heard() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.notices)
}

func (p *openPage) sawChange(lead string) bool {
	n, _ := strconv.ParseInt(lead, 10, 64)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leads[n]
}

func (p *openPage) moveTo(s *program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.base = s.base
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come to be that %s", what)
		}
	}
}

// offered registers a lead and offers it to a unit.
func offered(t *testing.T, c *client, title string, to int64) string {
	t.Helper()
	lead := created(t, c, title)
	r := c.do("POST", "/leads/"+lead+"/handoffs", "", fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合","ask":"请考察"}`, to))
	if !r.ok() {
		t.Fatalf("offer %s: %d %s %v", lead, r.status, r.body, r.err)
	}
	return lead
}

// toldTo returns the notices of a person, in their order.
func toldTo(t *testing.T, db *store.DB, username string) []int64 {
	t.Helper()
	var out []int64
	scan(t, db, &out, "SELECT n.id FROM notices n JOIN users u ON u.id = n.user_id WHERE u.username = '"+username+"' ORDER BY n.seq")
	return out
}

// A page at one node hears within moments what is written at another. Neither
// the death of its own node nor of the one that writes loses a notice.
func TestAnOpenPageHearsOfAnotherNodeAndLosesNothingWhenNodesAreKilled(t *testing.T) {
	address := cityTemplate().URL(t, store.Postgres, true)
	near, far := newPlace(t, address), newPlace(t, address)
	near.env = []string{"LEADRELAY_SECRET=" + goodSecret}
	far.env = near.env
	here, there := near.serve(t, "--set", "demo=true"), far.serve(t, "--set", "demo=true")
	giver, page := there.login("wg-shenzhen"), openAt(t, here, "huangpu")
	town := unitsOf(t, []*client{page.client})["huangpu"]
	db := testkit.Reopen(t, address)
	want := 0
	var slowest time.Duration
	write := func(what string) string {
		want++
		return offered(t, giver, fmt.Sprint(what, " ", want), town)
	}
	for range testkit.Times(20, 2) {
		for range 3 {
			lead := write("直播")
			begun := time.Now()
			await(t, "the page heard of a write at the other node", func() bool { return len(page.heard()) == want && page.sawChange(lead) })
			slowest = max(slowest, time.Since(begun))
		}
		here.kill()
		write("断开")
		write("断开")
		here = near.serve(t, "--set", "demo=true")
		page.moveTo(here)
		await(t, "the page heard what it missed", func() bool { return len(page.heard()) == want })

		write("写完即断")
		there.kill() // whether or not it came to tell anybody
		await(t, "the other node told it", func() bool {
			timePasses(t, db) // a claim may be committed by the server a moment after its program died
			time.Sleep(50 * time.Millisecond)
			return len(page.heard()) == want
		})
		there = far.serve(t, "--set", "demo=true")
		giver.base = there.base
	}
	if told := toldTo(t, db, "huangpu"); !slices.Equal(page.heard(), told) || len(told) != want {
		t.Errorf("%d offers gave the notices %v, and the page heard %v", want, told, page.heard())
	}
	t.Logf("%d notices, each heard once and in order; the slowest %s after the answer of the other node", want, slowest.Round(time.Millisecond))
}
