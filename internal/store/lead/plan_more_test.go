package lead_test

import (
	"context"
	"testing"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/store"
)

// circulationQueries ask about clocks, the pool, the register and disputes.
func circulationQueries(t *testing.T, w *world) []hotQuery {
	t.Helper()
	ctx := context.Background()
	town, leader, head := w.as(t, "huangpu"), w.as(t, "leader"), w.as(t, "bureau-head")
	clocks := func(name, index string, actor access.Actor, results ...lead.ClockResult) hotQuery {
		return hotQuery{name, index, func() error {
			_, err := w.lead.ClockList(ctx, actor, lead.ClockFilter{Results: results, Limit: 20})
			return err
		}}
	}
	rate := func(name, index string, actor access.Actor) hotQuery {
		return hotQuery{name, index, func() error { _, err := w.lead.OnTimeRate(ctx, actor, clock.Date{}, clock.Date{}); return err }}
	}
	counters := "SEARCH kc USING PRIMARY KEY (unit_id=? AND restricted=? AND grain=? AND span>? AND span<?)"
	if w.db.Dialect() == store.Postgres {
		counters = "clock_counters_pkey"
	}
	out := []hotQuery{
		clocks("a town's running clocks", "clocks_due", town, lead.ClockRunning),
		clocks("a town's late clocks", "clocks_closed", town, lead.ClockLate),
		{"clocks to warn of", "clocks_warn", func() error {
			_, err := w.store.ClocksToWarn(ctx, access.System("test"), 100)
			return err
		}},
		rate("a town's rate in time", "clocks_due", town),
		rate("a town's rate in time, from its counters", counters, town),
		rate("the city's rate in time", "clocks_running", leader),
		rate("the city's rate in time, from its counters", counters, leader),
		{"the workbench of a town", "lead_parts_walk", func() error { _, err := w.lead.Workbench(ctx, town); return err }},
		{"the workbench of the leader", "leads_sign_up", func() error { _, err := w.lead.Workbench(ctx, leader); return err }},
		{"the idle leads of the pool", "lead_parts_walk", func() error { _, err := w.lead.IdlePool(ctx, head); return err }},
		{"the offers that nobody answered", "handoffs_offered_at", func() error {
			_, err := w.lead.Lapsed(ctx, head, nil, nil)
			return err
		}},
		{"registrations that wait", "registrations_pending", func() error {
			_, _, err := w.lead.Pending(ctx, head, 20, "")
			return err
		}},
	}
	if w.db.Dialect() == store.SQLite {
		// PostgreSQL counts them over a table of leads as small as this one by reading it.
		out = append(out, clocks("the running clocks of the city", "clocks_running", head, lead.ClockRunning))
	}
	return out
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
		out = append(out, hotQuery{"the check for " + name, "match_keys", func() error {
			_, err := w.lead.CheckDuplicates(ctx, w.as(t, "huangpu"), p)
			return err
		}})
	}
	return out
}

func text(s string) *string { return &s }
