package lead_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/app/demo"
	"github.com/leadrelay/leadrelay/internal/audit"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/event"
	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/lead"
	"github.com/leadrelay/leadrelay/internal/org"
	"github.com/leadrelay/leadrelay/internal/page"
	"github.com/leadrelay/leadrelay/internal/store"
	auditstore "github.com/leadrelay/leadrelay/internal/store/audit"
	orgstore "github.com/leadrelay/leadrelay/internal/store/org"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// manyLeads is enough for a planner to see that a scan costs more.
const manyLeads = 4000

func aFullCity(ctx context.Context, db *store.DB) error {
	if err := theCity(ctx, db); err != nil {
		return err
	}
	w := demo.World{DB: db, Org: org.NewService(orgstore.New(db), clock.System{}, page.Cursors{})}
	if err := demo.Generate(ctx, w, demo.Options{Leads: manyLeads, Seed: 1}); err != nil {
		return err
	}
	return db.InTx(ctx, func(tx *store.Tx) error { return tx.DB(ctx).Exec(oldDisputes).Error })
}

// oldDisputes fills a table that a made world leaves nearly empty: every lead
// was disputed once, by the unit with the number after its holder's.
const oldDisputes = `INSERT INTO disputes (lead_id, claimant_unit_id, respondent_unit_id, leading_unit_id, stands_in, state, claim, reason, opened_by,
	opened_at, talk_due_at, rule_due_at, closed_at) SELECT l.id, u.id, l.unit_id, l.unit_id, false, 'withdrawn', 'earlier', '先接触', 1,
	l.created_at, l.created_at, l.created_at, l.created_at FROM leads l JOIN units u ON u.id = l.unit_id + 1`

func TestNoHotQueryScansATable(t *testing.T) {
	testkit.NewTemplate("plans", aFullCity).Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		watch := watchQueries(db)
		check := func(t *testing.T) {
			for _, q := range hotQueries(t, w) {
				watch.begin()
				if err := q.ask(); err != nil {
					t.Fatalf("%s: %v", q.name, err)
				}
				plan := watch.plan(t, q.small)
				if len(watch.seen) == 0 {
					t.Errorf("%s: asked nothing", q.name)
				}
				if scan := fullScan(db.Dialect(), plan); scan != "" {
					t.Errorf("%s: %s\n%s", q.name, scan, plan)
				}
				if !strings.Contains(plan, q.index) {
					t.Errorf("%s: does not use %s\n%s", q.name, q.index, plan)
				}
			}
		}
		if db.Dialect() == store.SQLite {
			t.Run("as a program finds it that never asked for statistics", check)
		}
		must(t, db.InTx(context.Background(), func(tx *store.Tx) error { return tx.DB(context.Background()).Exec("ANALYZE").Error }))
		t.Run("with statistics", check)
	})
}

// A trigger's question shows in no plan, so it is asked here by itself.
func TestANewPartIsComparedWithThoseOfItsLeadOnly(t *testing.T) {
	testkit.NewTemplate("plans", aFullCity).Each(t, func(t *testing.T, db *store.DB) {
		session := db.Read(context.Background())
		rules, number, index := "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'lead_parts' ORDER BY name", 2, "lead_parts_lead (lead_id=? AND part=?)"
		if db.Dialect() == store.Postgres { // both of its triggers ask one function
			rules, number, index = "SELECT prosrc FROM pg_proc WHERE proname = 'lead_parts_refuse_overlap'", 1, "lead_parts_lead"
			must(t, db.InTx(context.Background(), func(tx *store.Tx) error { return tx.DB(context.Background()).Exec("ANALYZE lead_parts").Error }))
		}
		var found []string
		must(t, session.Raw(rules).Scan(&found).Error)
		for _, rule := range found {
			question := regexp.MustCompile(`(?s)SELECT 1 FROM lead_parts.*?\n *\)`).FindString(rule)
			if plan := explained(t, session, strings.TrimSuffix(question, ")")); !strings.Contains(plan, index) || strings.Contains(plan, "lead_parts_walk") {
				t.Errorf("%s\n%s", question, plan)
			}
		}
		if len(found) != number {
			t.Errorf("lead_parts has %d rules, want %d", len(found), number)
		}
	})
}

// explained is the plan of a trigger's question, whatever the new row is.
func explained(t *testing.T, session *gorm.DB, question string) string {
	t.Helper()
	n := 0
	question = regexp.MustCompile(`NEW\.\w+`).ReplaceAllStringFunc(question, func(string) string {
		if n++; session.Name() == "postgres" {
			return fmt.Sprintf("$%d", n)
		}
		return "?"
	})
	var plan strings.Builder
	must(t, session.Connection(func(session *gorm.DB) error {
		if session.Name() != "postgres" {
			lines(t, &plan, session, "EXPLAIN QUERY PLAN "+question, make([]any, n))
			return nil
		}
		must(t, run(session, "PREPARE watched AS "+question))
		lines(t, &plan, session, "EXPLAIN EXECUTE watched ("+strings.TrimSuffix(strings.Repeat("NULL, ", n), ", ")+")", nil)
		return run(session, "DEALLOCATE watched")
	}))
	return plan.String()
}

// hotQuery is something that people do all day, and the index that it walks
// along; empty where several would do.
type hotQuery struct {
	name, index string
	ask         func() error
	// small says that PostgreSQL reads the whole of a table that is as small
	// as here: asked is whether it would find the index in a large one.
	small bool
}

func hotQueries(t *testing.T, w *world) []hotQuery {
	t.Helper()
	ctx := context.Background()
	town, leader, head := w.as(t, "huangpu"), w.as(t, "leader"), w.as(t, "bureau-head")
	list := func(name, index string, actor access.Actor, f lead.Filter, sort string) hotQuery {
		return hotQuery{name: name, index: index, ask: func() error {
			first, err := w.lead.List(ctx, actor, f, page.Request{Limit: 20, Sort: orderBy(sort)})
			if err != nil || first.Next == nil {
				return err
			}
			after, err := w.lead.OpenCursor(actor, f, orderBy(sort), *first.Next)
			if err != nil {
				return err
			}
			_, err = w.lead.List(ctx, actor, f, page.Request{Limit: 20, Sort: orderBy(sort), After: after})
			return err
		}}
	}
	few, rare := []lead.Stage{"to_sign"}, rareWord(t, w)
	quiet, err := w.lead.Quiet(ctx, lead.Filter{})
	must(t, err)
	out := []hotQuery{
		list("a town's list", "lead_parts_walk", town, lead.Filter{}, ""),
		list("a town's list by stage", "lead_parts_walk", town, lead.Filter{Stages: few}, ""),
		list("a town's list by expected signing", "lead_parts_walk", town, lead.Filter{}, "-expected_sign_on"),
		list("a town's quiet leads", "lead_parts_walk", town, quiet, "activity_at"),
		list("a town's search", "", town, lead.Filter{Q: rare}, ""),
		list("the leader's list", "leads_activity", leader, lead.Filter{}, ""),
		list("the leader's list by stage", "leads_stage", leader, lead.Filter{Stages: few}, ""),
		list("the leader's list of a unit", "leads_unit", leader, lead.Filter{Units: []id.Unit{w.unit(t, "huangpu")}}, ""),
		list("the leader's list of a chain", "leads_chain", leader, lead.Filter{Chains: []string{"home-living"}}, ""),
		list("the leader's search", "", leader, lead.Filter{Q: rare}, ""),
		list("the list with restricted leads", "leads_restricted", head, lead.Filter{}, ""),
	}
	for sort, index := range map[string]string{
		"-created_at": "leads_created", "created_at": "leads_created", "-stage_since": "leads_stage_since",
		"-planned_cents": "leads_planned_down", "planned_cents": "leads_planned_up", "activity_at": "leads_activity",
		"-expected_sign_on": "leads_sign_down", "expected_sign_on": "leads_sign_up", "-code": "code",
	} {
		out = append(out, list("the leader's list by "+sort, index, leader, lead.Filter{}, sort))
	}
	return slices.Concat(out, rowQueries(t, w), circulationQueries(t, w), checkQueries(t, w), boxQueries(t, w), logQueries(w))
}

func orderBy(text string) page.Sort {
	name, desc := strings.CutPrefix(text, "-")
	if text == "" {
		return page.Sort{Name: "activity_at", Desc: true}
	}
	return page.Sort{Name: name, Desc: desc}
}

// rowQueries ask about one lead, or for a short list.
func rowQueries(t *testing.T, w *world) []hotQuery {
	t.Helper()
	ctx := context.Background()
	town, leader := w.as(t, "huangpu"), w.as(t, "leader")
	first, err := w.lead.List(ctx, town, lead.Filter{}, page.Request{Limit: 1})
	must(t, err)
	one := first.Items[0]
	investor := "示例力荣钦家居"
	get := func(name, index string, actor access.Actor) hotQuery {
		return hotQuery{name: name, index: index, ask: func() error { _, err := w.lead.Get(ctx, actor, one.ID); return err }}
	}
	return []hotQuery{
		get("a town's lead", "lead_parts_lead", town),
		get("the leader's lead", "", leader),
		{name: "the timeline of a lead", index: "activities_lead", ask: func() error {
			_, _, err := w.lead.Timeline(ctx, town, one.ID, lead.StreamPage{Limit: 50})
			return err
		}},
		{name: "the custody of a lead", index: "", ask: func() error { _, err := w.lead.Custody(ctx, town, one.ID); return err }},
		{name: "the check for duplicates", index: "match_keys", ask: func() error {
			_, err := w.lead.CheckDuplicates(ctx, town, lead.Party{Name: &investor, CreditCode: one.CreditCode})
			return err
		}},
		{name: "what is offered to a town", index: "handoffs_in", ask: func() error {
			_, err := w.lead.Handoffs(ctx, town, lead.Box{In: true, States: []lead.HandoffState{lead.Offered}, Limit: 20})
			return err
		}},
		{name: "what a town offers", index: "handoffs_out", ask: func() error {
			_, err := w.lead.Handoffs(ctx, town, lead.Box{States: []lead.HandoffState{lead.Offered}, Limit: 20})
			return err
		}},
		{name: "what became of a town's offers lately", index: "handoffs_answered", small: true, ask: func() error {
			since := clock.System{}.Now().AddDate(0, 0, -7)
			_, err := w.lead.Handoffs(ctx, town, lead.Box{States: []lead.HandoffState{lead.Accepted, lead.Refused, lead.Expired}, Since: &since, Limit: 20})
			return err
		}},
		{name: "offers that expired", index: "", ask: func() error {
			_, err := w.store.Overdue(ctx, access.System("test"), 100)
			return err
		}},
		{name: "a town's pipeline", index: "lead_parts_walk", ask: func() error { _, err := w.lead.Pipeline(ctx, town, lead.ByStage); return err }},
		{name: "the leader's pipeline", index: "", ask: func() error { _, err := w.lead.Pipeline(ctx, leader, lead.ByUnit); return err }},
	}
}

// rareWord is in few names of investors.
func rareWord(t *testing.T, w *world) string {
	t.Helper()
	first, err := w.lead.List(context.Background(), w.as(t, "leader"), lead.Filter{}, page.Request{Limit: 1})
	must(t, err)
	return string([]rune(*first.Items[0].InvestorName)[3:5])
}

// logQueries read the audit log. All of it, newest first, is a walk along the
// table itself and needs no index.
func logQueries(w *world) []hotQuery {
	ctx, log := context.Background(), auditstore.New(w.db)
	list := func(name, index string, f audit.Filter) hotQuery {
		return hotQuery{name: name, index: index, ask: func() error { _, err := log.List(ctx, f, 0, 50); return err }}
	}
	return []hotQuery{
		list("the audit log of a lead", "audit_events_lead", audit.Filter{Lead: 7}),
		list("the audit log of a person", "", audit.Filter{User: 3}),
		list("the audit log's refusals", "audit_events_refused", audit.Filter{Outcome: event.Refused}),
	}
}

// watcher remembers the queries that go through a database's readers.
type watcher struct {
	db   *store.DB
	on   bool
	seen []asked
}

type asked struct {
	sql  string
	args []any
}

func watchQueries(db *store.DB) *watcher {
	w := &watcher{db: db}
	note := func(q *gorm.DB) {
		if w.on && !q.DryRun { // a part of another query is rendered dry
			w.seen = append(w.seen, asked{sql: q.Statement.SQL.String(), args: append([]any{}, q.Statement.Vars...)})
		}
	}
	callbacks := db.Read(context.Background()).Callback()
	_ = callbacks.Row().After("gorm:row").Register("test:watch", note)     // a wrong name shows as "asked nothing"
	_ = callbacks.Query().After("gorm:query").Register("test:watch", note) // likewise
	return w
}

func (w *watcher) begin() { w.on, w.seen = true, nil }

// plan explains what was asked since begin, on PostgreSQL the plan that the
// readers keep, whatever the values.
func (w *watcher) plan(t *testing.T, small bool) string {
	t.Helper()
	ctx := context.Background()
	w.on = false
	var b strings.Builder
	must(t, w.db.Read(ctx).Connection(func(session *gorm.DB) error {
		if small && w.db.Dialect() == store.Postgres {
			must(t, run(session, "SET enable_seqscan = off"))
			defer func() { must(t, run(session, "RESET enable_seqscan")) }()
		}
		for _, q := range w.seen {
			fmt.Fprintf(&b, "\n%s\n", q.sql)
			explain, args := "EXPLAIN QUERY PLAN "+q.sql, q.args
			if w.db.Dialect() == store.Postgres {
				nothing := strings.TrimSuffix(strings.Repeat("NULL, ", len(q.args)), ", ")
				must(t, run(session, "PREPARE watched AS "+q.sql))
				explain, args = "EXPLAIN EXECUTE watched", nil
				if nothing != "" {
					explain += " (" + nothing + ")"
				}
			}
			lines(t, &b, session, explain, args)
			if w.db.Dialect() == store.Postgres {
				must(t, run(session, "DEALLOCATE watched"))
			}
		}
		return nil
	}))
	return b.String()
}

func run(session *gorm.DB, sql string) error {
	_, err := session.Statement.ConnPool.ExecContext(context.Background(), sql)
	return err
}

// lines writes the last column of a query.
func lines(t *testing.T, to *strings.Builder, session *gorm.DB, sql string, args []any) {
	t.Helper()
	found, err := session.Statement.ConnPool.QueryContext(context.Background(), sql, args...)
	must(t, err)
	defer func() { must(t, found.Close()) }()
	columns, err := found.Columns()
	must(t, err)
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for found.Next() {
		must(t, found.Scan(targets...))
		fmt.Fprintf(to, "    %v\n", values[len(values)-1])
	}
	must(t, found.Err())
}

// fullScan finds the reading of a whole large table in a plan.
func fullScan(dialect store.Dialect, plan string) string {
	if dialect == store.Postgres {
		return regexp.MustCompile(`Seq Scan on (leads|lead_parts|handoffs|audit_events|activities|match_keys|lead_search|clocks|clock_counters|registrations|notices|disputes|check_counts)\b`).FindString(plan)
	}
	// The aliases that the queries give to these tables; an index behind the
	// name means that rows come in its order, and a limit ends the walk.
	// The parts of one lead, e and f, must not be looked for among all of a unit's.
	return regexp.MustCompile(`(?m)^ +SCAN (l|p|e|h|q|c|kc|leads|lead_parts|handoffs|audit_events|activities|match_keys|clocks|registrations)$|` +
		`SEARCH [ef] .*lead_parts_walk.*`).FindString(plan)
}
