package main_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/store"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// writers are the people who write while the program is killed. None needs
// to say for which unit.
func writers() []string {
	return []string{"wg-shenzhen", "wg-shenzhen-head", "huangpu", "huangpu-head", "cuiheng", "xiaolan", "iit", "bureau"}
}

func TestAKilledProgramLosesNothingThatItAnswered(t *testing.T) {
	dice := testkit.Dice(t)
	eachPlace(t, func(t *testing.T, p place) {
		j := newJournal()
		var clients []*client
		rounds := testkit.Times(100, 2)
		var slowest time.Duration
		for round := range rounds + 1 {
			s := p.serve(t, "--set", "demo=true")
			slowest = max(slowest, time.Since(s.started))
			if round == 0 {
				for _, w := range writers() {
					clients = append(clients, s.login(w))
				}
				j.units = unitsOf(t, clients)
			}
			for _, c := range clients {
				c.base = s.base
			}
			if round%20 == 19 { // an access token is good for a quarter of an hour
				for _, c := range clients {
					c.token = s.login(c.username).token
				}
			}
			j.check(t, p, clients, round%10 == 0 || round == rounds)
			if round == rounds || t.Failed() {
				break
			}
			crash(t, s, j, clients, dice)
		}
		t.Logf("%d kills, %d answers of 2xx, slowest start %s; of %d requests whose answer was cut off %d had been done",
			rounds, j.answers, slowest.Round(time.Millisecond), j.cut, j.cutDone)
	})
}

// crash lets everybody write and kills the program at a random moment.
func crash(t *testing.T, s *program, j *journal, clients []*client, dice *rand.Rand) {
	t.Helper()
	var all sync.WaitGroup
	for i, c := range clients {
		w := &writer{t: t, client: c, journal: j, dice: rand.New(rand.NewPCG(dice.Uint64(), uint64(i)))} //nolint:gosec // repeatable
		all.Go(w.writeUntilCut)
	}
	time.Sleep(time.Duration(200+dice.IntN(800)) * time.Millisecond)
	awaitAnswers(j.answered, j.answered()+1+dice.IntN(30))
	s.kill()
	all.Wait()
	for _, line := range strings.Split(s.log.String(), "\n") {
		if strings.Contains(line, `"level":"ERROR"`) {
			t.Errorf("the program logged: %s", line)
		}
	}
}

// version is a state of a lead that the program answered.
type version struct{ title, stage string }

// offer is what is known of a hand-off.
type offer struct {
	lead     string
	to       int64
	answered string // the state that the program answered, "" while open
}

// kept is a note or a file that the program answered.
type kept struct{ lead, text string }

// journal is everything that was answered 2xx: it must be there after every
// restart.
type journal struct {
	mu      sync.Mutex
	units   map[string]int64 // the writer's unit
	leads   map[string]map[int64]version
	holders map[string]int64
	offers  map[string]*offer
	notes   map[string]kept
	files   map[string]kept
	looked  map[string]bool // files whose content was read
	answers int
	cut     int // requests without an answer
	cutDone int // of these, done
}

func newJournal() *journal {
	return &journal{
		leads: map[string]map[int64]version{}, holders: map[string]int64{}, offers: map[string]*offer{},
		notes: map[string]kept{}, files: map[string]kept{}, looked: map[string]bool{},
	}
}

func (j *journal) note(write func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.answers++
	write()
}

func (j *journal) answered() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.answers
}

// pick returns a lead that the unit holds, "" for none.
func (j *journal) pick(unit int64, dice *rand.Rand) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var mine []string
	for lead, holder := range j.holders {
		if holder == unit {
			mine = append(mine, lead)
		}
	}
	if len(mine) == 0 {
		return ""
	}
	return mine[dice.IntN(len(mine))]
}

// openOffer returns an offer to or from the unit that nobody is known to
// have answered.
func (j *journal) openOffer(unit int64, in bool) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	for h, o := range j.offers {
		if o.answered == "" && (o.to == unit) == in && (in || j.holders[o.lead] == unit) {
			return h
		}
	}
	return ""
}

// check compares a program that has just started with the journal: first
// through the API, then in the database itself. What grows with every round,
// the content of files that were looked at before and the whole audit chain,
// is read again only when all is asked for.
func (j *journal) check(t *testing.T, p place, clients []*client, all bool) {
	t.Helper()
	db := testkit.Reopen(t, p.url)
	j.checkLeads(t, db)
	j.checkOffers(t, db)
	j.checkNotes(t, db)
	if all {
		j.looked = map[string]bool{}
	}
	j.checkFiles(t, db, p, clients)
	j.repeatCut(t, db, clients)
	j.adopt(t, db)
	found, err := leadstore.New(db).Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("half done: %s", f)
	}
	for what, sql := range halves() {
		if n := count(t, db, sql); n != 0 {
			t.Errorf("half done, %d times: %s", n, what)
		}
	}
	if all {
		verifyAudit(t, p)
	}
}

// verifyAudit asks the program itself, beside the one that serves.
func verifyAudit(t *testing.T, p place) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		code, out, said := p.run(t, "verify-audit", "--set", "demo=true")
		if code != 0 {
			t.Fatalf("verify-audit: code %d, %s%s", code, out, said)
		}
		if strings.Contains(out, " 0 not sealed yet") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log is not sealed within 10 s: %s", out)
		}
	}
}

func (j *journal) checkLeads(t *testing.T, db *store.DB) {
	t.Helper()
	var rows []struct {
		ID, Version  int64
		Title, Stage string
	}
	scan(t, db, &rows, "SELECT id, version, title, stage FROM leads")
	now := map[string]int{}
	for i, r := range rows {
		now[strconv.FormatInt(r.ID, 10)] = i
	}
	var made []struct{ LeadID, LeadVersion int64 }
	scan(t, db, &made, "SELECT lead_id, lead_version FROM activities WHERE lead_version IS NOT NULL")
	times := map[string]int{}
	for _, m := range made {
		times[fmt.Sprint(m.LeadID, " ", m.LeadVersion)]++
	}
	for lead, versions := range j.leads {
		at, there := now[lead]
		if !there {
			t.Errorf("lead %s was answered 201 and is gone", lead)
			continue
		}
		for v, want := range versions {
			if n := times[fmt.Sprint(lead, " ", v)]; v > 1 && n != 1 {
				t.Errorf("version %d of lead %s was answered and stands %d times in the stream", v, lead, n)
			}
			r := rows[at]
			if r.Version < v || r.Version == v && (r.Title != want.title || r.Stage != want.stage) {
				t.Errorf("lead %s was answered as version %d %+v and is %+v", lead, v, want, r)
			}
		}
	}
}

func (j *journal) checkOffers(t *testing.T, db *store.DB) {
	t.Helper()
	now := map[string]string{}
	for _, r := range handoffsNow(t, db) {
		now[strconv.FormatInt(r.ID, 10)] = r.State
	}
	for h, o := range j.offers {
		if now[h] == "" || o.answered != "" && now[h] != o.answered {
			t.Errorf("hand-off %s was answered %q and is %q", h, o.answered, now[h])
		}
	}
}

// handoffNow is a hand-off as it stands.
type handoffNow struct {
	ID, LeadID, ToUnitID int64
	State                string
	Moved                bool // the lead went on to somebody else after it was accepted
}

// handoffsNow reads every hand-off in the state that was answered for it: one
// whose lead was handed on afterwards stands as passed on and was answered as
// accepted.
func handoffsNow(t *testing.T, db *store.DB) []handoffNow {
	t.Helper()
	var rows []handoffNow
	scan(t, db, &rows, "SELECT h.id, h.lead_id, h.to_unit_id, h.state, EXISTS (SELECT 1 FROM handoffs n WHERE n.lead_id = h.lead_id AND n.id > h.id "+
		"AND n.state IN ('accepted', 'passed_on', 'completed')) AS moved FROM handoffs h")
	for i, r := range rows {
		if r.State == "passed_on" && r.Moved {
			rows[i].State = "accepted"
		}
	}
	return rows
}

func (j *journal) checkNotes(t *testing.T, db *store.DB) {
	t.Helper()
	var rows []struct {
		ID, LeadID int64
		Text       string
	}
	scan(t, db, &rows, "SELECT id, lead_id, text FROM notes")
	now := map[string]kept{}
	for _, r := range rows {
		now[strconv.FormatInt(r.ID, 10)] = kept{strconv.FormatInt(r.LeadID, 10), r.Text}
	}
	for n, want := range j.notes {
		if now[n] != want {
			t.Errorf("note %s was answered as %v and is %v", n, want, now[n])
		}
	}
}

// checkFiles downloads every file, also those whose answer was cut off: a
// row without its whole content is half done.
func (j *journal) checkFiles(t *testing.T, db *store.DB, p place, clients []*client) {
	t.Helper()
	var rows []struct {
		ID, LeadID, UnitID, Size int64
		StoredName               string
	}
	scan(t, db, &rows, "SELECT f.id, f.lead_id, f.size, f.stored_name, l.unit_id FROM files f JOIN leads l ON l.id = f.lead_id")
	now := map[string]bool{}
	for _, r := range rows {
		file, lead := strconv.FormatInt(r.ID, 10), strconv.FormatInt(r.LeadID, 10)
		now[file] = true
		about, err := os.Stat(filepath.Join(p.dir, "files", r.StoredName[:2], r.StoredName))
		if err != nil || about.Size() != r.Size {
			t.Errorf("file %s has %d bytes in its row, on disk %v (%v)", file, r.Size, about, err)
		}
		want, answered := j.files[file]
		if j.looked[file] {
			continue
		}
		j.looked[file] = true
		reader := clients[len(clients)-1] // the bureau reads all
		if got := reader.do("GET", "/leads/"+lead+"/files/"+file+"/content", "", ""); !got.ok() || answered && string(got.body) != want.text {
			t.Errorf("file %s: %d, %d bytes, want %d", file, got.status, len(got.body), len(want.text))
		}
	}
	for file := range j.files {
		if !now[file] {
			t.Errorf("file %s was answered 201 and is gone", file)
		}
	}
}

// adopt takes over what was done but whose answer was cut off, so that the
// next round knows who holds what.
func (j *journal) adopt(t *testing.T, db *store.DB) {
	t.Helper()
	var rows []struct{ ID, UnitID int64 }
	scan(t, db, &rows, "SELECT id, unit_id FROM leads")
	for _, r := range rows {
		lead := strconv.FormatInt(r.ID, 10)
		j.holders[lead] = r.UnitID
		if j.leads[lead] == nil {
			j.leads[lead] = map[int64]version{}
		}
	}
	for _, r := range handoffsNow(t, db) {
		o := &offer{lead: strconv.FormatInt(r.LeadID, 10), to: r.ToUnitID, answered: r.State}
		if r.State == "offered" {
			o.answered = ""
		}
		j.offers[strconv.FormatInt(r.ID, 10)] = o
	}
}

// halves are queries for what a transaction cut in two would leave.
func halves() map[string]string {
	out := map[string]string{
		"a lead with the code of an unfinished insert": "SELECT count(*) FROM leads WHERE code LIKE 'new-%'",
		"a note without its entry in the stream":       "SELECT count(*) FROM notes n WHERE NOT EXISTS (SELECT 1 FROM activities a WHERE a.note_id = n.id)",
		"a file without its entry in the stream":       "SELECT count(*) FROM files f WHERE NOT EXISTS (SELECT 1 FROM activities a WHERE a.file_id = f.id)",
		"a version that nothing made": "SELECT count(*) FROM leads l WHERE l.version <> 1 + (SELECT count(*) FROM activities a " +
			"WHERE a.lead_id = l.id AND a.lead_version IS NOT NULL)",
		"an audit line neither sealed nor waiting": "SELECT count(*) FROM audit_events e WHERE NOT EXISTS (SELECT 1 FROM audit_links k WHERE k.event_id = e.id) " +
			"AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.event_id = e.id)",
	}
	for activity, line := range map[string]string{
		"created": "lead.created", "edited": "lead.edited", "stage": "lead.stage_changed", "note": "note.added", "file": "file.added",
		"offered": "handoff.offered", "accepted": "handoff.accepted", "refused": "handoff.refused", "withdrawn": "handoff.withdrawn",
	} {
		out["an entry "+activity+" of the stream and its audit line, one without the other"] = "SELECT count(*) FROM leads l WHERE " +
			"(SELECT count(*) FROM activities a WHERE a.lead_id = l.id AND a.kind = '" + activity + "') <> " +
			"(SELECT count(*) FROM audit_events e WHERE e.lead_id = l.id AND e.kind = '" + line + "' AND e.outcome = 'done')"
	}
	return out
}

func scan(t *testing.T, db *store.DB, into any, sql string) {
	t.Helper()
	if err := db.Read(context.Background()).Raw(sql).Scan(into).Error; err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func count(t *testing.T, db *store.DB, sql string) int {
	t.Helper()
	var n int
	scan(t, db, &n, sql)
	return n
}
