package firm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain returns a text in one form of writing: half-width, lower case, one
// character for its traditional, Japanese and compatibility forms, Latin
// letters without accents, nothing invisible.
func plain(text string) string {
	t := known()
	var out strings.Builder
	for _, c := range norm.NFKC.String(text) {
		switch {
		case blank(c):
			out.WriteRune(' ')
			continue
		case unseen(c):
			continue
		}
		if simple, known := t.han[c]; known {
			c = simple
		}
		if c < 0x80 || c > 0x24f {
			out.WriteRune(unicode.ToLower(c))
			continue
		}
		out.WriteString(unaccented(unicode.ToLower(c)))
	}
	return out.String()
}

// blank tells whether a character looks like a space; some are letters by
// their class.
func blank(c rune) bool { return unicode.IsSpace(c) || c == '\u3164' || c == '\u2800' }

func unseen(c rune) bool {
	return unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Mn, c) || unicode.IsControl(c)
}

// unaccented returns the base letters of an accented one.
func unaccented(c rune) string {
	switch c {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ı':
		return "i"
	}
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, norm.NFD.String(string(c)))
}

// squashed leaves letters and digits only, with "and" for its sign.
func squashed(text string) string {
	text = strings.ReplaceAll(text, "&", "and")
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, text)
}

// eastern tells whether a text is written in Chinese characters, kana or
// hangul.
func eastern(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool {
		return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

// inDigits writes Chinese numbers with digits: 第一 and 第1 are one name.
func inDigits(text string) string {
	runes := []rune(text)
	var out strings.Builder
	for i := 0; i < len(runes); {
		n := 0
		for i+n < len(runes) && isNumeral(runes[i+n:], n > 0) {
			n++
		}
		if n == 0 {
			out.WriteRune(runes[i])
			i++
			continue
		}
		out.WriteString(number(runes[i : i+n]))
		i += n
	}
	return out.String()
}

const numerals = "零一二三四五六七八九"

// isNumeral tells whether a text begins with a character of a number; a
// hundred only inside one, because names begin with it, and a zero at
// the beginning only before another digit, because 零部件 are spare parts.
func isNumeral(text []rune, inside bool) bool {
	switch c := text[0]; c {
	case '零':
		next := string(text[1:min(2, len(text))])
		return inside && (next == "" || !strings.Contains("部件售", next)) || next != "" && isNumeral(text[1:], true)
	case '百':
		return inside
	default:
		return strings.ContainsRune(numerals, c) || c == '〇' || c == '十'
	}
}

func number(runes []rune) string {
	if !slices.Contains(runes, '十') && !slices.Contains(runes, '百') {
		var out strings.Builder
		for _, c := range runes {
			out.WriteString(strconv.Itoa(digit(c)))
		}
		return out.String()
	}
	sum, now := 0, 0
	for _, c := range runes {
		switch c {
		case '百':
			sum, now = sum+max(now, 1)*100, 0
		case '十':
			sum, now = sum+max(now, 1)*10, 0
		default:
			now = digit(c)
		}
	}
	return strconv.Itoa(sum + now)
}

func digit(c rune) int {
	if c == '〇' {
		return 0
	}
	return strings.IndexRune(numerals, c) / len("零")
}

// numbers returns the runs of digits of a text.
func numbers(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsDigit(c) }), " ")
}

func longestFirst(list []string) {
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}
