package bench_test

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/leadrelay/leadrelay/internal/app"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// cockpitLeads is the city of the cockpit's promise: 20,000 leads and 5,000
// projects, which are leads that are signed or beyond.
const cockpitLeads = 25_000

func BenchmarkCockpitOf20000LeadsAnd5000Projects(b *testing.B) {
	full := testkit.NewTemplate("bench_cockpit", func(ctx context.Context, db *store.DB) error {
		folder, err := os.MkdirTemp("", "leadrelay-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		a, err := build(ctx, db, folder)
		if err != nil {
			return err
		}
		return a.MakeDemo(ctx, app.DemoOptions{Leads: cockpitLeads, Seed: 1}, io.Discard)
	})
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) { open(b, full.URL(b, kind, true)).cockpit(b) })
	}
}

func (c *client) cockpit(b *testing.B) {
	var projects int64
	err := c.app.DB.Read(context.Background()).Raw("SELECT count(*) FROM leads WHERE deleted_at IS NULL AND stage IN ('signed', 'registered', " +
		"'site_secured', 'permitted', 'started', 'invested', 'completed', 'producing', 'full_capacity', 'aftercare')").Row().Scan(&projects)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d leads, of them %d projects", cockpitLeads, projects)
	past := clock.System{}.Today().AddDays(-60).String()
	for _, q := range []struct{ name, who, path string }{
		{"now/leader", leader, "/cockpit"},
		{"now/bureauHead", bureau, "/cockpit"},
		{"now/town", town, "/cockpit"},
		{"now/leaderOneTown", leader, "/cockpit?chain=none"},
		{"past/leader", leader, "/cockpit?as_of=" + past},
		{"past/town", town, "/cockpit?as_of=" + past},
		{"list/live", leader, "/cockpit/list?measure=leads.live"},
		{"list/stuckInThePast", leader, "/cockpit/list?measure=stuck&as_of=" + past},
	} {
		c.get(b, "Cockpit/"+q.name, q.who, q.path)
	}
}
