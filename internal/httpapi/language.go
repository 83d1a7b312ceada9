package httpapi

import (
	"strconv"
	"strings"
)

// language is one of the two in which people are answered.
type language string

const (
	chinese language = "zh-CN"
	english language = "en"
)

// languageOf reads Accept-Language: the best of zh and en, Chinese when the
// header names neither or is missing.
func languageOf(header string) language {
	best, weight := chinese, 0.0
	for _, part := range strings.Split(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, ok := spoken(tag)
		if q := quality(params); ok && q > weight {
			best, weight = lang, q
		}
	}
	return best
}

func spoken(tag string) (language, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch primary {
	case "zh", "*":
		return chinese, true
	case "en":
		return english, true
	}
	return "", false
}

func quality(params string) float64 {
	text, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
