package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/signing"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// signingCase makes cases of the board.
func signingCase(who string) func(name, method, path, body, version, want, fields string) bad {
	return func(name, method, path, body, version, want, fields string) bad {
		return bad{
			name: name, who: who, want: want, fields: fields,
			request: kit.Request{Method: method, Path: path, Body: body, IfMatch: version},
		}
	}
}

// TestAWrongPlanOfASigningIsRefused sends wrong bodies and versions to the
// board of a month, its cards, ceremonies and tasks.
func TestAWrongPlanOfASigningIsRefused(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		card, frozen := b.plan(t, b.this.Add(2), 100_00), b.plan(t, b.this.Add(3), 100_00)
		free := b.lead(t, 100_00)
		if _, err := b.App.Signing.Freeze(b.ctx, b.bureau, frozen.Month); err != nil {
			t.Fatal(err)
		}
		at := func(i signing.ItemView) string { return fmt.Sprintf("/signing-months/%s/items/%d", i.Month, i.ID) }
		board, long := fmt.Sprintf("/signing-months/%s", card.Month), strings.Repeat("长", 501)
		plan := func(more string) string { return fmt.Sprintf(`{"lead_id":%d,"grade":"sure"%s}`, free.ID, more) }
		town := signingCase("town-officer")
		cases := []bad{
			town("no month", "GET", "/signing-months/2026-13", "", "", "400 input.invalid", "month:month.unknown"),
			town("months without an end", "GET", "/signing-months?from=2026-01&until=x", "", "", "400 input.invalid", "month:month.unknown"),
			town("too many months", "GET", "/signing-months?from=2020-01&until=2026-01", "", "", "400 input.invalid", "until:month.range"),
			town("unknown figure", "GET", board+"/rows?figure=all", "", "", "400 input.invalid", "figure:unknown_value"),
			town("no grade", "POST", board+"/items", fmt.Sprintf(`{"lead_id":%d}`, free.ID), "", "400 input.invalid", "grade:required"),
			town("unknown grade", "POST", board+"/items", fmt.Sprintf(`{"lead_id":%d,"grade":"maybe"}`, free.ID), "", "400 input.invalid", "grade:unknown_value"),
			town("no amount", "POST", board+"/items", plan(`,"cents":0`), "", "400 input.invalid", "cents:amount.range"),
			town("amount beyond reason", "POST", board+"/items", plan(`,"cents":100000000000001`), "", "400 input.invalid", "cents:amount.range"),
			town("day of another month", "POST", board+"/items", plan(`,"planned_on":"2020-01-01"`), "", "400 input.invalid", "planned_on:day.other_month"),
			town("unit that is not there", "POST", board+"/items", plan(`,"landing_unit_id":999999`), "", "400 input.invalid", "landing_unit_id:unit.unknown"),
			town("markup", "POST", board+"/items", plan(`,"leader":"<b>"`), "", "400 input.invalid", "leader:text.markup"),
			town("month that is over", "POST", "/signing-months/"+string(b.this.Add(-1))+"/items", plan(`,"reason":"x"`), "", "409 signing.past", ""),
			town("plan twice", "POST", board+"/items", fmt.Sprintf(`{"lead_id":%d,"grade":"sure"}`, card.LeadID), "", "409 signing.planned", ""),
			town("foreign lead", "POST", board+"/items", `{"lead_id":999999,"grade":"sure"}`, "", "404 lead.unknown", ""),
			town("frozen month without a reason", "POST", "/signing-months/"+string(frozen.Month)+"/items", plan(""), "", "400 input.invalid", "reason:required"),
			town("no version", "PATCH", at(card), `{"grade":"sure"}`, "", "428 precondition.required", ""),
			town("old version", "PATCH", at(card), `{"x":1}`, "99", "412 signing.stale", ""),
			town("card of another month", "PATCH", fmt.Sprintf("/signing-months/%s/items/%d", frozen.Month, card.ID), `{"x":1}`, "", "404 signing.unknown", ""),
			town("unknown name", "PATCH", at(card), `{"state":"signed"}`, "1", "400 input.invalid", "state:unknown"),
			town("move without a reason", "PATCH", at(card), fmt.Sprintf(`{"month":%q}`, b.this.Add(1)), "1", "400 input.invalid", "reason:required"),
			town("move into the past", "PATCH", at(card), fmt.Sprintf(`{"month":%q,"reason":"x"}`, b.this.Add(-1)), "1", "409 signing.past", ""),
			town("long reason", "PATCH", at(frozen), fmt.Sprintf(`{"cents":1,"reason":%q}`, long), "1", "400 input.invalid", "reason:too_long"),
			town("amount of a frozen plan without a reason", "PATCH", at(frozen), `{"cents":1}`, "1", "400 input.invalid", "reason:required"),
			town("drop without a reason", "DELETE", at(card), "", "1", "400 input.invalid", "reason:required"),
			town("freeze as a town", "POST", board+"/freeze", "", "", "403 forbidden", ""),
			town("remark as a town", "POST", at(card)+"/remarks", `{"text":"x","due_on":"2099-01-01"}`, "", "403 forbidden", ""),
		}
		foreign := signingCase("foreign")
		cases = append(cases,
			foreign("foreign card", "PATCH", at(card), `{"x":1}`, "1", "404 signing.unknown", ""),
			foreign("foreign card to drop", "DELETE", at(card)+"?reason=x", "", "1", "404 signing.unknown", ""),
			foreign("foreign lead to plan", "POST", board+"/items", plan(""), "", "404 lead.unknown", ""))
		for _, c := range cases {
			c.touched = strings.Contains(c.request.Path, "/items/")
			refuses(t, k, c)
		}
	})
}

// TestAWrongCeremonyOrRemarkIsRefused sends wrong bodies and versions to
// ceremonies and to the tasks of leaders' remarks.
func TestAWrongCeremonyOrRemarkIsRefused(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		b := newBoard(k)
		card, other := b.plan(t, b.this.Add(2), 100_00), b.plan(t, b.this.Add(3), 100_00)
		day := card.Month.Last()
		c, err := b.App.Signing.AddCeremony(b.ctx, b.bureau, card.Month, signing.CeremonyDraft{
			Name: "集中签约仪式", HeldOn: &day, Seats: []signing.Seat{{ItemID: card.ID}},
		})
		if err != nil {
			t.Fatal(err)
		}
		task, err := b.App.Signing.Remark(b.ctx, b.head, card.Month, card.ID, signing.RemarkDraft{Text: "抓紧落实", DueOn: day})
		if err != nil {
			t.Fatal(err)
		}
		stage, at := fmt.Sprintf("/signing-months/%s/ceremonies", card.Month), fmt.Sprintf("/ceremonies/%d", c.ID)
		remarks := fmt.Sprintf("/signing-months/%s/items/%d/remarks", card.Month, card.ID)
		work := fmt.Sprintf("/signing-tasks/%d", task.ID)
		bureau, leader, town, foreign := signingCase("bureau-officer"), signingCase("leader"), signingCase("town-officer"), signingCase("foreign")
		for _, one := range []bad{
			bureau("no name", "POST", stage, `{"name":" "}`, "", "400 input.invalid", "name:required"),
			bureau("day of another month", "POST", stage, `{"name":"x","held_on":"2020-01-01"}`, "", "400 input.invalid", "held_on:day.other_month"),
			bureau("no time of day", "POST", stage, `{"name":"x","starts_at":"25:00"}`, "", "400 input.invalid", "starts_at:time.of_day"),
			bureau("seat of another month", "POST", stage, fmt.Sprintf(`{"name":"x","seats":[{"item_id":%d}]}`, other.ID), "", "400 input.invalid", "seats:signing.other"),
			bureau("seat twice", "POST", stage, fmt.Sprintf(`{"name":"x","seats":[{"item_id":%d},{"item_id":%[1]d}]}`, card.ID), "", "400 input.invalid", "seats:signing.other"),
			bureau("old version", "PATCH", at, `{"x":1}`, "9", "412 ceremony.stale", ""),
			bureau("no version", "PATCH", at, `{"name":"x"}`, "", "428 precondition.required", ""),
			bureau("no such ceremony", "PATCH", "/ceremonies/999999", `{"name":"x"}`, "1", "404 ceremony.unknown", ""),
			bureau("confirm before its day", "POST", at+"/confirm", `{}`, "1", "409 ceremony.early", ""),
			town("arrange as a town", "POST", stage, `{"name":"x"}`, "", "403 forbidden", ""),
			town("confirm as a town", "POST", at+"/confirm", `{}`, "1", "403 forbidden", ""),
			leader("remark without words", "POST", remarks, fmt.Sprintf(`{"text":"","due_on":%q}`, day), "", "400 input.invalid", "text:required"),
			leader("remark due yesterday", "POST", remarks, `{"text":"x","due_on":"2020-01-01"}`, "", "400 input.invalid", "due_on:day.past"),
			leader("remark to who does not read", "POST", remarks, fmt.Sprintf(`{"text":"x","due_on":%q,"unit_id":%d}`, day, b.units[2]), "", "400 input.invalid", "unit_id:task.unit_foreign"),
			town("report without words", "POST", work+"/report", `{"text":""}`, "", "400 input.invalid", "text:required"),
			foreign("report on a foreign task", "POST", work+"/report", `{"text":"x"}`, "", "404 task.unknown", ""),
			town("close as a town", "POST", work+"/close", `{"text":"x"}`, "", "403 forbidden", ""),
		} {
			one.touched = !strings.HasSuffix(one.request.Path, "/ceremonies")
			refuses(t, k, one)
		}
	})
}
