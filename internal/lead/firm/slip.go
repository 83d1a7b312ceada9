package firm

import (
	"slices"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// slip tells whether two names differ by a slip of the pen: a character that
// sounds or looks like the right one, two that changed places, one too many.
func slip(a, b Name) bool {
	if !a.Eastern {
		return latinSlip(a.Core, b.Core)
	}
	x, y := []rune(a.Core), []rune(b.Core)
	switch {
	case len(x) == len(y):
		return oneWrong(a, b, x, y)
	case len(x)+1 == len(y):
		return oneMore(a, b, x, y)
	case len(y)+1 == len(x):
		return oneMore(b, a, y, x)
	}
	return false
}

// oneWrong compares names of one length.
func oneWrong(a, b Name, x, y []rune) bool {
	at := wrongAt(x, y)
	if swapped(at, x, y) {
		return len(x) >= 4
	}
	if len(at) != 1 || len(x) < 3 {
		return false
	}
	return wrongIs(a, b, x, y, at[0])
}

// wrongIs tells whether the one character in which two names differ is a slip.
func wrongIs(a, b Name, x, y []rune, i int) bool {
	sound, shape := sounds(x[i], y[i]), known().shapes[x[i]][y[i]]
	tradeA, tradeB := len([]rune(a.Trade)), len([]rune(b.Trade))
	shorter, long := min(tradeA, tradeB), len(x) >= 6
	switch {
	case i >= max(tradeA, tradeB): // both are words of trade: two trades, unless they sound alike
		return sound
	case i >= shorter: // a word of trade on one side only: the other is none
		return shorter >= 2 && (sound || shape || long)
	case shorter >= 3 || long:
		return sound || shape
	}
	return sound && shape // two characters: many firms differ in one that only sounds alike
}

// wrongAt lists where two names of one length differ.
func wrongAt(x, y []rune) []int {
	var at []int
	for i := range x {
		if x[i] != y[i] {
			at = append(at, i)
		}
	}
	return at
}

// swapped tells whether two neighbours changed places.
func swapped(at []int, x, y []rune) bool {
	return len(at) == 2 && at[1] == at[0]+1 && x[at[0]] == y[at[1]] && x[at[1]] == y[at[0]]
}

// oneMore tells whether y is x with one character more, behind the trade
// name and not so that both are good names.
func oneMore(a, b Name, x, y []rune) bool {
	if len(x) < 5 || !slices.Equal(x[:2], y[:2]) || !subsequence(x, y) {
		return false
	}
	return a.Trade != b.Trade
}

// sounds tells whether two characters are read alike, whatever the tone, as
// people of the south say them: 森 as 深.
func sounds(a, b rune) bool {
	x, y := readings(a), readings(b)
	return slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
}

func readings(c rune) []string {
	all := pinyin.NewArgs()
	all.Heteronym = true
	out := pinyin.SinglePinyin(c, all)
	for i, s := range out {
		out[i] = known().south.Replace(s)
	}
	return out
}

// latinSlip allows one wrong letter in six, two in ten.
func latinSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	shorter := min(len(x), len(y))
	if shorter < 6 || x[0] != y[0] || slices.ContainsFunc(x, unicode.IsDigit) {
		return false
	}
	allowed := 1
	if shorter >= 10 {
		allowed = 2
	}
	return distance(x, y) <= allowed
}

// distance counts the letters that are wrong, missing, too many or exchanged
// with their neighbour.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
