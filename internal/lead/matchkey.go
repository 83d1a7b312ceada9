package lead

import (
	"strings"
	"unicode"
)

// minPrefix is how many characters of a firm's core name must agree before
// two names that differ in length are called alike.
const minPrefix = 4

// MatchKey is one way to recognise an investor that somebody reported
// before.
type MatchKey struct {
	Kind string // credit_code or name
	Key  string
}

// MatchKeys returns the keys of an investor; none while both are unknown.
func MatchKeys(investor, creditCode *string) []MatchKey {
	var out []MatchKey
	if creditCode != nil && *creditCode != "" {
		out = append(out, MatchKey{Kind: "credit_code", Key: *creditCode})
	}
	if investor != nil {
		if core := CoreName(*investor); core != "" {
			out = append(out, MatchKey{Kind: "name", Key: core})
		}
	}
	return out
}

// CoreName returns the part of a firm's name that tells it from others:
// half-width, lower case, without spaces, zero-width characters, brackets,
// legal form and leading place.
func CoreName(name string) string {
	core := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) || unicode.IsPunct(c) || unicode.IsSymbol(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, halfWidth(name))
	core = withoutForm(core)
	core = withoutPlace(core)
	return core
}

// withoutForm strips legal forms from the end, longest first, as long as
// something is left.
func withoutForm(core string) string {
	forms := []string{
		"股份有限公司", "有限责任公司", "集团有限公司", "控股有限公司", "有限公司", "股份公司", "集团公司", "总公司",
		"分公司", "公司", "集团", "控股", "股份", "coltd", "limited", "ltd", "inc", "corporation", "corp", "gmbh", "llc", "ag",
	}
	for again := true; again; {
		again = false
		for _, f := range forms {
			if rest, ok := strings.CutSuffix(core, f); ok && len([]rune(rest)) >= 2 {
				core, again = rest, true
				break
			}
		}
	}
	return core
}

// withoutPlace strips a province or city from the front when enough of the
// name is left to tell firms apart.
func withoutPlace(core string) string {
	places := []string{
		"广东省", "广东", "中山市", "中山", "深圳市", "深圳", "广州市", "广州", "佛山市", "佛山", "珠海市", "珠海",
		"东莞市", "东莞", "上海市", "上海", "北京市", "北京", "浙江省", "浙江", "江苏省", "江苏", "杭州市", "杭州",
		"苏州市", "苏州", "湖北省", "湖北", "武汉市", "武汉", "陕西省", "陕西", "西安市", "西安", "四川省", "四川",
		"成都市", "成都", "重庆市", "重庆", "湖南省", "湖南", "长沙市", "长沙", "香港", "澳门", "中国",
	}
	for range 2 {
		for _, p := range places {
			if rest, ok := strings.CutPrefix(core, p); ok && len([]rune(rest)) >= 2 {
				core = rest
				break
			}
		}
	}
	return core
}

// Prefixes returns the beginnings of a core name that are long enough to
// count as alike, the name itself excluded.
func Prefixes(core string) []string {
	runes := []rune(core)
	var out []string
	for n := minPrefix; n < len(runes); n++ {
		out = append(out, string(runes[:n]))
	}
	return out
}

// LongEnough tells whether a core name may match longer ones by its
// beginning.
func LongEnough(core string) bool { return len([]rune(core)) >= minPrefix }
