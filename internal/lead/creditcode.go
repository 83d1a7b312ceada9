package lead

import "strings"

// creditAlphabet holds the characters of a unified social credit code in the
// order of their values (GB 32100-2015, table 2: no I, O, S, V, Z).
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCode returns the code in its stored form (half-width, upper case,
// without spaces) and whether its length, alphabet and check digit are right.
//
// Rule: GB 32100-2015, 4.6: weights 3^i mod 31, check digit 31 − Σ mod 31.
func CreditCode(text string) (string, bool) {
	code := strings.ToUpper(halfWidth(strings.Join(strings.Fields(text), "")))
	if len(code) != 18 {
		return code, false
	}
	sum, weight := 0, 1
	for _, c := range code[:17] {
		value := strings.IndexRune(creditAlphabet, c)
		if value < 0 {
			return code, false
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	check := (31 - sum%31) % 31
	return code, code[17] == creditAlphabet[check]
}

// halfWidth turns full-width letters, digits, signs and spaces into the
// ASCII ones.
func halfWidth(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '！' && c <= '～':
			return c - '！' + '!'
		case c == '　':
			return ' '
		}
		return c
	}, s)
}
