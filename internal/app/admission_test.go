package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/admission"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// reviewed is a review as a person reads it, in one line.
func reviewed(t *testing.T, p *kit.Person, path string) string {
	t.Helper()
	var v admission.ReviewView
	a := p.Do(t, ask("GET", "%s", path))
	if a.Status != 200 {
		return a.Brief()
	}
	a.Into(t, &v)
	out := strings.TrimSpace(fmt.Sprintf("%s %s", v.State, v.Result))
	for _, o := range v.Opinions {
		out += fmt.Sprintf(" [%s]", o.Word)
	}
	if v.Figures != nil {
		out += fmt.Sprintf(" planned %d", *v.Figures.PlannedCents)
	}
	if v.FiguresNow != nil {
		out += fmt.Sprintf(" now %d", *v.FiguresNow.PlannedCents)
	}
	return strings.TrimSpace(out + fmt.Sprintf(" papers %d holds %t can %v", len(v.Papers), v.Holds, v.Can))
}

func TestAnAdmissionReviewIsDecidedByWhoeverMayWithOpinionsConditionsAndMinutes(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx, today := context.Background(), clock.System{}.Today()
		town, iit, head := k.As(t, "town-officer"), k.As(t, "department-officer"), k.As(t, "bureau-head")
		l := placedFor(t, town)
		phone := "13800138000"
		if _, err := k.App.Lead.AddContact(ctx, k.Actor(ctx, "town-officer", ""), l, lead.ContactDraft{Name: "测试联系人", Phone: &phone}); err != nil {
			t.Fatal(err)
		}
		_, err := k.App.Lead.Attach(ctx, k.Actor(ctx, "town-officer", ""), l, lead.Document{Name: "a.txt", Kind: "due_diligence", Content: strings.NewReader("尽调")})
		if err != nil {
			t.Fatal(err)
		}
		var v admission.ReviewView
		town.Do(t, posts(fmt.Sprintf(`{"lead_id":%d}`, l), "/admission-reviews")).Into(t, &v)
		at := fmt.Sprintf("/admission-reviews/%d", v.ID)
		brief := func(p *kit.Person, body, act string) string { return p.Do(t, posts(body, "%s%s", at, act)).Brief() }
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		expect("asked twice", town.Do(t, posts(fmt.Sprintf(`{"lead_id":%d}`, l), "/admission-reviews")).Brief(), "409 review.open")
		expect("the department before it is asked", reviewed(t, iit, at), "404 review.unknown")
		expect("a town decides", brief(k.As(t, "town-head"), fmt.Sprintf(`{"result":"deferred","decided_on":%q,"note":"x"}`, today), "/decide"), "403 forbidden")
		named := fmt.Sprintf(`{"unit_ids":[%d],"due_on":%q}`, k.Unit(ctx, "iit"), today.AddDays(3))
		expect("a town names departments", brief(town, named, "/opinions"), "403 forbidden")
		expect("the bureau names departments", brief(head, named, "/opinions"), "200")
		expect("and the same again", brief(head, named, "/opinions"), "400 input.invalid")
		expect("the department sees what it judges", reviewed(t, iit, at), "open [] planned 12000000000 papers 1 holds false can []")
		expect("the department and the contacts", iit.Do(t, ask("GET", "/leads/%d/contacts", l)).Brief(), "403 forbidden")
		expect("the department and the files", iit.Do(t, ask("GET", "/leads/%d/files", l)).Brief(), "403 forbidden")
		var seen struct{ Masked []string }
		iit.Get(t, fmt.Sprintf("/leads/%d", l), &seen)
		if !strings.Contains(fmt.Sprint(seen.Masked), "planned_cents") {
			t.Errorf("the department sees the lead's amounts: %v", seen.Masked)
		}
		var minutes lead.FileView
		head.Do(t, kit.Request{Method: "POST", Path: at + "/minutes", File: &kit.File{Name: "m.txt", Content: "纪要"}}).Into(t, &minutes)
		pass := fmt.Sprintf(`{"result":"conditions","number":"1号","decided_on":%q,"minutes_file_id":%d,"note":"%%s","conditions":[{"text":"补充能评","unit_id":%d,"due_on":%q}]}`,
			today, minutes.ID, k.Unit(ctx, "iit"), today.AddDays(30))
		expect("decided before the opinions", brief(head, fmt.Sprintf(pass, ""), "/decide"), "409 review.opinions_owed")
		expect("an objection without a reason", brief(iit, `{"word":"object"}`, "/opinion"), "400 input.invalid")
		expect("an objection", brief(iit, `{"word":"object","text":"能耗偏高"}`, "/opinion"), "200")
		expect("who is not asked", brief(town, `{"word":"agree"}`, "/opinion"), "403 review.not_asked")
		expect("passed over an objection without a word", brief(head, fmt.Sprintf(pass, ""), "/decide"), "400 input.invalid")
		expect("passed", brief(head, fmt.Sprintf(pass, "按条件落实能评后引进"), "/decide"), "200")
		expect("the town reads the result", reviewed(t, town, at), "decided conditions [object] planned 12000000000 papers 2 holds true can []")
		var now struct{ Version int }
		town.Get(t, fmt.Sprintf("/leads/%d", l), &now)
		grown := kit.Request{Method: "PATCH", Path: fmt.Sprintf("/leads/%d", l), IfMatch: fmt.Sprint(now.Version), Body: `{"planned_cents":13000000000}`}
		expect("the project grows after its review", town.Do(t, grown).Brief(), "200")
		expect("and the review says so", reviewed(t, town, at), "decided conditions [object] planned 12000000000 now 13000000000 papers 2 holds true can []")
		expect("the department reads what it judged", reviewed(t, iit, at), "decided conditions [object] planned 12000000000 papers 2 holds true can []")
		expect("decided again", brief(head, fmt.Sprintf(pass, "x"), "/decide"), "409 review.over")
		town.Do(t, ask("GET", "%s", at)).Into(t, &v)
		done := kit.Request{Method: "PATCH", Path: fmt.Sprintf("%s/conditions/%d", at, v.Conditions[0].ID), IfMatch: "1", Body: `{"done":true,"note":"已取得能评批复"}`}
		expect("another unit meets the condition", town.Do(t, done).Brief(), "403 forbidden")
		expect("the condition is met", iit.Do(t, done).Brief(), "200")
		expect("what is owed no more is read no more", reviewed(t, iit, at), "404 review.unknown")
		expect("nor the lead", iit.Do(t, ask("GET", "/leads/%d", l)).Brief(), "404 lead.unknown")
	})
}

func TestWhoDecidesDependsOnWhereTheProjectLands(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		town := k.As(t, "town-officer")
		l := placedFor(t, town)
		decides := func(code string) string {
			t.Helper()
			behind(t, k, "UPDATE leads SET location_code = ? WHERE id = ?", code, l)
			var v admission.DeciderView
			town.Get(t, fmt.Sprintf("/admission-decider?lead_id=%d", l), &v)
			if v.Refused != "" || !v.MayAsk {
				t.Errorf("%s: refused %q, may ask %t", code, v.Refused, v.MayAsk)
			}
			for _, slug := range []string{"zs-ipb", "cuiheng", "huoju", "xiaolan"} {
				if k.Unit(ctx, slug) == *v.UnitID {
					return fmt.Sprintf("%s own %t through %t", slug, v.ByPower, v.Through)
				}
			}
			return "nobody"
		}
		for code, want := range map[string]string{
			"442000101": "zs-ipb own false through false", // 石岐
			"442000118": "xiaolan own true through false", // 小榄
			"442000008": "cuiheng own true through true",  // 南朗, which 翠亨 coordinates
			"442000007": "huoju own true through true",    // 民众, which 火炬 coordinates
		} {
			if got := decides(code); got != want {
				t.Errorf("%s: %s, want %s", code, got, want)
			}
		}
		admin, today := k.As(t, "system-admin"), clock.System{}.Today()
		var powers struct{ Items []admission.PowerView }
		admin.Get(t, "/settings/admission-powers", &powers)
		for _, p := range powers.Items {
			if p.UnitID == k.Unit(ctx, "xiaolan") {
				a := admin.Do(t, kit.Request{
					Method: "PATCH", Path: fmt.Sprintf("/settings/admission-powers/%d", p.ID), IfMatch: "1",
					Body: fmt.Sprintf(`{"until_on":%q,"source":"收回权限通知"}`, today),
				})
				if a.Status != 200 {
					t.Fatal(a.Brief(), string(a.Body))
				}
			}
		}
		if got := decides("442000118"); got != "zs-ipb own false through false" {
			t.Errorf("after the power ended: %s", got)
		}
		again := fmt.Sprintf(`{"unit_id":%d,"source":"恢复权限通知"}`, k.Unit(ctx, "xiaolan"))
		for _, want := range []string{"201", "409 power.overlaps"} {
			if a := admin.Do(t, posts(again, "/settings/admission-powers")); a.Brief() != want {
				t.Errorf("give the power: %s, want %s", a.Brief(), want)
			}
		}
		if got := decides("442000118"); got != "xiaolan own true through false" {
			t.Errorf("after the power was given again: %s", got)
		}
	})
}
