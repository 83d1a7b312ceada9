package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// report writes the figures as the table of docs/performance.md.
func report(to io.Writer, o options, all []figures) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d leads, %d clients, %d pairs of %s each, %d processors. Medians; CPU in microseconds per request.\n\n",
		o.leads, o.clients, o.pairs, o.span, runtime.NumCPU())
	b.WriteString("| Database | Page of 50 with total | LeadRelay: requests/s | CPU | Minimal: requests/s | CPU | Ratio of CPU (from–to) | Ratio, programs alone |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, f := range all {
		low, ratio, high := middle(ratios(f, load.cpu))
		_, own, _ := middle(ratios(f, load.own))
		fmt.Fprintf(&b, "| %s | %s | %.0f | %s | %.0f | %s | **%.2f** (%.2f–%.2f) | %.2f |\n", f.database, f.page,
			median(f.product, load.perSecond), cost(f.product), median(f.minimal, load.perSecond), cost(f.minimal), ratio, low, high, own)
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// ratios divides pair by pair, because the machine's other work changes from
// one minute to the next.
func ratios(f figures, of func(load) time.Duration) []float64 {
	out := make([]float64, 0, len(f.product))
	for i := range f.product {
		out = append(out, float64(of(f.product[i]))/float64(max(1, of(f.minimal[i]))))
	}
	return out
}

func median(of []load, what func(load) float64) float64 {
	all := make([]float64, 0, len(of))
	for _, l := range of {
		all = append(all, what(l))
	}
	_, m, _ := middle(all)
	return m
}

// cost writes the CPU of a request, and of which the program's own.
func cost(of []load) string {
	micros := func(d time.Duration) float64 { return float64(d.Microseconds()) }
	all := median(of, func(l load) float64 { return micros(l.cpu()) })
	own := median(of, func(l load) float64 { return micros(l.own()) })
	if own < all {
		return fmt.Sprintf("%.0f (%.0f without the database)", all, own)
	}
	return fmt.Sprintf("%.0f", all)
}
