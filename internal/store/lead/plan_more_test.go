package lead_test

import (
	"context"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/notice"
	"github.com/leadrelay/leadrelay/internal/store"
	noticestore "github.com/leadrelay/leadrelay/internal/store/notice"
)

// circulationQueries ask about clocks, the pool, the register and disputes.
func circulationQueries(t *testing.T, w *world) []hotQuery {
	t.Helper()
	ctx := context.Background()
	town, leader, head := w.as(t, "huangpu"), w.as(t, "leader"), w.as(t, "bureau-head")
	clocks := func(name, index string, actor access.Actor, results ...lead.ClockResult) hotQuery {
		return hotQuery{name: name, index: index, ask: func() error {
			_, err := w.lead.ClockList(ctx, actor, lead.ClockFilter{Results: results, Limit: 20})
			return err
		}}
	}
	rate := func(name, index string, actor access.Actor) hotQuery {
		return hotQuery{name: name, index: index, ask: func() error { _, err := w.lead.OnTimeRate(ctx, actor, clock.Date{}, clock.Date{}); return err }}
	}
	counters := "SEARCH kc USING PRIMARY KEY (unit_id=? AND restricted=? AND grain=? AND span>? AND span<?)"
	if w.db.Dialect() == store.Postgres {
		counters = "clock_counters_pkey"
	}
	out := []hotQuery{
		clocks("a town's running clocks", "clocks_due", town, lead.ClockRunning),
		clocks("a town's late clocks", "clocks_closed", town, lead.ClockLate),
		{name: "clocks to warn of", index: "clocks_warn", ask: func() error {
			_, err := w.store.ClocksToWarn(ctx, access.System("test"), 100)
			return err
		}},
		rate("a town's rate in time", "clocks_due", town),
		rate("a town's rate in time, from its counters", counters, town),
		rate("the city's rate in time", "clocks_running", leader),
		rate("the city's rate in time, from its counters", counters, leader),
		{name: "the workbench of a town", index: "lead_parts_walk", ask: func() error { _, err := w.lead.Workbench(ctx, town); return err }},
		{name: "the workbench of the leader", index: "leads_sign_up", ask: func() error { _, err := w.lead.Workbench(ctx, leader); return err }},
		{name: "the idle leads of the pool", index: "lead_parts_walk", ask: func() error { _, err := w.lead.IdlePool(ctx, head); return err }},
		{name: "the offers that nobody answered", index: "handoffs_offered_at", ask: func() error {
			_, err := w.lead.Lapsed(ctx, head, nil, nil)
			return err
		}},
		{name: "registrations that wait", index: "registrations_pending", ask: func() error {
			_, _, err := w.lead.Pending(ctx, head, 20, "")
			return err
		}},
	}
	city := clocks("the running clocks of the city", "clocks_running", head, lead.ClockRunning)
	city.small = true // PostgreSQL counts them over a table of leads as small as this one by reading it
	return append(out, city)
}

// boxQueries ask what a person was told, what units dispute, and who asks for
// duplicates: tables that a made world hardly fills.
func boxQueries(t *testing.T, w *world) []hotQuery {
	t.Helper()
	ctx, inbox := context.Background(), noticestore.New(w.db)
	town, head := w.as(t, "huangpu"), w.as(t, "bureau-head")
	told := func(name, index string, q notice.Query) hotQuery {
		q.User, q.Limit = town.User, 20
		return hotQuery{name: name, index: index, small: true, ask: func() error { _, err := inbox.Threads(ctx, q); return err }}
	}
	disputes := func(name, index string, actor access.Actor, b lead.DisputeBox) hotQuery {
		b.Limit = 20
		return hotQuery{name: name, index: index, small: true, ask: func() error { _, err := w.lead.Disputes(ctx, actor, b); return err }}
	}
	return []hotQuery{
		told("the inbox", "notices_seq", notice.Query{}),
		told("the inbox, older", "notices_seq", notice.Query{Before: 1000}),
		told("the inbox by lead", "notices_lead", notice.Query{}),
		told("what is not read yet", "notices_unread", notice.Query{Unread: true}),
		disputes("the disputes of a town", "disputes_claimant", town, lead.DisputeBox{Mine: true}),
		disputes("the disputes of a lead", "disputes_lead", head, lead.DisputeBox{Lead: 7}),
		{name: "who asks for duplicates", index: "disputes_opened", small: true, ask: func() error { _, err := w.lead.CheckUsers(ctx, head); return err }},
	}
}

// checkQueries are the ways to ask whether somebody reported an investor.
func checkQueries(t *testing.T, w *world) []hotQuery {
	t.Helper()
	ctx := context.Background()
	var known struct{ InvestorName, CreditCode string }
	must(t, w.db.Read(ctx).Raw("SELECT investor_name, credit_code FROM leads WHERE credit_code IS NOT NULL ORDER BY id LIMIT 1").Scan(&known).Error)
	runes := []rune(known.InvestorName)
	runes[3] = '鑫'
	var out []hotQuery
	for name, p := range map[string]lead.Party{
		"a known name": {Name: &known.InvestorName}, "a known code": {CreditCode: &known.CreditCode},
		"a name of common words": {Name: text("中山市示例电子科技有限公司")}, "a name with a slip": {Name: text(string(runes))},
		"an unknown name": {Name: text("从未出现过的公司")}, "a website": {Website: text("www.leadrelay-demo.cn")},
	} {
		out = append(out, hotQuery{name: "the check for " + name, index: "match_keys", ask: func() error {
			_, err := w.lead.CheckDuplicates(ctx, w.as(t, "huangpu"), p)
			return err
		}})
	}
	return out
}

func text(s string) *string { return &s }
