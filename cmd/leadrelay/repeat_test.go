package main_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// post is a request that may be sent again as it was. Its mark is a text in
// it that no other request has.
type post struct {
	path, match, body, mark, key string
	form                         bool
}

// once sends a POST under a fresh key and remembers it when its answer does
// not come.
func (c *client) once(p post) reply {
	c.posts++
	p.key = fmt.Sprintf("%s-%d-%x", c.username, c.posts, rand.Uint64()) //nolint:gosec // a name, not a secret
	r := c.again(p)
	if r.err != nil {
		c.cut = append(c.cut, p)
	}
	return r
}

// again sends a POST under the key that it has.
func (c *client) again(p post) reply {
	req, err := c.request(p)
	if err != nil {
		return reply{err: err}
	}
	return c.ask(req)
}

func (c *client) request(p post) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, c.base+"/api/v1"+p.path, strings.NewReader(p.body)) //nolint:noctx // bounded by the client
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if p.form {
		req.Header.Set("Content-Type", "multipart/form-data; boundary=cut")
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Idempotency-Key", p.key)
	if p.match != "" {
		req.Header.Set("If-Match", `"`+p.match+`"`)
	}
	return req, nil
}

// repeatCut sends every request again whose answer was cut off by the kill,
// twice. One that had been done is answered from what is kept; one that had
// not is done now; and nothing is done a second time.
func (j *journal) repeatCut(t *testing.T, db *store.DB, clients []*client) {
	t.Helper()
	for _, c := range clients {
		for _, p := range c.cut {
			done := keptUnder(t, db, p)
			first, second := c.again(p), c.again(p)
			j.cut++
			if done {
				j.cutDone++
			}
			if done && (!first.ok() || first.header.Get("Idempotency-Replayed") != "true") {
				t.Errorf("%s was done before the kill and is answered %d %s", p.path, first.status, first.body)
			}
			if second.status != first.status || first.ok() && !bytes.Equal(second.body, first.body) {
				t.Errorf("%s is answered %d %s, then %d %s", p.path, first.status, first.body, second.status, second.body)
			}
			if n := effectsOf(t, db, p); first.ok() && n != 1 {
				t.Errorf("%s %q was done %d times", p.path, p.mark, n)
			}
		}
		c.cut = nil
	}
}

func keptUnder(t *testing.T, db *store.DB, p post) bool {
	t.Helper()
	return count(t, db, "SELECT count(*) FROM idempotency_keys WHERE status <> 0 AND key = '"+p.key+"'") == 1
}

// effectsOf counts the rows that bear a request's mark; 1 for a request that
// leaves none.
func effectsOf(t *testing.T, db *store.DB, p post) int {
	t.Helper()
	where := map[string]string{
		"leads": "leads WHERE title", "notes": "notes WHERE text", "files": "files WHERE name", "handoffs": "handoffs WHERE reason",
		"stage": "activities WHERE kind = 'stage' AND reason", "refuse": "handoffs WHERE answer_reason",
	}[p.path[strings.LastIndexByte(p.path, '/')+1:]]
	if where == "" {
		return 1
	}
	return count(t, db, "SELECT count(*) FROM "+where+" = '"+p.mark+"'")
}

// TestARequestWhoseAnswerWasCutOffIsDoneOnce kills the program after each kind
// of act was done and before anybody read the answer, and sends it again.
func TestARequestWhoseAnswerWasCutOffIsDoneOnce(t *testing.T) {
	eachPlace(t, func(t *testing.T, p place) {
		s := p.serve(t, "--set", "demo=true")
		giver, taker := s.login("wg-shenzhen"), s.login("huangpu")
		units := unitsOf(t, []*client{giver, taker})
		lead, other := created(t, giver, "已有项目"), created(t, giver, "移交项目")
		offer := func(lead string) post {
			return post{path: "/leads/" + lead + "/handoffs", mark: "适合 " + lead, body: fmt.Sprintf(`{"to_unit_id":%d,"reason":"适合 %s","ask":"请考察"}`, units["huangpu"], lead)}
		}
		waiting := giver.do("POST", offer(other).path, "", offer(other).body)
		if !waiting.ok() {
			t.Fatalf("offer: %d %s", waiting.status, waiting.body)
		}
		acts := []struct {
			by *client
			post
		}{
			{giver, post{path: "/leads", mark: "中断项目", body: draft("中断项目")}},
			{giver, post{path: "/leads/" + lead + "/notes", mark: "中断纪要", body: `{"text":"中断纪要"}`}},
			{giver, post{path: "/leads/" + lead + "/contacts", body: `{"name":"陈示例","phone":"13800000000"}`}},
			{giver, post{path: "/leads/" + lead + "/files", mark: "中断.txt", form: true, body: formOf("中断.txt", "附件")}},
			{giver, post{path: "/leads/" + lead + "/stage", mark: "进展", match: versionOf(t, giver, lead), body: `{"to":"qualified","reason":"进展"}`}},
			{giver, offer(lead)},
			{taker, post{path: "/handoffs/" + rowIn(waiting) + "/accept", body: `{}`}},
		}
		for i := range acts {
			acts[i].key = fmt.Sprintf("cut-%d", i)
			unread(t, p, acts[i].by, acts[i].post)
		}
		s.kill()
		s = p.serve(t, "--set", "demo=true")
		giver.base, taker.base = s.base, s.base
		db := testkit.Reopen(t, p.url)
		for _, a := range acts {
			for range 2 {
				if r := a.by.again(a.post); !r.ok() || r.header.Get("Idempotency-Replayed") != "true" {
					t.Errorf("%s, sent again: %d %s %v", a.path, r.status, r.body, r.err)
				}
			}
			if n := effectsOf(t, db, a.post); n != 1 {
				t.Errorf("%s was done %d times", a.path, n)
			}
		}
		for what, sql := range halves() {
			if n := count(t, db, sql); n != 0 {
				t.Errorf("half done, %d times: %s", n, what)
			}
		}
	})
}

func versionOf(t *testing.T, c *client, lead string) string {
	t.Helper()
	r := c.do("GET", "/leads/"+lead, "", "")
	if !r.ok() {
		t.Fatalf("read lead %s: %d %s", lead, r.status, r.body)
	}
	return fmt.Sprint(leadIn(r).Version)
}

// unread sends a request, reads no answer and returns once it is done.
func unread(t *testing.T, p place, c *client, what post) {
	t.Helper()
	req, err := c.request(what)
	if err != nil {
		t.Fatal(err)
	}
	line, err := net.Dial("tcp", req.URL.Host) //nolint:noctx // the program is on this machine
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	if err := req.Write(line); err != nil {
		t.Fatal(err)
	}
	db := testkit.Reopen(t, p.url)
	for deadline := time.Now().Add(20 * time.Second); !keptUnder(t, db, what); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s was not done within 20 s", what.path)
		}
	}
}
