package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// TestAWrongChangeOfALeadIsRefused sends wrong versions, bodies and moves to
// leads that the person may change.
func TestAWrongChangeOfALeadIsRefused(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		own, ended := cellOf(t, k, "huangpu own normal"), cellOf(t, k, "huangpu ended normal")
		offering, foreign := cellOf(t, k, "huangpu offering normal"), cellOf(t, k, "huangpu foreign normal")
		helper := cellOf(t, k, "huangpu helper normal")
		send := func(name, method, path, body, version, want, fields string) bad {
			return bad{
				name: name, who: "town-officer", want: want, fields: fields, touched: true,
				request: kit.Request{Method: method, Path: path, Body: body, IfMatch: version},
			}
		}
		lead := func(c kit.Cell, more string) string { return fmt.Sprintf("/leads/%d%s", c.Lead, more) }
		now := func(c kit.Cell) string { return versionOf(t, k, c) }
		malformed := send("version without quotes", "PATCH", lead(own, ""), `{}`, "", "400 precondition.malformed", "If-Match:not_a_version")
		malformed.request.Header = map[string]string{"If-Match": "3"}
		cases := []bad{
			send("no version", "PATCH", lead(own, ""), `{"title":"x"}`, "", "428 precondition.required", ""),
			malformed,
			send("no version comes before a bad body", "PATCH", lead(own, ""), `{"x":1}`, "", "428 precondition.required", ""),
			send("old version comes before a bad body", "PATCH", lead(own, ""), `{"x":1}`, "999", "412 lead.stale", ""),
			send("foreign comes before no version", "PATCH", lead(foreign, ""), `{"x":1}`, "", "404 lead.unknown", ""),
			send("not permitted comes before no version", "PATCH", lead(helper, ""), `{"x":1}`, "", "403 forbidden", ""),
			send("unknown name", "PATCH", lead(own, ""), `{"unit_id":1}`, now(own), "400 input.invalid", "unit_id:unknown"),
			send("stage by edit", "PATCH", lead(own, ""), `{"stage":"signed"}`, now(own), "400 input.invalid", "stage:unknown"),
			send("no title", "PATCH", lead(own, ""), `{"title":""}`, now(own), "400 input.invalid", "title:required"),
			send("null title", "PATCH", lead(own, ""), `{"title":null}`, now(own), "400 input.invalid", "title:not_null"),
			send("markup", "PATCH", lead(own, ""), `{"next_step":"<a href=x>"}`, now(own), "400 input.invalid", "next_step:text.markup"),
			send("negative amount", "PATCH", lead(own, ""), `{"planned_cents":-1}`, now(own), "400 input.invalid", "planned_cents:amount.negative"),
			send("ended", "PATCH", lead(ended, ""), `{"title":"x"}`, now(ended), "409 lead.ended", ""),
			send("same stage", "POST", lead(own, "/stage"), `{"to":"lead"}`, now(own), "409 stage.same", ""),
			send("unknown stage", "POST", lead(own, "/stage"), `{"to":"won"}`, now(own), "400 input.invalid", "to:unknown_value"),
			send("lost without words", "POST", lead(own, "/stage"), `{"to":"lost"}`, now(own), "400 input.invalid", "reason:required lost_to:required"),
			send("happens tomorrow", "POST", lead(own, "/stage"), `{"to":"signed","happened_on":"2099-01-01"}`, now(own), "400 input.invalid", "happened_on:day.future"),
			send("stage without version", "POST", lead(own, "/stage"), `{"to":"signed"}`, "", "428 precondition.required", ""),
			send("end while on offer", "POST", lead(offering, "/stage"), `{"to":"lost","reason":"x","lost_to":"x"}`, now(offering), "409 handoff.pending", ""),
			send("reopen as officer", "POST", lead(ended, "/stage"), `{"to":"lead","reason":"x"}`, now(ended), "403 stage.reopen", ""),
			send("delete as officer", "DELETE", lead(own, "?reason=x"), "", now(own), "403 forbidden", ""),
			send("note without text", "POST", lead(own, "/notes"), `{"text":" "}`, "", "400 input.invalid", "text:required"),
			send("long note", "POST", lead(own, "/notes"), `{"text":"`+strings.Repeat("长", 4001)+`"}`, "", "400 input.invalid", "text:too_long"),
			send("note with markup", "POST", lead(own, "/notes"), `{"text":"</p>"}`, "", "400 input.invalid", "text:text.markup"),
			send("contact without name", "POST", lead(own, "/contacts"), `{"name":"","consent":true}`, "", "400 input.invalid", "name:required"),
			send("old contact", "PATCH", lead(own, fmt.Sprintf("/contacts/%d", own.Contact)), `{"title":"x"}`, "7", "412 contact.stale", ""),
			send("note of another person", "PATCH", lead(own, fmt.Sprintf("/notes/%d", own.Note)), `{"text":"x"}`, "1", "403 note.foreign", ""),
			send("file of another person", "DELETE", lead(own, fmt.Sprintf("/files/%d", own.File)), "", "", "403 file.foreign", ""),
			send("member of a normal lead", "POST", lead(own, "/members"), `{"user_id":1}`, "", "409 lead.not_restricted", ""),
		}
		head := send("delete without a reason", "DELETE", lead(own, ""), "", now(own), "400 input.invalid", "reason:required")
		head.who = "town-head"
		reveal := send("reveal without a reason", "POST", fmt.Sprintf("/leads/%d/contacts/%d/reveal", own.Lead, own.Contact), `{"reason":""}`, "", "400 input.invalid", "reason:required")
		reveal.who = "leader"
		named := cellOf(t, k, "huangpu named restricted")
		for _, b := range append(cases, head, reveal,
			send("nobody as member", "POST", lead(named, "/members"), `{"user_id":999999}`, "", "400 input.invalid", "user_id:unknown_value"),
			send("end of nobody", "DELETE", lead(named, "/members/999999"), "", "", "404 member.unknown", ""),
		) {
			refuses(t, k, b)
		}
	})
}

func versionOf(t *testing.T, k *kit.Kit, c kit.Cell) string {
	t.Helper()
	var v int64
	if err := k.DB.Read(context.Background()).Raw("SELECT version FROM leads WHERE id = ?", c.Lead).Row().Scan(&v); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(v)
}

// TestAnOldVersionIsToldThePresentOneAndWhatDiffers lets two people edit one
// lead.
func TestAnOldVersionIsToldThePresentOneAndWhatDiffers(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		own := cellOf(t, k, "huangpu own normal")
		path, seen := fmt.Sprintf("/leads/%d", own.Lead), versionOf(t, k, own)
		k.As(t, "town-head").Do(t, kit.Request{Method: "PATCH", Path: path, IfMatch: seen, Body: `{"product":"机器人","land_sqm":1000}`})
		a := k.As(t, "town-officer").Do(t, kit.Request{Method: "PATCH", Path: path, IfMatch: seen, Body: `{"product":"电池"}`})
		var p struct {
			Version int64
			Differs []string
		}
		a.Into(t, &p)
		slices.Sort(p.Differs)
		if a.Brief() != "412 lead.stale" || fmt.Sprint(p.Version) != versionOf(t, k, own) || !slices.Equal(p.Differs, []string{"land_sqm", "product"}) {
			t.Errorf("%s: version %d, differs %v", a.Brief(), p.Version, p.Differs)
		}
	})
}

// TestAWrongHandOffIsRefused offers and answers against every rule.
func TestAWrongHandOffIsRefused(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		own, offering := cellOf(t, k, "huangpu own normal"), cellOf(t, k, "huangpu offering normal")
		ended, secret := cellOf(t, k, "huangpu ended normal"), cellOf(t, k, "huangpu named restricted")
		offered, past := cellOf(t, k, "huangpu offered normal"), cellOf(t, k, "huangpu past normal")
		refused, foreign := cellOf(t, k, "huangpu refused normal"), cellOf(t, k, "huangpu foreign normal")
		com := k.Unit(ctx, "com")
		offer := func(name string, c kit.Cell, to id.Unit, words, want, fields string) bad {
			return bad{name: name, who: "town-officer", want: want, fields: fields, touched: true, request: kit.Request{
				Method: "POST", Path: fmt.Sprintf("/leads/%d/handoffs", c.Lead), Body: fmt.Sprintf(`{"to_unit_id":%d,%s}`, to, words),
			}}
		}
		answer := func(name string, c kit.Cell, act, body, want, fields string) bad {
			return bad{name: name, who: "town-officer", want: want, fields: fields, touched: true, request: kit.Request{
				Method: "POST", Path: fmt.Sprintf("/handoffs/%d/%s", c.Handoff, act), Body: body,
			}}
		}
		words := `"reason":"适合","ask":"联系"`
		for _, b := range []bad{
			offer("to itself", own, k.Unit(ctx, "huangpu"), words, "400 handoff.self", "to_unit_id:handoff.self"),
			offer("to a closed unit", own, k.Unit(ctx, "zs-hq"), words, "400 handoff.unit_closed", "to_unit_id:handoff.unit_closed"),
			offer("to no unit", own, 999999, words, "400 handoff.unit_closed", "to_unit_id:handoff.unit_closed"),
			offer("while one is open", offering, com, words, "409 handoff.pending", ""),
			offer("on an ended lead", ended, com, words, "409 lead.ended", ""),
			offer("on a lead of the past", past, com, words, "403 forbidden", ""),
			offer("on a foreign lead", foreign, com, words, "404 lead.unknown", ""),
			offer("without words", own, com, `"reason":"","ask":" "`, "400 input.invalid", "reason:required ask:required"),
			offer("with markup", own, com, `"reason":"<i>x","ask":"x"`, "400 input.invalid", "reason:text.markup"),
			offer("restricted without members", secret, com, words, "400 input.invalid", "member_ids:handoff.members_required"),
			offer("restricted with a stranger", secret, com, words+fmt.Sprintf(`,"member_ids":[%d]`, k.As(t, "foreign").ID), "400 input.invalid", "member_ids:unknown_value"),
			offer("with text for a unit", own, com, `"to_unit_id":"x",`+words, "400 input.invalid", "to_unit_id:doubled to_unit_id:wrong_type"),
			answer("refuse without a reason", offered, "refuse", `{}`, "400 input.invalid", "reason:required"),
			answer("refuse with a long reason", offered, "refuse", `{"reason":"`+strings.Repeat("长", 501)+`"}`, "400 input.invalid", "reason:too_long"),
			answer("withdraw as receiver", offered, "withdraw", `{}`, "403 forbidden", ""),
			answer("accept as giver", offering, "accept", `{}`, "403 forbidden", ""),
			answer("accept what was refused", refused, "accept", `{}`, "409 handoff.answered", ""),
			answer("accept what was accepted", own, "accept", `{}`, "409 handoff.answered", ""),
			answer("accept what was offered to others", foreign, "accept", `{}`, "404 handoff.unknown", ""),
			answer("unknown name", offered, "accept", `{"note":"x"}`, "400 input.invalid", "note:unknown"),
		} {
			refuses(t, k, b)
		}
		var p struct {
			HandoffID id.Handoff `json:"handoff_id"`
			ToUnitID  id.Unit    `json:"to_unit_id"`
			State     string
		}
		pending := offer("pending", offering, com, words, "", "")
		k.As(t, "town-officer").Do(t, pending.request).Into(t, &p)
		if p.HandoffID != offering.Handoff || p.ToUnitID != com {
			t.Errorf("a pending offer is told as %+v", p)
		}
		k.As(t, "town-officer").Do(t, answer("again", own, "accept", `{}`, "", "").request).Into(t, &p)
		if p.State != "accepted" || p.ToUnitID != k.Unit(ctx, "huangpu") {
			t.Errorf("an accepted offer is told as %+v", p)
		}
	})
}

// TestRowsOfOthersAreMissingUnderAnyPath names contacts, notes, files and
// leads that exist elsewhere, and things that cannot be.
func TestRowsOfOthersAreMissingUnderAnyPath(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		own, foreign := cellOf(t, k, "huangpu own normal"), cellOf(t, k, "huangpu foreign normal")
		p := k.As(t, "town-head")
		for _, c := range []struct{ method, path, body, want string }{
			{"PATCH", "contacts/%d", `{"title":"x"}`, "404 contact.unknown"},
			{"DELETE", "contacts/%d", "", "404 contact.unknown"},
			{"PATCH", "notes/%d", `{"text":"x"}`, "404 note.unknown"},
			{"DELETE", "notes/%d", "", "404 note.unknown"},
			{"GET", "files/%d/content", "", "404 file.unknown"},
			{"DELETE", "files/%d", "", "404 file.unknown"},
		} {
			row := map[byte]int64{'c': int64(foreign.Contact), 'n': int64(foreign.Note), 'f': int64(foreign.File)}[c.path[0]]
			ask := func(row int64) kit.Answer {
				path := fmt.Sprintf("/leads/%d/", own.Lead) + fmt.Sprintf(c.path, row)
				return p.Do(t, kit.Request{Method: c.method, Path: path, Body: c.body, IfMatch: "1"})
			}
			a, gone := ask(row), ask(999999999)
			if a.Brief() != c.want || a.Says() != gone.Says() {
				t.Errorf("%s %s: %s, a missing one %s", c.method, c.path, a.Brief(), gone.Brief())
			}
		}
		for _, path := range []string{"/leads/0", "/leads/-1", "/leads/abc", "/leads/1.0", "/leads/01", "/leads/99999999999999999999", "/handoffs/x"} {
			if a := p.Do(t, kit.Request{Method: "GET", Path: path}); a.Brief() != "404 not_found" {
				t.Errorf("GET %s: %s", path, a.Brief())
			}
		}
	})
}

// TestAnOfferEndsWithItsDeadline answers a second before it and a
// millisecond after it.
func TestAnOfferEndsWithItsDeadline(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		late, early := cellOf(t, k, "huangpu offered normal"), cellOf(t, k, "wg-shenzhen offered normal")
		to := func(c kit.Cell, after time.Duration) {
			var due time.Time
			if err := k.DB.Read(context.Background()).Raw("SELECT due_at FROM handoffs WHERE id = ?", c.Handoff).Row().Scan(&due); err != nil {
				t.Fatal(err)
			}
			k.DB.SetOffset(time.Until(due) + after)
		}
		accept := func(c kit.Cell) kit.Request {
			return kit.Request{Method: "POST", Path: fmt.Sprintf("/handoffs/%d/accept", c.Handoff), Body: `{}`}
		}
		to(late, time.Millisecond)
		refuses(t, k, bad{name: "a millisecond late", who: "town-officer", request: accept(late), want: "409 handoff.expired", touched: true})
		var lead struct{ Items []struct{ ID id.Lead } }
		k.As(t, "town-officer").Get(t, "/leads?part=offered&limit=100", &lead)
		for _, l := range lead.Items {
			if l.ID == late.Lead {
				t.Error("a lead whose offer has run out is still listed")
			}
		}
		to(early, -time.Second)
		if a := k.As(t, "group-officer").Do(t, accept(early)); a.Brief() != "200" {
			t.Errorf("a second before the deadline: %s", a.Brief())
		}
	})
}

// TestOfTwoAcceptancesAtOnceOneWins lets two colleagues accept one offer.
func TestOfTwoAcceptancesAtOnceOneWins(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		k.Warm(t)
		c := cellOf(t, k, "huangpu offered normal")
		answers := make([]kit.Answer, 2)
		var both sync.WaitGroup
		for i, who := range []string{"town-head", "town-officer"} {
			both.Go(func() {
				answers[i] = k.As(t, who).Do(t, kit.Request{Method: "POST", Path: fmt.Sprintf("/handoffs/%d/accept", c.Handoff), Body: `{}`})
			})
		}
		both.Wait()
		briefs := []string{answers[0].Brief(), answers[1].Brief()}
		slices.Sort(briefs)
		if !slices.Equal(briefs, []string{"200", "409 handoff.answered"}) {
			t.Errorf("two acceptances answer %v", briefs)
		}
		var lines []string
		err := k.DB.Read(context.Background()).Raw("SELECT outcome FROM audit_events WHERE request_id IN ? ORDER BY outcome",
			[]string{answers[0].Header.Get("X-Request-Id"), answers[1].Header.Get("X-Request-Id")}).Scan(&lines).Error
		if err != nil || !slices.Equal(lines, []string{"done", "refused"}) {
			t.Errorf("audit lines %v, error %v", lines, err)
		}
	})
}
