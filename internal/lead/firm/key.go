package firm

import (
	"cmp"
	"slices"
	"strconv"
)

// Rules is the version of the keys: it grows whenever a name can get other
// keys than before, so that a database knows when to write them anew.
const Rules = 2

// Key is one way to find a name in an index of keys.
type Key struct {
	Kind  string // name, kin or near
	Value string
}

// maxKey is how many characters of a name its keys hold.
const maxKey = 60

// Keys returns what a name is kept under: its core, its trade name with the
// words of trade, how that sounds, and the halves of the core that one slip of the pen leaves
// alone.
func (n Name) Keys() []Key {
	if n.Core == "" {
		return nil
	}
	out := []Key{{Kind: "name", Value: cut(n.Core)}}
	if n.Trade != "" {
		out = append(out, Key{Kind: "kin", Value: cut(n.Trade) + "|" + n.kin})
	}
	for _, other := range n.Others {
		if other != "" {
			out = append(out, Key{Kind: "name", Value: cut(other)})
		}
	}
	for _, s := range n.sounds() {
		out = append(out, Key{Kind: "near", Value: "p" + cut(s)})
	}
	return distinct(append(out, n.halves()...))
}

// Look is what to look for in the index to find every name that may be alike.
type Look struct {
	Equal []Key
	Begin []string // of a key of the kind name
}

// Look returns what finds the names that are like this one. Compare decides
// which of them are.
func (n Name) Look() Look {
	l := Look{Equal: n.Keys()}
	if n.Core == "" {
		return l
	}
	core := []rune(n.Core)
	shortest := 2
	if !n.Eastern {
		shortest = 3
	}
	for length := shortest; length < min(len(core), maxKey); length++ {
		l.Equal = append(l.Equal, Key{Kind: "name", Value: string(core[:length])})
	}
	if n.kin == "" || n.vague { // 华星 and 华星科技 are kin
		l.Equal = append(l.Equal, Key{Kind: "kin", Value: cut(n.Trade) + "|"})
		for _, vague := range []string{"科技", "实业", "工业", "贸易", "投资", "智能", "装备"} {
			l.Equal = append(l.Equal, Key{Kind: "kin", Value: cut(n.Trade) + "|" + vague})
		}
	}
	l.Equal, l.Begin = distinct(l.Equal), n.begins(core)
	return l
}

// begins are the beginnings by which longer names are found.
func (n Name) begins(core []rune) []string {
	first := 2
	if !n.Eastern {
		first = 4
	}
	var out []string
	if len(core) >= first {
		out = append(out, string(core[:first]))
	}
	if trade := []rune(n.Trade); len(trade) > first {
		out = append(out, cut(string(trade)))
	}
	return out
}

// halves are every second character of the core, from the first and from the
// second: one wrong character leaves one of them as it is.
func (n Name) halves() []Key {
	core := []rune(n.Core)
	if len(core) < 3 || !n.Eastern && len(core) < 6 {
		return nil
	}
	var odd, even []rune
	for i, c := range core {
		if i%2 == 0 {
			even = append(even, c)
		} else {
			odd = append(odd, c)
		}
	}
	size := strconv.Itoa(len(core))
	out := []Key{{Kind: "near", Value: "0" + size + cut(string(even))}, {Kind: "near", Value: "1" + size + cut(string(odd))}}
	if !n.Eastern { // letters that changed places are the same letters
		slices.Sort(core)
		out = append(out, Key{Kind: "near", Value: "s" + cut(string(core))})
	}
	return out
}

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxKey {
		return string(runes[:maxKey])
	}
	return text
}

func distinct(keys []Key) []Key {
	slices.SortFunc(keys, func(a, b Key) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value)) })
	return slices.Compact(keys)
}
