package bench_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/leadrelay/leadrelay/internal/app"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/store"
	"github.com/leadrelay/leadrelay/internal/testkit"
)

// BenchmarkTargets measures the tree of a year: reading all of it, the progress
// of every unit, and a batch of 500 cells, whose promise is 300 ms.
func BenchmarkTargets(b *testing.B) {
	demo := testkit.NewTemplate("bench_targets", func(ctx context.Context, db *store.DB) error {
		folder, err := os.MkdirTemp("", "leadrelay-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		a, err := build(ctx, db, folder)
		if err != nil {
			return err
		}
		return a.MakeDemo(ctx, app.DemoOptions{}, io.Discard)
	})
	for _, kind := range []store.Dialect{store.SQLite, store.Postgres} {
		b.Run(string(kind), func(b *testing.B) { open(b, demo.URL(b, kind, true)).targets(b) })
	}
}

func (c *client) targets(b *testing.B) {
	withoutLimits(b, c.app.DB)
	year := clock.System{}.Today().Year()
	c.get(b, "Targets/treeBureau", bureau, fmt.Sprintf("/targets/%d", year))
	c.get(b, "Targets/treeTown", town, fmt.Sprintf("/targets/%d", year))
	c.get(b, "Targets/progressBureau", bureau, fmt.Sprintf("/targets/%d/progress", year))
	c.get(b, "Targets/progressTown", town, fmt.Sprintf("/targets/%d/progress", year))
	var tree struct {
		Units []struct {
			UnitID int64 `json:"unit_id"`
		}
	}
	c.into(b, &tree, c.do(b, 200, bureau, "GET", fmt.Sprintf("/targets/%d", year+1), nil))
	version := 0
	measure(b, "Targets/save500", func(b *testing.B) {
		b.Helper()
		var cells []map[string]any
		for n := range 500 {
			cells = append(cells, map[string]any{
				"unit_id": tree.Units[n/12%len(tree.Units)].UnitID, "indicator": "PROD_N", "month": n%12 + 1, "value": version + n, "version": version,
			})
		}
		c.do(b, 200, bureau, "PUT", fmt.Sprintf("/targets/%d/cells", year+1), map[string]any{"cells": cells})
		version++
	})
}
