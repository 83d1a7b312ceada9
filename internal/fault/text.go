package fault

import (
	"strings"
	"unicode/utf8"
)

// Text names what is wrong with a text of up to so many runes: "required",
// "text.control_character", "too_long" with max, or "text.markup". None of it
// is wrong with an empty text that is not required. Lines may break.
func Text(name, value string, required bool, limit int) []Field {
	switch {
	case strings.TrimSpace(value) == "":
		if required {
			return []Field{{Name: name, Code: "required"}}
		}
	case !utf8.ValidString(value) || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\n' }):
		return []Field{{Name: name, Code: "text.control_character"}}
	case utf8.RuneCountInString(value) > limit:
		return []Field{{Name: name, Code: "too_long", Params: map[string]any{"max": limit}}}
	case strings.ContainsAny(value, "<>"):
		return []Field{{Name: name, Code: "text.markup"}}
	}
	return nil
}
