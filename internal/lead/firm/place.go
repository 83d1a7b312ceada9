package firm

import "strings"

// nearness is how two names' places lie to each other.
type nearness uint8

const (
	together nearness = iota // one place, or one name says none
	within                   // one lies in the other, as a city in its province
	apart
)

// placed compares the narrowest places of two names.
func placed(a, b Name) nearness {
	p, q := narrowest(a), narrowest(b)
	if len(p) > len(q) {
		p, q = q, p
	}
	switch {
	case p == "" || p == q:
		return together
	case p == "cn":
		return within
	case !strings.HasPrefix(q, p):
		return apart
	case len(p) >= 4 || wholeCity(p):
		return together
	}
	return within
}

func narrowest(n Name) string {
	if len(n.Places) == 0 {
		return ""
	}
	return n.Places[len(n.Places)-1]
}

// wholeCity tells whether a province is one city: Beijing, Tianjin, Shanghai,
// Chongqing, Hong Kong and Macau.
func wholeCity(code string) bool {
	switch code {
	case "11", "12", "31", "50", "81", "82":
		return true
	}
	return false
}

// placeAt returns the longest place that a text begins with and its length in
// runes. A town's short name counts only behind its city, but for those that
// mean nothing else.
func (t *tables) placeAt(text []rune, behind string) (code string, length int) {
	for n := min(t.placeMax, len(text)); n >= 2; n-- {
		code, known := t.places[string(text[:n])]
		if known && t.stands(string(text[:n]), code, behind) {
			return narrowed(code), n
		}
	}
	return "", 0
}

func (t *tables) stands(name, code, behind string) bool {
	if len(code) <= 6 || strings.HasSuffix(name, "镇") || strings.HasSuffix(name, "街道") {
		return true
	}
	return t.alone[name] && behind == "" || behind != "" && strings.HasPrefix(code, behind)
}

// narrowed writes the code of a city without the zeros that stand for a
// county.
func narrowed(code string) string {
	for _, c := range []string{"4419", "4420"} {
		if code == c+"00" {
			return c
		}
	}
	return code
}

// placeEnd returns the place that a text ends in and its length in runes.
func (t *tables) placeEnd(text []rune) (code string, length int) {
	for n := min(t.placeMax, len(text)); n >= 2; n-- {
		code, known := t.places[string(text[len(text)-n:])]
		if known && len(code) <= 6 {
			return narrowed(code), n
		}
	}
	return "", 0
}

// isPlace reads a text that is nothing but places.
func (t *tables) isPlace(text string) ([]string, bool) {
	var out []string
	rest := []rune(text)
	for len(rest) > 0 {
		behind := ""
		if len(out) > 0 {
			behind = out[len(out)-1]
		}
		code, n := t.placeAt(rest, behind)
		if n == 0 {
			return nil, false
		}
		out, rest = append(out, code), rest[n:]
	}
	return out, len(out) > 0
}

// zone returns how many runes of a text name a development zone: places come
// and go with them.
func zone(text []rune) int {
	s := string(text)
	for _, end := range []string{
		"高新技术产业开发区", "经济技术开发区", "经济开发区", "高新技术开发区", "高新区", "开发区", "工业园区", "产业园区", "工业园", "产业园", "保税区", "自贸区", "新区",
	} {
		if i := strings.Index(s, end); i >= 0 {
			before := len([]rune(s[:i]))
			if before <= 4 {
				return before + len([]rune(end))
			}
		}
	}
	return 0
}
