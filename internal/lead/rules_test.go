package lead

import (
	"strings"
	"testing"
)

func TestATextOfOneLineHoldsNothingThatReadsOtherThanItIs(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"中山示例光电（二期）", ""},
		{"R&D < 5 亿 > 3 亿", ""},
		{"a\u200db", ""}, // joins the parts of a picture sign
		{"", "required"},
		{" \u3000\t", "required"},
		{"\u200b\u2060\ufeff", "required"}, // nothing of it can be seen
		{"\u3164 \u2800", "required"},
		{"a\x00b", "text.control_character"},
		{"a\x7fb", "text.control_character"},
		{"a\u0085b", "text.control_character"},
		{"\u202efdp.exe", "text.control_character"},
		{"\u2066a\u2069", "text.control_character"},
		{"a\xffb", "text.control_character"},
		{"<b>a</b>", "text.markup"},
		{"</script", "text.markup"},
		{"a\nb", "text.one_line"},
		{strings.Repeat("中", 21), "too_long"},
		{strings.Repeat("中", 20), ""},
	} {
		var bad rules
		bad.line("title", c.text, true, 20)
		got := ""
		if len(bad) > 0 {
			got = bad[0].Code
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
