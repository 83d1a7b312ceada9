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

// promise is the body of a commitment on a lead.
func promise(l id.Lead) string {
	today := clock.System{}.Today()
	return fmt.Sprintf(`{"lead_id":%d,"text":"开工前修通厂区东侧道路","promised_by":"镇政府主要负责人","promised_on":%q,"occasion":"第二次洽谈会","due_on":%q}`,
		l, today, today.AddDays(60))
}

// promisedFor is a commitment on a lead that the person's unit holds.
func promisedFor(t *testing.T, p *kit.Person) dossier.CommitmentView {
	t.Helper()
	ctx, today := context.Background(), clock.System{}.Today()
	v, err := p.Kit.App.Dossier.Register(ctx, p.Kit.Actor(ctx, colleague(p), ""), leadFor(t, p), dossier.CommitmentDraft{
		Text: "修通道路", PromisedBy: "镇政府", PromisedOn: today, Occasion: "洽谈会", DueOn: today.AddDays(60),
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func commitmentRoutes() map[string]plainRoute {
	today := clock.System{}.Today()
	on := func(permission, method, act, body string) plainRoute {
		return plainRoute{permission: permission, done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			t.Helper()
			return kit.Request{Method: method, Path: fmt.Sprintf("/commitments/%d%s", promisedFor(t, p).ID, act), Body: body, IfMatch: "1"}
		}}
	}
	return map[string]plainRoute{
		"GET /commitments": gets("commitment.read", "/commitments?box=mine&overdue=true"),
		"POST /commitments": {permission: "commitment.edit", done: "201", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{Method: "POST", Path: "/commitments", Body: promise(leadFor(t, p))}
		}},
		"GET /commitments/{id}": on("commitment.read", "GET", "", ""),
		"PATCH /commitments/{id}": on("commitment.edit", "PATCH", "", fmt.Sprintf(
			`{"text":"修通东侧道路","promised_by":"镇政府","promised_on":%q,"occasion":"洽谈会","due_on":%q,"reason":"更正表述"}`, today, today.AddDays(90))),
		"POST /commitments/{id}/hand-over": {permission: "commitment.settle", done: "200", request: func(t *testing.T, p *kit.Person) kit.Request {
			return kit.Request{
				Method: "POST", Path: fmt.Sprintf("/commitments/%d/hand-over", promisedFor(t, p).ID),
				Body: fmt.Sprintf(`{"unit_id":%d,"reason":"职责调整"}`, p.Kit.Unit(context.Background(), "com")),
			}
		}},
		"POST /commitments/{id}/settle": on("commitment.settle", "POST", "/settle", `{"state":"kept","reason":"道路已通车"}`),
	}
}

// promised is a commitment as a person reads it, in one line.
func promised(t *testing.T, p *kit.Person, c id.Commitment) string {
	t.Helper()
	a := p.Do(t, ask("GET", "/commitments/%d", c))
	if a.Status != 200 {
		return a.Brief()
	}
	var v dossier.CommitmentView
	a.Into(t, &v)
	out := string(v.State)
	for _, e := range v.History {
		out += " " + e.Act
	}
	return fmt.Sprintf("%s can %v", out, v.Can)
}

func TestACommitmentSurvivesTheHandOffOfItsLeadAndStaysWithItsUnit(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		town, group, iit := k.As(t, "town-officer"), k.As(t, "group-officer"), k.As(t, "department-officer")
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		l := leadFor(t, group)
		var v dossier.CommitmentView
		a := group.Do(t, posts(promise(l), "/commitments"))
		a.Into(t, &v)
		expect("registered", a.Brief(), "201")
		expect("whom it does not concern", promised(t, town, v.ID), "404 commitment.unknown")

		var h struct{ ID int64 }
		group.Do(t, posts(fmt.Sprintf(`{"to_unit_id":%d,"reason":"落地黄圃","ask":"请接续洽谈"}`, k.Unit(ctx, "huangpu")), "/leads/%d/handoffs", l)).Into(t, &h)
		expect("who is offered the lead", promised(t, town, v.ID), "open registered can []")
		expect("accepted", town.Do(t, posts(`{}`, "/handoffs/%d/accept", h.ID)).Brief(), "200")
		expect("the new holder", promised(t, town, v.ID), "open registered can [edit settle hand_over]")
		expect("the unit that keeps it", promised(t, group, v.ID), "open registered can [settle hand_over]")
		expect("of the lead itself it sees no contact", group.Do(t, ask("GET", "/leads/%d/contacts", l)).Brief(), "403 forbidden")

		over := fmt.Sprintf(`{"unit_id":%d,"reason":"道路由工信局协调"}`, k.Unit(ctx, "iit"))
		expect("handed over", group.Do(t, posts(over, "/commitments/%d/hand-over", v.ID)).Brief(), "200")
		expect("to the same again", town.Do(t, posts(over, "/commitments/%d/hand-over", v.ID)).Brief(), "400 input.invalid")
		expect("who gave it away", promised(t, group, v.ID), "404 commitment.unknown")
		expect("who keeps it now", promised(t, iit, v.ID), "open registered handed_over can [settle hand_over]")
		expect("without a reason", iit.Do(t, posts(`{"state":"broken","reason":" "}`, "/commitments/%d/settle", v.ID)).Brief(), "400 input.invalid")
		expect("broken", iit.Do(t, posts(`{"state":"broken","reason":"征地未完成"}`, "/commitments/%d/settle", v.ID)).Brief(), "200")
		expect("and done with it", promised(t, iit, v.ID), "404 commitment.unknown")
		expect("opened again by the holder", town.Do(t, posts(`{"state":"open","reason":"继续落实"}`, "/commitments/%d/settle", v.ID)).Brief(), "200")
		expect("back with its unit", promised(t, iit, v.ID), "open registered handed_over broken reopened can [settle hand_over]")
		expect("the leader reads", promised(t, k.As(t, "leader"), v.ID), "open registered handed_over broken reopened can []")
		expect("kept", iit.Do(t, posts(`{"state":"kept","reason":"道路已通车"}`, "/commitments/%d/settle", v.ID)).Brief(), "200")
		expect("kept twice", town.Do(t, posts(`{"state":"kept","reason":"道路已通车"}`, "/commitments/%d/settle", v.ID)).Brief(), "409 commitment.settled")
	})
}
