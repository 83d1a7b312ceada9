package account

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// at is a clock that stands.
type at time.Time

func (a at) Now() time.Time { return time.Time(a) }

func noon() time.Time { return time.Date(2026, 3, 9, 4, 0, 0, 0, time.UTC) }

func tokensAt(t *testing.T, now time.Time) *Tokens {
	t.Helper()
	tokens, err := NewTokens([]byte("a secret of at least thirty-two bytes"), at(now))
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func TestATokenNamesItsUserAndSessionAndNothingElse(t *testing.T) {
	tokens := tokensAt(t, noon())
	text, err := tokens.Make(7, 42)
	if err != nil {
		t.Fatal(err)
	}
	user, session, err := tokens.Read(text)
	if err != nil || user != 7 || session != 42 {
		t.Fatalf("got user %v, session %v, error %v", user, session, err)
	}
	parts := strings.Split(text, ".")
	head, _ := base64.RawURLEncoding.DecodeString(parts[0])
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if want := `{"alg":"HS256","typ":"at+jwt"}`; string(head) != want {
		t.Errorf("header %s, want %s", head, want)
	}
	want := `{"sid":"42","iss":"leadrelay","sub":"7","aud":["leadrelay-api"],"exp":1773029700,"iat":1773028800}`
	if string(body) != want {
		t.Errorf("claims %s, want %s", body, want)
	}
}

// forged returns a token signed by a method and key, after change.
func forged(t *testing.T, method jwt.SigningMethod, key any, change func(header map[string]any, c jwt.MapClaims)) string {
	t.Helper()
	c := jwt.MapClaims{
		"sid": "42", "sub": "7", "iss": tokenIssuer, "aud": []string{tokenAudience},
		"iat": noon().Unix(), "exp": noon().Add(AccessTTL).Unix(),
	}
	token := jwt.NewWithClaims(method, c)
	token.Header["typ"] = tokenType
	if change != nil {
		change(token.Header, c)
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenThatIsNotExactlyOursIsRefused(t *testing.T) {
	tokens := tokensAt(t, noon())
	good := forged(t, jwt.SigningMethodHS256, tokens.key, nil)
	if _, _, err := tokens.Read(good); err != nil {
		t.Fatalf("the unchanged token must be accepted: %v", err)
	}
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) string {
		return forged(t, jwt.SigningMethodHS256, tokens.key, func(_ map[string]any, c jwt.MapClaims) {
			if value == nil {
				delete(c, name)
				return
			}
			c[name] = value
		})
	}
	head := func(name string, value any) string {
		return forged(t, jwt.SigningMethodHS256, tokens.key, func(h map[string]any, _ jwt.MapClaims) {
			if value == nil {
				delete(h, name)
				return
			}
			h[name] = value
		})
	}
	parts := strings.Split(good, ".")
	otherBody := strings.Split(with("sub", "8"), ".")[1]
	attacks := map[string]string{
		"empty":                       "",
		"not a token":                 "a.b",
		"algorithm none":              forged(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"signature cut off":           parts[0] + "." + parts[1] + ".",
		"HS384":                       forged(t, jwt.SigningMethodHS384, tokens.key, nil),
		"HS512":                       forged(t, jwt.SigningMethodHS512, tokens.key, nil),
		"RS256":                       forged(t, jwt.SigningMethodRS256, pair, nil),
		"header says HS512":           head("alg", "HS512"),
		"header says none":            head("alg", "none"),
		"typ missing":                 head("typ", nil),
		"typ JWT":                     head("typ", "JWT"),
		"typ not a text":              head("typ", 1),
		"the secret itself as key":    forged(t, jwt.SigningMethodHS256, []byte("a secret of at least thirty-two bytes"), nil),
		"empty key":                   forged(t, jwt.SigningMethodHS256, []byte{}, nil),
		"exp missing":                 with("exp", nil),
		"exp not a number":            with("exp", "never"),
		"exp passed":                  with("exp", noon().Add(-6*time.Second).Unix()),
		"iat missing":                 with("iat", nil),
		"iat in the future":           with("iat", noon().Add(time.Minute).Unix()),
		"aud missing":                 with("aud", nil),
		"aud of another":              with("aud", "leadrelay-refresh"),
		"aud ours among others":       with("aud", []string{tokenAudience, "other"}),
		"iss missing":                 with("iss", nil),
		"iss of another":              with("iss", "elsewhere"),
		"sub missing":                 with("sub", nil),
		"sub not a number":            with("sub", "admin"),
		"sub zero":                    with("sub", "0"),
		"sub with a leading zero":     with("sub", "07"),
		"sid missing":                 with("sid", nil),
		"sid negative":                with("sid", "-1"),
		"sid not a text":              with("sid", 42),
		"claims of another signature": parts[0] + "." + otherBody + "." + parts[2],
		"padded base64":               good + "=",
		"a space behind":              good + " ",
		"a newline within":            parts[0] + "." + parts[1] + ".\n" + parts[2],
		"standard alphabet":           parts[0] + "+." + parts[1] + "." + parts[2],
		"four parts":                  good + ".x",
	}
	// The last character of 32 bytes in base64 carries two unused bits: a
	// loose decoder reads four spellings of one signature.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, good[len(good)-1])
	attacks["loose base64"] = good[:len(good)-1] + string(alphabet[last|1])
	for name, text := range attacks {
		user, session, err := tokens.Read(text)
		if fault.CodeOf(err) != "auth.required" || fault.KindOf(err) != fault.Unauthenticated || user != 0 || session != 0 {
			t.Errorf("%s: got user %v, session %v, error %v", name, user, session, err)
		}
	}
}

func TestATokenServesFifteenMinutes(t *testing.T) {
	text, err := tokensAt(t, noon()).Make(id.User(1), id.Session(2))
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]string{
		0:                           "internal", // no error has this code
		AccessTTL:                   "internal",
		AccessTTL + clockSkew:       "auth.required",
		-time.Second - clockSkew:    "auth.required",
		AccessTTL + 24*time.Hour:    "auth.required",
		AccessTTL - time.Nanosecond: "internal",
	} {
		_, _, err := tokensAt(t, noon().Add(after)).Read(text)
		if got := fault.CodeOf(err); got != want {
			t.Errorf("after %s: code %s, want %s (%v)", after, got, want, err)
		}
	}
}

func TestAnotherInstallationsTokenIsRefused(t *testing.T) {
	other, err := NewTokens([]byte("another secret of thirty-two bytes!!"), at(noon()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := other.Make(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tokensAt(t, noon()).Read(text); fault.CodeOf(err) != "auth.required" {
		t.Errorf("got %v", err)
	}
}
