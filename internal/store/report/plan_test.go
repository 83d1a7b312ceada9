package report_test

import (
	"context"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// A query of the whole city's ages reads one index and no row.
func TestAgesAreReadFromAnIndexAlone(t *testing.T) {
	db := testkit.Open(t, store.SQLite)
	var plan []struct{ Detail string }
	err := db.Read(context.Background()).Raw("EXPLAIN QUERY PLAN SELECT track, stage, since_on, count(*) FROM lead_facts f INDEXED BY lead_facts_age " +
		"WHERE f.until = '9999-12-31 00:00:00+00:00' AND NOT f.restricted GROUP BY stage, track, since_on").Scan(&plan).Error
	if err != nil || len(plan) != 1 || !strings.Contains(plan[0].Detail, "COVERING INDEX lead_facts_age") {
		t.Fatalf("the plan is %+v, %v", plan, err)
	}
}
