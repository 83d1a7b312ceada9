package firm

import (
	"slices"
	"strings"
	"unicode"
)

// readLatin reads a name in Latin or other letters.
func readLatin(text string) Name {
	t := known()
	var n Name
	text = strings.NewReplacer("&", " and ", "+", " and ", ".", "", "'", "", "’", "", "`", "").Replace(text)
	tokens := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if len(tokens) > 1 && tokens[0] == "the" {
		tokens = tokens[1:]
	}
	tokens = n.latinForm(t, tokens)
	tokens = n.latinPlaces(t, tokens)
	n.tokens = n.latinForm(t, tokens)
	n.Core = strings.Join(n.tokens, "")
	n.Trade = n.Core
	var lasting []string
	for _, token := range n.tokens {
		if !t.passing[token] {
			lasting = append(lasting, token)
		}
	}
	if len(lasting) > 0 {
		n.Trade = strings.Join(lasting, "")
	}
	if len(n.tokens) == 2 && len(n.tokens[1]) >= 5 && !t.common[n.tokens[1]] { // Bosch for Robert Bosch
		n.Others = append(n.Others, n.tokens[1])
	}
	return n
}

// latinForm strips legal forms from both ends.
func (n *Name) latinForm(t *tables, tokens []string) []string {
	for len(tokens) > 1 {
		last := tokens[len(tokens)-1]
		if !t.forms[last] && !slices.Contains([]string{"and", "auf", "aktien", "group"}, last) {
			break
		}
		n.Formal = n.Formal || t.forms[last]
		tokens = tokens[:len(tokens)-1]
	}
	for len(tokens) > 1 && slices.Contains([]string{"sdn", "bhd", "pt", "ooo", "kabushiki", "kaisha"}, tokens[0]) {
		n.Formal, tokens = true, tokens[1:]
	}
	if len(tokens) > 1 && slices.Contains([]string{"holdings", "holding"}, tokens[len(tokens)-1]) {
		n.Holding, tokens = true, tokens[:len(tokens)-1]
	}
	return tokens
}

// latinPlaces takes places off both ends.
func (n *Name) latinPlaces(t *tables, tokens []string) []string {
	for again := true; again && len(tokens) > 1; {
		again = false
		for _, width := range []int{2, 1} {
			if len(tokens) <= width {
				continue
			}
			last := strings.Join(tokens[len(tokens)-width:], "")
			if code, known := t.latin[last]; known {
				n.Places, tokens, again = append(n.Places, narrowed(code)), n.latinForm(t, tokens[:len(tokens)-width]), true
				break
			}
			first := strings.Join(tokens[:width], "")
			if code, known := t.latin[first]; known {
				n.Places, tokens, again = append(n.Places, narrowed(code)), tokens[width:], true
				break
			}
		}
	}
	n.Places = ordered(n.Places)
	return tokens
}

// latinKin tells whether two Latin names differ by words that come and go, or
// one is the other's first word without a legal form.
func latinKin(a, b Name) bool {
	return a.Trade == b.Trade || firstWords(a, b) || firstWords(b, a)
}

func firstWords(s, l Name) bool {
	if s.Formal || len(s.Core) < 3 || len(s.tokens) >= len(l.tokens) {
		return false
	}
	return slices.Equal(s.tokens, l.tokens[:len(s.tokens)])
}
