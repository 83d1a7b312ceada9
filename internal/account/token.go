package account

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/leadrelay/leadrelay/internal/fault"
	"github.com/leadrelay/leadrelay/internal/id"
)

// Clock tells the present instant of the program.
type Clock interface{ Now() time.Time }

// The fixed words of an access token. A token that says anything else is
// not one of ours.
const (
	tokenType     = "at+jwt" // RFC 9068: an access token is not mistaken for another kind
	tokenIssuer   = "leadrelay"
	tokenAudience = "leadrelay-api"
	tokenPurpose  = "leadrelay access token v1"
	guardPurpose  = "leadrelay login guard v1"
	keySize       = 32
)

// AccessTTL is how long an access token serves. It is only a bound: every
// request asks the database whether the session still lives.
const AccessTTL = 15 * time.Minute

// clockSkew is how far the clocks of two nodes may differ.
const clockSkew = 5 * time.Second

// Tokens makes and reads access tokens: user and session, never a role.
type Tokens struct {
	key    []byte
	clock  Clock
	parser *jwt.Parser
}

// claims are all that a token says.
type claims struct {
	Session string `json:"sid"`
	jwt.RegisteredClaims
}

// NewTokens returns a maker whose key is derived from the secret of the
// installation for this one purpose.
func NewTokens(secret []byte, clock Clock) (*Tokens, error) {
	key, err := deriveKey(secret, tokenPurpose)
	if err != nil {
		return nil, err
	}
	return &Tokens{key: key, clock: clock, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithAudience(tokenAudience),
		jwt.WithIssuer(tokenIssuer),
		jwt.WithStrictDecoding(),
		jwt.WithLeeway(clockSkew),
		jwt.WithTimeFunc(clock.Now),
	)}, nil
}

// Make returns an access token for a session.
func (t *Tokens) Make(user id.User, session id.Session) (string, error) {
	now := t.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Session: session.String(),
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{tokenAudience}, Subject: user.String(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessTTL)),
		},
	})
	token.Header["typ"] = tokenType
	text, err := token.SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("sign access token: %w", err)
	}
	return text, nil
}

// Read returns the user and the session that a token proves.
//
// Errors: Unauthenticated "auth.required" for anything that is not a token
// of ours that still serves; the reason is in the cause, for nobody's eyes.
func (t *Tokens) Read(text string) (id.User, id.Session, error) {
	if strings.ContainsAny(text, "\r\n") { // the decoder skips them, so one token would have many spellings
		return 0, 0, errRequired()
	}
	var c claims
	token, err := t.parser.ParseWithClaims(text, &c, func(token *jwt.Token) (any, error) {
		if typ, _ := token.Header["typ"].(string); typ != tokenType {
			return nil, jwt.ErrTokenMalformed
		}
		return t.key, nil
	})
	if err != nil || !token.Valid {
		return 0, 0, errRequired().Because(err)
	}
	if c.IssuedAt == nil || len(c.Audience) != 1 {
		return 0, 0, errRequired()
	}
	user, session, err := c.ids()
	if err != nil {
		return 0, 0, errRequired().Because(err)
	}
	return user, session, nil
}

func (c claims) ids() (user id.User, session id.Session, err error) {
	if err = parseID(c.Subject, &user); err == nil {
		err = parseID(c.Session, &session)
	}
	return user, session, err
}

func parseID[T any](text string, into *id.Of[T]) (err error) {
	*into, err = id.Parse[T](text)
	return err
}

func errRequired() *fault.Error {
	return fault.New(fault.Unauthenticated, "auth.required", "No valid access token.")
}

func errSessionEnded() *fault.Error {
	return fault.New(fault.Unauthenticated, "auth.session_ended", "The session has ended.")
}

// refreshSize is the size of a refresh token: 256 random bits.
const refreshSize = 32

// newRefresh returns a refresh token and the hash that is kept of it.
func newRefresh(random io.Reader) (token, hash string, err error) {
	raw := make([]byte, refreshSize)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", "", fmt.Errorf("draw refresh token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, refreshHash(token), nil
}

// refreshHash needs no salt and no slowness: 256 random bits cannot be
// guessed from their hash.
func refreshHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func deriveKey(secret []byte, purpose string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, purpose, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive key for %s: %w", purpose, err)
	}
	return key, nil
}
