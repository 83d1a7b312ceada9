package app_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/supervise"
	kit "github.com/leadrelay/leadrelay/internal/testkit/worldkit"
)

// walkList reads a list page by page and returns its rows and the total that
// the first page says.
func walkList(t *testing.T, p *kit.Person, list supervise.List) (rows []supervise.RowView, total int64) {
	t.Helper()
	cursor := ""
	for {
		var page struct {
			Items []supervise.RowView
			Next  *string
			Total struct{ Count int64 }
		}
		p.Get(t, fmt.Sprintf("/supervision/%s?limit=3&cursor=%s", list, url.QueryEscape(cursor)), &page)
		rows, total = append(rows, page.Items...), page.Total.Count
		if page.Next == nil {
			return rows, total
		}
		cursor = *page.Next
	}
}

// lateLeads makes a lead of Huangpu's that stands in every list, and one of
// the foreign unit in two.
func lateLeads(t *testing.T, k *kit.Kit) id.Lead {
	t.Helper()
	today, town := clock.System{}.Today(), k.Unit(context.Background(), "huangpu")
	ago := today.AddDays(-30).Start()
	for _, name := range []string{"town-officer", "foreign"} {
		l := leadFor(t, k.As(t, name))
		behind(t, k, "UPDATE clocks SET due_at = ? WHERE lead_id = ? AND closed_at IS NULL", ago, l)
		behind(t, k, "INSERT INTO commitments (lead_id, text, promised_by, promised_on, occasion, unit_id, due_on, made_at) "+
			"SELECT id, '修路', '镇政府', ?, '洽谈会', unit_id, ?, ? FROM leads WHERE id = ?", today.AddDays(-90), today.AddDays(-10), ago, l)
	}
	l := leadFor(t, k.As(t, "town-officer"))
	behind(t, k, "UPDATE leads SET stage = 'registered' WHERE id = ?", l)
	behind(t, k, "INSERT INTO stage_spans (lead_id, stage, from_at, until, happened_on, entered) VALUES (?, 'signed', ?, ?, ?, 'gate')",
		l, ago, ago, today.AddDays(-250))
	behind(t, k, "INSERT INTO handoffs (lead_id, from_unit_id, to_unit_id, state, reason, ask, offered_at, due_at, kind) VALUES (?, ?, ?, 'expired', '落地', '接续', ?, ?, 'offer')",
		l, town, k.Unit(context.Background(), "com"), ago, ago)
	behind(t, k, "INSERT INTO signing_months (month, frozen_at) SELECT '2024-01', ? WHERE NOT EXISTS (SELECT 1 FROM signing_months WHERE month = '2024-01')", ago)
	behind(t, k, "INSERT INTO signing_items (lead_id, month, cents, landing_unit_id, first_unit_id, chain, main_venue, grade, text_agreed, site_ready, incentives_reviewed, "+
		"legal_opinion, fair_competition, leader, investor_signs, city_signs, state, created_at, updated_at) "+
		"VALUES (?, '2024-03', 1, ?, ?, '', false, 'sure', false, false, false, false, false, '', '', '', 'planned', ?, ?)", l, town, town, ago, ago)
	item := number(t, k, "SELECT max(id) FROM signing_items")
	for range 2 {
		behind(t, k, "INSERT INTO signing_changes (month, item_id, lead_id, kind, delta_cents, delta_count, landing_unit_id, first_unit_id, chain, other_month, reason, at) "+
			"VALUES ('2024-01', ?, ?, 'out', -1, -1, ?, ?, '', '2024-02', '未谈妥', ?)", item, l, town, town, ago)
	}
	return l
}

func TestTheTotalOfEveryListIsItsRowsAndAUnitSeesItsOwnAlone(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		lateLeads(t, k)
		town := k.Unit(context.Background(), "huangpu")
		for _, name := range []string{"bureau-head", "bureau-officer", "leader", "town-officer", "town-viewer", "group-head", "foreign"} {
			p := k.As(t, name)
			var all supervise.ListsView
			p.Get(t, "/supervision", &all)
			for _, v := range all.Lists {
				rows, total := walkList(t, p, v.List)
				seen, byUnit, sum := map[int64]bool{}, map[id.Unit]int64{}, int64(0)
				for _, r := range rows {
					seen[r.ID] = true
					byUnit[r.UnitID]++
					if strings.HasPrefix(name, "town") && r.UnitID != town && r.HolderID != town {
						t.Errorf("%s reads in %s what unit %s owes on a lead of unit %s", name, v.List, r.UnitID, r.HolderID)
					}
				}
				for _, c := range v.Units {
					sum += c.Rows
					if byUnit[c.UnitID] != c.Rows {
						t.Errorf("%s, %s: unit %s has %d rows, the count says %d", name, v.List, c.UnitID, byUnit[c.UnitID], c.Rows)
					}
				}
				if n := int64(len(rows)); n != v.Total || n != total || n != sum || n != int64(len(seen)) {
					t.Errorf("%s, %s: %d rows (%d different), totals %d and %d, by unit %d", name, v.List, n, len(seen), v.Total, total, sum)
				}
				if name == "town-officer" && v.Total == 0 {
					t.Errorf("%s is empty for the town that holds what stands in it", v.List)
				}
			}
		}
	})
}

// slip is a slip as a person reads it, in one line.
func slipLine(t *testing.T, p *kit.Person, s id.Slip) string {
	t.Helper()
	a := p.Do(t, ask("GET", "/slips/%d", s))
	if a.Status != 200 {
		return a.Brief()
	}
	var v supervise.SlipView
	a.Into(t, &v)
	out := string(v.State)
	for _, e := range v.Events {
		out += " " + e.Act
	}
	return fmt.Sprintf("%s can %v", out, v.Can)
}

func TestASlipIsIssuedAnsweredSentBackAndClosed(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		lateLeads(t, k)
		bureau, town, other, leader := k.As(t, "bureau-officer"), k.As(t, "town-officer"), k.As(t, "foreign"), k.As(t, "leader")
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		rows, _ := walkList(t, town, supervise.NotStarted)
		order := func(unit string, row int64) kit.Request {
			return posts(fmt.Sprintf(`{"unit_id":%d,"rows":[{"list":"not_started","row_id":%d}],%s`, k.Unit(ctx, unit), row, slipText[1:]), "/slips")
		}
		expect("what another unit owes", bureau.Do(t, order("xiaolan", rows[0].ID)).Brief(), "400 input.invalid")
		var v supervise.SlipView
		a := bureau.Do(t, order("huangpu", rows[0].ID))
		a.Into(t, &v)
		expect("issued", a.Brief(), "201")
		expect("number", fmt.Sprint(v.Number, " ", v.Code), fmt.Sprintf("1 DB-%d-001", clock.System{}.Today().Year()))
		expect("the town", slipLine(t, town, v.ID), "issued issued can [receive reply attach]")
		expect("who only reads", slipLine(t, k.As(t, "town-viewer"), v.ID), "issued issued can []")
		expect("the leader", slipLine(t, leader, v.ID), "issued issued can []")
		expect("whom it does not concern", slipLine(t, other, v.ID), "404 slip.unknown")
		expect("a row that has a slip", fmt.Sprint(slipOf(t, town, rows[0].ID)), fmt.Sprint(v.ID))
		expect("closed before the answer", bureau.Do(t, posts(`{"text":"办结"}`, "/slips/%d/close", v.ID)).Brief(), "409 slip.state")
		expect("answered by who may not", bureau.Do(t, posts(`{"text":"已办"}`, "/slips/%d/reply", v.ID)).Brief(), "403 forbidden")
		expect("received", town.Do(t, posts("", "/slips/%d/receive", v.ID)).Brief(), "200")
		expect("corrected too late", bureau.Do(t, kit.Request{Method: "PATCH", Path: fmt.Sprintf("/slips/%d", v.ID), IfMatch: "2", Body: slipText}).Brief(), "409 slip.state")
		expect("an old version", bureau.Do(t, kit.Request{Method: "PATCH", Path: fmt.Sprintf("/slips/%d", v.ID), IfMatch: "1", Body: slipText}).Brief(), "412 slip.stale")
		expect("without a text", town.Do(t, posts(`{"text":" "}`, "/slips/%d/reply", v.ID)).Brief(), "400 input.invalid")
		expect("answered", town.Do(t, posts(`{"text":"用地已交付，下月动工"}`, "/slips/%d/reply", v.ID)).Brief(), "200")
		expect("the bureau", slipLine(t, bureau, v.ID), "replied issued received replied can [close return withdraw]")
		expect("sent back", bureau.Do(t, posts(`{"reason":"请附开工计划","days":3}`, "/slips/%d/return", v.ID)).Brief(), "200")
		file := kit.Request{Method: "POST", Path: fmt.Sprintf("/slips/%d/files", v.ID), File: &kit.File{Name: "plan.txt", Content: "开工计划"}}
		expect("a document", town.Do(t, file).Brief(), "201")
		expect("answered again", town.Do(t, posts(`{"text":"开工计划见附件"}`, "/slips/%d/reply", v.ID)).Brief(), "200")
		expect("closed", bureau.Do(t, posts(`{"text":"同意办结"}`, "/slips/%d/close", v.ID)).Brief(), "200")
		expect("the end", slipLine(t, town, v.ID), "closed issued received replied returned file replied closed can []")
		expect("the row is free again", fmt.Sprint(slipOf(t, town, rows[0].ID)), "0")
		expect("a document after the end", town.Do(t, file).Brief(), "409 slip.state")
	})
}

// slipOf is the open slip on a row of the list of what did not start.
func slipOf(t *testing.T, p *kit.Person, row int64) id.Slip {
	t.Helper()
	rows, _ := walkList(t, p, supervise.NotStarted)
	for _, r := range rows {
		if r.ID == row && r.SlipID != nil {
			return *r.SlipID
		}
	}
	return 0
}

func TestARestrictedLeadCannotStandOnASlip(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		l := lateLeads(t, k)
		head := k.As(t, "bureau-head")
		rows, _ := walkList(t, head, supervise.NotStarted)
		behind(t, k, "UPDATE leads SET restricted = true WHERE id = ?", l)
		for _, r := range rows {
			if r.LeadID == l {
				body := fmt.Sprintf(`{"unit_id":%d,"rows":[{"list":"not_started","row_id":%d}],%s`, r.UnitID, r.ID, slipText[1:])
				answers(t, head, posts(body, "/slips"), "409 slip.lead_restricted")
				answers(t, k.As(t, "bureau-officer"), posts(body, "/slips"), "400 input.invalid")
			}
		}
	})
}

func TestASlipIsRemindedOfOnceWhoeverRunsTheJob(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		ctx := context.Background()
		slip := slipFor(t, k.As(t, "town-officer"), "received")
		past := clock.System{}.Today().AddDays(-1).Start()
		told := func(want string) {
			t.Helper()
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if _, err := k.App.Supervise.Remind(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			got := fmt.Sprint(number(t, k, "SELECT count(*) FROM notice_events WHERE object = 'slip' AND object_id = ? AND kind = 'slip.due_soon'", slip),
				number(t, k, "SELECT count(*) FROM notice_events WHERE object = 'slip' AND object_id = ? AND kind = 'slip.overdue'", slip))
			if got != want {
				t.Errorf("reminders: %s, want %s", got, want)
			}
		}
		told("0 0")
		behind(t, k, "UPDATE slips SET remind_at = ? WHERE id = ?", past, slip)
		told("1 0")
		behind(t, k, "UPDATE slips SET remind_at = ?, due_at = ? WHERE id = ?", past, past, slip)
		told("1 1")
		behind(t, k, "UPDATE slips SET remind_at = ? WHERE id = ?", past, slip)
		told("1 1")
	})
}

func TestTwoSlipsAtOnceGetTwoNumbers(t *testing.T) {
	eachGrid(t, func(t *testing.T, k *kit.Kit) {
		bureau, to := k.As(t, "bureau-officer"), k.Unit(context.Background(), "xiaolan")
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if a := bureau.Do(t, posts(fmt.Sprintf(`{"unit_id":%d,%s`, to, slipText[1:]), "/slips")); a.Status != 201 {
					t.Error(a.Brief())
				}
			})
		}
		all.Wait()
		year := clock.System{}.Today().Year()
		if got := fmt.Sprint(number(t, k, "SELECT count(DISTINCT number) FROM slips WHERE year = ?", year), number(t, k, "SELECT max(number) FROM slips WHERE year = ?", year)); got != "6 6" {
			t.Errorf("numbers: %s", got)
		}
	})
}
