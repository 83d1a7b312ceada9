package app_test

import (
	"fmt"
	"strings"
	"testing"

	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// TestAWrongQuestionIsRefusedByField asks lists for what they do not offer.
func TestAWrongQuestionIsRefusedByField(t *testing.T) {
	get := func(path, fields string) bad {
		return bad{name: path, who: "town-head", request: kit.Request{Method: "GET", Path: path}, want: "400 input.invalid", fields: fields}
	}
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		cursor := func(who, path string) string {
			var page struct{ Next string }
			k.As(t, who).Get(t, path, &page)
			return page.Next
		}
		mine := cursor("town-head", "/leads?limit=1")
		others := cursor("group-head", "/leads?limit=1")
		forged := strings.Replace(mine, mine[len(mine)/2:len(mine)/2+1], map[bool]string{true: "b", false: "a"}[mine[len(mine)/2] == 'a'], 1)
		timeline := fmt.Sprintf("/leads/%d/timeline", cellOf(t, k, "huangpu own normal").Lead)
		for _, b := range []bad{
			get("/leads?title=x", "title:unknown"),
			get("/leads?planned_cents=5", "planned_cents:unknown"),
			get("/leads?STAGE=lead", "STAGE:unknown"),
			get("/leads?sort=title", "sort:unknown_value"),
			get("/leads?sort=-phone", "sort:unknown_value"),
			get("/leads?sort=activity_at;drop", "query:malformed"),
			get("/leads?limit=0", "limit:too_small"),
			get("/leads?limit=101", "limit:too_large"),
			get("/leads?limit=ten", "limit:wrong_type"),
			get("/leads?limit=1&limit=2", "limit:doubled"),
			get("/leads?ended=yes", "ended:wrong_type"),
			get("/leads?stage=nope", "stage:unknown_value"),
			get("/leads?part=king", "part:unknown_value"),
			get("/leads?track=sea&stage=nope", "stage:unknown_value track:unknown_value"),
			get("/leads?planned_cents.gte=abc", "planned_cents.gte:wrong_type"),
			get("/leads?planned_cents.gte=1.5", "planned_cents.gte:not_integer"),
			get("/leads?expected_sign_on.gte=2026-02-30", "expected_sign_on.gte:not_a_date"),
			get("/leads?q=%ff", "q:bad_text"),
			get("/leads?q=a%00b", "q:bad_text"),
			get("/leads?q="+strings.Repeat("a", 101), "q:too_long"),
			get("/leads?q=%zz", "query:malformed"),
			get("/leads?cursor=nonsense", "cursor:cursor.unknown"),
			get("/leads?limit=1&cursor="+forged, "cursor:cursor.unknown"),
			get("/leads?limit=1&cursor="+others, "cursor:cursor.unknown"),
			get("/leads?limit=1&ended=true&cursor="+mine, "cursor:cursor.unknown"),
			get("/leads?limit=1&sort=code&cursor="+mine, "cursor:cursor.unknown"),
			get("/handoffs?limit=1&cursor="+mine, "cursor:cursor.unknown"),
			get("/handoffs?box=up", "box:not_allowed"),
			get("/handoffs?state=lost", "state:unknown_value"),
			get("/pipeline?by=colour", "by:not_allowed"),
			get("/pipeline?of=x", "of:unknown"),
			get("/meta?x=1", "x:unknown"),
		} {
			refuses(t, k, b)
		}
		for _, b := range []bad{get(timeline+"?kind=gossip", "kind:unknown_value"), get(timeline+"?cursor="+mine, "cursor:cursor.unknown")} {
			b.touched = true
			refuses(t, k, b)
		}
		for _, b := range []bad{
			get("/audit?kind=Lead;", "query:malformed"),
			get("/audit?from=tomorrow", "from:not_a_date"),
			get("/audit?outcome=maybe", "outcome:not_allowed"),
			get("/audit?user_id=0", "user_id:too_small"),
			get("/audit/people?user_id=0", "user_id:too_small"),
		} {
			b.who = "auditor"
			refuses(t, k, b)
		}
		check := func(body, fields string) bad {
			return bad{name: body, who: "town-head", request: kit.Request{Method: "POST", Path: "/duplicates/check", Body: body}, want: "400 input.invalid", fields: fields}
		}
		for _, b := range []bad{
			check(`{}`, "investor_name:required"),
			check(`{"credit_code":"91442000MA4UHTXW0X"}`, "credit_code:credit_code.check_digit"),
			check(`{"investor_name":"<b>x"}`, "investor_name:text.markup"),
			check(`{"name":"x"}`, "name:unknown"),
		} {
			refuses(t, k, b)
		}
	})
}

// cellOf returns a lead of the grid by its title.
func cellOf(t *testing.T, k *kit.Kit, title string) kit.Cell {
	t.Helper()
	cells, err := k.Cells(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, there := cells[title]
	if !there {
		t.Fatalf("no lead %q", title)
	}
	return c
}
