// Package firm reads names of firms, so that one firm is known again under
// the many ways in which people write it, and two firms are kept apart that
// only sound alike. It knows no database; its tables are data.
package firm

import "slices"

// Likeness says how much two names have to do with each other.
type Likeness uint8

// The likenesses.
const (
	Different Likeness = iota // nothing, or a firm of the same trade name
	Alike                     // perhaps one firm: a person must say
	Same                      // one firm as far as a name can tell
)

// Name is a firm's name, read.
type Name struct {
	Core     string   // what tells the firm from others: no place, legal form, brackets or spaces
	Trade    string   // the trade name (字号): the core without words of trade
	Places   []string // codes of the places that the name says, the narrowest last
	Branch   string   // place or name of the branch; empty for the firm itself
	Others   []string // cores of other names that stand in it: 比亚迪(BYD), BYD比亚迪, (原 …)
	Formal   bool     // the name says a legal form, so it is written out
	Holding  bool     // a holding
	Eastern  bool     // written in Chinese characters, kana or hangul
	kin      string   // words of trade that count, in one order
	strong   []string // words of trade as they stand for others
	vague    bool     // they tell no trade: 科技, 实业, or none
	tokens   []string // of a Latin name
	numerals string
}

// Read reads a name. An empty one has an empty core.
func Read(name string) Name {
	text := plain(name)
	var n Name
	if eastern(text) {
		n = readEastern(text)
	} else {
		n = readLatin(text)
	}
	n.numerals = numbers(n.Core)
	return n
}

// Compare says how alike two names are. It does not depend on their order.
func Compare(a, b Name) Likeness {
	switch {
	case a.Core == "" || b.Core == "" || a.Eastern != b.Eastern:
		return otherName(a, b)
	}
	near := compare(a, b)
	if near == Different {
		return otherName(a, b)
	}
	return near
}

func compare(a, b Name) Likeness {
	where := placed(a, b)
	if where == apart {
		return Different
	}
	if a.Core == b.Core {
		if where == within || a.Holding != b.Holding || a.Branch != b.Branch {
			return Alike
		}
		return Same
	}
	if a.numerals == b.numerals && (related(a, b) || slip(a, b)) {
		return Alike
	}
	return Different
}

func related(a, b Name) bool {
	if a.Eastern {
		return kin(a, b)
	}
	return latinKin(a, b)
}

// otherName finds one name among the other's further names, or written by
// its sound in the other script.
func otherName(a, b Name) Likeness {
	for _, pair := range [][2]Name{{a, b}, {b, a}} {
		for _, other := range pair[0].Others {
			if other == pair[1].Core || other == pair[1].Trade && len([]rune(other)) >= 3 {
				return Alike
			}
		}
	}
	if a.Eastern == b.Eastern || placed(a, b) == apart {
		return Different
	}
	heard := b.sounds()
	if slices.ContainsFunc(a.sounds(), func(s string) bool { return slices.Contains(heard, s) }) {
		return Alike
	}
	return Different
}

// kin tells whether two Eastern names have one trade name and the same words
// of trade, or one of them is the other's short name.
func kin(a, b Name) bool {
	if a.Trade == b.Trade && (a.kin == b.kin || a.vague && b.vague && (a.kin == "" || b.kin == "")) {
		return true
	}
	return short(a, b) || short(b, a)
}

// short tells whether s, a name without a legal form, is a short name of l.
func short(s, l Name) bool {
	a, b := []rune(s.Core), []rune(l.Core)
	switch {
	case s.Formal || len(a) < 2 || len(b) < 2 || a[0] != b[0] || a[1] != b[1]:
		return false
	case s.Trade == l.Trade:
		return sameTrade(s, l) || subsequence(a, b)
	case len(a) == 2:
		return len([]rune(l.Trade)) == 4 // 海康 for 海康威视
	}
	return subsequence(a, b)
}

// sameTrade tells whether two names with one trade name may be one firm's: a
// long one is rare enough, another wants words of trade that do not differ.
// A place is nobody's trade name.
func sameTrade(s, l Name) bool {
	if len([]rune(s.Trade)) >= 3 && (s.vague || l.vague) {
		return true
	}
	_, place := known().places[s.Trade]
	return !place && (contains(l.strong, s.strong) || contains(s.strong, l.strong))
}

func contains(all, some []string) bool {
	for _, w := range some {
		found := false
		for _, v := range all {
			found = found || v == w
		}
		if !found {
			return false
		}
	}
	return true
}

// subsequence tells whether all of a's characters stand in b in a's order.
func subsequence(a, b []rune) bool {
	i := 0
	for _, c := range b {
		if i < len(a) && a[i] == c {
			i++
		}
	}
	return i == len(a)
}
