package lead

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
)

// Limits of sanity, not numbers of the city: beyond them an input is a slip
// of the finger or an attack.
const (
	MaxTitle          = 120                 // runes of a title or a name
	MaxShort          = 200                 // runes of a one-line fact
	MaxReason         = 500                 // runes of a reason
	MaxText           = 4000                // runes of a note or summary
	maxCents    int64 = 100_000_000_000_000 // one trillion yuan, beyond any project
	maxSqm      int64 = 10_000_000_000      // 10,000 square kilometres, beyond the city
	earliestDay       = "1990-01-01"
	latestDay         = "2100-12-31"
)

// rules gathers every broken rule of one input.
type rules []fault.Field

func (r *rules) add(name, code string) {
	*r = append(*r, fault.Field{Name: name, Code: code})
}

// line checks a one-line text that stands in lists: no markup, no control
// characters.
func (r *rules) line(name, value string, required bool, limit int) {
	if r.text(name, value, required, limit) && strings.ContainsAny(value, "\n\r\t") {
		r.add(name, "text.one_line")
	}
}

// text checks a text and reports whether it is present and well-formed.
func (r *rules) text(name, value string, required bool, limit int) bool {
	trimmed := strings.TrimSpace(value)
	switch {
	case required && blank(value):
		r.add(name, "required")
	case !utf8.ValidString(value) || hasControl(value):
		r.add(name, "text.control_character")
	case utf8.RuneCountInString(trimmed) > limit:
		*r = append(*r, fault.Field{Name: name, Code: "too_long", Params: map[string]any{"max": limit}})
	case hasMarkup(value):
		r.add(name, "text.markup")
	default:
		return trimmed != ""
	}
	return false
}

func (r *rules) optionalLine(name string, value *string, limit int) {
	if value != nil {
		r.line(name, *value, false, limit)
	}
}

func (r *rules) creditCode(name string, value *string) {
	if value == nil {
		return
	}
	if _, right := CreditCode(*value); !right {
		r.add(name, "credit_code.check_digit")
	}
}

// website checks a web address as people write it, with or without scheme.
func (r *rules) website(name string, value *string) {
	if value == nil || !r.text(name, *value, false, MaxShort) {
		return
	}
	if strings.ContainsAny(*value, " \n\r\t\"'<>") || !strings.Contains(*value, ".") {
		r.add(name, "website.implausible")
	}
}

func (r *rules) amount(name string, value *int64) {
	r.number(name, value, maxCents, "amount")
}

func (r *rules) area(name string, value *int64) {
	r.number(name, value, maxSqm, "area")
}

func (r *rules) number(name string, value *int64, most int64, what string) {
	switch {
	case value == nil:
	case *value < 0:
		r.add(name, what+".negative")
	case *value > most:
		r.add(name, what+".absurd")
	}
}

func (r *rules) day(name string, day *clock.Date) {
	if day == nil {
		return
	}
	if d := day.String(); d < earliestDay || d > latestDay {
		r.add(name, "day.out_of_range")
	}
}

func (r *rules) oneOf(name, value string, allowed []string) {
	for _, a := range allowed {
		if a == value {
			return
		}
	}
	*r = append(*r, fault.Field{Name: name, Code: "unknown_value", Params: map[string]any{"allowed": allowed}})
}

// blank tells whether nothing of the text can be seen: it would stand in
// lists as an empty line, and nobody could say what it names.
func blank(s string) bool {
	const fillers = "\u115f\u1160\u2800\u3164\uffa0" // letters without a picture
	return !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.IsSpace(c) && !unicode.Is(unicode.Cf, c) && !strings.ContainsRune(fillers, c)
	})
}

// hasControl finds control characters, and those that turn the reading order
// round: "fdp.exe" would read "exe.pdf" and one firm's name like another's.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool {
		turns := c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
		return c == utf8.RuneError || turns || unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t'
	})
}

// hasMarkup finds what a browser would read as a tag. Text is never rendered
// as HTML; refusing it keeps mail, Excel and chat exports safe as well.
func hasMarkup(s string) bool {
	for _, rest := range strings.Split(s, "<")[1:] {
		if rest != "" && (isLatin(rest[0]) || strings.ContainsRune("/!?", rune(rest[0]))) {
			return true
		}
	}
	return false
}

func isLatin(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// tidy trims a text and turns an empty one into unknown.
func tidy(value *string) *string {
	if value == nil {
		return nil
	}
	trimmed := strings.TrimSpace(*value)
	if trimmed == "" {
		return nil
	}
	return &trimmed
}
