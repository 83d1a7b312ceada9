package app_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/testkit"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// tokens finds the texts, numbers and amounts that stand in one lead only.
var tokens = regexp.MustCompile(`(?i)kq\d\d[a-z]+\d+z|139\d\d0000\d\d|88\d\d0\d0077`)

func eachWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	kit.Each(t, "world", kit.WorldPeople(), kit.BuildWorld, func(t *testing.T, k *kit.Kit) { f(t, newWorld(t, k)) })
}

// world is the program over the world, with the ledger beside it.
type world struct {
	*kit.Kit
	*ledger
	ids        map[int]id.Lead
	numbers    map[id.Lead]int
	codes      map[string]int
	references map[string]int // of first reports
	handoffs   []int64
	files      map[int][]int64
	owners     map[string]*entry // of each token
	draw       *rand.Rand
}

func newWorld(t *testing.T, k *kit.Kit) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{
		Kit: k, ledger: newLedger(readPolicy(t)), ids: map[int]id.Lead{}, numbers: map[id.Lead]int{}, codes: map[string]int{}, references: map[string]int{},
		files: map[int][]int64{}, owners: map[string]*entry{},
	}
	var rows []struct {
		ID        id.Lead
		Title     string
		Code      string
		Reference string
	}
	if err := k.DB.Read(ctx).Raw("SELECT id, title, code, protection_reference AS reference FROM leads ORDER BY id").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		no, _ := strconv.Atoi(r.Title[2:4])
		w.ids[no], w.numbers[r.ID], w.codes[r.Code], w.references[r.Reference] = r.ID, no, no, no
	}
	if len(w.ids) != len(w.leads) {
		t.Fatalf("%d leads, want %d", len(w.ids), len(w.leads))
	}
	if err := k.DB.Read(ctx).Raw("SELECT id FROM handoffs ORDER BY id").Scan(&w.handoffs).Error; err != nil {
		t.Fatal(err)
	}
	var files []struct {
		ID     int64
		LeadID id.Lead
	}
	if err := k.DB.Read(ctx).Raw("SELECT id, lead_id FROM files ORDER BY id").Scan(&files).Error; err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		w.files[w.numbers[f.LeadID]] = append(w.files[w.numbers[f.LeadID]], f.ID)
	}
	for _, e := range w.leads {
		for token := range e.texts {
			w.owners[token] = e
		}
	}
	return w
}

func (w *world) before(p *kit.Person, e *entry) viewer { return viewer{Person: p, o: w.oracle, e: e} }

// readable lists the numbers of the leads that the person may open.
func (w *world) readable(p *kit.Person) []int {
	out := []int{}
	for _, e := range w.leads {
		if w.before(p, e).can("lead.read") {
			out = append(out, e.plan.No)
		}
	}
	return out
}

// allowed lists every token that the person may read.
func (w *world) allowed(p *kit.Person) map[string]bool {
	out := map[string]bool{}
	for _, e := range w.leads {
		for token, see := range e.texts {
			if see(w.before(p, e)) {
				out[token] = true
			}
		}
	}
	return out
}

// people returns everybody in the full run, else a drawn part of them that
// holds every kind of role.
func (w *world) people(t *testing.T, share float64) []*kit.Person {
	t.Helper()
	w.draw = testkit.Dice(t)
	var out []*kit.Person
	for _, a := range kit.WorldPeople() {
		if full() || w.draw.Float64() < share {
			out = append(out, w.As(t, a.Username))
		}
	}
	return out
}

// sweep is one person's reading of everything, and the tokens met.
type sweep struct {
	*world
	p    *kit.Person
	seen map[string]string // token: where
	lead map[int]string    // lead by its code: where
	n    int
}

func (s *sweep) get(t *testing.T, path string) kit.Answer {
	t.Helper()
	a := s.p.Do(t, kit.Request{Method: http.MethodGet, Path: path})
	s.scan(path, a)
	return a
}

// scan looks for tokens in the headers, the body, and what a cursor holds.
func (s *sweep) scan(where string, a kit.Answer) {
	s.n++
	text := a.Says()
	for _, m := range regexp.MustCompile(`"next":"([^"]+)"`).FindAllStringSubmatch(text, -1) {
		raw, _ := base64.RawURLEncoding.DecodeString(m[1])
		text += " " + string(raw)
	}
	for _, token := range tokens.FindAllString(text, -1) {
		s.seen[strings.ToLower(token)] = where
	}
	if !strings.HasPrefix(where, "/duplicates") {
		for _, code := range regexp.MustCompile(`ZS-\d{4}-\d{5}`).FindAllString(text, -1) {
			s.lead[s.codes[code]] = where
		}
	}
}

// TestNobodyEverReadsATextThatIsNotMeantForHim puts a text of its own into
// every field of every lead and reads, as each person, everything that can be
// asked for: each person meets exactly the texts that the ledger says.
func TestNobodyEverReadsATextThatIsNotMeantForHim(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		asked := 0
		for _, p := range w.people(t, 0.35) {
			s := &sweep{world: w, p: p, seen: map[string]string{}, lead: map[int]string{}}
			s.everything(t)
			asked += s.n
			if p.Username == "auditor" {
				s.checkAuditor(t)
				continue
			}
			s.compare(t)
		}
		for _, token := range slices.Sorted(slices.Values(tokens.FindAllString(w.Log.Text(), -1))) {
			t.Errorf("the log holds %s", token)
		}
		t.Logf("%s: %d questions", w.DB.Dialect(), asked)
	})
}

func (s *sweep) compare(t *testing.T) {
	t.Helper()
	allowed := s.allowed(s.p)
	for _, token := range slices.Sorted(maps.Keys(s.seen)) {
		if !allowed[token] {
			t.Errorf("%s read %s at %s", s.p.Username, token, s.seen[token])
		}
	}
	for _, token := range slices.Sorted(maps.Keys(allowed)) {
		if s.seen[token] == "" {
			t.Errorf("%s should have met %s and did not", s.p.Username, token)
		}
	}
	if got, want := slices.Sorted(maps.Keys(s.lead)), s.readable(s.p); !slices.Equal(got, want) {
		t.Errorf("%s met the codes of %v, want %v: %v", s.p.Username, got, want, s.lead)
	}
}

// checkAuditor: of restricted leads no text, of no lead data of persons.
func (s *sweep) checkAuditor(t *testing.T) {
	t.Helper()
	secret := regexp.MustCompile(`introducer|name|job|wechat|email|^139`)
	for token, where := range s.seen {
		if s.owners[token].hidden || secret.MatchString(token) {
			t.Errorf("the auditor read %s at %s", token, where)
		}
	}
	if len(s.seen) == 0 {
		t.Error("the auditor read nothing of the log")
	}
}

func (s *sweep) everything(t *testing.T) {
	t.Helper()
	for _, e := range s.leads {
		s.oneLead(t, e.plan.No)
	}
	for _, h := range s.handoffs {
		s.get(t, fmt.Sprintf("/handoffs/%d", h))
	}
	for _, path := range s.lists(t) {
		s.get(t, path)
	}
	var holders []id.Unit
	if err := s.DB.Read(context.Background()).Raw("SELECT DISTINCT unit_id FROM leads").Scan(&holders).Error; err != nil {
		t.Fatal(err)
	}
	for _, unit := range holders {
		s.get(t, fmt.Sprintf("/updates/%s?unit_id=%d", thisPeriod(), unit))
	}
	for _, e := range s.leads {
		body := fmt.Sprintf(`{"investor_name":"%s"}`, kit.Token(e.plan.No, "investor", 1)[:8])
		s.scan("/duplicates/check", s.p.Do(t, kit.Request{Method: http.MethodPost, Path: "/duplicates/check", Body: body}))
	}
}

func (s *sweep) oneLead(t *testing.T, no int) {
	t.Helper()
	base := "/leads/" + s.ids[no].String()
	for _, part := range []string{"", "/timeline?limit=100", "/timeline?limit=1", "/custody", "/why", "/contacts", "/notes", "/files", "/members", "/updates"} {
		s.get(t, base+part)
	}
	for _, f := range s.files[no] {
		s.get(t, fmt.Sprintf("%s/files/%d/content", base, f))
	}
}

func (s *sweep) lists(t *testing.T) []string {
	t.Helper()
	ctx := context.Background()
	out := []string{
		"/workbench", "/meta", "/units", "/auth/me", "/auth/sessions", "/settings/rules", "/roles", "/users", "/memberships",
		"/people?q=kq", "/audit?limit=100", "/audit?kind=lead&limit=100", "/audit?kind=handoff&limit=100", "/audit?kind=note&limit=100",
		"/audit?kind=contact&limit=100", "/audit/verify", "/audit/people?q=kq", "/leads?limit=1", "/leads?limit=100&q=kq", "/leads?ended=true", "/leads?ended=false",
		"/leads?invented=false", "/leads?chain=robots-ai", "/leads?chain=biomed", "/leads?planned_cents.gte=1", "/leads?stage=lead&stage=lost",
		"/leads?created_on.gte=2026-01-01", "/leads?bad=kq01title1z", "/leads?cursor=kq",
	}
	for _, sort := range []string{"activity_at", "created_at", "planned_cents", "expected_sign_on", "stage_since", "code"} {
		out = append(out, "/leads?limit=100&sort="+sort, "/leads?limit=2&sort=-"+sort)
	}
	for _, part := range []string{"owner", "helper", "offered", "past", "chain", "coordinator", "granted", "any"} {
		out = append(out, "/leads?limit=100&part="+part)
	}
	for _, by := range []string{"stage", "month", "unit", "chain"} {
		out = append(out, "/pipeline?by="+by)
	}
	for _, state := range []string{"", "&state=offered", "&state=accepted", "&state=refused", "&state=withdrawn", "&state=expired"} {
		out = append(out, "/handoffs?box=in&limit=100"+state, "/handoffs?box=out&limit=100"+state, "/handoffs?box=out&limit=1"+state)
	}
	for _, slug := range []string{"wg-shenzhen", "huangpu", "xiaolan", "nanlang", "zs-ipb", "iit"} {
		unit := s.Unit(ctx, slug)
		out = append(out, fmt.Sprintf("/leads?limit=100&unit_id=%d", unit), fmt.Sprintf("/leads?limit=100&first_contact_unit_id=%d", unit))
	}
	return out
}
