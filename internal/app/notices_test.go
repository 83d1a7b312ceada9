package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/notice"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// eachOffice is the program with the people of the grid and no leads.
func eachOffice(t *testing.T, f func(t *testing.T, k *kit.Kit)) {
	t.Helper()
	kit.Each(t, "office", kit.GridPeople(), func(context.Context, *kit.Kit) error { return nil }, f)
}

// evening is how far the next Monday at eight in the evening lies ahead: limits
// in working time are then the same at whatever hour a test runs.
func evening() time.Duration {
	now := clock.System{}.Now()
	day := clock.DateOf(now).AddDays(1)
	for day.Start().In(clock.Location()).Weekday() != time.Monday {
		day = day.AddDays(1)
	}
	return day.At(20 * time.Hour).Sub(now)
}

// quietly marks what the building of the world left to tell as told, so that
// a test sees its own events alone.
func quietly(t *testing.T, k *kit.Kit) {
	t.Helper()
	if err := k.Exec(context.Background(), "UPDATE notice_events SET told_at = at"); err != nil {
		t.Fatal(err)
	}
}

func tell(t *testing.T, k *kit.Kit) {
	t.Helper()
	if _, err := k.App.Notice.Tell(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// inbox is what a person reads: for each lead its title and the kinds, the
// latest first.
func inbox(t *testing.T, p *kit.Person, query string) (out []string, unread int64) {
	t.Helper()
	var v notice.InboxView
	p.Get(t, "/notices"+query, &v)
	out = []string{}
	for _, thread := range v.Items {
		words := []string{"-"}
		if thread.Withheld {
			words[0] = "withheld"
		}
		if thread.Lead != nil {
			words[0] = thread.Lead.Title
		}
		for _, n := range thread.Notices {
			words = append(words, n.Kind)
		}
		out = append(out, strings.TrimRight(strings.Join(words, " "), " "))
	}
	return out, v.Unread
}

func finds(t *testing.T, p *kit.Person, unread int64, want ...string) {
	t.Helper()
	got, n := inbox(t, p, "")
	if fmt.Sprint(got) != fmt.Sprint(want) || n != unread {
		t.Errorf("%s reads %d unread %q, want %d %q", p.Username, n, got, unread, want)
	}
}

func offer(t *testing.T, k *kit.Kit, from *kit.Person, leadID id.Lead, to string, members ...string) int64 {
	t.Helper()
	ids := []id.User{}
	for _, m := range members {
		ids = append(ids, k.As(t, m).ID)
	}
	body, err := json.Marshal(map[string]any{
		"to_unit_id": k.Unit(context.Background(), to), "reason": "适合贵单位", "ask": "请联系投资方", "member_ids": ids,
	})
	if err != nil {
		t.Fatal(err)
	}
	a := from.Do(t, kit.Request{Method: "POST", Path: fmt.Sprintf("/leads/%d/handoffs", leadID), Body: string(body), Unit: from.Roles[0].Unit})
	if a.Status != http.StatusCreated {
		t.Fatalf("offer: %d %s", a.Status, a.Body)
	}
	var h struct{ ID int64 }
	a.Into(t, &h)
	return h.ID
}

func answer(t *testing.T, p *kit.Person, handoff int64, how string) {
	t.Helper()
	a := p.Do(t, kit.Request{Method: "POST", Path: fmt.Sprintf("/handoffs/%d/%s", handoff, how), Body: `{"reason":"答复"}`, Unit: p.Roles[0].Unit})
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", how, a.Status, a.Body)
	}
}

func fresh(t *testing.T, k *kit.Kit, restricted bool) kit.Cell {
	t.Helper()
	c, err := k.MakeCell(context.Background(), kit.Cell{Unit: "wg-shenzhen", Relation: kit.Own, Restricted: restricted})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEverybodyConcernedIsToldOnceAndNobodyElse(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		c := fresh(t, k, false)
		quietly(t, k)
		h := offer(t, k, k.As(t, "group-officer"), c.Lead, "huangpu")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { tell(t, k) })
		}
		all.Wait()
		for _, name := range []string{"town-head", "town-officer", "town-viewer", "staff-huangpu"} {
			finds(t, k.As(t, name), 1, c.Title()+" handoff.offered")
		}
		for _, name := range []string{"group-officer", "group-head", "bureau-head", "leader", "foreign", "system-admin", "security-admin", "auditor"} {
			finds(t, k.As(t, name), 0)
		}
		answer(t, k.As(t, "town-head"), h, "refuse")
		tell(t, k)
		finds(t, k.As(t, "group-officer"), 1, c.Title()+" handoff.refused")
		finds(t, k.As(t, "town-officer"), 1, "withheld")
		if a := k.As(t, "town-officer").Do(t, kit.Request{Method: "GET", Path: "/notices"}); strings.Contains(a.Says(), c.Code) || strings.Contains(a.Says(), "handoff.") {
			t.Errorf("an inbox tells of a lead that its reader lost: %s", a.Body)
		}
	})
}

// sse is a stream as a page reads it.
type sse struct {
	events chan string
	stop   func()
}

func listen(t *testing.T, url string, p *kit.Person, since string) *sse {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+kit.Base+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Token(t))
	req.Header.Set("Accept-Encoding", "gzip")
	if since != "" {
		req.Header.Set("Last-Event-ID", since)
	}
	res, err := http.DefaultClient.Do(req) //nolint:bodyclose // closed by the reader
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "" {
		t.Fatalf("stream: %s, %v", res.Status, res.Header)
	}
	s := &sse{events: make(chan string, 1000), stop: cancel}
	go func() {
		defer close(s.events)
		defer func() { _ = res.Body.Close() }()
		lines := bufio.NewScanner(res.Body)
		var words []string
		for lines.Scan() {
			if text := lines.Text(); text != "" {
				words = append(words, text)
				continue
			}
			s.events <- strings.Join(words, " ")
			words = nil
		}
	}()
	t.Cleanup(cancel)
	return s
}

// next returns the next event of a name.
func (s *sse) next(t *testing.T, name string) string {
	t.Helper()
	for {
		select {
		case e, open := <-s.events:
			if !open {
				t.Fatalf("the stream ended while %s was waited for", name)
			}
			if strings.HasPrefix(e, "event: "+name+" ") {
				return e
			}
		case <-time.After(time.Minute):
			t.Fatalf("no event %s came", name)
		}
	}
}

func serve(t *testing.T, k *kit.Kit) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.App.Work(ctx)
	}()
	server := httptest.NewServer(k.App.Router)
	t.Cleanup(func() {
		k.App.Notice.CloseStreams()
		server.Close()
		cancel()
		<-done
	})
	return server.URL
}

func TestAnOpenPageIsToldAtOnceAndComesBackWithoutLoss(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		leads := []kit.Cell{}
		for range 6 {
			leads = append(leads, fresh(t, k, false))
		}
		quietly(t, k)
		url := serve(t, k)
		giver, town := k.As(t, "group-officer"), k.As(t, "town-officer")
		page := listen(t, url, town, "")
		if got := page.next(t, "state"); got != `event: state data: {"unread":0}` {
			t.Fatalf("got %q", got)
		}
		offer(t, k, giver, leads[0].Lead, "huangpu")
		if got := page.next(t, "notice"); !strings.HasPrefix(got, `event: notice id: 1 data: {"unread":1,`) {
			t.Fatalf("got %q", got)
		}
		page.stop()
		for _, c := range leads[1:] {
			offer(t, k, giver, c.Lead, "huangpu")
		}
		back := listen(t, url, town, "1")
		for seq := 2; seq <= 6; seq++ {
			if got := back.next(t, "notice"); !strings.HasPrefix(got, fmt.Sprintf(`event: notice id: %d `, seq)) {
				t.Fatalf("notice %d: %q", seq, got)
			}
		}
		var v notice.UnreadView
		town.Do(t, kit.Request{Method: "POST", Path: "/notices/read", Body: `{}`}).Into(t, &v)
		if got := back.next(t, "state"); got != `event: state data: {"unread":0}` || v.Unread != 0 {
			t.Fatalf("got %q, left %d", got, v.Unread)
		}
	})
}
