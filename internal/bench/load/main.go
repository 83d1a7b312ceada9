// Command load measures the list page of leads against the minimal server of
// internal/bench/minimal, in pairs: so many clients ask one server as fast as
// it answers, then the other, over and over, and the CPU time of the server
// processes is read before and after. On a loaded machine the requests per
// second mean little; the ratio of CPU per request holds.
//
//	load -program bin/leadrelay -minimal bin/minimal -postgres postgres://…
//
// It makes a world of 100,000 leads on SQLite and on PostgreSQL first. Before
// it measures it compares the two answers row by row. CPU times are read from
// /proc, so it runs on Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// options are the flags.
type options struct {
	program, minimal string
	postgres         string // address of a server on which a database may be made
	dir              string
	leads            int
	clients, pairs   int
	span             time.Duration // of one measurement
	keep             bool
}

func main() {
	var o options
	flag.StringVar(&o.program, "program", "", "the product's program")
	flag.StringVar(&o.minimal, "minimal", "", "the minimal server's program")
	flag.StringVar(&o.postgres, "postgres", "", "a PostgreSQL server, as postgres://…; without it only SQLite is measured")
	flag.StringVar(&o.dir, "dir", "", "folder of the worlds; a temporary one if not given")
	flag.BoolVar(&o.keep, "keep", false, "keep the worlds in -dir and on the server for another run")
	flag.IntVar(&o.leads, "leads", 100_000, "leads of the world")
	flag.IntVar(&o.clients, "clients", 4, "clients that ask at once")
	flag.IntVar(&o.pairs, "pairs", 7, "pairs of measurements of each page")
	flag.DurationVar(&o.span, "span", 3*time.Second, "length of one measurement")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.dir == "" {
		temp, err := os.MkdirTemp("", "leadrelay-load-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		o.dir = temp
	}
	worlds := []world{{name: "SQLite", dir: filepath.Join(o.dir, "sqlite")}}
	worlds[0].url = "file:" + filepath.Join(worlds[0].dir, "leadrelay.db")
	if o.postgres != "" {
		url, err := database(ctx, o.postgres)
		if err != nil {
			return fmt.Errorf("make a database: %w", err)
		}
		if !o.keep {
			defer drop(context.WithoutCancel(ctx), o.postgres)
		}
		worlds = append(worlds, world{name: "PostgreSQL", dir: filepath.Join(o.dir, "postgres"), url: url})
	}
	var all []figures
	for _, w := range worlds {
		got, err := measure(ctx, o, w)
		if err != nil {
			return fmt.Errorf("measure on %s: %w", w.name, err)
		}
		all = append(all, got...)
	}
	return report(os.Stdout, o, all)
}
