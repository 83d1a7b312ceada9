package app_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leadrelay/leadrelay/internal/notice"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// toldApart is what a person reads who lost the lead: of each thread the
// kinds with the words that stand alone. Nothing may lead to the lead.
func toldApart(t *testing.T, k *kit.Kit, c kit.Cell, p *kit.Person, want ...string) {
	t.Helper()
	var v notice.InboxView
	a := p.Get(t, "/notices", &v)
	got := []string{}
	for _, thread := range v.Items {
		if thread.Lead != nil || !thread.Withheld {
			t.Errorf("%s reads the lead: %s", p.Username, a.Body)
		}
		for _, n := range thread.Notices {
			if n.HandoffID != nil || n.Object != "" || n.ObjectID != 0 {
				t.Errorf("%s is led to what it lost: %s", p.Username, a.Body)
			}
			got = append(got, strings.TrimSpace(n.Kind+" "+n.Params["reference"]))
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s reads %q, want %q", p.Username, got, want)
	}
	if strings.Contains(string(a.Body), c.Title()) {
		t.Errorf("the inbox tells the title: %s", a.Body)
	}
	if got := p.Do(t, kit.Request{Method: "GET", Path: fmt.Sprintf("/leads/%d", c.Lead)}).Brief(); got != "404 lead.unknown" {
		t.Errorf("%s opens the lead: %s", p.Username, got)
	}
}

func TestWhoWasToldOfAnOfferIsToldThatItIsOver(t *testing.T) {
	ends := map[string]func(t *testing.T, k *kit.Kit, h int64){
		"handoff.withdrawn": func(t *testing.T, k *kit.Kit, h int64) { answer(t, k.As(t, "group-officer"), h, "withdraw") },
		"handoff.expired": func(t *testing.T, k *kit.Kit, _ int64) {
			k.DB.SetOffset(40 * 24 * time.Hour)
			if n, err := k.App.Lead.ExpireOffers(context.Background()); err != nil || n != 1 {
				t.Fatalf("%d offers expired: %v", n, err)
			}
		},
	}
	for kind, end := range ends {
		t.Run(kind, func(t *testing.T) {
			eachOffice(t, func(t *testing.T, k *kit.Kit) {
				t.Cleanup(func() { k.DB.SetOffset(0) })
				for _, restricted := range []bool{false, true} {
					k.DB.SetOffset(0)
					if err := k.Exec(context.Background(), "DELETE FROM notices"); err != nil {
						t.Fatal(err)
					}
					c := fresh(t, k, restricted)
					quietly(t, k)
					named := []string{}
					if restricted {
						if err := k.AddMember(context.Background(), c.Lead, "group-officer"); err != nil {
							t.Fatal(err)
						}
						named = []string{"town-officer"}
					}
					h := offer(t, k, k.As(t, "group-officer"), c.Lead, "huangpu", named...)
					tell(t, k)
					end(t, k, h)
					tell(t, k)
					tell(t, k)
					toldApart(t, k, c, k.As(t, "town-officer"), kind+" "+c.Code, "")
					if restricted {
						toldApart(t, k, c, k.As(t, "town-head"))
					} else {
						toldApart(t, k, c, k.As(t, "town-head"), kind+" "+c.Code, "")
					}
					finds(t, k.As(t, "foreign"), 0)
				}
			})
		})
	}
}

func TestAnOfferThatNobodyWasToldOfEndsWithoutANotice(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		c := fresh(t, k, false)
		quietly(t, k)
		answer(t, k.As(t, "group-officer"), offer(t, k, k.As(t, "group-officer"), c.Lead, "huangpu"), "withdraw")
		tell(t, k)
		toldApart(t, k, c, k.As(t, "town-officer"))
	})
}

// No act but the receiver's answer, the giver's withdrawal, the deadline and
// a ruling ends an offer: what else would move or end the lead is refused.
func TestNothingSupersedesAnOpenOfferSilently(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		c, other := fresh(t, k, false), fresh(t, k, false)
		quietly(t, k)
		giver, head := k.As(t, "group-officer"), k.As(t, "group-head")
		offer(t, k, giver, c.Lead, "huangpu")
		tell(t, k)
		version := giver.Do(t, kit.Request{Method: "GET", Path: fmt.Sprintf("/leads/%d", c.Lead)}).Version()
		at := fmt.Sprintf("/leads/%d", c.Lead)
		for name, try := range map[string]struct {
			by *kit.Person
			r  kit.Request
		}{
			"refer":  {giver, kit.Request{Method: "POST", Path: at + "/refer", Body: `{"reason":"统筹"}`}},
			"end":    {giver, kit.Request{Method: "POST", Path: at + "/stage", Body: `{"to":"lost","reason":"落户外地","lost_to":"外地"}`, IfMatch: version}},
			"delete": {head, kit.Request{Method: "DELETE", Path: at + "?reason=duplicate", IfMatch: version}},
			"offer":  {giver, kit.Request{Method: "POST", Path: at + "/handoffs", Body: fmt.Sprintf(`{"to_unit_id":%d,"reason":"再交","ask":"请联系"}`, k.Unit(context.Background(), "cuiheng"))}},
			"merge":  {k.As(t, "bureau-head"), kit.Request{Method: "POST", Path: at + "/merge", Body: fmt.Sprintf(`{"into_lead_id":%d,"reason":"同一项目"}`, other.Lead)}},
		} {
			try.r.Unit = try.by.Roles[0].Unit
			if got := try.by.Do(t, try.r).Brief(); got != "409 handoff.pending" {
				t.Errorf("%s while the lead is on offer: %s", name, got)
			}
		}
		tell(t, k)
		finds(t, k.As(t, "town-officer"), 1, c.Title()+" handoff.offered")
	})
}

func TestAHelperIsToldThatItsHelpIsOverAndThatALeadIsGone(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		c := fresh(t, k, false)
		quietly(t, k)
		head := k.As(t, "group-head")
		add := kit.Request{
			Method: "POST", Path: fmt.Sprintf("/leads/%d/helpers", c.Lead), Unit: head.Roles[0].Unit,
			Body: fmt.Sprintf(`{"unit_id":%d,"reason":"协助对接"}`, k.Unit(context.Background(), "huangpu")),
		}
		var helpers struct{ Items []struct{ ID int64 } }
		a := head.Do(t, add)
		if a.Status != http.StatusCreated && a.Status != http.StatusOK {
			t.Fatalf("helper: %d %s", a.Status, a.Body)
		}
		a.Into(t, &helpers)
		tell(t, k)
		a = head.Do(t, kit.Request{Method: "DELETE", Path: fmt.Sprintf("/leads/%d/helpers/%d", c.Lead, helpers.Items[0].ID), IfMatch: "1", Unit: head.Roles[0].Unit})
		if a.Status != http.StatusNoContent {
			t.Fatalf("end: %d %s", a.Status, a.Body)
		}
		tell(t, k)
		toldApart(t, k, c, k.As(t, "town-officer"), "helper.ended "+c.Code, "")

		if a := head.Do(t, add); a.Status >= 300 {
			t.Fatalf("helper: %d %s", a.Status, a.Body)
		}
		quietly(t, k)
		version := head.Do(t, kit.Request{Method: "GET", Path: fmt.Sprintf("/leads/%d", c.Lead)}).Version()
		a = head.Do(t, kit.Request{Method: "DELETE", Path: fmt.Sprintf("/leads/%d?reason=duplicate", c.Lead), IfMatch: version, Unit: head.Roles[0].Unit})
		if a.Status != http.StatusNoContent {
			t.Fatalf("delete: %d %s", a.Status, a.Body)
		}
		tell(t, k)
		toldApart(t, k, c, k.As(t, "town-officer"), "lead.deleted "+c.Code, "helper.ended "+c.Code, "")
		toldApart(t, k, c, k.As(t, "group-officer"), "lead.deleted "+c.Code)
		toldApart(t, k, c, head)
	})
}

func TestAPersonMarksAllOfALeadThatItLost(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		c := fresh(t, k, false)
		quietly(t, k)
		h := offer(t, k, k.As(t, "group-officer"), c.Lead, "huangpu")
		tell(t, k)
		answer(t, k.As(t, "group-officer"), h, "withdraw")
		tell(t, k)
		town := k.As(t, "town-officer")
		var v notice.InboxView
		town.Get(t, "/notices", &v)
		if v.Unread != 2 || len(v.Items) != 1 {
			t.Fatalf("%d unread in %d threads", v.Unread, len(v.Items))
		}
		var left notice.UnreadView
		town.Do(t, kit.Request{Method: "POST", Path: "/notices/read", Body: fmt.Sprintf(`{"thread_id":%d}`, v.Items[0].ID)}).Into(t, &left)
		if left.Unread != 0 {
			t.Errorf("%d left unread", left.Unread)
		}
		k.As(t, "foreign").Do(t, kit.Request{Method: "POST", Path: "/notices/read", Body: fmt.Sprintf(`{"thread_id":%d}`, v.Items[0].ID)}).Into(t, &left)
	})
}

func TestTheLetterOfAWithdrawalNamesTheCodeAndLeadsToTheInbox(t *testing.T) {
	eachMailingOffice(t, func(t *testing.T, o *office) {
		c, h := o.offers(t)
		o.posts(t, "{sent 1}")
		answer(t, o.As(t, "group-officer"), h, "withdraw")
		if _, err := o.mail.Notice.Tell(context.Background()); err != nil {
			t.Fatal(err)
		}
		o.posts(t, "{sent 1} {sent 1}")
		_, body, _ := strings.Cut(o.sink.Letters()[1], "\r\n\r\n")
		text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\r\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), c.Code+":移交已撤回\n  https://leads.example/notices\n") || strings.Contains(string(text), "/leads/") {
			t.Errorf("the letter is\n%s", text)
		}
	})
}

func TestNewsOfADisputeStandWithTheOtherNewsOfItsLead(t *testing.T) {
	eachOffice(t, func(t *testing.T, k *kit.Kit) {
		c, claimant := fresh(t, k, false), k.As(t, "town-officer")
		quietly(t, k)
		answer(t, k.As(t, "third"), offer(t, k, k.As(t, "group-officer"), c.Lead, "com"), "refuse")
		a := claimant.Do(t, claim(claimant, c.Code, "a-dispute-of-a-lead"))
		if a.Status != http.StatusCreated {
			t.Fatalf("open: %d %s", a.Status, a.Body)
		}
		var d struct{ ID int64 }
		a.Into(t, &d)
		group := k.As(t, "group-officer")
		said := group.Do(t, kit.Request{
			Method: "POST", Path: fmt.Sprintf("/disputes/%d/statements", d.ID), Body: `{"text":"先会谈的是本组"}`, Unit: group.Roles[0].Unit,
		})
		if said.Status != http.StatusCreated {
			t.Fatalf("say: %d %s", said.Status, said.Body)
		}
		tell(t, k)
		finds(t, k.As(t, "group-officer"), 2, c.Title()+" dispute.opened handoff.refused")
		finds(t, k.As(t, "staff-wg-shenzhen"), 3, c.Title()+" dispute.statement dispute.opened handoff.refused")
		var v notice.InboxView
		seen := k.As(t, "staff-huangpu").Get(t, "/notices", &v)
		if len(v.Items) != 1 || v.Items[0].Lead != nil || !v.Items[0].Withheld || len(v.Items[0].Notices) != 2 || strings.Contains(string(seen.Body), c.Title()) {
			t.Fatalf("a claimant that may not read the lead reads %s", seen.Body)
		}
		for _, n := range v.Items[0].Notices {
			if n.Object != "dispute" || n.ObjectID != d.ID || n.Params["reference"] != c.Code {
				t.Errorf("the claimant reads %+v", n)
			}
		}
	})
}
