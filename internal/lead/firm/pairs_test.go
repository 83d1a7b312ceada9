package firm_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/leadrelay/leadrelay/internal/lead/firm"
)

// pair is a line of testdata/pairs.tsv: two names and what a person said of
// them. exact: one firm, and the program must be sure; likely: one firm, and
// the program must at least ask; different: two firms.
type pair struct{ set, label, kind, a, b string }

func pairs(t testing.TB) []pair {
	t.Helper()
	text, err := os.ReadFile("testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if f := strings.Split(line, "\t"); !strings.HasPrefix(line, "#") {
			out = append(out, pair{f[0], f[1], f[2], f[3], f[4]})
		}
	}
	return out
}

// figures counts answers; in percent.
type figures struct {
	pairs, exact, exactSame, same, sameRight        int
	likely, likelyAsked, different, asked, askedBad int
}

func (f *figures) count(p pair, got firm.Likeness) {
	f.pairs++
	if got == firm.Same {
		f.same++
		if p.label != "different" {
			f.sameRight++
		}
	}
	switch p.label {
	case "exact":
		f.exact++
		if got == firm.Same {
			f.exactSame++
		}
		return
	case "likely":
		f.likely++
		if got != firm.Different {
			f.likelyAsked++
		}
	case "different":
		f.different++
		if got != firm.Different {
			f.askedBad++
		}
	}
	if got != firm.Different {
		f.asked++
	}
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func TestNamesOfOneFirmAreKnownAgainAndOthersAreKeptApart(t *testing.T) {
	all := map[string]*figures{"tuned": {}, "held": {}}
	for _, p := range pairs(t) {
		got := firm.Compare(firm.Read(p.a), firm.Read(p.b))
		if back := firm.Compare(firm.Read(p.b), firm.Read(p.a)); back != got {
			t.Errorf("%s and %s: %d one way, %d the other", p.a, p.b, got, back)
		}
		all[p.set].count(p, got)
		wrong := p.label == "exact" && got != firm.Same || p.label == "likely" && got == firm.Different || p.label == "different" && got != firm.Different
		if wrong && (p.set == "tuned" || testing.Verbose()) {
			t.Logf("%s, %s (%s): %s | %s gave %d (%+v %+v)", p.set, p.label, p.kind, p.a, p.b, got, firm.Read(p.a), firm.Read(p.b))
		}
	}
	for _, set := range []string{"tuned", "held"} {
		f := all[set]
		exactPrecision, exactRecall := ratio(f.sameRight, f.same), ratio(f.exactSame, f.exact)
		precision, recall := ratio(f.asked-f.askedBad, f.asked), ratio(f.likelyAsked, f.likely)
		t.Logf("%s: %d pairs; exact precision %.4f recall %.4f; variants precision %.4f recall %.4f", set, f.pairs, exactPrecision, exactRecall, precision, recall)
		if exactPrecision < 0.99 || exactRecall < 0.99 || precision < 0.95 || recall < 0.90 {
			t.Errorf("%s: the figures are below exact 0.99/0.99, variants 0.95/0.90", set)
		}
	}
}

// The index is asked first: a name that it does not find is never compared.
func TestTheIndexFindsEveryNameThatIsAlike(t *testing.T) {
	found := 0
	for _, p := range pairs(t) {
		a, b := firm.Read(p.a), firm.Read(p.b)
		if firm.Compare(a, b) == firm.Different {
			continue
		}
		found++
		for _, way := range [][2]firm.Name{{a, b}, {b, a}} {
			if !finds(way[0].Look(), way[1].Keys()) {
				t.Errorf("%s (%s): looking for one does not find the other: %+v, %+v", p.a, p.b, way[0].Look(), way[1].Keys())
			}
		}
	}
	if found < 300 {
		t.Errorf("only %d pairs are alike", found)
	}
}

func finds(look firm.Look, keys []firm.Key) bool {
	for _, k := range keys {
		if slices.Contains(look.Equal, k) {
			return true
		}
		for _, begin := range look.Begin {
			if k.Kind == "name" && strings.HasPrefix(k.Value, begin) {
				return true
			}
		}
	}
	return false
}
