// Package account knows the people who may log in: their names, passwords,
// sessions and the proof of a session that travels with each request. Which
// roles they hold in which units is the matter of package org; here they are
// only read, once per request.
package account

import (
	"log/slog"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/leadrelay/leadrelay/internal/access"
	"github.com/leadrelay/leadrelay/internal/clock"
	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// The languages of the page.
const (
	Chinese = "zh-CN"
	English = "en"
)

// maxName is the longest name of a person, in characters.
const maxName = 60

// User is a person who may log in.
type User struct {
	ID                id.User
	Username          string // what is typed at login: 3–40 of a–z 0–9 . _ -
	Name              string
	Locale            string
	Active            bool
	Demo              bool // of the demo world: exempt from change and expiry, dead outside demo mode
	MustChange        bool // the password was set by somebody else
	PasswordChangedAt time.Time
	LastLoginAt       *time.Time
	CreatedAt         time.Time
	Version           int64
}

// LogValue keeps the names out of every log line.
func (u User) LogValue() slog.Value { return slog.Int64Value(int64(u.ID)) }

// Credentials are a user with the secret that a password is compared with,
// and those of the passwords before, the newest first.
type Credentials struct {
	User
	Hash     string
	Previous []string
}

// LogValue keeps names and hashes out of every log line.
func (c Credentials) LogValue() slog.Value { return c.User.LogValue() }

// Membership is a role of a person in a unit, from the first day to the last
// day, both included; a zero UntilOn means without end.
type Membership struct {
	ID      id.Membership
	Unit    id.Unit
	Role    access.Role
	FromOn  clock.Date
	UntilOn clock.Date
}

// Session is one login of a person on one device.
type Session struct {
	ID        id.Session
	User      id.User
	CreatedAt time.Time
	SeenAt    time.Time // to the minute
	ExpiresAt time.Time // ends here whatever is done
	Address   string
	Agent     string
}

// Caller is the person behind a request, with the memberships that are live
// on the present day.
type Caller struct {
	User        User
	Session     Session
	Memberships []Membership
	MustChange  bool // nothing but the password may be changed first
	Now         time.Time
}

// Actor returns the person as the access rules know them. The edge adds the
// origin.
func (c Caller) Actor(policy *access.Policy) access.Actor {
	live := make([]access.Membership, 0, len(c.Memberships))
	for _, m := range c.Memberships {
		live = append(live, access.Membership{ID: m.ID, Unit: m.Unit, Role: m.Role})
	}
	return access.NewActor(c.User.ID, live, policy)
}

// Draft is a new user as an administrator types it.
type Draft struct {
	Username string
	Name     string
}

// Check returns the draft with tidied names.
//
// Errors: Invalid "input.invalid" with every broken rule of username and
// name.
func (d Draft) Check() (Draft, error) {
	var fields []fault.Field
	d.Username = strings.TrimSpace(d.Username)
	d.Name = strings.TrimSpace(d.Name)
	if f := checkUsername(d.Username); f != nil {
		fields = append(fields, *f)
	}
	if f := checkName(d.Name); f != nil {
		fields = append(fields, *f)
	}
	return d, fault.Broken("input.invalid", fields)
}

// Edit is a change of a user; nil leaves a field as it is.
type Edit struct {
	Name   *string
	Active *bool
}

// Check returns the edit with a tidied name.
//
// Errors: Invalid "input.invalid" when the name breaks a rule.
func (e Edit) Check() (Edit, error) {
	if e.Name == nil {
		return e, nil
	}
	name := strings.TrimSpace(*e.Name)
	e.Name = &name
	if f := checkName(name); f != nil {
		return e, fault.Broken("input.invalid", []fault.Field{*f})
	}
	return e, nil
}

// checkLocale refuses a language that the page does not speak.
func checkLocale(locale string) error {
	if locale == Chinese || locale == English {
		return nil
	}
	return fault.Broken("input.invalid", []fault.Field{{
		Name: "locale", Code: "not_allowed", Params: map[string]any{"allowed": []string{Chinese, English}},
	}})
}

// foldName gives the form under which a typed login name is looked up and
// counted, so that capitals and spaces around it do not make another guard.
// What cannot be a name becomes text that a database takes and nobody has.
func foldName(name string) string {
	return strings.ToLower(strings.TrimSpace(cut(name, maxTypedName)))
}

// maxTypedName is how much of a typed login name counts, in bytes: more than
// any name has.
const maxTypedName = 200

func checkUsername(name string) *fault.Field {
	switch {
	case name == "":
		return &fault.Field{Name: "username", Code: "required"}
	case !usernameForm().MatchString(name):
		return &fault.Field{Name: "username", Code: "username.form"}
	}
	return nil
}

func usernameForm() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9._-]{3,40}$`) }

func checkName(name string) *fault.Field {
	switch {
	case name == "":
		return &fault.Field{Name: "name", Code: "required"}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return &fault.Field{Name: "name", Code: "bad_text"}
	case utf8.RuneCountInString(name) > maxName:
		return &fault.Field{Name: "name", Code: "too_long", Params: map[string]any{"max": maxName}}
	}
	return nil
}
