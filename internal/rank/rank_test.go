package rank_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/leadrelay/leadrelay/internal/id"
	"github.com/leadrelay/leadrelay/internal/rank"
)

// goldenRules: half number plus half amount, 50 points, at most 120 %; starts,
// 30 points, at most 100 %; efficacy of the amount, 20 points, base 60 %; less
// 0.1 for each overdue start, at most 2, 0.2 for each falsified project, 0.1
// for each project of a thousand million that is missing.
func goldenRules() rank.Rules {
	return rank.Rules{
		Items: []rank.Item{
			{Kind: rank.Halves, Indicators: []string{"SIGN_N", "SIGN_AMT"}, Weight: 5000, Cap: 1_200_000},
			{Kind: rank.Completion, Indicators: []string{"START_N"}, Weight: 3000, Cap: 1_000_000},
			{Kind: rank.Efficacy, Indicators: []string{"SIGN_AMT"}, Weight: 2000, Base: 600_000},
		},
		Deductions: []rank.Deduction{
			{Fault: rank.OverdueStart, Step: 10, Most: 200},
			{Fault: rank.Falsified, Step: 20},
			{Fault: rank.BandShort, Step: 10, Indicators: []string{"SIGN_N_10"}},
		},
	}
}

// golden are what twelve units reached: number, amount, starts and projects of
// a thousand million, each with its target, then the faults.
func golden() rank.Inputs {
	rows := [][]int64{
		{1, 12, 20, 63, 100, 7, 9, 1, 2, 0, 0},
		{2, 20, 20, 100, 100, 9, 9, 2, 2, 0, 0},
		{3, 30, 20, 180, 100, 12, 9, 3, 2, 1, 0},
		{4, 0, 20, 0, 100, 0, 9, 0, 2, 3, 0},
		{5, 7, 13, 29, 41, 5, 6, 0, 1, 2, 1},
		{6, 13, 13, 41, 41, 6, 6, 1, 1, 0, 0},
		{7, 5, 8, 11, 17, 3, 4, 0, 0, 0, 0},
		{8, 8, 8, 17, 17, 4, 4, 0, 0, 1, 2},
		{9, 3, 7, 10, 13, 2, 3, 0, 0, 0, 0},
		{10, 6, 7, 12, 13, 0, 0, 0, 0, 0, 0}, // no target of starts: its weight is spread
		{11, 9, 7, 20, 13, 4, 3, 0, 0, 25, 0},
		{12, 1, 8, 2, 17, 1, 4, 0, 0, 0, 1},
	}
	in := rank.Inputs{Groups: []rank.Group{{Code: "A", Units: []id.Unit{1, 2, 3, 4, 5, 6}}, {Code: "B", Units: []id.Unit{7, 8, 9, 10, 11, 12}}}}
	for _, r := range rows {
		u := id.Unit(r[0])
		for n, name := range []string{"SIGN_N", "SIGN_AMT", "START_N", "SIGN_N_10"} {
			if r[2+2*n] > 0 {
				in.Figures = append(in.Figures, rank.Figure{Unit: u, Indicator: name, Actual: r[1+2*n], Target: r[2+2*n]})
			}
		}
		in.Counts = append(in.Counts, rank.Count{Unit: u, Fault: rank.OverdueStart, Count: r[9]}, rank.Count{Unit: u, Fault: rank.Falsified, Count: r[10]})
	}
	return in
}

// TestTwelveUnitsHaveTheScoresWorkedOutByHand compares every step with
// testdata/golden.csv, which was worked out apart from this program, in
// fractions of whole numbers.
func TestTwelveUnitsHaveTheScoresWorkedOutByHand(t *testing.T) {
	f, err := os.Open("testdata/golden.csv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	want, err := csv.NewReader(f).ReadAll()
	if err != nil || len(want) != 13 {
		t.Fatalf("%d lines, %v", len(want), err)
	}
	kinds := []string{"halves", "completion", "efficacy", "spread", "overdue_start", "falsified", "band_short"}
	in := golden()
	for _, g := range in.Groups {
		for _, s := range goldenRules().Group(g, in) {
			points := map[string]int64{}
			for _, step := range s.Steps {
				points[step.Kind] = step.Points
			}
			got := []string{s.Unit.String(), s.Group}
			for _, k := range kinds {
				got = append(got, strconv.FormatFloat(float64(points[k])/100, 'f', 2, 64))
			}
			got = append(got, strconv.FormatFloat(float64(s.Cents)/100, 'f', 2, 64), strconv.FormatInt(s.Place, 10))
			if !slices.Equal(got, want[s.Unit]) {
				t.Errorf("unit %s\n got %v\nwant %v", s.Unit, got, want[s.Unit])
			}
		}
	}
}

func TestTheStepsAddUpToTheScoreInWhateverOrderTheFiguresCome(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	for range 300 {
		in := rank.Inputs{Groups: []rank.Group{{Code: "A"}}}
		for u := range id.Unit(2 + dice.IntN(10)) {
			in.Groups[0].Units = append(in.Groups[0].Units, u+1)
			for _, name := range []string{"SIGN_N", "SIGN_AMT", "START_N", "SIGN_N_10"} {
				if dice.IntN(6) > 0 {
					in.Figures = append(in.Figures, rank.Figure{Unit: u + 1, Indicator: name, Actual: dice.Int64N(1e15), Target: dice.Int64N(1e15) + 1})
				}
			}
			in.Counts = append(in.Counts, rank.Count{Unit: u + 1, Fault: rank.OverdueStart, Count: dice.Int64N(30)})
		}
		rules := goldenRules()
		rules.Deductions = rules.Deductions[:2]
		first := rules.Group(in.Groups[0], in)
		for _, s := range first {
			sum := int64(0)
			for _, step := range s.Steps {
				sum += step.Points
			}
			if sum != s.Cents {
				t.Fatalf("unit %s: the steps make %d, the score is %d", s.Unit, sum, s.Cents)
			}
		}
		dice.Shuffle(len(in.Figures), func(i, j int) { in.Figures[i], in.Figures[j] = in.Figures[j], in.Figures[i] })
		dice.Shuffle(len(in.Counts), func(i, j int) { in.Counts[i], in.Counts[j] = in.Counts[j], in.Counts[i] })
		units := in.Groups[0].Units
		dice.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
		if again := rules.Group(in.Groups[0], in); fmt.Sprint(again) != fmt.Sprint(first) {
			t.Fatalf("another order gave\n%v\nand before\n%v", again, first)
		}
	}
}

func TestARatioAboveAnothersCanOnlyHelp(t *testing.T) {
	in := golden()
	before := goldenRules().Group(in.Groups[0], in)
	for n, f := range in.Figures {
		if f.Unit == 1 && f.Indicator == "SIGN_N" {
			in.Figures[n].Actual++
		}
	}
	for _, s := range goldenRules().Group(in.Groups[0], in) {
		for _, b := range before {
			if b.Unit == s.Unit && (s.Unit == 1) == (s.Cents == b.Cents) {
				t.Errorf("unit %s: %d before, %d after one more signing of unit 1", s.Unit, b.Cents, s.Cents)
			}
		}
	}
}
