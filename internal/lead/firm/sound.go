package firm

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// leastSound is how many letters a sound has that tells firms apart.
const leastSound = 5

// sounds returns how the trade name is written by its sound: 明阳, Mingyang.
// It is asked for seldom and takes longer than all else of a name.
func (n Name) sounds() []string {
	if n.Eastern {
		return soundOf(n.Trade)
	}
	return spelled(n.tokens)
}

// soundOf writes a trade name by its sound; nothing for one that has other
// characters than Chinese ones or sounds too short.
func soundOf(trade string) []string {
	if strings.ContainsFunc(trade, func(c rune) bool { return !unicode.Is(unicode.Han, c) }) {
		return nil
	}
	all := pinyin.LazyConvert(trade, nil)
	out := longEnough(strings.Join(all, ""))
	if len(all) > 2 { // Haier for 海尔智家
		out = append(out, longEnough(all[0]+all[1])...)
	}
	return out
}

// spelled returns how a Latin name may write a Chinese one: Mingyang and Ming
// Yang.
func spelled(tokens []string) []string {
	if len(tokens) == 0 {
		return nil
	}
	out := longEnough(tokens[0])
	if len(tokens) > 1 {
		out = append(out, longEnough(tokens[0]+tokens[1])...)
	}
	return out
}

func longEnough(sound string) []string {
	if len(sound) < leastSound {
		return nil
	}
	return []string{sound}
}
