package account

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/fault"
)

// The names of the password profiles, as the configuration writes them.
const (
	Dengbao3 = "dengbao3"
	ASVS     = "asvs"
)

// Limit is one number of a profile with the place it comes from; 0 switches
// the rule off.
type Limit struct {
	Value  int
	Source string
}

// Profile is a set of rules for passwords, failed logins and idle people. It
// is data, so that an assessor can read it beside the text it follows.
type Profile struct {
	Name              string
	MinLength         Limit // characters
	MaxLength         Limit // characters; nothing is ever cut
	MinClasses        Limit // of: lower case, capital, digit, other
	MaxAgeDays        Limit // then the password must be changed
	History           Limit // so many last passwords, the present one included, are refused
	LockAfter         Limit // failures in a row
	LockMinutes       []int // first lock, second …; the last one repeats: never for ever
	LockSource        string
	ForgetHours       Limit // failures older than this no longer count
	IdleMinutes       Limit // a session without requests ends
	DormantDays       Limit // who has not logged in for so long is refused
	FirstLoginChange  bool  // a password set by an administrator serves once
	RefuseCommon      bool  // passwords everybody tries first
	RefuseOwnUsername bool
}

// The places the numbers come from.
const (
	sourcePractice = "assessors' practice for GB/T 22239-2019 level 3"
	sourceGBT      = "GB/T 22239-2019 8.1.4.1"
	sourceASVS     = "OWASP ASVS 5.0 chapter 6.2"
	sourceOwn      = "our choice"
)

// ProfileOf returns the profile with the name.
//
// Errors: an error that names the profiles there are; it is for the start of
// the program.
func ProfileOf(name string) (Profile, error) {
	switch name {
	case Dengbao3:
		return dengbao3(), nil
	case ASVS:
		return asvs(), nil
	}
	return Profile{}, fmt.Errorf("password profile %q: know %s and %s", name, Dengbao3, ASVS)
}

func dengbao3() Profile {
	return Profile{
		Name:              Dengbao3,
		MinLength:         Limit{8, sourcePractice},
		MaxLength:         Limit{128, sourceOwn},
		MinClasses:        Limit{3, sourcePractice},
		MaxAgeDays:        Limit{90, sourcePractice},
		History:           Limit{5, sourceOwn},
		LockAfter:         Limit{5, sourcePractice},
		LockMinutes:       []int{5, 10, 20, 40, 60},
		LockSource:        sourcePractice + " (5 minutes or more); growth is " + sourceOwn,
		ForgetHours:       Limit{24, sourceOwn},
		IdleMinutes:       Limit{10, sourcePractice},
		DormantDays:       Limit{90, sourcePractice},
		FirstLoginChange:  true, // GB/T 22239-2019: change default passwords
		RefuseCommon:      true,
		RefuseOwnUsername: true,
	}
}

func asvs() Profile {
	return Profile{
		Name:              ASVS,
		MinLength:         Limit{12, sourceOwn + ", above the 8 of " + sourceASVS},
		MaxLength:         Limit{128, sourceASVS},
		MinClasses:        Limit{0, sourceASVS}, // no rules of composition
		MaxAgeDays:        Limit{0, sourceASVS}, // no periodic change
		History:           Limit{1, sourceOwn},
		LockAfter:         Limit{5, sourceOwn},
		LockMinutes:       []int{5, 10, 20, 40, 60},
		LockSource:        sourceOwn,
		ForgetHours:       Limit{24, sourceOwn},
		IdleMinutes:       Limit{10, sourceOwn},
		DormantDays:       Limit{90, sourceGBT + ": remove idle accounts; days are " + sourceOwn},
		FirstLoginChange:  true,
		RefuseCommon:      true,
		RefuseOwnUsername: true,
	}
}

// Idle is how long a session lives without a request.
func (p Profile) Idle() time.Duration { return time.Duration(p.IdleMinutes.Value) * time.Minute }

// Expired tells whether a password set at changedAt must be changed now.
func (p Profile) Expired(changedAt, now time.Time) bool {
	return p.MaxAgeDays.Value > 0 && now.Sub(changedAt) > days(p.MaxAgeDays.Value)
}

// Dormant tells whether the user was away for so long that the account no
// longer serves. An administrator wakes it by setting a new password.
func (p Profile) Dormant(u User, now time.Time) bool {
	if p.DormantDays.Value == 0 {
		return false
	}
	last := u.CreatedAt
	for _, t := range []*time.Time{u.LastLoginAt, &u.PasswordChangedAt} {
		if t != nil && t.After(last) {
			last = *t
		}
	}
	return now.Sub(last) > days(p.DormantDays.Value)
}

// MustChange tells whether the user has to set a new password before
// anything else. Users of the demo world never have to.
func (p Profile) MustChange(u User, now time.Time) bool {
	if u.Demo {
		return false
	}
	return u.MustChange && p.FirstLoginChange || p.Expired(u.PasswordChangedAt, now)
}

// LockFor returns how long a name is locked after so many failures in a row;
// 0 means not at all. Every further LockAfter failures lock for the next
// step.
func (p Profile) LockFor(failures int) time.Duration {
	n := p.LockAfter.Value
	if n == 0 || failures == 0 || failures%n != 0 || len(p.LockMinutes) == 0 {
		return 0
	}
	step := min(failures/n, len(p.LockMinutes)) - 1
	return time.Duration(p.LockMinutes[step]) * time.Minute
}

// Check tells whether the user may take the password.
//
// Errors: Invalid "input.invalid" with every broken rule of the field:
// password.too_short, password.too_long, password.classes, bad_text,
// password.common, password.username.
func (p Profile) Check(field, password, username string) error {
	var fields []fault.Field
	broken := func(code string, params map[string]any) {
		fields = append(fields, fault.Field{Name: field, Code: code, Params: params})
	}
	n := utf8.RuneCountInString(password)
	if n < p.MinLength.Value {
		broken("password.too_short", map[string]any{"min": p.MinLength.Value})
	}
	if n > p.MaxLength.Value {
		broken("password.too_long", map[string]any{"max": p.MaxLength.Value})
	}
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		broken("bad_text", nil)
	}
	if classes(password) < p.MinClasses.Value {
		broken("password.classes", map[string]any{"min": p.MinClasses.Value})
	}
	if p.RefuseCommon && common(password) {
		broken("password.common", nil)
	}
	if p.RefuseOwnUsername && strings.Contains(strings.ToLower(password), strings.ToLower(username)) {
		broken("password.username", nil)
	}
	return fault.Broken("input.invalid", fields)
}

// classes counts the kinds of character: lower case, capital, digit, other.
func classes(password string) int {
	var seen [4]bool
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			seen[0] = true
		case unicode.IsUpper(r):
			seen[1] = true
		case unicode.IsDigit(r):
			seen[2] = true
		default:
			seen[3] = true
		}
	}
	n := 0
	for _, s := range seen {
		if s {
			n++
		}
	}
	return n
}

//go:embed common.txt
var commonText string

// common tells whether the password, or what is left of it without digits
// and signs at its ends ("Sunshine2026!"), is one that everybody tries
// first.
func common(password string) bool {
	low := strings.ToLower(password)
	core := strings.TrimFunc(low, func(r rune) bool { return !unicode.IsLetter(r) })
	return listed(low) || core != low && listed(core)
}

// listed searches the text itself: a password is set a few times a year, so
// an index that lives as long as the program would be a waste.
func listed(word string) bool {
	return word != "" && !strings.ContainsAny(word, "\r\n#") && strings.Contains(commonText, "\n"+word+"\n")
}

// The characters of a made password: none that is mistaken for another.
const (
	madeAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	madeGroups   = 4
	madeGroup    = 4
)

// makePassword returns a random password of four groups that fits the
// profile: about 92 bits, to be read out once and typed once.
func makePassword(random io.Reader, p Profile, username string) (string, error) {
	for {
		groups := make([]string, madeGroups)
		for i := range groups {
			g, err := randomText(random, madeGroup)
			if err != nil {
				return "", err
			}
			groups[i] = g
		}
		password := strings.Join(groups, "-")
		if p.Check("password", password, username) == nil {
			return password, nil
		}
	}
}

// randomText draws n characters, each with the same chance: bytes past the
// last whole multiple of the alphabet are drawn again.
func randomText(random io.Reader, n int) (string, error) {
	const whole = 256 / len(madeAlphabet) * len(madeAlphabet)
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("draw password: %w", err)
		}
		if int(b[0]) < whole {
			out = append(out, madeAlphabet[int(b[0])%len(madeAlphabet)])
		}
	}
	return string(out), nil
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
