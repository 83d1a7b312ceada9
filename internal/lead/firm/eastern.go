package firm

import (
	"slices"
	"strings"
)

// readEastern reads a name in Chinese characters, kana or hangul.
func readEastern(text string) Name {
	n := Name{Eastern: true}
	t := known()
	main := squashed(n.withoutLatin(n.withoutBrackets(t, text)))
	main = n.withoutBranch(t, main)
	main = n.withoutForm(t, main)
	n.Places = append(n.Places, n.namedPlaces(t, &main)...)
	if code, length := t.placeEnd([]rune(main)); length > 0 && n.Formal && n.enough(t, []rune(main)[:len([]rune(main))-length]) {
		n.Places, main = append(n.Places, code), string([]rune(main)[:len([]rune(main))-length])
	}
	if home, cut := strings.CutSuffix(main, "中国"); cut && !n.Formal && n.enough(t, []rune(home)) { // 完美中国
		n.Places, main = append(n.Places, "cn"), home
	}
	n.Core = inDigits(main)
	n.Places = ordered(n.Places)
	n.divide(t)
	n.alsoCalled(t)
	return n
}

// alsoCalled adds what people say instead: the name without the Latin mark
// before or behind it, a Latin one without its words of trade, and two
// characters where the place is the name.
func (n *Name) alsoCalled(t *tables) {
	bare := strings.TrimFunc(n.Core, latinLetter)
	switch {
	case bare != n.Core && n.enough(t, []rune(bare)):
		n.Others = append(n.Others, bare)
	case bare != n.Core && len(n.Trade) >= 2 && strings.TrimFunc(n.Trade, latinLetter) == "":
		n.Others = append(n.Others, n.Trade)
	}
	trade, core := []rune(n.Trade), []rune(n.Core)
	if _, place := t.places[n.Trade]; place && len(core) > len(trade) { // 广汽 for 广州汽车
		n.Others = append(n.Others, string([]rune{core[0], core[len(trade)]}))
	}
}

func latinLetter(c rune) bool { return c >= 'a' && c <= 'z' }

// ordered puts the narrowest place last, the country first.
func ordered(places []string) []string {
	slices.SortStableFunc(places, func(a, b string) int { return rank(a) - rank(b) })
	return places
}

func rank(code string) int {
	if code == "cn" {
		return 0
	}
	return len(code)
}

// withoutBrackets reads what stands in brackets: places, legal forms, other
// names of the firm; the rest belongs to the name.
func (n *Name) withoutBrackets(t *tables, text string) string {
	var out strings.Builder
	for text != "" {
		open := strings.IndexAny(text, "([{【〔「《〈<")
		if open < 0 {
			break
		}
		out.WriteString(text[:open])
		rest := text[open:]
		end := strings.IndexAny(rest, ")]}】〕」》〉>")
		if end < 0 {
			text = strings.TrimLeft(rest, "([{【〔「《〈<")
			continue
		}
		out.WriteString(n.inBrackets(t, squashed(rest[:end])))
		text = strings.TrimLeft(rest[end:], ")]}】〕」》〉>")
	}
	out.WriteString(text)
	return out.String()
}

func (n *Name) inBrackets(t *tables, inner string) string {
	if places, yes := t.isPlace(inner); yes {
		n.Places = append(n.Places, places...)
		return ""
	}
	switch inner {
	case "株", "주", "有", "유", "合", "代", "名":
		n.Formal = true
		return ""
	case "筹", "筹建", "筹备", "暂定", "暂定名", "拟", "拟设", "拟设立", "暂名":
		return ""
	}
	for _, mark := range []string{"原名", "原", "曾用名", "前身", "简称", "又名", "下称"} {
		if other, cut := strings.CutPrefix(inner, mark); cut && len([]rune(other)) >= 2 {
			n.Others = append(n.Others, Read(other).Core)
			return ""
		}
	}
	if !eastern(inner) {
		n.Others = append(n.Others, readLatin(inner).Core)
		return ""
	}
	if code, length := t.placeEnd([]rune(inner)); length > 0 && strings.HasSuffix(inner, "省") { // a province alone
		n.Places = append(n.Places, code)
		return ""
	}
	return inner
}

// withoutLatin cuts off the Latin name that some write behind the Chinese one.
func (n *Name) withoutLatin(text string) string {
	for _, end := range []string{"公司", "集团", "会社"} {
		i := strings.LastIndex(text, end)
		if i < 0 {
			continue
		}
		i += len(end)
		if tail := text[i:]; tail != "" && !eastern(tail) && squashed(tail) != "" {
			n.Others = append(n.Others, readLatin(tail).Core)
			return text[:i]
		}
	}
	return text
}

// withoutBranch cuts off the branch behind the firm.
func (n *Name) withoutBranch(t *tables, main string) string {
	for _, kind := range []string{"分公司", "办事处", "代表处", "营业部", "分店", "支行", "分行", "分部"} {
		rest, cut := strings.CutSuffix(main, kind)
		if !cut {
			continue
		}
		if i := strings.LastIndex(rest, "公司"); i > 0 {
			n.Branch, n.Formal = rest[i+len("公司"):]+kind, true
			n.branchPlace(t, rest[i+len("公司"):])
			return rest[:i+len("公司")]
		}
		if code, length := t.placeEnd([]rune(rest)); length > 0 && len([]rune(rest)) > length+1 {
			n.Branch, n.Places = kind, append(n.Places, code)
			return string([]rune(rest)[:len([]rune(rest))-length])
		}
	}
	return main
}

func (n *Name) branchPlace(t *tables, where string) {
	if code, length := t.placeAt([]rune(where), ""); length > 0 {
		n.Places = append(n.Places, code)
	}
}

// withoutForm strips legal forms, as long as something is left.
func (n *Name) withoutForm(t *tables, main string) string {
	for _, f := range t.fronts {
		if rest, cut := strings.CutPrefix(main, f); cut && len([]rune(rest)) >= 2 {
			main, n.Formal = rest, true
		}
	}
	for again := true; again; {
		again = false
		if rest, cut := cutEnd(main, t.ends); cut {
			main, n.Formal, again = rest, true, true
		}
		if rest, cut := cutEnd(main, t.holdings); cut {
			main, n.Holding, again = rest, true, true
		}
		if rest, cut := cutEnd(main, t.groups); cut {
			main, again = rest, true
		}
		if rest, cut := latinEnd(t, main); cut {
			main, n.Formal, again = rest, true, true
		}
	}
	return main
}

// latinEnd cuts a Latin legal form off an Eastern name.
func latinEnd(t *tables, main string) (string, bool) {
	head := strings.TrimRightFunc(main, func(c rune) bool { return c >= 'a' && c <= 'z' })
	tail := main[len(head):]
	if t.forms[tail] && len([]rune(head)) >= 2 {
		return head, true
	}
	return main, false
}

func cutEnd(text string, ends []string) (string, bool) {
	for _, e := range ends {
		if rest, cut := strings.CutSuffix(text, e); cut && len([]rune(rest)) >= 2 {
			return rest, true
		}
	}
	return text, false
}

// namedPlaces cuts the places off the front, as long as enough is left to
// tell firms apart.
func (n *Name) namedPlaces(t *tables, main *string) []string {
	var out []string
	rest := []rune(*main)
	for range 4 {
		code, length := t.placeAt(rest, last(out))
		if length == 0 {
			if z := zone(rest); z > 0 && len(out) > 0 && n.enough(t, rest[z:]) {
				rest = rest[z:]
				continue
			}
			break
		}
		out = append(out, code)
		if !n.enough(t, rest[length:]) {
			// The place is the name: 中山照明 is no name without it.
			short := shortPlace(string(rest[:length]))
			rest = append([]rune(short), rest[length:]...)
			break
		}
		rest = unsuffixed(rest[length:])
	}
	*main = string(rest)
	return out
}

func last(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return codes[len(codes)-1]
}

// unsuffixed drops what a place is called though it is not: 广西省.
func unsuffixed(rest []rune) []rune {
	if len(rest) > 2 && (rest[0] == '省' || rest[0] == '市') {
		return rest[1:]
	}
	return rest
}

// enough tells whether a text is more than words of trade.
func (n *Name) enough(t *tables, rest []rune) bool {
	return len(rest) >= 2 && len(t.trade(rest)) > 0
}

// trade returns a text without the words of trade at its end; nothing when
// there is nothing else.
func (t *tables) trade(text []rune) []rune {
	for len(text) > 0 {
		n := t.wordEnd(text)
		if n == 0 {
			return text
		}
		text = text[:len(text)-n]
	}
	return nil
}

// wordEnd is the length of the longest word of trade that a text ends in.
func (t *tables) wordEnd(text []rune) int {
	for n := min(t.wordMax, len(text)); n >= 1; n-- {
		if _, known := t.words[string(text[len(text)-n:])]; known {
			return n
		}
	}
	return 0
}

// divide splits the core into the trade name and the words of trade.
func (n *Name) divide(t *tables) {
	rest := []rune(n.Core)
	var strongs, middlings []string
	for {
		length := t.wordEnd(rest)
		if length == 0 || len(rest)-length < 2 {
			break
		}
		w := t.words[string(rest[len(rest)-length:])]
		switch w.class {
		case strong:
			strongs = append(strongs, w.key)
		case middling:
			middlings = append(middlings, w.key)
		}
		rest = rest[:len(rest)-length]
	}
	n.Trade = string(rest)
	slices.Sort(strongs)
	slices.Sort(middlings)
	n.strong = slices.Compact(strongs)
	if len(n.strong) == 0 {
		n.strong, n.vague = slices.Compact(middlings), true
	}
	n.kin = strings.Join(n.strong, "+")
}
