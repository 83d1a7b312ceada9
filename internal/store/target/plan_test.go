package target

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/store"
	module "github.com/leadrelay/leadrelay/internal/target"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// manyYears fills the tables with years of cells and changes, enough for a
// planner to see that a scan costs more.
func manyYears(ctx context.Context, db *store.DB) error {
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return db.InTx(ctx, func(tx *store.Tx) error {
		t := Tx{tx}
		for year := 2010; year < 2030; year++ {
			if _, err := t.HoldYear(ctx, year, true); err != nil {
				return err
			}
			var cells []module.Cell
			var changes []module.Change
			for n := range 1000 {
				value := int64(n)
				key := module.Key{Indicator: fmt.Sprintf("I%02d", n%10), UnitID: id.Unit(n/130 + 1), Month: n / 10 % 13}
				cells = append(cells, module.Cell{Key: key, Value: &value, Version: 1})
				changes = append(changes, module.Change{Year: year, Key: key, Value: &value, Version: 1, Kind: module.EditKind, UserID: 1, At: tx.Now(ctx)})
			}
			if _, err := t.WriteCells(ctx, year, cells); err != nil {
				return err
			}
			if err := t.InsertChanges(ctx, changes); err != nil {
				return err
			}
		}
		return tx.DB(ctx).Exec("INSERT INTO reported_figures (year, month, indicator, unit_id, value, standing, evidence, reason, made_by, made_unit_id, made_at) "+
			"SELECT year, month, indicator, unit_id, value, 'management', '台账', '', 1, unit_id, ? FROM target_cells WHERE month > 0", tx.Now(ctx)).Error
	})
}

func TestNoHotQueryOfTargetsScansATable(t *testing.T) {
	testkit.NewTemplate("target_plans", manyYears).Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.DB(ctx).Exec("ANALYZE").Error }); err != nil {
			t.Fatal(err)
		}
		s := New(db)
		var asked []string
		err := db.Read(ctx).Callback().Query().After("gorm:query").Register("plan_test", func(q *gorm.DB) {
			asked = append(asked, q.Dialector.Explain(q.Statement.SQL.String(), q.Statement.Vars...))
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, ask := range map[string]func() error{
			"the tree of a year": func() error { _, err := s.Cells(ctx, 2020, nil); return err },
			"one indicator":      func() error { _, err := s.Cells(ctx, 2020, []string{"I03"}); return err },
			"the changes of a cell": func() error {
				_, err := s.Changes(ctx, module.WantChanges{Year: 2020, Cell: &module.Key{Indicator: "I03", UnitID: 2, Month: 1}})
				return err
			},
			"the reported figures of year": func() error { _, err := s.Figures(ctx, 2020, false); return err },
		} {
			asked = nil
			if err := ask(); err != nil || len(asked) != 1 {
				t.Fatalf("%s: %v, asked %d", name, err, len(asked))
			}
			plan := planOf(t, db, asked[0])
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN ") {
				t.Errorf("%s scans:\n%s\n%s", name, asked[0], plan)
			}
		}
	})
}

func planOf(t *testing.T, db *store.DB, query string) string {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if db.Dialect() == store.Postgres {
		explain = "EXPLAIN "
	}
	var lines []map[string]any
	if err := db.Read(context.Background()).Raw(explain + query).Scan(&lines).Error; err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprint(l["detail"], l["QUERY PLAN"]))
	}
	return strings.Join(out, "\n")
}
