package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// dispute is what a test reads of a dispute.
type dispute struct {
	ID               int64
	Reference        string
	State            string
	ClaimantUnitID   id.Unit    `json:"claimant_unit_id"`
	RespondentUnitID id.Unit    `json:"respondent_unit_id"`
	TalkDueAt        time.Time  `json:"talk_due_at"`
	RuleDueAt        time.Time  `json:"rule_due_at"`
	ClosedAt         *time.Time `json:"closed_at"`
	Lead             *struct {
		ID     id.Lead
		UnitID id.Unit `json:"unit_id"`
	}
	Outcome *struct{ Outcome, Body string }
	Can     []string
	Masked  []string
	Entries []struct {
		Kind string
		Text string
		File *struct{ ID int64 }
	}
}

// posts sends a body and returns the answer.
func disputeSays(t *testing.T, p *kit.Person, path, body string) kit.Answer {
	t.Helper()
	return p.Do(t, kit.Request{Method: http.MethodPost, Path: path, Body: body})
}

// did sends a body, demands success and reads the dispute.
func did(t *testing.T, p *kit.Person, path, body string) dispute {
	t.Helper()
	a := disputeSays(t, p, path, body)
	if a.Status >= http.StatusBadRequest {
		t.Fatalf("%s: POST %s %s: %d %s", p.Username, path, body, a.Status, a.Body)
	}
	var d dispute
	a.Into(t, &d)
	return d
}

// refused sends a body and demands a problem.
func refused(t *testing.T, p *kit.Person, path, body, want string) {
	t.Helper()
	if a := disputeSays(t, p, path, body); a.Brief() != want {
		t.Errorf("%s: POST %s %s: %s, want %s\n%s", p.Username, path, body, a.Brief(), want, a.Body)
	}
}

// disputes opens a dispute of the foreign unit about a lead of the grid.
func disputes(t *testing.T, k *kit.Kit, c kit.Cell, who string) dispute {
	t.Helper()
	return did(t, k.As(t, who), "/disputes", fmt.Sprintf(`{"reference":%q,"claim":"由我单位负责","reason":"三月已首次接触"}`, c.Code))
}

func on(d dispute, act string) string { return fmt.Sprintf("/disputes/%d/%s", d.ID, act) }

// freshCell makes a lead in a relation of its own.
func freshCell(t *testing.T, k *kit.Kit, unit string, relation kit.Relation, restricted bool) kit.Cell {
	t.Helper()
	c, err := k.MakeCell(context.Background(), kit.Cell{Unit: unit, Relation: relation, Restricted: restricted})
	if err != nil {
		t.Fatalf("make a lead: %v", err)
	}
	return c
}

// holder is who holds a lead now.
func holder(t *testing.T, k *kit.Kit, c kit.Cell) id.Unit {
	t.Helper()
	var unit id.Unit
	if err := k.DB.Read(t.Context()).Raw("SELECT unit_id FROM leads WHERE id = ?", c.Lead).Row().Scan(&unit); err != nil {
		t.Fatal(err)
	}
	return unit
}

// TestADisputeMovesOnByTimeAlone opens one and moves the clock: talks, bureau,
// leading body, whether a job has run or not.
func TestADisputeMovesOnByTimeAlone(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c := freshCell(t, k, "huangpu", kit.Own, false)
		d := disputes(t, k, c, "third")
		claimant, town := k.As(t, "third"), k.As(t, "town-officer")
		bureau, head, leader := k.As(t, "bureau-officer"), k.As(t, "bureau-head"), k.As(t, "leader")
		ruling := fmt.Sprintf(`{"outcome":"reassigned","holder_unit_id":%d,"reason":"先接触"}`, k.Unit(t.Context(), "com"))
		if d.State != "talking" || d.RespondentUnitID != k.Unit(t.Context(), "huangpu") || d.Lead != nil {
			t.Fatalf("opened as %+v", d)
		}
		is := func(want string) {
			t.Helper()
			var now dispute
			town.Get(t, fmt.Sprintf("/disputes/%d", d.ID), &now)
			if now.State != want {
				t.Errorf("the dispute is %s, want %s", now.State, want)
			}
		}
		sees := func(p *kit.Person, want int) {
			t.Helper()
			if a := p.Do(t, ask("GET", "/disputes/%d", d.ID)); a.Status != want {
				t.Errorf("%s reads the dispute: %d, want %d", p.Username, a.Status, want)
			}
		}
		is("talking")
		sees(leader, 404)
		sees(k.As(t, "department-officer"), 404)
		refused(t, bureau, on(d, "rule"), ruling, "409 dispute.talking")
		refused(t, town, on(d, "rule"), ruling, "403 forbidden")

		k.DB.SetOffset(time.Until(d.TalkDueAt) + time.Second)
		is("ruling")
		sees(leader, 404)
		if _, err := k.App.Lead.AdvanceDisputes(t.Context()); err != nil {
			t.Fatal(err)
		}
		is("ruling")

		k.DB.SetOffset(time.Until(d.RuleDueAt) + time.Second)
		is("leading")
		sees(leader, 200)
		refused(t, bureau, on(d, "rule"), ruling, "409 dispute.leading")
		refused(t, claimant, on(d, "rule"), ruling, "403 forbidden")
		decided := did(t, leader, on(d, "rule"), ruling)
		if decided.State != "ruled" || decided.Outcome.Body != "leading" || holder(t, k, c) != k.Unit(t.Context(), "com") {
			t.Errorf("decided as %+v", decided)
		}
		refused(t, head, on(d, "rule"), ruling, "409 dispute.closed")
		sees(leader, 200)
		k.DB.SetOffset(0)
	})
}

// TestAReferenceThatNobodyHasAnswersLikeAnyOther holds what opening tells
// against what the duplicate check tells.
func TestAReferenceThatNobodyHasAnswersLikeAnyOther(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		deleted, gone := k.As(t, "third"), freshCell(t, k, "huangpu", kit.Deleted, false)
		body := `{"reference":%q,"claim":"负责","reason":"首次接触"}`
		missing := disputeSays(t, deleted, "/disputes", fmt.Sprintf(body, "ZS-1999-99999"))
		if missing.Brief() != "404 dispute.reference_unknown" {
			t.Fatalf("a missing reference: %s", missing.Body)
		}
		if a := disputeSays(t, deleted, "/disputes", fmt.Sprintf(body, gone.Code)); a.Says() != missing.Says() {
			t.Errorf("a deleted lead answers %s, a missing one %s", a.Body, missing.Body)
		}
		hidden := freshCell(t, k, "huangpu", kit.Own, true)
		d := disputes(t, k, hidden, "third")
		if d.RespondentUnitID != k.Unit(t.Context(), "zs-ipb") || d.Lead != nil || strings.Join(d.Masked, " ") != "lead" {
			t.Errorf("the dispute about a restricted lead says %+v", d)
		}
		for who, want := range map[string]int{"third": 200, "bureau-head": 200, "bureau-officer": 404, "town-officer": 404, "leader": 404} {
			if a := k.As(t, who).Do(t, ask("GET", "/disputes/%d", d.ID)); a.Status != want {
				t.Errorf("%s reads the dispute about a restricted lead: %d, want %d", who, a.Status, want)
			}
		}
		refused(t, deleted, "/disputes", fmt.Sprintf(`{"lead_id":%d,"claim":"负责","reason":"首次接触"}`, hidden.Lead), "404 lead.unknown")
		refused(t, deleted, "/disputes", fmt.Sprintf(body, hidden.Code), "409 dispute.pending")
		own := freshCell(t, k, "huangpu", kit.Own, false)
		refused(t, k.As(t, "town-officer"), "/disputes", fmt.Sprintf(body, own.Code), "409 dispute.holder")
		refused(t, k.As(t, "town-viewer"), "/disputes", fmt.Sprintf(body, own.Code), "403 forbidden")
	})
}

// TestOnlyThePartiesAndTheBureauTakePartInADispute lets everybody try
// everything with the dispute of others.
func TestOnlyThePartiesAndTheBureauTakePartInADispute(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		d := disputes(t, k, freshCell(t, k, "huangpu", kit.Own, false), "third")
		missing := dispute{ID: 999999999}
		acts := map[string]string{
			"statements": `{"text":"说明"}`, "propose": `{"outcome":"single","holder_unit_id":1,"reason":"x"}`, "agree": `{}`,
			"escalate": `{}`, "withdraw": `{}`, "rule": `{"outcome":"single","holder_unit_id":1,"reason":"x"}`,
		}
		stranger := k.As(t, "department-head")
		for act, body := range acts {
			if act == "rule" {
				continue // no right at all
			}
			a, b := disputeSays(t, stranger, on(d, act), body), disputeSays(t, stranger, on(missing, act), body)
			if a.Brief() != "404 dispute.unknown" || a.Says() != b.Says() {
				t.Errorf("%s of a foreign dispute: %s, of a missing one %s", act, a.Body, b.Body)
			}
		}
		upload := kit.Request{Method: "POST", Path: on(d, "files"), File: &kit.File{Name: "minutes.txt", Content: "会谈纪要"}}
		if a := stranger.Do(t, upload); a.Brief() != "404 dispute.unknown" {
			t.Errorf("a stranger adds evidence: %s", a.Brief())
		}
		claimant, town, bureau := k.As(t, "third"), k.As(t, "town-officer"), k.As(t, "bureau-officer")
		for _, p := range []*kit.Person{claimant, town, bureau} {
			did(t, p, on(d, "statements"), `{"text":"说明"}`)
			if a := p.Do(t, upload); a.Status != http.StatusCreated {
				t.Errorf("%s adds evidence: %s", p.Username, a.Body)
			}
		}
		program := upload
		program.File = &kit.File{Name: "minutes.exe", Content: "MZ"}
		if a := town.Do(t, program); a.Brief() != "400 input.invalid" {
			t.Errorf("a program as evidence: %s", a.Brief())
		}
		var full dispute
		town.Get(t, fmt.Sprintf("/disputes/%d", d.ID), &full)
		if len(full.Entries) != 7 || full.Lead == nil {
			t.Fatalf("the dispute has %d steps: %+v", len(full.Entries), full.Entries)
		}
		content := fmt.Sprintf("/disputes/%d/files/%d/content", d.ID, full.Entries[2].File.ID)
		a := claimant.Do(t, kit.Request{Method: "GET", Path: content})
		if string(a.Body) != "会谈纪要" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") ||
			a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("evidence arrives as %v %q", a.Header, a.Body)
		}
		if a := stranger.Do(t, kit.Request{Method: "GET", Path: content}); a.Brief() != "404 dispute.unknown" {
			t.Errorf("a stranger reads evidence: %s", a.Brief())
		}
		refused(t, k.As(t, "town-viewer"), on(d, "statements"), `{"text":"x"}`, "403 forbidden")
		refused(t, town, on(d, "withdraw"), `{}`, "403 forbidden")
	})
}

// TestPartiesSettleWithShares lets one propose and the other agree.
func TestPartiesSettleWithShares(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c := freshCell(t, k, "huangpu", kit.Own, false)
		d := disputes(t, k, c, "third")
		claimant, town := k.As(t, "third"), k.As(t, "town-officer")
		com, huangpu, xiaolan := k.Unit(t.Context(), "com"), k.Unit(t.Context(), "huangpu"), k.Unit(t.Context(), "xiaolan")
		shares := func(a, b id.Unit, x, y string) string {
			return fmt.Sprintf(`{"outcome":"shared","holder_unit_id":%d,"shares":[{"unit_id":%d,"percent":%s},{"unit_id":%d,"percent":%s}],"reason":"共同推进"}`,
				huangpu, a, x, b, y)
		}
		for _, body := range []string{
			shares(huangpu, com, "66.67", "33.34"), shares(huangpu, com, "66.665", "33.335"), shares(huangpu, com, "100", "0"),
			shares(huangpu, huangpu, "50", "50"), shares(com, xiaolan, "50", "50"), shares(huangpu, xiaolan, "50", "50"),
		} {
			refused(t, claimant, on(d, "propose"), body, "400 input.invalid")
		}
		refused(t, town, on(d, "agree"), `{}`, "409 dispute.no_proposal")
		did(t, claimant, on(d, "propose"), shares(huangpu, com, "66.67", "33.33"))
		refused(t, claimant, on(d, "agree"), `{}`, "409 dispute.no_proposal")
		if out := did(t, town, on(d, "agree"), `{}`); out.State != "settled" || out.Outcome.Outcome != "shared" {
			t.Errorf("settled as %+v", out)
		}
		var v struct {
			UnitID id.Unit `json:"unit_id"`
			Part   string
			Shares []struct {
				UnitID  id.Unit `json:"unit_id"`
				Percent float64
			}
		}
		claimant.Get(t, fmt.Sprintf("/leads/%d", c.Lead), &v)
		if v.UnitID != huangpu || v.Part != "helper" || len(v.Shares) != 2 || v.Shares[0].Percent != 66.67 || v.Shares[1].Percent != 33.33 {
			t.Errorf("the co-holder reads %+v", v)
		}
		// A later single holder has the credit alone.
		later := disputes(t, k, c, "foreign")
		did(t, town, on(later, "escalate"), `{"reason":"谈不拢"}`)
		body := fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"reason":"以首报为准"}`, huangpu)
		did(t, k.As(t, "bureau-officer"), on(later, "rule"), body)
		town.Get(t, fmt.Sprintf("/leads/%d", c.Lead), &v)
		if v.UnitID != huangpu || len(v.Shares) != 0 {
			t.Errorf("after the ruling the holder reads %+v", v)
		}
	})
}

// TestNobodyElseMeetsAWordOfADispute gives every part of a dispute a text of
// its own and reads, as every role, all places where it could turn up.
func TestNobodyElseMeetsAWordOfADispute(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c := freshCell(t, k, "huangpu", kit.Own, false)
		d := did(t, k.As(t, "third"), "/disputes", fmt.Sprintf(`{"reference":%q,"claim":"kq-claim","reason":"kq-reason"}`, c.Code))
		town := k.As(t, "town-officer")
		did(t, town, on(d, "statements"), `{"text":"kq-statement"}`)
		town.Do(t, kit.Request{Method: "POST", Path: on(d, "files"), File: &kit.File{Name: "kq-file.txt", Content: "kq-content"}})
		did(t, town, on(d, "propose"), fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"reason":"kq-proposal"}`, k.Unit(t.Context(), "huangpu")))
		if _, err := k.App.Notice.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
		parties := map[string]bool{"third": true, "town-officer": true, "town-head": true, "town-viewer": true, "bureau-officer": true, "bureau-head": true}
		paths := []string{
			"/disputes?box=all", "/disputes?box=mine", fmt.Sprintf("/disputes?box=all&lead_id=%d", c.Lead), fmt.Sprintf("/disputes/%d", d.ID),
			fmt.Sprintf("/disputes/%d/files/1/content", d.ID), fmt.Sprintf("/leads/%d", c.Lead), fmt.Sprintf("/leads/%d/timeline?limit=100", c.Lead),
			fmt.Sprintf("/leads/%d/custody", c.Lead), fmt.Sprintf("/leads/%d/files", c.Lead), "/notices?limit=50", "/workbench", "/leads?q=kq",
		}
		for _, role := range access.Roles() {
			p, met := k.As(t, kit.Login(role)), ""
			for _, path := range paths {
				if a := p.Do(t, kit.Request{Method: "GET", Path: path}); strings.Contains(a.Says(), "kq-") {
					met = path
				}
			}
			if (met != "") != parties[p.Username] {
				t.Errorf("%s meets the dispute at %q", p.Username, met)
			}
		}
		if strings.Contains(k.Log.Text(), "kq-") {
			t.Error("the log holds a word of the dispute")
		}
	})
}
