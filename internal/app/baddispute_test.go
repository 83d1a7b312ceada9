package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// TestAWrongDisputeOrMergeIsRefused sends wrong bodies, parties and states
// about disputes, rulings and merges.
func TestAWrongDisputeOrMergeIsRefused(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		own, other := freshCell(t, k, "huangpu", kit.Own, false), freshCell(t, k, "huangpu", kit.Own, false)
		talking := disputes(t, k, own, "third")
		ruling := disputes(t, k, other, "third")
		did(t, k.As(t, "town-officer"), on(ruling, "escalate"), `{}`)
		huangpu, com := k.Unit(t.Context(), "huangpu"), k.Unit(t.Context(), "com")
		merged := mergedCells(t, k)
		undone := mergedCells(t, k)
		did(t, k.As(t, "bureau-head"), fmt.Sprintf("/merges/%d/undo", undone.ID), `{}`)
		for _, b := range append(badOrders(own, other), append(badOutcomes(talking, ruling, huangpu, com), badMerges(own, other, merged, undone)...)...) {
			refuses(t, k, b)
		}
	})
}

// says is one wrong request with a body.
func says(who, name, path, body, want, fields string) bad {
	return bad{
		name: name, who: who, want: want, fields: fields, touched: path != "/disputes", // the row that was touched is named in the audit
		request: kit.Request{Method: "POST", Path: path, Body: body},
	}
}

func badOrders(own, other kit.Cell) []bad {
	opens := func(name, more, want, fields string) bad {
		return says("third", name, "/disputes", `{"claim":"负责","reason":"首次接触"`+more+`}`, want, fields)
	}
	const invalid = "400 input.invalid"
	return []bad{
		says("third", "an empty order", "/disputes", `{}`, invalid, "claim:required reason:required"),
		opens("no lead", ``, invalid, "reference:dispute.one_lead"),
		opens("two leads", fmt.Sprintf(`,"reference":%q,"lead_id":%d`, own.Code, own.Lead), invalid, "reference:dispute.one_lead"),
		opens("an unknown name", `,"reference":"ZS-1","x":1`, invalid, "x:unknown"),
		opens("a lead that is text", `,"lead_id":"7"`, invalid, "lead_id:wrong_type"),
		opens("a reference of two lines", `,"reference":"ZS\n1"`, invalid, "reference:text.one_line"),
		opens("a reference that nobody has", `,"reference":"ZS-1999-00001"`, "404 dispute.reference_unknown", ""),
		opens("a lead that nobody has", `,"lead_id":999999999`, "404 lead.unknown", ""),
		opens("the same dispute again", fmt.Sprintf(`,"reference":%q`, own.Code), "409 dispute.pending", ""),
		says("third", "markup in the claim", "/disputes", fmt.Sprintf(`{"reference":%q,"claim":"<b>","reason":"x"}`, own.Code), invalid, "claim:text.markup"),
		says("third", "a long reason", "/disputes", fmt.Sprintf(`{"reference":%q,"claim":"x","reason":%q}`, own.Code, strings.Repeat("长", 4001)), invalid, "reason:too_long"),
		says("town-officer", "one's own lead", "/disputes", fmt.Sprintf(`{"lead_id":%d,"claim":"x","reason":"x"}`, other.Lead), "409 dispute.holder", ""),
	}
}

func badOutcomes(talking, ruling dispute, huangpu, com id.Unit) []bad {
	const invalid = "400 input.invalid"
	rules := func(name, body, fields string) bad {
		return says("bureau-officer", name, on(ruling, "rule"), body, invalid, fields)
	}
	proposes := func(name, body, fields string) bad {
		return says("third", name, on(talking, "propose"), body, invalid, fields)
	}
	shared := func(a, b string) string {
		return fmt.Sprintf(`{"outcome":"shared","holder_unit_id":%d,"shares":[{"unit_id":%d,"percent":%s},{"unit_id":%d,"percent":%s}],"reason":"x"}`,
			huangpu, huangpu, a, com, b)
	}
	single := fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"reason":"x"}`, huangpu)
	return []bad{
		rules("an unknown outcome", `{"outcome":"draw","holder_unit_id":1,"reason":"x"}`, "outcome:unknown_value"),
		rules("no reason", fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"reason":" "}`, huangpu), "reason:required"),
		rules("no holder", `{"outcome":"single","reason":"x"}`, "holder_unit_id:required"),
		rules("a unit that nobody has", `{"outcome":"reassigned","holder_unit_id":999999,"reason":"x"}`, "holder_unit_id:handoff.unit_closed"),
		rules("shares of a single holder", fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"shares":[{"unit_id":%d,"percent":100}],"reason":"x"}`, huangpu, com), "shares:dispute.shares_unasked"),
		rules("more than the whole", shared("66.67", "33.34"), "shares:dispute.share_sum"),
		rules("a share of text", strings.Replace(shared("60", "40"), "60", `"60"`, 1), "shares[0].percent:wrong_type"),
		rules("a duplicate of nothing", `{"outcome":"duplicate","closes":"own","reason":"x"}`, "outcome:dispute.no_own_lead"),
		rules("closing without a duplicate", fmt.Sprintf(`{"outcome":"single","holder_unit_id":%d,"closes":"own","reason":"x"}`, huangpu), "closes:dispute.closes_unasked"),
		proposes("a third unit", `{"outcome":"single","holder_unit_id":1,"reason":"x"}`, "holder_unit_id:dispute.third_unit"),
		says("third", "an empty statement", on(talking, "statements"), `{"text":" "}`, invalid, "text:required"),
		says("third", "agreeing to nothing", on(talking, "agree"), `{}`, "409 dispute.no_proposal", ""),
		says("bureau-officer", "ruling while the units talk", on(talking, "rule"), single, "409 dispute.talking", ""),
		says("town-officer", "withdrawing the other's dispute", on(talking, "withdraw"), `{}`, "403 forbidden", ""),
		says("department-officer", "a dispute of others", on(talking, "statements"), `{"text":"x"}`, "404 dispute.unknown", ""),
	}
}

func badMerges(own, other kit.Cell, merged, undone madeMerge) []bad {
	const invalid = "400 input.invalid"
	path := fmt.Sprintf("/leads/%d/merge", own.Lead)
	into := func(name, more, want, fields string) bad {
		return says("bureau-head", name, path, fmt.Sprintf(`{"into_lead_id":%d%s}`, other.Lead, more), want, fields)
	}
	undo := func(name string, merge int64, body, want, fields string) bad {
		return says("bureau-head", name, fmt.Sprintf("/merges/%d/undo", merge), body, want, fields)
	}
	return []bad{
		into("a disputed lead", `,"reason":"x"`, "409 dispute.pending", ""),
		says("bureau-head", "into itself", path, fmt.Sprintf(`{"into_lead_id":%d,"reason":"x"}`, own.Lead), invalid, "into_lead_id:merge.same_lead"),
		says("bureau-head", "into nothing", path, `{"into_lead_id":999999999,"reason":"x"}`, "404 lead.unknown", ""),
		says("bureau-head", "a merged lead again", fmt.Sprintf("/leads/%d/merge", merged.Lead.ID), fmt.Sprintf(`{"into_lead_id":%d,"reason":"x"}`, other.Lead), "409 merge.merged", ""),
		says("bureau-head", "into a merged lead", fmt.Sprintf("/leads/%d/merge", undone.Lead.ID), fmt.Sprintf(`{"into_lead_id":%d,"reason":"x"}`, merged.Lead.ID), "409 lead.ended", ""),
		says("bureau-head", "unknown fields", fmt.Sprintf("/leads/%d/merge", undone.Lead.ID), fmt.Sprintf(`{"into_lead_id":%d,"reason":"","fields":{"unit_id":"take","title":"both"}}`, other.Lead), invalid,
			"fields.title:unknown_value fields.unit_id:merge.field reason:required"),
		undo("undoing twice", undone.ID, `{}`, "409 merge.undone", ""),
		undo("undoing with markup", merged.ID, `{"reason":"<b>"}`, invalid, "reason:text.markup"),
		says("town-head", "a merge by a town", path, fmt.Sprintf(`{"into_lead_id":%d,"reason":"x"}`, other.Lead), "403 forbidden", ""),
	}
}
