package main_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// line is a network line to a PostgreSQL server that a test can cut.
type line struct {
	t       testing.TB
	server  string // the socket of the server
	address string
	mu      sync.Mutex
	listen  net.Listener
	whole   bool
	open    map[net.Conn]bool
}

// newLine lays a line to the server of the address and returns the address
// through the line.
func newLine(t testing.TB, address string) (*line, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, open: map[net.Conn]bool{}, address: "127.0.0.1:0"}
	l.server = "tcp " + u.Host
	if folder := u.Query().Get("host"); folder != "" {
		l.server = "unix " + filepath.Join(folder, ".s.PGSQL.5432")
	}
	l.mend()
	t.Cleanup(l.cut)
	u.Host, u.RawQuery = l.address, "sslmode=disable"
	return l, u.String()
}

// mend opens the line again at the same port.
func (l *line) mend() {
	l.t.Helper()
	listen, err := net.Listen("tcp", l.address) //nolint:noctx // a test's own port
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listen, l.address, l.whole = listen, listen.Addr().String(), true
	go l.accept(listen)
}

// cut ends every connection and refuses new ones.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.listen.Close() // a second cut closes it again
	l.whole = false
	for c := range l.open {
		_ = c.Close()
	}
	l.open = map[net.Conn]bool{}
}

func (l *line) accept(listen net.Listener) {
	for {
		client, err := listen.Accept()
		if err != nil {
			return
		}
		network, address, _ := strings.Cut(l.server, " ")
		server, err := net.Dial(network, address) //nolint:noctx // closed by cut
		if err != nil {
			_ = client.Close()
			continue
		}
		if !l.join(listen, client, server) {
			return
		}
		for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
			go func() {
				_, _ = io.Copy(pair[0], pair[1]) // ends with the line
				_ = pair[0].Close()
				_ = pair[1].Close()
			}()
		}
	}
}

// join lays a pair of connections unless the line was cut since the first was
// accepted: it must not outlive the cut.
func (l *line) join(listen net.Listener, client, server net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listen != listen || !l.whole {
		_, _ = client.Close(), server.Close()
		return false
	}
	l.open[client], l.open[server] = true, true
	return true
}

func TestWithoutItsDatabaseTheProgramSaysSoAndRecovers(t *testing.T) {
	wire, address := newLine(t, cityTemplate().URL(t, store.Postgres, true))
	s := newPlace(t, address).serve(t, "--set", "demo=true")
	c := s.login("wg-shenzhen")
	lead := created(t, c, "断线")
	asks := []func() reply{
		func() reply { return c.do("GET", "/leads/"+lead, "", "") },
		func() reply { return c.do("GET", "/leads", "", "") },
		func() reply { return c.do("GET", "/leads/"+lead+"/timeline", "", "") },
		func() reply { return c.do("GET", "/pipeline?by=stage", "", "") },
		func() reply { return c.do("GET", "/workbench", "", "") },
		func() reply { return c.do("GET", "/auth/me", "", "") },
		func() reply { return c.do("POST", "/leads", "", draft("断线中")) },
		func() reply { return c.do("POST", "/leads/"+lead+"/notes", "", `{"text":"断线中"}`) },
		func() reply { return c.do("PATCH", "/leads/"+lead, "1", `{"title":"断线中"}`) },
		func() reply { return c.do("POST", "/handoffs/1/accept", "", `{}`) },
		func() reply { return c.do("POST", "/duplicates/check", "", `{"investor_name":"示例光电"}`) },
		func() reply { return c.do("POST", "/auth/login", "", `{"username":"nobody","password":"x"}`) },
		func() reply {
			return c.send("POST", "/leads/"+lead+"/files", "", "multipart/form-data; boundary=cut", strings.NewReader(formOf("a.txt", "断线中")))
		},
	}
	for round := range testkit.Times(20, 2) {
		wire.cut()
		for i, ask := range asks {
			r := ask()
			wait, _ := strconv.Atoi(r.header.Get("Retry-After"))
			if r.status != http.StatusServiceUnavailable || wait < 1 || r.code() != "database.unavailable" {
				t.Errorf("round %d, request %d: %d %s, Retry-After %q, %v", round, i, r.status, r.body, r.header.Get("Retry-After"), r.err)
			}
			for _, inner := range []string{"pgx", "dial", "127.0.0.1", "connection", "sql"} {
				if strings.Contains(string(r.body), inner) {
					t.Errorf("the answer gives the inner %q away: %s", inner, r.body)
				}
			}
		}
		if status, body := s.get("/readyz"); status != http.StatusServiceUnavailable {
			t.Errorf("ready without a database: %d %s", status, body)
		}
		if status, body := s.get("/healthz"); status != http.StatusOK {
			t.Errorf("the process lives, but health says %d %s", status, body)
		}
		wire.mend()
		s.started = time.Now()
		s.awaitReady(readyWithin)
		if r := c.do("POST", "/leads/"+lead+"/notes", "", `{"text":"恢复"}`); r.status != http.StatusCreated {
			t.Errorf("after the line was mended: %d %s %v", r.status, r.body, r.err)
		}
	}
	if r := c.do("GET", "/leads?q=断线中", "", ""); !r.ok() || strings.Contains(string(r.body), "断线中") {
		t.Errorf("something was done without a database: %d %s", r.status, r.body)
	}
	for _, text := range []string{"断线", "示例光电", phoneOf("断线"), phoneOf("断线中"), "陈示例"} {
		if strings.Contains(s.log.String(), text) {
			t.Errorf("the log holds %q", text)
		}
	}
}

func TestALineCutInTheMiddleOfManyWritesLosesNothingAnswered(t *testing.T) {
	dice := testkit.Dice(t)
	address := cityTemplate().URL(t, store.Postgres, true)
	wire, through := newLine(t, address)
	s := newPlace(t, through).serve(t, "--set", "demo=true")
	var clients []*client
	for _, w := range writers() {
		clients = append(clients, s.login(w))
	}
	var mu sync.Mutex
	answered := map[string]string{}
	answers := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(answered)
	}
	for range testkit.Times(20, 3) {
		var all sync.WaitGroup
		for _, c := range clients {
			all.Go(func() {
				for i := 0; ; i++ {
					title := fmt.Sprint("断线 ", c.username, " ", time.Now().UnixNano(), " ", i)
					r := c.do("POST", "/leads", "", draft(title))
					switch {
					case r.ok():
						mu.Lock()
						answered[rowIn(r)] = title
						mu.Unlock()
					case r.status == http.StatusServiceUnavailable:
						return
					default:
						t.Errorf("neither done nor unavailable: %d %s %v", r.status, r.body, r.err)
						return
					}
				}
			})
		}
		time.Sleep(time.Duration(100+dice.IntN(400)) * time.Millisecond)
		awaitAnswers(answers, answers()+8)
		wire.cut()
		all.Wait()
		wire.mend()
		s.started = time.Now()
		s.awaitReady(readyWithin)
	}
	db := testkit.Reopen(t, address)
	var rows []struct {
		ID    int64
		Title string
	}
	scan(t, db, &rows, "SELECT id, title FROM leads")
	now := map[string]string{}
	for _, r := range rows {
		now[strconv.FormatInt(r.ID, 10)] = r.Title
	}
	for lead, title := range answered {
		if now[lead] != title {
			t.Errorf("lead %s was answered as %q and is %q", lead, title, now[lead])
		}
	}
	for what, sql := range halves() {
		if n := count(t, db, sql); n != 0 {
			t.Errorf("half done, %d times: %s", n, what)
		}
	}
}

// awaitAnswers waits, but not for ever, until so much was answered: on a slow
// machine a test by the clock alone would test nothing.
func awaitAnswers(answers func() int, enough int) {
	for begun := time.Now(); answers() < enough && time.Since(begun) < 20*time.Second; {
		time.Sleep(time.Millisecond)
	}
}

func TestTwoNodesShareOneDatabase(t *testing.T) {
	address := cityTemplate().URL(t, store.Postgres, true)
	p := newPlace(t, address)
	p.env = []string{"LEADRELAY_SECRET=" + goodSecret}
	other := newPlace(t, address)
	other.env = p.env
	nodes := []*program{p.serve(t, "--set", "demo=true"), other.serve(t, "--set", "demo=true")}
	giver, taker := nodes[0].login("wg-shenzhen"), nodes[1].login("huangpu")
	unit := unitsOf(t, []*client{taker})["huangpu"]
	db := testkit.Reopen(t, address)
	var expiring []string
	for i := range testkit.Times(100, 12) {
		giver.base = nodes[i%2].base // a session is good on every node
		lead := created(t, giver, fmt.Sprint("两机 ", i))
		r := giver.do("POST", "/leads/"+lead+"/handoffs", "", fmt.Sprintf(`{"to_unit_id":%d,"reason":"r","ask":"a"}`, unit))
		if r.status != http.StatusCreated {
			t.Fatalf("offer: %d %s", r.status, r.body)
		}
		if i%3 == 0 {
			expiring = append(expiring, rowIn(r))
			continue
		}
		taker.base = nodes[(i+1)%2].base
		if a := taker.do("POST", "/handoffs/"+rowIn(r)+"/accept", "", `{}`); !a.ok() {
			t.Errorf("accept on the other node: %d %s", a.status, a.body)
		}
	}
	for _, s := range nodes {
		if code := s.stop(); code != 0 {
			t.Errorf("a node ended with code %d: %s", code, s.log)
		}
	}
	expireBehindTheirBacks(t, db, expiring)
	for i, at := range []place{p, other} { // both begin with the same work at the same moment
		nodes[i] = at.start(t, "serve", "--listen", "127.0.0.1:0", "--set", "demo=true")
	}
	bothExpire(t, nodes, db, len(expiring))
	found, err := leadstore.New(db).Verify(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("after two nodes: %v %v", found, err)
	}
	verifyAudit(t, p)
	for _, s := range nodes {
		if code := s.stop(); code != 0 || strings.Contains(s.log.String(), `"level":"ERROR"`) {
			t.Errorf("a node ended with code %d: %s", code, s.log)
		}
	}
}

// expireBehindTheirBacks lets the deadline of offers pass.
func expireBehindTheirBacks(t *testing.T, db *store.DB, offers []string) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *store.Tx) error {
		due := clock.Cut(tx.Now(t.Context()).Add(-time.Millisecond))
		session := tx.DB(t.Context())
		if err := session.Exec("UPDATE lead_parts SET until = ? WHERE part = 'offered' AND handoff_id IN ?", due, offers).Error; err != nil {
			return err
		}
		return session.Exec("UPDATE handoffs SET due_at = ? WHERE id IN ?", due, offers).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bothExpire waits until the nodes' jobs recorded every expiry, once.
func bothExpire(t *testing.T, nodes []*program, db *store.DB, want int) {
	t.Helper()
	for _, s := range nodes {
		s.awaitServing()
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		if count(t, db, "SELECT count(*) FROM handoffs WHERE state = 'expired'") == want {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not all %d offers are recorded as expired: %s %s", want, nodes[0].log, nodes[1].log)
		}
	}
	for what, sql := range map[string]string{
		"lines in the audit":    "SELECT count(*) FROM audit_events WHERE kind = 'handoff.expired'",
		"entries in the stream": "SELECT count(*) FROM activities WHERE kind = 'expired'",
	} {
		if n := count(t, db, sql); n != want {
			t.Errorf("%d expiries have %d %s", want, n, what)
		}
	}
}
