// Command table reads the output of the benchmark of internal/bench and
// prints it as the table of docs/performance.md, with both databases beside
// each other:
//
//	go test -run '^$' -bench . ./internal/bench | go run ./internal/bench/table
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := table(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

// figures are the milliseconds of one act on one database: on the clock, of
// CPU, and the slowest of twenty.
type figures struct {
	mean, cpu, p95 float64
	few            bool // fewer than ten requests
}

// few is below how many requests the slowest of twenty is only the slowest.
const few = 10

func table(from io.Reader, to io.Writer) error {
	var names []string
	all := map[string]map[string]figures{}
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		database, act, f, ok := read(lines.Text())
		if !ok {
			continue
		}
		if all[act] == nil {
			names, all[act] = append(names, act), map[string]figures{}
		}
		all[act][database] = f
	}
	if err := lines.Err(); err != nil {
		return err
	}
	text := "| Act | SQLite ms | CPU | p95 | PostgreSQL ms | CPU | p95 |\n|---|---:|---:|---:|---:|---:|---:|\n"
	for _, act := range names {
		text += fmt.Sprintf("| %s | %s | %s |\n", act, all[act]["sqlite"], all[act]["postgres"])
	}
	_, err := io.WriteString(to, text)
	return err
}

// read takes apart a line: the name, how often, then pairs of a figure and
// what it counts.
func read(line string) (database, act string, f figures, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 {
		return "", "", f, false
	}
	name := strings.SplitN(fields[0], "/", 3)
	if len(name) < 3 || name[0] != "BenchmarkCityOf100000Leads" {
		return "", "", f, false
	}
	act = withoutProcessors(name[2])
	times, err := strconv.Atoi(fields[1])
	f.few = times < few
	for i := 2; i+1 < len(fields) && err == nil; i += 2 {
		var n float64
		n, err = strconv.ParseFloat(fields[i], 64)
		switch fields[i+1] {
		case "ns/op":
			f.mean = n / 1e6
		case "cpu-µs/op":
			f.cpu = n / 1e3
		case "p95-µs":
			f.p95 = n / 1e3
		}
	}
	return name[1], act, f, err == nil
}

// withoutProcessors cuts the number of processors off a name, if it has one.
func withoutProcessors(name string) string {
	at := strings.LastIndexByte(name, '-')
	if at < 0 || strings.Trim(name[at+1:], "0123456789") != "" {
		return name
	}
	return name[:at]
}

func (f figures) String() string {
	mark := ""
	if f.few {
		mark = "*"
	}
	if f.mean == 0 {
		return "– | – | –"
	}
	return fmt.Sprintf("%s | %s | %s%s", short(f.mean), short(f.cpu), short(f.p95), mark)
}

// short leaves out the digits that mean nothing.
func short(n float64) string {
	if n < few {
		return strconv.FormatFloat(n, 'f', 2, 64)
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}
