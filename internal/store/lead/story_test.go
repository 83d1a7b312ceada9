package lead_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	leadstore "github.com/leadrelay/leadrelay/internal/store/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// TestRandomHistoriesGoAsTheRulesOnPaperSay plays random histories of a lead
// against the rules on paper: every answer, the chain of custody, the audit and
// what each unit sees. A failing history is shrunk to the smallest one.
func TestRandomHistoriesGoAsTheRulesOnPaperSay(t *testing.T) {
	rapidly(t, testkit.Times(20_000, 60), testkit.Dice(t).Uint64())
	eachWorld(t, func(t *testing.T, w *world) {
		histories, steps, done, began := 0, 0, 0, time.Now()
		players := w.players(t)
		rapid.Check(t, func(r *rapid.T) {
			histories++
			s := newStory(t, r, w, players)
			r.Repeat(map[string]func(*rapid.T){
				"read": s.read, "edit": s.edit, "end": s.end, "offer": s.offer, "answer": s.answer, "withdraw": s.withdraw,
				"return": s.giveBack, "refer": s.refer, "assign": s.assign,
				"wait": s.wait, "record": s.record, "": s.check,
			})
			s.close()
			steps, done = steps+s.steps, done+s.done
		})
		found, err := leadstore.New(w.db).Verify(context.Background())
		must(t, err)
		if len(found) > 0 {
			t.Errorf("the figures do not agree with the rows: %v", found)
		}
		t.Logf("%d histories, %d steps, of which %d changed the lead, %s", histories, steps, done, time.Since(began).Round(time.Second))
	})
}

// rapidly sets how many histories are drawn and from which seed.
func rapidly(t *testing.T, checks int, seed uint64) {
	t.Helper()
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.seed": strconv.FormatUint(seed>>1, 10), "rapid.nofailfile": "true", "rapid.steps": "15",
	} {
		f := flag.Lookup(name)
		before := f.Value.String()
		must(t, f.Value.Set(value))
		t.Cleanup(func() { _ = f.Value.Set(before) })
	}
}

// story is one history: the program's lead and the one on paper.
type story struct {
	t       *testing.T
	r       *rapid.T
	w       *world
	players []player
	id      id.Lead
	paper   lot
	offers  map[id.Handoff]act
	due     map[id.Handoff]time.Time
	states  map[id.Handoff]string
	holders []id.Unit  // one after the other
	held    id.Handoff // by which the holder has it; 0 for who registered it
	done    int        // acts that succeeded, each one line of the audit
	passed  time.Duration
	steps   int
}

func newStory(t *testing.T, r *rapid.T, w *world, players []player) *story {
	t.Helper()
	w.later(0)
	s := &story{
		t: t, r: r, w: w, players: players, offers: map[id.Handoff]act{}, due: map[id.Handoff]time.Time{}, states: map[id.Handoff]string{},
	}
	p := rapid.SampledFrom(players[:7]).Draw(r, "registers")
	v, err := w.lead.Create(context.Background(), p.actor, draft(fmt.Sprintf("历史 %d", w.stories.Add(1))))
	if err != nil {
		r.Fatal(err)
	}
	s.id, s.holders, s.done = v.ID, []id.Unit{p.actor.Acting}, 1
	s.paper = lot{}.after(act{Kind: "register", Unit: p.actor.Acting, To: players[7].actor.Acting}, told{})
	return s
}

// now is the database's instant.
func (s *story) now() time.Time {
	at, err := s.w.store.Now(context.Background())
	if err != nil {
		s.r.Fatal(err)
	}
	return at
}

// lapse is what the deadline decides, whoever looks.
func (s *story) lapse() {
	if h := s.paper.Offer; h != 0 && !s.now().Before(s.due[h]) {
		s.states[h], s.paper.Offer, s.paper.To = "expired", 0, 0
	}
}

// any is anybody, every other time somebody of the holder.
func (s *story) any(r *rapid.T) player {
	p := rapid.SampledFrom(s.players).Draw(r, "who")
	if i := slices.IndexFunc(s.players, func(p player) bool { return p.actor.Acting == s.paper.Holder }); rapid.Bool().Draw(r, "holder") && i >= 0 {
		return s.players[i]
	}
	return p
}

// do plays an act and compares the answer with the one on paper.
func (s *story) do(r *rapid.T, p player, a act) told {
	s.steps++
	a.Unit, a.Any = p.actor.Acting, p.any
	s.lapse()
	out, err := s.w.play(p, s.id, a)
	if err != nil {
		r.Fatalf("%s: %v", a.Kind, err)
	}
	want := s.paper.code(a)
	if a.Handoff != 0 && want != "" && s.states[a.Handoff] == "expired" {
		want = "handoff.expired"
	}
	if a.Kind == "return" && want == "handoff.not_returnable" && s.paper.By == "offer long ago" {
		want = "handoff.return_late"
	}
	if out.Code != want {
		r.Fatalf("%s by %s: %q, want %q with %+v", a.Kind, a.Unit, out.Code, want, s.paper)
	}
	if out.Code == "" && a.Kind != "read" {
		s.paper, s.done = s.paper.after(a, out), s.done+1
	}
	return out
}

func (s *story) read(r *rapid.T) {
	p := s.any(r)
	out := s.do(r, p, act{Kind: "read"})
	if a := (act{Kind: "read", Unit: p.actor.Acting, Any: p.any}); !s.paper.allows(a, out) {
		r.Fatalf("%s reads %+v of %+v", p.actor.Acting, out, s.paper)
	}
}

// version is the present one, now and then an older or a later one.
func (s *story) version(r *rapid.T) int64 {
	return s.paper.Version + rapid.SampledFrom([]int64{0, 0, 0, -1, 1}).Draw(r, "version")
}

func (s *story) edit(r *rapid.T) {
	s.do(r, s.any(r), act{Kind: "edit", Version: s.version(r), Product: fmt.Sprintf("产品%d", s.steps)})
}

func (s *story) end(r *rapid.T) {
	p := s.any(r)
	if rapid.IntRange(0, 3).Draw(r, "seldom") != 0 {
		return
	}
	if out := s.do(r, p, act{Kind: "end", Version: s.version(r)}); out.Code == "" && s.held != 0 {
		s.states[s.held] = "completed"
	}
}

func (s *story) offer(r *rapid.T) {
	p := s.any(r)
	to := rapid.SampledFrom(s.players[:7]).Draw(r, "to").actor.Acting
	out := s.do(r, p, act{Kind: "offer", To: to})
	if out.Code != "" {
		return
	}
	v, err := s.w.lead.Handoff(context.Background(), p.actor, out.Handoff)
	if err != nil {
		r.Fatal(err)
	}
	s.offers[out.Handoff] = act{Unit: p.actor.Acting, To: to}
	s.due[out.Handoff], s.states[out.Handoff] = v.DueAt, "offered"
}

// one draws an offer of this history.
func (s *story) one(r *rapid.T) (id.Handoff, bool) {
	var all []id.Handoff
	for h := range s.offers {
		all = append(all, h)
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	return rapid.SampledFrom(all).Draw(r, "offer"), true
}

// of returns somebody of a unit.
func (s *story) of(unit id.Unit) player {
	i := slices.IndexFunc(s.players, func(p player) bool { return p.actor.Acting == unit })
	return s.players[i]
}

func (s *story) answer(r *rapid.T) {
	h, any := s.one(r)
	if !any {
		return
	}
	kind := rapid.SampledFrom([]string{"accept", "accept", "refuse"}).Draw(r, "answer")
	holder := s.paper.Holder
	if out := s.do(r, s.of(s.offers[h].To), act{Kind: kind, Handoff: h}); out.Code != "" {
		return
	}
	s.states[h] = map[string]string{"accept": "accepted", "refuse": "refused"}[kind]
	switch {
	case kind == "accept":
		s.moved(h, "passed_on")
	case s.paper.Holder != holder: // refused too often: the program refers it by itself
		s.done++
		var referral id.Handoff
		if err := s.w.db.Read(context.Background()).Raw("SELECT max(id) FROM handoffs WHERE lead_id = ?", s.id).Scan(&referral).Error; err != nil {
			r.Fatal(err)
		}
		s.states[referral] = "accepted"
		s.moved(referral, "passed_on")
	}
}

// moved notes that the lead is in other hands by a hand-off, and what became
// of the one before.
func (s *story) moved(by id.Handoff, before string) {
	if s.held != 0 {
		s.states[s.held] = before
	}
	s.held, s.holders = by, append(s.holders, s.paper.Holder)
}

func (s *story) giveBack(r *rapid.T) {
	p := s.any(r)
	s.late(r, "return")
	if out := s.do(r, p, act{Kind: "return"}); out.Code == "" {
		s.states[out.Handoff] = "accepted"
		s.moved(out.Handoff, "returned")
	}
}

func (s *story) refer(r *rapid.T) {
	p := s.any(r)
	if p.any { // the bureau does not refer to itself
		return
	}
	s.late(r, "refer")
	if out := s.do(r, p, act{Kind: "refer"}); out.Code == "" {
		s.states[out.Handoff] = "accepted"
		s.moved(out.Handoff, "passed_on")
	}
}

func (s *story) assign(r *rapid.T) {
	to := rapid.SampledFrom(s.players[:7]).Draw(r, "to").actor.Acting
	if out := s.do(r, s.players[7], act{Kind: "assign", To: to}); out.Code == "" {
		s.states[out.Handoff] = "accepted"
		s.moved(out.Handoff, "passed_on")
	}
}

// late lets the paper know that a time has passed: to give a lead back, or to
// object to an assignment.
func (s *story) late(r *rapid.T, what string) {
	var row struct{ ReturnBy, DueAt *time.Time }
	err := s.w.db.Read(context.Background()).Raw("SELECT p.return_by, h.due_at FROM lead_parts p JOIN handoffs h ON h.id = p.handoff_id "+
		"WHERE p.lead_id = ? AND p.part = 'owner' AND p.until > ?", s.id, s.now()).Scan(&row).Error
	if err != nil {
		r.Fatal(err)
	}
	if what == "return" && s.paper.By == "offer" && row.ReturnBy != nil && !s.now().Before(*row.ReturnBy) {
		s.paper.By = "offer long ago"
	}
	if what == "refer" && s.paper.By == "assignment" && row.DueAt != nil && !s.now().Before(*row.DueAt) {
		s.paper.By = "assignment long ago"
	}
}

func (s *story) withdraw(r *rapid.T) {
	h, any := s.one(r)
	if !any {
		return
	}
	if out := s.do(r, s.of(s.offers[h].Unit), act{Kind: "withdraw", Handoff: h}); out.Code == "" {
		s.states[h] = "withdrawn"
	}
}

// wait lets some working days pass, seldom enough for an answer in time.
func (s *story) wait(r *rapid.T) {
	s.passed += rapid.SampledFrom([]time.Duration{time.Hour, 5 * time.Hour, 26 * time.Hour, 120 * time.Hour}).Draw(r, "passes")
	s.w.later(s.passed)
}

// record is the job that writes down what the deadlines have decided.
func (s *story) record(*rapid.T) {
	if _, err := s.w.lead.ExpireOffers(context.Background()); err != nil {
		s.r.Fatal(err)
	}
}

// check compares what stands in the rows after every step.
func (s *story) check(r *rapid.T) {
	s.lapse()
	var row struct {
		UnitID  id.Unit
		Version int64
		Owners  int
		Open    int
	}
	err := s.w.db.Read(context.Background()).Raw("SELECT l.unit_id, l.version, "+
		"(SELECT count(*) FROM lead_parts p WHERE p.lead_id = l.id AND p.part = 'owner' AND p.until > ?) AS owners, "+
		"(SELECT count(*) FROM handoffs h WHERE h.lead_id = l.id AND h.state = 'offered' AND h.due_at > ?) AS open "+
		"FROM leads l WHERE l.id = ?", s.now(), s.now(), s.id).Scan(&row).Error
	if err != nil {
		r.Fatal(err)
	}
	open := 0
	if s.paper.Offer != 0 {
		open = 1
	}
	if row.UnitID != s.paper.Holder || row.Version != s.paper.Version || row.Owners != 1 || row.Open != open {
		r.Fatalf("the row says %+v, the paper %+v", row, s.paper)
	}
}

// close compares the whole history with the rows: the chain of custody tiles
// the life of the lead, each offer has its state, each act its audit line.
func (s *story) close() {
	ctx := context.Background()
	chain, err := s.w.lead.Custody(ctx, s.players[7].actor, s.id)
	if err != nil {
		s.r.Fatal(err)
	}
	s.tiles(chain.Items)
	for h, state := range s.states {
		v, err := s.w.lead.Handoff(ctx, s.players[7].actor, h)
		if err != nil || string(v.State) != state {
			s.r.Fatalf("hand-off %s is %s, want %s (%v)", h, v.State, state, err)
		}
	}
	var lines int
	err = s.w.db.Read(ctx).Raw("SELECT count(*) FROM audit_events WHERE lead_id = ? AND outcome = 'done' AND kind <> 'handoff.expired'", s.id).Scan(&lines).Error
	if err != nil || lines != s.done {
		s.r.Fatalf("%d audit lines for %d acts (%v)", lines, s.done, err)
	}
}

func (s *story) tiles(chain []lead.HoldingView) {
	if len(chain) != len(s.holders) {
		s.r.Fatalf("%d intervals of responsibility, want %d", len(chain), len(s.holders))
	}
	for i, h := range chain {
		if h.UnitID != s.holders[i] {
			s.r.Fatalf("interval %d is of %s, want %s", i, h.UnitID, s.holders[i])
		}
		last := i == len(chain)-1
		if last != (h.Until == nil) || !last && !h.Until.Equal(chain[i+1].FromAt) {
			s.r.Fatalf("interval %d ends %v, the next begins otherwise", i, h.Until)
		}
	}
}
