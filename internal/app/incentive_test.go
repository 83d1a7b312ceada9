package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/dossier"
	"github.com/leadrelay/leadrelay/internal/id"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// incentive is the body of an incentive, with the lead in front or nothing.
func incentive(head, kind, text string) string {
	return fmt.Sprintf(`{%s"kind":%q,"text":%q,"amount_cents":200000000,"offered_on":%q}`, head, kind, text, clock.System{}.Today())
}

func onLead(l id.Lead) string { return fmt.Sprintf(`"lead_id":%d,`, l) }

// offeredFor is an incentive on a lead that the person's unit holds.
func offeredFor(t *testing.T, p *kit.Person) id.Incentive {
	t.Helper()
	ctx := context.Background()
	v, err := p.Kit.App.Dossier.Offer(ctx, p.Kit.Actor(ctx, colleague(p), ""), leadFor(t, p), dossier.IncentiveDraft{
		Kind: dossier.IncentivePremises, Text: "租金优惠", OfferedOn: clock.System{}.Today(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

func incentiveRoutes() map[string]plainRoute {
	on := func(method, act, body string) plainRoute {
		return plainRoute{permission: "commitment.edit", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			return kit.Request{Method: method, Path: fmt.Sprintf("/incentives/%d%s", offeredFor(t, p), act), Body: body, IfMatch: "1"}
		}}
	}
	return map[string]plainRoute{
		"GET /incentives": {permission: "commitment.read", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			return ask("GET", "/incentives?lead_id=%d", leadFor(t, p))
		}},
		"POST /incentives": {permission: "commitment.edit", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			return posts(incentive(onLead(leadFor(t, p)), "talent", "人才公寓"), "/incentives")
		}},
		"PATCH /incentives/{id}":         on("PATCH", "", incentive("", "talent", "人才公寓三十套")),
		"POST /incentives/{id}/withdraw": on("POST", "/withdraw", `{"reason":"未通过公平竞争审查"}`),
	}
}

// offers is what a person reads of the incentives of a lead, in one line.
func offers(t *testing.T, p *kit.Person, l id.Lead) string {
	t.Helper()
	a := p.Do(t, ask("GET", "/incentives?lead_id=%d", l))
	if a.Status != 200 {
		return a.Brief()
	}
	var v dossier.IncentiveList
	a.Into(t, &v)
	out := fmt.Sprint(v.Can)
	for _, i := range v.Items {
		amount := "hidden"
		if i.AmountCents != nil {
			amount = fmt.Sprint(*i.AmountCents)
		}
		out += fmt.Sprintf("; %s %s %s can %v", i.Kind, i.State, amount, i.Can)
		for _, w := range i.Warnings {
			out += fmt.Sprintf(" %s%v", w.Code, w.Words)
		}
	}
	return out
}

func TestAnIncentiveTiedToTaxIsWarnedAboutKeptAndWithdrawnOpenly(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		town, group := k.As(t, "town-officer"), k.As(t, "group-officer")
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		l := leadFor(t, group)
		a := group.Do(t, posts(incentive(onLead(l), "fiscal_reward", "按纳税额奖励"), "/incentives"))
		var v dossier.IncentiveView
		a.Into(t, &v)
		expect("offered", a.Brief(), "201")
		expect("by the holder", v.UnitID.String(), k.Unit(ctx, "wg-shenzhen").String())
		expect("its holder", offers(t, group, l), "[add]; fiscal_reward offered 200000000 can [edit withdraw] incentive.tax[按纳税额]")
		expect("whom it does not concern", offers(t, town, l), "404 lead.unknown")
		expect("nor may change it", town.Do(t, posts(`{"reason":"x"}`, "/incentives/%d/withdraw", v.ID)).Brief(), "404 incentive.unknown")
		expect("the leader reads", offers(t, k.As(t, "leader"), l), "[]; fiscal_reward offered 200000000 can [] incentive.tax[按纳税额]")
		expect("and changes nothing", k.As(t, "leader").Do(t, posts(`{"reason":"x"}`, "/incentives/%d/withdraw", v.ID)).Brief(), "403 forbidden")

		edit := func(version, kind, text string) string {
			return group.Do(t, kit.Request{Method: "PATCH", Path: fmt.Sprintf("/incentives/%d", v.ID), Body: incentive("", kind, text), IfMatch: version}).Brief()
		}
		expect("corrected", edit("1", "statistics_bound", "设备补助"), "200")
		expect("over an old version", edit("1", "equipment", "设备补助"), "412 incentive.stale")
		expect("of no text", edit("2", "equipment", " "), "400 input.invalid")
		expect("of no kind", edit("2", "gift", "设备补助"), "400 input.invalid")
		expect("the kind warns", offers(t, group, l), "[add]; statistics_bound offered 200000000 can [edit withdraw] incentive.statistics[]")

		expect("without a reason", group.Do(t, posts(`{"reason":" "}`, "/incentives/%d/withdraw", v.ID)).Brief(), "400 input.invalid")
		expect("withdrawn", group.Do(t, posts(`{"reason":"未通过公平竞争审查"}`, "/incentives/%d/withdraw", v.ID)).Brief(), "200")
		expect("withdrawn twice", group.Do(t, posts(`{"reason":"再次"}`, "/incentives/%d/withdraw", v.ID)).Brief(), "409 incentive.withdrawn")
		expect("corrected afterwards", edit("3", "equipment", "设备补助"), "409 incentive.withdrawn")
		expect("is kept", offers(t, group, l), "[add]; statistics_bound withdrawn 200000000 can [] incentive.statistics[]")
		expect("and logged", fmt.Sprint(number(t, k, "SELECT count(*) FROM audit_events WHERE kind IN ('incentive.offered', 'incentive.changed', 'incentive.withdrawn')")), "3")
	})
}
