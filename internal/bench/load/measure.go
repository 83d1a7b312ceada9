package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/org/city"
)

const (
	town     = "huangpu"
	password = city.DemoPassword
)

// pages are the two readings of the list that are measured.
func pages() []struct{ name, login, minimal string } {
	return []struct{ name, login, minimal string }{
		{"a town's list", "huangpu", "/town/leads"},
		{"the leader's list of the whole city", "leader", "/city/leads"},
	}
}

// load is what one server did in one measurement.
type load struct {
	requests int
	elapsed  time.Duration
	program  time.Duration // CPU of the server's own process
	database time.Duration // CPU of the PostgreSQL processes that serve it
}

func (l load) cpu() time.Duration {
	return (l.program + l.database) / time.Duration(max(1, l.requests))
}

func (l load) own() time.Duration { return l.program / time.Duration(max(1, l.requests)) }

func (l load) perSecond() float64 { return float64(l.requests) / l.elapsed.Seconds() }

// figures are the pairs of one page on one database.
type figures struct {
	database, page string
	product        []load
	minimal        []load
}

func measure(ctx context.Context, o options, w world) ([]figures, error) {
	_, _ = fmt.Fprintf(os.Stderr, "making %d leads on %s …\n", o.leads, w.name) // only says what goes on
	if err := w.fill(ctx, o); err != nil {
		return nil, err
	}
	product, minimal, err := w.both(ctx, o)
	if err != nil {
		return nil, err
	}
	defer product.stop()
	defer minimal.stop()
	var out []figures
	for _, p := range pages() {
		token, session, err := product.login(ctx, p.login)
		if err != nil {
			return nil, err
		}
		ours := asked{server: product, path: "/api/v1/leads?limit=50", token: token}
		theirs := asked{server: minimal, path: p.minimal, token: session}
		if err := equal(ctx, ours, theirs); err != nil {
			return nil, err
		}
		f := figures{database: w.name, page: p.name}
		if err := f.pairs(ctx, o, ours, theirs); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// pairs measures the two in turn, each time the other one first, after a
// short run that is not counted.
func (f *figures) pairs(ctx context.Context, o options, ours, theirs asked) error {
	for i := range 2 * (o.pairs + 1) {
		pair, q := i/2, ours
		if i%4 == 1 || i%4 == 2 {
			q = theirs
		}
		l, err := drive(ctx, o, q)
		if err != nil {
			return err
		}
		switch {
		case pair == 0:
		case q == ours:
			f.product = append(f.product, l)
		default:
			f.minimal = append(f.minimal, l)
		}
	}
	return nil
}

// drive asks as fast as the server answers.
func drive(ctx context.Context, o options, q asked) (load, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	before, err := q.server.spent()
	if err != nil {
		return load{}, err
	}
	clk := clock.System{}
	began := clk.Now()
	counts, errs := make([]int, o.clients), make([]error, o.clients)
	var wait sync.WaitGroup
	for i := range o.clients {
		wait.Go(func() {
			for errs[i] == nil && clk.Since(began) < o.span {
				errs[i] = q.once(ctx, client, io.Discard)
				counts[i]++
			}
		})
	}
	wait.Wait()
	l := load{elapsed: clk.Since(began)}
	for i := range o.clients {
		if errs[i] != nil {
			return load{}, errs[i]
		}
		l.requests += counts[i]
	}
	after, err := q.server.spent()
	l.program, l.database = after.program-before.program, after.database-before.database
	return l, err
}

// spent is the CPU time so far of a server's process and of the PostgreSQL
// processes of the measured database. Only one server is asked at a time, and
// connections stay open, so that the difference is this server's.
func (s *server) spent() (load, error) {
	own, err := cpuOf(s.process.Process.Pid)
	if err != nil {
		return load{}, err
	}
	l := load{program: own}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return load{}, err
	}
	for _, path := range lines {
		title, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(title, []byte("postgres: ")) || !bytes.Contains(title, []byte(" "+databaseName+" ")) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return load{}, err
		}
		if cpu, err := cpuOf(pid); err == nil { // it may have ended meanwhile
			l.database += cpu
		}
	}
	return l, nil
}

// tick is the unit of the kernel's CPU times as /proc shows them.
const tick = 10 * time.Millisecond

// cpuOf reads user and system time of a process with all its threads: the
// 14th and 15th field of its line, counted behind the name in parentheses.
func cpuOf(pid int) (time.Duration, error) {
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("read the CPU time of process %d: %q", pid, line)
	}
	var ticks time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += time.Duration(n)
	}
	return ticks * tick, nil
}

// middle is the median with the extremes.
func middle(of []float64) (low, median, high float64) {
	sort.Float64s(of)
	return of[0], of[len(of)/2], of[len(of)-1]
}
