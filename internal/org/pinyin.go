package org

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// Read returns how a Chinese text is typed: its full reading and the first
// letters, lower case without spaces. Where a name has two readings in use,
// both stand there, parted by a space. Letters and digits are kept, other
// signs left out. The result is stored, because it must not change with a
// version of the dictionary.
func Read(text string) (full, initials string) {
	readings := []string{""}
	short := []string{""}
	for rest := text; rest != ""; {
		piece, syllables := nextPiece(rest)
		rest = rest[len(piece):]
		readings, short = extend(readings, short, syllables)
	}
	return strings.Join(readings, " "), strings.Join(unique(short), " ")
}

// nextPiece cuts the longest known phrase, or one character, from the front
// and returns the ways to read it, each a list of syllables.
func nextPiece(text string) (string, [][]string) {
	best, ways := "", [][]string(nil)
	for phrase, readings := range exceptions() {
		if len(phrase) > len(best) && strings.HasPrefix(text, phrase) {
			best, ways = phrase, readings
		}
	}
	if best != "" {
		return best, ways
	}
	r, size := utf8.DecodeRuneInString(text)
	return text[:size], [][]string{character(r)}
}

// character reads one character; signs have no reading.
func character(r rune) []string {
	if syllables := pinyin.LazyPinyin(string(r), pinyin.NewArgs()); len(syllables) == 1 {
		return syllables
	}
	if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return []string{strings.ToLower(string(r))}
	}
	return nil
}

func extend(full, short []string, ways [][]string) ([]string, []string) {
	var nextFull, nextShort []string
	for i := range full {
		for _, syllables := range ways {
			letters := ""
			for _, s := range syllables {
				letters += s[:1]
			}
			nextFull = append(nextFull, full[i]+strings.Join(syllables, ""))
			nextShort = append(nextShort, short[i]+letters)
		}
	}
	return nextFull, nextShort
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
