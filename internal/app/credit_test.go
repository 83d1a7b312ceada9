package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/credit"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// credits is a world in which a group found a project that lands in Xiaolan.
type credits struct {
	*kit.Kit
	ctx    context.Context
	lead   id.Lead
	signed clock.Date
}

// signedProject is a project of the working group that is signed today,
// reported as such, over 200 million yuan, to land in Xiaolan.
func signedProject(t *testing.T, k *kit.Kit) credits {
	t.Helper()
	c := credits{Kit: k, ctx: context.Background(), signed: clock.System{}.Today()}
	c.lead = sharedFor(t, k.As(t, "group-officer"))
	c.sign(t, 200_000_000_00)
	return c
}

// sign writes what a binding agreement does to what is known of the lead, and
// counts it as an act does.
func (c credits) sign(t *testing.T, cents int64) {
	t.Helper()
	behind(t, c.Kit, "INSERT INTO lead_facts (lead_id, from_at, until, stage, in_talks, track, unit_id, town_unit_id, first_unit_id, chain, since_on, planned_cents, "+
		"currency, created_on, signed_on, started_on, produced_on, lost_on, lost_to, restricted) SELECT lead_id, from_at, '2000-01-01 00:00:00+00:00', 'signed', false, track, "+
		"unit_id, town_unit_id, first_unit_id, chain, since_on, ?, 'CNY', created_on, ?, '', '', '', '', restricted FROM lead_facts WHERE lead_id = ? AND until = ?",
		cents, c.signed, c.lead, clock.Forever())
	behind(t, c.Kit, "UPDATE lead_facts SET until = from_at WHERE lead_id = ? AND until = ?", c.lead, clock.Forever())
	behind(t, c.Kit, "UPDATE lead_facts SET until = ? WHERE id = (SELECT max(id) FROM lead_facts WHERE lead_id = ?)", clock.Forever(), c.lead)
	behind(t, c.Kit, "UPDATE leads SET stage = 'signed', signed_on = ?, planned_cents = ? WHERE id = ?", c.signed, cents, c.lead)
	c.follow(t)
}

func (c credits) follow(t *testing.T) {
	t.Helper()
	err := c.DB.InTx(c.ctx, func(tx *store.Tx) error { return c.App.Count(c.ctx, tx, c.lead) })
	if err != nil {
		t.Fatal(err)
	}
}

// figures are what a person reads of an indicator this year: the city's, then
// each unit's.
func (c credits) figures(t *testing.T, who, indicator string) string {
	t.Helper()
	var v credit.FiguresView
	c.As(t, who).Get(t, fmt.Sprintf("/credit/figures?year=%d", c.signed.Year()), &v)
	var out []string
	for _, r := range v.Rows {
		if r.Indicator != indicator {
			continue
		}
		name := c.name(r)
		out = append(out, fmt.Sprintf("%s=%d", name, r.Total))
		if r.Opens {
			c.opens(t, who, r)
		}
	}
	return strings.Join(out, " ")
}

func (c credits) name(r credit.FigureRow) string {
	for _, slug := range []string{"wg-shenzhen", "xiaolan", "huangpu", "zs-ipb"} {
		if !r.City && r.UnitID == c.Unit(c.ctx, slug) {
			return slug
		}
	}
	return map[bool]string{true: "city", false: "unplaced"}[r.City]
}

// opens adds up the list behind a figure.
func (c credits) opens(t *testing.T, who string, r credit.FigureRow) {
	t.Helper()
	var v credit.EventsView
	path := fmt.Sprintf("/credit/events?indicator=%s&year=%d", r.Indicator, c.signed.Year())
	if !r.City {
		path += fmt.Sprintf("&unit_id=%d", r.UnitID)
	}
	c.As(t, who).Get(t, path, &v)
	if v.Sum != r.Total {
		t.Errorf("%s of %d: the figure is %d, its list %d", r.Indicator, r.UnitID, r.Total, v.Sum)
	}
}

// sound holds the ledger against what follows from its journal.
func (c credits) sound(t *testing.T) {
	t.Helper()
	wrong, err := c.App.Credit.Verify(c.ctx, 10)
	if err != nil || len(wrong) > 0 {
		t.Errorf("the ledger: %v, %v", wrong, err)
	}
}

func TestTheFinderAndThePlaceOfAProjectHaveTheirShareAndTheCityTheWholeOnce(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c := signedProject(t, k)
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		expect("the bureau", c.figures(t, "bureau-head", "SIGN_AMT"), "wg-shenzhen=10000000000 xiaolan=10000000000 city=20000000000")
		expect("the group", c.figures(t, "group-officer", "SIGN_AMT"), "wg-shenzhen=10000000000 city=20000000000")
		expect("another town", c.figures(t, "town-officer", "SIGN_N"), "city=1000000")
		foreign := fmt.Sprintf("/credit/events?indicator=SIGN_N&year=%d&unit_id=", c.signed.Year())
		missing, other := k.As(t, "town-officer").Do(t, ask("GET", "%s999999", foreign)), k.As(t, "town-officer").Do(t, ask("GET", "%s%d", foreign, c.Unit(c.ctx, "xiaolan")))
		expect("a foreign unit is like a missing one", other.Brief()+" "+missing.Brief(), "404 unit.unknown 404 unit.unknown")
		expect("another town and the lead", k.As(t, "town-officer").Do(t, ask("GET", "/leads/%d/credit", c.lead)).Brief(), "404 lead.unknown")
		c.sound(t)

		// Another share is agreed, and holds in the open month.
		path := fmt.Sprintf("/leads/%d/credit", c.lead)
		group, bureau := k.As(t, "group-head"), k.As(t, "bureau-head")
		expect("an officer proposes nothing", k.As(t, "group-officer").Do(t, posts(shareBody(400000), "%s/proposals", path)).Brief(), "403 forbidden")
		expect("proposed", group.Do(t, posts(shareBody(400000), "%s/proposals", path)).Brief(), "201")
		expect("proposed twice", group.Do(t, posts(shareBody(300000), "%s/proposals", path)).Brief(), "409 credit.pending")
		expect("a proposal changes nothing", c.figures(t, "bureau-head", "SIGN_N"), "wg-shenzhen=500000 xiaolan=500000 city=1000000")
		proposal := number(t, k, "SELECT max(id) FROM credit_proposals")
		expect("nobody agrees with himself", group.Do(t, posts(`{}`, "%s/proposals/%d/agree", path, proposal)).Brief(), "403 forbidden")
		expect("nor does a stranger", k.As(t, "town-head").Do(t, posts(`{}`, "%s/proposals/%d/agree", path, proposal)).Brief(), "404 lead.unknown")
		expect("ruled", bureau.Do(t, posts(shareBody(600001), "%s/rulings", path)).Brief(), "201")
		expect("the ruling ended it", group.Do(t, posts(`{"reason":"撤回"}`, "%s/proposals/%d/withdraw", path, proposal)).Brief(), "409 credit.answered")
		expect("by the ruling", c.figures(t, "bureau-head", "SIGN_N"), "wg-shenzhen=600001 xiaolan=399999 city=1000000")
		c.sound(t)
	})
}

// TestOneOfTwoWhoAnswerAProposalAtOnceIsSecond and the share is what the
// first said.
func TestOneOfTwoWhoAnswerAProposalAtOnceIsSecond(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c := signedProject(t, k)
		xiaolan := c.Unit(c.ctx, "xiaolan")
		behind(t, k, "UPDATE memberships SET unit_id = ? WHERE user_id IN (?, ?)", xiaolan, k.As(t, "town-head").ID, k.As(t, "town-viewer").ID)
		path := fmt.Sprintf("/leads/%d/credit", c.lead)
		if a := k.As(t, "group-head").Do(t, posts(shareBody(400000), "%s/proposals", path)); a.Status != 201 {
			t.Fatal(a.Brief())
		}
		proposal := number(t, k, "SELECT max(id) FROM credit_proposals")
		answers := make([]string, 8)
		var all sync.WaitGroup
		for n := range answers {
			all.Go(func() {
				act, body := "agree", `{}`
				if n%2 == 1 {
					act, body = "refuse", `{"reason":"按默认比例"}`
				}
				answers[n] = k.As(t, "town-head").Do(t, posts(body, "%s/proposals/%d/%s", path, proposal, act)).Brief()
			})
		}
		all.Wait()
		first := 0
		for _, a := range answers {
			if a == "200" {
				first++
			} else if a != "409 credit.answered" {
				t.Error(a)
			}
		}
		want := "wg-shenzhen=500000 xiaolan=500000 city=1000000"
		if number(t, k, "SELECT count(*) FROM credit_proposals WHERE state = 'agreed'") == 1 {
			want = "wg-shenzhen=400000 xiaolan=600000 city=1000000"
		}
		if got := c.figures(t, "bureau-head", "SIGN_N"); first != 1 || got != want {
			t.Errorf("%d were first: %s, want %s", first, got, want)
		}
		c.sound(t)
	})
}

// TestAProjectThatLeavesTheRightsOfItsFinderStaysInItsFigures with the title
// of the day on which it handed the lead on.
func TestAProjectThatLeavesTheRightsOfItsFinderStaysInItsFigures(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		c := signedProject(t, k)
		var h struct{ ID int64 }
		group := k.As(t, "group-officer")
		group.Do(t, posts(fmt.Sprintf(`{"to_unit_id":%d,"reason":"落地黄圃","ask":"请接续洽谈"}`, k.Unit(c.ctx, "huangpu")), "/leads/%d/handoffs", c.lead)).Into(t, &h)
		if a := k.As(t, "town-officer").Do(t, posts(`{}`, "/handoffs/%d/accept", h.ID)); a.Status != 200 {
			t.Fatal(a.Brief())
		}
		town := k.Actor(c.ctx, "town-officer", "")
		v, err := k.App.Lead.Get(c.ctx, town, c.lead)
		if err != nil {
			t.Fatal(err)
		}
		title := "接手后的新名称"
		if _, err := k.App.Lead.Edit(c.ctx, town, c.lead, v.Version, lead.Edit{Title: lead.Opt[string]{Set: true, Value: &title}}); err != nil {
			t.Fatal(err)
		}
		heads := func(who string) string {
			var v credit.EventsView
			k.As(t, who).Get(t, fmt.Sprintf("/credit/events?indicator=SIGN_N&year=%d", c.signed.Year()), &v)
			var out []string
			for _, e := range v.Items {
				name := "none"
				if e.Lead.Title != nil {
					name = *e.Lead.Title
				}
				out = append(out, fmt.Sprintf("%s past %t %d", name, e.Lead.Past, e.Value))
			}
			return strings.Join(out, ", ")
		}
		if got, want := heads("group-officer"), "签约路由 past true 500000"; got != want {
			t.Errorf("the finder sees %s, want %s", got, want)
		}
		if got, want := heads("bureau-officer"), title+" past false 1000000"; got != want {
			t.Errorf("the bureau sees %s, want %s", got, want)
		}
		if got, want := heads("town-officer"), ""; got != want {
			t.Errorf("the holder that is no party sees %s", got)
		}
		// Restricted: no longer anybody's but its members' and the bureau head's.
		behind(t, k, "UPDATE leads SET restricted = true WHERE id = ?", c.lead)
		for who, want := range map[string]string{"group-officer": "", "bureau-officer": "", "leader": "", "bureau-head": "city=1000000"} {
			got := c.figures(t, who, "SIGN_N")
			if !strings.HasSuffix(got, want) || want == "" && got != "" {
				t.Errorf("%s sees %s of a restricted project, want %s", who, got, want)
			}
		}
	})
}

// TestAnActThatFailsLeavesNothingInTheLedger: the ledger is written in the
// transaction of the act, or not at all.
func TestAnActThatFailsLeavesNothingInTheLedger(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx, l := context.Background(), sharedFor(t, k.As(t, "group-officer"))
		before := snapshot(t, k)
		stopped := fmt.Errorf("the power fails")
		err := k.DB.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.DB(ctx).Exec("UPDATE lead_facts SET signed_on = '2026-03-01' WHERE lead_id = ?", l).Error; err != nil {
				return err
			}
			if err := k.App.Count(ctx, tx, l); err != nil {
				return err
			}
			return stopped
		})
		if err == nil || snapshot(t, k) != before {
			t.Errorf("%v left something", err)
		}
	})
}
