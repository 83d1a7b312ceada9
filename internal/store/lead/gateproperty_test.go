package lead_test

import (
	"context"
	"flag"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/testkit"
	"github.com/leadrelay/leadrelay/internal/testkit/lifekit"
)

// line is the way of a project with land, and what its stages ask, written
// down a second time and read by a second program: the walker below.
const line = `lead:
qualified: field investor_name, field summary
negotiating: file visit_minutes
review: field track, field location_code, field planned_cents, field fixed_assets_cents, field output_cents, field tax_cents, field site_need, file due_diligence
to_sign: review passed, file legal_opinion
signed: field binding, file agreement, fair passed, confirmed signed
registered: field credit_code, file licence
site_secured: land complete
permitted: file permit
started: file start_photo`

func asks() (order []string, needs map[string][]string) {
	needs = map[string][]string{}
	for _, text := range strings.Split(line, "\n") {
		stage, what, _ := strings.Cut(text, ":")
		order = append(order, stage)
		if what = strings.TrimSpace(what); what != "" {
			needs[stage] = strings.Split(what, ", ")
		}
	}
	return order, needs
}

// walker does random things to one lead and remembers what it supplied.
type walker struct {
	w     *world
	t     *rapid.T
	lead  id.Lead
	has   map[string]bool
	files map[string]id.File
	asked map[string]id.Confirm
	main  string // the last stage of the line
	far   int    // the furthest place in it
	stage lead.Stage

	office lifekit.Office
	place  string // that the newest result is about
	passed bool   // what it was
}

func (k *walker) version() int64 {
	v, err := k.w.lead.Get(context.Background(), k.who("head"), k.lead)
	if err != nil {
		k.t.Fatal(err)
	}
	return v.Version
}

func (k *walker) who(name string) access.Actor {
	logins := map[string]string{"officer": "huangpu", "head": "huangpu-head", "bureau": "bureau"}
	for i, a := range k.w.accounts {
		if a.Username == logins[name] {
			m := access.Membership{Unit: k.w.units[a.Roles[0].Unit], Role: a.Roles[0].Role}
			actor := access.NewActor(id.User(i+1), []access.Membership{m}, k.w.policy)
			actor.Acting = m.Unit
			return actor
		}
	}
	k.t.Fatalf("nobody is %s", name)
	return access.Actor{}
}

func (k *walker) act() {
	ctx := context.Background()
	order, needs := asks()
	switch rapid.SampledFrom([]string{"supply", "supply", "supply", "supply", "clear", "move", "move", "move", "move", "side", "confirm", "confirm"}).Draw(k.t, "act") {
	case "supply":
		// mostly what the next stage asks, so that histories go far
		next := order[min(slices.Index(order, k.main)+1, len(order)-1)]
		if rapid.IntRange(0, 3).Draw(k.t, "elsewhere") == 0 {
			next = rapid.SampledFrom(order).Draw(k.t, "stage")
		}
		for _, need := range needs[next] {
			if rapid.IntRange(0, 11).Draw(k.t, "leave") > 0 {
				k.supply(ctx, need)
			}
		}
	case "clear":
		k.clear(ctx)
	case "confirm":
		k.confirm(ctx)
	case "side":
		k.move(ctx, rapid.SampledFrom([]string{"suspended", "lost"}).Draw(k.t, "side"))
	default:
		to := order[min(slices.Index(order, k.main)+rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(k.t, "steps"), len(order)-1)]
		if rapid.IntRange(0, 9).Draw(k.t, "anywhere") == 0 {
			to = rapid.SampledFrom(order).Draw(k.t, "to")
		}
		k.move(ctx, to)
	}
}

func (k *walker) supply(ctx context.Context, need string) {
	kind, name, _ := strings.Cut(need, " ")
	head := k.who("head")
	switch kind {
	case "field":
		e, _ := lifekit.Edit(name, k.lead)
		if _, err := k.w.lead.Edit(ctx, head, k.lead, k.version(), e); err == nil {
			k.has[need] = true
			k.placed(ctx)
		}
	case "fair":
		k.review(ctx, need)
	case "review":
		k.admit(ctx, need)
	case "land":
		if err := k.office.Land(ctx, k.w.lead, head, k.lead); err == nil {
			k.has[need] = true
		}
	case "file":
		f, err := k.w.lead.Attach(ctx, head, k.lead, lead.Document{Name: "a.txt", Kind: name, Content: strings.NewReader(name)})
		if err != nil {
			k.t.Fatal(err)
		}
		k.has[need], k.files[need] = true, f.ID
	}
}

// admit brings an admission review to a result; the newest counts, for the
// place where the project lands.
func (k *walker) admit(ctx context.Context, need string) {
	result := rapid.SampledFrom([]admission.Result{
		admission.Passed, admission.Passed, admission.WithConditions, admission.Refused, admission.Deferred,
	}).Draw(k.t, "result")
	if err := k.office.Decide(ctx, k.w.lead, k.who("head"), k.lead, result); err != nil {
		return
	}
	k.place, k.passed, k.has[need] = "", result.Passes(), result.Passes()
	k.placed(ctx)
}

// placed remembers which place was reviewed, and that a result holds nowhere
// else.
func (k *walker) placed(ctx context.Context) {
	v, err := k.w.lead.Get(ctx, k.who("head"), k.lead)
	if err != nil {
		k.t.Fatal(err)
	}
	if v.LocationCode == nil {
		return
	}
	if k.place == "" && k.passed {
		k.place = *v.LocationCode
	}
	k.has["review passed"] = k.passed && k.place == *v.LocationCode
}

// review records a conclusion; the latest one counts.
func (k *walker) review(ctx context.Context, need string) {
	head, day := k.who("head"), "2026-01-05"
	f, err := k.w.lead.Attach(ctx, head, k.lead, lead.Document{Name: "a.txt", Kind: "fair_competition", Content: strings.NewReader(need)})
	if err != nil {
		k.t.Fatal(err)
	}
	on, _ := clock.ParseDate(day)
	c := rapid.SampledFrom([]lead.FairConclusion{lead.FairPassed, lead.FairPassed, lead.FairException, lead.FairFailed}).Draw(k.t, "conclusion")
	_, err = k.w.lead.AddFairReview(ctx, head, k.lead, lead.FairReview{Conclusion: c, Reviewer: "市监局", ReviewedOn: on, FileID: f.ID, Note: "依据"})
	if err == nil {
		k.has[need] = c != lead.FairFailed
	}
}

// clear takes away something that was supplied: a field, or the last file of
// a kind.
func (k *walker) clear(ctx context.Context) {
	if rapid.IntRange(0, 4).Draw(k.t, "moves away") == 0 {
		elsewhere := lead.Edit{LocationCode: value(rapid.SampledFrom([]string{"442000101", "442000105"}).Draw(k.t, "place"))}
		if _, err := k.w.lead.Edit(ctx, k.who("head"), k.lead, k.version(), elsewhere); err == nil {
			k.has["field location_code"] = true
			k.placed(ctx)
		}
		return
	}
	fields := map[string]lead.Edit{
		"field track": {Track: none[lead.Track]()}, "field planned_cents": {PlannedCents: none[int64]()}, "field site_need": {LandSqm: none[int64]()},
		"field binding": {Binding: value(false)},
	}
	what := rapid.SampledFrom([]string{"field track", "field planned_cents", "field site_need", "field binding", "file visit_minutes", "file agreement"}).Draw(k.t, "clear")
	if e, field := fields[what]; field {
		if _, err := k.w.lead.Edit(ctx, k.who("head"), k.lead, k.version(), e); err == nil {
			k.has[what] = false
		}
		return
	}
	for _, f := range k.listed(ctx, strings.TrimPrefix(what, "file ")) {
		if err := k.w.lead.DeleteFile(ctx, k.who("head"), k.lead, f); err != nil {
			k.t.Fatal(err)
		}
	}
	k.has[what] = false
}

func (k *walker) listed(ctx context.Context, kind string) []id.File {
	all, err := k.w.lead.Files(ctx, k.who("head"), k.lead, lead.StreamPage{Limit: 100})
	if err != nil {
		k.t.Fatal(err)
	}
	var out []id.File
	for _, f := range all.Items {
		if f.Kind == kind {
			out = append(out, f.ID)
		}
	}
	return out
}

// confirm lets one of three ask or answer; only the bureau's yes counts.
func (k *walker) confirm(ctx context.Context) {
	c, err := k.w.lead.AskConfirmation(ctx, k.who("officer"), k.lead, lead.Signed, "")
	if err == nil {
		k.asked["signed"] = c.ID
	}
	which, asked := k.asked["signed"]
	if !asked {
		return
	}
	who := rapid.SampledFrom([]string{"officer", "head", "bureau"}).Draw(k.t, "answers")
	yes := rapid.Bool().Draw(k.t, "yes")
	if _, err := k.w.lead.AnswerConfirmation(ctx, k.who(who), k.lead, which, lead.ConfirmAnswer{Confirmed: yes, Reason: "核"}); err != nil {
		return
	}
	if who != "bureau" {
		k.t.Fatalf("%s confirmed the own unit's work", who)
	}
	delete(k.asked, "signed")
	k.has["confirmed signed"] = k.has["confirmed signed"] || yes
}

// move tries one and, when it was done, reads again whether it might be.
func (k *walker) move(ctx context.Context, to string) {
	who := rapid.SampledFrom([]string{"officer", "head"}).Draw(k.t, "who")
	m := lead.Move{To: lead.Stage(to), Reason: "变化"}
	if to == "lost" {
		m.LostTo = "外市"
	}
	if _, err := k.w.lead.ChangeStage(ctx, k.who(who), k.lead, k.version(), m); err != nil {
		return
	}
	k.stage = m.To
	order, needs := asks()
	at, aim := slices.Index(order, k.main), slices.Index(order, to)
	if aim < 0 {
		return // beside the line nothing is asked
	}
	if who == "officer" && (aim > at+1 || aim < at || to == "signed") {
		k.t.Fatalf("an officer moved from %s to %s", k.main, to)
	}
	for _, stage := range order[min(at+1, aim) : aim+1] {
		if aim < at && stage != to {
			continue
		}
		for _, need := range needs[stage] {
			if !k.has[need] {
				k.t.Fatalf("moved from %s to %s without %s", k.main, to, need)
			}
		}
		if stage == "signed" {
			k.has["confirmed signed"] = false // it counted for this move
		}
	}
	k.main, k.far = to, max(k.far, aim)
}

func none[T any]() lead.Opt[T] { return lead.Opt[T]{Set: true} }

// TestNoSequenceOfCallsReachesAStageWhoseGateIsUnmet walks 150 random
// histories of 120 acts each, and fewer of fewer in a short run.
func TestNoSequenceOfCallsReachesAStageWhoseGateIsUnmet(t *testing.T) {
	seed := testkit.Dice(t).Uint64() >> 1
	must(t, flag.Set("rapid.checks", strconv.Itoa(testkit.Times(150, 15))))
	must(t, flag.Set("rapid.seed", strconv.FormatUint(seed, 10)))
	must(t, flag.Set("rapid.nofailfile", "true"))
	acts := testkit.Times(120, 90)
	eachWorld(t, func(t *testing.T, w *world) {
		w.know(t)
		reached, office := map[string]int{}, w.office(t)
		rapid.Check(t, func(rt *rapid.T) {
			v, err := w.lead.Create(context.Background(), w.as(t, "huangpu"), draft("示例"+strconv.FormatInt(w.stories.Add(1), 10)+"精工"))
			if err != nil {
				rt.Fatal(err)
			}
			k := &walker{
				w: w, t: rt, lead: v.ID, files: map[string]id.File{}, asked: map[string]id.Confirm{}, main: "lead", stage: lead.StageLead, office: office,
				has: map[string]bool{"field investor_name": true, "field summary": true},
			}
			for range acts {
				k.act()
			}
			order, _ := asks()
			reached[order[k.far]]++
			now, err := w.lead.Get(context.Background(), k.who("head"), k.lead)
			if err != nil || now.Stage != k.stage {
				rt.Fatalf("stands in %s, expected %s (%v)", now.Stage, k.stage, err)
			}
		})
		t.Logf("reached %v", reached)
		w.whole(t)
	})
}
